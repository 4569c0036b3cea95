"""What a rubric may name besides the tables: monthly metrics, derived tables and columns."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.declared_values import DeclaredValues
from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.yaml_file import load_yaml
from dalian_eval.rubric.metric_declarations import read_metrics
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.year_before import (
    column_itself,
    column_of_year_before,
    columns_of_year_before,
)
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME

DRAWN_FILES = "drawn_files"
"""The table that the case draw makes."""

_FILE = Path(__file__).with_name("metrics.yaml")

_current_metrics: Mapping[str, Metric] = {}


class _Metrics(Mapping[str, Metric]):
    """The metrics in use by their names."""

    def __getitem__(self, name: str) -> Metric:
        return _current_metrics[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_current_metrics)

    def __len__(self) -> int:
        return len(_current_metrics)


METRICS: Mapping[str, Metric] = _Metrics()
"""The metrics a rubric may name: the package's (metrics.yaml) and those the rubric declares."""


def metrics_of(rubric_file: CommentedMap, faults: FileFaults) -> dict[str, Metric]:
    """Return the package's metrics and those that a rubric file declares under `metrics:`.

    What is wrong with a declaration is noted in `faults`.
    """
    declared = DeclaredValues(faults).mapping(rubric_file, "metrics", "", 1)
    return {**SHIPPED_METRICS, **read_metrics(declared, faults, SHIPPED_METRICS)}


def use_metrics(metrics: Mapping[str, Metric]) -> None:
    """Work with these metrics from here on, in all threads of this process."""
    global _current_metrics
    _current_metrics = metrics


@contextmanager
def using_metrics(metrics: Mapping[str, Metric]) -> Iterator[None]:
    """Work with these metrics within the block, and then with what was in use before."""
    before = _current_metrics
    use_metrics(metrics)
    try:
        yield
    finally:
        use_metrics(before)


def _shipped() -> dict[str, Metric]:
    faults = FileFaults(_FILE.name)
    found = read_metrics(load_yaml(_FILE)["metrics"], faults)
    faults.raise_any()
    return found


SHIPPED_METRICS: Mapping[str, Metric] = _shipped()
"""The metrics that ship with the package."""

use_metrics(SHIPPED_METRICS)

STEP_VARIANTS = ("immediate", "completed")
"""The variants a metric must have for rule `steps`: its rate, and that of the fallback."""

DERIVED_COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "cases": {"decided": (), "record_found": ("inspections",)},
    "case_reviews": {"unit_id": ("cases",), "file_in_period": ("cases",)},
    "review_findings": {"file_in_period": ("cases",)},
    "leads": {"late": (), "overdue": (), "flaw_known": ()},
    "past_recognition": {"year_end": ()},
}
"""Columns derived as of the evaluation day, per table, with the further tables each one reads.

decided: 决定日期, or 移送日期 of a 移送 without one; record_found: its record number stands in
检查记录 uploaded by as-of; unit_id of a review: its case's unit; file_in_period: the case it names
was decided in P by as-of (null: it names none); late: not fed back by its deadline, which is over;
overdue: late, or still 未查办 at that deadline; flaw_known: 反馈日期 is blank or by as-of;
year_end: 31 December of the 年度.
"""

DERIVED_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    DRAWN_FILES: {
        "subject": (),
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
    "file_in_period": "所涉案卷在评审期内作出决定",
    "late": "逾期未反馈",
    "overdue": "逾期未查办或未反馈",
    "flaw_known": "截至日前已反馈或未反馈",
    "year_end": "年度末",
    "subject": "对象",
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

DERIVED_FROM = {
    "decided": ("decided_on", "transferred_on"),
    "record_found": ("record_id",),
    "file_in_period": ("case_id",),
    "late": ("due_on", "fed_back_on"),
    "overdue": ("due_on", "fed_back_on", "outcome"),
    "flaw_known": ("fed_back_on",),
    "year_end": ("year",),
    "slot": ("kind",),
    "reviewed": ("reviewed_on",),
    "file_score": ("reviewed_on", "score"),
    "fatal": ("reviewed_on", "fatal"),
}
"""The columns of canonical tables that a derived column is made from; others keep their name."""

SLOT_NAMES = {"ordinary": "一般处罚", "supporting": "配套办法", "any": "任意"}
"""Chinese names of the slots of the case draw."""

TABLE_SOURCES: dict[str, tuple[str, ...]] = {
    DRAWN_FILES: ("cases",),
    "lawsuits": ("litigation", "cases"),
}
"""Tables a derived table is made from (案卷抽取 may be missing: the program draws)."""


def names_taken() -> dict[str, tuple[str, ...]]:
    """Return the columns that are derived, by table; no declared table or column has their name."""
    derived = {**DERIVED_COLUMNS, **DERIVED_TABLES}
    return {table: tuple(columns) for table, columns in derived.items()}


def is_of_cases_unit(table: str) -> bool:
    """Whether the rows of a table are of the unit of their case, as they name no unit themselves.

    Such a table has the derived column `unit_id`.
    """
    known = BY_NAME.get(table)
    if known is None or "case_id" not in known or known["case_id"].references != "cases":
        return False
    return not {"unit_id", "subject"} & {c.name for c in known.columns}


def columns_of(table: str) -> set[str] | None:
    """Return the columns a rubric may name of `table`; None when there is no such table."""
    if table in DERIVED_TABLES:
        return set(DERIVED_TABLES[table])
    if table not in BY_NAME:
        return None
    own = {c.name for c in BY_NAME[table].columns} | set(DERIVED_COLUMNS.get(table, {}))
    own |= {"unit_id"} if is_of_cases_unit(table) else set()
    return own | {*columns_of_year_before(table)}


def is_numeric(table: str, column: str) -> bool:
    """Whether a column of `table` can be added up."""
    column = column_itself(column)
    if table in BY_NAME and column in BY_NAME[table]:
        return BY_NAME[table][column].type in (Type.INTEGER, Type.NUMBER)
    return (table, column) == ("drawn_files", "file_score")


def tables_read(table: str, columns: set[str]) -> set[str]:
    """Return the tables one must have been supplied to use `columns` of `table`."""
    derived = {**DERIVED_COLUMNS.get(table, {}), **DERIVED_TABLES.get(table, {})}
    further = {name for column in columns for name in derived.get(column, ())}
    further |= {"cases"} if "unit_id" in columns and is_of_cases_unit(table) else set()
    return {*TABLE_SOURCES.get(table, (table,)), *further}


def header_of(table: str, column: str) -> str:
    """Return the Chinese title of a column that a rubric names."""
    known = BY_NAME.get(table)
    before = column_of_year_before(table, column)
    if before is not None:
        return before.header
    if column == "unit_id" and is_of_cases_unit(table):
        return BY_NAME["cases"][column].header
    if known is not None and column in known:
        return known[column].header
    return DERIVED_TITLES.get(column, column)


def short_header_of(table: str, column: str) -> str:
    """Return a column's title without what is explained in brackets."""
    return header_of(table, column).partition("（")[0]


_NAMING = frozenset(("subject", "case_id", "record_id"))
"""Derived columns that name somebody or something."""


def impersonal(table: str, column: str) -> bool:
    """Whether no value of a column that a rubric names can name a person, company or case."""
    known, column = BY_NAME.get(table), column_itself(column)
    if known is not None and column in known:
        return known[column].impersonal
    return column not in _NAMING
