"""Validation of a cleaned folder: suites per table, counted checks, one list of outcomes."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from dalian_eval.base.day_words import day_words
from dalian_eval.checks.check import Check
from dalian_eval.checks.counted import CheckCount, cells_text, count, origin_texts
from dalian_eval.checks.delivery import LARGE, Delivery
from dalian_eval.checks.model import Outcome, Validation, naming, write_validation
from dalian_eval.checks.registry import all_checks
from dalian_eval.checks.rules import Rule, rules_for_great_expectations
from dalian_eval.checks.suites import Suites, Verdict
from dalian_eval.rubric.model import DrawPlan, Section
from dalian_eval.rubric.period import Period
from dalian_eval.schema.own_titles import in_own_titles
from dalian_eval.schema.tables import BY_NAME

EXAMPLES = 5


def validate(
    clean: Path,
    period: Period,
    as_of: dt.date,
    out: Path,
    *,
    draw: DrawPlan,
    sections: tuple[Section, ...],
    asked: Collection[str] | None = None,
    dates: Mapping[str, str] | None = None,
) -> Validation:
    """Test the tables that intake wrote to `clean`, write validation.json to `out`, return it.

    `draw`: the rubric's slots of the case draw; `sections`: its two sections; `asked`: the tables
    that the plan asks for, by default all: checks of others are made only where they were handed
    in; `dates`: the titles of the plan's dates by id. A blocking failure is told by `blocked`, not
    raised. Raises UsageError when `clean` is no folder that intake wrote.
    """
    delivery = Delivery(clean, period, as_of, draw, sections, dates=dates or {})
    if asked is not None:
        delivery = replace(delivery, asked=frozenset(asked))
    delivery.expect_intake()
    suites = Suites()
    try:
        outcomes = [*_declared(delivery, suites), *_counted(delivery, suites)]
    finally:
        delivery.close()
    validation = Validation(tuple(sorted(outcomes, key=lambda o: (o.table, o.check))))
    write_validation(validation, out)
    return validation


def _declared(delivery: Delivery, suites: Suites) -> Iterator[Outcome]:
    """Yield the outcomes of the suites: one suite per small table, made from its declaration."""
    for name in delivery.rows:
        if name == LARGE:
            continue
        rules = rules_for_great_expectations(BY_NAME[name])
        verdicts = suites.test_rules(name, delivery.frame(name), rules)
        for rule, verdict in zip(rules, verdicts, strict=True):
            yield _rule_outcome(rule, verdict, delivery)


def _rule_outcome(rule: Rule, verdict: Verdict, delivery: Delivery) -> Outcome:
    tested, observed = delivery.rows[rule.table.name], _values(rule, verdict)
    more = EXAMPLES <= len(observed) < verdict.failed
    return Outcome(
        table=rule.table.name,
        check=rule.id,
        title=rule.title,
        severity="blocking",
        success=not verdict.failed,
        skipped=False,
        tested=tested,
        failed=verdict.failed,
        origins=origin_texts(verdict.ids, delivery.sources),
        reason=naming(rule.reason.format(failed=verdict.failed), observed, more)
        if verdict.failed
        else _fine(tested),
        fix=rule.fix if verdict.failed else "",
        observed=observed,
    )


def _values(rule: Rule, verdict: Verdict) -> tuple[str, ...]:
    """Return the distinct failing values, the first ones."""
    texts: dict[str, None] = {}
    for value in verdict.values:
        cells = value if isinstance(value, dict) else {rule.names[0]: value}
        texts[cells_text(rule.table.name, cells.items())] = None
    return tuple(texts)[:EXAMPLES]


def _counted(delivery: Delivery, suites: Suites) -> Iterator[Outcome]:
    """Yield the outcomes of the checks: DuckDB counts, Great Expectations judges the counts."""
    checks = all_checks()
    found = {c.id: count(c, delivery) for c in checks if set(c.reads) <= delivery.rows.keys()}
    unmet = suites.test_counts({name: counted.failed for name, counted in found.items()})
    for check in checks:
        if check.id in found:
            yield _outcome(check, found[check.id], check.id not in unmet, delivery)
        elif set(check.reads) - delivery.rows.keys() <= delivery.asked:
            yield _skipped(check, delivery)


def _outcome(check: Check, counted: CheckCount, success: bool, delivery: Delivery) -> Outcome:
    more = check.examples <= len(counted.observed) < counted.failed
    told = in_own_titles(check.reason, check.table).format(
        failed=counted.failed,
        tested=counted.tested,
        observed="{observed}",
        as_of=day_words(delivery.as_of),
        start=day_words(delivery.period.start),
        end=day_words(delivery.period.end),
    )
    return Outcome(
        table=check.table,
        check=check.id,
        title=in_own_titles(check.title, check.table),
        severity=check.severity,
        success=success,
        skipped=False,
        tested=counted.tested,
        failed=counted.failed,
        origins=origin_texts(counted.origins, delivery.sources),
        reason=_fine(counted.tested) if success else naming(told, counted.observed, more),
        fix="" if success else in_own_titles(check.fix, check.table),
        observed=counted.observed,
    )


def _skipped(check: Check, delivery: Delivery) -> Outcome:
    missing = "、".join(BY_NAME[n].sheet for n in check.reads if n not in delivery.rows)
    return Outcome(
        table=check.table,
        check=check.id,
        title=in_own_titles(check.title, check.table),
        severity=check.severity,
        success=True,
        skipped=True,
        tested=0,
        failed=0,
        origins=(),
        reason=f"没有提交『{missing}』表，没有核对。",
        fix="",
        observed=(),
    )


def _fine(tested: int) -> str:
    return f"核对{tested}项，没有发现问题。" if tested else "没有需要核对的内容。"
