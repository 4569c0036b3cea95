"""The declarations, and what is made from them."""

import openpyxl
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.schema.dictionary import dictionary
from dalian_eval.schema.form import NO_DATA
from dalian_eval.schema.model import Type
from dalian_eval.schema.origins import Source, origin, origin_text, row_of, source_of
from dalian_eval.schema.tables import TABLES
from dalian_eval.schema.template import write_template
from tests.sheets import BY_SHEET


def test_names_headers_and_references_are_sound():
    assert len(TABLES) == 29
    names = {t.name for t in TABLES}
    for table in TABLES:
        assert len({c.name for c in table.columns}) == len(table.columns)
        assert len({c.header for c in table.columns}) == len(table.columns)
        for column in table.columns:
            assert column.references in {None, "subject", *names}


def test_the_data_dictionary_is_current(request):
    page = request.config.rootpath / "docs" / "data-dictionary.md"
    assert page.read_text(encoding="utf-8") == dictionary()


def test_the_template_has_every_table_note_and_dropdown(tmp_path):
    path = tmp_path / "模板.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    assert set(book.sheetnames) == {"填报说明", *BY_SHEET}
    for table in TABLES:
        sheet = book[table.sheet]
        assert [c.value for c in sheet[2]][: len(table.columns)] == [
            c.header for c in table.columns
        ]
        assert all(cell.comment is not None for cell in sheet[2][: len(table.columns)])
        assert sheet["A1"].value == NO_DATA
        closed = [
            c
            for c in table.columns
            if (c.vocabulary or c.type is Type.BOOL) and c.type is not Type.LIST
        ]
        assert len(sheet.data_validations.dataValidation) == len(closed) + 1
    assert book["案件"]["A2"].comment.text


def test_the_template_is_the_same_each_time_and_never_overwrites(tmp_path):
    write_template(tmp_path / "a.xlsx")
    write_template(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(UsageError, match="已存在"):
        write_template(tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match=r"\.xlsx"):
        write_template(tmp_path / "a.csv")
    with pytest.raises(UsageError, match="无法写入"):
        write_template(tmp_path / "没有" / "a.xlsx")


def test_origins():
    value = origin(3, 1_000_000)
    assert (source_of(value), row_of(value)) == (3, 1_000_000)
    source = Source(3, "cases", "2024 年/案件 #1.xlsx", "", "表!1")
    assert origin_text(value, {3: source}) == "cases:2024%20年/案件%20%231.xlsx#表%211!1000000"
