"""Executing the notebooks of a run, each chain of them one after the other.

Kernels are forked from one process that has imported what they share; the checks, which import for
seconds what no other notebook needs, have their kernel from the beginning.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dalian_eval.base.day_words import month_words
from dalian_eval.jobs.runs.begun_run import BegunRun
from dalian_eval.jobs.runs.run_stages import SHARED_IMPORTS, STAGES, Progress, Stage, stages_of
from dalian_eval.record.environment import NOTEBOOKS
from dalian_eval.record.notebooks import Kernel, execute, nursery_of, write_notebook
from dalian_eval.report.notebook.notebook_page import render_notebook
from dalian_eval.stages.pipeline import Job


class Notebooks:
    """The notebooks that are left to execute; two chains of them may be executed at a time."""

    def __init__(
        self,
        root: Path,
        job: Job,
        parameters: dict[str, Any],
        building: Path,
        begun: BegunRun,
        progress: Progress,
        kernels: ExitStack,
    ) -> None:
        """Leave out what is whole already; `kernels` stops what is started."""
        self._root, self._job, self._parameters, self._building = root, job, parameters, building
        self._begun, self._progress, self._kernels = begun, progress, kernels
        self._connections = Path(
            kernels.enter_context(TemporaryDirectory(prefix=".k", dir=building, ignore_cleanup_errors=True))
        )
        for stage in stages_of(job):
            if stage.name in begun.whole:
                progress.kept(STAGES.index(stage) + 1, stage.title)
        self._left = {s.name: s for s in stages_of(job) if s.name not in begun.whole}
        self._stopped = False
        self._waiting: dict[str, Kernel] = {}
        if self._left:
            self._nursery = nursery_of(SHARED_IMPORTS)
            if self._nursery is not None:
                kernels.callback(self._nursery.stop)
        for stage in self._left.values():
            if not stage.shares_imports or not self._waiting:
                self._wait(stage)

    def execute(self, *names: str) -> None:
        """Execute those of `names` that are left, in this order, unless they are stopped."""
        chain = [self._left[name] for name in names if name in self._left]
        for place, stage in enumerate(chain):
            if self._stopped:
                return
            self._execute(stage, chain[place + 1 : place + 2])
            self._begun.add(stage.name)

    def stop(self) -> None:
        """Let no further notebook begin, and end those that are being executed."""
        self._stopped = True
        self._kernels.close()

    def _execute(self, stage: Stage, following: Sequence[Stage]) -> None:
        """Execute a notebook and write it and its page; the next one's kernel comes up meanwhile.

        `following`: the next one, if there is one.
        """
        kernel = self._wait(stage)
        for one in following:
            self._wait(one)
        began, number = time.monotonic(), STAGES.index(stage) + 1
        progress, building = self._progress, self._building
        progress.stage(number, stage.title)
        source = self._root / NOTEBOOKS / f"{stage.name}.ipynb"
        notebook = execute(source, self._parameters, kernel, progress.cell, progress.part)
        write_notebook(notebook, building / f"{stage.name}.ipynb")
        title = f"{month_words(self._job.month)} {stage.title}"
        page = render_notebook(notebook, title, self._job.run_id)
        (building / f"{stage.name}.html").write_text(page, encoding="utf-8", newline="\n")
        progress.done(number, stage.title, time.monotonic() - began)

    def _wait(self, stage: Stage) -> Kernel:
        """Return the kernel that waits for a notebook, started now if there is none."""
        if stage.name not in self._waiting:
            has_them = self._nursery is not None and stage.shares_imports
            imports = () if has_them else stage.imports
            kernel = Kernel(self._building, self._connections, imports, self._nursery)
            self._kernels.callback(kernel.stop)
            self._waiting[stage.name] = kernel
        return self._waiting[stage.name]
