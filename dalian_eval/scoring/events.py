"""Points per event: `each` adds, `highest` takes the best, `count` reads tiers of the number.

Facts become *contributions* (candidate, label, points): two facts with one label are one award, at
the better of their points (a case published at several levels, a class met in several cases).
Between the two steps, `overlap` may take contributions away (no case twice).
"""

import numpy as np
import pandas as pd

from dalian_eval.rubric.clauses import EventClause
from dalian_eval.rubric.numbers import verb
from dalian_eval.rubric.queries import POINT, ByColumn, Part, Tier
from dalian_eval.rubric.sentences import tiers_sentence
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of, fact_text, none, number_groups
from dalian_eval.scoring.exact import half_up, times, to_integers
from dalian_eval.scoring.facts import VIA, Candidates, Facts, Selection

CONTRIBUTION = ["candidate", "part", "label", "points", "case", "month", "text", ORIGIN, VIA]
"""Columns of contributions; `case` is the case number, empty for facts that are no case's."""

_LABEL_SEPARATOR = "\x1f"


def contributions(
    clause: EventClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, list[Selection]]:
    """Return what each fact contributes, and the selections (one per part) for the zero reasons."""
    selections = [facts.select(part, candidates, _columns(clause, part)) for part in clause.parts]
    frames = [
        _contribute(clause, number, part, selection.rows, facts)
        for number, (part, selection) in enumerate(zip(clause.parts, selections, strict=True))
    ]
    return texts.stack(frames), selections


def _columns(clause: EventClause, part: Part) -> list[str]:
    """Return the columns that the part's worth and labels are made from."""
    points = [part.points.column] if isinstance(part.points, ByColumn) else []
    scope = [clause.label_scope] if clause.label_scope else []
    return [*points, *scope, *(part.label or clause.label or ())]


def _contribute(
    clause: EventClause, number: int, part: Part, rows: pd.DataFrame, facts: Facts
) -> pd.DataFrame:
    columns = part.label or clause.label or ()
    for column in columns:
        if column in rows.columns and rows[column].dtype == object:
            rows = _explode(rows, column, part)
    label = _labels(rows, columns, clause.label_scope, number, part.once)
    rows = rows.assign(label=label)
    rows = rows.assign(points=_points(rows, part))
    rows = rows[rows["points"] != 0] if part.points is not None else rows
    case = rows["case_id"].fillna("") if "case_id" in rows.columns else ""
    case = pd.Series(case, index=rows.index, dtype="str")
    text = fact_text(rows, part, facts.rubric.period.year) if facts.telling else ""
    return rows.assign(part=number, case=case, text=text)[CONTRIBUTION]


def _explode(rows: pd.DataFrame, column: str, part: Part) -> pd.DataFrame:
    """Return a row per element of a list column, only the named ones where the part names some."""
    rows = rows.explode(column, ignore_index=True)
    rows = rows[rows[column].notna()]
    condition = part.where.get(column)
    if condition is not None and condition.any_of is not None:
        rows = rows[rows[column].isin(condition.any_of)]
    return rows.assign(**{column: rows[column].astype("str")})


def _labels(
    rows: pd.DataFrame, columns: tuple[str, ...], scope: str | None, number: int, once: bool
) -> pd.Series:
    """Return what identifies an award: the first non-blank label column, else the row itself."""
    if once:
        return pd.Series(f"part{number}", index=rows.index, dtype="str")
    label = pd.Series(None, index=rows.index, dtype="str")
    for column in columns:
        if column in rows.columns:
            value = rows[column].astype("str").where(rows[column].notna())
            label = label.where(label.notna(), column + _LABEL_SEPARATOR + value)
    row_itself = f"row{number}" + _LABEL_SEPARATOR + rows[ORIGIN].astype("str")
    label = label.where(label.notna(), row_itself)
    if scope is not None:
        label = rows[scope].astype("str") + _LABEL_SEPARATOR + label
    return label


def _points(rows: pd.DataFrame, part: Part) -> pd.Series:
    if isinstance(part.points, ByColumn):
        values = rows[part.points.column]
        if part.points.times is not None:
            numbers, factor = to_integers(values)
            each = part.points.times * POINT
            result = half_up(times(numbers, each.numerator), factor * each.denominator)
            return pd.Series(result, index=rows.index)
        worth = part.points.values or {}
        return values.map(worth).fillna(0).astype("int64")
    return pd.Series(part.points or 0, index=rows.index, dtype="int64")


def combine(clause: EventClause, given: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return the awards of contributions; `size`: number of candidates."""
    if clause.rule == "count":
        return _tiers(clause.parts[0].what, clause.tiers, given)
    tiered = {i: p.tiers for i, p in enumerate(clause.parts) if p.tiers is not None}
    result = [_awards(clause, given[~given["part"].isin(tiered)], size)]
    for number, tiers in tiered.items():
        part = given[given["part"] == number]
        result.append(_tiers(clause.parts[number].what, tiers, part))
    all_awards = texts.stack(result)
    if clause.rule == "highest" and len(result) > 1:
        order = np.lexsort((-all_awards["points"].to_numpy(), all_awards["candidate"].to_numpy()))
        all_awards = all_awards.iloc[order].drop_duplicates("candidate", ignore_index=True)
    return all_awards


def _awards(clause: EventClause, given: pd.DataFrame, size: int) -> pd.DataFrame:
    """Award each label (`each`) or each candidate (`highest`) its best fact."""
    if given.empty:
        return none()
    given = given.reset_index(drop=True)
    labels = pd.factorize(given["label"])[0]
    worth = given["points"].abs().to_numpy()
    by = [given["candidate"], labels] if clause.rule == "each" else [given["candidate"]]
    group, _ = number_groups(*by)
    order = np.lexsort((-worth, group))
    _, first = np.unique(group[order], return_index=True)
    best = given.iloc[order[first]].reset_index(drop=True)
    what = pd.Series([p.what for p in clause.parts], dtype="str")
    named = what.iloc[best["part"].to_numpy()].reset_index(drop=True)
    sentence = texts.join_columns([named, best["text"], "，", texts.verbs(best["points"])])
    if clause.rule == "highest":
        pairs = given[["candidate"]].assign(label=labels).drop_duplicates()
        several = np.bincount(pairs["candidate"], minlength=size)[best["candidate"]]
        note = texts.sentences_of_rows(
            [several], lambda n: f"（共{n}项，取最高一项）" if n > 1 else ""
        )
        sentence = sentence + note.astype("str")
    return awards(
        best["candidate"],
        best["points"],
        sentence,
        month=best["month"].array,
        evidence=evidence_of(given, group, len(best)),
    )


def _tiers(what: str, tiers: tuple[Tier, ...], given: pd.DataFrame) -> pd.DataFrame:
    """Award by the number of distinct labels; also those whose number reaches no tier."""
    if given.empty:
        return none()
    given = given.reset_index(drop=True)
    distinct = given.drop_duplicates(["candidate", "label"])
    have, count = np.unique(distinct["candidate"], return_counts=True)
    points = np.zeros(len(have), dtype=np.int64)
    for tier in sorted(tiers, key=lambda t: t.at_least):
        reached = count * tier.at_least.denominator >= tier.at_least.numerator
        points = np.where(reached, tier.points, points)
    ladder = tiers_sentence(tiers)
    reasons = texts.sentences_of_rows(
        [count, points], lambda n, p: f"{what}共{n}项，{verb(int(p))}（{ladder}，不足不得分）"
    )
    group = np.searchsorted(have, given["candidate"])
    return awards(have, points, reasons, evidence=evidence_of(given, group, len(have)))
