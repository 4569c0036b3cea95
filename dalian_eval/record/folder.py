"""A finished run folder: finding it by its path or id, and reading it back as a view."""

from collections.abc import Sequence
from pathlib import Path

from dalian_eval.base.defences import oddities
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import read_json
from dalian_eval.record.manifest import MANIFEST
from dalian_eval.report.views.run_view import RunView, load_view
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.tables import use
from dalian_eval.stages.parameters import FOLDER, RunParams, contract_of

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


def open_run(folder: Path) -> RunView:
    """Read a run folder under the rubric and readings it was made with; its tables are used then.

    UsageError, naming the file, when something is missing from it or cannot be read.
    """
    path = folder / "run.json"
    refuse_odd(folder)
    try:
        meta = read_json(path)
        if meta.get("edition") == "public":
            raise UsageError(f"{folder} 是公开版，没有逐笔依据：请改用内部版的记录")
        use(contract_of(folder / FOLDER, meta["params"]))
        params = RunParams.model_validate(meta["params"])
        readings = {str(k): str(v) for k, v in meta["readings"].items()}
        if not set(meta) >= _TOLD:
            raise KeyError(*(_TOLD - set(meta)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"读不了运行记录中的 run.json：请确认 {folder} 完整") from error
    return load_view(folder, load_rubric(folder / FOLDER / params.rubric, readings))
