"""Keys and signatures: Ed25519 in DSSE envelopes.

The cryptography is that of `cryptography` and `securesystemslib`; here is only what we hold to:
one kind of key, a key's id is the SHA-256 of its public part, an envelope is signed by exactly
the keys that its content asks for.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from dalian_eval.base.defences import OddFileError, loads, read_whole
from dalian_eval.base.errors import UsageError
from dalian_eval.record.secret import ask_passphrase

PUBLIC = ".pub"
"""Ending of a public key's file; before it stands the private key's whole name."""


_LARGEST_KEY = 1 << 16


def generate(path: Path, passphrase: bytes = b"") -> CryptoSigner:
    """Write a new key pair and return it: the private key to `path`, the public one beside it.

    The private key is readable by its owner alone, where the system knows owners, and encrypted
    when there is a passphrase. UsageError when one of the two files is there already or cannot be
    written.
    """
    key = Ed25519PrivateKey.generate()
    signer = CryptoSigner(key)
    hidden = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    try:
        _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden), 0o600)
        _write_new(path.with_name(path.name + PUBLIC), public_pem(signer.public_key), 0o644)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} 已存在，不会覆盖：请换一个文件名") from error
    except OSError as error:
        raise UsageError(f"写不了密钥文件 {path}：请确认所在文件夹存在并且可写") from error
    return signer


def _write_new(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def load_signer(path: Path, ask: Callable[[Path], bytes] = ask_passphrase) -> CryptoSigner:
    """Return the private key in a PEM file; UsageError when it is none.

    `ask` gives the passphrase when it has one.
    """
    data = _read(path)
    try:
        key = load_pem_private_key(data, None)
    except TypeError:
        key = _opened_key(path, data, ask(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} 不是私钥文件：请指向 keygen 生成的私钥（不是 .pub）") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} 不是本程序所用的密钥种类，请用 keygen 生成")
    return CryptoSigner(key)


def _opened_key(path: Path, data: bytes, passphrase: bytes) -> Any:
    try:
        return load_pem_private_key(data, passphrase)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"密钥文件 {path} 的口令不对，或文件已损坏") from error


def load_public(path: Path) -> SSlibKey:
    """Return the public key in a PEM file; UsageError when it is none."""
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path} 不是公钥文件：请指向 .pub 文件") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path} 不是本程序所用的密钥种类，请用 keygen 生成")
    return SSlibKey.from_crypto(key)


def _read(path: Path) -> bytes:
    try:
        return read_whole(path, _LARGEST_KEY)
    except OddFileError as error:
        raise UsageError(f"密钥文件 {path} {error}，没有打开") from error
    except OSError as error:
        raise UsageError(f"读不到密钥文件 {path}：请确认它存在并且可读") from error


def public_pem(key: SSlibKey) -> bytes:
    """Return a public key as the PEM text of its file."""
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.keyval["public"]))
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def seal_envelope(payload: bytes, payload_type: str, *signers: CryptoSigner) -> bytes:
    """Return the envelope of `payload` as one line of JSON, signed by each of `signers`.

    The same payload and keys give the same bytes.
    """
    envelope = Envelope(payload, payload_type, {})
    for signer in signers:
        envelope.sign(signer)
    return json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":")).encode() + b"\n"


def open_envelope(data: bytes, payload_type: str) -> Envelope:
    """Return the envelope that `data` holds; ValueError when it is not one of ours, byte for byte.

    Nothing is said yet about its signature.
    """
    try:
        content: Any = loads(data)
        envelope = Envelope.from_dict(content)
        again = json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":"))
    except Exception as error:  # whatever a damaged envelope makes the library stumble over
        raise ValueError("不是签名封套") from error
    if envelope.payload_type != payload_type or again.encode() + b"\n" != data:
        raise ValueError("不是本程序写的签名封套")
    return envelope


def is_signed_by(envelope: Envelope, *keys: SSlibKey) -> bool:
    """Whether the envelope bears a good signature by each of `keys`, and no other."""
    if not keys or set(envelope.signatures) != {key.keyid for key in keys}:
        return False
    try:
        envelope.verify(list(keys), len(keys))
    except VerificationError:
        return False
    return True
