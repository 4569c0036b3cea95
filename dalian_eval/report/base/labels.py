"""The Chinese words for what the frames hold in English: columns, states, kinds, tables."""

from collections.abc import Sequence

from dalian_eval.rubric.vocabulary import METRICS, SLOT_NAMES
from dalian_eval.schema.tables import BY_NAME

KINDS = {"unit": "集体", "officer": "个人"}
SCORE_STATES = {"scored": "已计分", "open": "待补", "deferred": "暂缓", "vetoed": "否决"}
CLAUSE_STATES = {
    "scored": "已计分",
    "unavailable": "待补",
    "not_applicable": "不参与",
    "void": "归零",
    "vetoed": "否决",
}
SHEET_STATES = {
    "read": "已读取",
    "hidden": "隐藏",
    "empty": "空表",
    "untouched": "未填写",
    "form": "模板说明",
    "unrecognised": "未识别",
    "refused": "拒绝读取",
    "corrections": "更正表",
}
CORRECTION_OUTCOMES = {
    "corrected": "已更正",
    "withdrawn": "不采用此行",
    "not_applied": "未能采用",
}
ENTRY_OUTCOMES = {
    "gave": "计分",
    "nothing": "不计分",
    "pending": "暂缓",
    "waiting": "待补",
    "out": "不参与",
    "settled": "结算",
}
DRAW_SOURCES = {"official": "上级正式抽取", "program": "程序随机抽取", "": "未抽到"}
SEVERITIES = {"blocking": "必须通过", "warning": "提醒"}

VALUES: dict[str, dict[str, str]] = {
    "kind": KINDS,
    "status": {**SHEET_STATES, **SCORE_STATES, **CLAUSE_STATES},
    "slot": SLOT_NAMES,
    "outcome": {**CORRECTION_OUTCOMES, **ENTRY_OUTCOMES},
    "source": DRAW_SOURCES,
    "severity": SEVERITIES,
    "metric": {name: metric.title for name, metric in METRICS.items()},
}
"""Per column, the words for its codes."""

TITLES = {
    "accepted": "采用",
    "action": "处理",
    "after": "改后",
    "as_of": "截至日",
    "awarded": "封顶前",
    "base": "基础分",
    "before": "改前",
    "bonus": "加分",
    "by": "更正人",
    "candidate": "代码",
    "case": "案件编号",
    "cause": "起因条款",
    "cells": "原始内容",
    "changed": "变动内容",
    "check": "检查",
    "clause": "条款",
    "code": "代码",
    "column": "列",
    "count": "数量",
    "denominator": "分母",
    "eligible": "可抽份数",
    "entry": "编号",
    "evidence": "依据",
    "failed": "未通过",
    "file": "文件",
    "fix": "处理办法",
    "header_row": "表头行",
    "kept_file": "保留文件",
    "kept_row": "保留行",
    "kept_sheet": "保留工作表",
    "key": "主键",
    "kind": "类别",
    "locator": "出处",
    "max": "满分",
    "merged": "合并",
    "metric": "指标",
    "month": "月份",
    "name": "名称",
    "note": "说明",
    "numerator": "分子",
    "outcome": "结果",
    "passed": "达标",
    "points": "分值",
    "quarantined": "隔离",
    "rank": "名次",
    "reason": "原因",
    "row": "行",
    "rows_read": "读取行数",
    "rule": "规则",
    "rule_text": "规则内容",
    "severity": "级别",
    "sheet": "工作表",
    "slot": "类别",
    "source": "来源",
    "status": "状态",
    "success": "通过",
    "superseded": "被替代",
    "table": "表",
    "target_file": "目标文件",
    "target_row": "目标行",
    "target_sheet": "目标工作表",
    "tested": "检查行数",
    "title": "名称",
    "total": "总分",
    "total_high": "最高可达",
    "total_low": "目前得分",
    "unit": "单位",
    "unit_name": "单位名称",
    "value": "数值",
    "vetoed": "否决",
}
"""Column titles of the record's tables."""


def table_title(table: str) -> str:
    """Return the Chinese name of a canonical table, or the name itself when there is none."""
    return BY_NAME[table].sheet if table in BY_NAME else table


def lacking_sentence(sheets: Sequence[str], verdict: bool) -> str:
    """Return what a clause waits for; a void or veto has found nothing in what is there."""
    if verdict:
        return f"{'、'.join(sheets)}未报送，尚不能排除"
    return f"没有提供『{'』『'.join(sheets)}』表"
