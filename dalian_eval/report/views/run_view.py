"""A run as its record holds it: the CSV files of a run folder as typed frames.

Whatever the report shows comes from here, so a page can be made again from the folder alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import read_json
from dalian_eval.report.base.file_names import MOST_STATEMENTS, members_link, statement_link
from dalian_eval.report.base.points import from_text
from dalian_eval.report.views.peers import Peers, compare
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.sentences import rule_sentences
from dalian_eval.scoring.awards import GAVE, NOTHING, OUT, SETTLED, WAITING
from dalian_eval.scoring.ledger import POINT_COLUMNS
from dalian_eval.scoring.settle import SETTLEMENT, VOID

_INTEGERS = frozenset(
    {"rank", "numerator", "denominator", "eligible", "rows_read", "accepted", "merged"}
    | {"superseded", "quarantined", "row", "kept_row", "count", "header_row", "id"}
)
_FLAGS = frozenset({"vetoed", "passed", "serves", "next_serves"})
_FRAMES = {
    "scores": "kind candidate name unit base bonus total total_low total_high rank vetoed status",
    "clauses": "kind candidate clause status awarded points max rule_text",
    "ledger": "entry kind candidate clause month points rule reason evidence outcome cause",
    "monthly": "kind candidate month metric numerator denominator value passed",
    "draw": "kind candidate slot case source eligible reason",
    "draw_eligible": "kind candidate slot case",
    "assignments": "kind candidate case indicator serves next_serves"
    " points next_points total next_total",
    "outlook": "kind candidate clause earned attainable lost reason",
    "decisions": "kind candidate decision type clause points reason decided_by decided_on"
    " document appeal evidence",
    "quarantine": "",
    "merges": "",
    "supersessions": "",
    "sources": "table",
    "sheets": "file status",
}
"""The CSV files of a record and the columns without which it cannot be shown."""

_NEWER_COLUMNS = frozenset({"outcome", "cause", "rule_text"})
"""Columns that records of earlier versions do not have: `load_view` fills them (`_completed`)."""

_NEWER = frozenset({"decisions"})
"""Files that records of earlier versions do not have: they are as good as empty."""


@dataclass(frozen=True)
class RunView:
    """One run: the frames of its CSV files, what validation found, what the run says of itself.

    Points are ten-thousandths (int64; `max` and the `next_` of assignments are nullable), counts
    integers, `vetoed`, `passed`, `serves` booleans, `rank` nullable, everything else text;
    `evidence` is text of origins `table:file#sheet!row` separated by blanks. `validation` is
    validation.json, `meta` run.json.
    """

    rubric: Rubric
    meta: Mapping[str, Any]
    scores: pd.DataFrame
    clauses: pd.DataFrame
    ledger: pd.DataFrame
    monthly: pd.DataFrame
    draw: pd.DataFrame
    draw_eligible: pd.DataFrame
    assignments: pd.DataFrame
    outlook: pd.DataFrame
    decisions: pd.DataFrame
    quarantine: pd.DataFrame
    merges: pd.DataFrame
    supersessions: pd.DataFrame
    sources: pd.DataFrame
    sheets: pd.DataFrame
    validation: Mapping[str, Any]

    @property
    def as_of(self) -> str:
        """The evaluation day, yyyy-mm-dd."""
        return str(self.meta["as_of"])

    @property
    def run_id(self) -> str:
        """The run's id."""
        return str(self.meta["run_id"])

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the evaluation period up to as-of."""
        return tuple(m for m in self.rubric.period.months if m <= self.as_of[:7])

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """The outcomes of validation: table, check, title, severity, success and so on."""
        return list(self.validation["outcomes"])

    @property
    def supplied(self) -> frozenset[str]:
        """Canonical tables that somebody handed in."""
        return frozenset(self.sources["table"])

    def section(self, kind: str) -> Section:
        """Return the rubric's section of that kind of candidate."""
        return self.rubric.section(cast(Kind, kind))

    def candidates(self, kind: str) -> pd.DataFrame:
        """Return the scores of one kind: by rank, the vetoed last, then by code."""
        rows = self.scores[self.scores["kind"] == kind]
        order = rows.assign(_last=rows["rank"].isna(), _down=-rows["total"])
        order = order.sort_values(["_last", "rank", "_down", "candidate"], ignore_index=True)
        return order.drop(columns=["_last", "_down"])

    def score_of(self, kind: str, candidate: str) -> dict[str, Any]:
        """Return a candidate's row of scores.csv; UsageError when there is none."""
        rows = self.scores[(self.scores["kind"] == kind) & (self.scores["candidate"] == candidate)]
        if rows.empty:
            raise UsageError(f"本次评价没有候选对象『{candidate}』，请核对代码")
        return {str(k): v for k, v in rows.iloc[0].items()}

    def rows_of(self, frame: str, kind: str, candidate: str) -> pd.DataFrame:
        """Return a candidate's rows of the frame called `frame`, in order."""
        data: pd.DataFrame = getattr(self, frame)
        where = self._places(frame).get((kind, candidate))
        return data.iloc[[] if where is None else where]

    def unit_name(self, code: str) -> str:
        """Return the name of a candidate unit, else its code, else 未任职."""
        return self._unit_names.get(code, code) or "未任职"

    @cached_property
    def peers(self) -> dict[tuple[str, str], Peers]:
        """How all candidates of a kind did in each item and clause, by kind and id."""
        leaves = {*self.rubric.unit.clauses, *self.rubric.officer.clauses}
        return compare(self.clauses, leaves)

    def has_statements(self, kind: str) -> bool:
        """Whether the run holds a statement for each candidate of a kind; see `link`.

        The public edition, which tells no parameters, always does.
        """
        if "params" not in self.meta:
            return True
        most = int(self.meta["params"].get("statements", MOST_STATEMENTS))
        return (len(self.scores) if kind == "officer" else self._units) <= most

    def link(self, kind: str, candidate: str, clause: str = "") -> str:
        """Return the address, from the run folder, of where a candidate's points are told.

        That is its statement, or a clause in it; where there are too many, its unit's page.
        """
        if self.has_statements(kind):
            return statement_link(kind, candidate, clause)
        if kind == "unit":
            return members_link(candidate)
        return members_link(self._units_of.get(candidate, ""), candidate)

    def missing_tables(self, kind: str, clause: str) -> list[str]:
        """Return the canonical tables a clause reads that nobody supplied, sorted."""
        section = self.section(kind)
        return sorted(tables_of(section.clauses[clause], section.kind) - self.supplied)

    def _places(self, frame: str) -> dict[tuple[str, str], Any]:
        """Return the row positions per candidate, found once per frame."""
        known = self._index
        if frame not in known:
            data: pd.DataFrame = getattr(self, frame)
            groups = data.groupby(["kind", "candidate"], sort=False).indices if len(data) else {}
            known[frame] = {cast(tuple[str, str], key): where for key, where in groups.items()}
        return known[frame]

    @cached_property
    def _units(self) -> int:
        return int((self.scores["kind"] == "unit").sum())

    @cached_property
    def _index(self) -> dict[str, dict[tuple[str, str], Any]]:
        return {}

    @cached_property
    def _units_of(self) -> dict[str, str]:
        officers = self.scores[self.scores["kind"] == "officer"]
        return dict(zip(officers["candidate"], officers["unit"], strict=True))

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        units = self.scores[self.scores["kind"] == "unit"]
        named = {code: name for code, name in self.meta.get("units", {}).items() if name}
        return named | dict(zip(units["candidate"], units["name"], strict=True))


