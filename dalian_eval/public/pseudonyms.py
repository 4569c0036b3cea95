"""Pseudonyms of officers: a keyed hash that nobody without the key can make or try out.

HMAC-SHA256 of year and certificate number under a secret of the bureau: the same officer has the
same pseudonym in every month and run of a year, another one in another year and under another key.
"""

import hashlib
import hmac
import itertools
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from dalian_eval.base.defences import read_whole
from dalian_eval.base.errors import UsageError

_KEY = re.compile(r"[0-9a-f]{64}")
_SHORTEST, _STEP = 12, 4
"""Hex digits of a pseudonym, and by how many it grows until no two are equal."""

_LARGEST = 1 << 12
_DIFFERENT = 20

_HOW = (
    "用 dalian-eval pseudonym-key --to 文件 生成一次，保管在记录和报送资料之外，"
    "本年度每次都用同一个文件，代号才前后一致"
)


def make_key(path: Path) -> None:
    """Write a new random key that only its owner may read; UsageError when something is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(32) + "\n", encoding="ascii", newline="\n")
    except FileExistsError as error:
        raise UsageError(
            f"{path} 已经存在：换掉密钥后代号就与以前不同，请用原有的密钥，或写另一个文件名（--to）"
        ) from error
    except OSError as error:
        raise UsageError(f"写不了密钥文件 {path}：请换一个可写的位置（--to）") from error


def read_key(path: Path | None, *outside: Path) -> bytes:
    """Read a key; UsageError when there is none, or when it lies in one of the folders `outside`.

    What lies there is copied or handed on, and whoever has the key can undo the pseudonyms.
    """
    if path is None:
        raise UsageError(
            f"公开版（--edition public）需要代号密钥（--pseudonym-key 文件）：请先{_HOW}"
        )
    place = path.resolve()
    for folder in outside:
        if place.is_relative_to(folder.resolve()):
            raise UsageError(
                f"密钥文件 {path} 在 {folder} 之内，会随资料或记录外传："
                "请移到别处再用 --pseudonym-key 指明"
            )
    try:
        text = read_whole(path, _LARGEST).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise UsageError(f"读不了密钥文件 {path}（--pseudonym-key）：请{_HOW}") from error
    if not _KEY.fullmatch(text):
        raise UsageError(
            f"{path} 不是代号密钥（应为一行64位十六进制数，--pseudonym-key）：请{_HOW}"
        )
    key = bytes.fromhex(text)
    if _is_weak(key):
        raise UsageError(f"代号密钥 {path} 太有规律，代号能被人试出来（--pseudonym-key）：请{_HOW}")
    return key


def _is_weak(key: bytes) -> bool:
    """Whether a key was hardly drawn at random: repeated, counted, or typed as text.

    32 random bytes hold fewer than 20 different ones, as do the steps between them, once in some
    10^9 keys.
    """
    steps = {(b - a) % 256 for a, b in itertools.pairwise(key)}
    return len(set(key)) < _DIFFERENT or len(steps) < _DIFFERENT or key.isascii()


def fingerprint(key: bytes) -> str:
    """Return what tells two keys apart without telling anything of them."""
    return _digest(key, "fingerprint")[:16]


def pseudonyms(key: bytes, year: int, officers: Iterable[str]) -> dict[str, str]:
    """Return each certificate number's pseudonym, no two of them equal.

    Where two would be, all are longer; a longer one begins with the shorter one.
    """
    whole = {officer: _digest(key, f"{year}\t{officer}") for officer in officers}
    size = _SHORTEST
    while len({digest[:size] for digest in whole.values()}) < len(whole):
        size += _STEP
    # A letter in front, or a spreadsheet takes some for numbers.
    return {officer: f"P{digest[:size]}" for officer, digest in whole.items()}


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
