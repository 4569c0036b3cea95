"""The desk's page: what is under way above, the five screens below, kept up to date each second."""

import asyncio
import datetime as dt
import os
from pathlib import Path

import ipywidgets as widgets
from IPython.display import display

from dalian_eval import __version__
from dalian_eval.base.errors import DalianError
from dalian_eval.base.project_place import project_root
from dalian_eval.desk.markup import escaped
from dalian_eval.desk.panel import Panel
from dalian_eval.desk.parts import box
from dalian_eval.desk.places import GUIDE, close_desk
from dalian_eval.desk.screens.greeting import Greeting
from dalian_eval.desk.screens.materials import Materials
from dalian_eval.desk.screens.publication import Publication
from dalian_eval.desk.screens.records import Records
from dalian_eval.desk.screens.rules import Rules
from dalian_eval.desk.screens.scoring import Scoring
from dalian_eval.desk.session import Screen, Session
from dalian_eval.desk.work import latest, next_place
from dalian_eval.report.guide.pages import FIRST_PAGE

_SECONDS = 1.0

_tasks: set["asyncio.Task[None]"] = set()
"""Holds what would otherwise be collected."""


class DeskPage:
    """The page of one tab."""

    def __init__(self, root: Path) -> None:
        """Make the page of the project at `root`."""
        self._desk = Session(root)
        self._desk.look = self.look
        self._seen: tuple[int, str] | None = None
        self._clock = widgets.HTML()
        self._clock.add_class("desk-clock")
        self._panel = Panel(self._desk)
        materials, records = Materials(self._desk), Records(self._desk)
        self._screens: dict[str, Screen] = {
            "资料": materials,
            "计分": Scoring(self._desk, materials),
            "记录": records,
            "发布与核对": Publication(self._desk, records),
            "规则": Rules(self._desk, records),
        }
        self._greeting = Greeting(self._desk)
        self.widget = self._put_together()
        self._refresh()
        self.look()

    def _put_together(self) -> widgets.VBox:
        close = widgets.Button(description="关闭操作台", layout={"align_self": "flex-start"})
        self._desk.on_click(close, self._close)
        title = widgets.HTML(
            f'<div class="desk-title"><h1>大练兵计分操作台</h1>'
            f"<small>{escaped(self._desk.root)}　版本 {escaped(__version__)}</small>"
            f'<a href="{GUIDE}{FIRST_PAGE}" target="_blank" rel="noopener">使用说明</a></div>'
        )
        tabs = widgets.Tab([screen.widget for screen in self._screens.values()])
        for place, name in enumerate(self._screens):
            tabs.set_title(place, name)
        inner = (title, self._desk.said, self._panel.widget, self._greeting.widget, tabs, close)
        return box(*inner, self._clock, kind="desk")

    def look(self) -> None:
        """Show how things stand; the screens look again when a work began or ended."""
        work = latest(self._desk.root)
        self._desk.is_busy = work is not None and work.is_running
        self._desk.place = next_place(self._desk.root)
        state = None if work is None else (work.number, work.state)
        if state != self._seen:
            self._seen = state
            self._refresh()
        self._panel.show(work)
        for action in self._desk.actions:
            action.refresh()

    def _refresh(self) -> None:
        for screen in self._screens.values():
            screen.refresh()
        self._greeting.refresh()

    async def tick(self) -> None:
        """Look every second, as long as the kernel lives."""
        while True:
            await asyncio.sleep(_SECONDS)
            self._clock.value = dt.datetime.now().isoformat(timespec="seconds")
            try:
                self.look()
            except DalianError as error:
                self._desk.say(str(error))
            except OSError as error:
                place = error.filename or "磁盘"
                self._desk.say(f"读不到 {place}：{error.strerror or error}")

    def _close(self) -> None:
        close_desk(self._desk.root)
        self._desk.say("操作台正在关闭；正在进行的工作不受影响。这一页可以关掉了。")


def open_page() -> None:
    """Show the desk of the project around the working directory, and keep it up to date."""
    root = project_root(Path.cwd())
    os.chdir(root)
    page = DeskPage(root)
    display(page.widget)
    task = asyncio.get_running_loop().create_task(page.tick())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
