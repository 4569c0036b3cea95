"""The door of a run: what was evaluated, the ranking, the months, the data, what is missing."""

from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from dalian_eval.intake.corrections.correction_sheets import CORRECTIONS
from dalian_eval.outputs.tables import downloads
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import COMPARE, LOOKUP, STATEMENTS, compare_link
from dalian_eval.report.base.labels import SEVERITIES, table_title
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import plain
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.campaign.work_progress import ProgressLine, state_counts
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.changes.comparison_page import door_changes
from dalian_eval.report.door.in_brief import in_brief
from dalian_eval.report.door.unit_tree import unit_groups
from dalian_eval.report.mending.fallen_rows import fallen_rows
from dalian_eval.report.side_by_side.compare_page import MOST
from dalian_eval.report.views.account_links import linked_names
from dalian_eval.report.views.chosen_readings import all_readings
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.item_overview import item_table, open_clauses, veto_reasons
from dalian_eval.report.views.month_strips import metric_title, short_months, strip
from dalian_eval.report.views.month_totals import Trend, trend_of
from dalian_eval.report.views.ranking import DETAILED, FIRST, RANKED, ranking_rows, ties
from dalian_eval.report.views.run_view import RunView
from dalian_eval.scoring.metric_clause import metric_clauses

LISTED = 30
"""Ties, vetoed candidates and rows in quarantine listed on the door."""

NOTEBOOKS = (
    ("01_clean.html", "01 数据清洗"),
    ("02_validate.html", "02 数据检查"),
    ("03_metrics.html", "03 月度指标"),
    ("04_score.html", "04 计分与台账"),
    ("05_narrative.html", "05 年度总结"),
    ("06_campaign.html", "06 练兵活动"),
    ("07_readings.html", "07 口径与名次"),
    ("readings.html", "口径试算"),
    (COMPARE, "并排比较"),
    ("todo.html", "接下来能做什么"),
    ("effectiveness.html", "每月执法效能评比"),
    ("prereview.html", "报送案卷预审"),
    ("merit.html", "记功嘉奖提请名单"),
)
_OF_CAMPAIGN = frozenset(("06_campaign.html", "effectiveness.html", "prereview.html", "merit.html"))
"""Pages that a plan without a campaign does not have."""

_PLACES = 10

_BESIDE = 3
"""The first so many of a ranking are offered side by side."""


def index_html(
    view: RunView,
    progress: Sequence[ProgressLine] = (),
    comparison: Comparison | None = None,
    certified: Certificates | None = None,
) -> str:
    """Return the run's index.html.

    `progress`: how the campaign's own work stands; `comparison`: with the run before, if any;
    `certified`: what holds under every reading.
    """
    corrections = _corrections(view)
    groups = unit_groups(view)
    failed = sum(not o["success"] for o in view.outcomes)
    changes = door_changes(comparison, view)
    brought = changes.get("news", {})
    return render(
        "portal.html",
        view=view,
        changes=changes,
        progress=progress,
        progress_counts=state_counts(progress),
        kinds=[_kind(view, kind, FIRST if groups else RANKED) for kind in view.rubric.kinds],
        groups=groups,
        months=short_months(view.rubric.period.months),
        sources=_sources(view),
        certified=certified is not None,
        uncertain={} if certified is None else certified.uncertain,
        lookup=f"{STATEMENTS}/{LOOKUP}",
        unread=_unread(view, corrections),
        corrections=corrections,
        quarantine=_quarantine(view),
        fallen=fallen_rows(view.quarantine),
        warnings=_failed(view),
        checks=len(view.outcomes),
        failed=failed,
        open=open_clauses(view),
        readings=sorted(all_readings(view), key=lambda r: not r.changed),
        notebooks=pages_of(view),
        downloads=downloads(public=False, campaign=view.has_campaign),
        brief=in_brief(view, comparison or brought, certified, progress, failed),
    )


def pages_of(view: RunView) -> list[tuple[str, str]]:
    """Return file and title of the pages of a run besides the door and the statements."""
    return [n for n in NOTEBOOKS if view.has_campaign or n[0] not in _OF_CAMPAIGN]


def _beside(kind: str, standing: pd.DataFrame) -> str:
    """Return where the first of a ranking stand side by side; empty where one stands alone."""
    first = list(map(str, standing["candidate"].iloc[:_BESIDE]))
    return compare_link(kind, *first) if len(first) > 1 else ""


