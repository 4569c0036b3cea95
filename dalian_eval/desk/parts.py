"""What the screens are put together from: boxes, choices, buttons with their commands."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets

from dalian_eval.base.errors import UsageError
from dalian_eval.desk.markup import escaped
from dalian_eval.desk.session import Session
from dalian_eval.desk.system import as_typed
from dalian_eval.desk.work import WORK, start

Arguments = Callable[[], Sequence[str]]
"""Returns the arguments of a command as things stand; UsageError says what is still missing."""


def heading(text: str) -> widgets.HTML:
    """Return the heading of a part of a screen."""
    return widgets.HTML(f"<h2>{escaped(text)}</h2>")


def box(*children: widgets.Widget, kind: str = "") -> widgets.VBox:
    """Return the children one below the other."""
    made = widgets.VBox(list(children))
    if kind:
        made.add_class(kind)
    return made


def row(*children: widgets.Widget) -> widgets.HBox:
    """Return the children beside each other, below where there is no room."""
    made = widgets.HBox(list(children))
    made.add_class("desk-action")
    return made


def choice(
    label: str, options: Sequence[tuple[str, str]] = (), value: str = ""
) -> widgets.Dropdown:
    """Return a drop-down of (shown, meant)."""
    made = widgets.Dropdown(description=label, options=list(options))
    if value in [meant for _, meant in options]:
        made.value = value
    return made


def offer(drop_down: widgets.Dropdown, options: Sequence[tuple[str, str]]) -> None:
    """Give a drop-down other options; what is chosen stays, else the first is."""
    if list(drop_down.options) == list(options):
        return
    chosen = drop_down.value
    drop_down.options = list(options)
    if chosen in [meant for _, meant in options]:
        drop_down.value = chosen
    elif options:
        drop_down.value = options[0][1]


class Action:
    """A button and beside it the command it stands for; off while another work is under way."""

    def __init__(
        self,
        desk: Session,
        label: str,
        arguments: Arguments,
        *,
        opens: Callable[[], str] | str = "",
        primary: bool = False,
    ) -> None:
        """Take the button's label, what the command is, and the page that it makes."""
        self._desk, self._label, self._arguments, self._opens = desk, label, arguments, opens
        style = "primary" if primary else ""
        self.button = widgets.Button(description=label, button_style=style)
        self._told = widgets.HTML()
        self.widget = row(self.button, self._told)
        desk.on_click(self.button, self._start)
        desk.actions.append(self)

    def refresh(self) -> None:
        """Show the command as it stands now, or what it still needs."""
        try:
            words = [word.replace(WORK, self._desk.place) for word in self._arguments()]
            told, ready = f"<code>{escaped(as_typed(words))}</code>", True
        except UsageError as error:
            told, ready = f'<span class="desk-soft">{escaped(error)}</span>', False
        if self._told.value != told:
            self._told.value = told
        off = not ready or self._desk.is_busy
        if self.button.disabled != off:
            self.button.disabled = off

    def _start(self) -> None:
        opens = self._opens if isinstance(self._opens, str) else self._opens()
        start(self._desk.root, self._label, self._arguments(), opens)
