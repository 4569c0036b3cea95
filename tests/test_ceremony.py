"""roster, calendar and the draw as a ceremony, as a user types them, on a small invented county."""

import hashlib
import shutil
from pathlib import Path

import icalendar
import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.cli import invoke
from dalian_eval.stages.parameters import load_params
from dalian_eval.stages.pipeline import open_job
from tests.conftest import ROOT
from tests.report.pages import assert_sound

DAY = "2024-08-15"
NONCE = "4 2 6 6 1"


@pytest.fixture(scope="module")
def raw(tmp_path_factory) -> Path:
    """The raw files of a county of three bureaus and eighteen officers."""
    place = tmp_path_factory.mktemp("county") / "raw"
    county = ("--units", "3", "--officers", "18", "--seed", "7", "--mess", "none")
    assert invoke(["demo", "--to", str(place), *county]) == 0
    # The province has drawn no file yet.
    for path in place.rglob("*抽取*"):
        path.unlink()
    return place


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def call(capsys):
    """Give an invocation that returns the exit code and what was said."""

    def called(*arguments):
        code = invoke([*map(str, arguments)])
        said = capsys.readouterr()
        assert "未预料" not in said.err
        return code, said.out + said.err

    return called


# ---- draw --nonce ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fixed(raw, tmp_path_factory) -> Path:
    """The folder of the fixed list."""
    to = tmp_path_factory.mktemp("ceremony") / "抽取"
    assert invoke(["draw", "--month", "2024-10", "--raw", str(raw), "--to", str(to)]) == 0
    return to


def draw(call, raw, to, nonce=NONCE):
    return call("draw", "--month", "2024-10", "--raw", raw, "--to", to, "--nonce", nonce)


@pytest.fixture
def drawn(call, raw, fixed) -> Path:
    """The folder of what was drawn."""
    assert draw(call, raw, fixed)[0] == 0
    return fixed.with_name("抽取-ceremony")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_the_ceremony_draws_from_the_fixed_list(call, raw, fixed, drawn):
    listed = (fixed / "draw_eligible.csv").read_bytes()
    assert (drawn / "draw_eligible.csv").read_bytes() == listed
    before, now = read_csv(fixed / "draw.csv"), read_csv(drawn / "draw.csv")
    assert (now["source"] != "official").all()
    assert (now["case"] != "").sum() == (before["case"] != "").sum() > 10
    assert list(now["case"]) != list(before["case"])
    page = assert_sound((drawn / "draw.html").read_text(encoding="utf-8"))
    # The list's hash and the seed, made as the page says.
    rows = read_csv(fixed / "draw_eligible.csv").to_numpy()
    digest = sha256("\n".join(map("\t".join, rows)))
    seed = sha256(f"{load_params(ROOT / 'params/2024.yaml').draw_seed}\n{NONCE}\n{digest}")
    assert digest in (fixed / "draw.html").read_text(encoding="utf-8")
    assert digest in page.text
    assert seed in page.text
    assert NONCE in page.text
    kept = files(drawn)
    code, said = draw(call, raw, fixed, f"  {NONCE.replace(' ', '　')} ")
    assert (code, files(drawn)) == (0, kept)
    assert digest in said
    # Another text does not draw again.
    code, said = draw(call, raw, fixed, "1 1 1 1 1")
    assert code == 4
    assert "公开数" in said
    assert files(drawn) == kept


def test_a_list_that_has_changed_is_not_drawn_from(call, raw, fixed, tmp_path):
    to = tmp_path / "抽取"
    shutil.copytree(fixed, to)
    eligible = read_csv(to / "draw_eligible.csv")
    gone = eligible["case"].iloc[0]
    other = tmp_path / "raw"
    shutil.copytree(raw, other)
    (other / "新增.csv").write_text(
        f"对象类型,对象,案卷类别,案件编号,抽取日期\n单位,D01,不限,{gone},2024-10-20\n",
        encoding="utf-8",
    )
    (other / "新增.csv").rename(other / "案卷抽取.csv")
    code, said = draw(call, other, to)
    assert code == 4
    assert "名单少了" in said
    assert gone in said
    assert "名额和上级抽取多出1行" in said
    assert not to.with_name("抽取-ceremony").exists()


