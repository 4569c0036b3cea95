"""The case draw by itself: raw files in, its protocol out, before anything is scored.

As a ceremony it is two commands. The first fixes the list of what can be drawn and tells its hash.
Then a text is made public that nobody could know before (公开数: dice, a lottery's numbers), and
the second draws with it, from that very list or not at all.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.jobs.checked_inputs import build_folder, require_valid
from dalian_eval.outputs.csv_files import read_table, write_table
from dalian_eval.report.campaign.draw_protocol import DrawProtocol, draw_html, protocol_of
from dalian_eval.report.campaign.draw_workbook import BOOK, draw_workbook
from dalian_eval.scoring.protocol import draw_frames
from dalian_eval.stages.parameters import params_for
from dalian_eval.stages.pipeline import open_job

_PAGE = "draw.html"
_CEREMONY = "-ceremony"
"""Ends the name of the folder of what was drawn with a nonce."""

_LONGEST = 100
_SLOT = ["kind", "candidate", "slot", "case"]


def draw(
    *,
    month: str,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
    readings: dict[str, str] | None = None,
    as_of: str = "",
    to: Path | None = None,
    nonce: str = "",
) -> tuple[Path, DrawProtocol]:
    """Draw the case files of `month` and return the folder of the protocol and the protocol.

    `to`: the folder, by default `runs/draw-MONTH`; with a `nonce` it holds the fixed list, and the
    result stands beside it, in a folder ending in `-ceremony`. UsageError for a wrong parameter, a
    place that cannot be written, or a list that was not fixed yet; DataError when a blocking check
    failed; DifferenceError when the list has changed, or when there is another protocol in the
    folder already.
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
    nonce = _checked(nonce)
    fixed = to or Path("runs") / f"draw-{month}"
    place = fixed.with_name(fixed.name + _CEREMONY) if nonce else fixed
    if place.exists() and not (place / _PAGE).is_file():
        raise UsageError(f"{place} 已有别的内容：请用 --to 另指一个新的文件夹")
    if nonce and not (fixed / _PAGE).is_file():
        raise UsageError(
            f"{fixed} 中没有固定的名单：请先不写 --nonce 运行一次，公布名单校验值之后再用公开数抽取"
        )
    require_valid(job, "抽取")
    drawn, candidates = job.draw(nonce)
    frames = draw_frames(drawn)
    if nonce:
        _unchanged(fixed, frames)
    told = {"draw": {"list": drawn.list_hash, "seed": drawn.seed}}
    names = {
        str(code): name
        for c in candidates.values()
        for code, name in zip(c.ids, c.names, strict=True)
    }
    meta = job.meta() | told
    protocol = protocol_of(meta, frames["draw"], frames["draw_eligible"], names, nonce)
    why = "资料、截至日期、口径、种子或公开数与那次抽取不同，或文件被改动过"
    with build_folder(place, "--to", why) as building:
        for name, frame in frames.items():
            write_table(name, frame, building)
        if nonce:
            (building / BOOK).write_bytes(draw_workbook(frames["draw"], job.as_of))
        page = draw_html(protocol)
        (building / _PAGE).write_text(page, encoding="utf-8", newline="\n")
    return place, protocol


def _checked(nonce: str) -> str:
    """Return the nonce as it joins the seed; UsageError for what cannot be read out and repeated.

    How many blanks stand around it and between its parts does not count: nobody can read that out.
    """
    text = " ".join(nonce.split())
    if nonce and not text:
        raise UsageError("公开数 --nonce 不能是空白：请写当场公布的数字或文字")
    if not text.isprintable() or len(text) > _LONGEST:
        raise UsageError(
            f"公开数 --nonce 应是一行可以朗读的数字或文字，不超过{_LONGEST}个字符，不含换行等控制符"
        )
    return text


def _unchanged(fixed: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Let only what was fixed be drawn from; DifferenceError says what has come or gone.

    The slots and what an official draw filled them with belong to it, too.
    """
    try:
        before = {name: read_table(name, fixed) for name in frames}
        told = _changes(_listed(before["draw_eligible"]), _listed(frames["draw_eligible"]), "名单")
        told += _changes(_slots(before["draw"]), _slots(frames["draw"]), "名额和上级抽取")
    except UsageError as error:
        raise UsageError(f"读不了 {fixed} 中固定的名单：请确认文件夹完整") from error
    if told:
        raise DifferenceError(
            f"{fixed} 固定名单之后有了变化，不能抽取：{'；'.join(told)}。"
            "请恢复当时的资料，或换一个 --to 重新固定名单、重新公布校验值"
        )


def _listed(eligible: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in eligible[_SLOT].itertuples(index=False, name=None)]


def _slots(draw: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the slots with the file an official draw filled them with, else a blank."""
    official = draw["case"].where(draw["source"] == "official", "")
    return _listed(draw.assign(case=official))


def _changes(before: list[tuple[str, ...]], now: list[tuple[str, ...]], what: str) -> list[str]:
    """Return which rows have come and which have gone, the first of them by name."""
    told = []
    for verb, old, new in (("多出", before, now), ("少了", now, before)):
        left = sorted((Counter(new) - Counter(old)).elements())
        if left:
            first = " ".join(cell for cell in left[0][1:] if cell)
            told.append(f"{what}{verb}{len(left)}行（如{first}）")
    if not told and before != now:
        told.append(f"{what}的次序变了")
    return told
