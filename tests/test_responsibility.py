"""A responsibility contract through the whole pipeline: tables and metrics of its own, no people.

Its YAML is all that is added (tests/rubric/responsibility): no officers, no draw, no campaign.
"""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.jobs.report_template import report_template
from dalian_eval.jobs.reproduce import reproduce
from dalian_eval.jobs.run import run
from dalian_eval.jobs.runs.run_stages import Progress
from dalian_eval.jobs.self_check import selfcheck
from dalian_eval.record.folder import open_run
from dalian_eval.rubric.numbers import points_of_text
from dalian_eval.schema.tables import BY_NAME, SHIPPED, use
from dalian_eval.stages.pipeline import open_job
from tests.test_run import STAGES, table

ROOT = Path(__file__).parents[1]
CITY = ROOT / "tests/rubric/responsibility"
OWN = {"空气质量", "优良天数", "水质断面", "理论考试", "重点任务", "信息报送"}


def make_project(root: Path) -> Path:
    """Lay the city out as a project, with our notebooks and templates."""
    shutil.copytree(CITY, root / "params", ignore=shutil.ignore_patterns("raw", "README.md"))
    shutil.copytree(CITY / "raw", root / "data/raw")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "params/templates", root / "params/templates")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("city") / "江城")


@pytest.fixture(scope="module")
def city_run(project: Path) -> Path:
    """The run of December, under the tables of the project; then the package's are used again."""
    made = run(month="2025-12", raw=project / "data/raw", out=project / "runs", project=project)
    use(SHIPPED)
    return made


