"""Raw folder in, canonical tables out: reads, recognises, normalises, refers, merges, accounts.

Files are read into pieces, which are kept by the hash of what they were made of; then every table
is settled from its pieces. Neither step holds a table as a whole.
"""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.base.errors import UsageError
from dalian_eval.base.limits import DEFAULT_LIMITS, Limits
from dalian_eval.base.parts import tell_part
from dalian_eval.base.result_folder import room
from dalian_eval.base.system_refusals import rename
from dalian_eval.intake.account.accounts import Account
from dalian_eval.intake.account.correction_outcomes import Aims
from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.intake.account.read_sheet import ReadSheet
from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.base.workers import Workers
from dalian_eval.intake.base.workspace import workspace
from dalian_eval.intake.corrections.correction_sheets import CORRECTIONS, Line
from dalian_eval.intake.files import discover
from dalian_eval.intake.files.archive import unpack
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.mapping.load_mappings import load_mappings
from dalian_eval.intake.mapping.model import Mapping as Shape
from dalian_eval.intake.pieces import (
    CANONICAL,
    PROBLEMS,
    Entry,
    Pieces,
    load_entry,
    reading_key,
    way_of_reading,
)
from dalian_eval.intake.read_file import ReadTask, read_file
from dalian_eval.intake.records.external_sort import connection
from dalian_eval.intake.records.piece_references import ReferTask, Source, refer, write_lost
from dalian_eval.intake.records.references import dependency_order, referred_tables
from dalian_eval.intake.records.settle import QUARANTINED, Lists, Settler
from dalian_eval.intake.tables.changes import Example
from dalian_eval.intake.tables.headers import HeaderMap, load_headers
from dalian_eval.schema.model import Table
from dalian_eval.schema.origins import origin

_LARGE_WORKBOOK = 12 << 20
"""Bytes of a workbook that takes some hundred megabytes of memory to read."""

_log = logging.getLogger(__name__)


def clean(
    raw: Path,
    out: Path,
    *,
    headers: Path,
    limits: Limits = DEFAULT_LIMITS,
    pieces: Path | None = None,
    workers: int | None = None,
    entries: Mapping[str, tuple[str, ...]] | None = None,
    mappings: Path | None = None,
) -> CleanReport:
    """Read every export below `raw` and write the canonical tables and the report to `out`.

    `out` must not exist or be empty, and is there when all is done; `headers` is the synonym file;
    in `pieces`, if given, is kept what was read, so that the same file is not read twice;
    `workers`: processes, by default one per core; `entries`: by `table.column`, the words that the
    rubric looks for in lists; `mappings`: the file that says how exports in their own shape are
    read, which need not exist. Writes `<table>.parquet` for every supplied
    table, sorted by key, and the csv files of the report: the same files give the same bytes.
    Raises UsageError for a missing folder, no readable file, an `out` with content, and a faulty
    synonym file or file of mappings; anything wrong inside the data is told in the report.
    """
    words = load_headers(headers, entries)
    shapes = load_mappings(mappings)
    found = discover.find_files(raw)
    with workspace(out) as work, Workers(workers) as team:
        kept = Pieces(pieces or work / "pieces")
        account = _read(raw, found, _Files(words, limits, shapes, kept, team, work / "unpacked"))
        result = work / "result"
        result.mkdir()
        _settle(account, work, result, team)
        if pieces:
            kept.sweep()
        _move(result, out)
    return CleanReport(out)


def _move(result: Path, out: Path) -> None:
    if out.exists():
        out.rmdir()
    rename(result, out)


# Reading


