"""What proposals are made from: the score of the run, its inputs, and who is concerned by a row."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from dalian_eval.moves.change import Change, Whose, plain
from dalian_eval.moves.quarantined import QuarantinedRow
from dalian_eval.rubric.period import Period, month_end
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import main_handlers, unit_closure
from dalian_eval.schema.tables import BY_NAME, OFFICER, UNIT
from dalian_eval.scoring.facts import Candidates
from dalian_eval.scoring.score import Score, SectionScore

_DECIDED_BY_OTHERS: dict[str, frozenset[str] | None] = {
    "honours": None,
    "typical_cases": None,
    "qualifications": None,
    "past_recognition": None,
    "review_scores": None,
    "case_reviews": None,
    "remote_scores": None,
    "contests": frozenset(("result",)),
    "cases": frozenset(("filed_on",)),
}
"""Columns (None: all) that say what others have decided: a score, an honour, a publication."""


@dataclass(frozen=True)
class Context:
    """A run's score and its inputs.

    `tables`: canonical frames of the supplied tables, 检查记录 left out; `found`: `record_id` of
    records that cases refer to, uploaded by as-of; `later`: of those uploaded after it; `staff`:
    `variant`, `unit`, `officer_id`, `month` of the eligible staff in the running month, of earlier
    ones of those whom quarantined records name; `entered`: officer and month of those who entered a
    record, so too; `seed`: of the case draw; `quarantined`: rows with one fault.
    """

    scored: Score
    tables: Mapping[str, pd.DataFrame]
    supplied: frozenset[str]
    found: pd.DataFrame
    later: frozenset[str]
    staff: pd.DataFrame
    entered: frozenset[tuple[str, str]]
    seed: str
    quarantined: tuple[QuarantinedRow, ...] = ()

    @property
    def as_of(self) -> dt.date:
        """The day of the run, never later than the end of P."""
        return self.scored.facts.as_of

    @property
    def period(self) -> Period:
        """The evaluation period."""
        return self.scored.facts.rubric.period

    @property
    def month(self) -> str:
        """The month that is running on the day of the run."""
        return self.scored.facts.months[-1]

    @property
    def month_end(self) -> dt.date:
        """The last day of the running month that counts."""
        return min(month_end(self.month), self.period.end)

    def section(self, kind: Kind) -> SectionScore:
        """Return the score of one kind of candidate."""
        return self.scored.section(kind)

    def candidates(self, kind: Kind) -> Candidates:
        """Return the candidates of one kind."""
        return self.scored.section(kind).candidates

    def table(self, name: str) -> pd.DataFrame:
        """Return a canonical table, without rows when it was not supplied."""
        frame: pd.DataFrame = self.scored.facts.tables[name]
        return frame

    def given(self, name: str) -> pd.DataFrame:
        """Return a canonical table as it was supplied, without derived columns."""
        if name in self.tables:
            return self.tables[name]
        columns = [c.name for c in BY_NAME[name].columns]
        return self.table(name)[[*columns, ORIGIN]]

    @cached_property
    def cases_by_record(self) -> dict[str, tuple[str, ...]]:
        """The cases that name each inspection record."""
        rows = self.table("cases")
        result: dict[str, tuple[str, ...]] = {}
        for record, case in zip(rows["record_id"], rows["case_id"], strict=True):
            if isinstance(record, str) and record:
                result[record] = (*result.get(record, ()), str(case))
        return result

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """Each unit with the units above it, itself first among them in no particular order."""
        pairs = unit_closure(self.tables["units"])
        return {str(u): tuple(a) for u, a in pairs.groupby("unit_id")["ancestor"]}

    @cached_property
    def posted(self) -> dict[str, tuple[str, ...]]:
        """Every unit each officer was ever posted to, the latest posting last."""
        rows = self.tables["postings"].sort_values("start")
        return {str(o): tuple(u) for o, u in rows.groupby("officer_id")["unit_id"]}

    @cached_property
    def unit_now(self) -> dict[str, str]:
        """The unit of each officer on the day of the run."""
        day, rows = pd.Timestamp(self.as_of), self.tables["postings"]
        on = rows[(rows["start"] <= day) & (rows["end"].isna() | (rows["end"] >= day))]
        return dict(zip(on["officer_id"], on["unit_id"], strict=True))

    @cached_property
    def staff_now(self) -> dict[str, tuple[str, ...]]:
        """The officers posted in each unit's subtree on the day of the run, by number."""
        result: dict[str, list[str]] = {}
        for officer, unit in sorted(self.unit_now.items()):
            for ancestor in self.above.get(unit, ()):
                result.setdefault(ancestor, []).append(officer)
        return {unit: tuple(officers) for unit, officers in result.items()}

    @cached_property
    def eligible(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The eligible staff of each unit and roster (`variant`) in the running month."""
        rows = self.staff[self.staff["month"] == self.month].sort_values("officer_id")
        return {
            (str(unit), str(variant)): tuple(officers)
            for (unit, variant), officers in rows.groupby(["unit", "variant"])["officer_id"]
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each officer, the number where there is none."""
        rows = self.tables["officers"]
        named = rows["name"].where(rows["name"].notna() & (rows["name"] != ""), rows["officer_id"])
        return dict(zip(rows["officer_id"], named, strict=True))

    @cached_property
    def handlers(self) -> dict[str, frozenset[str]]:
        """The main handlers of each case."""
        rows = main_handlers(self.table("case_handlers"))
        return {str(c): frozenset(o) for c, o in rows.groupby("case_id")["_owner"]}

    @cached_property
    def cases(self) -> dict[str, Any]:
        """The unit of each case."""
        rows = self.table("cases")
        return dict(zip(rows["case_id"], rows["unit_id"], strict=True))

    def named_cases(self, table: str) -> frozenset[str]:
        """Return the cases that a table says something of."""
        return self._names(table, "case_id")

    def named_officers(self, table: str) -> frozenset[str]:
        """Return the officers whom a table's rows name."""
        return self._names(table, "officer_id")

    def _names(self, table: str, column: str) -> frozenset[str]:
        if (table, column) not in self._named:
            self._named[table, column] = frozenset(self.table(table)[column].dropna())
        return self._named[table, column]

    @cached_property
    def _named(self) -> dict[tuple[str, str], frozenset[str]]:
        return {}

    def decided_cases(self, kind: Kind) -> dict[str, list[str]]:
        """Return the cases decided in P by as-of: of each main handler, of each unit's subtree."""
        if kind not in self._decided:
            rows = self.table("cases")
            inside = (rows["decided"] >= pd.Timestamp(self.period.start)) & (
                rows["decided"] <= pd.Timestamp(self.as_of)
            )
            result: dict[str, list[str]] = {}
            for case in sorted(map(str, rows["case_id"][inside.to_numpy(dtype=bool)])):
                if kind == "officer":
                    whose: Iterable[str] = self.handlers.get(case, ())
                else:
                    whose = self.above.get(self.cases[case], ())
                for who in whose:
                    result.setdefault(who, []).append(case)
            self._decided[kind] = result
        return self._decided[kind]

    @cached_property
    def _decided(self) -> dict[str, dict[str, list[str]]]:
        return {}

    @cached_property
    def drawn(self) -> dict[str, frozenset[str]]:
        """For whom each drawn case was drawn."""
        slots = self.scored.draw.slots
        slots = slots[slots["case"] != ""]
        return {str(c): frozenset(w) for c, w in slots.groupby("case")["candidate"]}

    @cached_property
    def keys(self) -> dict[str, dict[tuple[Any, ...], int]]:
        """The origin of each row, by table and key; tables whose key names a unit or officer."""
        result: dict[str, dict[tuple[Any, ...], int]] = {}
        for name in ("unit_facts", "equipment", "qualifications"):
            rows = self.table(name)
            key = [rows[column] for column in BY_NAME[name].key]
            result[name] = dict(zip(zip(*key, strict=True), rows[ORIGIN], strict=True))
        return result

    def keys_of(self, name: str) -> frozenset[tuple[Any, ...]]:
        """Return the keys of a table's rows; none where only whole rows identify a row."""
        if name not in self._keys_of:
            table, rows = BY_NAME[name], self.table(name)
            columns = [map(plain, rows[column]) for column in table.key]
            self._keys_of[name] = frozenset(zip(*columns, strict=True)) if columns else frozenset()
        return self._keys_of[name]

    @cached_property
    def _keys_of(self) -> dict[str, frozenset[tuple[Any, ...]]]:
        return {}

    # ---- whom a change concerns ------------------------------------------------------------

    def concerned(self, changes: Iterable[Change], kind: Kind) -> frozenset[str]:
        """Return every candidate of a kind whose facts the changes may touch."""
        officers: set[str] = set()
        units: set[str] = set()
        for change in changes:
            cells = {**self._old(change), **change.cells}
            people = {cells.get("officer_id"), cells.get("uploader")}
            people |= set(cells.get("inspectors") or ())
            if cells.get("subject_kind") == OFFICER:
                people.add(cells.get("subject"))
            if cells.get("subject_kind") == UNIT:
                units.add(str(cells.get("subject")))
            if cells.get("unit_id"):
                units.add(cells["unit_id"])
            case = cells.get("case_id")
            if case:
                people |= self.handlers.get(case, frozenset())
                named = self.drawn.get(case, frozenset())
                people |= named
                units |= named
                units.add(self.cases.get(case, ""))
            officers |= {p for p in people if p}
        if kind == "officer":
            return frozenset(officers)
        for officer in officers:
            units.update(self.posted.get(officer, ()))
        return frozenset(a for unit in units for a in self.above.get(unit, ()))

    @cached_property
    def _by_origin(self) -> dict[str, dict[int, int]]:
        return {}

    def _old(self, change: Change) -> dict[str, Any]:
        """Return what names somebody in the row that a change mends."""
        if change.origin is None:
            return {}
        if change.table not in self._by_origin:
            rows = self.table(change.table)
            self._by_origin[change.table] = dict(zip(rows[ORIGIN], range(len(rows)), strict=True))
        row = self.table(change.table).iloc[self._by_origin[change.table][change.origin]]
        naming = ("unit_id", "officer_id", "subject_kind", "subject", "case_id")
        return {name: row[name] for name in naming if name in row.index and pd.notna(row[name])}

    def whose(self, kind: Kind, changes: Iterable[Change]) -> Whose:
        """Return who is to act: others, where a cell says what others decide."""
        for change in changes:
            if change.table in _DECIDED_BY_OTHERS:
                columns = _DECIDED_BY_OTHERS[change.table]
                if columns is None or columns & change.cells.keys():
                    return "上级"
        return own(kind)


def own(kind: Kind) -> Whose:
    """Return who acts for a candidate itself."""
    return "本人" if kind == "officer" else "单位"
