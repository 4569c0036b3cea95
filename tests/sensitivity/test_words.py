"""What a certificate says to somebody who reads no table."""

import pytest

from dalian_eval.report.certificates.certificate_view import rank_sentence, short_standing
from dalian_eval.rubric_file.load import load_rubric
from tests.sensitivity.counties import FILE

RUBRIC = load_rubric(FILE)
LINEAR = "「传输率每增加1%的计算：按比例连续计算」"
ONCE = "「逾期未反馈的扣分：合计只扣1分」"
LITIGATION = RUBRIC.readings["litigation_date"]
ROW = {
    "rank": "5",
    "rank_best": "4",
    "rank_worst": "6",
    "best_with": "transmission_step=linear",
    "worst_with": "late_feedback=once",
    "vetoed": "否",
    "certain": "否",
    "decided_by": "transmission_step",
    "exact": "确切",
}

SAID = {
    "both ways": (
        {},
        f"第5名；任何口径下都在第4至第6名之间；改用{LINEAR}时升为第4名；改用{ONCE}时降为第6名",
        "第4至6名，取决于『传输率每增加1%的计算』",
    ),
    "only down": (
        {"rank_best": "5", "best_with": ""},
        f"第5名；任何口径下都在第5至第6名之间；改用{ONCE}时降为第6名",
        "第5至6名，取决于『传输率每增加1%的计算』",
    ),
    "by several together": (
        {"rank_worst": "5", "worst_with": "", "decided_by": ""},
        f"第5名；任何口径下都在第4至第5名之间；改用{LINEAR}时升为第4名",
        "第4至5名，单独改用一条口径不变",
    ),
    "several alone": (
        {"decided_by": "transmission_step late_feedback no_leads"},
        f"第5名；任何口径下都在第4至第6名之间；改用{LINEAR}时升为第4名；改用{ONCE}时降为第6名；"
        "单独改用就变动名次的口径：『传输率每增加1%的计算』、『逾期未反馈的扣分』、"
        "『上级无线索推送时的处理』",
        "第4至6名，取决于『传输率每增加1%的计算』、『逾期未反馈的扣分』等3条口径",
    ),
    "certain": (
        {"certain": "是", "rank_best": "5", "rank_worst": "5", "decided_by": ""},
        "第5名，名次确定：任何口径下都不变",
        "名次确定",
    ),
    "out now": (
        {
            "rank": "",
            "vetoed": "视口径",
            "rank_best": "3",
            "rank_worst": "3",
            "best_with": "litigation_date=outcome",
            "worst_with": "litigation_date=outcome",
            "decided_by": "litigation_date",
        },
        "按本次口径不参加排名；参加排名时都是第3名；是否否决视口径而定；"
        f"改用「{LITIGATION.title}：{LITIGATION.options['outcome']}」时参加排名，为第3名",
        f"第3名或否决，取决于『{LITIGATION.title}』",
    ),
    "always out": ({"vetoed": "是"}, "任何口径下都不参加排名（否决）", "否决"),
    "bounds": (
        {"exact": "界", "best_with": "", "worst_with": ""},
        "第5名；任何口径下都在第4至第6名之间（已证明的界，实际可能更窄）",
        "第4至6名，取决于『传输率每增加1%的计算』",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_rank_is_told(name):
    changes, sentence, short = SAID[name]
    row = ROW | changes
    assert rank_sentence(RUBRIC, row) == sentence
    assert short_standing(RUBRIC, row) == short
