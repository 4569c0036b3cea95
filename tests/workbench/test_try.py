"""rubric try: a record's inputs under other rules; the record stays as it is."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.jobs.rubrics.rubric_trial import try_rules
from dalian_eval.scoring.ledger import scores
from dalian_eval.stages.pipeline import open_job
from tests.light_runs import light_run, write_tables

ROOT = Path(__file__).parents[2]
UNITS = ("D01", "D02", "D03")
PERSON = {"在编": "是", "证件有效期起": "2020-01-01", "一线": "是", "候选个人": "是"}
HONOUR = {"对象类型": "个人", "对象": "A1", "类别": "荣誉", "日期": "2024-05-20"}
TABLES = {
    "单位": [{"单位编码": "D00", "候选集体": "否"}]
    + [{"单位编码": u, "单位名称": u, "上级单位编码": "D00", "候选集体": "是"} for u in UNITS],
    "人员": [{"执法证号": n, "姓名": n, **PERSON} for n in ("A1", "A2")],
    "任职": [{"执法证号": n, "单位编码": "D01", "到岗日期": "2020-01-01"} for n in ("A1", "A2")],
    "单位事项": [
        {"单位编码": "D01", "事项": "车辆统一标识", "结论": "是"},
        {"单位编码": "D02", "事项": "场所装备标识", "结论": "是"},
        {"单位编码": "D02", "事项": "省级规范化试点验收", "结论": "是"},
        *({"单位编码": u, "事项": "纳入远程帮扶", "结论": "是"} for u in UNITS),
    ],
    "荣誉": [
        {"编号": "R1", "名称": "标兵", "级别": "县级", **HONOUR},
        {"编号": "R2", "名称": "能手", "级别": "市级部门", **HONOUR, "对象": "A2"},
    ],
    "上级线索": [
        {"线索编号": "X1", "单位编码": "D01", "推送日期": "2023-11-01", "查办结果": "查否"},
    ],
}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of a small county, without pages."""
    place = tmp_path_factory.mktemp("try")
    return light_run(write_tables(place / "raw", TABLES), place / "runs", "2024-10")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "县"
    shutil.copytree(ROOT / "params", root / "params")
    monkeypatch.chdir(root)
    return root


def changed(project: Path, *pairs: tuple[str, str]) -> Path:
    """Change the project's rubric in place."""
    path = project / "params/rubrics/2024.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_rules_move_nobody(record: Path, project: Path) -> None:
    found = try_rules(project / "params/rubrics/2024.yaml", str(record), readings={})
    assert found.candidates == ()
    assert found.settings == ()
    assert found.unmoved == 5


def test_who_moves_by_which_clause_and_in_which_direction(record: Path, project: Path) -> None:
    halves = (
        ("    max: 0.8\n", "    max: 0.3\n"),
        ("        points: 0.8\n", "        points: 0.3\n"),
    )
    wider = ("    max: 0.2\n", "    max: 0.7\n"), ("        points: 0.2\n", "        points: 0.7\n")
    path = changed(project, *halves, *wider)
    before = {p: p.read_bytes() for p in record.rglob("*") if p.is_file()}
    found = try_rules(path, str(record), readings={})
    moved = {c.candidate: c.difference for c in found.candidates}
    # D02 has no leads: what it gains is scaled by 100/97.
    assert (moved["D01"], moved["D02"]) == (-5000, 5155)
    by_clause = {c.clause: c for c in found.by_clause()}
    assert by_clause["unit.team.identity.vehicles"].downs == (-5000,)
    assert by_clause["unit.team.identity.premises"].ups == (5000,)
    assert {s.name for s in found.settings} == {
        "细则：车辆统一标识（unit.team.identity.vehicles）",
        "细则：场所装备标识（unit.team.identity.premises）",
    }
    assert {p: p.read_bytes() for p in record.rglob("*") if p.is_file()} == before


