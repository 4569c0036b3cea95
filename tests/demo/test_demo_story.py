"""What the default county tells, scored by the independent model with the official draws alone."""

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dalian_eval.demo import County, export, invent

MODEL = Path(__file__).parents[1] / "independent" / "model.py"
TWINS = ("06120014", "06120015")
NEVER_ZERO = {"unit.air.onsite"}
"""A weak unit's rounds still earn something; the item is void for it all the same."""


@pytest.fixture(scope="module")
def county() -> County:
    return invent()


@pytest.fixture(scope="module")
def model() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("independent_model_for_demo", MODEL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def result(county: County, model: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("none")
    export(county, folder)
    return model.evaluate(folder, date(2024, 10, 31))


def scores(result: Any, kind: str) -> dict[str, Any]:
    return {row.candidate: row for row in result.scores if row.kind == kind}


def clauses(result: Any, candidate: str) -> dict[str, Any]:
    return {row.clause: row for row in result.clauses if row.candidate == candidate}


def test_every_leaf_awards_something_to_somebody_and_nothing_to_somebody_else(result: Any) -> None:
    effects: dict[str, set[bool]] = defaultdict(set)
    names = {row.clause for row in result.clauses}
    leaves = {n for n in names if not any(other.startswith(n + ".") for other in names)}
    for row in result.clauses:
        if row.clause in leaves:
            effects[row.clause].add(row.awarded != 0 or row.status in ("void", "vetoed"))
    lopsided = {name for name, seen in effects.items() if seen != {True, False}}
    assert lopsided == NEVER_ZERO


def test_two_officers_tie_for_the_tenth_place(result: Any) -> None:
    officers = scores(result, "officer")
    first, second = (officers[twin] for twin in TWINS)
    assert first.total == second.total
    assert first.rank == second.rank == 10
    assert len(officers) == 30


def test_vetoes_voids_and_open_clauses(result: Any) -> None:
    officers, units = scores(result, "officer"), scores(result, "unit")
    assert {code for code, row in officers.items() if row.vetoed} == {"06120021", "06120030"}
    assert {code for code, row in units.items() if row.vetoed} == {"D04"}
    assert clauses(result, "D03")["unit.review"].status == "void"
    assert clauses(result, "D04")["unit.air"].status == "void"
    assert clauses(result, "D02")["unit.digital.offsite.lead_handling"].status == "not_applicable"
    assert clauses(result, "D02")["unit.air.remote"].status == "not_applicable"
    assert clauses(result, "D03")["unit.air.remote"].status == "unavailable"
    waiting = clauses(result, "06120024")["officer.cases.files.supporting"]
    assert waiting.status == "unavailable"


def test_floors_and_caps_bite(result: Any) -> None:
    unruly = clauses(result, "06120032")
    assert unruly["officer.combat.air"].points < -unruly["officer.combat.discipline"].points
    assert unruly["officer.combat"].points == 0
    assert clauses(result, "D04")["unit.digital.records"].points == 0
    for candidate, clause in (
        ("D01", "unit.cases.new_equipment"),
        ("D01", "unit.digital.offsite.lead_handling"),
        ("D02", "unit.team.awards.honours"),
        ("D04", "unit.team.dress"),
        ("06120002", "officer.honour.titles"),
    ):
        row = clauses(result, candidate)[clause]
        assert abs(row.awarded) > abs(row.points) > 0, (candidate, clause)
    assert clauses(result, "D01")["unit.review"].points == 27 * 10_000


def test_scores_are_plausible(result: Any) -> None:
    officers = [row.total / 10_000 for row in scores(result, "officer").values()]
    assert sum(35 <= total <= 85 for total in officers) >= 22
    units = [row.total / 10_000 for row in scores(result, "unit").values() if not row.vetoed]
    assert sum(50 <= total <= 92 for total in units) == 3


def test_pending_lawsuit_joiner_leaver_transfers_and_certificate(county: County) -> None:
    tables = county.tables
    assert [row["state"] for row in tables["litigation"]].count("审理中") == 1
    postings: dict[object, list[Any]] = defaultdict(list)
    for row in tables["postings"]:
        postings[row["officer_id"]].append(row)
    moved = {
        officer
        for officer, stays in postings.items()
        if len({stay["unit_id"] for stay in stays}) > 1
    }
    assert len(moved) == 2
    starts = [min(stay["start"] for stay in stays) for stays in postings.values()]
    assert sum(start >= date(2023, 11, 1) for start in starts) == 1
    left = [s for s in postings.values() if all(stay["end"] is not None for stay in s)]
    assert len(left) == 1
    expired = [r for r in tables["officers"] if r["valid_to"] == date(2024, 5, 31)]
    assert len(expired) == 1
    assert any("䶮" in str(row["name"]) for row in tables["officers"])


def test_city_ranking_has_some_of_ours_in_the_first_ten(county: County) -> None:
    ranks = [row["rank"] for row in county.tables["city_ranking"]]
    assert sorted(rank for rank in ranks if isinstance(rank, int)) == [2, 7, 10, 10, 19, 33]
