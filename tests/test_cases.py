"""Worked cases: facts and the points that the plan gives for them, worked out by hand.

`rubric test` runs them without pytest; here each example is a test of its own, and the cases are
asked for completeness.
"""

from pathlib import Path

import pytest

from dalian_eval.jobs.rubrics.rubric_cases import case_files
from dalian_eval.report.workbench.case_lines import result_lines
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.workbench.case_county import counties
from dalian_eval.workbench.case_form import Worked
from dalian_eval.workbench.case_reader import read_cases
from dalian_eval.workbench.case_results import Result, county_results

ROOT = Path(__file__).parents[1]
FILES = {
    "": ROOT / "params/rubrics/2024.yaml",
    "湖城": ROOT / "tests/rubric/another_city/rubrics/2025.yaml",
}
RUBRICS = {city: load_rubric(path) for city, path in FILES.items()}
WORKED = {city: read_cases(case_files(path), RUBRICS[city]) for city, path in FILES.items()}
COUNTIES = {
    city: {one.tag: county for county in counties(WORKED[city], RUBRICS[city]) for one in county}
    for city in FILES
}
EXAMPLES = [
    pytest.param(city, one, id="·".join(filter(None, (city, one.name))))
    for city, worked in WORKED.items()
    for one in worked
]


@pytest.fixture(scope="session")
def results() -> dict[tuple[str, str], Result]:
    """Results by rubric and tag, filled as the tests ask for them."""
    return {}


@pytest.mark.parametrize(("city", "worked"), EXAMPLES)
def test_case(city: str, worked: Worked, results: dict[tuple[str, str], Result]) -> None:
    if (city, worked.tag) not in results:
        for result in county_results(COUNTIES[city][worked.tag], FILES[city]):
            results[city, result.worked.tag] = result
    result = results[city, worked.tag]
    assert result.passed, "\n" + "\n".join(result_lines([result], 100))


@pytest.mark.parametrize("city", FILES)
def test_every_clause_has_a_case(city: str) -> None:
    rubric = RUBRICS[city]
    leaves = {*rubric.unit.clauses, *rubric.officer.clauses}
    assert leaves - {one.case.clause for one in WORKED[city]} == set()


@pytest.mark.parametrize("city", FILES)
def test_every_alternative_reading_has_a_case(city: str) -> None:
    alternatives = {
        (name, option)
        for name, reading in RUBRICS[city].readings.items()
        for option in reading.options
        if option != reading.default
    }
    asked = {pair for one in WORKED[city] for pair in one.example.readings.items()}
    assert alternatives - asked == set()
