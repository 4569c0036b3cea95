"""rubric test: cases run without pytest; what fails is told with its reasons, bad cases by line."""

import shutil
from pathlib import Path

import pytest

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.cli import invoke

ROOT = Path(__file__).parents[2]
FILE = "params/cases/2024/新案例.yaml"
HEAD = "主题: 新\n案例:\n"
CASE = """  - 名称: 省级典型案例
    条款: unit.typical.publication
    依据: 附件3·2·典型案例·1
    事实:
      案件: [{案件编号: 案一}]
      典型案例: [{案件编号: 案一, 发布级别: 省}]
    算式: 省级一件得一分
    期望: {东局: 1}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "县"
    shutil.copytree(ROOT / "params", root / "params")
    monkeypatch.chdir(root)
    return root


def say(project: Path, text: str, capsys: pytest.CaptureFixture[str], code: int) -> tuple[str, str]:
    (project / FILE).write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert invoke(["rubric", "test", "2024", FILE]) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return said.out, said.err


def test_what_comes_out_as_expected(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = say(project, HEAD + CASE, capsys, 0)
    assert (out, err) == ("1例全部相符。\n", "")


def test_what_fails_is_told_with_the_reasons(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = CASE.replace("期望: {东局: 1}", "期望: {东局: {本条: 2, 总分: 1}, 北局: 0}")
    out, err = say(project, HEAD + wrong, capsys, DifferenceError.exit_code)
    assert "省级典型案例（新案例.yaml 第3行，附件3·2·典型案例·1）" in out
    assert "省级一件得一分" in out
    assert "东局  unit.typical.publication  2     1\n" in out
    assert "得1" in out
    assert "北局" in out
    assert "不是候选对象" in out
    assert "东局  总分" not in out
    assert "1例中有1例不符" in out
    assert "案例与细则算得的不符" in err


def test_a_row_that_is_not_taken_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = CASE.replace("发布级别: 省", "发布级别: 省, 发布日期: 2024-02-30")
    out, _ = say(project, HEAD + wrong, capsys, DifferenceError.exit_code)
    assert "事实中有读不进去的行" in out.replace("\n", "").replace(" ", "")


FAULTS = {
    "a clause": ("条款: unit.typical.publication", "条款: unit.typical.publicaton", 4, "是不是"),
    "a table": ("典型案例: [", "典型案列: [", 8, "是不是 典型案例？"),
    "a column": ("发布级别: 省", "级别: 省", 8, "发布级别"),
    "a key": ("    算式:", "    算法:", 9, "没有名为『算法』的键"),
    "no working": ("    算式: 省级一件得一分\n", "", 3, "缺少『算式』"),
    "no expectation": ("    期望: {东局: 1}\n", "", 3, "缺少『期望』"),
    "no number": ("{东局: 1}", "{东局: 一分}", 10, "最多四位小数"),
    "five decimals": ("{东局: 1}", "{东局: 1.00001}", 10, "最多四位小数"),
    "a subject": ("{东局: 1}", "{东局: {总份: 1}}", 10, "没有条款『总份』"),
    "an aspect": ("{东局: 1}", "{东局: {本条: {封顶: 1}}}", 10, "是不是 封顶前？"),
    "a state": ("{东局: 1}", "{东局: {状态: 好}}", 10, "正常、待补"),
    "a reading": ("    算式:", "    口径: {no_lead: full}\n    算式:", 9, "是不是 no_leads？"),
    "an option": ("    算式:", "    口径: {no_leads: ful}\n    算式:", 9, "是不是 full？"),
    "a day": ("    算式:", "    截至: 十月底\n    算式:", 9, "应是 2024-10-31"),
    "a table needed": ("    算式:", "    缺表: [单位]\n    算式:", 9, "不能缺"),
    "a placeholder": ("发布级别: 省", "发布级别: <级>", 8, "<级> 没有代入"),
    "a month": ("发布级别: 省", "发布级别: 省, 每月: 十月", 8, "每月应写成"),
    "a count": ("发布级别: 省", "发布级别: 省, 份数: 两", 8, "份数应是整数"),
    "YAML": ("{东局: 1}", "{东局: 1", 11, "不是正确的 YAML"),
    "no mapping": (CASE, "  - 省级典型案例\n", 3, "一个案例应写成"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_malformed_case_is_refused_by_its_line(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, line, words = FAULTS[name]
    assert old in CASE
    out, err = say(project, HEAD + CASE.replace(old, new, 1), capsys, UsageError.exit_code)
    assert out == ""
    assert f"新案例.yaml 第{line}行：" in err
    assert words in err


def test_all_faults_are_told_at_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = CASE.replace("典型案例: [", "典型案列: [").replace("{东局: 1}", "{东局: 一}")
    _, err = say(project, HEAD + wrong, capsys, UsageError.exit_code)
    assert len(err.splitlines()) == 2


def test_two_cases_of_one_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = say(project, HEAD + CASE + CASE, capsys, UsageError.exit_code)
    assert "与新案例.yaml 第3行重名" in err


def test_places_that_are_not_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "test", "2024", "没有.yaml"]) == UsageError.exit_code
    assert "找不到案例 没有.yaml" in capsys.readouterr().err
    lonely = project / "别处"
    lonely.mkdir()
    shutil.copyfile(project / "params/cases/2024/否决.yaml", lonely / "否决.yaml")
    assert invoke(["rubric", "test", "2024", "别处"]) == UsageError.exit_code
    assert "没有 背景.yaml" in capsys.readouterr().err


def test_counties_share_the_processors(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several counties are evaluated at once; the answer is the same, in the order of the files."""
    cases = [
        CASE.replace("省级典型案例", f"截至{day}日").replace(
            "算式", f"截至: 2024-10-{day}\n    算式", 1
        )
        for day in (28, 29, 30)
    ]
    wrong = [case.replace("{东局: 1}", "{东局: 2}") for case in cases]
    out, _ = say(project, HEAD + "".join(wrong), capsys, DifferenceError.exit_code)
    assert [out.index(f"截至{day}日（") for day in (28, 29, 30)] == sorted(
        out.index(f"截至{day}日（") for day in (28, 29, 30)
    )
    assert "3例中有3例不符" in out
