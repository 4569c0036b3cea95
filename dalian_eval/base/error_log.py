"""The full log of an unforeseen error, for whoever maintains the program."""

import datetime as dt
import tempfile
import traceback
from pathlib import Path


def write_error_log(error: Exception, root: Path) -> Path:
    """Write the log where it can be written, and return its place.

    In runs/logs of the project at `root`, else among the system's temporary files.
    """
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    text = "".join(traceback.format_exception(error))
    for folder in (root / "runs" / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"dalian-eval-{stamp}.log"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return path.resolve()
    return Path(f"（日志无法写入磁盘：{error!r}）")
