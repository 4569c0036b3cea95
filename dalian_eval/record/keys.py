"""Making a key, and handing the history over to it."""

from pathlib import Path

from securesystemslib.signer import CryptoSigner

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.record.entries import HandedOver
from dalian_eval.record.envelope import PUBLIC, generate
from dalian_eval.record.going_on import refuse_forged
from dalian_eval.record.history import (
    HISTORY,
    PROGRAM,
    append,
    read_history,
    refuse_key,
)
from dalian_eval.record.lock import only_one


def make_key(
    path: Path, replaces: CryptoSigner | None, history: Path, date: str, passphrase: bytes = b""
) -> str:
    """Make a key pair at `path` and return its id; hand the history over to it when told so.

    The entry that hands over is signed by both keys.
    UsageError when the place lies within a project or holds a file, and when the history is not
    signed by `replaces`; DifferenceError when the history or a published run was changed.
    """
    refuse_inside_project(path)
    if replaces is None:
        return str(generate(path, passphrase).public_key.keyid)
    if not history.is_file():
        raise UsageError(f"找不到历史文件 {history}：请用 --history 指明要换钥的历史")
    with only_one(history.parent):
        chain = read_history(history, replaces.public_key)
        refuse_forged(chain)
        if not chain.keys:
            raise UsageError(f"历史 {history} 还没有签名的记录，不需要 --replaces")
        refuse_key(chain, replaces)
        new = generate(path, passphrase)
        keyid = str(new.public_key.keyid)
        entry = HandedOver(
            number=len(chain.lines) + 1,
            previous=chain.head,
            date=date,
            by="",
            note="",
            keyid=replaces.public_key.keyid,
            program=PROGRAM,
            next_keyid=keyid,
        )
        append(chain, entry, replaces, new)
    return keyid


def refuse_inside_project(path: Path) -> None:
    """UsageError when a private key lies, or would lie, within a project or beside a history."""
    place = path.absolute().parent
    histories = [f for f in (place, *place.parents) if (f / HISTORY).is_file()]
    try:
        root = histories[0] if histories else project_root(place)
    except UsageError:
        return
    raise UsageError(
        f"私钥不能放在项目文件夹 {root} 之内：项目会被复制、打包、交给别人，私钥会跟着外泄，"
        f"签名就不能证明任何事。请放到项目以外、只有发布人能读的地方（公钥 {PUBLIC} 可以公开）"
    )
