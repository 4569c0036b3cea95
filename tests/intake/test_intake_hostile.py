"""Files made to do harm, or that happen to: each is refused with its sentence, at little cost."""

import io
import os
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import legacy
import pytest
from openpyxl.worksheet.cell_range import CellRange
from packages import inline, package

from dalian_eval.intake import Limits
from dalian_eval.intake.files.discover import RefusedError, check_file, open_file
from dalian_eval.intake.files.sheets import read_sheets
from dalian_eval.stages.inputs_identity import raw_files

UNITS = inline(1, "单位编码", "单位名称") + inline(2, "D01", "东片")
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def refusal(office, content, name="单位.xlsx", limits=None):
    """The sentence with which one file is refused."""
    path = office.bytes(name, content)
    with pytest.raises(RefusedError) as caught:
        raw = open_file(office.raw, path)
        check_file(raw, limits or Limits())
        read_sheets(raw, limits or Limits())
    assert str(caught.value).startswith(f"文件 {name} ")
    return str(caught.value)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name, content):
    return package(UNITS, more={name: content})


def _patched_directory(content, name, place, value):
    """Change four bytes of a part's entry in the archive's directory."""
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
    return content[: start + place] + struct.pack("<I", value) + content[start + place + 4 :]


# --- archives


def test_a_bomb_of_blanks(office):
    content = with_part("xl/worksheets/sheet2.xml", b" " * (80 << 20))
    assert "压缩比异常" in refusal(office, content)


def test_more_than_may_be_unpacked(office):
    content = with_part("xl/media/image1.png", os.urandom(3 << 20))
    assert "超过上限" in refusal(office, content, limits=Limits(unzipped_mb=2))


def test_a_part_larger_than_the_directory_says(office):
    content = with_part("xl/worksheets/big.xml", b" " * 5000)
    lie = _patched_directory(content, b"xl/worksheets/big.xml", 24, 100)
    assert "实际大小与目录所写不符" in refusal(office, lie)
    # The checksum of what the lie leaves visible does not help.
    crafted = _patched_directory(lie, b"xl/worksheets/big.xml", 16, zlib.crc32(b" " * 100))
    assert "实际大小与目录所写不符" in refusal(office, crafted)


def test_parts_that_overlap(office):
    contents = parts(package(UNITS)) | {"a.bin": b"x" * 40, "b.bin": b"x" * 40}
    content = zipped(contents)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        offset = archive.getinfo("a.bin").header_offset
    assert "互相重叠" in refusal(office, _patched_directory(content, b"b.bin", 42, offset))


def test_two_parts_of_one_name(office):
    out = io.BytesIO(package(UNITS))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl\\Workbook.xml", "<x/>")
    assert "同名的部件" in refusal(office, out.getvalue())


def test_too_many_parts(office):
    content = zipped(parts(package(UNITS)) | {f"{i}": b"" for i in range(300)})
    assert "部件，超过上限 200 个" in refusal(office, content, limits=Limits(parts=200))


def test_swollen_styles(office):
    content = with_part("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * (7 << 20))
    assert "样式或目录部件有 35 MB" in refusal(office, content)


def test_sheets_that_are_one_part_and_sheets_that_are_too_many_cells(office):
    contents = parts(package(UNITS))
    book = contents["xl/workbook.xml"].decode()
    twice = book.replace("</sheets>", '<sheet name="b" sheetId="2" r:id="rId1"/></sheets>')
    assert "损坏" in refusal(office, zipped(contents | {"xl/workbook.xml": twice.encode()}))
    rows = [["单位编码"], *[[f"D{i}"] for i in range(9)]]
    office.xlsx("单位.xlsx", 单位=rows, 单位2=rows)
    office.limits = Limits(cells=15)
    office.clean()
    assert office.status("单位.xlsx", "单位")[0] == "read"
    assert "15 格" in office.status("单位.xlsx", "单位2")[1]


def test_merged_ranges_on_top_of_each_other_cost_no_time(office):
    def merge(book):
        # openpyxl itself would take long: the ranges go straight into its list.
        book["单位"].merged_cells.ranges.update(
            CellRange(min_col=1, max_col=1, min_row=2, max_row=2000 + i) for i in range(3000)
        )

    rows = [["单位编码", "单位名称"], ["D01", "甲"], *[[None, "甲"]] * 3000]
    office.xlsx("a.xlsx", merge, 单位=rows)
    started = time.process_time()
    office.clean()
    assert time.process_time() - started < 5


def test_an_encrypted_part(office):
    content = with_part("secret.bin", b"x")
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"secret.bin"))
    locked = content[: start + 8] + b"\x01\x00" + content[start + 10 :]
    assert "去掉密码" in refusal(office, locked)


