"""The yearly text: every number has its place, for any county; the page shows each sentence."""

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pandas as pd
import pytest

from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.base.tables import TRUSTED
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.narrative import narrative, yearly_text
from dalian_eval.report.narrative.losses import losses
from dalian_eval.report.narrative.text import Document, Heading, Paragraph, Picture, Table, numeral
from dalian_eval.report.notebook.notebook_page import render_notebook
from dalian_eval.report.views.run_view import RunView
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.tables import BY_NAME
from tests.report import counties
from tests.report.pages import assert_sound as assert_sound_page
from tests.report.pages import parse

NONE = empty_frame(BY_NAME["activities"])
FILES = {"clauses.csv", "outlook.csv", "monthly.csv"}
FILES |= {
    "sensitivity.csv",
    "cuts.csv",
    "readings.csv",
    "quarantine.csv",
    "merges.csv",
    "supersessions.csv",
    "narrative.docx",
}


def activities(*rows: tuple[str, str, str | None, int | None]) -> pd.DataFrame:
    """Rows of 活动: kind, unit, date, attendees."""
    made = pd.DataFrame(rows, columns=["kind", "unit_id", "date", "attendees"])
    made = made.assign(activity_id=[f"HD{i}" for i in range(len(made))], topic="", proof="")
    return made.assign(
        date=pd.to_datetime(made["date"]), attendees=made["attendees"].astype("Int64")
    )


def texts(document: Document) -> list[str]:
    """Every piece of text in order."""
    told = []
    for block in document.blocks():
        match block:
            case Heading():
                told.append(block.text)
            case Paragraph():
                told.append("".join(span.text for span in block.spans))
            case Table():
                told += [block.caption, *block.head]
                told += [cell.text for row in block.rows for cell in row]
            case Picture():
                told.append(block.caption)
    return told


def section(document: Document, title: str) -> str:
    """The text of a section of the first level."""
    (found,) = [s for s in document.sections if s.title == title]
    return "".join(texts(Document("", "", (found,), "")))


@pytest.fixture(scope="module")
def index(view: RunView) -> set[str]:
    """The ids of the door, which are the same for every run."""
    return set(parse(index_html(counties.nobody(view))).values("id"))


def assert_sound(document: Document, view: RunView, index: set[str]) -> None:
    """What holds for every text: sentences are whole, numbers have a place, the place is there."""
    pages: dict[str, set[str]] = {}
    for kind, candidate in zip(view.scores["kind"], view.scores["candidate"], strict=True):
        page, _, place = view.link(kind, candidate).partition("#")
        ids = {place} if place else set(view.section(kind).nodes)
        pages.setdefault(unquote(page), set()).update(ids)
    levels = [0]
    for block in document.blocks():
        spans = []
        match block:
            case Heading():
                assert block.level <= levels[-1] + 1
                levels.append(block.level)
            case Paragraph():
                assert block.spans
                for sentence in block.sentences:
                    assert sentence.text.endswith("。")
                    spans += sentence.spans
                    if re.search(r"\d", sentence.text):
                        assert any(span.link for span in sentence.spans), sentence.text
            case Table():
                assert block.rows
                assert all(len(row) == len(block.head) for row in block.rows)
                spans += [cell for row in block.rows for cell in row]
        for span in spans:
            file, _, anchor = span.link.partition("#")
            if file.startswith("statements/"):
                assert not anchor or unquote(anchor) in pages[unquote(file)]
                assert unquote(file) in pages
            elif file == "index.html":
                assert anchor in index
            else:
                assert not span.link or span.link in FILES, span.link
    assert levels.count(1) == 7
    for text in texts(document):
        assert not re.search(r"\b(None|nan|NaN|NaT|<NA>)\b", text)


def test_any_county_has_a_whole_text(view, early, index):
    for run in (
        view,
        early,
        counties.only(view, "unit", 1),
        counties.only(view, "officer", 3),
        counties.all_vetoed(view),
        counties.without_tables(view),
        counties.nobody(view),
        counties.renamed(view),
    ):
        assert_sound(yearly_text(run, NONE), run, index)


def test_a_province_is_told_by_its_ends(view, index):
    run = counties.many(view, 250)
    assert len(run.scores) == 1000
    document = yearly_text(run, NONE)
    assert_sound(document, run, index)
    assert sum(map(len, texts(document))) < 40_000
    ranks = section(document, "排名情况")
    assert "前10名和末5名" in ranks
    assert not [b for b in document.blocks() if isinstance(b, Picture)]


def test_totals_ranks_and_items_are_those_of_the_run(view, early):
    for run in (view, early):
        document = yearly_text(run, NONE)
        ranks, items = section(document, "排名情况"), section(document, "各项工作完成情况")
        for row in run.candidates("unit").itertuples():
            assert row.name in ranks
            assert two_decimals(int(row.total)) in ranks
        for kind in ("unit", "officer"):
            for item in run.section(kind).children(kind):
                if item in run.section(kind).items:
                    rows = run.clauses[run.clauses["clause"] == item]
                    for end in (rows["points"].max(), rows["points"].min()):
                        assert two_decimals(int(end)) in items
                    assert run.section(kind).items[item].title in items


