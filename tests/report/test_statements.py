"""What a statement adds to the account: cells, waterfall, peers, months, the page to sign."""

import csv
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest

from dalian_eval.report.base.file_names import LOOKUP, members_file, statement_file
from dalian_eval.report.base.points import half_points, plain
from dalian_eval.report.door.door_page import LISTED, index_html
from dalian_eval.report.door.record_pages import RecordPages
from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.statements.losses import losses_of
from dalian_eval.report.statements.statement_pages import missed_months, statement_html
from dalian_eval.report.statements.waterfall import waterfall
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.evidence_cells import (
    MOST,
    NO_CELLS,
    SHOWN,
    Cells,
    columns_behind,
    read_cells,
)
from dalian_eval.report.views.figure_rows import figure_rows
from dalian_eval.report.views.peers import Peers, compare
from dalian_eval.schema.origins import EVIDENCE_LIMIT, ORIGIN
from dalian_eval.scoring.awards import lists
from tests.report.conftest import HOSTILE, ROOT
from tests.report.pages import assert_sound


@pytest.fixture(scope="module")
def cells(view, cleaned):
    return read_cells(cleaned, view.sources, view.ledger["evidence"])


def everybody(view):
    return list(view.scores[["kind", "candidate"]].itertuples(index=False, name=None))


def limited(view, most):
    return replace(view, meta={**view.meta, "params": {"statements": most}})


# ---- peers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("doubled", "text"),
    [(0, "0.00"), (246, "0.0123"), (1, "0.0001"), (-1, "−0.0001"), (30_001, "1.5001")],
)
def test_half_of_points_has_at_most_four_decimals(doubled, text):
    assert half_points(doubled) == text


def test_peers_are_the_median_and_the_best():
    rows = [("unit", "a", 10, "scored"), ("unit", "a", 5, "void"), ("unit", "a", 0, "unavailable")]
    rows += [("unit", "b", 3, "scored"), ("unit", "b", 8, "unavailable")]
    rows += [("unit", "c", 0, "not_applicable"), ("officer", "a", 7, "vetoed")]
    frame = pd.DataFrame(rows, columns=["kind", "clause", "points", "status"])
    assert compare(frame, leaves=["a"]) == {
        ("officer", "a"): Peers(1, 14, 7),
        ("unit", "a"): Peers(2, 15, 10),
        ("unit", "b"): Peers(2, 11, 8),
    }
    assert Peers(2, 15, 10).median == "0.0008"
    assert Peers(2, 15, 10).beyond(10) == "+0.0003"
    assert Peers(2, 15, 10).beyond(5) == "−0.0003"


# ---- waterfall ---------------------------------------------------------------------------


def test_the_waterfall_leads_from_the_full_mark_to_the_total(view, early):
    for run in (view, early):
        for kind, candidate in everybody(run):
            made = statement_of(run, kind, candidate)
            first, *between, last = waterfall(
                made, 1_000_000, losses_of(run, kind, candidate)
            ).steps
            assert first.points == 1_000_000
            assert first.points + sum(s.change for s in between) == made.score["total"]
            assert last.points == made.score["total"]
            for step in (first, *between, last):
                assert float(step.x.rstrip("%")) >= 30
                assert float(step.x.rstrip("%")) + float(step.width.rstrip("%")) < 84.02


def test_the_figure_is_told_to_who_cannot_see_it(view):
    lost = losses_of(view, "unit", "D02")
    figure = waterfall(statement_of(view, "unit", "D02"), 1_000_000, lost)
    page = statement_html(view, "unit", "D02")
    assert f'<desc id="waterfall-told">{figure.told}</desc>' in page
    for step in figure.steps[1:-1]:
        assert not step.change or f"{step.title}{step.told}" in figure.told


# ---- cells -------------------------------------------------------------------------------


def test_every_evidence_row_of_the_demo_has_its_cells(view, cells):
    for row in view.ledger.itertuples():
        clause = view.section(row.kind).clauses.get(row.clause)
        if clause is None:
            continue
        places = parse_origins(row.evidence)
        tables = cells.behind(clause, places)
        assert [t.place for t in tables] == list(places)
        for table in tables:
            most = SHOWN if clause.metrics else MOST
            assert [r for r, _ in table.rows] == list(table.place.rows[:most])
            assert table.heads
            assert all(len(texts) == len(table.heads) for _, texts in table.rows)


