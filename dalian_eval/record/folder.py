"""A finished run folder: finding it by its path or id, and reading it back as a view."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dalian_eval.base.defences import oddities
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import read_json
from dalian_eval.base.project_place import FOLDER
from dalian_eval.outputs.asked_names import candidate_of, check_clause, read_candidates
from dalian_eval.record.manifest import MANIFEST
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric_file.outline import outline
from dalian_eval.schema.tables import use
from dalian_eval.stages.parameters import RunParams, tables_of

# A run that is not there is told at once: reading one back imports more than finding it.
if TYPE_CHECKING:
    from dalian_eval.report.views.run_view import RunView

REPLACED = ".replaced-"
"""Begins the name of a draft while the published folder takes its place."""

_REFUSED = "refused-"
_ENOUGH = 4
"""Letters of an id from which on it may be cut short."""
_TOLD = frozenset(("run_id", "month", "as_of", "version", "rubric", "files"))


def find_run(text: str, runs: Path = Path("runs")) -> Path:
    """Return the run folder that `text` names: a folder, or an id (or its beginning) below `runs`.

    UsageError when there is none, when there are several, or when it holds no score.
    """
    place = Path(text)
    replaced = place.parent / f"{REPLACED}{place.name}"
    if not place.exists() and replaced.is_dir() and not replaced.is_symlink():
        raise UsageError(f"{place} 的发布中途被打断：请重新运行 publish {text} 补完")
    if not place.is_dir():
        place = _by_id(text, runs)
    if place.name.startswith(_REFUSED) and not (place / "run.json").is_file():
        raise UsageError(
            f"{place} 是数据未通过检查的运行，没有得分：请看其中的 index.html，改正数据后重新运行"
        )
    if not (place / "run.json").is_file() and not (place / MANIFEST).is_file():
        raise UsageError(
            f"{place} 不是运行记录（没有 run.json）：请写到记录编号那一层，"
            f"例如 {runs / '2024-10' / '记录编号'}"
        )
    return place


def _by_id(text: str, runs: Path) -> Path:
    known = sorted(p for p in runs.glob("[0-9]*/[!.]*") if p.is_dir())
    whole = [p for p in known if p.name == text]
    begun = [p for p in known if len(text) >= _ENOUGH and p.name.startswith(text)]
    found = whole or begun
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"编号『{text}』有{len(found)}个运行记录：{_listed(found)}。请写全文件夹")
    there = f"现有的记录：{_listed(known)}" if known else f"{runs} 中还没有记录"
    raise UsageError(f"找不到运行记录『{text}』：既不是文件夹，{runs} 中也没有这个编号。{there}")


def _listed(places: Sequence[Path]) -> str:
    shown = "、".join(str(p) for p in places[-5:])
    return f"{shown} 等{len(places)}个" if len(places) > 5 else shown


def refuse_odd(folder: Path) -> None:
    """UsageError when a run folder holds links, pipes, devices or folders without end."""
    odd = oddities(folder)
    if odd:
        raise UsageError(
            f"运行记录 {folder} 中有不能打开的东西：{'；'.join(odd[:3])}。请从备份取回完整的记录"
        )


def open_run(folder: Path) -> "RunView":
    """Read a run folder under the rubric and readings it was made with; its tables are used then.

    UsageError, naming the file, when something is missing from it or cannot be read.
    """
    from dalian_eval.report.views.run_view import load_view

    return load_view(folder, rubric_of_run(folder))


def rubric_of_run(folder: Path) -> Rubric:
    """Return the rubric a run was made with, under its readings; UsageError as `run_meta`."""
    from dalian_eval.rubric_file.load import load_rubric

    meta = run_meta(folder)
    params = RunParams.model_validate(meta["params"])
    return load_rubric(folder / FOLDER / params.rubric, meta["readings"])


def run_meta(folder: Path) -> dict[str, Any]:
    """Return run.json; UsageError when folder or file is not whole, and for the public edition."""
    refuse_odd(folder)
    try:
        meta: dict[str, Any] = read_json(folder / "run.json")
        if meta.get("edition") == "public":
            raise UsageError(f"{folder} 是公开版，没有逐笔依据：请改用内部版的记录")
        use(tables_of(folder / FOLDER, meta["params"]))
        RunParams.model_validate(meta["params"])
        readings = {str(k): str(v) for k, v in meta["readings"].items()}
        if not set(meta) >= _TOLD:
            raise KeyError(*(_TOLD - set(meta)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"读不了运行记录中的 run.json：请确认 {folder} 完整") from error
    return {**meta, "readings": readings}


def check_asked(folder: Path, candidates: Sequence[str], clause: str = "") -> None:
    """UsageError when a run has no candidate of those names, or its first one no such clause.

    It is told before the run is read back; a run whose scores cannot be read is told then.
    """
    run_meta(folder)
    known = read_candidates(folder)
    meant = [candidate_of(known, text) for text in candidates] if known else []
    if clause and meant:
        params = RunParams.model_validate(run_meta(folder)["params"])
        kind = cast(Kind, meant[0].kind)
        check_clause(outline(folder / FOLDER / params.rubric, kind), clause)
