"""How far officers can be told apart in the public edition: dates, small groups, who stands alone.

A pseudonym hides a name, not a fact that only one officer fits. Days in the officers' sentences
become months; a month that fewer officers share than the parameters ask for is left out; units
with fewer officers than that stand together. What can still single somebody out is counted.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Rubric
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.sensitivity.certificates import DEPENDS

_DAY = re.compile(
    r"(?P<iso>\d{4}-\d{2})-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?"
    r"|(?P<written>(?:\d{4}年)?\d{1,2}月)\d{1,2}日"
)
_MONTH = re.compile("\x00([^\x00]+)\x00")
"""A month that was a day, as it stands between the two passes."""

_SOME_MONTH = "某月"
TOGETHER = "人数较少或未注明的单位"
"""Under which name the officers of small units, and the few without one, stand."""


def public_days(rubric: Rubric, as_of: str) -> frozenset[str]:
    """Return the days that concern everybody: of the period, the rubric and the evaluation.

    As yyyy-mm-dd and as sentences write them.
    """
    until = {c.provisional_until for c in rubric.officer.clauses.values()}
    period = rubric.period
    known = {period.start, period.end, dt.date.fromisoformat(as_of), *until}
    days = [day for day in known if day is not None]
    words = (day_words(day, year) for day in days for year in (None, period.year))
    return frozenset((*(day.isoformat() for day in days), *words))


def blur_officers(view: RunView, least: int) -> RunView:
    """Return a projected view in which no day and no small group tells one officer from others.

    `least`: how many officers must share a unit, or a month of a clause, for it to be told.
    """
    return replace(
        view,
        ledger=_blurred_ledger(view, least),
        scores=_grouped_units(view.scores, least),
    )


def _blurred_ledger(view: RunView, least: int) -> pd.DataFrame:
    """Return the ledger: officers' days as months, months that too few share left out.

    The months of monthly clauses stay: they are figures of monthly.csv, and everybody has them.
    """
    ledger = view.ledger
    officers = ledger["kind"] == "officer"
    kept = public_days(view.rubric, view.as_of)
    rows = ledger[officers]
    reasons = rows["reason"].map(lambda text: _days_marked(text, kept))
    monthly = {n for n, c in view.rubric.officer.clauses.items() if isinstance(c, MonthlyClause)}
    months = rows["month"].mask(rows["clause"].isin(monthly), "")
    year = view.rubric.period.year
    shared = _shared_months(rows, reasons, months, least, year)

    def told(clause: str, text: str) -> str:
        def month(told: re.Match[str]) -> str:
            return told[1] if (clause, _month_key(told[1], year)) in shared else _SOME_MONTH

        return _MONTH.sub(month, text)

    pairs = zip(rows["clause"], months, strict=True)
    hidden = [month != "" and (clause, month) not in shared for clause, month in pairs]
    result = ledger.copy()
    result.loc[officers, "reason"] = [
        told(clause, text) for clause, text in zip(rows["clause"], reasons, strict=True)
    ]
    result.loc[officers, "month"] = rows["month"].mask(pd.Series(hidden, index=rows.index), "")
    return result


def _days_marked(text: str, kept: frozenset[str]) -> str:
    def marked(match: re.Match[str]) -> str:
        if _is_kept(match, kept):
            return match[0]
        return f"\x00{match['iso'] or match['written']}\x00"

    return _DAY.sub(marked, text)


def _shared_months(
    rows: pd.DataFrame, reasons: pd.Series, months: pd.Series, least: int, year: int
) -> set[tuple[str, str]]:
    """Return the (clause, yyyy-mm) of facts that at least `least` officers have in common."""
    who: dict[tuple[str, str], set[str]] = {}
    columns = (rows["clause"], rows["candidate"], reasons, months)
    for clause, candidate, reason, month in zip(*columns, strict=True):
        written = (_month_key(told, year) for told in _MONTH.findall(reason))
        for told in (*written, *([month] if month else ())):
            who.setdefault((clause, told), set()).add(candidate)
    return {key for key, candidates in who.items() if len(candidates) >= least}


def _month_key(told: str, year: int) -> str:
    """Return a month of a sentence as yyyy-mm; one without a year is of `year`."""
    if "月" not in told:
        return told
    own, _, month = told.removesuffix("月").rpartition("年")
    return f"{int(own or year):04d}-{int(month):02d}"


def _grouped_units(scores: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return the scores with the officers of small units, and as many more, under one name.

    Who has no unit is one of a group, too: the only one would stand out.
    """
    officers = scores["kind"] == "officer"
    sizes = scores.loc[officers, "unit"].value_counts()
    by_size = sorted(sizes.items(), key=lambda one: (one[1], str(one[0])))
    together: set[str] = set()
    count = 0
    for unit, size in by_size:
        if size >= least and (not together or count >= least):
            break
        together.add(str(unit))
        count += int(size)
    return scores.assign(
        unit=scores["unit"].mask(officers & scores["unit"].isin(together), TOGETHER)
    )


