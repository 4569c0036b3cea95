"""Checks of the official draws (案卷抽取): do they fill slots, with files of the right people."""

import ibis
import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery, not_of_candidates
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import OFFICER, SHIPPED, UNIT

_ORDINARY, _SUPPORTING, _ANY = SHIPPED.by_name["case_draws"]["category"].vocabulary
_SHOW = ("subject_kind", "subject", "category", "case_id")


def _with_case(delivery: Delivery) -> ir.Table:
    """Return the draws with the 案件类型 and the unit of their case."""
    cases = delivery.table("cases").select("case_id", "unit_id", 案件类型="kind")
    return delivery.table("case_draws").join(cases, "case_id")


def _of_officers(delivery: Delivery) -> ir.Table:
    return _with_case(delivery).filter(_.subject_kind == OFFICER)


def _of_no_type(delivery: Delivery) -> ir.Table:
    """Return draws of officers' files that the program itself would never draw."""
    plan = delivery.draw
    fitting = [*plan.ordinary, *plan.supporting]
    return _of_officers(delivery).filter(_["案件类型"].notin(fitting))


def _wrong_category(delivery: Delivery) -> ir.Table:
    """Return draws under one category of a case that belongs to the other."""
    plan, kind = delivery.draw, _["案件类型"]
    return _of_officers(delivery).filter(
        ((_.category == _ORDINARY) & kind.isin(plan.supporting))
        | ((_.category == _SUPPORTING) & kind.isin(plan.ordinary))
    )


def _beyond(delivery: Delivery) -> ir.Table:
    """Return the draws by as-of that come after the slots of their subject are full.

    An officer's slot goes by the category, under 不限 by the case's type; the earliest come first.
    """
    plan, kind = delivery.draw, _["案件类型"]
    slot = ibis.cases(
        (_.subject_kind == UNIT, _ANY),
        (_.category != _ANY, _.category),
        (kind.isin(plan.ordinary), _ORDINARY),
        else_=_SUPPORTING,
    )
    rows = _with_case(delivery).filter(_.drawn_on <= delivery.as_of).mutate(slot=slot)
    order = ["drawn_on", "case_id", ORIGIN]
    # The same file drawn twice for one subject fills one slot.
    again = ibis.row_number().over(group_by=["subject_kind", "subject", "case_id"], order_by=order)
    rows = rows.mutate(again=again).filter(_.again == 0)
    number = ibis.row_number().over(group_by=["subject_kind", "subject", "slot"], order_by=order)
    slots = ibis.cases(
        (_.slot == _ORDINARY, int(bool(plan.ordinary))),
        (_.slot == _SUPPORTING, int(bool(plan.supporting))),
        else_=plan.unit_files,
    )
    return rows.mutate(number=number).filter(_.number >= slots)


def _shared(delivery: Delivery) -> ir.Table:
    """Return draws of a file that was drawn for another subject, too."""
    one = delivery.table("case_draws")
    two = one.select("case_id", kind_of_other="subject_kind", other="subject")
    pairs = one.join(two, "case_id").filter(
        (_.subject != _.other) | (_.subject_kind != _.kind_of_other)
    )
    return pairs.select(one.columns).distinct()


def _not_handled(delivery: Delivery) -> ir.Table:
    handlers = delivery.table("case_handlers").select("case_id", subject="officer_id")
    draws = delivery.table("case_draws").filter(_.subject_kind == OFFICER)
    return draws.anti_join(handlers, ["case_id", "subject"])


def _foreign(delivery: Delivery) -> ir.Table:
    draws = _with_case(delivery).filter(_.subject_kind == UNIT)
    below = delivery.closure().rename(subject="ancestor")
    return draws.anti_join(below, ["subject", "unit_id"]).rename(案件的单位="unit_id")


CHECKS = (
    Check(
        id="case_draws.undated",
        table="case_draws",
        title="正式抽取有日期",
        severity="warning",
        where=_.drawn_on.isnull(),
        show=_SHOW,
        reason="有{failed}行正式抽取没有抽取日期，评价日前是否已抽取不能确定，不采用。",
        fix="请补填『抽取日期』。",
    ),
    Check(
        id="case_draws.no_slot",
        table="case_draws",
        title="抽取的个人案卷属于一般处罚或配套办法",
        severity="warning",
        find=_of_no_type,
        needs=("cases",),
        show=(*_SHOW, "案件类型"),
        reason=(
            "有{failed}行个人抽取的案件类型不在本次抽取的范围之内；以正式抽取为准，"
            "案卷类别为不限的计入配套办法案卷。"
        ),
        fix="请核对案件编号和『案件类型』；抽取无误的无需处理。",
    ),
    Check(
        id="case_draws.wrong_category",
        table="case_draws",
        title="案卷类别与案件类型相符",
        severity="warning",
        find=_wrong_category,
        needs=("cases",),
        show=(*_SHOW, "案件类型"),
        reason="有{failed}行个人抽取的案卷类别与案件类型不符；以填写的案卷类别为准。",
        fix="请核对『案卷类别』和案件编号。",
    ),
    Check(
        id="case_draws.beyond_slots",
        table="case_draws",
        title="正式抽取不超过应抽份数",
        severity="warning",
        find=_beyond,
        needs=("cases",),
        show=(*_SHOW, "drawn_on"),
        reason="有{failed}行正式抽取超出该对象应抽的份数，以最早的为准，多出的不计分。",
        fix="请确认以哪几份为准，删去多出的行。",
    ),
    Check(
        id="case_draws.no_candidate",
        table="case_draws",
        title="正式抽取的对象是候选对象",
        severity="warning",
        find=lambda delivery: not_of_candidates(delivery, "case_draws"),
        needs=("units", "officers"),
        show=_SHOW,
        reason="有{failed}行正式抽取的对象不是候选集体或候选个人，不计分。",
        fix="请核对『对象』；应参评的请在『单位』或『人员』表中标为候选。",
    ),
    Check(
        id="case_draws.shared",
        table="case_draws",
        title="一份案卷只抽给一个对象",
        severity="warning",
        find=_shared,
        show=_SHOW,
        reason="有{failed}行正式抽取的案卷同时抽给了两个以上的对象，而同一案卷不得共用。",
        fix="请确认案卷属于哪个对象，为其他对象另抽。",
    ),
    Check(
        id="case_draws.not_handled",
        table="case_draws",
        title="抽取的个人案卷由本人承办",
        severity="warning",
        find=_not_handled,
        needs=("case_handlers",),
        show=_SHOW,
        reason="有{failed}行个人抽取的案卷，『案件承办』表中没有该人员。",
        fix="请核对『对象』和案件编号，或在『案件承办』表中补上该人员。",
    ),
    Check(
        id="case_draws.other_unit",
        table="case_draws",
        title="抽取的单位案卷属于本单位",
        severity="warning",
        find=_foreign,
        needs=("cases", "units"),
        show=(*_SHOW, "案件的单位"),
        reason="有{failed}行单位抽取的案卷不属于该单位及其下级单位。",
        fix="请核对『对象』和案件编号。",
    ),
)
