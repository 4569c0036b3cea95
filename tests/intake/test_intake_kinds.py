"""Every kind of file that systems hand out: read by its content, or refused with what mends it."""

import shutil
import subprocess
import zipfile

import binary
import openpyxl
import pytest
from conftest import SOFFICE
from mending import again, fill, workbook

from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.report.mending.marked_copies import Copies

OFFICERS = ["执法证号", "姓名", "证件有效期起"]
ROWS = [["06120001", "甲某", "2023-01-05"], ["06120002", "乙某", "2023-02-06"]]
NAMES = ["甲某", "乙某"]
TEXT = "\r\n".join("\t".join(row) for row in [OFFICERS, *ROWS]) + "\r\n"
PAGE = (
    "<html><head><meta charset=gb2312><title>x</title><style>td{mso-number-format:'\\@'}</style>"
    "</head><body><table border=1><caption>人员</caption>"
    + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in [OFFICERS, *ROWS])
    + "</table></body></html>"
)


def names(office):
    office.clean()
    return office.column("officers", "name")


# --- Text


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("人员.txt", "utf-8"),
        ("人员.txt", "utf-16"),
        ("人员.tsv", "gb18030"),
        ("人员.xls", "gb18030"),
        ("人员.xls", "utf-16-le"),
        ("人员.csv", "utf-16-be"),
        ("人员.csv", "utf-32"),
        ("人员.xlsx", "utf-32-be"),
    ],
)
def test_texts(office, name, encoding):
    office.bytes(name, TEXT.encode(encoding))
    assert names(office) == NAMES
    assert office.column("officers", "officer_id") == ["06120001", "06120002"]
    told = "内容是文本，已按内容读取" in office.status(name)[1]
    assert told == name.endswith(("xls", "xlsx"))


def test_a_wide_text_that_is_cut(office):
    office.people()
    office.bytes("案件.csv", "案件编号,单位编码\r\n1号,D01\r\n".encode("utf-16")[:-1])
    office.clean()
    status, note = office.status("案件.csv")
    assert status == "refused" and "UTF-16" in note and "重新导出" in note


def test_a_text_of_words_is_no_table(office):
    office.people()
    office.bytes("说明.txt", "本文件夹是三季度的数据。\n".encode())
    office.clean()
    assert office.status("说明.txt")[0] == "unrecognised"


# --- Workbooks under other endings


def test_macros_are_never_run(office):
    path = office.xlsx("人员.xlsm", 人员=[OFFICERS, *ROWS])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert names(office) == NAMES
    assert office.status("人员.xlsm", "人员")[1].startswith("缺少的列")


@pytest.mark.parametrize("name", ["人员.et", "人员.xls", "人员.csv", "人员"])
def test_a_workbook_by_its_content(office, name):
    office.xlsx("a.xlsx", 人员=[OFFICERS, *ROWS]).rename(office.raw / name)
    assert names(office) == NAMES
    told = "内容是Excel 工作簿（.xlsx），已按内容读取" in office.status(name, "人员")[1]
    assert told == name.endswith(("xls", "csv"))


@pytest.mark.parametrize("name", ["人员.et", "人员.xlsx"])
def test_an_old_workbook_by_its_content(office, name):
    office.xls(name, OFFICERS, *ROWS)
    assert names(office) == NAMES


# --- Binary workbooks


@pytest.mark.parametrize("name", ["人员.xlsb", "人员.xlsx", "人员.csv"])
def test_binary_workbooks(office, name):
    rows = [
        OFFICERS,
        [binary.Padded(6120001), "甲某", binary.Day(44931.0)],
        ["06120002", "乙某", "2023-02-06"],
        ["06120003", binary.Error(0x2A), "2023-02-06"],
        ["06120004", binary.Zero(), "2023-02-06"],
    ]
    binary.xlsb(office.raw / name, rows, states=(0, 1))
    assert names(office) == NAMES
    assert office.column("officers", "officer_id") == ["06120001", "06120002"]
    assert [str(d) for d in office.column("officers", "valid_from")] == ["2023-01-05", "2023-02-06"]
    assert len(office.codes()) == 2
    assert office.status(name, "人员藏")[0] == "hidden"


