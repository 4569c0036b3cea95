"""装备, 单位事项: what a bureau has and what was stated about it."""

from datetime import date

from dalian_eval.demo.model import Profile, Row, day
from dalian_eval.demo.roster import Roster

STANDARD = (
    "执法记录仪",
    "移动执法终端",
    "便携式打印机",
    "执法车辆",
    "照相机",
    "摄像机",
    "录音笔",
    "激光测距仪",
    "采样箱",
    "采样瓶组",
    "便携式酸度计",
    "溶解氧仪",
    "水质快检箱",
    "声级计",
    "粉尘仪",
    "有毒气体检测仪",
    "防护服",
    "防毒面具",
    "安全帽",
    "救生衣",
    "强光手电",
    "对讲机",
    "卫星定位仪",
    "流速仪",
)
OPTIONAL = (
    "无人机",
    "无人船",
    "红外热成像仪",
    "FID检测仪",
    "PID检测仪",
    "走航车",
    "管道机器人",
    "探地雷达",
)
KINDS: dict[Profile, tuple[int, int, int]] = {
    Profile.LEADING: (24, 23, 5),
    Profile.STEADY: (21, 19, 2),
    Profile.UNEVEN: (22, 20, 3),
    Profile.WEAK: (22, 21, 6),
}
"""Kinds of standard equipment, how many of them up to standard, and kinds of optional equipment."""

PROVINCIAL, NATIONAL = "省级规范化试点验收", "国家级规范化试点"
VEHICLES, PREMISES = "车辆统一标识", "场所装备标识"
ESTABLISHED, IMPLEMENTED = "联动机制建立", "联动机制落实"
INTEGRATION, REMOTE = "执法处罚一体化", "纳入远程帮扶"

FACTS: dict[Profile, dict[str, bool]] = {
    Profile.LEADING: {
        PROVINCIAL: True,
        NATIONAL: False,
        VEHICLES: True,
        PREMISES: True,
        ESTABLISHED: True,
        IMPLEMENTED: False,
        INTEGRATION: False,
        REMOTE: True,
    },
    Profile.STEADY: {
        PROVINCIAL: True,
        NATIONAL: True,
        VEHICLES: True,
        PREMISES: True,
        ESTABLISHED: True,
        IMPLEMENTED: True,
        INTEGRATION: True,
        REMOTE: False,
    },
    # 纳入远程帮扶 is not stated: the clause stays open (待补).
    Profile.UNEVEN: {
        PROVINCIAL: True,
        VEHICLES: True,
        PREMISES: False,
        ESTABLISHED: True,
        IMPLEMENTED: True,
    },
    Profile.WEAK: {
        PROVINCIAL: False,
        VEHICLES: False,
        PREMISES: True,
        ESTABLISHED: False,
        REMOTE: True,
    },
}
"""What was stated (结论) about each 事项; an absent one was never stated."""

DATES: dict[str, date | None] = {
    PROVINCIAL: date(2023, 9, 15),
    NATIONAL: date(2024, 5, 20),
    VEHICLES: date(2024, 1, 10),
    PREMISES: date(2024, 1, 10),
    ESTABLISHED: day(3, 5),
    IMPLEMENTED: day(7, 30),
    INTEGRATION: day(6, 18),
    REMOTE: None,
}


def equipment_rows(roster: Roster) -> list[Row]:
    """Return 装备."""
    rows: list[Row] = []
    for bureau in roster.bureaus:
        standard, good, optional = KINDS[bureau.profile]
        for kind, items, compliant in (
            ("标配", STANDARD[:standard], good),
            ("选配", OPTIONAL[:optional], optional),
        ):
            for at, item in enumerate(items):
                rows.append(
                    {
                        "unit_id": bureau.id,
                        "item": item,
                        "kind": kind,
                        "quantity": 1 + at % 5 if kind == "选配" else 2 + len(bureau.officers),
                        "compliant": at < compliant,
                    }
                )
    return rows


def fact_rows(roster: Roster) -> list[Row]:
    """Return 单位事项."""
    return [
        {
            "unit_id": bureau.id,
            "item": item,
            "holds": holds,
            "date": DATES[item],
            "proof": f"{item}材料" if holds else None,
        }
        for bureau in roster.bureaus
        for item, holds in FACTS[bureau.profile].items()
    ]
