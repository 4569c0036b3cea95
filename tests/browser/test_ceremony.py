"""The pages to sign, of a county whose every name is hostile, in a real browser."""

from urllib.parse import quote

import pandas as pd
import pytest

from dalian_eval.campaign.pairs import Member, pair_contestants
from dalian_eval.campaign.registered import Registration
from dalian_eval.campaign.roster import Standing, orders_of, place_officers, roster
from dalian_eval.campaign.rules import RosterRules
from dalian_eval.report.campaign.draw_protocol import draw_html, protocol_of
from dalian_eval.report.campaign.roster_page import RosterView, roster_html, roster_lines
from tests.browser.opened import A4_TEXT, NARROW, WIDE, misfits, open_folds, opened
from tests.campaign.frames import day
from tests.report.pages import assert_sound

BAD = "<script>alert(1)</script>" + "长" * 40 + "x" * 40
META = {
    "month": "2024-10",
    "as_of": "2024-08-15",
    "run_id": "0123456789ab",
    "version": BAD,
    "files": {BAD: "0" * 64},
    "rubric": {"title": BAD, "source": BAD, "start": "2023-11-01", "end": "2024-10-31"},
    "params": {"draw_seed": BAD},
    "draw": {"list": "1" * 64, "seed": "2" * 64},
}


def roster_view(points, stated=(), other_days=()):
    people = [
        Standing(f"P{n}{BAD}", BAD, f"D{n % 3}", p, p + n, waiting=(BAD,), note=BAD)
        for n, p in enumerate(points, start=1)
    ]
    people.append(Standing("Z", BAD, "", 5, 5, barred=BAD))
    orders = orders_of(people, stated)
    places = place_officers(people, 4, orders)
    members = [
        Member(p.standing.officer, p.standing.unit, p.standing.points)
        for p in places
        if p.status == "参赛"
    ]
    groups = (
        () if any(p.status == "并列待定" for p in places) else pair_contestants(members, "种子")
    )
    units = {f"D{n}": BAD for n in range(3)}
    frame = roster(places, groups)
    origins = [f"registrations:{quote(BAD, safe='')}.xlsx#登记!{n}" for n in range(len(frame))]
    evidence = [o if rows else "" for o, rows in zip(origins, frame["evidence"], strict=True)]
    rules = RosterRules(contestants=4)
    frame = frame.assign(evidence=evidence)
    return RosterView(META, frame, groups, units, rules, orders.refused, other_days)


def statement(content="1"):
    about = f"P5{BAD}"
    return Registration(BAD, "并列定序", about, day("2024-08-15"), content, BAD, BAD, 1)


TIE = [90, 80, 70, 60, 60, 50]


PAGES = {
    "tied": lambda: roster_html(roster_view(TIE)),
    "decided": lambda: roster_html(roster_view(TIE, [statement()])),
    "refused": lambda: roster_html(roster_view(TIE, [statement(BAD)])),
    "few": lambda: roster_html(roster_view([90, 80, 70])),
    "draw": lambda: draw_html(
        protocol_of(
            META,
            pd.DataFrame(
                [
                    ("unit", "D01", "any", BAD, "program", 1, BAD),
                    ("unit", "D", "any", "", "", 0, BAD),
                ],
                columns=["kind", "candidate", "slot", "case", "source", "eligible", "reason"],
            ),
            pd.DataFrame(
                [("unit", "D01", "any", BAD)], columns=["kind", "candidate", "slot", "case"]
            ),
            {"D01": BAD},
            BAD,
        )
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_to_sign_opens_quietly_fits_and_prints(browser, tmp_path, name):
    html = PAGES[name]()
    assert BAD in assert_sound(html).text
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    with opened(browser, path) as (page, troubles):
        open_folds(page)
        assert [*misfits(page, WIDE), *misfits(page, NARROW), *troubles] == []
        page.emulate_media(media="print")
        assert misfits(page, A4_TEXT) == []


def test_what_the_roster_says_of_itself():
    tied = assert_sound(PAGES["tied"]()).text
    assert "有2人并列跨越第4名，名单尚未确定，暂不分组" in tied
    assert "分组参赛" in tied
    decided = assert_sound(PAGES["decided"]()).text
    assert "同分者的先后" in decided
    assert f"本局定为其中第1位（登记{BAD}，经办人{BAD}，依据{BAD}）" in decided
    assert "登记在：" in decided
    refused = assert_sound(PAGES["refused"]()).text
    assert "的『内容』不是在同分者中列第几" in refused
    assert "同分者的先后" not in refused
    few = assert_sound(PAGES["few"]()).text
    assert "只有3人，不足4人，全部入选，没有候补" in few
    assert "是单数，排在最后的一人没有编组" in few


def test_a_statement_of_another_day_is_told_and_not_taken():
    view = roster_view(TIE, other_days=(day("2024-08-14"),))
    told = assert_sound(roster_html(view)).text
    assert "『登记』表另有日期为2024年8月14日的并列定序，与本名单的截至日不同，没有采用" in told
    assert "名单尚未确定" in told


def test_the_terminal_is_not_commanded():
    lines = [*roster_lines(roster_view([90, 80, 70, 60, 60]), 80)]
    assert any("并列待定" in line for line in lines)
    assert "\x1b" not in "".join(lines)
