"""发布与核对: the key chosen, publication, history, verification, reproduction."""

import ipywidgets as widgets

from dalian_eval.base.errors import UsageError
from dalian_eval.desk.markup import sentence
from dalian_eval.desk.parts import Action, box, heading
from dalian_eval.desk.screens.file_choice import FileChoice
from dalian_eval.desk.screens.records import Records
from dalian_eval.desk.session import Session

_KEY = "大练兵发布私钥"


class Publication:
    """Works on the record that is chosen on the screen 记录."""

    def __init__(self, desk: Session, records: Records) -> None:
        """Ask for whoever publishes and the key."""
        self._records = records
        self._which = widgets.HTML()
        self._by = widgets.Text(description="发布人", placeholder="姓名")
        self._note = widgets.Text(description="附注", placeholder="可不填，如重新计分的原因")
        self._unsigned = widgets.Checkbox(
            description="不签名（以后不能证明没有被换过）", indent=False
        )
        self._begins = widgets.Text(
            description="密钥编号", placeholder="历史里已有别的发布，又第一次用这把密钥时填"
        )
        self._sure = widgets.Checkbox(description="我知道发布以后不能撤回", indent=False)
        self._key = FileChoice(desk, "私钥文件", desk.root.parent)
        told = "私钥要放在项目文件夹以外（如优盘）。带口令的私钥，请在终端中发布。"
        self._place = FileChoice(desk, "存放在", desk.root.parent, folders=True)
        make = Action(desk, "生成密钥", self._make_key)
        publish = Action(desk, "发布", self._publish, primary=True)
        history = Action(desk, "历史", lambda: ["history"])
        verify = Action(desk, "核对", lambda: ["verify", records.name])
        again = Action(desk, "重算核对", lambda: ["reproduce", records.name])
        self.widget = box(
            self._which,
            heading("核对"),
            verify.widget,
            again.widget,
            history.widget,
            heading("发布"),
            self._by,
            self._note,
            self._key.widget,
            widgets.HTML(sentence(told, "soft")),
            self._begins,
            self._unsigned,
            self._sure,
            publish.widget,
            heading("还没有密钥"),
            widgets.HTML(sentence("一对密钥用很多年：私钥只给发布人，公钥可以公开。", "soft")),
            self._place.widget,
            make.widget,
        )
        desk.actions.append(self)  # Another record may have been chosen since.

    def refresh(self) -> None:
        """Say which record is meant; that one is sure was said of the one before."""
        try:
            told = sentence(f"所选记录：{self._records.chosen.title}（在“记录”页换）")
        except UsageError as error:
            told = sentence(error)
        if self._which.value != told:
            self._which.value, self._sure.value = told, False

    def _make_key(self) -> list[str]:
        if self._place.path is None:
            raise UsageError("请选存放密钥的文件夹，须在项目文件夹以外（如优盘）")
        return ["keygen", "--to", str(self._place.path / _KEY)]

    def _publish(self) -> list[str]:
        run = self._records.chosen
        by, note, begins = (w.value.strip() for w in (self._by, self._note, self._begins))
        if not by:
            raise UsageError("请填发布人")
        if self._key.path is None and not self._unsigned.value:
            raise UsageError("请选私钥文件，或勾选“不签名”")
        if self._key.path is not None and self._unsigned.value:
            raise UsageError("选了私钥文件，就不要勾选“不签名”")
        if not self._sure.value:
            raise UsageError(f"将要发布 {run.title}：请勾选“我知道发布以后不能撤回”")
        words = ["publish", self._records.name, "--by", by]
        words += ["--note", note] if note else []
        words += ["--begins", begins] if begins else []
        return [*words, "--key", str(self._key.path)] if self._key.path else [*words, "--unsigned"]
