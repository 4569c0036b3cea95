"""Facts of the peers, from the same canonical frames: what both sides of the comparison must join.

Written apart from the package, so that equal totals mean something. The program's draw and the
choice between indicators are not repeated here (see README.md).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from columns import AS_OF, START
from nation import Inputs

FIRST, LAST = pd.Timestamp(START), pd.Timestamp(AS_OF)
KEY_FIELDS = ("第三方弄虚作假", "危险废物", "自动监测", "举报奖励")
NEW_EQUIPMENT = (
    "无人机",
    "无人船",
    "FID",
    "PID",
    "红外热成像",
    "探地雷达",
    "走航车",
    "管道机器人",
    "管道快速检测",
    "遥感监测",
)
PROVINCIAL_OR_ABOVE = ("国家", "省委省政府", "省级部门")
MUNICIPAL = ("市委市政府", "市级部门")
SUPPORTING = ("查封扣押", "限产停产", "按日连续处罚", "移送")
INDISCIPLINE = ("不服从指挥", "不守组织纪律")
DISQUALIFYING = ("廉政纪律", "主要负责人廉政", "严重弄虚作假")
REVIEW_RANK = {"部": 0, "省": 1, "市": 2, "县": 3}


def in_period(dates: pd.Series) -> pd.Series:
    """Return whether each date lies in the evaluation period."""
    return dates.between(FIRST, LAST)


@dataclass(frozen=True)
class Casework:
    """`cases`: with `decided` and `found` (its inspection record is in the system);
    `main_case`, `main_officer`: main handlers, case by position in `cases`, officer by number."""

    cases: pd.DataFrame
    index: pd.Index
    main_case: np.ndarray
    main_officer: pd.Series


def casework(inputs: Inputs) -> Casework:
    """Return the cases and their main handlers."""
    cases, handlers = inputs.tables["cases"], inputs.tables["case_handlers"]
    transferred = (cases["kind"] == "移送") & cases["decided_on"].isna()
    cases = cases.assign(
        decided=cases["decided_on"].mask(transferred, cases["transferred_on"]),
        found=cases["record_id"].isin(inputs.found["record_id"]),
    )
    main = handlers[handlers["inspector"] & handlers["interviewer"] & handlers["approver"]]
    index = pd.Index(cases["case_id"])
    return Casework(cases, index, index.get_indexer(main["case_id"]), main["officer_id"])


def drawn_files(inputs: Inputs, work: Casework) -> pd.DataFrame:
    """Return officers' drawn files: officer_id, case (position), category, score, fatal, found.

    The score is that of the review that counts, in ten-thousandths, 0 for a zero or fatal file,
    and 0 while there is no review.
    """
    reviews = inputs.tables["case_reviews"]
    reviews = reviews[reviews["reviewed_on"] <= LAST]
    reviews = reviews.assign(rank=reviews["level"].map(REVIEW_RANK))
    reviews = reviews.sort_values(["rank", "reviewed_on"], ascending=[True, False])
    reviews = reviews.drop_duplicates("case_id")
    draws = inputs.tables["case_draws"]
    draws = draws[(draws["subject_kind"] == "个人") & (draws["drawn_on"] <= LAST)]
    review = pd.Index(reviews["case_id"]).get_indexer(draws["case_id"])
    fatal = reviews["fatal"].map(len).to_numpy() > 0
    score = np.where(reviews["zero"].to_numpy(bool) | fatal, 0, tenthousandths(reviews["score"]))
    case = work.index.get_indexer(draws["case_id"])
    return pd.DataFrame(
        {
            "officer_id": draws["subject"].to_numpy(),
            "case": case,
            "category": draws["category"].to_numpy(),
            "score": np.where(review >= 0, score[review], 0),
            "fatal": (review >= 0) & fatal[review],
            "found": work.cases["found"].to_numpy()[case],
        }
    )


def tenthousandths(values: pd.Series) -> np.ndarray:
    """Return Decimals of at most four decimals as integers of 0.0001; blanks are 0."""
    return np.fromiter((0 if v is None else int(v * 10_000) for v in values), np.int64, len(values))


def of_officers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows about officers."""
    return frame[frame["subject_kind"] == "个人"]


def typical_levels(inputs: Inputs, work: Casework) -> tuple[np.ndarray, np.ndarray]:
    """Return the case and whether the ministry published it, of each case published above city."""
    rows = inputs.tables["typical_cases"]
    rows = rows[in_period(rows["published_on"]) & rows["level"].isin(["部", "省"])]
    rows = rows.sort_values("level", key=lambda v: v.map(REVIEW_RANK)).drop_duplicates("case_id")
    return work.index.get_indexer(rows["case_id"]), (rows["level"] == "部").to_numpy()


def lost_cases(inputs: Inputs, work: Casework) -> np.ndarray:
    """Return the penalty cases of 2023–2024 that were lost or revoked, in force."""
    rows = inputs.tables["litigation"]
    rows = rows[
        rows["outcome"].isin(["败诉", "撤销"])
        & (rows["state"] == "生效")
        & (rows["effective_on"] <= LAST)
    ]
    case = work.index.get_indexer(rows["case_id"])
    kind, decided = work.cases["kind"].to_numpy(), work.cases["decided"].dt.year.to_numpy()
    return case[(kind[case] == "一般处罚") & np.isin(decided[case], [2023, 2024])]
