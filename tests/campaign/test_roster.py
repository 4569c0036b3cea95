"""Who competes: places, ties and decisions worked out by hand, and the groups."""

import hashlib
from itertools import permutations

import pytest

from dalian_eval.campaign.frontline import standings
from dalian_eval.campaign.pairs import Member, pair_contestants
from dalian_eval.campaign.registered import registered
from dalian_eval.campaign.roster import (
    IN,
    OUT,
    RESERVE,
    TIED,
    Standing,
    orders_of,
    place_officers,
    roster,
)
from dalian_eval.outputs.tables import OUTPUTS
from tests.campaign.frames import day, frame, stated, units


def people(*points, barred=()):
    """Return officers P1, P2, … with these whole points, some of them left out."""
    return [
        Standing(f"P{n}", f"人{n}", "A", p * 10_000, p * 10_000, "有问题" if n in barred else "")
        for n, p in enumerate(points, start=1)
    ]


def orders(standings, *told):
    """Return the orders of 登记 from (certificate, 内容), for the roster of 15 August."""
    rows = stated(*(("并列定序", code, "2024-08-15", content) for code, content in told))
    return orders_of(standings, registered(rows))


def states(places):
    return [(p.standing.officer, p.status, p.rank, p.place) for p in places]


def test_the_first_places_and_the_reserves_in_order():
    assert states(place_officers(people(50, 90, 70, 60), 2)) == [
        ("P2", IN, 1, 1),
        ("P3", IN, 2, 2),
        ("P4", RESERVE, 3, 1),
        ("P1", RESERVE, 4, 2),
    ]


def test_the_next_one_moves_up_and_is_told():
    places = place_officers(people(90, 80, 70, 60, barred={1}), 2)
    assert states(places) == [
        ("P2", IN, 1, 1),
        ("P3", IN, 2, 2),
        ("P4", RESERVE, 3, 1),
        ("P1", OUT, None, None),
    ]
    told = {p.standing.officer: p.reason for p in places}
    assert told["P3"] == "得70分，第2名；前面有1人不参加，递补入选"
    assert told["P2"] == "得80分，第1名"
    assert told["P1"] == "得90分；有问题"


def test_a_tie_across_the_last_place_stays_open():
    places = place_officers(people(90, 80, 80, 80, 70), 2)
    assert states(places) == [
        ("P1", IN, 1, 1),
        ("P2", TIED, 2, None),
        ("P3", TIED, 2, None),
        ("P4", TIED, 2, None),
        ("P5", RESERVE, 5, 3),
    ]
    told = places[1].reason
    assert "人2、人3、人4并列，跨越第2名，余下1个名额" in told
    assert "各人没有待补的条款" in told
    assert "由领导组决定" in told


def test_a_tie_tells_which_open_clauses_could_part_it():
    one, two = people(80, 80)
    two = Standing("P2", "人2", "A", two.points, two.high, waiting=("案卷得分",))
    told = place_officers([one, two], 1)[0].reason
    assert "尚待补的条款（人2的案卷得分）有了结果可能分出先后" in told


def test_ties_that_do_not_matter_share_a_place():
    places = place_officers(people(90, 90, 70, 60, 60), 3)
    assert states(places)[:3] == [("P1", IN, 1, 1), ("P2", IN, 1, 1), ("P3", IN, 3, 3)]
    assert states(places)[3:] == [("P4", RESERVE, 4, 1), ("P5", RESERVE, 4, 1)]
    assert "递补时先后由领导组决定" in places[3].reason


def test_a_statement_parts_the_tie_and_is_named():
    five = people(90, 80, 80, 80, 70)
    places = place_officers(five, 2, orders(five, ("P4", "第1")))
    assert states(places) == [
        ("P1", IN, 1, 1),
        ("P4", IN, 2, 2),
        ("P2", RESERVE, 2, 1),
        ("P3", RESERVE, 2, 1),
        ("P5", RESERVE, 5, 3),
    ]
    assert "本局定为其中第1位（登记DJ1，经办人某科，依据凭据1）" in places[1].reason
    assert places[1].evidence == (1,)
    assert "登记中没有列名，列其后" in places[2].reason
    assert places[2].evidence == ()


def test_statements_about_reserves_order_them():
    three = people(90, 80, 80)
    places = place_officers(three, 1, orders(three, ("Ｐ2", "二"), ("p3", "第一名")))
    assert states(places)[1:] == [("P3", RESERVE, 2, 1), ("P2", RESERVE, 2, 2)]


