"""What cannot be right in a query: tables, columns, conditions and windows that no row can meet."""

from collections.abc import Iterable, Iterator

from dalian_eval.base.suggestion import suggestion
from dalian_eval.base.yaml_faults import Place, meant
from dalian_eval.rubric.columns import column_of, comparable, is_word_of
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.plan_names import KIND_TITLES
from dalian_eval.rubric.queries import (
    ByColumn,
    ByDistance,
    ByShare,
    Condition,
    FactMeasure,
    Kind,
    OtherColumn,
    Query,
    Years,
)
from dalian_eval.rubric.vocabulary import columns_of
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.tables import BY_NAME

Found = Iterator[tuple[Place, str]]
"""Places below the query (empty: the query itself), each with a Chinese sentence."""

_DAYS = (Type.DATE, Type.TIMESTAMP)
_NUMBERS = (Type.INTEGER, Type.NUMBER)
_MEANINGFUL: dict[Kind, tuple[str, ...]] = {
    "unit": ("own", "subtree", "officers"),
    "officer": ("own", "handled"),
}
_REACHED = {"subtree": "unit_id", "officers": "officer_id", "handled": "case_id"}


def query_faults(query: Query, place: Place, clause: Clause, kind: Kind, period: Period) -> Found:
    """Yield what is wrong with the tables, columns and conditions that a clause's query names.

    `place`: where the query stands below the clause, as do the places that are yielded.
    """
    known = columns_of(query.table)
    if known is not None:
        yield from _unknown_columns(query, place, clause, known)
    for below, sentence in _own_faults(query, kind, period, known):
        yield (*place, *below), sentence


def _own_faults(query: Query, kind: Kind, period: Period, known: set[str] | None) -> Found:
    """Yield what is wrong within a query, save columns that do not exist."""
    if known is None:
        yield ("table",), f"没有名为『{query.table}』的表{meant(query.table, BY_NAME)}"
        return
    if query.table == "inspections":
        yield ("table",), "表『inspections』不逐条计分，请改用月度指标 metric"
    yield from _reach_faults(query, kind, known)
    yield from _excluded_sets(query)
    for place, name, condition in _conditions(query):
        column = column_of(query.table, name)
        if column is None:
            continue
        for sentence in condition_faults(condition, column, period):
            yield place, f"『{name}』（{column.header}）{sentence}"
        other = condition.other_column
        if other == name:
            yield place, f"『{name}』（{column.header}）是与它自己比较，请写另一列"
        beside = None if other is None else column_of(query.table, other)
        if _days_of(condition) and column.type not in _DAYS:
            yield place, f"『{name}』（{column.header}）不是日期，不能写 days"
        if beside is not None and not comparable(column, beside):
            yield (
                place,
                f"『{name}』（{column.header}）与『{other}』（{beside.header}）不能比较大小",
            )
    date = column_of(query.table, query.date) if query.date else None
    if date is not None and date.type not in _DAYS:
        yield ("date",), f"列『{query.date}』（{date.header}）不是日期，不能写在 date"
    if isinstance(query.window, Years) and min(query.window.years, default=0) > period.end.year:
        yield ("window",), f"年份{_listed(query.window.years)}都在评审期之后，不会有事实计入"


def zero_faults(name: str, condition: Condition, period: Period) -> Iterator[str]:
    """Yield what is wrong with a condition on the review of a drawn file."""
    table = "case_reviews"
    column = column_of(table, name)
    if column is None or condition.other_column is not None:
        known = columns_of(table) or set()
        asked = condition.other_column if column is not None else name
        if asked not in known:
            yield f"表『{table}』没有列『{asked}』{_column_meant(table, str(asked), known)}"
        return
    for sentence in condition_faults(condition, column, period):
        yield f"『{name}』（{column.header}）{sentence}"


def _days_of(condition: Condition) -> int:
    """Return how many days beyond the other column the bound of a condition lies."""
    bounds = (condition.at_least, condition.at_most, condition.above, condition.below)
    return next((b.days for b in bounds if isinstance(b, OtherColumn)), 0)


def _unknown_columns(query: Query, place: Place, clause: Clause, known: set[str]) -> Found:
    for name in sorted(clause.columns_read(query) - known):
        at = next(((*place, *p) for p, names in _named(query) if name in names), None)
        yield (
            at or _key_naming(clause, name) or place,
            f"表『{query.table}』没有列『{name}』{_column_meant(query.table, name, known)}",
        )


def _key_naming(clause: Clause, name: str) -> Place | None:
    """Return the place of the clause's own key that names a column; None when none does."""
    for key in ("value", "weights", "label", "label_scope"):
        named = getattr(clause, key, None) or ()
        if named == name or (not isinstance(named, str) and name in named):
            return (key, name) if key == "weights" else (key,)
    return None


