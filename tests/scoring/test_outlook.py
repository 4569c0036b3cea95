"""The running year: earned, attainable, lost, worked out by hand and bounded by what comes."""

import datetime as dt
from pathlib import Path

import pytest

from dalian_eval.scoring.outlook import outlook
from dalian_eval.scoring.score import Score, score
from tests.properties import road
from tests.properties.bureau import Bureau

MONTHLY = "officer.skill.records.monthly"


def scored(tables: road.County, as_of: dt.date, folder: Path) -> Score:
    """Walk the whole road up to the score as of a day."""
    raw, out = folder / "raw", folder / as_of.isoformat()
    if not raw.exists():
        road.write(tables, raw)
    road.clean(raw, out)
    given = road.canonical(out, as_of)
    facts = (given.tables, given.supplied, given.metrics, given.records)
    return score(*facts, road.rubric(), as_of, "进度")


def rows(result: Score) -> dict[tuple[str, str], dict[str, object]]:
    return {(r["candidate"], r["clause"]): r for r in road.lines(outlook(result))}


def bureau(*uploads: tuple[str, int]) -> road.County:
    """A unit with one officer, who uploads so many records in each of the months."""
    made = Bureau()
    made.people("甲")
    for month, count in uploads:
        for number in range(count):
            made.enter(
                "检查记录",
                记录编号=f"{month}-{number}",
                单位编码="甲",
                检查人员="甲",
                上传人="甲",
                检查时间=f"{month}-10 09:00:00",
                上传时间=f"{month}-10 10:00:00",
                有效="是",
            )
    return made.tables


@pytest.mark.parametrize(
    ("uploads", "as_of", "earned", "attainable", "lost", "told"),
    [
        # three months passed, none missed: 0.9 now; nine to come, so the full 4 can be reached
        (
            [("2023-11", 2), ("2023-12", 2), ("2024-01", 2)],
            dt.date(2024, 1, 31),
            9000,
            40000,
            0,
            "余下9个月都达标，全年得满分4分",
        ),
        # 2024-02 has one record: 11 months at best, 11 × 0.3 = 3.3, the 4 are out of reach
        (
            [("2023-11", 2), ("2023-12", 2), ("2024-01", 2), ("2024-02", 1)],
            dt.date(2024, 2, 29),
            9000,
            33000,
            7000,
            "余下8个月都达标，全年最多3.3分",
        ),
        # a running month is not missed yet, although it has one record so far
        (
            [("2023-11", 2), ("2023-12", 2), ("2024-01", 2), ("2024-02", 1)],
            dt.date(2024, 2, 28),
            9000,
            40000,
            0,
            "余下9个月都达标，全年得满分4分",
        ),
        # nothing at all in eleven months: one month left, 0.3
        ([], dt.date(2024, 9, 30), 0, 3000, 37000, "余下1个月都达标，全年最多0.3分"),
        # the end of the period: what is earned is all
        ([("2023-11", 2)], dt.date(2024, 10, 31), 3000, 3000, 37000, "得0.3分"),
    ],
)
def test_the_monthly_clause_tells_what_is_lost(
    uploads, as_of, earned, attainable, lost, told, tmp_path
):
    row = rows(scored(bureau(*uploads), as_of, tmp_path))["甲", MONTHLY]
    assert (row["earned"], row["attainable"], row["lost"]) == (earned, attainable, lost)
    assert told in str(row["reason"])


def test_what_is_attainable_bounds_what_comes(tmp_path):
    for seed in (3, 11):
        tables, folder = road.county(seed), tmp_path / str(seed)
        folder.mkdir()
        end = scored(tables, road.P_END, folder)
        final = rows(end)
        for section in (end.officer, end.unit):
            kind = section.section.kind
            for place, who in enumerate(section.candidates.ids):
                row = final[str(who), kind]
                assert row["earned"] == section.low.points[kind][place]
                assert row["attainable"] == section.high.points[kind][place]
        for as_of in (dt.date(2023, 11, 30), dt.date(2024, 5, 31)):
            earlier = rows(scored(tables, as_of, folder))
            assert earlier.keys() == final.keys()
            for key, row in earlier.items():
                # The special clauses have no cap of their own: their item bounds them.
                if not key[1].startswith("unit.special."):
                    assert row["attainable"] >= final[key]["earned"], (key, row, final[key])
