"""Rows per second of intake, all checks on, against bare readers of the same files, in one run.

csv in UTF-8: DuckDB's and polars' readers into a table in memory; csv in GB18030, which neither
reads: transcoding file by file, then DuckDB; xlsx: calamine into Python rows. Each side runs in a
fresh process; its peak memory is that of all its processes together, polled; its processor time
(not on Windows) tells more than the clock where others use the machine. Intake starts without kept
pieces, and once more with them. polars is no dependency of ours: without it (and without a
folder in POLARS_PATH that holds it) its line is missing and the page says so.

    .venv/bin/python benchmarks/intake_rows.py [--rows 2000000] [--xlsx-rows 200000] [--only csv]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

HEADERS = Path(__file__).parents[1] / "params" / "headers.yaml"
UNITS, OFFICERS_PER_UNIT, PER_FILE = 300, 20, 500_000
COLUMNS = "记录编号,单位编码,检查人员,上传人,检查时间,上传时间,有效,检查对象"

_INTAKE = """
import sys
from pathlib import Path
from dalian_eval.intake import clean
raw, out, headers, pieces = map(Path, sys.argv[1:])
if __name__ == "__main__":
    report = clean(raw, out, headers=headers, pieces=pieces)
    counts = report.sources[["rows_read", "accepted"]].sum()
    assert counts["rows_read"] == counts["accepted"], counts
"""
_DUCKDB = """
import sys, duckdb
files = sys.argv[1] + "/检查记录_*.csv"
duckdb.connect().execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [files])
"""
_POLARS = """
import sys
import polars
assert len(polars.read_csv(sys.argv[1] + "/检查记录_*.csv"))
"""
_TRANSCODED = """
import sys, tempfile, duckdb
from pathlib import Path
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    for file in Path(sys.argv[1]).glob("检查记录_*.csv"):
        with file.open(encoding="gb18030", newline="") as old:
            with Path(folder, file.name).open("w", encoding="utf-8", newline="") as new:
                while text := old.read(1 << 24):
                    new.write(text)
    duckdb.connect().execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [folder + "/*.csv"])
"""
_CALAMINE = """
import sys
from pathlib import Path
from python_calamine import CalamineWorkbook
for file in sorted(Path(sys.argv[1]).glob("检查记录_*.xlsx")):
    assert CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
