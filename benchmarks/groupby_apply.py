"""附件4 in plain pandas: `groupby("officer_id").apply` of a function over one officer's rows.

All facts of the officers stand in one long frame, one row per fact, as an analyst would stack the
sheets; the function sorts an officer's rows by kind and returns the total. It is slow, so a sample
of the officers is scored, and the caller scales the time of the apply linearly.
"""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from nation import Inputs
from peer_facts import (
    DISQUALIFYING,
    FIRST,
    INDISCIPLINE,
    KEY_FIELDS,
    LAST,
    MUNICIPAL,
    NEW_EQUIPMENT,
    PROVINCIAL_OR_ABOVE,
    casework,
    drawn_files,
    lost_cases,
    of_officers,
    tenthousandths,
    typical_levels,
)

TITLE_POINTS = (
    dict.fromkeys(PROVINCIAL_OR_ABOVE, 30_000) | dict.fromkeys(MUNICIPAL, 20_000) | {"县级": 10_000}
)
TALENT_POINTS = {"省级人才库": 10_000, "省级师资库": 15_000, "国家级师资库": 20_000}
DUTY_POINTS = {"国家级稽查": 20_000, "省级稽查": 10_000}
POLICE_POINTS = {"犯罪": 60_000, "行政拘留": 20_000}
TYPICAL_POINTS = {"部": 40_000, "省": 20_000}
CONTEST_POINTS = {"省": 20_000, "市": 10_000}

Facts = Mapping[str, list[Any]]
"""An officer's facts by their name, as named tuples."""


@dataclass(frozen=True)
class Sampled:
    """`totals`: candidate, total and vetoed of the sample; `preparation`, `applying`: seconds of
    stacking all officers' facts, and of the apply over the sample."""

    totals: pd.DataFrame
    preparation: float
    applying: float


def score_sample(inputs: Inputs, size: int) -> Sampled:
    """Score the first `size` officers."""
    began = time.perf_counter()
    facts = stacked(inputs)
    prepared = time.perf_counter()
    officers = inputs.tables["officers"]
    ids = officers.loc[officers["candidate"], "officer_id"].iloc[:size]
    sample = facts[facts["officer_id"].isin(ids)]
    chosen = time.perf_counter()
    totals = sample.groupby("officer_id").apply(officer_total).reset_index(names="candidate")
    return Sampled(totals, prepared - began, time.perf_counter() - chosen)


def stacked(inputs: Inputs) -> pd.DataFrame:
    """Return every officer's facts, one per row: officer_id, fact, kind, level, date and so on."""
    tables = inputs.tables
    work = casework(inputs)
    cases = work.cases.iloc[work.main_case].assign(officer_id=work.main_officer.to_numpy())
    published, by_ministry = typical_levels(inputs, work)
    level = pd.Series(None, index=range(len(work.cases)), dtype="str")
    level.iloc[published] = np.where(by_ministry, "部", "省")
    lost = np.zeros(len(work.cases), dtype=bool)
    lost[lost_cases(inputs, work)] = True
    handled = pd.DataFrame(
        {
            "officer_id": cases["officer_id"],
            "kind": cases["kind"],
            "level": level.to_numpy()[work.main_case],
            "date": cases["decided"],
            "other_date": cases["filed_on"],
            "note": cases["filed_as"],
            "fields": cases["fields"],
            "equipment": cases["equipment"],
            "platforms": cases["platforms"],
            "found": cases["found"],
            "flag": lost[work.main_case],
        }
    )
    files = drawn_files(inputs, work).rename(columns={"category": "kind", "fatal": "flag"})
    rounds = tables["air_scores"].assign(
        kind=tables["air_scores"]["mode"],
        **{c: tenthousandths(tables["air_scores"][c]) for c in ("task", "problems", "materials")},
    )
    uploads = inputs.monthly
    uploads = uploads[(uploads["metric"] == "uploads") & (uploads["variant"] == "any")]

    def named(name: str, kind: str) -> pd.DataFrame:
        rows = of_officers(tables[name]).rename(columns={"subject": "officer_id", kind: "kind"})
        return rows.rename(columns={"scene": "level", "state": "note"})

    parts = {
        "honour": named("honours", "category"),
        "qualification": tables["qualifications"],
        "case": handled,
        "file": files,
        "round": rounds.rename(columns={"ended_on": "date"}),
        "discipline": named("discipline", "kind"),
        "contest": named("contests", "result"),
        "finding": named("quality_findings", "kind"),
        "uploads": uploads.rename(columns={"candidate": "officer_id", "numerator": "score"}),
    }
    columns = ["officer_id", "fact", "kind", "level", "date", "other_date", "note", "fields"]
    columns += ["equipment", "platforms", "found", "flag", "score", "task", "problems", "materials"]
    frames = [
        rows.assign(fact=fact)[[c for c in columns if c == "fact" or c in rows.columns]]
        for fact, rows in parts.items()
    ]
    return pd.concat(frames, ignore_index=True)


