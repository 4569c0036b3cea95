"""What cannot be right of a rubric's own wording: cases that do not occur, places nobody fills."""

from collections.abc import Iterator

from dalian_eval.base.yaml_faults import Place, meant
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Finding, Gate
from dalian_eval.rubric.vocabulary import columns_of, impersonal
from dalian_eval.rubric.wording import place_words, places_of

Found = Iterator[tuple[Place, str]]


def wording_faults(clause: Clause) -> Found:
    """Yield what is wrong with a clause's `wording` and with what its parts say."""
    known = clause.cases
    for case, wording in clause.wording.items():
        place = ("wording", case)
        if case not in known:
            yield place, f"本条没有情形『{case}』{meant(case, known)}"
        elif isinstance(wording, str):
            yield from _place_faults(place, wording, known[case])
            if case == "unfit" and "value" in places_of(wording):
                yield place, "{value} 要按列来写，如 unfit: {列名: …}"
        elif case != "unfit":
            yield place, "写成一句话，只有 unfit 可以按列分别写"
        else:
            yield from _by_column_faults(clause, place, wording, known[case])
    for key in ("parts", "pending"):
        for number, query in enumerate(getattr(clause, key, ())):
            if isinstance(query, Finding) and query.says is not None:
                yield from _says_faults((key, number, "says"), query)


def _by_column_faults(
    clause: Clause, place: Place, wording: dict[str, str], allowed: tuple[str, ...]
) -> Found:
    queries = [q for q in clause.queries if not isinstance(q, Gate)]
    tested = dict.fromkeys(column for query in queries for column in query.where)
    for column, template in wording.items():
        here = (*place, column)
        if column not in tested:
            yield here, f"本条的 where 没有条件『{column}』{meant(column, tested)}"
            continue
        yield from _place_faults(here, template, allowed)
        named = any(not impersonal(q.table, column) for q in queries if column in q.where)
        if named and "value" in places_of(template):
            yield here, f"列『{column}』的取值可能写有名称，不能用 {{value}}"


def _place_faults(place: Place, template: str, allowed: tuple[str, ...]) -> Found:
    for name in places_of(template):
        if name not in allowed:
            yield place, f"这一情形没有 {{{name}}}，可用：{place_words(allowed)}"


def _says_faults(place: Place, query: Finding) -> Found:
    """A fact is told by the columns that it shows and by its date."""
    shown = [*query.show, *([query.date] if query.date else [])]
    known = columns_of(query.table) or set()
    for name in places_of(query.says or ""):
        if name in shown:
            continue
        if name in known:
            yield place, f"{{{name}}} 不在 show 之中，请把它写进 show"
        else:
            yield place, f"没有 {{{name}}} 这一列{meant(name, shown)}"
