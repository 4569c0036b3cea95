"""Conditions of the rubric on columns of DuckDB: what `rubric.conditions` says of frames."""

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from dalian_eval.rubric.conditions import COMPARISONS
from dalian_eval.rubric.queries import Condition

_NEVER = ibis.literal(False)


def holds(column: ir.Column, condition: Condition) -> ir.BooleanValue:
    """Return whether each value of a column satisfies `condition`; a blank only null itself."""
    if condition.equals is not None:
        wanted = [value for value in condition.equals if value is not None]
        if isinstance(column, ir.BooleanColumn):
            found = reduce(or_, [column if yes else ~column for yes in wanted], _NEVER)
        else:
            found = column.isin(wanted) if wanted else _NEVER
        result = found | _is_blank(column) if None in condition.equals else found
    elif condition.filled is not None:
        empty = _is_blank(column)
        if isinstance(column, ir.ArrayColumn):
            empty |= column.length() == 0
        result = ~empty if condition.filled else empty
    elif condition.mentions is not None:
        result = reduce(or_, [column.contains(word) for word in condition.mentions])
    elif condition.years is not None:
        result = column.year().isin(condition.years)
    elif condition.any_of is not None:
        result = _holding(column, condition.any_of) > 0
    elif condition.all_of is not None:
        result = _holding(column, condition.all_of) == len(set(condition.all_of))
    else:
        size = column.length() if isinstance(column, ir.ArrayColumn) else column
        test = next(test for test in COMPARISONS if test in condition.model_fields_set)
        result = COMPARISONS[test](size, getattr(condition, test))
    return result.fill_null(False)


def _is_blank(column: ir.Column) -> ir.BooleanValue:
    empty = column.isnull()
    return empty | (column == "") if isinstance(column, ir.StringColumn) else empty


def _holding(column: ir.Column, wanted: tuple[str, ...]) -> ir.IntegerValue:
    """Return how many of the wanted elements each cell of a list column holds."""
    return column.unique().filter(lambda element: element.isin(wanted)).length()
