"""上级线索, 自动监测, 监督帮扶得分, 远程帮扶得分, 纪律, 质量问题: what is watched from above."""

from datetime import timedelta
from decimal import Decimal

from dalian_eval.demo.casebook import ORDINARY
from dalian_eval.demo.cases import Case
from dalian_eval.demo.model import MONTHS, Profile, Row, day, month_text, score, stream
from dalian_eval.demo.roster import Roster, Seat
from dalian_eval.schema.tables import OFFICER, UNIT

LEADS: dict[Profile, tuple[tuple[str, str, str | None], ...]] = {
    Profile.LEADING: (
        *(("依法查办", "按期", None),) * 7,
        ("依法查办", "逾期", None),
        ("查否", "按期", None),
    ),
    # Nothing was pushed to it: the clause does not apply.
    Profile.STEADY: (),
    Profile.UNEVEN: (
        ("依法查办", "按期", None),
        ("依法查办", "按期", None),
        ("依法查办", "按期", None),
        ("依法查办", "按期", "不到位"),
        ("依法查办", "逾期", None),
        ("查否", "按期", "不实"),
        ("未查办", "未到期", None),
    ),
    Profile.WEAK: (
        *(("依法查办", "按期", None),) * 4,
        ("未查办", "未反馈", None),
    ),
}
"""(查办结果, when it was fed back, 反馈问题) of each lead pushed to a bureau."""

TOPICS = ("危险废物", "自动监测", "挥发性有机物", "入河排污口", "扬尘")

TRANSMISSION: dict[Profile, tuple[float, float]] = {
    Profile.LEADING: (0.942, 0.991),
    Profile.STEADY: (0.957, 0.978),
    Profile.UNEVEN: (0.846, 0.927),
    Profile.WEAK: (0.882, 0.961),
}
"""Immediate and completed share of the automatic monitoring data due."""

ROUNDS = (1, 3, 5, 7, 9, 11)
"""Months in which a round of supervision (现场监督帮扶) takes place."""
AIR_LEVEL: dict[Profile, float] = {
    Profile.LEADING: 81.0,
    Profile.STEADY: 81.0,
    Profile.UNEVEN: 81.0,
    Profile.WEAK: 74.0,
}
TWIN_AIR = (Decimal("86.5"), Decimal("78"), Decimal("90"))
"""The twins' task, problems and materials: it places both at rank ten of the default county."""
NEWCOMERS = (7, 8)
"""Seats that always may go; of the others every tenth officer stays at home all year."""
LOW_AIR = (Decimal(30), Decimal(26), Decimal(45))
"""The round of the officer whose two deductions of 5 exceed what the round earned."""
REMOTE: dict[Profile, tuple[str, ...]] = {
    Profile.LEADING: ("81.5", "78", "84.2"),
    Profile.STEADY: (),
    Profile.UNEVEN: ("72",),
    Profile.WEAK: (),
}

UNRULY: Seat = (Profile.WEAK, 4)
CORRUPT: Seat = (Profile.WEAK, 2)

DISCIPLINE_OFFICERS: tuple[tuple[Seat, str, str, int, str], ...] = (
    (UNRULY, "不服从指挥", "监督帮扶", 5, "查实"),
    (UNRULY, "不守组织纪律", "监督帮扶", 7, "查实"),
    (CORRUPT, "廉政纪律", "监督帮扶", 9, "查实"),
    ((Profile.LEADING, 4), "廉政纪律", "日常", 8, "不实"),
    ((Profile.UNEVEN, 6), "廉政纪律", "日常", 10, "核查中"),
    ((Profile.STEADY, 3), "不守组织纪律", "监督帮扶", 3, "查实"),
)
"""(who, 类型, 场景, month, 状态) of the findings about officers."""
DISCIPLINE_UNITS: tuple[tuple[Profile, str, str, int, str], ...] = (
    (Profile.WEAK, "负面舆论", "日常", 9, "查实"),
    (Profile.LEADING, "负面舆论", "日常", 6, "不实"),
)

