"""Rules on monthly metrics: a threshold per month with a full-year award, and steps of a rate."""

from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.base.day_words import month_words
from dalian_eval.rubric.clauses import MonthlyClause, StepsClause
from dalian_eval.rubric.numbers import fraction_text, percent_text, points_text, ratio_text
from dalian_eval.rubric.vocabulary import METRICS, STEP_VARIANTS
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.exact import Ints, half_up, sums, times
from dalian_eval.scoring.facts import Candidates, Facts, Positions

Flags = npt.NDArray[np.bool_]


def months_of(facts: Facts, candidates: Candidates, metric: str, variant: str) -> pd.DataFrame:
    """Return the metric's rows of the candidates with their position, in order."""
    rows = facts.monthly
    chosen = np.flatnonzero(
        (rows["kind"] == candidates.kind)
        & (rows["metric"] == metric)
        & (rows["variant"] == variant)
        & rows["month"].isin(facts.months)
    )
    who = candidates.index_of(rows["candidate"].iloc[chosen])
    month = pd.Categorical(rows["month"].iloc[chosen], facts.months)
    known = np.flatnonzero(who >= 0)
    order = known[np.argsort(who[known] * len(facts.months) + month.codes[known], kind="stable")]
    figures = rows[["numerator", "denominator", "evidence"]].iloc[chosen[order]]
    figures = figures.reset_index(drop=True)
    return figures.assign(candidate=who[order], month=month[order])


def passes(numerator: pd.Series, denominator: pd.Series, at_least: Fraction) -> Flags:
    """Return whether each quotient reaches `at_least`, by integer cross-multiplication."""
    left = times(numerator.to_numpy(dtype=np.int64), at_least.denominator)
    right = times(denominator.to_numpy(dtype=np.int64), at_least.numerator)
    return np.asarray((denominator.to_numpy() > 0) & (left >= right), dtype=bool)


def counted_months(
    clause: MonthlyClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, Flags]:
    """Return the months that the clause has judged so far, and which of them passed.

    A ratio of staff needs the month's last day, so it waits for the month to end; a count may pass
    as soon as it is reached, and fails when the month is over.
    """
    rows = months_of(facts, candidates, clause.metric, clause.variant)
    if not clause.is_count:
        rows = rows[rows["month"].isin(facts.ended_months)].reset_index(drop=True)
    return rows, passes(rows["numerator"], rows["denominator"], clause.at_least)


def monthly(clause: MonthlyClause, facts: Facts, candidates: Candidates) -> pd.DataFrame:
    """Award each passing month its part, and what is missing to the full award for all of P.

    Under `every_month` false the part is given once, in the first passing month. Months that do
    not pass have an entry of 0 points with their numbers, and so has a full award that is not
    reached, with the months that stand in its way.
    """
    rows, passed = counted_months(clause, facts, candidates)
    who = rows["candidate"].to_numpy()
    earlier: Positions = np.cumsum(passed) - passed
    start = np.searchsorted(who, who)
    first = passed & (earlier == earlier[start]) if len(who) else passed
    earns = passed if clause.every_month else first
    points = np.where(earns, clause.points, 0)
    reasons = _sentences(clause, rows, passed, points, facts.rubric.period.year)
    months = awards(who, points, reasons, month=rows["month"].array, evidence=rows["evidence"])
    given = sums(who, points, len(candidates)).astype(np.int64)
    return texts.stack([months, _full_year(clause, facts, rows, passed, given)])


def passed_months(rows: pd.DataFrame, passed: Flags, size: int) -> Positions:
    """Return which months each candidate has passed, the first month of P as the lowest bit."""
    bit = np.int64(1) << rows["month"].cat.codes.to_numpy().astype(np.int64)
    return sums(rows["candidate"].to_numpy(), np.where(passed, bit, 0), size).astype(np.int64)


