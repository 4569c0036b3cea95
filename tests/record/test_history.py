"""The chain of published runs: whatever is done to it is found, and the first place is named."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.record.entries import ENTRY_TYPE
from dalian_eval.record.envelope import load_public, load_signer, seal_envelope
from dalian_eval.record.history import HISTORY, read_history
from dalian_eval.record.keyring import KEYS, Keyring
from dalian_eval.record.keys import make_key
from dalian_eval.record.verify import survey, verify
from tests.record.small import published

IDS = ("111111111111", "222222222222", "333333333333", "444444444444")
MONTHS = ("2024-07", "2024-08", "2024-09", "2024-08")
FIELDS = ("run_id", "month", "as_of", "manifest", "draft", "supersedes", "date", "by", "note")


@pytest.fixture(scope="module", params=["signed", "unsigned"])
def chain(request, tmp_path_factory, signer) -> tuple[Path, list[bytes], bool]:
    """Four published runs: the history's path, its lines, and whether they are signed."""
    runs = tmp_path_factory.mktemp("链") / "runs"
    signed = request.param == "signed"
    for run_id, month in zip(IDS, MONTHS, strict=True):
        published(runs, run_id, month, signer if signed else None)
    return runs / HISTORY, (runs / HISTORY).read_bytes().splitlines(keepends=True), signed


@pytest.fixture
def problems(chain):
    """Give what is found when other lines stand in the history, which is put back afterwards."""
    path, lines, _ = chain

    def call(changed: list[bytes]) -> tuple[str, ...]:
        path.write_bytes(b"".join(changed))
        return survey(path).verdict.problems

    yield call
    path.write_bytes(b"".join(lines))


def payload(line: bytes) -> dict[str, object]:
    return json.loads(b64decode(json.loads(line)["payload"]))


