"""The commands explain and draw on the demo county, as a user types them."""

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from dalian_eval.base.csvfile import read_csv, write_csv
from dalian_eval.base.files import read_json
from dalian_eval.base.result_folder import differing
from dalian_eval.cli import invoke
from dalian_eval.record.folder import find_run
from tests.report.pages import assert_sound

ROOT = Path(__file__).parents[1]
CSV = ("scores", "clauses", "ledger", "monthly", "draw", "draw_eligible", "assignments")


@pytest.fixture
def told(capsys):
    """Give an invocation that must succeed and say nothing on standard error."""

    def call(*arguments):
        assert invoke(list(arguments)) == 0
        said = capsys.readouterr()
        assert said.err == ""
        return said.out

    return call


@pytest.fixture
def refused(capsys):
    """Give an invocation that must fail with a code and one Chinese sentence."""

    def call(code, *arguments):
        assert invoke(list(arguments)) == code
        said = capsys.readouterr().err
        assert said.startswith("错误：")
        assert said.count("\n") == 1
        assert "未预料" not in said
        return said

    return call


@pytest.fixture
def copy(demo_run, tmp_path):
    """A copy of the run below runs/ of a folder to stand in; its big parts are left out."""
    place = tmp_path / "runs" / "2024-10" / demo_run.name
    shutil.copytree(
        demo_run, place, ignore=shutil.ignore_patterns("inputs", "statements", "*.html", "*.ipynb")
    )
    return place


# ---- explain -----------------------------------------------------------------------------


def test_explain_a_unit_and_an_officer(demo_run, told):
    unit = told("explain", str(demo_run), "--of", "D01")
    assert unit.startswith("东片执法局（D01）　集体\n")
    assert "\x1b" not in unit
    assert any("台账" in line for line in unit.splitlines())
    assert "等于满分减总分" in unit.splitlines()[-1]
    officer = told("explain", "--of", "06120002", str(demo_run), "--clause", "officer.cases")
    assert "同一案件不重复使用" in officer
    assert officer.splitlines()[0].endswith("东片执法局")


def test_explain_by_the_id_alone(copy, tmp_path, monkeypatch, told):
    monkeypatch.chdir(tmp_path)
    whole = told("explain", str(copy), "--of", "D03")
    assert told("explain", copy.name, "--of", "D03") == whole
    assert told("explain", copy.name[:6], "--of", "西片执法局") == whole


def test_explain_an_id_of_several_runs_or_of_none(copy, tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "runs" / "2024-09" / f"{copy.name[:6]}ffffff"
    shutil.copytree(copy, other)
    said = refused(2, "explain", copy.name[:6], "--of", "D01")
    assert "有2个运行记录" in said
    assert str(Path("runs") / "2024-09" / other.name) in said
    assert find_run(copy.name).name == copy.name
    assert "现有的记录" in refused(2, "explain", "ffff00000000", "--of", "D01")
    assert "找不到运行记录『*』" in refused(2, "explain", "*", "--of", "D01")


def test_explain_what_is_no_run(tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    assert "还没有记录" in refused(2, "explain", "0123456789ab", "--of", "D01")
    assert "没有 run.json" in refused(2, "explain", ".", "--of", "D01")
    stopped = tmp_path / "runs" / "2024-10" / "refused-0123456789ab"
    stopped.mkdir(parents=True)
    assert "没有得分" in refused(2, "explain", str(stopped), "--of", "D01")


def test_explain_an_unknown_candidate_or_clause(demo_run, refused):
    assert "是不是" in refused(2, "explain", str(demo_run), "--of", "D0l")
    said = refused(2, "explain", str(demo_run), "--of", "D01", "--clause", "unit.tema")
    assert "unit.team（队伍建设）" in said


@pytest.mark.parametrize("name", [*(f"{n}.csv" for n in CSV), "run.json", "validation.json"])
@pytest.mark.parametrize("harm", ["gone", "empty", "cut", "other"])
def test_a_damaged_record_is_told(name, harm, copy, refused):
    path = copy / name
    text = path.read_bytes()
    if harm == "gone":
        path.unlink()
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "cut":
        path.write_bytes(text[: text.rindex(b",") if name.endswith(".csv") else -9])
    else:
        path.write_bytes(b"\xff\xfe\x00 a,b\n1,2\n")
    said = refused(2, "explain", str(copy), "--of", "D01")
    assert name in said


@pytest.mark.parametrize("key", ["params", "readings", "run_id", "rubric", "files"])
def test_a_run_that_does_not_say_what_it_is(key, copy, refused):
    text = (copy / "run.json").read_text(encoding="utf-8")
    (copy / "run.json").write_text(text.replace(f'"{key}"', '"other"'), encoding="utf-8")
    assert "run.json" in refused(2, "explain", str(copy), "--of", "D01")


def test_the_rubric_comes_from_the_run(copy, refused):
    (copy / "params" / "rubrics" / "2024.yaml").unlink()
    assert "2024.yaml" in refused(2, "explain", str(copy), "--of", "D01")


def test_a_ledger_that_was_changed_is_a_difference(copy, capsys):
    ledger = read_csv(copy / "ledger.csv")
    mine = ledger.index[(ledger["candidate"] == "D01") & (ledger["points"] == "1.0000")]
    ledger.loc[mine[0], "points"] = "0.5000"
    write_csv(ledger, copy / "ledger.csv")
    assert invoke(["explain", str(copy), "--of", "D01"]) == 4
    said = capsys.readouterr()
    assert "不得作为依据" in said.out
    assert "不得作为依据" in said.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "RUN、--of 对象"),
        (["--of", "D01"], "请补上：RUN（"),
        (["runs/x"], "请补上：--of 对象"),
        (["", "--of", "D01"], "RUN 不能为空"),
        (["x", "y", "--of", "D01"], "『y』"),
        (["x", "--off", "D01"], "是不是 --of？"),
        (["x", "--", "--of"], "『--of』"),
    ],
)
def test_wrong_use_of_explain(arguments, named, refused):
    assert named in refused(2, "explain", *arguments)


