"""活动 (五个一), 宣传, 全市成绩: the campaign's own work."""

from datetime import date, timedelta
from decimal import Decimal

from dalian_eval.demo.model import Profile, Row
from dalian_eval.demo.roster import Roster, Seat

FIRST_DAY, LAST_DAY = date(2024, 7, 1), date(2024, 10, 15)
"""The campaign's working phase: July to mid-October."""

STUDY_GAPS: dict[Profile, frozenset[int]] = {
    Profile.LEADING: frozenset(),
    Profile.STEADY: frozenset({6}),
    Profile.UNEVEN: frozenset({2, 3, 9, 13}),
    Profile.WEAK: frozenset({1, 4, 5, 8, 10, 11, 14}),
}
"""Weeks (from the first of July) without study."""
MONTHLY_GAPS: dict[Profile, frozenset[tuple[str, int]]] = {
    Profile.LEADING: frozenset(),
    Profile.STEADY: frozenset({("效能评比", 9)}),
    Profile.UNEVEN: frozenset({("能力竞赛", 8), ("案卷评查", 9)}),
    Profile.WEAK: frozenset({("能力竞赛", 7), ("能力竞赛", 9), ("效能评比", 8), ("案卷评查", 8)}),
}
SELECTED = {Profile.LEADING: (7, 10), Profile.STEADY: (7, 10), Profile.UNEVEN: (7,)}
"""Months (of the quarter) of the 尖兵 selection; the weak bureau held none."""

CITY: tuple[tuple[Seat, int, str], ...] = (
    ((Profile.LEADING, 1), 2, "91.35"),
    ((Profile.LEADING, 2), 7, "84.2"),
    ((Profile.STEADY, 1), 10, "82.75"),
    ((Profile.LEADING, 3), 10, "82.75"),
    ((Profile.STEADY, 6), 19, "78.4"),
    ((Profile.UNEVEN, 1), 33, "71.6"),
)
"""The municipal result: two of ours share the tenth place."""

FORMULA_TITLE = '=HYPERLINK("http://example.invalid","一图一故事")'
"""A title that spreadsheets would execute: it must stay text everywhere."""


def activity_rows(roster: Roster) -> list[Row]:
    """Return 活动: weekly study, monthly contest, review and comparison, quarterly selection."""
    rows: list[Row] = []

    def tell(kind: str, unit: str, when: date, topic: str, attendees: int) -> None:
        rows.append(
            {
                "activity_id": f"HD2024{len(rows) + 1:03d}",
                "kind": kind,
                "unit_id": unit,
                "date": when,
                "topic": topic,
                "attendees": attendees,
                "proof": "签到表、照片" if attendees > 2 else None,
            }
        )

    topics = ("排污许可", "危险废物鉴别", "采样规范", "笔录制作", "自由裁量")
    weeks = (LAST_DAY - FIRST_DAY).days // 7 + 1
    for bureau in roster.bureaus:
        people = max(1, len(bureau.officers) - 1)
        for week in range(weeks):
            if week not in STUDY_GAPS[bureau.profile]:
                when = FIRST_DAY + timedelta(days=7 * week + bureau.number % 2)
                tell("业务学习", bureau.id, when, topics[week % len(topics)], people)
        for month in (7, 8, 9, 10):
            for place, kind in enumerate(("能力竞赛", "案卷评查", "效能评比")):
                if (kind, month) not in MONTHLY_GAPS[bureau.profile]:
                    tell(kind, bureau.id, date(2024, month, 9 + place), f"{month}月{kind}", people)
        for month in SELECTED.get(bureau.profile, ()):
            tell("尖兵选拔", bureau.id, date(2024, month, 14), "全面型执法尖兵", people)
    return rows


def publicity_rows(roster: Roster) -> list[Row]:
    """Return 宣传: one lead a week and bureau with gaps, the columns, briefings, a report."""
    rows: list[Row] = []

    def tell(kind: str, unit: str, when: date, title: str, *, adopted: bool) -> None:
        rows.append(
            {
                "item_id": f"XC2024{len(rows) + 1:03d}",
                "kind": kind,
                "unit_id": unit,
                "date": when,
                "title": title,
                "adopted": adopted,
            }
        )

    weeks = (LAST_DAY - FIRST_DAY).days // 7 + 1
    for bureau in roster.bureaus:
        for week in range(weeks):
            if week % (bureau.profile + 2) or bureau.profile == Profile.LEADING:
                when = FIRST_DAY + timedelta(days=7 * week + 2)
                title = f"我的执法故事（{week + 1}）"
                if bureau.number == 0 and week == 4:
                    title = FORMULA_TITLE
                tell("报道线索", bureau.id, when, title, adopted=week % 3 == 0)
        if bureau.profile != Profile.WEAK:
            when = date(2024, 7 + bureau.profile, 22)
            tell("铁军风采", bureau.id, when, f"{bureau.name}练兵纪实", adopted=True)
        tell("简报", bureau.id, date(2024, 8, 28), "大练兵工作简报", adopted=bureau.number == 0)
    if roster.bureaus:
        first = roster.bureaus[0].id
        tell("铁军风采", first, date(2024, 9, 19), "夜查纪实", adopted=False)
        tell("专题报告", first, date(2024, 9, 26), "非现场执法的做法", adopted=True)
    return rows


def city_rows(roster: Roster) -> list[Row]:
    """Return 全市成绩."""
    rows: list[Row] = []
    for seat, rank, value in CITY:
        officer = roster.cast(seat)
        if officer is not None:
            rows.append({"officer_id": officer.id, "rank": rank, "score": Decimal(value)})
    return rows