def test_merged_cells_of_a_binary_workbook(office):
    office.people()
    rows = [
        ["案件编号", "执法证号", "检查人"],
        ["1号", "06120001", "是"],
        [None, "06120002", "否"],
    ]
    binary.xlsb(office.raw / "案件承办.xlsb", rows, sheet="案件承办", merged=[(1, 2, 0, 0)])
    office.clean()
    assert [r["case_id"] for r in office.rows("case_handlers")] == ["1号", "1号"]


def test_binary_workbooks_that_are_refused(office):
    office.people()
    binary.xlsb(office.raw / "a.xlsb", [OFFICERS, ["1"] * 16_000])
    whole = binary.xlsb(office.raw / "b.xlsb", [OFFICERS, *ROWS])
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(whole, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part[:-9] if "sheet1" in name else part)
    office.clean()
    assert "超过上限" in office.status("a.xlsb", "人员")[1]
    assert "损坏" in office.status("b.xlsb")[1]


# --- HTML


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("人员.xls", "utf-8"),
        ("人员.xls", "gb18030"),
        ("人员.html", "utf-8-sig"),
        ("人员.htm", "utf-16"),
        ("人员.csv", "utf-16-le"),
    ],
)
def test_pages(office, name, encoding):
    office.bytes(name, PAGE.encode(encoding))
    assert names(office) == NAMES
    assert office.column("officers", "officer_id") == ["06120001", "06120002"]


def test_merged_cells_of_a_page_fill_down(office):
    office.people()
    office.bytes(
        "案件承办.xls",
        "<table><tr><th colspan=3>汇总<tr><th>案件编号<th>执法证号<th>检查人"
        "<tr><td rowspan=2>1号<td>06120001<td>是<tr><td>06120002<td>否</table>".encode(),
    )
    office.clean()
    held = [(r["case_id"], r["officer_id"]) for r in office.rows("case_handlers")]
    assert held == [("1号", "06120001"), ("1号", "06120002")]


def test_a_header_in_a_table_of_its_own(office):
    rows = PAGE.replace("</tr><tr>", "</tr></table><table><tr>", 1)
    office.bytes("人员.html", rows.encode())
    assert names(office) == NAMES


def test_tables_of_a_page_are_called_by_what_stands_above(office):
    units = "<h3>单位</h3><table><tr><th>单位编码<th>单位名称<tr><td>D01<td>东片</table>"
    office.bytes("导出.xls", PAGE.replace("</body>", units + units + "</body>").encode())
    assert names(office) == NAMES
    assert list(office.report.sheets["sheet"]) == ["人员", "单位", "单位（3）"]
    assert office.column("units", "unit_id") == ["D01"]


def test_a_fragment_of_a_page_with_a_script_behind(office):
    table = PAGE[PAGE.index("<table") : PAGE.index("</body>")]
    script = "<script>var row = '<td>';</script>"
    office.bytes("人员.xls", f"<center><b>名册</b>{table}</center>{script}</body>".encode())
    assert names(office) == NAMES


def test_what_a_page_runs_and_fetches_is_not_data(office):
    page = PAGE.replace("<body>", "<body><script>document.write('<table><tr><td>丙')</script>")
    page = page.replace("甲某", "甲<!-- x -->某<img src='http://127.0.0.1:9/x' onerror=alert(1)>")
    office.bytes("人员.html", page.encode())
    assert names(office) == NAMES


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (PAGE[: PAGE.index("乙某")], "没有写完"),
        (PAGE.replace("甲某", "<input value=甲某>"), "输入框"),
        ("<table>" + "<tr><td rowspan=9999999 colspan=999>" * 20_000 + "x</table>", "超过上限"),
        ("<table>" + "<tr>" + "<td>x" * 1_001 + "</table>", "超过上限"),
        ("<html><table></table></html>", "没有填了内容的表格"),
        (PAGE.replace("<body>", "<body>" + "<div>" * 100_000), ""),
    ],
)
def test_pages_that_are_refused(office, page, told):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    office.bytes("人员.xls", page.encode())
    office.clean()
    of_page = office.report.sheets["file"] == "人员.xls"
    ((status, note),) = office.report.sheets[of_page][["status", "note"]].to_numpy()
    assert told in note
    assert status == "refused" or (not told and office.column("officers", "name") == NAMES)