"""


class Measure(NamedTuple):
    """Seconds by the clock and by the processor, peak megabytes; with all child processes."""

    seconds: float
    worked: float
    peak: float

    def told(self, rows: int) -> str:
        speed, work = rows / self.seconds, 1e6 * self.worked / rows
        return f"{speed:>12,.0f} rows/s {work:>8.2f} µs/row of processor {self.peak:>7,.0f} MB"


def records(month: int, rows: int) -> list[list[str]]:
    """Invented inspections of one month, as a system exports them."""
    rng = np.random.default_rng(month)
    ym = f"{2023 + month // 12}{month % 12 + 1:02d}"
    start = np.datetime64(f"{ym[:4]}-{ym[4:]}-01T00:00:00")
    unit, one, two = rng.integers(0, UNITS, rows), *rng.integers(0, OFFICERS_PER_UNIT, (2, rows))
    spent, later = rng.integers(0, 28 * 86_400, rows), rng.integers(0, 86_400, rows)
    times = [
        np.char.replace(np.datetime_as_string(start + t), "T", " ") for t in (spent, spent + later)
    ]
    trades = ("化工", "印染", "电镀", "建材", "制药")
    target = rng.integers(0, 10_000, rows)
    found: list[list[str]] = []
    for i in range(rows):
        first = f"0612{unit[i] * OFFICERS_PER_UNIT + one[i]:04d}"
        second = f"0612{unit[i] * OFFICERS_PER_UNIT + two[i]:04d}"
        found.append(
            [
                f"JC{ym}{i:08d}",
                f"D{unit[i]:03d}",
                first if first == second else f"{first}、{second}",
                first,
                times[0][i],
                times[1][i],
                "是" if one[i] else "否",
                f"东环{trades[target[i] % 5]}有限公司{target[i]}厂",
            ]
        )
    return found


def county(folder: Path, encoding: str = "utf-8") -> None:
    """Write the tables that inspections refer to."""
    folder.mkdir()
    officers = [(i // OFFICERS_PER_UNIT, f"0612{i:04d}") for i in range(UNITS * OFFICERS_PER_UNIT)]
    small = {
        "单位": ["单位编码,单位名称", *(f"D{i:03d},第{i}局" for i in range(UNITS))],
        "人员": ["执法证号,姓名", *(f"{code},甲{code}" for _, code in officers)],
        "任职": ["执法证号,单位编码,到岗日期", *(f"{c},D{u:03d},2020-01-01" for u, c in officers)],
    }
    for name, lines in small.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding=encoding)


def write_csv(folder: Path, rows: int, encoding: str) -> None:
    county(folder, encoding)
    for month in range(-(-rows // PER_FILE)):
        some = records(month, min(PER_FILE, rows - month * PER_FILE))
        path = folder / f"检查记录_{some[0][0][2:8]}.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            stream.write(COLUMNS + "\r\n")
            stream.writelines(",".join(row) + "\r\n" for row in some)


def write_xlsx(folder: Path, rows: int) -> None:
    import xlsxwriter

    county(folder)
    for month in range(2):
        some = records(month, rows // 2)
        path = folder / f"检查记录_{some[0][0][2:8]}.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("检查记录")
            for i, row in enumerate([COLUMNS.split(","), *some]):
                sheet.write_row(i, 0, row)


def measured(code: str, *arguments: Path) -> Measure:
    """Run code in a fresh process."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8", delete=False) as script:
        script.write(code)
    paths = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), _polars_path()]))
    began, before = time.perf_counter(), os.times()
    process = subprocess.Popen(
        [sys.executable, script.name, *map(str, arguments)], env=os.environ | {"PYTHONPATH": paths}
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.05)
    seconds, after = time.perf_counter() - began, os.times()
    worked = sum(after[2:4]) - sum(before[2:4])
    Path(script.name).unlink()
    if process.returncode:
        raise SystemExit(f"{code}\nexit code {process.returncode}")
    return Measure(seconds, worked, peak / 1e6)


def _memory(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        return float(sum(p.memory_info().rss for p in (parent, *parent.children(recursive=True))))
    except psutil.Error:
        return 0.0


def _polars_path() -> str:
    return os.environ.get("POLARS_PATH", "")


def _has_polars() -> bool:
    check = [sys.executable, "-c", "import polars"]
    paths = os.environ | {"PYTHONPATH": _polars_path()}
    return subprocess.run(check, env=paths, stderr=subprocess.DEVNULL).returncode == 0


def compare(title: str, raw: Path, rows: int, bare: dict[str, str]) -> None:
    print(f"{title}, {rows:,} rows", flush=True)
    with tempfile.TemporaryDirectory(dir=raw.parent) as scratch:
        folder = Path(scratch)
        ours = measured(_INTAKE, raw, folder / "out", HEADERS, folder / "pieces")
        print(f"  intake    {ours.told(rows)}", flush=True)
        again = measured(_INTAKE, raw, folder / "again", HEADERS, folder / "pieces")
        print(f"   (kept)   {again.told(rows)}", flush=True)
    for name, code in bare.items():
        other = measured(code, raw)
        print(f"  {name:9s} {other.told(rows)}", flush=True)
        print(
            f"            intake has {other.seconds / ours.seconds:.2f} of its speed (aim: 0.33), "
            f"{other.worked / ours.worked:.2f} by processor time",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    parser.add_argument("--only", choices=["csv", "gb18030", "xlsx"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if options.only in (None, "csv"):
            write_csv(folder / "utf8", options.rows, "utf-8")
            polars = {"polars": _POLARS} if _has_polars() else {}
            if not polars:
                print("polars is not installed: its line is missing")
            compare("csv UTF-8", folder / "utf8", options.rows, {"DuckDB": _DUCKDB} | polars)
        if options.only in (None, "gb18030"):
            write_csv(folder / "gb18030", options.rows, "gb18030")
            bare = {"transcode": _TRANSCODED}
            compare("csv GB18030", folder / "gb18030", options.rows, bare)
        if options.only in (None, "xlsx"):
            write_xlsx(folder / "xlsx", options.xlsx_rows)
            compare("xlsx", folder / "xlsx", options.xlsx_rows, {"calamine": _CALAMINE})


if __name__ == "__main__":
    main()
