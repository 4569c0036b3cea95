"""A rubric file looked at as a whole: it loads, or all that is wrong is told."""

from dataclasses import dataclass
from pathlib import Path

from dalian_eval.jobs.rubrics.plan_files import opened_rubric, params_beside
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.needs import tables_of
from dalian_eval.schema.tables import TABLES
from dalian_eval.workbench.stray_years import warnings_of_plan


@dataclass(frozen=True)
class RubricCheck:
    """A sound rubric: one line of summary, and what its author should look at."""

    summary: str
    warnings: tuple[str, ...]


def check_rubric(path: Path) -> RubricCheck:
    """Load the rubric; loading looks at every option of every reading.

    UsageError with all faults, each with its line, when it does not load.
    """
    with opened_rubric(path) as rubric:
        remarks = warnings_of_plan(path, params_beside(path), rubric)
        return RubricCheck(_summary(rubric), tuple(remark.sentence for remark in remarks))


def _summary(rubric: Rubric) -> str:
    """Return how much there is: items, clauses, readings with their options, tables read."""
    options = sum(len(reading.options) for reading in rubric.readings.values())
    sections = [rubric.section(kind) for kind in rubric.kinds]
    read = {t for s in sections for c in s.clauses.values() for t in tables_of(c, s.kind)}
    sheets = [table.sheet for table in TABLES if table.name in read]
    sizes = "，".join(
        f"{getattr(rubric.names, section.kind)}{len(section.items)}项{len(section.clauses)}条"
        for section in sections
    )
    readings = (
        f"口径{len(rubric.readings)}条，共{options}种取值，都能载入" if options else "没有另设口径"
    )
    return (
        f"没有发现错误：{rubric.title}，{sizes}；{readings}；"
        f"用到{len(sheets)}张表：{'、'.join(sheets)}"
    )
