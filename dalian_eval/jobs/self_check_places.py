"""Where a self-check reads and where its result goes."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.base.typed_words import check_raw

RESULT = "自查结果"
RAW = "data/raw"


def places(raw: Path | None, to: Path | None) -> tuple[Path, Path]:
    """Return the folder of the raw files and the free folder of the result; see `selfcheck`.

    UsageError when the first is not there or the second lies in it.
    """
    raw = check_raw(raw if raw is not None else _own_files())
    return raw, _free(to if to is not None else _beside(raw), raw)


def project() -> Path | None:
    """Return the project around the working directory; None outside of one."""
    try:
        return project_root(Path())
    except UsageError:
        return None


def _own_files() -> Path:
    root = project()
    if root is None:
        return Path()
    return Path(RAW) if root == Path().resolve() else root / RAW


def _beside(raw: Path) -> Path:
    """Return the folder 自查结果 here, or beside `raw` when here is within it."""
    here = Path(RESULT)
    if not here.resolve().is_relative_to(raw.resolve()):
        return here
    return raw.resolve().with_name(f"{raw.resolve().name}-{RESULT}")


def _free(to: Path, raw: Path) -> Path:
    """Return `to`, or the next of its name that is not taken: nothing is overwritten."""
    if to.resolve().is_relative_to(raw.resolve()):
        raise UsageError(f"自查结果不能放在数据文件夹 {raw} 里面，请用 --to 另选一个文件夹")
    place, number = to, 1
    while place.exists() and (not place.is_dir() or any(place.iterdir())):
        number += 1
        place = to.with_name(f"{to.name}-{number}")
    return place
