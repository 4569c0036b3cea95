"""What the program finds against what worked cases expect, and why."""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import POINT
from dalian_eval.schema.model import Contract
from dalian_eval.schema.tables import SHIPPED, in_use, using
from dalian_eval.workbench.case_county import County, Outcome, counties, evaluate
from dalian_eval.workbench.case_form import (
    ASPECTS,
    NOTHING,
    SCORE_STATUSES,
    STATUSES,
    TOTALS,
    Expectation,
    Value,
    Worked,
)

_REASONS = 40
"""Ledger entries that tell why, at most."""

_ABSENT = "不是候选对象，或没有这一条"


@dataclass(frozen=True)
class Mismatch:
    """An expectation that was not met: what was found, and the ledger's sentences about it.

    `reasons`: points and sentence of each entry.
    """

    expectation: Expectation
    found: str
    reasons: tuple[tuple[str, str], ...]

    @property
    def expected(self) -> str:
        """What the case expects, in its own words."""
        return value_words(self.expectation.value, self.expectation)


@dataclass(frozen=True)
class Result:
    """What became of one example: its mismatches, and its rows that intake did not take."""

    worked: Worked
    mismatches: tuple[Mismatch, ...]
    refused: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.mismatches and not self.refused


def value_words(value: Value, expectation: Expectation) -> str:
    """Return a value as a case would write it."""
    if isinstance(value, tuple):
        return "、".join(value) or NOTHING
    words = SCORE_STATUSES if expectation.subject in TOTALS else STATUSES
    if expectation.aspect == ASPECTS["状态"]:
        return next((word for word, name in words.items() if name == value), str(value))
    return str(value) if isinstance(value, str) else f"{value.normalize():f}"


def found_value(outcome: Outcome, expectation: Expectation, tag: str) -> Value | None:
    """Return what was found where the case expects something; None when there is no such thing."""
    candidate = tag + expectation.candidate
    if expectation.aspect in ("drawn", "drawn_count"):
        cases = sorted(case.removeprefix(tag) for case in outcome.drawn.get(candidate, []))
        return tuple(cases) if expectation.aspect == "drawn" else Decimal(len(cases))
    row = (
        outcome.scores.get(candidate)
        if expectation.subject in TOTALS
        else outcome.clauses.get((candidate, expectation.subject))
    )
    if row is None:
        return None
    value = row[expectation.aspect]
    if expectation.aspect == "rank":
        return NOTHING if pd.isna(value) else Decimal(int(value))
    return value if isinstance(value, str) else Decimal(int(value)) / POINT


def result_of(worked: Worked, outcome: Outcome) -> Result:
    """Compare an example with what was made of its county."""
    mismatches = []
    for expectation in worked.example.expected:
        value = found_value(outcome, expectation, worked.tag)
        if value != expectation.value:
            shown = _ABSENT if value is None else value_words(value, expectation)
            reasons = tuple(_reasons(outcome, expectation, worked.tag))
            mismatches.append(Mismatch(expectation, shown, reasons))
    refused = tuple(line.replace(worked.tag, "") for line in outcome.refused if worked.tag in line)
    return Result(worked, tuple(mismatches), refused)


def _reasons(outcome: Outcome, expectation: Expectation, tag: str) -> Iterator[tuple[str, str]]:
    """Yield what the ledger says about the clause and its parts, or about the whole total."""
    rows = outcome.entries
    rows = rows[rows["candidate"] == tag + expectation.candidate]
    clause = rows["clause"].astype("str")
    about = (clause == expectation.subject) | clause.str.startswith(f"{expectation.subject}.")
    rows = rows[about if expectation.subject not in TOTALS else rows["points"] != 0]
    columns = (rows[name].head(_REASONS) for name in ("clause", "points", "reason"))
    for name, points, reason in zip(*columns, strict=True):
        yield f"{name} {points_text(int(points))}", str(reason).replace(tag, "")


def county_results(county: County, rubric_file: Path, contract: Contract = SHIPPED) -> list[Result]:
    """Evaluate a county in a scratch folder, under the tables given, and compare its examples."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, using(contract):
        outcome = evaluate(county, rubric_file, Path(folder))
    return [result_of(worked, outcome) for worked in county]


def all_results(
    worked: Sequence[Worked],
    rubric_file: Path,
    rubric: Rubric,
    processes: int,
    tell: Callable[[int, int], None],
) -> list[Result]:
    """Return the result of every example, in their order.

    `processes`: how many counties are evaluated at once; `tell(done, all)` counts examples.
    """
    found: dict[str, Result] = {}

    def note(results: list[Result]) -> None:
        found.update({result.worked.tag: result for result in results})
        tell(len(found), len(worked))

    contract = in_use()
    by_county = sorted(counties(worked, rubric), key=len, reverse=True)
    if processes < 2 or len(by_county) < processes:
        for county in by_county:
            note(county_results(county, rubric_file, contract))
    else:
        # Never forked: the libraries have threads, and Windows cannot.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context) as pool:
            waiting = [pool.submit(county_results, c, rubric_file, contract) for c in by_county]
            for one in waiting:
                note(one.result())
    return [found[one.tag] for one in worked]
