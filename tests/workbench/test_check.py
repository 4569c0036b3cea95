"""rubric check: a sound rubric is summed up, a faulty one told; years that were left behind."""

import shutil
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.jobs.self_check import selfcheck
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.workbench.stray_years import shortened, warnings_of_plan
from dalian_eval.workbench.year_places import year_places

ROOT = Path(__file__).parents[2]
OURS = ROOT / "params/rubrics/2024.yaml"
CITY = ROOT / "tests/rubric/another_city"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "县"
    shutil.copytree(ROOT / "params", root / "params")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def copied(project: Path) -> Path:
    """This year's plan as next year's, with the period alone moved: what people do."""
    text = OURS.read_text(encoding="utf-8")
    text = text.replace("year: 2024\n", "year: 2025\n", 1)
    text = text.replace("2023-11-01, end: 2024-10-31", "2024-11-01, end: 2025-10-31", 1)
    path = project / "params/rubrics/2025.yaml"
    path.write_text(text, encoding="utf-8")
    params = (project / "params/2024.yaml").read_text(encoding="utf-8")
    params = params.replace("year: 2024\n", "year: 2025\n", 1)
    params = params.replace("rubrics/2024.yaml", "rubrics/2025.yaml", 1)
    (project / "params/2025.yaml").write_text(params, encoding="utf-8")
    return path


@pytest.mark.parametrize("year", ["2024", "params/rubrics/2024.yaml"])
def test_a_sound_rubric_is_summed_up(
    year: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["rubric", "check", year]) == 0
    said = capsys.readouterr()
    rubric = load_rubric(OURS)
    assert said.err == ""
    assert f"集体{len(rubric.unit.items)}项{len(rubric.unit.clauses)}条" in said.out
    assert f"口径{len(rubric.readings)}条" in said.out
    assert "检查记录、案件、案件承办" in said.out
    assert said.out.count("\n") == 1


def test_faults_are_told_at_once_also_under_other_readings(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "params/rubrics/2024.yaml"
    text = path.read_text(encoding="utf-8").replace("sum: each}", "sum: echa}", 1)
    text = text.replace("reaches: unit.team\n", "reaches: unit.tame\n", 1)
    path.write_text(text, encoding="utf-8")
    assert invoke(["rubric", "check", "2024"]) == UsageError.exit_code
    said = capsys.readouterr()
    assert said.out == ""
    assert "2处错误" in said.err
    assert "没有名为『echa』的规则" in said.err
    assert "是不是 unit.team" in said.err


def test_a_fault_is_no_traceback(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "x.yaml"
    path.write_text("year: 2024\n", encoding="utf-8")
    assert invoke(["rubric", "check", "x.yaml"]) == UsageError.exit_code
    assert invoke(["rubric", "check", "2031"]) == UsageError.exit_code
    assert invoke(["rubric"]) == UsageError.exit_code
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "现有：2024" in err


# ---- years ---------------------------------------------------------------------------------


def test_our_plans_have_no_stray_year() -> None:
    for file in (OURS, CITY / "rubrics/2025.yaml"):
        params = file.parents[1] / file.name
        assert warnings_of_plan(file, params, load_rubric(file)) == []


def test_a_copied_plan_is_told_line_by_line(copied: Path) -> None:
    params = copied.parents[1] / "2025.yaml"
    told = warnings_of_plan(copied, params, load_rubric(copied))
    lines = copied.read_text(encoding="utf-8").split("\n")
    by_line = {r.line: r.what for r in told if r.what and r.file == copied.name}
    past = {n for n, line in enumerate(lines, 1) if "2023" in line.partition("#")[0]}
    told_of_rubric = {r.line for r in warnings_of_plan(copied, None, load_rubric(copied))}
    assert past <= told_of_rubric
    for needle, what in (
        ("window: {years: [2024]}", "到2024年为止"),
        ("provisional_until: 2024-11-30", "这一天以前为暂定"),
        ("title: 2024年度", "本年度是2025"),
    ):
        number = next(n for n, line in enumerate(lines, 1) if needle in line)
        assert what in by_line[number]
    assert len(told) > 30
    assert any("start: 2024-07-01" in params.read_text(encoding="utf-8") for _ in told)


def test_a_year_that_is_meant_is_told_no_more(copied: Path) -> None:
    before = len(warnings_of_plan(copied, None, load_rubric(copied)))
    text = copied.read_text(encoding="utf-8")
    old = "      - what: 2023、2024年集体荣誉"
    copied.write_text(text.replace(old, f"{old}  # 年份无误"), encoding="utf-8")
    assert len(warnings_of_plan(copied, None, load_rubric(copied))) == before - 1


def test_what_is_undecided_is_told(project: Path) -> None:
    path = project / "params/rubrics/2024.yaml"
    text = path.read_text(encoding="utf-8")
    old = "source: 通如东环〔2024〕27号"
    path.write_text(text.replace(old, f"{old}  # 待定：文号"), encoding="utf-8")
    told = warnings_of_plan(path, None, load_rubric(path))
    assert [r.sentence for r in told] == ["2024.yaml 第6行：待定：文号"]
    assert len(shortened(told)) == 2


def test_the_self_check_says_so_first(copied: Path, project: Path) -> None:
    lines: list[str] = []
    raw = project / "报送"
    raw.mkdir()
    (raw / "单位.csv").write_text("单位编码,单位名称,候选集体,类型\nD01,东局,是,区域性执法局\n")
    selfcheck(raw=raw, params=None, to=project / "结果", tell=lines.append)
    assert lines[0].startswith("提醒：2025.yaml 第")
    assert "rubric check" in "".join(lines[:6])


def test_years_are_found_to_the_character() -> None:
    text = "a: {years: [2023, 2024], n: 2000}  # 2024年\nb: 始于2024-02-29\nc: BW2024001\n"
    found = [(p.year, p.line, p.path, p.may_be_a_number) for p in year_places(text)]
    assert found == [
        (2023, 1, ("a", "years"), False),
        (2024, 1, ("a", "years"), False),
        (2000, 1, ("a", "n"), True),
        (2024, 1, (), False),
        (2024, 2, ("b",), False),
    ]
    assert all(text[p.start : p.start + 4] == str(p.year) for p in year_places(text))
