"""What commands beside the main job share: data that passed, a folder that is whole or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.errors import DataError
from dalian_eval.base.result_folder import settle, writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.checks import Validation
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.stages.pipeline import Job


def require_valid(job: Job, what: str) -> None:
    """Let only data pass that fail no blocking check; DataError says what cannot be done."""
    outcome = job.validate()
    if outcome.blocked:
        raise DataError(_refusal(outcome, job.month, what))


def _refusal(outcome: Validation, month: str, what: str) -> str:
    """Return which blocking checks failed, each with the first row that did."""
    failed = [o for o in outcome.outcomes if not o.success and o.severity == "blocking"]
    told = []
    for one in failed[:3]:
        places = "、".join(e.text for e in parse_origins(" ".join(one.origins[:1])))
        told.append(f"{one.title}（{places}）" if places else one.title)
    return (
        f"数据未通过{len(failed)}项必须通过的检查，不能{what}：{'；'.join(told)}。"
        f"请改正后再{what}；全部有关的行见 dalian-eval run --month {month} 生成的页面"
    )


@contextmanager
def build_folder(place: Path, option: str, why: str) -> Iterator[Path]:
    """Yield a folder to fill, and put it at `place` when it is whole.

    UsageError naming `option` when the place cannot be written; DifferenceError saying `why` when
    something else is there already.
    """
    with writable(place, option), scratch(place.parent, "building") as building:
        yield building
        settle(building, place, why)
