"""The main job on the demo county: the run folder, its contracts, its bytes, its refusals."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import unquote

import nbformat
import openpyxl
import pandas as pd
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.cli import invoke
from dalian_eval.intake.corrections.correction_sheets import HEADERS
from dalian_eval.intake.demo_files import DEMO, DEMO_LIST
from dalian_eval.rubric.numbers import points_of_text
from dalian_eval.stages.pipeline import lend_pieces, open_job

ROOT = Path(__file__).parents[1]
STAGES = (
    "01_clean",
    "02_validate",
    "03_metrics",
    "04_score",
    "05_narrative",
    "06_campaign",
    "07_readings",
)

COLUMNS = {
    "scores": "kind,candidate,name,unit,base,bonus,total,total_low,total_high,rank,vetoed,status",
    "clauses": "kind,candidate,clause,status,awarded,points,max,rule_text",
    "ledger": "entry,kind,candidate,clause,month,points,rule,reason,evidence,outcome,cause",
    "monthly": "kind,candidate,month,metric,numerator,denominator,value,passed",
    "draw": "kind,candidate,slot,case,source,eligible,reason",
    "draw_eligible": "kind,candidate,slot,case",
    "assignments": "kind,candidate,case,indicator,serves,next_serves"
    ",points,next_points,total,next_total",
    "activities": "kind,unit,name,period,start,end,status,held_on,count,reason,evidence",
    "publicity": "kind,unit,name,period,start,end,status,held_on,count,reason,evidence",
    "effectiveness": "kind,candidate,month,metric,numerator,denominator,value,rank,of,percentile"
    ",change,rank_change,reason",
    "elite": "kind,candidate,quarter,name,unit,points,rank,status,members,reason",
    "calendar": "id,date,title,who,source,status,done_on,reason,note,evidence",
    "rollover": "table,date,key,subject,count,clauses,reason,evidence",
    "prereview": "case,bound,unit,kind,decided,risk,check,status,reason,evidence",
    "merit": "candidate,name,unit,city_rank,city_score,status,reason,evidence",
    "registrations": "registration,matter,about,date,content,handler,basis,used,evidence",
    "sensitivity": "kind,candidate,name,total,rank,total_min,total_max,rank_best,rank_worst"
    ",best_with,worst_with,vetoed,certain,decided_by,rank_best_open,rank_worst_open,exact",
    "cuts": "kind,cut,candidate,membership,in_with,out_with",
    "pairs": "kind,above,below,margin,margin_min,margin_max,reversed_with",
    "readings": "reading,option,chosen,kind,totals_changed,ranks_changed,largest_change,whose",
}


def table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(run / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_the_run_folder_holds_everything(demo_run):
    assert re.fullmatch(r"[0-9a-f]{12}", demo_run.name)
    for name in STAGES:
        assert (demo_run / f"{name}.html").is_file()
        assert (demo_run / f"{name}.ipynb").is_file()
    for name in ("index.html", "validation.json", "ro-crate-metadata.json", "run.json"):
        assert (demo_run / name).is_file()
    assert (demo_run / "quarantine.html").is_file()
    assert (demo_run / "quarantine.xlsx").is_file()
    intake = ("quarantine", "quarantine_cells", "corrections", "merges", "supersessions")
    for name in (*intake, *COLUMNS):
        assert (demo_run / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert b"\r" not in (demo_run / f"{name}.csv").read_bytes()
    raw = {
        p.relative_to(ROOT / "data/demo") for p in (ROOT / "data/demo").rglob("*") if p.is_file()
    }
    kept = {
        p.relative_to(demo_run / "inputs") for p in (demo_run / "inputs").rglob("*") if p.is_file()
    }
    assert kept == raw
    assert not list(demo_run.parent.glob(".building*"))


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_and_order(demo_run, name):
    frame = table(demo_run, name)
    assert ",".join(frame.columns) == COLUMNS[name]
    keys = {"scores": 2, "clauses": 3, "ledger": 1, "draw_eligible": 4, "assignments": 4}
    keys = (keys | {"effectiveness": 4, "elite": 3, "sensitivity": 2}).get(name)
    if name == "ledger":
        assert list(frame["entry"]) == sorted(frame["entry"])
    elif keys:
        rows = [tuple(r) for r in frame.iloc[:, :keys].itertuples(index=False)]
        assert rows == sorted(rows)
        assert len(set(rows)) == len(rows)


def test_points_have_exactly_four_decimals(demo_run):
    number = re.compile(r"-?\d+\.\d{4}")
    for name, columns in {
        "scores": ["base", "bonus", "total", "total_low", "total_high"],
        "clauses": ["awarded", "points"],
        "ledger": ["points"],
        "assignments": ["points", "total"],
        "elite": ["points"],
        "sensitivity": ["total", "total_min", "total_max"],
        "pairs": ["margin", "margin_min", "margin_max"],
        "readings": ["largest_change"],
    }.items():
        frame = table(demo_run, name)
        for column in columns:
            assert frame[column].map(lambda v: bool(number.fullmatch(v))).all(), (name, column)


def test_no_text_shows_how_a_decimal_is_stored(demo_run):
    """At most four decimals wherever a person reads: cells, pages, documents."""
    stored = re.compile(r"\d\.\d{5,}")
    for path in sorted(p for p in demo_run.rglob("*") if p.is_file()):
        if {"inputs", "params", "previous"} & set(path.relative_to(demo_run).parts):
            continue
        for text in _texts_of(path):
            found = stored.search(text)
            assert found is None, (path.name, text[max(0, found.start() - 60) : found.end() + 20])


def _texts_of(path: Path) -> list[str]:
    """What a person reads in a file of the record; exact fractions of effectiveness.csv aside."""
    if path.suffix == ".csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        exact = ["numerator", "denominator", "value", "percentile", "change"]
        shown = frame.drop(columns=exact if path.stem == "effectiveness" else [])
        return [text for column in shown for text in shown[column].unique()]
    if path.suffix == ".html":
        page = path.read_text(encoding="utf-8")
        page = re.sub(r"<(style|script|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
        return [re.sub(r"<[^>]*>", "\n", page)]
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as package:
            parts = [n for n in package.namelist() if n.endswith(".xml")]
            pages = [package.read(name).decode("utf-8") for name in parts]
        return [text for page in pages for text in re.findall(r"<(?:w:)?t\b[^>]*>([^<]*)<", page)]
    return []


def test_every_score_is_the_sum_of_its_ledger(demo_run):
    ledger, scores = table(demo_run, "ledger"), table(demo_run, "scores")
    ledger["points"] = ledger["points"].map(points_of_text)
    sums = ledger.groupby(["kind", "candidate"])["points"].sum()
    for row in scores.itertuples():
        assert sums[(row.kind, row.candidate)] == points_of_text(row.total)
        assert points_of_text(row.base) + points_of_text(row.bonus) == points_of_text(row.total)


def test_every_clause_has_an_entry_with_a_reason(demo_run):
    ledger, clauses = table(demo_run, "ledger"), table(demo_run, "clauses")
    assert (ledger["reason"] != "").all()
    told = set(zip(ledger["candidate"], ledger["clause"], strict=True))
    items = {c.rpartition(".")[0] for c in clauses["clause"]} | {"unit", "officer"}
    leaves = clauses[~clauses["clause"].isin(items)]
    assert all(pair in told for pair in zip(leaves["candidate"], leaves["clause"], strict=True))


def test_evidence_names_rows_of_the_inputs(demo_run):
    ledger = table(demo_run, "ledger")
    origins = {o for text in ledger["evidence"] for o in text.split()}
    assert len(origins) > 300
    for origin in origins:
        found = re.fullmatch(r"([a-z_]+):([^#]+)#([^!]*)!(\d+)", origin)
        assert found is not None, origin
        assert (demo_run / "inputs" / found[2]).is_file()


def test_the_demo_shows_every_case_of_interest(demo_run):
    scores, clauses = table(demo_run, "scores"), table(demo_run, "clauses")
    ledger = table(demo_run, "ledger")
    assert set(scores["status"]) == {"scored", "open", "deferred", "vetoed"}
    assert set(clauses["status"]) == {"scored", "unavailable", "not_applicable", "void", "vetoed"}
    assert (scores.loc[scores["kind"] == "officer", "rank"] == "10").sum() == 2
    assert {"封顶冲减", "扣完为止", "一票归零", "不参与折算"} <= set(ledger["rule"])
    items = {c.rpartition(".")[0] for c in clauses["clause"]} | {"unit", "officer"}
    for clause, rows in clauses[~clauses["clause"].isin(items)].groupby("clause"):
        struck = set(rows["status"]) & {"void", "vetoed"}
        assert struck or (rows["awarded"] != "0.0000").any(), f"{clause} gives nothing to anybody"
        if clause != "unit.air.onsite":  # every bureau of the demo sent somebody
            assert (rows["awarded"] == "0.0000").any(), f"{clause} gives something to everybody"


def test_pages_ask_the_network_for_nothing(demo_run):
    pages = list(demo_run.rglob("*.html"))
    # Chapters and lists, 查找 and 并排比较; statements; sheets and their list.
    assert len(pages) == 16 + 34 + 31
    outside = re.compile(
        r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//|url\(\s*[\"']?https?:|@import"
    )
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'lang="zh-CN"' in text
        assert not outside.search(text), page.name


def test_nothing_of_this_machine_reaches_the_record(demo_run):
    for page in demo_run.rglob("*"):
        if page.is_file() and "inputs" not in page.parts:
            data = page.read_bytes()
            for place in (str(ROOT), str(Path.home()), f"{tempfile.gettempdir()}/", "ipykernel_"):
                assert place.encode() not in data, (page.name, place)


def test_canonical_tables_are_left_in_data_processed(demo_run):
    clean = ROOT / "data/processed" / demo_run.name / "clean"
    assert len(list(clean.glob("*.parquet"))) == 29


def test_a_run_that_differs_from_the_one_there_is_refused(demo_run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    there = tmp_path / "runs" / "2024-10" / demo_run.name
    shutil.copytree(demo_run, there)
    with (there / "scores.csv").open("a", encoding="utf-8") as stream:
        stream.write("x\n")
    changed = (there / "scores.csv").read_bytes()
    options = ["--raw", "data/demo", "--out", str(tmp_path / "runs"), "--again"]
    assert invoke(["run", "--month", "2024-10", *options]) == 4
    assert "scores.csv" in capsys.readouterr().err
    assert (there / "scores.csv").read_bytes() == changed
    assert not list(there.parent.glob(".building*"))


def test_a_blocking_check_stops_the_run_with_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    raw = tmp_path / "raw"
    assert invoke(["demo", "--to", str(raw), "--mess", "none"]) == 0
    with (raw / "任职.csv").open("a", encoding="utf-8") as stream:
        stream.write("06120002,D02,2024-01-01,\n")
    out = tmp_path / "runs"
    assert invoke(["run", "--month", "2024-10", "--raw", str(raw), "--out", str(out)]) == 3
    message = capsys.readouterr().err
    (place,) = (out / "2024-10").iterdir()
    assert place.name.startswith("refused-")
    assert str(place / "index.html") in message.replace("\n", "")
    page = (place / "index.html").read_text(encoding="utf-8")
    assert "任职.csv" in page
    for name in ("02_validate.html", "quarantine.html", "quarantine.xlsx"):
        assert (place / name).is_file()
    for name in place.glob("*.html"):
        for link in re.findall(r'href="([^"#]+)', name.read_text(encoding="utf-8")):
            assert (place / unquote(link)).is_file(), (name.name, link)
    outcomes = json.loads((place / "validation.json").read_text(encoding="utf-8"))["outcomes"]
    blocked = [o for o in outcomes if not o["success"] and o["severity"] == "blocking"]
    assert any("任职.csv" in origin for o in blocked for origin in o["origins"])


@pytest.mark.parametrize("table_name", ["单位", "人员", "任职"])
def test_a_missing_basic_table_stops_the_run(table_name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    raw = tmp_path / "raw"
    invoke(["demo", "--to", str(raw), "--mess", "none"])
    (raw / f"{table_name}.csv").unlink()
    job = open_job(month="2024-10", raw=raw, processed=tmp_path / "processed", start=ROOT)
    assert job.validate().blocked


def test_a_run_finds_what_the_one_before_read(demo_run, tmp_path, caplog):
    """The run's own folder keeps nothing; the next month's run reads the new file alone."""
    assert not (demo_run / "processed").exists()
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / "data/demo", raw)
    lend_pieces(tmp_path / "building", ROOT / "data/processed")
    options = {"raw": raw, "processed": tmp_path / "building", "start": ROOT}
    with caplog.at_level("INFO", "dalian_eval.intake.clean"):
        open_job(month="2024-09", **options).clean()
        assert not caplog.messages
        shutil.copyfile(
            raw / "检查记录/检查记录_202410.xlsx", raw / "检查记录/检查记录_202411.xlsx"
        )
        open_job(month="2024-10", **options).clean()
    assert caplog.messages == ["读取 检查记录/检查记录_202411.xlsx"]
    assert [path.name for path in (tmp_path / "building").iterdir() if path.is_file()] == ["pieces"]


def test_an_output_place_that_cannot_be_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (tmp_path / "文件").write_text("占位", encoding="utf-8")
    out = tmp_path / "文件" / "runs"
    command = ["run", "--month", "2024-10", "--raw", "data/demo", "--out", str(out)]
    assert invoke(command) == 2
    assert "不能写入" in capsys.readouterr().err


@pytest.mark.parametrize("month", ["2023-11", "2023-12", "2024-02", "2024-05", "2024-09"])
def test_every_month_scores_as_of_its_last_day(month, tmp_path):
    job = open_job(month=month, raw="data/demo", processed=tmp_path, start=ROOT)
    view = job.view()
    assert view.as_of[:7] == month
    assert set(view.monthly["month"]) == {m for m in job.rubric.period.months if m <= month}
    totals = view.ledger.groupby(["kind", "candidate"])["points"].sum()
    scores = view.scores.set_index(["kind", "candidate"])["total"]
    assert (totals == scores).all()


def test_later_months_never_know_less(tmp_path):
    """What was uploaded later does not change an earlier month; uploads only add up."""
    counts = [
        len(open_job(month=m, raw="data/demo", processed=tmp_path, start=ROOT).view().monthly)
        for m in ("2024-01", "2024-06")
    ]
    assert counts[0] < counts[1]


def test_plain_papermill_runs_one_notebook(tmp_path):
    out = tmp_path / "out.ipynb"
    command = [
        sys.executable,
        "-m",
        "papermill",
        "notebooks/04_score.ipynb",
        str(out),
        "-p",
        "month",
        "2024-10",
        "-p",
        "processed",
        str(tmp_path / "processed"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert len(nbformat.read(out, as_version=4).cells) > 20


@pytest.mark.parametrize("name", STAGES)
def test_notebooks_are_narratives(name):
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert [c for c in code if "parameters" in c.metadata.get("tags", [])]
    for cell in code:
        assert cell.outputs == []
        assert cell.execution_count is None
        assert not re.search(r"^\s*(def|class|for|while) ", cell.source, re.MULTILINE)
        assert len(cell.source.splitlines()) <= 20


def test_the_list_of_the_demo_is_current():
    """`data/demo.sha256` names every file of the demo, as sha256sum does."""
    demo = ROOT / DEMO
    found = [
        f"{sha256_of(path)}  {name}\n"
        for name, path in sorted((p.relative_to(demo).as_posix(), p) for p in demo.rglob("*.*"))
    ]
    assert (ROOT / DEMO_LIST).read_text(encoding="utf-8") == "".join(found)


def _asked(raw, tmp_path):
    return open_job(month="2024-10", raw=raw, processed=tmp_path / "processed", start=ROOT)


def test_the_demo_among_other_files_stops_a_run(tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / DEMO, raw)
    _asked(raw, tmp_path)
    # A demo with one of its own files changed is still the demo, and so is one with corrections.
    with (raw / "案件/诉讼复议.csv").open("ab") as stream:
        stream.write(b"\n")
    _asked(raw, tmp_path)
    book = openpyxl.Workbook()
    book.active.append([*HEADERS.values()])
    book.save(raw / "更正.xlsx")
    _asked(raw, tmp_path)
    (raw / "本局").mkdir()
    (raw / "本局" / "荣誉.csv").write_text("编号,名称\n1,某\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"混有示范县的文件.*本局/荣誉\.csv.*空文件夹") as error:
        _asked(raw, tmp_path)
    assert "更正" not in str(error.value)


def test_one_file_of_the_demo_left_among_others_stops_a_run(tmp_path):
    raw = tmp_path / "raw"
    (raw / "案件").mkdir(parents=True)
    shutil.copyfile(ROOT / DEMO / "装备/装备.xlsx", raw / "装备.xlsx")
    (raw / "案件" / "案件.csv").write_text("案件编号,单位编码\n1,D01\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"装备\.xlsx.*案件/案件\.csv"):
        _asked(raw, tmp_path)
    (raw / "装备.xlsx").unlink()
    _asked(raw, tmp_path)


def test_the_demo_in_an_archive_among_other_files_stops_a_run(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    archive = shutil.make_archive(str(raw / "示范"), "zip", ROOT / DEMO)
    _asked(raw, tmp_path)
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("本局/案件.csv", "案件编号,单位编码\n1,D01\n")
    with pytest.raises(UsageError, match=r"示范\.zip/.*等\d+个.*其他文件（示范\.zip/本局/案件"):
        _asked(raw, tmp_path)
    Path(archive).write_bytes(Path(archive).read_bytes()[:-40])
    _asked(raw, tmp_path)  # A damaged archive is a single file, and told of by intake.
    with zipfile.ZipFile(raw / "装备.zip", "w") as packed:
        packed.write(ROOT / DEMO / "装备/装备.xlsx", "装备.xlsx")
    with pytest.raises(UsageError, match=r"装备\.zip/装备\.xlsx.*其他文件（示范\.zip）"):
        _asked(raw, tmp_path)


def test_an_empty_folder_of_data_points_to_the_demo(tmp_path):
    (tmp_path / "raw").mkdir()
    with pytest.raises(UsageError, match=f"没有任何文件.*--raw {DEMO}"):
        _asked(tmp_path / "raw", tmp_path)
