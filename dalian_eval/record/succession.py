"""Who may vouch for which entries of a history: the keys in charge, one after the other.

The first key that signs is in charge. It hands over by an entry that it signs and that the next key
signs too: the old one says to whom, the new one that its holder took over, on the history as it
stood then. A key that handed over never comes back. A key vouches for the entries from its own
first signature on, and for what those in charge after it signed; never for what came before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from dalian_eval.record.entries import Entry, HandedOver, Line, PublicationEntry
from dalian_eval.record.envelope import is_signed_by
from dalian_eval.record.keyring import Keyring, short

Problem = tuple[int, str]
"""The line from 1 on at which something is wrong, and the sentence."""


@dataclass(frozen=True)
class Reign:
    """A key in charge and the line (from 1 on) that bears its first signature."""

    keyid: str
    since: int


def succession(lines: Sequence[Line], keyring: Keyring) -> tuple[tuple[Reign, ...], list[Problem]]:
    """Return the keys in charge, in order, and what is wrong with signatures."""
    reigns: list[Reign] = []
    problems: list[Problem] = []
    for place, line in enumerate(lines, start=1):
        entry, envelope = line.entry, line.envelope
        if entry is None or envelope is None:
            continue
        known = [reign.keyid for reign in reigns]
        problem = _wrong(entry, envelope, known, keyring)
        if problem:
            problems.append((place, problem))
            continue
        if entry.keyid and not reigns:
            reigns.append(Reign(entry.keyid, place))
        if isinstance(entry, HandedOver):
            reigns.append(Reign(entry.next_keyid, place))
    return tuple(reigns), problems


def _wrong(entry: Entry, envelope: Envelope, known: Sequence[str], keyring: Keyring) -> str:
    """Return what is wrong with an entry's signatures, "" when nothing is.

    `known`: the keys that were in charge so far, in order.
    """
    number, pinned = entry.number, known[-1] if known else ""
    if not entry.keyid and not envelope.signatures and not pinned:
        return "" if isinstance(entry, PublicationEntry) else f"第{number}号换钥却没有签名"
    if not entry.keyid:
        return f"第{number}号没有签名，而此前的记录已用密钥 {short(pinned)} 签名"
    if pinned and entry.keyid != pinned:
        return (
            f"第{number}号由另一把密钥 {short(entry.keyid)} 签名，"
            f"没有原密钥 {short(pinned)} 和它共同签名的换钥记录"
        )
    wanted = [entry.keyid]
    if isinstance(entry, HandedOver):
        if entry.next_keyid in {entry.keyid, *known}:
            return (
                f"第{number}号把历史交给密钥 {short(entry.next_keyid)}，而它早已掌管过："
                "换下的密钥不能再接手"
            )
        if entry.next_keyid not in envelope.signatures:
            return (
                f"第{number}号换钥没有新密钥 {short(entry.next_keyid)} 的签名："
                "不能证明它的持有人接手了这份历史"
            )
        wanted.append(entry.next_keyid)
    keys: list[SSlibKey] = []
    for keyid in wanted:
        key = keyring.find(keyid)
        if key is None:
            return f"第{number}号的签名无法核对：缺少公钥 {keyring.place(keyid)}"
        keys.append(key)
    return "" if is_signed_by(envelope, *keys) else f"第{number}号被改动过：签名与内容不符"
