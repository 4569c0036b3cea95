"""Reading in blocks is reading: the same cells, records and values as cell by cell."""

import csv
import io
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dalian_eval.intake import Limits
from dalian_eval.intake.base.reasons import BadCellError
from dalian_eval.intake.cells.parse import parser
from dalian_eval.intake.cells.plain_spellings import plain_values, spelt
from dalian_eval.intake.files.csv_stream import CsvSheet
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.files.plain_text import separating_mark
from dalian_eval.intake.tables.normalise import parse_column
from dalian_eval.schema.tables import TABLES

FIELD = st.text(alphabet='ab1中，"\n\r, ;', max_size=6)
QUOTED = FIELD.map(lambda text: '"' + text.replace('"', '""') + '"')
PLAIN = st.text(alphabet="ab12中文 ", max_size=5)


def texts(fields):
    """Whole csv texts, of fields written by some rule or none."""
    record = st.lists(fields, min_size=1, max_size=4).map(",".join)
    return st.tuples(
        st.lists(record, min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans()
    ).map(lambda parts: parts[1].join(parts[0]) + parts[1] * parts[2])


def blocks_of(path, encoding, start, block_bytes):
    raw = RawFile(path, "a.csv", "", 0)
    sheet = CsvSheet(raw, Limits(), encoding, block_bytes)
    rows = []
    for block in sheet.blocks(start):
        assert block.first == start + len(rows)
        rows += [row for row, _ in block.rows(np.arange(block.height))]
    return rows


def padded(rows):
    """Rows without what only a width adds: blanks at their end."""
    return [tuple(row[: max((i + 1 for i, c in enumerate(row) if c), default=0)]) for row in rows]


@given(
    st.one_of(texts(PLAIN), texts(st.one_of(PLAIN, QUOTED)), texts(FIELD)),
    st.sampled_from(["utf-8", "gb18030"]),
    st.integers(0, 3),
    st.integers(1, 40),
)
@example('a,b\n"1,""2""\n3",4\n5,6', "utf-8", 1, 7)
@example('a,b\n1,5" rohr\n"x,y', "gb18030", 1, 5)
@example("a,b\r\rc,d\r", "utf-8", 0, 3)
@example('a,b\n1,"2,3\n4,"5,6\n7,8\n', "utf-8", 1, 4)
@settings(deadline=None, max_examples=300)
def test_blocks_hold_the_records_of_the_csv_module(tmp_path_factory, text, encoding, start, size):
    path = tmp_path_factory.getbasetemp() / "stream.csv"
    path.write_bytes(text.encode(encoding))
    mark = separating_mark(text)
    try:
        wanted = [*csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)][start:]
    except csv.Error:
        with pytest.raises(RefusedError, match="引号不成对"):
            blocks_of(path, encoding, start, size)
        return
    assert padded(blocks_of(path, encoding, start, size)) == padded(wanted)


def test_the_wrong_encoding_is_noticed_in_any_block(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 100 + "3,中\n".encode("gb18030"))
    with pytest.raises(UnicodeDecodeError):
        blocks_of(path, "utf-8", 1, 50)
    assert blocks_of(path, "gb18030", 1, 50)[-1] == ["3", "中"]


NASTY = st.sampled_from(
    [
        "",
        " ",
        "2024-02-29 23:59:59",
        "2023-02-29 00:00:00",
        "2024-13-01",
        "2024-1-1",
        "1900-01-01",
        "2024-03-05T10:00:00",
        "２024-03-05",
        "a、b",
        "a、a",
        "a、b、c",
        "a、",
        "、",
        "1E5",
        "12e34、7",
        "6.12E+06",
        "#N/A",
        "#东",
        "=1+1",
        " a",
        "a ",
        "甲　乙",
        "甲\r\n乙",
        "甲\u202e乙",
        "甲\u200b",
        "锟斤拷",
        "（东）",
        "'01",
        "无",
        "-",
        "NULL",
        "nan",
        "none",
        "N1",
        "空",
        "空调",
        "暂无",
        "06120001、NULL",
        "1970-01-01",
        "1970-01-01 08:00:00",
        "9999-12-31",
        "⼈某",
        "06120001\0",
        "x" * 40,
    ]
)
CELL = st.one_of(
    NASTY,
    st.text(max_size=8),
    st.text(alphabet="0123456789-: ", min_size=8, max_size=19),
    st.datetimes(datetime(1890, 1, 1)).map(lambda t: t.strftime("%Y-%m-%d %H:%M:%S")),
    st.dates(date(1890, 1, 1)).map(str),
    st.from_regex(r"[0-9A-Za-z]{1,6}(、[0-9A-Za-z]{1,6}){0,2}", fullmatch=True),
)
COLUMNS = [column for table in TABLES for column in table.columns]
KINDS = list({(c.type, c.vocabulary, c.references, c.mandatory): c for c in COLUMNS}.values())


def has_no_surrogates(text):
    return not any("\ud800" <= character <= "\udfff" for character in text)


@given(st.sampled_from(KINDS), st.lists(CELL.filter(has_no_surrogates), min_size=1, max_size=9))
@settings(deadline=None, max_examples=400)
def test_a_plain_cell_is_what_its_parser_leaves_unchanged(column, cells):
    found = plain_values(column, pa.array(cells, pa.string()), longest=30)
    if found is None:
        return
    mask, values = found
    read = parser(column, date1904=False)
    for cell, plain, value in zip(cells, mask.tolist(), values.to_pylist(), strict=True):
        if plain:
            wanted, change = read(cell)
            assert change is None
            assert len(cell) <= 30
            assert value == (list(wanted) if isinstance(wanted, tuple) else wanted)
    kept = pa.array(mask)
    assert spelt(values.filter(kept)).to_pylist() == pa.array(cells).filter(kept).to_pylist()


@given(st.sampled_from(KINDS), st.lists(CELL.filter(has_no_surrogates), min_size=1, max_size=9))
@settings(deadline=None, max_examples=200)
def test_a_column_read_at_once_is_its_cells_read_one_by_one(column, cells):
    read, limits = parser(column, date1904=False), Limits(cell_characters=30)
    parsed = parse_column(column, pa.array(cells, pa.string()), read, limits)
    plainly = parse_column(column, cells, read, limits)
    assert parsed.values.equals(plainly.values)
    assert parsed.problems == plainly.problems
    assert parsed.changes == plainly.changes


def test_most_cells_of_a_system_export_are_plain():
    by_header = {c.header: c for c in COLUMNS}
    for header, cell in (
        ("记录编号", "JC2024030001"),
        ("检查人员", "06120001、06120002"),
        ("检查时间", "2024-03-05 10:00:00"),
        ("决定日期", "2024-03-05"),
        ("检查对象", "东环化工有限公司3厂"),
    ):
        mask, _ = plain_values(by_header[header], pa.array([cell], pa.string()), longest=99)
        assert mask.all(), header


def test_a_cell_without_value_keeps_its_reason_between_blocks(office, monkeypatch):
    monkeypatch.setattr(CsvSheet.__init__, "__defaults__", (64,))
    rows = [[f"D{i:03d}", "名"] for i in range(40)]
    rows[30] = ["", "没有编码"]
    office.csv("单位.csv", ["单位编码", "单位名称"], *rows)
    office.clean()
    assert len(office.rows("units")) == 39
    assert office.report.quarantine[["row", "code"]].to_numpy().tolist() == [
        [32, "blank_mandatory"]
    ]
    with pytest.raises(BadCellError):
        parser(TABLES[0].columns[0], date1904=False)("　")
