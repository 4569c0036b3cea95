"""What a table, a column and a data contract are: what `tables.yaml` is read into."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Literal


class Type(Enum):
    """The kinds of value a cell can hold; the value is the Chinese word shown to users.

    In a file of declarations a type is written as its name in small letters.
    """

    CODE = "编码"
    CASE_NUMBER = "案件编号"
    TEXT = "文本"
    DATE = "日期"
    MONTH = "月份"
    TIMESTAMP = "时间"
    BOOL = "是否"
    INTEGER = "整数"
    NUMBER = "数值"
    LIST = "列表"


SUBJECT = "subject"
"""What references a row of 单位 or 人员, by the row's 对象类型."""

_SAYS_NO_NAME = (Type.DATE, Type.MONTH, Type.TIMESTAMP, Type.BOOL, Type.INTEGER, Type.NUMBER)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a canonical table.

    `name` is the column in Parquet and in code, `header` the one in the exports. A blank is
    accepted unless the column is part of the key or `required`. `references` names the table
    whose key the value must be found in (`subject`: 单位 or 人员, by the row's 对象类型),
    `mentions` one whose key it may be found in.
    `vocabulary` is closed: any other value is a bad cell. `minimum`/`maximum` bound numbers;
    `hundred` marks marks out of 100 (百分制), which people also write as percentages.
    `decimals` is the most decimals a NUMBER may have. `open_ended` marks a date until which
    something holds: 长期 is a blank there; `may_lie_ahead` a date that is sound after as-of.
    `fixed`: the program goes by the words of the vocabulary, so that a project adds none.
    `synonyms` are further headers of exports.
    """

    name: str
    header: str
    type: Type
    key: bool = False
    required: bool = False
    vocabulary: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    hundred: bool = False
    decimals: int = 18
    open_ended: bool = False
    references: str | None = None
    mentions: str | None = None
    may_lie_ahead: bool = False
    fixed: bool = False
    synonyms: tuple[str, ...] = ()
    note: str = ""
    example: str = ""

    @property
    def mandatory(self) -> bool:
        """Whether a blank cell quarantines the row."""
        return self.key or self.required

    @property
    def impersonal(self) -> bool:
        """Whether no value can name a person, company, case or record.

        So it is with dates, numbers, closed vocabularies and units, never with free text.
        """
        return bool(self.vocabulary) or self.type in _SAYS_NO_NAME or self.references == "units"


Need = Literal["required", "usual", "occasional"]
"""Whether a table must be there, is waited for, or comes only when there is something to say."""


@dataclass(frozen=True)
class YearBefore:
    """How a row finds that of the same thing a year before: equal in `same`, years told `by`.

    `by` is a year (INTEGER), a month or a date. Of several rows in one year the last counts.
    """

    same: tuple[str, ...]
    by: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """One canonical table: English `name`, Chinese `sheet`, what it holds, its columns in order.

    `event`: the date that decides whether a row counts; without it the row never does. `span`: the
    dates that begin and end what a row tells; `ascending`: numbers of which each is at most the
    next; `year_before`: how last year's row of the same thing is found.
    """

    name: str
    sheet: str
    note: str
    columns: tuple[Column, ...]
    need: Need = "usual"
    event: str | None = None
    span: tuple[str, ...] = ()
    ascending: tuple[str, ...] = ()
    year_before: YearBefore | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; empty when only whole rows identify a row."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def waits_for(self) -> frozenset[str]:
        """The other tables against whose rows its own are held: they must be read before it.

        A table that names people, be it by certificate or name, waits for 任职, which tells who is
        where.
        """
        found = {name for c in self.columns for name in (c.references, c.mentions) if name}
        if SUBJECT in found:
            found |= {"units", "officers"}
        if "officers" in found and self.name != "postings":
            found.add("postings")
        return frozenset(found - {SUBJECT, self.name})

    def __getitem__(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def __contains__(self, name: str) -> bool:
        """Whether the table has a column called `name`."""
        return any(c.name == name for c in self.columns)


@dataclass(frozen=True)
class Contract:
    """A data contract: its tables in order."""

    tables: tuple[Table, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """The tables by their names."""
        return {table.name: table for table in self.tables}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every declaration."""
        return hashlib.sha256(repr(self.tables).encode()).hexdigest()
