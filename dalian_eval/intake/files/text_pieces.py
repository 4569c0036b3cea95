"""A text file piece by piece in UTF-8, whatever it was written in."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from dalian_eval.intake.files.content_kind import start_of
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.files.plain_text import broken_encoding, wide_encoding

_PIECE = 1 << 20
_MARK = "\ufeff"


def utf8_pieces(raw: RawFile) -> Iterator[bytes]:
    """Yield a text in UTF-8 without mark. Raises RefusedError when it is in no known encoding.

    What a text says of its own encoding does not count: exports say GB2312 of UTF-8.
    """
    wide = wide_encoding(start_of(raw.path))
    try:
        codec = wide or _codec(raw.path)
        for text in _pieces(raw.path, codec):
            yield text.encode()
    except UnicodeError:
        broken = "里有的字读不出来，编码不对或文件不完整，没有读取；请重新导出。"
        why = (not wide and broken_encoding(raw.path)) or broken
        raise RefusedError(f"文件 {raw.file} {why}") from None


def _codec(path: Path) -> str:
    """Return the encoding of a text of bytes; UTF-8 when it is well-formed."""
    try:
        for _ in _pieces(path, "utf-8"):
            pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _pieces(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    is_first = True
    with path.open("rb") as stream:
        while True:
            piece = stream.read(_PIECE)
            text = decoder.decode(piece, final=not piece)
            if is_first and text:
                text, is_first = text.removeprefix(_MARK), False
            if text:
                yield text
            if not piece:
                return
