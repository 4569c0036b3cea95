"""narrative.docx and scores.xlsx as their readers open them: Word, WPS, Excel."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.report.base.office_packages import xml_text
from dalian_eval.report.narrative import check_template, narrative_docx, yearly_text
from dalian_eval.report.narrative.text import Heading, Paragraph, Picture, Table
from dalian_eval.report.office import scores_workbook
from dalian_eval.report.office.scores_workbook import scores_xlsx
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.stages.parameters import SigningModel
from tests.report import counties

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "params/templates/narrative.docx"
NONE = empty_frame(BY_NAME["activities"])
DAY = dt.date(2024, 10, 31)


def edited(folder: Path, old: str, new: str) -> Path:
    """The template as an analyst's edit leaves it: a text in its body replaced."""
    path = folder / "narrative.docx"
    with zipfile.ZipFile(TEMPLATE) as template, zipfile.ZipFile(path, "w") as changed:
        for name in template.namelist():
            text = template.read(name).decode()
            if name == "word/document.xml":
                assert old in text
                text = text.replace(old, new, 1)
            changed.writestr(name, text)
    return path


# ---- the document --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evil(view):
    return counties.renamed(view)


@pytest.fixture(scope="module")
def paper(evil) -> bytes:
    return narrative_docx(yearly_text(evil, NONE), TEMPLATE, DAY)