def test_the_record_is_whole_and_names_the_tables(city_run: Path) -> None:
    for stage in STAGES:
        there = (city_run / f"{stage}.html").is_file()
        assert there == (stage != "06_campaign")
    assert {p.stem for p in (city_run / "statements").glob("*.html")} == {
        f"unit-J0{n}" for n in (1, 2, 3)
    }
    assert (city_run / "params/tables.yaml").read_bytes() == (CITY / "tables.yaml").read_bytes()
    crate = json.loads((city_run / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert "params/tables.yaml" in {part["@id"] for part in crate["@graph"]}
    assert table(city_run, "quarantine").empty
    page = (city_run / "01_clean.html").read_text(encoding="utf-8")
    assert all(sheet in page for sheet in OWN)


def test_no_page_speaks_of_another_plan(city_run: Path) -> None:
    for page in city_run.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for word in ("大练兵", "五个一", "练兵"):
            assert word not in text, (page.name, word)


TOTALS = {
    # 空气 20−0.75, 优良天数 15; 断面 5+4+2; 考试 86.75%×15; 任务 7; 信息 10
    "J01": "75.2625",
    # 空气 0, 优良天数 264/365÷0.85×15; 断面 4; 考试 67.5%×15; 任务 3; 信息 4.8; 通报 −1
    "J02": "33.6889",
    # 空气 20−1.2, 优良天数 15; 断面 24 (cap 20); 考试 92%×15; 任务 8; 信息 11×0.8; 通报 −1
    "J03": "83.4000",
}


def test_scores_are_those_reckoned_by_hand(city_run: Path) -> None:
    scores = table(city_run, "scores").set_index("candidate")
    assert dict(scores["total"]) == TOTALS
    assert dict(scores["status"]) == {"J01": "scored", "J02": "vetoed", "J03": "scored"}
    assert scores["rank"].fillna("").to_dict() == {"J01": "2", "J02": "", "J03": "1"}
    ledger = table(city_run, "ledger")
    sums = ledger.assign(points=ledger["points"].map(points_of_text)).groupby("candidate")
    assert dict(sums["points"].sum()) == {c: points_of_text(t) for c, t in TOTALS.items()}


SENTENCES = {
    ("J01", "unit.air.pollutants.over"): "PM2.5，年均值31.5，目标值30（12月31日统计），扣0.75分",
    ("J02", "unit.veto"): "断面名称西堰，水质类别Ⅴ类，上年水质类别Ⅳ类，12月31日评价，"
    "取消参评资格，不参加排名",
    (
        "J02",
        "unit.air.days",
    ): "优良天数比例264天/365天＝72.33%（满85%，占100%），×15分，得12.7639分",
    ("J03", "unit.water.classes"): "共得24分，最多得20分，多得的4分不计",
}


def test_sentences_name_the_columns_of_the_project(city_run: Path) -> None:
    ledger = table(city_run, "ledger")
    for key, sentence in SENTENCES.items():
        mine = ledger[(ledger["candidate"] == key[0]) & (ledger["clause"] == key[1])]
        assert sentence in set(mine["reason"]), key


def test_a_metric_of_the_rubric_has_its_figures_strips_and_months(city_run: Path) -> None:
    monthly = table(city_run, "monthly")
    mine = monthly[(monthly["candidate"] == "J03") & (monthly["metric"] == "reports")]
    assert list(mine["numerator"]) == ["3"] * 11 + ["1"]  # One of December came late.
    assert list(mine["passed"]) == ["是"] * 11 + ["否"]
    page = (city_run / "03_metrics.html").read_text(encoding="utf-8")
    assert "优良天数比例" in page
    assert "按时报送信息" in page
    assert "人员录入比例" not in page
    assert "按时报送信息" in (city_run / "index.html").read_text(encoding="utf-8")


def test_nothing_is_missed_that_the_plan_does_not_read(project: Path, city_run: Path) -> None:
    told = (city_run / "index.html").read_text(encoding="utf-8")
    for sheet in ("人员", "任职", "检查记录", "案件", "活动", "全市成绩"):
        assert f"没有提供『{sheet}』" not in told
        assert f"没有提交『{sheet}』" not in told
    checks = json.loads((city_run / "validation.json").read_text(encoding="utf-8"))
    skipped = [o["reason"] for o in checks["outcomes"] if o["skipped"]]
    assert {*skipped} <= {"没有提交『复核意见』表，没有核对。"}
    job = open_job(month="2025-12", start=project)
    assert {BY_NAME[name].sheet for name in job.asked} == {
        *OWN,
        "单位",
        "评查通报",
        "复核意见",
    }


def test_what_is_missing_of_the_plan_is_told(project: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(project / "data/raw", raw)
    (raw / "空气质量.csv").unlink()
    told: list[str] = []
    selfcheck(raw=raw, params=project / "params/2025.yaml", to=tmp_path / "out", tell=told.append)
    missing = told[told.index("  没有报送1张表：") + 1]
    assert missing == "    空气质量：扣分、否决条款1条"


def test_the_template_has_the_sheets_that_are_asked_for(project: Path, tmp_path: Path) -> None:
    report_template(tmp_path / "模板.xlsx", project / "params/2025.yaml")
    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    assert {*book.sheetnames} == {"填报说明", *OWN, "单位", "评查通报", "复核意见"}
    header = [cell.value for cell in book["评查通报"][2]]
    assert header[-1] == "通报事由"
    (level,) = (
        rule.formula1
        for rule in book["评查通报"].data_validations.dataValidation
        if "镇街" in str(rule.formula1)
    )
    assert level == '"部,省,市,镇街"'


def test_a_filled_template_is_read_again(project: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(project / "data/raw", raw)
    (raw / "理论考试.csv").unlink()
    place = raw / "模板.xlsx"
    report_template(place, project / "params/2025.yaml")
    book = openpyxl.load_workbook(place)
    for row in (["0031", "J03", "周五", "98", "2025-09-20"], ["0032", "J03", "吴六", "101", "x"]):
        book["理论考试"].append(row)
    book.save(place)
    job = open_job(month="2025-12", start=project, raw=raw, processed=tmp_path / "processed")
    report = job.clean()
    assert len(job.table("exam_scores")) == 1
    assert len(report.quarantine) == 1


def test_the_run_is_made_again_from_its_folder(city_run: Path) -> None:
    told: list[str] = []
    reproduce(str(city_run), to=None, any_version=False, tell=told.append, progress=Progress())
    assert "重算一致" in told[0]


def test_a_record_is_opened_under_its_own_tables(city_run: Path) -> None:
    assert "air_quality" not in BY_NAME
    view = open_run(city_run)
    assert BY_NAME["air_quality"].sheet == "空气质量"
    assert view.rubric.kinds == ("unit",)


def test_the_tables_are_an_input_of_the_run(project: Path, tmp_path: Path) -> None:
    before = open_job(month="2025-12", start=project).run_id
    changed = tmp_path / "县"
    shutil.copytree(project, changed, ignore=shutil.ignore_patterns("runs", "processed"))
    path = changed / "params/tables.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# 另一版\n", encoding="utf-8")
    assert open_job(month="2025-12", start=changed).run_id != before


def test_each_job_works_with_its_own_tables(project: Path) -> None:
    ours = open_job(month="2025-12", start=project)
    other = open_job(month="2024-10", start=ROOT, raw="data/demo")
    assert "air_quality" not in BY_NAME
    assert "air_quality" in ours.tables()
    assert "air_quality" not in other.contract.by_name
    assert "officers" not in ours.asked
    assert "officers" in other.asked


def test_runs_under_different_tables_are_compared(
    project: Path, city_run: Path, tmp_path: Path
) -> None:
    """A column renamed, one of another type, a word added: the later run says what differs."""
    later = tmp_path / "县"
    shutil.copytree(project, later, ignore=shutil.ignore_patterns("processed"))
    path = later / "params/tables.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "done: {header: 完成量, type: number, minimum: 0,",
        "done: {header: 完成量, type: integer, minimum: 0,",
    )
    path.write_text(
        text.replace("[工作动态, 专报, 简讯]", "[工作动态, 专报, 简讯, 快报]"), encoding="utf-8"
    )
    made = run(
        month="2025-12",
        raw=later / "data/raw",
        out=tmp_path / "runs",
        project=later,
        previous=str(city_run),
    )
    assert made.name != city_run.name
    page = (made / "changes.html").read_text(encoding="utf-8")
    assert "增加的表、列和选项" in page
    assert (made / "previous/params/tables.yaml").is_file()


def test_wrong_tables_stop_the_run_before_it_begins(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "县"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("runs", "processed"))
    path = root / "params/tables.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("type: number", "type: numbr"), "utf-8"
    )
    with pytest.raises(UsageError, match=r"tables\.yaml 有5处错误") as caught:
        open_job(month="2025-12", start=root)
    assert "是不是 number" in str(caught.value)
