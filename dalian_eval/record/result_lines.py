"""What publishing and the history say on a terminal, line by line."""

from collections.abc import Iterator

from dalian_eval.base.defences import printable_name
from dalian_eval.record.entries import Entry, PublicationEntry
from dalian_eval.record.history import UNSIGNED
from dalian_eval.record.keyring import short
from dalian_eval.record.publish import PublishResult
from dalian_eval.record.verify import Survey


def publish_lines(done: PublishResult) -> Iterator[str]:
    """Yield what came of publishing."""
    entry = done.entry
    if done.before:
        yield f"这份记录早已发布：第{entry.number}号（{entry.date}），没有再次登记。"
    else:
        yield f"已发布：第{entry.number}号，{entry.month}，记录 {entry.run_id}。"
    yield _signed(entry)
    yield from _beginning(done.begins, entry)
    if done.absent:
        numbers, runs = "、".join(map(str, done.absent)), done.folder.parent.parent
        yield f"第{numbers}号的记录不在 {runs} 中：只核对了历史，没有核对文件。"
    if entry.supersedes is not None:
        yield f"替代同月的第{entry.supersedes}号；原记录保留不动。"
    yield f"清单校验值：{entry.manifest}"
    yield f"记录：{done.folder / 'index.html'}"


def history_lines(found: Survey) -> Iterator[str]:
    """Yield the entries, then what was noticed, then every difference."""
    replaced = {e.supersedes: e.number for e in found.history.published}
    for entry in found.history.entries:
        by = printable_name(entry.by) or "发布人未填"
        yield f"第{entry.number}号　{_what(entry)}　{printable_name(entry.date)}　{by}"
        yield f"　　{_signed(entry)}"
        if isinstance(entry, PublicationEntry) and entry.supersedes is not None:
            yield f"　　替代第{entry.supersedes}号"
        if entry.number in replaced:
            yield f"　　已被第{replaced[entry.number]}号替代"
        if entry.note:
            yield f"　　附注：{printable_name(entry.note)}"
    if not found.history.lines:
        yield f"历史 {found.history.path} 还没有记录。"
    else:
        yield f"末行校验值：{found.history.head}"
    yield from found.verdict.notes
    for problem in found.verdict.problems:
        yield f"不符：{problem}"
    if found.history.lines and not found.verdict.problems:
        yield f"历史完整：{len(found.history.lines)}条逐条相连。"


def _beginning(begins: str, entry: PublicationEntry) -> Iterator[str]:
    """Yield which key the history begins with, where it is another one than signs this entry."""
    if not begins:
        yield "这是历史的第一条：历史由此开始。"
    elif begins == UNSIGNED and entry.keyid:
        yield f"历史由未签名的记录开始：密钥 {short(entry.keyid)} 不为它们担保。"
    elif begins not in (UNSIGNED, entry.keyid):
        yield f"历史由密钥 {short(begins)} 开始，经换钥记录传到 {short(entry.keyid)}。"


def _what(entry: Entry) -> str:
    if isinstance(entry, PublicationEntry):
        return f"{printable_name(entry.month)}　记录 {printable_name(entry.run_id)}"
    return f"换钥　新密钥 {short(entry.next_keyid)}"


def _signed(entry: Entry) -> str:
    return f"已签名，密钥 {short(entry.keyid)}" if entry.keyid else "未签名"
