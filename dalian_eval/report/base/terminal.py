"""Text for a terminal: as wide as it is shown, broken where Chinese may be, and inert."""

import unicodedata

from rich.cells import cell_len

_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_NOT_FIRST = "～·，。；：、！？）』】〕》」％%,.;:)]"
_NOT_LAST = "（『【〔《「(["


def inert(text: str) -> str:
    """Return text that commands no terminal: line ends are blanks, other controls are boxes."""
    return "".join(_harmless(sign) for sign in text)


def _harmless(sign: str) -> str:
    if sign in "\r\n\t":
        return " "
    return "□" if unicodedata.category(sign) in _UNSAFE else sign


def wrap_text(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` columns (as wide as its widest character).

    Lines break at blanks and between Chinese characters; no closing mark begins a line, no opening
    mark ends one, and a word or number stays whole if it fits in a line. The minus is the one that
    every console's character set has.
    """
    text = text.replace("−", "-")
    lines, line = [], ""
    for piece in _pieces(text):
        if line and cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip()
        while cell_len(piece.rstrip()) > width:
            head = _head(piece, width)
            lines.append(head)
            piece = piece[len(head) :]
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """Split text where a line may end: each piece keeps what must not be parted from it."""
    pieces: list[str] = []
    for sign in text:
        if pieces and _together(pieces[-1][-1], sign):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _together(left: str, right: str) -> bool:
    if right in _NOT_FIRST or left in _NOT_LAST or right == " ":
        return True
    return cell_len(left) == 1 and cell_len(right) == 1 and left != " "


def _head(text: str, width: int) -> str:
    """Return the longest beginning that fits, at least one character."""
    end = 1
    while end < len(text) and cell_len(text[: end + 1]) <= width:
        end += 1
    return text[:end]


def pad_text(text: str, width: int, *, right: bool = False) -> str:
    """Return text filled with blanks to `width` columns."""
    blanks = " " * max(0, width - cell_len(text))
    return blanks + text if right else text + blanks


def align_right(text: str, end: str, width: int) -> list[str]:
    """Return lines of the text with `end` at the right edge of the last one."""
    lines = wrap_text(text, width)
    if cell_len(lines[-1]) + 2 + cell_len(end) > width:
        lines.append("")
    return [*lines[:-1], lines[-1] + pad_text(end, width - cell_len(lines[-1]), right=True)]


def hanging(label: str, text: str, width: int, indent: int, room: int) -> list[str]:
    """Return lines with `label` in `room` columns after the indent and the text hanging beside."""
    left = " " * indent
    body = wrap_text(text, max(width - indent - room, 10))
    heads = [label, *[""] * (len(body) - 1)]
    return [(left + pad_text(h, room) + b).rstrip() for h, b in zip(heads, body, strict=True)]
