"""The pages of the public edition, made of a view that holds only what may be published."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dalian_eval.outputs.tables import downloads
from dalian_eval.outputs.words import DRAW_SOURCES, KINDS, SCORE_STATES
from dalian_eval.report.base.file_names import STATEMENTS, statement_link
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import total_or_range
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.narrative.compose import yearly_text
from dalian_eval.report.narrative.page import text_html
from dalian_eval.report.statements.account import Account, Entry, standing_of, statement_of
from dalian_eval.report.views.chosen_readings import all_readings
from dalian_eval.report.views.item_overview import item_table, open_clauses, veto_reasons
from dalian_eval.report.views.month_strips import metric_title, short_months, strip
from dalian_eval.report.views.ranking import DETAILED, RANKED, ranking_rows, ties
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.vocabulary import SLOT_NAMES
from dalian_eval.scoring.metric_clause import metric_clauses

NARRATIVE = "narrative.html"
"""The yearly text beside the index."""

_SECTIONS = frozenset(("", "rank", "items", "months", "data", "open", "rubric"))
"""The sections of its index that the yearly text may lead to."""


def public_index_html(
    view: RunView, hidden: int, alone: Mapping[str, int], least: int, certified: Certificates
) -> str:
    """Return the index.

    `hidden`: how many units are not called by their name; `alone`: by what how many officers
    share a value with fewer than `least`; `certified`: what holds under every reading.
    """
    rows = view.sources.groupby("table", sort=True)[["rows_read", "accepted"]].sum()
    return render(
        "public_index.html",
        view=view,
        kinds=[_kind(view, kind) for kind in KINDS],
        months=short_months(view.rubric.period.months),
        tables=[
            (table_title(str(t)), *map(int, counts))
            for t, counts in zip(rows.index, rows.to_numpy(), strict=True)
        ],
        files=view.sources["file"].nunique(),
        checks=view.outcomes,
        failed=[o for o in view.outcomes if not o["success"]],
        table_title=table_title,
        open=open_clauses(view),
        readings=sorted(all_readings(view), key=lambda r: not r.changed),
        downloads=downloads(public=True),
        narrative=NARRATIVE,
        hidden=hidden,
        alone=alone,
        least=least,
        certain=certified.short,
        finished=view.as_of >= view.rubric.period.end.isoformat(),
    )


def _kind(view: RunView, kind: str) -> dict[str, Any]:
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    vetoed = rows[rows["vetoed"]].to_dict("records")
    detailed = 0 < len(rows) <= DETAILED
    return {
        "kind": kind,
        "title": KINDS[kind],
        "count": len(rows),
        "standing": len(standing),
        "ranked": ranking_rows(view, kind, standing.iloc[:RANKED]),
        "ties": list(ties(standing)),
        "vetoed": [
            (str(r["name"]), statement_link(kind, str(r["candidate"])), int(r["total"]), reason)
            for r in vetoed
            for reason in ["；".join(veto_reasons(view, kind, str(r["candidate"])))]
        ],
        "table": item_table(view, kind) if detailed else None,
        "strips": _strips(view, kind) if detailed else [],
    }


def _strips(view: RunView, kind: str) -> list[tuple[str, list[tuple[str, str, Any]]]]:
    """Return, per metric, its title and the months of all candidates."""
    rows = view.candidates(kind)
    return [
        (
            metric_title(view, kind, metric),
            [
                (str(n), statement_link(kind, str(c), clause.id), strip(view, kind, str(c), metric))
                for c, n in zip(rows["candidate"], rows["name"], strict=True)
            ],
        )
        for metric, clause in metric_clauses(view.section(kind)).items()
    ]


def public_statement_html(view: RunView, kind: str, candidate: str, certified: Certificates) -> str:
    """Return a candidate's account; UsageError when the run has no such candidate."""
    made = statement_of(view, kind, candidate)
    section = view.section(kind)
    return render(
        "public_statement.html",
        view=view,
        kind=kind,
        kind_title=KINDS[kind],
        rubric_title=section.nodes[kind].title,
        made=made,
        score=made.score,
        unit=view.unit_name(str(made.score["unit"])),
        state=SCORE_STATES[str(made.score["status"])],
        total=total_or_range(int(made.score["total_low"]), int(made.score["total_high"])),
        standing=standing_of(view, kind, candidate),
        certified=certified,
        flat=flat,
        rows=row_count_text,
        slots=SLOT_NAMES,
        sources=DRAW_SOURCES,
    )


def flat(item: Account) -> list[Account]:
    """Return an item and all that stands below it, in document order."""
    return [item, *(below for part in item.parts for below in flat(part))]


def row_count_text(entry: Entry) -> str:
    """Return how many rows of which tables an entry rests on: 检查记录12行、任职1行."""
    told = "、".join(f"{e.table}{len(e.rows)}行" for e in entry.evidence)
    return f"{told}等" if entry.cut else told or "—"


def public_narrative_html(view: RunView, activities: pd.DataFrame, certified: Certificates) -> str:
    """Return the yearly text as a page; `activities`: the table 活动, units under public codes.

    Figures stay away, as nobody could search them for names.
    """
    text = yearly_text(view, activities, certified=certified).abridged(_is_published)
    return render("public_narrative.html", view=view, text=markup(text_html(text)))


def _is_published(link: str) -> bool:
    """Whether an address of the record leads somewhere in the public edition, too."""
    file, _, anchor = link.partition("#")
    if file == "index.html":
        return anchor in _SECTIONS
    return file.startswith(f"{STATEMENTS}/") or file in dict(downloads(public=True))
