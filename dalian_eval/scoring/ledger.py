"""The outputs of scoring as frames: ledger, clauses, scores, monthly figures.

Every frame has the columns of outputs.md, sorted by its keys; points are ten-thousandths (int64)
until `outputs.csv_files` writes them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.rubric.sentences import rule_sentences
from dalian_eval.schema.relations import posted_on
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import COLUMNS, SETTLED, awards, taken_lists
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    STATUSES,
    UNAVAILABLE,
    VETOED,
    VOID,
    Leaf,
    own_adjustments,
)
from dalian_eval.scoring.decisions import RULE
from dalian_eval.scoring.facts import Positions
from dalian_eval.scoring.metric_clause import metric_clauses
from dalian_eval.scoring.month_rows import months_of, passes
from dalian_eval.scoring.score import Score, SectionScore
from dalian_eval.scoring.settle import Adjustment

KINDS: tuple[Kind, ...] = ("officer", "unit")
"""Kinds in the order of the output files."""


def ledger(scored: Score) -> pd.DataFrame:
    """Return the ledger: entry, kind, candidate, clause, month, points, rule, reason, evidence,
    outcome (`awards.OUTCOMES`), cause (clauses that led to a settlement entry, blanks between).

    `reason` and `cause` are columns of sentences (`texts.SENTENCES`), `evidence` one of origins,
    other texts are categoricals. Per candidate the points add up to its total. The order is that
    of kind, candidate, the rubric, awards before settlement, month.
    """
    result = texts.stack([_section_ledger(scored.section(kind)) for kind in scored.kinds])
    result.insert(0, "entry", _entry_numbers(len(result)))
    return result


def _entry_numbers(size: int) -> pd.Series:
    """Return E000000001, E000000002, …, written digit by digit for all at once."""
    signs = np.full((size, 10), ord("E"), dtype=np.uint8)
    number = np.arange(1, size + 1)
    for place in range(9, 0, -1):
        number, digit = np.divmod(number, 10)
        signs[:, place] = digit + ord("0")
    offsets = np.arange(0, 10 * size + 1, 10)
    made = pa.LargeStringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(signs))
    return pd.Series(made, dtype="str")


def _section_ledger(scored: SectionScore) -> pd.DataFrame:
    """Return a section's entries in order; each lot holds those of one clause and one rule."""
    kind = scored.section.kind
    names = [*scored.section.nodes, f"{kind}.redistribution"]
    lots = [(leaf.entries, n, leaf.clause.rule_name) for n, leaf in scored.leaves.items()]
    lots += [(entries, node, RULE) for node, entries in scored.decisions.entries().items()]
    adjustments = [a for leaf in scored.leaves.values() for a in _own(scored, leaf)]
    adjustments += scored.low.adjustments
    settled = [(_adjusted(a), a.clause, a.rule) for a in adjustments]
    causes = [texts.repeat_sentence("", sum(len(entries) for entries, _, _ in lots))]
    causes += [_causes(scored, a) for a in adjustments]
    lots += settled
    result = texts.stack([entries[COLUMNS] for entries, _, _ in lots])
    cause = pd.concat(causes, ignore_index=True)
    sizes = [len(entries) for entries, _, _ in lots]
    place = {name: i for i, name in enumerate(names)}
    clause = np.repeat([place[name] for _, name, _ in lots], sizes)
    rules = sorted({rule for _, _, rule in lots})
    rule = np.repeat([rules.index(rule) for _, _, rule in lots], sizes)
    lot = np.repeat(np.arange(len(lots)), sizes)
    who = result["candidate"].to_numpy()
    key = (who * len(names) + clause) * len(lots) + lot
    reasons = texts.whole(result["reason"])
    order = _in_order(key, result["month"], reasons)

    def named(codes: Positions, categories: Sequence[str]) -> pd.Categorical:
        return pd.Categorical.from_codes(codes[order], pd.Index(list(categories), dtype="str"))

    return pd.DataFrame(
        {
            "kind": named(np.zeros(len(who), dtype=np.int64), [kind]),
            "candidate": named(who, list(scored.candidates.ids)),
            "clause": named(clause, names),
            "month": result["month"].array[order],
            "points": result["points"].to_numpy()[order],
            "rule": named(rule, rules),
            "reason": texts.taken(reasons, order),
            "evidence": taken_lists(result["evidence"], order),
            "outcome": result["outcome"].array[order],
            "cause": texts.taken(texts.whole(cause), order),
        }
    )


