"""Awards: what a rule gives, one row per award, always with its reason and its evidence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.exact import points_text
from dalian_eval.scoring.facts import VIA

COLUMNS = ["candidate", "month", "points", "reason", "evidence"]
"""candidate: position in the candidates; month: yyyy-mm or empty; points: ten-thousandths;
reason: a Chinese sentence with its numbers; evidence: tuple of origins."""

EVIDENCE_LIMIT = 50
"""Origins listed per entry; the sentence always states how many there are in all."""


def awards(
    candidate: Sequence[int] | np.ndarray | pd.Series,
    month: Sequence[str] | pd.Series,
    points: Sequence[int] | np.ndarray | pd.Series,
    reason: Sequence[str] | pd.Series,
    evidence: Sequence[tuple[int, ...]] | pd.Series,
) -> pd.DataFrame:
    """Return a frame of awards from its columns."""
    return pd.DataFrame(
        {
            "candidate": np.asarray(candidate, dtype=np.int64),
            "month": pd.Series(list(month), dtype="str"),
            "points": np.asarray(points, dtype=np.int64),
            "reason": pd.Series(list(reason), dtype="str"),
            "evidence": pd.Series(list(evidence), dtype="object"),
        }
    )


def none() -> pd.DataFrame:
    """Return a frame without awards."""
    return awards([], [], [], [], [])


def evidence_of(rows: pd.DataFrame, by: list[str], groups: pd.DataFrame) -> list[tuple[int, ...]]:
    """Return, for each row of `groups` (columns `by`), the distinct origins of its facts, in order.

    At most `EVIDENCE_LIMIT` per group.
    """
    own = rows[[*by, ORIGIN]].rename(columns={ORIGIN: "evidence"})
    via = rows.loc[rows[VIA] >= 0, [*by, VIA]].rename(columns={VIA: "evidence"})
    both = pd.concat([own[own["evidence"] >= 0], via]).drop_duplicates()
    both = both.sort_values([*by, "evidence"])
    found = {
        key: tuple(origins.iloc[:EVIDENCE_LIMIT]) for key, origins in both.groupby(by)["evidence"]
    }
    return [found.get(key, ()) for key in groups[by].itertuples(index=False, name=None)]


def verb(points: int) -> str:
    """Return 得0.5分 or 扣0.5分."""
    return f"扣{points_text(-points)}分" if points < 0 else f"得{points_text(points)}分"


def verbs(points: pd.Series) -> pd.Series:
    """Return `verb` of every value, computed once per distinct value."""
    return points.map({p: verb(int(p)) for p in points.unique()}).astype("str")


def joined(parts: Sequence[pd.Series], separator: str = "") -> pd.Series:
    """Return text columns joined row by row."""
    result = parts[0].astype("str")
    for part in parts[1:]:
        result = result + separator + part.astype("str")
    return result


def shown(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return the named columns of each fact as text for its sentence; blanks say 空白."""
    if not columns:
        return pd.Series("", index=rows.index, dtype="str")
    return joined([_text(rows[column]) for column in columns], "，")


def _text(values: pd.Series) -> pd.Series:
    text: pd.Series
    if values.dtype.kind == "M":
        text = values.dt.strftime("%Y-%m-%d")
    elif values.dtype == object:
        text = values.map(lambda v: "、".join(v) if isinstance(v, tuple) else v)
    else:
        text = values
    blank = text.isna()
    result: pd.Series = text.astype("str").where(~blank, "空白").replace("", "空白")
    return result
