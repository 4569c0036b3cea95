"""Checks of cases, their handlers, reviews and lawsuits."""

from collections.abc import Callable

import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery
from dalian_eval.schema.definitions import decided_day, main_handlers


def _no_main_handler(delivery: Delivery) -> ir.Table:
    handlers = delivery.table("case_handlers")
    cases = delivery.table("cases").semi_join(handlers, "case_id")
    return cases.anti_join(main_handlers(handlers), "case_id")


def _decided(cases: ir.Table) -> ir.Table:
    """Return the cases with `decided`, the day they were decided."""
    return cases.mutate(decided=decided_day(cases))


def _decided_too_early(delivery: Delivery) -> ir.Table:
    records = delivery.table("inspections").select("record_id", "inspected_at")
    cases = _decided(delivery.table("cases")).join(records, "record_id")
    early = cases.filter(_.decided < _.inspected_at.date())
    return early.rename(检查时间="inspected_at", 作出决定="decided")


def _of_undecided_file(table: str) -> Callable[[Delivery], ir.Table]:
    """Return what finds the rows of `table` that name a case without any decision."""

    def found(delivery: Delivery) -> ir.Table:
        open_ = _decided(delivery.table("cases")).filter(_.decided.isnull())
        return delivery.table(table).semi_join(open_, "case_id")

    return found


def _alike_numbers(delivery: Delivery) -> ir.Table:
    """Return the cases whose numbers differ from another's only in leading zeros."""
    cases = delivery.table("cases")
    plain = cases.mutate(plain=cases.case_id.re_replace(r"(^|[^0-9])0+([0-9])", r"\1\2"))
    several = plain.group_by("plain").agg(
        numbers=_.case_id.nunique(),
        同号的写法=_.case_id.collect(distinct=True, order_by=_.case_id).join("、"),
    )
    return plain.join(several.filter(_.numbers > 1), "plain")


def _outline(code: ir.StringValue) -> ir.StringValue:
    """Return what is left of a code without punctuation, letter case and leading zeros."""
    plain = code.lower().replace("o", "0").re_replace(r"[^0-9a-z\p{Han}]+", " ")
    return plain.re_replace(r"(^|[^0-9])0+", r"\1").replace(" ", "")


def _records_nearly_named(delivery: Delivery) -> ir.Table:
    """Return the cases whose inspection record is not there, but one written nearly like it."""
    records = delivery.table("inspections").select("record_id")
    dangling = delivery.table("cases").filter(_.record_id.notnull()).anti_join(records, "record_id")
    dangling = dangling.mutate(outline=_outline(dangling.record_id))
    near = records.mutate(outline=_outline(records.record_id))
    near = near.semi_join(dangling, "outline").group_by("outline").agg(最接近=_.record_id.min())
    return dangling.join(near, "outline")