def test_raised_characters_of_a_page_have_two_readings(office):
    office.bytes("人员.html", PAGE.replace("06120002", "06120002<sup>1</sup>").encode())
    assert names(office) == NAMES[:1]
    assert office.codes() == ["marked_characters"]


# --- SpreadsheetML 2003


def cell(text, kind="String", **more):
    told = "".join(f' ss:{k}="{v}"' for k, v in more.items())
    return f'<Cell{told}><Data ss:Type="{kind}">{text}</Data></Cell>'


def spreadsheet(*rows, before=""):
    lines = "".join(f"<Row>{''.join(row)}</Row>" for row in rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Styles><Style ss:ID="z"><NumberFormat ss:Format="00000000"/></Style></Styles>'
        f'<Worksheet ss:Name="人员"><Table>{lines}</Table></Worksheet></Workbook>'
    )


HEAD = [cell(text) for text in OFFICERS]
LINES = [
    [
        cell("6120001", "Number", StyleID="z"),
        cell("甲某"),
        cell("2023-01-05T00:00:00.000", "DateTime"),
    ],
    [cell("06120002"), cell("乙某"), cell("2023-02-06T00:00:00.000", "DateTime")],
]


@pytest.mark.parametrize(
    ("name", "encoding"), [("人员.xls", "utf-8"), ("人员.xls", "gb18030"), ("人员.xml", "utf-16")]
)
def test_xml_spreadsheets(office, name, encoding):
    office.bytes(name, spreadsheet(HEAD, *LINES).encode(encoding))
    assert names(office) == NAMES
    assert office.column("officers", "officer_id") == ["06120001", "06120002"]
    assert [str(d) for d in office.column("officers", "valid_from")] == ["2023-01-05", "2023-02-06"]


def test_errors_and_formulas_of_an_xml_spreadsheet(office):
    empty = '<Cell ss:Formula="=R1C1"></Cell>'
    bad = [cell("06120003"), cell("#N/A", "Error"), cell("2023-01-05")]
    worse = [empty, cell("丁某"), cell("2023-01-05")]
    office.bytes("人员.xml", spreadsheet(HEAD, *LINES, bad, worse).encode())
    assert names(office) == NAMES
    assert len(office.codes()) == 2


def test_places_and_merged_cells_of_an_xml_spreadsheet(office):
    office.people()
    rows = [
        [cell("案件编号"), cell("执法证号"), cell("检查人")],
        [cell("1号", MergeDown=1), cell("06120001"), cell("是")],
        [cell("06120002", Index=2), cell("否")],
    ]
    office.bytes("案件承办.xml", spreadsheet(*rows).replace("人员", "案件承办").encode())
    office.clean()
    held = [(r["case_id"], r["officer_id"]) for r in office.rows("case_handlers")]
    assert held == [("1号", "06120001"), ("1号", "06120002")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (spreadsheet(HEAD, *LINES, before='<!DOCTYPE x [<!ENTITY a "b">]>'), "DOCTYPE"),
        (spreadsheet(HEAD, *LINES)[:-40], "损坏"),
        (spreadsheet(HEAD, *LINES).replace("Worksheet", "Sheet"), "损坏"),
        (spreadsheet(HEAD, [cell("1", Index=16_000)]), "超过上限"),
        ("<?xml version='1.0'?><rss><channel/></rss>", "XML"),
    ],
)
def test_xml_that_is_refused(office, content, told):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    office.bytes("人员.xml", content.encode())
    office.clean()
    (note,) = [n for f, n in office.report.sheets[["file", "note"]].to_numpy() if f == "人员.xml"]
    assert told in note
    assert "officers" not in office.report.supplied


# --- OpenDocument


def ods(path, rows, *, styles="", declared="", locked=False):
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{declared}<office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="人员">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<m:encryption-data/>" if locked else "<m/>")
        archive.writestr("content.xml", content)


