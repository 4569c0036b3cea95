"""荣誉, 比武, 人才资质, 历年表扬: what officers and bureaus were praised for."""

from dataclasses import dataclass
from datetime import date

from dalian_eval.demo.model import Profile, Row, day, stream
from dalian_eval.demo.roster import Roster, Seat
from dalian_eval.schema.tables import OFFICER, UNIT

LEADING, STEADY, UNEVEN, WEAK = Profile


@dataclass(frozen=True)
class Honour:
    """A row of 荣誉 without its number and subject."""

    name: str
    category: str
    level: str
    when: date
    joint: str | None = None
    year: int | None = None


CAMPAIGN = "2023年大练兵表现突出"

UNIT_HONOURS: dict[Profile, tuple[Honour, ...]] = {
    LEADING: (
        Honour("省级文明执法窗口", "荣誉", "省级部门", date(2023, 12, 20)),
        Honour("市级青年文明号", "荣誉", "市级部门", date(2024, 8, 2)),
    ),
    STEADY: (
        Honour("市五一劳动奖状", "荣誉", "市委市政府", date(2024, 4, 28)),
        Honour("全国生态环境系统先进集体", "荣誉", "国家", date(2024, 5, 30)),
        Honour(CAMPAIGN, "表扬", "省级部门", date(2024, 3, 8), "联合", 2023),
        Honour("危废攻坚受局主要负责同志表扬", "主要负责同志表扬", "市级部门", day(8, 9)),
        Honour("执法一线媒体专访", "媒体宣传", "省级部门", day(6, 3)),
    ),
    UNEVEN: (
        Honour("市级先进集体", "荣誉", "市级部门", date(2022, 11, 18)),
        Honour("市级先进集体", "荣誉", "市级部门", date(2024, 1, 26)),
        Honour(CAMPAIGN, "表扬", "省级部门", date(2024, 3, 8), None, 2023),
        Honour(CAMPAIGN, "表扬", "市级部门", date(2024, 2, 1), "单独", 2023),
    ),
    WEAK: (
        Honour("季度考核表扬", "表扬", "市级部门", date(2024, 7, 12), "单独", 2024),
        Honour("汛期应急受局主要负责同志表扬", "主要负责同志表扬", "市级部门", day(9, 9)),
    ),
}

OFFICER_HONOURS: tuple[tuple[Seat, Honour], ...] = (
    ((LEADING, 1), Honour("省级执法标兵", "荣誉", "省级部门", date(2024, 4, 20))),
    ((LEADING, 1), Honour("先进事迹报道", "媒体宣传", "省委省政府", day(7, 11))),
    (
        (LEADING, 1),
        Honour("污染防治攻坚战记功", "记功嘉奖", "市委市政府", date(2024, 1, 30), None, 2023),
    ),
    ((LEADING, 2), Honour("市级先进工作者", "荣誉", "市委市政府", date(2024, 5, 1))),
    ((LEADING, 2), Honour("县级优秀公务员", "荣誉", "县级", date(2024, 2, 18))),
    ((LEADING, 3), Honour("市级办案能手", "荣誉", "市级部门", date(2024, 6, 25))),
    ((STEADY, 1), Honour("县级优秀公务员", "荣誉", "县级", date(2024, 2, 18))),
    ((STEADY, 3), Honour("市级办案能手", "荣誉", "市级部门", date(2024, 6, 25))),
    ((STEADY, 6), Honour("全国执法练兵先进个人", "荣誉", "国家", date(2024, 1, 19))),
    # Of the year before: not counted for officers.
    ((STEADY, 2), Honour("市级办案能手", "荣誉", "市级部门", date(2023, 12, 25))),
    ((UNEVEN, 1), Honour("执法故事刊登", "媒体宣传", "省级部门", day(5, 23))),
    ((UNEVEN, 6), Honour("县级优秀公务员", "荣誉", "县级", date(2024, 2, 18))),
    ((UNEVEN, 3), Honour("县报报道", "媒体宣传", "县级", day(4, 8))),
    ((WEAK, 5), Honour("县级优秀公务员", "荣誉", "县级", date(2024, 2, 18))),
)
"""Honours of officers; those of a (profile, seat) recur in every bureau of that profile."""

HELD: dict[Profile, tuple[str, ...]] = {
    LEADING: ("新技术新装备", "案卷制作", "知识竞赛"),
    STEADY: ("新技术新装备", "案卷制作", "知识竞赛", "队列展示"),
    UNEVEN: ("知识竞赛", "队列展示", "案卷制作", "新技术新装备"),
    WEAK: ("知识竞赛",),
}
"""Contests held, in July 2024, with what they covered."""
UNIT_RESULTS: dict[Profile, tuple[tuple[str, str], ...]] = {
    LEADING: (("省", "先进集体"), ("市", "先进集体")),
    STEADY: (("市", "先进集体"),),
    UNEVEN: (("市", "先进集体"), ("省", "参加")),
    WEAK: (),
}
OFFICER_RESULTS: tuple[tuple[Seat, str, str], ...] = (
    ((LEADING, 1), "省", "先进个人"),
    ((LEADING, 1), "市", "先进个人"),
    ((LEADING, 3), "市", "先进个人"),
    ((STEADY, 1), "市", "先进个人"),
    ((STEADY, 2), "市", "参加"),
    ((WEAK, 5), "市", "参加"),
)

