"""The contestants (参赛人员): who is in, who waits in which order, and what a tie leaves open.

All officers marked 一线 stand by their score of the day. Whoever is out of review, or barred by
integrity from contests, is left out with the reason, and the next one moves up. A tie across the
last place is nobody's to break but the bureau's: its decision is a parameter, and is refused when
it contradicts the scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.base.errors import UsageError
from dalian_eval.campaign.pairs import Pair
from dalian_eval.campaign.rules import Decision
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.ranks import competition_ranks

IN, RESERVE, TIED, OUT = "参赛", "候补", "并列待定", "不参加"
"""What becomes of an officer."""

STATES = (IN, TIED, RESERVE, OUT)

_NAMED = 10
"""Names of those who share a place, in a sentence."""

WHERE = "运行参数 campaign.roster.decisions"


@dataclass(frozen=True)
class Standing:
    """An officer on the day: bureau, points and the most they can still come to (ten-thousandths).

    `barred`: why the officer is left out, empty for who is not; `waiting`: titles of the clauses
    that still wait for data; `note`: what else the reader must know.
    """

    officer: str
    name: str
    unit: str
    points: int
    high: int
    barred: str = ""
    waiting: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Place:
    """An officer's state, rank by score, place within the state (None: open) and sentence."""

    standing: Standing
    status: str
    rank: int | None
    place: int | None
    reason: str


def decisions_by_officer(
    standings: Sequence[Standing], decisions: Sequence[Decision]
) -> dict[str, Decision]:
    """Return the decision about each officer that one names.

    UsageError for a decision about somebody unknown or left out, about unequal scores, or about
    nobody's tie. `decisions`: those of the day.
    """
    known = {s.officer: s for s in standings}
    result: dict[str, Decision] = {}
    for decision in decisions:
        for officer in decision.order:
            if officer not in known:
                raise UsageError(
                    f"{WHERE}：{officer}不在{day_words(decision.as_of)}的一线人员之中，请核对执法证号"
                )
            if known[officer].barred:
                raise UsageError(
                    f"{WHERE}：{_who(known[officer])}不参加（{known[officer].barred}），"
                    "请从 order 中删去"
                )
        named = [known[officer] for officer in decision.order]
        unequal = [s for s in named if s.points != named[0].points]
        if unequal:
            raise UsageError(
                f"{WHERE}：{_who(named[0])}得{points_text(named[0].points)}分，"
                f"{_who(unequal[0])}得{points_text(unequal[0].points)}分，不是并列；"
                "选拔决定只能决定同分者的先后，请改正 order"
            )
        tied = [s for s in standings if not s.barred and s.points == named[0].points]
        if len(tied) < 2:
            raise UsageError(
                f"{WHERE}：{_who(named[0])}得{points_text(named[0].points)}分，没有人与其并列，"
                "不需要决定，请删去这一条"
            )
        result |= dict.fromkeys(decision.order, decision)
    return result


def _who(one: Standing) -> str:
    return f"{one.name}（{one.officer}）"


def place_officers(
    standings: Sequence[Standing], contestants: int, decisions: Sequence[Decision] = ()
) -> list[Place]:
    """Return every officer's place, in the order of the roster.

    Those of one score share a place unless a decision parts them. `decisions`: those of the day.
    """
    ruling = decisions_by_officer(standings, decisions)
    field = sorted((s for s in standings if not s.barred), key=lambda s: (-s.points, s.officer))
    result = []
    ranks = competition_ranks(s.points for s in field)
    for points, equals in groupby(field, key=lambda s: s.points):
        result += _group([*equals], ranks[points] - 1, contestants, ruling, standings)
    out = sorted((s for s in standings if s.barred), key=lambda s: s.officer)
    result += [Place(s, OUT, None, None, f"得{points_text(s.points)}分；{s.barred}") for s in out]
    return sorted(result, key=lambda p: (STATES.index(p.status), p.place or 0, p.standing.officer))


def _group(
    group: Sequence[Standing],
    before: int,
    contestants: int,
    ruling: Mapping[str, Decision],
    standings: Sequence[Standing],
) -> list[Place]:
    """Return the places of those who share a score; `before` them are so many others."""
    named = [s for s in group if s.officer in ruling]
    named.sort(key=lambda s: ruling[s.officer].order.index(s.officer))
    rest = [s for s in group if s.officer not in ruling]
    spans = [(s, before + i, before + i) for i, s in enumerate(named, start=1)]
    first, last = before + len(named) + 1, before + len(group)
    spans += [(s, first, last) for s in rest]
    result = []
    for s, low, high in spans:
        earned = f"得{points_text(s.points)}分，第{before + 1}名"
        if len(group) > 1:
            earned += f"（{len(group)}人并列）"
        if len(group) > 1 and s.officer in ruling:
            one = ruling[s.officer]
            why = f"：{one.why}" if one.why else ""
            earned += (
                f"，{one.by}{day_words(one.on, one.as_of.year)}决定列其中第{low - before}位{why}"
            )
        elif named:
            earned += "，决定中没有列名，列其后"
        state, place, told = _state(s, low, high, contestants, rest, standings)
        parts = [earned, told, *([s.note] if s.note else [])]
        result.append(Place(s, state, before + 1, place, "；".join(p for p in parts if p)))
    return result


def _state(
    one: Standing,
    low: int,
    high: int,
    contestants: int,
    tied: Sequence[Standing],
    standings: Sequence[Standing],
) -> tuple[str, int | None, str]:
    """Return state, place and sentence of who stands anywhere from `low` to `high`."""
    if high <= contestants:
        ahead = sum(bool(s.barred) and s.points > one.points for s in standings)
        moved = f"前面有{ahead}人不参加，递补入选" if low + ahead > contestants else ""
        return IN, low, moved
    if low > contestants:
        shared = "，递补时先后由领导组决定" if high > low else ""
        return RESERVE, low - contestants, f"候补第{low - contestants}{shared}"
    names = "、".join(s.name for s in tied[:_NAMED])
    names += f"等{len(tied)}人" if len(tied) > _NAMED else ""
    waiting = [f"{s.name}的{'、'.join(s.waiting)}" for s in tied if s.waiting]
    if waiting:
        could = f"尚待补的条款（{'；'.join(waiting[:_NAMED])}）有了结果可能分出先后，否则"
    else:
        could = "各人没有待补的条款，得分不会再分出先后，"
    told = (
        f"{names}并列，跨越第{contestants}名，余下{contestants - low + 1}个名额；"
        f"{could}由领导组决定；落选的列候补之首"
    )
    return TIED, None, told


def roster(people: Sequence[Place], groups: Sequence[Pair]) -> pd.DataFrame:
    """Return the roster as a frame, columns `COLUMNS`, in the order given."""
    group = {officer: pair.number for pair in groups for officer in pair.officers}
    lines = [
        {
            "candidate": p.standing.officer,
            "name": p.standing.name,
            "unit": p.standing.unit,
            "total": p.standing.points,
            "total_high": p.standing.high,
            "rank": p.rank,
            "status": p.status,
            "place": p.place,
            "group": group.get(p.standing.officer),
            "reason": p.reason,
        }
        for p in people
    ]
    return table_frame(OUTPUTS["roster"], lines)
