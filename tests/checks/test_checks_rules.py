"""Rules made from the declarations: every one fires on a violation and names its row."""

from typing import Any

import pytest
from small_county import County

from dalian_eval.checks.counted import count
from dalian_eval.checks.registry import all_checks
from dalian_eval.checks.rules import Rule, rules_for_great_expectations, table_rules
from dalian_eval.checks.suites import Suites
from dalian_eval.schema.model import Type
from dalian_eval.schema.origins import row_of
from dalian_eval.schema.tables import BY_NAME, TABLES

RULES = [rule for table in TABLES for rule in table_rules(table)]
EXPECTED = [rule for rule in RULES if not rule.counted]
COUNTED = [rule for rule in RULES if rule.counted]
CHECKS = {check.id: check for check in all_checks()}


def spoil(county: County, rule: Rule) -> int:
    """Break `rule` in one row, or double one, and return how many rows fail."""
    rows, column = county[rule.table.name], rule.columns[0]
    if rule.kind == "key":
        rows.append(dict(rows[-1]))
        return 2
    rows[-1][column.name] = _wrong(rule)
    return 1


def _wrong(rule: Rule) -> Any:
    column = rule.columns[0]
    match rule.kind:
        case "mandatory":
            return None
        case "range":
            return -1 if column.minimum == 0 else 0
    return ["别的"] if column.type is Type.LIST else "别的"


@pytest.mark.parametrize("rule", EXPECTED, ids=lambda rule: rule.id)
def test_great_expectations_finds_the_violation(rule, county, suites):
    failing = spoil(county, rule)
    delivery = county.delivery()
    rules = rules_for_great_expectations(rule.table)
    frame = delivery.frame(rule.table.name)
    verdicts = dict(zip(rules, suites.test_rules(rule.id, frame, rules), strict=True))
    verdict = verdicts[rule]
    last = len(county[rule.table.name]) + 1
    assert verdict.failed == failing
    assert sorted(row_of(i) for i in verdict.ids) == list(range(last - failing + 1, last + 1))


@pytest.mark.parametrize("rule", COUNTED, ids=lambda rule: rule.id)
def test_duckdb_finds_the_violation(rule, county):
    failing = spoil(county, rule)
    delivery = county.delivery()
    counted = count(CHECKS[rule.id], delivery)
    delivery.close()
    last = len(county[rule.table.name]) + 1
    assert counted.failed == failing
    assert [row_of(i) for i in counted.origins] == list(range(last - failing + 1, last + 1))


def test_upper_bounds_are_inclusive(county, suites):
    table = BY_NAME["review_scores"]
    county["review_scores"][:] = [
        {"unit_id": "D01", "score": 22},
        {"unit_id": "D02", "score": 23},
    ]
    rules = rules_for_great_expectations(table)
    frame = county.delivery().frame(table.name)
    verdicts = zip(rules, suites.test_rules("bounds", frame, rules), strict=True)
    (found,) = [v for rule, v in verdicts if rule.kind == "range"]
    assert [row_of(i) for i in found.ids] == [3]


def test_every_declared_constraint_becomes_a_rule():
    kinds = {(r.table.name, r.columns[0].name, r.kind) for r in RULES}
    for table in TABLES:
        for column in table.columns:
            constraints = {
                "mandatory": column.mandatory,
                "vocabulary": bool(column.vocabulary),
                "range": column.minimum is not None or column.maximum is not None,
                "reference": column.references is not None,
            }
            for kind, declared in constraints.items():
                assert ((table.name, column.name, kind) in kinds) == declared


def test_empty_tables_break_no_rule(county, suites):
    for table in TABLES:
        if table.name == "inspections":
            continue
        county[table.name].clear()
        rules = rules_for_great_expectations(table)
        frame = county.delivery().frame(table.name)
        verdicts = suites.test_rules(f"empty {table.name}", frame, rules)
        assert {v.failed for v in verdicts} <= {0}


def test_blank_optional_cells_break_no_rule(county, suites):
    table = BY_NAME["honours"]
    county["honours"][0].update(level=None, joint=None, year=None)
    rules = rules_for_great_expectations(table)
    frame = county.delivery().frame("honours")
    assert all(not v.failed for v in suites.test_rules("blank", frame, rules))


def test_a_suite_that_cannot_be_tested_is_no_pass(county, suites: Suites):
    frame = county.delivery().frame("leads").drop(columns="lead_id")
    with pytest.raises(RuntimeError, match="could not test"):
        suites.test_rules("broken", frame, rules_for_great_expectations(BY_NAME["leads"]))


def test_counts_are_judged_by_great_expectations(suites):
    assert suites.test_counts({"a": 0, "b": 3, "c": 0, "d": 10**9}) == {"b", "d"}
    assert suites.test_counts({"a": 0}) == frozenset()
