"""Every file of a record that people or programs read, declared once, in the order of the door."""

from collections.abc import Mapping

from dalian_eval.outputs.model import Cell, Maker, Output, OutputColumn
from dalian_eval.outputs.words import (
    CLAUSE_STATES,
    CORRECTION_OUTCOMES,
    DRAW_SOURCES,
    ENTRY_OUTCOMES,
    KINDS,
    SCORE_STATES,
    SHEET_STATES,
)
from dalian_eval.rubric.vocabulary import SLOT_NAMES


def _text(
    name: str,
    title: str,
    *,
    words: Mapping[str, str] | None = None,
    public: bool = True,
    newer: bool = False,
) -> OutputColumn:
    return OutputColumn(name=name, title=title, words=words or {}, public=public, newer=newer)


def _points(name: str, title: str, *, blank: bool = False) -> OutputColumn:
    return OutputColumn(name=name, title=title, cell=Cell.POINTS, blank=blank)


def _count(name: str, title: str, *, blank: bool = False, public: bool = True) -> OutputColumn:
    return OutputColumn(name=name, title=title, cell=Cell.COUNT, blank=blank, public=public)


def _flag(name: str, title: str, *, blank: bool = False) -> OutputColumn:
    return OutputColumn(name=name, title=title, cell=Cell.FLAG, blank=blank)


_WHO = (_text("kind", "类别", words=KINDS), _text("candidate", "代码"))
_NAME, _UNIT = _text("name", "名称"), _text("unit", "单位")
_CLAUSE, _CASE = _text("clause", "条款"), _text("case", "案件编号", public=False)
_MONTH, _METRIC = _text("month", "月份"), _text("metric", "指标")
_REASON = _text("reason", "原因")
_EVIDENCE = OutputColumn(name="evidence", title="依据", cell=Cell.ORIGINS)
_STATUS, _RANK = _text("status", "状态"), _count("rank", "名次", blank=True)
_TABLE, _NOTE = _text("table", "表"), _text("note", "说明")
_SLOT = _text("slot", "案卷", words=SLOT_NAMES)
_PLACE = (_text("file", "文件"), _text("sheet", "工作表"), _count("row", "行"))
_BAD_CELL = (
    *(_text("code", "代码"), _text("column", "列"), _text("value", "原值")),
    *(_REASON, _text("fix", "处理办法")),
)
_ROW_THAT_WENT = (
    *(_TABLE, _text("key", "主键"), _text("kept_file", "保留文件")),
    *(_text("kept_sheet", "保留工作表"), _count("kept_row", "保留行")),
    *(*_PLACE, _text("changed", "变动内容")),
)
_STRETCH = (
    *(_text("kind", "类别"), _UNIT, _NAME, _text("period", "期次")),
    *(_text("start", "开始"), _text("end", "结束"), _STATUS, _text("held_on", "首次日期")),
    *(_count("count", "数量"), _REASON, _EVIDENCE),
)

_DOCUMENTS = (
    Output(
        file="narrative.docx",
        title="总结报告（公文格式）",
        note="the yearly text in the official format",
        made_by=Maker.DOCUMENTS,
    ),
    Output(
        file="scores.xlsx",
        title="得分总表（WPS、Excel）",
        note="rankings, items, months and ledger as a workbook",
        made_by=Maker.DOCUMENTS,
    ),
)

