"""What became of the rows of sheets that a mapping read: each row once, whatever it yields.

A row may yield rows of several tables. It is in quarantine when anything it yields is, else
superseded when anything is, else accepted when anything is, else merged.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from dalian_eval.intake.account.read_sheet import ReadSheet
from dalian_eval.intake.records.settle import MERGED, QUARANTINED, SUPERSEDED, Lists
from dalian_eval.schema.origins import MOST_ROWS, ORIGIN, ROW_BITS
from dalian_eval.schema.tables import BY_NAME

Rows = npt.NDArray[np.int64]


def mapped_rows(
    sources: Sequence[ReadSheet], lists: Lists, tables: Path
) -> Iterator[tuple[object, ...]]:
    """Yield the lines of mapped.csv; `tables`: the folder of the canonical tables.

    No row may be lost on the way.
    """
    for sheet in _sheets(sources):
        ids = [source.id for source in sheet]
        quarantined = _rows(((f.path, f.base) for f in lists.files[QUARANTINED]), ids)
        superseded = _rows(((f.path, f.base) for f in lists.files[SUPERSEDED]), ids)
        merged = _rows(((f.path, f.base) for f in lists.files[MERGED]), ids)
        paths = ((tables / f"{source.sheet.table}.parquet", 0) for source in sheet)
        accepted = _rows(paths, ids)
        superseded = np.setdiff1d(superseded, quarantined)
        accepted = np.setdiff1d(accepted, np.union1d(quarantined, superseded))
        merged = np.setdiff1d(merged, np.union1d(quarantined, np.union1d(superseded, accepted)))
        first = sheet[0].sheet
        counts = [len(rows) for rows in (accepted, merged, superseded, quarantined)]
        if sum(counts) + first.left_out != first.source_rows:
            raise AssertionError(f"rows of {sheet[0].raw.file} do not add up: {counts}")
        yield (
            sheet[0].raw.file,
            first.name,
            first.mapping,
            "、".join(BY_NAME[source.sheet.table].sheet for source in sheet),
            first.source_rows,
            *counts,
            first.left_out,
        )


def mapped_columns(sources: Sequence[ReadSheet]) -> Iterator[tuple[object, ...]]:
    """Yield the lines of mapped_columns.csv: every column of ours, from where and how."""
    for sheet in _sheets(sources):
        for source in sheet:
            read = source.sheet
            for number, way in enumerate(read.ways, 1):
                for ours, _, theirs, told in way:
                    place = (source.raw.file, read.name, read.mapping, read.table)
                    yield (*place, number, theirs, ours, told)


def _sheets(sources: Sequence[ReadSheet]) -> Iterable[list[ReadSheet]]:
    """Return the mapped sources sheet by sheet."""
    found: dict[tuple[str, str], list[ReadSheet]] = {}
    for source in sources:
        if source.sheet.mapping:
            found.setdefault((source.raw.file, source.sheet.name), []).append(source)
    return found.values()


def _rows(files: Iterable[tuple[Path, int]], ids: Sequence[int]) -> Rows:
    """Return the numbers of the rows of some sources that files hold; each once, sorted."""
    found: list[Rows] = [np.zeros(0, np.int64)]
    for path, base in files:
        origins = pq.read_table(path, columns=[ORIGIN])[ORIGIN].to_numpy() + base
        found.append(np.unique(origins[np.isin(origins >> ROW_BITS, ids)] & MOST_ROWS))
    return np.unique(np.concatenate(found))