QUALIFICATIONS: tuple[tuple[Seat, str, date | None], ...] = (
    ((LEADING, 1), "国家级师资库", date(2023, 3, 10)),
    ((LEADING, 1), "省级人才库", date(2022, 6, 1)),
    ((LEADING, 1), "国家级稽查", day(6, 17)),
    ((LEADING, 2), "法律职业资格", date(2018, 3, 1)),
    ((LEADING, 2), "省级人才库", date(2024, 1, 15)),
    ((LEADING, 5), "省级稽查", day(8, 26)),
    ((STEADY, 1), "省级师资库", None),
    ((STEADY, 3), "法律职业资格", date(2020, 3, 1)),
    ((STEADY, 6), "国家级稽查", date(2023, 9, 14)),
    ((UNEVEN, 1), "省级人才库", date(2023, 7, 7)),
    ((UNEVEN, 4), "省级稽查", day(4, 22)),
    ((WEAK, 5), "法律职业资格", None),
)

PAST_UNITS: dict[Profile, tuple[int, ...]] = {
    LEADING: (2023,),
    STEADY: (2021, 2022),
    UNEVEN: (),
    WEAK: (),
}
PAST_OFFICERS: tuple[tuple[Seat, int], ...] = (((STEADY, 2), 2022), ((UNEVEN, 1), 2023))


def _officers(roster: Roster, seat: Seat) -> list[str]:
    """Return the certificates of who sits in `seat` in the bureaus of that profile."""
    found = (b.seat(seat[1]) for b in roster.bureaus if b.profile == seat[0])
    return [officer.id for officer in found if officer is not None]


def honour_rows(roster: Roster) -> list[Row]:
    """Return 荣誉 of bureaus and officers, and county honours by lot."""
    rng = stream(roster.seed, "honours")
    lucky = rng.random(len(roster.officers)) < 0.12
    twins = roster.twins()
    told: list[tuple[str, str, Honour]] = [
        (UNIT, b.id, honour) for b in roster.bureaus for honour in UNIT_HONOURS[b.profile]
    ]
    told += [
        (OFFICER, officer, honour)
        for seat, honour in OFFICER_HONOURS
        for officer in _officers(roster, seat)
    ]
    county = Honour("县级执法之星", "荣誉", "县级", date(2024, 9, 30))
    told += [
        (OFFICER, o.id, county)
        for o in roster.officers
        if lucky[o.index] and o.candidate and o not in twins
    ]
    return [
        {
            "honour_id": f"RY2024{at + 1:03d}",
            "subject_kind": kind,
            "subject": subject,
            "name": honour.name,
            "category": honour.category,
            "level": honour.level,
            "joint": honour.joint,
            "year": honour.when.year if honour.year is None else honour.year,
            "date": honour.when,
        }
        for at, (kind, subject, honour) in enumerate(told)
    ]


def contest_rows(roster: Roster) -> list[Row]:
    """Return 比武: contests held by bureaus, then results of bureaus and of officers."""
    rows: list[Row] = []

    def tell(kind: str, subject: str, level: str, when: date, **told: str | list[str]) -> None:
        row: Row = {
            "contest_id": f"BW2024{len(rows) + 1:03d}",
            "level": level,
            "held": "content" in told,
            "content": [],
            "subject_kind": kind,
            "subject": subject,
            "date": when,
        }
        rows.append({**row, **told})

    for bureau in roster.bureaus:
        tell(UNIT, bureau.id, "县", day(8, 26), content=list(HELD[bureau.profile]))
        for level, result in UNIT_RESULTS[bureau.profile]:
            tell(UNIT, bureau.id, level, day(10, 12), result=result)
    for seat, level, result in OFFICER_RESULTS:
        for officer in _officers(roster, seat):
            tell(OFFICER, officer, level, day(10, 12), result=result)
    return rows


def qualification_rows(roster: Roster) -> list[Row]:
    """Return 人才资质."""
    return [
        {"officer_id": officer, "kind": kind, "date": when}
        for seat, kind, when in QUALIFICATIONS
        for officer in _officers(roster, seat)
    ]


def recognition_rows(roster: Roster) -> list[Row]:
    """Return 历年表扬."""
    told = [(UNIT, b.id, year) for b in roster.bureaus for year in PAST_UNITS[b.profile]]
    told += [
        (OFFICER, officer, year)
        for seat, year in PAST_OFFICERS
        for officer in _officers(roster, seat)
    ]
    return [
        {
            "subject_kind": kind,
            "subject": subject,
            "year": year,
            "proof": f"{year}年表现突出通报",
        }
        for kind, subject, year in told
    ]
