"""What a column that a rubric names can hold, canonical or derived."""

from dalian_eval.rubric.vocabulary import (
    DERIVED_COLUMNS,
    DERIVED_TABLES,
    DERIVED_TITLES,
    DRAWN_FILES,
    SLOT_NAMES,
    is_of_cases_unit,
)
from dalian_eval.rubric.year_before import column_of_year_before, is_of_year_before
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.tables import BY_NAME

_TYPES = {
    "decided": Type.DATE,
    "record_found": Type.BOOL,
    "file_in_period": Type.BOOL,
    "late": Type.BOOL,
    "overdue": Type.BOOL,
    "flaw_known": Type.BOOL,
    "year_end": Type.DATE,
    "reviewed": Type.BOOL,
    "effective_on": Type.DATE,
}
"""The types of derived columns that no canonical column gives them."""

_LIKE = {
    (DRAWN_FILES, "case_id"): ("cases", "case_id"),
    (DRAWN_FILES, "record_id"): ("cases", "record_id"),
    (DRAWN_FILES, "file_score"): ("case_reviews", "score"),
    (DRAWN_FILES, "fatal"): ("case_reviews", "fatal"),
    ("lawsuits", "case_id"): ("cases", "case_id"),
    ("lawsuits", "procedure"): ("litigation", "procedure"),
    ("lawsuits", "outcome"): ("litigation", "outcome"),
    ("lawsuits", "state"): ("litigation", "state"),
    ("lawsuits", "kind"): ("cases", "kind"),
    ("case_reviews", "unit_id"): ("cases", "unit_id"),
}
"""Derived columns that hold what a canonical column holds."""


def column_of(table: str, name: str) -> Column | None:
    """Return the column `name` that a rubric may name of `table`; None when there is none."""
    if table in BY_NAME and name in BY_NAME[table]:
        return BY_NAME[table][name]
    if is_of_year_before(name):
        return column_of_year_before(table, name)
    if name == "unit_id" and is_of_cases_unit(table):
        return BY_NAME["cases"][name]
    if name not in {**DERIVED_COLUMNS.get(table, {}), **DERIVED_TABLES.get(table, {})}:
        return None
    like = _LIKE.get((table, name))
    if like is not None:
        return BY_NAME[like[0]][like[1]]
    words = tuple(SLOT_NAMES) if name == "slot" else ()
    title = DERIVED_TITLES.get(name, name)
    return Column(name=name, header=title, type=_TYPES.get(name, Type.CODE), vocabulary=words)


def is_word_of(table: str, name: str, word: object) -> bool:
    """Whether `word` is one of the words of a column, and no column of its table."""
    column = column_of(table, name)
    return column is not None and word in column.vocabulary and column_of(table, str(word)) is None


def place_of_words(table: str, name: str) -> dict[str, int]:
    """Return the place of each word in the vocabulary of a column; nothing where it has none."""
    column = column_of(table, name)
    return {} if column is None else {word: i for i, word in enumerate(column.vocabulary)}


def comparable(left: Column, right: Column) -> bool:
    """Whether one is more than the other: numbers, days, words of one vocabulary."""
    if left.vocabulary or right.vocabulary:
        return left.vocabulary == right.vocabulary
    return any({left.type, right.type} <= {*kinds} for kinds in (_NUMBERS, DAYS, (Type.MONTH,)))


_NUMBERS = (Type.INTEGER, Type.NUMBER)
DAYS = (Type.DATE, Type.TIMESTAMP)
"""The types of columns whose cells are days."""
