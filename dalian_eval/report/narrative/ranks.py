"""二、排名情况: the table of ranks, ties, ranges, who is deferred and who is out."""

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from dalian_eval.outputs.words import KINDS, SCORE_STATES
from dalian_eval.report.base.points import distinct, plain, total_or_range, two_decimals
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.narrative.certainty import certainty
from dalian_eval.report.narrative.text import (
    Paragraph,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import NAMED, candidate_count, names_of, who
from dalian_eval.report.views.item_overview import veto_reasons
from dalian_eval.report.views.ranking import ties
from dalian_eval.report.views.run_view import RunView

_ALL, _FIRST, _LAST = 20, 10, 5
"""Candidates up to which the table has all of them; else so many from either end."""

_HUNDREDTH = 100
"""Ten-thousandths in a hundredth of a point."""

_LISTED = 10
"""Vetoed candidates told one by one."""


def ranks_section(view: RunView, certified: Certificates | None = None) -> Section:
    """Return the section, one part for each kind that has candidates.

    `certified`: what holds under every reading; without it nothing is said of that.
    """
    kinds = [kind for kind in KINDS if len(view.candidates(kind))]
    if not kinds:
        return Section("排名情况", blocks(paragraph(say("本次没有参评对象，没有排名。"))))
    return Section("排名情况", parts=tuple(_part(view, kind, certified) for kind in kinds))


def _part(view: RunView, kind: str, certified: Certificates | None) -> Section:
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    return Section(
        KINDS[kind],
        blocks(
            paragraph(
                _head(view, kind, standing), _units(view, kind, standing), *_ties(kind, standing)
            ),
            _table(view, kind, standing),
            None if certified is None else certainty(view, kind, certified),
            paragraph(_open(view, kind, rows), _deferred(view, kind, rows)),
            _vetoed(view, kind, rows),
        ),
    )


def _head(view: RunView, kind: str, standing: pd.DataFrame) -> Sentence:
    place = f"index.html#rank-{kind}"
    if standing.empty:
        return say("没有参加排名的", Span(KINDS[kind], place), "。")
    firsts = standing[standing["rank"] == 1]
    names = dict(zip(standing["candidate"], standing["name"], strict=True))
    leader = who(view, kind, names, list(firsts["candidate"]))
    gap: tuple[Span | str, ...] = ()
    if len(standing) > len(firsts):
        second = standing.iloc[len(firsts)]
        ahead = int(firsts["total"].iloc[0]) - int(second["total"])
        gap = (
            f"，比第{int(second['rank'])}名高",
            Span(f"{_gap(ahead)}分", view.link(kind, str(second["candidate"]))),
        )
    return say(
        Span(f"参加排名的有{candidate_count(kind, len(standing))}", place),
        "，第1名为",
        leader,
        f"，得{two_decimals(int(firsts['total'].iloc[0]))}分",
        *gap,
        "。",
    )


def _gap(points: int) -> str:
    """Return a difference with two decimals, four where they would show none."""
    return two_decimals(points) if points >= _HUNDREDTH else plain(points)


def _units(view: RunView, kind: str, standing: pd.DataFrame) -> Sentence | None:
    """Return to which units the first ten officers belong."""
    if kind != "officer" or len(standing) <= _FIRST:
        return None
    first = standing[standing["rank"] <= _FIRST]
    counts = first["unit"].value_counts(sort=False)
    order = sorted(counts.index, key=lambda u: (-counts[u], u))
    told = [
        Span(
            f"{view.unit_name(str(u))}{candidate_count(kind, int(counts[u]))}",
            "index.html#rank-officer",
        )
        for u in order[:NAMED]
    ]
    rest = f"等{len(order)}个单位" if len(order) > NAMED else ""
    more = f"（含并列共{candidate_count(kind, len(first))}）" if len(first) > _FIRST else ""
    return say(f"前{_FIRST}名{more}中，", join_spans(told), rest, "。")


def _ties(kind: str, standing: pd.DataFrame) -> Iterator[Sentence]:
    told = list(ties(standing))
    for text in told[:NAMED]:
        yield say(Span(text, f"index.html#rank-{kind}"), "。")
    if len(told) > NAMED:
        yield say(
            "此外还有",
            Span(f"{len(told) - NAMED}处并列", f"index.html#rank-{kind}"),
            "，见评价记录首页。",
        )


def _table(view: RunView, kind: str, standing: pd.DataFrame) -> Table | None:
    if standing.empty:
        return None
    totals = distinct(list(standing["total"]))
    numbered = list(zip(standing.to_dict("records"), totals, strict=True))
    cut = len(numbered) > _ALL
    shown = [*numbered[:_FIRST], *numbered[-_LAST:]] if cut else numbered
    ranges = any(int(r["total_low"]) != int(r["total_high"]) for r, _ in shown)
    person = kind == "officer"
    head = (
        *("名次", "姓名" if person else "名称"),
        *(("单位",) if person else ()),
        *("基础分", "加分", "总分"),
        *(("可能范围",) if ranges else ()),
        "状态",
    )
    body = tuple(
        (
            Span(str(row["rank"])),
            Span(str(row["name"]), view.link(kind, str(row["candidate"]))),
            *((_unit(view, str(row["unit"])),) if person else ()),
            *(Span(two_decimals(int(row[c]))) for c in ("base", "bonus")),
            Span(total),
            *((Span(_range(row)),) if ranges else ()),
            Span(SCORE_STATES[str(row["status"])]),
        )
        for row, total in shown
    )
    part = f"（前{_FIRST}名和末{_LAST}名，共{candidate_count(kind, len(numbered))}）" if cut else ""
    return Table(f"{KINDS[kind]}得分排名{part}", head, body)


def _unit(view: RunView, code: str) -> Span:
    return Span(view.unit_name(code), view.unit_link(code))


def _range(row: dict[Hashable, Any]) -> str:
    low, high = int(row["total_low"]), int(row["total_high"])
    return "—" if low == high else total_or_range(low, high)


def _open(view: RunView, kind: str, rows: pd.DataFrame) -> Sentence | None:
    """Return whose total is a range."""
    some = rows[rows["total_low"] != rows["total_high"]]
    if some.empty:
        return None
    told = [
        (
            Span(str(r["name"]), view.link(kind, str(r["candidate"]))),
            Span(f"（{total_or_range(int(r['total_low']), int(r['total_high']))}分）"),
        )
        for r in some.iloc[:NAMED].to_dict("records")
    ]
    rest = f"等{candidate_count(kind, len(some))}" if len(some) > NAMED else ""
    return say(
        join_spans(told),
        rest,
        "有条款待补，补齐资料后总分在括号所列范围内，名次可能随之变化。",
    )


def _deferred(view: RunView, kind: str, rows: pd.DataFrame) -> Sentence | None:
    ids = list(rows.loc[rows["status"] == "deferred", "candidate"])
    if not ids:
        return None
    return say(
        who(view, kind, names_of(view, kind), ids),
        "有诉讼、复议案件正在审理，或者有可能否决的问题正在核查，暂缓认定，保留名次。",
    )


def _vetoed(view: RunView, kind: str, rows: pd.DataFrame) -> Paragraph | None:
    out = rows[rows["vetoed"]]
    if out.empty:
        return None
    told = [
        say(
            Span(str(r["name"]), view.link(kind, str(r["candidate"]))),
            Span(f"（{two_decimals(int(r['total']))}分）", view.link(kind, str(r["candidate"]))),
            "：",
            "；".join(veto_reasons(view, kind, str(r["candidate"]))),
            "。",
        )
        for r in out.iloc[:_LISTED].to_dict("records")
    ]
    if len(out) > _LISTED:
        place = f"index.html#rank-{kind}"
        told.append(
            say(
                "被否决的共", Span(candidate_count(kind, len(out)), place), "，其余见评价记录首页。"
            )
        )
    return paragraph(*told)
