"""`dalian-eval sensitivity`: answers, and what it says of wrong use."""

import json
import shutil
from pathlib import Path

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.cli import invoke
from dalian_eval.report.base.file_names import statement_link


def said(capsys, *arguments: str) -> tuple[int, str]:
    code = invoke(["sensitivity", *arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out + err


@pytest.fixture(scope="module")
def rows(demo_run: Path):
    return read_csv(demo_run / "sensitivity.csv").to_dict("records")


def test_it_answers_for_all_for_one_for_a_pair_and_for_a_cut(demo_run, rows, capsys):
    code, text = said(capsys, str(demo_run))
    officers = [r for r in rows if r["kind"] == "officer"]
    certain = sum(r["certain"] == "是" for r in officers)
    assert code == 0
    assert f"个人：{len(officers)}个候选对象，{certain}个名次确定" in text

    moving = next(r for r in officers if r["certain"] == "否" and r["vetoed"] == "否")
    code, text = said(capsys, str(demo_run), "--of", moving["candidate"])
    assert code == 0
    assert f"都在第{moving['rank_best']}至第{moving['rank_worst']}名之间" in text

    pair = next(
        p
        for p in read_csv(demo_run / "pairs.csv").to_dict("records")
        if p["reversed_with"] and p["kind"] == "officer"
    )
    code, text = said(capsys, str(demo_run), "--pair", pair["above"], pair["below"])
    assert code == 0
    assert all(f"--reading {one}" in text for one in pair["reversed_with"].split())

    held = next(
        p
        for p in read_csv(demo_run / "pairs.csv").to_dict("records")
        if not p["reversed_with"] and p["kind"] == "officer" and p["margin_min"].strip("0.")
    )
    for one, word in ((held["above"], "任何口径下都在前"), (held["below"], "任何口径下都在后")):
        code, text = said(capsys, str(demo_run), "--of", one)
        assert (code, word in text) == (0, True)
    code, text = said(capsys, str(demo_run), "--pair", held["below"], held["above"])
    assert code == 0
    assert "任何口径下" in text.splitlines()[1]
    assert f"（{held['above']}）都在前" in text.splitlines()[1]

    # More than there are units: only the officers have such a cut.
    code, text = said(capsys, str(demo_run), "--cut", str(len(officers)))
    assert code == 0
    assert text.startswith(f"个人前{len(officers)}名")
    code, text = said(capsys, str(demo_run), "--cut", "1")
    assert code == 0
    first = next(r for r in officers if r["rank_worst"] == "1" and r["vetoed"] == "否")
    assert f"必入：{first['name']}" in text


def test_names_in_the_notebook_lead_to_the_accounts(demo_run, rows):
    page = (demo_run / "07_readings.html").read_text("utf-8")
    for row in rows:
        assert f'href="{statement_link(row["kind"], row["candidate"])}"' in page, row["candidate"]


def test_wrong_use_is_told_in_chinese(demo_run, rows, capsys, tmp_path):
    run = str(demo_run)
    officer = next(r["candidate"] for r in rows if r["kind"] == "officer")
    unit = next(r["candidate"] for r in rows if r["kind"] == "unit")
    wrong = {
        ("--of", "没有这个人"): "没有这个人",
        ("--pair", officer, unit): "不能相比",
        ("--pair", officer, officer): "同一个候选对象",
        ("--pair", officer): "两个候选对象",
        (officer,): "--pair",
        ("--cut", "0"): "--cut 0 不对",
        ("--cut", "9999"): "--cut 9999 不对",
        ("--cut", "x"): "应为整数",
        ("--cut", "1", "--of", officer): "一次只能用一个",
    }
    for arguments, part in wrong.items():
        code, text = said(capsys, run, *arguments)
        assert (code, part in text) == (2, True), (arguments, text)
    old = tmp_path / "old"
    shutil.copytree(demo_run, old, ignore=shutil.ignore_patterns("inputs", "statements"))
    (old / "certificate.json").write_text("[", encoding="utf-8")
    code, text = said(capsys, str(old))
    assert code == 2
    assert "certificate.json" in text
    (old / "certificate.json").unlink()
    code, text = said(capsys, str(old))
    assert code == 2
    assert "较早的版本" in text
    meta = json.loads((old / "run.json").read_text(encoding="utf-8"))
    (old / "run.json").write_text(json.dumps(meta | {"edition": "public"}), encoding="utf-8")
    code, text = said(capsys, str(old))
    assert code == 2
    assert "公开版" in text
