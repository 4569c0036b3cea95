"""What is to be mended, by whom: the lines of the correction workbook and of its page."""

import json

import pandas as pd

from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.intake.base.raw_cell import visible
from dalian_eval.intake.base.reasons import WHOLE_ROW as WHOLE_ROW_CODES
from dalian_eval.intake.base.reasons import Reason
from dalian_eval.intake.corrections.correction_sheets import (
    WHOLE_ROW,
    Outcome,
    comparable_text,
    row_text,
)
from dalian_eval.report.base.labels import table_title

UNKNOWN = "未能判断"
"""What stands for the unit where no table tells it."""

_PLACE = ["file", "sheet", "row"]


def mending_lines(report: CleanReport) -> pd.DataFrame:
    """Return one line per bad cell, or per row where the row as a whole is the problem.

    Columns: those of quarantine_cells.csv, `table` and `unit` as people read them, `value` as it
    is told in the workbook, and `cells` (the row's original cells, JSON). Sorted by unit (unknown
    ones last), file, sheet and row. Rows that corrections withdrew are not among them.
    """
    cells = report.quarantine_cells
    lines = cells[cells["code"] != Reason.WITHDRAWN.code]
    whole = lines["code"].isin(WHOLE_ROW_CODES)
    lines = lines[~(whole & lines.duplicated(_PLACE))]
    # A row of a mapped sheet may be in quarantine several times, with one bad cell of all.
    mapped = {*report.mapped[["file", "sheet"]].itertuples(index=False, name=None)}
    sheets = zip(lines["file"], lines["sheet"], strict=True)
    several = pd.Series([sheet in mapped for sheet in sheets], lines.index, dtype="bool")
    lines = lines[~(several & lines.duplicated([*_PLACE, "column"]))]
    rows = report.quarantine[[*_PLACE, "cells"]].drop_duplicates(_PLACE)
    lines = lines.merge(rows, on=_PLACE, how="left", validate="many_to_one", sort=False)
    whole = lines["code"].isin(WHOLE_ROW_CODES)
    lines["value"] = [
        row_text(json.loads(cells)) if w else comparable_text(value)
        for w, value, cells in zip(whole, lines["value"], lines["cells"], strict=True)
    ]
    lines["column"] = lines["column"].mask(whole, WHOLE_ROW)
    cells_of = zip(lines["file"], lines["sheet"], lines["row"], lines["column"], strict=True)
    lines["fix"] += pd.Series(map(_Corrected(report), cells_of), lines.index, dtype="str")
    lines["table"] = lines["table"].map(table_title)
    lines["_unknown"] = lines["unit"] == ""
    lines = lines.sort_values(["_unknown", "unit", *_PLACE], kind="stable", ignore_index=True)
    named = lines["unit"] + " " + lines["unit_name"]
    lines["unit"] = named.str.strip().map(visible).mask(lines["_unknown"], UNKNOWN)
    return lines.drop(columns="_unknown")


class _Corrected:
    """Says of a cell that is still bad which line of which workbook corrected it already."""

    def __init__(self, report: CleanReport) -> None:
        known = report.corrections
        known = known[known["outcome"] == Outcome.CORRECTED.value]
        self._lines = {
            (r["target_file"], r["target_sheet"], r["target_row"], r["column"]): r
            for r in known.to_dict("records")
        }

    def __call__(self, cell: tuple[str, str, int, str]) -> str:
        file, sheet, row, column = cell
        found = self._lines and self._lines.get((file, comparable_text(sheet), str(row), column))
        if not found:
            return ""
        page = f"工作表『{found['sheet']}』" if found["sheet"] else ""
        return (
            f"这一格已由更正表 {found['file']} {page}第 {found['row']} 行改过，"
            "仍有问题，请改那一行，不要另写一行。"
        )


def withdrawn_rows(report: CleanReport) -> pd.DataFrame:
    """Return the rows of quarantine.csv that corrections withdrew."""
    rows = report.quarantine
    return rows[rows["code"] == Reason.WITHDRAWN.code]
