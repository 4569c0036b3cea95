"""The running year: what each clause has given, what it can still give, what is lost and why.

*Attainable* is the most a candidate can have at the end of P, whatever comes from now on: open
awards at their maximum, months to come all passed, no further deduction, and those deductions taken
back that later records can cure. It is settled like a score, so items and totals follow.
"""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from dalian_eval.base.day_words import month_words
from dalian_eval.rubric.clauses import (
    AnyClause,
    CompositeClause,
    MonthlyClause,
    ShortfallClause,
    VetoClause,
    VoidClause,
    parent_of,
)
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import FactMeasure, Gate, Query, Years
from dalian_eval.rubric.vocabulary import DRAWN_FILES
from dalian_eval.scoring import texts
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    UNAVAILABLE,
    VETOED,
    VOID,
    Leaf,
    bounded,
    highest,
    open_maximum,
)
from dalian_eval.scoring.facts import Candidates, Facts, Positions
from dalian_eval.scoring.monthly import counted_months, passed_months
from dalian_eval.scoring.score import Score, SectionScore
from dalian_eval.scoring.settle import Settlement, settle


def outlook(scored: Score) -> pd.DataFrame:
    """Return the outlook of every leaf, item and candidate (outlook.csv), units last.

    `earned`, `attainable`: its points now and at best; `lost`: what its maximum, or 0 for a
    deduction, exceeds the attainable by; ten-thousandths.

    The order is that of kind, candidate and the rubric.
    """
    return texts.stack([_section(scored, scored.officer), _section(scored, scored.unit)])


def _section(scored: Score, section: SectionScore) -> pd.DataFrame:
    facts, candidates = scored.facts, section.candidates
    best = {n: _attainable(section, leaf, facts) for n, leaf in section.leaves.items()}
    settled = _settled(section, best, facts)
    frames = []
    for name, node in section.section.nodes.items():
        if name in section.leaves:
            ceiling = section.section.nodes[parent_of(name)].max or 0
            frames.append(_leaf(section.leaves[name], best[name], ceiling, facts, candidates))
        else:
            frames.append(_item(section, settled, name, node.max or 0))
    result = texts.stack(frames)
    names = pd.Index(list(section.section.nodes), dtype="str")
    # From clause by clause to candidate by candidate.
    order = np.arange(len(result)).reshape(len(names), len(candidates)).T.reshape(-1)
    who, place = np.divmod(np.arange(len(result)), len(names))
    return pd.DataFrame(
        {
            "kind": pd.Categorical([section.section.kind]).repeat(len(order)),
            "candidate": pd.Categorical.from_codes(who, candidates.ids),
            "clause": pd.Categorical.from_codes(place, names),
            **{c: result[c].to_numpy()[order] for c in ("earned", "attainable", "lost")},
            "reason": texts.take_sentences(result["reason"], order),
        }
    )


def _settled(section: SectionScore, best: dict[str, Positions], facts: Facts) -> Settlement:
    """Settle the attainable points. Whoever may still enter an assessment is not rescaled."""
    leaves = section.leaves
    rescaled = {
        name: (leaf.status == NOT_APPLICABLE) & _over(facts)
        for name, leaf in leaves.items()
        if leaf.clause.not_applicable == "rescale"
    }
    return settle(section.section, best, section.voids, rescaled, section.decided_items)


def _over(facts: Facts) -> bool:
    return facts.as_of >= facts.rubric.period.end


def _attainable(section: SectionScore, leaf: Leaf, facts: Facts) -> Positions:
    """Return the most the clause can give by the end of P."""
    clause, candidates = leaf.clause, section.candidates
    if _over(facts) or isinstance(clause, VoidClause | VetoClause):
        return highest(leaf)
    if clause.deducts:
        return bounded(leaf, leaf.decided) if _curable(clause) else leaf.points
    top = open_maximum(leaf)
    if isinstance(clause, CompositeClause) and clause.takes_over is not None:
        # Its maximum grows when it turns out that the other clause does not apply.
        other = section.leaves[clause.takes_over]
        both = replace(leaf, maximum=np.full_like(top, clause.max + (other.clause.max or 0)))
        top = np.where(other.status == SCORED, top, open_maximum(both))
    if isinstance(clause, MonthlyClause):
        scored = bounded(leaf, _months(clause, facts, candidates)[0] + leaf.decided)
    else:
        scored = leaf.points if _closed(clause, facts) else np.broadcast_to(top, leaf.points.shape)
    out = leaf.status == NOT_APPLICABLE
    if clause.applies_if is not None and clause.applies_if.otherwise == NOT_APPLICABLE:
        # What it waits for, such as a first pushed lead, can still come.
        out = np.zeros_like(out)
    return np.select([leaf.status == UNAVAILABLE, out], [top, leaf.points], scored)


def _curable(clause: AnyClause) -> bool:
    """Whether later records can take the deduction back: a record entered, a new draw or count."""
    return isinstance(clause, ShortfallClause) or any(
        "record_found" in q.where or q.table == DRAWN_FILES for q in clause.queries
    )


def _closed(clause: AnyClause, facts: Facts) -> bool:
    """Whether no fact that can still happen has a governing date that counts."""
    queries = [q for q in clause.queries if not isinstance(q, Gate | FactMeasure)]
    period = facts.rubric.period
    return bool(queries) and all(_last_day(q, period) <= facts.as_of for q in queries)


