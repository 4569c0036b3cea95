"""The tutorial's files are real: written as docs/rubric.md shows them, they load and pass."""

import re
import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke

ROOT = Path(__file__).parents[2]
_FILE = re.compile(r"`(params/[^`]+\.yaml)`:\n\n```yaml\n(.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = (ROOT / "docs/rubric.md").read_text(encoding="utf-8")
    files = _FILE.findall(text)
    assert len(files) == 4
    for name, content in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    shutil.copyfile(ROOT / "params/headers.yaml", tmp_path / "params/headers.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_rubric_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "check", "2025"]) == 0
    out = capsys.readouterr().out
    assert "没有发现错误：临江市2025年度执法评比细则，集体3项3条，个人3项2条" in out
    assert "提醒" not in out


def test_its_cases_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "test", "2025"]) == 0, capsys.readouterr().out
    assert "例全部相符" in capsys.readouterr().out


def test_it_is_shown_and_carried_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "show", "2025", "--html", "细则.html"]) == 0
    assert invoke(["rubric", "next-year", "2025"]) == 0
    assert invoke(["rubric", "check", "2026"]) == 0
    assert invoke(["rubric", "diff", "2025", "2026"]) == 0
    assert "Traceback" not in capsys.readouterr().err
