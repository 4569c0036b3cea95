"""Lists of origins as text, in columns: the evidence of a whole CSV at once."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.schema.origins import (
    MOST_PARTS,
    MOST_ROWS,
    NUMBER_BITS,
    ROW_BITS,
    Source,
    origin,
    origin_text,
)

_AT_ONCE = 50_000
"""Lists whose texts are made at once."""


def origin_texts(lists: pd.Series, sources: Mapping[int, Source]) -> list[str]:
    """Return lists of origins as text, one blank between two (see `origin_text`)."""
    found: list[str] = []
    for begin in range(0, len(lists), _AT_ONCE):
        found += _joined_texts(lists.iloc[begin : begin + _AT_ONCE], sources)
    return found


def _joined_texts(lists: pd.Series, sources: Mapping[int, Source]) -> list[str]:
    kind = pa.list_(pa.int64())
    arrow = isinstance(lists.dtype, pd.ArrowDtype)
    given = pa.array(lists) if arrow else pa.array(lists.tolist(), kind)
    given = given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given
    given = given.cast(kind)
    origins = given.flatten().to_numpy()
    begins, which = np.unique(origins >> ROW_BITS, return_inverse=True)
    heads = pa.array(
        [origin_text(origin(int(n), 0), sources).removesuffix("0") for n in begins], pa.string()
    )
    parts = origins >> NUMBER_BITS & (MOST_PARTS - 1)
    tails = pc.cast(pa.array(origins & MOST_ROWS), pa.string())
    if parts.any():
        dotted = pc.binary_join_element_wise(tails, pc.cast(pa.array(parts), pa.string()), ".")
        tails = pc.if_else(pa.array(parts > 0), dotted, tails)
    texts = pc.binary_join_element_wise(heads.take(pa.array(which)), tails, "")
    ends = np.concatenate([[0], np.cumsum(pc.list_value_length(given).fill_null(0).to_numpy())])
    together = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), texts)
    told: list[str] = pc.binary_join(together, " ").to_pylist()
    return told
