"""The four risks of a file (附件2·三) as questions: what the data answers, file by file.

Nothing here judges a file: a risk is a place to look at.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.rules import RISKS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import MAIN_HANDLER_ROLES, TRANSFER
from dalian_eval.schema.tables import BY_NAME

RISK, CLEAR, UNKNOWN, LOOK = "有风险", "未见问题", "资料不足", "人工审查"
"""What a question comes to; LOOK: no data tells, a person looks at the file."""

OVERALL = "综合"
"""Stands in place of a risk for what is known of the whole file."""

_EVIDENCE, _LAW, _DECISION, _PROCEDURE = RISKS
_LEAST = 2
"""Officers who have to handle a case together."""

_LOST = frozenset({"败诉", "撤销", "变更", "确认违法"})

Row = Mapping[str, Any]
Told = tuple[str, str, Sequence[int]]
"""What a question comes to, a sentence, and the origins of the rows behind it."""


@dataclass(frozen=True)
class File:
    """A case with all that is known of it by the evaluation day.

    `record`: the 检查记录 it refers to; `officers`: 人员 by certificate; `supplied`: the tables
    that somebody handed in.
    """

    case: Row
    handlers: Sequence[Row]
    reviews: Sequence[Row]
    lawsuits: Sequence[Row]
    findings: Sequence[Row]
    quality: Sequence[Row]
    record: Row | None
    officers: Mapping[str, Row]
    supplied: Collection[str]
    as_of: dt.date

    @property
    def decided(self) -> dt.date | None:
        """The day it was decided, of a 移送 without one the day it was sent on."""
        day = day_of(self.case["decided_on"])
        sent = day_of(self.case["transferred_on"]) if self.case["kind"] == TRANSFER else None
        return day or sent

    def told(self, value: Any) -> str:
        """Return a day in words, with its year unless that of the evaluation day."""
        day = day_of(value)
        return day_words(day, self.as_of.year) if day else "日期未填的一天"

    @property
    def inspected(self) -> dt.date | None:
        """The day of the inspection, as far as its record is known."""
        return day_of(self.record["inspected_at"]) if self.record else None

    @property
    def people(self) -> list[Row]:
        """Those who handled it in any role."""
        return [h for h in self.handlers if any(_yes(h[role]) for role in MAIN_HANDLER_ROLES)]


def day_of(value: Any) -> dt.date | None:
    """Return the day of a date or time, None for a missing one."""
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _yes(value: Any) -> bool:
    return not pd.isna(value) and bool(value)


def plain_text(value: Any) -> str:
    """Return a text cell, blank for a missing one."""
    return value if isinstance(value, str) else ""


def _not_supplied(table: str, what: str) -> Told:
    return UNKNOWN, f"没有提供『{BY_NAME[table].sheet}』表，{what}", ()


# ---- 证据 ------------------------------------------------------------------------------------


def _record(file: File) -> Told:
    number, own = plain_text(file.case["record_id"]), [file.case[ORIGIN]]
    if not number:
        return RISK, "案件没有填写检查记录编号", own
    if "inspections" not in file.supplied:
        return _not_supplied("inspections", f"不能查对检查记录{number}")
    if file.record is None:
        return RISK, f"截至{file.told(file.as_of)}在移动执法系统中查询不到检查记录{number}", own
    uploaded = file.told(file.record["uploaded_at"])
    told = f"检查记录{number}，{file.told(file.inspected)}检查，{uploaded}上传"
    return CLEAR, told, [file.record[ORIGIN]]


def _inspectors(file: File) -> Told | None:
    if file.record is None:
        return None
    count = int(file.record["inspectors"])
    told = f"检查记录{file.record['record_id']}的检查人员{count}人"
    if count < _LEAST:
        return RISK, f"{told}，少于{_LEAST}人", [file.record[ORIGIN]]
    return CLEAR, told, [file.record[ORIGIN]]


def _forms(file: File) -> Told:
    if file.quality:
        kinds = "、".join(f"{q['kind']}（{file.told(q['date'])}登记）" for q in file.quality)
        return RISK, f"日常抽查已发现：{kinds}", [q[ORIGIN] for q in file.quality]
    if "quality_findings" not in file.supplied:
        return _not_supplied("quality_findings", "不知有无日常抽查发现的问题")
    return CLEAR, "『质量问题』表中没有涉及本案的问题", ()


# ---- 法律适用 --------------------------------------------------------------------------------


def _stage(file: File) -> Told:
    """Return whether the kind of the case and the dates of its stages go together."""
    case, wrong = file.case, []
    sent, filed = day_of(case["transferred_on"]), day_of(case["filed_on"])
    filed_as = plain_text(case["filed_as"])
    if case["kind"] == "移送" and sent is None and filed is None:
        wrong.append("案件类型为移送，而没有移送日期和公安立案日期")
    if filed is not None and not filed_as:
        wrong.append("有公安立案日期而没有公安立案类型")
    if filed is None and filed_as:
        wrong.append(f"公安立案类型为{filed_as}而没有公安立案日期")
    if sent and filed and filed < sent:
        wrong.append(f"公安{file.told(filed)}立案，早于{file.told(sent)}移送")
    if wrong:
        return RISK, "；".join(wrong), [case[ORIGIN]]
    return CLEAR, f"案件类型为{case['kind']}，与移送、立案的记载不矛盾", [case[ORIGIN]]


# ---- 处罚决定 --------------------------------------------------------------------------------


def _decided(file: File) -> Told:
    day, own = file.decided, [file.case[ORIGIN]]
    if day is None:
        return RISK, "没有填写决定日期", own
    if day > file.as_of:
        return UNKNOWN, f"{file.told(day)}决定，在评价日{file.told(file.as_of)}之后", own
    return CLEAR, f"{file.told(day)}作出决定", own


def _lawsuits(file: File) -> Told:
    """Return whether the decision holds, as far as courts and reconsideration have told."""
    if not file.lawsuits:
        if "litigation" not in file.supplied:
            return _not_supplied("litigation", "不知有无诉讼、复议")
        return CLEAR, "没有诉讼、复议", ()
    told, risk = [], False
    for suit in file.lawsuits:
        pending, outcome = suit["state"] == "审理中", plain_text(suit["outcome"])
        risk |= pending or outcome in _LOST
        result = "审理中" if pending else f"结果为{outcome or '未填'}"
        told.append(f"{suit['procedure']}{result}")
    return RISK if risk else CLEAR, "；".join(told), [s[ORIGIN] for s in file.lawsuits]


def _zero(file: File) -> Told | None:
    zero = [r for r in file.reviews if _yes(r["zero"])]
    if zero:
        places = "、".join(f"{r['level']}级（{file.told(r['reviewed_on'])}评查）" for r in zero)
        return RISK, f"曾被评为零分案卷：{places}", [r[ORIGIN] for r in zero]
    return None


# ---- 程序 ------------------------------------------------------------------------------------


def _pair(file: File) -> Told:
    if "case_handlers" not in file.supplied:
        return _not_supplied("case_handlers", "不知办案人员")
    people = file.people
    codes = "、".join(str(h["officer_id"]) for h in people)
    told = f"办案人员{len(people)}人" + (f"（{codes}）" if codes else "")
    origins = [h[ORIGIN] for h in people] or [file.case[ORIGIN]]
    if len(people) < _LEAST:
        return RISK, f"{told}，少于{_LEAST}人", origins
    return CLEAR, told, origins


def _certificates(file: File) -> Told | None:
    """Return whether everybody who handled it held a valid certificate on that day."""
    day = file.inspected or file.decided
    if not file.people or day is None:
        return None
    bad = [
        (h, file.officers[h["officer_id"]])
        for h in file.people
        if not _valid(file.officers[h["officer_id"]], day)
    ]
    what = "检查" if file.inspected else "决定"
    if bad:
        codes = "、".join(str(h["officer_id"]) for h, _ in bad)
        told = f"{codes}在{what}当日（{file.told(day)}）没有有效的执法证件"
        return RISK, told, [o for h, officer in bad for o in (h[ORIGIN], officer[ORIGIN])]
    told = f"{len(file.people)}名办案人员在{what}当日（{file.told(day)}）证件有效"
    return CLEAR, told, [h[ORIGIN] for h in file.people]


def _valid(officer: Row, day: dt.date) -> bool:
    start, end = day_of(officer["valid_from"]), day_of(officer["valid_to"])
    return start is not None and start <= day and (end is None or day <= end)


def _order(file: File) -> Told | None:
    if file.record is None or file.inspected is None or file.decided is None:
        return None
    origins = [file.case[ORIGIN], file.record[ORIGIN]]
    if file.decided < file.inspected:
        told = f"{file.told(file.decided)}决定，早于{file.told(file.inspected)}检查"
        return RISK, told, origins
    return CLEAR, f"{file.told(file.inspected)}检查，{file.told(file.decided)}决定", origins


def _main_handler(file: File) -> Told | None:
    if "case_handlers" not in file.supplied:
        return None
    main = [h for h in file.handlers if all(_yes(h[role]) for role in MAIN_HANDLER_ROLES)]
    if main:
        codes = "、".join(str(h["officer_id"]) for h in main)
        return CLEAR, f"主要承办人{codes}", [h[ORIGIN] for h in main]
    told = "没有一人同时是检查人、询问人和审批表承办人"
    return RISK, told, [h[ORIGIN] for h in file.handlers] or [file.case[ORIGIN]]


def _uploaded(file: File) -> Told:
    day, own = day_of(file.case["uploaded_on"]), [file.case[ORIGIN]]
    if day is None:
        return RISK, "没有填写上传案件系统的日期", own
    if day > file.as_of:
        return RISK, f"截至{file.told(file.as_of)}没有上传案件系统（{file.told(day)}上传）", own
    return CLEAR, f"{file.told(day)}上传案件系统", own


# ---- 综合 ------------------------------------------------------------------------------------


def _notices(file: File) -> Told:
    if file.findings:
        told = "；".join(
            f"{plain_text(f['level'])}{f['kind']}（{f['finding_id']}，{file.told(f['date'])}通报）"
            for f in file.findings
        )
        return RISK, f"评查通报：{told}", [f[ORIGIN] for f in file.findings]
    if "review_findings" not in file.supplied:
        return _not_supplied("review_findings", "不知有无评查通报")
    return CLEAR, "没有涉及本案的评查通报", ()


def _earlier(file: File) -> Told:
    if "case_reviews" not in file.supplied:
        return _not_supplied("case_reviews", "不知此前的评查")
    if not file.reviews:
        return CLEAR, "此前没有评查记录", ()
    told = "；".join(
        f"{r['level']}级{file.told(r['reviewed_on'])}评查：{_mark(r)}" for r in file.reviews
    )
    return CLEAR, told, [r[ORIGIN] for r in file.reviews]


def _mark(review: Row) -> str:
    if _yes(review["zero"]):
        return "零分"
    score = review["score"]
    mark: str = "未填得分" if pd.isna(score) else f"{score.normalize():f}分"
    return f"{mark}，优秀" if _yes(review["excellent"]) else mark


def _fatal(codes: str) -> Callable[[File], Told | None]:
    """Return the question whether an earlier review found one of the fatal defects `codes`."""

    def ask(file: File) -> Told | None:
        found = [(r, [c for c in r["fatal"] if c in codes]) for r in file.reviews]
        found = [(r, marks) for r, marks in found if marks]
        if not found:
            return None
        told = "；".join(
            f"{r['level']}级{file.told(r['reviewed_on'])}评查：{'、'.join(FATAL[c] for c in marks)}"
            for r, marks in found
        )
        return RISK, told, [r[ORIGIN] for r, _ in found]

    return ask


FATAL = {
    "①": "①办案人员无执法资格或者少于两人",
    "②": "②违法主体不清或者认定错误",
    "③": "③取证方式、手段、途径不合法",
    "④": "④决定没有法律、法规、规章依据",
    "⑤": "⑤违反法定程序",
}
"""The fatal defects of 案卷评查 (附件4·2·3(3)) in short."""

QUESTIONS: tuple[tuple[str, str, Callable[[File], Told | None]], ...] = (
    (_EVIDENCE, "现场检查记录", _record),
    (_EVIDENCE, "检查人员", _inspectors),
    (_EVIDENCE, "日常抽查的问题", _forms),
    (_EVIDENCE, "此前评查的致命问题", _fatal("②③")),
    (_LAW, "案件类型与移送、立案", _stage),
    (_LAW, "此前评查的致命问题", _fatal("④")),
    (_DECISION, "决定日期", _decided),
    (_DECISION, "诉讼、复议", _lawsuits),
    (_DECISION, "此前评查的零分", _zero),
    (_PROCEDURE, "办案人数", _pair),
    (_PROCEDURE, "执法证件", _certificates),
    (_PROCEDURE, "检查与决定的先后", _order),
    (_PROCEDURE, "主要承办人", _main_handler),
    (_PROCEDURE, "上传案件系统", _uploaded),
    (_PROCEDURE, "此前评查的致命问题", _fatal("①⑤")),
    (OVERALL, "此前的评查", _earlier),
    (OVERALL, "评查通报", _notices),
)
"""The questions that data answers: risk, what is asked, and the answer (None: does not arise)."""