def _named(query: Query) -> Iterator[tuple[Place, Iterable[str]]]:
    yield ("date",), [query.date] if query.date else []
    for place, name, condition in _conditions(query):
        other = condition.other_column
        yield place, [name, *([other] if other is not None else [])]
    for number, name in enumerate(query.show):
        yield ("show", number), [name]
    for key in ("column", "share_of", "label"):
        named = getattr(query, key, None) or ()
        yield (key,), [named] if isinstance(named, str) else named
    each = getattr(query, "each", None)
    if each is not None:
        yield ("each", "by"), [each.by]
    worth = getattr(query, "points", None)
    if isinstance(worth, ByColumn | ByDistance | ByShare):
        yield ("points", "column"), [worth.column]
    if isinstance(worth, ByShare):
        yield ("points", "share_of"), [worth.share_of]
    if isinstance(worth, ByDistance):
        side = "over" if worth.over is not None else "under"
        word = is_word_of(query.table, worth.column, worth.bound)
        named = isinstance(worth.bound, str) and not word
        yield ("points", side), [str(worth.bound)] if named else []


def _conditions(query: Query) -> Iterator[tuple[Place, str, Condition]]:
    """Yield every condition of a query with its place and column."""
    for name, condition in query.where.items():
        yield ("where", name), name, condition
    for number, one in enumerate(query.either):
        for name, condition in one.items():
            yield ("either", number, name), name, condition


def _excluded_sets(query: Query) -> Found:
    """Yield the sets of `either` that ask a column for words which `where` excludes."""
    for number, one in enumerate(query.either):
        for name, condition in one.items():
            both = (query.where[name].equals if name in query.where else None, condition.equals)
            if None not in both and not {*(both[0] or ())} & {*(both[1] or ())}:
                yield (
                    ("either", number, name),
                    f"『{name}』的取值已被 where 排除，没有一行能同时符合",
                )


def _column_meant(table: str, name: str, known: Iterable[str]) -> str:
    """Return the column that was meant, by its name or its Chinese title, with its title."""
    columns = {c: column_of(table, c) for c in sorted(known)}
    titles = {c: "" if column is None else column.header for c, column in columns.items()}
    return suggestion(name, titles) or f"，可用：{'、'.join(titles)}"


def _reach_faults(query: Query, kind: Kind, known: set[str]) -> Found:
    """Yield the reaches that the query's table has no column for."""
    owner = "unit_id" if kind == "unit" else "officer_id"
    if len({*query.of}) < len(query.of):
        yield ("of",), "of 中有写了两次的，请删去一个"
    for reach in query.of:
        if reach not in _MEANINGFUL[kind]:
            yield (
                ("of",),
                f"{KIND_TITLES[kind]}的条款不能写 of: {reach}，"
                f"可用：{'、'.join(_MEANINGFUL[kind])}",
            )
            continue
        column = _REACHED.get(reach, owner)
        if column not in known and ("subject" not in known or reach == "handled"):
            yield ("of",), f"表『{query.table}』没有列『{column}』，不能写 of: {reach}"
        elif reach == "officers" and query.date is None:
            yield (
                ("of",),
                "of: officers 要按日期找人员当时所在的单位，必须写 date 与 window",
            )


def condition_faults(condition: Condition, column: Column, period: Period) -> Iterator[str]:
    """Yield why no cell of `column` can meet the condition, or why it asks the wrong thing."""
    asked = next(iter(condition.model_fields_set))
    if condition.other_column is not None:
        return
    bound = getattr(condition, asked)
    if isinstance(bound, str):
        if bound.removeprefix("-").isdecimal() and bound not in column.vocabulary:
            yield f"的 {asked} 应写整数，『{bound}』请去掉引号"
        elif not column.vocabulary or column.type is Type.LIST:
            yield f"没有排好先后的选项，不能用 {asked} 与『{bound}』比较"
        elif bound not in column.vocabulary:
            yield f"没有取值『{bound}』{meant(bound, column.vocabulary)}"
        else:
            yield from _beyond_words(asked, bound, column)
        return
    if condition.filled is not None:
        if column.mandatory:
            never = "" if condition.filled else "，没有一行能符合"
            yield f"是必填的，不会是空白{never}：请删去这个条件"
        return
    allowed = _ALLOWED.get(column.type, ("equals", "mentions"))
    words = (*(condition.equals or ()), *(condition.any_of or ()), *(condition.all_of or ()))
    if asked not in allowed and not (asked == "equals" and set(words) <= {None}):
        yield f"是{column.type.value}，不能用 {asked} 判断，可用：{'、'.join(allowed)}"
        return
    if getattr(condition, asked) == ():
        yield f"的 {asked} 没有写任何取值，没有一行能符合"
    if words and {*words} == {None} and column.mandatory:
        yield "是必填的，不会是空白：请写明取值"
    for word in words:
        yield from _word_faults(word, column)
    for word in condition.mentions or ():
        if not word:
            yield "的 mentions 有空的词，总是成立，请改正"
        elif column.vocabulary and not any(word in one for one in column.vocabulary):
            yield f"的取值中没有一个含『{word}』，可用：{'、'.join(column.vocabulary)}"
    yield from _number_faults(condition, column, period)


