"""The public keys beside a history: each in a file that its id names."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import SSlibKey

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.record.envelope import PUBLIC, load_public, public_pem

KEYS = "keys"


def short(keyid: str) -> str:
    """Return the beginning of a key's id, as people read it."""
    return keyid[:16]


@dataclass(frozen=True)
class Keyring:
    """The keys in `folder`, and one that the auditor has from elsewhere.

    An id is the hash of its key, so a file cannot pass for another key's.
    """

    folder: Path
    own: SSlibKey | None = None

    def find(self, keyid: str) -> SSlibKey | None:
        """Return a key; None when it is missing or is another one than its name says."""
        if self.own is not None and self.own.keyid == keyid:
            return self.own
        try:
            key = load_public(self.place(keyid))
        except UsageError:  # missing, odd or no key
            return None
        return key if key.keyid == keyid else None

    def place(self, keyid: str) -> Path:
        """Return the file of a key."""
        return self.folder / f"{keyid}{PUBLIC}"

    def exchanged(self, keyids: Iterable[str]) -> list[str]:
        """Return a sentence for every key whose file holds something else than its name says."""
        here = Keyring(self.folder)
        return [
            f"{here.place(keyid)} 被换过：里面不是密钥 {short(keyid)} 的公钥"
            for keyid in keyids
            if os.path.lexists(here.place(keyid)) and here.find(keyid) is None
        ]

    def keep(self, key: SSlibKey) -> None:
        """Put a key into the folder."""
        self.folder.mkdir(exist_ok=True)
        if Keyring(self.folder).find(key.keyid) is None:
            write_whole(self.place(key.keyid), public_pem(key))

    def ids(self) -> list[str]:
        """Return the ids that have a file, sorted."""
        return sorted(path.stem for path in self.folder.glob(f"*{PUBLIC}"))
