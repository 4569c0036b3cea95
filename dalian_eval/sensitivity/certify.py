"""From a score to the certificates of both sections, and to the tables of the record."""

from pathlib import Path

import numpy as np
import pandas as pd

from dalian_eval.base.errors import DifferenceError
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric_file.variants import Variants
from dalian_eval.scoring.ledger import ranks_of_totals
from dalian_eval.scoring.score import Score, SectionScore
from dalian_eval.sensitivity.certificates import (
    Candidates,
    Certificate,
    certify_section,
    cuts_frame,
    pairs_frame,
    readings_frame,
    sensitivity_frame,
)
from dalian_eval.sensitivity.leaves import Leaves
from dalian_eval.sensitivity.parts import parts
from dalian_eval.sensitivity.space import space_of


def certify(
    scored: Score, rubric_file: Path, own: Rubric, seed: str, most_cells: int
) -> list[Certificate]:
    """Certify officers and units; `own`: the rubric of `rubric_file` that `scored` was made under.

    `seed`: of the case draw; `most_cells`: see `certificates.certified`. DifferenceError when what
    is put together from the leaves is not the score.
    """
    variants = Variants(rubric_file, own)
    return [
        _section(scored, kind_section, variants, seed, most_cells)
        for kind_section in (scored.section(kind) for kind in scored.kinds)
    ]


def _section(
    scored: Score, section: SectionScore, variants: Variants, seed: str, most_cells: int
) -> Certificate:
    kind = section.section.kind
    leaves = Leaves(scored, kind, variants, seed)
    decided = section.decisions.points(kind)
    own = variants.own.section(kind)
    readings = touching(variants.own, kind)
    options = {r: variants.options[r] for r in readings}
    space = space_of(own, parts(leaves), decided, options)
    who = Candidates(
        tuple(map(str, section.candidates.ids)),
        section.candidates.names,
        section.low.points[kind],
        section.high.points[kind],
    )
    made = certify_section(space, who, most_cells)
    _compare(made, section)
    return made


def touching(rubric: Rubric, kind: Kind) -> tuple[str, ...]:
    """Return the readings that touch any node of a section, in rubric order."""
    named = {
        r for n, readings in rubric.touching.items() if n.split(".")[0] == kind for r in readings
    }
    return tuple(r for r in rubric.readings if r in named)


def _compare(made: Certificate, section: SectionScore) -> None:
    """End the run when the decomposition does not give back the run's own totals and ranks."""
    kind = section.section.kind
    total = section.low.points[kind]
    ranks = ranks_of_totals(total, section.vetoed).fillna(0).to_numpy(dtype=np.int64)
    wrong = np.flatnonzero((made.totals != total) | (made.ranks != ranks))
    if len(wrong):
        ids = "、".join(made.candidates.ids[i] for i in wrong[:5])
        raise DifferenceError(
            f"口径核算与台账不一致（{ids} 等{len(wrong)}个候选对象）：这是程序的错误，"
            "本次运行已停止，请把输入和本条信息交给程序维护人员"
        )


def certificate_frames(made: list[Certificate]) -> dict[str, pd.DataFrame]:
    """Return the tables by the name of their file; totals in ten-thousandths."""
    tables = {
        "sensitivity": sensitivity_frame,
        "cuts": cuts_frame,
        "pairs": pairs_frame,
        "readings": readings_frame,
    }
    return {
        name: pd.concat([*map(frame, made)], ignore_index=True) for name, frame in tables.items()
    }
