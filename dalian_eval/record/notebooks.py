"""Running a notebook so that the same inputs give the same bytes.

Our papermill engine is one more engine: it executes with a fixed environment, without timing
metadata, and reports progress from the parent process. Afterwards ids, times and addresses that
differ from run to run are taken out.
"""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from dalian_eval import errors

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


class DeterministicEngine(Engine):
    """papermill engine with our client settings and a progress hook."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, on_cell: CellHook | None = None, **kwargs: Any
    ) -> None:
        """Execute the notebook of `nb_man`; `on_cell` is told of each code cell before it runs."""
        code = [i for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]

        def started(cell: NotebookNode, cell_index: int) -> None:
            if on_cell is not None and cell_index in code:
                line = cell.source.strip().split("\n")[0]
                on_cell(code.index(cell_index) + 1, len(code), line)

        # Without encryption ipykernel 7 prints a warning about TCP at every start.
        config = Config({"KernelManager": {"transport_encryption": "auto"}})
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            record_timing=False,
            coalesce_streams=True,
            on_cell_start=started,
            startup_timeout=kwargs.get("start_timeout", 120),
            timeout=None,
            config=config,
        )
        # The kernel's own notes (an interrupt at shutdown) are no message to the user.
        client.execute(env={**os.environ, **_FIXED}, stderr=subprocess.DEVNULL)


papermill_engines.register(ENGINE, DeterministicEngine)


def execute(
    notebook: Path, parameters: dict[str, Any], cwd: Path, on_cell: CellHook | None = None
) -> NotebookNode:
    """Execute `notebook` in `cwd` and return it, deterministic.

    A foreseen error inside the notebook is raised again as itself; PapermillExecutionError for any
    other.
    """
    try:
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            cwd=cwd,
            progress_bar=False,
            request_save_on_cell_execute=False,
            on_cell=on_cell,
        )
    except PapermillExecutionError as error:
        foreseen = getattr(errors, error.ename, None)
        if isinstance(foreseen, type) and issubclass(foreseen, errors.DalianError):
            raise foreseen(error.evalue) from error
        raise
    return settled(executed)


def settled(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what differs between two runs on the same inputs."""
    notebook.metadata = NotebookNode(
        {key: notebook.metadata[key] for key in _KEPT_METADATA if key in notebook.metadata}
    )
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
