"""What became of every correction line, also of those that aim at nothing that was read."""

from collections.abc import Mapping

from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.intake.corrections.correction_sheets import (
    Decision,
    Line,
    Outcome,
    comparable_text,
    decision,
)
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.pieces import Entry


class Aims:
    """The files that lines may aim at, by their paths in the raw folder, and what was read."""

    def __init__(
        self, opened: Mapping[str, RawFile | RefusedError], entries: Mapping[str, Entry]
    ) -> None:
        """Take the opened files and those that were read, under their corrections."""
        self._opened, self._entries = opened, entries
        self._decided = {
            (found.file, found.sheet, found.row): found
            for entry in entries.values()
            for sheet in entry.sheets
            for found in sheet.decisions
        }

    def decide(self, line: Line) -> Decision:
        """Return what became of a line."""
        found = self._decided.get(line.place)
        if found is not None:
            return found
        return decision(line, Outcome.NOT_APPLIED, line.fault or self._unreached(line))

    def _unreached(self, line: Line) -> str:
        """Return why a line met no sheet, in Chinese."""
        file, sheet = clip(line.target_file, 200), clip(line.target_sheet)
        entry = self._entries.get(line.target_file)
        if entry is None:
            if line.target_file in self._opened:
                return f"文件 {file} 没有读取，请先解决这个文件的问题。"
            return (
                f"数据文件夹里没有可读的文件 {file or '（空）'}，可能已改名、移走，或路径被改动；"
                "请照原样保留『文件』。"
            )
        sheets = {comparable_text(found.name): found for found in entry.sheets}
        if line.target_sheet not in sheets:
            return f"文件 {file} 里没有工作表『{sheet}』，可能已改名或删去。"
        return f"文件 {file} 的工作表『{sheet}』没有作为数据表读取，无从更正。"
