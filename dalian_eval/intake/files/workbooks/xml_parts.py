"""XML parts by expat, which resolves nothing and fetches nothing: their elements, plain copies."""

from collections.abc import Callable, Collection
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape


def elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of an XML part in document order, without name-space prefixes.

    Raises expat.ExpatError when it is broken.
    """
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))

    reader = expat.ParserCreate()
    reader.StartElementHandler = start
    reader.Parse(part, True)
    return found


def attribute(attributes: dict[str, str], name: str) -> str:
    """Return an attribute whatever its prefix, "" when there is none."""
    return next((v for k, v in attributes.items() if k.rpartition(":")[2] == name), "")


def without(
    aside: Collection[str],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    encoding: str | None = None,
) -> expat.XMLParserType:
    """Return a parser that tells what stands in no element called as one of `aside`.

    `start` gets an element's name without its name space and its attributes with theirs, a blank
    between; `encoding`: what the caller knows, whatever the declaration says.
    """
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        local = name.rpartition(" ")[2]
        depth += local in aside
        if not depth:
            start(local, attributes)

    def ended(name: str) -> None:
        nonlocal depth
        local = name.rpartition(" ")[2]
        if local in aside:
            depth -= 1
        elif not depth:
            end(local)

    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = lambda found: None if depth else text(found)
    return parser


def plain_copy(part: IO[bytes], copy: IO[bytes]) -> None:
    """Write an XML part as spreadsheet programs write it, in UTF-8, holding nothing of it.

    Attributes stand in double quotes behind a bare equals sign; comments, processing instructions
    and CDATA marks are gone. Raises expat.ExpatError when the part is broken.
    """

    def write(text: str) -> None:
        copy.write(text.encode())

    def start(name: str, attributes: dict[str, str]) -> None:
        pairs = (f' {key}="{_quoted(value)}"' for key, value in attributes.items())
        write(f"<{name}{''.join(pairs)}>")

    write('<?xml version="1.0" encoding="UTF-8"?>')
    reader = expat.ParserCreate()
    reader.buffer_text = True
    reader.StartElementHandler = start
    reader.EndElementHandler = lambda name: write(f"</{name}>")
    reader.CharacterDataHandler = lambda text: write(escape(text, {"\r": "&#13;"}))
    reader.ParseFile(part)


def _quoted(value: str) -> str:
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