FIVE = people(90, 80, 80, 80, 80, barred={5})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([("P9", "1")], "登记DJ1没有采用：P9不在2024年8月15日的一线人员之中，请核对执法证号"),
        ([("P1", "1")], "登记DJ1没有采用：人1（P1）得90分，没有人与其并列，不需要定序"),
        ([("P5", "1")], "登记DJ1没有采用：人5（P5）不参加（有问题），请删去这一行"),
        (
            [("P2", "加试优胜")],
            "登记DJ1没有采用：人2（P2）的『内容』不是在同分者中列第几，请填1、2……",
        ),
        ([("P2", "2")], "登记DJ1没有采用：人2（P2）列第2，得80分的同分者之中第1、第2……"),
        ([("P2", "1"), ("P3", "1")], "登记DJ1、DJ2没有采用：人2（P2）列第1、人3（P3）列第1"),
        ([("P2", "1"), ("P2", "2")], "登记DJ1、DJ2没有采用：人2（P2）列第1、人2（P2）列第2"),
    ],
)
def test_a_statement_that_cannot_be_followed_parts_nobody_and_is_told(told, said):
    made = orders(FIVE, *told)
    assert [sentence.startswith(said) for sentence in made.refused] == [True]
    assert place_officers(FIVE, 2, made) == place_officers(FIVE, 2)


def test_the_same_said_twice_is_said_once():
    made = orders(FIVE, ("P2", "1"), ("P2", "第1位"))
    assert (made.places, made.refused) == ({"P2": 1}, ())
    assert place_officers(FIVE, 2, made)[1].evidence == (1, 2)


def test_fewer_than_there_are_places_all_tied_and_nobody():
    assert [p.status for p in place_officers(people(3, 2), 10)] == [IN, IN]
    assert {p.status for p in place_officers(people(5, 5, 5), 2)} == {TIED}
    assert {p.status for p in place_officers(people(5, 5, 5), 3)} == {IN}
    assert place_officers([], 10) == []
    empty = roster([], ())
    assert list(empty.columns) == OUTPUTS["roster"].names
    assert empty.empty


def test_ties_are_exact():
    """One ten-thousandth of a point decides."""
    close = [Standing("P1", "甲", "A", 800_000, 0), Standing("P2", "乙", "A", 800_001, 0)]
    assert states(place_officers(close, 1)) == [("P2", IN, 1, 1), ("P1", RESERVE, 2, 1)]


# ---- groups ------------------------------------------------------------------------------


def members(*told):
    return [Member(f"P{n}", unit, points) for n, (unit, points) in enumerate(told, start=1)]


def couples(groups):
    return [g.officers for g in groups]


def test_strong_with_weak_by_hand():
    """Six of six units: 60+10, 50+20, 40+30 make 70 each."""
    six = members(("A", 60), ("B", 50), ("C", 40), ("D", 30), ("E", 20), ("F", 10))
    groups = pair_contestants(six, "种子")
    assert couples(groups) == [("P1", "P6"), ("P2", "P5"), ("P3", "P4")]
    assert [(g.number, g.points, g.same_unit) for g in groups] == [
        (1, 70, False),
        (2, 70, False),
        (3, 70, False),
    ]


def test_different_units_go_before_balance():
    """P1 and P4 are of one unit: 60+20 and 50+10 are the only groups of two units."""
    four = members(("A", 60), ("B", 50), ("B", 20), ("A", 10))
    assert couples(pair_contestants(four, "种子")) == [("P1", "P3"), ("P2", "P4")]


def test_one_unit_alone_is_paired_all_the_same():
    groups = pair_contestants(members(("A", 4), ("A", 3), ("A", 2), ("A", 1)), "种子")
    assert couples(groups) == [("P1", "P4"), ("P2", "P3")]
    assert all(g.same_unit for g in groups)
    assert not any(g.same_unit for g in pair_contestants(members(("", 2), ("", 1)), "种子"))


def test_an_odd_one_out_is_the_last():
    assert couples(pair_contestants(members(("A", 3), ("B", 2), ("C", 1)), "种子")) == [
        ("P1", "P2")
    ]
    assert pair_contestants(members(("A", 3)), "种子") == ()
    assert pair_contestants([], "种子") == ()


def test_equals_are_parted_by_the_seed_alone():
    ten = members(*[("ABCDE"[n % 5], 700) for n in range(10)])
    assert pair_contestants(ten, "一") == pair_contestants([*reversed(ten)], "一")
    assert len({pair_contestants(ten, seed) for seed in "一二三四五"}) > 1


