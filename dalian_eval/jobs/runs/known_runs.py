"""Runs asked for again: what they were made from is as it was, and so is their record.

After a run a note is kept in data/processed/known: what was asked, what the run id was made from
(raw files, settings, the runs it could be compared with) and the program. Asked for again, all of
it is looked at, by stamps where files have the stamp they had (`base.known_hashes`), else by
content. Nothing is believed that is not the same to the byte; whatever is not leads to the long
way (`jobs.run`), never to another answer. A note only saves time: without it the answer is the
same.
"""

import hashlib
import os
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dalian_eval.base.defences import EMPTY, loads, read_whole, tree
from dalian_eval.base.errors import DalianError
from dalian_eval.base.files import canonical, is_no_data, sha256_of
from dalian_eval.base.known_hashes import (
    KnownHashes,
    Stamp,
    from_json,
    is_settled,
    stamp_of,
    stamps_below,
)
from dalian_eval.base.project_place import FOLDER, PROCESSED, RUBRICS
from dalian_eval.record.environment import (
    LOCK,
    NOTEBOOKS,
    PACKAGE,
    code_hash,
    environment,
    notebooks_hash,
)
from dalian_eval.record.history import HISTORY
from dalian_eval.record.keyring import KEYS
from dalian_eval.record.manifest import MANIFEST, SIGNATURE, UNLISTED, read_manifest

KNOWN = "known"
"""Beside the jobs in data/processed: notes of runs made here."""

_MOST = 60
"""Notes that are kept; the oldest go first."""

_LARGEST = 1 << 28
_READ_OF_A_RUN = ("params", "inputs", "previous")
"""Folders of a record of which a later run may read something, besides its own files."""


@dataclass(frozen=True)
class Asked:
    """What a run is asked for by: its options, paths absolute, in the project `root`.

    `params`: "" for those of the month's year; `key`: the fingerprint of the pseudonyms' key;
    `previous`: a run folder, or "" for the usual one.
    """

    root: str
    month: str
    raw: str
    params: str
    readings: dict[str, str]
    out: str
    as_of: str
    edition: str
    key: str
    previous: str

    @property
    def note(self) -> Path:
        """Where what is known of it is kept."""
        name = hashlib.sha256(canonical(asdict(self))).hexdigest()[:32]
        return Path(self.root) / PROCESSED / KNOWN / f"asked-{name}.json"


def asked_for(
    *,
    root: Path,
    month: str,
    raw: Path,
    params: Path | None,
    readings: dict[str, str],
    out: Path,
    as_of: str,
    edition: str,
    key: str,
    previous: str,
) -> Asked | None:
    """Return what is asked for by the options of a run; None where only the long way can tell.

    That is where the run before is named by its id.
    """
    if previous and not Path(previous).is_dir():
        return None
    return Asked(
        root=str(root),
        month=month,
        raw=str(raw.resolve() if raw.is_dir() else root / raw),
        params=str(root / params) if params else "",
        readings=dict(sorted(readings.items())),
        out=str(out.absolute()),
        as_of=as_of,
        edition=edition,
        key=key,
        previous=str(Path(previous).absolute()) if previous else "",
    )


@dataclass(frozen=True)
class Before:
    """What was there when a run began: the moment (ns), the program, the runs before."""

    moment: int
    program: dict[str, str]
    earlier: dict[str, list[int]]


def look_around(asked: Asked) -> Before | None:
    """Return what is there now of all that a run depends on besides raw files and settings.

    None where it cannot be read.
    """
    try:
        return Before(time.time_ns(), _program(Path(asked.root)), _earlier_runs(asked))
    except (OSError, ValueError):
        return None


def known_record(asked: Asked) -> Path | None:
    """Return the record of a run asked for again, whole and unchanged; None when that is unsure."""
    try:
        note = loads(read_whole(asked.note, _LARGEST))
        known = KnownHashes(from_json(note["known"]))
        place = Path(asked.out) / asked.month / str(note["run_id"])
        is_same = (
            note["program"] == _program(Path(asked.root))
            and note["raw"] == _raw_hashes(Path(asked.raw), known)
            and note["settings"] == _settings_hashes(asked, note["settings"], known)
            and note["earlier"] == _earlier_runs(asked)
            and note["manifest"] == sha256_of(place / MANIFEST)
            and note["signature"] == _hash_if_there(place / SIGNATURE, known)
            and _is_whole(place, known)
        )
    except (DalianError, OSError, ValueError, KeyError, TypeError):
        return None
    if not is_same:
        return None
    if known.read:
        _write(asked.note, note | {"known": known.known})
    return place


def note_asked(
    asked: Asked, before: Before, files: dict[str, str], settings: list[Path], run_id: str
) -> None:
    """Keep what a run was made from; nothing is kept where it may have changed meanwhile.

    `files`: SHA-256 of the raw files by name; `settings`: the files it was told by, which need not
    exist. Its record is at its place.
    """
    place = Path(asked.out) / asked.month / run_id
    known = KnownHashes()
    read = {*map(str, settings), *map(str, _rubrics(asked))}
    stamps: list[Stamp] = [(a, b, c, d) for a, b, c, d in before.earlier.values()]
    with suppress(OSError):
        stamps += [stamp_of(Path(name)) for name in read if Path(name).exists()]
        if not all(is_settled(stamp, before.moment) for stamp in stamps):
            return
        note = {
            "run_id": run_id,
            "program": before.program,
            "raw": files,
            "settings": _settings_hashes(asked, dict.fromkeys(read, ""), known),
            "earlier": before.earlier,
            "manifest": sha256_of(place / MANIFEST),
            "signature": _hash_if_there(place / SIGNATURE, known),
            "known": known.known,
        }
        _write(asked.note, note)


