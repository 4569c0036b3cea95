"""What a unit's own check found, per file and sheet, for the terminal and for the page."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.intake.base.raw_cell import clip, visible
from dalian_eval.intake.corrections.correction_sheets import Outcome
from dalian_eval.outputs.words import SHEET_STATES
from dalian_eval.report.base.labels import table_title

_MEND = "请在更正表中改好这一行；不再需要的，清空『处理』和『更正为』。"
_COUNTS = {
    "accepted": "采用",
    "merged": "合并",
    "superseded": "被替代",
    "quarantined": "隔离",
}


@dataclass(frozen=True)
class Problem:
    """A row that was not accepted: where, what stands there, what is wrong, what mends it.

    `cells` are addresses such as D14, as far as they are known.
    """

    row: int
    column: str
    value: str
    reason: str
    fix: str
    cells: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Row and cells, in Chinese."""
        cells = f"（{'、'.join(self.cells)} 格）" if self.cells else ""
        return f"第 {self.row} 行{cells}"


@dataclass
class SheetFindings:
    """One sheet (csv: the file): its state, its table, its rows by what became of them."""

    name: str
    state: str
    table: str
    note: str
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[Problem] = ()

    @property
    def is_read(self) -> bool:
        """Whether it was read as a table."""
        return self.state == "read"

    @property
    def is_untouched(self) -> bool:
        """Whether it is a sheet of the template into which nothing was written."""
        return self.state == "untouched"

    @property
    def title(self) -> str:
        """The sheet and the table it was taken for."""
        sheet = f"工作表『{clip(self.name)}』" if self.name else ""
        table = f"按『{table_title(self.table)}』表" if self.table else ""
        return f"{sheet}{table}" if self.is_read else f"{sheet}{table}{SHEET_STATES[self.state]}"

    @property
    def account(self) -> str:
        """The rows read and what became of them, in Chinese."""
        parts = [f"{word} {self.counts[n]}" for n, word in _COUNTS.items() if self.counts[n]]
        return f"读取 {self.counts['rows_read']} 行" + (f"：{'，'.join(parts)}" if parts else "")


@dataclass
class FileFindings:
    """One file and its sheets, in their order."""

    file: str
    sheets: list[SheetFindings] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The file's path as it can be shown."""
        return clip(self.file, 200)


def findings_of(
    report: CleanReport, cells: Mapping[tuple[str, str, int], Sequence[str]]
) -> list[FileFindings]:
    """Return what intake reported, file by file.

    `cells` gives the addresses of the bad cells by file, sheet and row.
    """
    counts = {(r["file"], r["sheet"], r["table"]): r for r in report.sources.to_dict("records")}
    problems: dict[tuple[str, str, str], list[Problem]] = {}
    for row in report.quarantine.to_dict("records"):
        place = (row["file"], row["sheet"], row["table"])
        problems.setdefault(place, []).append(
            Problem(
                row["row"],
                row["column"],
                clip(row["value"]),
                row["reason"],
                row["fix"],
                tuple(cells.get((*place[:2], row["row"]), ())),
            )
        )
    for line in _not_applied(report):
        problems.setdefault((line["file"], line["sheet"], ""), []).append(
            Problem(line["row"], line["column"], clip(line["after"]), line["reason"], _MEND)
        )
    files: dict[str, FileFindings] = {}
    for row in report.sheets.to_dict("records"):
        place = (row["file"], row["sheet"], row["table"])
        found = files.setdefault(row["file"], FileFindings(row["file"]))
        found.sheets.append(
            SheetFindings(
                row["sheet"],
                row["status"],
                row["table"],
                visible(row["note"]),
                {k: int(v) for k, v in counts[place].items() if k in ("rows_read", *_COUNTS)}
                if place in counts
                else {},
                problems.get(place, ()),
            )
        )
    return list(files.values())


def _not_applied(report: CleanReport) -> list[dict[Hashable, Any]]:
    """Return the lines of correction workbooks that were not applied."""
    lines = report.corrections
    return lines[lines["outcome"] == Outcome.NOT_APPLIED.value].to_dict("records")


def totals(report: CleanReport) -> dict[str, int]:
    """Return the rows of all sheets together, by what became of them."""
    sums: pd.Series = report.sources[["rows_read", *_COUNTS]].sum()
    return {str(name): int(value) for name, value in sums.items()}


def lines(found: FileFindings, most: int) -> list[str]:
    """Return what a terminal shows of a file: at most `most` problems per sheet."""
    told = [found.title]
    untouched = [table_title(sheet.table) for sheet in found.sheets if sheet.is_untouched]
    if untouched:
        told.append(f"  没有填写的页 {len(untouched)} 张，按没有报送计：{'、'.join(untouched)}")
    for sheet in found.sheets:
        if sheet.is_untouched:
            continue
        if not sheet.is_read:
            told.append("  " + "：".join(filter(None, (sheet.title, clip(sheet.note, 2000)))))
        else:
            told.append(f"  {sheet.title}，{sheet.account}")
            if sheet.note:
                told.append(f"    {clip(sheet.note, 2000)}")
        for problem in sheet.problems[:most]:
            told.append(f"    ✗ {problem.place}{problem.reason}")
            told.append(f"      改法：{problem.fix}")
        if len(sheet.problems) > most:
            told.append(f"    ……另有 {len(sheet.problems) - most} 行，见自查报告")
    return told
