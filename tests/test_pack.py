"""The self-assessment packs of the demo county: what is in them, their bytes, their refusals."""

import hashlib
import io
import shutil
import zipfile
from pathlib import Path
from urllib.parse import unquote

import docx
import pandas as pd
import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.files import read_json, write_json
from dalian_eval.cli import invoke
from dalian_eval.jobs.unit_packs import pack
from dalian_eval.record.folder import open_run
from dalian_eval.report.base.standalone_page import without_outer_links
from dalian_eval.report.office.self_assessment import self_assessment
from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.todo.todo_view import load_todo
from tests.report.pages import assert_sound

UNITS = ("D01", "D02", "D03", "D04")
OWN = {"自评报告.docx", "index.html", "佐证清单.csv", "数据问题.csv", "清单.csv", "待办清单.csv"}


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def packs(demo_run, said, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("packs")
    made = pack(str(demo_run), unit="", to=place, tell=said.append)
    assert [p.name for p in made] == [f"自评材料-{unit}.zip" for unit in UNITS]
    return place


def parts(packs: Path, unit: str) -> dict[str, bytes]:
    with zipfile.ZipFile(packs / f"自评材料-{unit}.zip") as file:
        return {name: file.read(name) for name in file.namelist()}


def frame(data: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8-sig")


@pytest.fixture
def copy(demo_run, tmp_path) -> Path:
    """A copy of the run without its big parts."""
    place = tmp_path / "runs" / "2024-10" / demo_run.name
    shutil.copytree(
        demo_run, place, ignore=shutil.ignore_patterns("inputs", "statements", "*.html", "*.ipynb")
    )
    return place


# ---- what is in a pack -----------------------------------------------------------------------


def test_every_officer_of_the_unit_and_of_its_squads_is_there_once(packs, demo_run, said):
    scores = open_run(demo_run).scores
    posted = scores[scores["kind"] == "officer"].groupby("unit")["candidate"].agg(list)
    tree = {"D01": ["D01", "D01Z"]}
    seen = []
    for unit in UNITS:
        there = {n for n in parts(packs, unit) if n.startswith("statements/")}
        officers = [c for u in tree.get(unit, [unit]) for c in posted.get(u, [])]
        wanted = {f"statements/officer-{c}.html" for c in officers}
        assert there == {*wanted, f"statements/unit-{unit}.html"}
        seen += officers
    assert len(seen) == len(set(seen))
    everybody = set(scores.loc[scores["kind"] == "officer", "candidate"])
    elsewhere = everybody - set(seen)
    assert all(f"（{code}）" in said[-1] for code in elsewhere)
    assert f"候选个人{len(elsewhere)}名" in said[-1]
    assert not any(f"（{code}）" in said[-1] for code in seen)


@pytest.mark.parametrize("unit", UNITS)
def test_no_link_leads_out_and_every_file_has_its_hash(packs, unit):
    made = parts(packs, unit)
    assert set(made) >= OWN
    for name, data in made.items():
        if name.endswith(".html"):
            page = assert_sound(data.decode())
            for address in page.values("href"):
                file, _, anchor = unquote(address).partition("#")
                target = name if not file else (Path(name).parent / file).as_posix()
                target = target.replace("statements/../", "")
                assert target in made, (name, address)
                if anchor:
                    assert f'id="{anchor}"' in made[target].decode()
    hashes = frame(made["清单.csv"]).set_index("文件")["SHA-256"].to_dict()
    assert hashes == {n: hashlib.sha256(d).hexdigest() for n, d in made.items() if n != "清单.csv"}


def test_what_can_still_be_done_goes_along_with_its_days(packs, demo_run):
    made = parts(packs, "D02")
    rows = frame(made["待办清单.csv"])
    todo = load_todo(demo_run)
    told = [row.sentence for row in todo.of("unit", "D02")]
    assert rows["做什么，得几分"].tolist()[: len(told)] == told
    assert made["待办日历.ics"] == (demo_run / "todo" / "D02.ics").read_bytes()


def test_the_list_of_proofs_says_what_the_accounts_say(packs, demo_run):
    view = open_run(demo_run)
    rows = frame(parts(packs, "D02")["佐证清单.csv"])
    own = rows[rows["类别"] == "集体"]
    made = statement_of(view, "unit", "D02")
    leaves = {leaf.title: leaf for item in made.items for leaf in item.leaves()}
    assert len(own) == len([leaf for item in made.items for leaf in item.leaves()])
    for row in own.to_dict("records"):
        assert row["得分"] == f"{leaves[row['条款']].points / 10_000:.4f}"
    lacking = own[own["所缺"] != ""]
    assert (lacking["涉及分值"].astype(float) > 0).all()
    full = {i.title for i in made.items if i.lost == 0}
    for item in made.items:
        if item.title in full:
            titles = {leaf.title for leaf in item.leaves() if not leaf.bonus}
            assert not set(lacking["条款"]) & titles


def test_the_data_to_mend_is_the_units_own(packs, demo_run):
    cells = read_csv(demo_run / "quarantine_cells.csv")
    for unit in UNITS:
        rows = frame(parts(packs, unit)["数据问题.csv"])
        below = cells[cells["unit"].isin([unit, *(["D01Z"] if unit == "D01" else [])])]
        assert list(rows["行"]) == list(below["row"])


def test_the_report_has_a_cover_and_the_total(packs, demo_run):
    made = parts(packs, "D01")
    paper = docx.Document(io.BytesIO(made["自评报告.docx"]))
    texts = [p.text for p in paper.paragraphs]
    assert "2024年度执法大练兵自评报告" in texts
    assert any(t.startswith("填报单位（盖章）") for t in texts)
    total = open_run(demo_run).score_of("unit", "D01")["total"]
    whole = "".join(texts)
    assert f"{total / 10_000:.2f}"[:5] in whole
    assert "东片执法局" in whole
    assert made["index.html"].decode().count("自评得分")


# ---- its bytes -------------------------------------------------------------------------------


def test_a_pack_made_again_is_the_same_and_another_is_not_overwritten(
    packs, demo_run, tmp_path, capsys
):
    place = tmp_path / "again"
    args = ["pack", str(demo_run), "--unit", "南片执法局", "--to", str(place)]
    assert invoke(args) == 0
    made = place / "自评材料-D02.zip"
    assert made.read_bytes() == (packs / made.name).read_bytes()
    assert invoke(args) == 0
    made.write_bytes(b"another")
    capsys.readouterr()
    assert invoke(args) == 4
    assert made.name in capsys.readouterr().err
    assert made.read_bytes() == b"another"


def test_a_published_run_says_so_in_its_pack(copy, tmp_path):
    manifest = read_json(copy / "manifest.json")
    publication = {"number": 7, "previous": "0" * 64, "supersedes": None}
    write_json({**manifest, "publication": publication}, copy / "manifest.json")
    (made,) = pack(str(copy), unit="D03", to=tmp_path, tell=lambda line: None)
    with zipfile.ZipFile(made) as file:
        for name in file.namelist():
            if name.endswith(".html"):
                assert "已发布：第7号" in file.read(name).decode()


def test_a_run_without_statements_has_them_made(copy, packs, tmp_path):
    (made,) = pack(str(copy), unit="D04", to=tmp_path, tell=lambda line: None)
    with zipfile.ZipFile(made) as file:
        assert set(file.namelist()) == set(parts(packs, "D04"))


# ---- refusals --------------------------------------------------------------------------------


def refused(capsys, code, *arguments):
    assert invoke(["pack", *arguments]) == code
    said = capsys.readouterr().err
    assert said.startswith("错误：")
    assert said.count("\n") == 1
    assert "未预料" not in said
    return said


def test_wrong_use_is_told(demo_run, copy, tmp_path, capsys):
    to = ("--to", str(tmp_path / "包"))
    assert "D09" in refused(capsys, 2, str(demo_run), "--unit", "D09", *to)
    assert "个人" in refused(capsys, 2, str(demo_run), "--unit", "06120002", *to)
    assert "不存在" in refused(capsys, 2, str(tmp_path / "不存在"), *to)
    (tmp_path / "占用").write_text("", encoding="utf-8")
    assert "--to" in refused(capsys, 2, str(copy), "--to", str(tmp_path / "占用"))
    (copy / "quarantine_cells.csv").unlink()
    assert "quarantine_cells.csv" in refused(capsys, 2, str(copy), *to)
    assert not (tmp_path / "包").exists()


def test_a_template_that_cannot_be_filled_is_named(copy, tmp_path, monkeypatch, capsys):
    root = tmp_path / "project"
    shutil.copytree(Path(__file__).parents[1] / "params", root / "params")
    template = root / "params/templates/selfassessment.docx"
    template.write_bytes(b"no docx")
    monkeypatch.chdir(root)
    said = refused(capsys, 2, str(copy))
    assert "自评报告的模板 selfassessment.docx 不是能打开的" in said
    template.unlink()
    assert "找不到自评报告的模板" in refused(capsys, 2, str(copy))


# ---- pieces ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ('<a href="#x">甲</a>', True),
        ('<a class="screen" href="../index.html">甲</a>', True),
        ('<a href="unit-D01.html#c">甲</a>', True),
        ('<a href="../inputs/%E6%9C%88.csv">甲</a>', False),
        ('<a href="officer-1.html" title="b">甲</a>', False),
        ('<a href="../../index.html">甲</a>', False),
        ('<a href="https://example.invalid/">甲</a>', False),
    ],
)
def test_links_that_lead_out_go_and_their_words_stay(link, kept):
    names = {"index.html", "statements/unit-D01.html"}
    page = f"<p>{link}乙<abbr>丙</abbr></p>"
    wanted = page if kept else "<p>甲乙<abbr>丙</abbr></p>"
    assert without_outer_links(page, "statements/unit-D01.html", names) == wanted


def test_a_unit_with_nobody_and_nothing_wrong(demo_run):
    view = open_run(demo_run)
    view.meta["parents"].clear()
    cells = read_csv(demo_run / "quarantine_cells.csv").iloc[:0]
    told = self_assessment(view, "D02", cells)
    assert (len(told.problems), told.unclaimed) == (0, 0)
    assert {p.kind for p in told.proofs} == {"unit", "officer"}
