"""The running year: what each clause has given, what it can still give, what is lost and why.

*Attainable* is the most a candidate can have at the end of P, whatever comes from now on: open
awards at their maximum, months to come all passed, no further deduction, and those deductions taken
back that later records can cure. It is settled like a score, so items and totals follow.
"""

import numpy as np
import pandas as pd

from dalian_eval.rubric.nodes import parent_of
from dalian_eval.rubric.numbers import points_text
from dalian_eval.scoring import texts
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    UNAVAILABLE,
    VETOED,
    VOID,
    Leaf,
    bounded,
    highest,
)
from dalian_eval.scoring.facts import Candidates, Facts, Positions
from dalian_eval.scoring.score import Score, SectionScore
from dalian_eval.scoring.scored_clause import ScoredClause, scored_clauses
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
    rules = scored_clauses(section.section)
    best = {n: _attainable(rules[n], section, leaf, facts) for n, leaf in section.leaves.items()}
    settled = _settled(section, best, facts)
    frames = []
    for name, node in section.section.nodes.items():
        if name in section.leaves:
            ceiling = section.section.nodes[parent_of(name)].max or 0
            frames.append(
                _leaf(rules[name], section.leaves[name], best[name], ceiling, facts, candidates)
            )
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
            "reason": texts.taken(texts.whole(result["reason"]), order),
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


def _attainable(clause: ScoredClause, section: SectionScore, leaf: Leaf, facts: Facts) -> Positions:
    """Return the most the clause can give by the end of P."""
    if _over(facts) or clause.is_verdict:
        return highest(leaf)
    if clause.deducts:
        return bounded(leaf, leaf.decided) if clause.is_curable else leaf.points
    most = clause.most_while_open(leaf, section.leaves)
    scored = clause.most_while_scored(leaf, most, facts, section.candidates)
    out = leaf.status == NOT_APPLICABLE
    if clause.applies_if is not None and clause.applies_if.otherwise == NOT_APPLICABLE:
        # What it waits for, such as a first pushed lead, can still come.
        out = np.zeros_like(out)
    return np.select([leaf.status == UNAVAILABLE, out], [most, leaf.points], scored)


def _leaf(
    clause: ScoredClause,
    leaf: Leaf,
    best: Positions,
    ceiling: int,
    facts: Facts,
    candidates: Candidates,
) -> pd.DataFrame:
    """Return a clause's rows with what is lost and the reason.

    `ceiling`: the maximum of its item, as far as a clause without a cap of its own can go.
    """
    earned = leaf.points
    if clause.deducts or clause.is_verdict:
        lost = -best
    elif leaf.maximum is None or not clause.capped:
        lost, best = np.zeros_like(best), np.maximum(earned, np.minimum(best, ceiling))
    else:
        lost = np.maximum(leaf.maximum, best) - best
    lost = np.where(leaf.status == NOT_APPLICABLE, 0, lost)
    figures = clause.outlook_figures(facts, candidates)

    def why(status: object, earned: int, best: int, lost: int, figure: int) -> str:
        own = clause.outlook_reason(facts, int(earned), int(best), int(figure))
        return _why(leaf, str(status), int(earned), int(best), int(lost), own)

    reason = texts.sentences_of_rows([leaf.status, earned, best, lost, figures], why)
    return pd.DataFrame(
        {"earned": earned, "attainable": best, "lost": lost, "reason": reason.array}
    )


def _why(leaf: Leaf, status: str, earned: int, best: int, lost: int, own: str | None) -> str:
    """Return a clause's reason; `own`: the rule's words for a clause that is scored, if any."""
    clause = leaf.clause
    if status in (VOID, VETOED):
        return "已一票归零" if status == VOID else "已取消参评资格"
    if clause.is_verdict:
        return "未发现否决或归零情形" if status != UNAVAILABLE else "待补"
    if status == NOT_APPLICABLE:
        return "不参与考核"
    if clause.deducts:
        return _deduction(earned, best)
    if (leaf.maximum is None or not clause.capped) and status != UNAVAILABLE:
        return f"已得{points_text(earned)}分，本条不设上限，以所属项目满分为限"
    if own is not None and status != UNAVAILABLE:
        return own
    more = f"最多还可得{points_text(best - earned)}分" if best > earned else ""
    if status == UNAVAILABLE:
        return f"待补，{more or '不能再得'}"
    if not lost and not more:
        return "已得满分"
    if more:
        return f"期末前{more}"
    return f"规定期间已过，已得{points_text(earned)}分，其余{points_text(lost)}分不能再得"


def _deduction(earned: int, best: int) -> str:
    if not earned:
        return "未扣分"
    if best > earned:
        return f"已扣{points_text(-earned)}分，补录检查记录或达到要求后可以少扣"
    return f"已扣{points_text(-earned)}分"


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
            return f"期末前最多可达{points_text(most)}分"
        return f"已得{points_text(earned)}分，不能再增加"

    reason = texts.sentences_of_rows(
        [void, earned, most], lambda v, e, m: why(bool(v), int(e), int(m))
    )
    return pd.DataFrame(
        {"earned": earned, "attainable": most, "lost": lost, "reason": reason.array}
    )