def _in_order(key: Positions, month: pd.Series, reasons: pa.DictionaryArray) -> Positions:
    """Return the order by key and month; entries that share both stand by their sentences."""
    names = month.cat.categories
    when = np.argsort(np.argsort(names))[month.cat.codes]
    both = key * len(names) + when
    order = np.argsort(both, kind="stable")
    twins = np.zeros(len(order), dtype=bool)
    same = np.diff(both[order]) == 0
    twins[1:] |= same
    twins[:-1] |= same
    among = order[twins]
    order[twins] = among[np.lexsort((texts.lexical(reasons, among), both[among]))]
    return order


def _adjusted(adjustment: Adjustment) -> pd.DataFrame:
    who = np.flatnonzero(adjustment.points)
    return awards(who, adjustment.points[who], adjustment.reasons, outcome=SETTLED)


def _own(scored: SectionScore, leaf: Leaf) -> tuple[Adjustment, Adjustment]:
    shared = leaf.clause.shares_cap_with
    return own_adjustments(leaf, scored.section.nodes[shared].title if shared else "")


def _causes(scored: SectionScore, adjustment: Adjustment) -> pd.Series:
    """Return the clauses that led to an adjustment, for each candidate with an amount."""
    who = np.flatnonzero(adjustment.points)
    leaves = [scored.leaves[name] for name in adjustment.causes]
    if not leaves:
        return texts.repeat_sentence("", len(who))
    did = [leaf.fired | (leaf.points != 0) | (leaf.status == NOT_APPLICABLE) for leaf in leaves]
    names = adjustment.causes
    return texts.sentences_of_rows(
        [flags[who] for flags in did],
        lambda *row: " ".join(name for name, holds in zip(names, row, strict=True) if holds),
    )


def clauses(scored: Score) -> pd.DataFrame:
    """Return kind, candidate, clause, status, awarded, points, max, rule_text: every leaf, item,
    candidate; `rule_text` is what a leaf's rule says, blank for items.
    """
    period = scored.facts.rubric.period
    return texts.stack([_section_clauses(scored.section(kind), period) for kind in scored.kinds])


