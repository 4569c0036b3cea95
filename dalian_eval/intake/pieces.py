"""What was read from a file, kept: canonical pieces by the hash of the file and of the reading.

An entry is a folder: the parts of every block (accepted rows as Parquet, original cells as Arrow
with LZ4, problems as Parquet) and a manifest that lists them with their hashes. It is written
beside its place and renamed when whole, so that a process that dies leaves nothing and two that
read the same file do no harm. What does not verify is as good as absent.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.base.defences import read_text
from dalian_eval.base.files import sha256_of
from dalian_eval.base.limits import Limits
from dalian_eval.base.removal import remove
from dalian_eval.base.result_folder import room
from dalian_eval.intake.corrections.correction_sheets import Decision, Line
from dalian_eval.intake.files.discover import RawFile
from dalian_eval.intake.mapping.model import Mapping
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.schema.arrow import parquet_options
from dalian_eval.schema.model import Table
from dalian_eval.schema.origins import part_of
from dalian_eval.schema.tables import in_use

CANONICAL, CELLS, PROBLEMS = ".parquet", ".cells", ".problems"
"""Endings of the parts of a block."""

_MANIFEST = "manifest.json"
_BUILDING = ".building-"
_LIBRARIES = ("duckdb", "lxml", "pyarrow", "python-calamine")
_ROOMS = ("base", "intake", "schema")
_KEPT_BYTES = 40 << 30
_DAY = 86_400
_LARGEST = 1 << 30
"""Bytes of a manifest: a sheet of corrections may have very many lines."""


@dataclass(frozen=True)
class Part:
    """A block that was read: the stem of its files, its last row number, whether rows are bad.

    `cells` is the stem of the file with the original cells: a block of a mapped sheet yields parts
    for several tables, and its cells are kept once.
    """

    stem: str
    last: int
    bad: int
    cells: str


@dataclass(frozen=True)
class SheetRead:
    """What became of one sheet: its line in sheets.csv and, if it was read, how and into what.

    `header_row` is the number of the header's last row, `titles` the header text of every
    position, `columns` the schema's headers with their positions; `changes` lists (header, kind,
    count, before, after). `lines` are the filled lines of a correction sheet (its other rows have
    nothing filled in), `decisions` what became of the lines that aim at this sheet.

    A sheet read by the mapping `mapping` is told once for every table it feeds: `rows_read` counts
    the rows that it yields for that table, `source_rows` the sheet's own records and `left_out`
    those of them that no rule takes. `ways` tells for each rule of the table our header, the
    position and the header of theirs (-1 and "" for a constant), and how a cell is read; the last
    `several` rules make a row per part of a cell.
    """

    name: str
    status: str
    table: str
    note: str
    header_row: int = 0
    titles: tuple[str, ...] = ()
    rows_read: int = 0
    changes: tuple[tuple[str, str, int, str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    columns: tuple[tuple[str, int], ...] = ()
    lines: tuple[Line, ...] = ()
    decisions: tuple[Decision, ...] = ()
    mapping: str = ""
    source_rows: int = 0
    left_out: int = 0
    ways: tuple[tuple[tuple[str, int, str, str], ...], ...] = ()
    several: int = 0

    def columns_of(self, origin: int) -> dict[str, int]:
        """Return the positions of the cells that the row with that origin was read from.

        By the schema's headers.
        """
        if not self.ways:
            return dict(self.columns)
        part, single = part_of(origin), len(self.ways) - self.several
        if part >= single and self.several:
            part = single + (part - single) % self.several
        return {header: place for header, place, _, _ in self.ways[part] if place >= 0}

    def own_headers(self, origin: int) -> dict[str, str]:
        """Return what the sheet calls the columns that a row was read from: ours to theirs.

        Empty for a sheet with headers of ours.
        """
        if not self.ways:
            return {}
        return {header: self.titles[at] for header, at in self.columns_of(origin).items()}


@dataclass(frozen=True)
class Entry:
    """A file that was read: the folder of its parts and its sheets in their order."""

    folder: Path
    sheets: tuple[SheetRead, ...]


def way_of_reading(words: HeaderMap, limits: Limits, mappings: Sequence[Mapping] = ()) -> str:
    """Return the hash of what all files of a run are read by: once for thousands of them.

    That is the tables, the synonyms, the limits, the mappings, the code of the rooms that read, and
    the libraries they read with.
    """
    mapped = [asdict(m) for m in mappings]
    return _hashed([in_use().digest, asdict(words), asdict(limits), mapped, _CODE])


def reading_key(raw: RawFile, way: str, lines: Sequence[Line] = ()) -> str:
    """Return the key of what reading `raw` yields under the corrections `lines`.

    It is made of the file's content and path (its name tells table and period, sentences name it),
    the `way_of_reading` and the corrections.
    """
    return _hashed([raw.file, raw.sha256, way, [line.asks() for line in lines]])[:40]


def _hashed(content: list[Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def code_hash(package: Path) -> str:
    """Return the hash of the code in `package` that reads, and of its libraries.

    All modules of the reading rooms count, in whatever sub-room they lie: other code may read
    otherwise.
    """
    digest = hashlib.sha256()
    for name in _ROOMS:
        for path in sorted((package / name).rglob("*.py")):
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(version(library).encode())
    return digest.hexdigest()


# Taken when the code is loaded: what a running program does is the code it began with.
_CODE = code_hash(Path(__file__).parents[1])


def write_rows(path: Path, table: Table, rows: pa.Table) -> None:
    """Write rows of a canonical table for the next step: quick to write and to read again."""
    quick = {"compression": "lz4", "write_statistics": False}
    pq.write_table(rows, path, **parquet_options(table), **quick)


class Pieces:
    """A folder of entries. Two processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which need not exist."""
        self.folder = folder

    def find(self, key: str) -> Entry | None:
        """Return the whole, undamaged entry of that key, or None."""
        entry = load_entry(self.folder / key, key)
        if entry is not None:
            # Its time tells when it was last of use.
            with suppress(OSError):
                os.utime(self.folder / key / _MANIFEST)
        return entry

    @contextmanager
    def building(self, key: str) -> Iterator["Building"]:
        """Give a folder to build an entry in; after `finish` the entry is at its place.

        UsageError, naming the folder of entries, when its disk is full.
        """
        with room(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            building = Building(Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self.folder)), key)
            try:
                yield building
                if building.finished:
                    building.place = self._publish(building.place, key)
            finally:
                if not building.finished:
                    remove(building.place)

    def _publish(self, built: Path, key: str) -> Path:
        """Rename an entry to its place and return where it is now."""
        place = self.folder / key
        for _ in range(2):
            with suppress(OSError):
                built.rename(place)
                return place
            if load_entry(place, key) is not None:
                remove(built)
                return place
            remove(place)
        # The place cannot be cleared: this run does with the entry as it lies.
        return built

    def sweep(self, kept_bytes: int = _KEPT_BYTES) -> None:
        """Remove what dead processes left, and the entries longest unused beyond `kept_bytes`.

        What was used within a day stays: another process may be at it.
        """
        old = time.time() - _DAY
        entries: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                used = _last_used(path)
                if path.name.startswith(_BUILDING):
                    if used < old:
                        remove(path)
                elif path.is_dir():
                    size = sum(part.stat().st_size for part in path.iterdir())
                    entries.append((used, size, path))
        total = 0
        for used, size, path in sorted(entries, reverse=True):
            total += size
            if total > kept_bytes and used < old:
                remove(path)


def _last_used(path: Path) -> float:
    manifest = path / _MANIFEST
    return (manifest if manifest.exists() else path).stat().st_mtime


@dataclass
class Building:
    """An entry under construction: parts are written into `place`."""

    place: Path
    key: str
    finished: bool = False

    def finish(self, sheets: list[SheetRead]) -> None:
        """Write the manifest: the entry is whole."""
        parts = {path.name: sha256_of(path) for path in sorted(self.place.iterdir())}
        content = {"key": self.key, "parts": parts, "sheets": [asdict(s) for s in sheets]}
        text = json.dumps(content, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        (self.place / _MANIFEST).write_text(f"{digest}\n{text}", encoding="utf-8", newline="\n")
        self.finished = True


def load_entry(folder: Path, key: str, *, fresh: bool = False) -> Entry | None:
    """Return the entry in `folder` when it is the one of that key and verifies.

    The parts of an entry that was written just now (`fresh`) are not hashed once more.
    """
    try:
        digest, text = read_text(folder / _MANIFEST, _LARGEST).split("\n", 1)
        content = json.loads(text)
        whole = digest == hashlib.sha256(text.encode()).hexdigest() and content["key"] == key
        for name, hashed in content["parts"].items():
            whole = whole and (fresh or sha256_of(folder / name) == hashed)
        return Entry(folder, tuple(map(_sheet, content["sheets"]))) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sheet(content: dict[str, Any]) -> SheetRead:
    titles = tuple(content.pop("titles"))
    parts = tuple(Part(**part) for part in content.pop("parts"))
    changes = tuple((h, k, int(n), b, a) for h, k, n, b, a in content.pop("changes"))
    columns = tuple((header, int(place)) for header, place in content.pop("columns"))
    lines = tuple(Line(**line) for line in content.pop("lines"))
    decisions = tuple(Decision(**found) for found in content.pop("decisions"))
    ways = tuple(tuple((h, int(p), t, w) for h, p, t, w in way) for way in content.pop("ways"))
    return SheetRead(
        **content,
        titles=titles,
        changes=changes,
        parts=parts,
        columns=columns,
        lines=lines,
        decisions=decisions,
        ways=ways,
    )
