"""Every clause of a rubric over all candidates: its rule, and how it went."""

import pandas as pd

from dalian_eval.outputs.words import CLAUSE_STATES
from dalian_eval.report.base.points import needs_four, plain, points_text_of_column
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.sentences import rule_sentences

_OUTSIDE = ("unavailable", "not_applicable")


def clause_table(view: RunView, kind: str) -> pd.DataFrame:
    """Return the clauses of a kind in document order; the column `id` is for the anchors."""
    section = view.section(kind)
    rows = view.clauses[view.clauses["kind"] == kind]
    by_clause = dict(iter(rows.groupby("clause")))
    known = [p for c in section.clauses if (p := view.peers.get((kind, c)))]
    four = needs_four((*(p.doubled // 2 for p in known), *(p.best for p in known)))
    four = four or any(p.doubled % 2 for p in known)
    result = []
    for clause in section.clauses.values():
        mine = by_clause.get(clause.id, rows.iloc[:0])
        peers = view.peers.get((kind, clause.id))
        full = clause.max is not None and clause.max > 0
        outside = [
            f"{CLAUSE_STATES[state]}{count}个"
            for state in _OUTSIDE
            if (count := int((mine["status"] == state).sum()))
        ]
        result.append(
            {
                "id": clause.id,
                "条款": f"{clause.title}\n{clause.locator}",
                "规则": "".join(rule_sentences(clause, section, view.rubric.period)),
                "满分": plain(clause.max) if clause.max is not None else "—",
                "中位数": peers.median_text(four) if peers else "—",
                "最高": points_text_of_column(peers.best, four) if peers else "—",
                "满分个数": str(int((mine["points"] >= clause.max).sum())) if full else "—",
                "未参与计分": "，".join(outside) or "—",
            }
        )
    titles = ["id", "条款", "规则", "满分", "中位数", "最高", "满分个数", "未参与计分"]
    return pd.DataFrame(result, columns=titles)
