"""案件, 案件承办: the scripted cases of each bureau and plain ones up to the wanted number."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from dalian_eval.demo.casebook import (
    DAILY,
    LIMIT,
    NO_PENALTY,
    ORDINARY,
    SCRIPTS,
    SEIZE,
    SUPPORTING,
    TRANSFER,
    Script,
)
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import PERIOD_END, PERIOD_START, Row, day, month_index, stream
from dalian_eval.demo.roster import HEAD, Bureau, Officer, Roster

CASES_PER_OFFICER = 3.75
SECOND_MAIN_EVERY = 16
"""Every sixteenth plain case has two main handlers."""

NUMBER_WORDS = {
    ORDINARY: "示环罚",
    NO_PENALTY: "示环不罚",
    SEIZE: "示环查",
    LIMIT: "示环限",
    DAILY: "示环计",
    TRANSFER: "示环移",
}
PLAIN_FIELDS = ("大气", "水", "噪声", "建设项目", "固体废物", "排污许可")
KEY_FIELDS = ("危险废物", "自动监测", "举报奖励")
PLAIN_KINDS = ((ORDINARY, 0.6), (NO_PENALTY, 0.15), (SEIZE, 0.1), (TRANSFER, 0.1), (LIMIT, 0.05))


@dataclass(frozen=True)
class Case:
    """A case with its people and dates; what else it carries is its script."""

    id: str
    unit: str
    bureau: Bureau
    script: Script
    handler: Officer
    helpers: tuple[tuple[Officer, bool], ...]
    """Further handlers, and whether they are main handlers too."""
    decided: date
    record: str | None
    uploaded: date

    @property
    def in_period(self) -> bool:
        """Whether the case was decided in the evaluation period."""
        return PERIOD_START <= self.decided <= PERIOD_END

    @property
    def filed(self) -> date | None:
        """公安立案日期: eight days after the decision, still in its month."""
        return self.decided + timedelta(days=8) if self.script.police else None

    @property
    def main_handlers(self) -> list[Officer]:
        """主要承办人 of the case."""
        return [self.handler, *(officer for officer, main in self.helpers if main)]


def make_cases(roster: Roster, inspections: Inspections) -> list[Case]:
    """Return the cases of the county, about 3.75 per officer, oldest first."""
    rng = stream(roster.seed, "cases")
    quota = round(CASES_PER_OFFICER * len(roster.officers))
    twins = roster.twins()
    drafts: list[tuple[Bureau, Officer, Script]] = []
    for bureau in roster.bureaus:
        # Only the first bureau of its profile plays the one-off scenes of courts and twins.
        first = bureau.number < len(SCRIPTS)
        for script in SCRIPTS[bureau.profile]:
            officer = bureau.seat(script.seat)
            if officer is not None:
                drafts.append((bureau, officer, script if first else replace(script, court=())))
    handlers = [
        (bureau, officer)
        for bureau in roster.bureaus
        for officer in bureau.officers
        if officer.seat != HEAD and officer.established and officer not in twins
    ]
    drafts += _plain(handlers, drafts, max(0, quota - len(drafts)), rng)
    dated = [
        (_decided(officer, script, rng, twin=officer in twins), number, bureau, officer, script)
        for number, (bureau, officer, script) in enumerate(drafts)
    ]
    dated.sort(key=lambda d: d[:2])
    lags = rng.integers(4, 12, len(dated))
    numbers: Counter[tuple[str, int]] = Counter()
    cases: list[Case] = []
    for at, (decided, _, bureau, officer, script) in enumerate(dated):
        numbers[script.kind, decided.year] += 1
        # Twins' files travel together: the tie must not hang on a day.
        lag = 7 if officer in twins else int(lags[at])
        number = numbers[script.kind, decided.year]
        cases.append(
            Case(
                f"{NUMBER_WORDS[script.kind]}〔{decided.year}〕{number}号",
                officer.unit_on(decided) or bureau.id,
                bureau,
                script,
                officer,
                _helpers(bureau, officer, decided, 0 if script.court else at, twins),
                decided,
                _record(inspections, officer, decided, script, at),
                decided + timedelta(days=lag),
            )
        )
    return cases


def _plain(
    handlers: list[tuple[Bureau, Officer]],
    scripted: list[tuple[Bureau, Officer, Script]],
    count: int,
    rng: np.random.Generator,
) -> list[tuple[Bureau, Officer, Script]]:
    """Return `count` plain cases: first what a handler lacks, an ordinary and a supporting one."""
    if not handlers or not count:
        return []
    have = {(officer.index, script.kind in SUPPORTING) for _, officer, script in scripted}
    # Every ninth handler never had a supporting measure: there is no file to draw.
    wanted = [
        (bureau, officer, supporting)
        for supporting in (False, True)
        for bureau, officer in handlers
        if (officer.index, supporting) not in have and not (supporting and officer.index % 9 == 7)
    ]
    words, weights = (list(part) for part in zip(*PLAIN_KINDS, strict=True))
    kinds = rng.choice(np.array(words), count, p=np.array(weights))
    supports = rng.choice(np.array(SUPPORTING), count, p=(0.5, 0.2, 0.1, 0.2))
    months = rng.integers(1, 11, count)
    field = rng.integers(0, len(PLAIN_FIELDS), count)
    key = rng.integers(0, len(KEY_FIELDS) * 3, count)
    drafts: list[tuple[Bureau, Officer, Script]] = []
    for at in range(count):
        if at < len(wanted):
            bureau, officer, supporting = wanted[at]
            kind = str(supports[at]) if supporting else ORDINARY
        else:
            bureau, officer = handlers[at % len(handlers)]
            kind = str(kinds[at])
            if officer.index % 9 == 7 and kind in SUPPORTING:
                kind = NO_PENALTY
        fields = [PLAIN_FIELDS[int(field[at])]]
        if key[at] < len(KEY_FIELDS):
            fields.append(KEY_FIELDS[int(key[at])])
        script = Script(
            seat=officer.seat,
            kind=kind,
            month=int(months[at]),
            fields=tuple(fields),
            equipment=("执法记录仪",) if at % 4 == 0 else (),
            platforms=("信访平台",) if at % 10 == 0 else (),
            record="blank" if kind == NO_PENALTY and at % 5 == 0 else "found",
        )
        drafts.append((bureau, officer, script))
    return drafts


def _decided(officer: Officer, script: Script, rng: np.random.Generator, *, twin: bool) -> date:
    """Return the day of the decision: in the script's month, or when the handler was there."""
    fixed = script.police or script.court or twin
    wanted = day(script.month, 12 if fixed else int(rng.integers(2, 21)))
    if script.month < 0 or officer.unit_on(wanted):
        return wanted
    months = [m for m in range(1, 12) if officer.unit_on(day(m, 1)) and officer.unit_on(day(m, 28))]
    return day(months[script.month % len(months)], 9) if months else wanted


