"""Frames as tables: escaped, Chinese titles, numbers aligned, sortable and searchable when long."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from dalian_eval.outputs.model import Cell
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.report.base.labels import TITLES, table_title, value_words
from dalian_eval.report.base.points import needs_four, points_text_of_column

TRUSTED = "application/vnd.dalian-eval.trusted+json"
"""MIME type beside the HTML of our own objects: only they can put it there, data cannot."""

LIMIT = 500
"""Rows shown unless told otherwise; the table says how many there are."""

COUNT = "count"
"""The attribute of a frame that holds the first rows alone: how many there are in all."""

_POINTS = frozenset(
    c.name for table in OUTPUTS.values() for c in table.columns if c.cell is Cell.POINTS
)
_SEARCH_FROM = 12
_SHORT, _LONG = 10, 24
_WIDE = 10
_BLANK = "—"
_NUMERIC = re.compile(r"[+−-]?(0|[1-9]\d*)(\.\d+)?%?")
_CODES = frozenset(("candidate", "key", "代码", "单位编码", "执法证号", "案件编号"))


@dataclass(frozen=True)
class TrustedHtml:
    """HTML made here, for a notebook to display; text that comes from data is already escaped."""

    html: str
    text: str = ""

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": self.text, TRUSTED: {"trusted": True}}


def show(frame: pd.DataFrame, **options: Any) -> TrustedHtml:
    """Return the frame as something a notebook displays as a table (options of `table_html`).

    Where the frame holds the first rows alone, its attribute COUNT tells how many there are.
    """
    count = frame.attrs.get(COUNT, len(frame))
    html = table_html(frame, count=count, **options)
    return TrustedHtml(html, f"表格：{count}行×{len(frame.columns)}列")


def table_html(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    titles: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    points: Collection[str] = _POINTS,
    links: Mapping[str, Callable[[Mapping[str, Any]], str]] | None = None,
    search: bool | None = None,
    head: str | None = None,
    limit: int = LIMIT,
    count: int | None = None,
    name: str = "",
    anchors: str = "",
) -> str:
    """Return the frame as an HTML table in a scroll container.

    `columns`: which, in which order; `titles`: Chinese titles beside the known ones; `points`:
    columns of whole numbers that are ten-thousandths of a point; `links`: per column, a function
    from the row to an address; `search`: a box to search in (by default from a dozen rows on);
    `head`: the column that names the row; `count`: how many rows there are in all, where the frame
    holds the first ones alone; `name`: the table's anchor; `anchors`: the column that
    holds the rows' anchors, not shown itself. Codes of known columns are shown in Chinese.
    """
    chosen = [c for c in columns or map(str, frame.columns) if c != anchors]
    words = {**TITLES, **(titles or {})}
    shown = frame.iloc[:limit]
    cells = {column: _column(shown[column], column in points) for column in chosen}
    wanted = len(shown) >= _SEARCH_FROM if search is None else search
    attributes = Markup(' class="wide"') if len(chosen) > _WIDE else Markup("")
    if len(shown) > 1:
        attributes += Markup(" data-sort")
    if wanted:
        attributes += Markup(" data-search")
    anchor = Markup(' id="table-{}"').format(name) if name else Markup("")
    region = Markup('<div class="scroll" role="group" aria-label="{}" tabindex="0"{}><table{}>')
    parts: list[str] = [region.format(caption or "表格", anchor, attributes)]
    if caption:
        parts.append(Markup("<caption>{}</caption>").format(caption))
    parts.append(Markup("<thead><tr>"))
    for column in chosen:
        parts.append(_head(words.get(column, column), cells[column].numeric))
    parts.append(Markup("</tr></thead><tbody>"))
    records = shown.to_dict("records")
    for i, record in enumerate(records):
        row = Markup('<tr id="{}">').format(record[anchors]) if anchors else Markup("<tr>")
        parts.append(row)
        parts += [
            _cell(column, cells[column], i, record, links or {}, column == head)
            for column in chosen
        ]
        parts.append(Markup("</tr>\n"))
    parts.append(Markup("</tbody></table></div>"))
    if (total := len(frame) if count is None else count) > limit:
        note = Markup('<p class="note">只列前{}行，共{}行；全部内容见记录中的CSV文件。</p>')
        parts.append(note.format(limit, total))
    if frame.empty:
        parts.append(Markup('<p class="note">没有记录。</p>'))
    return "".join(parts)


@dataclass(frozen=True)
class _Column:
    """A column's texts, the values to sort by (None: by the text), and how it is aligned."""

    texts: list[str]
    keys: list[str] | None
    numeric: bool


