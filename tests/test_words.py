"""What is wrong by its form is told at once; what is misspelt is named, with what was meant."""

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