def test_a_bomb_inside_is_never_opened(office):
    bomb = zipped({"deeper.zip": zipped({"blanks": b" " * (8 << 20)})})
    office.bytes("单位.xlsx", with_part("xl/embeddings/object.zip", bomb))
    office.clean()
    assert office.column("units", "unit_id") == ["D01"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("xl/workbook.bin", "二进制工作簿（.xlsb）"),
        ("content.xml", "OpenDocument"),
        ("ppt/presentation.xml", "演示文稿"),
    ],
)
def test_other_documents_under_this_ending(office, name, words):
    assert words in refusal(office, with_part(name, b"x"))


# --- XML


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entities_are_refused(office, declared, part, codec):
    contents = parts(package(UNITS, encoding=codec.upper()))
    text = contents[part].decode(codec)
    contents[part] = text.replace("?>", "?>" + declared, 1).encode(codec)
    assert "DOCTYPE" in refusal(office, zipped(contents))


@pytest.mark.parametrize("declared", [BOMB, OUTSIDE])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("length", [6_000, 65_530, 300_000])
def test_entities_behind_a_long_comment_are_refused(office, declared, part, codec, length):
    contents = parts(package(UNITS, encoding=codec.upper()))
    comment = f"<!--{'x' * length}-->"
    text = contents[part].decode(codec)
    contents[part] = text.replace("?>", "?>" + comment + declared, 1).encode(codec)
    assert "DOCTYPE" in refusal(office, zipped(contents))


def test_deep_nesting(office):
    deep = "<a>" * 200_000 + "</a>" * 200_000
    office.bytes("单位.xlsx", package(UNITS + deep))
    office.csv("人员.csv", ["执法证号"], ["061"])
    assert "officers" in office.clean().supplied


def test_broken_xml_leaves_nothing_on_the_screen(office, capfd):
    contents = parts(package(UNITS))
    contents["xl/worksheets/sheet1.xml"] = contents["xl/worksheets/sheet1.xml"][:-40]
    assert "损坏" in refusal(office, zipped(contents))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "far",
    [
        FAR,
        FAR.replace('"', "'"),
        FAR.replace("<c r=", '<c x:r="A1" r='),
        FAR.replace("<c r=", "<c a=' r=\"A1\"' r="),
        FAR.replace("<c r=", '<c a=">" r='),
        FAR.replace("<c ", "<c\n"),
        FAR.replace('r="XFD', 'r = "XFD'),
        FAR.replace("XFD", "&#88;FD"),
        '<row r="3"><c r="ALL1048576"><v>1</v></c></row>',
    ],
)
def test_a_far_cell_however_it_is_written(office, far):
    office.bytes("a.xlsx", package(UNITS + far))
    office.csv("人员.csv", ["执法证号"], ["061"])
    assert office.clean().supplied == ("officers",)


def test_one_long_string_in_a_million_cells(office):
    strings = "<si><t>单位编码</t></si>" + f"<si><t>{'长' * 30_000}</t></si>"
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>' + "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>1</v></c></row>' for row in range(2, 20_000)
    )
    office.bytes("a.xlsx", package(rows, strings=strings))
    office.csv("人员.csv", ["执法证号"], ["061"])
    assert office.clean().supplied == ("officers",)
    assert "文字 512 MB" in office.status("a.xlsx", "单位")[1]


def test_one_long_string_in_many_cells_of_a_legacy_workbook(office):
    content = legacy.xls([["单位编码"]], sheet="单位", shared=["长" * 30_000], uses=20_000)
    office.bytes("a.xls", content)
    office.csv("人员.csv", ["执法证号"], ["061"])
    assert office.clean().supplied == ("officers",)
    assert "文字 512 MB" in office.status("a.xls", "单位")[1]


# --- The folder


def test_links_pipes_and_strange_names_are_told_and_not_opened(office, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "秘密.csv").write_text("单位编码\nD09\n", encoding="utf-8")
    office.csv("单位.csv", ["单位编码"], ["D01"])
    (office.raw / "链接.csv").symlink_to(outside / "秘密.csv")
    (office.raw / "外面").symlink_to(outside)
    (office.raw / "断的.csv").symlink_to(outside / "没有.csv")
    (office.raw / "里面.csv").symlink_to(office.raw / "单位.csv")
    os.mkfifo(office.raw / "管道.csv")
    (office.raw / "设备.csv").symlink_to("/dev/zero")
    office.csv("单\u202e位.csv", ["单位编码"], ["D02"])
    office.csv("单位\n换行.csv", ["单位编码"], ["D03"])
    Path(os.fsdecode(os.fsencode(office.raw) + b"/\xd6\xd0.csv")).write_text("单位编码\nD4\n")
    office.clean()
    assert office.column("units", "unit_id") == ["D01"]
    notes = office.report.sheets[office.report.sheets["status"] == "refused"]["note"].to_list()
    told = "".join(notes)
    assert len(notes) == 8
    for words in ("指向数据文件夹以外", "打不开", "管道或设备", "控制字符", "不是 UTF-8 编码"):
        assert words in told
    assert "\u202e" not in told
    assert "\\xd6\\xd0.csv" in told


