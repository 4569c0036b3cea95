"""The books of the campaign: every account of it, as frames ready to be written."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dalian_eval.campaign.activities import activities
from dalian_eval.campaign.deadlines import calendar
from dalian_eval.campaign.effectiveness import comparison
from dalian_eval.campaign.elite import elite
from dalian_eval.campaign.figures import officer_figures, unit_figures
from dalian_eval.campaign.merit import merit
from dalian_eval.campaign.periods import Season
from dalian_eval.campaign.prereview import prereview
from dalian_eval.campaign.publicity import publicity
from dalian_eval.campaign.registered import registrations
from dalian_eval.campaign.rollover import rollover
from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.rubric.model import Rubric


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What the books are made from.

    `tables`: the supplied canonical tables without 检查记录; `supplied`: the names of all of them;
    `derived`: the tables with their derived columns as of the end of the calendar year, its days
    after P standing for the next period; `monthly`:
    the monthly metrics; `entries`, `records`, `cited`: see `metrics.campaign`; `scores`, `ledger`,
    `draw`: of the run, points as integers; `cap_rule`: the rule of a clause's own cap in the
    ledger.
    """

    tables: Mapping[str, pd.DataFrame]
    supplied: frozenset[str]
    derived: Mapping[str, pd.DataFrame]
    monthly: pd.DataFrame
    entries: pd.DataFrame
    records: pd.DataFrame
    cited: pd.DataFrame
    scores: pd.DataFrame
    ledger: pd.DataFrame
    draw: pd.DataFrame
    cap_rule: str
    rubric: Rubric
    rules: CampaignRules
    as_of: dt.date


def books(given: Evaluation) -> dict[str, pd.DataFrame]:
    """Return the accounts by the name of their CSV file; evidence columns list origins."""
    rubric, rules, tables = given.rubric, given.rules, given.tables
    season = Season(rules, rules.span(rubric.year, rubric.period), given.as_of)
    months = rubric.period.months_begun(given.as_of)
    who = {
        kind: sorted(given.scores.loc[given.scores["kind"] == kind, "candidate"])
        for kind in ("officer", "unit")
    }
    shared = (tables, given.supplied, given.monthly)
    figures = {
        "officer": officer_figures(*shared, given.entries, who["officer"], months, given.as_of),
        "unit": unit_figures(*shared, who["unit"], months, given.as_of),
    }
    compared = [
        comparison(kind, who[kind], figures[kind], months, rules.weights, given.supplied)
        for kind in ("officer", "unit")
    ]
    return {
        "activities": activities(tables, season),
        "publicity": publicity(tables, season, rubric.period),
        "effectiveness": pd.concat(compared, ignore_index=True),
        "elite": elite(
            given.scores, given.ledger, tables, months, rules, given.as_of, given.cap_rule
        ),
        "calendar": calendar(tables, rules.calendar, given.as_of),
        "rollover": rollover(given.derived, given.records, rubric),
        "prereview": prereview(
            tables, given.supplied, given.draw, given.cited, rules.prereview, given.as_of
        ),
        "merit": merit(tables, given.scores, rules.merit, given.as_of),
        "registrations": registrations(tables, rules.calendar, given.as_of),
    }
