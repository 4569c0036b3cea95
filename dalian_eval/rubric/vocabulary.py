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
