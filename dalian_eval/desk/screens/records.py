"""记录: open one, compare it, explain a candidate, packs, what is left to do."""

import ipywidgets as widgets

from dalian_eval.base.errors import UsageError
from dalian_eval.desk.markup import sentence
from dalian_eval.desk.parts import Action, box, choice, heading, offer, row
from dalian_eval.desk.session import Session
from dalian_eval.desk.system import open_folder, open_page
from dalian_eval.outputs.asked_names import read_candidates
from dalian_eval.outputs.words import KINDS
from dalian_eval.record.listed_runs import ListedRun, listed_runs
from dalian_eval.report.base.file_names import STATEMENTS, statement_file

_PACKS = "自评材料"


class Records:
    """The record that is chosen here is the one that the other screens start from."""

    def __init__(self, desk: Session) -> None:
        """Offer what there is."""
        self._desk = desk
        self._runs: dict[str, ListedRun] = {}
        self._run, self._before = choice("记录"), choice("与哪份相比")
        self._who = choice("对象")
        for field in (self._run, self._before, self._who):
            field.add_class("desk-wide")
        self._where = widgets.HTML()
        self._none = widgets.HTML(sentence("还没有记录：请到“计分”页算一次。"))
        show = widgets.Button(description="打开记录", button_style="primary")
        folder = widgets.Button(description="打开文件夹")
        account = widgets.Button(description="打开得分账目")
        packs = widgets.Button(description="打开材料文件夹")
        desk.on_click(show, lambda: open_page(self.chosen.door))
        desk.on_click(folder, lambda: open_folder(self.chosen.folder))
        desk.on_click(account, self._open_account)
        desk.on_click(packs, lambda: open_folder(desk.root / _PACKS))
        desk.on_change(self._run, self._tell)
        compare = "{work}/比较.html"
        actions = (
            Action(desk, "与上次比较", lambda: self._compare(compare), opens=compare),
            Action(desk, "说明得分", lambda: ["explain", self.name, "--of", self._candidate()]),
            Action(desk, "待办", lambda: ["todo", self.name], opens=self._todo),
            Action(desk, "材料包", lambda: ["pack", self.name, "--to", _PACKS]),
            Action(desk, "口径与名次", lambda: ["sensitivity", self.name]),
        )
        difference, explain, todo, pack, ranks = (action.widget for action in actions)
        self._there = box(
            row(self._run, show, folder),
            self._where,
            heading("与上次比较"),
            self._before,
            difference,
            heading("一个单位或一个人的得分"),
            row(self._who, account),
            explain,
            heading("接下来能做什么"),
            todo,
            heading("各单位的自评材料"),
            row(pack, packs),
            heading("名次在别的口径下会不会变"),
            ranks,
        )
        self.widget = box(self._none, self._there)

    @property
    def chosen(self) -> ListedRun:
        """The record that is chosen; UsageError when there is none."""
        run = self._runs.get(self._run.value)
        if run is None:
            raise UsageError("还没有记录：请先计分")
        return run

    @property
    def name(self) -> str:
        """The record as a command takes it."""
        return self.chosen.folder.relative_to(self._desk.root).as_posix()

    def refresh(self) -> None:
        """List the records again; the one made last is chosen where the list has changed."""
        runs = listed_runs(self._desk.root / "runs")
        is_new = {str(run.folder) for run in runs} != set(self._runs)
        self._runs = {str(run.folder): run for run in runs}
        options = [(run.title, key) for key, run in self._runs.items()]
        offer(self._run, options)
        offer(self._before, options)
        if is_new and runs:
            self._run.value = str(runs[0].folder)
        if is_new and len(runs) > 1:
            self._before.value = str(runs[1].folder)
        self._none.layout.display = "none" if runs else None
        self._there.layout.display = None if runs else "none"
        self._tell()

    def _tell(self) -> None:
        """Say where the chosen record is, and offer its candidates."""
        run = self._runs.get(self._run.value)
        self._where.value = sentence(f"打开 {self.name}/index.html", "soft") if run else ""
        self._offer_candidates()

    def _offer_candidates(self) -> None:
        run = self._runs.get(self._run.value)
        known = read_candidates(run.folder) if run else []
        offer(self._who, [(f"{KINDS[c.kind]}　{c.name}（{c.code}）", c.code) for c in known])

    def _candidate(self) -> str:
        if not self._who.value:
            raise UsageError("这份记录没有可说明的对象")
        return str(self._who.value)

    def _compare(self, page: str) -> list[str]:
        before = self._runs.get(self._before.value)
        if before is None or before.folder == self.chosen.folder:
            raise UsageError("请在“与哪份相比”里选另一份记录")
        return [
            "diff",
            before.folder.relative_to(self._desk.root).as_posix(),
            self.name,
            "--html",
            page,
        ]

    def _todo(self) -> str:
        page = f"{self.name}/todo.html"
        return page if (self._desk.root / page).is_file() else ""

    def _open_account(self) -> None:
        known = {c.code: c for c in read_candidates(self.chosen.folder)}
        found = known[self._candidate()]
        open_page(self.chosen.folder / STATEMENTS / statement_file(found.kind, found.code))