def texts(*cells, repeated=1):
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
        for c in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inside}</table:table-row>'


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda p: ods(p, texts(*OFFICERS) + texts(*ROWS[0], repeated=2_000_000_000)), "超过上限"),
        (lambda p: ods(p, texts("<text:s text:c='999999999'/>" * 9, repeated=20_000)), "超过上限"),
        (lambda p: ods(p, texts(*OFFICERS), declared="<!DOCTYPE x>"), "DOCTYPE"),
        (lambda p: ods(p, texts(*OFFICERS), locked=True), "加密"),
        (lambda p: ods(p, "<table:table-row>"), "损坏"),
    ],
)
def test_documents_that_are_refused(office, make, told):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    make(office.raw / "人员.ods")
    office.clean()
    (note,) = [n for f, n in office.report.sheets[["file", "note"]].to_numpy() if f == "人员.ods"]
    assert told in note
    assert "officers" not in office.report.supplied


@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not here")
def test_what_libreoffice_saves(office, tmp_path):
    def change(book):
        sheet = book["人员"]
        sheet["A2"] = 6120001
        sheet["A2"].number_format = "00000000"
        sheet["C2"].number_format = "yyyy-mm-dd"
        sheet["B4"] = "=NA()"
        book["案件承办"].merge_cells("A2:A3")
        book["藏"].sheet_state = "hidden"

    rows = [OFFICERS, [0, "甲某", "2023-01-05"], ROWS[1], ["06120003", "", "2023-01-05"]]
    held = [["案件编号", "执法证号", "检查人"], ["1号", "06120001", "是"], ["", "06120002", "否"]]
    path = office.xlsx("源.xlsx", change, 人员=rows, 案件承办=held, 藏=[["x"]])
    source = shutil.move(path, tmp_path / "源.xlsx")
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    for form in ("ods", "html"):
        command = [SOFFICE, home, "--headless", "--convert-to", form]
        subprocess.run(
            [*command, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True
        )
    for name in ("源.ods", "源.html"):
        for old in office.raw.iterdir():
            old.unlink()
        if office.out.exists():
            shutil.rmtree(office.out)
        shutil.copy(tmp_path / name, office.raw)
        assert names(office) == NAMES
        assert office.column("officers", "officer_id") == ["06120001", "06120002"]
        assert [str(d) for d in office.column("officers", "valid_from")][1] == "2023-02-06"
        assert [r["case_id"] for r in office.rows("case_handlers")] == ["1号", "1号"]
        assert name == "源.html" or office.status(name, "藏")[0] == "hidden"
        assert len(office.codes("officers")) == 1  # the error value


# --- Archives


def archive(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def officers(number, name):
    return f"{','.join(OFFICERS)}\n0612000{number},{name},2023-01-05\n"


def test_the_files_of_an_archive(office, tmp_path):
    book = office.xlsx("a.xlsx", 单位=[["单位编码", "单位名称"], ["D01", "东片"]])
    inside = {
        "人员202409.csv": officers(1, "甲某"),
        "十月/人员202410.csv": officers(1, "乙某"),
        "十月/单位.et": book.read_bytes(),
        "__MACOSX/人员202410.csv": "x",
        "~$单位.et": "x",
        "通知.pdf": "x",
    }
    book.unlink()
    archive(office.raw / "县局.zip", **inside)
    assert names(office) == ["乙某"]
    assert office.column("units", "unit_id") == ["D01"]
    assert sorted(office.report.sheets["file"]) == [
        "县局.zip/人员202409.csv",
        "县局.zip/十月/人员202410.csv",
        "县局.zip/十月/单位.et",
        "县局.zip/通知.pdf",
    ]
    assert office.counts("县局.zip/人员202409.csv")["superseded"] == 1


def test_names_that_windows_packed(office):
    path = archive(office.raw / "a.zip", **{"XXXX.csv": officers(1, "甲某")})
    path.write_bytes(path.read_bytes().replace(b"XXXX", "人员".encode("gbk")))
    assert names(office) == ["甲某"]
    assert list(office.report.sheets["file"]) == ["a.zip/人员.csv"]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ({"../人员.csv": officers(1, "甲某")}, "文件夹以外"),
        ({"/etc/人员.csv": officers(1, "甲某")}, "文件夹以外"),
        ({"C:\\人员.csv": officers(1, "甲某")}, "文件夹以外"),
        ({"CON.csv": officers(1, "甲某")}, "不能用的字符"),
        ({"人员\u202e.csv": officers(1, "甲某")}, "不能用的字符"),
        ({"a.csv": "x", "A.csv": "x"}, "同名"),
        ({"人员.csv": " " * (80 << 20)}, "压缩比异常"),
        ({"通知.pdf": "x"}, "没有表格文件"),
    ],
)
def test_archives_that_are_refused(office, inside, told):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    archive(office.raw / "a.zip", **inside)
    office.clean()
    status, note = office.status("a.zip")
    assert status == "refused" and told in note
    assert {path.name for path in office.raw.parent.iterdir()} == {"raw", "out"}


