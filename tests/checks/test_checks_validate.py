"""The whole validation: what it writes, what blocks, that Great Expectations ran, and quietly."""

import datetime as dt
import json
import multiprocessing
import sys
from pathlib import Path

import pytest
from small_county import AS_OF, DATES, DRAW, SECTIONS, County, P, origin_of

from dalian_eval import demo, intake
from dalian_eval.base.errors import UsageError
from dalian_eval.checks import Outcome, Validation, load_validation, validate

ROOT = Path(__file__).parents[2]


def run(county: County, out: Path, as_of: dt.date = AS_OF) -> Validation:
    return validate(county.write(), P, as_of, out, draw=DRAW, sections=SECTIONS, dates=DATES)


def outcome(validation: Validation, check: str) -> Outcome:
    (found,) = [o for o in validation.outcomes if o.check == check]
    return found


def test_a_good_county_passes(county, tmp_path):
    validation = run(county, tmp_path / "out")
    assert [o.check for o in validation.outcomes if not o.success] == []
    assert not validation.blocked
    assert (validation.failed, validation.skipped) == (0, 0)
    assert validation.passed == validation.expected == len(validation.outcomes)
    assert all(o.reason.endswith("。") and not o.fix for o in validation.outcomes)
    assert outcome(validation, "cases.kind.vocabulary").tested == 2


def test_failures_carry_rows_reason_and_cure(county, tmp_path):
    county["postings"][0]["end"] = None
    county["cases"][0]["kind"] = "警告"
    county["leads"][0]["due_on"] = None
    validation = run(county, tmp_path)
    assert validation.blocked
    assert {o.check for o in validation.blocking} == {"postings.overlap", "cases.kind.vocabulary"}
    assert outcome(validation, "leads.no_deadline") in validation.warnings
    overlap = outcome(validation, "postings.overlap")
    assert overlap.origins == (origin_of("postings!2"), origin_of("postings!3"))
    assert overlap.reason.startswith("有2段任职")
    assert "离岗日期" in overlap.fix
    kind = outcome(validation, "cases.kind.vocabulary")
    assert (kind.failed, kind.origins) == (1, (origin_of("cases!2"),))
    assert kind.observed == ("案件类型 警告",)
    assert "一般处罚" in kind.reason


def test_the_file_says_what_the_object_says(county, tmp_path):
    county["units"][0]["parent_id"] = "D01"
    validation = run(county, tmp_path)
    path = tmp_path / "validation.json"
    assert load_validation(path) == validation
    text = path.read_text(encoding="utf-8")
    assert "单位编码" in text
    assert "\\u" not in text
    content = json.loads(text)
    assert content["blocked"] is True
    keys = [(o["table"], o["check"]) for o in content["outcomes"]]
    assert keys == sorted(keys)
    assert str(tmp_path) not in text


def elsewhere(clean: Path, out: Path) -> None:
    """Validate in a fresh process: another hash seed, another time zone, nothing imported yet."""
    if "great_expectations" in sys.modules:
        raise AssertionError("importing the room imports Great Expectations")
    validate(clean, P, AS_OF, out, draw=DRAW, sections=SECTIONS, dates=DATES)
    if "great_expectations" not in sys.modules:
        raise AssertionError("Great Expectations was not used")


def test_the_same_folder_gives_the_same_bytes(county, tmp_path, monkeypatch, capfd):
    county["leads"][:] = [{"lead_id": f"L{i}", "unit_id": "D01"} for i in range(300)]
    county["cases"][0]["kind"] = "警告"
    run(county, tmp_path / "one")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "America/New_York")
    process = multiprocessing.get_context("spawn").Process(
        target=elsewhere, args=(county.folder, tmp_path / "two")
    )
    process.start()
    process.join()
    told = capfd.readouterr()
    assert (process.exitcode, told.out, told.err) == (0, "", "")
    first, second = ((tmp_path / n / "validation.json").read_bytes() for n in ("one", "two"))
    assert first == second


