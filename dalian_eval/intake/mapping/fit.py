"""Which mapping a sheet is read by: where its header stands and which columns it names."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dalian_eval.intake.base.raw_cell import Cell, half_width, without_blanks
from dalian_eval.intake.files.discover import stem_of
from dalian_eval.intake.mapping.model import EACH, GROUP, Condition, Form, Mapping, Rule
from dalian_eval.intake.mapping.units import other_unit
from dalian_eval.intake.tables.headers import HeaderMap, plain_header, without_unit
from dalian_eval.intake.tables.recognise import Header, header_text, stacked_words
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import BY_NAME

_SEARCHED_ROWS = 40
_LIKE = 0.6
"""Share of a mapping's columns by which a sheet without the others is taken for its sheet."""

_FEWEST = 2
_NEAR = 0.4
_OF_NUMBERS = {*"0123456789一二三四五六七八九十年-"}

Words = Sequence[tuple[str, ...]]
"""For each position of a header row the texts it may be meant by."""


@dataclass(frozen=True)
class Line:
    """A rule of one group, with the positions of the columns it reads in one sheet.

    `forms` and `conditions` pair what the mapping says with positions; `label` is the group's word,
    `marks` the positions that tell whether a row has the group; `each` is the position of the
    column of which every part makes a row, else None.
    """

    table: Table
    label: str
    forms: tuple[tuple[Form, tuple[int, ...]], ...]
    conditions: tuple[tuple[Condition, int], ...]
    marks: tuple[int, ...]
    each: int | None

    @property
    def positions(self) -> dict[str, int]:
        """The position that each of our columns is read from, by our header."""
        return {self.table[form.column].header: at[0] for form, at in self.forms if at}


