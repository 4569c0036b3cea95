"""What became of every file, sheet and row, told in the csv files of the report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dalian_eval.intake.account.mapped_sheets import mapped_columns, mapped_rows
from dalian_eval.intake.account.mending_unit import Responsible
from dalian_eval.intake.account.original_cells import Cells
from dalian_eval.intake.account.read_sheet import ReadSheet
from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.corrections.correction_sheets import Decision, Line, Outcome
from dalian_eval.intake.pieces import SheetRead
from dalian_eval.intake.records.external_sort import sorted_rows
from dalian_eval.intake.records.merge import ABSORBED
from dalian_eval.intake.records.settle import MERGED, OUTCOMES, QUARANTINED, SUPERSEDED, Lists
from dalian_eval.intake.tables.changes import Changes, Example
from dalian_eval.intake.tables.quarantined_rows import SCHEMA
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.model import Column
from dalian_eval.schema.origins import MOST_ROWS, ORIGIN, ROW_BITS, row_of, source_of
from dalian_eval.schema.tables import BY_NAME, TABLES

# The processes that read files start without them.
if TYPE_CHECKING:
    import duckdb
    import pandas as pd


_TOLD = ("reason", "fix")


@dataclass
class Account:
    """What intake keeps to tell: sheets as lines of sheets.csv, sources by id, changes.

    `corrections` are the filled lines of correction sheets with what became of them.
    """

    sheets: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    sources: list[ReadSheet] = field(default_factory=list)
    changes: dict[tuple[str, str, Change], Example] = field(default_factory=dict)
    corrections: list[tuple[Line, Decision]] = field(default_factory=list)

    def note_changes(self, table: str, changes: Changes) -> None:
        """Add up what was changed in a table; the first example stays."""
        for (header, change), example in changes.items():
            known = self.changes.get((table, header, change))
            if known:
                example = Example(known.count + example.count, known.before, known.after)
            self.changes[table, header, change] = example

    def note_corrections(self, sheet: SheetRead, decide: Callable[[Line], Decision]) -> str:
        """Keep the filled lines of a correction sheet; return what became of its rows, in Chinese.

        No line may be lost on the way.
        """
        found = [(line, decide(line)) for line in sheet.lines]
        self.corrections += found
        counts = Counter(decided.outcome for _, decided in found)
        corrected, withdrawn, refused = (counts[outcome.value] for outcome in Outcome)
        blank = sheet.rows_read - len(sheet.lines)
        if corrected + withdrawn + refused + blank != sheet.rows_read or blank < 0:
            raise AssertionError(f"lines of {sheet.name} do not add up: {counts}")
        return (
            f"隔离更正表：{sheet.rows_read} 行，更正 {corrected}，不采用 {withdrawn}，"
            f"未能采用 {refused}，没有填写 {blank}"
        )

    def place(self, origin: int) -> str:
        """Return file, sheet and row of an origin, for a sentence."""
        source = self.sources[source_of(origin)]
        sheet = f"工作表『{source.sheet.name}』" if source.sheet.name else ""
        return f"文件 {source.raw.file} {sheet}第 {row_of(origin)} 行"

    def write(self, out: Path, database: "duckdb.DuckDBPyConnection", lists: Lists) -> None:
        """Write the report; no row may be lost on the way."""
        from dalian_eval.outputs.csv_files import table_frame, write_table, write_table_parts

        tables: dict[str, Iterable[Sequence[object]]] = {
            "sources": self._source_rows(lists),
            "sheets": self.sheets,
            "normalising": self._change_rows(),
            "corrections": self._correction_rows(),
            "mapped": mapped_rows(self.sources, lists, out),
            "mapped_columns": mapped_columns(self.sources),
        }
        for name, lines in tables.items():
            write_table(name, table_frame(OUTPUTS[name], lines), out)
        for name, rows in (("quarantine", self._bad_row), ("quarantine_cells", self._bad_cells)):
            quarantine = sorted_rows(database, SCHEMA, lists.files[QUARANTINED], [ORIGIN])
            parts = self._quarantined(name, quarantine, rows(Responsible(out)))
            write_table_parts(name, parts, out)
        for name, outcome in (("merges", MERGED), ("supersessions", SUPERSEDED)):
            absorbed = sorted_rows(database, ABSORBED, lists.files[outcome], [ORIGIN])
            write_table_parts(name, map(self._absorbed, absorbed), out)

    def _source_rows(self, lists: Lists) -> Iterator[tuple[object, ...]]:
        for source in self.sources:
            sheet = source.sheet
            counts = [int(lists.counts[outcome][source.id]) for outcome in OUTCOMES]
            if sum(counts) != sheet.rows_read:
                raise AssertionError(f"rows of {source.raw.file} do not add up: {counts}")
            yield (
                source.id,
                sheet.table,
                source.raw.file,
                source.raw.sha256,
                sheet.name,
                sheet.header_row,
                sheet.rows_read,
                *counts,
                sheet.mapping,
            )

    def _change_rows(self) -> Iterator[tuple[object, ...]]:
        for table in TABLES:
            for column in table.columns:
                for change in Change:
                    found = self.changes.get((table.name, column.header, change))
                    if found:
                        told = (found.count, found.before, found.after)
                        yield (table.name, column.header, change.value, *told)

    def _correction_rows(self) -> Iterator[tuple[object, ...]]:
        for line, found in self.corrections:
            target = (line.target_file, line.target_sheet, line.target_row)
            asked = (line.column, line.before, line.action, line.after, line.by, line.note)
            yield (*line.place, *target, *asked, found.outcome, found.reason)

    def _quarantined(
        self, name: str, batches: Iterator[pa.Table], lines: "_Lines"
    ) -> Iterator["pd.DataFrame"]:
        """Yield the lines that `lines` makes of quarantined rows, for the csv of that name."""
        from dalian_eval.outputs.csv_files import table_frame

        cells: Cells | None = None
        last = -1
        for batch in batches:
            rows: list[tuple[object, ...]] = []
            for row in batch.to_pylist():
                number = source_of(row[ORIGIN])
                source = self.sources[number]
                if number != last or cells is None:
                    last = number
                    cells = Cells(source.folder, source.sheet.titles, source.sheet.parts)
                rows += lines(source, row, cells)
            yield table_frame(OUTPUTS[name], rows)

    def _bad_row(self, _: Responsible) -> "_Lines":
        def lines(
            source: ReadSheet, row: Mapping[str, Any], cells: Cells
        ) -> Iterator[tuple[object, ...]]:
            own = source.sheet.own_headers(row[ORIGIN])
            column, value = own.get(row["column"], row["column"]), row["value"]
            if row["column"] in own:
                value = _cell(source, row, cells, row["column"])
            told = (in_their_words(row[name], own) for name in _TOLD)
            json = cells.json(row_of(row[ORIGIN]))
            yield (*_place(source, row), row["code"], column, value, *told, json)

        return lines

    def _bad_cells(self, responsible: Responsible) -> "_Lines":
        # A row of a mapped sheet may yield several rows with one bad cell: it is told once.
        told_already: set[tuple[object, ...]] = set()

        def lines(
            source: ReadSheet, row: Mapping[str, Any], cells: Cells
        ) -> Iterator[tuple[object, ...]]:
            texts = cells.texts(row_of(row[ORIGIN]))
            positions = source.sheet.columns_of(row[ORIGIN])
            own = source.sheet.own_headers(row[ORIGIN])

            def text(header: str) -> str:
                position = positions.get(header, len(texts))
                return (texts[position] if position < len(texts) else None) or ""

            def cell(column: Column) -> str:
                return text(column.header)

            unit = responsible.unit(BY_NAME[source.sheet.table], cell)
            place = (*_place(source, row), unit, responsible.names.get(unit, ""))
            for header, problems in _by_column(row["problems"]).items():
                told = ("".join(dict.fromkeys(p[n] for p in problems)) for n in _TOLD)
                reason, fix = (in_their_words(sentence, own) for sentence in told)
                column = own.get(header, header)
                line = (*place, problems[0]["code"], column, text(header), reason, fix)
                if line not in told_already:
                    yield line
                if own:
                    told_already.add(line)

        return lines

    def _absorbed(self, batch: pa.Table) -> "pd.DataFrame":
        """Return a part of merges.csv or supersessions.csv."""
        import pandas as pd

        kept, gone = batch["kept"].to_numpy(), batch[ORIGIN].to_numpy()
        of_kept, of_gone = kept >> ROW_BITS, gone >> ROW_BITS
        tables, files, sheets = (
            pa.array(words, pa.string())
            for words in (
                [s.sheet.table for s in self.sources],
                [s.raw.file for s in self.sources],
                [s.sheet.name for s in self.sources],
            )
        )
        columns = {
            "table": tables.take(of_gone),
            "key": batch["key"],
            "kept_file": files.take(of_kept),
            "kept_sheet": sheets.take(of_kept),
            "kept_row": pa.array(kept & MOST_ROWS),
            "file": files.take(of_gone),
            "sheet": sheets.take(of_gone),
            "row": pa.array(gone & MOST_ROWS),
            "changed": batch["changed"],
        }
        return pd.DataFrame({name: column.to_pandas() for name, column in columns.items()})


def _cell(source: ReadSheet, row: Mapping[str, Any], cells: Cells, header: str) -> str:
    """Return the original text that our column `header` of a quarantined row was read from."""
    texts = cells.texts(row_of(row[ORIGIN]))
    position = source.sheet.columns_of(row[ORIGIN])[header]
    return (texts[position] if position < len(texts) else None) or ""


def in_their_words(sentence: str, own: Mapping[str, str]) -> str:
    """Return a sentence with the headers of the export itself; `own`: ours to theirs."""
    for ours, theirs in own.items():
        sentence = sentence.replace(f"『{ours}』", f"『{theirs}』")
    return sentence


_Lines = Callable[[ReadSheet, Mapping[str, Any], Cells], Iterator[tuple[object, ...]]]
"""Makes lines of a csv of one quarantined row: its sheet, what is wrong with it, its cells."""


def _place(source: ReadSheet, row: Mapping[str, Any]) -> tuple[object, ...]:
    return source.sheet.table, source.raw.file, source.sheet.name, row_of(row[ORIGIN])


def _by_column(problems: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return a row's problems by the columns they concern; "" where it is the row as a whole."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for problem in problems:
        for header in problem["columns"] or ("",):
            found.setdefault(header, []).append(problem)
    return found
