"""Wall time of the demo month against the floor, as a ratio inside one run.

Floor: six empty notebooks through the same papermill engine and page template in one process,
plus one import each of pandas, duckdb, matplotlib and Great Expectations. Each side is measured
`ROUNDS` times in turn, each time in a fresh process; the ratio is that of the medians.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 2

_FLOOR = """
import sys
from pathlib import Path
import nbformat
from dalian_eval.record.notebooks import Kernel, execute, write_notebook
from dalian_eval.report.notebook.notebook_page import render_notebook
folder = Path(sys.argv[1])
empty = nbformat.v4.new_notebook()
empty.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
empty.cells = [nbformat.v4.new_code_cell("")]
nbformat.write(empty, folder / "empty.ipynb")
for number in range(6):
    done = execute(folder / "empty.ipynb", {}, Kernel(folder, folder))
    write_notebook(done, folder / f"{number}.ipynb")
    (folder / f"{number}.html").write_text(render_notebook(done, "空"), encoding="utf-8")
"""
_IMPORTS = ("pandas", "duckdb", "matplotlib.pyplot", "great_expectations")
_RUN = """
import sys
from pathlib import Path
from dalian_eval.jobs.run import run
run(month="2024-10", raw=Path("data/demo"), out=Path(sys.argv[1]))
"""


def _seconds(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def _floor() -> float:
    with tempfile.TemporaryDirectory() as folder:
        notebooks = _seconds("-c", _FLOOR, folder)
    bare = _seconds("-c", "")
    return notebooks + sum(_seconds("-c", f"import {name}") - bare for name in _IMPORTS)


def _run() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _seconds("-c", _RUN, str(Path(folder) / "runs"))


def main() -> None:
    rounds = [(_floor(), _run()) for _ in range(ROUNDS)]
    floor = statistics.median(f for f, _ in rounds)
    run = statistics.median(r for _, r in rounds)
    print(f"floor {floor:.1f} s, demo month {run:.1f} s")
    print(f"ratio {run / floor:.2f} (aim: at most 1.5)")


if __name__ == "__main__":
    main()
