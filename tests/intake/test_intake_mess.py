"""Random mess over a heavily messy county: no crash, no loss, and the tables of the clean one."""

import csv
import io
import random
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dalian_eval.demo import County, export, invent
from dalian_eval.intake import CleanReport, clean
from dalian_eval.schema.tables import TABLES

HEADERS = Path(__file__).parents[2] / "params" / "headers.yaml"
OUTCOMES = ["accepted", "merged", "superseded", "quarantined"]
SLOW = settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def county() -> County:
    return invent(2, 10, inspections_per_officer_month=3)


@pytest.fixture(scope="module")
def tidy(county, tmp_path_factory) -> dict[str, pa.Table]:
    """The tables of the clean export."""
    folder = tmp_path_factory.mktemp("tidy")
    export(county, folder / "raw", "none")
    clean(folder / "raw", folder / "out", headers=HEADERS)
    return tables(folder / "out")


def tables(out: Path) -> dict[str, pa.Table]:
    found = {t.name: out / f"{t.name}.parquet" for t in TABLES}
    return {n: pq.read_table(p).drop_columns("_origin") for n, p in found.items() if p.exists()}


def account(report: CleanReport) -> None:
    """Every row read has one outcome, and the lists hold as many rows as are counted."""
    sources = report.sources
    assert (sources[OUTCOMES].sum(axis=1) == sources["rows_read"]).all()
    for outcome, name in zip(OUTCOMES[1:], ("merges", "supersessions", "quarantine"), strict=True):
        rows = getattr(report, name)
        counted = rows.groupby(["file", "sheet"]).size().to_dict()
        told = sources[sources[outcome] > 0].groupby(["file", "sheet"])[outcome].sum().to_dict()
        assert counted == told, outcome
        assert not rows.duplicated(["file", "sheet", "row"]).any()


# Changes that mean nothing: what is written says the same afterwards.


def records(path: Path) -> tuple[list[list[str]], str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = path.read_text(encoding)
        except UnicodeDecodeError:
            continue
        return [*csv.reader(io.StringIO(text, newline=""))], encoding
    raise AssertionError(path)


def write(path: Path, rows: list[list[str]], encoding: str, **how) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, **how).writerows(rows)


def header_of(rows: list[list[str]]) -> int:
    """The index of the first row that is as wide as most."""
    widths = [sum(map(bool, row)) for row in rows]
    return next(i for i, width in enumerate(widths[:6]) if width == max(widths[:6]))


def rewrite(path: Path, dice: random.Random) -> None:
    """Another encoding, mark, quoting, line ending."""
    rows, _ = records(path)
    encoding = dice.choice(["utf-8", "utf-8-sig", "gb18030"])
    quoting = dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    end = dice.choice(["\n", "\r\n"])
    write(path, rows, encoding, quoting=quoting, lineterminator=end)


def shuffle(path: Path, dice: random.Random) -> None:
    """The records in another order, furniture where it was."""
    rows, encoding = records(path)
    start = header_of(rows) + 1
    stop = next((i for i in range(start, len(rows)) if "合计" in rows[i]), len(rows))
    body = [row for row in rows[start:stop] if any(row)]
    dice.shuffle(body)
    write(path, [*rows[:start], *body, *rows[start + len(body) :]], encoding)


def double(path: Path, dice: random.Random) -> None:
    """The same export once more, in another folder."""
    target = path.parent / "再次导出" / path.name
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, target)


def divide(path: Path, dice: random.Random) -> None:
    """One export as two, the header over both, some rows in both."""
    rows, encoding = records(path)
    start = header_of(rows) + 1
    cut = dice.randint(start, len(rows))
    overlap = dice.randint(0, min(3, cut - start))
    write(path.with_name(f"{path.stem}（续）.csv"), rows[:start] + rows[cut - overlap :], encoding)
    write(path, rows[:cut], encoding)


