"""规则: a year's rubric as a page, checked, tried on the last record."""

import ipywidgets as widgets

from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.desk.markup import sentence
from dalian_eval.desk.parts import Action, box, choice, heading, offer, row
from dalian_eval.desk.screens.records import Records
from dalian_eval.desk.session import Session
from dalian_eval.desk.system import open_folder


class Rules:
    """Whoever writes the rules finds here what a year's file says and does."""

    def __init__(self, desk: Session, records: Records) -> None:
        """Offer the years there are."""
        self._desk, self._records = desk, records
        self._year = choice("细则年度")
        show = widgets.Button(description="打开参数文件夹")
        desk.on_click(show, lambda: open_folder(desk.root / FOLDER))
        page, trial = "{work}/细则.html", "{work}/试算.html"
        actions = (
            Action(
                desk,
                "看细则",
                lambda: self._words("show", "--html", page),
                opens=page,
                primary=True,
            ),
            Action(desk, "检查细则", lambda: self._words("check")),
            Action(desk, "用案例检验", lambda: self._words("test")),
            Action(desk, "在所选记录上试算", lambda: self._try(trial), opens=trial),
        )
        look, check, test, trying = (action.widget for action in actions)
        note = "试算不改动记录：看换了这份细则，谁的分会变。所选记录在“记录”页换。"
        self.widget = box(
            row(self._year, show),
            look,
            heading("检查"),
            check,
            test,
            heading("试算"),
            widgets.HTML(sentence(note, "soft")),
            trying,
        )

    def refresh(self) -> None:
        """Offer the years again: a new one may have been made."""
        years = sorted(p.stem for p in (self._desk.root / FOLDER / RUBRICS).glob("*.yaml"))
        offer(self._year, [(year, year) for year in reversed(years)])

    def _words(self, command: str, *more: str) -> list[str]:
        return ["rubric", command, str(self._year.value), *more]

    def _try(self, page: str) -> list[str]:
        return self._words("try", "--on", self._records.name, "--html", page)
