import re
from decimal import Decimal
from urllib.parse import quote, unquote

import nbformat
import pandas as pd
import pytest

from dalian_eval.report.base import points
from dalian_eval.report.base.file_names import safe_name, statement_link
from dalian_eval.report.base.images import alt_text, img_tag, png, show_figure
from dalian_eval.report.base.sanitise import reduce_html
from dalian_eval.report.base.tables import LAB_STYLE, TrustedHtml, show, table_html
from dalian_eval.report.figures import score_figures
from dalian_eval.report.notebook.notebook_page import render_notebook
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.rubric.numbers import points_of_text
from dalian_eval.rubric.sentences import rule_sentences
from tests.report.pages import assert_sound, parse


def notebook(*cells):
    made = nbformat.v4.new_notebook(cells=list(cells))
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


def code(source, *bundles):
    outputs = [
        nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        for data, metadata in bundles
    ]
    return nbformat.v4.new_code_cell(source, outputs=outputs)


@pytest.mark.parametrize(
    ("value", "two", "plain"),
    [
        (0, "0.00", "0.00"),
        (199_622, "19.96", "19.9622"),
        (199_650, "19.97", "19.9650"),
        (-50, "−0.01", "−0.0050"),
        (-49, "0.00", "−0.0049"),
        (5000, "0.50", "0.50"),
        (1_000_000, "100.00", "100.00"),
    ],
)
def test_points_are_rounded_half_up_and_hide_nothing(value, two, plain):
    assert points.two_decimals(value) == two
    assert points.plain(value) == plain


def test_unequal_points_never_look_equal():
    assert points.distinct([100_001, 100_002, 50_000]) == ["10.0001", "10.0002", "5.0000"]
    assert points.distinct([100_001, 100_001]) == ["10.00", "10.00"]


def test_points_are_read_exactly():
    assert points_of_text("12.3456") == 123_456
    assert points_of_text("-0.0001") == -1
    with pytest.raises(ValueError, match="小数"):
        points_of_text("1.23456")


@pytest.mark.parametrize(
    "bad", ["../a", "a/b", "a\\b", "..", "", "<x>", "a b", "A:1", "䶮", "x" * 400]
)
def test_file_names_are_safe_and_distinct(bad):
    name = safe_name(bad)
    assert name
    assert not set(name) & set('/\\.:<>"|?* ')
    assert len(name.encode()) <= 120
    assert safe_name(bad + "1") != name
    assert "%2F" not in statement_link("unit", bad)


def test_file_names_keep_plain_codes():
    assert safe_name("06120001") == "06120001"
    assert safe_name("东环-D_01") == "东环-D_01"
    assert safe_name("~2f~") != safe_name("/")


def test_ids_that_differ_in_case_are_different_files():
    names = [safe_name(text) for text in ("D01", "d01", "jL-1", "Jl-1", "JL-1", "k", "K", "é", "É")]
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize(
    ("file", "address"),
    [
        ("荣誉.csv", "inputs/荣誉.csv"),
        ("甲/包.ZIP/内/荣誉.csv", "inputs/甲/包.ZIP"),
        ("外.zip/内.zip", "inputs/外.zip"),
        ("包.zip", "inputs/包.zip"),
        ("导出.XLSX/荣誉.csv", "inputs/导出.XLSX"),
        ("2024.10/荣誉.csv", "inputs/2024.10/荣誉.csv"),
    ],
)
def test_a_file_in_an_archive_is_opened_by_the_archive(file, address):
    (place,) = parse_origins(f"honours:{quote(file)}#!3")
    assert unquote(place.href) == address


def test_evidence_is_grouped_and_runs_are_joined():
    text = "cases:a%20b.xlsx#表1!3 cases:a%20b.xlsx#表1!4 cases:a%20b.xlsx#表1!9 units:u.csv#!2"
    first, second = parse_origins(text)
    assert (first.table, first.file, first.place) == (
        "案件",
        "a b.xlsx",
        "工作表『表1』第3～4、9行",
    )
    assert second.place == "第2行"
    assert parse_origins("") == ()


def test_tables_escape_align_and_translate():
    frame = pd.DataFrame(
        {
            "kind": ["unit", "officer"],
            "name": ["<b>", "=1+1"],
            "total": [199_622, 50_000],
            "vetoed": [True, False],
            "share": [Decimal("0.5"), Decimal("1")],
            "代码": ["1", "2"],
        }
    )
    html = table_html(frame, caption="<i>", name='"x')
    page = parse(html)
    assert "<b>" in page.text
    assert "集体" in page.text
    assert "19.9622" in page.text
    assert '<td class="num" data-v="50000">5.0000</td>' in html
    assert "<i>" in page.text
    assert [t for t, _ in page.elements if t in ("b", "i")] == []
    assert html == table_html(frame, caption="<i>", name='"x')


def test_long_tables_are_cut_and_say_so():
    html = table_html(pd.DataFrame({"n": range(30)}), limit=10)
    assert html.count("<tr>") == 11
    assert "只列前10行，共30行" in html
    assert "没有记录" in table_html(pd.DataFrame({"n": []}))


