"""Checks of what others report: leads, quality findings, awards of contests."""

from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.schema.tables import OFFICER, UNIT

CHECKS = (
    Check(
        id="leads.no_deadline",
        table="leads",
        title="线索有反馈期限",
        severity="warning",
        where=_.due_on.isnull(),
        show=("lead_id", "unit_id", "pushed_on"),
        reason="有{failed}件线索没有反馈期限，不能判断是否逾期，不作逾期扣分。",
        fix="请按推送文件补填『反馈期限』。",
    ),
    Check(
        id="leads.due_before_push",
        table="leads",
        title="反馈期限不早于推送日期",
        severity="warning",
        where=_.due_on < _.pushed_on,
        show=("lead_id", "pushed_on", "due_on"),
        reason="有{failed}件线索的反馈期限早于推送日期，必然逾期。",
        fix="请核对这两个日期，留意年份。",
    ),
    Check(
        id="leads.feedback_before_push",
        table="leads",
        title="反馈日期不早于推送日期",
        severity="warning",
        where=_.fed_back_on < _.pushed_on,
        show=("lead_id", "pushed_on", "fed_back_on"),
        reason="有{failed}件线索的反馈日期早于推送日期。",
        fix="请核对这两个日期，留意年份。",
    ),
    Check(
        id="quality_findings.no_deduction",
        table="quality_findings",
        title="数据质量扣分写明扣分",
        severity="warning",
        where=(_.kind == "数据质量扣分") & _.deduction.isnull(),
        show=("finding_id", "subject", "date"),
        reason="有{failed}行数据质量扣分没有填『扣分』，没有扣去任何分值。",
        fix="请由评审人员补填『扣分』（正数）。",
    ),
    Check(
        id="contests.wrong_subject",
        table="contests",
        title="先进集体是单位，先进个人是人员",
        severity="warning",
        where=((_.result == "先进个人") & (_.subject_kind == UNIT))
        | ((_.result == "先进集体") & (_.subject_kind == OFFICER)),
        show=("contest_id", "subject_kind", "subject", "result"),
        reason="有{failed}行比武成绩的结果与对象不符（单位为先进个人，或人员为先进集体），不计分。",
        fix="请按表彰文件核对『对象类型』『对象』和『结果』。",
    ),
)
