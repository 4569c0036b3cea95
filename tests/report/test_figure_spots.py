"""Spots of figures: one per number drawn, where it is drawn, leading to what it tells of."""

import nbformat
from matplotlib.figure import Figure

from dalian_eval.report.base.figure_spots import MOST_STOPS, over, spot, spots_of, told
from dalian_eval.report.base.images import img_tag, png, show_figure
from dalian_eval.report.base.points import plain
from dalian_eval.report.figures import score_figures
from dalian_eval.report.notebook.notebook_page import render_notebook
from tests.report.pages import assert_sound, parse
from tests.report.test_tables import code, notebook


def drawn(figure: Figure):
    png(figure)
    return spots_of(figure)


def test_every_bar_of_the_ranking_says_its_total_and_leads_to_the_account(view):
    spots = drawn(score_figures.ranking(view, "unit"))
    rows = view.candidates("unit")
    assert [s.link for s in spots] == [view.link("unit", c) for c in rows["candidate"]]
    for found, row in zip(spots, rows.to_dict("records"), strict=True):
        assert found.text.endswith(f"{row['name']}：{plain(int(row['total']))}分")
    tops = [float(s.top) for s in spots]
    assert tops == sorted(tops)
    for one in spots:
        assert 0 <= float(one.left) < float(one.left) + float(one.width) <= 100
        assert 0 <= float(one.top) < float(one.top) + float(one.height) <= 100


def test_a_line_says_each_months_figure(view):
    spots = drawn(score_figures.trend(view, "unit", "transmission"))
    name = view.candidates("unit")["name"].iloc[0]
    own = [s.text for s in spots if s.text.startswith(name)]
    assert len(own) == 12
    assert all(text.endswith("%") for text in own)


def test_spots_change_no_byte_of_the_picture():
    def figure() -> Figure:
        made = Figure(figsize=(4, 3), layout="constrained")
        made.subplots().plot([1, 2], [3, 4])
        return made

    plain_one, marked = figure(), figure()
    spot(marked.axes[0], (1.2, 3.1), (0.5, 0.5), "某")
    assert png(plain_one) == png(marked)
    assert [s.text for s in spots_of(marked)] == ["某"]


def test_a_page_lays_them_over_the_picture_and_text_stays_text(hostile):
    figure = score_figures.ranking(hostile, "unit")
    made = notebook(code("x", show_figure(figure)._repr_mimebundle_()))
    page = assert_sound(render_notebook(made, "图"))
    assert "<script>alert(1)</script>" in page.text
    spots = [a for tag, a in page.elements if tag == "a" and a.get("class", "").startswith("spot")]
    assert len(spots) == len(hostile.candidates("unit"))
    assert parse(str(img_tag(figure))).values("href") == [s.link for s in drawn(figure)]


def test_many_spots_are_no_stops_of_the_tabulator(view):
    some = told(drawn(score_figures.ranking(view, "unit")))
    assert "tabindex" not in over(img_tag(Figure()), some)
    many = some * (MOST_STOPS // len(some) + 1)
    assert over(img_tag(Figure()), many).count('tabindex="-1"') == len(many)


def test_notebooks_without_spots_have_the_picture_alone():
    nb = nbformat.v4.new_output("display_data", {"image/png": "aaaa"}, metadata={})
    cell = nbformat.v4.new_code_cell("x", outputs=[nb])
    assert 'class="mapped"' not in render_notebook(notebook(cell), "图").split("</style>")[1]