def test_a_trial_comes_to_what_a_run_under_these_rules_comes_to(
    record: Path, project: Path
) -> None:
    path = changed(
        project,
        ("default: rescale", "default: forfeit"),
        ("    max: 0.8\n", "    max: 0.3\n"),
        ("        points: 0.8\n", "        points: 0.3\n"),
        ("    max: 0.2\n", "    max: 0.7\n"),
        ("        points: 0.2\n", "        points: 0.7\n"),
    )
    found = try_rules(path, str(record), readings={})
    job = open_job(month="2024-10", raw=record / "inputs", start=project)
    direct = scores(job.rescore()).set_index(["kind", "candidate"])
    assert len(found.candidates) >= 2
    for change in found.candidates:
        row = direct.loc[(change.kind, change.candidate)]
        assert change.after is not None
        assert (change.after.total, change.after.rank) == (int(row["total"]), int(row["rank"]))
        assert sum(part.points for part in change.parts) == change.difference


def test_ranks_before_and_after(record: Path, project: Path) -> None:
    path = changed(project, ("市级部门: 2, 县级: 1}", "市级部门: 0.5, 县级: 1}"))
    found = try_rules(path, str(record), readings={})
    ranks = {
        c.candidate: (c.before.rank, c.after.rank)
        for c in found.of("officer")
        if c.before and c.after
    }
    assert ranks == {"A1": (2, 1), "A2": (1, 2)}


def test_parameters_and_readings(record: Path, project: Path) -> None:
    params = project / "params/2024.yaml"
    text = params.read_text(encoding="utf-8").replace("readings: {}", "readings: {no_leads: full}")
    params.write_text(text, encoding="utf-8")
    by_file = try_rules(params, str(record), readings={})
    by_option = try_rules(
        project / "params/rubrics/2024.yaml", str(record), readings={"no_leads": "full"}
    )
    assert by_file.candidates == by_option.candidates
    moved = {c.candidate for c in by_file.candidates if c.difference}
    assert moved == {"D02", "D03"}
    assert {s.name for s in by_file.settings} == {"口径：上级无线索推送时的处理（no_leads）"}


def test_text_table_and_page(
    record: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(project, ("市级部门: 2, 县级: 1}", "市级部门: 0.5, 县级: 1}"))
    command = ["rubric", "try", "2024", "--on", str(record), "--csv", "a.csv", "--html", "a.html"]
    assert invoke(command) == 0
    out = capsys.readouterr().out
    assert "试算：换用 2024.yaml" in out
    assert "个人『获得荣誉称号』1个减少（最多-1.50分）" in out
    assert "第1名 → 第2名" in out
    page = (project / "a.html").read_text(encoding="utf-8")
    assert "试算，不作依据" in page
    assert "哪些条款使得分变动" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    rows = list(csv.DictReader((project / "a.csv").open(encoding="utf-8-sig")))
    assert [(r["candidate"], r["points"]) for r in rows if r["clause"]] == [("A2", "-1.5000")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2024", "--on", "没有"], "找不到运行记录"),
        (["2031", "--on", "RUN"], "找不到细则文件"),
        (["params/headers.yaml", "--on", "RUN"], "既不是细则，也不是运行参数"),
        (["CITY", "--on", "RUN"], "不在 2025 年度评审期"),
        (["2024", "--on", "RUN", "--reading", "no_leads"], "名称=取值"),
        (["2024", "--on", "RUN", "--reading", "no_leads=half"], "没有取值『half』"),
        (["2024", "--on", "RUN", "--html", "没有/a.html"], "--html"),
    ],
)
def test_wrong_use(
    arguments: list[str],
    words: str,
    record: Path,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"RUN": str(record), "CITY": str(ROOT / "tests/rubric/another_city/rubrics/2025.yaml")}
    assert invoke(["rubric", "try", *(places.get(a, a) for a in arguments)]) == UsageError.exit_code
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
