"""What a rubric may name besides the tables: the derived tables and columns that scoring adds."""

from dalian_eval.schema.tables import BY_NAME

DERIVED_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "cases": {"decided": (), "record_found": ("inspections",)},
    "case_reviews": {"unit_id": ("cases",)},
    "leads": {"late": (), "flaw_known": ()},
    "past_recognition": {"year_end": ()},
}
"""Columns derived as of the evaluation day, per table, with the further tables each one reads.

decided: 决定日期, or 移送日期 of a 移送 without one; record_found: its record number stands in
检查记录 uploaded by as-of; unit_id of a review: its case's unit; late: not fed back by its
deadline, which is over; flaw_known: 反馈日期 is blank or by as-of; year_end: 31 December of
the 年度.
"""

DERIVED_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "drawn_files": {
        "slot": (),
        "case_id": (),
        "record_id": (),
        "record_found": ("inspections",),
        "reviewed": ("case_reviews",),
        "file_score": ("case_reviews",),
        "fatal": ("case_reviews",),
    },
    "lawsuits": {
        "case_id": (),
        "procedure": (),
        "outcome": (),
        "effective_on": (),
        "state": (),
        "kind": (),
        "decided": (),
    },
}
"""Derived tables: their columns, each with the further tables it reads.

drawn_files: one row per filled slot of the case draw, with the review that counts;
lawsuits: 诉讼复议 with the case's 案件类型 and decision date.
"""

DERIVED_TITLES = {
    "decided": "决定日期（移送案件无决定日期的为移送日期）",
    "record_found": "查得到检查记录",
    "late": "逾期未反馈",
    "flaw_known": "截至日前已反馈或未反馈",
    "year_end": "年度末",
    "slot": "抽取类别",
    "case_id": "案件编号",
    "record_id": "检查记录编号",
    "reviewed": "已评查",
    "file_score": "案卷得分",
    "fatal": "致命问题",
    "procedure": "程序",
    "outcome": "结果",
    "effective_on": "生效日期",
    "state": "状态",
    "kind": "案件类型",
    "unit_id": "单位编码",
}
"""Chinese titles of derived columns."""

TABLE_SOURCES: dict[str, tuple[str, ...]] = {
    "drawn_files": ("cases",),
    "lawsuits": ("litigation", "cases"),
}
"""Tables a derived table is made from (案卷抽取 may be missing: the program draws)."""


def columns_of(table: str) -> set[str] | None:
    """Return the columns a rubric may name of `table`; None when there is no such table."""
    if table in DERIVED_TABLES:
        return set(DERIVED_TABLES[table])
    if table not in BY_NAME:
        return None
    return {c.name for c in BY_NAME[table].columns} | set(DERIVED_COLUMNS.get(table, {}))


def tables_read(table: str, columns: set[str]) -> set[str]:
    """Return the tables one must have been supplied to use `columns` of `table`."""
    derived = {**DERIVED_COLUMNS.get(table, {}), **DERIVED_TABLES.get(table, {})}
    further = {name for column in columns for name in derived.get(column, ())}
    return {*TABLE_SOURCES.get(table, (table,)), *further}


def header_of(table: str, column: str) -> str:
    """Return the Chinese title of a column that a rubric names."""
    known = BY_NAME.get(table)
    if known is not None and column in known:
        return known[column].header
    return DERIVED_TITLES.get(column, column)