@dataclass(frozen=True)
class Fit:
    """A sheet and its mapping: the sheet's own header as a table of texts, and the lines.

    Of each table the lines that make one row stand before those that make a row per part.
    """

    mapping: Mapping
    header: Header
    lines: tuple[Line, ...]
    unread: tuple[str, ...] = ()

    def words(self, words: HeaderMap) -> HeaderMap:
        """Return the words of headers together with those of the sheet itself."""
        own = {c.header: c.name for c in self.header.table.columns}
        name = self.header.table.name
        return HeaderMap(
            {**words.own, name: own}, {**words.synonyms, name: {}}, entries=words.entries
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that the sheet feeds, in the order of the mapping."""
        return tuple({line.table.name: line.table for line in self.lines}.values())

    def lines_of(self, table: Table) -> tuple[Line, ...]:
        """Return the lines of a table in the order of their parts."""
        return tuple(line for line in self.lines if line.table is table)


@dataclass(frozen=True)
class Fitting:
    """What is known about a sheet and all mappings.

    `refusal` says in Chinese why none reads it although one is for it (`certain`) or seems to be.
    """

    fit: Fit | None = None
    refusal: str = ""
    certain: bool = False


def fitting(
    rows: Sequence[Sequence[Cell]], sheet: str, file: str, mappings: Sequence[Mapping]
) -> Fitting:
    """Find the mapping of a sheet by its first rows and its names."""
    if not mappings:
        return Fitting()
    top = _header_rows([[header_text(cell) for cell in row] for row in rows[:_SEARCHED_ROWS]])
    found = [_Match.best(top, mapping, _named(mapping, sheet, file)) for mapping in mappings]
    meant = [match for match in found if match.is_meant]
    if len(meant) > 1:
        names = "、".join(f"『{m.mapping.name}』（第 {m.mapping.line} 行）" for m in meant)
        return Fitting(
            refusal=f"同时合于映射{names}，不知道按哪一个读；请在 mappings.yaml 中给其中一个的"
            "『表头』加上只有它才有的列，或用『名称』区分",
            certain=True,
        )
    if meant:
        return meant[0].fitting()
    near = max(found, key=lambda match: match.share)
    if near.is_near:
        return Fitting(refusal=near.told())
    return Fitting()


def _named(mapping: Mapping, sheet: str, file: str) -> bool:
    names = [_plain(name) for name in (sheet, file, stem_of(file))]
    patterns = [f"*{_plain(pattern)}*" for pattern in mapping.names]
    return not patterns or any(fnmatchcase(n, p) for n in names for p in patterns)


def _plain(name: str) -> str:
    return without_blanks(half_width(name)).lower()


@dataclass(frozen=True)
class _HeaderRow:
    """A row that may be a header, by itself or with the row above; `texts` without units."""

    index: int
    words: Words
    texts: frozenset[str]
    printed: frozenset[tuple[str, ...]]


def _header_rows(top: list[list[str]]) -> list[_HeaderRow]:
    """Return the rows that a header is looked for in, in order."""
    found: list[_HeaderRow] = []
    printed: list[tuple[str, ...]] = []
    for index, row in enumerate(top):
        printed.append(tuple(filter(None, row)))
        choices: list[Words] = [[(text,) for text in row]]
        if index:
            choices.append(stacked_words(top[index - 1], row))
        for words in choices:
            texts = frozenset(without_unit(text) for some in words for text in some if text)
            found.append(_HeaderRow(index, words, texts, frozenset(printed)))
    return found


@dataclass(frozen=True)
class _Match:
    """A mapping held against the header row of a sheet where most of its columns are."""

    mapping: Mapping
    named: bool
    row: int
    words: Words
    printed: frozenset[tuple[str, ...]]

    @classmethod
    def best(cls, rows: Sequence[_HeaderRow], mapping: Mapping, named: bool) -> "_Match":
        best, most = cls(mapping, named, -1, (), frozenset()), (0, 0)
        wanted = {without_unit(plain_header(header)) for header in mapping.all_headers()}
        for row in rows:
            if wanted.isdisjoint(row.texts):
                continue
            match = cls(mapping, named, row.index, row.words, row.printed)
            identified = sum(bool(match.places(header)) for header in mapping.headers)
            found = (identified, match._found())
            if found > most:
                best, most = match, found
        return best

    def _found(self) -> int:
        return sum(bool(self.places(header)) for header in {*self.mapping.all_headers()})

    def places(self, header: str) -> list[int]:
        """Return the positions that a header of theirs may mean: the fullest reading first."""
        word = plain_header(header)
        for texts in (
            [words[-1] if len(words) > 1 else words[0] for words in self.words],
            [words[1] if len(words) > 1 else "" for words in self.words],
            [words[0] for words in self.words],
        ):
            for plain in (texts, [without_unit(text) for text in texts]):
                if found := [at for at, text in enumerate(plain) if text and text == word]:
                    return found
        return []

    @property
    def share(self) -> float:
        needed = [*self.mapping.needed_headers()]
        found = sum(bool(self.places(header)) for header in needed)
        return found / len(needed) if found >= min(_FEWEST, len(needed)) else 0.0

    @property
    def is_meant(self) -> bool:
        """Whether the sheet is what the mapping says it is for."""
        return (
            self.named
            and self.row >= 0
            and all(map(self.places, self.mapping.headers))
            and (bool(self.mapping.headers) or self.share > _LIKE)
        )

    @property
    def is_near(self) -> bool:
        """Whether most of its columns are there: the export may have changed."""
        return self.share >= _LIKE and (self.named or not self.mapping.names)

    @property
    def texts(self) -> tuple[str, ...]:
        """The header of every position: of two rows the lower one where it stands once."""
        lower = [words[0] for words in self.words]
        return tuple(
            words[1] if len(words) > 1 and lower.count(words[0]) > 1 else words[0]
            for words in self.words
        )

    def told(self) -> str:
        """Which headers are gone, and which new ones are the nearest."""
        missing = [h for h in self.mapping.needed_headers() if not self.places(h)]
        missing += [h for _, headers in self._torn_groups() for h in headers]
        for rule in self.mapping.rules:
            if rule.groups and not self._groups(rule):
                missing += [h.replace(GROUP, rule.groups[0]) for h in rule.grouped_headers()]
        known = {plain_header(h) for h in self.mapping.all_headers()}
        free = [text for text in self.texts if text and text not in known]
        hints = [f"『{header}』{_nearest(header, free)}" for header in dict.fromkeys(missing)]
        return (
            f"像是映射『{self.mapping.name}』（第 {self.mapping.line} 行）的表，但没有表头"
            f"{'、'.join(hints)}；导出的表头如有变动，请改 mappings.yaml"
        )

    def _groups(self, rule: Rule) -> list[str]:
        """Return the groups of a rule of which the sheet has a column."""
        headers = rule.grouped_headers()
        return [w for w in rule.groups if any(self.places(h.replace(GROUP, w)) for h in headers)]

    def _torn_groups(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the groups of which some columns are missing."""
        for rule in self.mapping.rules:
            for word in self._groups(rule):
                headers = [h.replace(GROUP, word) for h in rule.grouped_headers()]
                if missing := [h for h in headers if not self.places(h)]:
                    yield word, missing

    def fitting(self) -> Fitting:
        """Return the fit of a sheet that is meant, or why it is refused after all."""
        gone = any(not self.places(h) for h in self.mapping.needed_headers())
        empty = any(rule.groups and not self._groups(rule) for rule in self.mapping.rules)
        if gone or empty or any(self._torn_groups()):
            return Fitting(refusal=self.told(), certain=True)
        lines = sorted(self._lines(), key=lambda line: line.each is not None)
        used = dict.fromkeys(at for line in lines for at in _used(line))
        doubled = {h: p for h in self._read_headers() if len(p := self.places(h)) > 1}
        for header, several in doubled.items():
            columns = "、".join(str(at + 1) for at in several)
            text = f"有几列都叫『{header}』（第 {columns} 列），不知道映射指哪一列；请在原表改名"
            return Fitting(refusal=f"按映射『{self.mapping.name}』读取，但{text}", certain=True)
        for line in lines:
            for form, places in line.forms:
                column = line.table[form.column]
                told = [other_unit(self.texts[at], column) for at in places]
                if not form.part and not form.is_translated and any(told):
                    text = next(filter(None, told))
                    place = f"『{line.table.sheet}』的『{column.header}』"
                    text = f"映射『{self.mapping.name}』不能这样读入{place}：{text}"
                    return Fitting(refusal=text, certain=True)
        own = self._header([*used], lines)
        return Fitting(Fit(self.mapping, own, tuple(lines), self._new_groups()), certain=True)

    def _read_headers(self) -> Iterator[str]:
        for rule in self.mapping.rules:
            for word in self._groups(rule) if rule.groups else ("",):
                yield from (h.replace(GROUP, word) for h in rule.headers)

    def _lines(self) -> Iterator[Line]:
        for rule in self.mapping.rules:
            marks = rule.grouped_headers()
            for word in self._groups(rule) if rule.groups else ("",):
                one = rule.of_group(word) if rule.groups else rule
                places = {h: self.places(h)[0] for h in one.headers}
                yield Line(
                    BY_NAME[rule.table],
                    word,
                    tuple((form, tuple(places[h] for h in form.headers)) for form in one.forms),
                    tuple((c, places[c.header]) for c in one.conditions),
                    tuple(places[h.replace(GROUP, word)] for h in marks),
                    next((places[f.headers[0]] for f in one.forms if f.part == EACH), None),
                )

    def _header(self, used: Sequence[int], lines: Sequence[Line]) -> Header:
        """Return the sheet's own header: a table of texts, those that ours need mandatory."""
        first = lines[0]
        needed = {
            at[0]
            for form, at in first.forms
            if at and first.table[form.column].mandatory and at[0] not in first.marks
        }
        texts = self.texts
        columns = tuple(
            Column(name=f"c{at}", header=texts[at], type=Type.TEXT, required=at in needed)
            for at in sorted(used)
        )
        table = Table(name="mapped", sheet=self.mapping.name, note="", columns=columns)
        places = {f"c{at}": at for at in sorted(used)}
        ignored = tuple(t for at, t in enumerate(texts) if t and at not in used)
        return Header(table, self.row, places, texts, ignored, (), self.printed)

    def _new_groups(self) -> tuple[str, ...]:
        """Return headers that look like those of another group than the mapping names."""
        known = {plain_header(h) for h in self.mapping.all_headers()}
        found: list[str] = []
        for rule in self.mapping.rules:
            for header in rule.grouped_headers():
                before, _, behind = plain_header(header).partition(GROUP)
                if before + behind:
                    found += [
                        text
                        for text in self.texts
                        if text not in known
                        and text.startswith(before)
                        and text.endswith(behind)
                        and _is_number(text[len(before) : len(text) - len(behind)])
                    ]
        return tuple(dict.fromkeys(found))


def _is_number(text: str) -> bool:
    return bool(text) and {*text.rstrip("年月季轮期次")} <= _OF_NUMBERS


def _used(line: Line) -> Iterator[int]:
    for _, places in line.forms:
        yield from places
    for _, place in line.conditions:
        yield place


def _nearest(header: str, free: Sequence[str]) -> str:
    close = difflib.get_close_matches(plain_header(header), free, n=1, cutoff=_NEAR)
    return f"（最接近的新表头是『{close[0]}』）" if close else ""