def _last_day(query: Query, period: Period) -> dt.date:
    """Return the last governing date that can count for the query."""
    if isinstance(query.window, Years):
        return min(dt.date(max(query.window.years), 12, 31), period.end)
    year = query.where.get("year") if query.date == "year_end" else None
    if year is not None:
        last = [year.at_most] if year.at_most is not None else list(year.equals or ())
        numbers = [y for y in last if isinstance(y, int)]
        return min(dt.date(max(numbers), 12, 31), period.end) if numbers else period.end
    return period.end


def _months(
    clause: MonthlyClause, facts: Facts, candidates: Candidates
) -> tuple[Positions, Positions]:
    """Return the most the months can give, and which of them have passed (see `monthly`)."""
    rows, passed = counted_months(clause, facts, candidates)
    mask = passed_months(rows, passed, len(candidates))
    ended = (1 << len(facts.ended_months)) - 1
    failed = _ones(~mask & ended)
    possible = len(facts.rubric.period.months) - failed
    part = clause.points * possible if clause.every_month else clause.points * (possible > 0)
    return np.where(failed == 0, clause.full_year, part).astype(np.int64), mask


def _ones(mask: Positions) -> Positions:
    """Return how many bits are set."""
    return np.bitwise_count(mask).astype(np.int64)


def _leaf(
    leaf: Leaf, best: Positions, ceiling: int, facts: Facts, candidates: Candidates
) -> pd.DataFrame:
    """Return a clause's rows with what is lost and the reason.

    `ceiling`: the maximum of its item, as far as a clause without a cap of its own can go.
    """
    clause, earned = leaf.clause, leaf.points
    if clause.deducts or isinstance(clause, VoidClause | VetoClause):
        lost = -best
    elif leaf.maximum is None or not clause.capped:
        lost, best = np.zeros_like(best), np.maximum(earned, np.minimum(best, ceiling))
    else:
        lost = np.maximum(leaf.maximum, best) - best
    lost = np.where(leaf.status == NOT_APPLICABLE, 0, lost)
    months = (
        _months(clause, facts, candidates)[1]
        if isinstance(clause, MonthlyClause)
        else np.zeros_like(best)
    )
    reason = texts.sentences_of_rows(
        [leaf.status, earned, best, lost, months],
        lambda status, e, b, x, m: _why(leaf, facts, str(status), int(e), int(b), int(x), int(m)),
    )
    return pd.DataFrame(
        {"earned": earned, "attainable": best, "lost": lost, "reason": reason.array}
    )


def _why(
    leaf: Leaf, facts: Facts, status: str, earned: int, best: int, lost: int, months: int
) -> str:
    clause = leaf.clause
    if status in (VOID, VETOED):
        return "已一票归零" if status == VOID else "已取消参评资格"
    if isinstance(clause, VoidClause | VetoClause):
        return "未发现否决或归零情形" if status != UNAVAILABLE else "待补"
    if status == NOT_APPLICABLE:
        return "不参与考核"
    if clause.deducts:
        return _deduction(earned, best)
    if (leaf.maximum is None or not clause.capped) and status != UNAVAILABLE:
        return f"已得{points_text(earned)}分，本条不设上限，以所属项目满分为限"
    if isinstance(clause, MonthlyClause) and status != UNAVAILABLE:
        return _month_reason(clause, facts, earned, best, months)
    more = f"最多还可得{points_text(best - earned)}分" if best > earned else ""
    if status == UNAVAILABLE:
        return f"待补，{more or '不能再得'}"
    if not lost and not more:
        return "已得满分"
    if more:
        return f"已得{points_text(earned)}分，至评审期末{more}"
    return f"规定期间已过，已得{points_text(earned)}分，其余{points_text(lost)}分不能再得"


def _deduction(earned: int, best: int) -> str:
    if not earned:
        return "未扣分"
    if best > earned:
        return f"已扣{points_text(-earned)}分，补录检查记录或达到要求后可以少扣"
    return f"已扣{points_text(-earned)}分"


def _month_reason(clause: MonthlyClause, facts: Facts, earned: int, best: int, months: int) -> str:
    """Say which months were missed and what is still within reach."""
    names = facts.rubric.period.months
    ended = len(facts.ended_months)
    missed = [m for i, m in enumerate(names[:ended]) if not months >> i & 1]
    left = [m for i, m in enumerate(names) if i >= ended and not months >> i & 1]
    full = points_text(clause.full_year)
    if not missed and not left:
        return f"{len(names)}个月全部达标，已得满分{full}分"
    if not missed:
        return f"尚无未达标月份，其余{len(left)}个月全部达标可得满分{full}分"
    told = "、".join(month_words(m, facts.rubric.period.year) for m in missed)
    begin = f"{told}未达标，全年满分{full}分已不可得"
    if left:
        return f"{begin}，其余{len(left)}个月全部达标最多{points_text(best)}分"
    return f"{begin}，得{points_text(earned)}分"


def _item(section: SectionScore, best: Settlement, name: str, maximum: int) -> pd.DataFrame:
    """Return an item's rows; the root's are the candidate's total, bonuses included."""
    earned, most = section.low.points[name], best.points[name]
    base = best.base if name == section.section.kind else most
    lost = np.maximum(0, maximum - base)
    void = section.voids.get(name, np.zeros(len(earned), dtype=bool))

    def why(void: bool, earned: int, most: int) -> str:
        if void:
            return "一票归零，本项不得分"
        if most > earned:
            return f"已得{points_text(earned)}分，至评审期末最多可达{points_text(most)}分"
        return f"已得{points_text(earned)}分，不能再增加"

    reason = texts.sentences_of_rows(
        [void, earned, most], lambda v, e, m: why(bool(v), int(e), int(m))
    )
    return pd.DataFrame(
        {"earned": earned, "attainable": most, "lost": lost, "reason": reason.array}
    )