_SCORING = (
    Output(
        file="scores.csv",
        title="总分与名次",
        note="one row per candidate; `rank` is blank when vetoed",
        made_by=Maker.SCORING,
        public=True,
        order=("kind", "candidate"),
        columns=(
            *(*_WHO, _NAME, _UNIT, _points("base", "基础分"), _points("bonus", "加分")),
            *(_points("total", "总分"), _points("total_low", "目前得分")),
            *(_points("total_high", "最高可达"), _RANK, _flag("vetoed", "否决")),
            _text("status", "状态", words=SCORE_STATES),
        ),
    ),
    Output(
        file="clauses.csv",
        title="各条款得分",
        note="one row per candidate and leaf, item or whole; what the rule gives",
        made_by=Maker.SCORING,
        public=True,
        order=("kind", "candidate", "clause"),
        columns=(
            *(*_WHO, _CLAUSE, _text("status", "状态", words=CLAUSE_STATES)),
            *(_points("awarded", "封顶前"), _points("points", "分值")),
            *(_points("max", "满分", blank=True), _text("rule_text", "规则内容", newer=True)),
        ),
    ),
    Output(
        file="ledger.csv",
        title="逐笔台账",
        note="every entry; per candidate the points add up to the total",
        made_by=Maker.SCORING,
        public=True,
        order=("entry",),
        columns=(
            *(_text("entry", "编号"), *_WHO, _CLAUSE, _MONTH, _points("points", "分值")),
            *(_text("rule", "规则"), _REASON, _EVIDENCE),
            _text("outcome", "结果", words=ENTRY_OUTCOMES, newer=True),
            _text("cause", "起因条款", newer=True),
        ),
    ),
    Output(
        file="monthly.csv",
        title="月度指标",
        note="the figures of the monthly clauses, month by month",
        made_by=Maker.SCORING,
        public=True,
        order=("kind", "candidate", "month", "metric"),
        columns=(
            *(*_WHO, _MONTH, _METRIC, _count("numerator", "分子")),
            *(_count("denominator", "分母"), _text("value", "数值"), _flag("passed", "达标")),
        ),
    ),
    Output(
        file="outlook.csv",
        title="全年进度",
        note="per leaf, item and whole: what it has, can still reach by the end of the period "
        "(open awards at their maximum, coming months passed, no further deduction), "
        "and what its maximum (0 for a deduction) exceeds that by",
        made_by=Maker.SCORING,
        public=True,
        order=("kind", "candidate"),
        then="rubric",
        columns=(
            *(*_WHO, _CLAUSE, _points("earned", "已得"), _points("attainable", "最多可达")),
            *(_points("lost", "不能再得"), _REASON),
        ),
    ),
    Output(
        file="draw.csv",
        title="案卷抽取",
        note="one row per slot; `case` is blank when it stayed empty",
        made_by=Maker.SCORING,
        public=True,
        order=("kind", "candidate"),
        then="slots",
        columns=(
            *(*_WHO, _SLOT, _CASE, _text("source", "来源", words=DRAW_SOURCES)),
            *(_count("eligible", "可抽份数"), _REASON),
        ),
    ),
    Output(
        file="draw_eligible.csv",
        title="可抽案卷名单",
        note="what the program could draw, official draws left out; its cells joined by tabs and "
        r"its rows by `\n` have the SHA-256 that run.json calls `draw.list`",
        made_by=Maker.SCORING,
        order=("kind", "candidate", "slot", "case"),
        columns=(*_WHO, _SLOT, _CASE),
    ),
    Output(
        file="assignments.csv",
        title="一案一用的归属",
        note="no case twice: one row per candidate, contested case and indicator; the `next_` "
        "columns tell the next best that gives other points, blank where there is none",
        made_by=Maker.SCORING,
        order=("kind", "candidate", "case", "indicator"),
        columns=(
            *(*_WHO, _CASE, _text("indicator", "指标"), _flag("serves", "用于此项")),
            *(_flag("next_serves", "次优用于此项", blank=True), _points("points", "分值")),
            *(_points("next_points", "次优分值", blank=True), _points("total", "总分")),
            _points("next_total", "次优总分", blank=True),
        ),
    ),
)