def _column(values: pd.Series, is_points: bool) -> _Column:
    name = str(values.name)
    if pd.api.types.is_bool_dtype(values):
        return _Column(["是" if v else "否" for v in values.fillna(False)], None, False)
    if pd.api.types.is_integer_dtype(values):
        present = [int(v) for v in values if not pd.isna(v)]
        four = is_points and needs_four(present)
        texts = [
            _BLANK
            if pd.isna(v)
            else points_text_of_column(int(v), four)
            if is_points
            else str(int(v))
            for v in values
        ]
        keys = ["" if pd.isna(v) else str(int(v)) for v in values]
        return _Column(texts, keys, True)
    if pd.api.types.is_numeric_dtype(values):
        texts = _numbers([None if pd.isna(v) else Decimal(str(v)) for v in values])
        return _Column(texts, ["" if pd.isna(v) else str(v) for v in values], True)
    words = value_words(name)
    texts = [_text(name, v, words) for v in values]
    return _Column(texts, None, name not in _CODES and _all_numbers(texts))


def _all_numbers(texts: Sequence[str]) -> bool:
    """Whether every cell reads as a number; a leading zero is a code's."""
    filled = [t for t in texts if t not in ("", _BLANK)]
    return bool(filled) and all(_NUMERIC.fullmatch(t) for t in filled)


def _head(title: str, numeric: bool) -> Markup:
    kinds = [*(["num"] if numeric else []), *(["wrap"] if len(title) > _SHORT else [])]
    attributes = Markup(' class="{}"').format(" ".join(kinds)) if kinds else Markup("")
    return Markup('<th scope="col"{}>{}</th>').format(attributes, title)


def _numbers(values: Sequence[Decimal | None]) -> list[str]:
    """Return the numbers of a column with as many decimals, at most four, as one of them needs."""
    rounded = [None if v is None else round(v, 4).normalize() for v in values]
    places = max((max(0, -_exponent(v)) for v in rounded if v is not None), default=0)
    return [_BLANK if v is None else f"{v:.{places}f}".replace("-", "−") for v in rounded]


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _text(name: str, value: object, words: Mapping[str, str]) -> str:
    text = cell_text(value)
    return table_title(text) if name == "table" else words.get(text, text)


def cell_text(value: object) -> str:
    """Return what a cell shows of a value: 是 and 否, plain dates, a dash for a blank."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return _BLANK
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        day = value.strftime("%Y-%m-%d %H:%M:%S")
        return day.removesuffix(" 00:00:00")
    if isinstance(value, tuple | list):
        return "、".join(str(v) for v in value) or _BLANK
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _cell(
    name: str,
    column: _Column,
    i: int,
    record: Mapping[Any, Any],
    links: Mapping[str, Callable[[Mapping[str, Any]], str]],
    is_head: bool,
) -> str:
    """Return a cell as HTML; what comes from data is escaped."""
    text = column.texts[i]
    kinds = []
    if column.numeric:
        kinds.append("num")
    elif len(text) > _LONG:
        kinds.append("long")
    elif len(text) <= _SHORT and "\n" not in text:
        kinds.append("short")
    if "\n" in text:
        kinds.append("lines")
    attributes = f' class="{" ".join(kinds)}"' if kinds else ""
    if column.keys is not None:
        attributes += f' data-v="{escape(column.keys[i])}"'
    told = escape(text)
    address = links[name](record) if name in links else ""
    if address:
        told = Markup('<a href="{}">{}</a>').format(address, text)
    if is_head:
        return f'<th scope="row"{attributes}>{told}</th>'
    return f"<td{attributes}>{told}</td>"
