"""Points per event: `each` adds, `highest` takes the best, `count` reads tiers of the number.

Facts become *contributions* (candidate, label, points): two facts with one label are one award, at
the better of their points (a case published at several levels, a class met in several cases).
Between the two steps, `overlap` may take contributions away (附件4, no case twice).
"""

import numpy as np
import pandas as pd

from dalian_eval.rubric.model import ByColumn, EventClause, Part, Tier
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.awards import awards, evidence_of, joined, none, shown, verb, verbs
from dalian_eval.scoring.exact import half_up, points_text, scaled
from dalian_eval.scoring.facts import VIA, Candidates, Facts, Selection

CONTRIBUTION = ["candidate", "part", "label", "points", "case", "month", "text", ORIGIN, VIA]
"""Columns of contributions; `case` is the case number, empty for facts that are no case's."""

_LABEL_SEPARATOR = "\x1f"


def contributions(
    clause: EventClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, list[Selection]]:
    """Return what each fact contributes, and the selections (one per part) for the zero reasons."""
    selections = [facts.select(part, candidates) for part in clause.parts]
    frames = [
        _contribute(clause, number, part, selection.rows)
        for number, (part, selection) in enumerate(zip(clause.parts, selections, strict=True))
    ]
    return pd.concat(frames, ignore_index=True), selections


def _contribute(clause: EventClause, number: int, part: Part, rows: pd.DataFrame) -> pd.DataFrame:
    columns = part.label or clause.label or ()
    for column in columns:
        if column in rows.columns and rows[column].dtype == object:
            rows = _explode(rows, column, part)
    label = _labels(rows, columns, clause.label_scope, number, part.once)
    rows = rows.assign(label=label)
    rows = rows.assign(points=_points(rows, part))
    rows = rows[rows["points"] != 0] if part.points is not None else rows
    case = rows["case_id"].fillna("") if "case_id" in rows.columns else ""
    text = shown(rows, part.show)
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
            numbers, factor = scaled(values)
            times = part.points.times * 10_000
            result = half_up(numbers * times.numerator, factor * times.denominator)
            return pd.Series(result, index=rows.index)
        return values.map(part.points.values or {}).fillna(0).astype("int64")
    return pd.Series(part.points or 0, index=rows.index, dtype="int64")


def combine(
    clause: EventClause, given: pd.DataFrame, selections: list[Selection], size: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the awards of contributions, and for every candidate the sentence if there are none.

    `size`: number of candidates.
    """
    tiered = {i: p.tiers for i, p in enumerate(clause.parts) if p.tiers is not None}
    if clause.rule == "count":
        return _tiers(clause, clause.tiers, given, size)
    plain = given[~given["part"].isin(tiered)]
    result = [_awards(clause, plain)]
    for number, tiers in tiered.items():
        part_awards, _ = _tiers(clause, tiers, given[given["part"] == number], size)
        result.append(part_awards[part_awards["points"] != 0])
    all_awards = pd.concat(result, ignore_index=True)
    if clause.rule == "highest" and len(result) > 1:
        all_awards = all_awards.sort_values(["candidate", "points"], ascending=[True, False])
        all_awards = all_awards.drop_duplicates("candidate", ignore_index=True)
    return all_awards, zero_reasons(clause, selections, size)


def _awards(clause: EventClause, given: pd.DataFrame) -> pd.DataFrame:
    if given.empty:
        return none()
    what = pd.Series([p.what for p in clause.parts], dtype="str")
    given = given.assign(size=given["points"].abs())
    by = ["candidate", "label"] if clause.rule == "each" else ["candidate"]
    counts = given.groupby("candidate")["label"].nunique() if clause.rule == "highest" else None
    order = [*by, "size", ORIGIN]
    best = given.sort_values(order, ascending=[True] * len(by) + [False, True], kind="stable")
    best = best.drop_duplicates(by).sort_values([*by, ORIGIN])
    evidence = evidence_of(given, by, best)
    text = best["text"]
    named = what.iloc[best["part"].to_numpy()].set_axis(best.index)
    sentence = joined([named, ("：" + text).where(text != "", ""), "，" + verbs(best["points"])])
    if counts is not None:
        several = best["candidate"].map(counts)
        note = "（共" + several.astype("str") + "项，取最高一项）"
        sentence = sentence + note.where(several > 1, "")
    return awards(best["candidate"], best["month"], best["points"], sentence, evidence)


def _tiers(
    clause: EventClause, tiers: tuple[Tier, ...], given: pd.DataFrame, size: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Award by the number of distinct labels."""
    what = clause.parts[int(given["part"].iloc[0])].what if len(given) else clause.parts[0].what
    distinct = given.drop_duplicates(["candidate", "label"])
    count = np.bincount(distinct["candidate"], minlength=size)
    points = np.zeros(size, dtype=np.int64)
    for tier in sorted(tiers, key=lambda t: t.at_least):
        reached = count * tier.at_least.denominator >= tier.at_least.numerator
        points = np.where(reached, tier.points, points)
    ladder = "，".join(
        f"达到{t.at_least}项得{points_text(t.points)}分"
        for t in sorted(tiers, key=lambda t: -t.at_least)
    )
    reasons = [
        f"{what}共{n}项，{verb(int(p))}（{ladder}，不足不得分）"
        for n, p in zip(count, points, strict=True)
    ]
    texts = pd.Series(reasons, dtype="str")
    have = np.flatnonzero(points)
    evidence = evidence_of(given, ["candidate"], pd.DataFrame({"candidate": have}))
    return awards(have, [""] * len(have), points[have], texts[have], evidence), texts


def zero_reasons(clause: EventClause, selections: list[Selection], size: int) -> pd.Series:
    """Say for each candidate which test its records failed."""
    deducts = clause.deducts
    result = pd.Series("未扣分" if deducts else "未得分", index=range(size), dtype="str")
    for part, selection in zip(clause.parts, selections, strict=True):
        found = pd.Series(np.bincount(selection.rows["candidate"], minlength=size))
        table = [
            (r, m, f, _funnel(part, int(r), int(m), int(f)))
            for r, m, f in {
                *zip(selection.related, selection.matching, found, strict=True),
            }
        ]
        lookup = {(r, m, f): text for r, m, f, text in table}
        texts = [
            lookup[key] for key in zip(selection.related, selection.matching, found, strict=True)
        ]
        result = result + "；" + pd.Series(texts, dtype="str")
    return result.str.replace("；", "：", n=1)


def _funnel(part: Part, related: int, matching: int, found: int) -> str:
    if related == 0:
        return f"{part.what}——没有有关记录"
    if matching == 0:
        return f"{part.what}——有关记录{related}条，均不符合条件"
    if found == 0:
        return f"{part.what}——符合条件的{matching}条，日期均不在规定期间内"
    return f"{part.what}——符合条件的{found}条，按规则未计分"
