"""Work on all cores when there is enough of it: tasks in, results in their order out."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import TypeVar

import pyarrow as pa

from dalian_eval.schema.model import Contract
from dalian_eval.schema.tables import in_use, use

_MOST = 4
"""Workers at most: each may need some hundred megabytes."""

_WORTH = 24 << 20
"""Bytes of input for which starting processes is worth its second."""

Task = TypeVar("Task")
Result = TypeVar("Result")


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Processes that are started when first needed and end with the `with` block."""

    def __init__(self, count: int | None = None) -> None:
        """Use `count` processes, by default one per core."""
        self.count = min(cores(), _MOST) if count is None else count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workers":
        """Start nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        self.rest()

    def rest(self) -> None:
        """End the processes: their memory is wanted elsewhere. More work starts them anew."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def map(
        self, work: Callable[[Task], Result], tasks: Sequence[Task], sizes: Sequence[int]
    ) -> list[Result]:
        """Return the results of a top-level function for each task; `sizes` are bytes of input.

        The largest tasks begin first. An error ends it all and is raised here.
        """
        if self.count < 2 or len(tasks) < 2 or sum(sizes) < _WORTH:
            return [work(task) for task in tasks]
        if self._pool is None:
            self._pool = _pool(self.count)
        order = sorted(range(len(tasks)), key=lambda i: -sizes[i])
        try:
            futures = {i: self._pool.submit(work, tasks[i]) for i in order}
            return [futures[i].result() for i in range(len(tasks))]
        except BrokenProcessPool:
            # A script without the usual guard around its main part cannot have processes.
            self.rest()
            return [work(task) for task in tasks]

    def begin(self, work: Callable[[Task], Result], task: Task) -> Future[Result]:
        """Begin a task of a top-level function in another process, started when there is none."""
        if self._pool is None:
            self._pool = _pool(self.count)
        return self._pool.submit(work, task)

    def one_by_one(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield the results of tasks that need much memory: never two at once.

        Each has a process of its own, whose memory ends with it.
        """
        self.rest()
        for task in tasks:
            if self.count < 2:
                yield work(task)
                continue
            with _pool(1) as pool:
                try:
                    result = pool.submit(work, task).result()
                except BrokenProcessPool:
                    result = work(task)
            yield result


def _pool(count: int) -> ProcessPoolExecutor:
    # Never forked: the libraries have threads, and Windows and notebooks cannot.
    spawning = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, spawning, _begin, (in_use(),))


def _begin(tables: Contract) -> None:
    """Work with the tables of the process that asks; one process per core: no threads besides."""
    use(tables)
    pa.set_cpu_count(1)
