"""A run that was stopped goes on where it was: which of its stages are whole.

After a stage its executed notebook, its page and what it put into the job's store are listed with
their hashes, on disk before the next begins. A run started again gets the folder of the one that
was stopped (`base.scratch_folder.resumable`) only for the same run id under the same program and
libraries; it takes the stages whose every file is as listed and removes the rest, so that the
record has the same bytes as one made in one go.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from dalian_eval.base.defences import loads, read_whole
from dalian_eval.base.errors import (
    DalianError,
    DataError,
    DifferenceError,
    Interruption,
    NoRoomError,
    UsageError,
)
from dalian_eval.base.files import canonical, sha256_of, write_whole
from dalian_eval.base.removal import remove
from dalian_eval.base.scratch_folder import Work

_LIST = "whole-"
"""Begins the name of the list of a stage's files, in the folder of the stages."""

_LARGEST = 1 << 28


def key_of(run_id: str, made_with: dict[str, Any]) -> str:
    """Return what stands for a run and all that it is made with."""
    return hashlib.sha256(canonical([run_id, made_with])).hexdigest()[:16]


def has_whole_stage(folder: Path, stages: str) -> bool:
    """Whether a folder in which a run was made holds a stage to go on from."""
    return any((folder / stages).glob(f"{_LIST}*"))


class BegunRun:
    """The stages of a run in the folder in which it is made.

    `stages`: the folder, below it, of the job's stages; what the job `run_id` stored lies there.
    """

    def __init__(self, folder: Path, stages: str, run_id: str) -> None:
        """Take the folder as it was found, or a new one."""
        self._folder, self._stages, self._run_id = folder, stages, run_id
        self._whole: dict[str, dict[str, str]] = {}
        self._is_known = False
        self._lock = Lock()

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the next start finds something to go on with, as far as is known."""
        return bool(self._whole) or (
            not self._is_known and has_whole_stage(self._folder, self._stages)
        )

    @property
    def whole(self) -> tuple[str, ...]:
        """The names of the stages that are whole, in the order in which they became so."""
        return tuple(self._whole)

    def take_up(self, names: Sequence[str], keep: str) -> None:
        """See which stages are whole; remove whatever belongs to none, but the folder `keep`."""
        found = {name: self._listed(name) for name in names}
        self._whole = {name: files for name, files in found.items() if files and self._is(files)}
        self._is_known = True
        needed = {self._list(name).relative_to(self._folder).as_posix() for name in self._whole}
        needed |= {file for files in self._whole.values() for file in files}
        self._prune(self._folder, needed, self._folder / keep)

    def add(self, stage: str) -> None:
        """Note that a stage is whole: its notebook, its page, and all that is new in the store.

        What another stage beside it has stored meanwhile may be among that.
        """
        with self._lock:
            self._add(stage)

    def _add(self, stage: str) -> None:
        known = {file for files in self._whole.values() for file in files}
        store = self._folder / self._stages / self._run_id
        paths = [self._folder / f"{stage}.ipynb", self._folder / f"{stage}.html"]
        paths += [p for folder in store.glob("[!.]*") for p in folder.rglob("*") if p.is_file()]
        names = {p.relative_to(self._folder).as_posix(): p for p in paths}
        files = {name: sha256_of(p) for name, p in sorted(names.items()) if name not in known}
        self._whole[stage] = files
        write_whole(self._list(stage), canonical(files))

    def end(self) -> None:
        """Note that what the stages stored has left the folder: there is nothing to go on with."""
        self._whole = {}

    def _list(self, stage: str) -> Path:
        return self._folder / self._stages / f"{_LIST}{stage}.json"

    def _listed(self, stage: str) -> dict[str, str]:
        with suppress(OSError, ValueError, AttributeError):
            told = loads(read_whole(self._list(stage), _LARGEST))
            return {str(name): str(digest) for name, digest in told.items()}
        return {}

    def _is(self, files: dict[str, str]) -> bool:
        """Whether every file is as it was listed."""
        with suppress(OSError):
            return all(
                not (path := self._folder / name).is_symlink() and sha256_of(path) == told
                for name, told in files.items()
            )
        return False

    def _prune(self, folder: Path, needed: set[str], keep: Path) -> None:
        """Remove what is below a folder and not needed; empty folders of the store go, too."""
        for path in folder.iterdir():
            name = path.relative_to(self._folder).as_posix()
            if path == keep or name in needed:
                continue
            if any(one.startswith(f"{name}/") for one in needed) and not path.is_symlink():
                self._prune(path, needed, keep)
            else:
                remove(path)


@contextmanager
def kept_when_stopped(work: Work, begun: BegunRun, titles: dict[str, str]) -> Iterator[None]:
    """Leave whole stages to the next start when a run is stopped, or dies of what may pass.

    `titles`: of the stages, in order. What is wrong with data or options is no such thing.
    """
    try:
        yield
    except NoRoomError as error:
        work.stays = begun.is_worth_keeping
        raise NoRoomError(_with(f"{error}", begun, titles)) from error
    except (UsageError, DataError, DifferenceError):
        raise
    except DalianError as error:
        work.stays = begun.is_worth_keeping
        raise type(error)(_with(f"{error}", begun, titles)) from error
    except KeyboardInterrupt as stop:
        work.stays = begun.is_worth_keeping
        if not work.stays:
            raise
        raise Interruption(_with("已中断", begun, titles) + "。") from stop
    except Exception:
        work.stays = begun.is_worth_keeping
        raise


def _with(sentence: str, begun: BegunRun, titles: dict[str, str]) -> str:
    """Return a sentence, and what is kept of the run."""
    if not begun.is_worth_keeping:
        return sentence
    if not begun.whole:
        return f"{sentence}。上次完成的各步还留着，再运行同一条命令就接着做"
    done = "、".join(titles[name] for name in titles if name in begun.whole)
    return (
        f"{sentence}。已完成的{len(begun.whole)}步（{done}）留着，再运行同一条命令就接着做；"
        "数据、参数或程序变了就从头做，留着的一星期后清理"
    )
