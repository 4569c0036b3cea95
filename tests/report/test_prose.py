"""What a reviewer reads are sentences: no ISO date, no name of a parameter, reading or command.

Read from a whole record of the demo county: every page, headings, lists, paragraphs, captions, and
those cells of tables that hold a sentence. A cell that holds no sentence is data.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from dalian_eval.cli import COMMANDS
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.stages.parameters import RunParams
from tests.report.conftest import ROOT

UNREAD = frozenset(("script", "style", "head", "pre", "code", "option"))
"""Code, and what the reader folds out of sight."""

CELLS = frozenset(("td", "th", "text"))
BLOCKS = CELLS | {
    *("p", "li", "dd", "dt", "h1", "h2", "h3", "h4", "div", "section", "header", "footer"),
    *("summary", "caption", "figcaption", "label", "button", "table", "tr", "ul", "ol", "span"),
}
EMPTY = frozenset(("br", "img", "meta", "link", "input", "col", "hr", "wbr"))

ALLOWED = (
    # A file of the record, called by its name.
    r"[\w\-./]+\.(?:csv|html|docx|xlsx|xls|json|ics|lock)\b",
    # What stands in a cell of somebody's file, quoted as it is, and what is to be written there.
    r"的值 \S+(?: \d\d:\d\d(?::\d\d)?)? ",
    r"请写成 [\d\-: ]+(?: 或 [\d\-: ]+)?(?: 的样式|。)",
)
"""The exceptions."""

DATE = re.compile(r"(?<!\d)(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?(?!\d)")
COMMAND = re.compile(r"(?i)\byaml\b|dalian-eval|papermill|(?<![\w-])--[a-z]")
WORD = re.compile(r"[A-Za-z][A-Za-z_]{2,}")


class Prose(HTMLParser):
    """The sentences of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""
        self.sentences: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in BLOCKS:
            self.flush()
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.flush()
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not UNREAD & {*self.open}:
            self.said += data

    def flush(self) -> None:
        told, self.said = " ".join(self.said.split()), ""
        if told and (not CELLS & {*self.open} or re.search(r"[，。；：]", told)):
            self.sentences.append(told)


def prose_of(page: str) -> list[str]:
    reader = Prose()
    reader.feed(page)
    reader.flush()
    return reader.sentences


def names_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the names of a model's parameters and of those inside it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from names_of(inner)


@pytest.fixture(scope="module")
def inner_words() -> frozenset[str]:
    """What the program calls things by: parameters, readings and their options, clauses."""
    rubric = load_rubric(ROOT / "params/rubrics/2024.yaml")
    readings = {*rubric.readings, *(o for r in rubric.readings.values() for o in r.options)}
    commands = {command.name for command in COMMANDS}
    return frozenset((*names_of(RunParams), *readings, *commands))


def strange(sentence: str, inner: frozenset[str]) -> list[str]:
    """Return what does not belong into a sentence for a reviewer."""
    for allowed in ALLOWED:
        sentence = re.sub(allowed, " ", sentence)
    found = [*DATE.findall(sentence), *COMMAND.findall(sentence)]
    return found + [word for word in WORD.findall(sentence) if word in inner]


def test_no_page_speaks_of_the_program(demo_run: Path, inner_words: frozenset[str]) -> None:
    pages = sorted(demo_run.rglob("*.html"))
    assert len(pages) > 40
    wrong, read = [], 0
    for path in pages:
        for sentence in prose_of(path.read_text(encoding="utf-8")):
            read += 1
            wrong += [(path.name, w, sentence[:120]) for w in strange(sentence, inner_words)]
    assert read > 10_000
    assert wrong == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>截至2024-10-31</p>", ["2024-10-31"]),
        ("<h2>2024-10</h2>", ["2024-10"]),
        ("<table><tr><td>2024-10-31</td></tr></table>", []),
        ("<table><tr><td>4月1日到期，2024-05-03反馈</td></tr></table>", ["2024-05-03"]),
        ("<p>写在运行参数的 campaign 一节</p>", ["campaign"]),
        ("<p>口径no_leads另选</p>", ["no_leads"]),
        ("<p>运行 dalian-eval run --month</p>", ["dalian-eval", "--m", "run", "month"]),
        ("<p>改 YAML 文件</p>", ["YAML"]),
        ("<p>全部见<a href='x'>readings.csv</a>。</p>", []),
        ("<p>『日期』的值 2024-02-30 不是能识别的日期。</p>", []),
        ("<p>请写成 2024-03-05 的样式；没有日期的请留空。</p>", []),
        ("<pre><code>month = 2024-10-31</code></pre>", []),
    ],
)
def test_the_reader_finds_what_is_strange(
    page: str, found: list[str], inner_words: frozenset[str]
) -> None:
    told = [word for sentence in prose_of(page) for word in strange(sentence, inner_words)]
    assert sorted(told) == sorted(found)
