"""The public edition of the demo county: nothing of the inputs is in it, every figure is."""

import json
import os
import re
import shutil
from contextlib import nullcontext
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dalian_eval.base import scratch_folder
from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.result_folder import differing
from dalian_eval.cli import invoke
from dalian_eval.demo import export, invent
from dalian_eval.jobs.runs.record_there import is_right
from dalian_eval.public.edition import public_job, write_public
from dalian_eval.public.projection import project_record
from dalian_eval.public.pseudonyms import pseudonyms
from dalian_eval.record.manifest import MANIFEST
from dalian_eval.report.base.file_names import statement_file
from dalian_eval.rubric.impersonal_rubric import discreet
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.stages.pipeline import CLEAN, VALIDATION, open_job
from tests.public.conftest import KEY, ROOT
from tests.public.test_scan import WORDS
from tests.report.pages import assert_sound

FILES = {
    *("clauses.csv", "draw.csv", "ledger.csv", "monthly.csv", "outlook.csv", "scores.csv"),
    *("sensitivity.csv", "cuts.csv", "pairs.csv", "readings.csv"),
    *("sources.csv", "validation.json", "run.json", "ro-crate-metadata.json"),
    *("index.html", "narrative.html", "manifest.json"),
}
IDENTITY = ["kind", "candidate"]


@pytest.fixture(scope="module")
def prepared(demo_run, tmp_path_factory):
    """The public job with its cleaned tables; the checks found what they found in the demo run."""
    job = public_job(open_job(month="2024-10", raw="data/demo", edition="public", start=ROOT), KEY)
    job = replace(job, store=tmp_path_factory.mktemp("store") / "job")
    job.clean()
    (job.store / VALIDATION).mkdir()
    shutil.copy(demo_run / "validation.json", job.store / VALIDATION)
    return job


@pytest.fixture
def job(prepared, tmp_path):
    """A copy of the prepared job: publishing removes it."""
    shutil.copytree(prepared.store, tmp_path / "job")
    return replace(prepared, store=tmp_path / "job")


@pytest.fixture(scope="module")
def contents(public_run):
    """Every file of the edition with its name, as one text."""
    files = sorted(p for p in public_run.rglob("*") if p.is_file())
    return "\n".join(f"{p.relative_to(public_run)}\n{p.read_text('utf-8')}" for p in files)


def column(job, table, name):
    values = pq.read_table(job.store / CLEAN / f"{table}.parquet", columns=[name])[name]
    return {v for v in values.to_pylist() if v is not None}


def abandoned(folder):
    """The scratch folders of a public edition that no living process holds."""
    found = []
    for lock in folder.glob(".public*.lock"):
        opened = scratch_folder._open(lock)
        if scratch_folder._hold(opened, lock):
            found.append(lock.name)
        os.close(opened)
    locked = {f"{path.name}.lock" for path in folder.glob(".public*") if path.is_dir()}
    return found + sorted(locked - {lock.name for lock in folder.glob(".public*.lock")})


def test_it_holds_what_it_should(public_run, demo_run):
    assert {p.name for p in public_run.iterdir() if p.is_file()} == FILES
    assert {p.name for p in public_run.iterdir() if p.is_dir()} == {"statements"}
    assert public_run.name != demo_run.name
    assert not list(public_run.parent.glob(".building*"))
    assert not abandoned(ROOT / "data/processed")
    told = json.loads((public_run / "run.json").read_text("utf-8"))
    assert told["edition"] == "public"
    assert told["files"] == {}


def test_asked_for_again_it_is_found_right(public_run):
    assert is_right(public_run, ROOT, public_run.name, pytest.fail)