def test_the_month_is_told_beside_the_one_before(view):
    told = section(yearly_text(view, NONE), "总体情况")
    for kind in ("unit", "officer"):
        rows = view.ledger[view.ledger["kind"] == kind]
        now, before = (
            int(rows.loc[rows["month"] == month, "points"].sum())
            for month in ("2024-10", "2024-09")
        )
        word = "多" if now > before else "少"
        change = f"比上月{word}{two_decimals(abs(now - before))}分"
        assert f"2024年10月当月合计得{two_decimals(now)}分，{change}" in told


def test_losses_never_exceed_what_the_items_lack(view, early):
    for run in (view, early):
        for kind in ("unit", "officer"):
            rows = losses(run, kind)
            lacking = run.clauses[run.clauses["clause"].isin(set(rows["item"]))]
            short = (lacking["max"] - lacking["points"]).clip(lower=0)
            short.index = pd.MultiIndex.from_frame(lacking[["candidate", "clause"]])
            above = pd.MultiIndex.from_frame(rows[["candidate", "item"]])
            assert (rows["lost"].to_numpy() <= short.reindex(above).to_numpy()).all()
            assert (rows[["lost", "reach"]] >= 0).all(axis=None)
            # Nothing is open here: what an item lacks is told by its clauses, all of it.
            closed = run.clauses.groupby("candidate")["status"].agg(
                lambda s: set(s) <= {"scored", "void", "vetoed"}
            )
            sums = rows.groupby(["candidate", "item"])["lost"].sum()
            for (candidate, item), lost in sums.items():
                if closed[candidate]:
                    assert lost >= short[(candidate, item)]


def test_a_running_month_says_so(view, early):
    whole, stage = yearly_text(view, NONE), yearly_text(early, NONE)
    assert whole.title == "2024年度执法大练兵总结报告"
    assert stage.title == "2024年度执法大练兵阶段性总结报告"
    told = "".join(texts(stage))
    assert "阶段性情况" in told
    assert "还可争取" in section(stage, "下一步工作打算")
    for word in ("全年", "为强项", "为弱项", "补短板"):
        assert word not in told
    assert "阶段性" not in "".join(texts(whole))
    assert "为弱项" in "".join(texts(whole))


def test_activities_are_counted_by_unit_and_kind(view):
    rows = activities(
        ("业务学习", "D01", "2024-07-01", 8),
        ("业务学习", "D01", "2024-07-08", None),
        ("能力竞赛", "D02", "2024-08-01", 4),
        ("案卷评查", "D02", "2023-10-31", 4),
        ("案卷评查", "D02", "2024-11-01", 4),
        ("案卷评查", "D02", None, 4),
    )
    title = "“五个一”活动开展情况"
    told = section(yearly_text(view, rows), title)
    assert "共开展活动3次，其中业务学习2次、能力竞赛1次，登记参加12人次" in told
    assert "案卷评查、效能评比、尖兵选拔没有记录" in told
    assert "另有1次在2024年10月31日之后、2次日期空白或者早于评审期，未计入。" in told
    assert "没有开展业务学习的是南片执法局、西片执法局、北片执法局。" in told
    assert "没有开展能力竞赛的是东片执法局、西片执法局、北片执法局。" in told
    assert "东片执法局200002南片执法局010001" in told
    assert "没有活动记录" in section(yearly_text(view, NONE), title)
    missing = counties.without_tables(view)
    assert "没有提供" in section(yearly_text(missing, NONE), title)


def test_the_page_shows_every_sentence(view):
    run = counties.renamed(view)
    bundle = narrative(run, NONE)._repr_mimebundle_()
    assert bundle[TRUSTED] == {"trusted": True}
    output = nbformat.v4.new_output("display_data", data=bundle)
    cells = [
        nbformat.v4.new_markdown_cell("# 年度总结", id="a"),
        nbformat.v4.new_code_cell("narrative", outputs=[output], id="b"),
    ]
    page = render_notebook(nbformat.v4.new_notebook(cells=cells), "年度总结")
    shown = re.sub(r"\s", "", assert_sound_page(page).text)
    for text in texts(yearly_text(run, NONE)):
        assert re.sub(r"\s", "", text) in shown


def test_every_link_of_a_run_leads_to_an_element_that_is_there(demo_run):
    ids: dict[Path, set[str]] = {}
    links = parse((demo_run / "05_narrative.html").read_text(encoding="utf-8")).values("href")
    assert len(links) > 200
    for link in links:
        file, _, anchor = link.partition("#")
        target = demo_run / unquote(file or "05_narrative.html")
        assert target.is_file(), link
        if anchor:
            if target not in ids:
                ids[target] = set(parse(target.read_text(encoding="utf-8")).values("id"))
            assert unquote(anchor) in ids[target], link


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numerals(number, text):
    assert numeral(number) == text
