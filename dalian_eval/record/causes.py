"""What is not as it was when a run was made: data, parameters, rubric, code, environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalian_eval.base.defences import printable_name
from dalian_eval.base.files import read_json
from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.record.environment import ENVIRONMENT, LOCK
from dalian_eval.record.manifest import Contents, Manifest
from dalian_eval.record.seal import INPUTS

DATA, PARAMETERS, RUBRIC, CODE, ENVIRONS = "数据", "参数", "细则", "代码", "环境"

_PREVIOUS = "previous/"
_SETTINGS = "run.json"
_DIGITS = 12


@dataclass(frozen=True)
class Change:
    """One thing that changed: which of the causes it is, and a Chinese sentence."""

    cause: str
    sentence: str


def source_changes(
    meta: Mapping[str, Any], found: Contents, manifest: Manifest | None
) -> list[Change]:
    """Return which of the files a run is made from are not as they were.

    By the manifest, or, where there is none to believe, the inputs by run.json (`meta`); the
    inputs also by run.json where manifest and files were changed alike.
    """
    listed = {name: hashed.sha256 for name, hashed in manifest.files.items()} if manifest else {}
    hashes = {name: hashed.sha256 for name, hashed in found.files.items()}
    names = sorted(name for name in {*listed, *hashes, *found.odd} if _cause(name))
    changes = []
    for name in names:
        told = found.odd.get(name, "")
        if manifest is not None:
            told = told or _against(listed.get(name), hashes.get(name))
        told = told or _by_settings(name, meta, hashes.get(name))
        if told:
            changes.append(Change(_cause(name), f"{printable_name(name)} {told}"))
    lost = sorted(name for name in meta["files"] if f"{INPUTS}/{name}" not in {*names, *found.odd})
    return changes + [Change(DATA, f"{INPUTS}/{printable_name(name)} 缺失") for name in lost]


def _cause(name: str) -> str:
    """Return which cause a change of this file is; "" for what a run writes."""
    if name.startswith((f"{INPUTS}/", _PREVIOUS)):
        return DATA
    if name.startswith(f"{FOLDER}/{RUBRICS}/"):
        return RUBRIC
    if name.startswith(f"{FOLDER}/") or name == _SETTINGS:
        return PARAMETERS
    return ENVIRONS if name in (ENVIRONMENT, LOCK) else ""


def _against(listed: str | None, found: str | None) -> str:
    if listed == found:
        return ""
    if found is None:
        return "缺失"
    return "是多出来的，清单中没有" if listed is None else "被改动过，与清单不符"


def _by_settings(name: str, meta: Mapping[str, Any], found: str | None) -> str:
    """Return that an input is not the one that run.json names."""
    if not name.startswith(f"{INPUTS}/"):
        return ""
    told = meta["files"].get(name.removeprefix(f"{INPUTS}/"))
    return "" if told == found else f"与 {_SETTINGS} 所记的不符"


def program_changes(folder: Path, now: Mapping[str, Any]) -> list[Change]:
    """Return how program and environment deviate from what a run folder tells of them.

    `now`: what environment.json would say here.
    """
    try:
        then = dict(read_json(folder / ENVIRONMENT))
    except (OSError, ValueError, TypeError):
        return [Change(CODE, f"{ENVIRONMENT} 缺失或读不懂，不知道记录由哪一版程序生成")]
    return [*_code(then, now), *_environment(then, now)]


def _code(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for key, told in (("version", "程序版本"), ("package", "程序源码"), ("notebooks", "笔记本")):
        if then.get(key) != now[key]:
            was, is_now = (str(side.get(key))[:_DIGITS] for side in (then, now))
            yield Change(CODE, f"{told}不同：生成记录的是 {was}，现装的是 {is_now}")


def _environment(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    if then.get("python") != now["python"]:
        yield Change(ENVIRONS, f"Python 不同：当时 {then.get('python')}，现为 {now['python']}")
    was, is_now = then.get("deviating") or {}, now["deviating"]
    for name in sorted({*was, *is_now}):
        if was.get(name) != is_now.get(name):
            versions = (side.get(name, "锁定的那一版") for side in (was, is_now))
            yield Change(ENVIRONS, "库 {} 的版本不同：当时是 {}，现在是 {}".format(name, *versions))
