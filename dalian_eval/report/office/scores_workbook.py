"""scores.xlsx: the run's tables for WPS and Excel, exact values shown with two decimals.

Nothing from data becomes a formula or an address: texts are written as strings and marked as such.
"""

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.outputs.model import Cell
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.outputs.words import KINDS, SCORE_STATES
from dalian_eval.report.base.office_packages import fix_package, xml_text
from dalian_eval.report.views.item_overview import item_points
from dalian_eval.report.views.month_strips import metric_title
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import points_text
from dalian_eval.scoring.metric_clause import metric_clauses

MOST_ROWS = 20_000
"""Rows of a sheet; the CSV file beside it has all of them."""

_CHARACTERS = 32_767
_NARROWEST, _WIDEST, _SAMPLED = 8, 60, 500
_A4 = 9
_LINE = 15
"""Points of height of a line of text."""

_TEXT, _POINTS, _COUNT, _VALUE = "@", "0.00", "0", "0.0000"
_MADE = dt.datetime(2024, 1, 1)

Value = str | int | Decimal | None


_FORMS = {Cell.POINTS: _POINTS, Cell.COUNT: _COUNT}


@dataclass(frozen=True)
class Column:
    """A column: its title and the number format of its cells."""

    title: str
    form: str = _TEXT


def _declared(table: str, *names: str) -> tuple[Column, ...]:
    """Return columns of a table of the record as they are declared."""
    chosen = [OUTPUTS[table][name] for name in names]
    return tuple(Column(c.title, _FORMS.get(c.cell, _TEXT)) for c in chosen)


(_NAME,) = _declared("scores", "name")


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, columns, rows, how many there are in all, which file has them."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    size: int
    file: str


