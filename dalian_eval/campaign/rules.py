"""What a bureau decides about its campaign where the plan gives no formula (本局口径).

The block `campaign:` of a year's parameter file. Every value has a default; unknown keys are
refused. Weights are whole numbers, spans are days with both ends included: nothing is a float.
"""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from dalian_eval.campaign.deadline_rules import Deadline, StrictRules
from dalian_eval.rubric.period import Period
from dalian_eval.schema.registrations import FILES, TIES
from dalian_eval.schema.tables import BY_NAME, SHIPPED

OWN_READING = "本局口径"
"""The label of whatever follows from these rules and not from the plan."""

STUDY, CONTEST, REVIEW, COMPARISON, SELECTION = SHIPPED.by_name["activities"]["kind"].vocabulary
"""The five activities of 五个一."""

LEAD, COLUMN, BRIEFING, REPORT = SHIPPED.by_name["publicity"]["kind"].vocabulary
"""The kinds of 宣传: 报道线索, 铁军风采, 简报, 专题报告."""

METRICS = {
    "entry_ratio": "人员录入比例",
    "per_capita": "人均有效记录",
    "cases_per_head": "人均办结案件",
    "file_score": "案卷平均分",
    "leads_in_time": "线索按期办结率",
    "publicity_leads": "报道线索",
}
"""The metrics of 效能评比 by name, in the order they are shown."""

RISKS = ("证据", "法律适用", "处罚决定", "程序")
"""The risks a file bound for the province or the city is looked through for (附件2·三)."""

Every = Literal["week", "month", "quarter"]
Days = Annotated[int, Field(ge=0, le=366)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class Span(StrictRules):
    """Days from `start` to `end`, both included; `name` says what they are."""

    start: dt.date
    end: dt.date
    name: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.end < self.start:
            raise ValueError(f"结束日期{self.end}早于开始日期{self.start}")
        return self


class Duty(StrictRules):
    """One of 五个一: how often, by whom, and how many days after its due day it counts as late.

    `scope`: every regional bureau (unit), or anybody once for the whole bureau (bureau).
    """

    every: Every
    scope: Literal["unit", "bureau"] = "unit"
    late_days: Days = 7


class LeastWorkdays(StrictRules):
    """From how many working days within the window on a week, month or quarter is owed."""

    week: Count = 3
    month: Count = 5
    quarter: Count = 20


class RosterRules(StrictRules):
    """The selection of contestants: how many."""

    stated_elsewhere: ClassVar = {"decisions": TIES}

    contestants: Annotated[int, Field(ge=2, le=16)] = 10


def _known(names: dict[str, object], allowed: tuple[str, ...], what: str) -> None:
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise ValueError(f"{what}『{unknown[0]}』不认识，只能是{'、'.join(allowed)}")


def _duties(duties: dict[str, Duty]) -> dict[str, Duty]:
    _known({**duties}, BY_NAME["activities"]["kind"].vocabulary, "活动类型")
    return duties


def _weights(weights: dict[str, int]) -> dict[str, int]:
    _known({**weights}, tuple(METRICS), "指标")
    if not any(weights.values()):
        raise ValueError("各项权重不能都是0")
    return weights


def _features(kinds: tuple[str, ...]) -> tuple[str, ...]:
    _known(dict.fromkeys(kinds), BY_NAME["publicity"]["kind"].vocabulary, "宣传类型")
    return kinds


def _themes(themes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    for theme, words in themes.items():
        if not words or not all(words):
            raise ValueError(f"专项宣传主题『{theme}』须至少写一个不为空的关键词")
    return themes


def _questions(questions: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    _known({**questions}, RISKS, "风险")
    empty = [risk for risk, asked in questions.items() if not all(q.strip() for q in asked)]
    if empty:
        raise ValueError(f"『{empty[0]}』的审查要点不能为空")
    return questions


class PreReview(StrictRules):
    """Which files are looked through before the province or the city sees them, and for what.

    `official`, `drawn`: those that a higher office drew, those that the program drew; those that
    登记 names come besides. `most`: how many files at most, those of 登记 first, then the official
    ones. `questions`: by risk, what no data tells and a person has to look at.
    """

    stated_elsewhere: ClassVar = {"cases": FILES}

    official: bool = True
    drawn: bool = True
    most: Count = 2000
    questions: Annotated[dict[str, tuple[str, ...]], AfterValidator(_questions)] = Field(
        default_factory=lambda: {
            "证据": ("违法主体认定准确", "证据足以证明违法事实，来源和取得方式合法"),
            "法律适用": ("定性准确，所引条款与违法事实相符、现行有效",),
            "处罚决定": ("处罚种类、幅度与情节相当，裁量理由写明",),
            "程序": ("告知、听证、审核、集体讨论、送达等手续齐全，期限合法",),
        }
    )


def _ids_once(deadlines: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    ids = [deadline.id for deadline in deadlines]
    twice = [one for one in ids if ids.count(one) > 1]
    if twice:
        raise ValueError(f"编号『{twice[0]}』用了不止一次")
    return deadlines


class CampaignRules(StrictRules):
    """The block `campaign:` of a parameter file.

    `window`: the days of 五个一 and of the weekly leads, by default July to 15 October of the
    year; `whole_year`: the evaluation period instead. `holidays`, `workdays`: public holidays and
    the make-up workdays (调休). `unit_kinds`: the 类型 of units that are regional bureaus.
    `weights`: of the metrics of 效能评比. `team`, `nominations`: officers of an all-round team,
    officers proposed to the city per quarter. `columns`: 铁军风采 to be accepted. `features`: the
    kinds of 宣传 that count as a feature on one of the `themes`, by words of its title. `merit`:
    the last place of the city's ranking that is proposed for 记功嘉奖. `roster`: the selection of
    contestants; `calendar`: the plan's dates.
    """

    window: Span | None = None
    whole_year: bool = False
    unit_kinds: tuple[str, ...] = ("区域性执法局",)
    activities: Annotated[dict[str, Duty], AfterValidator(_duties)] = Field(
        default_factory=lambda: {
            STUDY: Duty(every="week", late_days=3),
            CONTEST: Duty(every="month"),
            REVIEW: Duty(every="month"),
            COMPARISON: Duty(every="month"),
            SELECTION: Duty(every="quarter", late_days=15),
        }
    )
    least_workdays: LeastWorkdays = Field(default_factory=LeastWorkdays)
    holidays: tuple[Span, ...] = ()
    workdays: tuple[dt.date, ...] = ()
    weights: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=1000)]], AfterValidator(_weights)
    ] = Field(default_factory=lambda: dict.fromkeys(METRICS, 1))
    team: Count = 5
    nominations: Count = 3
    columns: Count = 3
    prereview: PreReview = Field(default_factory=PreReview)
    merit: Count = 10
    features: Annotated[tuple[str, ...], AfterValidator(_features)] = (COLUMN, BRIEFING, REPORT)
    themes: Annotated[dict[str, tuple[str, ...]], AfterValidator(_themes)] = Field(
        default_factory=dict
    )
    roster: RosterRules = Field(default_factory=RosterRules)
    calendar: Annotated[tuple[Deadline, ...], AfterValidator(_ids_once)] = ()

    @property
    def dates(self) -> dict[str, str]:
        """The titles of the plan's dates by id."""
        return {one.id: one.title for one in self.calendar}

    def span(self, year: int, period: Period) -> Span:
        """Return the days in which activities are owed, in the rubric year `year`."""
        if self.whole_year:
            return Span(start=period.start, end=period.end)
        return self.window or Span(start=dt.date(year, 7, 1), end=dt.date(year, 10, 15))