def _full_year(
    clause: MonthlyClause, facts: Facts, rows: pd.DataFrame, passed: Flags, given: Positions
) -> pd.DataFrame:
    """Return what is missing to the full award, or 0 points and the months it lacks."""
    period = facts.rubric.period.months
    ended = len(facts.ended_months)
    mask = passed_months(rows, passed, len(given))
    whole = mask == (1 << len(period)) - 1
    rest = np.where(whole, clause.full_year - given, 0)
    full = points_text(clause.full_year)

    def sentence(mask: int, given: int) -> str:
        if mask == (1 << len(period)) - 1:
            return (
                f"{len(period)}个月全部达标，得满分{full}分，除已计{points_text(given)}分外"
                f"补足{points_text(clause.full_year - given)}分"
            )
        failed = [m for i, m in enumerate(period[:ended]) if not mask >> i & 1]
        failed_months = "、".join(month_words(m, facts.rubric.period.year) for m in failed)
        count = mask.bit_count()
        if failed:
            return (
                f"{failed_months}未达标，{len(period)}个月全部达标的满分{full}分已不可得；"
                f"已达标{count}个月，计{points_text(given)}分"
            )
        return (
            f"{len(period)}个月全部达标得满分{full}分：已达标{count}个月，"
            f"其余{len(period) - count}个月尚未结束，暂不补足"
        )

    reasons = texts.sentences_of_rows([mask, given], lambda m, g: sentence(int(m), int(g)))
    return awards(np.arange(len(given)), rest, reasons)


def _sentences(
    clause: MonthlyClause, rows: pd.DataFrame, passed: Flags, points: Positions, year: int
) -> pd.Series:
    """Return each month's sentence: both sides of the test, what passing gives, the outcome.

    `year`: the year that a month need not name.
    """
    unit, metric = clause.unit_of_measure, METRICS[clause.metric]
    share = metric.form == "share"
    test = percent_text(clause.at_least) if share else f"{fraction_text(clause.at_least)}{unit}"
    worth = points_text(clause.points)

    def figure(n: int, d: int) -> str:
        if clause.is_count:
            return f"{n}{unit}"
        top, bottom = f"{n}{metric.units[0]}", f"{d}{metric.units[1]}"
        if not d:
            return f"{top}/{bottom}"
        value = ratio_text(n * 100, d) + "%" if share else ratio_text(n, d) + unit
        return f"{top}/{bottom}＝{value}"

    def sentence(month: str, n: int, d: int, ok: bool, got: int) -> str:
        begin = f"{month_words(month, year)}{clause.what}{figure(n, d)}"
        if not d:
            return f"{begin}，当月没有{metric.nobody}，不能达到{test}（达到得{worth}分），得0分"
        if not ok:
            return f"{begin}，未达到{test}（达到得{worth}分），得0分"
        if not got:
            return f"{begin}，达到{test}，得0分（每年只计一次{worth}分，已计）"
        return f"{begin}，达到{test}，得{points_text(got)}分"

    columns = [rows["month"].astype("str"), rows["numerator"], rows["denominator"], passed, points]
    return texts.sentences_of_rows(
        columns, lambda m, n, d, ok, p: sentence(m, int(n), int(d), ok, int(p))
    )


