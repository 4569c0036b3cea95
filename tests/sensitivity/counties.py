"""Random counties under any combination of readings, scored in full: what everything is held to."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.rubric_file.variants import Variants
from dalian_eval.scoring.ledger import ranks_of_totals
from dalian_eval.scoring.score import Score, score
from dalian_eval.sensitivity.certificates import Certificate
from dalian_eval.sensitivity.certify import certify
from tests.independent.county import P_END
from tests.properties.bureau import Bureau
from tests.properties.road import PARAMS, Canonical, County, canonical, clean, county, write

FILE = PARAMS / "rubrics" / "2024.yaml"
SEED = "draw"


@dataclass(frozen=True)
class Full:
    """Totals, ranks (0: vetoed) and who is vetoed, by candidate."""

    totals: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.int64]
    vetoed: npt.NDArray[np.bool_]


@cache
def tables(seed: int, width: int = 2) -> Canonical:
    return read(county(seed, width=width))


def late_loss(seed: int) -> Canonical:
    """A random county in which an officer's case of 2022 was lost in 2024.

    Whether that vetoes her depends on which day `litigation_date` counts.
    """
    bureau = Bureau(county(seed, width=1))
    for code in "手足":  # eight units
        bureau.people(code)
    case = bureau.case("手", 3, 决定日期="2022-06-01")
    lost = {"程序": "行政诉讼", "结果": "败诉", "状态": "生效"}
    bureau.enter("诉讼复议", 案件编号=case, 生效日期="2024-03-01", **lost)
    return read(bureau.tables)


def read(sheets: County) -> Canonical:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "clean"
        write(sheets, raw)
        clean(raw, out)
        return canonical(out, P_END)


@cache
def variants(file: Path) -> Variants:
    return Variants(file, load_rubric(file))


def scored(data: Canonical, rubric: Rubric) -> Score:
    args = (data.tables, data.supplied, data.metrics, data.records)
    return score(*args, rubric, data.as_of, SEED)


def certificates(
    data: Canonical,
    file: Path = FILE,
    readings: Mapping[str, str] | None = None,
    most_cells: int = 10**9,
) -> dict[str, Certificate]:
    rubric = load_rubric(file, readings)
    made = certify(scored(data, rubric), file, rubric, SEED, most_cells)
    return {one.space.kind: one for one in made}


def in_full(data: Canonical, file: Path, readings: Mapping[str, str]) -> dict[str, Full]:
    """Score everything anew under `readings`, as a run with --reading does."""
    result = scored(data, variants(file).under(readings))
    full = {}
    for kind in ("officer", "unit"):
        section = result.section(kind)
        totals = section.low.points[kind]
        ranks = ranks_of_totals(totals, section.vetoed).fillna(0).to_numpy(dtype=np.int64)
        full[kind] = Full(totals, ranks, section.vetoed)
    return full
