"""The second belt: every text of a folder is searched for what names somebody in the inputs."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from dalian_eval.base.csvfile import unescape
from dalian_eval.base.errors import DalianError
from dalian_eval.public.identifiers import Finder
from dalian_eval.public.language import Language

_OPAQUE = "data:"
"""How an address begins that holds a file itself: nothing in it could be searched."""


def refuse_names(folder: Path, known: Mapping[str, str], language: Language) -> None:
    """Refuse a folder in which an identifier stands that the language does not say by itself.

    `known`: identifier → where it stands in the inputs. DalianError naming file and identifier; so,
    too, for a kind of file that cannot be searched.
    """
    finder = Finder(known)
    seen: set[str] = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        for text in (name, *_texts(path, name)):
            if text in seen:
                continue
            seen.add(text)
            for at, found in finder.places(text):
                if not language.says(found, text[:at], text[at + len(found) :]):
                    raise DalianError(
                        f"公开版没有生成：{name} 中会出现{known[found]}『{found}』。"
                        "没有留下任何文件；请把本句交给维护人员，内部版不受影响"
                    )


def _texts(path: Path, name: str) -> Iterator[str]:
    """Yield the texts of a file: cells, values, what a page shows and what its attributes hold."""
    read = {".html": _of_page, ".csv": _of_csv, ".json": _of_json}.get(path.suffix)
    if read is None:
        raise DalianError(f"公开版没有生成：不应有这种文件 {name}。请把本句交给维护人员")
    for text in read(path.read_text(encoding="utf-8-sig")):
        if text.startswith(_OPAQUE):
            raise DalianError(f"公开版没有生成：{name} 中不应含有图片。请把本句交给维护人员")
        yield text


def _of_csv(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from map(unescape, row)


def _of_json(text: str) -> Iterator[str]:
    return _leaves(json.loads(text))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield str(value)


class _Reader(HTMLParser):
    """Collects the texts of a page, also of comments and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for _, value in attrs:
            if value:
                self.texts += {value, unquote(value)}

    def handle_data(self, data: str) -> None:
        # Lines, because the style sheet and script are said line by line.
        self.texts += filter(None, map(str.strip, data.splitlines()))

    def handle_comment(self, data: str) -> None:
        self.handle_data(data)


def _of_page(text: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    yield from reader.texts
