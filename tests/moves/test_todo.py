"""What can still be done, as the demo record tells it: csv, page, calendar, statement, commands."""

import json

import pytest
from icalendar import Calendar

from dalian_eval.base.csvfile import read_csv
from dalian_eval.cli import invoke
from dalian_eval.report.base.file_names import statement_file
from tests.report.pages import parse
from tests.sheets import BY_SHEET


@pytest.fixture(scope="module")
def rows(demo_run):
    return read_csv(demo_run / "todo.csv").to_dict("records")


def test_every_move_gives_something_and_tells_its_facts(demo_run, rows):
    scores = read_csv(demo_run / "scores.csv")
    totals = scores.set_index(["kind", "candidate"])["total"].to_dict()
    vetoed = set(scores["candidate"][scores["vetoed"] == "是"])
    assert rows
    for row in rows:
        assert float(row["gain"]) > 0
        assert float(row["total_after"]) >= float(totals[row["kind"], row["candidate"]])
        assert row["candidate"] not in vetoed
        assert row["whose"] in ("本人", "单位", "上级")
        facts = json.loads(row["facts"])
        assert facts
        for fact in facts:
            table = BY_SHEET[fact["table"]]
            headers = {c.header for c in table.columns}
            assert fact["cells"].keys() <= headers
            if fact["key"] is not None:
                assert set(fact["key"]) == {table[name].header for name in table.key}


def test_the_page_has_a_sheet_per_unit_and_names_no_colleague_twice(demo_run):
    page = parse((demo_run / "todo.html").read_text("utf-8"))
    units = read_csv(demo_run / "scores.csv").query("kind == 'unit'")
    for unit, name in zip(units["candidate"], units["name"], strict=True):
        assert f"u-{unit}" in page.values("id")
        assert name in page.text
    assert "不得为得分编造、拆分记录" in page.text


def test_each_unit_has_a_calendar(demo_run, rows):
    files = sorted((demo_run / "todo").glob("*.ics"))
    units = read_csv(demo_run / "scores.csv").query("kind == 'unit'")
    assert len(files) == len(units)
    told = 0
    for file in files:
        calendar = Calendar.from_ical(file.read_bytes())
        days = [event["dtstart"].dt for event in calendar.walk("vevent")]
        assert days == sorted(set(days))
        told += len(days)
        assert {day.isoformat() for day in days} <= {row["by"] for row in rows}
    assert told


def test_a_statement_begins_with_the_best_five(demo_run, rows):
    scores = read_csv(demo_run / "scores.csv").query("vetoed == '否'")
    for kind, candidate in zip(scores["kind"], scores["candidate"], strict=True):
        text = parse((demo_run / "statements" / statement_file(kind, candidate)).read_text()).text
        mine = [r for r in rows if (r["kind"], r["candidate"]) == (kind, candidate)]
        own = [r["sentence"] for r in mine if r["whose"] != "上级"]
        assert all(sentence in text for sentence in own[:5])
        losses = text.find("失分的条款")
        assert losses < 0 or all(text.find(sentence) < losses for sentence in own[:5])


def test_an_officer_s_moves_name_no_colleague(demo_run, rows):
    scores = read_csv(demo_run / "scores.csv").query("kind == 'officer'")
    names = dict(zip(scores["candidate"], scores["name"], strict=True))
    for row in rows:
        if row["kind"] == "officer":
            others = {name for code, name in names.items() if code != row["candidate"]}
            assert not any(name in row["sentence"] for name in others)


def test_the_command_tells_everybody_or_one(demo_run, rows, capsys):
    assert invoke(["todo", str(demo_run)]) == 0
    assert "各列最值得做的一项" in capsys.readouterr().out
    unit = next(row for row in rows if row["kind"] == "unit")
    assert invoke(["todo", str(demo_run), "--of", unit["candidate"]]) == 0
    out = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    assert unit["sentence"].replace(" ", "") in out


def test_a_vetoed_candidate_is_told_so_first(demo_run, capsys):
    scores = read_csv(demo_run / "scores.csv").query("vetoed == '是'")
    candidate = scores["candidate"].iloc[0]
    assert invoke(["todo", str(demo_run), "--of", candidate]) == 0
    assert "已被否决" in capsys.readouterr().out
    assert invoke(["plan", str(demo_run), "--of", candidate, "--rank", "1"]) == 2
    assert "已被否决" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--of", "不存在", "--rank", "1"], "没有候选对象"),
        (["--of", "D03"], "请写一个目标"),
        (["--of", "D03", "--rank", "1", "--points", "90"], "请写一个目标"),
        (["--of", "D03", "--rank", "0"], "没有第0名"),
        (["--of", "D03", "--rank", "99"], "没有第99名"),
        (["--of", "D03", "--points", "九十"], "--points 要写"),
        (["--of", "D03", "--points", "1"], "已经达到"),
    ],
)
def test_a_goal_that_is_none_is_refused(demo_run, capsys, options, said):
    assert invoke(["plan", str(demo_run), *options]) == 2
    assert said in capsys.readouterr().err


def test_a_plan_reaches_its_goal_or_says_how_far_one_gets(demo_run, capsys):
    assert invoke(["plan", str(demo_run), "--of", "D03", "--points", "99"]) == 0
    assert "达不到" in capsys.readouterr().out


def test_a_record_of_an_earlier_version_is_told_how(demo_run, tmp_path, capsys):
    import shutil

    old = tmp_path / "old"
    shutil.copytree(demo_run, old)
    (old / "todo.csv").unlink()
    assert invoke(["todo", str(old)]) == 2
    assert "重新运行" in capsys.readouterr().err
