"""Running a notebook so that the same inputs give the same bytes.

Our papermill engine is one more engine: it executes with a fixed environment, without timing
metadata, and reports progress from the parent process. Afterwards ids, times and addresses that
differ from run to run are taken out.
"""

import errno
import os
import re
import secrets
import subprocess
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from dalian_eval.base import errors
from dalian_eval.base.parts import PARTS, Part, watching
from dalian_eval.record.kernels.forked import Nursery, can_fork, fork_from

ENGINE = "dalian_eval"

CellHook = Callable[[int, int, str], None]
"""Called when a cell starts: its number (from 1), how many there are, its first line."""

_FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "Asia/Shanghai",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONUTF8": "1",
    "PYTHONWARNINGS": "ignore",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")
_CELL_FILE = re.compile(r"(/tmp|[A-Za-z]:)[^\s\"']*ipykernel_\d+[^\s\"']*\.py")
_KEPT_METADATA = ("kernelspec", "language_info")
_DISK_FULL = (
    "Errno 28",
    "No space left on device",
    "not enough space on the disk",
    "File too large",
    "Disk quota exceeded",
)
_DIED = "Kernel died"
_KERNEL = "python3"
# Without end: a kernel that died is noticed all the same, and the limit would be taken by the clock
# of the day, which may jump.
_START_SECONDS = 10**9
# Without encryption ipykernel 7 prints a warning about TCP at every start.
_CONFIG = Config({"KernelManager": {"transport_encryption": "auto"}})


def nursery_of(imports: Sequence[str]) -> Nursery | None:
    """Return a process from which kernels are forked that have imported; None if there is none."""
    return Nursery(imports, {**os.environ, **_FIXED}) if can_fork() else None


class Kernel:
    """A fresh kernel, started ahead: it comes up and imports while another notebook runs.

    Every notebook has a kernel of its own; none is used twice.
    """

    def __init__(
        self,
        cwd: Path,
        connections: Path,
        imports: Sequence[str] = (),
        nursery: Nursery | None = None,
    ) -> None:
        """Start the kernel in `cwd`, with a fixed environment; returns before it is up.

        The files by which it is reached and tells how far it is lie in the folder `connections`:
        they go with that when this process is killed. `nursery`: what it is forked from.
        """
        starter = NotebookClient(nbformat.v4.new_notebook(), kernel_name=_KERNEL, config=_CONFIG)
        if imports:
            starter.extra_arguments = [f"--IPKernelApp.exec_lines=import {', '.join(imports)}"]
        self.parts = connections / f"parts-{secrets.token_hex(8)}"
        self.manager = starter.create_kernel_manager()
        self.manager.connection_file = str(connections / f"kernel-{secrets.token_hex(8)}.json")
        if nursery is not None:
            fork_from(nursery, self.manager)
        # The kernel's own notes (an interrupt at shutdown) are no message to the user.
        starter.start_new_kernel(
            env={**os.environ, **_FIXED, PARTS: str(self.parts)},
            stderr=subprocess.DEVNULL,
            cwd=str(cwd),
        )

    def stop(self) -> None:
        """Stop the kernel, whether or not a notebook ran on it."""
        if self.manager.has_kernel:
            run_sync(self.manager.shutdown_kernel)(now=True)


class DeterministicEngine(Engine):
    """papermill engine with our client settings and a progress hook."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        kernel: Kernel,
        on_cell: CellHook | None = None,
        **_: Any,
    ) -> None:
        """Execute the notebook of `nb_man`; `on_cell` is told of each code cell before it runs."""
        code = [i for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]

        def started(cell: NotebookNode, cell_index: int) -> None:
            if on_cell is not None and cell_index in code:
                title = _heading(nb_man.nb.cells[:cell_index])
                on_cell(code.index(cell_index) + 1, len(code), title)

        client = PapermillNotebookClient(
            nb_man,
            km=kernel.manager,
            kernel_name=kernel_name,
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=started,
            startup_timeout=_START_SECONDS,
            timeout=None,
        )
        client.execute(cleanup_kc=True)


def _heading(cells: Sequence[NotebookNode]) -> str:
    """Return the heading under which the next cell stands: what it does, in the users' words."""
    for cell in reversed(cells):
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            return str(cell.source).split("\n")[0].lstrip("# ").strip()
    return ""


papermill_engines.register(ENGINE, DeterministicEngine)


def execute(
    notebook: Path,
    parameters: dict[str, Any],
    kernel: Kernel,
    on_cell: CellHook | None = None,
    on_part: Part | None = None,
) -> NotebookNode:
    """Execute `notebook` on `kernel`, which it uses up, and return it, deterministic.

    `on_part` is told how far the work within a cell is, from another thread.
    A foreseen error inside the notebook, and a full disk, are raised again as themselves;
    DalianError when the kernel died; PapermillExecutionError for any other.
    """
    try:
        with watching(kernel.parts, on_part) if on_part else nullcontext():
            executed = papermill.execute_notebook(
                notebook,
                None,
                parameters=parameters,
                engine_name=ENGINE,
                kernel_name=_KERNEL,
                progress_bar=False,
                request_save_on_cell_execute=False,
                kernel=kernel,
                on_cell=on_cell,
            )
    except PapermillExecutionError as error:
        foreseen = getattr(errors, error.ename, None)
        if isinstance(foreseen, type) and issubclass(foreseen, errors.DalianError):
            raise foreseen(error.evalue) from error
        if any(words in error.evalue for words in _DISK_FULL):
            raise OSError(errno.ENOSPC, error.evalue) from error
        raise
    except KeyboardInterrupt:
        # What was under way when the user stopped it fails with its kernel: that is no news.
        ensure_event_loop().set_exception_handler(lambda loop, told: None)
        raise
    except RuntimeError as error:
        # It may die while it waits, too: then the error is a plain one.
        if isinstance(error, DeadKernelError) or _DIED in str(error):
            raise errors.DalianError(
                f"笔记本 {notebook.stem} 的计算进程意外终止（多半是内存不足，或被别的程序结束），"
                "没有留下半成品：请关闭其他程序后重新运行"
            ) from error
        raise
    return strip_differences(executed)


def strip_differences(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what differs between two runs on the same inputs."""
    notebook.metadata = NotebookNode(
        {key: notebook.metadata[key] for key in _KEPT_METADATA if key in notebook.metadata}
    )
    language = notebook.metadata.get("language_info", {})
    if "version" in language:
        # 3.11.7 and 3.11.9 give the same record.
        language["version"] = ".".join(language["version"].split(".")[:2])
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:03d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("transient", None)
            if "text" in output:
                output["text"] = _without_places(output["text"])
            for kind, data in output.get("data", {}).items():
                if kind.startswith("text/") and isinstance(data, str):
                    output["data"][kind] = _without_places(data)
    return notebook


def _without_places(text: str) -> str:
    return _CELL_FILE.sub("<cell>", _ADDRESS.sub("at 0x0", text))


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write an executed notebook, LF line ends."""
    text = nbformat.writes(notebook)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