def test_a_run_does_not_copy_what_it_must_not_read(office, tmp_path):
    (tmp_path / "秘密.csv").write_text("x", encoding="utf-8")
    (office.raw / "链接.csv").symlink_to(tmp_path / "秘密.csv")
    from dalian_eval.base.errors import UsageError

    with pytest.raises(UsageError, match="以外的链接"):
        raw_files(office.raw)


def test_long_names_and_signs_in_names(office):
    for i, name in enumerate(["长" * 80, "a b#c!d%e&f", '单位\'s "x"', "～〔2024〕　", "-rf"]):
        office.csv(f"{name}/单位{i}.csv", ["单位编码"], [f"D{i}"])
    office.clean()
    assert len(office.column("units", "unit_id")) == 5


@pytest.mark.parametrize("name", ["单位.csv", "单位.xlsx"])
def test_a_file_that_changes_while_it_is_read(office, name):
    content = package(UNITS) if name.endswith("xlsx") else "单位编码\nD01\n".encode()
    path = office.bytes(name, content)
    raw = open_file(office.raw, path)
    check_file(raw, Limits())
    os.utime(path, ns=(1, 1))
    with pytest.raises(RefusedError, match="读取过程中被改动"):
        read_sheets(raw, Limits())
    path.unlink()
    with pytest.raises(RefusedError):
        check_file(raw, Limits())
        read_sheets(raw, Limits())


def test_sheet_names_that_are_paths(office):
    office.bytes("a.xlsx", package(UNITS, sheet="../../etc/单位"))
    office.clean()
    assert office.report.sources["sheet"].to_list() == ["../../etc/单位"]
    assert sorted(path.name for path in office.out.parent.iterdir()) == ["out", "raw"]


# --- Bounds


_BOUNDED = """
import resource, sys, time
from pathlib import Path
from dalian_eval.intake import clean
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
clean(Path(sys.argv[1]), Path(sys.argv[2]), headers=Path(sys.argv[3]))
# Not ru_maxrss, which a process inherits from the one that starts it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) >> 10)
"""


def test_memory_and_time_are_bounded(office):
    blanks = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t> </t></is></c></row>'
    office.bytes("blanks.xlsx", package(UNITS + "".join(map(blanks.format, range(3, 60_000)))))
    office.bytes("far.xlsx", package(UNITS + FAR.replace("XFD", "L")))
    office.bytes("lines.csv", b"\n" * (3 << 20))
    office.bytes("one.csv", b"x" * (30 << 20))
    office.bytes("commas.csv", b"," * (5 << 20))
    office.bytes("quote.csv", b'"' + b"x\n" * (5 << 20))
    office.csv("单位.csv", ["单位编码"], ["D01"])
    done = subprocess.run(
        [sys.executable, "-c", _BOUNDED, str(office.raw), str(office.out), str(office.headers)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert int(done.stdout) < 2000


# ---- much of nothing ------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 3, 5000])
def test_a_line_without_end_is_told_as_one_and_not_held(office, before):
    """Told wherever it stands, by a reader whose memory depends on the limit, not on the line."""
    limits = Limits(line_characters=100_000)
    lines = ["单位编码,单位名称\n", *["D01,东片\n"] * before]
    whole = "".join([*lines, "D01,东片," * 400_000, "\n"]).encode()
    raw = open_file(office.raw, office.bytes("单位.csv", whole))
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="还没有换行") as caught:
            read_sheets(raw, limits)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"第 {before + 2} 条记录中有一行超过 100000 个字" in str(caught.value)
    assert peak < 40 << 20


def test_a_line_as_long_as_the_limit_is_read(office):
    line = "单位编码,单位名称\nD01,东片\nD02,西片\n"
    raw = open_file(office.raw, office.bytes("单位.csv", line.encode()))
    assert len(read_sheets(raw, Limits(line_characters=len("单位编码,单位名称\n")))) == 1
    with pytest.raises(RefusedError, match="还没有换行"):
        read_sheets(raw, Limits(line_characters=len("单位编码,单位名称\n") - 1))


def test_what_all_files_are_read_by_is_hashed_once(office, monkeypatch):
    """A folder of very many files: nothing that is the same for all is done for each."""
    for number in range(50):
        office.bytes(f"{number}.csv", b"")
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    asked = []
    module = sys.modules["dalian_eval.intake.clean"]  # the package's name for it is the function
    monkeypatch.setattr(module, "way_of_reading", lambda *way: asked.append(way) or "way")
    office.clean()
    assert 1 <= len(asked) <= 2
