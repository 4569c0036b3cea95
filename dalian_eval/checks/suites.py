"""The only place that knows Great Expectations: declared rules in, verdicts out.

It takes seconds to import, so it is imported when the first suite runs, not before. Nothing is
stored, sent or drawn: an ephemeral context, no progress bars, no usage statistics, no data docs.
"""

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dalian_eval.checks.model import LISTED
from dalian_eval.checks.rules import Rule
from dalian_eval.schema.origins import ORIGIN

FAILED = "failed"
_PLACE = "place"


@dataclass(frozen=True)
class Verdict:
    """What an expectation found: how many rows fail, the first of their ids, and their values."""

    failed: int
    ids: tuple[Any, ...]
    values: tuple[object, ...]


class Suites:
    """Runs suites in one ephemeral Great Expectations context."""

    def __init__(self) -> None:
        """Import Great Expectations, quietly, and open the context."""
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            from great_expectations.data_context.types.base import (
                DataContextConfig,
                InMemoryStoreBackendDefaults,
                ProgressBarsConfig,
            )

            config = DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(),
                progress_bars=ProgressBarsConfig(globally=False),
                analytics_enabled=False,
            )
            self._context = gx.get_context(mode="ephemeral", project_config=config)
            self._source = self._context.data_sources.add_pandas("clean")
            self._gx = gx

    def test_rules(
        self, name: str, frame: pd.DataFrame, rules: Sequence[Rule]
    ) -> tuple[Verdict, ...]:
        """Return a verdict per rule on the rows of `frame`; ids are origins."""
        expectations = [self._expectation(rule) for rule in rules]
        return self._test(name, frame, expectations, ORIGIN)

    def test_counts(self, counts: Mapping[str, int]) -> frozenset[str]:
        """Return the checks that are not met, given how many violations DuckDB counted of each."""
        frame = pd.DataFrame({"check": list(counts), FAILED: list(counts.values())})
        none = self._gx.expectations.ExpectColumnValuesToBeBetween(
            column=FAILED, min_value=0, max_value=0
        )
        (verdict,) = self._test("counted", frame, [none], "check", limit=len(frame))
        return frozenset(verdict.ids)

    def _expectation(self, rule: Rule) -> Any:
        kinds = self._gx.expectations
        column = rule.columns[0]
        match rule.kind:
            case "mandatory":
                return kinds.ExpectColumnValuesToNotBeNull(column=column.name)
            case "vocabulary":
                return kinds.ExpectColumnValuesToBeInSet(
                    column=column.name, value_set=list(column.vocabulary)
                )
            case "range":
                return kinds.ExpectColumnValuesToBeBetween(
                    column=column.name, min_value=column.minimum, max_value=column.maximum
                )
            case "key" if len(rule.columns) == 1:
                return kinds.ExpectColumnValuesToBeUnique(column=column.name)
            case "key":
                return kinds.ExpectCompoundColumnsToBeUnique(column_list=list(rule.names))
        raise ValueError(f"{rule.id} is counted by DuckDB")

    def _test(
        self,
        name: str,
        frame: pd.DataFrame,
        expectations: Sequence[Any],
        identity: str,
        limit: int = LISTED,
    ) -> tuple[Verdict, ...]:
        """Test all expectations briefly, and those that fail once more in detail."""
        # Results may come in another order than the suite's: a place in the meta tells them apart.
        for place, expectation in enumerate(expectations):
            expectation.meta = {_PLACE: place}
        suite = self._gx.ExpectationSuite(name=name, expectations=list(expectations))
        asset = self._source.add_dataframe_asset(name)
        try:
            whole = asset.add_batch_definition_whole_dataframe("all")
            batch = whole.get_batch({"dataframe": frame})
            brief = batch.validate(suite, result_format="BOOLEAN_ONLY")
            met = {r.expectation_config.meta[_PLACE] for r in brief.results if r.success}
            detailed = {
                "result_format": "SUMMARY",
                "partial_unexpected_count": limit,
                "unexpected_index_column_names": [identity],
            }
            return tuple(
                Verdict(0, (), ())
                if place in met
                else _verdict(batch.validate(expectation, result_format=detailed), identity)
                for place, expectation in enumerate(expectations)
            )
        finally:
            self._source.delete_asset(name)


def _verdict(result: Any, identity: str) -> Verdict:
    found = result.result
    if "unexpected_count" not in found:
        raise RuntimeError(f"Great Expectations could not test {result.expectation_config}")
    ids = [row[identity] for row in found["partial_unexpected_index_list"]]
    return Verdict(
        int(found["unexpected_count"]),
        tuple(i if isinstance(i, str) else int(i) for i in ids),
        tuple(found["partial_unexpected_list"]),
    )
