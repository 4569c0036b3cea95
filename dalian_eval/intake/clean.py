"""Raw folder in, canonical tables out: reads, recognises, normalises, refers, merges, accounts."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.errors import UsageError
from dalian_eval.intake import discover
from dalian_eval.intake.cells import original_text
from dalian_eval.intake.discover import RawFile, RefusedError
from dalian_eval.intake.headers import HeaderMap, load_headers
from dalian_eval.intake.limits import DEFAULT_LIMITS, Limits
from dalian_eval.intake.merge import Absorbed, in_order, merge
from dalian_eval.intake.names import People, resolve_names
from dalian_eval.intake.normalise import Example, Piece, normalise
from dalian_eval.intake.reasons import Change
from dalian_eval.intake.recognise import Header, closest_header, recognise
from dalian_eval.intake.references import (
    Problems,
    Referenced,
    dependency_order,
    reference_problems,
    self_reference_problems,
    without,
)
from dalian_eval.intake.report import CleanReport, frame, write_report
from dalian_eval.intake.sheets import Sheet, read_sheets
from dalian_eval.schema.model import Table
from dalian_eval.schema.origins import ORIGIN, row_of, source_of
from dalian_eval.schema.tables import TABLES


def clean(raw: Path, out: Path, *, headers: Path, limits: Limits = DEFAULT_LIMITS) -> CleanReport:
    """Read every export below `raw` and write the canonical tables and the report to `out`.

    `out` must not exist or be empty; `headers` is the synonym file. Writes `<table>.parquet` for
    every supplied table, sorted by key, and the csv files of the report. Raises UsageError for a
    missing folder, no readable file, an `out` with content, and a faulty synonym file; anything
    wrong inside the data is told in the report.
    """
    words = load_headers(headers)
    intake = _Intake(words, limits)
    intake.read(raw)
    _prepare(out)
    intake.settle()
    for table in TABLES:
        if table.name in intake.finished:
            rows = in_order(table, intake.finished[table.name].rows)
            # Without this flag Parquet renames the elements of lists.
            path = out / f"{table.name}.parquet"
            pq.write_table(rows, path, use_compliant_nested_type=False)
    report = intake.report()
    write_report(report, out)
    return report


def _prepare(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"输出位置 {out} 已有内容，请换一个新的或空的文件夹。")
    out.mkdir(parents=True, exist_ok=True)


@dataclass
class _Source:
    """A sheet that was read, with what is needed to tell about its rows."""

    id: int
    raw: RawFile
    sheet: Sheet
    header: Header
    piece: Piece
    counts: Counter[str] = field(default_factory=Counter)

    def cells(self, row: int) -> str:
        """Return a row's original cells as a JSON object, header → text."""
        texts: dict[str, str] = {}
        for position, cell in enumerate(self.sheet.rows[row - 1]):
            text = original_text(cell)
            titles = self.header.texts
            title = titles[position] if position < len(titles) else ""
            if title or text:
                title = title or f"第{position + 1}列"
                texts[title if title not in texts else f"{title}（第{position + 1}列）"] = text
        return json.dumps(texts, ensure_ascii=False)


