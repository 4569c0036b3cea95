"""An unknown sheet looked at: where its header stands, what its columns hold, which are a group."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text, says_nothing
from dalian_eval.intake.files.sheets import Sheet
from dalian_eval.intake.mapping.model import GROUP
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.non_records import says_total
from dalian_eval.intake.tables.recognise import header_text, stacked_words

_SEARCHED_ROWS = 40
_MOST_ROWS = 20_000
_LONGEST_HEADER = 30
_LONGEST_PREFIX = 5
_FEWEST_SHARED = 4
"""So many headers must stand behind each of several words before they are taken for groups."""
_SUMS = re.compile(r"合计|总计|小计|累计|平均|全年|总数|汇总|备注")
_VALUE = re.compile(
    r"[\d.,%:：/\-年月日至~— ]*\d[\d.,%:：/\-年月日至~— ]*|[!-~]*\d{3,}[!-~]*"
    r"|[^一-鿿]*\d{6,}[^一-鿿]*"
    r"|[√×✓是否有无]|.*〔\d+〕.*|.*\d{4}[-./年]\d{1,2}[-./月]\d{1,2}.*"
)
_TOKENS = (
    r"20\d\d年\d{1,2}月",
    r"20\d\d[-/.]\d{1,2}",
    r"20\d{4}(?!\d)",
    r"(?<!\d)\d{1,2}月份?",
    r"第[0-9一二三四五六七八九十]+[轮次期批]",
    r"(?<!\d)\d{1,2}(?!\d)",
    r"(?<=第)[一二三四五六七八九十]+",
    r"[一二三四五六七八九十]+$",
    r"[①-⑩]",
)
_YEAR = re.compile(r"(20\d\d)")


@dataclass(frozen=True)
class Family:
    """Headers that differ in one word only: `header` has {} in its place."""

    header: str
    words: tuple[str, ...]
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Profile:
    """A sheet's header and records. `headers` hold the text of every position, "" where none.

    `row` is the index of the last header row; `around` the texts that name the sheet: its name,
    the file's, titles.
    """

    row: int
    headers: tuple[str, ...]
    stacked: bool
    upper: tuple[str, ...]
    records: tuple[tuple[Cell, ...], ...]
    around: str

    @classmethod
    def of(cls, sheet: Sheet, file: str, words: HeaderMap) -> "Profile | None":
        """Look at a sheet; None when it has no header."""
        top = [[header_text(cell) for cell in row] for row in sheet.rows[:_SEARCHED_ROWS]]
        row = _header_row(top, words)
        if row is None:
            return None
        stacked = _is_lower(top, row)
        lower = top[row]
        headers = tuple(lower)
        upper: tuple[str, ...] = ()
        if stacked:
            both = stacked_words(top[row - 1], lower)
            once = Counter(lower)
            headers = tuple(w[1] if len(w) > 1 and once[w[0]] > 1 else w[0] for w in both)
            upper = tuple(_spanned(top[row - 1], len(headers)))
        titles = [t for r in top[: row - stacked] for t in r if t]
        records = tuple(
            tuple(cells)
            for cells in sheet.rows[row + 1 : row + 1 + _MOST_ROWS]
            if _is_record(cells)
        )
        around = " ".join((sheet.name, file, *titles))
        return cls(row, headers, stacked, upper, records, around)

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of every header that stands once."""
        once = Counter(self.headers)
        return {h: at for at, h in enumerate(self.headers) if h and once[h] == 1}

    def cells(self, position: int) -> list[Cell]:
        """Return the cells of a column in all records, None where a row is shorter."""
        return [row[position] if position < len(row) else None for row in self.records]

    def filled(self, position: int) -> list[Cell]:
        """Return the cells of a column that say something."""
        return [cell for cell in self.cells(position) if says_something(cell)]

    @property
    def year(self) -> str:
        """The year that the sheet is of, by its names; "" where they name none or several."""
        years = {*_YEAR.findall(self.around)}
        return years.pop() if len(years) == 1 else ""

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """The headers that differ in one word only, families of one set of words together."""
        found: dict[str, dict[str, int]] = {}
        for header, place in self.positions.items():
            if _SUMS.search(header):
                continue
            for pattern in _tokens_of(header):
                found.setdefault(pattern[0], {}).setdefault(pattern[1], place)
        found |= self._stacked_families() or self._prefixed_families()
        families = [
            Family(header, tuple(words), tuple(words.values()))
            for header, words in found.items()
            if len(words) > 1 and header != GROUP
        ]
        families += [
            Family(header, tuple(words), tuple(words.values()))
            for header, words in found.items()
            if len(words) > 1 and header == GROUP
        ]
        return tuple(families)

    def _prefixed_families(self) -> dict[str, dict[str, int]]:
        """Return the families of headers that stand behind each of some words."""
        words = _prefixes([*self.positions])
        found: dict[str, dict[str, int]] = {}
        for header, place in self.positions.items():
            for word in words:
                if header.startswith(word) and header != word:
                    found.setdefault(GROUP + header[len(word) :], {})[word] = place
        return {header: places for header, places in found.items() if len(places) == len(words)}

    def _stacked_families(self) -> dict[str, dict[str, int]]:
        """Return the families under a header of two rows: the upper words before the lower."""
        found: dict[str, dict[str, int]] = {}
        if not self.stacked:
            return found
        for at, (above, header) in enumerate(zip(self.upper, self.headers, strict=True)):
            if above and header.startswith(above) and header != above and not _SUMS.search(above):
                found.setdefault(GROUP + header[len(above) :], {})[above] = at
        return found


