"""How large an input may be before it is refused with a sentence."""

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Upper bounds of one raw file; with the defaults it costs less than 2 GB of memory.

    A workbook whose parts unpack to more than `unzipped_mb`, or (above `ratio_free_mb`) to more
    than `ratio` times their packed size, is refused unread, as is one of more than `parts` parts.
    `cells` bounds the rectangles that the sheets of a file span: one stray cell in the far corner
    must not cost gigabytes; `text_mb` bounds the text of a sheet, in which one shared string may
    stand a million times. A line of a csv longer than
    `line_characters` is refused before it is whole.
    """

    file_mb: int = 512
    unzipped_mb: int = 1024
    ratio: int = 200
    ratio_free_mb: int = 64
    parts: int = 10_000
    rows: int = 2_000_000
    columns: int = 1000
    cells: int = 12_600_000
    text_mb: int = 512
    cell_characters: int = 32_767
    line_characters: int = 4_000_000


DEFAULT_LIMITS = Limits()
