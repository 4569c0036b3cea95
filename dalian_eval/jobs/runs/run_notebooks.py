"""Executing the notebooks of a run one after the other, the next one's kernel ready in time."""

import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dalian_eval.base.day_words import month_words
from dalian_eval.jobs.runs.begun_run import BegunRun
from dalian_eval.jobs.runs.run_stages import STAGES, Progress, Stage, stages_of
from dalian_eval.record.environment import NOTEBOOKS
from dalian_eval.record.notebooks import Kernel, execute, write_notebook
from dalian_eval.report.notebook.notebook_page import render_notebook
from dalian_eval.stages.pipeline import Job


class Notebooks:
    """The notebooks that are left to execute, in order; the kernel of the next one waits ready."""

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
        """Begin with the first that is not whole; `kernels` stops what is started."""
        self._root, self._job, self._parameters, self._building = root, job, parameters, building
        self._begun, self._progress, self._kernels = begun, progress, kernels
        self._connections = Path(
            kernels.enter_context(TemporaryDirectory(prefix=".k", dir=building, ignore_cleanup_errors=True))
        )
        for stage in stages_of(job):
            if stage.name in begun.whole:
                progress.kept(STAGES.index(stage) + 1, stage.title)
        self._left = [stage for stage in stages_of(job) if stage.name not in begun.whole]
        self._stopped = False
        self._waiting = [self._ready(stage) for stage in self._left[:1]]

    def next(self, last: str = "") -> Stage | None:
        """Return the next notebook, if there is one no later than that called `last`."""
        first = self._left[0] if self._left else None
        return None if first is None or (last and first.name > last) else first

    def execute(self, stage: Stage) -> None:
        """Execute the next notebook and write it and its page."""
        self._left.pop(0)
        kernel = self._waiting.pop()
        self._waiting += [self._ready(following) for following in self._left[:1]]
        began = time.monotonic()
        progress, building = self._progress, self._building
        progress.stage(STAGES.index(stage) + 1, stage.title)
        source = self._root / NOTEBOOKS / f"{stage.name}.ipynb"
        notebook = execute(source, self._parameters, kernel, progress.cell, progress.part)
        write_notebook(notebook, building / f"{stage.name}.ipynb")
        title = f"{month_words(self._job.month)} {stage.title}"
        page = render_notebook(notebook, title, self._job.run_id)
        (building / f"{stage.name}.html").write_text(page, encoding="utf-8", newline="\n")
        progress.done(time.monotonic() - began)

    def execute_all(self) -> None:
        """Execute all that are left, unless they are stopped."""
        while (stage := self.next()) and not self._stopped:
            self.execute(stage)
            self._begun.add(stage.name)

    def stop(self) -> None:
        """Let no further notebook begin, and end the one that is being executed."""
        self._stopped = True
        self._kernels.close()

    def _ready(self, stage: Stage) -> Kernel:
        kernel = Kernel(self._building, self._connections, stage.imports)
        self._kernels.callback(kernel.stop)
        return kernel
