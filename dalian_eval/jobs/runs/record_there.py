"""Is the record that a run would write there already, and right: then nothing is computed.

Right is a record that is whole by its manifest, with which the history agrees, and whose draft is
the very one that this program made in this project. Any other is made again and compared.
"""

from collections.abc import Callable
from pathlib import Path

from dalian_eval.base.errors import DifferenceError
from dalian_eval.jobs.runs.known_runs import made_here
from dalian_eval.record.history import read_history
from dalian_eval.record.manifest import differences, measure, read_manifest
from dalian_eval.record.verify import history_of, verify

_AGAIN = "现在重新计算一遍，与它逐字节比较"
_CURE = "原有内容未动：请从备份恢复；没有备份的，把它移走再运行，会重新计算"
_TOLD = 5


def is_right(place: Path, root: Path, run_id: str, tell: Callable[[str], None]) -> bool:
    """Whether the record of a run is at its place, and right; `tell` is given why it is not.

    DifferenceError when it is not what its own manifest says: nothing is to be compared with that.
    """
    if not place.is_dir() or not any(place.iterdir()):
        return False
    try:
        manifest = read_manifest(place)
    except DifferenceError as error:
        raise DifferenceError(f"{error}。{_CURE}") from error
    unlike = differences(manifest.files, measure(place))
    if unlike:
        more = f"等{len(unlike)}处" if len(unlike) > _TOLD else ""
        raise DifferenceError(
            f"{place} 中已有的记录与它自己的清单不同（{'；'.join(unlike[:_TOLD])}{more}），"
            f"不得作为依据。{_CURE}"
        )
    problems = verify(place).problems
    if problems:
        tell(f"{place} 中已有记录，但{problems[0]}：{_AGAIN}")
        return False
    made = made_here(root, run_id)
    if not made:
        tell(f"{place} 中已有记录，但不是现在的程序和运行环境在这个项目中算出的：{_AGAIN}")
        return False
    entry = read_history(history_of(place)).numbered(manifest.number)
    if made != (entry.draft if entry is not None else manifest.sha256):
        tell(f"{place} 中已有的记录与上次算出的不同：{_AGAIN}")
        return False
    return True
