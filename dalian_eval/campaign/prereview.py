"""预审: which files bound for province or city are looked through, and the checklist of each.

The questions are those of `risks`; what no data answers is asked of a person.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import pandas as pd

from dalian_eval.campaign.registered import Registration, registered
from dalian_eval.campaign.risks import (
    LOOK,
    OVERALL,
    QUESTIONS,
    RISK,
    UNKNOWN,
    File,
    Row,
    day_of,
    plain_text,
)
from dalian_eval.campaign.rules import OWN_READING, RISKS, PreReview
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.registrations import FILES, plain_about
from dalian_eval.schema.tables import OFFICER, UNIT

OFFICIAL, DRAWN, NAMED = "上级抽取", "程序抽取", "本局登记"
"""Why a file is looked through."""

ASKED = "本局登记的要求"
"""The question that a registration asks of a file."""


def prereview(
    tables: Mapping[str, pd.DataFrame],
    supplied: Collection[str],
    draw: pd.DataFrame,
    records: pd.DataFrame,
    rules: PreReview,
    as_of: dt.date,
) -> pd.DataFrame:
    """Return the checklist of every file that is looked through, columns of prereview.csv.

    `tables`: the supplied canonical tables without 检查记录; `supplied`: the names of all of them;
    `draw`: the rows of draw.csv; `records`: see `metrics.campaign.cited_records`. A number that is
    no case of 案件 stands with that alone, and so does the count when there are too many files.
    """
    named = _named(tables, as_of)
    every = _bound(tables, draw, named, rules, as_of)
    bound = dict(islice(every.items(), rules.most))
    cases = _grouped(tables, "cases", set(bound), None, as_of)
    found = _Found(tables, supplied, records, set(bound), as_of)
    lines: list[dict[str, object]] = []
    if left := len(every) - len(bound):
        told = f"应预审{len(every)}份，超过参数 prereview.most 的{rules.most}份，有{left}份没有预审"
        lines.append(_alone("", "", "案卷份数", UNKNOWN, told))
    for number in sorted(bound):
        why = "；".join(bound[number])
        if number not in cases:
            told = f"『案件』表中没有案件{number}：请核对编号，或补报该案"
            origins = [row.origin for row in named.get(number, ())]
            lines.append({**_alone(number, why, "案件", RISK, told), "evidence": origins})
            continue
        file = found.file(cases[number][0])
        about = {"case": number, "bound": why, "unit": plain_text(file.case["unit_id"])}
        about |= {"kind": str(file.case["kind"]), "decided": str(file.decided or "")}
        asked = _asked(named.get(number, ()))
        lines += [{**about, **answer} for answer in (*_answers(file, rules), *asked)]
    return table_frame(OUTPUTS["prereview"], lines)


def _alone(number: str, bound: str, check: str, status: str, told: str) -> dict[str, object]:
    """Return a line that stands alone: there is no file behind it."""
    line = {"case": number, "bound": bound, "risk": OVERALL, "check": check, "status": status}
    return {**line, "reason": told, "evidence": []}


def _answers(file: File, rules: PreReview) -> Iterator[dict[str, object]]:
    """Yield the lines of a file: by risk, first what the data says, then what a person asks."""
    for risk in (*RISKS, OVERALL):
        for whose, title, ask in QUESTIONS:
            told = ask(file) if whose == risk else None
            if told is not None:
                status, reason, origins = told
                line = {"risk": risk, "check": title, "status": status, "reason": reason}
                yield {**line, "evidence": [int(o) for o in dict.fromkeys(origins)]}
        for question in rules.questions.get(risk, ()):
            line = {"risk": risk, "check": question, "status": LOOK, "reason": OWN_READING}
            yield {**line, "evidence": []}


def _asked(rows: Sequence[Registration]) -> Iterator[dict[str, object]]:
    """Yield what the bureau's statements ask to be looked at: by a person, no data answers it."""
    for row in rows:
        told = f"{row.content or '没有写明要看什么'}（{row.told}）"
        line = {"risk": OVERALL, "check": ASKED, "status": LOOK, "reason": told}
        yield {**line, "evidence": [row.origin]}


def _named(tables: Mapping[str, pd.DataFrame], as_of: dt.date) -> dict[str, list[Registration]]:
    """Return the statements that name a file, by its number as 案件 spells it."""
    numbers = tables["cases"]["case_id"] if "cases" in tables else ()
    rows = registered(tables, FILES, as_of)
    spelled = {plain_about(str(n)): str(n) for n in numbers} if rows else {}
    result: dict[str, list[Registration]] = {}
    for row in rows:
        number = spelled.get(plain_about(row.about), row.about)
        result.setdefault(number, []).append(row)
    return result


