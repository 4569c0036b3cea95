"""Texts of an .xlsx made of runs, some of which are raised, lowered or struck out (77.5¹)."""

from xml.parsers import expat

from dalian_eval.intake.base.text_runs import Run

_SIGNS = (b"vertAlign", b"strike")
_ON = ("1", "true")
SHIFTED = ("superscript", "subscript")
"""Values of `vertAlign` for raised and lowered characters."""


class Runs:
    """The runs of one text, told element by element (local names)."""

    def __init__(self) -> None:
        """Begin with no run."""
        self._runs: list[Run] = []
        self._mark: bool | None = None
        self._is_text = self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        match name:
            case "rPr":
                self._mark = False
            case "vertAlign":
                self._mark = self._mark or attributes.get("val") in SHIFTED
            case "strike" | "dstrike":
                self._mark = self._mark or attributes.get("val", "1") in _ON
            case "rPh":
                self._is_phonetic = True
            case "t":
                self._is_text = not self._is_phonetic

    def text(self, text: str) -> None:
        """Take characters of the element."""
        if self._is_text:
            self._runs.append((text, self._mark))

    def end(self, name: str) -> None:
        """Leave an element."""
        match name:
            case "t":
                self._is_text = False
            case "r":
                self._mark = None
            case "rPh":
                self._is_phonetic = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs; one without a font of its own has the cell's."""
        return tuple(self._runs)


def has_marks(part: bytes) -> bool:
    """Whether a part may hold marked texts; this is quick."""
    return any(sign in part for sign in _SIGNS)


def rich_strings(part: bytes) -> dict[int, tuple[Run, ...]]:
    """Return the shared strings that have runs of different kinds, by their numbers."""
    found: dict[int, tuple[Run, ...]] = {}
    number, text = -1, Runs()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, text
        local = name.rpartition(":")[2]
        if local == "si":
            number, text = number + 1, Runs()
        text.start(local, attributes)

    def end(name: str) -> None:
        local = name.rpartition(":")[2]
        text.end(local)
        if local == "si" and len({mark for _, mark in text.runs}) > 1:
            found[number] = text.runs

    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.CharacterDataHandler = lambda characters: text.text(characters)
    reader.Parse(part, True)
    return found