def scores_xlsx(view: RunView) -> bytes:
    """Return the workbook, the same bytes for the same run."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        title = f"{view.rubric.year}年度{view.rubric.names.work}得分"
        book.set_properties({"created": _MADE, "title": title})
        writer = _Writer(book, f"{title}　截至{iso_day_words(view.as_of)}　记录编号{view.run_id}")
        for sheet in _sheets(view):
            writer.write(sheet)
    return fix_package(stream.getvalue())


def _sheets(view: RunView) -> Iterator[Sheet]:
    names = {"unit": "单位排名", "officer": "人员排名"}
    for kind in view.rubric.kinds:
        yield _ranking(view, kind, names[kind])
    for kind in view.rubric.kinds:
        yield _items(view, kind, f"{KINDS[kind]}分项")
    yield _monthly(view)
    yield _ledger(view)


def _points(value: Any) -> Decimal | None:
    """Return ten-thousandths as points, exactly."""
    return None if pd.isna(value) else Decimal(int(value)).scaleb(-4)


def _ranking(view: RunView, kind: str, name: str) -> Sheet:
    person = kind == "officer"
    rows = view.candidates(kind)
    points = ("base", "bonus", "total", "total_low", "total_high")
    columns = (
        *_declared("scores", "rank"),
        Column("执法证号" if person else "单位编码"),
        Column("姓名" if person else "单位名称"),
        *(_declared("scores", "unit") if person else ()),
        *_declared("scores", *points, "vetoed", "status"),
    )
    cells = (
        (
            None if pd.isna(row["rank"]) else int(row["rank"]),
            *(str(row["candidate"]), str(row["name"])),
            *((view.unit_name(str(row["unit"])),) if person else ()),
            *(_points(row[c]) for c in points),
            "是" if row["vetoed"] else "否",
            SCORE_STATES[str(row["status"])],
        )
        for row in rows.iloc[:MOST_ROWS].to_dict("records")
    )
    return Sheet(name, columns, cells, len(rows), OUTPUTS["scores"].file)


def _items(view: RunView, kind: str, name: str) -> Sheet:
    rows = view.candidates(kind)
    points = item_points(view, kind)
    items = [view.section(kind).items[str(i)] for i in points.columns]
    columns = (
        *_declared("scores", "rank", "candidate", "name"),
        *(Column(f"{i.title}\n{points_text(i.max)}分", _POINTS) for i in items),
        *_declared("scores", "total"),
    )
    cells = (
        (
            None if pd.isna(row["rank"]) else int(row["rank"]),
            *(str(row["candidate"]), str(row["name"])),
            *(_points(p) for p in points.loc[row["candidate"]]),
            _points(row["total"]),
        )
        for row in rows.iloc[:MOST_ROWS].to_dict("records")
    )
    return Sheet(name, columns, cells, len(rows), OUTPUTS["clauses"].file)


def _monthly(view: RunView) -> Sheet:
    rows = view.monthly
    titles = {
        (kind, metric): metric_title(view, kind, metric)
        for kind in KINDS
        for metric in metric_clauses(view.section(kind))
    }
    names = _names(view)
    columns = (
        *(*_declared("monthly", "kind", "candidate"), _NAME),
        *_declared("monthly", "month", "metric", "numerator", "denominator"),
        *(Column(OUTPUTS["monthly"]["value"].title, _VALUE), *_declared("monthly", "passed")),
    )
    cells = (
        (
            KINDS[str(row["kind"])],
            str(row["candidate"]),
            names.get((str(row["kind"]), str(row["candidate"])), ""),
            str(row["month"]),
            titles.get((str(row["kind"]), str(row["metric"])), str(row["metric"])),
            *(int(row["numerator"]), int(row["denominator"])),
            Decimal(row["value"]) if row["value"] else None,
            "是" if row["passed"] else "否",
        )
        for row in rows.iloc[:MOST_ROWS].to_dict("records")
    )
    return Sheet("月度指标", columns, cells, len(rows), OUTPUTS["monthly"].file)


def _ledger(view: RunView) -> Sheet:
    rows = view.ledger
    titles = {name: node.title for kind in KINDS for name, node in view.section(kind).nodes.items()}
    names = _names(view)
    columns = (
        *(*_declared("ledger", "entry", "kind", "candidate"), _NAME),
        *_declared("ledger", "clause", "month", "points", "rule", "reason", "evidence"),
    )
    cells = (
        (
            *(str(row["entry"]), KINDS[str(row["kind"])], str(row["candidate"])),
            names.get((str(row["kind"]), str(row["candidate"])), ""),
            titles.get(str(row["clause"]), str(row["rule"])),
            *(str(row["month"]), _points(row["points"]), str(row["rule"]), str(row["reason"])),
            str(row["evidence"]),
        )
        for row in rows.iloc[:MOST_ROWS].to_dict("records")
    )
    return Sheet("台账", columns, cells, len(rows), OUTPUTS["ledger"].file)


def _names(view: RunView) -> dict[tuple[str, str], str]:
    rows = view.scores
    return {
        (str(k), str(c)): str(n)
        for k, c, n in zip(rows["kind"], rows["candidate"], rows["name"], strict=True)
    }


class _Writer:
    """Writes sheets into one workbook, with the few formats they need."""

    def __init__(self, book: xlsxwriter.Workbook, foot: str) -> None:
        self._book = book
        # In a footer `&` starts a code.
        self._foot = foot.replace("&", "&&")[:200]
        self._head = book.add_format(
            {"bold": True, "bg_color": "#DCE9F2", "border": 1, "text_wrap": True}
            | {"align": "center", "valign": "vcenter"}
        )
        self._note = book.add_format({"italic": True})
        self._formats: dict[str, Format] = {}

    def write(self, sheet: Sheet) -> None:
        """Write one sheet: heads that stay and repeat, filters, widths, A4 across."""
        page = self._book.add_worksheet(sheet.name)
        lines = [column.title.split("\n") for column in sheet.columns]
        widths = [max(map(_wide, title)) + 4 for title in lines]
        page.set_row(0, _LINE * max(map(len, lines)) + 4)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.title, self._head)
        last = 0
        for last, cells in enumerate(sheet.rows, start=1):
            for place, (column, value) in enumerate(zip(sheet.columns, cells, strict=True)):
                self._cell(page, last, place, column.form, value)
                if last <= _SAMPLED and isinstance(value, str):
                    widths[place] = max(widths[place], _wide(value) + 2)
        for place, width in enumerate(widths):
            page.set_column(place, place, min(_WIDEST, max(_NARROWEST, width)))
        if last:
            page.autofilter(0, 0, last, len(sheet.columns) - 1)
        if sheet.size > last:
            told = f"只列前{last}行，共{sheet.size}行，全部内容见 {sheet.file}"
            page.write_string(last + 1, 0, told, self._note)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        page.set_paper(_A4)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_footer(f"&L{self._foot}&R&P/&N")

    def _cell(self, page: Worksheet, row: int, place: int, form: str, value: Value) -> None:
        if value is None:
            page.write_blank(row, place, None, self._format(form))
        elif isinstance(value, str):
            page.write_string(row, place, xml_text(value)[:_CHARACTERS], self._format(form))
        else:
            page.write_number(row, place, value, self._format(form))

    def _format(self, form: str) -> Format:
        """Return a format; texts are marked as such, so that editing makes no formula of them."""
        if form not in self._formats:
            more = {"quote_prefix": True, "align": "left", "indent": 1} if form == _TEXT else {}
            self._formats[form] = self._book.add_format(
                {"num_format": form, "valign": "top", **more}
            )
        return self._formats[form]


def _wide(text: str) -> int:
    """Return the width of a text in half-width characters."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text[:_WIDEST])