def _section_clauses(scored: SectionScore, period: Period) -> pd.DataFrame:
    """Return a section's rows by candidate, then by the clause's id."""
    kind, size = scored.section.kind, len(scored.candidates)
    names = sorted(scored.section.nodes)
    leaves = scored.section.clauses
    rules = [
        "".join(rule_sentences(leaves[n], scored.section, period)) if n in leaves else ""
        for n in names
    ]
    states = _states(scored)
    status = [states[name] for name in names]
    awarded: list[np.ndarray] = []
    points: list[np.ndarray] = []
    most: list[np.ndarray] = []
    has_most: list[np.ndarray] = []
    for name in names:
        if name in scored.leaves:
            leaf = scored.leaves[name]
            maximum = leaf.maximum
            columns = (leaf.awarded, leaf.points)
        else:
            item = scored.section.items[name]
            maximum = np.full(size, item.max, dtype=np.int64)
            before = scored.low.before[name]
            before = before + scored.low.bonus if name == kind else before
            columns = (before, scored.low.points[name])
        for column, values in zip((awarded, points), columns, strict=True):
            column.append(values)
        has_most.append(np.full(size, maximum is not None))
        most.append(np.zeros(size, dtype=np.int64) if maximum is None else maximum)

    def by_candidate(columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.stack(columns, axis=1).reshape(-1)

    who = np.repeat(np.arange(size), len(names))
    return pd.DataFrame(
        {
            "kind": pd.Categorical([kind]).repeat(size * len(names)),
            "candidate": pd.Categorical.from_codes(who, scored.candidates.ids),
            "clause": pd.Categorical.from_codes(
                np.tile(np.arange(len(names)), size), pd.Index(names, dtype="str")
            ),
            "status": pd.Categorical.from_codes(
                by_candidate(status), pd.Index(STATUSES, dtype="str")
            ),
            "awarded": by_candidate(awarded),
            "points": by_candidate(points),
            "max": pd.arrays.IntegerArray(by_candidate(most), ~by_candidate(has_most)),
            "rule_text": texts.of(rules).take(np.tile(np.arange(len(names)), size)).array,
        }
    )


def _states(scored: SectionScore) -> dict[str, npt.NDArray[np.int8]]:
    """Return the state of every clause and item for every candidate, as its place in `STATUSES`.

    An item is void, else unavailable (a part is), else not_applicable (all are), else scored; the
    root of whom a veto hits is vetoed.
    """
    place = {name: number for number, name in enumerate(STATUSES)}
    result = {name: _numbered(leaf.status) for name, leaf in scored.leaves.items()}
    for name in scored.section.items:
        below = [result[n] for n in scored.leaves if n.startswith(f"{name}.")]
        state = np.full(len(scored.candidates), place[SCORED], dtype=np.int8)
        state[np.logical_and.reduce([s == place[NOT_APPLICABLE] for s in below])] = place[
            NOT_APPLICABLE
        ]
        state[np.logical_or.reduce([s == place[UNAVAILABLE] for s in below])] = place[UNAVAILABLE]
        if name in scored.voids:
            state[scored.voids[name]] = place[VOID]
        if name == scored.section.kind:
            state[scored.vetoed] = place[VETOED]
        result[name] = state
    return result


def _numbered(status: npt.NDArray[np.object_]) -> npt.NDArray[np.int8]:
    codes = np.full(len(status), STATUSES.index(SCORED), dtype=np.int8)
    others = np.flatnonzero(status != SCORED)
    codes[others] = pd.Categorical(status[others], categories=STATUSES).codes
    return codes


def scores(scored: Score) -> pd.DataFrame:
    """Return the candidates' scores (columns of scores.csv); `rank` is missing when vetoed.

    `status`: vetoed, deferred (a lawsuit or a finding is pending), open (a clause is unavailable),
    scored.
    """
    frames = []
    for kind in scored.kinds:
        section = scored.section(kind)
        vetoed = section.vetoed
        open_ = np.any([leaf.status == UNAVAILABLE for leaf in section.leaves.values()], axis=0)
        total = section.low.points[kind]
        status = np.select(
            [vetoed, section.pending, open_], ["vetoed", "deferred", "open"], "scored"
        )
        frames.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "candidate": section.candidates.ids,
                    "name": section.candidates.names,
                    "unit": _unit_of(scored, section),
                    "base": section.low.base,
                    "bonus": section.low.bonus,
                    "total": total,
                    "total_low": total,
                    "total_high": section.high.points[kind],
                    "rank": ranks_of_totals(total, vetoed),
                    "vetoed": vetoed,
                    "status": status,
                }
            )
        )
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate"], ignore_index=True)


def _unit_of(scored: Score, section: SectionScore) -> pd.Series:
    """Return the unit of each candidate: itself, or the officer's posting on the as-of day."""
    ids = pd.Series(section.candidates.ids)
    if section.section.kind == "unit":
        return ids
    dates = pd.Series(pd.Timestamp(scored.facts.as_of), index=ids.index)
    return posted_on(scored.facts.tables["postings"], ids, dates)["unit_id"].fillna("")


def ranks_of_totals(total: np.ndarray, vetoed: np.ndarray) -> pd.Series:
    """Return competition ranks (1, 2, 2, 4) by exact totals; missing for the vetoed."""
    ranks = competition_ranks(total[~vetoed].tolist())
    standing = [None if out else ranks[t] for t, out in zip(total.tolist(), vetoed, strict=True)]
    return pd.Series(standing, dtype="Int64")


def monthly_figures(scored: Score) -> pd.DataFrame:
    """Return the months of the monthly clauses, in the columns of monthly.csv."""
    frames = []
    for kind in scored.kinds:
        section = scored.section(kind)
        for name, clause in metric_clauses(section.section).items():
            variant = clause.shown_variant
            rows = months_of(scored.facts, section.candidates, clause.metric, variant)
            top, bottom = rows["numerator"].to_numpy(), rows["denominator"].to_numpy()
            frames.append(
                pd.DataFrame(
                    {
                        "kind": kind,
                        "candidate": section.candidates.ids[rows["candidate"]],
                        "month": rows["month"].astype("str"),
                        "metric": name,
                        "numerator": top,
                        "denominator": bottom,
                        "value": texts.ratio_texts(top, bottom, 4),
                        "passed": passes(rows["numerator"], rows["denominator"], clause.at_least),
                    }
                )
            )
    if not frames:
        return table_frame(OUTPUTS["monthly"], [])
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate", "month", "metric"], ignore_index=True)