def _bound(
    tables: Mapping[str, pd.DataFrame],
    draw: pd.DataFrame,
    named: Mapping[str, Sequence[Registration]],
    rules: PreReview,
    as_of: dt.date,
) -> dict[str, list[str]]:
    """Return why each file is looked through, by its number: first those that were named."""
    why: dict[str, list[str]] = {}

    def add(number: str, reason: str) -> None:
        reasons = why.setdefault(number, [])
        if reason not in reasons:
            reasons.append(reason)

    for number, statements in named.items():
        for one in statements:
            add(number, f"{NAMED}（{one.number}）")
    if rules.official and "case_draws" in tables:
        rows = tables["case_draws"]
        known = rows[rows["drawn_on"] <= pd.Timestamp(as_of)].sort_values(["case_id", ORIGIN])
        for row in known.to_dict("records"):
            add(str(row["case_id"]), f"{OFFICIAL}（{row['subject_kind']}{row['subject']}）")
    if rules.drawn:
        rows = draw[(draw["source"] == "program") & (draw["case"] != "")]
        titles = {"unit": UNIT, "officer": OFFICER}
        for row in rows.sort_values(["kind", "candidate", "slot"]).to_dict("records"):
            add(str(row["case"]), f"{DRAWN}（{titles[row['kind']]}{row['candidate']}）")
    return why


class _Found:
    """What the tables know of the files that are looked through, each looked up once."""

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        supplied: Collection[str],
        records: pd.DataFrame,
        wanted: Collection[str],
        as_of: dt.date,
    ) -> None:
        self._supplied, self._as_of = frozenset(supplied), as_of
        dates = {
            "case_handlers": None,
            "case_reviews": "reviewed_on",
            "review_findings": "date",
            "quality_findings": "date",
        }
        self._rows = {n: _grouped(tables, n, wanted, date, as_of) for n, date in dates.items()}
        self._lawsuits = _lawsuits_by(tables, wanted, as_of)
        self._records = {str(r["record_id"]): r for r in _rows(records)}
        officers = {h["officer_id"] for hs in self._rows["case_handlers"].values() for h in hs}
        people = tables["officers"]
        people = people[people["officer_id"].isin(officers)]
        self._officers = {str(r["officer_id"]): r for r in _rows(people)}

    def file(self, case: Row) -> File:
        """Return a case with all that is known of it."""
        number = case["case_id"]
        rows = {name: found.get(number, []) for name, found in self._rows.items()}
        return File(
            case=case,
            handlers=rows["case_handlers"],
            reviews=rows["case_reviews"],
            lawsuits=self._lawsuits.get(number, []),
            findings=rows["review_findings"],
            quality=rows["quality_findings"],
            record=self._records.get(plain_text(case["record_id"])),
            officers=self._officers,
            supplied=self._supplied,
            as_of=self._as_of,
        )


def _lawsuits_by(
    tables: Mapping[str, pd.DataFrame], wanted: Collection[str], as_of: dt.date
) -> dict[str, list[Row]]:
    """Return the lawsuits by case; an outcome that takes effect later is not known yet."""
    found = _grouped(tables, "litigation", wanted, None, as_of)
    return {
        number: [s for s in rows if s["state"] != "生效" or not _later(s["effective_on"], as_of)]
        for number, rows in found.items()
    }


def _later(value: object, as_of: dt.date) -> bool:
    day = day_of(value)
    return day is not None and day > as_of


def _grouped(
    tables: Mapping[str, pd.DataFrame],
    name: str,
    wanted: Collection[str],
    date: str | None,
    as_of: dt.date,
) -> dict[str, list[Row]]:
    """Return the rows of a table about the files `wanted` by case, dated by as-of or undated."""
    if name not in tables:
        return {}
    rows = tables[name]
    rows = rows[rows["case_id"].isin(list(wanted))]
    if date is not None:
        rows = rows[~(rows[date] > pd.Timestamp(as_of))]
    keys = [*([date] if date else []), ORIGIN]
    result: dict[str, list[Row]] = {}
    for row in _rows(rows.sort_values(keys)):
        result.setdefault(str(row["case_id"]), []).append(row)
    return result


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