def test_an_archive_in_an_archive_and_one_that_is_locked(office):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    inner = archive(office.raw / "in.zip", **{"人员.csv": officers(1, "甲某")}).read_bytes()
    (office.raw / "in.zip").unlink()
    archive(office.raw / "a.zip", **{"in.zip": inner})
    locked = archive(office.raw / "b.zip", **{"人员.csv": officers(1, "甲某")})
    content = locked.read_bytes()
    at = content.index(b"PK\x01\x02")
    locked.write_bytes(content[: at + 8] + bytes([content[at + 8] | 1]) + content[at + 9 :])
    broken = archive(office.raw / "c.zip", **{"人员.csv": officers(1, "甲某")})
    content = broken.read_bytes()
    at = content.index(b"PK\x01\x02")
    broken.write_bytes(content[: at + 24] + b"\x05\0\0\0" + content[at + 28 :])
    lost = archive(office.raw / "d.zip", **{"人员.csv": officers(1, "甲某")})
    content = lost.read_bytes()
    # The directory says it is longer than what stands before it.
    at = content.index(b"PK\x05\x06")
    lost.write_bytes(content[: at + 16] + b"\xff\xff\xff\x7f" + content[at + 20 :])
    office.clean()
    assert "损坏" in office.status("d.zip")[1]
    assert "压缩包里的压缩包" in office.status("a.zip/in.zip")[1]
    assert "去掉密码" in office.status("b.zip")[1]
    assert "实际大小" in office.status("c.zip")[1]


# --- What follows from them: corrections, marked copies


def test_corrections_and_marked_copies_of_all_kinds(office, tmp_path):
    wrong = ["06120009", "己某", "2023-13-05"]
    kinds = {
        "a.zip/人员.csv": f"{','.join(OFFICERS)}\n{','.join(wrong)}\n",
        "b/人员.xls": PAGE.replace("2023-02-06", "2023-02-30").replace("06120002", "06120003"),
        "c/人员.xml": spreadsheet(HEAD, [cell(v) for v in ("06120004", "丙某", "2023-02-31")]),
        "d/人员.tsv": TEXT.replace("2023-02-06", "2023-02-32").replace("06120002", "06120005"),
    }
    archive(office.raw / "a.zip", **{"人员.csv": kinds.pop("a.zip/人员.csv")})
    for file, content in kinds.items():
        office.bytes(file, content.encode("utf-16" if file.endswith("tsv") else "utf-8"))
    (office.raw / "e").mkdir()
    ods(office.raw / "e/人员.ods", texts(*OFFICERS) + texts("06120006", "戊某", "2023-04-31"))
    office.clean()
    bad = office.report.quarantine
    assert sorted(bad["file"]) == ["a.zip/人员.csv", *sorted(kinds), "e/人员.ods"]

    copies = Copies(office.raw, office.report, load_headers(office.headers), office.limits)
    made = copies.write(tmp_path / "标注")
    assert sorted(made) == sorted(bad["file"])
    assert made["a.zip/人员.csv"] == "a.zip/人员.csv-标注.xlsx"
    assert all((tmp_path / "标注" / copy).is_file() for copy in made.values())
    marked = openpyxl.load_workbook(tmp_path / "标注" / made["a.zip/人员.csv"]).worksheets[1]
    assert marked["C2"].value == "2023-13-05" and marked["C2"].comment

    answers = {
        (file, row, "证件有效期起"): ("更正", "2023-05-05")
        for file, row in bad[["file", "row"]].to_numpy()
    }
    fill(workbook(office), answers)
    again(office)
    assert office.codes() == []
    assert office.column("officers", "officer_id") == [f"0612000{n}" for n in (1, 3, 4, 5, 6, 9)]