def _kind(view: RunView, kind: str, most: int) -> dict[str, Any]:
    """Return what the door tells of a kind; `most`: candidates that its ranking lists."""
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    shared = standing[standing["rank"].duplicated(keep=False)]
    detailed = 0 < len(rows) <= DETAILED
    return {
        "kind": kind,
        "title": KINDS[kind],
        "count": len(rows),
        "standing": len(standing),
        "vetoed": int(rows["vetoed"].sum()),
        "excluded": [
            _veto(view, kind, r) for r in rows[rows["vetoed"]].iloc[:LISTED].to_dict("records")
        ],
        "ranked": ranking_rows(view, kind, standing.iloc[:most]),
        "beside": _beside(kind, standing) if len(rows) <= MOST else "",
        "ties": [linked_names(view, kind, shared, t) for t in islice(ties(standing), LISTED)],
        "tied": int((standing.groupby("rank").size() > 1).sum()),
        "told": view.has_statements(kind),
        "open": int((rows["status"] == "open").sum()),
        "deferred": int((rows["status"] == "deferred").sum()),
        "items": item_table(view, kind) if detailed else None,
        "trends": _trends(view, kind, rows) if detailed else [],
        "strips": _strips(view, kind, rows) if detailed else [],
    }


def _veto(view: RunView, kind: str, row: dict[Any, Any]) -> dict[str, str]:
    candidate = str(row["candidate"])
    return {
        "name": str(row["name"]),
        "candidate": candidate,
        "unit": view.unit_name(str(row["unit"])),
        "unit_link": view.unit_link(str(row["unit"])),
        "total": plain(int(row["total"])),
        "link": view.link(kind, candidate),
        "reason": "；".join(veto_reasons(view, kind, candidate)),
    }


def _strips(view: RunView, kind: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return, per metric, the strips of all candidates."""
    return [
        {
            "title": metric_title(view, kind, metric),
            "what": getattr(clause, "what", ""),
            "rows": [
                (str(n), view.link(kind, str(c), clause.id), strip(view, kind, str(c), metric))
                for c, n in zip(rows["candidate"], rows["name"], strict=True)
            ],
        }
        for metric, clause in metric_clauses(view.section(kind)).items()
    ]


def _trends(view: RunView, kind: str, rows: pd.DataFrame) -> list[tuple[str, str, Trend]]:
    """Return name, address and trend of every candidate."""
    return [
        (str(name), view.link(kind, str(code)), trend_of(view, kind, str(code)))
        for code, name in zip(rows["candidate"], rows["name"], strict=True)
    ]


_COUNTS = ("rows_read", "accepted", "merged", "superseded", "quarantined")


def _sources(view: RunView) -> dict[str, Any]:
    rows = view.sources.sort_values(["file", "sheet"], ignore_index=True)
    totals = {name: int(rows[name].sum()) for name in _COUNTS}
    return {
        "table": table_html(
            rows,
            columns=["file", "sheet", "table", *_COUNTS],
            points=(),
            search=len(rows) > 1,
            head="file",
        ),
        "totals": totals,
        "files": rows["file"].nunique(),
        "agree": totals["rows_read"] == sum(totals[n] for n in _COUNTS[1:]),
    }


def _corrections(view: RunView) -> dict[str, str]:
    """Return the files that are correction workbooks, and what became of their lines."""
    sheets = view.sheets[view.sheets["status"] == CORRECTIONS]
    return dict(zip(sheets["file"], sheets["note"], strict=True))


def _unread(view: RunView, corrections: Collection[str]) -> list[str]:
    """Return the raw files of which nothing was read; of an archive one of its files will do."""
    read = {*view.sources["file"], *corrections}
    archives = {str(folder) for file in read for folder in PurePosixPath(file).parents}
    return sorted({*view.meta["files"]} - read - archives)


def _quarantine(view: RunView) -> dict[str, str]:
    """Return the quarantined rows: counted by table and reason, and the first of them in full."""
    if view.quarantine.empty:
        return {}
    groups = view.quarantine.groupby(["table", "reason", "fix"], sort=True).size()
    counted = groups.rename("count").reset_index()
    return {
        "counted": table_html(counted, columns=["table", "count", "reason", "fix"], points=()),
        "rows": table_html(
            view.quarantine,
            columns=["table", "file", "sheet", "row", "value", "reason", "fix"],
            points=(),
            limit=LISTED,
        ),
    }


def _failed(view: RunView) -> list[dict[str, Any]]:
    """Return the checks that failed, blocking ones first, with their first places."""
    failed = [o for o in view.outcomes if not o["success"]]
    failed.sort(key=lambda o: (o["severity"] != "blocking", o["table"], o["check"]))
    return [
        {
            **o,
            "where": table_title(o["table"]) if o["table"] else "全部资料",
            "places": "；".join(e.text for e in parse_origins(" ".join(o["origins"][:_PLACES]))),
            "level": SEVERITIES.get(o["severity"], o["severity"]),
        }
        for o in failed
    ]
