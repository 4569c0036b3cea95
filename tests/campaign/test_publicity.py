"""宣传: the weekly leads, the column's target, features on themes."""

import pytest

from dalian_eval.campaign.activities import AHEAD, DONE, MISSING, NOT_OWED, NOT_SUPPLIED, OUTSIDE
from dalian_eval.campaign.periods import Season
from dalian_eval.campaign.publicity import COUNTED, THEME, publicity
from dalian_eval.campaign.rules import BRIEFING, COLUMN, LEAD, REPORT, Span
from tests.campaign.frames import RUBRIC, RULES, day, frame, units

SPAN = Span(start=day("2024-07-01"), end=day("2024-07-14"))
RULES_ONE = RULES.model_copy(update={"themes": {"科技执法": ("无人机", "走航")}})


def item(number, kind, when, unit="A", title="", adopted=True):
    return {"item_id": str(number), "kind": kind, "unit_id": unit, "date": day(when)} | {
        "title": title,
        "adopted": adopted,
    }


def told(rows, as_of="2024-10-31", cases=()):
    tables = {"units": units(), "typical_cases": frame("typical_cases", cases)}
    if rows is not None:
        tables["publicity"] = frame("publicity", rows)
    return publicity(tables, Season(RULES_ONE, SPAN, day(as_of)), RUBRIC.period)


def one(frame, kind):
    (line,) = frame[frame["kind"] == kind].to_dict("records")
    return line


def test_a_lead_serves_its_own_week_only():
    made = told([item(1, LEAD, "2024-07-08"), item(2, LEAD, "2024-07-09", "K")])
    leads = made[(made["kind"] == LEAD) & (made["period"] != "")]
    columns = (leads["unit"], leads["period"], leads["status"])
    states = {(u, p): s for u, p, s in zip(*columns, strict=True)}
    assert states == {
        ("A", "2024-W27"): MISSING,
        ("A", "2024-W28"): DONE,
        ("B", "2024-W27"): MISSING,
        ("B", "2024-W28"): MISSING,
    }
    assert one(made[made["status"] == OUTSIDE], LEAD)["evidence"] == [2]


@pytest.mark.parametrize(("accepted", "status"), [(2, MISSING), (3, DONE), (4, DONE)])
def test_the_column_against_its_target(accepted, status):
    rows = [item(n, COLUMN, "2024-05-06") for n in range(accepted)]
    rows.append(item(9, COLUMN, "2024-05-06", adopted=False))
    line = one(told(rows), COLUMN)
    assert (line["status"], line["count"]) == (status, accepted)
    assert f"投稿{accepted + 1}篇，采用{accepted}篇，要求不少于3篇" in line["reason"]
    early = one(told(rows, as_of="2024-07-13"), COLUMN)
    assert early["status"] == (DONE if status == DONE else AHEAD)


def test_only_the_evaluation_period_counts():
    rows = [item(n, COLUMN, d) for n, d in enumerate(("2023-10-31", "2023-11-01", "2024-11-01"))]
    assert one(told(rows), COLUMN)["count"] == 1


def test_briefings_and_reports_are_counted():
    made = told([item(1, BRIEFING, "2024-03-01", adopted=False), item(2, REPORT, "2024-03-01")])
    assert one(made, BRIEFING)["reason"] == "报送简报1篇，采用0篇"
    assert (one(made, REPORT)["status"], one(made, REPORT)["count"]) == (COUNTED, 1)


def test_a_theme_needs_a_feature_whose_title_names_it():
    cases = [
        {"case_id": "x", "unit_id": "A", "level": level, "categories": ["无人机执法"]}
        | {"published_on": day("2024-05-01")}
        for level in ("省", "部")
    ]
    rows = [item(1, LEAD, "2024-07-02", title="无人机"), item(2, REPORT, "2024-07-02", title="夜")]
    line = one(told(rows, cases=cases), THEME)
    assert (line["status"], line["name"]) == (MISSING, "科技执法")
    assert "已发布的这类典型案例有1件" in line["reason"]
    rows.append(item(3, BRIEFING, "2024-07-02", title="走航监测见闻"))
    assert one(told(rows), THEME)["evidence"] == [3]
    assert one(told(rows[:2], as_of="2024-07-13"), THEME)["status"] == AHEAD


def test_a_missing_table_is_not_supplied_and_an_empty_one_is_missing():
    assert set(told(None)["status"]) <= {NOT_SUPPLIED, NOT_OWED}
    assert set(told([])["status"]) == {MISSING, COUNTED}
