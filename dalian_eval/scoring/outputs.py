"""The tables of a record that scoring makes, evidence as text."""

from collections.abc import Mapping

import pandas as pd

from dalian_eval.schema.evidence_texts import origin_texts
from dalian_eval.schema.origins import Source
from dalian_eval.scoring import texts
from dalian_eval.scoring.decisions import decisions_frame
from dalian_eval.scoring.ledger import clauses, ledger, monthly_figures, scores
from dalian_eval.scoring.outlook import outlook
from dalian_eval.scoring.protocol import assignments, draw_frames
from dalian_eval.scoring.score import Score


def record_frames(scored: Score, sources: Mapping[int, Source]) -> dict[str, pd.DataFrame]:
    """Return the frames of a record by name (`outputs.tables`); `sources` resolve origins."""
    entries = ledger(scored)
    return {
        "scores": scores(scored),
        "clauses": clauses(scored),
        "ledger": entries.assign(evidence=origin_texts(entries["evidence"], sources)),
        "monthly": monthly_figures(scored),
        "outlook": outlook(scored),
        "assignments": assignments(scored),
        "decisions": _decisions(scored, sources),
        **draw_frames(scored.draw),
    }


def _decisions(scored: Score, sources: Mapping[int, Source]) -> pd.DataFrame:
    """Return the columns of decisions.csv, sorted by kind, candidate, day and number."""
    rows = texts.stack(
        [
            decisions_frame(section.decisions, section.section, section.candidates)
            for section in (scored.officer, scored.unit)
        ]
    )
    return rows.assign(evidence=origin_texts(rows["evidence"], sources))