def test_the_template_keeps_to_the_standard():
    """GB/T 9704: A4, 版心 156×225 mm, 22 lines of 28 signs, faces and sizes by level."""
    template = docx.Document(str(TEMPLATE))
    (page,) = template.sections
    inner = (
        page.page_width - page.left_margin - page.right_margin,
        page.page_height - page.top_margin - page.bottom_margin,
    )
    tenth = Mm(1) // 10
    for value, wanted in (
        *((page.page_width, 210), (page.page_height, 297)),
        *((page.top_margin, 37), (page.left_margin, 28)),
        *((inner[0], 156), (inner[1], 225)),
    ):
        assert abs(value - Mm(wanted)) <= tenth
    faces = {
        "Normal": ("仿宋_GB2312", 16),
        "Title": ("方正小标宋简体", 22),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "Heading 3": ("仿宋_GB2312", 16),
    }
    for name, (face, size) in faces.items():
        style = template.styles[name]
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == face
        assert style.font.size == Pt(size)
        if name != "Title":
            assert (style.paragraph_format.line_spacing or Pt(28)) == Pt(28)
    body = template.styles["Normal"].element
    assert body.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    # 28 signs fill a line of the page, 29 do not; 22 lines of 28 pt fill the page, 23 do not.
    pitch = 16 + int(body.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * pitch <= inner[0] / Pt(1) < 29 * pitch
    assert 22 * 28 <= inner[1] / Pt(1) < 23 * 28
    assert template.styles["Heading 3"].font.bold
    assert template.settings.odd_and_even_pages_header_footer
    for footer, side in ((page.footer, "right"), (page.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert line.text == "— 1 —"
        assert "PAGE" in line._p.xml
        assert line._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert line.style.font.size == Pt(14)
    fallbacks = zipfile.ZipFile(TEMPLATE).read("word/fontTable.xml").decode()
    for face in {face for face, _ in faces.values()}:
        assert re.search(f'w:name="{face}"><w:altName w:val="[^"]*Noto', fallbacks)


def test_the_document_says_what_the_text_says(evil, paper):
    """Also when every name is an attack: data is never a tag, a field or markup."""
    text = yearly_text(evil, NONE)
    document = docx.Document(io.BytesIO(paper))
    told = [p.text for p in document.paragraphs if p.text]
    wanted = [text.title, text.subtitle, "（主送机关）："]
    tables = []
    for block in text.blocks():
        match block:
            case Heading():
                wanted.append(block.text)
            case Paragraph():
                wanted.append("".join(s.text for s in block.spans))
            case Table():
                wanted.append(block.caption)
                tables.append([block.head, *([c.text for c in row] for row in block.rows)])
            case Picture():
                wanted.append(block.caption)
    end = ("（发文机关署名）", "（成文日期）", text.note)
    assert told == [xml_text(t) for t in (*wanted, *end)]
    assert "{{ 7*7 }}{%p for x in y %}{_{a}_}{_%b%_}{#c#}<b>" in "".join(told)
    shown = [[[cell.text for cell in row.cells] for row in t.rows] for t in document.tables]
    assert shown == [[[xml_text(c) for c in row] for row in t] for t in tables]
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        width = sum(int(c.get(qn("w:w"))) for c in table._tbl.tblGrid)
        assert Mm(150) < width * 635 <= Mm(157)
    levels = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels == [f"Heading {b.level}" for b in text.blocks() if isinstance(b, Heading)]
    pictures = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert len(pictures) == len([b for b in text.blocks() if isinstance(b, Picture)])
    assert all(picture.get("descr") for picture in pictures)


def test_who_signs_and_to_whom_it_goes_stand_where_the_standard_has_them(view):
    signing = SigningModel(
        recipient="市生态环境保护综合执法局<b>", issuer="示范县生态环境局", date="2024年11月5日"
    )
    text = replace(yearly_text(view, NONE), signing=signing.model_dump())
    lines = docx.Document(io.BytesIO(narrative_docx(text, TEMPLATE, DAY))).paragraphs
    told = [p.text for p in lines]
    assert told[2] == "市生态环境保护综合执法局<b>："
    assert told[-3:-1] == ["示范县生态环境局", "2024年11月5日"]
    for line in lines[-3:-1]:
        assert line.alignment == WD_ALIGN_PARAGRAPH.RIGHT
        assert line._p.pPr.find(qn("w:ind")).get(qn("w:rightChars")) == "400"


def test_links_of_the_document_are_those_of_the_text(evil, paper):
    targets = {
        rel.target_ref
        for rel in docx.Document(io.BytesIO(paper)).part.rels.values()
        if rel.reltype.endswith("/hyperlink")
    }
    wanted = set()
    for block in yearly_text(evil, NONE).blocks():
        match block:
            case Paragraph():
                wanted |= {s.link for s in block.spans}
            case Table():
                wanted |= {c.link for row in block.rows for c in row}
    assert targets == wanted - {""}
    assert not [t for t in targets if re.match(r"[a-z]+:|/", t)]


def test_the_document_has_the_same_bytes_each_time(evil, paper):
    assert narrative_docx(yearly_text(evil, NONE), TEMPLATE, DAY) == paper
    with zipfile.ZipFile(io.BytesIO(paper)) as package:
        assert {part.date_time for part in package.infolist()} == {(2024, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2024-10-31T00:00:00Z"}


def test_an_analysts_template_is_used(view, tmp_path):
    run = counties.only(view, "unit", 1)
    path = edited(tmp_path, "{{ 副标题 }}", "如东局综合执法科　{{ 副标题 }}　征求意见稿")
    check_template(path)
    made = docx.Document(io.BytesIO(narrative_docx(yearly_text(run, NONE), path, DAY)))
    assert made.paragraphs[1].text == "如东局综合执法科　（截至2024年10月31日）　征求意见稿"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{ 副标题 }}", "{{ 副标提 }}", "『{{ 副标提 }}』：没有『副标提』这个名称"),
        ("{{r 块.文字 }}", "{{r 块.文子 }}", "『{{ 块.文子 }}』：没有『文子』这个名称"),
        ("{%p endif %}", "", "缺少配对的标记"),
        ("{%p endfor %}", "", "缺少配对的标记"),
        (
            "{%p for 块 in 正文 %}",
            "{%p fro 块 in 正文 %}",
            "fro 块 in 正文 %}』：没有『fro』这种",
        ),
        ("{{ 标题 }}", "{{ 标题|upcase }}", "『{{ 标题|upcase }}』：没有『upcase』这种过滤器"),
        ("{{ 标题 }}", "{{ 标题 ", "『"),
        ("{{ 标题 }}", "{{ 标题.__class__.__mro__ }}", "『{{ 标题.__class__.__mro__ }}』"),
        ("{{ 标题 }}", "{{ 1 / 0 }}", "『{{ 1 / 0 }}』：标记算不出结果"),
        ("{%tr endfor %}", "{%p endfor %}", "写错的标记"),
    ],
)
def test_a_faulty_template_is_told_with_its_tag(old, new, told, tmp_path):
    with pytest.raises(UsageError) as error:
        check_template(edited(tmp_path, old, new))
    assert "narrative.docx" in str(error.value)
    assert told in str(error.value)


def test_what_is_no_document_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"找不到总结报告的模板 narrative\.docx"):
        check_template(tmp_path / "narrative.docx")
    other = tmp_path / "narrative.docx"
    for content in (b"", b"text", Path(ROOT / "docs/record.png").read_bytes()):
        other.write_bytes(content)
        with pytest.raises(UsageError, match=r"narrative\.docx 不是能打开的"):
            check_template(other)


def test_a_faulty_template_stops_a_run_before_it_begins(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    params = tmp_path / "params"
    (params / "templates").mkdir(parents=True)
    (params / "rubrics").mkdir()
    for name in ("2024.yaml", "headers.yaml", "rubrics/2024.yaml"):
        (params / name).write_bytes((ROOT / "params" / name).read_bytes())
    edited(params / "templates", "{{ 附注 }}", "{{ 附著 }}")
    command = ["run", "--month", "2024-10", "--raw", "data/demo"]
    command += ["--params", str(params / "2024.yaml")]
    assert invoke([*command, "--out", str(tmp_path / "runs")]) == 2
    message = capsys.readouterr().err.replace("\n", "")
    assert "narrative.docx" in message
    assert "附著" in message
    assert not (tmp_path / "runs").exists()


# ---- the workbook --------------------------------------------------------------------------


def opened(view) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(scores_xlsx(view)))


def column(sheet, title: str) -> list[object]:
    (place,) = [i for i, cell in enumerate(sheet[1]) if cell.value == title]
    return [row[place].value for row in sheet.iter_rows(min_row=2)]


def test_the_workbook_holds_the_scores_exactly(view, early):
    for run in (view, early):
        book = opened(run)
        for kind, name, key in (
            ("unit", "单位排名", "单位编码"),
            ("officer", "人员排名", "执法证号"),
        ):
            sheet, rows = book[name], run.candidates(kind)
            assert column(sheet, key) == list(rows["candidate"])
            for title, field in (
                ("基础分", "base"),
                ("加分", "bonus"),
                ("总分", "total"),
                ("目前得分", "total_low"),
                ("最高可达", "total_high"),
            ):
                exact = [Decimal(str(value)) * 10_000 for value in column(sheet, title)]
                assert exact == [int(p) for p in rows[field]]
            assert column(sheet, "名次") == [None if pd.isna(r) else int(r) for r in rows["rank"]]
        ledger = book["台账"]
        points = [Decimal(str(value)) * 10_000 for value in column(ledger, "分值")]
        assert points == [int(p) for p in run.ledger["points"]]
        assert column(ledger, "原因") == list(run.ledger["reason"])
        sums = [
            sum(Decimal(str(c.value)) for c in row[3:-2])
            for row in book["集体分项"].iter_rows(min_row=2)
        ]
        assert len(sums) == len(run.candidates("unit"))


def test_every_sheet_is_ready_for_paper(view):
    book = opened(view)
    assert book.sheetnames == ["单位排名", "人员排名", "集体分项", "个人分项", "月度指标", "台账"]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(sheet.column_dimensions[c[0].column_letter].width >= 8 for c in sheet.columns)
    total = book["单位排名"]["F2"]
    assert (total.number_format, total.data_type) == ("0.00", "n")


def test_data_never_becomes_a_formula_or_an_address(view):
    run = counties.renamed(view)
    names = ["=1+1", "http://x.example/a", "@SUM(A1)", counties.EVIL]
    units = run.scores["kind"] == "unit"
    run.scores.loc[units, "name"] = names[: units.sum()]
    data = scores_xlsx(run)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert not [c for sheet in book for row in sheet for c in row if c.data_type == "f"]
    assert set(column(book["单位排名"], "单位名称")) == {xml_text(n) for n in names}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for part in package.namelist():
            text = package.read(part).decode()
            assert "<f>" not in text
            assert "hyperlink" not in text
            assert 'TargetMode="External"' not in text


def test_the_workbook_has_the_same_bytes_and_says_when_it_is_cut(view, monkeypatch):
    assert scores_xlsx(view) == scores_xlsx(view)
    monkeypatch.setattr(scores_workbook, "MOST_ROWS", 10)
    ledger = opened(view)["台账"]
    assert ledger.max_row == 12
    assert ledger["A12"].value == f"只列前10行，共{len(view.ledger)}行，全部内容见 ledger.csv"


def test_a_workbook_of_nobody(view):
    book = opened(counties.nobody(view))
    assert all(sheet.max_row == 1 for sheet in book)
