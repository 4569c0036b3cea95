"""The block `campaign:` of a parameter file: defaults, and what is refused with its line."""

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.campaign.rules import METRICS, CampaignRules
from dalian_eval.stages.parameters import load_params
from tests.campaign.frames import RUBRIC, RULES, day

HEAD = "year: 2024\nrubric: r.yaml\ndraw_seed: 种子\n"


def load(tmp_path, block):
    path = tmp_path / "2024.yaml"
    path.write_text(HEAD + block, encoding="utf-8")
    return load_params(path).campaign


def test_everything_has_a_default(tmp_path):
    made = load(tmp_path, "campaign: {}\n")
    assert made == CampaignRules()
    assert load(tmp_path, "") is None  # a plan without a campaign
    span = made.span(2024, RUBRIC.period)
    assert (span.start, span.end) == (day("2024-07-01"), day("2024-10-15"))
    assert set(made.weights) == set(METRICS)
    assert set(made.activities) == set(RULES.activities)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("campaign: {windows: 1}\n", "第4行：参数 campaign.windows：有不认识的键"),
        ("campaign:\n  team: 0\n", "第5行：参数 campaign.team"),
        (
            "campaign:\n  window:\n    start: 2024-08-01\n    end: 2024-07-01\n",
            "结束日期2024-07-01早于开始日期2024-08-01",
        ),
        (
            "campaign:\n  activities:\n    读书会: {every: week}\n",
            "活动类型『读书会』不认识，只能是业务学习、能力竞赛",
        ),
        (
            "campaign:\n  activities:\n    业务学习: {every: day}\n",
            "第6行：参数 campaign.activities.业务学习.every：取值『day』不在允许范围",
        ),
        ("campaign:\n  weights: {speed: 1}\n", "指标『speed』不认识"),
        ("campaign:\n  weights: {per_capita: 0}\n", "各项权重不能都是0"),
        ("campaign:\n  weights: {per_capita: 0.5}\n", "campaign.weights.per_capita"),
        ("campaign:\n  themes: {科技: []}\n", "主题『科技』须至少写一个"),
        ("campaign:\n  features: [电视]\n", "宣传类型『电视』不认识"),
        ("campaign:\n  merit: 0\n", "第5行：参数 campaign.merit"),
        (
            "campaign:\n  prereview:\n    questions: {文字: [无错字]}\n",
            "风险『文字』不认识，只能是证据、法律适用、处罚决定、程序",
        ),
        ("campaign:\n  prereview:\n    questions: {证据: [' ']}\n", "『证据』的审查要点不能为空"),
        ("campaign:\n  prereview: {case: []}\n", "第5行：参数 campaign.prereview"),
        (
            "campaign:\n  roster: {contestants: 10, decisions: [{as_of: 2024-08-15}]}\n",
            "第5行：参数 campaign.roster：decisions 不再写在参数里：请删去，改在『登记』表中登记"
            "（事项填“并列定序”）",
        ),
        (
            "campaign:\n  prereview: {cases: [甲〔2024〕1号]}\n",
            "第5行：参数 campaign.prereview：cases 不再写在参数里：请删去，改在『登记』表中登记"
            "（事项填“预审案卷”）",
        ),
        (
            "campaign:\n  calendar:\n    - id: a\n      stated: {on: 2024-06-18, proof: 回执}\n",
            "第6行：参数 campaign.calendar.0：stated 不再写在参数里：请删去，改在『登记』表中登记"
            "（事项填“时间节点”）",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, block, said):
    with pytest.raises(UsageError) as caught:
        load(tmp_path, block)
    assert said in str(caught.value)


def test_empty_keys_of_earlier_years_are_left_out(tmp_path):
    block = "campaign:\n  roster: {contestants: 8, decisions: []}\n  prereview: {cases: }\n"
    made = load(tmp_path, block)
    assert made == CampaignRules(roster={"contestants": 8})
    assert "decisions" not in str(made.model_dump())


def test_a_bureau_may_leave_an_activity_out(tmp_path):
    made = load(tmp_path, "campaign:\n  activities:\n    业务学习: {every: week, late_days: 0}\n")
    assert list(made.activities) == ["业务学习"]