def test_a_fixed_list_that_was_edited_is_not_drawn_from(call, raw, fixed, tmp_path):
    to = tmp_path / "抽取"
    shutil.copytree(fixed, to)
    lines = (to / "draw_eligible.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (to / "draw_eligible.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    code, said = draw(call, raw, to)
    assert code == 4
    assert "名单多出1行" in said
    (to / "draw_eligible.csv").unlink()
    code, said = draw(call, raw, to)
    assert code == 2
    assert "固定的名单" in said


@pytest.mark.parametrize("nonce", ["　", "一\x07", "x" * 101])
def test_what_cannot_be_read_out_is_no_nonce(call, raw, fixed, nonce):
    code, said = draw(call, raw, fixed, nonce)
    assert code == 2
    assert "--nonce" in said


def test_first_the_list_then_the_nonce(call, raw, tmp_path):
    code, said = draw(call, raw, tmp_path / "没有")
    assert code == 2
    assert "先不写 --nonce" in said


def test_what_was_drawn_is_handed_back_and_scored(raw, drawn, tmp_path):
    other = tmp_path / "raw"
    shutil.copytree(raw, other)
    shutil.copyfile(drawn / "案卷抽取.xlsx", other / "案卷抽取.xlsx")
    job = open_job(month="2024-10", raw=other, processed=tmp_path / "processed", start=ROOT)
    told = job.clean()
    slots = read_csv(drawn / "draw.csv")
    full = slots[slots["case"] != ""].reset_index(drop=True)
    assert len(job.table("case_draws")) == len(full)
    assert "case_draws" not in set(told.quarantine["table"])
    failed = [o.title for o in job.validate().outcomes if not o.success]
    assert not [title for title in failed if "抽取" in title or "案卷" in title]
    scored = job.score()
    again = scored.draw.slots[scored.draw.slots["case"] != ""].reset_index(drop=True)
    assert set(again["source"]) == {"official"}
    columns = ["kind", "candidate", "slot", "case"]
    assert sorted(map(tuple, again[columns].to_numpy())) == sorted(
        map(tuple, full[columns].to_numpy())
    )
    files_scored = scored.facts.tables["drawn_files"]
    assert sorted(files_scored["case_id"]) == sorted(full["case"])


# ---- roster ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roster(raw, tmp_path_factory) -> Path:
    """The folder of the roster."""
    out = tmp_path_factory.mktemp("roster")
    assert invoke(["roster", "--as-of", DAY, "--raw", str(raw), "--out", str(out)]) == 0
    (place,) = out.iterdir()
    return place


def test_the_roster_holds_all_of_the_front_line(roster, raw):
    told = read_csv(roster / "roster.csv")
    job = open_job(month="2024-08", as_of=DAY, raw=raw, start=ROOT)
    officers = job.table("officers")
    front = officers.loc[officers["frontline"].fillna(False), "officer_id"]
    assert sorted(told["candidate"]) == sorted(front)
    assert roster.name == f"roster-{DAY}-{job.run_id}"
    chosen = told[told["status"] == "参赛"]
    points = chosen["total"].astype(float)
    assert list(points) == sorted(points, reverse=True)
    assert points.min() >= told.loc[told["status"] == "候补", "total"].astype(float).max()
    page = assert_sound((roster / "roster.html").read_text(encoding="utf-8"))
    for name in [*told["name"], "本局口径", "领导组组长签字"]:
        assert name in page.text


def test_no_record_is_written(roster, raw):
    job = open_job(month="2024-08", as_of=DAY, raw=raw, start=ROOT)
    assert sorted(p.name for p in job.store.iterdir()) == ["clean", "metrics", "validation"]


def test_ten_are_joined_in_five_groups(roster):
    told = read_csv(roster / "roster.csv")
    chosen = told[told["group"] != ""]
    assert list(chosen["status"].unique()) == ["参赛"]
    assert chosen.groupby("group").size().tolist() == [2] * 5
    units = chosen.groupby("group")["unit"].nunique()
    most = chosen["unit"].value_counts().iloc[0]
    assert (units == 1).sum() == max(0, most - 5)


def test_once_more_it_is_the_same_and_a_changed_file_is_told(roster, raw, call):
    before = files(roster)
    (roster / "roster.csv").write_bytes(before["roster.csv"] + b"x")
    code, said = call("roster", "--as-of", DAY, "--raw", raw, "--out", roster.parent)
    (roster / "roster.csv").write_bytes(before["roster.csv"])
    assert code == 4
    assert "（roster.csv）" in said
    assert files(roster) == before


def test_nobody_of_the_front_line(call, raw, tmp_path):
    other = tmp_path / "raw"
    shutil.copytree(raw, other)
    (path,) = other.rglob("人员*")
    text = path.read_text(encoding="utf-8-sig")
    head, *rows = [line.split(",") for line in text.splitlines()]
    place = head.index("一线")
    lines = [head, *([*row[:place], "否", *row[place + 1 :]] for row in rows)]
    path.write_text("\n".join(map(",".join, lines)) + "\n", encoding="utf-8")
    code, said = call("roster", "--as-of", DAY, "--raw", other, "--out", tmp_path / "out")
    assert code == 3
    assert "『人员』表中没有一个人标为『一线』" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--as-of"),
        (("--as-of", "8月15日"), "2024-08-15 的形式"),
        (("--as-of", "2024-08-32"), "2024-08-15 的形式"),
        (("--as-of", "2031-08-15"), "不属于任何已有细则的评审期"),
        (("--as-of", DAY, "--raw", "没有的文件夹"), "没有的文件夹"),
    ],
)
def test_wrong_use_of_roster(call, arguments, said):
    code, told = call("roster", *arguments)
    assert code == 2
    assert said in told


# ---- calendar ----------------------------------------------------------------------------


def test_the_calendar_tells_every_date_and_why(call, raw, tmp_path):
    place = tmp_path / "日历" / "plan.ics"
    code, said = call("calendar", "--as-of", "2024-10-12", "--raw", raw, "--ics", place)
    assert code == 0
    for word in (
        *("2024-06-20　已完成", "（登记DJ2024001，经办人综合执法科，依据送文回执），按时"),
        *("2024-10-10　迟办", "2024-10-15　未到期", "还有3天"),
    ):
        assert word in said
    assert "方案本身前后不一" in said
    data = place.read_bytes()
    assert len(icalendar.Calendar.from_ical(data).walk("VEVENT")) == 5
    # The file is made of the plan alone: another day gives the same bytes.
    code, said = call("calendar", "--as-of", "2025-03-01", "--raw", raw, "--ics", place)
    assert code == 0
    assert "未到期" not in said
    assert place.read_bytes() == data


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as-of", "明天"), "2024-08-15 的形式"),
        (("--as-of", DAY, "--raw", "没有的文件夹"), "没有的文件夹"),
        (("--as-of", DAY, "--params", "没有.yaml"), "没有.yaml"),
    ],
)
def test_wrong_use_of_calendar(call, arguments, said):
    code, told = call("calendar", *arguments)
    assert code == 2
    assert said in told


def test_a_calendar_file_has_its_own_ending(call, raw, tmp_path):
    code, said = call("calendar", "--as-of", DAY, "--raw", raw, "--ics", tmp_path / "x.txt")
    assert code == 2
    assert ".ics" in said
