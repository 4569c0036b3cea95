"""All of the desk that depends on the operating system: processes, signals, opening things."""

import os
import shlex
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import UsageError

WINDOWS = sys.platform == "win32"

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0x0800_0000)
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x0000_0200)


def apart(*, windows: bool = WINDOWS) -> dict[str, Any]:
    """Return how `Popen` starts a process that lives on when its starter's window is closed.

    On Windows it gets a console of its own that nobody sees: whoever closes the desk's window ends
    all that share its console.
    """
    return {"creationflags": _NO_WINDOW | _NEW_GROUP} if windows else {"start_new_session": True}


def interruptible(*, windows: bool = WINDOWS) -> dict[str, Any]:
    """Return how `Popen` starts a child that `interrupt` reaches, and nobody else."""
    return {"creationflags": _NEW_GROUP} if windows else {"start_new_session": True}


def interrupt(child: "subprocess.Popen[bytes]", *, windows: bool = WINDOWS) -> None:
    """Tell a child to clear up and end, as Ctrl+C does.

    Windows has no signal but Ctrl+Break for a group; elsewhere SIGINT may be ignored from birth
    (a desk started in the background), SIGTERM is not.
    """
    child.send_signal(getattr(signal, "CTRL_BREAK_EVENT", 1) if windows else signal.SIGTERM)


def as_typed(arguments: Sequence[str], *, windows: bool = WINDOWS) -> str:
    """Return a command as one types it in this system's terminal."""
    words = ["dalian-eval", *arguments]
    return subprocess.list2cmdline(words) if windows else shlex.join(words)


def open_page(path: Path) -> None:
    """Open a page in the system's browser as a file: it shares no address with the desk.

    UsageError when it is not there or no browser can be found.
    """
    _there(path)
    if not webbrowser.open(path.resolve().as_uri()):
        raise UsageError(f"没有找到浏览器：请自己打开 {path.resolve()}")


def open_folder(path: Path) -> None:
    """Show a folder, or a file's own program, as a double click does; UsageError as `open_page`."""
    _there(path)
    place = str(path.resolve())
    try:
        if sys.platform == "win32":
            os.startfile(place)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.Popen(
                [opener, place],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        raise UsageError(f"这台电脑没有能打开它的程序：请自己打开 {place}") from error


def _there(path: Path) -> None:
    if not path.exists():
        raise UsageError(f"找不到 {path}：可能已被移走")
