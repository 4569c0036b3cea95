"""Days and months in sentences."""

import datetime as dt

import pytest

from dalian_eval.base.day_words import day_words, event_words, month_words, span_words


def test_the_year_of_the_evaluation_is_left_out_and_no_other():
    assert day_words(dt.date(2024, 5, 16), 2024) == "5月16日"
    assert day_words(dt.date(2023, 12, 7), 2024) == "2023年12月7日"
    assert day_words(dt.date(2024, 5, 16)) == "2024年5月16日"
    assert month_words("2024-02", 2024) == "2月"
    assert month_words("2023-11", 2024) == month_words("2023-11") == "2023年11月"


def test_a_span_over_two_years_names_both():
    start, end = dt.date(2024, 7, 1), dt.date(2024, 10, 15)
    assert span_words(start, end, 2024) == "7月1日至10月15日"
    assert span_words(dt.date(2023, 11, 1), end, 2024) == "2023年11月1日至2024年10月15日"
    assert span_words(start, end) == "2024年7月1日至2024年10月15日"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("决定日期", "5月16日决定"),
        ("反馈期限", "5月16日到期"),
        ("检查时间", "5月16日检查"),
        ("日期", "日期5月16日"),
        ("到岗", "到岗5月16日"),
    ],
)
def test_a_day_says_what_happened(name, told):
    assert event_words(name, "5月16日") == told
