"""The plan's dates as an analyst writes them in a year's parameters; `deadlines` judges them."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dalian_eval.schema.model import Type
from dalian_eval.schema.registrations import DATES, where_to_state
from dalian_eval.schema.tables import BY_NAME


class StrictRules(BaseModel):
    """A block of parameters that refuses unknown keys.

    `stated_elsewhere`: keys of earlier years that stated facts of the month, and the 事项 under
    which 登记 has them now. One that states something is refused, an empty one left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stated_elsewhere: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _state_nothing(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        for key, matter in cls.stated_elsewhere.items():
            if given.get(key):
                where = where_to_state(matter)
                raise ValueError(f"{key} 不再写在参数里：请删去，改{where}，和其他报送表放在一起")
        return {key: value for key, value in given.items() if key not in cls.stated_elsewhere}


class Proof(StrictRules):
    """Rows of a table that show a deadline was met: at least `least` of them.

    `where`: the allowed values per column; `mentions`: words per column of text, one of which must
    stand in it; `date`: the column that says when, counted from `since` on. Without a date it is
    known that it was done, not when.
    """

    table: str
    where: dict[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    mentions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    date: str | None = None
    since: dt.date | None = None
    least: Annotated[int, Field(ge=1, le=10_000)] = 1

    @model_validator(mode="after")
    def _known(self) -> "Proof":
        if self.table not in BY_NAME:
            raise ValueError(f"没有『{self.table}』这张表")
        table = BY_NAME[self.table]
        for name in (*self.where, *self.mentions, *([self.date] if self.date else [])):
            if name not in table:
                raise ValueError(f"『{table.sheet}』表没有『{name}』这一列")
        if self.date and table[self.date].type is not Type.DATE:
            raise ValueError(f"『{table.sheet}』表的『{self.date}』不是日期列")
        for name, values in self.where.items():
            allowed = table[name].vocabulary
            wrong = [value for value in values if allowed and value not in allowed]
            if wrong:
                raise ValueError(f"『{table.sheet}』表的『{name}』不会是『{wrong[0]}』")
        if self.since and not self.date:
            raise ValueError("写了 since 就要写 date（按哪一列的日期）")
        return self


class Deadline(StrictRules):
    """A date of the plan: what is due, who owes it, where the plan says so.

    `proof`: rows that show it, where a table can; `note`: what the reader must know, as where the
    plan contradicts itself. That it was met is stated in 登记, by its title or id.
    """

    stated_elsewhere: ClassVar = {"stated": DATES}

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    date: dt.date
    title: Annotated[str, Field(min_length=1)]
    who: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    proof: Proof | None = None
    note: str = ""
