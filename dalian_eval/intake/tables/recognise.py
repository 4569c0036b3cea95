"""Which table a sheet holds, and where its header stands."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text
from dalian_eval.intake.files.discover import stem_of
from dalian_eval.intake.tables.headers import HeaderMap, plain_header, without_unit
from dalian_eval.schema.model import Column, Table
from dalian_eval.schema.tables import TABLES

_SEARCHED_ROWS = 40
"""A header is looked for in this many rows at the top of a sheet."""

_HEADER_SHARE = 0.6
"""Share of a table's columns that headers alone must show before they name the table."""

_NEAREST = 3
"""So many tables are named for a sheet that is none."""


@dataclass(frozen=True)
class Header:
    """A header found in a sheet, read for one table.

    `row` is the index of its last row; `columns` maps column name → position; `texts` holds the
    header text of every position; `ignored` the headers that name no column; `twice` the columns
    that two positions claim; `printed` the texts of the rows down to this one, which exports
    made page by page repeat.
    """

    table: Table
    row: int
    columns: dict[str, int]
    texts: tuple[str, ...]
    ignored: tuple[str, ...]
    twice: tuple[str, ...]
    printed: frozenset[tuple[str, ...]] = frozenset()

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns of the table that the sheet does not have."""
        return tuple(c for c in self.table.columns if c.name not in self.columns)

    @property
    def missing_mandatory(self) -> tuple[Column, ...]:
        """Those without which no row can be accepted."""
        return tuple(c for c in self.missing if c.mandatory)

    @property
    def readable(self) -> bool:
        """Whether rows can be read under this header."""
        return not self.missing_mandatory and not self.twice


@dataclass(frozen=True)
class Recognition:
    """What is known about a sheet: its table and header, or the tables it comes nearest to.

    `nearest` describes those tables, `rivals` names those that fit equally well. `named` is the
    table that the sheet's name says when its headers say another: one that is read, or (`rivals`)
    none.
    """

    table: Table | None
    header: Header | None
    nearest: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    named: Table | None = None

    @property
    def misnamed(self) -> str:
        """That the sheet is read by its headers and not by its name, in Chinese; else empty."""
        if self.table is None or self.named is None:
            return ""
        return f"名称说是『{self.named.sheet}』，表头却是『{self.table.sheet}』的，按表头读取"

    @property
    def unread(self) -> str:
        """Why the sheet was not read and what mends it, in Chinese, when it has no table."""
        names = "、".join(f"『{name}』" for name in self.rivals)
        if self.named:
            return (
                f"名称说是『{self.named.sheet}』，表头却同时合于{names}，分不清是哪一张，没有读取；"
                "请改正工作表名（csv 为文件名），或删去不属于这张表的列。"
            )
        if self.rivals:
            return (
                f"表头同时合于{names}这几张表，分不清是哪一张，没有读取；"
                "请把工作表名（csv 为文件名）改为其中一张的标准表名。"
            )
        nearest = f"最接近的是：{'；'.join(self.nearest)}" if self.nearest else "没有相近的表"
        return (
            f"工作表名、文件名和表头都对不上任何一张表，没有读取；{nearest}。"
            "如有数据请把工作表名改为标准表名，并按标准表头改正。"
        )


def recognise(
    rows: Sequence[Sequence[Cell]], sheet: str, file: str, headers: HeaderMap
) -> Recognition:
    """Find the table of a sheet: the one its headers fit best, among equals the one it is named.

    A name claims its table even when the header cannot be read, so that the reader is told what
    is missing, except where another table fits the headers or the name says too little: a sheet
    of notes in a workbook called 案件.xlsx is no refused 案件 sheet.
    """
    top = [[header_text(cell) for cell in row] for row in rows[:_SEARCHED_ROWS]]
    found = _recognise(top, sheet, file, headers)
    if found.header is None:
        return found
    printed = frozenset(tuple(filter(None, row)) for row in top[: found.header.row + 1])
    return replace(found, header=replace(found.header, printed=printed))


def _recognise(top: list[list[str]], sheet: str, file: str, headers: HeaderMap) -> Recognition:
    by_headers: Recognition | None = None
    for name in (sheet, stem_of(file)):
        tables = tables_in_name(name)
        if not tables:
            continue
        best = max((find_header(top, table, headers) for table in tables), key=_preference)
        if best.readable:
            return _unless_outvoted(best, top, headers)
        exact = len(tables) == 1 and plain_header(name).lower() in (tables[0].sheet, tables[0].name)
        certain = (exact and name == sheet) or sheet == ""
        by_headers = by_headers or _by_headers(top, headers)
        if by_headers.header is not None:
            if by_headers.table in tables:
                return by_headers
            if _fits_better(by_headers.header, best):
                return replace(by_headers, named=best.table)
        if (certain and exact) or (by_headers.header is None and (certain or _plausible(best))):
            return Recognition(best.table, best)
    return by_headers or _by_headers(top, headers)


def _unless_outvoted(named: Header, top: list[list[str]], headers: HeaderMap) -> Recognition:
    """Return the table that a sheet's name says, unless its header fits another table better.

    That is one that knows more of the same header. Where each knows columns that the other does
    not, nobody can tell.
    """
    first = max(named.row - 1, 0)
    rows = top[first : named.row + 1]
    others = [find_header(rows, table, headers) for table in TABLES if table != named.table]
    better = [h for h in others if h.readable and len(h.columns) > len(named.columns)]
    if not better:
        return Recognition(named.table, named)
    best = max(better, key=_fitness)
    rivals = [h for h in better if _fitness(h) == _fitness(best)]
    if len(rivals) == 1 and _fits_better(best, named):
        return Recognition(best.table, replace(best, row=first + best.row), named=named.table)
    names = dict.fromkeys([named.table.sheet, *(h.table.sheet for h in rivals)])
    return Recognition(None, None, rivals=tuple(names), named=named.table)


def _fits_better(one: Header, other: Header) -> bool:
    """Whether a header knows every column of the sheet that the other knows, and more."""
    return {*one.columns.values()} > {*other.columns.values()}


def _preference(header: Header) -> tuple[bool, int, int]:
    """A header that can be read comes before one that cannot."""
    return (header.readable, *_fitness(header))


def _plausible(header: Header) -> bool:
    """Whether a sheet that cannot be read at least tries to be the table."""
    mandatory = [c for c in header.table.columns if c.mandatory]
    return 2 * len(header.missing_mandatory) <= len(mandatory)


def tables_in_name(name: str) -> list[Table]:
    """Return the tables that a sheet or file name contains, an exact name alone.

    A name inside a longer one does not count: 案件承办 is not 案件, typical_cases not cases.
    """
    text = plain_header(name).lower()
    spans: list[tuple[int, int, Table]] = []
    for table in TABLES:
        if text in (table.sheet, table.name):
            return [table]
        for word in (re.escape(table.sheet), rf"(?<![a-z]){table.name}(?![a-z])"):
            spans += [(m.start(), m.end(), table) for m in re.finditer(word, text)]
    kept = [
        table
        for start, end, table in spans
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e, _ in spans)
    ]
    return list(dict.fromkeys(kept))


def find_header(top: list[list[str]], table: Table, headers: HeaderMap) -> Header:
    """Return the best header for `table`: one row, or two rows with merged cells above.

    `top` holds the plain texts of the sheet's first rows.
    """
    best = Header(table, -1, {}, (), (), ())
    for index, row in enumerate(top):
        one = _read_header(index, [(text,) for text in row], table, headers)
        if _fitness(one) > _fitness(best):
            best = one
        if index:
            two = _read_header(index, stacked_words(top[index - 1], row), table, headers)
            if _fitness(two) > _fitness(best) or (
                _fitness(two) == _fitness(best) and best.row == index - 1 and _only_units(row)
            ):
                best = two
    return best


def is_header(row: Sequence[Cell], headers: HeaderMap) -> bool:
    """Whether a row by itself would do as the header of some table, two columns of it at least."""
    texts = [header_text(cell) for cell in row]
    named = headers.all_words.intersection(map(without_unit, texts))
    return len(named) > 1 and any(
        found.readable and len(found.columns) > 1
        for found in (find_header([texts], table, headers) for table in TABLES)
    )


def _only_units(row: list[str]) -> bool:
    """Whether a row under a header gives nothing but units: (分)."""
    texts = [*filter(None, row)]
    return bool(texts) and all(text.startswith("(") and text.endswith(")") for text in texts)


def header_text(cell: Cell) -> str:
    """Return a cell as it is compared with headers."""
    return "" if is_blank(cell) else plain_header(original_text(cell))


def own_columns(rows: Sequence[Sequence[Cell]], row: int) -> dict[str, int]:
    """Return what the header in `row` (its last one) calls its columns, with their positions."""
    below = [header_text(cell) for cell in rows[row]]
    named = {text: at for at, text in enumerate(below) if text}
    if row:
        above = [header_text(cell) for cell in rows[row - 1]]
        stacked = enumerate(stacked_words(above, below))
        named |= {text: at for at, words in stacked for text in words[1:] if text}
    return named


def stacked_words(upper: list[str], lower: list[str]) -> list[tuple[str, ...]]:
    """Return for each position the words a two-row header may mean, the likeliest first."""
    words: list[tuple[str, ...]] = []
    spanning = ""
    for position in range(max(len(upper), len(lower))):
        above = upper[position] if position < len(upper) else ""
        below = lower[position] if position < len(lower) else ""
        spanning = above or spanning
        if not below or below == above:
            words.append((above,))
        else:
            words.append((below, spanning + below, below + without_unit(spanning)))
    return words


def _read_header(
    row: int, words: list[tuple[str, ...]], table: Table, headers: HeaderMap
) -> Header:
    columns: dict[str, int] = {}
    own: set[str] = set()
    twice: list[str] = []
    texts: list[str] = []
    for position, choices in enumerate(words):
        text, name = choices[0], None
        for choice in choices:
            name = headers.column(table, choice) if choice else None
            if name:
                text = choice
                break
        texts.append(text)
        if name is None:
            continue
        is_own = headers.is_own(table, text)
        if name not in columns or (is_own and name not in own):
            columns[name] = position
        elif is_own == (name in own):
            twice.append(name)
        if is_own:
            if name not in own:
                twice = [other for other in twice if other != name]
            own.add(name)
    used = set(columns.values())
    ignored = [t for position, t in enumerate(texts) if t and position not in used]
    return Header(
        table,
        row,
        columns,
        tuple(texts),
        tuple(dict.fromkeys(ignored)),
        tuple(dict.fromkeys(twice)),
    )


def _fitness(header: Header) -> tuple[int, int]:
    """More columns are better; among equals the table with fewer columns missing."""
    return len(header.columns), -len(header.missing)


def _by_headers(top: list[list[str]], headers: HeaderMap) -> Recognition:
    """Recognise a sheet by its headers alone, when exactly one table fits them best."""
    found = [find_header(top, table, headers) for table in TABLES]
    found = sorted((h for h in found if h.columns), key=_fitness, reverse=True)
    fitting = [h for h in found if h.readable and _is_mostly_there(h)]
    if not fitting:
        return Recognition(None, None, _nearest(top, found, headers))
    best = [h for h in fitting if _fitness(h) == _fitness(fitting[0])]
    if len(best) > 1:
        return Recognition(None, None, rivals=tuple(h.table.sheet for h in best))
    # A table that lacks a mandatory column may still be what the sheet is.
    lacking = [h for h in found if _is_mostly_there(h) and _fits_better(h, best[0])]
    chosen = lacking[0] if lacking else best[0]
    return Recognition(chosen.table, chosen)


def _is_mostly_there(header: Header) -> bool:
    return len(header.columns) >= _HEADER_SHARE * len(header.table.columns)


def _nearest(top: list[list[str]], found: list[Header], headers: HeaderMap) -> tuple[str, ...]:
    """Describe the tables that an unknown sheet comes nearest to: what fits, what is missing."""
    if not found:
        likely = max(top, key=lambda row: len([*filter(None, row)]), default=[])
        texts = tuple(filter(None, likely))
        guesses = [Header(table, -1, {}, texts, texts, ()) for table in TABLES]
        found = [h for h in guesses if _resemblance(h, headers) > 1 or _close_headers(h, headers)]
        found.sort(key=lambda h: (_resemblance(h, headers), -len(h.missing)), reverse=True)
    return tuple(_described(header, headers) for header in found[:_NEAREST])


def _resemblance(header: Header, headers: HeaderMap) -> int:
    """Return how many of the sheet's headers resemble some column of the table."""
    return len({closest_header(header, c, headers) for c in header.table.columns} - {None})


