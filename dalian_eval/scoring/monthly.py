"""Rules on monthly metrics: a threshold per month with a full-year award, and steps of a rate."""

from fractions import Fraction

import numpy as np
import pandas as pd

from dalian_eval.rubric.model import MonthlyClause, StepsClause
from dalian_eval.scoring.awards import awards, joined, none, verbs
from dalian_eval.scoring.exact import Ints, half_up, points_text, ratio_text
from dalian_eval.scoring.facts import Candidates, Facts


def _metric(facts: Facts, candidates: Candidates, metric: str, variant: str) -> pd.DataFrame:
    """Return the metric's rows of the candidates with their position, in order."""
    rows = facts.monthly
    rows = rows[
        (rows["kind"] == candidates.kind)
        & (rows["metric"] == metric)
        & (rows["variant"] == variant)
        & rows["month"].isin(facts.months)
    ]
    index = candidates.index_of(rows["candidate"])
    rows = rows.assign(candidate=index)[index >= 0]
    return rows.sort_values(["candidate", "month"], ignore_index=True)


def passes(numerator: pd.Series, denominator: pd.Series, at_least: Fraction) -> pd.Series:
    """Return whether each quotient reaches `at_least`, by integer cross-multiplication."""
    left = numerator.astype("int64") * at_least.denominator
    right = denominator.astype("int64") * at_least.numerator
    return (denominator > 0) & (left >= right)


def monthly(clause: MonthlyClause, facts: Facts, candidates: Candidates) -> pd.DataFrame:
    """Award each passing month its part, and what is missing to the full award for all twelve.

    Under `every_month` false the part is given once, in the first passing month. Months that do
    not pass have an entry of 0 points with their numbers. A ratio of staff needs the month's last
    day, so it waits for the month to end; a count may pass as soon as it is reached.
    """
    rows = _metric(facts, candidates, clause.metric, clause.variant)
    if clause.metric != "uploads":
        rows = rows[rows["month"].isin(facts.ended_months)]
    passed = passes(rows["numerator"], rows["denominator"], clause.at_least)
    first = passed & ~rows["candidate"].where(passed).duplicated()
    earns = passed if clause.every_month else first
    points = np.where(earns, clause.points, 0)
    sentences = _sentences(clause, rows, passed, pd.Series(points, index=rows.index))
    months = awards(rows["candidate"], rows["month"], points, sentences, rows["evidence"])

    passes_per = np.bincount(rows["candidate"][passed], minlength=len(candidates))
    whole = np.flatnonzero(passes_per == len(facts.rubric.period.months))
    given = np.zeros(len(candidates), dtype=np.int64)
    np.add.at(given, rows["candidate"].to_numpy(), points)
    rest = clause.full_year - given[whole]
    full = [
        f"{len(facts.rubric.period.months)}个月全部达标，得满分{points_text(clause.full_year)}分，"
        f"除已计{points_text(g)}分外补足{points_text(r)}分"
        for g, r in zip(given[whole], rest, strict=True)
    ]
    extra = awards(whole, [""] * len(whole), rest, full, [()] * len(whole))
    return pd.concat([months, extra], ignore_index=True)


def _sentences(
    clause: MonthlyClause, rows: pd.DataFrame, passed: pd.Series, points: pd.Series
) -> pd.Series:
    """Return each month's sentence: both sides of the test and the outcome."""
    test = clause.at_least
    if clause.metric == "uploads":
        numbers = rows["numerator"].astype("str") + clause.unit_of_measure
        threshold = f"{test}{clause.unit_of_measure}"
    elif test <= 1:
        share = _quotients(rows, 100).astype("str") + "%"
        numbers = (
            joined([rows["numerator"], rows["denominator"]], f"{clause.unit_of_measure}/")
            + (clause.unit_of_measure + "＝")
            + share
        )
        threshold = f"{ratio_text(test.numerator * 100, test.denominator, 0)}%"
    else:
        numbers = (
            joined([rows["numerator"], rows["denominator"]], "条/")
            + "人＝"
            + _quotients(rows, 1)
            + clause.unit_of_measure
        )
        threshold = f"{test}{clause.unit_of_measure}"
    verdict: pd.Series = passed.map({True: f"，达到{threshold}，", False: f"，未达到{threshold}，"})
    nobody = f"，当月没有应统计人员，不能达到{threshold}，"
    verdict = verdict.where(rows["denominator"] != 0, nobody)
    again = passed & (points == 0)
    note = again.map({True: "（只计一次，已计）", False: ""})
    what = pd.Series(clause.what, index=rows.index, dtype="str")
    return joined([rows["month"], what, numbers, verdict, verbs(points), note])