CHECKS = (
    Check(
        id="cases.leading_zeros",
        table="cases",
        title="没有只差前导零的案件编号",
        severity="warning",
        find=_alike_numbers,
        show=("同号的写法",),
        reason="有{failed}件案件的编号与另一件只差前导零，按不同的案件计：{observed}。",
        fix="请核对是不是同一件案件；是的请统一编号并删去重复的一行。",
    ),
    Check(
        id="cases.record_nearly",
        table="cases",
        title="检查记录编号与检查记录对得上",
        severity="warning",
        find=_records_nearly_named,
        needs=("inspections",),
        show=("case_id", "record_id", "最接近"),
        reason="有{failed}件案件的『检查记录编号』在检查记录中没有，却有写法相近的：{observed}。案件没有连上检查。",
        fix="请核对后改成检查记录中的写法（标点、开头的 0、字母 O 与数字 0）。",
    ),
    Check(
        id="cases.no_handler",
        table="cases",
        title="每件案件都有承办人",
        severity="warning",
        find=lambda delivery: delivery.table("cases").anti_join(
            delivery.table("case_handlers"), "case_id"
        ),
        needs=("case_handlers",),
        show=("case_id", "unit_id"),
        reason="有{failed}件案件在『案件承办』表中没有任何承办人，不会计入任何个人。",
        fix="请在『案件承办』表中补上承办人及其角色。",
    ),
    Check(
        id="cases.no_main_handler",
        table="cases",
        title="有承办人的案件都有主要承办人",
        severity="warning",
        find=_no_main_handler,
        needs=("case_handlers",),
        show=("case_id", "unit_id"),
        reason=(
            "有{failed}件案件有承办人，但没有一人同时是检查人、询问人和审批表承办人，"
            "不会计入任何个人。"
        ),
        fix="请核对『案件承办』表的三栏；确无主要承办人的无需处理。",
    ),
    Check(
        id="cases.undated",
        table="cases",
        title="案件有日期",
        severity="warning",
        find=lambda delivery: _decided(delivery.table("cases")).filter(
            _.decided.isnull() & _.filed_on.isnull()
        ),
        show=("case_id", "kind"),
        reason="有{failed}件案件没有决定日期（移送案件：移送日期），也没有公安立案日期，暂不计入。",
        fix="请补填日期；尚未作出决定的无需处理。",
    ),
    Check(
        id="cases.decided_before_inspection",
        table="cases",
        title="案件决定不早于检查",
        severity="warning",
        find=_decided_too_early,
        needs=("inspections",),
        show=("case_id", "作出决定", "record_id", "检查时间"),
        reason="有{failed}件案件的决定日期早于它所引检查记录的检查时间。",
        fix="请核对决定日期和『检查记录编号』。",
    ),
    Check(
        id="cases.filed_without_kind",
        table="cases",
        title="有公安立案日期的写明立案类型",
        severity="warning",
        where=_.filed_on.notnull() & _.filed_as.isnull(),
        show=("case_id", "filed_on"),
        reason="有{failed}件案件填了公安立案日期而没有公安立案类型，不能确定是犯罪还是行政拘留，不计入。",
        fix="请按立案文书补填『公安立案类型』。",
    ),
    Check(
        id="cases.filed_without_date",
        table="cases",
        title="有公安立案类型的写明立案日期",
        severity="warning",
        where=_.filed_on.isnull() & _.filed_as.notnull(),
        show=("case_id", "filed_as"),
        reason="有{failed}件案件填了公安立案类型而没有公安立案日期，不能确定是否在评审期内，不计入。",
        fix="请按立案文书补填『公安立案日期』。",
    ),
    Check(
        id="case_reviews.no_score",
        table="case_reviews",
        title="案卷评查有得分或零分",
        severity="warning",
        where=_.score.isnull() & ~_.zero.fill_null(False) & (_.fatal.length().fill_null(0) == 0),
        show=("case_id", "level", "reviewed_on"),
        reason="有{failed}次评查没有得分，也没有标明零分或致命问题；抽到的案卷按尚未评查计。",
        fix="请补填『得分』，零分的在『零分』填 是。",
    ),
    *(
        Check(
            id=f"{table}.undecided_file",
            table=table,
            title=f"{what}的案卷已作出决定",
            severity="warning",
            find=_of_undecided_file(table),
            needs=("cases",),
            show=show,
            reason=(
                f"有{{failed}}行{what}的案卷没有决定日期（移送案件：移送日期），"
                "不能认定为本年度案卷，只计本年度案卷的条款不计。"
            ),
            fix="请核对案件编号，或在『案件』表补填决定日期。",
        )
        for table, what, show in (
            ("case_reviews", "评查", ("case_id", "level", "reviewed_on")),
            ("review_findings", "通报", ("finding_id", "kind", "case_id")),
        )
    ),
    Check(
        id="litigation.in_force_without_date",
        table="litigation",
        title="生效的裁判和决定有生效日期",
        severity="warning",
        where=(_.state == "生效") & _.effective_on.isnull(),
        show=("case_id", "procedure", "outcome"),
        reason="有{failed}件诉讼复议状态为生效而没有生效日期，评价日是否已生效不能确定。",
        fix="请按裁判文书或复议决定补填『生效日期』。",
    ),
    Check(
        id="litigation.flagged",
        table="litigation",
        title="没有变更或确认违法的结果",
        severity="warning",
        where=_.outcome.isin(["变更", "确认违法"]),
        show=("case_id", "procedure", "outcome"),
        reason="有{failed}件诉讼复议的结果是变更或确认违法：不属于一票否决（败诉、撤销），但应由评审人员过目。",
        fix="请评审人员确认这些结果应否按败诉或撤销处理。",
    ),
)
