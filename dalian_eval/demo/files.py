"""案卷抽取, 案卷评查, 评查综合分, 评查通报, 诉讼复议, 典型案例: what becomes of the files."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from dalian_eval.demo.casebook import ORDINARY, SUPPORTING
from dalian_eval.demo.cases import Case
from dalian_eval.demo.model import PERIOD_END, Profile, Row, day, score, stream
from dalian_eval.demo.roster import Roster
from dalian_eval.schema.tables import OFFICER, UNIT

_Test = Callable[[Case], bool]

DRAW_DAY = date(2024, 9, 27)
OPEN_EVERY = 6
"""Every sixth officer (after the sixth) has no official draw: the program draws for it."""
TWIN_FILE_SCORES = {False: Decimal("88.5"), True: Decimal("84")}
"""The twins' file scores, ordinary and supporting."""

DRAWN_BY_UNIT: dict[Profile, tuple[str, ...]] = {
    Profile.LEADING: ("found", "found"),
    Profile.STEADY: ("found",),
    Profile.UNEVEN: ("found", "unknown"),
    Profile.WEAK: ("unknown", "blank"),
}
"""For each officially drawn file of a bureau: what becomes of its inspection record."""

COMPOSITE: dict[Profile, str | None] = {
    Profile.LEADING: "20.4",
    Profile.STEADY: "18.65",
    Profile.UNEVEN: "17.2",
    # Nothing was converted for it: the deductions meet the floor.
    Profile.WEAK: None,
}
FINDINGS: dict[Profile, tuple[tuple[str, str, int, str], ...]] = {
    Profile.LEADING: (),
    Profile.STEADY: (
        ("通报批评", "市", 5, "承办"),
        ("应改未改", "市", 7, "承办"),
        ("重大问题漏查", "省", 9, "交叉评查"),
    ),
    Profile.UNEVEN: (("通报批评", "省", 4, "承办"), ("拒改复现", "省", 8, "承办")),
    Profile.WEAK: (
        ("应改未改", "省", 6, "承办"),
        ("稽查未整改", "市", 9, "承办"),
        ("通报批评", "部", 12, "承办"),
    ),
}
"""(类型, 级别, month, 责任) of each bureau's notices; month 12 is after the period."""


def draw_rows(roster: Roster, cases: list[Case]) -> list[Row]:
    """Return 案卷抽取: for most officers one file of each category, for each bureau up to two."""
    free = {
        case.id: case
        for case in cases
        if case.in_period and case.uploaded < DRAW_DAY and case.decided < DRAW_DAY
    }
    by_handler: dict[int, list[Case]] = {}
    by_bureau: dict[int, list[Case]] = {}
    for case in free.values():
        for officer in case.main_handlers:
            by_handler.setdefault(officer.index, []).append(case)
        by_bureau.setdefault(case.bureau.number, []).append(case)
    twins = roster.twins()
    rows: list[Row] = []

    def take(pool: list[Case], kind: str, subject: str, category: str, wanted: _Test) -> None:
        case = next((c for c in pool if c.id in free and wanted(c)), None)
        if case is not None:
            del free[case.id]
            rows.append(
                {
                    "subject_kind": kind,
                    "subject": subject,
                    "category": category,
                    "case_id": case.id,
                    "drawn_on": DRAW_DAY,
                }
            )

    for officer in roster.officers:
        is_open = officer.index % OPEN_EVERY == 1 and officer.index > OPEN_EVERY
        if not officer.candidate or (is_open and officer not in twins):
            continue
        # Every seventh officer's draw meets a file without its inspection record.
        unlucky = officer.index % 7 == 6
        # Files with a story (a zero, a fatal defect) are drawn first, so that it is told.
        pool = sorted(
            by_handler.get(officer.index, ()),
            key=lambda c: (
                not (c.script.fatal or not c.script.reviewed),
                (c.script.record == "found") == unlucky,
            ),
        )
        free_category = officer.index % 10 == 3
        take(pool, OFFICER, officer.id, "不限" if free_category else ORDINARY, _is_ordinary)
        take(pool, OFFICER, officer.id, "配套办法", _is_supporting)
    for bureau in roster.bureaus:
        pool = [c for c in by_bureau.get(bureau.number, ()) if c.handler not in twins]
        for record in DRAWN_BY_UNIT[bureau.profile]:
            take(pool, UNIT, bureau.id, "不限", _has_record(record))
    return rows


