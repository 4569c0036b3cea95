"""Raw folder in, canonical tables out: reads, recognises, normalises, refers, merges, accounts.

Files are read into pieces, which are kept by the hash of what they were made of; then every table
is settled from its pieces. Neither step holds a table as a whole.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.errors import UsageError
from dalian_eval.intake import discover
from dalian_eval.intake.accounts import Account, ReadSheet
from dalian_eval.intake.discover import RawFile, RefusedError
from dalian_eval.intake.external import connection
from dalian_eval.intake.headers import HeaderMap, load_headers
from dalian_eval.intake.limits import DEFAULT_LIMITS, Limits
from dalian_eval.intake.normalise import Example
from dalian_eval.intake.pieces import CANONICAL, PROBLEMS, Entry, Pieces, load_entry, reading_key
from dalian_eval.intake.reading import ReadTask, read_file
from dalian_eval.intake.reasons import Change
from dalian_eval.intake.references import REFERRED, dependency_order, needs
from dalian_eval.intake.referring import ReferTask, Source, refer, write_lost
from dalian_eval.intake.report import CleanReport
from dalian_eval.intake.settle import QUARANTINED, Lists, Settler
from dalian_eval.intake.workers import Workers
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
) -> CleanReport:
    """Read every export below `raw` and write the canonical tables and the report to `out`.

    `out` must not exist or be empty, and is there when all is done; `headers` is the synonym file;
    in `pieces`, if given, is kept what was read, so that the same file is not read twice;
    `workers`: processes, by default one per core. Writes `<table>.parquet` for every supplied
    table, sorted by key, and the csv files of the report: the same files give the same bytes.
    Raises UsageError for a missing folder, no readable file, an `out` with content, and a faulty
    synonym file; anything wrong inside the data is told in the report.
    """
    words = load_headers(headers)
    found = discover.find_files(raw)
    with _workspace(out) as work, Workers(workers) as team:
        kept = Pieces(pieces or work / "pieces")
        account = _read(raw, found, words, limits, kept, team)
        result = work / "result"
        result.mkdir()
        _settle(account, work, result, team)
        if pieces:
            kept.sweep()
        _move(result, out)
    return CleanReport(out)


@contextmanager
def _workspace(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to work in, so that nothing half done is ever found in `out`."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"输出位置 {out} 已有内容，请换一个新的或空的文件夹。")
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".intake-", dir=out.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _move(result: Path, out: Path) -> None:
    if out.exists():
        out.rmdir()
    result.rename(out)


# Reading


def _read(
    raw: Path, paths: list[Path], words: HeaderMap, limits: Limits, kept: Pieces, team: Workers
) -> Account:
    """Read all files; UsageError when there is none, or none can be read."""
    opened: dict[Path, RawFile | RefusedError] = {}
    keys: dict[Path, str] = {}
    entries: dict[Path, Entry | None] = {}

    def look(path: Path) -> None:
        try:
            file = opened[path] = discover.open_file(raw, path)
        except RefusedError as refusal:
            opened[path] = refusal
            return
        keys[path] = reading_key(file, words, limits)
        entries[path] = kept.find(keys[path])

    asked = [p for p in paths if discover.is_table_file(p) or discover.entry_problem(raw, p)]
    with ThreadPoolExecutor(team.count) as threads:
        list(threads.map(look, asked))
    tasks = {
        path: ReadTask(file, words, limits, kept.folder, keys[path])
        for path in paths
        if isinstance(file := opened.get(path), RawFile) and entries[path] is None
    }
    for task in tasks.values():
        _log.info("读取 %s", task.raw.file)
    for path, found in _results(tasks, team):
        if isinstance(found, RefusedError):
            opened[path] = found
        else:
            entries[path] = load_entry(found, keys[path], fresh=True)
    return _account(raw, paths, opened, entries)


def _results(
    tasks: dict[Path, ReadTask], team: Workers
) -> Iterator[tuple[Path, Path | RefusedError]]:
    """Read files: large workbooks, which are held as a whole, one after the other."""
    sizes = {path: task.raw.size for path, task in tasks.items()}
    large = [p for p, t in tasks.items() if t.raw.ending != ".csv" and sizes[p] > _LARGE_WORKBOOK]
    others = [path for path in tasks if path not in large]
    read = team.map(read_file, [tasks[path] for path in others], [sizes[path] for path in others])
    yield from zip(others, read, strict=True)
    yield from zip(large, team.one_by_one(read_file, [tasks[p] for p in large]), strict=True)
    team.rest()


def _account(
    raw: Path,
    paths: list[Path],
    opened: dict[Path, RawFile | RefusedError],
    entries: dict[Path, Entry | None],
) -> Account:
    """List files, sheets and sources in the order of the paths."""
    account = Account()
    refusals: list[str] = []
    for path in paths:
        name, file, entry = discover.relative(raw, path), opened.get(path), entries.get(path)
        if file is None:
            account.sheets.append((name, "", "unrecognised", "", _passed_over(path, name)))
        elif isinstance(file, RefusedError) or entry is None:
            refusals.append(str(file))
            account.sheets.append((name, "", "refused", "", str(file)))
        else:
            for sheet in entry.sheets:
                account.sheets.append((name, sheet.name, sheet.status, sheet.table, sheet.note))
                if sheet.status == "read":
                    source = ReadSheet(len(account.sources), file, entry.folder, sheet)
                    account.sources.append(source)
    if not any(entries.get(path) and isinstance(opened[path], RawFile) for path in paths):
        raise UsageError(_nothing_to_read(raw, refusals))
    return account


def _passed_over(path: Path, file: str) -> str:
    if discover.looks_like_data(path):
        return f"文件 {file} 不是 .xlsx、.xls 或 .csv，没有读取；如有数据请另存为这三种格式。"
    return f"文件 {file} 不是表格文件，没有读取。"


def _nothing_to_read(raw: Path, refusals: list[str]) -> str:
    if refusals:
        return f"数据文件夹 {raw} 里没有一个文件能读：{''.join(refusals[:5])}"
    return (
        f"数据文件夹 {raw} 里没有 .xlsx、.xls 或 .csv 文件，"
        "请把各表导出后放进这个文件夹，再运行一次。"
    )


# Settling


def _settle(account: Account, work: Path, result: Path, team: Workers) -> None:
    """Finish the tables one after the other, each after those it refers to; write the report."""
    for name in ("lists", "lost", "referred", "spilled"):
        (work / name).mkdir()
    lists = Lists(work / "lists", len(account.sources))
    periods = np.array([int(s.raw.period or 0) for s in account.sources], dtype=np.int64)
    with connection(work / "spilled", team.count) as database:
        settler = Settler(database, lists, result, periods, account.place)
        finished: set[str] = set()
        for table in dependency_order():
            sources = [s for s in account.sources if s.sheet.table == table.name]
            if sources:
                supply = _Supply(account, lists, work, result)
                pieces = supply.refer(table, sources, needs(table) & finished, team)
                team.rest()
                settler.settle(table, pieces, supply.lost)
                if table.name in REFERRED:
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
        self, table: Table, sources: list[ReadSheet], finished: set[str], team: Workers
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
        if table.name in REFERRED:
            self.lost.update(problems["key"].drop_null().to_pylist())