def load_view(folder: Path, rubric: Rubric) -> RunView:
    """Read a run folder; UsageError naming the file that is missing or cannot be read.

    `rubric` must be loaded under the run's readings (run.json, `readings`).
    """
    frames: dict[str, Any] = {
        name: _frame(folder / f"{name}.csv", columns.split())
        if name not in _NEWER or (folder / f"{name}.csv").is_file()
        else pd.DataFrame(columns=columns.split(), dtype="str")
        for name, columns in _FRAMES.items()
    }
    meta = _json(folder / "run.json")
    validation = _json(folder / "validation.json")
    frames = _completed(frames, rubric)
    return RunView(rubric=rubric, meta=meta, validation=validation, **frames)


def _completed(frames: Mapping[str, Any], rubric: Rubric) -> dict[str, Any]:
    """Return the frames of a record with the columns that earlier versions did not write.

    What an entry is follows from its points, its rule, its evidence and its clause's status.
    """
    entries, states = frames["ledger"], frames["clauses"]
    result = dict(frames)
    if "outcome" not in entries.columns:
        keys = ["kind", "candidate", "clause"]
        status = entries[keys].merge(states[[*keys, "status"]], "left", keys)["status"]
        leaves = {*rubric.unit.clauses, *rubric.officer.clauses}
        settles = entries["rule"].isin(SETTLEMENT) | (
            (entries["rule"] == VOID) & ~entries["clause"].isin(leaves)
        )
        hit = status.isin(["void", "vetoed"]) & (entries["evidence"] != "")
        cases = [settles, (entries["points"] != 0) | hit]
        cases += [status == "unavailable", status == "not_applicable"]
        outcome = np.select([c.to_numpy() for c in cases], [SETTLED, GAVE, WAITING, OUT], NOTHING)
        result["ledger"] = entries.assign(outcome=outcome, cause="")
    if "rule_text" not in states.columns:
        texts = {
            (kind, name): "".join(rule_sentences(clause, section, rubric.period))
            for kind, section in (("unit", rubric.unit), ("officer", rubric.officer))
            for name, clause in section.clauses.items()
        }
        both = zip(states["kind"], states["clause"], strict=True)
        result["clauses"] = states.assign(rule_text=[texts.get(one, "") for one in both])
    return result


def load_frame(folder: Path, name: str) -> pd.DataFrame:
    """Return one CSV file of a run folder as `load_view` would; UsageError naming it."""
    return _frame(folder / f"{name}.csv", _FRAMES[name].split())


def _json(path: Path) -> Any:
    try:
        return read_json(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"读不了运行记录中的 {path.name}：请确认 {path.parent} 完整") from error


def _frame(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        data = read_csv(path)
        lacking = [c for c in columns if c not in data.columns and c not in _NEWER_COLUMNS]
        if lacking:
            raise ValueError(f"no column {lacking}")
        return data.assign(**{str(name): _typed(data[name]) for name in data.columns})
    except (OSError, ValueError, ArithmeticError) as error:
        raise UsageError(f"读不了运行记录中的 {path.name}：请确认 {path.parent} 完整") from error


def _typed(values: pd.Series) -> pd.Series:
    """Return a column of text as what its name says it holds."""
    name = str(values.name)
    if name in POINT_COLUMNS or name in _INTEGERS:
        read = from_text if name in POINT_COLUMNS else int
        blank = values == ""
        numbers = pd.array([None if v == "" else read(v) for v in values], dtype="Int64")
        result = pd.Series(numbers, index=values.index)
        return result if blank.any() or name in ("max", "rank") else result.astype("int64")
    if name in _FLAGS:
        return values == "是"
    return values