def test_nothing_of_the_inputs_is_in_it(contents, prepared):
    officers = column(prepared, "officers", "name") | column(prepared, "officers", "officer_id")
    words = column(prepared, "inspections", "target")
    for table in BY_NAME.values():
        path = prepared.store / CLEAN / f"{table.name}.parquet"
        if table.name in ("units", "inspections") or not path.is_file():
            continue
        for one in table.columns:
            if one.type in (Type.CASE_NUMBER, Type.CODE) and one.references != "units":
                words |= column(prepared, table.name, one.name)
    for table, name in (("publicity", "title"), ("activities", "topic"), ("honours", "name")):
        words |= column(prepared, table, name)
    words |= {name for file in prepared.files for name in file.split("/") if "." in name}
    units = column(prepared, "units", "unit_id")
    law = (ROOT / "params/rubrics/2024.yaml").read_text("utf-8")
    assert len(words) > 400
    assert [word for word in officers if word in contents] == []
    assert [word for word in words - units if word in contents and word not in law] == []
    assert not re.search(r"JC20\d{6}|0612\d{4}|示环|sheets/", contents)


def test_every_figure_is_that_of_the_internal_record(public_run, demo_run):
    officers = read_csv(demo_run / "scores.csv").query("kind == 'officer'")["candidate"]
    alias = pseudonyms(KEY, 2024, officers)
    for name, left_out in {
        "scores": ["name", "unit"],
        "clauses": [],
        "monthly": [],
        "outlook": [],
        "draw": ["case"],
        "ledger": ["entry", "month", "reason", "evidence"],
    }.items():
        inside = read_csv(demo_run / f"{name}.csv").drop(columns=left_out)
        inside["candidate"] = inside["candidate"].map(lambda c: alias.get(c, c))
        outside = read_csv(public_run / f"{name}.csv").drop(columns=left_out, errors="ignore")
        assert list(outside.columns) == list(inside.columns)
        order = list(outside.columns)
        pd.testing.assert_frame_equal(
            *(f.sort_values(order, ignore_index=True) for f in (outside, inside))
        )


def test_certificates_are_those_of_the_internal_record(public_run, demo_run):
    def same(name, columns):
        mine, theirs = (
            sorted(map(tuple, read_csv(run / f"{name}.csv")[columns].to_numpy().tolist()))
            for run in (public_run, demo_run)
        )
        assert mine
        assert mine == theirs, name

    told = read_csv(public_run / "sensitivity.csv")
    same("sensitivity", [c for c in told.columns if c not in ("candidate", "name")])
    same("cuts", ["kind", "cut", "membership", "in_with", "out_with"])
    same("readings", ["reading", "option", "chosen", "kind", "totals_changed", "ranks_changed"])
    same("pairs", ["kind", "margin"])
    names = read_csv(public_run / "scores.csv").set_index("candidate")["name"]
    assert dict(zip(told["candidate"], told["name"], strict=True)) == names.to_dict()
    for kind, rows in told.groupby("kind"):
        assert list(rows["candidate"]) == sorted(rows["candidate"]), kind


def test_a_rank_that_depends_on_a_reading_is_told(public_run):
    told = read_csv(public_run / "sensitivity.csv")
    moving = told["rank_best"] != told["rank_worst"]
    row = told[moving & (told["vetoed"] == "否")].iloc[0]
    span = f"都在第{row['rank_best']}至第{row['rank_worst']}名之间"
    statement = public_run / "statements" / statement_file(row["kind"], row["candidate"])
    assert span in statement.read_text("utf-8")
    index = (public_run / "index.html").read_text("utf-8")
    assert f"第{row['rank_best']}至{row['rank_worst']}名" in index


def test_no_order_tells_the_real_numbers(public_run):
    scores = read_csv(public_run / "scores.csv")
    assert scores[IDENTITY].equals(scores[IDENTITY].sort_values(IDENTITY, ignore_index=True))
    ledger = read_csv(public_run / "ledger.csv")
    assert list(ledger["entry"]) == sorted(ledger["entry"])
    assert list(dict.fromkeys(ledger["candidate"])) == list(scores["candidate"])


