"""A contest as a third plan: its own tables, the best three of five rounds, worked cases."""

import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.schema.tables import SHIPPED, use

CONTEST = Path("tests/rubric/contest").resolve()


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    shutil.copytree(CONTEST, tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    yield
    use(SHIPPED)


def test_the_plan_is_sound_and_told_in_its_own_words(capsys):
    assert invoke(["rubric", "check", "2025"]) == 0
    assert "代表队" in capsys.readouterr().out
    assert invoke(["rubric", "show", "2025", "--html", "plan.html"]) == 0
    page = Path("plan.html").read_text(encoding="utf-8")
    assert "以上只取最好的3项" in page
    assert "选手" in page


def test_the_worked_cases_hold(capsys):
    assert invoke(["rubric", "test", "2025"]) == 0, capsys.readouterr().out