def test_cells_are_those_of_the_file(view, cells):
    """The case number beside a row number stands in that row of the raw file."""
    with (ROOT / "data/demo/案件/案件.csv").open(encoding="gb18030", newline="") as stream:
        raw = list(csv.reader(stream))
    entry = view.ledger[view.ledger["clause"] == "unit.special.penalty"].iloc[0]
    clause = view.section("unit").clauses["unit.special.penalty"]
    (table,) = cells.behind(clause, parse_origins(entry["evidence"]))
    assert table.heads[:3] == ("案件编号", "单位编码", "案件类型")
    assert "两打" in table.heads
    for number, texts in table.rows:
        assert texts[1] in raw[number - 1]


def test_a_list_that_was_cut_can_be_opened_in_full(view, cleaned, cells):
    """Where an entry lists the first rows of a month: how many there are, and where all stand."""
    whole = figure_rows(view, cleaned, view.sources, view.ledger)
    numbers = view.monthly.set_index(["kind", "candidate", "metric", "month"])["numerator"]
    seen = 0
    for kind, candidate in everybody(view):
        page = statement_html(view, kind, candidate, cells, whole=whole)
        made = statement_of(view, kind, candidate)
        cut = [
            (leaf, entry)
            for item in made.items
            for leaf in item.leaves()
            for entry in leaf.entries
            if entry.cut
        ]
        assert page.count("行的行号</summary>") == len(cut)
        for leaf, entry in cut:
            assert leaf.id == "unit.digital.records.per_capita"
            count = numbers[kind, candidate, "per_capita", entry.month]
            told = f"共{count}行，上面列出前{EVIDENCE_LIMIT}行。"
            (at,) = (i for i in range(len(page)) if page.startswith(f'<tr id="{entry.id}"', i))
            assert told in page[at : page.index("</tr>", at)]
            clause = view.section(kind).clauses[leaf.id]
            every = whole.behind(kind, candidate, clause, entry.month, EVIDENCE_LIMIT)
            assert every is not None
            assert sum(len(e.rows) for e in every.places) == every.count == count
            for listed in entry.evidence:
                assert any(set(listed.rows) <= set(e.rows) for e in every.places)
            assert all(e.place in page for e in every.places)
        seen += len(cut)
    assert seen


def test_nothing_but_a_monthly_figure_is_cut():
    many = EVIDENCE_LIMIT * 5
    assert len(lists([0] * many, range(many), 1)[0]) == many


def test_only_the_columns_a_clause_looks_at(rubric):
    clauses = rubric.unit.clauses
    assert columns_behind(clauses["unit.cases.new_field"], "cases") == [
        *("case_id", "unit_id", "decided_on", "transferred_on", "fields")
    ]
    assert columns_behind(clauses["unit.review.base"], "review_scores") == [
        *("unit_id", "score", "date")
    ]
    # The draw's file score is looked up in the review, the posting leads to the candidate.
    fatal = rubric.officer.clauses["officer.cases.files.fatal"]
    assert {"fatal", "case_id"} <= set(columns_behind(fatal, "case_reviews"))
    assert columns_behind(clauses["unit.air.onsite"], "postings") == [
        *("officer_id", "unit_id", "start", "end")
    ]


def test_rows_that_are_not_there_show_no_cells(view, cleaned):
    nothing = read_cells(cleaned, view.sources, ["cases:nowhere.csv#!1 cases:案件/案件.csv#!99999"])
    clause = view.section("unit").clauses["unit.special.penalty"]
    assert (
        nothing.behind(clause, parse_origins("cases:案件/案件.csv#!99999 cases:nowhere.csv#!1"))
        == []
    )
    assert NO_CELLS.behind(clause, parse_origins("cases:案件/案件.csv#!2")) == []


def test_hostile_cells_stay_text(hostile):
    clauses = hostile.section("unit").clauses
    names = columns_behind(clauses["unit.special.penalty"], "cases")
    row = pa.table({ORIGIN: pa.array([7], pa.int64()), **{n: [HOSTILE] for n in names}})
    place = ("cases", "<script>alert(1)</script>", "<b>")
    evil = Cells({place: 0}, {"cases": row}, {"cases": {7: 0}})
    ledger = hostile.ledger.assign(clause="unit.special.penalty")
    page = assert_sound(statement_html(replace(hostile, ledger=ledger), "unit", "D01", evil))
    assert page.text.count(HOSTILE) > 5
    assert {t for t, _ in page.elements} & {"b", "script"} <= {"b", "script"}


