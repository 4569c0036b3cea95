"""Raw files of an invented nation as its systems would export them: csv, a month of records a file.

The tables of `nation.py` under their Chinese headers, and 检查记录 made beside them in columns; the
records that cases refer to are among them. The same numbers give the same files.

    .venv/bin/python benchmarks/raw_files.py FOLDER --officers 5000 --units 500 --records 500000
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from columns import LAST_DAY, MONTHS, START, codes, texts
from nation import FOUND, MONTHLY, SEED, generate
from nation_months import month_of
from nation_people import People

from dalian_eval.schema.tables import BY_NAME

_BLOCK = 500_000
"""Records made at once."""

_TRADES = ("化工", "印染", "电镀", "建材", "制药")
_OPTIONS = pa_csv.WriteOptions(quoting_style="none")


def write_raw(folder: Path, officers: int, units: int, records: int, seed: int = SEED) -> None:
    """Write the raw files of so many officers, units and records (at least those of the cases)."""
    folder.mkdir(parents=True)
    tables = generate(officers, units, seed=seed)
    found = tables.pop(FOUND)["record_id"].combine_chunks()
    del tables[MONTHLY]
    for name, table in tables.items():
        _write(table, name, folder / f"{BY_NAME[name].sheet}.csv")
    del tables
    writers: dict[int, pa_csv.CSVWriter] = {}
    for block in _inspections(People(officers, units, seed), found, max(records, len(found))):
        month = month_of(pc.days_between(pa.scalar(START), block["day"]).to_numpy())
        rows = _shown(block.drop_columns("day"), "inspections")
        for number in np.unique(month):
            if number not in writers:
                path = folder / f"{BY_NAME['inspections'].sheet}_{MONTHS[number]}.csv"
                writers[number] = pa_csv.CSVWriter(path, rows.schema, write_options=_OPTIONS)
            writers[number].write_table(rows.filter(pa.array(month == number)))
    for writer in writers.values():
        writer.close()


def _inspections(who: People, found: pa.Array, records: int) -> Iterator[pa.Table]:
    """Yield 检查记录 in blocks, with the day they were uploaded; the first are those of cases."""
    rng = who.rng("records")
    start = np.datetime64(START, "s")
    for first in range(0, records, _BLOCK):
        size = min(_BLOCK, records - first)
        known = found.slice(first, size)
        more = np.arange(max(first - len(found), 0), first + size - len(found))
        number = pa.concat_arrays([known, codes("JL", more, 9)]) if len(more) else known
        one = rng.integers(who.officers, size=size)
        two = (one + rng.integers(1, 40, size)) % who.officers
        # A day before the last one, so that the upload still lies within the period.
        spent = rng.integers(0, LAST_DAY * 86_400, size)
        later = rng.integers(600, 86_400, size)
        target = rng.integers(0, 10_000, size)
        names = pc.binary_join_element_wise(
            "东环", texts(_TRADES, target % 5), "有限公司", codes("", target, 4), "厂", ""
        )
        uploaded = start + (spent + later)
        yield pa.table(
            {
                "record_id": number,
                "unit_id": who.unit_ids.take(who.desk[one]),
                "inspectors": pc.binary_join_element_wise(
                    who.officer_ids.take(one), who.officer_ids.take(two), "、"
                ),
                "uploader": who.officer_ids.take(one),
                "inspected_at": pa.array(start + spent),
                "uploaded_at": pa.array(uploaded),
                "valid": rng.random(size) < 0.97,
                "target": names,
                "day": pa.array(uploaded.astype("datetime64[D]")),
            }
        )


def _write(table: pa.Table, name: str, path: Path) -> None:
    pa_csv.write_csv(_shown(table, name), path, _OPTIONS)


def _shown(table: pa.Table, name: str) -> pa.Table:
    """Return the columns of a table as people see them: headers, 是 and 否, lists by 、."""
    there = frozenset(table.column_names)
    declared = (c for c in BY_NAME[name].columns if c.name in there)
    return pa.table({c.header: _cells(table[c.name]) for c in declared})


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "是", "否")
    if pa.types.is_list(kind):
        return pc.binary_join(column, "、")
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
    return column.cast(pa.string())


def arguments() -> argparse.ArgumentParser:
    """The size of what is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--officers", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--records", type=int, default=30_000_000)
    return parser


if __name__ == "__main__":
    parser = arguments()
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    write_raw(asked.folder, asked.officers, asked.units, asked.records)
