"""What the yearly text is made of: sections, blocks, sentences, and spans that lead somewhere.

Texts hold data as it is; whoever renders them escapes. Links are seen from the run folder.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBER = re.compile(r"[-−+]?\d+(\.\d+)?%?|—")
_DIGITS = "零一二三四五六七八九"


def are_numbers(texts: Iterable[str]) -> bool:
    """Whether all texts are numbers, or a stroke in the place of one."""
    return all(_NUMBER.fullmatch(text) for text in texts)


@dataclass(frozen=True)
class Span:
    """A piece of a sentence; `link`: its place in the record, blank for none."""

    text: str
    link: str = ""


Piece = str | Span | Iterable[Span]


@dataclass(frozen=True)
class Sentence:
    """A sentence; one that tells a number has a span with a link."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(s.text for s in self.spans)


@dataclass(frozen=True)
class Paragraph:
    """Sentences that stand together; `own`: written by the analyst, not by the program."""

    sentences: tuple[Sentence, ...]
    own: bool = False

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans of all sentences."""
        return tuple(span for sentence in self.sentences for span in sentence.spans)


@dataclass(frozen=True)
class Table:
    """A table with one row of heads; every row has as many cells as there are heads."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether a column holds numbers alone."""
        columns = ([row[i].text for row in self.rows] for i in range(len(self.head)))
        return tuple(map(are_numbers, columns))


@dataclass(frozen=True)
class Picture:
    """A figure, drawn when it is shown."""

    caption: str
    draw: "Callable[[], Figure]"


@dataclass(frozen=True)
class Heading:
    """A numbered heading of level 1 to 3."""

    level: int
    text: str


Block = Paragraph | Table | Picture
Shownable = Heading | Block


@dataclass(frozen=True)
class Section:
    """A heading, what stands under it, and the sections below it."""

    title: str
    blocks: tuple[Block, ...] = ()
    parts: "tuple[Section, ...]" = ()


@dataclass(frozen=True)
class Document:
    """The whole text.

    `signing`: what stands at the head and the end of its paper (`stages.parameters.SigningModel`).
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    note: str
    signing: Mapping[str, str] = field(default_factory=dict)

    def blocks(self) -> Iterator[Shownable]:
        """Yield headings, tables and figures, all numbered, and paragraphs, in order."""
        counts: Counter[type] = Counter()
        for block in _flat(self.sections, 1):
            if isinstance(block, Table | Picture):
                counts[type(block)] += 1
                mark = f"{'表' if isinstance(block, Table) else '图'}{counts[type(block)]}"
                yield replace(block, caption=f"{mark}　{block.caption}")
            else:
                yield block

    def abridged(self, leads: Callable[[str], bool]) -> "Document":
        """Return the text without figures, and without the links that lead nowhere."""
        return replace(self, sections=tuple(_abridged(s, leads) for s in self.sections))


def say(*pieces: Piece) -> Sentence:
    """Return a sentence of texts, spans and lists of spans."""
    spans: list[Span] = []
    for piece in pieces:
        if isinstance(piece, str):
            spans.append(Span(piece))
        elif isinstance(piece, Span):
            spans.append(piece)
        else:
            spans.extend(piece)
    return Sentence(tuple(s for s in spans if s.text))


def paragraph(*sentences: Sentence | None) -> Paragraph:
    """Return a paragraph of those sentences that there are."""
    return Paragraph(tuple(s for s in sentences if s is not None))


def blocks(*given: Block | None) -> tuple[Block, ...]:
    """Return those blocks that there are and that hold something."""
    return tuple(b for b in given if b is not None and (not isinstance(b, Paragraph) or b.spans))


def join_spans(parts: Sequence[Piece], separator: str = "、") -> tuple[Span, ...]:
    """Return pieces as spans with a separator between them."""
    spans: list[Span] = []
    for number, part in enumerate(parts):
        spans += say(separator if number else "", part).spans
    return tuple(spans)


def numeral(number: int) -> str:
    """Return a number below 100 in Chinese numerals: 12 → 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _abridged(section: Section, leads: Callable[[str], bool]) -> Section:
    def kept(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(s if leads(s.link) else Span(s.text) for s in spans)

    def block(given: Block) -> Block:
        if isinstance(given, Paragraph):
            return Paragraph(tuple(Sentence(kept(s.spans)) for s in given.sentences))
        if isinstance(given, Table):
            return replace(given, rows=tuple(map(kept, given.rows)))
        return given

    return replace(
        section,
        blocks=tuple(block(b) for b in section.blocks if not isinstance(b, Picture)),
        parts=tuple(_abridged(part, leads) for part in section.parts),
    )


def _flat(sections: Sequence[Section], level: int) -> Iterator[Shownable]:
    for number, section in enumerate(sections, start=1):
        marks = (f"{numeral(number)}、", f"（{numeral(number)}）", f"{number}．")
        yield Heading(level, marks[level - 1] + section.title)
        yield from section.blocks
        yield from _flat(section.parts, level + 1)
