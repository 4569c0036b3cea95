"""todo.csv: the moves of a run, one row each, with their facts as JSON."""

import json
from collections.abc import Mapping, Sequence

import pandas as pd

from dalian_eval.moves.context import Context
from dalian_eval.moves.search import Move
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.origins import Source, origin_text


def todo_frame(
    context: Context, moves: Sequence[Move], sources: Mapping[int, Source]
) -> pd.DataFrame:
    """Return the moves in the columns of todo.csv."""
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
                "number": p.number,
                "by": p.by.isoformat(),
                "gain": move.gain,
                "total_after": move.total,
                "rank_after": move.rank,
                "effort": move.effort,
                "sentence": move.sentence,
                "rows": " ".join(origin_text(origin, sources) for origin in p.rows),
                "facts": json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
            }
        )
    return table_frame(OUTPUTS["todo"], rows)