def officer_total(rows: pd.DataFrame) -> pd.Series:
    """Return total and vetoed of one officer."""
    facts: dict[str, list[Any]] = defaultdict(list)
    for row in rows.itertuples(index=False):
        facts[row.fact].append(row)
    decided = [case for case in facts["case"] if _in_period(case.date)]
    penalties = [case for case in decided if case.kind == "一般处罚"]
    accused = [a for a in facts["discipline"] if a.note == "查实" and _in_period(a.date)]
    files = facts["file"]

    honour, bonus = _honour(facts)
    done = min(_cases(facts["case"], decided) + _files(files), 500_000)
    done = max(done - 10_000 * sum(file.flag for file in files), 0)
    skill = _records(facts, penalties) + _equipment(decided, penalties)
    total = honour + done + _combat(facts, accused) + skill + bonus
    lost = any(case.flag for case in facts["case"])
    vetoed = lost or any(a.kind in DISQUALIFYING for a in accused)
    return pd.Series({"total": total, "vetoed": vetoed})


def _in_period(date: pd.Timestamp) -> bool:
    return FIRST <= date <= LAST


def _honour(facts: Facts) -> tuple[int, int]:
    """Return the item's points and the bonus."""
    points, media = 0, 0
    for row in facts["honour"]:
        if row.kind == "荣誉" and row.date.year == 2024 and row.date <= LAST:
            points += TITLE_POINTS[row.level]
        elif row.kind == "媒体宣传" and _in_period(row.date) and row.level in PROVINCIAL_OR_ABOVE:
            media = 20_000
    held = facts["qualification"]
    standing = [q.kind for q in held if pd.isna(q.date) or q.date <= LAST]
    drafted = [q.kind for q in held if pd.isna(q.date) or _in_period(q.date)]
    talent = max((TALENT_POINTS.get(kind, 0) for kind in standing), default=0)
    duty = max((DUTY_POINTS.get(kind, 0) for kind in drafted), default=0)
    bonus = 10_000 if "法律职业资格" in standing else 0
    return min(min(points + media, 40_000) + talent + duty, 80_000), bonus


def _cases(cases: list[Any], decided: list[Any]) -> int:
    police = min(sum(POLICE_POINTS[c.note] for c in cases if _in_period(c.other_date)), 60_000)
    typical = min(sum(TYPICAL_POINTS.get(case.level, 0) for case in cases), 40_000)
    fields = {field for case in decided for field in case.fields}
    return police + typical + min(25_000 * len(fields.intersection(KEY_FIELDS)), 50_000)


def _files(files: list[Any]) -> int:
    return sum(_half_up(Fraction(int(file.score) * 175_000, 1_000_000)) for file in files)


def _combat(facts: Facts, accused: list[Any]) -> int:
    composites = [
        int(r.task * 40 + r.problems * 50 + r.materials * 10)
        for r in facts["round"]
        if r.kind == "现场" and _in_period(r.date)
    ]
    air = _half_up(Fraction(max(composites, default=0) * 280_000, 100_000_000))
    unruly = sum(a.level == "监督帮扶" and a.kind in INDISCIPLINE for a in accused)
    air = max(air - min(50_000 * unruly, 280_000), 0)
    won = [c for c in facts["contest"] if c.kind == "先进个人" and _in_period(c.date)]
    return min(air + min(sum(CONTEST_POINTS.get(c.level, 0) for c in won), 30_000), 310_000)


def _records(facts: Facts, penalties: list[Any]) -> int:
    passed = sum(month.score >= 2 for month in facts["uploads"])
    monthly = 40_000 if passed == 12 else 3_000 * passed
    sampled = min(15_000 * sum(file.found for file in facts["file"]), 30_000)
    kinds = [finding.kind for finding in facts["finding"] if _in_period(finding.date)]
    missing = kinds.count("查无检查信息") + sum(not case.found for case in penalties)
    taken = min(5_000 * kinds.count("表单不规范"), 20_000) + min(5_000 * missing, 20_000)
    return min(max(monthly + sampled - taken, 0), 70_000)


def _equipment(decided: list[Any], penalties: list[Any]) -> int:
    new = any(item in NEW_EQUIPMENT for case in decided for item in case.equipment)
    platforms = any(len(case.platforms) >= 2 for case in penalties)
    return 20_000 * new + 20_000 * platforms


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