def _quotients(rows: pd.DataFrame, times: int) -> pd.Series:
    """Return quotients with two decimals, — where nothing is to be divided by."""
    pairs = zip(rows["numerator"], rows["denominator"], strict=True)
    return pd.Series(
        [ratio_text(int(n) * times, int(d)) if d else "—" for n, d in pairs],
        index=rows.index,
        dtype="str",
    )


def steps(
    clause: StepsClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, pd.Series]:
    """Award by the year's rate so far: `points` at the threshold, more per step above it.

    Below it, the fallback on the completed rate. Returns the awards and the zero sentences.
    """
    frames = {
        variant: _metric(facts, candidates, clause.metric, variant)
        for variant in ("immediate", "completed")
    }
    ended = {v: f[f["month"].isin(facts.ended_months)] for v, f in frames.items()}
    size = len(candidates)
    top, bottom = _rate(ended["immediate"], size, clause.pooled)
    full_top, full_bottom = _rate(ended["completed"], size, clause.pooled)
    test, back = clause.at_least, clause.fallback
    due = bottom > 0
    safe = np.where(due, bottom, 1)
    reached = due & (top * test.denominator >= bottom * test.numerator)
    # (rate − threshold) / step, as numerator over denominator
    above = (top * test.denominator - safe * test.numerator) * clause.step.denominator
    per = safe * test.denominator * clause.step.numerator
    more = (
        (above // per) * clause.step_points
        if clause.whole_steps
        else half_up(above * clause.step_points, per)
    )
    fell_back = (
        due
        & ~reached
        & (full_top * back.at_least.denominator >= full_bottom * back.at_least.numerator)
    )
    points = np.where(reached, clause.points + more, np.where(fell_back, back.points, 0))
    points = points.astype(np.int64)
    reasons = pd.Series(
        [
            _steps_sentence(clause, *numbers)
            for numbers in zip(top, bottom, full_top, full_bottom, points, strict=True)
        ],
        dtype="str",
    )
    evidence = _evidence(ended["immediate"], size)
    have = np.flatnonzero(points)
    if not len(have):
        return none(), reasons
    return (
        awards(have, [""] * len(have), points[have], reasons[have], [evidence[i] for i in have]),
        reasons,
    )


def _rate(rows: pd.DataFrame, size: int, pooled: bool) -> tuple[Ints, Ints]:
    """Return each candidate's rate as exact numerator and denominator (0 when nothing was due)."""
    top = np.zeros(size, dtype=object)
    bottom = np.zeros(size, dtype=object)
    if pooled:
        np.add.at(top, rows["candidate"].to_numpy(), rows["numerator"].to_numpy(dtype=object))
        np.add.at(bottom, rows["candidate"].to_numpy(), rows["denominator"].to_numpy(dtype=object))
        return top, bottom
    due = rows[rows["denominator"] > 0]
    rates = [
        Fraction(int(n), int(d)) for n, d in zip(due["numerator"], due["denominator"], strict=True)
    ]
    sums = np.zeros(size, dtype=object)
    np.add.at(sums, due["candidate"].to_numpy(), np.array(rates, dtype=object))
    counts = np.bincount(due["candidate"], minlength=size)
    for candidate in np.flatnonzero(counts):
        mean = Fraction(sums[candidate]) / int(counts[candidate])
        top[candidate], bottom[candidate] = mean.numerator, mean.denominator
    return top, bottom


def _evidence(rows: pd.DataFrame, size: int) -> list[tuple[int, ...]]:
    result: list[tuple[int, ...]] = [()] * size
    for candidate, origins in zip(rows["candidate"], rows["evidence"], strict=True):
        result[int(candidate)] += tuple(origins)
    return result


def _steps_sentence(
    clause: StepsClause, top: int, bottom: int, full_top: int, full_bottom: int, points: int
) -> str:
    if not bottom:
        return f"{clause.what}：没有应传数据，得0分"
    rate = f"即时{ratio_text(top * 100, bottom, 4)}%（{top}/{bottom}）"
    completed = f"补全{ratio_text(full_top * 100, full_bottom, 4)}%（{full_top}/{full_bottom}）"
    test = f"{ratio_text(clause.at_least.numerator * 100, clause.at_least.denominator, 0)}%"
    back = clause.fallback.at_least
    back_test = f"{ratio_text(back.numerator * 100, back.denominator, 0)}%"
    got = points_text(points)
    if top * clause.at_least.denominator >= bottom * clause.at_least.numerator:
        more = points_text(points - clause.points)
        step = "每满1个百分点" if clause.whole_steps else "按比例每1个百分点"
        return (
            f"{clause.what}{rate}，达到{test}得{points_text(clause.points)}分，"
            f"超出部分{step}加{points_text(clause.step_points)}分，加{more}分，共{got}分"
        )
    if points:
        return f"{clause.what}{rate}未达到{test}，{completed}达到{back_test}，得{got}分"
    return f"{clause.what}{rate}未达到{test}，{completed}未达到{back_test}，得0分"