_READINGS = (
    Output(
        file="sensitivity.csv",
        title="各种口径下的名次",
        note="per candidate the ends of total and rank under every combination, with witnesses",
        made_by=Maker.READINGS,
        public=True,
        columns=(
            *(*_WHO, _NAME, _points("total", "总分"), _RANK),
            *(_points("total_min", "最低总分"), _points("total_max", "最高总分")),
            _count("rank_best", "最好名次", blank=True),
            _count("rank_worst", "最差名次", blank=True),
            *(_text("best_with", "最好时的口径"), _text("worst_with", "最差时的口径")),
            *(_text("vetoed", "否决"), _text("certain", "名次确定")),
            _text("decided_by", "起作用的口径"),
            _count("rank_best_open", "待补后最好名次", blank=True),
            *(_count("rank_worst_open", "待补后最差名次", blank=True), _text("exact", "精确")),
        ),
        order=("kind",),
        then="candidates",
    ),
    Output(
        file="cuts.csv",
        title="各种口径下的入围",
        note="who is among the first 1, 3, 10 under every or some combination",
        made_by=Maker.READINGS,
        public=True,
        order=("kind", "cut"),
        then="candidates",
        columns=(
            *(_WHO[0], _count("cut", "前几名"), _WHO[1], _text("membership", "入围")),
            *(_text("in_with", "入围时的口径"), _text("out_with", "不入围时的口径")),
        ),
    ),
    Output(
        file="pairs.csv",
        title="各种口径下的先后",
        note="neighbours in the ranking: by how much one is ahead, and what reverses them",
        made_by=Maker.READINGS,
        public=True,
        order=("kind",),
        then="rank",
        columns=(
            *(_WHO[0], _text("above", "前一名"), _text("below", "后一名")),
            *(_points("margin", "相差"), _points("margin_min", "最小相差")),
            *(_points("margin_max", "最大相差"), _text("reversed_with", "先后颠倒的口径")),
        ),
    ),
    Output(
        file="readings.csv",
        title="每条口径的影响",
        note="what each option of each reading does alone",
        made_by=Maker.READINGS,
        public=True,
        order=("kind",),
        then="rubric",
        columns=(
            *(_text("reading", "口径"), _text("option", "取值"), _text("chosen", "本次采用")),
            *(
                _WHO[0],
                _count("totals_changed", "变动的总分"),
                _count("ranks_changed", "变动的名次"),
            ),
            *(_points("largest_change", "最大变动"), _text("whose", "变动最大的对象")),
        ),
    ),
)

_MOVES = (
    Output(
        file="todo.csv",
        title="接下来能做什么",
        note="moves: further or mended facts that raise a total, with exactly what they change; "
        "`facts` is JSON, a list of `{table, key, cells}` in the form of the input tables",
        made_by=Maker.MOVES,
        newer=True,
        order=("kind", "candidate"),
        then="best first",
        columns=(
            *(*_WHO, _CLAUSE, _text("whose", "由谁"), _count("number", "项数")),
            *(_text("by", "最迟"), _points("gain", "增加")),
            *(_points("total_after", "做后总分"), _count("rank_after", "做后名次", blank=True)),
            *(_count("effort", "费力"), _text("sentence", "做什么")),
            *(_text("rows", "依据的行"), _text("facts", "事实")),
        ),
    ),
)

