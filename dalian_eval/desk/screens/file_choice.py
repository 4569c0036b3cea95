"""A file or folder of this computer chosen with the mouse: nothing is read, only listed."""

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
    """A line that shows what is chosen, and a list to choose from; `folders`: a folder is meant."""

    def __init__(self, desk: Session, label: str, start: Path, *, folders: bool = False) -> None:
        """Begin in the folder `start`."""
        self.path: Path | None = None
        self._here, self._at_drives, self._folders = start, False, folders
        self._shown = widgets.Text(description=label, placeholder="没有选", disabled=True)
        choose = widgets.Button(description="选文件夹…" if folders else "选文件…")
        clear = widgets.Button(description="不选")
        self._list = widgets.Select(rows=10, layout={"width": "100%"})
        enter = widgets.Button(
            description="打开这个文件夹" if folders else "打开／选定", button_style="primary"
        )
        take = widgets.Button(description="就用上面所在的文件夹")
        self._place = widgets.Label()
        buttons = row(enter, take) if folders else row(enter)
        self._chooser = box(self._place, self._list, buttons)
        self._chooser.layout.display = "none"
        desk.on_click(choose, self._open)
        desk.on_click(clear, lambda: self._choose(None))
        desk.on_click(enter, self._enter)
        desk.on_click(take, lambda: self._choose(self._here))
        self.widget = box(row(self._shown, choose, clear), self._chooser)

    def _open(self) -> None:
        self._list_again()
        self._chooser.layout.display = None

    def _list_again(self) -> None:
        self._list.options = self._entries()
        self._place.value = "这台电脑" if self._at_drives else str(self._here)

    def _entries(self) -> list[tuple[str, str]]:
        """Return what can be chosen here: folders first; UsageError when it cannot be looked at."""
        if self._at_drives:
            letters = (f"{letter}:\\" for letter in string.ascii_uppercase)
            return [(drive, drive) for drive in letters if Path(drive).exists()]
        try:
            found = sorted(p for p in self._here.iterdir() if not p.name.startswith("."))
            folders = [(f"📁 {p.name}", str(p)) for p in found if p.is_dir()]
            files = [(p.name, str(p)) for p in found if p.is_file() and not self._folders]
        except OSError as error:
            raise UsageError(f"打不开 {self._here}：{error.strerror}") from error
        up = [] if self._here == self._here.parent else [(_UP, str(self._here.parent))]
        if not up and sys.platform == "win32":
            up = [(_DRIVES, "")]
        return [*up, *[*folders, *files][:_MOST]]

    def _enter(self) -> None:
        """Go into a folder, or choose a file."""
        meant = self._list.value
        if meant is None:
            raise UsageError("请先在列表里点一项")
        if meant and not Path(meant).is_dir():
            self._choose(Path(meant))
            return
        before = self._here, self._at_drives
        self._here, self._at_drives = Path(meant) if meant else self._here, not meant
        try:
            self._list_again()
        except UsageError:
            self._here, self._at_drives = before
            raise

    def _choose(self, path: Path | None) -> None:
        self.path = path
        self._shown.value = "" if path is None else str(path)
        self._chooser.layout.display = "none"
