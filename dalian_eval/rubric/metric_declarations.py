"""Reading declarations of monthly metrics: the package's metrics.yaml, a rubric's `metrics:`.

What is wrong is noted in Chinese with its line, key and the nearest word, all of it at once.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from dalian_eval.base.declared_values import DeclaredValues, line_of
from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.suggestion import suggestion
from dalian_eval.rubric.metrics import (
    DERIVED_DAYS,
    STAFF,
    STAFF_COLUMNS,
    Amount,
    Metric,
    Quotient,
)
from dalian_eval.rubric.queries import Condition, Kind
from dalian_eval.schema.model import SUBJECT, Column, Type
from dalian_eval.schema.tables import BY_NAME

_KINDS: dict[str, Kind] = {"unit": "unit", "officer": "officer"}
_FORMS: dict[str, Literal["share", "mean", "count"]] = {
    "share": "share",
    "mean": "mean",
    "count": "count",
}
_TAKES: dict[str, Literal["count", "distinct", "sum"]] = {
    "count": "count",
    "distinct": "distinct",
    "sum": "sum",
}
_REACHES: dict[str, Literal["subtree", "own"]] = {"subtree": "subtree", "own": "own"}
_METRIC_KEYS = ("title", "kind", "form", "units", "nobody", "about", "every_month", "ways")
_AMOUNT_KEYS = ("table", "take", "column", "month", "by", "reach", "where")
_WHOSE = {"unit": "units", "officer": "officers"}
_MOST_DECIMALS = 6
_MONTHS = (Type.DATE, Type.TIMESTAMP, Type.MONTH)
_RESERVED = frozenset(("cases",))
"""Names of monthly figures that the program makes besides metrics."""

_TESTS: dict[str, tuple[Type, ...]] = {
    "any_of": (Type.LIST,),
    "all_of": (Type.LIST,),
    "mentions": (Type.TEXT, Type.CODE, Type.CASE_NUMBER),
    "at_least": (Type.INTEGER, Type.NUMBER, Type.LIST),
    "at_most": (Type.INTEGER, Type.NUMBER, Type.LIST),
    "above": (Type.INTEGER, Type.NUMBER),
    "below": (Type.INTEGER, Type.NUMBER),
    "years": (Type.DATE, Type.TIMESTAMP),
}
_VALUES: dict[Type, type] = {Type.BOOL: bool, Type.INTEGER: int, Type.NUMBER: int}


def read_metrics(
    declared: CommentedMap, faults: FileFaults, known: Collection[str] = ()
) -> dict[str, Metric]:
    """Return the metrics of a mapping of declarations; what cannot be read is noted and left out.

    `known`: the names of metrics there are already.
    """
    reader = _Reader(faults)
    found = {}
    for name in declared:
        line = line_of(declared, name, 1)
        place = f"metrics.{name}"
        if name in known or name in _RESERVED:
            faults.add(line, f"{place}：已有名为『{name}』的指标，请另取名称")
        elif not isinstance(declared[name], CommentedMap):
            faults.add(line, f"{place}：应写明这个指标的各项（title、kind、form、ways）")
        elif (metric := reader.metric(declared[name], place, line)) is not None:
            found[str(name)] = metric
    return found


class _Reader:
    def __init__(self, faults: FileFaults) -> None:
        self.faults = faults
        self.values = DeclaredValues(faults)

    def metric(self, of: CommentedMap, place: str, line: int) -> Metric | None:
        values = self.values
        values.known_keys(of, _METRIC_KEYS, place, line)
        title = values.text(of, "title", place, line, needed=True)
        kind = values.choice(of, "kind", _KINDS, place, line, needed=True)
        form = values.choice(of, "form", _FORMS, place, line, needed=True)
        units = self._units(of, place, line)
        nobody = values.text(of, "nobody", place, line, needed=form != "count")
        every_month = values.flag(of, "every_month", place, line)
        declared = values.mapping(of, "ways", place, line)
        if not declared:
            self.faults.add(line_of(of, "ways", line), f"{place}：缺少 ways，至少写一种统计方式")
        if kind is None or form is None:
            return None
        ways: dict[str, Quotient] = {}
        for way in declared:
            at = line_of(declared, way, line)
            made = self._quotient(declared[way], kind, form, f"{place}.ways.{way}", at)
            if made is not None:
                ways[str(way)] = made
        if not ways or not title:
            return None
        return Metric(
            title=title,
            kind=kind,
            form=form,
            units=units,
            nobody=nobody or "应统计月份",
            about=values.text(of, "about", place, line),
            every_month=every_month,
            ways=ways,
        )

    def _units(self, of: CommentedMap, place: str, line: int) -> tuple[str, str]:
        value = of.get("units")
        sound = isinstance(value, CommentedSeq) and len(value) == 2
        if not sound or not all(isinstance(unit, str) for unit in value):
            at = line_of(of, "units", line)
            self.faults.add(at, f"{place}.units：应写分子、分母的单位，如 [条, 人]")
            return "", ""
        return str(value[0]), str(value[1])

    def _quotient(self, of: Any, kind: Kind, form: str, place: str, line: int) -> Quotient | None:
        if not isinstance(of, CommentedMap):
            self.faults.add(line, f"{place}：应写 numerator 和 denominator")
            return None
        self.values.known_keys(of, ("numerator", "denominator"), place, line)
        if form == "count" and "denominator" in of:
            at = line_of(of, "denominator", line)
            self.faults.add(at, f"{place}.denominator：form: count 没有分母，请删去或改写 form")
        wanted = ("numerator",) if form == "count" else ("numerator", "denominator")
        made: dict[str, Amount] = {}
        for side in wanted:
            at = line_of(of, side, line)
            content = of.get(side)
            if not isinstance(content, CommentedMap):
                self.faults.add(at, f"{place}：缺少 {side}，应写 {{table: 表, …}}")
            elif (amount := self._amount(content, kind, f"{place}.{side}", at)) is not None:
                made[side] = amount
        return Quotient(**made) if len(made) == len(wanted) else None

    def _amount(self, of: CommentedMap, kind: Kind, place: str, line: int) -> Amount | None:
        values = self.values
        values.known_keys(of, _AMOUNT_KEYS, place, line)
        table = values.text(of, "table", place, line, needed=True)
        columns = _columns(table)
        if columns is None:
            known = {n: t.sheet for n, t in BY_NAME.items()} | dict.fromkeys(STAFF, "")
            at = line_of(of, "table", line)
            if table:
                self.faults.add(at, f"{place}.table：没有表『{table}』{suggestion(table, known)}")
            return None
        take = values.choice(of, "take", _TAKES, place, line) or "count"
        column = values.text(of, "column", place, line) or None
        if (take == "count") != (column is None):
            self.faults.add(
                line_of(of, "column", line), f"{place}：take: {take} {_column_rule(take)} column"
            )
        elif column and take == "sum":
            kinds = (Type.INTEGER, Type.NUMBER)
            self._column(columns, column, kinds, f"{place}.column", of, line)
        elif column:
            self._column(columns, column, None, f"{place}.column", of, line)
        month = values.text(of, "month", place, line) or "month"
        if "month" not in of and "month" not in columns:
            self.faults.add(line, f"{place}：缺少 month：按哪一列归入月份")
        else:
            self._column(columns, month, _MONTHS, f"{place}.month", of, line)
        decimals = self._decimals(columns.get(column or ""), take, f"{place}.column", of, line)
        reach = values.choice(of, "reach", _REACHES, place, line)
        if reach == "subtree" and kind == "officer":
            at = line_of(of, "reach", line)
            self.faults.add(at, f"{place}.reach：按个人统计的没有下级，只能写 own")
        return Amount(
            table=table,
            take=take,
            column=column,
            month=month,
            by=self._owner(of, columns, kind, table, place, line),
            reach="own" if kind == "officer" or table in STAFF else reach or "subtree",
            decimals=decimals,
            where=self._where(of, columns, place, line),
        )

    def _decimals(
        self, column: Column | None, take: str, place: str, of: CommentedMap, line: int
    ) -> int:
        """Return how many decimals the numbers that are added up may have."""
        if take != "sum" or column is None or column.type is not Type.NUMBER:
            return 0
        if column.decimals > _MOST_DECIMALS:
            self.faults.add(
                line_of(of, "column", line),
                f"{place}：『{column.header}』没有限定小数位数，请在 tables.yaml 这一列写 decimals"
                f"（不多于{_MOST_DECIMALS}），才能按月精确相加",
            )
            return 0
        return column.decimals

    def _owner(
        self,
        of: CommentedMap,
        columns: Mapping[str, Column],
        kind: Kind,
        table: str,
        place: str,
        line: int,
    ) -> str:
        """Return the column that names whose a row is; it must name candidates of the kind."""
        at = line_of(of, "by", line)
        usual = f"{kind}_id" if f"{kind}_id" in columns else SUBJECT
        by = self.values.text(of, "by", place, line) or usual
        whose = _WHOSE[kind]
        sheet = BY_NAME[whose].sheet
        fitting = {n: c.header for n, c in columns.items() if c.references in (whose, SUBJECT)}
        if by not in fitting and not (table == whose and columns.get(by, _NO_KEY).key):
            near = suggestion(by, fitting) or (f"，可用：{'、'.join(fitting)}" if fitting else "")
            self.faults.add(at, f"{place}.by：『{table}』的列『{by}』不指明『{sheet}』{near}")
        return by

    def _where(
        self, of: CommentedMap, columns: Mapping[str, Column], place: str, line: int
    ) -> dict[str, Condition]:
        declared = self.values.mapping(of, "where", place, line)
        found = {}
        for name in declared:
            at = line_of(declared, name, line_of(of, "where", line))
            head = f"{place}.where.{name}"
            if name not in columns:
                near = suggestion(str(name), {n: c.header for n, c in columns.items()})
                self.faults.add(at, f"{head}：没有这一列{near}")
                continue
            try:
                condition = Condition.model_validate(_plain(declared[name]))
            except ValidationError:
                self.faults.add(
                    at, f"{head}：条件的写法不对，如 {{kind: 移送}}、{{score: {{at_least: 60}}}}"
                )
                continue
            for sentence in _unfit(columns[name], condition):
                self.faults.add(at, f"{head}：{sentence}")
            found[str(name)] = condition
        return found

    def _column(
        self,
        columns: Mapping[str, Column],
        name: str,
        kinds: tuple[Type, ...] | None,
        place: str,
        of: CommentedMap,
        line: int,
    ) -> None:
        at = line_of(of, place.rpartition(".")[2], line)
        if name not in columns:
            near = suggestion(name, {n: c.header for n, c in columns.items()})
            self.faults.add(at, f"{place}：没有列『{name}』{near}")
        elif kinds is not None and columns[name].type not in kinds:
            words = "、".join(kind.value for kind in kinds)
            self.faults.add(
                at, f"{place}：列『{name}』是{columns[name].type.value}，这里只能是{words}"
            )


_NO_KEY = Column(name="", header="", type=Type.TEXT)


def _columns(table: str) -> dict[str, Column] | None:
    """Return the columns that an amount may name of a table; None when there is no such table."""
    if table in STAFF:
        kinds = {"unit_id": Type.CODE, "month": Type.MONTH, "entered": Type.BOOL}
        refer = {"unit_id": "units", "officer_id": "officers"}
        return {
            name: Column(
                name=name,
                header=header,
                type=kinds.get(name, Type.CODE),
                references=refer.get(name),
            )
            for name, header in STAFF_COLUMNS.items()
        }
    if table not in BY_NAME:
        return None
    derived = {
        name: Column(name=name, header=header, type=Type.DATE)
        for name, header in DERIVED_DAYS.get(table, {}).items()
    }
    return {c.name: c for c in BY_NAME[table].columns} | derived


def _column_rule(take: str) -> str:
    return "不写" if take == "count" else "要写"


def _plain(value: Any) -> Any:
    """Return what stands in the file as plain lists and mappings."""
    if isinstance(value, CommentedMap):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, CommentedSeq) else value


def _unfit(column: Column, condition: Condition) -> Iterator[str]:
    """Yield what a condition asks of a column that no cell of it can say."""
    (test,) = condition.model_fields_set
    given = getattr(condition, test)
    kind = column.type.value
    if condition.other_column is not None:
        yield "月度指标的条件不能与另一列比较"
        return
    if isinstance(given, bool):
        return
    if isinstance(given, str):
        yield f"月度指标的条件不能按选项的先后比较，{test} 应写整数"
        return
    if test in _TESTS:
        if column.type not in _TESTS[test]:
            kinds = "、".join(k.value for k in _TESTS[test])
            yield f"{test} 只用于{kinds}，『{column.header}』是{kind}"
        words = given if test in ("any_of", "all_of") else ()
    else:
        words = tuple(word for word in given if word is not None)
        wanted = _VALUES.get(column.type, str)
        if column.type is Type.LIST:
            yield "列表请用 any_of 或 all_of"
        elif column.type in (Type.DATE, Type.TIMESTAMP):
            yield "日期请用 years"
        elif any(type(word) is not wanted for word in words):
            how = {bool: "true 或 false", int: "整数", str: "文字"}[wanted]
            yield f"『{column.header}』是{kind}，应写{how}"
    for word in words:
        if column.vocabulary and word not in column.vocabulary:
            near = suggestion(str(word), column.vocabulary)
            yield f"『{column.header}』没有『{word}』这一选项{near}"
