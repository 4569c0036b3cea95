"""The protocols of what scoring chose: the case draw, also by itself, and "no case twice"."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.queries import Kind
from dalian_eval.scoring.derive import derive
from dalian_eval.scoring.draw import Draw, draw
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.overlap import Assignment
from dalian_eval.scoring.score import Score


def draw_alone(
    tables: Mapping[str, pd.DataFrame], rubric: Rubric, as_of: dt.date, seed: str
) -> tuple[Draw, dict[Kind, Candidates]]:
    """Draw as `score` does, without scoring; also return whom the files are drawn for.

    `tables`: canonical frames of the supplied tables; `seed`: the run's own.
    """
    as_of = min(as_of, rubric.period.end)
    no_records = pd.DataFrame({"record_id": pd.Series(dtype="str")})
    derived = derive(tables, no_records, rubric.period, as_of)
    facts = Facts(derived, frozenset(tables), pd.DataFrame(), rubric, as_of)
    candidates: dict[Kind, Candidates] = {
        "unit": facts.candidates("unit"),
        "officer": facts.candidates("officer"),
    }
    return draw(derived, candidates, rubric, as_of, seed), candidates


def draw_frames(drawn: Draw) -> dict[str, pd.DataFrame]:
    """Return the frames of draw.csv and draw_eligible.csv by name."""
    return {"draw": drawn.slots[OUTPUTS["draw"].names], "draw_eligible": drawn.eligible}


def assignments(scored: Score) -> pd.DataFrame:
    """Return which indicator each contested case serves (columns of assignments.csv).

    One row per candidate, contested case and indicator it qualifies for. `serves`, `next_serves`:
    whether it serves that indicator under the choice and under the next best that gives other
    points; `points`, `next_points`: what the indicator as a whole gives the candidate then;
    `total`, `next_total`: the candidate's total. Without a next best, its columns are blank.
    """
    rows = [
        row
        for section in (scored.officer, scored.unit)
        for found in section.assignments
        for row in _rows(section.section, str(section.candidates.ids[found.candidate]), found)
    ]
    frame = table_frame(OUTPUTS["assignments"], rows)
    return frame.sort_values([*OUTPUTS["assignments"].order], ignore_index=True)


def _rows(section: Section, candidate: str, found: Assignment) -> Iterator[tuple[Any, ...]]:
    def gives(points: Mapping[str, int] | None, indicator: str) -> int | None:
        if points is None:
            return None
        return sum(points[clause] for clause in section.exclusive[indicator])

    following = found.runner_up_chosen
    for case, indicators in found.options.items():
        for indicator in indicators:
            yield (
                section.kind,
                candidate,
                case,
                indicator,
                found.chosen[case] == indicator,
                None if following is None else following[case] == indicator,
                gives(found.points, indicator),
                gives(found.runner_up, indicator),
                found.total,
                found.runner_up_total,
            )
