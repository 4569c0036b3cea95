"""Texts of an .xlsx made of runs, some of which are raised, lowered or struck out (77.5¹)."""

from xml.parsers import expat

from dalian_eval.intake.base.raw_cell import Marked

_SIGNS = (b"vertAlign", b"strike")
_ON = ("1", "true")


class Runs:
    """The runs of one text, told element by element (local names)."""

    def __init__(self) -> None:
        """Begin with no run."""
        self._whole: list[str] = []
        self._bare: list[str] = []
        self._is_marked = self._is_text = self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        match name:
            case "vertAlign":
                self._is_marked |= attributes.get("val") in ("superscript", "subscript")
            case "strike" | "dstrike":
                self._is_marked |= attributes.get("val", "1") in _ON
            case "rPh":
                self._is_phonetic = True
            case "t":
                self._is_text = not self._is_phonetic

    def text(self, text: str) -> None:
        """Take characters of the element."""
        if self._is_text:
            self._whole.append(text)
            if not self._is_marked:
                self._bare.append(text)

    def end(self, name: str) -> None:
        """Leave an element."""
        match name:
            case "t":
                self._is_text = False
            case "r":
                self._is_marked = False
            case "rPh":
                self._is_phonetic = False

    @property
    def marked(self) -> Marked | None:
        """The text, when some of its characters are marked; marked as a whole it is a text."""
        whole, bare = "".join(self._whole).strip(), "".join(self._bare).strip()
        return Marked(whole, bare) if bare and bare != whole else None


def has_marks(part: bytes) -> bool:
    """Whether a part may hold marked texts; this is quick."""
    return any(sign in part for sign in _SIGNS)


def marked_strings(part: bytes) -> dict[int, Marked]:
    """Return the marked texts among the shared strings, by their numbers."""
    if not has_marks(part):
        return {}
    found: dict[int, Marked] = {}
    number, runs = -1, Runs()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, runs
        local = name.rpartition(":")[2]
        if local == "si":
            number, runs = number + 1, Runs()
        runs.start(local, attributes)

    def end(name: str) -> None:
        local = name.rpartition(":")[2]
        runs.end(local)
        if local == "si" and (marked := runs.marked) is not None:
            found[number] = marked

    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.CharacterDataHandler = lambda text: runs.text(text)
    reader.Parse(part, True)
    return found
