"""What is said and asked around things that cannot be taken back: publications, secrets."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.commands.argument_parser import Option

ANSWERS = ("是", "y", "yes")

YES = Option("--yes", "", "确认：不再询问（没有终端时须写明）")
UNSIGNED = Option("--unsigned", "", "确认不签名")


def confirm_publication(folder: Path, lacking: Sequence[str], *, confirmed: bool) -> None:
    """Name what is about to be published and, when something is lacking, ask whether to go on.

    `lacking`: what it will be without, one sentence each; nothing is asked when there is none or
    when it is `confirmed`. UsageError when the answer is no or nobody is there to ask.
    """
    print(f"将要发布：{folder}（{name_of_run(folder)}）。发布以后不能撤回，只能再发布一次来替代。")
    for sentence in lacking:
        print(f"注意：{sentence}")
    if not lacking or confirmed:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "没有发布：请补上所缺的，或者加 --yes 确认就这样发布（只是不签名，加 --unsigned）"
        )
    print("就这样发布吗？输入“是”继续，其他取消：", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ANSWERS:
        raise UsageError("没有发布：已取消，什么也没有改动")


def tell_protection(secret: Path) -> None:
    """Let nobody else read a new secret, and say what there is to say about that."""
    from dalian_eval.base.private_files import protection

    told = protection(secret)
    if told:
        print(f"{told}。")


def warn_of_exposure(secret: Path) -> None:
    """Say so when others than its owner can read a secret that is about to be used."""
    from dalian_eval.record.secret import exposure

    if warning := exposure(secret):
        print(warning, file=sys.stderr)


def name_of_run(folder: Path) -> str:
    """Return what a run says it is: month, as-of day, id; UsageError when it cannot be read."""
    from dalian_eval.base.files import read_json

    try:
        meta = read_json(folder / "run.json")
        return f"{meta['month']}，截至{meta['as_of']}，记录编号{meta['run_id']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"读不了 {folder} 中的 run.json：请确认文件夹完整") from error