def test_an_empty_notebook_is_light():
    page = render_notebook(notebook(), "空")
    assert_sound(page)
    assert len(page.encode()) < 60_000


def test_a_notebook_page_has_contents_folds_and_anchors():
    frame = pd.DataFrame({"name": ["甲"]})
    made = notebook(
        nbformat.v4.new_markdown_cell("# 数据清洗\n\n## 读取了哪些表\n\n## 读取了哪些表\n\n文字"),
        code("show(frame)", (show(frame)._repr_mimebundle_(), {})),
    )
    html = render_notebook(made, "2024-10 数据清洗")
    page = assert_sound(html)
    assert "#读取了哪些表" in page.values("href")
    assert "#读取了哪些表-2" in page.values("href")
    assert "details" in [t for t, _ in page.elements]
    assert html == render_notebook(made, "2024-10 数据清洗")


def test_the_style_for_jupyterlab_stays_out_of_the_page():
    frame = pd.DataFrame({"name": ["甲"], "total": [1]})
    bundle = show(frame)._repr_mimebundle_()
    assert bundle["text/html"] == LAB_STYLE + table_html(frame)
    page = render_notebook(notebook(code("show(frame)", (bundle, {}))), "表")
    assert table_html(frame) in page
    assert "jp-RenderedHTMLCommon" not in page
    assert TrustedHtml("<p>甲</p>")._repr_mimebundle_()["text/html"] == "<p>甲</p>"


def test_outputs_of_others_cannot_run_or_load():
    evil = '<script>alert(1)</script><img src="http:x"><table onclick="x"><tr><td>1&lt;b&gt;'
    made = notebook(
        nbformat.v4.new_markdown_cell(
            "# 甲\n\n<script>alert(2)</script>\n\n[x](javascript:alert(3))"
        ),
        code(
            "x",
            ({"text/html": evil, "text/plain": "x"}, {}),
            ({"text/markdown": "![a](http:x) <img src=x onerror=alert(4)>"}, {}),
            ({"text/plain": "<script>alert(5)</script>"}, {}),
        ),
    )
    made.cells[1].outputs.append(
        nbformat.v4.new_output("error", ename="E", evalue="<script>", traceback=["\x1b[31m<b>"])
    )
    page = render_notebook(made, "<script>alert(6)</script>").replace("#harmful-link", "")
    parsed_page = parse(page)
    assert len(parsed_page.scripts) == 1
    assert "alert(2)" in parsed_page.text
    assert "alert(5)" in parsed_page.text
    assert not [a for _, a in parsed_page.elements if "onclick" in a or "onerror" in a]
    assert "img" not in [t for t, _ in parsed_page.elements]


def test_reduced_html_is_balanced_text_and_tables():
    assert reduce_html("<div><p>a<b>b</div>") == "<p>a<b>b</b></p>"
    table = '<table><tr><td colspan="2" style="x" onclick="y">&lt;</td></tr></table>'
    whole = '<table><tbody><tr><td colspan="2">&lt;</td></tr></tbody></table>'
    assert reduce_html(table) == whole
    assert reduce_html(table.replace('"2"', '"2;x"')) == whole.replace(' colspan="2"', "")


@pytest.mark.parametrize(
    "harmful",
    [
        "<style>td{}</style>",
        "<script>alert(1)</script>",
        "<!-- <script>alert(1)</script> -->",
        "<svg><p onload=alert(1)>alert(1)</p></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
        "onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<a href='javascript:alert(1)'></a><img src=http://x><form action=http://x></form>",
        "<template><img src=x onerror=alert(1)></template><iframe srcdoc='alert(1)'></iframe>",
    ],
)
def test_what_could_run_or_load_does_not_stay(harmful):
    told = reduce_html(f"前{harmful}后")
    assert told.startswith("前")
    assert all(re.fullmatch(r"</?(p|b|table|tbody)>", tag) for tag in re.findall(r"<[^>]*>", told))


def test_figures_have_alternative_texts_and_stable_bytes(view, early):
    for run in (view, early):
        drawn = [
            score_figures.ranking(run, "unit"),
            score_figures.trend(run, "unit", "per_capita"),
        ]
        assert all(alt_text(f) for f in drawn)
    assert png(score_figures.ranking(view, "unit")) == png(score_figures.ranking(view, "unit"))
    assert b"matplotlib" not in png(score_figures.trend(view, "unit", "transmission"))
    tag = parse(str(img_tag(score_figures.ranking(view, "unit"))))
    assert tag.values("alt") == [alt_text(score_figures.ranking(view, "unit"))]


def test_figures_bear_hostile_names(hostile):
    picture = show_figure(score_figures.ranking(hostile, "officer"))
    made = notebook(nbformat.v4.new_markdown_cell("# 甲"), code("x", picture._repr_mimebundle_()))
    page = assert_sound(render_notebook(made, "图"))
    assert "<script>alert(1)</script>" in page.values("alt")[0]


def test_every_clause_has_a_rule_in_words(rubric):
    for kind in ("unit", "officer"):
        section = rubric.section(kind)
        for clause in section.clauses.values():
            lines = rule_sentences(clause, section, rubric.period)
            assert lines
            assert all(line.endswith("。") and "None" not in line for line in lines)