def test_great_expectations_ran_one_suite_per_small_table(county, tmp_path, monkeypatch):
    from great_expectations.core import ExpectationSuite
    from great_expectations.datasource.fluent.interfaces import Batch

    suites: dict[str, int] = {}
    original = Batch.validate

    def spy(self, expect, **kwargs):
        if isinstance(expect, ExpectationSuite):
            suites[expect.name] = len(expect.expectations)
        return original(self, expect, **kwargs)

    monkeypatch.setattr(Batch, "validate", spy)
    run(county, tmp_path)
    assert set(suites) == {"counted", *county.tables} - {"inspections"}
    assert sum(suites.values()) > 140


def test_what_was_not_supplied_is_skipped_and_told(county, tmp_path):
    for table in ("honours", "cases"):
        del county.tables[table]
    validation = run(county, tmp_path)
    told = outcome(validation, "delivery.not_supplied")
    assert not told.success
    assert not validation.blocked
    assert (told.failed, told.observed) == (2, ("案件", "荣誉"))
    assert "案件、荣誉" in told.reason
    skipped = outcome(validation, "cases.no_handler")
    assert (skipped.skipped, skipped.success, skipped.tested) == (True, True, 0)
    assert outcome(validation, "case_draws.no_slot").reason == "没有提交『案件』表，没有核对。"
    assert outcome(validation, "case_draws.undated").tested == 2


def test_nothing_but_the_required_tables_missing_blocks(county, tmp_path):
    county.tables = {"units": county["units"]}
    validation = run(county, tmp_path)
    assert validation.blocked
    assert outcome(validation, "delivery.required").observed == ("人员", "任职")


def test_tables_without_rows_pass(county, tmp_path):
    required = ("units", "officers", "postings")
    for name, rows in county.tables.items():
        if name not in required:
            rows.clear()
    validation = run(county, tmp_path)
    assert [o.check for o in validation.outcomes if not o.success] == ["inspections.idle_months"]


def test_a_folder_that_intake_did_not_write_is_refused(tmp_path):
    with pytest.raises(UsageError, match="不是清洗结果"):
        validate(tmp_path, P, AS_OF, tmp_path, draw=DRAW, sections=SECTIONS)


@pytest.mark.parametrize("mess", ["none", "heavy"])
def test_an_invented_county_is_fit_to_be_scored(mess, tmp_path):
    county = demo.invent(units=2, officers=12, seed=5, inspections_per_officer_month=6)
    demo.export(county, tmp_path / "raw", mess)
    intake.clean(tmp_path / "raw", tmp_path / "clean", headers=ROOT / "params" / "headers.yaml")
    validation = validate(
        tmp_path / "clean", P, P.end, tmp_path / "out", draw=DRAW, sections=SECTIONS
    )
    assert [o.check for o in validation.blocking] == []
    quarantine = [o for o in validation.warnings if o.check == "delivery.quarantined_some"]
    assert bool(quarantine) == (mess == "heavy")


def test_every_message_that_counts_something_names_it(county, tmp_path):
    """Whatever a check counts, its sentence says which: here every date of the county is blank."""
    blanked = {"leads": "due_on", "inspections": "uploaded_at", "officers": "valid_from"}
    for table, column in blanked.items():
        for row in county[table]:
            row[column] = None
    county["case_handlers"].clear()
    validation = run(county, tmp_path)
    failed = [o for o in validation.outcomes if not o.success]
    assert {o.table for o in failed} >= {"leads", "inspections", "officers", "cases"}
    for one in failed:
        assert one.observed, one.check
        assert all(named in one.reason for named in one.observed), one.check
    (officers,) = [o for o in failed if o.check == "officers.no_certificate_start"]
    codes = sorted(row["officer_id"] for row in county["officers"])
    assert all(f"执法证号 {code}" in officers.reason for code in codes[:5])


def test_no_more_are_named_than_can_be_read(county, tmp_path):
    first = county["leads"][0]
    county["leads"][:] = [{**first, "lead_id": f"X{n}", "due_on": None} for n in range(7)]
    told = outcome(run(county, tmp_path), "leads.no_deadline").reason
    assert "有7件线索" in told
    assert "X4" in told and "X5" not in told
    assert told.endswith("等。")