# ---- runs made here ------------------------------------------------------------------------


def made_with(root: Path) -> dict[str, Any]:
    """Return what runs of a project are made with now.

    That is what a record tells of it (environment.json), with the libraries where no lock says
    which they are.
    """
    told = environment(root / NOTEBOOKS, root / LOCK)
    return told if told["locked"] else told | {"libraries": _libraries()}


def note_made(root: Path, run_id: str, draft: str) -> None:
    """Keep the hash of the draft's manifest of a run made here, and what it was made with."""
    _write(_made(root, run_id), {"draft": draft, "with": made_with(root)})


def made_here(root: Path, run_id: str) -> str:
    """Return the hash of the draft of a run made here as it would be now; "" for any other."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = loads(read_whole(_made(root, run_id)))
        if note["with"] == made_with(root):
            return str(note["draft"])
    return ""


def _made(root: Path, run_id: str) -> Path:
    return root / PROCESSED / KNOWN / f"made-{run_id}.json"


# ---- what it depends on --------------------------------------------------------------------


def _program(root: Path) -> dict[str, str]:
    """Return what stands for code, notebooks, lock, Python and the installed libraries."""
    return {
        "package": code_hash(PACKAGE, ("*",)),
        "notebooks": notebooks_hash(root / NOTEBOOKS),
        "lock": sha256_of(root / LOCK) if (root / LOCK).is_file() else "",
        "python": sys.version,
        "libraries": _libraries(),
    }


def _libraries() -> str:
    """Return a hash of the names and versions of all installed libraries."""
    installed = set()
    for place in {path for path in map(Path, sys.path) if path.is_dir()}:
        with os.scandir(place) as inside:
            installed |= {e.name for e in inside if e.name.endswith((".dist-info", ".egg-info"))}
    return hashlib.sha256("\n".join(sorted(installed)).encode()).hexdigest()


def _raw_hashes(raw: Path, known: KnownHashes) -> dict[str, str]:
    """Return the SHA-256 of every raw file by name; ValueError for what is not read."""
    found = {}
    for one in tree(raw):
        if one.odd == EMPTY or is_no_data(one.name):
            continue
        if one.odd:
            raise ValueError(one.name)
        found[one.name] = known.sha256_of(one.path)
    return found


def _settings_hashes(asked: Asked, names: dict[str, str], known: KnownHashes) -> dict[str, str]:
    """Return the SHA-256 of the files of settings, "" for one that is not there."""
    return {n: _hash_if_there(Path(n), known) for n in {*names, *map(str, _rubrics(asked))}}


def _rubrics(asked: Asked) -> list[Path]:
    """Return the rubrics among which the month's year is looked for."""
    return [] if asked.params else sorted((Path(asked.root) / FOLDER / RUBRICS).glob("*.yaml"))


def _hash_if_there(path: Path, known: KnownHashes) -> str:
    return known.sha256_of(path) if path.is_file() else ""


def _earlier_runs(asked: Asked) -> dict[str, list[int]]:
    """Return the stamps of all that decides which run is the one before (`record.previous`).

    Those are the history and its keys, the run that was named, the runs of earlier months and
    what was published of this month.
    """
    out = Path(asked.out)
    found = {f"out/{name}": stamp for name, stamp in stamps_below(out, (HISTORY, KEYS)).items()}
    published = read_whole(out / HISTORY, _LARGEST).decode() if (out / HISTORY).exists() else ""
    runs = [
        run
        for month in sorted(out.glob("[0-9]*"))
        if month.name <= asked.month
        for run in sorted(month.glob("[!.]*"))
        if month.name < asked.month or run.name in published
    ]
    for run in [*runs, *([Path(asked.previous)] if asked.previous else [])]:
        files = tuple(p.name for p in run.iterdir() if p.is_file()) if run.is_dir() else ()
        below = stamps_below(run, (*files, *_READ_OF_A_RUN))
        found |= {f"{run}/{name}": stamp for name, stamp in below.items()}
    return {name: list(stamp) for name, stamp in sorted(found.items())}


def _is_whole(place: Path, known: KnownHashes) -> bool:
    """Whether a record holds what its manifest lists, and nothing else."""
    listed = read_manifest(place).files
    found = {}
    for one in tree(place):
        if one.odd:
            return False
        if one.name not in UNLISTED:
            found[one.name] = known.sha256_of(one.path)
    return found == {name: hashed.sha256 for name, hashed in listed.items()}


# ---- notes ---------------------------------------------------------------------------------


def _write(path: Path, note: dict[str, Any]) -> None:
    """Write a note, and let the oldest go; where it cannot be written there is none."""
    beside = path.with_name(f".{secrets.token_hex(8)}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(canonical(note))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        notes = sorted(path.parent.iterdir(), key=lambda p: p.lstat().st_mtime_ns)
        for old in notes[:-_MOST]:
            old.unlink(missing_ok=True)
