"""todo.csv: the moves of a run, one row each, with their facts as JSON."""

import json
from collections.abc import Mapping, Sequence

import pandas as pd

from dalian_eval.moves.context import Context
from dalian_eval.moves.search import Move
from dalian_eval.rubric.numbers import four_decimals
from dalian_eval.schema.origins import Source, origin_text

FILE = "todo"
"""The name of the table, without its ending."""

COLUMNS = [
    *("kind", "candidate", "clause", "whose", "number", "by", "gain", "total_after"),
    *("rank_after", "effort", "sentence", "rows", "facts"),
]


def todo_frame(
    context: Context, moves: Sequence[Move], sources: Mapping[int, Source]
) -> pd.DataFrame:
    """Return the columns of todo.csv as text; points have four decimals."""
    rows = []
    for move in moves:
        p = move.proposal
        facts = [change.fact() for change in p.changes]
        rows.append(
            {
                "kind": p.kind,
                "candidate": str(context.candidates(p.kind).ids[p.candidate]),
                "clause": p.clause,
                "whose": p.whose,
                "number": str(p.number),
                "by": p.by.isoformat(),
                "gain": four_decimals(move.gain),
                "total_after": four_decimals(move.total),
                "rank_after": "" if move.rank is None else str(move.rank),
                "effort": str(move.effort),
                "sentence": move.sentence,
                "rows": " ".join(origin_text(origin, sources) for origin in p.rows),
                "facts": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")
