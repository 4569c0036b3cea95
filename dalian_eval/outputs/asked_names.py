"""What users ask of a record by name: a candidate, an item or clause; misspelt, the nearest ones.

Nothing large is imported: a wrong name is told at once.
"""

import csv
import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.defences import read_whole
from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.outputs.words import KINDS
from dalian_eval.rubric.model import Section


@dataclass(frozen=True)
class Candidate:
    """A candidate of a record: unit or officer, code and name."""

    kind: str
    code: str
    name: str


def read_candidates(folder: Path) -> list[Candidate]:
    """Return the candidates of scores.csv in a run folder; none when it cannot be read."""
    try:
        text = read_whole(folder / OUTPUTS["scores"].file).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [Candidate(row["kind"], row["candidate"], row["name"]) for row in rows]
    except (OSError, ValueError, KeyError, csv.Error):
        return []


def candidate_of(known: Sequence[Candidate], text: str) -> Candidate:
    """Return the candidate with that code, or with that name if only one has it.

    UsageError that lists those of that name, or the nearest ones, otherwise.
    """
    for found in ([c for c in known if c.code == text], [c for c in known if c.name == text]):
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"『{text}』有{len(found)}个候选对象：{_named(found)}。请用代码指明")
    words = [*(c.code for c in known), *(c.name for c in known)]
    near = difflib.get_close_matches(text, words, n=3, cutoff=0.5)
    meant = [c for c in known if c.code in near or c.name in near]
    cure = f"是不是 {_named(meant)}？" if meant else ""
    raise UsageError(
        f"本次评价没有候选对象『{text}』。{cure}"
        "请写单位编码、执法证号或名称，全部候选对象见该记录的 scores.csv"
    )


def check_clause(section: Section, clause: str) -> None:
    """UsageError, naming the nearest ones, when a section has no such item or clause."""
    nodes = section.nodes
    if clause in nodes:
        return
    word = clause.lower()
    near = [n for n, node in nodes.items() if word in n or clause in node.title][:3]
    near = near or difflib.get_close_matches(word, nodes, n=3, cutoff=0.4)
    listed = "、".join(f"{name}（{nodes[name].title}）" for name in near)
    top = "、".join(section.children(section.kind))
    cure = f"相近的有：{listed}" if near else f"各项为：{top}"
    raise UsageError(f"{KINDS[section.kind]}细则没有条款『{clause}』。{cure}")


def _named(candidates: Sequence[Candidate]) -> str:
    return "、".join(f"{c.name}（{KINDS[c.kind]} {c.code}）" for c in candidates)