def _has_record(wanted: str) -> _Test:
    return lambda c: c.script.record == wanted


def _is_ordinary(case: Case) -> bool:
    return case.script.kind == ORDINARY


def _is_supporting(case: Case) -> bool:
    return case.script.kind in SUPPORTING


def review_rows(roster: Roster, cases: list[Case]) -> list[Row]:
    """Return 案卷评查: the county reviews nearly every file, higher levels some of them."""
    rng = stream(roster.seed, "reviews")
    noise = rng.normal(0.0, 5.0, len(cases))
    delay = rng.integers(6, 20, len(cases))
    twins = roster.twins()
    rows: list[Row] = []
    for at, case in enumerate(cases):
        script = case.script
        if not script.reviewed or script.month < 0:
            continue
        value = score(84.0 + 4.0 * case.handler.ability + float(noise[at]))
        if case.handler in twins:
            value = TWIN_FILE_SCORES[script.kind in SUPPORTING]
        value = max(value, Decimal(61))
        when = case.uploaded + timedelta(days=int(delay[at]))
        levels = ["县", *(v for v in ("部", "省", "市") if v in (*script.excellent, *script.zero))]
        if at % 14 == 9 and case.handler not in twins and not script.zero:
            levels.append("市")
        for step, level in enumerate(dict.fromkeys(levels)):
            zero = level in script.zero
            rows.append(
                {
                    "case_id": case.id,
                    "level": level,
                    "reviewed_on": _not_after_period(when + timedelta(days=10 * step), case),
                    "score": Decimal(0) if zero else max(value - step, Decimal(60)),
                    "zero": zero,
                    "excellent": level in script.excellent,
                    "fatal": list(script.fatal) if level == "县" else [],
                }
            )
    return rows


def _not_after_period(when: date, case: Case) -> date:
    """Keep reviews of the period's cases within it: what is not reviewed is told by scripts."""
    return min(when, PERIOD_END) if case.decided <= PERIOD_END else when


def composite_rows(roster: Roster) -> list[Row]:
    """Return 评查综合分: stated in late October, so that it is missing in a monthly run before."""
    return [
        {
            "unit_id": bureau.id,
            "score": Decimal(value),
            "source": "部、省案卷评查折算",
            "date": day(11, 22),
        }
        for bureau in roster.bureaus
        if (value := COMPOSITE[bureau.profile]) is not None
    ]


def finding_rows(roster: Roster, cases: list[Case]) -> list[Row]:
    """Return 评查通报."""
    some_case: dict[int, str] = {}
    for case in cases:
        if case.script.kind == ORDINARY and case.in_period:
            some_case.setdefault(case.bureau.number, case.id)
    rows: list[Row] = []
    for bureau in roster.bureaus:
        for kind, level, month, responsibility in FINDINGS[bureau.profile]:
            rows.append(
                {
                    "finding_id": f"TB2024{len(rows) + 1:03d}",
                    "unit_id": bureau.id,
                    "kind": kind,
                    "level": level,
                    "date": day(month, 18),
                    "case_id": some_case.get(bureau.number),
                    "responsibility": responsibility,
                }
            )
    return rows


def litigation_rows(cases: list[Case]) -> list[Row]:
    """Return 诉讼复议: in force four months after the decision, or still pending."""
    rows: list[Row] = []
    for case in cases:
        for procedure, outcome, state in case.script.court:
            pending = state == "审理中"
            rows.append(
                {
                    "case_id": case.id,
                    "procedure": procedure,
                    "outcome": None if pending else outcome,
                    "effective_on": None if pending else case.decided + timedelta(days=120),
                    "state": state,
                }
            )
    return rows


def typical_rows(cases: list[Case]) -> list[Row]:
    """Return 典型案例: a case published at two levels has two rows."""
    return [
        {
            "case_id": case.id,
            "unit_id": case.unit,
            "level": level,
            "categories": list(categories),
            "published_on": day(month, 15),
        }
        for case in cases
        for level, categories, month in case.script.published
    ]