_CAMPAIGN = (
    Output(
        file="activities.csv",
        title="五个一活动",
        note="per duty, owner (`unit` blank: the whole bureau) and stretch what was held",
        made_by=Maker.CAMPAIGN,
        order=("kind", "unit", "name", "period"),
        columns=_STRETCH,
    ),
    Output(
        file="effectiveness.csv",
        title="每月效能评比",
        note="month by month and metric (`overall`: the weighted mean) value, rank, percentile "
        "and the change against the month before",
        made_by=Maker.CAMPAIGN,
        order=("kind", "candidate", "month", "metric"),
        columns=(
            *(*_WHO, _MONTH, _METRIC, _text("numerator", "分子"), _text("denominator", "分母")),
            *(_text("value", "数值"), _RANK, _count("of", "参加排名", blank=True)),
            *(_text("percentile", "百分位"), _text("change", "较上月")),
            *(_count("rank_change", "名次升降", blank=True), _REASON),
        ),
    ),
    Output(
        file="elite.csv",
        title="季度尖兵",
        note="officers and teams ranked in every quarter; a team's points are the mean, "
        "rounded half up",
        made_by=Maker.CAMPAIGN,
        order=("kind", "candidate", "quarter"),
        columns=(
            *(*_WHO, _text("quarter", "季度"), _NAME, _UNIT, _points("points", "分值", blank=True)),
            *(_RANK, _STATUS, _text("members", "成员"), _REASON),
        ),
    ),
    Output(
        file="publicity.csv",
        title="宣传报道",
        note="leads by bureau and week, columns, briefings, reports, features by theme (`name`)",
        made_by=Maker.CAMPAIGN,
        order=("kind", "unit", "name", "period"),
        columns=_STRETCH,
    ),
    Output(
        file="prereview.csv",
        title="报送案卷预审",
        note="the checks of every file that may be handed in, by case in the order of the sheet",
        made_by=Maker.CAMPAIGN,
        order=("case",),
        then="sheet",
        columns=(
            *(_CASE, _text("bound", "预审缘由"), _UNIT, _text("kind", "类别")),
            *(_text("decided", "决定日期"), _text("risk", "风险"), _text("check", "检查")),
            *(_STATUS, _REASON, _EVIDENCE),
        ),
    ),
    Output(
        file="merit.csv",
        title="记功嘉奖",
        note="the officers of 全市成绩 and who is proposed, by the city's rank",
        made_by=Maker.CAMPAIGN,
        order=("city_rank", "candidate"),
        columns=(
            *(_WHO[1], _NAME, _UNIT, _count("city_rank", "全市名次", blank=True)),
            *(_text("city_score", "全市成绩"), _STATUS, _REASON, _EVIDENCE),
        ),
    ),
    Output(
        file="calendar.csv",
        title="时间节点",
        note="the plan's dates and what became of each",
        made_by=Maker.CAMPAIGN,
        order=("date", "id"),
        columns=(
            *(_text("id", "编号"), _text("date", "日期"), _text("title", "名称")),
            *(_text("who", "责任方"), _text("source", "来源"), _STATUS),
            *(_text("done_on", "完成日期"), _REASON, _NOTE, _EVIDENCE),
        ),
    ),
    Output(
        file="rollover.csv",
        title="次年开账",
        note="facts dated after the period, and the clauses (ids) they will feed next year",
        made_by=Maker.CAMPAIGN,
        order=("table", "date", "key", "subject", "reason"),
        columns=(
            *(_TABLE, _text("date", "日期"), _text("key", "主键"), _text("subject", "对象")),
            *(_count("count", "数量"), _text("clauses", "可用于的条款"), _REASON, _EVIDENCE),
        ),
    ),
    Output(
        file="registrations.csv",
        title="本局登记的事项",
        note="what the bureau stated by as-of (登记), and what each statement is used for",
        made_by=Maker.CAMPAIGN,
        newer=True,
        order=("date", "registration"),
        columns=(
            *(_text("registration", "登记编号"), _text("matter", "事项"), _text("about", "对象")),
            *(_text("date", "日期"), _text("content", "内容"), _text("handler", "经办人")),
            *(_text("basis", "登记的依据"), _text("used", "用于"), _EVIDENCE),
        ),
    ),
)

