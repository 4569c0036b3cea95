"""The shared strings of an .xls: how long they are, and which are made of runs (77.5¹)."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dalian_eval.intake.base.text_runs import Run

_WIDE, _PHONETIC, _RICH = 1, 4, 8
"""Flags of a string: two-byte characters; what follows its characters."""
_RUN = struct.Struct("<HH")


@dataclass(frozen=True)
class RichText:
    """A text and its runs: where each begins, in 16-bit units, and the number of its font."""

    text: str
    starts: tuple[tuple[int, int], ...]

    def runs(self, is_marked: Callable[[int], bool]) -> tuple[Run, ...]:
        """Return the runs; what stands before the first has the font of the cell."""
        units = self.text.encode("utf-16-le", "surrogatepass")
        begins = [(0, None), *((start, is_marked(font)) for start, font in self.starts)]
        ends = [*(2 * start for start, _ in self.starts), len(units)]
        return tuple(
            (units[2 * start : end].decode("utf-16-le", "replace"), mark)
            for (start, mark), end in zip(begins, ends, strict=True)
            if 2 * start < end
        )


@dataclass
class SharedStrings:
    """The strings as far as they can be followed: their lengths, and the texts that have runs."""

    lengths: list[int] = field(default_factory=list)
    rich: dict[int, RichText] = field(default_factory=dict)


def shared_strings(blocks: Sequence[bytes]) -> SharedStrings:
    """Read the record of strings and its continuations.

    A string that goes over into the next block says there anew how wide its characters are.
    """
    found = SharedStrings()
    block, position = 0, 8
    try:
        for number in range(struct.unpack_from("<I", blocks[0], 4)[0]):
            if position >= len(blocks[block]):
                block, position = block + 1, 0
            length, flags = struct.unpack_from("<HB", blocks[block], position)
            position += 3
            runs = phonetic = 0
            if flags & _RICH:
                runs = _RUN.size * int(struct.unpack_from("<H", blocks[block], position)[0])
                position += 2
            if flags & _PHONETIC:
                phonetic = int(struct.unpack_from("<I", blocks[block], position)[0])
                position += 4
            found.lengths.append(length)
            left = length
            width = 1 + (flags & _WIDE)
            pieces: list[str] = []
            while (room := (len(blocks[block]) - position) // width) < left:
                if runs:
                    pieces.append(_decoded(blocks[block][position:], width))
                left -= room
                block, position = block + 1, 1
                width = 1 + (blocks[block][0] & _WIDE)
            if runs:
                pieces.append(_decoded(blocks[block][position : position + left * width], width))
            position += left * width
            told, skipped = b"", runs + phonetic
            while (room := len(blocks[block]) - position) < skipped:
                told += blocks[block][position:] if len(told) < runs else b""
                skipped -= room
                block, position = block + 1, 0
            told += blocks[block][position : position + skipped]
            position += skipped
            if runs:
                starts = tuple(_RUN.iter_unpack(told[:runs]))
                found.rich[number] = RichText("".join(pieces), starts)
    except (struct.error, IndexError):
        pass
    return found


def _decoded(units: bytes, width: int) -> str:
    if width == 1:
        return units.decode("latin-1")
    return units[: len(units) // 2 * 2].decode("utf-16-le", "surrogatepass")