def _described(header: Header, headers: HeaderMap) -> str:
    close = _close_headers(header, headers)
    missing = "、".join(
        f"『{column.header}』" + _hint(close.get(column.name), column)
        for column in header.missing_mandatory
    )
    return (
        f"{header.table.sheet}（{len(header.table.columns)} 列中对上 {len(header.columns)} 列"
        + (f"，缺少{missing}" if missing else "")
        + "）"
    )


def _hint(text: str | None, column: Column) -> str:
    return f"（现有表头『{text}』，是否想填『{column.header}』？）" if text else ""


def _close_headers(header: Header, headers: HeaderMap) -> dict[str, str]:
    """Return the missing mandatory columns that an unused header resembles, with that header."""
    close = {c.name: closest_header(header, c, headers) for c in header.missing_mandatory}
    return {name: text for name, text in close.items() if text}


def closest_header(header: Header, column: Column, headers: HeaderMap) -> str | None:
    """Return the sheet's unused header that looks most like `column`, or None."""
    words = [w for w, name in headers.words(header.table).items() if name == column.name]
    scored = [
        (difflib.SequenceMatcher(None, text, word).ratio(), text)
        for text in header.ignored
        for word in words
    ]
    ratio, text = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
    return text if ratio >= 0.4 else None


def near_header(header: Header, column: Column, headers: HeaderMap) -> str | None:
    """Return an unused header that one may take for `column`: 立案日期 for 公安立案日期."""
    words = [w for w, name in headers.words(header.table).items() if name == column.name]
    for text in header.ignored:
        short = without_unit(text)
        if any(word in short or (len(short) > 2 and short in word) for word in words):
            return text
    return None
