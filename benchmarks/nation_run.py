"""A whole run from raw files to the record, at any size: seconds and memory of every stage.

Makes the raw files of an invented nation (`raw_files.py`) and a project of its own in a temporary
folder, then lets `dalian-eval run` evaluate them in a fresh process. Measured: seconds of every
stage as the run tells them, the most memory that all its processes held together while it lasted
(polled, so a peak of less than a quarter of a second may be missed; where the system tells, pages
they share count once), processor seconds, and how large the record is.

    .venv/bin/python benchmarks/nation_run.py [--officers 100000 --units 3000 --records 30000000]

`--files FOLDER` keeps the raw files for the next time; `--json FILE` adds the figures to a file,
from which `growth.py` makes the table and the figure.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from raw_files import arguments, write_raw

PROJECT = Path(__file__).parents[1]
MONTH = "2024-10"
REST = "收尾"
"""What comes after the last stage that the run tells of."""

_POLL = 0.25
_TOLD = re.compile(r"^\[\d+/\d+\] (?P<stage>\S+) (?P<what>开始|完成，(?P<seconds>[\d.]+) 秒)")


@dataclass
class Measure:
    """Figures of one run; `stages`: seconds and peak megabytes by stage, in order."""

    officers: int
    units: int
    records: int
    making: float = 0.0
    seconds: float = 0.0
    worked: float = 0.0
    peak: int = 0
    record: int = 0
    raw: int = 0
    stages: dict[str, tuple[float, int]] = field(default_factory=dict)

    def told(self) -> str:
        """Return the figures as lines."""
        lines = [
            f"{self.officers:,} officers, {self.units:,} units, {self.records:,} records "
            f"({self.raw:,} MB raw, made in {self.making:.0f} s)"
        ]
        for stage, (seconds, peak) in self.stages.items():
            lines.append(f"  {seconds:8.1f} s {peak:7,} MB  {stage}")
        lines.append(
            f"  {self.seconds:8.1f} s {self.peak:7,} MB  all; {self.worked:.1f} s of processor; "
            f"record {self.record:,} MB"
        )
        return "\n".join(lines)


class _Watch:
    """Polls what a process and its children hold, by the stage under way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = psutil.Process(process.pid)
        self.under_way: list[str] = []
        self.alone = {REST: 0.0}
        self.peaks: dict[str, int] = {}
        self.worked: dict[int, float] = {}
        self.done = False
        self.thread = threading.Thread(target=self._poll, daemon=True)
        self.thread.start()

    def turn(self, stage: str, *, begins: bool) -> None:
        """Take note that a stage begins or is done."""
        self.under_way = [s for s in self.under_way if s != stage] + ([stage] if begins else [])

    def _poll(self) -> None:
        before = time.monotonic()
        while not self.done:
            held, stages = 0, self.under_way or [REST]
            try:
                every = [self.process, *self.process.children(recursive=True)]
            except psutil.Error:
                break
            for one in every:
                try:
                    held += _own_memory(one)
                    times = one.cpu_times()
                    self.worked[one.pid] = times.user + times.system
                except psutil.Error:
                    continue
            for stage in stages:
                self.peaks[stage] = max(self.peaks.get(stage, 0), held)
            now = time.monotonic()
            self.alone[REST] += now - before if stages == [REST] else 0.0
            before = now
            time.sleep(_POLL)


def _own_memory(process: psutil.Process) -> int:
    """Return the bytes of a process, of what it shares its part alone, where the system tells."""
    found = process.memory_full_info()
    return int(getattr(found, "pss", found.rss))


def measure(officers: int, units: int, records: int, files: Path | None = None) -> Measure:
    """Make the files where they are not there yet, run once, and return the figures."""
    found = Measure(officers, units, records)
    with tempfile.TemporaryDirectory(prefix="nation-") as place:
        project = Path(place) / "project"
        for name in ("params", "notebooks"):
            shutil.copytree(PROJECT / name, project / name)
        raw = files or Path(place) / "raw"
        if not raw.is_dir():
            began = time.monotonic()
            write_raw(raw, officers, units, records)
            found.making = time.monotonic() - began
        found.raw = _megabytes(raw)
        command = [str(Path(sys.executable).with_name("dalian-eval")), "run", "--month", MONTH]
        command += ["--raw", str(raw), "--out", str(Path(place) / "runs")]
        began = time.monotonic()
        with subprocess.Popen(
            command,
            cwd=project,
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        ) as process:
            watch = _Watch(process)
            seconds: dict[str, float] = {}
            for line in process.stdout or ():
                print("   ", line, end="", flush=True)
                if told := _TOLD.match(line):
                    if told["seconds"]:
                        seconds[told["stage"]] = float(told["seconds"])
                    watch.turn(told["stage"], begins=not told["seconds"])
            process.wait()
            watch.done = True
        found.seconds = time.monotonic() - began
        seconds[REST] = watch.alone[REST]
        if process.returncode:
            raise SystemExit(f"the run failed with {process.returncode}")
        found.worked = sum(watch.worked.values())
        order = [*(s for s in seconds if s != REST), REST]
        found.stages = {
            s: (round(seconds.get(s, 0.0), 1), watch.peaks.get(s, 0) >> 20) for s in order
        }
        found.peak = max(watch.peaks.values()) >> 20
        record = next((Path(place) / "runs" / MONTH).iterdir())
        found.record = _megabytes(record) - _megabytes(record / "inputs")
    return found


def _megabytes(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) >> 20


def add(found: Measure, path: Path) -> None:
    """Put the figures into a file of figures, instead of those of the same size."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    size = (found.officers, found.units)
    known = [one for one in known if (one["officers"], one["units"]) != size]
    known = sorted([*known, asdict(found)], key=lambda one: one["officers"])
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = arguments()
    parser.add_argument("--files", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    made = measure(asked.officers, asked.units, asked.records, asked.files)
    print(made.told())
    if asked.json:
        add(made, asked.json)
