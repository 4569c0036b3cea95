"""The Chinese words for the codes that stand in the files of a record."""

from dalian_eval.rubric.plan_names import KIND_TITLES

KINDS = KIND_TITLES
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