_INTAKE = (
    Output(
        file="sheets/index.html",
        title="原表一览",
        note="every sheet that was read, and its pages `sheets/s<id>.html` where it has some",
        made_by=Maker.INTAKE,
    ),
    Output(
        file="quarantine.html",
        title="隔离与更正",
        note="the cells to be mended, unit by unit, and what became of corrections",
        made_by=Maker.INTAKE,
    ),
    Output(
        file="quarantine.xlsx",
        title="隔离更正表",
        note="the same cells as a workbook to be filled in; at most 20,000 lines",
        made_by=Maker.INTAKE,
    ),
    Output(
        file="decisions.csv",
        title="复核与申诉的决定",
        note="the reviewers' decisions taken by as-of; `appeal`: the accepted appeal it answers",
        made_by=Maker.SCORING,
        newer=True,
        order=("kind", "candidate", "decided_on", "decision"),
        columns=(
            *(*_WHO, _text("decision", "决定编号"), _text("type", "决定类型"), _CLAUSE),
            *(_points("points", "分值"), _REASON, _text("decided_by", "决定人")),
            *(_text("decided_on", "决定日期"), _text("document", "文号")),
            *(_text("appeal", "申诉编号"), _EVIDENCE),
        ),
    ),
    Output(
        file="quarantine.csv",
        title="隔离的行",
        note="rows that were not accepted, with all their cells",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet and row",
        columns=(_TABLE, *_PLACE, *_BAD_CELL, _text("cells", "原始内容")),
    ),
    Output(
        file="quarantine_cells.csv",
        title="隔离的格",
        note="one line per bad cell of those rows, or per cell a conflict is about; `unit` has to "
        "mend it: the row's own, else that of its officer or case, blank where nothing tells",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet and row",
        columns=(_TABLE, *_PLACE, _UNIT, _text("unit_name", "单位名称"), *_BAD_CELL),
    ),
    Output(
        file="corrections.csv",
        title="逐条更正",
        note="one line per filled line of a correction workbook, and what became of it",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet and row",
        columns=(
            *(*_PLACE, _text("target_file", "目标文件"), _text("target_sheet", "目标工作表")),
            *(_text("target_row", "目标行"), _text("column", "列"), _text("before", "改前")),
            *(_text("action", "处理"), _text("after", "改后"), _text("by", "更正人"), _NOTE),
            *(_text("outcome", "结果", words=CORRECTION_OUTCOMES), _REASON),
        ),
    ),
    Output(
        file="merges.csv",
        title="合并的行",
        note="rows that became part of an equal or earlier one (`kept_…`)",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet and row",
        columns=_ROW_THAT_WENT,
    ),
    Output(
        file="supersessions.csv",
        title="被替代的行",
        note="rows that a later export replaced (by `kept_…`)",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet and row",
        columns=_ROW_THAT_WENT,
    ),
    Output(
        file="sources.csv",
        title="资料来源与行数",
        note="the sheets that were read and what became of their rows; in the public edition the "
        "sums per table",
        made_by=Maker.INTAKE,
        public=True,
        order=("id",),
        columns=(
            *(_count("id", "编号", public=False), _TABLE, _text("file", "文件", public=False)),
            *(_text("sha256", "校验值", public=False), _text("sheet", "工作表", public=False)),
            *(_count("header_row", "表头行", public=False), _count("rows_read", "读取行数")),
            *(_count("accepted", "采用"), _count("merged", "合并")),
            *(_count("superseded", "被替代"), _count("quarantined", "隔离")),
            _text("mapping", "映射", public=False, newer=True),
        ),
    ),
    Output(
        file="mapped.csv",
        title="按映射读取的表",
        note="one line per sheet that a mapping read, its rows counted once, whatever they yield: "
        "`quarantined` when any part of a row is, else `superseded`, `accepted`, `merged`; "
        "`left_out`: rows that no rule takes",
        made_by=Maker.INTAKE,
        newer=True,
        order=("file",),
        then="sheet",
        columns=(
            *(_text("file", "文件"), _text("sheet", "工作表"), _text("mapping", "映射")),
            *(_text("tables", "读入的表"), _count("rows_read", "读取行数")),
            *(_count("accepted", "采用"), _count("merged", "合并")),
            *(_count("superseded", "被替代"), _count("quarantined", "隔离")),
            _count("left_out", "不合规则"),
        ),
    ),
    Output(
        file="mapped_columns.csv",
        title="映射对照",
        note="where each column of those sheets' tables comes from and by which words",
        made_by=Maker.INTAKE,
        newer=True,
        order=("file",),
        then="sheet, table and rule",
        columns=(
            *(_text("file", "文件"), _text("sheet", "工作表"), _text("mapping", "映射"), _TABLE),
            *(
                _count("mapping_rule", "第几条"),
                _text("theirs", "对方的列"),
                _text("ours", "本系统的列"),
            ),
            _text("told", "怎样读"),
        ),
    ),
    Output(
        file="sheets.csv",
        title="工作表清单",
        note="every file and sheet that was seen, and what became of it",
        made_by=Maker.INTAKE,
        order=("file",),
        then="sheet",
        columns=(
            *(_text("file", "文件"), _text("sheet", "工作表")),
            *(_text("status", "状态", words=SHEET_STATES), _TABLE, _NOTE),
        ),
    ),
    Output(
        file="normalising.csv",
        title="写法统一的格",
        note="what normalising did to accepted cells: counted, with an example",
        made_by=Maker.INTAKE,
        then="schema",
        columns=(
            *(_TABLE, _text("column", "列"), _text("kind", "类别"), _count("count", "数量")),
            *(_text("before", "改前"), _text("after", "改后")),
        ),
    ),
)