QUALITY_UNITS: dict[Profile, tuple[tuple[str, int, str | None], ...]] = {
    Profile.LEADING: (),
    Profile.STEADY: (("虚假标记", 4, None), ("表单不规范", 2, None)),
    Profile.UNEVEN: (
        ("虚假标记", 6, None),
        ("着装持证", 3, None),
        ("着装持证", 8, None),
        ("数据质量扣分", 5, "0.3"),
        ("查无检查信息", 7, None),
    ),
    Profile.WEAK: (
        *(("表单不规范", month, None) for month in (1, 2, 4, 6, 9)),
        *(("着装持证", month, None) for month in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("数据质量扣分", 3, "0.25"),
        ("数据质量扣分", 8, "0.5"),
        ("查无检查信息", 9, None),
    ),
}
"""(类型, month, 扣分) of the findings about a bureau itself."""
QUALITY_OFFICERS: tuple[tuple[Seat, str, int], ...] = (
    ((Profile.STEADY, 3), "表单不规范", 6),
    ((Profile.UNEVEN, 6), "着装持证", 4),
    ((Profile.WEAK, 7), "查无检查信息", 10),
    *(((Profile.WEAK, 7), "表单不规范", month) for month in (2, 3, 5, 7, 8)),
)


def lead_rows(roster: Roster) -> list[Row]:
    """Return 上级线索: fed back in time, late, or not at all."""
    rows: list[Row] = []
    for bureau in roster.bureaus:
        for at, (outcome, how, flaw) in enumerate(LEADS[bureau.profile]):
            pushed = day(11 if how == "未到期" else 1 + at, 20 - at)
            due = pushed + timedelta(days=30)
            back = {"按期": due - timedelta(days=5), "逾期": due + timedelta(days=9)}.get(how)
            rows.append(
                {
                    "lead_id": f"XS2024{len(rows) + 1:03d}",
                    "unit_id": bureau.id,
                    "pushed_by": "部" if at % 4 == 0 else "省",
                    "topic": TOPICS[at % len(TOPICS)],
                    "pushed_on": pushed,
                    "due_on": due,
                    "fed_back_on": back,
                    "outcome": outcome,
                    "flaw": flaw,
                }
            )
    return rows


def automonitor_rows(roster: Roster) -> list[Row]:
    """Return 自动监测: every bureau and month."""
    rng = stream(roster.seed, "automonitor")
    due = rng.integers(6400, 8600, (len(roster.bureaus), len(MONTHS)))
    swing = rng.uniform(-0.006, 0.006, due.shape)
    rows: list[Row] = []
    for bureau in roster.bureaus:
        immediate, completed = TRANSMISSION[bureau.profile]
        for month in range(len(MONTHS)):
            count, shift = int(due[bureau.number, month]), float(swing[bureau.number, month])
            rows.append(
                {
                    "unit_id": bureau.id,
                    "month": month_text(month),
                    "due": count,
                    "immediate": round(count * (immediate + shift)),
                    "completed": round(count * (completed + shift)),
                }
            )
    return rows


def air_rows(roster: Roster) -> list[Row]:
    """Return 监督帮扶得分: two or three rounds for most officers, none for some."""
    rng = stream(roster.seed, "air")
    size = len(roster.officers)
    noise = rng.normal(0.0, 1.0, (size, len(ROUNDS), 3))
    joins = rng.random((size, len(ROUNDS))) < 0.4
    twins = roster.twins()
    unruly = roster.cast(UNRULY)
    rows: list[Row] = []
    for officer in roster.officers:
        if officer.bureau is None or (officer.index % 10 == 6 and officer.seat not in NEWCOMERS):
            continue
        level = AIR_LEVEL[roster.bureaus[officer.bureau].profile] + 3.0 * officer.ability
        for at, month in enumerate(ROUNDS):
            scores = tuple(
                score(base + spread * float(z))
                for base, spread, z in zip(
                    (level + 4, level - 5, level + 8),
                    (5.0, 8.0, 4.0),
                    noise[officer.index, at],
                    strict=True,
                )
            )
            going = bool(joins[officer.index, at])
            if officer in twins:
                going, scores = at in (1, 3), TWIN_AIR
            elif officer is unruly:
                going, scores = at == 2, LOW_AIR
            ended = day(month, 24)
            if not going or officer.unit_on(ended) is None:
                continue
            rows.append(
                {
                    "round": f"{month_text(month)}轮",
                    "officer_id": officer.id,
                    "mode": "现场",
                    "started_on": day(month, 11),
                    "ended_on": ended,
                    "task": scores[0],
                    "problems": scores[1],
                    "materials": scores[2],
                }
            )
    return rows


def remote_rows(roster: Roster) -> list[Row]:
    """Return 远程帮扶得分."""
    return [
        {
            "round": f"远程第{at + 1}轮",
            "unit_id": bureau.id,
            "ended_on": day(3 + 3 * at, 20),
            "score": Decimal(value),
        }
        for bureau in roster.bureaus
        for at, value in enumerate(REMOTE[bureau.profile])
    ]


def discipline_rows(roster: Roster) -> list[Row]:
    """Return 纪律: one-off findings about officers and units of the first bureaus."""
    found: list[tuple[str, str, str, str, int, str]] = []
    for seat, kind, scene, month, state in DISCIPLINE_OFFICERS:
        officer = roster.cast(seat)
        if officer is not None:
            found.append((OFFICER, officer.id, kind, scene, month, state))
    for profile, kind, scene, month, state in DISCIPLINE_UNITS:
        if profile < len(roster.bureaus):
            found.append((UNIT, roster.bureaus[profile].id, kind, scene, month, state))
    return [
        {
            "finding_id": f"JL2024{at + 1:03d}",
            "subject_kind": subject_kind,
            "subject": subject,
            "kind": kind,
            "scene": scene,
            "date": day(month, 16),
            "state": state,
        }
        for at, (subject_kind, subject, kind, scene, month, state) in enumerate(found)
    ]


def quality_rows(roster: Roster, cases: list[Case]) -> list[Row]:
    """Return 质量问题; a missing inspection is also found for a case that shows it itself."""
    missing: dict[int, str] = {}
    for case in cases:
        if case.script.kind == ORDINARY and case.script.record == "blank":
            missing.setdefault(case.bureau.number, case.id)
    found: list[tuple[str, str, str, int, str | None, str | None]] = []
    for bureau in roster.bureaus:
        for kind, month, points in QUALITY_UNITS[bureau.profile]:
            # The same case, found by a reviewer as well: it costs once.
            known = missing.get(bureau.number) if kind == "查无检查信息" else None
            found.append((UNIT, bureau.id, kind, month, known, points))
    for seat, kind, month in QUALITY_OFFICERS:
        officer = roster.cast(seat)
        if officer is not None:
            found.append((OFFICER, officer.id, kind, month, None, None))
    return [
        {
            "finding_id": f"ZL2024{at + 1:03d}",
            "subject_kind": subject_kind,
            "subject": subject,
            "kind": kind,
            "date": day(month, 21),
            "case_id": case_id,
            "deduction": None if points is None else Decimal(points),
        }
        for at, (subject_kind, subject, kind, month, case_id, points) in enumerate(found)
    ]
