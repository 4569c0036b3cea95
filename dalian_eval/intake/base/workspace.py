"""The folder beside `out` in which intake works, so that nothing half done is ever in `out`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.scratch_folder import scratch


@contextmanager
def workspace(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to work in.

    UsageError when `out` has content.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"输出位置 {out} 已有内容，请换一个新的或空的文件夹。")
    with scratch(out.parent, "intake") as work:
        yield work
