"""A yearly assessment of counties as a fourth plan: targets, last year's rows, quarters.

Its worked cases were computed by hand; nothing but YAML (tests/rubric/assessment).
"""

import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.schema.tables import SHIPPED, use

PLAN = Path("tests/rubric/assessment").resolve()


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    shutil.copytree(PLAN, tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    yield
    use(SHIPPED)


def test_the_plan_is_told_in_its_own_words(capsys):
    assert invoke(["rubric", "show", "2025"]) == 0
    told = "".join(capsys.readouterr().out.split())
    for sentence in (
        "『完成量』达到『目标量』的，每件得5分，不足的按比例计，超过的不多计",
        "全年办案件数超过『应办件数』的，每多1件得0.5分，不足一份的不计",
        "年均浓度：不超过30微克/立方米得15分",
    ):
        assert sentence in told


def test_the_worked_cases_hold(capsys):
    assert invoke(["rubric", "test", "2025"]) == 0, capsys.readouterr().out
