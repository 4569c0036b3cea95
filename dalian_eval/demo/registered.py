"""登记: what an invented bureau states itself: dates met, the order of a tie, a file to look at."""

from collections.abc import Iterator, Sequence
from datetime import date

from dalian_eval.demo.cases import Case
from dalian_eval.demo.model import Row
from dalian_eval.demo.roster import Roster

_SECTION, _LEADERS = "综合执法科", "活动领导组"
_ROSTER_DAY = date(2024, 8, 15)

_DATES = (
    (date(2024, 6, 18), "活动方案、领导小组名单、联络员名单送市局", "三份材料一并报送", "送文回执"),
    (_ROSTER_DAY, "给全体一线人员打分，确定10名参赛人员", "名单已签字", "签字的参赛人员名单"),
    (
        date(2024, 10, 12),
        "各分局完成集体和个人自评，总结报告和佐证材料交综合执法科",
        "最后一个分局的材料补齐",
        "收件登记簿",
    ),
)
"""Dates of the 2024 plan with the day they were met; that of the bureau's report is left open."""


def registration_rows(roster: Roster, cases: Sequence[Case]) -> list[Row]:
    """Return 登记; the twins' tie is parted when the county has them."""
    told = sorted(_statements(roster, cases), key=lambda row: str(row["date"]))
    return [{"registration_id": f"DJ2024{n:03d}", **row} for n, row in enumerate(told, start=1)]


def _statements(roster: Roster, cases: Sequence[Case]) -> Iterator[Row]:
    for day, about, content, basis in _DATES:
        yield _row("时间节点", about, day, content, _SECTION, basis)
    for place, twin in enumerate(reversed(roster.twins()), start=1):
        told = f"第{place}"
        yield _row(
            "并列定序", twin.id, _ROSTER_DAY, told, _LEADERS, "现场加试，领导组第2次会议纪要"
        )
    if cases:
        number = cases[len(cases) // 2].id
        told = "裁量理由是否写明"
        yield _row("预审案卷", number, date(2024, 10, 8), told, "法制审核岗", "分管领导批示")
    told = "大比武改期，集训顺延到10月中旬"
    yield _row("其他", "市局大比武", date(2024, 9, 20), told, _SECTION, "市局通知")


def _row(matter: str, about: str, day: date, content: str, handler: str, basis: str) -> Row:
    return {
        "matter": matter,
        "about": about,
        "date": day,
        "content": content,
        "handler": handler,
        "basis": basis,
    }
