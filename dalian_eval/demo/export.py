"""Write an invented county as exports, with as much of the mess of real ones as asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dalian_eval.base.errors import UsageError
from dalian_eval.base.typed_words import check_empty
from dalian_eval.demo.faults import HEAVY_FAULTS, SOME_FAULTS
from dalian_eval.demo.layouts import HEAVY, SOME
from dalian_eval.demo.messy import Broken, write_messy
from dalian_eval.demo.model import County
from dalian_eval.demo.systems import mappings_of, write_systems
from dalian_eval.demo.tidy import write_tidy

Shape = Literal["own", "systems"]
SHAPES: tuple[Shape, ...] = ("own", "systems")
Mess = Literal["none", "some", "heavy"]
MESSES: tuple[Mess, ...] = ("none", "some", "heavy")


@dataclass(frozen=True)
class Export:
    """The files that were written (paths in the folder) and the broken rows in them.

    `mappings`: the file that says how they are read, beside the folder; None when they are ours.
    """

    files: tuple[str, ...]
    broken: tuple[Broken, ...] = ()
    mappings: Path | None = None


def export(
    county: County, folder: Path, mess: Mess = "none", seed: int = 2024, shape: Shape = "own"
) -> Export:
    """Write `county` into `folder`; the same arguments give the same bytes.

    With the shape `systems` it is as six other systems export it, without mess; how that is read
    is written to a file beside the folder.

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
    if shape == "systems":
        mappings = folder.with_name(f"{folder.name}-mappings.yaml")
        mappings.write_text(mappings_of(county), encoding="utf-8", newline="\n")
        written = write_systems(county, folder)
        return Export(_names(written, folder), mappings=mappings)
    if mess == "none":
        files = write_tidy(county, folder)
    elif mess == "some":
        files, broken = write_messy(county, folder, SOME, SOME_FAULTS, seed)
    else:
        files, broken = write_messy(county, folder, HEAVY, HEAVY_FAULTS, seed)
    return Export(_names(files, folder), tuple(broken))


def _names(files: Sequence[Path], folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.relative_to(folder).as_posix() for path in files))
