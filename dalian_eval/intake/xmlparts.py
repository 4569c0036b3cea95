"""Small XML parts as a list of elements, by expat, which resolves nothing and fetches nothing."""

from xml.parsers import expat


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