def _prefixes(headers: Sequence[str]) -> tuple[str, ...]:
    """Return two words or more before which most headers stand again: 处罚…, 措施…."""
    behind: dict[str, set[str]] = {}
    for header in headers:
        for length in range(1, min(_LONGEST_PREFIX, len(header) - 1) + 1):
            if not any(sign.isdigit() for sign in header[:length]):
                behind.setdefault(header[:length], set()).add(header[length:])
    best: tuple[int, tuple[str, ...]] = (0, ())
    for one in behind:
        shared = {o: len(behind[one] & behind[o]) for o in behind if o != one}
        like = [o for o, count in shared.items() if count >= _FEWEST_SHARED]
        if like:
            words = tuple(sorted((one, *like), key=[*behind].index))
            count = len(set.intersection(*(behind[word] for word in words)))
            longest = sum(map(len, words))
            if count >= _FEWEST_SHARED and (count, longest) > (best[0], sum(map(len, best[1]))):
                best = (count, words)
    return best[1]


def is_sum(header: str) -> bool:
    """Whether a header is of sums or remarks."""
    return _SUMS.search(header) is not None


def says_something(cell: Cell) -> bool:
    """Whether a cell holds more than a stroke or a word for nothing."""
    return not is_blank(cell) and not says_nothing(original_text(cell))


def _is_record(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    return len(filled) > 1 and not any(map(says_total, filled[:2]))


def _header_row(top: Sequence[Sequence[str]], words: HeaderMap) -> int | None:
    """Return the index of the row that is most like a header: many words, no values."""
    best, most = None, (0.0, 0)
    for index, row in enumerate(top):
        texts = [t for t in row if t]
        if not texts:
            continue
        named = [t for t in texts if len(t) <= _LONGEST_HEADER and not _VALUE.fullmatch(t)]
        if len(named) < 2 or len(named) < 0.7 * len(texts):
            continue
        known = sum(t in words.all_words for t in named)
        score = (len(named) + known, -index)
        if score > most and (best is None or score[0] > most[0] * 1.2):
            best, most = index, score
    return best


def _is_lower(top: Sequence[Sequence[str]], row: int) -> bool:
    """Whether the row above belongs to the header: it spans texts that stand several times."""
    if row == 0:
        return False
    above = [t for t in top[row - 1] if t]
    lower = [t for t in top[row] if t]
    return len(above) > 1 and len({*above}) > 1 and len({*lower}) < len(lower)


def _spanned(upper: Sequence[str], width: int) -> Iterator[str]:
    spanning = ""
    for position in range(width):
        spanning = (upper[position] if position < len(upper) else "") or spanning
        yield spanning


def _tokens_of(header: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to take one word out of a header: (header with {}, the word)."""
    for token in _TOKENS:
        found = re.search(token, header)
        if found:
            yield header[: found.start()] + GROUP + header[found.end() :], found.group()
            return
