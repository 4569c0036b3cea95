"""The analyst's own paragraphs: kept as written, at the end of their section, never as markup."""

import datetime as dt
import io

import docx
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.report.narrative import narrative_docx, yearly_text
from dalian_eval.report.narrative.page import text_html
from dalian_eval.report.narrative.text import Paragraph
from dalian_eval.stages.own_paragraphs import SECTIONS, hash_of, own_paragraphs, paragraph_files
from tests.report.test_documents import NONE, TEMPLATE

EVIL = "<script>alert(1)</script>{{ 7*7 }} 全年组织了三次演练。"


def test_every_section_of_the_text_has_a_file(view):
    own = {section: [f"{section}的补充。"] for section in SECTIONS}
    document = yearly_text(view, NONE, own=own)
    written = [b for b in document.blocks() if isinstance(b, Paragraph) and b.own]
    assert ["".join(s.text for s in b.spans) for b in written] == [f"{s}的补充。" for s in SECTIONS]
    assert "其他情况" not in [section.title for section in document.sections]


def test_what_belongs_to_no_section_is_not_lost(view):
    document = yearly_text(view, NONE, own={"别的": ["一句。"]})
    assert document.sections[-1].title == "其他情况"


def test_they_stand_in_page_and_paper_as_text(view):
    document = yearly_text(view, NONE, own={"总体情况": [EVIL]})
    html = text_html(document)
    assert "<script>" not in html
    assert "评价人员所写" in html
    paper = docx.Document(io.BytesIO(narrative_docx(document, TEMPLATE, dt.date(2024, 10, 31))))
    assert EVIL in [p.text for p in paper.paragraphs]


def test_files_are_read_in_utf_8_and_gb18030_line_by_line(tmp_path):
    assert own_paragraphs(tmp_path / "没有") == {}
    (tmp_path / "总体情况.txt").write_bytes("甲。\r\n\r\n  乙。\n".encode("utf-8-sig"))
    (tmp_path / "月度走势.txt").write_bytes("丙䶮。".encode("gb18030"))
    (tmp_path / "排名情况.txt").write_text(" \n", "utf-8")
    (tmp_path / "草稿.docx").write_bytes(b"")
    found = own_paragraphs(tmp_path)
    assert found == {"总体情况": ("甲。", "乙。"), "月度走势": ("丙䶮。",)}
    assert hash_of(found) != hash_of({"总体情况": ("甲。", "乙。")})
    assert hash_of({}) == ""
    assert len(paragraph_files(tmp_path)) == len(SECTIONS)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("总体.txt", b"x", "总体情况.txt、排名情况.txt"),
        ("总体情况.txt", b"\xff\xfe\0\0", "另存为 UTF-8"),
        ("总体情况.txt", "长".encode() * 20_001, "20001字"),
        ("总体情况.txt", "长".encode() * 90_000, "不超过20000字"),
    ],
)
def test_a_wrong_file_is_told(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=told):
        own_paragraphs(tmp_path)
