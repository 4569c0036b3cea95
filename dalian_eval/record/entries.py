"""What a line of the history says, and how it is read."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from securesystemslib.dsse import Envelope

from dalian_eval.base.files import canonical
from dalian_eval.record.envelope import open_envelope
from dalian_eval.record.manifest import Digest, FolderName

ENTRY_TYPE = "application/vnd.dalian-eval.history+json"


class _Link(BaseModel):
    """What every entry says: its place in the chain, who, when, and the key that signs it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    number: int = Field(ge=1)
    previous: str = Digest
    date: str
    by: str
    note: str
    keyid: str = Field(pattern=r"^([0-9a-f]{64})?$")
    program: str

    def to_bytes(self) -> bytes:
        """Return the payload, the same for equal entries."""
        return canonical(self.model_dump(mode="json"))


class PublicationEntry(_Link):
    """A run was published.

    `manifest`, `draft`: SHA-256 of its manifest as published and as the run left it. The latter is
    what a reproduction of the run must give. `supersedes`: the number of the month's run before.
    """

    kind: Literal["publish"] = "publish"
    run_id: str = FolderName
    month: str = FolderName
    as_of: str
    manifest: str = Digest
    draft: str = Digest
    supersedes: int | None


class HandedOver(_Link):
    """The key of this entry hands over to the key `next_keyid`; both sign it."""

    kind: Literal["key"] = "key"
    next_keyid: str = Digest


Entry = PublicationEntry | HandedOver
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


@dataclass(frozen=True)
class Line:
    """A line of the file: its SHA-256 and, when it can be read, its envelope and entry."""

    sha256: str
    envelope: Envelope | None = None
    entry: Entry | None = None


def line_of(raw: bytes) -> Line:
    """Return what the bytes of a line say."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        envelope = open_envelope(raw, ENTRY_TYPE)
        entry = _ENTRY.validate_json(envelope.payload)
        same = entry.to_bytes() == envelope.payload
    except (ValueError, ValidationError):
        return Line(digest)
    return Line(digest, envelope, entry) if same else Line(digest)
