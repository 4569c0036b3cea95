"""Worked cases on the real road: csv files, intake, monthly metrics, score.

Examples of equal as-of day, readings and missing tables share one county, each with codes of its
own; one that compares candidates is alone.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from dalian_eval import intake
from dalian_eval.metrics import monthly
from dalian_eval.metrics.sources import open_sources
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.model import Table, Type
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring import ledger
from dalian_eval.scoring.score import Score, score
from dalian_eval.workbench.case_form import TOTALS, Row, Worked, by_sheet
from dalian_eval.workbench.case_rows import rows_of

_SEED = "案例"

County = tuple[Worked, ...]


@dataclass(frozen=True)
class Outcome:
    """What the program made of a county.

    `clauses`: rows of clauses.csv by candidate and clause; `scores`: rows of scores.csv by
    candidate; `drawn`: case numbers by candidate; `refused`: the cells and reasons of rows that
    were not taken.
    """

    clauses: Mapping[tuple[str, str], Mapping[str, Any]]
    scores: Mapping[str, Mapping[str, Any]]
    drawn: Mapping[str, list[str]]
    refused: tuple[str, ...]
    scored: Score

    @cached_property
    def entries(self) -> pd.DataFrame:
        """The ledger, made when a case asks why."""
        return ledger.ledger(self.scored)


def counties(worked: Sequence[Worked], rubric: Rubric) -> list[County]:
    """Return the examples by the county they share, in their order."""
    comparing = [
        name
        for kind in rubric.kinds
        for name, clause in rubric.section(kind).clauses.items()
        if clause.compares_candidates
    ]
    found: dict[tuple[object, ...], list[Worked]] = {}
    for one in worked:
        example = one.example
        alone = any(_compares(e.subject, e.aspect, comparing) for e in example.expected)
        shared = (
            id(one.background),
            example.as_of,
            tuple(sorted(example.readings.items())),
            tuple(sorted(example.missing)),
            one.tag if alone else "",
        )
        found.setdefault(shared, []).append(one)
    return [tuple(county) for county in found.values()]


def _compares(subject: str, aspect: str, comparing: Sequence[str]) -> bool:
    """Whether an expected number depends on who else is in the county."""
    within = any(name == subject or name.startswith(f"{subject}.") for name in comparing)
    return within or (subject in TOTALS and (bool(comparing) or aspect == "rank"))


def write_county(county: Sequence[tuple[str, Worked]], raw: Path) -> None:
    """Write the csv files of examples to a new folder; each has a tag that sets its codes apart."""
    raw.mkdir()
    facts = [(tag, rows_of(worked)) for tag, worked in county]
    for sheet, table in by_sheet().items():
        if sheet in county[0][1].example.missing:
            continue
        with (raw / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([column.header for column in table.columns])
            for tag, tables in facts:
                writer.writerows(_cells(table, row, tag) for row in tables[sheet])


def _cells(table: Table, row: Row, tag: str) -> list[str]:
    """Return a row's cells in the table's order, its codes set apart by `tag`."""
    cells = []
    for column in table.columns:
        value = row.get(column.header, "")
        parts = value if isinstance(value, list) else value.split("、")
        coded = column.type in (Type.CODE, Type.CASE_NUMBER) or column.name == "inspectors"
        cells.append("、".join(tag + p if coded and p else p for p in parts))
    return cells


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype(object).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


@cache
def _rubric(path: Path, readings: tuple[tuple[str, str], ...]) -> Rubric:
    return load_rubric(path, dict(readings))


def evaluate(county: County, rubric_file: Path, folder: Path) -> Outcome:
    """Write the county's csv files below `folder`, clean them and score them under the rubric."""
    example = county[0].example
    raw, clean, headers = folder / "raw", folder / "clean", folder / "headers.yaml"
    write_county([(worked.tag, worked) for worked in county], raw)
    headers.write_text("{}\n", encoding="utf-8")
    report = intake.clean(raw, clean, headers=headers, workers=1)
    files = sorted(clean.glob("*.parquet"))
    tables = {
        file.stem: to_frame(pq.read_table(file), BY_NAME[file.stem])
        for file in files
        if file.stem != "inspections"
    }
    rubric = _rubric(rubric_file, tuple(sorted(example.readings.items())))
    with using_metrics(rubric.metrics):
        sources = open_sources(clean, tables["units"], rubric.period, example.as_of)
        scored = score(
            tables,
            frozenset(file.stem for file in files),
            monthly.all_metrics(sources),
            monthly.found_records(sources),
            rubric,
            example.as_of,
            _SEED,
        )
    clauses = _records(ledger.clauses(scored))
    scores = _records(ledger.scores(scored))
    drawn: dict[str, list[str]] = {}
    for slot in scored.draw.slots.astype(object).fillna("").to_dict("records"):
        drawn.setdefault(slot["candidate"], []).extend(filter(None, [slot["case"]]))
    refused = report.quarantine.to_dict("records")
    return Outcome(
        {(str(row["candidate"]), str(row["clause"])): row for row in clauses},
        {str(row["candidate"]): row for row in scores},
        drawn,
        tuple(f"{row['cells']}：{row['reason']}" for row in refused),
        scored,
    )
