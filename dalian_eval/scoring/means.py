"""Rules on scores: a mean scaled to points, and the weighted composite of officers' rounds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dalian_eval.rubric.clauses import CompositeClause, ScaledClause
from dalian_eval.rubric.numbers import fraction_text, points_text
from dalian_eval.rubric.vocabulary import header_of
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of, number_groups
from dalian_eval.scoring.exact import common, half_up, sums, times, to_integers
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection


def scaled_mean(
    clause: ScaledClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, Selection]:
    """Award the mean of `value` over the facts, out of `full`, times the maximum."""
    part = clause.parts[0]
    selection = facts.select(part, candidates, [clause.value])
    rows = selection.rows
    who = rows["candidate"].to_numpy()
    numbers, factor = to_integers(rows[clause.value])
    counts = np.bincount(who, minlength=len(candidates))
    have = np.flatnonzero(counts)
    total, count = sums(who, numbers, len(candidates))[have], counts[have]
    full = clause.full
    top = times(total, clause.max * full.denominator)
    points = half_up(top, times(count, factor * full.numerator))
    several = texts.sentences_of_rows(
        [count], lambda n: f"{part.what}{n}项，得分{'平均' if n > 1 else ''}"
    )
    reasons = texts.join_columns(
        [
            several,
            _short(total, times(count, factor)),
            f"分（满分{fraction_text(full)}分）×{points_text(clause.max)}/{fraction_text(full)}，得",
            texts.points_texts(points),
            "分",
        ]
    )
    group = np.searchsorted(have, who)
    return awards(have, points, reasons, evidence=evidence_of(rows, group, len(have))), selection


def composite(
    clause: CompositeClause, facts: Facts, candidates: Candidates, maximum: Positions
) -> tuple[pd.DataFrame, Selection]:
    """Award the weighted composite of rounds, out of `full`, times each candidate's `maximum`.

    Per officer and round the weighted columns; per officer the mean or the best round; per
    candidate, with `best_half`, the mean of the best half of its officers.
    """
    part = clause.parts[0]
    selection = facts.select(part, candidates, [*clause.weights, "officer_id"])
    rows = selection.rows
    size = len(candidates)
    stacked, factor = to_integers(pd.concat([rows[c] for c in clause.weights], ignore_index=True))
    weights = np.repeat(np.array([*clause.weights.values()], dtype=np.int64), len(rows))
    # `score` is in units of 1 / (100 · factor); means get the common denominator of their counts.
    score = times(stacked, weights).reshape(len(clause.weights), len(rows)).sum(axis=0)

    person = pd.factorize(rows["officer_id"], sort=True)[0]
    officer, first = number_groups(rows["candidate"], person)
    of = rows["candidate"].to_numpy()[first]
    rounds = np.bincount(officer, minlength=len(first))
    if clause.rounds == "mean":
        denominator = common(rounds)
        value = times(sums(officer, score, len(first)), denominator // np.maximum(rounds, 1))
    else:
        denominator = 1
        value = np.full(len(first), -1, dtype=score.dtype)
        np.maximum.at(value, officer, score)

    # Officers of a candidate from the best down; equal ones by their number.
    order = np.lexsort((np.arange(len(first)), _descending(value), of))
    staff = np.bincount(of, minlength=size)
    begin = np.cumsum(staff) - staff
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first)) - begin[of[order]]
    taken = staff if clause.best_half is None else _half(staff, clause.best_half)
    chosen = place < taken[of]

    have = np.flatnonzero(staff)
    total = sums(of[chosen], value[chosen], size)[have]
    count = np.bincount(of[chosen], minlength=size)[have]
    full = clause.full
    bottom = times(count, 100 * factor * denominator)
    top = times(times(total, full.denominator), maximum[have])
    points = half_up(top, times(bottom, full.numerator))
    told = np.bincount(rows["candidate"], minlength=size)[have]
    each = _Each(
        name=_names(facts, rows["officer_id"].to_numpy()[first]),
        score=_short(value, np.full(len(value), 100 * factor * denominator)),
        rounds=_rounds(_short(score, np.full(len(score), 100 * factor)), officer),
    )
    reasons = texts.join_columns(
        [
            _people(clause, told, staff[have], count),
            _short(total, bottom),
            "分×",
            texts.points_texts(maximum[have]),
            f"/{fraction_text(full)}，得",
            texts.points_texts(points),
            "分",
            _everybody(clause, each, order, chosen, of, have),
        ]
    )
    # The rounds of those who were not taken count, too: they say who is in the best half.
    group = np.searchsorted(have, rows["candidate"])
    return awards(have, points, reasons, evidence=evidence_of(rows, group, len(have))), selection


@dataclass(frozen=True)
class _Each:
    """Per officer of a candidate: the name, the score, and its rounds where there are several."""

    name: pd.Series
    score: pd.Series
    rounds: pd.Series


def _names(facts: Facts, officers: np.ndarray) -> pd.Series:
    """Return the names of officers, the certificate number where there is none."""
    table = facts.tables["officers"]
    known = pd.Series(table["name"].to_numpy(), index=table["officer_id"].to_numpy())
    ids = pd.Series(officers, dtype="str")
    return ids.map(known[~known.index.duplicated()]).fillna(ids)


def _short(numerator: np.ndarray, denominator: np.ndarray) -> pd.Series:
    """Return quotients with at most four decimals."""
    told = texts.ratio_texts(numerator, denominator, 4)
    return told.astype("str").str.rstrip("0").str.rstrip(".")


def _rounds(scores: pd.Series, officer: np.ndarray) -> pd.Series:
    """Return the scores of each officer's rounds in brackets; empty where it is only one."""
    of = scores.reset_index(drop=True).groupby(officer)
    return of.agg(lambda told: f"（{'、'.join(told)}）" if len(told) > 1 else "").astype("str")