@dataclass
class _Files:
    """The files of the raw folder by their paths in it, opened, and what was read from them."""

    words: HeaderMap
    limits: Limits
    mappings: tuple[Shape, ...]
    kept: Pieces
    team: Workers
    unpacked: Path
    inside: dict[str, list[str]] = field(default_factory=dict)
    """The names of the files in an archive by its own."""
    opened: dict[str, RawFile | RefusedError] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def open(self, raw: Path, paths: list[Path]) -> None:
        """Open files: their hashes are taken."""

        def look(path: Path) -> RawFile | RefusedError:
            try:
                return discover.open_file(raw, path)
            except RefusedError as refusal:
                return refusal

        with ThreadPoolExecutor(self.team.count) as threads:
            names = [discover.relative(raw, path) for path in paths]
            opened = dict(zip(names, threads.map(look, paths), strict=True))
        for number, (name, file) in enumerate(opened.items()):
            if isinstance(file, RawFile) and file.kind is Kind.ZIP:
                self._unpack(file, self.unpacked / str(number))
            else:
                self.opened[name] = file

    def _unpack(self, archive: RawFile, folder: Path) -> None:
        """Open the files of an archive; UsageError when the disk is full."""
        try:
            discover.check_file(archive, self.limits)
            with room(folder.parent):
                folder.mkdir(parents=True)
                members = unpack(archive, self.limits, folder)
        except RefusedError as refusal:
            self.opened[archive.file] = refusal
            return
        self.inside[archive.file] = [member.name for member in members]
        self.opened |= {m.name: m.file for m in members if m.file is not None}

    def read(self, lines: Mapping[str, tuple[Line, ...]]) -> None:
        """Read the opened files that `lines` names, each under its corrections."""
        way = way_of_reading(self.words, self.limits, self.mappings)
        tasks = [
            ReadTask(
                file,
                self.words,
                self.limits,
                self.kept.folder,
                reading_key(file, way, lines[name]),
                lines[name],
                self.mappings,
            )
            for name, file in self.opened.items()
            if isinstance(file, RawFile) and name in lines
        ]
        with ThreadPoolExecutor(self.team.count) as threads:
            known = list(threads.map(self.kept.find, [task.key for task in tasks]))
        unread = [task for task, entry in zip(tasks, known, strict=True) if entry is None]
        for task in unread:
            _log.info("读取 %s", task.raw.file)
        self.entries |= {t.raw.file: e for t, e in zip(tasks, known, strict=True) if e is not None}
        for number, (task, found) in enumerate(_results(unread, self.team), start=1):
            tell_part("读取文件", number, len(unread))
            if isinstance(found, RefusedError):
                self.opened[task.raw.file] = found
                self.entries.pop(task.raw.file, None)
            elif entry := load_entry(found, task.key, fresh=True):
                self.entries[task.raw.file] = entry


def _read(raw: Path, paths: list[Path], files: _Files) -> Account:
    """Read all files; UsageError when there is none, or none can be read.

    What corrections aim at is only known when all are read: those files are read again under them.
    """
    asked = [p for p in paths if discover.is_table_file(p) or discover.entry_problem(raw, p)]
    files.open(raw, asked)
    files.read(dict.fromkeys(files.opened, ()))
    aimed: dict[str, list[Line]] = {}
    for entry in [files.entries[name] for name in sorted(files.entries)]:
        for line in (line for sheet in entry.sheets for line in sheet.lines if not line.fault):
            aimed.setdefault(line.target_file, []).append(line)
    files.read({name: tuple(lines) for name, lines in aimed.items() if _has_table(files, name)})
    names = [discover.relative(raw, path) for path in paths]
    within = [inner for name in names for inner in files.inside.get(name, [name])]
    return _account(raw, within, files.opened, files.entries)


def _has_table(files: _Files, name: str) -> bool:
    """Whether a file that was read holds a table, which is all that can be corrected."""
    return name in files.entries and any(s.parts for s in files.entries[name].sheets)


def _results(
    tasks: list[ReadTask], team: Workers
) -> Iterator[tuple[ReadTask, Path | RefusedError]]:
    """Read files: large workbooks, which are held as a whole, one after the other."""
    large = [task for task in tasks if _is_large_workbook(task.raw)]
    others = [task for task in tasks if not _is_large_workbook(task.raw)]
    read = team.map(read_file, others, [task.raw.size for task in others])
    yield from zip(others, read, strict=True)
    yield from zip(large, team.one_by_one(read_file, large), strict=True)
    team.rest()


def _is_large_workbook(raw: RawFile) -> bool:
    return raw.kind is not Kind.TEXT and raw.size > _LARGE_WORKBOOK


