"""Which words the clauses look for in list columns, and which such columns they read at all."""

from collections.abc import Iterable, Iterator

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.queries import ByColumn, Part, Query
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME


def entries_read(sections: Iterable[Section]) -> dict[str, tuple[str, ...]]:
    """Return the words that clauses look for in each list column they read, by `table.column`.

    Only columns that may hold any entry; without words where a clause asks how many there are.
    """
    found: dict[str, dict[str, None]] = {}
    for query in _queries(sections):
        for column, words in _asked(query).items():
            known = BY_NAME.get(query.table)
            if known is None or column not in known:
                continue
            declared = known[column]
            if declared.type is Type.LIST and not declared.vocabulary and not declared.references:
                found.setdefault(f"{query.table}.{column}", {}).update(dict.fromkeys(words))
    return {place: tuple(words) for place, words in found.items()}


def _queries(sections: Iterable[Section]) -> Iterator[Query]:
    for section in sections:
        for clause in section.clauses.values():
            yield from clause.queries


def _asked(query: Query) -> dict[str, tuple[str, ...]]:
    """Return the columns whose content decides what the query's facts are worth, with words."""
    asked: dict[str, tuple[str, ...]] = {}
    points = query.points if isinstance(query, Part) else None
    if isinstance(points, ByColumn) and points.values:
        asked[points.column] = tuple(points.values)
    for column in getattr(query, "label", None) or ():
        asked.setdefault(column, ())
    for column, condition in query.tests:
        words = (*(condition.any_of or ()), *(condition.all_of or ()))
        asked[column] = (*asked.get(column, ()), *words)
    return asked
