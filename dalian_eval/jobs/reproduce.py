"""Making a run again from its folder alone, and saying what differs and why.

The run's own inputs and parameters are laid out as a project, in which the run is executed like any
other and sealed like the record; then every byte is compared. Nothing is written into the record.
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalian_eval.base.defences import printable_name, read_whole
from dalian_eval.base.errors import DalianError, DifferenceError, UsageError
from dalian_eval.base.files import read_json
from dalian_eval.base.project_place import FOLDER, project_root
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.jobs.run import run
from dalian_eval.jobs.runs.run_stages import Progress
from dalian_eval.record.causes import CODE, Change, program_changes, source_changes
from dalian_eval.record.environment import (
    ENVIRONMENT,
    LOCK,
    NOTEBOOKS,
    PACKAGE,
    environment,
    notebooks_hash,
)
from dalian_eval.record.folder import find_run
from dalian_eval.record.manifest import (
    MANIFEST,
    Contents,
    Manifest,
    measure,
    read_manifest,
)
from dalian_eval.record.score_changes import moved_scores
from dalian_eval.record.seal import INPUTS
from dalian_eval.stages.parameters import MAPPINGS, PARAGRAPHS, PREVIOUS, TABLES

Tell = Callable[[str], None]

_MOST_TOLD = 20
_NEEDED = frozenset(("run_id", "month", "as_of", "version", "readings", "params", "files"))
_PAGE_NAMED = "。详见 "
"""Before the place of a page that is gone when the sentence is read."""


@dataclass(frozen=True)
class Record:
    """A run folder as it is found; `manifest` is None when it is not one."""

    folder: Path
    meta: dict[str, Any]
    manifest: Manifest | None
    found: Contents


def reproduce(
    text: str, *, to: Path | None, any_version: bool, tell: Tell, progress: Progress
) -> None:
    """Make the run that `text` names (see `find_run`) again and compare it byte for byte.

    `to`: a new folder in which the result stays, as `to/month/run-id`; `any_version`: go on with
    other code than the record's; `tell` is given what is found, line by line. UsageError for what
    cannot be made again, and for other code; DifferenceError when anything differs.
    """
    record = open_record(find_run(text).absolute(), tell)
    _refuse_place(to, record.folder)
    shared = Path(tempfile.gettempdir()).resolve()
    with scratch(shared, "dalian-eval", private=True) as work:
        project = work / "project"
        params = _lay_out(record, project)
        now = environment(project / NOTEBOOKS, project / LOCK)
        changes = source_changes(record.meta, record.found, record.manifest)
        changes += program_changes(record.folder, now)
        for change in changes:
            tell(f"{change.cause}：{change.sentence}")
        if not any_version and any(change.cause == CODE for change in changes):
            raise UsageError(
                "现装的程序不是生成记录的那一版，没有重算：请用 --with 指明那一版的安装包，"
                "或加 --any-version 照样重算（那时结果不同也可能出自程序）"
            )
        out = to.absolute() if to else work / "runs"
        try:
            made = _run(record, project, params, out, progress)
        except DalianError as error:
            if not changes:
                raise
            reason = str(error).partition(_PAGE_NAMED)[0]
            raise DifferenceError(f"{_causes(changes)}，不能照原样重算：{reason}") from error
        if to:
            tell(f"重算结果：{made}")
        compare(record, made, changes, tell)


def open_record(folder: Path, tell: Tell) -> Record:
    """Read what is needed of a run folder; UsageError when it does not say enough."""
    try:
        meta = read_json(folder / "run.json")
        if meta.get("edition") == "public":
            raise UsageError(_public(folder, meta))
        lacking = _NEEDED - set(meta)
        names = [meta["params"][key] for key in ("rubric", "headers", "narrative")]
        if lacking or not all(isinstance(name, str) for name in names):
            raise KeyError(*lacking)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"读不了 {folder} 中的 run.json，不知道当时怎样运行：请从备份取回完整的记录"
        ) from error
    manifest = None
    try:
        manifest = read_manifest(folder)
    except DifferenceError as error:
        tell(str(error))
    return Record(folder, meta, manifest, measure(folder))


def _public(folder: Path, meta: dict[str, Any]) -> str:
    """Return that a public edition holds no inputs, and which run beside it does."""
    same = []
    for path in sorted(folder.parent.glob("[!.]*/run.json")):
        with suppress(OSError, ValueError, AttributeError):
            other = read_json(path)
            if (path.parent / INPUTS).is_dir() and other.get("as_of") == meta["as_of"]:
                same.append(str(path.parent))
    inside = "、".join(same) or f"{meta['month']}（截至{meta['as_of']}）的内部版"
    return f"{folder} 是公开版，不含报送数据，不能重算：请重算内部版的记录 {inside}"


def _refuse_place(to: Path | None, folder: Path) -> None:
    """UsageError when the place for the result holds something, or lies in the record."""
    if to is None:
        return
    if to.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"--to {to} 在记录 {folder} 之内：请另选一个文件夹")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(f"--to {to} 已有内容：请换一个新的或空的文件夹")


def _lay_out(record: Record, project: Path) -> Path:
    """Lay the record's parameters, its lock and the code's notebooks out as a project.

    Returns the parameter file. UsageError when it cannot be told which it is, and when the
    program was installed without notebooks.
    """
    kept = [name for name in record.found.files if name.startswith(f"{FOLDER}/")]
    lock = [LOCK] if LOCK in record.found.files else []
    for name in kept + lock:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(record.folder / name, project / name)
    told = record.meta["params"]
    named = [told[key] for key in ("rubric", "headers", "narrative")]
    named += [told.get("tables", TABLES), told.get("mappings", MAPPINGS)]
    others = {f"{FOLDER}/{name}" for name in named}
    written = f"{FOLDER}/{told.get('paragraphs', PARAGRAPHS)}/"
    params = [name for name in kept if name not in others and not name.startswith(written)]
    if len(params) != 1:
        raise UsageError(
            f"{record.folder / FOLDER} 中应当有一个运行参数文件，现有{len(params)}个："
            "请从备份取回完整的记录"
        )
    (project / NOTEBOOKS).mkdir(parents=True)
    for path in sorted(notebooks_for(record.folder).glob("*.ipynb")):
        shutil.copyfile(path, project / NOTEBOOKS / path.name)
    return project / params[0]


def notebooks_for(folder: Path) -> Path:
    """Return the folder of notebooks beside the package or around here: if one is, that of the
    record in `folder`.

    UsageError when there is none.
    """
    places = [PACKAGE.parent / NOTEBOOKS]
    with suppress(UsageError):
        places.append(project_root(Path.cwd()) / NOTEBOOKS)
    places = [place for place in places if any(place.glob("*.ipynb"))]
    if not places:
        raise UsageError(
            f"找不到笔记本：程序安装时没有带 {NOTEBOOKS} 文件夹，"
            "请在程序的项目文件夹内运行本命令（记录可以在任何地方）"
        )
    wanted = ""
    with suppress(OSError, ValueError, TypeError, KeyError):
        wanted = read_json(folder / ENVIRONMENT)["notebooks"]
    return next((place for place in places if notebooks_hash(place) == wanted), places[0])


def _run(record: Record, project: Path, params: Path, out: Path, progress: Progress) -> Path:
    meta = record.meta
    before = record.folder / PREVIOUS
    return run(
        month=meta["month"],
        raw=record.folder / INPUTS,
        params=params,
        readings=meta["readings"],
        out=out,
        as_of=meta["as_of"],
        previous=str(before) if before.is_dir() else "",
        progress=progress,
        project=project,
        like=record.folder,
    )


def compare(record: Record, made: Path, changes: Sequence[Change], tell: Tell) -> None:
    """Tell every difference between the record and the run made again; raise if there is any."""
    again = measure(made)
    unlike = [
        f"{printable_name(name)} {_unlike(name, record, again)}"
        for name in sorted({*record.found.files, *record.found.odd, *again.files})
        if record.found.files.get(name) != again.files.get(name) or name in record.found.odd
    ]
    if not unlike and not _same_manifest(record.folder, made):
        unlike = [f"{MANIFEST} 与重算的不同"]
    if not unlike:
        tell(f"重算一致：{len(again.files) + 1}个文件逐字节相同（记录 {record.meta['run_id']}）。")
        tell("这说明数据、参数和程序确实算出这些得分；记录是否就是发布的那一份，用 verify 核对。")
        return
    _tell_some(unlike, "不符", tell)
    try:
        moved = moved_scores(record.folder, made)
    except UsageError:
        tell("得分：记录的 scores.csv 或 ledger.csv 读不了，无法逐人比较")
    else:
        _tell_some(moved or ["没有人的得分不同"], "得分", tell)
    raise DifferenceError(
        f"{record.folder} 重算不一致：{len(unlike)}个文件不同。{_why(record, again, changes)}"
    )


def _unlike(name: str, record: Record, again: Contents) -> str:
    """Return how a file of the record differs from the one made again."""
    here, there = record.found.files.get(name), again.files.get(name)
    listed = record.manifest.files.get(name) if record.manifest else None
    if name in record.found.odd:
        return record.found.odd[name]
    if there is None:
        return "是多出来的，重算时没有产生"
    if listed == there:
        how = "缺失" if here is None else "被改动过"
        return f"在记录中{how}：重算结果与记录的清单一致"
    return "在记录中没有" if here is None else "与重算的不同"


def _same_manifest(folder: Path, made: Path) -> bool:
    with suppress(OSError):
        return read_whole(folder / MANIFEST) == read_whole(made / MANIFEST)
    return False


def _tell_some(sentences: Sequence[str], head: str, tell: Tell) -> None:
    for sentence in sentences[:_MOST_TOLD]:
        tell(f"{head}：{sentence}")
    if len(sentences) > _MOST_TOLD:
        tell(f"{head}：……共{len(sentences)}处")


def _causes(changes: Sequence[Change]) -> str:
    """Return which of data, parameters, rubric, code and environment changed."""
    return f"变了的是{'、'.join(dict.fromkeys(change.cause for change in changes))}（见上）"


def _why(record: Record, again: Contents, changes: Sequence[Change]) -> str:
    """Return why the run made again can differ."""
    if changes:
        return _causes(changes)
    if record.manifest is not None and record.manifest.files == again.files:
        return "数据、参数、细则、代码、环境都没有变，是记录中的结果文件事后被改动：请从备份取回"
    if record.manifest is None:
        return "数据、代码、环境没有变；清单不能用，说不清是参数、细则还是结果文件被改动过"
    return (
        "数据、参数、细则、代码、锁定的库都没有变：差别出自没有记入的环境（操作系统、处理器）"
        "或程序的缺陷，请加 --to 保留结果，交给维护人员"
    )
