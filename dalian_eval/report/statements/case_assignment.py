"""No case twice (附件4 note 3) for one candidate: what each case serves, and what else it could."""

from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.base.points import needs_four, plain
from dalian_eval.report.views.chosen_readings import ChosenReading, readings_of
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.sentences import exclusive_rule, indicator_title


@dataclass(frozen=True)
class ServedCase:
    """A case that qualifies for several indicators: their titles, the one it serves, the next."""

    case: str
    qualifies: tuple[str, ...]
    serves: str
    following: str


@dataclass(frozen=True)
class Indicator:
    """What an indicator gives under the choice and under the next best (None: there is none)."""

    title: str
    points: int
    following: int | None


@dataclass(frozen=True)
class CaseUse:
    """A candidate's assignment under `rule` and `readings`.

    `following`: the total of the next best that gives other points, None if there is none.
    """

    rule: str
    readings: tuple[ChosenReading, ...]
    cases: tuple[ServedCase, ...]
    indicators: tuple[Indicator, ...]
    total: int
    following: int | None

    @property
    def mixed(self) -> bool:
        """Whether the indicators' points have to be shown with four decimals."""
        return needs_four(p for i in self.indicators for p in (i.points, i.following or 0))

    @property
    def told(self) -> str:
        """The totals of the choice and of the next best, in a sentence."""
        now = f"按现归属，总分{plain(self.total)}分"
        if self.following is None:
            return f"{now}；没有各项得分与此不同的其他归属"
        if self.following == self.total:
            return f"{now}；次优归属的各项得分不同，总分相同"
        less = plain(self.total - self.following)
        return f"{now}；按次优归属，总分{plain(self.following)}分，少{less}分"


def case_use(view: RunView, kind: str, candidate: str) -> CaseUse | None:
    """Return a candidate's assignment; None when no case qualifies for several indicators."""
    rows = view.rows_of("assignments", kind, candidate)
    if rows.empty:
        return None
    section = view.section(kind)
    titles = {name: indicator_title(section, name) for name in section.exclusive}
    clauses = [clause for group in section.exclusive.values() for clause in group]
    return CaseUse(
        rule=exclusive_rule(section),
        readings=tuple(
            reading
            for reading in readings_of(view, clauses[0])
            if all(reading in readings_of(view, clause) for clause in clauses)
        ),
        cases=tuple(_case(str(case), found, titles) for case, found in rows.groupby("case")),
        indicators=tuple(
            Indicator(title, int(its["points"].iloc[0]), _optional(its["next_points"]))
            for name, title in titles.items()
            if len(its := rows[rows["indicator"] == name])
        ),
        total=int(rows["total"].iloc[0]),
        following=_optional(rows["next_total"]),
    )


def _case(case: str, rows: pd.DataFrame, titles: dict[str, str]) -> ServedCase:
    def named(chosen: pd.Series) -> str:
        return "、".join(titles[name] for name in titles if name in set(chosen))

    return ServedCase(
        case=case,
        qualifies=tuple(titles[name] for name in titles if name in set(rows["indicator"])),
        serves=named(rows.loc[rows["serves"], "indicator"]),
        following=named(rows.loc[rows["next_serves"], "indicator"]),
    )


def _optional(values: pd.Series) -> int | None:
    """Return the first value, the same in all rows; None when they are blank."""
    return int(values.iloc[0]) if values.notna().all() else None
