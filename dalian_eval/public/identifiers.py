"""What names somebody or something in the inputs, and finding it in a text."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dalian_eval.outputs.csv_files import read_table
from dalian_eval.schema.tables import BY_NAME

_PLAIN = re.compile(
    r"第?\d{1,5}[名位]?|第[一二三四五六七八九十]{1,3}[名位]?|\d*\.\d+"
    r"|\d{4}-\d{1,2}(-\d{1,2})?([ T]\d{1,2}:\d{2}(:\d{2})?)?"
)
"""Numbers of fewer than six digits, places, decimals, dates: they stand everywhere, name nobody."""

_START = 2
"""Characters of an identifier by which it is looked up, and the fewest it has."""

PUBLISHED_TABLE = "units"
"""Units are institutions: their codes and names are published."""


def identifiers(clean: Path, files: Iterable[str]) -> dict[str, str]:
    """Return every text of the inputs that may name somebody or something → where it stands.

    `clean`: folder of the canonical tables and lists of intake; `files`: the raw files. Those are
    the cells of columns that are not impersonal, all cells of quarantined rows, and the names of
    files, folders and sheets. Left out is what is shorter than two characters or a plain number.
    """
    found: dict[str, str] = {}
    for path in sorted(clean.glob("*.parquet")):
        table = BY_NAME[path.stem]
        if table.name == PUBLISHED_TABLE:
            continue
        for column in table.columns:
            if not column.impersonal:
                where = f"『{table.sheet}』表的『{column.header}』"
                found |= dict.fromkeys(_values(path, column.name), where)
    for cells in read_table("quarantine", clean)["cells"]:
        texts = (text.strip() for text in json.loads(cells or "{}").values())
        found |= dict.fromkeys(texts, "被隔离的行")
    sheets = read_table("sheets", clean)["sheet"]
    found |= dict.fromkeys(sheets, "工作表名")
    for file in files:
        parts = PurePosixPath(file).parts
        found |= dict.fromkeys([*parts, PurePosixPath(file).stem], "报送文件名")
    return {t: where for t, where in found.items() if len(t) >= _START and not _PLAIN.fullmatch(t)}


def _values(path: Path, column: str) -> Iterator[str]:
    """Yield the distinct texts of a column, of a list column its elements."""
    for batch in pq.ParquetFile(path).iter_batches(columns=[column]):
        values = batch.column(0)
        if pa.types.is_list(values.type):
            values = values.flatten()
        yield from pc.unique(values.drop_null()).to_pylist()


class Finder:
    """Finds the identifiers that stand in a text."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Arrange the texts, each of two characters or more, by how they begin."""
        self._by_start: dict[str, dict[int, set[str]]] = {}
        for text in texts:
            sizes = self._by_start.setdefault(text[:_START], {})
            sizes.setdefault(len(text), set()).add(text)

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield where an identifier begins, and which it is.

        One of ASCII letters and digits counts only where no further one follows or goes before.
        """
        for start in range(len(text) - _START + 1):
            for size, known in self._by_start.get(text[start : start + _START], {}).items():
                found = text[start : start + size]
                if found in known and (not found.isascii() or _alone(text, start, start + size)):
                    yield start, found


def _alone(text: str, start: int, end: int) -> bool:
    return not _letter(text[start - 1 : start]) and not _letter(text[end : end + 1])


def _letter(character: str) -> bool:
    return character.isascii() and character.isalnum()
