"""What the program says by itself in a record: the list `sayings.txt`, and how it is made.

`python -m dalian_eval.public.sayings` makes the list anew from the source of the rooms whose words
reach a record; a test tells when that has to be done. At run time only the list is read.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

ROOMS = ("campaign", "checks", "outputs", "public", "record", "report", "rubric", "scoring")
"""Rooms whose words can stand on a published page or in a published file."""

_LIST = "sayings.txt"
_CUTS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|[<>\"\n]", re.DOTALL)
"""Where something else stands beside a template's own words."""

_WORD = re.compile(r"\w\w")
_BODIES = (ast.Module, ast.ClassDef, ast.FunctionDef)


@cache
def sayings() -> frozenset[str]:
    """Return the sayings of the list."""
    text = files("dalian_eval.public").joinpath(_LIST).read_text(encoding="utf-8")
    return frozenset(json.loads(text))


def list_text(package: Path) -> str:
    """Return the list as it has to stand in its file: a saying per line, sorted."""
    found = {saying for room in ROOMS for saying in _said_in(package / room)}
    return json.dumps(sorted(found), ensure_ascii=False, indent=0) + "\n"


def _said_in(room: Path) -> Iterator[str]:
    for path in sorted(room.rglob("*")):
        if path.suffix == ".py":
            yield from filter(_WORD.search, _literals(path.read_text(encoding="utf-8")))
        elif path.suffix in (".html", ".css", ".js"):
            words = map(str.strip, _CUTS.split(path.read_text(encoding="utf-8")))
            yield from filter(_WORD.search, words)


def _literals(source: str) -> Iterator[str]:
    """Yield the texts in a module, docstrings left out; of a text with holes, each part."""
    tree = ast.parse(source)
    remarks = {
        id(line.value)
        for node in ast.walk(tree)
        if isinstance(node, _BODIES)
        for line in node.body
        if isinstance(line, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in remarks:
            yield from [node.value] if isinstance(node.value, str) else []


if __name__ == "__main__":
    place = Path(__file__).with_name(_LIST)
    place.write_text(list_text(place.parents[1]), encoding="utf-8", newline="\n")
