"""What a check found, as data: the desk shows it file by file without checking again."""

from collections.abc import Sequence
from typing import Any

from dalian_eval.outputs.words import SHEET_STATES
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.mending.check_findings import FileFindings, SheetFindings
from dalian_eval.report.mending.check_verdict import CheckVerdict
from dalian_eval.report.mending.handed_in import HandedIn


def account_of(
    found: Sequence[FileFindings], handed: HandedIn, judged: CheckVerdict
) -> dict[str, Any]:
    """Return files with their sheets, the tables that are missing and what hangs on them."""
    return {
        "blocked": judged.blocked,
        "must": [outcome.title for outcome in judged.blocking],
        "warnings": [outcome.title for outcome in judged.warnings],
        "files": [{"file": f.file, "sheets": [_sheet(s) for s in f.sheets]} for f in found],
        "missing": [{"table": one.sheet, "stake": one.stake} for one in handed.missing],
        "declared": [*handed.declared],
        "total": handed.total,
    }


def _sheet(sheet: SheetFindings) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "state": sheet.state,
        "told": SHEET_STATES[sheet.state],
        "table": table_title(sheet.table) if sheet.table else "",
        "rows": sheet.counts.get("rows_read", 0),
        "accepted": sheet.counts.get("accepted", 0),
        "quarantined": sheet.counts.get("quarantined", 0),
        "note": sheet.note,
        "first": sheet.problems[0].reason if sheet.problems else "",
    }