def steps(clause: StepsClause, facts: Facts, candidates: Candidates) -> pd.DataFrame:
    """Award by the year's rate so far: `points` at the threshold, more per step above it.

    Below it, the fallback on the completed rate. Everybody has an entry.
    """
    frames = {
        variant: months_of(facts, candidates, clause.metric, variant) for variant in STEP_VARIANTS
    }
    ended = {v: f[f["month"].isin(facts.ended_months)] for v, f in frames.items()}
    size = len(candidates)
    top, bottom = _rate(ended["immediate"], size, clause.pooled)
    full_top, full_bottom = _rate(ended["completed"], size, clause.pooled)
    test, back = clause.at_least, clause.fallback
    due = bottom > 0
    safe = np.where(due, bottom, 1)
    reached = due & (times(top, test.denominator) >= times(bottom, test.numerator))
    # (rate − threshold) / step, as numerator over denominator
    above = times(
        times(top, test.denominator) - times(safe, test.numerator), clause.step.denominator
    )
    per = times(safe, test.denominator * clause.step.numerator)
    more = (
        times(above // per, clause.step_points)
        if clause.whole_steps
        else half_up(times(above, clause.step_points), per)
    )
    fell_back = (
        due
        & ~reached
        & (
            times(full_top, back.at_least.denominator)
            >= times(full_bottom, back.at_least.numerator)
        )
    )
    points = np.where(reached, clause.points + more, np.where(fell_back, back.points, 0))
    points = points.astype(np.int64)
    reasons = _steps_sentences(clause, (top, bottom), (full_top, full_bottom), reached, points)
    rows = ended["immediate"]
    return awards(np.arange(size), points, reasons, evidence=_evidence(rows, size))


def _rate(rows: pd.DataFrame, size: int, pooled: bool) -> tuple[Ints, Ints]:
    """Return each candidate's rate as exact numerator and denominator (0 when nothing was due).

    Not pooled: the mean of the monthly rates, months with nothing due left out.
    """
    who = rows["candidate"].to_numpy()
    top, bottom = (rows[side].to_numpy(dtype=np.int64) for side in ("numerator", "denominator"))
    if pooled:
        return sums(who, top, size), sums(who, bottom, size)
    due = bottom > 0
    who, top, bottom = who[due], top[due], bottom[due]
    shared = np.ones(size, dtype=object)
    np.frompyfunc(lcm, 2, 1).at(shared, who, bottom.astype(object))
    parts = times(top, shared[who] // bottom)
    counts = np.bincount(who, minlength=size)
    return sums(who, parts, size), times(shared, counts)


def _evidence(rows: pd.DataFrame, size: int) -> pd.Series:
    exploded = rows[["candidate", "evidence"]].explode("evidence").dropna()
    return lists(exploded["candidate"], exploded["evidence"].astype("int64"), size)


def _steps_sentences(
    clause: StepsClause,
    immediate: tuple[Ints, Ints],
    completed: tuple[Ints, Ints],
    reached: Flags,
    points: Positions,
) -> pd.Series:
    """Return each candidate's sentence: the rates, both tests, what each gives, the outcome."""
    test, back = percent_text(clause.at_least), percent_text(clause.fallback.at_least)
    step = "每满" if clause.whole_steps else "按比例每"
    rule = (
        f"达到{test}得{points_text(clause.points)}分，超出部分{step}"
        f"{fraction_text(clause.step * 100)}个百分点加{points_text(clause.step_points)}分"
    )
    fallback = f"补全率达到{back}得{points_text(clause.fallback.points)}分"
    what = pd.Series(clause.what, index=range(len(points)), dtype="str")
    got = texts.points_texts(points)
    more = texts.points_texts(points - clause.points)
    now = texts.join_columns([what, "即时", _rate_texts(*immediate)])
    later = texts.join_columns([_rate_texts(*completed)])
    passed = texts.join_columns([now, f"，{rule}，加", more, "分，共", got, "分"])
    verdict = pd.Series(np.where(points > 0, "达到", "未达到"), dtype="str")
    failed = texts.join_columns(
        [
            now,
            f"未达到{test}（{rule}），补全",
            later,
            verdict,
            f"{back}（{fallback}），得",
            got,
            "分",
        ]
    )
    nothing = f"{clause.what}：没有{METRICS[clause.metric].nobody}，得0分（{rule}；否则{fallback}）"
    return passed.where(reached, failed).where(immediate[1] > 0, nothing)


def _rate_texts(top: Ints, bottom: Ints) -> pd.Series:
    numbers = [pd.Series(top).astype("str"), "/", pd.Series(bottom).astype("str"), "）"]
    return texts.join_columns([texts.ratio_texts(times(top, 100), bottom, 4), "%（", *numbers])
