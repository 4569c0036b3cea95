"""A piece of work of the desk: a command, what it has said, how it ended; kept in files.

Every work has a folder `data/processed/desk/work/0001`; whoever opens the desk reads it there, so
that two pages see the same and a page that is closed or dies ends nothing. The work is under way as
long as its supervisor holds the lock in the folder: the system lets go of it with that process.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import NoRoomError, UsageError
from dalian_eval.base.file_lock import is_held
from dalian_eval.base.files import canonical, read_json, write_whole
from dalian_eval.base.project_place import PROCESSED
from dalian_eval.base.removal import remove
from dalian_eval.desk.places import DESK, desk_folder
from dalian_eval.desk.system import apart, as_typed

ASKED, ENDED, LOG, LIVE = "asked.json", "ended.json", "log.txt", "live.txt"
STOP, KILL, LOCK = "stop", "kill", "held.lock"
BUSY = "busy.lock"
"""In the folder of all works: held by the one that is under way."""

WORK = "{work}"
"""Stands in arguments for the folder of the work itself."""

RUNNING, DONE, REFUSED, STOPPED, DIED = "running", "done", "refused", "stopped", "died"

_OF_KERNELS = frozenset(
    [
        "FORCE_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "PAGER",
        "GIT_PAGER",
        "MPLBACKEND",
        "JPY_PARENT_PID",
        "JPY_SESSION_NAME",
        "PYDEVD_USE_FRAME_EVAL",
    ]
)
"""What a kernel has in its environment for itself: a command is as one typed in a terminal."""

_FOLDER = "work"
_KEPT = 40
_LOOKED_AT = 4
"""Works among which the one under way is."""
_STARTING_SECONDS = 30
"""So long a supervisor may need until it holds its lock."""
_SHOWN = 40_000
"""Bytes of a log that a page shows: its end."""
_DOOR = "index.html"
_FAULT = "错误："
_LITTLE = 64 << 20
"""Bytes left on a disk that is as good as full."""


@dataclass(frozen=True)
class Work:
    """A work as it stands in its folder at this moment.

    `opens`: the page that it makes, relative to the project, "" for none; `code`: the command's
    exit code, None as long as there is none.
    """

    folder: Path
    title: str
    arguments: tuple[str, ...]
    begun: str
    opens: str
    state: str
    code: int | None
    seconds: float

    @property
    def number(self) -> int:
        """Its number: the later, the larger."""
        return int(self.folder.name)

    @property
    def command(self) -> str:
        """The command as one types it."""
        return as_typed(self.arguments)

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.state == RUNNING

    @property
    def live(self) -> str:
        """How far it is, in a line; "" when it does not tell."""
        return _text(self.folder / LIVE).strip()

    @property
    def log(self) -> str:
        """The end of what it has said."""
        return _text(self.folder / LOG)

    @property
    def page(self) -> str:
        """The page that it made: a promised one, else the door that it told of last; "" for none.

        A path with blanks is told whole, after 详见 or the last full-width colon of a line.
        """
        if self.opens:
            return self.opens
        told = [line for line in self.log.splitlines() if line.endswith(_DOOR)]
        after = "详见 " if told and "详见 " in told[-1] else "："
        return told[-1].rpartition(after)[2] if told else ""

    @property
    def fault(self) -> str:
        """What went wrong, as the command told it last; "" when it told nothing."""
        told = [line for line in self.log.splitlines() if line.startswith(_FAULT)]
        return told[-1] if told else ""

    @property
    def outcome(self) -> str:
        """How it stands, as a sentence."""
        if self.state == RUNNING:
            asked = (self.folder / STOP).exists()
            return "正在停止，请稍候" if asked else "正在进行"
        if self.state == STOPPED:
            return "已按要求停止；已做完的部分留着，再运行时接着做"
        if self.state == DIED:
            if shutil.disk_usage(self.folder).free < _LITTLE:
                return "没有做完：磁盘已满。请先腾出空间，再运行"
            return "意外终止（电脑关机、内存不足，或被别的程序结束），请再运行"
        if self.state == DONE:
            return "已完成"
        told = {2: "没有做", 3: "数据没有通过检查", 4: "核对有不符"}
        return told.get(self.code or 0, "没有完成")


def works(root: Path) -> list[Work]:
    """Return the works of a project that are kept, the last one first."""
    found = sorted(_folders(root), reverse=True)
    return [work for folder in found if (work := read_work(folder)) is not None]


def latest(root: Path) -> Work | None:
    """Return the work under way, else the last one of a project; None before the first.

    Of two begun at once the second is refused: it must not hide the first.
    """
    newest = sorted(_folders(root), reverse=True)[:_LOOKED_AT]
    found = [work for folder in newest if (work := read_work(folder)) is not None]
    return next((work for work in found if work.is_running), found[0] if found else None)


def read_work(folder: Path) -> Work | None:
    """Return the work in a folder; None when what was asked cannot be read (yet)."""
    try:
        asked: dict[str, Any] = read_json(folder / ASKED)
        arguments = tuple(str(word) for word in asked["arguments"])
        begun, title, opens = str(asked["begun"]), str(asked["title"]), str(asked["opens"])
        since = dt.datetime.fromisoformat(begun)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    until, code, state = _last_sign(folder, since), None, DIED
    try:
        ended: dict[str, Any] = read_json(folder / ENDED)
        until, code = dt.datetime.fromisoformat(ended["ended"]), int(ended["code"])
        state = DONE if code == 0 else STOPPED if ended["stopped"] else REFUSED
    except FileNotFoundError:
        if _is_alive(folder):
            until, state = dt.datetime.now(), RUNNING
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Its note was not written whole: it died over it.
    seconds = max((until - since).total_seconds(), 0.0)
    return Work(folder, title, arguments, begun, opens, state, code, seconds)


def next_place(root: Path) -> str:
    """Return the folder that the next work will have, relative to the project."""
    number = max((int(path.name) for path in _folders(root)), default=0) + 1
    return f"{PROCESSED}/{DESK}/{_FOLDER}/{number:04d}"


def start(root: Path, title: str, arguments: Sequence[str], opens: str = "") -> Work:
    """Start a command in a process of its own; return it at once.

    `opens`: the page it makes, relative to the project; WORK in it and in the arguments stands for
    the work's own folder. UsageError when another work is under way, NoRoomError when nothing
    can be written.
    """
    try:
        folder = _begin(root, title, arguments, opens)
    except OSError as error:
        raise NoRoomError(
            f"{title}没有开始：写不进 {root}（{error.strerror}）。请腾出磁盘空间，或检查写入权限"
        ) from error
    work = read_work(folder)
    if work is None:
        raise NoRoomError(f"{title}没有开始：{folder} 读不出来，请检查磁盘")
    return work


def _begin(root: Path, title: str, arguments: Sequence[str], opens: str) -> Path:
    """Write down what is asked, start its supervisor, and return the work's folder."""
    running = latest(root)
    if running is not None and running.is_running:
        raise UsageError(f"『{running.title}』还在进行：请等它做完，或先停止")
    folder = _new_folder(root)
    place = folder.relative_to(root).as_posix()
    asked = {
        "title": title,
        "arguments": [word.replace(WORK, place) for word in arguments],
        "opens": opens.replace(WORK, place),
        "begun": dt.datetime.now().isoformat(timespec="seconds"),
    }
    write_whole(folder / ASKED, canonical(asked))
    _sweep(root)
    subprocess.Popen(
        [sys.executable, "-m", "dalian_eval.desk.supervisor", str(folder)],
        cwd=root,
        env={name: text for name, text in os.environ.items() if name not in _OF_KERNELS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **apart(),
    )
    return folder


def ask_stop(work: Work, *, at_once: bool = False) -> None:
    """Ask the supervisor of a work to stop it; `at_once`: without letting it clear up."""
    (work.folder / (KILL if at_once else STOP)).touch()


def _last_sign(folder: Path, since: dt.datetime) -> dt.datetime:
    """Return when a work has last said something; `since` when it never did."""
    try:
        return dt.datetime.fromtimestamp((folder / LOG).stat().st_mtime)
    except OSError:
        return since


def _is_alive(folder: Path) -> bool:
    """Whether the supervisor of a work that has not ended lives, or is about to begin."""
    if is_held(folder / LOCK):
        return True
    if (folder / ENDED).exists():
        return True  # It ended between two looks: the next one sees how.
    age = time.time() - (folder / ASKED).stat().st_mtime
    return not (folder / LOG).exists() and 0 <= age < _STARTING_SECONDS


def _folders(root: Path) -> list[Path]:
    place = desk_folder(root) / _FOLDER
    return [path for path in place.glob("[0-9]*") if path.name.isdigit() and path.is_dir()]


def _new_folder(root: Path) -> Path:
    """Make the folder of the next number; who comes second takes the one after it."""
    while True:
        folder = root / next_place(root)
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder


def _sweep(root: Path) -> None:
    """Remove the oldest works; what is open elsewhere stays."""
    for folder in sorted(_folders(root), key=lambda path: int(path.name))[:-_KEPT]:
        if not is_held(folder / LOCK):
            remove(folder)


def _text(path: Path) -> str:
    """Return the end of a text file that may still be written; "" when there is none."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - _SHOWN, 0))
            return stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
