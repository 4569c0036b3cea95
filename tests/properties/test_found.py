"""Defects that the properties found, each as the smallest county that shows it."""

import datetime as dt

from tests.properties.bureau import Bureau
from tests.properties.road import walk


def test_an_entry_reads_the_same_whatever_the_order_of_its_rows():
    b = Bureau()
    b.people("甲")
    b.case("甲", 1, 决定日期="2024-03-01", 领域="危险废物", 装备="")
    b.case("甲", 2, 决定日期="2024-06-01", 领域="危险废物", 装备="")
    forward = walk(b.tables)
    b.tables["案件"].reverse()
    assert sorted(walk(b.tables).entries) == sorted(forward.entries)


def test_reviews_without_cases_can_be_scored():
    b = Bureau()
    b.people("甲")
    b.review("甲〔2024〕1号", "省", "90")
    del b.tables["案件"]
    assert walk(b.tables).scores


def test_the_range_holds_what_a_review_still_to_come_gives():
    """A fatal file leaves 案件办理 at 0, so the case serves 装备; the second file changes that."""

    def score_of(*later: str) -> dict:
        b = Bureau()
        b.people("甲")
        case = {"检查记录编号": "", "装备": "无人机", "领域": "危险废物"}
        b.case("甲", 1, **case)
        for number, kind in ((2, "一般处罚"), (3, "查封扣押")):
            b.drawn("个人", "甲", b.case("甲", number, 案件类型=kind, 装备="", 领域=""))
        b.review("甲〔2024〕2号", "省", "80", 致命问题="①")
        for score in later:
            b.review("甲〔2024〕3号", "省", score)
        return walk(b.tables).scores["officer", "甲"]

    assert score_of("100")["total"] <= score_of()["total_high"]


def test_a_pending_lawsuit_about_a_case_decided_after_as_of_defers_nobody():
    b = Bureau()
    b.people("甲")
    before = walk(b.tables, dt.date(2024, 3, 31)).scores
    b.enter(
        "诉讼复议", 案件编号=b.case("甲", 1, 决定日期="2024-06-01"), 程序="行政诉讼", 状态="审理中"
    )
    assert walk(b.tables, dt.date(2024, 3, 31)).scores == before


def test_a_sentence_counts_no_row_dated_after_as_of():
    b = Bureau()
    b.people("甲")
    before = walk(b.tables, dt.date(2024, 3, 31)).entries
    b.enter(
        "荣誉", 编号="1", 对象类型="个人", 对象="甲", 类别="荣誉", 级别="国家", 日期="2024-06-01"
    )
    assert walk(b.tables, dt.date(2024, 3, 31)).entries == before


def test_a_sentence_tells_no_feedback_given_after_as_of():
    def entries(feedback: str) -> list:
        b = Bureau()
        b.people("甲")
        days = {"推送日期": "2024-03-01", "反馈期限": "2024-03-10", "反馈日期": feedback}
        b.enter("上级线索", 线索编号="1", 单位编码="甲", 查办结果="未查办", **days)
        plain = walk(b.tables, dt.date(2024, 3, 31)).entries
        return [e._replace(evidence=()) for e in plain]

    assert entries("2024-06-01") == entries("")
