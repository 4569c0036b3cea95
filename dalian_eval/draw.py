"""The case draw by itself: raw files in, its protocol out, before anything is scored."""

from pathlib import Path

from dalian_eval.checks import Validation
from dalian_eval.csvfile import write_csv
from dalian_eval.errors import DataError, UsageError
from dalian_eval.params import params_for, project_root
from dalian_eval.pipeline import open_job
from dalian_eval.place import settle, writable
from dalian_eval.report.drawn import DrawProtocol, draw_html, protocol_of
from dalian_eval.report.evidence import parsed
from dalian_eval.scoring.protocol import draw_frames
from dalian_eval.scratch import scratch

_PAGE = "draw.html"


def draw(
    *,
    month: str,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
    readings: dict[str, str] | None = None,
    as_of: str = "",
    to: Path | None = None,
) -> tuple[Path, DrawProtocol]:
    """Draw the case files of `month` and return the folder of the protocol and the protocol.

    `to`: the folder, by default `runs/draw-MONTH`. UsageError for a wrong parameter or a place
    that cannot be written; DataError when a blocking check failed; DifferenceError when there is
    another protocol in the folder already.
    """
    root = project_root(Path.cwd())
    job = open_job(
        month=month,
        raw=raw.resolve() if raw.is_dir() else raw,
        params=root / params if params else params_for(root, month),
        readings=readings,
        as_of=as_of,
        start=root,
    )
    place = to or Path("runs") / f"draw-{month}"
    if place.exists() and not (place / _PAGE).is_file():
        raise UsageError(f"{place} 已有别的内容：请用 --to 另指一个新的文件夹")
    outcome = job.validate()
    if outcome.blocked:
        raise DataError(_refusal(outcome, month))
    drawn, candidates = job.draw()
    frames = draw_frames(drawn)
    told = {"draw": {"list": drawn.list_hash, "seed": drawn.seed}}
    names = {
        str(code): name
        for c in candidates.values()
        for code, name in zip(c.ids, c.names, strict=True)
    }
    protocol = protocol_of(job.meta() | told, frames["draw"], frames["draw_eligible"], names)
    with writable(place, "--to"), scratch(place.parent, "building") as building:
        for name, frame in frames.items():
            write_csv(frame, building / f"{name}.csv")
        page = draw_html(protocol)
        (building / _PAGE).write_text(page, encoding="utf-8", newline="\n")
        settle(building, place, "资料、截至日期、口径或种子与那次抽取不同，或文件被改动过")
    return place, protocol


def _refusal(outcome: Validation, month: str) -> str:
    """Return which blocking checks failed, each with the first row that did."""
    failed = [o for o in outcome.outcomes if not o.success and o.severity == "blocking"]
    told = []
    for one in failed[:3]:
        places = "、".join(e.text for e in parsed(" ".join(one.origins[:1])))
        told.append(f"{one.title}（{places}）" if places else one.title)
    return (
        f"数据未通过{len(failed)}项必须通过的检查，不能抽取：{'；'.join(told)}。"
        f"请改正后再抽取；全部有关的行见 dalian-eval run --month {month} 生成的页面"
    )
