"""Checks of 检查记录 and 自动监测: what is counted month by month."""

import datetime as dt

import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery, among_candidates
from dalian_eval.schema.definitions import midnight
from dalian_eval.schema.origins import ORIGIN


def _outside(delivery: Delivery) -> ir.Table:
    period = delivery.period
    after = period.end + dt.timedelta(days=1)
    return delivery.table("inspections").filter(
        (_.uploaded_at < midnight(period.start)) | (_.uploaded_at >= midnight(after))
    )


def _idle_months(delivery: Delivery) -> ir.Table:
    """Return the ended months in which nobody below a candidate unit uploaded any record."""
    records = delivery.table("inspections").filter(_.uploaded_at.notnull())
    uploaded = records.select("unit_id", month=_.uploaded_at.truncate("M")).distinct()
    active = (
        uploaded.join(delivery.closure(), "unit_id")
        .select(unit_id="ancestor", month=_.month.strftime("%Y-%m"))
        .distinct()
    )
    units = among_candidates(delivery.table("units")).select("unit_id", ORIGIN)
    months = delivery.months_table().rename(月份="month")
    return units.cross_join(months).anti_join(active, ["unit_id", ("月份", "month")])


def _unit_months(delivery: Delivery) -> int:
    candidates = delivery.count(among_candidates(delivery.table("units")))
    return candidates * len(delivery.ended_months)


def _reporting(delivery: Delivery) -> ir.Table:
    """Return the units that report months of P, with the first of their rows."""
    rows = delivery.table("automonitor").filter(_.month.isin(delivery.period.months))
    return rows.group_by("unit_id").agg(**{ORIGIN: _[ORIGIN].min()})


def _missing_months(delivery: Delivery) -> ir.Table:
    grid = _reporting(delivery).cross_join(delivery.months_table())
    return grid.anti_join(delivery.table("automonitor"), ["unit_id", "month"])


CHECKS = (
    Check(
        id="inspections.outside_period",
        table="inspections",
        title="检查记录在评审期内上传",
        severity="warning",
        find=_outside,
        show=("record_id", "uploaded_at"),
        reason="有{failed}条检查记录的上传时间不在评审期（{start}至{end}）内，不计入各月。",
        fix="属于其他年度的无需处理；时间填错的请改正『上传时间』。",
    ),
    Check(
        id="inspections.no_upload_time",
        table="inspections",
        title="上传时间已填写",
        severity="warning",
        where=_.uploaded_at.isnull(),
        show=("record_id",),
        reason="有{failed}条检查记录没有『上传时间』，不属于任何月份，不计入。",
        fix="请从移动执法系统重新导出，带上『上传时间』。",
    ),
    Check(
        id="inspections.upload_before_inspection",
        table="inspections",
        title="上传不早于检查",
        severity="warning",
        where=_.uploaded_at < _.inspected_at,
        show=("record_id", "inspected_at", "uploaded_at"),
        reason="有{failed}条检查记录的上传时间早于检查时间。",
        fix="请核对这两个时间，留意时区和日期写法。",
    ),
    Check(
        id="inspections.idle_months",
        table="inspections",
        title="每个候选集体每月都有检查记录",
        severity="warning",
        find=_idle_months,
        needs=("units",),
        tested=_unit_months,
        show=("unit_id", "月份"),
        reason="有{failed}个单位月（候选集体×评审期内已结束的月份）没有一条检查记录，多半是漏交导出文件。",
        fix="请核对这些单位这些月份的检查记录是否已导出并提交。",
    ),
    Check(
        id="automonitor.outside_period",
        table="automonitor",
        title="自动监测月份在评审期内",
        severity="warning",
        find=lambda delivery: delivery.table("automonitor").filter(
            _.month.notin(delivery.period.months)
        ),
        show=("unit_id", "month"),
        reason="有{failed}行自动监测的月份不在评审期（{start}至{end}）内，不计入传输率。",
        fix="属于其他年度的无需处理；月份填错的请改正。",
    ),
    Check(
        id="automonitor.missing_months",
        table="automonitor",
        title="自动监测各月齐全",
        severity="warning",
        find=_missing_months,
        tested=lambda delivery: delivery.count(_reporting(delivery)) * len(delivery.ended_months),
        show=("unit_id", "month"),
        reason="已报自动监测的单位中，有{failed}个单位月没有数据，全年传输率只按已报月份计算。",
        fix="请补交这些单位这些月份的自动监测数据。",
    ),
    Check(
        id="automonitor.rates",
        table="automonitor",
        title="传输率不超过100%",
        severity="blocking",
        where=(_.immediate > _.completed) | (_.completed > _.due),
        show=("unit_id", "month", "due", "immediate", "completed"),
        reason="有{failed}行不满足 即时有效数≤补全有效数≤应传数，传输率会超过100%。",
        fix="请核对这几个数后改正。",
    ),
)