def _everybody(
    clause: CompositeClause,
    each: _Each,
    order: np.ndarray,
    chosen: np.ndarray,
    of: Positions,
    have: Positions,
) -> pd.Series:
    """Return, per candidate, what each officer came to, from the best down."""
    if clause.best_half is None:
        told = pd.Series([f"。各轮{r}" if r else "" for r in each.rounds], dtype="str")
        return told.iloc[order].reset_index(drop=True)
    told = each.score + each.rounds
    words = (each.name + told if clause.names else told).to_numpy()[order]
    frame = pd.DataFrame({"who": of[order], "taken": chosen[order], "words": words})
    taken = frame[frame["taken"]].groupby("who")["words"].agg("、".join).reindex(have)
    left = frame[~frame["taken"]].groupby("who")["words"].agg("、".join).reindex(have)
    more = ("；未取：" + left).fillna("")
    return ("。所取：" + taken + more).reset_index(drop=True)


def _descending(values: np.ndarray) -> np.ndarray:
    """Return sort keys that put the largest value first."""
    ranks = np.unique(values, return_inverse=True)[1]
    return np.asarray(-ranks)


def _half(staff: Positions, how: str) -> Positions:
    """Return half of each number: rounded up, or down but at least one."""
    return (staff + 1) // 2 if how == "ceil" else np.maximum(staff // 2, 1)


def _people(
    clause: CompositeClause, rounds: Positions, staff: Positions, taken: Positions
) -> pd.Series:
    part = clause.parts[0]
    weights = "、".join(f"{header_of(part.table, c)}{w}%" for c, w in clause.weights.items())
    how = "平均" if clause.rounds == "mean" else "最好一轮"

    def sentence(rounds: int, staff: int, taken: int) -> str:
        people = (
            f"共{rounds}轮，取{how}"
            if clause.best_half is None
            else f"{staff}人{rounds}轮，每人取{how}，取前50%即{taken}人平均"
        )
        return f"{part.what}按{weights}计分，{people}，综合"

    return texts.sentences_of_rows([rounds, staff, taken], sentence)
