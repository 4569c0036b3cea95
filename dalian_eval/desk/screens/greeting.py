"""The first start: a greeting and one button, which scores the demo county."""

import ipywidgets as widgets

from dalian_eval.desk.markup import sentence
from dalian_eval.desk.parts import Action, box
from dalian_eval.desk.session import Session
from dalian_eval.record.listed_runs import listed_runs

DEMO, DEMO_MONTH = "data/demo", "2024-10"


class Greeting:
    """Is there until something has been scored."""

    def __init__(self, desk: Session) -> None:
        """Greet."""
        self._desk = desk
        words = widgets.HTML(
            sentence(
                "您好，这里还没有评价记录。先用虚构的演示县（没有任何真实单位和人员）算一遍看看："
            )
        )
        after = widgets.HTML(
            sentence(
                "算好以后，上面会出现“打开结果”。您自己的报送表请放进“资料”页所指的文件夹，再自查、计分。",
                "soft",
            )
        )
        arguments = ["run", "--month", DEMO_MONTH, "--raw", DEMO]
        try_it = Action(desk, "用演示县试一遍", lambda: arguments, primary=True)
        self.widget = box(words, try_it.widget, after, kind="desk-greeting")

    def refresh(self) -> None:
        """Go away once there is a record."""
        greets = (self._desk.root / DEMO).is_dir() and not listed_runs(self._desk.root / "runs")
        self.widget.layout.display = None if greets else "none"
