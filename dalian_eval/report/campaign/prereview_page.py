"""报送案卷预审 as a page: a checklist per file, each on a sheet of its own when printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.campaign.risks import CLEAR, LOOK, OVERALL, RISK, UNKNOWN
from dalian_eval.campaign.rules import OWN_READING, RISKS
from dalian_eval.report.base.file_names import safe_name
from dalian_eval.report.base.page import render
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.views.account_links import CodesAsNames, Links
from dalian_eval.report.views.evidence import Evidence, parse_origins
from dalian_eval.report.views.run_view import RunView
from dalian_eval.schema.registrations import FILES, where_to_state

SHEETS = 300
"""Files on the page; prereview.csv holds all of them."""

CHIPS = {RISK: "vetoed", UNKNOWN: "open", CLEAR: "scored", LOOK: "not_applicable"}
"""How the states look."""


@dataclass(frozen=True)
class Answer:
    """A question on the sheet: of which risk, what it comes to, why, and where that stands."""

    part: str
    check: str
    status: str
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Sheet:
    """A file: its number, why it is looked through, what it is, and the answers."""

    case: str
    anchor: str
    bound: str
    unit: str
    unit_link: str
    kind: str
    decided: str
    answers: tuple[Answer, ...]

    @property
    def found(self) -> tuple[Answer, ...]:
        """The questions that came to something: they stand first."""
        return tuple(a for a in self.answers if a.status == RISK)

    @property
    def parts(self) -> tuple[tuple[str, tuple[Answer, ...]], ...]:
        """The other questions by risk."""
        rest = [a for a in self.answers if a.status != RISK]
        order = dict.fromkeys(a.part for a in rest)
        return tuple((part, tuple(a for a in rest if a.part == part)) for part in order)

    def risks(self, part: str) -> int:
        """Return how many questions of a risk came to something."""
        return sum(a.part == part for a in self.found)


def prereview_html(view: RunView, campaign: CampaignView) -> str:
    """Return the page prereview.html."""
    rows = campaign.prereview
    notes = [str(reason) for reason in rows.loc[rows["case"] == "", "reason"]]
    rows = rows[rows["case"] != ""]
    numbers = list(dict.fromkeys(rows["case"]))
    risky = rows[rows["status"] == RISK]["case"].value_counts()
    numbers.sort(key=lambda case: -int(risky.get(case, 0)))
    groups: dict[str, list[dict[Any, Any]]] = {}
    for row in rows[rows["case"].isin(numbers[:SHEETS])].to_dict("records"):
        groups.setdefault(str(row["case"]), []).append(row)
    sheets = [_sheet(view, str(case), groups[str(case)]) for case in numbers[:SHEETS]]
    return render(
        "prereview.html",
        view=view,
        sheets=sheets,
        notes=notes,
        files=len(numbers),
        risky=len(risky),
        risks=(*RISKS, OVERALL),
        chips=CHIPS,
        look=LOOK,
        risk=RISK,
        own=OWN_READING,
        where=where_to_state(FILES, about="案件编号", content="要看什么"),
        named=CodesAsNames(view).linked,
    )


def found_risks(prereview: pd.DataFrame, view: RunView) -> pd.DataFrame:
    """Return the questions to which the data answer with a risk, with Chinese titles and names.

    `prereview`: the columns of prereview.csv.
    """
    rows = prereview[prereview["status"] == RISK]
    named = CodesAsNames(view).words
    rows = rows.assign(bound=rows["bound"].map(named), reason=rows["reason"].map(named))
    titles = {"case": "案件编号", "bound": "审查缘由", "risk": "风险", "check": "要点"}
    return rows[[*titles, "reason"]].rename(columns={**titles, "reason": "资料所示"})


def risk_links(prereview: pd.DataFrame, view: RunView) -> Links:
    """Return where a row of `found_risks` leads: to the file's sheet, and to whose file it is."""
    named = CodesAsNames(view)
    whose = {named.words(text): named.link(text) for text in set(map(str, prereview["bound"]))}
    return {"案件编号": sheet_link, "审查缘由": lambda row: whose.get(str(row["审查缘由"]), "")}


def sheet_link(row: Mapping[str, Any]) -> str:
    """Return the address of a file's sheet, of a row of `risks_found`, from the run folder."""
    return f"prereview.html#{_anchor(str(row['案件编号']))}"


def _anchor(case: str) -> str:
    return f"f-{safe_name(case)}"


def _sheet(view: RunView, case: str, rows: Sequence[Mapping[Any, Any]]) -> Sheet:
    first = rows[0]
    return Sheet(
        case=case,
        anchor=_anchor(case),
        bound=str(first["bound"]),
        unit=view.unit_name(str(first["unit"])) if first["unit"] else "",
        unit_link=view.unit_link(str(first["unit"])),
        kind=str(first["kind"]),
        decided=_decided(str(first["decided"]), view.rubric.period.year),
        answers=tuple(
            _answer(row) for risk in (*RISKS, OVERALL) for row in rows if row["risk"] == risk
        ),
    )


def _decided(day: str, year: int) -> str:
    return iso_day_words(day, year) if day else ""


def _answer(row: Mapping[object, object]) -> Answer:
    evidence = parse_origins(str(row["evidence"]))
    asked = (str(row["risk"]), str(row["check"]))
    return Answer(*asked, str(row["status"]), str(row["reason"]), evidence)
