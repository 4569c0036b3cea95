"""Another city's plan through the whole pipeline: its YAML is all that is added."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dalian_eval.base.errors import DifferenceError
from dalian_eval.cli import invoke
from dalian_eval.jobs.run import run
from dalian_eval.rubric.numbers import points_of_text
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.rubric_file.variants import Variants
from dalian_eval.scoring.ledger import KINDS, ranks_of_totals
from dalian_eval.stages.pipeline import open_job
from dalian_eval.workbench.case_county import write_county
from tests.test_cases import WORKED
from tests.test_run import STAGES, table

ROOT = Path(__file__).parents[1]
CITY = ROOT / "tests/rubric/another_city"
RUBRIC = load_rubric(CITY / "rubrics/2025.yaml")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder of the other city: its parameters and rubric, our notebooks and template."""
    root = tmp_path_factory.mktemp("city") / "湖城"
    shutil.copytree(CITY, root / "params", ignore=shutil.ignore_patterns("cases", "README.md"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "params/templates", root / "params/templates")
    (root / "data").mkdir()
    county = next(w for w in WORKED["湖城"] if w.case.name == "全县年终")
    write_county([("", county)], root / "data/raw")
    return root


@pytest.fixture(scope="module")
def city_run(project: Path) -> Path:
    """The run folder of the county for the last month of the other city's period."""
    before = Path.cwd()
    os.chdir(project)
    try:
        return project / run(month="2025-12")
    finally:
        os.chdir(before)


def test_the_record_is_whole(city_run: Path) -> None:
    for stage in STAGES:
        # Its parameters have no campaign, so the record has no chapter on one.
        assert (city_run / f"{stage}.html").is_file() == (stage != "06_campaign")
    pages = {p.stem for p in (city_run / "statements").glob("*.html")}
    assert pages == {f"unit-{n}队" for n in "一二三四五六"} | {f"officer-{n}" for n in "甲乙丙"}
    outlook = table(city_run, "outlook")
    nodes = {*RUBRIC.unit.nodes, *RUBRIC.officer.nodes}
    assert set(outlook["clause"]) == nodes
    assert table(city_run, "quarantine").empty


def test_every_score_is_the_sum_of_its_ledger(city_run: Path) -> None:
    ledger, scores = table(city_run, "ledger"), table(city_run, "scores")
    sums = ledger.assign(points=ledger["points"].map(points_of_text))
    totals = sums.groupby(["kind", "candidate"])["points"].sum()
    assert dict(totals) == {
        (r.kind, r.candidate): points_of_text(str(r.total)) for r in scores.itertuples()
    }
    assert {"一队": "99.0800", "三队": "28.9286", "甲": "35.9750"}.items() <= dict(
        zip(scores["candidate"], scores["total"], strict=True)
    ).items()


def test_every_clause_gives_its_reason(city_run: Path) -> None:
    ledger = table(city_run, "ledger")
    told = set(zip(ledger["candidate"], ledger["clause"], strict=True))
    for kind in ("unit", "officer"):
        for candidate in table(city_run, "scores").query(f"kind == '{kind}'")["candidate"]:
            assert {(candidate, c) for c in RUBRIC.section(kind).clauses} <= told


SENTENCES = {
    ("一队", "unit.daily.volume"): "评审期办结案件8件，在5个中列第1名，得15分"
    "（第1至2名得15分，第3至5名得2分）",
    ("三队", "unit.daily.volume"): "评审期办结案件7件，在5个中列第2名（2个并列），"
    "并列跨越名额界线，均计，得15分（第1至2名得15分，第3至5名得2分）",
    ("六队", "unit.daily.volume"): "评审期办结案件2件，未达到3件，不参加排名，得0分"
    "（第1至2名得15分，第3至5名得2分）",
    ("四队", "unit.daily.quality"): "登记的数据质量扣分合计0.5分，在6个中列第5名，得0分"
    "（第1名得10分，第2至3名得5分）",
    ("一队", "unit.daily.transfer"): "移送案件2件，不足6件，扣3分",
    ("二队", "unit.daily.task"): "人均每月有效检查记录27条/10人＝2.70条/人，不足3条/人，扣0.24分",
    ("二队", "unit.daily.transfer"): "移送案件6件，不低于6件，不扣分",
    ("一队", "unit.cases.composite"): "案卷评查平均分95分（满95分，占40%），"
    "查办上级线索4件（满5件，占20%），月末在岗持证人员录入比例20人/20人＝100.00%（满95%，占40%），"
    "×20分，得19.2分",
}


def test_sentences_of_the_rules_that_compare_numbers(city_run: Path) -> None:
    ledger = table(city_run, "ledger")
    told = {(r.candidate, r.clause): r.reason for r in ledger.itertuples() if "封顶" not in r.rule}
    assert {key: told[key] for key in SENTENCES} == SENTENCES


def test_further_clauses_on_a_metric_have_figures_of_their_own(city_run: Path) -> None:
    monthly = table(city_run, "monthly")
    assert set(monthly["metric"]) == {"entry_ratio", "transmission", "steady"}
    keys = monthly[["kind", "candidate", "month", "metric"]]
    assert not keys.duplicated().any()


def test_certificates_hold_under_every_reading_of_this_plan(project: Path, city_run: Path) -> None:
    """Every witness, scored in full, gives the rank claimed; the plan has no Python of its own."""
    rows = table(city_run, "sensitivity")
    assert set(rows["exact"]) == {"确切"}
    assert set(table(city_run, "readings")["reading"]) == set(RUBRIC.readings)
    claimed: dict[str, set[tuple[str, str, str]]] = {}
    for row in rows.itertuples():
        for how, rank in ((row.best_with, row.rank_best), (row.worst_with, row.rank_worst)):
            if how:
                claimed.setdefault(str(how), set()).add((row.kind, row.candidate, rank))
    assert claimed
    job = open_job(month="2025-12", start=project)
    variants = Variants(job.rubric_file, job.rubric)
    for how, claims in claimed.items():
        chosen = dict(part.split("=") for part in how.split())
        result = replace(job, rubric=variants.under(chosen)).rescore()
        for kind in KINDS:
            section = result.section(kind)
            ranks = ranks_of_totals(section.low.points[kind], section.vetoed)
            ids = list(map(str, section.candidates.ids))
            for _, candidate, rank in (claim for claim in claims if claim[0] == kind):
                assert str(ranks[ids.index(candidate)]) == rank, (how, candidate)


def test_certificates_that_differ_from_the_ledger_end_the_run(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A program that counts wrongly in the notebook's own process: everybody is first."""
    root = tmp_path / "县"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("runs", "processed"))
    notebook = root / "notebooks/04_score.ipynb"
    told = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(c for c in told["cells"] if any("open_job(" in line for line in c["source"]))
    cell["source"][:0] = [
        "import pandas as pd\n",
        "from dalian_eval.sensitivity import certify\n",
        "certify.ranks_of_totals = lambda total, vetoed: pd.Series(1, range(len(total)))\n",
    ]
    notebook.write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.chdir(root)
    assert invoke(["run", "--month", "2025-12"]) == DifferenceError.exit_code
    out, err = capsys.readouterr()
    assert "口径核算与台账不一致" in err
    assert "Traceback" not in out + err
    assert not list((root / "runs").glob("2025-12/*"))


def test_pages_speak_of_this_plan_only(city_run: Path) -> None:
    pages = sorted(city_run.rglob("*.html"))
    text = {p.name: p.read_text(encoding="utf-8") for p in pages if p.parent.name != "sheets"}
    sheets = {str(p): p.read_text(encoding="utf-8") for p in pages if p.parent.name == "sheets"}
    for name, page in (text | sheets).items():
        for word in ("附件3", "附件4", "十二个月", "大连", "三项指标"):
            assert word not in page, (name, word)
    assert "10个月全部达标得15分" in text["unit-一队.html"]
    assert "120" in text["index.html"]
    assert "细则没有逐月达标的要求" in text["03_metrics.html"]
    assert "个人的同一案件只能用于下列指标之一：办案积分；典型案例。" in text["04_score.html"]


def test_a_month_within_the_period_has_an_outlook(project: Path) -> None:
    view = open_job(month="2025-06", start=project).view()
    outlook = view.outlook.set_index(["candidate", "clause"])
    # The deductions for a shortfall can still be made up, the missed months cannot.
    assert outlook.loc[("一队", "unit.daily.transfer"), "attainable"] == 0
    assert outlook.loc[("三队", "unit.daily.entry"), "attainable"] == 12000 * 6
    assert outlook.loc[("一队", "unit"), "attainable"] == 120_0000 + 5_0000 - 1_0000
    totals = view.ledger.groupby(["kind", "candidate"])["points"].sum()
    scores = view.scores.set_index(["kind", "candidate"])["total"]
    pd.testing.assert_series_equal(totals.sort_index(), scores.sort_index(), check_names=False)


def test_a_plan_may_draw_no_files_of_a_kind(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "县"
    shutil.copytree(project / "params", root / "params")
    shutil.copytree(project / "data/raw", root / "data/raw")
    rubric = root / "params/rubrics/2025.yaml"
    text = rubric.read_text(encoding="utf-8")
    text = text.replace("supporting: [查封扣押, 移送]", "supporting: []")
    rubric.write_text(text.replace("unit_files: 3", "unit_files: 0"), encoding="utf-8")
    view = open_job(month="2025-12", start=root).view()
    assert list(view.draw["slot"]) == ["ordinary"] * 3
    assert list(view.draw["case"]) == ["", "一罚2", "一罚1"]
    points = view.clauses.set_index(["candidate", "clause"])["points"]
    assert points[("甲", "officer.files.found")] == 20000
