"""What a run says while it works: how far, how fast, how long still."""

import io
import os
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from rich.console import Console

from dalian_eval.base.day_words import span
from dalian_eval.base.parts import PARTS, listening, tell_part, watching
from dalian_eval.jobs.runs.run_progress import console_progress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def screen():
    """Give what makes a screen that lasts as long as the test."""

    def make(*, terminal: bool):
        clock, file = Clock(), io.StringIO()
        console = Console(
            file=file, force_terminal=terminal, width=200, highlight=False, markup=False
        )
        return shown.enter_context(console_progress(console, clock)), clock, file

    with ExitStack() as shown:
        yield make


def test_nothing_is_said_after_the_end():
    """Also where the run ended in the middle of a stage."""
    clock, file = Clock(), io.StringIO()
    with console_progress(Console(file=file, force_terminal=False), clock) as progress:
        progress.stage(1, "数据清洗")
        progress.cell(1, 2, "")
    said = file.getvalue()
    clock.now += 600
    time.sleep(1.5)
    assert file.getvalue() == said


def test_plain_lines_come_once_a_minute(screen):
    progress, clock, file = screen(terminal=False)
    progress.stage(1, "数据清洗")
    for _ in range(130):
        clock.now += 1
        progress.cell(2, 9, "读取")
    progress.done(1, "数据清洗", 130.0)
    assert file.getvalue().splitlines() == [
        "[1/7] 数据清洗 开始",
        "[1/7] 数据清洗  第2/9步 读取  已用1分0秒",
        "[1/7] 数据清洗  第2/9步 读取  已用2分0秒",
        "[1/7] 数据清洗 完成，130.0 秒",
    ]


def test_a_part_tells_its_rate_and_how_long_it_takes_once_that_is_known(screen):
    progress, clock, file = screen(terminal=True)
    told = []
    for made in (0, 1, 2, 100, 500, 1000):
        file.truncate(0)
        file.seek(0)
        progress.part("个人账目", made, 1000)
        told.append(file.getvalue().rpartition("\x1b[2K")[2])
        clock.now += 2
    assert told == [
        "个人账目 0/1000",
        "个人账目 1/1000",
        "个人账目 2/1000，每秒0.5",
        "个人账目 100/1000，每秒17，约还需54秒",
        "个人账目 500/1000，每秒62，约还需8秒",
        "",
    ]


def test_what_has_no_end_known_has_no_estimate(screen):
    progress, clock, file = screen(terminal=True)
    progress.part("读取 检查记录.csv（行）", 65_536, 0)
    clock.now += 60
    progress.part("读取 检查记录.csv（行）", 600_000, 0)
    assert "600000，每秒8908" in file.getvalue()
    assert "约还需" not in file.getvalue()


def test_a_length_of_time_as_people_say_it():
    assert [span(s) for s in (0.4, 59.4, 59.6, 3599, 3600, 7260)] == [
        "0秒", "59秒", "1分0秒", "59分59秒", "1小时0分", "2小时1分",
    ]  # fmt: skip


def test_parts_are_told_to_who_listens_and_come_from_other_processes(tmp_path):
    heard: list[tuple[str, int, int]] = []

    def hear(title: str, done: int, total: int) -> None:
        heard.append((title, done, total))

    tell_part("没有人听", 1, 1)
    with listening(hear):
        tell_part("页/面", 3, 3)
    assert heard == [("页/面", 3, 3)]
    file = tmp_path / "parts"
    code = "from dalian_eval.base.parts import tell_part; tell_part('读/取', 2, 2)"
    with watching(file, hear):
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, PARTS: str(file)}, check=True
        )
        until = time.monotonic() + 30
        while len(heard) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    assert heard[1] == ("读/取", 2, 2)
    assert [p.name for p in tmp_path.iterdir()] == ["parts"]