_RECORD = (
    Output(
        file="validation.json",
        title="数据检查结果",
        note="the outcome of every check; in the public edition without rows and values",
        made_by=Maker.RECORD,
        public=True,
    ),
    Output(
        file="run.json",
        title="记录说明",
        note="what the run says about itself; in the public edition without parameters and files",
        made_by=Maker.RECORD,
        public=True,
    ),
)

_ELSEWHERE = (
    Output(
        file="changes.csv",
        title="得分变动",
        note="only with a previous run, also `diff --csv`: one row per candidate and part (source, "
        "clause, rule) that moved; a candidate's `points` add up to `difference`; who moved in "
        "rank or status only has one row without clause, of 0",
        made_by=Maker.COMPARISON,
        listed=False,
        columns=(
            *(*_WHO, _NAME, _points("total_before", "原总分", blank=True)),
            *(_points("total_after", "现总分", blank=True), _points("difference", "总分增减")),
            *(
                _count("rank_before", "原名次", blank=True),
                _count("rank_after", "现名次", blank=True),
            ),
            _text("status_before", "原状态", words=SCORE_STATES),
            *(_text("status_after", "现状态", words=SCORE_STATES), _text("source", "来源")),
            *(_CLAUSE, _text("title", "名称"), _text("rule", "规则"), _points("points", "分值")),
            *(_text("because", "缘由"), _text("rows", "变动的行"), _text("settings", "变动的设置")),
        ),
        order=("kind", "candidate"),
        then="parts",
    ),
    Output(
        file="roster.csv",
        title="参赛人员",
        note="every 一线 officer: rank by score among those not left out, place within the status",
        made_by=Maker.ROSTER,
        listed=False,
        columns=(
            *(_WHO[1], _NAME, _UNIT, _points("total", "总分"), _points("total_high", "最高可达")),
            *(_RANK, _STATUS, _count("place", "位次", blank=True)),
            *(_count("group", "小组", blank=True), _REASON, _EVIDENCE),
        ),
    ),
)

FILES = (*_DOCUMENTS, *_SCORING, *_MOVES, *_READINGS, *_CAMPAIGN, *_INTAKE, *_RECORD, *_ELSEWHERE)

OUTPUTS = {output.name: output for output in FILES if output.columns}
"""The CSV files by name."""


def made_by(maker: Maker) -> list[Output]:
    """Return the tables that a part of the program makes."""
    return [output for output in OUTPUTS.values() if output.made_by is maker]


def downloads(*, public: bool, campaign: bool = True) -> list[tuple[str, str]]:
    """Return the file and title of what the door offers, of the internal or the public edition.

    `campaign`: whether the plan has one, with accounts of its own.
    """
    offered = (o for o in FILES if campaign or o.made_by is not Maker.CAMPAIGN)
    return [(o.file, o.title) for o in offered if o.listed and (o.public or not public)]


def titles() -> dict[str, str]:
    """Return the title of every column by its name; where two tables differ, of the later one."""
    return {column.name: column.title for table in OUTPUTS.values() for column in table.columns}


def code_words() -> dict[str, dict[str, str]]:
    """Return by column the Chinese words for its codes, those of all tables together."""
    words: dict[str, dict[str, str]] = {}
    for table in OUTPUTS.values():
        for column in table.columns:
            words.setdefault(column.name, {}).update(column.words)
    return {name: found for name, found in words.items() if found}
