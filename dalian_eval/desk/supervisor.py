"""The process that looks after one command: it starts it, stops it when asked, notes its end.

Started by `work.start` apart from whoever asked, so that the command outlives the page. Only it
knows the child's number, so that no signal ever reaches another process that got the same one.
"""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from dalian_eval.base.file_lock import hold
from dalian_eval.base.files import canonical, read_json, write_whole
from dalian_eval.base.parts import LIVE_LINE
from dalian_eval.desk.system import interrupt, interruptible
from dalian_eval.desk.work import ASKED, BUSY, ENDED, KILL, LIVE, LOCK, LOG, STOP

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 5
_BUSY_CODE = 2
_DIED_CODE = 1


def main(folder: Path) -> None:
    """Run the command that is asked for in `folder`, below the working directory's project."""
    own = _patiently(folder / LOCK)
    busy = _patiently(folder.parent / BUSY)
    with (folder / LOG).open("ab") as log:
        if own is None or busy is None:
            log.write("另一项工作正在进行：请等它做完，或先停止\n".encode())
            _note(folder, _BUSY_CODE, stopped=False)
            return
        code, stopped = _supervise(folder, log)
    _note(folder, code, stopped=stopped)


def _supervise(folder: Path, log: IO[bytes]) -> tuple[int, bool]:
    """Run the command to its end; return its exit code, and whether it was asked to stop."""
    child = subprocess.Popen(
        [sys.executable, "-m", "dalian_eval", *read_json(folder / ASKED)["arguments"]],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={
            **os.environ,
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "100",
            LIVE_LINE: str(folder / LIVE),
        },
        **interruptible(),
    )
    told = False
    while True:
        try:
            code = child.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if (folder / KILL).exists():
                child.kill()
            elif not told and (folder / STOP).exists():
                interrupt(child)
                told = True
            continue
        asked = (folder / STOP).exists() or (folder / KILL).exists()
        return code if code >= 0 else _DIED_CODE, asked


def _patiently(lock: Path) -> int | None:
    """Hold a lock; None when another process keeps it, not just looks at it."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while (held := hold(lock)) is None and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    return held


def _note(folder: Path, code: int, *, stopped: bool) -> None:
    ended = {
        "code": code,
        "stopped": stopped,
        "ended": dt.datetime.now().isoformat(timespec="seconds"),
    }
    write_whole(folder / ENDED, canonical(ended))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
