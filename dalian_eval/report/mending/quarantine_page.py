"""The page and the workbook of what was not accepted: who has to mend what, what was corrected."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from dalian_eval.intake.account.intake_report import CleanReport, load_report
from dalian_eval.intake.base.raw_cell import clip, visible
from dalian_eval.intake.base.reasons import REASON_TITLES
from dalian_eval.intake.corrections.correction_sheets import Outcome
from dalian_eval.report.base.page import render
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.mending.correction_tasks import UNKNOWN, mending_lines, withdrawn_rows
from dalian_eval.report.mending.correction_workbook import MOST_LINES, write_mendbook
from dalian_eval.report.views.evidence import Evidence
from dalian_eval.report.views.sheet_places import NO_PAGES, SheetPlaces

PAGE, BOOK = "quarantine.html", "quarantine.xlsx"

_OF_A_UNIT, _OF_ALL = 100, 1000
"""Lines of a unit, and of all units together, that the page shows."""

_CELL, _SENTENCE = 200, 2000
_CORRECTIONS = [
    "outcome",
    "reason",
    "target_file",
    "target_sheet",
    "target_row",
    "column",
    "before",
    "action",
    "after",
    "by",
    "note",
    "file",
    "sheet",
    "row",
]


def write_quarantine(folder: Path, meta: dict[str, Any], sheets: SheetPlaces = NO_PAGES) -> None:
    """Write quarantine.html and quarantine.xlsx beside the csv files of intake in `folder`.

    `meta`: what run.json says; `sheets`: the source sheets that have pages there.
    """
    report = load_report(folder)
    lines = mending_lines(report)
    write_mendbook(folder / BOOK, lines)
    page = quarantine_html(report, lines, meta, sheets)
    (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")


def quarantine_html(
    report: CleanReport, lines: pd.DataFrame, meta: dict[str, Any], sheets: SheetPlaces = NO_PAGES
) -> str:
    """Return the page; `lines` are the mending lines of the report."""
    corrections = report.corrections
    withdrawn = withdrawn_rows(report)
    outcomes = corrections["outcome"].value_counts()
    return render(
        "quarantine.html",
        meta=meta,
        groups=_groups(lines, sheets),
        rows=len(lines.drop_duplicates(["file", "sheet", "row"])),
        lines=len(lines),
        unknown=UNKNOWN,
        book=BOOK,
        most=MOST_LINES,
        outcomes={outcome.name: int(outcomes.get(outcome.value, 0)) for outcome in Outcome},
        corrections=_corrections(corrections),
        withdrawn=_withdrawn(withdrawn),
        withdrawn_count=len(withdrawn),
    )


def _groups(lines: pd.DataFrame, sheets: SheetPlaces) -> list[dict[str, Any]]:
    """Return the units in their order: their rows, their reasons, the lines that are shown."""
    groups = []
    room = _OF_ALL
    for number, (unit, own) in enumerate(lines.groupby("unit", sort=False)):
        shown = own.iloc[: min(_OF_A_UNIT, room)]
        room -= len(shown)
        rows = own.drop_duplicates(["file", "sheet", "row"])
        groups.append(
            {
                "anchor": f"unit-{number}",
                "unit": unit,
                "rows": len(rows),
                "lines": len(own),
                "reasons": [
                    (REASON_TITLES[str(code)], int(count))
                    for code, count in own["code"].value_counts(sort=False).items()
                ],
                "files": [
                    (clip(str(file), _CELL), int(count))
                    for file, count in rows["file"].value_counts(sort=False).items()
                ],
                "shown": [_shown(line, sheets) for line in shown.to_dict("records")],
            }
        )
    return groups


def _shown(line: dict[Any, Any], sheets: SheetPlaces) -> dict[str, Any]:
    place = Evidence("", line["table"], line["file"], line["sheet"], (int(line["row"]),))
    cells = json.loads(line["cells"])
    return {
        "table": line["table"],
        "file": clip(line["file"], _CELL),
        "href": place.href,
        "sheet_link": sheets.link(line["file"], line["sheet"], int(line["row"])),
        "place": visible(place.place),
        "column": line["column"],
        "value": clip(line["value"], _CELL),
        "reason": clip(line["reason"], _SENTENCE),
        "fix": clip(line["fix"], _SENTENCE),
        "cells": [(clip(title), clip(text, _CELL)) for title, text in cells.items()],
    }


def _corrections(corrections: pd.DataFrame) -> str:
    """Return the correction lines as a table, those that were not applied first."""
    if corrections.empty:
        return ""
    applied = corrections["outcome"] != Outcome.NOT_APPLIED.value
    order = corrections.assign(_applied=applied).sort_values("_applied", kind="stable")
    return table_html(
        order.map(lambda cell: clip(cell, _CELL) if isinstance(cell, str) else cell),
        columns=_CORRECTIONS,
        points=(),
        search=len(order) > 1,
        titles={"before": "原内容", "after": "更正为"},
    )


def _withdrawn(rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    shown = rows.map(lambda cell: clip(cell, _SENTENCE) if isinstance(cell, str) else cell)
    return table_html(shown, columns=["table", "file", "sheet", "row", "reason"], points=())
