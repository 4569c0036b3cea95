"""The page of a run that was stopped: which checks failed, where, and what to do."""

from collections.abc import Mapping
from typing import Any

from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.page import render
from dalian_eval.report.views.evidence import Evidence, parse_origins

_LISTED = 50


def refused_html(meta: Mapping[str, Any], validation: Mapping[str, Any]) -> str:
    """Return the readable page for a run stopped by blocking checks.

    `meta` and `validation`: what stands in run.json and validation.json.
    """
    failed = [outcome_with_places(o) for o in validation["outcomes"] if not o["success"]]
    return render(
        "refused.html",
        meta=meta,
        blocking=[o for o in failed if o["severity"] == "blocking"],
        warnings=[o for o in failed if o["severity"] != "blocking"],
        checks=len(validation["outcomes"]),
    )


def outcome_with_places(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Return an outcome (as in validation.json) with its table's name and its first places."""
    origins = list(outcome["origins"])
    places: tuple[Evidence, ...] = parse_origins(" ".join(origins[:_LISTED]))
    table = str(outcome["table"])
    return {
        **outcome,
        "where": table_title(table) if table else "全部资料",
        "places": places,
        "more": max(0, int(outcome["failed"]) - min(len(origins), _LISTED)),
    }