def _account(
    raw: Path,
    names: list[str],
    opened: Mapping[str, RawFile | RefusedError],
    entries: Mapping[str, Entry],
) -> Account:
    """List files, sheets and sources in the order of the names."""
    account = Account()
    outcome_of = Aims(opened, entries).decide
    refusals: list[str] = []
    for name in names:
        file, entry = opened.get(name), entries.get(name)
        if file is None:
            account.sheets.append((name, "", "unrecognised", "", _passed_over(name)))
        elif isinstance(file, RefusedError) or entry is None:
            refusals.append(str(file))
            account.sheets.append((name, "", "refused", "", str(file)))
        else:
            for sheet in entry.sheets:
                note = sheet.note
                if sheet.status == CORRECTIONS:
                    note = account.note_corrections(sheet, outcome_of)
                account.sheets.append((name, sheet.name, sheet.status, sheet.table, note))
                if sheet.status == "read":
                    source = ReadSheet(len(account.sources), file, entry.folder, sheet)
                    account.sources.append(source)
    if not entries:
        raise UsageError(_nothing_to_read(raw, refusals))
    return account


def _passed_over(file: str) -> str:
    if discover.looks_like_data(file):
        return f"文件 {file} 是本程序不读的格式，没有读取；如有数据请解压或另存为 .xlsx。"
    return f"文件 {file} 不是表格文件，没有读取。"


def _nothing_to_read(raw: Path, refusals: list[str]) -> str:
    if refusals:
        return f"数据文件夹 {raw} 里没有一个文件能读：{''.join(refusals[:5])}"
    return (
        f"数据文件夹 {raw} 里没有表格文件（.xlsx、.xls、.csv 等），"
        "请把各表导出后放进这个文件夹，再运行一次。"
    )


# Settling


def _settle(account: Account, work: Path, result: Path, team: Workers) -> None:
    """Finish the tables one after the other, each after those it refers to; write the report."""
    for name in ("lists", "lost", "referred", "spilled"):
        (work / name).mkdir()
    lists = Lists(work / "lists", len(account.sources))
    periods = np.array([s.raw.period for s in account.sources], dtype=np.int64)
    with connection(work / "spilled", team.count) as database:
        mapped = np.array([bool(s.sheet.mapping) for s in account.sources], dtype=np.bool_)
        settler = Settler(
            database, lists, result, periods, mapped, account.place, account.note_changes
        )
        finished: set[str] = set()
        referred = referred_tables()
        tables = dependency_order()
        for number, table in enumerate(tables, start=1):
            tell_part("整理表", number, len(tables))
            sources = [s for s in account.sources if s.sheet.table == table.name]
            if sources:
                supply = _Supply(account, lists, work, result)
                pieces = supply.refer(table, sources, table.waits_for & finished, team)
                team.rest()
                settler.settle(table, pieces, supply.lost)
                if table.name in referred:
                    write_lost(work / "lost", table.name, supply.lost)
                finished.add(table.name)
        account.write(result, database, lists)


@dataclass
class _Supply:
    """The pieces of one table on their way to be settled.

    `lost` holds the keys of its rows in quarantine, if others may refer to it.
    """

    account: Account
    lists: Lists
    work: Path
    result: Path

    def __post_init__(self) -> None:
        self.lost: set[str] = set()

    def refer(
        self, table: Table, sources: list[ReadSheet], finished: frozenset[str], team: Workers
    ) -> list[Source]:
        """Hold the pieces of a table against the finished ones and return where they are now."""
        tasks: list[ReferTask] = []
        for source in sources:
            base = origin(source.id, 0)
            changes = {(h, Change[k]): Example(n, b, a) for h, k, n, b, a in source.sheet.changes}
            self.account.note_changes(table.name, changes)
            for part in source.sheet.parts:
                if part.bad:
                    problems = Source(source.folder / (part.stem + PROBLEMS), base)
                    self.lists.keep(QUARANTINED, problems, source.id, part.bad)
                    self._lose(table, pq.read_table(problems.path, columns=["key"]))
                tasks.append(
                    ReferTask(
                        table.name,
                        Source(source.folder / (part.stem + CANONICAL), base),
                        self.result,
                        self.work / "lost",
                        tuple(sorted(finished)),
                        self.work / "referred" / f"{source.id}-{part.stem}{CANONICAL}",
                        bool(source.sheet.mapping),
                    )
                )
        pieces: list[Source] = []
        # Most pieces are only looked at, which is quick.
        sizes = [task.piece.path.stat().st_size // 8 for task in tasks]
        for found in team.map(refer, tasks, sizes):
            self.lists.add(QUARANTINED, found.problems)
            self._lose(table, found.problems)
            self.account.note_changes(table.name, found.changes)
            pieces.append(found.piece)
        return pieces

    def _lose(self, table: Table, problems: pa.Table) -> None:
        if table.name in referred_tables():
            self.lost.update(problems["key"].drop_null().to_pylist())
