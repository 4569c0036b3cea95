"""A file of this computer chosen with the mouse: folders are walked through, nothing is read."""

import string
import sys
from pathlib import Path

import ipywidgets as widgets

from dalian_eval.base.errors import UsageError
from dalian_eval.desk.parts import box, row
from dalian_eval.desk.session import Session

_UP, _DRIVES = "⬆ 上一级文件夹", "⬆ 其他磁盘"
_MOST = 500


class FileChoice:
    """A line that shows what is chosen, and a list to choose from."""

    def __init__(self, desk: Session, label: str, start: Path) -> None:
        """Begin in the folder `start`."""
        self.path: Path | None = None
        self._desk, self._here, self._drives = desk, start, False
        self._shown = widgets.Text(description=label, placeholder="没有选", disabled=True)
        choose = widgets.Button(description="选文件…")
        clear = widgets.Button(description="不选")
        self._list = widgets.Select(rows=10, layout={"width": "100%"})
        enter = widgets.Button(description="打开／选定", button_style="primary")
        self._chooser = box(self._list, enter)
        self._chooser.layout.display = "none"
        desk.on_click(choose, self._open)
        desk.on_click(clear, lambda: self._choose(None))
        desk.on_click(enter, self._enter)
        self.widget = box(row(self._shown, choose, clear), self._chooser)

    def _open(self) -> None:
        self._list.description = ""
        self._list.options = self._entries()
        self._chooser.layout.display = None

    def _entries(self) -> list[tuple[str, str]]:
        """Return what can be chosen here: folders first; UsageError when it cannot be looked at."""
        if self._drives:
            letters = (f"{letter}:\\" for letter in string.ascii_uppercase)
            return [(drive, drive) for drive in letters if Path(drive).exists()]
        try:
            found = [p for p in self._here.iterdir() if not p.name.startswith(".")]
            folders = sorted((p for p in found if p.is_dir()), key=lambda p: p.name)
            files = sorted((p for p in found if p.is_file()), key=lambda p: p.name)
        except OSError as error:
            raise UsageError(f"打不开 {self._here}：{error.strerror}") from error
        up = [] if self._here == self._here.parent else [(_UP, str(self._here.parent))]
        if not up and sys.platform == "win32":
            up = [(_DRIVES, "")]
        shown = [(f"📁 {p.name}", str(p)) for p in folders] + [(p.name, str(p)) for p in files]
        return [*up, *shown[:_MOST]]

    def _enter(self) -> None:
        """Go into a folder, or choose a file."""
        meant = self._list.value
        if meant is None:
            return
        self._drives = meant == ""
        place = Path(meant)
        if self._drives or place.is_dir():
            before, self._here = self._here, place
            try:
                self._list.options = self._entries()
            except UsageError:
                self._here = before
                raise
        else:
            self._choose(place)

    def _choose(self, path: Path | None) -> None:
        self.path = path
        self._shown.value = "" if path is None else str(path)
        self._chooser.layout.display = "none"
