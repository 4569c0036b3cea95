"""What became of the rows of some source sheets: accepted, merged, superseded, in quarantine.

Read from what intake left: the origins in the canonical tables, and the csv files of its account.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from dalian_eval.base.csvfile import read_csv_where
from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.intake.base.reasons import Reason
from dalian_eval.intake.corrections.correction_sheets import EMPTY, Outcome, comparable_text
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.report.views.sheet_places import Sheet
from dalian_eval.schema.origins import ORIGIN, ROW_BITS, row_of


class State(Enum):
    """What became of a row; the value is the word on the page."""

    ACCEPTED = "采用"
    MERGED = "并入"
    SUPERSEDED = "已被取代"
    WITHDRAWN = "不采用"
    QUARANTINED = "隔离"


class Mark(Enum):
    """Why a cell is lit; the value is the word in the cell, none where an entry looks at it."""

    REFUSED = "隔离"
    CORRECTED = "更正"
    USED = ""


@dataclass
class RowFate:
    """What became of a row.

    `told`: sentences about it; `kept`: file, sheet and row of the one that stands for it; `cells`:
    the cells that matter by header, as the sheet's problems name it.
    """

    state: State
    told: list[str] = field(default_factory=list)
    kept: tuple[str, str, int] | None = None
    cells: dict[str, Mark] = field(default_factory=dict)


_ABSORBED = {
    State.MERGED: ("merged", "merges"),
    State.SUPERSEDED: ("superseded", "supersessions"),
}
"""The column of sources.csv that counts such rows, and the table that lists them."""

Fates = dict[Sheet, dict[int, RowFate]]


def row_fates(report: CleanReport, sheets: Collection[Sheet]) -> Fates:
    """Return what became of every record of some sheets, by sheet and row number.

    A row of a mapped sheet may yield several rows: the gravest of what became of them is told, as
    in mapped.csv.
    """
    fates: Fates = {sheet: {} for sheet in sheets}
    for sheet, row, fate in _absorbed(report, State.MERGED, fates):
        fates[sheet][row] = fate
    for sheet, row in _accepted(report, fates):
        fates[sheet][row] = RowFate(State.ACCEPTED)
    for sheet, row, fate in _absorbed(report, State.SUPERSEDED, fates):
        fates[sheet][row] = fate
    _add_quarantined(report, fates)
    _add_corrected(report, fates)
    return fates


def _accepted(report: CleanReport, fates: Fates) -> Iterator[tuple[Sheet, int]]:
    """Yield the rows that stand in the canonical tables."""
    sources = report.sources
    for table, own in sources.groupby("table", sort=False):
        shown = {
            int(number): (str(file), str(sheet))
            for number, file, sheet in own[["id", "file", "sheet"]].itertuples(index=False)
            if (file, sheet) in fates
        }
        if not shown:
            continue
        ids = np.array(sorted(shown))
        with pq.ParquetFile(report.folder / f"{table}.parquet") as kept:
            for batch in kept.iter_batches(columns=[ORIGIN]):
                origins = batch.column(0).to_numpy()
                of_source = origins >> ROW_BITS
                chosen = np.isin(of_source, ids)
                pairs = zip(of_source[chosen].tolist(), origins[chosen].tolist(), strict=True)
                yield from ((shown[number], row_of(origin)) for number, origin in pairs)


def _absorbed(
    report: CleanReport, state: State, fates: Fates
) -> Iterator[tuple[Sheet, int, RowFate]]:
    """Yield the rows of merges.csv or supersessions.csv; at scale neither is read as a whole."""
    counted, table = _ABSORBED[state]
    sources = report.sources[report.sources[counted] > 0]
    shown = fates.keys() & {*sources[["file", "sheet"]].itertuples(index=False, name=None)}
    if not shown:
        return
    path = report.folder / OUTPUTS[table].file
    lines = read_csv_where(path, "file", {file for file, _ in shown})
    for line in lines.to_dict("records"):
        sheet = (line["file"], line["sheet"])
        if sheet in shown:
            kept = (line["kept_file"], line["kept_sheet"], int(line["kept_row"]))
            told = [line["changed"]] if line["changed"] else []
            yield sheet, int(line["row"]), RowFate(state, told, kept)


def _add_quarantined(report: CleanReport, fates: Fates) -> None:
    """Put in the rows of quarantine.csv, with the cells that were refused."""
    for sheet, line in _of(report.quarantine, fates):
        gone = line["code"] == Reason.WITHDRAWN.code
        fates[sheet][int(line["row"])] = RowFate(State.WITHDRAWN if gone else State.QUARANTINED)
    for sheet, line in _of(report.quarantine_cells, fates):
        fate = fates[sheet][int(line["row"])]
        told = f"{line['reason']}{line['fix']}"
        if told not in fate.told:
            fate.told.append(told)
        if line["column"]:
            fate.cells[line["column"]] = Mark.REFUSED


def _of(lines: pd.DataFrame, fates: Fates) -> Iterator[tuple[Sheet, Mapping[Any, Any]]]:
    """Yield the lines about rows of the sheets."""
    for line in lines[lines["file"].isin({file for file, _ in fates})].to_dict("records"):
        if (line["file"], line["sheet"]) in fates:
            yield (line["file"], line["sheet"]), line


def _add_corrected(report: CleanReport, fates: Fates) -> None:
    """Light the cells that a correction workbook changed."""
    named = {(file, comparable_text(sheet)): fates[file, sheet] for file, sheet in fates}
    for line in report.corrections.to_dict("records"):
        rows = named.get((line["target_file"], line["target_sheet"]), {})
        row = line["target_row"]
        if line["outcome"] == Outcome.CORRECTED.value and row.isdecimal() and int(row) in rows:
            fate = rows[int(row)]
            before, after = (line[name] or EMPTY for name in ("before", "after"))
            fate.told.append(f"按更正表，『{line['column']}』由“{before}”改为“{after}”。")
            fate.cells.setdefault(line["column"], Mark.CORRECTED)