# ---- draw --------------------------------------------------------------------------------


def test_the_draw_alone_is_the_draw_of_the_run(demo_run, tmp_path, monkeypatch, told):
    monkeypatch.chdir(ROOT)
    to = tmp_path / "抽取"
    out = told("draw", "--month", "2024-10", "--raw", "data/demo", "--to", str(to))
    assert sorted(p.name for p in to.iterdir()) == ["draw.csv", "draw.html", "draw_eligible.csv"]
    for name in ("draw.csv", "draw_eligible.csv"):
        assert (to / name).read_bytes() == (demo_run / name).read_bytes()
    drawn = read_json(demo_run / "run.json")["draw"]
    page = assert_sound((to / "draw.html").read_text(encoding="utf-8"))
    for text in (out, page.text):
        assert drawn["list"] in text
        assert drawn["seed"] in text
    slots = read_csv(to / "draw.csv")
    empty = slots[slots["case"] == ""]
    assert len(empty)
    assert f"空缺{len(empty)}个：" in out
    for row in slots.itertuples():
        assert (row.case or "（空缺）") in out
        assert row.reason in page.text
    for reason in empty["reason"]:
        assert reason in out
    assert max(len(line.encode("gb18030")) for line in out.splitlines()[:-1]) <= 90
    assert str(to / "draw.html") in out

    # once more: the same; from another day: not the same, and nothing is lost
    before = {p.name: p.read_bytes() for p in to.iterdir()}
    told("draw", "--month", "2024-10", "--raw", "data/demo", "--to", str(to))
    other = [
        "draw",
        "--month",
        "2024-10",
        "--raw",
        "data/demo",
        "--as-of",
        "2024-10-05",
        "--to",
        str(to),
    ]
    assert invoke(other) == 4
    assert {p.name: p.read_bytes() for p in to.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["抽取"]


def test_a_reading_changes_the_list(tmp_path, monkeypatch, told):
    monkeypatch.chdir(ROOT)
    two = ["--reading", "supporting_types=two"]
    told("draw", "--month", "2024-10", "--raw", "data/demo", "--to", str(tmp_path / "four"))
    told("draw", "--month", "2024-10", "--raw", "data/demo", "--to", str(tmp_path / "two"), *two)
    assert "draw_eligible.csv" in differing(tmp_path / "four", tmp_path / "two")


def test_draw_into_a_place_with_something_else(tmp_path, monkeypatch, refused):
    monkeypatch.chdir(ROOT)
    (tmp_path / "已有").mkdir()
    (tmp_path / "已有" / "x").write_text("x", encoding="utf-8")
    said = refused(
        2, "draw", "--month", "2024-10", "--raw", "data/demo", "--to", str(tmp_path / "已有")
    )
    assert "--to" in said
    said = refused(
        2,
        "draw",
        "--month",
        "2024-10",
        "--raw",
        "data/demo",
        "--to",
        str(tmp_path / "已有" / "x" / "y"),
    )
    assert "--to" in said


def test_draw_is_refused_where_a_blocking_check_fails(tmp_path, monkeypatch, refused):
    monkeypatch.chdir(ROOT)
    raw, to = tmp_path / "raw", tmp_path / "to"
    assert invoke(["demo", "--to", str(raw), "--mess", "none"]) == 0
    with (raw / "任职.csv").open("a", encoding="utf-8") as stream:
        stream.write("06120002,D02,2024-01-01,\n")
    said = refused(3, "draw", "--month", "2024-10", "--raw", str(raw), "--to", str(to))
    assert "任职.csv" in said
    assert "不能抽取" in said
    assert not to.exists()


def test_wrong_use_of_draw(monkeypatch, refused):
    monkeypatch.chdir(ROOT)
    assert "--month" in refused(2, "draw")
    assert "2024-13" in refused(2, "draw", "--month", "2024-13")
    assert "没有的文件夹" in refused(2, "draw", "--month", "2024-10", "--raw", "没有的文件夹")


# ---- explain as a page -------------------------------------------------------------------


def test_explain_writes_the_statement_of_the_run(demo_run, tmp_path, monkeypatch, told):
    """Where the canonical tables are gone, the rows are read from the run's own inputs."""
    own = (demo_run / "statements/unit-D02.html").read_text(encoding="utf-8")
    page = tmp_path / "给人看" / "D02.html"
    said = told("explain", str(demo_run), "--of", "D02", "--html", str(page))
    assert str(page) in said
    html = page.read_text(encoding="utf-8")
    links = [a for a in assert_sound(html).values("href") if "inputs/" in a]
    assert all((page.parent / unquote(a)).exists() for a in links)
    way = links[0].partition("inputs/")[0]
    assert html.replace(f'"{way}', '"../') == own
    monkeypatch.chdir(tmp_path)
    told("explain", str(demo_run), "--of", "南片执法局", "--html")
    again = (tmp_path / "unit-D02.html").read_text(encoding="utf-8")
    assert again.count("<details") == own.count("<details") > 50


def test_explain_cannot_write_the_page(demo_run, tmp_path, refused):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    place = str(tmp_path / "file" / "x.html")
    assert "--html" in refused(2, "explain", str(demo_run), "--of", "D02", "--html", place)
    part = ("--clause", "unit.team", "--html", str(tmp_path / "x.html"))
    assert "--clause" in refused(2, "explain", str(demo_run), "--of", "D02", *part)
