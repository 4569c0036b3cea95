"""Rows in quarantine, months to come, tables nobody supplied, and another city's rules."""

import datetime as dt
import json
import random
from pathlib import Path

import pytest

from dalian_eval.moves.change import Change
from dalian_eval.moves.worth import Trials
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.rules.monthly import MonthlyClause
from tests.campaign.frames import day
from tests.independent.county import HEADERS
from tests.moves.road import county_moves, with_facts
from tests.properties.road import County, county, rubric, walk

CITY = Path("tests/rubric/another_city/rubrics/2025.yaml")
AS_OF = day("2024-06-30")


def added(tables: County, sheet: str, **cells: str) -> None:
    tables[sheet].append({**dict.fromkeys(HEADERS[sheet].split(), ""), **cells})


@pytest.fixture(scope="module")
def spoiled():
    """A county with one honour and one case whose date or kind cannot be read; its moves."""
    tables = county(5, 1)
    unit = next(row["单位编码"] for row in tables["单位"] if row["候选集体"] == "是")
    added(
        tables,
        "荣誉",
        编号="RY待改",
        对象类型="单位",
        对象=unit,
        名称="省级文明窗口",
        类别="荣誉",
        级别="国家",
        日期="2024-02-30",
    )
    return tables, unit, county_moves(tables, AS_OF)


def test_a_quarantined_row_is_told_with_what_it_gives_once_mended(spoiled):
    tables, unit, (context, found) = spoiled
    assert [row.column for row in context.quarantined] == ["date"]
    (move,) = [m for m in found if "隔离" in m.sentence and m.proposal.kind == "unit"]
    assert move.proposal.clause == "unit.team.awards.honours"
    assert "更正『日期』后" in move.sentence
    assert "最多" not in move.sentence  # Whatever the day of February, it counts the same.
    whole = with_facts(tables, move)
    whole["荣誉"] = [row for row in whole["荣誉"] if row["日期"] != "2024-02-30"]
    assert walk(whole, AS_OF).scores["unit", unit]["total"] == move.total


def test_months_to_come_are_told_while_all_twelve_can_still_be_reached(spoiled):
    _, _, (context, found) = spoiled
    coming = [m for m in found if m.proposal.to_come]
    assert coming
    for move in coming:
        p = move.proposal
        clause = context.section(p.kind).section.clauses[p.clause]
        assert isinstance(clause, MonthlyClause)
        # A unit without leads has its total scaled by 100/97.
        assert clause.points <= move.gain <= clause.points * 100 // 97 + 1
        assert p.by > AS_OF
        assert move.total == int(context.section(p.kind).low.points[p.kind][p.candidate])
        leaf = context.section(p.kind).leaves[p.clause]
        assert leaf.points[p.candidate] == clause.points * len(context.scored.facts.ended_months)


def test_tables_that_nobody_supplied_are_named_together():
    tables = county(5, 1)
    for sheet in ("案件", "案件承办", "案卷抽取", "典型案例", "诉讼复议", "案卷评查"):
        del tables[sheet]
    for row in [*tables["质量问题"], *tables["评查通报"]]:
        row["案件编号"] = ""
    context, found = county_moves(tables, AS_OF)
    several = [m for m in found if "『案件』『案件承办』" in m.sentence]
    assert several
    move = max(several, key=lambda m: len({c.table for c in m.proposal.changes}))
    p = move.proposal
    who = (p.kind, str(context.candidates(p.kind).ids[p.candidate]))
    whole = with_facts(tables, move)
    assert walk(whole, AS_OF).scores[who]["total"] == move.total


def test_another_city_s_measures_over_months_have_moves():
    law = load_rubric(CITY).model_copy(update={"period": rubric().period})
    context, found = county_moves(county(5, 1), AS_OF, law=law)
    trials = Trials(context)
    clauses = {m.proposal.clause for m in found}
    assert clauses & {"unit.daily.task", "unit.cases.composite"}
    for move in random.Random(7).sample(found, 12):
        p = move.proposal
        assert json.dumps([c.fact() for c in p.changes], ensure_ascii=False)
        if p.redraws:
            continue
        alone = trials.alone(p.kind, p.changes)
        assert int(alone[p.candidate]) == move.total, move.sentence


def test_a_record_uploaded_after_the_day_does_not_count():
    context, _ = county_moves(county(5, 1), day("2024-06-15"))
    trials = Trials(context)
    ids = map(str, context.candidates("officer").ids)
    officer = next(who for who in ids if who in context.unit_now)
    moment = dt.datetime(2024, 6, 20, 12)
    cells = {"record_id": "JC以后", "unit_id": context.unit_now[officer], "valid": True}
    cells |= {"uploader": officer, "inspected_at": moment, "uploaded_at": moment}
    base = context.section("officer").low.points["officer"]
    assert (trials.alone("officer", [Change("inspections", cells)]) == base).all()
