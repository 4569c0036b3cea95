"""The canonical tables of the invented nation."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from columns import (
    LAST_DAY,
    Flags,
    Ints,
    codes,
    dates,
    firsts,
    lists,
    numbers,
    some,
    table,
    texts,
    vocabulary,
)
from nation_people import People

CASES_PER_OFFICER = 3
KINDS = ("一般处罚", "不予处罚", "查封扣押", "限产停产", "按日连续处罚", "移送")
KEY_FIELDS = ("第三方弄虚作假", "危险废物", "自动监测", "举报奖励")
OTHER_FIELDS = ("土壤", "地下水", "自然保护地", "大气", "水", "噪声")
EQUIPMENT = ("无人机", "FID", "红外热成像", "走航车", "执法记录仪")
PLATFORMS = ("用电监控", "视频监控", "自动监测平台", "卫星遥感")


@dataclass(frozen=True)
class Casework:
    """Per case: day decided, position of its kind, its first main handler; `main`: case and
    officer of every main handler; `found_records`: the records that are in the system."""

    day: Ints
    kind: Ints
    handler: Ints
    main: tuple[Ints, Ints]
    found_records: pa.Table


def people(who: People) -> dict[str, pa.Table]:
    """Return units, officers and postings; every twelfth officer moved within the year."""
    rng = who.rng("postings")
    n, m = who.officers, who.units
    parents = pa.concat_arrays(
        [
            codes("C", np.arange(m) % who.cities, 5),
            pa.nulls(who.cities, pa.string()),
            codes("U", np.arange(who.departments) * 5, 5),
        ]
    )
    kind = np.repeat([0, 3, 2], [m, who.cities, who.departments])
    moved = np.flatnonzero(some(rng, n, 8))
    left = rng.integers(30, 330, len(moved))
    first_desk, first_end = who.desk.copy(), np.full(n, -1)
    first_desk[moved], first_end[moved] = rng.permutation(who.desk[moved]), left
    end = np.concatenate([first_end, np.full(len(moved), -1)])
    return {
        **table(
            "units",
            unit_id=who.unit_ids,
            name=pc.binary_join_element_wise("单位", who.unit_ids, ""),
            parent_id=parents,
            candidate=np.arange(len(kind)) < m,
            kind=texts(vocabulary("units", "kind"), kind),
        ),
        **table(
            "officers",
            officer_id=who.officer_ids,
            name=pc.binary_join_element_wise("甲", who.officer_ids, ""),
            established=some(rng, n, 97),
            valid_from=dates(rng.integers(-1500, -200, n)),
            valid_to=dates(rng.integers(100, 1500, n), some(rng, n, 60)),
            frontline=some(rng, n, 70),
            candidate=np.ones(n, dtype=bool),
        ),
        **table(
            "postings",
            officer_id=who.officer_ids.take(np.concatenate([np.arange(n), moved])),
            unit_id=who.unit_ids.take(np.concatenate([first_desk, who.desk[moved]])),
            start=dates(np.concatenate([rng.integers(-1500, -10, n), left + 1])),
            end=dates(end, end < 0),
        ),
    }


def casework(who: People, all_drawn: bool) -> tuple[Casework, dict[str, pa.Table]]:
    """Return the cases with their handlers, draws, reviews, publications and lawsuits."""
    rng = who.rng("cases")
    size = CASES_PER_OFFICER * who.officers
    every = np.arange(size)
    case_id = pc.binary_join_element_wise(codes("东环罚〔2024〕", every + 1, 7), "号", "")
    rich = some(rng, size, 0.8)
    """Cases good for several indicators: they go to the tenth of the officers with most cases."""
    busy = rng.choice(rng.permutation(who.officers)[: who.officers // 10 + 1], size)
    handler = np.where(rich | some(rng, size, 30), busy, rng.integers(who.officers, size=size))
    kind = rng.choice(len(KINDS), size, p=[0.7, 0.08, 0.08, 0.03, 0.02, 0.09])
    day = rng.integers(-25, LAST_DAY + 1, size)
    transfer = kind == KINDS.index("移送")
    unfiled = ~transfer | some(rng, size, 85)

    second = np.flatnonzero(some(rng, size, 70))
    of = np.concatenate([every, second])
    officer = np.concatenate([handler, (handler[second] + 1) % who.officers])
    main = np.concatenate([np.ones(size, dtype=bool), some(rng, len(second), 12)])

    unnamed = some(rng, size, 4)
    missing = unnamed | some(rng, size, 3)
    work = Casework(
        day,
        kind,
        handler,
        (of[main], officer[main]),
        pa.table({"record_id": codes("JC", np.flatnonzero(~missing), 9)}),
    )
    cases = table(
        "cases",
        case_id=case_id,
        unit_id=who.unit_ids.take(who.desk[handler]),
        kind=texts(KINDS, kind),
        decided_on=dates(day, transfer & some(rng, size, 50)),
        transferred_on=dates(day, ~transfer),
        filed_on=dates(day + rng.integers(3, 30, size), unfiled),
        filed_as=texts(("犯罪", "行政拘留"), rng.integers(2, size=size), unfiled),
        double_strike=some(rng, size, 4),
        major=some(rng, size, 2),
        fields=lists(
            KEY_FIELDS + OTHER_FIELDS,
            np.hstack([_holds(rng, rich, 4, 0.7), _holds(rng, rich, 6, 3)]),
        ),
        equipment=lists(EQUIPMENT, _holds(rng, rich, 5, 0.7)),
        platforms=lists(PLATFORMS, _holds(rng, rich, 4, 5)),
        techniques=lists(("水质指纹溯源",), _holds(rng, rich, 1, 1)),
        record_id=codes("JC", every, 9, unnamed),
        uploaded_on=dates(day + rng.integers(1, 30, size), np.full(size, all_drawn)),
    )
    handlers = table(
        "case_handlers",
        case_id=case_id.take(of),
        officer_id=who.officer_ids.take(officer),
        inspector=np.ones(len(of), dtype=bool),
        interviewer=main | some(rng, len(of), 50),
        approver=main,
    )
    drawn, files = _draws(rng, who, work, case_id, all_drawn)
    return work, {
        **cases,
        **handlers,
        **drawn,
        **_reviews(rng, case_id, files, size),
        **_published(rng, who, work, case_id, some(rng, size, 1) | (rich & some(rng, size, 40))),
        **_lawsuits(rng, case_id, np.flatnonzero(some(rng, size, 0.6))),
    }


def _holds(rng: np.random.Generator, rich: Flags, choices: int, percent: float) -> Flags:
    """Return which case holds which choice, rich cases holding each more often."""
    share = np.where(rich, 35, percent)[:, None] / 100
    return rng.random((len(rich), choices)) < share


def _draws(
    rng: np.random.Generator, who: People, work: Casework, case_id: pa.Array, all_drawn: bool
) -> tuple[dict[str, pa.Table], Ints]:
    """Return the official draws and their files: two of each officer, two of each unit.

    Without `all_drawn`, a third of them.
    """
    home = who.home[work.handler]
    open_ = (work.day >= 0) & (work.day <= LAST_DAY)
    penalty, excused = work.kind == 0, work.kind == 1
    slots = [
        (work.handler, penalty),
        (work.handler, ~penalty & ~excused),
        (home, True),
        (home, True),
    ]
    files = []
    for owners, suits in slots:
        found = firsts(owners, np.flatnonzero(open_ & suits))
        files.append(found if all_drawn else found[some(rng, len(found), 33)])
        open_[found] = False
    ordinary, supporting, *of_units = files
    drawn = np.concatenate(files)
    category = np.repeat([0, 1, 2, 2], [len(f) for f in files])
    officers = work.handler[np.concatenate([ordinary, supporting])]
    return table(
        "case_draws",
        **who.subjects(officers, home[np.concatenate(of_units)]),
        category=texts(vocabulary("case_draws", "category"), category),
        case_id=case_id.take(drawn),
        drawn_on=dates(np.full(len(drawn), 350)),
    ), drawn


def _reviews(
    rng: np.random.Generator, case_id: pa.Array, files: Ints, size: int
) -> dict[str, pa.Table]:
    """Return reviews of most drawn files and of some others, some by two levels."""
    once = np.union1d(files[some(rng, len(files), 97)], np.flatnonzero(some(rng, size, 3)))
    again = once[some(rng, len(once), 12)]
    reviewed = np.concatenate([once, again])
    n = len(reviewed)
    level = np.concatenate([rng.integers(1, 4, len(once)), np.zeros(len(again), dtype=np.int64)])
    return table(
        "case_reviews",
        case_id=case_id.take(reviewed),
        level=texts(vocabulary("case_reviews", "level"), level),
        reviewed_on=dates(rng.integers(300, LAST_DAY + 1, n)),
        score=numbers(rng.integers(600, 1001, n), 1),
        zero=some(rng, n, 0.4),
        excellent=some(rng, n, 2),
        fatal=lists(vocabulary("case_reviews", "fatal"), rng.random((n, 5)) < 0.004),
    )


def _published(
    rng: np.random.Generator, who: People, work: Casework, case_id: pa.Array, chosen: Flags
) -> dict[str, pa.Table]:
    """Return the typical cases, a fifth of them published by the ministry, too."""
    once = np.flatnonzero(chosen)
    again = once[some(rng, len(once), 20)]
    case = np.concatenate([once, again])
    level = np.concatenate([rng.integers(1, 3, len(once)), np.zeros(len(again), dtype=np.int64)])
    categories = (*KEY_FIELDS, "正面清单", "执法稽查")
    return table(
        "typical_cases",
        case_id=case_id.take(case),
        unit_id=who.unit_ids.take(who.desk[work.handler[case]]),
        level=texts(vocabulary("typical_cases", "level"), level),
        categories=lists(categories, rng.random((len(case), 6)) < 0.2),
        published_on=dates(rng.integers(-20, LAST_DAY + 1, len(case))),
    )


def _lawsuits(rng: np.random.Generator, case_id: pa.Array, sued: Ints) -> dict[str, pa.Table]:
    n = len(sued)
    outcome = rng.choice(6, n, p=[0.1, 0.1, 0.1, 0.05, 0.4, 0.25])
    return table(
        "litigation",
        case_id=case_id.take(sued),
        procedure=texts(vocabulary("litigation", "procedure"), rng.integers(2, size=n)),
        outcome=texts(vocabulary("litigation", "outcome"), outcome),
        effective_on=dates(rng.integers(0, LAST_DAY + 1, n)),
        state=texts(("生效", "审理中"), rng.choice(2, n, p=[0.8, 0.2])),
    )


def officer_facts(who: People) -> dict[str, pa.Table]:
    """Return honours, qualifications, rounds, contests and findings: of officers and of units."""
    rng = who.rng("facts")

    def about(officers: float, units: float) -> tuple[dict[str, pa.Array], int]:
        """Return subjects: so many facts per hundred officers, per hundred units."""
        ours, theirs = (
            np.sort(rng.integers(of, size=max(int(of * percent / 100), 8)))
            for of, percent in ((who.officers, officers), (who.units, units))
        )
        return who.subjects(ours, theirs), len(ours) + len(theirs)

    def days(size: int, since: int = -20) -> pa.Array:
        return dates(rng.integers(since, LAST_DAY + 1, size))

    (honoured, h), (contest, c) = about(15, 80), about(5, 40)
    (quality, q), (accused, d), (past, p) = about(6, 60), about(2, 15), about(3, 10)
    names = ("先进个人", "大练兵表现突出", "污染防治攻坚战成绩突出")
    finding = rng.integers(5, size=q)
    held = some(rng, c, 10)
    accusation = rng.choice(6, d, p=[0.08, 0.02, 0.05, 0.05, 0.4, 0.4])
    titles = np.flatnonzero(rng.random((who.officers, 6)) < [0.03, 0.02, 0.01, 0.01, 0.03, 0.05])
    rounds = np.flatnonzero(rng.random((who.officers, 3)) < 0.15)
    began = rng.integers(-30, 350, len(rounds))
    return {
        **table(
            "honours",
            honour_id=codes("RY", np.arange(h), 7),
            **honoured,
            name=texts(names, rng.integers(3, size=h)),
            category=texts(
                vocabulary("honours", "category"), rng.choice(5, h, p=[0.5, 0.1, 0.15, 0.2, 0.05])
            ),
            level=texts(vocabulary("honours", "level"), rng.integers(6, size=h)),
            joint=texts(("联合", "单独"), rng.integers(2, size=h), some(rng, h, 50)),
            year=2023 + rng.integers(2, size=h),
            date=days(h, -300),
        ),
        **table(
            "qualifications",
            officer_id=who.officer_ids.take(titles // 6),
            kind=texts(vocabulary("qualifications", "kind"), titles % 6),
            date=dates(rng.integers(-400, 400, len(titles)), some(rng, len(titles), 10)),
        ),
        **table(
            "air_scores",
            round=codes("第", rounds % 3, 2),
            officer_id=who.officer_ids.take(rounds // 3),
            mode=texts(("现场",), np.zeros(len(rounds))),
            started_on=dates(began),
            ended_on=dates(began + 14),
            task=numbers(rng.integers(500, 1001, len(rounds)), 1),
            problems=numbers(rng.integers(3000, 10001, len(rounds)), 2),
            materials=numbers(rng.integers(500, 1001, len(rounds)), 1),
        ),
        **table(
            "contests",
            contest_id=codes("BW", np.arange(c), 7),
            level=texts(vocabulary("contests", "level"), rng.integers(3, size=c)),
            held=held,
            content=lists(
                ("新技术新装备", "案卷制作", "知识竞赛", "队列展示"), rng.random((c, 4)) < 0.8
            ),
            **contest,
            result=texts(("先进集体", "先进个人", "参加"), rng.integers(3, size=c), held),
            date=days(c),
        ),
        **table(
            "quality_findings",
            finding_id=codes("ZL", np.arange(q), 7),
            **quality,
            kind=texts(vocabulary("quality_findings", "kind"), finding),
            date=days(q),
            deduction=numbers(rng.integers(1, 20, q), 1, finding != 4),
        ),
        **table(
            "discipline",
            finding_id=codes("JL", np.arange(d), 7),
            **accused,
            kind=texts(vocabulary("discipline", "kind"), accusation),
            scene=texts(("监督帮扶", "日常"), rng.choice(2, d, p=[0.6, 0.4])),
            date=days(d),
            state=texts(vocabulary("discipline", "state"), rng.choice(3, d, p=[0.6, 0.2, 0.2])),
        ),
        **table("past_recognition", **past, year=2020 + np.arange(p) % 5),
    }
