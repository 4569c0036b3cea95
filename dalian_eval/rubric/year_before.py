"""Columns of the row of the same thing a year before, which a rubric names `year_before.COLUMN`.

A table that declares `year_before` (which columns name the thing, by which one years are told) has
one for each of its other columns; `scoring.derive` fills them in.
"""

from dataclasses import replace

from dalian_eval.schema.model import Column
from dalian_eval.schema.tables import BY_NAME

PREFIX = "year_before."
_TITLE = "上年"


def is_of_year_before(name: str) -> bool:
    """Whether a column is of the row of the year before."""
    return name.startswith(PREFIX)


def column_itself(name: str) -> str:
    """Return the column of the table that `name` is, in this year's row or last year's."""
    return name.removeprefix(PREFIX)


def columns_of_year_before(table: str) -> tuple[str, ...]:
    """Return the columns of last year's row that a rubric may name of a table."""
    known = BY_NAME.get(table)
    if known is None or known.year_before is None:
        return ()
    told = {*known.year_before.same, known.year_before.by}
    return tuple(PREFIX + c.name for c in known.columns if c.name not in told)


def column_of_year_before(table: str, name: str) -> Column | None:
    """Return the column of last year's row called `name`; None when there is none."""
    if name not in columns_of_year_before(table):
        return None
    column = BY_NAME[table][column_itself(name)]
    return replace(column, name=name, header=_TITLE + column.header, key=False, required=False)
