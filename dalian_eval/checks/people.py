"""Checks of units, officers and postings: who can be scored, and where everyone is."""

import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery, among_candidates
from dalian_eval.schema.origins import ORIGIN


def _in_a_cycle(delivery: Delivery) -> ir.Table:
    units = delivery.table("units")
    pairs = delivery.fetch(units.select("unit_id", "parent_id"))
    parents: dict[str, object] = dict(zip(pairs["unit_id"], pairs["parent_id"], strict=True))
    found = [unit for unit in parents if _returns(unit, parents)]
    return units.filter(_.unit_id.isin(found))


def _returns(unit: str, parents: dict[str, object]) -> bool:
    """Whether the way up from `unit` comes back to it."""
    seen: set[object] = set()
    above = parents[unit]
    while above in parents and above not in seen:
        if above == unit:
            return True
        seen.add(above)
        above = parents[str(above)]
    return False


_CANDIDATES = {"units": "候选集体", "officers": "候选个人"}


def _without_candidates(delivery: Delivery) -> list[str]:
    """Return the tables in which nobody is a candidate, as users call the candidates."""
    return [
        name
        for table, name in _CANDIDATES.items()
        if not delivery.count(among_candidates(delivery.table(table)))
    ]


def _no_candidate(delivery: Delivery) -> ir.Table:
    nobody = len(_without_candidates(delivery)) == len(_CANDIDATES)
    return delivery.noted(["候选集体0个、候选个人0名"] if nobody else [])


def _one_section_empty(delivery: Delivery) -> ir.Table:
    empty = _without_candidates(delivery)
    return delivery.noted(empty if len(empty) < len(_CANDIDATES) else [])


def _overlapping(delivery: Delivery) -> ir.Table:
    """Return postings that share a day with another posting of the same officer."""
    one = delivery.table("postings")
    two = one.select("officer_id", other=ORIGIN, since="start", until="end")
    pairs = one.join(two, "officer_id").filter(
        _[ORIGIN] != _.other,
        _.until.isnull() | (_.start <= _.until),
        _.end.isnull() | (_.since <= _.end),
    )
    return pairs.select(one.columns).distinct()


CHECKS = (
    Check(
        id="units.cycle",
        table="units",
        title="上下级关系不成环",
        severity="blocking",
        find=_in_a_cycle,
        show=("unit_id", "parent_id"),
        reason="有{failed}个单位的上级层层追溯又回到自己，下级的数据无法汇总。",
        fix="请改正『上级单位编码』；最上级的单位留空。",
    ),
    Check(
        id="units.no_candidate",
        table="units",
        title="有候选集体或候选个人",
        severity="blocking",
        find=_no_candidate,
        needs=("officers",),
        tested=lambda delivery: delivery.rows["units"] + delivery.rows["officers"],
        show=("note",),
        reason="没有一个单位标为候选集体，也没有一名人员标为候选个人，没有可以评分的对象。",
        fix="请在『单位』表的『候选集体』、『人员』表的『候选个人』中对参评对象填 是。",
    ),
    Check(
        id="units.section_empty",
        table="units",
        title="候选集体和候选个人都有",
        severity="warning",
        find=_one_section_empty,
        needs=("officers",),
        tested=lambda delivery: delivery.rows["units"] + delivery.rows["officers"],
        show=("note",),
        reason="没有一个对象标为{observed}，这一类没有得分和排名；另一类照常评分。",
        fix="应参评的，请在『单位』表的『候选集体』或『人员』表的『候选个人』中填 是。",
    ),
    Check(
        id="postings.overlap",
        table="postings",
        title="同一人的任职不重叠",
        severity="blocking",
        find=_overlapping,
        show=("officer_id", "unit_id", "start", "end"),
        reason="有{failed}段任职与同一人的另一段有重叠的日子，当天属于哪个单位无法确定。",
        fix="请补填前一段的『离岗日期』（在岗的最后一天，须早于下一段的到岗日期）。",
    ),
    Check(
        id="officers.no_posting",
        table="officers",
        title="每名人员都有任职",
        severity="warning",
        find=lambda delivery: delivery.table("officers").anti_join(
            delivery.table("postings"), "officer_id"
        ),
        needs=("postings",),
        show=("officer_id",),
        reason="有{failed}名人员没有任何任职，不计入任何单位的在岗人数。",
        fix="请在『任职』表中补上他们的单位和到岗日期。",
    ),
    Check(
        id="officers.no_certificate_start",
        table="officers",
        title="证件有效期起已填写",
        severity="warning",
        where=_.valid_from.isnull(),
        show=("officer_id",),
        reason="有{failed}名人员的『证件有效期起』空白，一律按未持证计，不计入在编在岗持证人数。",
        fix="请按证件补填『证件有效期起』。",
    ),
)
