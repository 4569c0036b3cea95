"""Numbers that a table gives to its own rows, and which spellings are one number."""

from dalian_eval.schema.model import Table, Type

FOLDED = "lower(regexp_replace({}, '\\s+', '', 'g'))"
"""SQL: what spellings of one number have in common (dashes are of one kind once read)."""

MAY_FOLD = r"[a-z\s]"
"""Finds a number that may have another spelling: of two at least one has such a character."""


def has_own_numbers(table: Table) -> bool:
    """Whether the key is one number of the table's own, not one that names another table's row."""
    columns = [table[name] for name in table.key]
    kinds = (Type.CODE, Type.CASE_NUMBER)
    return len(columns) == 1 and columns[0].type in kinds and not columns[0].references