def test_sentences_show_no_cell_that_could_name_somebody(public_run):
    rubric = discreet(open_job(month="2024-10", raw="data/demo", start=ROOT).rubric)
    shown = {
        (query.table, column)
        for section in (rubric.unit, rubric.officer)
        for clause in section.clauses.values()
        for query in clause.queries
        for column in query.show
    }
    assert ("litigation", "case_id") not in shown
    assert {column for _, column in shown} <= {
        *("kind", "level", "result", "year", "joint", "due_on", "fed_back_on", "flaw", "unit_id"),
        *("reviewed_on", "responsibility", "deduction", "procedure", "outcome"),
        *("fatal", "filed_as"),
    }
    ledger = read_csv(public_run / "ledger.csv")
    assert ledger["evidence"].str.fullmatch(r"([a-z_]+:\d+( |$))*").all()
    assert ledger["reason"].str.contains("该案件已用于").any()


def test_its_pages_are_sound_and_lead_somewhere(public_run):
    pages = sorted(public_run.rglob("*.html"))
    ids = {p: set(assert_sound(p.read_text("utf-8")).values("id")) for p in pages}
    for path in pages:
        for href in assert_sound(path.read_text("utf-8")).values("href"):
            file, _, anchor = href.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), href
            assert not anchor or anchor in ids.get(target, ()), href
    said = (public_run / "index.html").read_text("utf-8")
    assert "没有公开的内容" in said


def renamed(job):
    """Rename all officers to words, and change every free text of the cleaned tables."""
    for path in (job.store / CLEAN).glob("*.parquet"):
        table, data = BY_NAME[path.stem], pq.read_table(path)
        for one in table.columns:
            free = one.type is Type.TEXT and not one.vocabulary
            # 条款 names a clause of the rubric, as a closed vocabulary would.
            if not free or table.name == "units" or one.name == "clause":
                continue
            values = data[one.name].to_pylist()
            known = sorted({v for v in values if v is not None})
            others = {v: f"杜撰{n:05d}{_kept(v)}" for n, v in enumerate(known)}
            if (table.name, one.name) == ("officers", "name"):
                others |= dict(zip(known, WORDS, strict=False))
            place = data.schema.get_field_index(one.name)
            changed = pa.array([others.get(v) for v in values], data.schema.field(place).type)
            data = data.set_column(place, data.schema.field(place), changed)
        pq.write_table(data, path)


def _kept(text):
    """Return the words of a text that the rubric asks for."""
    return "".join(word for word in ("大练兵", "污染防治攻坚战") if word in text)


def test_other_names_and_texts_give_the_same_bytes(public_run, job, tmp_path):
    renamed(job)
    (tmp_path / "again").mkdir()
    write_public(job, KEY, tmp_path / "again", lambda title: nullcontext())
    (tmp_path / "again" / MANIFEST).write_bytes((public_run / MANIFEST).read_bytes())
    assert differing(tmp_path / "again", public_run) == []
    assert not job.store.exists()


def test_a_name_that_is_left_refuses_the_edition(tmp_path, monkeypatch, key_file, capsys):
    shutil.copytree(ROOT / "params", tmp_path / "params")
    export(invent(units=1, officers=6, seed=3), tmp_path / "data/raw")
    monkeypatch.chdir(tmp_path)

    def leaky(view, names):
        return replace(project_record(view, names), validation=view.validation)

    monkeypatch.setattr("dalian_eval.public.edition.project_record", leaky)
    options = ["--edition", "public", "--pseudonym-key", str(key_file)]
    assert invoke(["run", "--month", "2024-10", *options]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert "公开版没有生成：validation.json" in said
    assert "没有留下任何文件" in said
    assert not (tmp_path / "runs").exists() or not any((tmp_path / "runs").iterdir())
    assert [p.name for p in (tmp_path / "data/processed").iterdir()] == ["pieces"]


def test_explain_refuses_a_public_edition(public_run, capsys):
    assert invoke(["explain", str(public_run), "--of", "D02"]) == 2
    assert "公开版" in capsys.readouterr().err


def test_it_is_not_compared(public_run, demo_run, capsys):
    """It holds no inputs: `diff` says so and names it, on either side."""
    for pair in ((demo_run, public_run), (public_run, demo_run)):
        assert invoke(["diff", *map(str, pair)]) == 2
        said = capsys.readouterr().err
        assert "公开版，不含报送数据，不能比较" in said
        assert str(public_run) in said
