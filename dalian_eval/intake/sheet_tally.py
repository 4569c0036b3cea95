"""What is told of a sheet besides its records: rows passed over, struck out, short, void."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.tables.changes import Changes, add_changes
from dalian_eval.intake.tables.non_records import Furniture, listed_rows, note_of_skipped_rows
from dalian_eval.intake.tables.normalise import Piece


@dataclass
class SheetTally:
    """Adds up the pieces of a sheet: records, and row numbers by what is to be told of them."""

    rows: int = 0
    skipped: dict[Furniture, list[int]] = field(default_factory=dict)
    struck: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    revoked: dict[str, list[int]] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)

    def add(self, piece: Piece, struck: Sequence[int]) -> None:
        """Take the next piece; `struck` are the indices of the sheet's struck-out rows."""
        self.rows += len(piece.rows)
        numbers = {row + 1 for row in struck}
        self.struck += [row for row in piece.rows.tolist() if row in numbers] if numbers else []
        for kind, rows in piece.skipped.items():
            self.skipped.setdefault(kind, []).extend(rows)
        self.short += piece.short
        for title, rows in piece.revoked.items():
            self.revoked.setdefault(title, []).extend(rows)
        add_changes(self.changes, piece.changes)

    def notes(self) -> Iterator[str]:
        """Yield what the analyst is told, in Chinese."""
        if self.skipped:
            yield note_of_skipped_rows(self.skipped)
        if self.struck:
            yield (
                f"整行划了删除线的 {listed_rows(self.struck)}仍按数据读取，如已作废请删去后重新提交"
            )
        for (column, change), example in self.changes.items():
            if change is Change.OTHERS:
                yield (
                    f"『{column}』有 {example.count} 行写“等几人”（如 {example.before}），"
                    "没有写出姓名的人不计，请补全"
                )
        if self.short:
            yield f"字段比表头少的 {listed_rows(self.short)}，缺的按空白读"
        for title, rows in self.revoked.items():
            yield f"『{title}』写明作废或删除的 {listed_rows(rows)}，照常读作数据"


def listed_changes(changes: Changes) -> tuple[tuple[str, str, int, str, str], ...]:
    """Return changes as an entry of the pieces keeps them."""
    return tuple((h, c.name, e.count, e.before, e.after) for (h, c), e in changes.items())
