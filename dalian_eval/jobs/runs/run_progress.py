"""Progress of a run: one live line on a terminal; without one plain lines, at least every minute.

A line tells the stage, the step in its notebook, how far the work in hand is, how fast it goes and,
once that can be said, how long it will still take. Where the environment names a file for it
(`LIVE_LINE`), the line of the moment is kept there as well.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from dalian_eval.base.day_words import span
from dalian_eval.base.parts import LIVE_LINE, replace_text
from dalian_eval.jobs.runs.run_stages import STAGES, Progress

_LIVE_SECONDS, _PLAIN_SECONDS = 1, 60
_LEAST_SECONDS = 0.1
"""Between two states of the live line: more often nobody can read it."""

_TELLING_SECONDS, _TELLING_SHARE = 3, 20
"""A rate is told after so many seconds, an estimate once one in so many is done as well."""


class _Screen:
    """What there is to say at the moment, and where it is said."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self.console, self.clock = console, clock
        self.live = console.is_terminal
        kept = os.environ.get(LIVE_LINE)
        self.kept = Path(kept) if kept else None
        self.began: dict[str, float] = {}
        self.step = ""
        self.work: tuple[str, int, int] | None = None
        self.work_began, self.work_first = 0.0, 0
        self.printed, self.shown = clock(), float("-inf")
        self.lock = threading.Lock()
        self.watch: threading.Thread | None = None
        self.ended = threading.Event()

    # ---- told by the run ------------------------------------------------------------------

    def stage(self, number: int, title: str) -> None:
        with self.lock:
            self.began[_where(number, title)] = self.clock()
            self.step, self.work = "", None
            if not self.live:
                self._print(f"{self.where} 开始")
        self._start()

    def cell(self, number: int, total: int, line: str) -> None:
        with self.lock:
            self.step = f"第{number}/{total}步 {line}".rstrip()
            self.work = None
            self._show()

    def part(self, title: str, done: int, total: int) -> None:
        with self.lock:
            if self.work is None or self.work[0] != title or done < self.work[1]:
                self.work_began, self.work_first = self.clock(), done
            self.work = (title, done, total)
            if total and done == total:
                self.work = None
            if self.work is None or self.clock() - self.shown >= _LEAST_SECONDS:
                self._show()
        self._start()

    def done(self, number: int, title: str, seconds: float) -> None:
        with self.lock:
            self._clear()
            where = _where(number, title)
            self._print(f"{where} 完成，{seconds:.1f} 秒")
            if where == self.where:
                self.step, self.work = "", None
            self.began.pop(where, None)

    def say(self, line: str) -> None:
        with self.lock:
            self._clear()
            self._print(line)

    # ---- said -----------------------------------------------------------------------------

    @property
    def where(self) -> str:
        """The stage that is told of: of those under way the one that began last."""
        return next(reversed(self.began), "")

    def text(self) -> str:
        """Return the line of the moment; empty when nothing is under way."""
        parts = [self.where, self.step, self._work_text()]
        told = "  ".join(part for part in parts if part)
        where = self.where
        return f"{told}  已用{span(self.clock() - self.began[where])}" if where else told

    def _work_text(self) -> str:
        if self.work is None:
            return ""
        title, done, total = self.work
        told = f"{title} {done}/{total}" if total else f"{title} {done}"
        seconds, made = self.clock() - self.work_began, done - self.work_first
        if seconds < _TELLING_SECONDS or made <= 0:
            return told
        told += (
            f"，每秒{made / seconds:.1f}" if made < 10 * seconds else f"，每秒{made / seconds:.0f}"
        )
        if total and made * _TELLING_SHARE >= total:
            told += f"，约还需{span(seconds * (total - done) / made)}"
        return told

    def tick(self) -> None:
        """Say again how it stands."""
        with self.lock:
            self._keep(self.text())
            if self.live or self.clock() - self.printed >= _PLAIN_SECONDS:
                self._show(plain=True)

    def _show(self, *, plain: bool = False) -> None:
        self.shown = self.clock()
        told = self.text()
        self._keep(told)
        if self.live and told:
            room = max(self.console.width - 1, 10)
            self.console.file.write("\r\x1b[2K" + self.console.render_str(told)[:room].plain)
            self.console.file.flush()
        elif self.live:
            self._clear()
        elif told and (plain or self.clock() - self.printed >= _PLAIN_SECONDS):
            self._print(told)

    def _keep(self, told: str) -> None:
        if self.kept is not None:
            replace_text(self.kept, told)

    def _clear(self) -> None:
        if self.live:
            self.console.file.write("\r\x1b[2K")
            self.console.file.flush()

    def _print(self, line: str) -> None:
        self.console.print(line, soft_wrap=True)
        self.printed = self.clock()

    def _start(self) -> None:
        """Tick from now on."""
        if self.watch is None:
            self.watch = threading.Thread(target=self._tick_until_the_end, daemon=True)
            self.watch.start()

    def end(self) -> None:
        """Say nothing more: the run is over, also where it ended in the middle of a stage."""
        self.ended.set()
        with self.lock:
            self._clear()

    def _tick_until_the_end(self) -> None:
        while not self.ended.wait(_LIVE_SECONDS):
            self.tick()


def _where(number: int, title: str) -> str:
    return f"[{number}/{len(STAGES)}] {title}"


@contextmanager
def console_progress(
    console: Console | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Progress]:
    """Give a Progress that writes to standard error, or to `console`, as long as the run lasts."""
    screen = _Screen(console or Console(stderr=True, highlight=False, markup=False), clock)

    def kept(number: int, title: str) -> None:
        screen.say(f"{_where(number, title)} 上次中断前已完成，不再做")

    try:
        yield Progress(
            stage=screen.stage,
            cell=screen.cell,
            part=screen.part,
            done=screen.done,
            kept=kept,
            warn=screen.say,
        )
    finally:
        screen.end()
