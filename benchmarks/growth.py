"""What growth costs: seconds and memory of every stage at four sizes, as a table and a figure.

    .venv/bin/python benchmarks/growth.py [--sizes 40 300 5000 100000] [--files FOLDER]

Measures the sizes asked for (`nation_run.py`), keeps all figures in growth.json, and makes from
them the table between the marks of README.md and growth.png. Without `--sizes` nothing is measured
anew.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from nation_run import REST, add, measure

HERE = Path(__file__).parent
FIGURES = HERE / "growth.json"
MARK = "<!-- growth: made by growth.py -->"

SIZES = {
    40: (4, 4_000),
    300: (30, 30_000),
    5_000: (500, 1_500_000),
    100_000: (3_000, 30_000_000),
}
"""Units and records of a county, a city, a province and the nation, by officers."""

_ENGLISH = {
    "数据清洗": "cleaning",
    "数据检查": "checks",
    "月度指标": "metrics",
    "计分与台账": "scoring",
    "年度总结": "yearly text",
    "练兵活动": "campaign",
    "口径与名次": "readings",
    REST: "start, between, end",
}


def table(figures: list[dict[str, Any]]) -> str:
    """Return the figures as a Markdown table, a row per stage."""
    heads = [
        f"{f['officers']:,} officers, {f['units']:,} units, {f['records']:,} records"
        for f in figures
    ]
    lines = [f"| stage | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for stage in _stages(figures):
        cells = [_cell(*f["stages"].get(stage, (0.0, 0))) for f in figures]
        lines.append(f"| {_ENGLISH.get(stage, stage)} | {' | '.join(cells)} |")
    whole = [f"**{_cell(f['seconds'], f['peak'])}**" for f in figures]
    lines.append(f"| **whole run** | {' | '.join(whole)} |")
    worked = [f"{f['worked']:,.0f} s" for f in figures]
    lines.append(f"| processor | {' | '.join(worked)} |")
    sizes = [f"{f['record']:,} MB" for f in figures]
    lines.append(f"| record without its inputs | {' | '.join(sizes)} |")
    return "\n".join(lines)


def _stages(figures: list[dict[str, Any]]) -> list[str]:
    found = dict.fromkeys(stage for f in figures for stage in f["stages"] if stage != REST)
    return [*found, REST]


def _cell(seconds: float, peak: int) -> str:
    return f"{seconds:,.0f} s, {peak:,} MB"


def picture(figures: list[dict[str, Any]], place: Path) -> None:
    """Write the figure: seconds per stage against officers, both logarithmic."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    officers = [f["officers"] for f in figures]
    for stage in _stages(figures):
        seconds = [max(f["stages"].get(stage, (0.0, 0))[0], 0.1) for f in figures]
        axes.plot(officers, seconds, marker="o", lw=1.2, label=_ENGLISH.get(stage, stage))
    axes.plot(officers, [f["seconds"] for f in figures], "k", marker="o", lw=2, label="whole run")
    axes.set(xscale="log", yscale="log", xlabel="officers", ylabel="seconds")
    axes.grid(which="major", alpha=0.3)
    figure.legend(fontsize=8, loc="outside right center")
    figure.savefig(place, dpi=110, metadata={"Software": None})


def put_into_readme(text: str) -> None:
    """Put the table between the marks of the benchmarks' README."""
    readme = HERE / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(MARK)
    _, _, after = rest.partition(MARK)
    readme.write_text(f"{before}{MARK}\n\n{text}\n\n{MARK}{after}", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=(), choices=SIZES)
    parser.add_argument("--files", type=Path, help="where raw files are kept, a folder per size")
    asked = parser.parse_args()
    for size in asked.sizes:
        units, records = SIZES[size]
        made = measure(size, units, records, asked.files and asked.files / str(size))
        print(made.told())
        add(made, FIGURES)
    known = json.loads(FIGURES.read_text(encoding="utf-8"))
    put_into_readme(table(known))
    picture(known, HERE / "growth.png")