def _all_matchings(rest):
    if not rest:
        yield []
        return
    first, *others = rest
    for i, other in enumerate(others):
        for more in _all_matchings([*others[:i], *others[i + 1 :]]):
            yield [(first, other), *more]


@pytest.mark.parametrize("number", range(12))
def test_no_other_way_has_fewer_groups_of_one_unit(number):
    """Against all 105 ways to pair eight, also those that pair strong with strong."""
    digits = hashlib.sha256(str(number).encode()).digest()
    eight = members(*[("ABC"[d % (2 + number % 2)], 100 * d) for d in digits[:8]])
    groups = pair_contestants(eight, "种子")
    least = min(sum(a.unit == b.unit for a, b in way) for way in _all_matchings(eight))
    assert sum(g.same_unit for g in groups) == least
    # Among the ways that join halves, none with as few is more even.
    ranked = sorted(eight, key=lambda m: -m.points)
    if ranked[3].points != ranked[4].points:
        spreads = [
            max(sums) - min(sums)
            for order in permutations(ranked[4:])
            if sum(a.unit == b.unit for a, b in zip(ranked[:4], order, strict=True)) == least
            for sums in [[a.points + b.points for a, b in zip(ranked[:4], order, strict=True)]]
        ]
        mine = [g.points for g in groups]
        assert max(mine) - min(mine) == min(spreads)


# ---- who stands on the day ---------------------------------------------------------------


def test_what_keeps_one_from_the_contest():
    officers = [
        {"officer_id": f"P{n}", "name": f"人{n}", "frontline": True, "valid_to": valid}
        for n, valid in enumerate([None, None, None, day("2024-08-14"), day("2024-08-15")], 1)
    ]
    postings = [
        {"officer_id": "P1", "unit_id": "A1", "start": day("2024-01-01")},
        {"officer_id": "P2", "unit_id": "B", "start": day("2024-01-01")},
        {
            "officer_id": "P3",
            "unit_id": "B",
            "start": day("2024-01-01"),
            "end": day("2024-08-14"),
        },
        {"officer_id": "P4", "unit_id": "K", "start": day("2024-01-01")},
        {"officer_id": "P5", "unit_id": "A", "start": day("2024-01-01")},
    ]
    findings = [
        ("J1", "个人", "P2", "廉政纪律", "2022-03-01", "查实"),
        ("J2", "个人", "P1", "廉政纪律", "2024-08-15", "核查中"),
        ("J3", "个人", "P5", "廉政纪律", "2024-08-16", "查实"),
        ("J4", "个人", "P5", "不守组织纪律", "2024-05-01", "查实"),
        ("J5", "个人", "P5", "廉政纪律", "2024-05-01", "不实"),
    ]
    discipline = [
        {
            "finding_id": i,
            "subject_kind": k,
            "subject": s,
            "kind": what,
            "date": day(d),
            "state": state,
        }
        for i, k, s, what, d, state in findings
    ]
    tables = {
        "units": units(),
        "officers": frame("officers", officers),
        "postings": frame("postings", postings),
        "discipline": frame("discipline", discipline),
    }
    scores = tables["officers"].assign(
        candidate=tables["officers"]["officer_id"],
        total=1,
        total_high=2,
        vetoed=[False, False, False, True, False],
        status=["scored", "scored", "scored", "vetoed", "deferred"],
    )
    bureaus = {"A": "甲局", "B": "乙局"}
    made = standings(scores, {"P4": "败诉"}, {"P5": ("条款",)}, tables, bureaus, day("2024-08-15"))
    assert [(s.officer, s.unit) for s in made] == [
        ("P1", "A"),
        ("P2", "B"),
        ("P3", ""),
        ("P4", "K"),
        ("P5", "A"),
    ]
    assert [s.barred for s in made] == [
        "",
        "有查实的廉政纪律问题（J1，2022年3月1日），不得参加比武",
        "8月15日没有任职",
        "败诉；执法证在8月15日不在有效期内",
        "",
    ]
    assert made[0].note == "有廉政纪律问题（J2，8月15日）正在核查，定案前请确认"
    assert made[4].note == "有诉讼复议在审理中或有问题在核查中，结果可能取消资格"
    assert made[4].waiting == ("条款",)
    without = {name: table for name, table in tables.items() if name != "discipline"}
    again = standings(scores, {"P4": "败诉"}, {}, without, bureaus, day("2024-08-15"))
    assert again[1].barred == ""
