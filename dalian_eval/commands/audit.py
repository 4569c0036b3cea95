"""Commands of publisher and auditor: keygen, publish, verify, reproduce, history."""

import datetime as dt
from pathlib import Path

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.commands.argument_parser import Command, Option
from dalian_eval.commands.confirmation import (
    UNSIGNED,
    YES,
    confirm_publication,
    tell_protection,
    warn_of_exposure,
)


def _keygen(*, to: Path, replaces: Path | None, history: Path | None, passphrase: bool) -> None:
    """Map the options of `keygen` to one call."""
    from dalian_eval.record.envelope import load_signer
    from dalian_eval.record.history import HISTORY
    from dalian_eval.record.keys import make_key
    from dalian_eval.record.secret import ask_new_passphrase

    if replaces is not None:
        warn_of_exposure(replaces)
    keyid = make_key(
        to,
        load_signer(replaces) if replaces else None,
        history or Path("runs") / HISTORY,
        dt.date.today().isoformat(),
        ask_new_passphrase(to) if passphrase else b"",
    )
    print(f"已生成私钥 {to}（只给发布人）和公钥 {to}.pub（可以公开）。")
    print(f"密钥编号：{keyid}")
    tell_protection(to)
    print("请把密钥编号记在历史以外的地方（如发文、会议纪要），日后凭它确认签名的是谁。")


def _publish(
    *, run: str, key: Path | None, by: str, note: str, begins: str, yes: bool, unsigned: bool
) -> None:
    """Map the options of `publish` to one call, once it is clear that it is meant."""
    from dalian_eval.record.envelope import load_signer
    from dalian_eval.record.keys import refuse_inside_project
    from dalian_eval.record.publish import draft_of, publish
    from dalian_eval.record.result_lines import publish_lines

    if key is not None and unsigned:
        raise UsageError("--key 与 --unsigned 只能写一个：要签名就去掉 --unsigned")
    if key is not None:
        refuse_inside_project(key)
        warn_of_exposure(key)
    signer = load_signer(key) if key else None
    folder = draft_of(run)
    if folder is not None:
        unknown = [] if by else ["没有写发布人（--by 姓名），历史里看不出是谁发布的"]
        unproved = (
            []
            if key
            else ["没有给私钥（--key 私钥），记录不签名，日后不能证明它没有被换过、是谁发布的"]
        )
        waived = yes or (unsigned and not unknown)
        confirm_publication(folder, [*unknown, *unproved], confirmed=waived)
    done = publish(
        run,
        signer=signer,
        by=by,
        note=note,
        date=dt.date.today().isoformat(),
        begins=begins,
    )
    print("\n".join(publish_lines(done)))


def _verify(*, run: str, history: Path | None, key: Path | None) -> None:
    """Map the options of `verify` to one call."""
    from dalian_eval.record.envelope import load_public
    from dalian_eval.record.folder import find_run
    from dalian_eval.record.verify import refuse_lost, verify

    try:
        folder = find_run(run)
    except UsageError:
        refuse_lost(run)
        raise
    verdict = verify(folder, history, load_public(key) if key else None)
    for note in verdict.notes:
        print(note)
    for problem in verdict.problems:
        print(f"不符：{problem}")
    if verdict.problems:
        raise DifferenceError(
            f"{folder} 有{len(verdict.problems)}处不符，见上：这份记录不得作为依据"
        )
    if verdict.draft:
        print(f"与清单相同：{folder} 的每个文件。它是草稿，不能作为已发布的依据。")
    else:
        print(f"核对无误：{folder} 的每个文件都与清单相同。")


def _reproduce(*, run: str, to: Path | None, any_version: bool, with_: Path | None) -> None:
    """Map the options of `reproduce` to one call; with a bundle, leave with its program's code."""
    from dalian_eval.record.folder import find_run

    folder = find_run(run)
    if with_ is not None and any_version:
        raise UsageError("--with 与 --any-version 只能写一个：有安装包就是用同一版重算")
    from dalian_eval.jobs.reproduce import reproduce
    from dalian_eval.jobs.reproduce_with import is_installed, reproduce_with
    from dalian_eval.jobs.runs.run_progress import console_progress

    if with_ is not None and not is_installed(folder, with_, print):
        if code := reproduce_with(folder, with_, to=to, tell=print):
            raise SystemExit(code)
        return
    with console_progress() as progress:
        reproduce(run, to=to, any_version=any_version, tell=print, progress=progress)


def _history(*, history: Path | None, key: Path | None) -> None:
    """Map the options of `history` to one call."""
    from dalian_eval.record.envelope import load_public
    from dalian_eval.record.result_lines import history_lines
    from dalian_eval.record.verify import survey

    found = survey(history, load_public(key) if key else None)
    print("\n".join(history_lines(found)))
    if found.verdict.problems:
        raise DifferenceError(
            f"历史 {found.history.path} 有{len(found.verdict.problems)}处不符，见上"
        )


_HISTORY = Option("--history", "文件", "历史文件（不写则为记录旁边的那一个）", Path)
_PUBLIC = Option("--key", "文件", "公钥：所核对的都须由它或它交接的密钥担保", Path)

COMMANDS = (
    Command(
        "keygen",
        "生成发布签名用的一对密钥；换钥时由原密钥签名登记。",
        (
            Option("--to", "文件", "私钥文件（须在项目以外），公钥放在它旁边", Path, required=True),
            Option("--replaces", "文件", "换钥：被替换的私钥，由它签名登记", Path),
            Option("--history", "文件", "换钥：登记到哪个历史文件", Path),
            Option("--passphrase", "", "给私钥设口令（在终端中输入，不显示），签名时要输入"),
        ),
        _keygen,
    ),
    Command(
        "publish",
        "发布一个运行记录：标注页面、签名、记入历史。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--key", "文件", "签名用的私钥（不写则不签名）", Path),
            Option("--by", "姓名", "发布人", default=""),
            Option("--note", "文字", "附注，如重新计分的原因", default=""),
            UNSIGNED,
            YES,
            Option(
                "--begins",
                "编号",
                "历史开头的密钥编号；密钥在这份历史中还没有签过名时须写明",
                default="",
            ),
        ),
        _publish,
    ),
    Command(
        "verify",
        "核对一个运行记录：逐个文件、签名、历史，不符之处逐一指明。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            _HISTORY,
            _PUBLIC,
        ),
        _verify,
    ),
    Command(
        "reproduce",
        "重算一个运行记录：只用记录自己保存的数据和参数，逐字节对照，不同则说明原因。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--to", "文件夹", "保留重算结果的新文件夹（不写则不保留）", Path),
            Option("--any-version", "", "现装的程序与记录的不是同一版，也照样重算"),
            Option("--with", "安装包", "现装的不是同一版时，用那一版的安装包重算", Path),
        ),
        _reproduce,
    ),
    Command(
        "history",
        "列出已发布的记录，核对历史是否被改动、删减、插入、调换。",
        (_HISTORY, _PUBLIC),
        _history,
    ),
)
