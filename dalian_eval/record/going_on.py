"""Before an entry is added: whether the history, and every run that it names, is what it was."""

import os
from pathlib import Path

from dalian_eval.base.errors import DifferenceError
from dalian_eval.record.history import History, contradictions, place_of, witnesses
from dalian_eval.record.verify import judge


def refuse_forged(history: History) -> tuple[int, ...]:
    """DifferenceError, naming the folder, when the history or a published run was changed.

    Each published run beside the history is looked at whole: files, pages, manifest, signature,
    entry. Returns the numbers whose runs are not there, for which only the history speaks.
    """
    problems = [
        *history.problems,
        *contradictions(history),
        *history.keyring.exchanged(history.keys),
    ]
    if problems:
        raise DifferenceError(
            f"历史 {history.path} 不可信，没有登记：{problems[0]}。"
            "请用 history 命令查看，并从备份恢复"
        )
    absent = []
    folders = []
    for entry in history.published:
        place = place_of(history, entry)
        if os.path.lexists(place):
            folders.append(place)
        else:
            absent.append(entry.number)
    folders += [folder for folder, _ in witnesses(history.path.parent) if folder not in folders]
    for folder in folders:
        _refuse_forged_run(folder, history)
    return tuple(absent)


def _refuse_forged_run(folder: Path, history: History) -> None:
    """DifferenceError when a run that was published is not what it was."""
    problems = judge(folder, history, None, ()).problems
    if problems:
        more = f"等{len(problems)}处" if len(problems) > 3 else ""
        raise DifferenceError(
            f"{folder} 与发布时不同，没有登记：{'；'.join(problems[:3])}{more}。"
            "请用 verify 命令查看，并从备份恢复"
        )