def test_long_evidence_is_told_briefly():
    rows = " ".join(f"cases:a.csv#!{n}" for n in range(2, 40, 2))
    (place,) = parse_origins(rows)
    assert place.brief == "第2、4、6、8、10、12行等19行"
    assert parse_origins("cases:a.csv#!2 cases:a.csv#!3")[0].brief == "第2～3行"


# ---- months, signature -------------------------------------------------------------


def test_every_missed_month_leads_to_the_entry_that_says_why(view):
    leaves = [x for item in statement_of(view, "unit", "D02").items for x in item.leaves()]
    found = list(missed_months(leaves))
    assert {(m.month, m.leaf.id.rpartition(".")[2]) for m in found} == {
        *(("2024-02", "entry_ratio"), ("2024-08", "entry_ratio"), ("2024-02", "per_capita"))
    }
    page = assert_sound(statement_html(view, "unit", "D02"))
    for month in found:
        assert "没有达到" in month.entry.reason
        assert f"#{month.entry.id}" in page.values("href")


def test_the_page_to_sign_holds_who_score_rank_and_lines(view, cells):
    for kind, candidate in (("unit", "D03"), ("officer", "06120002")):
        html = statement_html(view, kind, candidate, cells)
        assert_sound(html)
        sheet = html[html.index('<section class="signature"') :]
        score = view.score_of(kind, candidate)
        for text in (score["name"], candidate, plain(int(score["total_low"])), "复核人签字"):
            assert text in sheet
        for item in statement_of(view, kind, candidate).items:
            assert item.title in sheet or item.is_clause


# ---- very many candidates ------------------------------------------------------------------


def written(view, cleaned, folder):
    folder.mkdir()
    pages = RecordPages(view, cleaned, folder)
    pages.write_statements((who, None) for who in pages.accounts)
    pages.write_lookup()
    pages.write_door()
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*.html")}


def test_above_the_limit_officers_are_looked_up_by_unit(view, cleaned, tmp_path):
    folder = tmp_path / "run"
    files = written(limited(view, 4), cleaned, folder)
    assert f"statements/{statement_file('unit', 'D01')}" in files
    assert not [name for name in files if "officer-" in name]
    door = assert_sound((folder / "index.html").read_text(encoding="utf-8"))
    lookup = assert_sound((folder / f"statements/{LOOKUP}").read_text(encoding="utf-8"))
    linked = {a for a in door.values("href") if a.startswith("statements/")}
    assert f"statements/{LOOKUP}" in linked
    pages = {name: assert_sound((folder / name).read_text(encoding="utf-8")) for name in files}
    for address in linked:
        name, _, anchor = address.partition("#")
        assert name in files
        assert not anchor or anchor in pages[name].values("id")
    for address in lookup.values("href"):
        assert address.startswith(("#", "../")) or f"statements/{address}" in files
    officers = view.candidates("officer")
    text = "".join(page.text for page in pages.values())
    for candidate, unit in zip(officers["candidate"], officers["unit"], strict=True):
        page = pages[f"statements/{members_file(unit)}"]
        assert candidate in page.values("id")
    assert "按执法证号单独生成" in text
    assert "dalian-eval" not in text


def test_above_the_limit_for_units_nobody_has_a_statement(view, cleaned, tmp_path):
    files = written(limited(view, 0), cleaned, tmp_path / "run")
    assert not [name for name in files if "unit-" in name or "officer-" in name]
    page = (tmp_path / "run/statements" / members_file("D01")).read_text(encoding="utf-8")
    assert "单位得分" in assert_sound(page).text


def test_a_door_for_thousands_of_officers_stays_light(view):
    """Everybody a hundred times over, all tied: the door lists some and counts the rest."""
    many = [
        view.scores[view.scores["kind"] == "officer"].assign(
            candidate=lambda rows, n=n: rows["candidate"] + f"-{n}"
        )
        for n in range(100)
    ]
    scores = pd.concat([view.scores[view.scores["kind"] == "unit"], *many], ignore_index=True)
    run = replace(limited(view, 2000), scores=scores, ledger=view.ledger.iloc[:0])
    html = index_html(run)
    assert len(html.encode()) < 300_000
    text = assert_sound(html).text
    assert "按单位查人员得分" in text
    assert f"只列前{LISTED}" in text
