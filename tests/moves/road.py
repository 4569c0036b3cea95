"""From a county's rows to its moves, and from a move's facts back to rows."""

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from dalian_eval import intake
from dalian_eval.intake.account.intake_report import load_report, sources_of
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.metrics import campaign, monthly
from dalian_eval.metrics.sources import open_sources
from dalian_eval.metrics.staff import running_staff
from dalian_eval.moves.context import Context
from dalian_eval.moves.efforts import EFFORTS as KINDS_OF_WORK
from dalian_eval.moves.quarantined import people_of, quarantined_rows
from dalian_eval.moves.search import Move, moves
from dalian_eval.rubric.model import Rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.score import score
from tests.independent.county import HEADERS
from tests.properties.road import PARAMS, County, copy_of, rubric, write
from tests.sheets import BY_SHEET

SEED = "性质"
EFFORTS = {effort: weight for weight, effort in enumerate(KINDS_OF_WORK, start=1)}


def context_of(folder: Path, as_of: dt.date, law: Rubric) -> Context:
    """Score the canonical tables of a folder."""
    data = {file.stem: pq.read_table(file) for file in sorted(folder.glob("*.parquet"))}
    tables = {n: to_frame(t, BY_NAME[n]) for n, t in data.items() if n != "inspections"}
    sources = open_sources(folder, tables["units"], law.period, as_of)
    found = monthly.found_records(sources)
    scored = score(tables, frozenset(data), monthly.all_metrics(sources), found, law, as_of, SEED)
    entries = campaign.entries(sources)
    running = entries[entries["month"] == sources.months[-1]]
    entered = set(running.itertuples(index=False, name=None))
    report, headers = load_report(folder), load_headers(PARAMS / "headers.yaml")
    places = sources_of(folder)
    rows = tuple(quarantined_rows(report.quarantine, report.quarantine_cells, headers, places))
    named = people_of(rows)
    entered |= set(entries[entries["officer_id"].isin(named)].itertuples(index=False, name=None))
    staff = running_staff(sources, named)
    later = monthly.records_to_come(sources)
    seen = frozenset(data)
    return Context(scored, tables, seen, found, later, staff, frozenset(entered), SEED, rows)


def county_moves(
    tables: County,
    as_of: dt.date,
    chosen: Mapping[str, str] | None = None,
    law: Rubric | None = None,
) -> tuple[Context, list[Move]]:
    """Return the moves of a county, by another law where one is given."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "clean"
        write(tables, raw)
        intake.clean(raw, out, headers=PARAMS / "headers.yaml")
        context = context_of(out, as_of, law or rubric(chosen))
        return context, moves(context, EFFORTS)


def with_facts(tables: County, move: Move) -> County:
    """Write a move's facts into the input tables, as their JSON says."""
    result = copy_of(tables)
    for fact in [change.fact() for change in move.proposal.changes]:
        rows = result.setdefault(fact["table"], [])
        if fact["key"] is None:
            headers = HEADERS[fact["table"]].split()
            assert fact["cells"].keys() <= set(headers), fact
            rows.append({**dict.fromkeys(headers, ""), **fact["cells"]})
            continue
        assert set(fact["key"]) == {
            BY_SHEET[fact["table"]][c].header for c in BY_SHEET[fact["table"]].key
        }
        meant = [row for row in rows if all(row[h] == v for h, v in fact["key"].items())]
        assert meant, fact
        for row in meant:
            row.update(fact["cells"])
    return result


def totals(context: Context) -> pd.Series:
    """Return the totals of all candidates."""
    parts = [
        pd.Series(s.low.points[s.section.kind], index=s.candidates.ids)
        for s in (context.scored.unit, context.scored.officer)
    ]
    return pd.concat(parts)
