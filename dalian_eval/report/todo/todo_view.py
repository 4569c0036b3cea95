"""The moves of a run as they stand in todo.csv."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from dalian_eval.intake.base.reasons import Reason
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.report.base.points import plain
from dalian_eval.report.views.run_view import RunView

FILE = "todo.csv"
"""Its name in the run folder."""

BEST = 5
"""So many moves stand at the top of a statement."""

OTHERS = "上级"


@dataclass(frozen=True)
class TodoRow:
    """A row of todo.csv; `gain`, `total`: ten-thousandths; `facts`: its JSON as written."""

    kind: str
    candidate: str
    clause: str
    whose: str
    number: int
    by: str
    gain: int
    total: int
    rank: str
    effort: int
    sentence: str
    rows: str
    facts: str

    @property
    def day(self) -> str:
        """The last day on which it counts, as 8月31日."""
        return f"{int(self.by[5:7])}月{int(self.by[8:10])}日"

    @property
    def outcome(self) -> str:
        """What it leads to, all others as they are."""
        rank = f"，第{self.rank}名" if self.rank else ""
        return f"总分{plain(self.total)}分{rank}"


@dataclass(frozen=True)
class Todo:
    """The moves of every candidate, best first; per unit, how many of its rows are quarantined."""

    rows: Mapping[tuple[str, str], tuple[TodoRow, ...]]
    quarantined: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str, candidate: str) -> tuple[TodoRow, ...]:
        """Return the moves of a candidate, best first."""
        return self.rows.get((kind, candidate), ())

    def best(self, kind: str, candidate: str) -> tuple[TodoRow, ...]:
        """Return the best that the candidate can do, without what others decide."""
        own = (row for row in self.of(kind, candidate) if row.whose != OTHERS)
        return tuple(own)[:BEST]

    def decided_by_others(self, kind: str, candidate: str) -> tuple[TodoRow, ...]:
        """Return what others decide, the most points first."""
        others = [row for row in self.of(kind, candidate) if row.whose == OTHERS]
        return tuple(sorted(others, key=lambda row: -row.gain)[:BEST])


def load_todo(folder: Path) -> Todo | None:
    """Return the moves of a run folder; None where an earlier version wrote none."""
    if not (folder / FILE).is_file():
        return None
    found: dict[tuple[str, str], list[TodoRow]] = {}
    for row in read_table("todo", folder).to_dict("records"):
        made = TodoRow(
            str(row["kind"]),
            str(row["candidate"]),
            str(row["clause"]),
            str(row["whose"]),
            int(row["number"]),
            str(row["by"]),
            int(row["gain"]),
            int(row["total_after"]),
            "" if pd.isna(row["rank_after"]) else str(row["rank_after"]),
            int(row["effort"]),
            str(row["sentence"]),
            str(row["rows"]),
            str(row["facts"]),
        )
        found.setdefault((made.kind, made.candidate), []).append(made)
    bad = read_table("quarantine_cells", folder)
    bad = bad[bad["code"] != Reason.WITHDRAWN.code].drop_duplicates(["file", "sheet", "row"])
    counts = {str(unit): int(n) for unit, n in bad["unit"].value_counts().items()}
    return Todo({who: tuple(rows) for who, rows in found.items()}, counts)


def told_first(view: RunView, kind: str, candidate: str) -> list[str]:
    """Return what no move changes: a veto, a void, what is pending."""
    score = view.score_of(kind, candidate)
    lines = []
    if score["vetoed"]:
        lines.append("已被否决，不参加排名：下面不列可做的事，先看否决的依据。")
    if score["status"] == "deferred":
        lines.append("有审理中的案件或核查中的事项：结果以生效文书、查实结论为准。")
    if view.as_of >= view.rubric.period.end.isoformat():
        lines.append("评审期已满：只剩核对更正、说明和补报，不再列新做的事。")
    nodes = view.section(kind).nodes
    for clause, status in view.cells_of("clauses", kind, candidate, "clause", "status"):
        if status == "void" and clause in view.section(kind).items:
            lines.append(f"『{nodes[clause].title}』一票归零：其中的事再做也不得分。")
    return lines
