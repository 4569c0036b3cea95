"""csv as it comes: marks, line ends, quotes, ragged records, encodings whole, mixed and cut."""

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.files.plain_text import separating_mark

HEADER = ["单位编码", "单位名称", "候选集体"]
ROWS = [["D01", "东片,东区", "是"], ["D02", "西片\n二层", "否"]]
NAMES = ["东片,东区", "西片\n二层"]


def text(mark=",", end="\n", quote=lambda cell: f'"{cell}"'):
    return end.join(mark.join(map(quote, row)) for row in [HEADER, *ROWS]) + end


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends(office, mark, end):
    office.bytes("单位.csv", text(mark, end).encode())
    office.clean()
    assert office.column("units", "name") == NAMES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_first_line_that_names_the_mark(office, encoding):
    office.bytes("单位.csv", ("sep=;\r\n" + text(";", "\r\n")).encode(encoding))
    report = office.clean()
    assert office.column("units", "name") == NAMES
    assert report.sources["header_row"].to_list() == [2]


@pytest.mark.parametrize(
    ("top", "mark"),
    [
        ("a,b,c\n1,x;y,3\n", ","),
        ("a;b;c\n1,5;2;3\n", ";"),
        ("标题\na\tb\n1,2\t3\n", "\t"),
        ("a\n1\n", ","),
        ("编号,检查人员\n1,甲;乙;丙\n2,甲;乙;丙\n", ","),
        ('a,"b\n', ","),
        ("", ","),
        ("\ufeffsep=|\n1,2|3\n", "|"),
        ("a,b,c\n1\t,2,3,,\n4\t,5,6,\n7\t,8,9\n", ","),
        ('"a","b"\r\n"1\t","2"\r\n"3\t","4\t"\r\n', ","),
        ("a\tb\tc\n1\t\t\n2\t\t3\n", "\t"),
        ('"a"\t"b"\n"1,5"\t""\n', "\t"),
        ("a;b\n1\t;\n2\t;\n3\t;4\n", ";"),
    ],
)
def test_separating_mark(top, mark):
    assert separating_mark(top) == mark


def test_quotes_doubled_and_line_ends_mixed(office):
    office.bytes(
        "单位.csv",
        '单位编码,单位名称\r\nD01,"称""东片"""\nD02,未"引\rD03,"两\r\n行"\r\n'.encode(),
    )
    office.clean()
    assert office.column("units", "name") == ['称"东片"', '未"引', "两\n行"]


def test_records_longer_or_shorter_than_the_header(office):
    office.bytes("单位.csv", "单位编码,单位名称,候选集体,,\nD01\nD02,西片,是,,,,\n\n,\n".encode())
    office.clean()
    assert office.column("units", "candidate") == [None, True]
    assert office.counts("单位.csv")["rows_read"] == 2


def test_records_with_more_content_than_the_header_may_have_shifted(office):
    header = "轮次,单位编码,结束日期,得分\n"
    rows = "1,D01,2024-03-05,9,5\n2,D01,2024-03-05,95,,\n3,D01,2024-03-05,1,234\n"
    office.bytes("远程帮扶得分.csv", (header + rows).encode())
    report = office.clean()
    assert office.column("remote_scores", "round") == ["2"]
    assert report.quarantine[["row", "code", "value"]].to_numpy().tolist() == [
        [2, "too_many_fields", "5"],
        [4, "too_many_fields", "234"],
    ]
    assert "双引号" in report.quarantine["fix"][0]


@pytest.mark.parametrize(
    "content",
    [
        'D01,"东片,是\nD02,西片,是\n',
        'D01,"东片,是\nD02,西片,是\nD03,"南片,是\nD04,北片,是\n',
    ],
)
def test_quotes_that_do_not_match_never_swallow_records(office, content):
    office.bytes("单位.csv", ("单位编码,单位名称,候选集体\n" + content).encode())
    with pytest.raises(UsageError, match="第 2 条记录附近引号不成对"):
        office.clean()


def test_quotes_marked_by_a_backslash_are_told_as_such(office):
    office.bytes("单位.csv", '单位编码,单位名称,候选集体\nD01,"东\\"片",是\n'.encode())
    with pytest.raises(UsageError, match="第 2 条记录附近用反斜杠标记引号"):
        office.clean()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("单位编码,单位名称\nD01,东片\n".encode() + "D02,西片\n".encode("gbk"), "第 3 行却不是"),
        (
            "单位编码,单位名称\nD01,东片\n".encode("gbk") + "D02,西片执法局\n".encode(),
            "第 3 行却是",
        ),
        ("单位编码,单位名称\nD01,东片".encode()[:-1], "最后一个字不完整"),
        ("单位编码,单位名称\nD01,东片".encode("gbk")[:-1], "最后一个字不完整"),
    ],
)
def test_two_encodings_in_one_file_or_half_a_character(office, content, words):
    office.bytes("单位.csv", content)
    with pytest.raises(UsageError, match=words):
        office.clean()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_blanks_that_are_not_seen(office, encoding):
    rows = ["\u3000Ｄ０１\u3000", "D\u200b02", "\ufeffD03", "D04\u00a0", "D05\t", "\u200eD06"]
    content = "单位编码\n" + "".join(f"{row}\n" for row in rows)
    office.bytes("单位.csv", content.encode(encoding))
    office.clean()
    assert office.column("units", "unit_id") == ["D01", "D02", "D03", "D04", "D05", "D06"]


def test_rare_characters(office):
    names = ["䶮某", "𫍯某", "﨑某", "买买提·某"]
    rows = [[f"0{i}", name] for i, name in enumerate(names)]
    office.csv("人员.csv", ["执法证号", "姓名"], *rows, encoding="gb18030")
    office.clean()
    assert office.column("officers", "name") == names


def test_a_page_that_is_cut_under_csv_is_refused(office):
    office.bytes("单位.csv", "<!-- 导出 -->\n<table><tr><td>单位编码".encode("gbk"))
    with pytest.raises(UsageError, match="网页"):
        office.clean()