def _helpers(
    bureau: Bureau, officer: Officer, decided: date, at: int, twins: list[Officer]
) -> tuple[tuple[Officer, bool], ...]:
    """Return the second handler: a colleague then on duty, a main handler now and then."""
    unit = officer.unit_on(decided)
    size = len(bureau.officers)
    for step in range(min(size, 8)):
        other = bureau.officers[(at + step) % size]
        free = other is not officer and other.seat != HEAD and other.unit_on(decided) == unit
        if free and other not in twins:
            return ((other, at % SECOND_MAIN_EVERY == 3 and officer not in twins),)
    return ()


def _record(
    inspections: Inspections, officer: Officer, decided: date, script: Script, at: int
) -> str | None:
    """Return the 检查记录编号: of the month before the decision, blank, or one nobody knows."""
    if script.record == "blank":
        return None
    if script.record == "unknown":
        return f"JC{decided.year}99{at + 1:05d}"
    return inspections.record_of(officer, max(0, month_index(decided) - 1), at)


def case_rows(cases: list[Case]) -> list[Row]:
    """Return the table 案件."""
    rows: list[Row] = []
    for case in cases:
        script = case.script
        transfer = script.kind == TRANSFER
        row: Row = {
            "case_id": case.id,
            "unit_id": case.unit,
            "kind": script.kind,
            # A transfer has no decision of its own: 移送日期 stands for it.
            "decided_on": None if transfer and not script.untransferred else case.decided,
            "transferred_on": case.decided if transfer and not script.untransferred else None,
            "filed_on": case.filed,
            "filed_as": script.police,
            "double_strike": script.double_strike,
            "major": script.major,
            "fields": list(script.fields),
            "equipment": list(script.equipment),
            "platforms": list(script.platforms),
            "techniques": list(script.techniques),
            "record_id": case.record,
            "uploaded_on": case.uploaded,
        }
        rows.append(row)
    return rows


def handler_rows(cases: list[Case]) -> list[Row]:
    """Return the table 案件承办."""
    rows: list[Row] = []
    for case in cases:
        for officer, main in ((case.handler, True), *case.helpers):
            row: Row = {
                "case_id": case.id,
                "officer_id": officer.id,
                "inspector": True,
                "interviewer": True,
                "approver": main,
            }
            rows.append(row)
    return rows