def _beyond_words(asked: str, bound: str, column: Column) -> Iterator[str]:
    """Yield that no word of the vocabulary comes after the last one, or before the first."""
    if (asked, bound) in (("above", column.vocabulary[-1]), ("below", column.vocabulary[0])):
        side = "后" if asked == "above" else "前"
        yield f"的取值中没有排在『{bound}』之{side}的，没有一行能符合"


_ALLOWED = {
    Type.BOOL: ("equals",),
    Type.DATE: ("years", "filled"),
    Type.TIMESTAMP: ("years", "filled"),
    Type.INTEGER: ("equals", "at_least", "at_most", "above", "below"),
    Type.NUMBER: ("equals", "at_least", "at_most", "above", "below"),
    Type.LIST: ("any_of", "all_of", "at_least", "at_most"),
    Type.MONTH: ("equals",),
}
"""The conditions that a column of each type can be asked; blank (equals: null) can be any."""


def _word_faults(word: object, column: Column) -> Iterator[str]:
    if word is None:
        return
    if column.type is Type.BOOL:
        if not isinstance(word, bool):
            yield f"只有是与否，取值『{word}』应写 true 或 false"
    elif column.type in _NUMBERS:
        if isinstance(word, bool) or not isinstance(word, int):
            yield f"是数，取值『{word}』应为整数"
        elif _outside(word, column):
            yield f"的取值{_bounds(column)}，没有一行能等于{word}"
    elif isinstance(word, bool) or not isinstance(word, str):
        yield f"是{column.type.value}，取值『{word}』应为文字，请加引号"
    elif column.vocabulary and word not in column.vocabulary:
        yield f"没有取值『{word}』{meant(word, column.vocabulary)}"


def _number_faults(condition: Condition, column: Column, period: Period) -> Iterator[str]:
    least = next((b for b in (condition.at_least, condition.above) if isinstance(b, int)), None)
    most = next((b for b in (condition.at_most, condition.below) if isinstance(b, int)), None)
    if column.type is Type.LIST:
        if least is not None and least < 1:
            yield f"不少于{least}项总是成立，请改正"
        elif least is not None and column.vocabulary and least > len(column.vocabulary):
            yield f"一共只有{len(column.vocabulary)}种取值，没有一行能有{least}项"
    elif condition.above is not None and column.maximum is not None and least == column.maximum:
        yield f"的取值{_bounds(column)}，没有一行能大于{least}"
    elif condition.below is not None and column.minimum is not None and most == column.minimum:
        yield f"的取值{_bounds(column)}，没有一行能小于{most}"
    elif least is not None and column.maximum is not None and least > column.maximum:
        yield f"的取值{_bounds(column)}，没有一行能不小于{least}"
    elif most is not None and column.minimum is not None and most < column.minimum:
        yield f"的取值{_bounds(column)}，没有一行能不大于{most}"
    if condition.years is not None and min(condition.years, default=0) > period.end.year:
        yield f"的年份{_listed(condition.years)}都在评审期之后，不会有事实计入"
    if column.name == "year" and condition.equals:
        years = [y for y in condition.equals if isinstance(y, int)]
        if years and min(years) > period.end.year:
            yield f"{_listed(years)}在评审期之后，不会有事实计入"


def _outside(number: int, column: Column) -> bool:
    low, high = column.minimum, column.maximum
    return (low is not None and number < low) or (high is not None and number > high)


def _bounds(column: Column) -> str:
    low = "" if column.minimum is None else f"不小于{column.minimum}"
    high = "" if column.maximum is None else f"不大于{column.maximum}"
    return "、".join(part for part in (low, high) if part)


def _listed(years: Iterable[int]) -> str:
    return "、".join(map(str, years))


def measure_faults(measure: FactMeasure) -> Found:
    """Yield what cannot be reckoned with of what a measure adds up or averages."""
    for key in ("column", "share_of"):
        name = getattr(measure, key)
        wrong = None if name is None else numeric_fault(measure.table, name)
        if wrong is not None:
            yield (key,), wrong
    if measure.share_of is not None and measure.share_of == measure.column:
        yield ("share_of",), f"列『{measure.column}』是与它自己相比，总是完成，请写目标所在的列"


def numeric_fault(table: str, name: str) -> str | None:
    """Return why the numbers of a column cannot be reckoned with; None when they can."""
    column = column_of(table, name)
    if column is None or column.type in _NUMBERS:
        return None
    return f"表『{table}』的列『{name}』（{column.header}）不是数，不能相加、取平均或相乘"