def with_payload(line: bytes, **changes: object) -> bytes:
    """Return the line with other fields, its signature as it was."""
    content = json.loads(line)
    text = json.dumps(payload(line) | changes, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    content["payload"] = b64encode(text.encode()).decode()
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def other(value: object) -> object:
    if isinstance(value, str):
        digits = value[:-1] + ("0" if value[-1:] != "0" else "1")
        return digits if len(value) in (64, 12) else value + "改"
    return 1 if value is None else None


def test_the_chain_is_whole(chain):
    path, lines, _ = chain
    found = survey(path)
    assert found.verdict.problems == ()
    assert sorted(found.folders) == [1, 2, 3, 4]
    assert [e.supersedes for e in found.history.published] == [None, None, None, 2]
    assert len(lines) == 4


@pytest.mark.parametrize("field", FIELDS)
def test_an_entry_changed(chain, problems, field):
    _, lines, signed = chain
    for place in range(4):
        changed = with_payload(lines[place], **{field: other(payload(lines[place])[field])})
        found = problems([*lines[:place], changed, *lines[place + 1 :]])
        if place < 3 or signed or field in ("run_id", "manifest", "month", "supersedes"):
            assert found
            assert f"第{place + 1}号" in found[0], found
        else:
            # The last line of an unsigned history, where no run folder knows better.
            assert found == ()


def test_a_byte_changed_anywhere(chain, problems):
    _, lines, signed = chain
    for place, line in enumerate(lines):
        for at in range(0, len(line), 61):
            changed = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
            found = problems([*lines[:place], changed, *lines[place + 1 :]])
            if place == 3 and not signed and not found:
                continue
            assert f"第{place + 1}号" in found[0], (place, at, found)


def test_an_entry_removed(chain, problems):
    _, lines, _ = chain
    for place in range(3):
        found = problems(lines[:place] + lines[place + 1 :])
        assert found[0] == f"第{place + 1}号被删去：历史的第{place + 1}行是第{place + 2}号"


def test_the_end_cut_off(chain, problems):
    """The folders of the published runs know of it; without them nothing inside can tell."""
    path, lines, _ = chain
    for length in range(1, 4):
        found = problems(lines[:length])
        assert f"历史只到第{length}号，末尾被截断" in found[0]
        assert IDS[length] in found[0]
        folder = path.parent / MONTHS[3] / IDS[3]
        assert "末尾被截断" in " ".join(verify(folder).problems)
    assert "历史只到第0号" in problems([])[0]


def test_two_entries_in_another_order(chain, problems):
    _, lines, _ = chain
    for a in range(3):
        for b in range(a + 1, 4):
            changed = list(lines)
            changed[a], changed[b] = changed[b], changed[a]
            assert problems(changed)[0].startswith(f"第{a + 1}号被调换了位置")


def test_an_entry_inserted(chain, problems):
    _, lines, signed = chain
    for place in range(1, 4):
        for twin in range(place):
            found = problems([*lines[:place], lines[twin], *lines[place:]])
            assert found[0] == f"历史的第{place + 1}行是插入的或调换了位置：它自称第{twin + 1}号"
        # One that fits on what is before it: what comes after it does not.
        fitting = with_payload(lines[place], note="插入")
        found = problems([*lines[:place], fitting, *lines[place:]])
        assert found
        assert f"第{place + 1}号" in found[0]
        assert signed == ("签名" in found[0])


@pytest.mark.parametrize("junk", [b"\n", b"{}\n", b"\xff\xfe\n", b"[" * 5000 + b"\n", b"null\n"])
def test_a_line_that_is_none(chain, problems, junk):
    _, lines, _ = chain
    assert "第3号被改动过：历史的第3行读不懂" in problems([*lines[:2], junk, *lines[3:]])[0]
    assert "第1号" in problems([junk, *lines])[0]
    assert "第4号" in problems([*lines[:3], lines[3].rstrip(b"\n")])[0]


def test_an_unsigned_history_made_anew_contradicts_the_runs(chain, problems, signer):
    """Who can write the file can make it anew; the runs published later remember."""
    _, lines, signed = chain
    made: list[bytes] = []
    import hashlib

    for number, line in enumerate(lines, start=1):
        previous = hashlib.sha256(made[-1]).hexdigest() if made else "0" * 64
        changes = {"previous": previous} | ({"by": "李四"} if number == 2 else {})
        made.append(with_payload(line, **changes))
    found = problems(made)
    if signed:
        assert found[0] == "第2号被改动过：签名与内容不符"
    else:
        assert found[0] == "历史第3号之前的内容与发布记录 333333333333 时不同"


def test_made_anew_with_another_key(chain, problems, tmp_path):
    """Everything signed anew: the runs contradict it, and so does the auditor's own key."""
    import hashlib

    path, lines, signed = chain
    forger = CryptoSigner.generate_ed25519()
    keyid = forger.public_key.keyid
    made: list[bytes] = []
    for line in lines:
        previous = hashlib.sha256(made[-1]).hexdigest() if made else "0" * 64
        content = payload(line) | {"previous": previous, "keyid": keyid}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        made.append(seal_envelope(text.encode(), ENTRY_TYPE, forger))
    Keyring(path.parent / KEYS).keep(forger.public_key)
    try:
        assert "之前的内容" in problems(made)[0]
        if signed:
            genuine = CryptoSigner.generate_ed25519().public_key
            assert "--key" in survey(path, genuine).verdict.problems[0]
        # Only the last one: the key that was there before speaks against it.
        found = problems([*lines[:3], made[3]])
        assert ("另一把密钥" in " ".join(found)) == signed
    finally:
        (path.parent / KEYS / f"{keyid}.pub").unlink()


# ---- handing over to another key -----------------------------------------------------------


def test_a_key_is_replaced_by_an_entry_that_the_old_one_signs(tmp_path, capsys):
    runs, old, new = tmp_path / "runs", tmp_path / "旧.pem", tmp_path / "新.pem"
    history = runs / HISTORY
    assert invoke(["keygen", "--to", str(old)]) == 0
    published(runs, IDS[0], MONTHS[0], load_signer(old))
    with pytest.raises(UsageError, match="不能改为不签名"):
        published(runs, IDS[1], MONTHS[1])
    command = ["keygen", "--to", str(new), "--replaces", str(old), "--history", str(history)]
    assert invoke(command) == 0
    with pytest.raises(UsageError, match="--replaces"):
        published(runs, IDS[2], MONTHS[2], load_signer(old))
    done = published(runs, IDS[3], MONTHS[3], load_signer(new))
    assert done.entry.number == 3
    assert verify(done.folder).problems == ()
    assert survey(history).verdict.problems == ()
    assert invoke(["history", "--history", str(history), "--key", f"{old}.pub"]) == 0
    said = capsys.readouterr().out
    assert "换钥" in said
    assert "历史完整：3条" in said
    # The new key says nothing of what was there before it took over.
    assert invoke(["history", "--history", str(history), "--key", f"{new}.pub"]) == 4
    assert "不符：第1号在密钥" in capsys.readouterr().out
    assert verify(done.folder, key=load_public(Path(f"{new}.pub"))).problems == ()


def test_a_key_replaced_without_the_old_one_is_told(tmp_path, signer):
    runs = tmp_path / "runs"
    published(runs, IDS[0], MONTHS[0], signer)
    history = runs / HISTORY
    stranger = CryptoSigner.generate_ed25519()
    with pytest.raises(UsageError, match="一直由密钥"):
        make_key(tmp_path / "新.pem", stranger, history, "2024-11-05")
    assert not (tmp_path / "新.pem").exists()
    line = history.read_bytes()
    content = payload(line) | {"number": 2, "keyid": stranger.public_key.keyid}
    content["previous"] = read_history(history).head
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    Keyring(runs / KEYS).keep(stranger.public_key)
    history.write_bytes(line + seal_envelope(text.encode(), ENTRY_TYPE, stranger))
    assert "第2号由另一把密钥" in read_history(history).problems[0]


# ---- as it is typed ------------------------------------------------------------------------


def test_the_command(chain, problems, capsys):
    path, lines, signed = chain
    assert invoke(["history", "--history", str(path)]) == 0
    said = capsys.readouterr().out
    for run_id in IDS:
        assert run_id in said
    assert "张三" in said
    assert "替代第2号" in said
    assert "已被第4号替代" in said
    assert ("未签名" in said) != signed
    problems([lines[0], lines[2]])
    assert invoke(["history", "--history", str(path)]) == 4
    said = capsys.readouterr()
    assert "不符：第2号被删去" in said.out


def test_no_history_yet(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert invoke(["history"]) == 0
    assert "还没有记录" in capsys.readouterr().out
    assert invoke(["history", "--history", str(tmp_path)]) == 2
    assert invoke(["history", "--history", "没有.jsonl"]) == 2
    assert "没有.jsonl" in capsys.readouterr().err