def standing_alone(view: RunView, certificates: pd.DataFrame, least: int) -> dict[str, int]:
    """Return by what officers of a blurred view can still be told apart, and how many of them.

    Counted is who shares a value with fewer than `least` officers in all, himself included.
    `certificates`: the rows of sensitivity.csv.
    """
    kind = "officer"
    scores = view.scores[view.scores["kind"] == kind]
    clauses = view.clauses[(view.clauses["kind"] == kind) & view.clauses["clause"].ne(kind)]
    monthly = view.monthly[view.monthly["kind"] == kind]
    rows = view.ledger[view.ledger["kind"] == kind]
    told = [
        (r.candidate, r.clause, month)
        for r in rows.itertuples()
        for month in (*_days(str(r.reason), public_days(view.rubric, view.as_of)),)
    ]
    days = pd.DataFrame(told, columns=["candidate", "clause", "day"])
    certificates = certificates[certificates["kind"] == kind]
    depending = certificates[certificates["vetoed"] == DEPENDS]
    counted = {
        "总分": (scores, ["total"]),
        "某一条款的得分": (clauses, ["clause", "status", "points"]),
        "某月的指标数": (monthly, ["month", "metric", "numerator", "denominator"]),
        "所在单位": (scores, ["unit"]),
        "得分状态": (scores, ["status"]),
        "某一条款的计分方式": (rows, ["clause", "rule"]),
        "某一条款的说明文字": (rows, ["clause", "reason"]),
        "某一条款的依据行数": (rows, ["clause", "evidence"]),
        "案卷抽取": (
            view.draw[view.draw["kind"] == kind],
            ["slot", "source", "eligible", "reason"],
        ),
        "某一条款中的日期": (days, ["clause", "day"]),
        "被否决": (scores[scores["vetoed"]], ["vetoed"]),
        "各种口径下的总分与名次": (
            certificates,
            ["total_min", "total_max", "rank_best", "rank_worst"],
        ),
        "是否否决视口径而定": (depending, ["vetoed"]),
    }
    return {what: _few(frame, by, least) for what, (frame, by) in counted.items()}


def _days(text: str, kept: frozenset[str]) -> Iterable[str]:
    return (m[0] for m in _DAY.finditer(text) if not _is_kept(m, kept))


def _is_kept(match: re.Match[str], kept: frozenset[str]) -> bool:
    day = match[0][:10] if match["iso"] else match[0]
    return day in kept


def _few(frame: pd.DataFrame, by: list[str], least: int) -> int:
    """Return how many candidates share a value of `by` with fewer than `least` in all."""
    if frame.empty:
        return 0
    sizes = frame.groupby(by, dropna=False)["candidate"].transform("nunique")
    return int(frame.loc[sizes < least, "candidate"].nunique())
