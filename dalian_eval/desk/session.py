"""What all screens of one page share: the project, how a click acts, what is said."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import ipywidgets as widgets

from dalian_eval.base.error_log import write_error_log
from dalian_eval.base.errors import DalianError
from dalian_eval.desk.markup import escaped

T = TypeVar("T")


class Refreshed(Protocol):
    """What looks again at how things stand."""

    def refresh(self) -> None:
        """Look again."""


class Screen(Refreshed, Protocol):
    """A screen: what is shown, and how it looks again."""

    @property
    def widget(self) -> widgets.Widget:
        """What is shown."""


class Session:
    """One page in one tab: it holds what is chosen; what is done lies in files.

    `is_busy`: a work is under way; `place`: the folder of the next one, relative to the project;
    `look`: shows how things stand, set by the page.
    """

    def __init__(self, root: Path) -> None:
        """Begin a page of the project at `root`."""
        self.root = root
        self.is_busy, self.place = False, ""
        self.actions: list[Refreshed] = []
        self.look: Callable[[], None] = lambda: None
        self.said = widgets.HTML()
        self.said.add_class("desk-said")

    def on_click(self, button: widgets.Button, act: Callable[[], object]) -> None:
        """Have a button act; whatever goes wrong is said in a sentence."""
        button.on_click(lambda _: self.attempt(act))

    def on_change(self, widget: Any, act: Callable[[], object]) -> None:
        """Act when somebody chose something else."""
        widget.observe(lambda _: self.attempt(act), names="value")

    def attempt(self, act: Callable[[], object]) -> None:
        """Act, and look at everything again; whatever goes wrong is said in a sentence."""
        self.say("")
        try:
            act()
            self.look()
        except DalianError as error:
            self.say(str(error))
        except OSError as error:
            place = f"{error.filename}：" if error.filename else ""
            self.say(f"没有做成：{place}{error.strerror or error}。请检查磁盘空间和权限")
        except Exception as error:
            log = write_error_log(error, self.root)
            self.say(f"发生未预料的问题。完整日志：{log}，请交给维护人员")

    def say(self, text: str) -> None:
        """Say what went wrong; "" takes it away."""
        told = f'<div class="desk-say" role="alert">{escaped(text)}</div>' if text else ""
        if self.said.value != told:
            self.said.value = told

    def beside(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do `work` in a thread while the page goes on, and then call `then` with its result."""
        loop = asyncio.get_running_loop()
        done = asyncio.ensure_future(loop.run_in_executor(None, work))
        done.add_done_callback(lambda made: self.attempt(lambda: then(made.result())))

    def is_ours(self, path: Path) -> bool:
        """Whether a path lies within the project."""
        return path.resolve().is_relative_to(self.root.resolve())
