"""The contestants (参赛人员): who is in, who waits in which order, and what a tie leaves open.

All officers marked 一线 stand by their score of the day. Whoever is out of review, or barred by
integrity from contests, is left out with the reason, and the next one moves up. A tie across the
last place is nobody's to break but the bureau's: it states the order in 登记. A statement that
contradicts the scores or another one parts nobody, and the roster says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.pairs import Pair
from dalian_eval.campaign.registered import Registration
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.schema.registrations import place_of, plain_about

IN, RESERVE, TIED, OUT = "参赛", "候补", "并列待定", "不参加"
"""What becomes of an officer."""

STATES = (IN, TIED, RESERVE, OUT)

_NAMED = 10
"""Names of those who share a place, in a sentence."""


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
    """An officer's state, rank by score, place within the state (None: open) and sentence.

    `evidence`: origins of the statements that decided the place.
    """

    standing: Standing
    status: str
    rank: int | None
    place: int | None
    reason: str
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True)
class Orders:
    """What 登记 says of ties, where it can be followed: place and statements by officer.

    `refused`: a sentence on each statement that cannot be, which then parts nobody.
    """

    places: Mapping[str, int]
    rows: Mapping[str, Sequence[Registration]]
    refused: tuple[str, ...]


NO_ORDERS = Orders({}, {}, ())


def orders_of(standings: Sequence[Standing], stated: Sequence[Registration]) -> Orders:
    """Return which statements on ties (并列定序 of the day) can be followed.

    One about somebody unknown, left out or tied with nobody is not; nor are those on a tie whose
    places are not 1, 2, … once each.
    """
    known = {plain_about(s.officer): s for s in standings}
    refused: list[str] = []
    of_tie: dict[int, list[tuple[Standing, Registration]]] = {}
    for row in stated:
        one = known.get(plain_about(row.about))
        fault = _fault(one, row, standings)
        if one is None or fault:
            refused.append(f"登记{row.number}没有采用：{fault}")
        else:
            of_tie.setdefault(one.points, []).append((one, row))
    places: dict[str, int] = {}
    rows: dict[str, list[Registration]] = {}
    for points, found in of_tie.items():
        said = sorted({(place_of(row.content) or 0, s.officer) for s, row in found})
        each_once = len({officer for _, officer in said}) == len(said)
        if each_once and [place for place, _ in said] == [*range(1, len(said) + 1)]:
            places |= {officer: place for place, officer in said}
            for s, row in found:
                rows.setdefault(s.officer, []).append(row)
            continue
        numbers = "、".join(row.number for _, row in found)
        told = "、".join(f"{_who(s)}列第{place_of(row.content)}" for s, row in found)
        refused.append(
            f"登记{numbers}没有采用：{told}，得{points_text(points)}分的同分者之中第1、第2……"
            "应各有一人，请改正『内容』"
        )
    return Orders(places, rows, tuple(refused))


def _fault(one: Standing | None, row: Registration, standings: Sequence[Standing]) -> str:
    """Return why a statement cannot be followed, with what mends it; empty when it can."""
    if one is None:
        return f"{row.about}不在{day_words(row.date)}的一线人员之中，请核对执法证号"
    if one.barred:
        return f"{_who(one)}不参加（{one.barred}），请删去这一行"
    if place_of(row.content) is None:
        return f"{_who(one)}的『内容』不是在同分者中列第几，请填1、2……"
    if sum(not s.barred and s.points == one.points for s in standings) < 2:
        return f"{_who(one)}得{points_text(one.points)}分，没有人与其并列，不需要定序"
    return ""


def _who(one: Standing) -> str:
    return f"{one.name}（{one.officer}）"


def place_officers(
    standings: Sequence[Standing], contestants: int, orders: Orders = NO_ORDERS
) -> list[Place]:
    """Return every officer's place, in the order of the roster.

    Those of one score share a place unless `orders` parts them.
    """
    field = sorted((s for s in standings if not s.barred), key=lambda s: (-s.points, s.officer))
    result = []
    ranks = competition_ranks(s.points for s in field)
    for points, equals in groupby(field, key=lambda s: s.points):
        result += _group([*equals], ranks[points] - 1, contestants, orders, standings)
    out = sorted((s for s in standings if s.barred), key=lambda s: s.officer)
    result += [Place(s, OUT, None, None, f"得{points_text(s.points)}分；{s.barred}") for s in out]
    return sorted(result, key=lambda p: (STATES.index(p.status), p.place or 0, p.standing.officer))


def _group(
    group: Sequence[Standing],
    before: int,
    contestants: int,
    orders: Orders,
    standings: Sequence[Standing],
) -> list[Place]:
    """Return the places of those who share a score; `before` them are so many others."""
    named = [s for s in group if s.officer in orders.places]
    named.sort(key=lambda s: orders.places[s.officer])
    rest = [s for s in group if s.officer not in orders.places]
    spans = [(s, before + i, before + i) for i, s in enumerate(named, start=1)]
    first, last = before + len(named) + 1, before + len(group)
    spans += [(s, first, last) for s in rest]
    result = []
    for s, low, high in spans:
        earned = f"得{points_text(s.points)}分，第{before + 1}名"
        if len(group) > 1:
            earned += f"（{len(group)}人并列）"
        rows = orders.rows.get(s.officer, ())
        if rows:
            told = "；".join(row.told for row in rows)
            earned += f"，本局定为其中第{low - before}位（{told}）"
        elif named:
            earned += "，登记中没有列名，列其后"
        state, place, told = _state(s, low, high, contestants, rest, standings)
        parts = [earned, told, *([s.note] if s.note else [])]
        reason = "；".join(p for p in parts if p)
        evidence = tuple(row.origin for row in rows)
        result.append(Place(s, state, before + 1, place, reason, evidence))
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
    """Return the roster in the columns of roster.csv, in the order given; evidence as origins."""
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
            "evidence": [*p.evidence],
        }
        for p in people
    ]
    return table_frame(OUTPUTS["roster"], lines)
