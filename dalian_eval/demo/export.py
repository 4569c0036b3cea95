"""Write an invented county as exports, with as much of the mess of real ones as asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dalian_eval.base.errors import UsageError
from dalian_eval.base.typed_words import check_empty
from dalian_eval.demo.faults import HEAVY_FAULTS, SOME_FAULTS
from dalian_eval.demo.layouts import HEAVY, SOME
from dalian_eval.demo.messy import Broken, write_messy
from dalian_eval.demo.model import County
from dalian_eval.demo.tidy import write_tidy

Mess = Literal["none", "some", "heavy"]
MESSES: tuple[Mess, ...] = ("none", "some", "heavy")


@dataclass(frozen=True)
class Export:
    """The files that were written (paths in the folder) and the broken rows in them."""

    files: tuple[str, ...]
    broken: tuple[Broken, ...] = ()


def export(county: County, folder: Path, mess: Mess = "none", seed: int = 2024) -> Export:
    """Write `county` into `folder`; the same arguments give the same bytes.

    Raises:
        UsageError: The folder already holds files, or `mess` is unknown.

    """
    if mess not in MESSES:
        raise UsageError(f"杂乱程度须为{'、'.join(MESSES)}之一，收到{mess}")
    check_empty(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"无法建立文件夹{folder}，请换一个可写的位置") from error
    broken: list[Broken] = []
    if mess == "none":
        files = write_tidy(county, folder)
    elif mess == "some":
        files, broken = write_messy(county, folder, SOME, SOME_FAULTS, seed)
    else:
        files, broken = write_messy(county, folder, HEAVY, HEAVY_FAULTS, seed)
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    return Export(tuple(names), tuple(broken))
