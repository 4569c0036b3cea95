"""Rows per second of inspections read by a mapping, against the same rows in our own shape.

The mapped csv has other headers, its unit as a path to the name (its last part is taken), two
columns of officers made one list, and its validity in other words. Each side reads in a fresh
process without kept pieces, in turn; the ratio is that of the best rounds.

    .venv/bin/python benchmarks/mapped_rows.py [--rows 1000000] [--rounds 3]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADERS = Path(__file__).parents[1] / "params" / "headers.yaml"
UNITS, OFFICERS, PER_FILE = 300, 6000, 500_000

MAPPINGS = """\
移动执法:
  表头: [任务编号, 执法人员1]
  表:
    检查记录:
      记录编号: 任务编号
      单位编码: {列: 执法机构, 取: 末段}
      检查人员: {列: [执法人员1, 执法人员2]}
      上传人: 提交人
      检查时间: 开始时间
      上传时间: 提交时间
      有效: {列: 状态, 词: {已办结: 是, 已撤销: 否}}
      检查对象: 企业
"""
_INTAKE = """
import sys
from pathlib import Path
from dalian_eval.intake import clean
raw, out, headers, mappings = map(Path, sys.argv[1:])
if __name__ == "__main__":
    report = clean(raw, out, headers=headers, mappings=mappings)
    counts = report.sources[["rows_read", "accepted"]].sum()
    assert counts["rows_read"] == counts["accepted"], counts
"""


def write(folder: Path, rows: int, *, mapped: bool) -> None:
    """Write units, officers, postings and inspections, the last in one shape or the other."""
    folder.mkdir()
    units = [f"D{n:04d}" for n in range(UNITS)]
    officers = [f"{6_120_000 + n:08d}" for n in range(OFFICERS)]
    lines = {
        "单位": ["单位编码,单位名称", *(f"{u},第{n}执法局" for n, u in enumerate(units))],
        "人员": ["执法证号,姓名", *(f"{o},甲{n}" for n, o in enumerate(officers))],
        "任职": [
            "执法证号,单位编码,到岗日期",
            *(f"{o},{units[n % UNITS]},2020-01-01" for n, o in enumerate(officers)),
        ],
    }
    for name, texts in lines.items():
        (folder / f"{name}.csv").write_text("\n".join(texts) + "\n", encoding="utf-8")
    header = "记录编号,单位编码,检查人员,上传人,检查时间,上传时间,有效,检查对象"
    if mapped:
        header = "任务编号,执法机构,执法人员1,执法人员2,提交人,开始时间,提交时间,状态,企业"
    for first in range(0, rows, PER_FILE):
        with (folder / f"任务{first}.csv").open("w", encoding="utf-8") as file:
            file.write(header + "\n")
            for n in range(first, min(first + PER_FILE, rows)):
                unit, a, b = n % UNITS, officers[n % OFFICERS], officers[(n * 7 + 1) % OFFICERS]
                day = f"2024-{n % 10 + 1:02d}-{n % 28 + 1:02d}"
                times = f"{day} 10:{n % 60:02d}:00,{day} 16:{n % 60:02d}:00"
                if mapped:
                    words = "已撤销" if n % 50 == 0 else "已办结"
                    cells = f"某市局/第{unit}执法局,{a},{b},{a},{times},{words}"
                else:
                    words = "否" if n % 50 == 0 else "是"
                    cells = f"{units[unit]},{a}、{b},{a},{times},{words}"
                file.write(f"JC{n:010d},{cells},某厂{n % 5000}\n")


def measure(raw: Path, mappings: Path) -> tuple[float, float]:
    """Return seconds by the clock and by the processor of one reading in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        arguments = [str(p) for p in (raw, Path(folder) / "out", HEADERS, mappings)]
        subprocess.run([sys.executable, "-c", _INTAKE, *arguments], check=True)
        seconds = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, worked


def main() -> None:
    """Measure both shapes in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "mappings.yaml").write_text(MAPPINGS, encoding="utf-8")
        found: dict[str, list[tuple[float, float]]] = {"own": [], "mapped": []}
        for name in found:
            write(place / name, options.rows, mapped=name == "mapped")
        for _ in range(options.rounds):
            for name, measures in found.items():
                measures.append(measure(place / name, place / "mappings.yaml"))
    for name, measures in found.items():
        seconds, worked = (min(values) for values in zip(*measures, strict=True))
        print(f"{name:>7}: {options.rows / seconds:>10,.0f} rows/s, {worked:.1f} s of processor")
    for at, what in enumerate(("clock", "processor")):
        own, mapped = (min(m[at] for m in found[name]) for name in ("own", "mapped"))
        print(f"speed of the mapped csv by the {what}: {own / mapped:.2f} of our own shape")


if __name__ == "__main__":
    main()
