"""Keys with a passphrase, keys that others can read, keys that are weak."""

import os
import sys
import time
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.public.pseudonyms import read_key
from dalian_eval.record.envelope import generate, load_signer
from dalian_eval.record.secret import exposure
from tests.record.small import small_run


def test_a_passphrase_opens_the_key_and_no_other_does(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    made = generate(path, b"long enough")
    assert b"ENCRYPTED" in path.read_bytes()
    assert load_signer(path, lambda _: b"long enough").public_key == made.public_key
    with pytest.raises(UsageError, match="口令不对"):
        load_signer(path, lambda _: b"another one")


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    generate(path)
    assert exposure(path) == ""
    path.chmod(0o640)
    assert "chmod 600" in exposure(path)


WEAK = (
    "0" * 64,
    "0123456789abcdef" * 4,
    bytes(range(32)).hex(),
    b"p4ssword-of-the-bureau-2024-xyz!".hex(),
)


@pytest.mark.parametrize("text", WEAK)
def test_a_weak_pseudonym_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, encoding="ascii")
    with pytest.raises(UsageError, match="有规律"):
        read_key(tmp_path / "key")


@pytest.mark.skipif(os.name != "posix", reason="file modes as POSIX has them")
def test_a_key_that_others_can_read_is_told_wherever_it_is_used(tmp_path, monkeypatch, capsys):
    """By `keygen --replaces` and by `run --pseudonym-key`, as by `publish`."""
    monkeypatch.chdir(tmp_path)
    old, secret = tmp_path / "old", tmp_path / "secret"
    assert invoke(["keygen", "--to", str(old)]) == 0
    assert invoke(["pseudonym-key", "--to", str(secret)]) == 0
    public = ["run", "--month", "2024-10", "--edition", "public", "--pseudonym-key", str(secret)]
    replacing = ["keygen", "--to", str(tmp_path / "new"), "--replaces", str(old)]
    for key, command in ((old, replacing), (secret, public)):
        key.chmod(0o600)
        capsys.readouterr()
        invoke(command)
        assert "别人也能读" not in capsys.readouterr().err
        key.chmod(0o644)
        invoke(command)
        assert f"密钥文件 {key} 别人也能读" in capsys.readouterr().err


def in_terminal(arguments: list[str], answers: list[str]) -> tuple[int, str]:
    """Run the command in a terminal of its own, typing each answer once nothing is shown.

    Returns the exit code and all that was on the screen.
    """
    import pty
    import termios

    code = "import sys; from dalian_eval.cli import main; sys.exit(main())"
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", code, *arguments])  # noqa: S606
    seen = b""
    for answer in answers:
        end = time.monotonic() + 60
        prompted = len(seen)
        while len(seen) == prompted or termios.tcgetattr(terminal)[3] & termios.ECHO:
            assert time.monotonic() < end, seen.decode()
            seen += os.read(terminal, 4096)
            time.sleep(0.1)
        os.write(terminal, answer.encode() + b"\n")
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the terminal is gone with its command
            break
        if not piece:
            break
        seen += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen.decode()


@pytest.mark.skipif(os.name != "posix", reason="a terminal as POSIX has it")
def test_a_passphrase_is_never_echoed(tmp_path, monkeypatch):
    """When a key is made, mistyped and used: not on the screen, whatever the outcome."""
    monkeypatch.chdir(tmp_path)
    key, new = str(tmp_path / "k.pem"), str(tmp_path / "x.pem")
    secret, other = "hush-口令-7421", "hush-别的-9930"
    make = ["keygen", "--passphrase", "--to"]
    code, seen = in_terminal([*make, key], [secret, secret])
    assert (code, "密钥编号" in seen) == (0, True), seen
    said = [seen]
    code, seen = in_terminal([*make, new], [secret, other])
    assert (code, "两次输入的口令不同" in seen) == (2, True), seen
    said.append(seen)
    small_run(tmp_path / "runs", "aaaaaaaaaaaa")
    publish = ["publish", "aaaaaaaaaaaa", "--yes", "--key", key]
    for answer, expected in ((other, 2), (secret, 0)):
        code, seen = in_terminal(publish, [answer])
        assert code == expected, seen
        said.append(seen)
    assert not any("hush" in seen or "7421" in seen or "9930" in seen for seen in said)