def intersperse(path: Path, dice: random.Random) -> None:
    """Blank rows, the header once more, ragged ends."""
    rows, encoding = records(path)
    start = header_of(rows) + 1
    for _ in range(3):
        at = dice.randint(start, len(rows))
        rows.insert(at, dice.choice([[], [""] * 3, list(rows[start - 1])]))
    write(path, [row + [""] * dice.randint(0, 2) for row in rows], encoding)


HARMLESS = [rewrite, shuffle, double, divide, intersperse]


@given(
    st.sampled_from(["some", "heavy"]), st.integers(0, 10_000), st.randoms(use_true_random=False)
)
@SLOW
def test_mess_without_meaning_changes_nothing(county, tidy, tmp_path_factory, mess, seed, dice):
    folder = tmp_path_factory.mktemp("mess")
    told = export(county, folder / "raw", mess, seed)
    files = sorted((folder / "raw").rglob("*.csv"))
    for path in files:
        for change in dice.sample(HARMLESS, dice.randint(0, 2)):
            if path.stat().st_size:
                change(path, dice)
    report = clean(folder / "raw", folder / "out", headers=HEADERS)
    account(report)
    found = tables(folder / "out")
    assert found.keys() == tidy.keys()
    for name, rows in tidy.items():
        assert found[name].equals(rows), name
    # A broken row that was doubled is broken twice.
    assert {row.fault for row in told.broken}
    assert len(report.quarantine) >= len(told.broken)
    shutil.rmtree(folder)


# Changes that do harm: nothing is promised but that every row read is accounted for.

POISON = [
    "",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "6.12E+17",
    "2024-13-45",
    "5/3/2024",
    "#REF!",
    "\u202eabc",
    "甲" * 40_000,
    "、、，",
    '"',
    "\r\n",
    "D01",
    "合计",
    "NaN",
    "1e400",
    "-0",
]


def poison(path: Path, dice: random.Random) -> None:
    """Some cells hold what they must not."""
    rows, encoding = records(path)
    for _ in range(dice.randint(1, 8)):
        row = dice.choice(rows)
        if row:
            row[dice.randrange(len(row))] = dice.choice(POISON)
    write(path, rows, "utf-8" if encoding == "utf-8-sig" else encoding)


def drop_columns(path: Path, dice: random.Random) -> None:
    """A column is missing, or its header is."""
    rows, encoding = records(path)
    at = dice.randrange(max(map(len, rows)))
    if dice.random() < 0.5:
        rows = [row[:at] + row[at + 1 :] for row in rows]
    else:
        rows[header_of(rows)][at : at + 1] = ["别的"]
    write(path, rows, encoding)


def damage(path: Path, dice: random.Random) -> None:
    """Some bytes are others, or the end is missing."""
    content = bytearray(path.read_bytes())
    if dice.random() < 0.3:
        content = content[: dice.randrange(len(content))]
    for _ in range(dice.randint(1, 3)):
        if content:
            content[dice.randrange(len(content))] = dice.choice(b'\x00"\n,\xff\x80A')
    path.write_bytes(bytes(content))


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@SLOW
def test_no_harm_crashes_or_loses_rows(county, tmp_path_factory, seed, dice):
    folder = tmp_path_factory.mktemp("harm")
    export(county, folder / "raw", "heavy", seed)
    for path in sorted((folder / "raw").rglob("*.*")):
        if dice.random() < 0.5 and path.stat().st_size:
            chosen = dice.choice([poison, drop_columns, damage])
            if path.suffix == ".csv":
                chosen(path, dice)
            elif chosen is damage:
                damage(path, dice)
    report = clean(folder / "raw", folder / "out", headers=HEADERS)
    account(report)
    # Nothing is passed over in silence: every file has a line.
    files = {p.relative_to(folder / "raw").as_posix() for p in (folder / "raw").rglob("*.*")}
    assert files == set(report.sheets["file"])
    for name in report.supplied:
        accepted = pq.read_metadata(folder / "out" / f"{name}.parquet").num_rows
        assert accepted == report.sources[report.sources["table"] == name]["accepted"].sum()
    shutil.rmtree(folder)