class _Intake:
    """One intake: its sources, its finished tables and its lists."""

    def __init__(self, words: HeaderMap, limits: Limits) -> None:
        self._words = words
        self._limits = limits
        self._sources: list[_Source] = []
        self._sheets: list[tuple[str, str, str, str, str]] = []
        self._problems: Problems = {}
        self._merges: list[tuple[Table, Absorbed]] = []
        self._supersessions: list[tuple[Table, Absorbed]] = []
        self._changes: dict[tuple[str, str, Change], Example] = {}
        self._people: People | None = None
        self.finished: dict[str, Referenced] = {}

    # Reading

    def read(self, raw: Path) -> None:
        """Read all files; raises UsageError when there is none, or none can be read."""
        readable = False
        refusals: list[str] = []
        for path in discover.find_files(raw):
            file = discover.relative(raw, path)
            if not discover.is_table_file(path):
                self._pass_over(path, file)
                continue
            try:
                found = discover.open_file(raw, path)
                discover.check_file(found, self._limits)
                sheets = read_sheets(found, self._limits)
            except RefusedError as refusal:
                refusals.append(str(refusal))
                self._sheets.append((file, "", "refused", "", str(refusal)))
                continue
            readable = True
            for sheet in sheets:
                self._take(found, sheet)
        if not readable:
            raise UsageError(_nothing_to_read(raw, refusals))

    def _pass_over(self, path: Path, file: str) -> None:
        if discover.looks_like_data(path):
            note = f"文件 {file} 不是 .xlsx、.xls 或 .csv，没有读取；如有数据请另存为这三种格式。"
        else:
            note = f"文件 {file} 不是表格文件，没有读取。"
        self._sheets.append((file, "", "unrecognised", "", note))

    def _take(self, raw: RawFile, sheet: Sheet) -> None:
        """Recognise one sheet and read it when it is a table."""
        status, table, note = self._status(raw, sheet)
        self._sheets.append((raw.file, sheet.name, status, table, note))

    def _status(self, raw: RawFile, sheet: Sheet) -> tuple[str, str, str]:
        if sheet.refusal:
            return "refused", "", sheet.refusal
        if sheet.hidden:
            return "hidden", "", "隐藏的工作表，没有读取；如有数据请取消隐藏后重新提交。"
        if len(sheet.blank) == len(sheet.rows):
            return "empty", "", "没有任何内容，连表头也没有；如该表确无记录，请保留表头后提交。"
        found = recognise(sheet.rows, sheet.name, raw.file, self._words)
        if found.table is None or found.header is None:
            nearest = f"最接近的是：{'、'.join(found.nearest)}" if found.nearest else "没有相近的表"
            return (
                "unrecognised",
                "",
                f"工作表名、文件名和表头都对不上任何一张表，没有读取；{nearest}。"
                "如有数据请把工作表名改为标准表名。",
            )
        if not found.header.readable:
            return "refused", found.table.name, self._refused(raw, sheet, found.header)
        source = len(self._sources)
        piece = normalise(sheet, found.header, source, self._limits)
        self._sources.append(_Source(source, raw, sheet, found.header, piece))
        return "read", found.table.name, _note(found.header, piece)

    def _refused(self, raw: RawFile, sheet: Sheet, header: Header) -> str:
        """Say which headers are missing or doubled, and what was probably meant."""
        place = f"文件 {raw.file}" + (f" 工作表『{sheet.name}』" if sheet.name else "")
        parts: list[str] = []
        for column in header.missing_mandatory:
            close = closest_header(header, column, self._words)
            hint = f"（现有表头『{close}』，是否想填『{column.header}』？）" if close else ""
            parts.append(f"缺少必需的列『{column.header}』{hint}")
        for name in header.twice:
            parts.append(f"有两列都是『{header.table[name].header}』")
        return (
            f"{place} 按『{header.table.sheet}』表读取，但{'，'.join(parts)}；整张表没有读取。"
            "请改正表头，或在 headers.yaml 中补充同义词后重新提交。"
        )

    # Settling

    def settle(self) -> None:
        """Finish the tables one after the other, each after those it refers to."""
        for table in dependency_order():
            sources = [s for s in self._sources if s.header.table is table]
            if not sources:
                continue
            for source in sources:
                self._take_piece(table, source)
            rows = pa.concat_tables([s.piece.table for s in sources])
            seen = frozenset().union(*(s.piece.keys for s in sources))
            self.finished[table.name] = Referenced(self._settled(table, rows, seen), seen)
            self._know_people()
        self._count()

    def _know_people(self) -> None:
        """Index who is who and where, anew until the postings are finished."""
        officers, postings = self.finished.get("officers"), self.finished.get("postings")
        if officers and (self._people is None or not self._people.postings):
            self._people = People.of(officers, postings.rows if postings else None)

    def _take_piece(self, table: Table, source: _Source) -> None:
        for row, problems in source.piece.problems.items():
            self._problems[(source.id << 32) | row] = problems
        self._note_changes(table, source.piece.changes)

    def _settled(self, table: Table, rows: pa.Table, seen: frozenset[str]) -> pa.Table:
        """Resolve names, check references and merge one table's rows."""
        if self._people:
            cases = self.finished.get("cases")
            resolved = resolve_names(table, rows, self._people, cases.rows if cases else None)
            self._note_changes(table, resolved.changes)
            rows = self._drop(resolved.rows, resolved.problems)
        rows = self._drop(rows, reference_problems(table, rows, self.finished))
        rows, problems = self_reference_problems(table, rows, seen)
        self._problems.update(problems)
        merged = merge(table, rows, self._period, self._place)
        self._merges += [(table, absorbed) for absorbed in merged.merges]
        self._supersessions += [(table, absorbed) for absorbed in merged.supersessions]
        self._problems.update(merged.problems)
        # A conflict can take away a row that others of the same table refer to.
        rows, problems = self_reference_problems(table, merged.rows, seen)
        self._problems.update(problems)
        return rows

    def _drop(self, rows: pa.Table, problems: Problems) -> pa.Table:
        self._problems.update(problems)
        return without(rows, problems)

    def _note_changes(self, table: Table, changes: dict[tuple[str, Change], Example]) -> None:
        for (header, change), example in changes.items():
            known = self._changes.get((table.name, header, change))
            if known:
                example = Example(known.count + example.count, known.before, known.after)
            self._changes[table.name, header, change] = example

    def _period(self, origin: int) -> str:
        return self._sources[source_of(origin)].raw.period

    def _place(self, origin: int) -> str:
        source = self._sources[source_of(origin)]
        sheet = f"工作表『{source.sheet.name}』" if source.sheet.name else ""
        return f"文件 {source.raw.file} {sheet}第 {row_of(origin)} 行"

    # Accounting

    def _count(self) -> None:
        """Count what became of every row read, and make sure that none is lost."""
        for name, origins in (
            ("accepted", self._accepted()),
            ("merged", (absorbed.gone for _, absorbed in self._merges)),
            ("superseded", (absorbed.gone for _, absorbed in self._supersessions)),
            ("quarantined", iter(self._problems)),
        ):
            for number, count in Counter(map(source_of, origins)).items():
                self._sources[number].counts[name] += count
        for source in self._sources:
            if source.counts.total() != source.piece.rows_read:
                raise AssertionError(f"rows of {source.raw.file} do not add up: {source.counts}")

    def _accepted(self) -> Iterator[int]:
        for table in self.finished.values():
            yield from table.rows[ORIGIN].to_pylist()

    def report(self) -> CleanReport:
        """Return the report of a settled intake."""
        return CleanReport(
            supplied=tuple(t.name for t in TABLES if t.name in self.finished),
            sources=frame("sources", map(self._source_row, self._sources)),
            sheets=frame("sheets", self._sheets),
            quarantine=frame("quarantine", self._quarantine_rows()),
            merges=frame("merges", self._absorbed_rows(self._merges)),
            supersessions=frame("supersessions", self._absorbed_rows(self._supersessions)),
            changes=frame("changes", self._change_rows()),
        )

    @staticmethod
    def _source_row(source: _Source) -> tuple[object, ...]:
        counts = source.counts
        return (
            source.id,
            source.header.table.name,
            source.raw.file,
            source.raw.sha256,
            source.sheet.name,
            source.header.row + 1,
            source.piece.rows_read,
            counts["accepted"],
            counts["merged"],
            counts["superseded"],
            counts["quarantined"],
        )

    def _quarantine_rows(self) -> Iterator[tuple[object, ...]]:
        for origin, problems in sorted(self._problems.items()):
            source, row = self._sources[source_of(origin)], row_of(origin)
            first = problems[0]
            yield (
                source.header.table.name,
                source.raw.file,
                source.sheet.name,
                row,
                first.reason.code,
                first.column,
                first.value,
                "".join(dict.fromkeys(problem.sentence for problem in problems)),
                "".join(dict.fromkeys(problem.fix for problem in problems)),
                source.cells(row),
            )

    def _absorbed_rows(
        self, absorbed: Iterable[tuple[Table, Absorbed]]
    ) -> Iterator[tuple[object, ...]]:
        for table, row in sorted(absorbed, key=lambda pair: pair[1].gone):
            kept, gone = (self._sources[source_of(o)] for o in (row.kept, row.gone))
            yield (
                table.name,
                row.key,
                kept.raw.file,
                kept.sheet.name,
                row_of(row.kept),
                gone.raw.file,
                gone.sheet.name,
                row_of(row.gone),
                row.changed,
            )

    def _change_rows(self) -> Iterator[tuple[object, ...]]:
        for table in TABLES:
            for column in table.columns:
                for change in Change:
                    example = self._changes.get((table.name, column.header, change))
                    if example:
                        yield (
                            table.name,
                            column.header,
                            change.value,
                            example.count,
                            example.before,
                            example.after,
                        )


def _note(header: Header, piece: Piece) -> str:
    """Tell what a sheet that was read lacks and what of it was ignored."""
    parts: list[str] = []
    if header.missing:
        parts.append(f"缺少的列：{'、'.join(c.header for c in header.missing)}（按空白读）")
    if header.ignored:
        parts.append(f"未用的列：{'、'.join(header.ignored)}")
    if piece.skipped:
        parts.append(f"跳过合计行 {piece.skipped} 行")
    return "；".join(parts)


def _nothing_to_read(raw: Path, refusals: list[str]) -> str:
    if refusals:
        return f"数据文件夹 {raw} 里没有一个文件能读：{''.join(refusals[:5])}"
    return (
        f"数据文件夹 {raw} 里没有 .xlsx、.xls 或 .csv 文件，"
        "请把各表导出后放进这个文件夹，再运行一次。"
    )
