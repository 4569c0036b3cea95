"""The output frames with points as text of exactly four decimals, ready to be written."""

import pandas as pd

from dalian_eval.rubric.numbers import four_decimals
from dalian_eval.scoring.ledger import POINT_COLUMNS


def with_decimals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every column of points as text with four decimals, blanks kept."""
    result = frame.copy()
    for name in POINT_COLUMNS.intersection(frame.columns):
        text = {v: four_decimals(int(v)) for v in frame[name].dropna().unique()}
        result[name] = frame[name].map(text)
    return result
