"""What is wrong by its form is told at once; what is misspelt is named, with what was meant."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.record.notebooks import _heading
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.stages.parameters import load_params

ROOT = Path(__file__).parents[1]
PARAMS = ROOT / "params" / "2024.yaml"


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--month", "2024-1x"],
        ["run", "--month", "2024-10", "--as-of", "10.12"],
        ["run", "--month", "2024-10", "--reading", "no_leads"],
        ["draw", "--month", "202410"],
        ["roster", "--as-of", "八月"],
        ["calendar", "--as-of", "八月"],
    ],
)
def test_wrong_form_is_told_before_anything_large_is_imported(command: list[str]) -> None:
    code = (
        "import sys; from dalian_eval.cli import invoke; code = invoke(sys.argv[1:]);"
        "print(sorted({'pandas', 'pydantic', 'ibis', 'nbformat', 'rich'} & {*sys.modules}));"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout.decode().strip() == "[]"
    assert "写法不对" in done.stderr.decode("utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--raw", "missing"],
        ["check", "--raw", "data/demo", "--to", "data/demo/x"],
        ["check", "--raw", "data/demo", "--params", "missing.yaml"],
        ["run", "--month", "2024-10", "--raw", "missing"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--params", "missing.yaml"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--as-of", "2024-09-30"],
        ["run", "--month", "2022-10", "--raw", "data/demo"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--reading", "no_lead=forfeit"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--edition", "public"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--spark-master", "yarn"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--out", "data/demo/runs"],
        ["run", "--month", "2024-10", "--raw", "data/demo", "--previous", "nowhere"],
        ["draw", "--month", "2024-10", "--raw", "missing"],
        ["roster", "--as-of", "2024-08-15", "--raw", "missing"],
        ["calendar", "--raw", "missing"],
        ["calendar", "--raw", "data/demo", "--ics", "dates.txt"],
        ["explain", "nowhere", "--of", "D01"],
        ["explain", "nowhere", "--of", "D01", "--clause", "x", "--html"],
        ["todo", "nowhere"],
        ["plan", "nowhere", "--of", "D01", "--rank", "1"],
        ["plan", "nowhere", "--of", "D01"],
        ["sensitivity", "nowhere"],
        ["sensitivity", "nowhere", "--of", "D01", "--cut", "2"],
        ["pack", "nowhere"],
        ["diff", "nowhere", "nowhere"],
        ["reproduce", "nowhere"],
        ["verify", "nowhere"],
        ["publish", "nowhere"],
        ["history", "--history", "missing"],
        ["demo", "--to", "data/demo"],
    ],
)
def test_a_wrong_argument_is_told_before_tables_are_imported(command: list[str]) -> None:
    assert_told_early(command)


def assert_told_early(command: list[str], said: str = "错误：") -> None:
    """Assert that a command is refused without what reads, draws or compares tables."""
    code = (
        "import sys; from dalian_eval.cli import invoke; code = invoke(sys.argv[1:]);"
        "print(sorted({'pandas', 'pyarrow', 'duckdb', 'matplotlib', 'jinja2'} & {*sys.modules}));"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout.decode().strip() == "[]"
    assert said in done.stderr.decode("utf-8")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["explain", "--of", "06120021", "--clause", "officer.skil"], "相近的有：officer.skill"),
        (["explain", "--of", "XX"], "没有候选对象『XX』"),
        (["todo", "--of", "XX"], "没有候选对象『XX』"),
        (["plan", "--of", "东片执法", "--rank", "1"], "是不是 东片执法局（集体 D01）？"),
        (["sensitivity", "--pair", "D01", "XX"], "没有候选对象『XX』"),
        (["pack", "--unit", "XX"], "没有候选对象『XX』"),
    ],
)
def test_a_wrong_name_is_told_before_the_record_is_read_back(
    tmp_path: Path, asked: list[str], told: str
) -> None:
    """Of the record no more is needed than run.json, scores.csv and its rubric."""
    params = load_params(PARAMS).model_dump(mode="json")
    meta = {"run_id": "0", "month": "2024-10", "as_of": "2024-10-31", "version": "0"}
    meta |= {"rubric": {}, "files": {}, "readings": {}, "params": params}
    (tmp_path / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    rows = "kind,candidate,name\nunit,D01,东片执法局\nofficer,06120021,仵峪莞\n"
    (tmp_path / "scores.csv").write_text(rows, encoding="utf-8-sig")
    shutil.copytree(ROOT / "params", tmp_path / "params")
    assert_told_early([asked[0], str(tmp_path), *asked[1:]], told)


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("draw_seed:", "draw_sed:", "参数 draw_sed：有不认识的键.*是不是 draw_seed？"),
        ("  file_mb:", "  file_mbs:", r"参数 limits\.file_mbs：.*是不是 file_mb？"),
        ("  whole_year:", "  whole_yaer:", r"参数 campaign\.whole_yaer：.*是不是 whole_year？"),
    ],
)
def test_a_misspelt_parameter_is_named(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    text = PARAMS.read_text(encoding="utf-8")
    assert written in text
    (tmp_path / "2024.yaml").write_text(text.replace(written, instead, 1), encoding="utf-8")
    line = next(n for n, one in enumerate(text.split("\n"), 1) if one.startswith(written))
    with pytest.raises(UsageError, match=f"第{line}行：{told}"):
        load_params(tmp_path / "2024.yaml")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"no_lead": "forfeit"}, "『no_lead』.*是不是 no_leads（上级无线索推送时的处理）？"),
        ({"上级无线索推送": "forfeit"}, "是不是 no_leads（上级无线索推送时的处理）？"),
        ({"no_leads": "forfiet"}, "『forfiet』，是不是 forfeit（按0分计）？"),
        ({"zzzzz": "1"}, "没有名为『zzzzz』的口径。可用"),
    ],
)
def test_a_misspelt_reading_gets_the_nearest_with_its_title(
    asked: dict[str, str], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        load_rubric(ROOT / "params/rubrics/2024.yaml", asked)


def test_progress_says_what_is_done_and_no_code() -> None:
    cell = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [cell[0]("# 数据清洗\n\n说明。"), cell[1]("x = 1"), cell[0]("## 隔离的行\n说明")]
    assert _heading(cells[:1]) == _heading(cells[:2]) == "数据清洗"
    assert _heading(cells) == "隔离的行"
    assert _heading([]) == ""


def test_check_works_from_any_folder(tmp_path: Path, monkeypatch, capsys) -> None:
    place = tmp_path / "本局报送"
    place.mkdir()
    (place / "单位.csv").write_text("单位编码,单位名称\nD01,东片\n", encoding="utf-8")
    monkeypatch.chdir(place)
    assert invoke(["check"]) == 0
    assert (tmp_path / "本局报送-自查结果" / "自查报告.html").is_file()
    monkeypatch.chdir(tmp_path)
    assert invoke(["check", "--raw", "本局报送"]) == 0
    assert (tmp_path / "自查结果" / "自查报告.html").is_file()
    assert "单位.csv" in capsys.readouterr().out


def test_check_from_a_folder_within_the_project(tmp_path: Path, monkeypatch, capsys) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "单位.csv").write_text("单位编码\nD01\n", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    assert invoke(["check"]) == 0
    assert "单位.csv" in capsys.readouterr().out
