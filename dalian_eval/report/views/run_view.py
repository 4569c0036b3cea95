"""A run as its record holds it: the CSV files of a run folder as typed frames.

Whatever the report shows comes from here, so a page can be made again from the folder alone.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import read_json
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.report.base.file_names import MOST_STATEMENTS, members_link, statement_link
from dalian_eval.report.views.peers import Peers, compare
from dalian_eval.report.views.sheet_places import SheetPlaces, sheet_places
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.sentences import rule_sentences
from dalian_eval.schema.origins import EVIDENCE_LIMIT
from dalian_eval.scoring.awards import GAVE, NOTHING, OUT, SETTLED, WAITING
from dalian_eval.scoring.settle import SETTLEMENT, VOID

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class RunView:
    """One run: the frames of its CSV files, what validation found, what the run says of itself.

    A field called like a table holds it with its types (`outputs.tables`); `evidence` is text of
    origins `table:file#sheet!row` separated by blanks. `validation` is validation.json, `meta`
    run.json.
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
        return self.rubric.period.months_begun(dt.date.fromisoformat(self.as_of))

    @property
    def rows_listed(self) -> int:
        """How many rows a monthly figure lists in the ledger; earlier versions did not say."""
        return int(self.meta.get("rows_listed", EVIDENCE_LIMIT))

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
        # A copy that shares its cells: whoever changes it changes nobody else's.
        return self._ranked[kind].copy(deep=False) if kind in self._ranked else self.scores.iloc[:0]

    def has_candidate(self, kind: str, candidate: str) -> bool:
        """Whether there is such a candidate."""
        return (kind, candidate) in self._places("scores")

    def score_of(self, kind: str, candidate: str) -> dict[str, Any]:
        """Return a candidate's row of scores.csv; UsageError when there is none."""
        rows = self.rows_of("scores", kind, candidate)
        if rows.empty:
            raise UsageError(f"本次评价没有候选对象『{candidate}』，请核对代码")
        return {str(k): v for k, v in rows.iloc[0].items()}

    def rows_of(self, frame: str, kind: str, candidate: str) -> pd.DataFrame:
        """Return a candidate's rows of the frame called `frame`, in order."""
        data: pd.DataFrame = getattr(self, frame)
        where = self._places(frame).get((kind, candidate))
        return data.iloc[[] if where is None else where]

    def cells_of(
        self, frame: str, kind: str, candidate: str, *columns: str
    ) -> list[tuple[Any, ...]]:
        """Return a candidate's rows of a frame as plain values of some columns, blanks as None.

        Far quicker than a frame of a few rows.
        """
        where = self._places(frame).get((kind, candidate))
        if where is None:
            return []
        cells = (self._column(frame, name) for name in columns)
        taken = (c[where] if isinstance(where, slice) else c.take(where) for c in cells)
        return list(zip(*(values.to_pylist() for values in taken), strict=True))

    def unit_name(self, code: str) -> str:
        """Return the name of a candidate unit, else its code, else 未任职."""
        return self._unit_names.get(code, code) or "未任职"

    def unit_link(self, code: str) -> str:
        """Return the address of a unit's account; empty where it is no candidate."""
        return self.link("unit", code) if self.has_candidate("unit", code) else ""

    @cached_property
    def peers(self) -> dict[tuple[str, str], Peers]:
        """How all candidates of a kind did in each item and clause, by kind and id."""
        leaves = {*self.rubric.unit.clauses, *self.rubric.officer.clauses}
        return compare(self.clauses, leaves)

    @cached_property
    def sheet_places(self) -> SheetPlaces:
        """Which source sheets have pages of their own, and where on them a row stands."""
        return sheet_places(self.sources, self.meta.get("params", {}))

    @property
    def without_moves(self) -> str:
        """Why no moves were tried, as a sentence; empty where they were."""
        candidates = self.meta.get("without_moves")
        if candidates is None:
            return ""
        most = self.meta["params"]["moves"]["candidates"]
        return (
            f"候选对象共{candidates}个，超过运行参数 moves.candidates 的{most}个，"
            "没有逐个试算接下来能做什么"
        )

    @property
    def remarks(self) -> Sequence[str]:
        """What in the plan's files does not fit its period, or is marked 待定, a sentence each."""
        return tuple(map(str, self.meta.get("remarks", ())))

    @property
    def has_campaign(self) -> bool:
        """Whether the plan has a campaign with work and accounts of its own (五个一, 评比, …).

        The public edition, which tells no parameters, is taken to have one.
        """
        return "params" not in self.meta or self.meta["params"].get("campaign") is not None

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

    def kept(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return what `make` makes of the whole run, made once: a page asks for its part of it."""
        if name not in self._made:
            self._made[name] = make()
        return cast(Kept, self._made[name])

    def missing_tables(self, kind: str, clause: str) -> list[str]:
        """Return the canonical tables a clause reads that nobody supplied, sorted."""
        section = self.section(kind)
        return sorted(tables_of(section.clauses[clause], section.kind) - self.supplied)

    def _column(self, frame: str, name: str) -> pa.Array:
        """Return a column of a frame in one piece."""

        def made() -> pa.Array:
            cells = pa.array(getattr(self, frame)[name])
            return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells

        return self.kept(f"column {name} of {frame}", made)

    def _places(self, frame: str) -> dict[tuple[str, str], Any]:
        """Return the row positions per candidate, found once per frame."""
        known = self._index
        if frame not in known:
            data: pd.DataFrame = getattr(self, frame)
            groups = data.groupby(["kind", "candidate"], sort=False).indices if len(data) else {}
            spans = ((key, _span(np.asarray(where))) for key, where in groups.items())
            known[frame] = {cast(tuple[str, str], key): span for key, span in spans}
        return known[frame]

    @cached_property
    def _ranked(self) -> dict[str, pd.DataFrame]:
        """The scores by kind, in the order of `candidates`."""
        order = self.scores.assign(_last=self.scores["rank"].isna(), _down=-self.scores["total"])
        order = order.sort_values(["_last", "rank", "_down", "candidate"], kind="stable")
        order = order.drop(columns=["_last", "_down"])
        return {str(kind): rows.reset_index(drop=True) for kind, rows in order.groupby("kind")}

    @cached_property
    def _units(self) -> int:
        return int((self.scores["kind"] == "unit").sum())

    @cached_property
    def _index(self) -> dict[str, dict[tuple[str, str], Any]]:
        return {}

    @cached_property
    def _made(self) -> dict[str, object]:
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


def _span(where: npt.NDArray[np.int64]) -> Any:
    """Return ascending positions as a slice where they follow each other: it copies nothing."""
    first, last = int(where[0]), int(where[-1])
    return slice(first, last + 1) if last - first + 1 == len(where) else where


def load_view(folder: Path, rubric: Rubric) -> RunView:
    """Read a run folder; UsageError naming the file that is missing or cannot be read.

    `rubric` must be loaded under the run's readings (run.json, `readings`).
    """
    tables = [field.name for field in fields(RunView) if field.name in OUTPUTS]
    frames = {name: read_table(name, folder) for name in tables}
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


def _json(path: Path) -> Any:
    try:
        return read_json(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"读不了运行记录中的 {path.name}：请确认 {path.parent} 完整") from error
