"""Many changes looked at in one go: each *trial* is one candidate with rows of its own.

The tables hold everybody's rows and, behind them, the rows of every trial: added ones, and those
that stand in its place of everybody's. A rule that asks for the facts of trials receives, for each,
the candidate's rows without the replaced ones, and the trial's own: so all trials are scored by one
run of the rules, each as if its changes were the only ones.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.moves.change import Change, frame_of_rows, plain
from dalian_eval.moves.context import Context
from dalian_eval.moves.month_figures import Figures, with_figures
from dalian_eval.rubric.queries import Kind, Query
from dalian_eval.rubric.vocabulary import DRAWN_FILES
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import positions
from dalian_eval.schema.tables import BY_NAME, TABLES
from dalian_eval.scoring.derive import counting_review, derive
from dalian_eval.scoring.draw import drawn_files
from dalian_eval.scoring.facts import Candidates, Facts, Links, Positions

TRIAL = "_trial"
"""Whose row it is: the number of a trial, -1 for everybody's."""

_ROW = "_row"
"""The place of everybody's row in its canonical table."""

_RENAMING = ("cases", "case_handlers", "case_reviews")
"""Tables whose change makes another case of theirs: what else is said of it goes along."""

_MADE_FROM = {"lawsuits": "litigation"}
"""Derived tables whose rows are those of a canonical one."""


@dataclass(frozen=True)
class Trial:
    """A candidate (position) and what is changed for it alone."""

    candidate: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class TrialCandidates(Candidates):
    """The candidates of trials: `real`, ascending, is each one's position among `everybody`."""

    everybody: Candidates
    real: Positions
    trial: Positions
    trials: int

    @staticmethod
    def of(everybody: Candidates, trials: Sequence[Trial]) -> "TrialCandidates":
        """Return the candidates of trials that are in the order of their candidates."""
        real = np.array([t.candidate for t in trials], dtype=np.int64)
        trial = np.arange(len(trials))
        return _candidates(everybody, real, trial, len(trials))

    def some(self, chosen: Positions) -> "TrialCandidates":
        """Return the candidates at some positions, ascending."""
        return _candidates(self.everybody, self.real[chosen], self.trial[chosen], self.trials)

    @cached_property
    def place(self) -> Positions:
        """The position of each trial, -1 where it is not among these."""
        result = np.full(self.trials, -1, dtype=np.int64)
        result[self.trial] = np.arange(len(self.trial))
        return result

    def copies(self, who: Positions) -> tuple[Positions, Positions]:
        """Return every pair of a place in `who` (positions in `everybody`) and a trial of it."""
        start = np.searchsorted(self.real, who, side="left")
        times = np.searchsorted(self.real, who, side="right") - start
        place = np.repeat(np.arange(len(who)), times)
        running = np.arange(len(place)) - np.repeat(np.cumsum(times) - times, times)
        return place, np.repeat(start, times) + running


def _candidates(
    everybody: Candidates, real: Positions, trial: Positions, trials: int
) -> TrialCandidates:
    ids = pd.Index([f"@{t}" for t in trial], dtype="str")
    names = ("",) * len(trial)
    return TrialCandidates(everybody.kind, ids, names, everybody, real, trial, trials)


@dataclass(frozen=True)
class TrialFacts(Facts):
    """Facts of which each row is everybody's or a trial's.

    `replaced`: per table, sorted, row · trials + trial for each of everybody's rows that does not
    stand in a trial; `more`: what a trial adds to its candidate's monthly figures.
    """

    trials: int = 0
    replaced: Mapping[str, Positions] = field(default_factory=dict)
    more: Mapping[int, Figures] = field(default_factory=dict)

    def touched(self, query: Query) -> npt.NDArray[np.bool_]:
        """Return in which trials another row meets the query's conditions than everybody's."""
        table, fits = self.tables[query.table], self._fits(query)
        result = np.zeros(self.trials, dtype=bool)
        own = table[TRIAL].to_numpy()[fits]
        result[own[own >= 0]] = True
        codes = self.replaced.get(query.table)
        if codes is not None and len(codes):
            row, trial = np.divmod(codes, self.trials)
            common = fits & (table[TRIAL].to_numpy() < 0)
            lost = np.isin(row, table[_ROW].to_numpy()[common])
            result[trial[lost]] = True
        return result

    def with_months(self, candidates: TrialCandidates, metrics: Sequence[str]) -> "TrialFacts":
        """Return the facts with the monthly figures of the trials' candidates."""
        rows, kind = self.monthly, candidates.kind
        chosen = np.flatnonzero((rows["kind"] == kind) & rows["metric"].isin(metrics))
        rows = rows.iloc[chosen].reset_index(drop=True)
        place, copy = candidates.copies(candidates.everybody.index_of(rows["candidate"]))
        ids = candidates.ids.to_numpy()
        mine = rows.iloc[place].assign(candidate=pd.array(ids[copy], dtype="str"))
        more = {
            str(name): self.more[int(trial)]
            for name, trial in zip(ids, candidates.trial, strict=True)
            if int(trial) in self.more
        }
        return replace(self, monthly=with_figures(mine, kind, more, metrics))

    def _linked(self, query: Query, candidates: Candidates) -> Links:
        if not isinstance(candidates, TrialCandidates):
            return super()._linked(query, candidates)
        table = self.tables[query.table]
        row, who, via = super()._linked(query, candidates.everybody)
        of = table[TRIAL].to_numpy()[row]
        common = np.flatnonzero(of < 0)
        place, copy = candidates.copies(who[common])
        link = common[place]
        codes = self.replaced.get(query.table)
        if codes is not None and len(codes):
            code = table[_ROW].to_numpy()[row[link]] * self.trials + candidates.trial[copy]
            kept = ~np.isin(code, codes)
            link, copy = link[kept], copy[kept]
        own = np.flatnonzero(of >= 0)
        its = candidates.place[of[own]]
        mine = its >= 0
        mine[mine] = candidates.real[its[mine]] == who[own[mine]]
        link, copy = np.append(link, own[mine]), np.append(copy, its[mine])
        return row[link], copy, via[link]


def trial_facts(
    context: Context,
    kind: Kind,
    trials: Sequence[Trial],
    as_of: dt.date,
    more: Mapping[int, Figures],
) -> TrialFacts:
    """Return the facts of trials of one kind, as of a day; no trial draws case files anew.

    `more`: see `TrialFacts`. Case and record numbers of a trial's own rows bear its number.
    """
    size, base = len(trials), context.scored.facts
    named = _Names(context, trials, as_of)
    tables, replaced = {}, dict[str, Positions]()
    for table in TABLES:
        if table.name == "inspections":
            continue
        mine = [
            (t, c) for t, trial in enumerate(trials) for c in trial.changes if c.table == table.name
        ]
        given = context.given(table.name)
        tables[table.name], lost = _with_trials(given, table.name, mine, named, size)
        if len(lost):
            replaced[table.name] = lost
    for derived, made_from in _MADE_FROM.items():
        if made_from in replaced:
            replaced[derived] = replaced[made_from]
    found = pd.concat([context.found, pd.DataFrame({"record_id": named.found}, dtype="str")])
    derived_tables = derive(tables, found, context.period, as_of)
    supplied = context.supplied | {c.table for trial in trials for c in trial.changes}
    decided = _decided(derived_tables["decisions"], context.candidates(kind), trials)
    derived_tables["decisions"] = decided
    slots = context.scored.draw.slots
    slots = slots[slots["case"] != ""].reset_index(drop=True)
    slots = _marked(slots, np.int64(-1), np.arange(len(slots)))
    row, trial = named.rows_of(slots["case"])
    copies = _marked(slots.iloc[row], trial)
    copies = copies.assign(case=_renamed(copies["case"], trial))
    slots = pd.concat([slots, copies], ignore_index=True)
    replaced[DRAWN_FILES] = np.sort(row * size + trial)
    reviews = counting_review(derived_tables["case_reviews"], as_of)
    drawn = replace(context.scored.draw, slots=slots)
    files = drawn_files(drawn, derived_tables, reviews, base.rubric.draw)
    derived_tables[DRAWN_FILES] = _marked(files, slots[TRIAL].to_numpy(), slots[_ROW].to_numpy())
    return TrialFacts(
        *(derived_tables, supplied, base.monthly, base.rubric, as_of),
        telling=False,
        trials=size,
        replaced=replaced,
        more=more,
    )


def _decided(table: pd.DataFrame, everybody: Candidates, trials: Sequence[Trial]) -> pd.DataFrame:
    """Return the reviewers' decisions once for each trial of the candidate they are on."""
    if table.empty:
        return table
    copies = TrialCandidates.of(everybody, trials)
    place, copy = copies.copies(everybody.index_of(table["subject"]))
    ids = pd.Series(copies.ids.to_numpy()[copy], dtype="str")
    return table.iloc[place].reset_index(drop=True).assign(subject=ids)


class _Names:
    """Which cases and records of which trial bear its number.

    `found`: the records, so named, that trials add and cases may refer to.
    """

    def __init__(self, context: Context, trials: Sequence[Trial], as_of: dt.date):
        """Look at the changes of every trial; `as_of`: a record uploaded later is not there."""
        cases = context.table("cases")
        self._cases: list[set[str]] = []
        self._records: list[set[str]] = []
        by_record = context.cases_by_record
        for trial in trials:
            records = {
                str(c.cells["record_id"])
                for c in trial.changes
                if c.table == "inspections" and c.cells["uploaded_at"].date() <= as_of
            }
            mine = {
                str(c.cells.get("case_id") or c.key.get("case_id") or "")
                for c in trial.changes
                if c.table in _RENAMING
            }
            for record in records:
                mine.update(by_record.get(record, ()))
            self._cases.append(mine)
            referred = {c.cells.get("record_id") for c in trial.changes if c.table == "cases"}
            self._records.append({r for r in records if r in by_record or r in referred})
        self.found = [
            f"{r}@{t}" for t, records in enumerate(self._records) for r in sorted(records)
        ]
        pairs = [(c, t) for t, names in enumerate(self._cases) for c in sorted(names)]
        self._pairs = pd.DataFrame(pairs, columns=["case", "trial"]).astype({"trial": "int64"})
        self._known = pd.Index(cases["case_id"])

    def rows_of(self, cases: pd.Series) -> tuple[Positions, Positions]:
        """Return each row that speaks of a trial's case, with the trial."""
        place = positions(cases, self._known)
        pairs = self._pairs.assign(place=positions(self._pairs["case"].astype("str"), self._known))
        pairs = pairs[pairs["place"] >= 0]
        rows = pd.DataFrame({"row": np.arange(len(place)), "place": place})
        found = rows[rows["place"] >= 0].merge(pairs, on="place")
        return found["row"].to_numpy(dtype=np.int64), found["trial"].to_numpy(dtype=np.int64)

    def of_row(self, trial: int, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Return a trial's row with its names."""
        result = dict(cells)
        if result.get("case_id") in self._cases[trial]:
            result["case_id"] = f"{result['case_id']}@{trial}"
        if result.get("record_id") in self._records[trial]:
            result["record_id"] = f"{result['record_id']}@{trial}"
        return result

    def records(self, numbers: pd.Series, trial: Positions) -> pd.Series:
        """Return record numbers of rows with those that a trial adds under its name."""
        told = [
            f"{n}@{t}" if n in self._records[t] else n for n, t in zip(numbers, trial, strict=True)
        ]
        return pd.Series(told, index=numbers.index, dtype=numbers.dtype)


def _renamed(cases: pd.Series, trial: Positions) -> pd.Series:
    named = [f"{c}@{t}" for c, t in zip(cases, trial, strict=True)]
    return pd.Series(named, index=cases.index, dtype="str")


def _marked(rows: pd.DataFrame, trial: Any, row: Any = -1) -> pd.DataFrame:
    """Return rows with whose they are, and where everybody's stand."""
    return rows.assign(**{TRIAL: np.broadcast_to(trial, len(rows)), _ROW: row})


def _with_trials(
    given: pd.DataFrame,
    name: str,
    changes: Sequence[tuple[int, Change]],
    named: _Names,
    trials: int,
) -> tuple[pd.DataFrame, Positions]:
    """Return a table with the rows of trials behind it, and the codes of what they replace."""
    table = BY_NAME[name]
    everybody = _marked(given, np.int64(-1), np.arange(len(given)))
    frames, codes = [everybody], [np.zeros(0, dtype=np.int64)]
    added: list[tuple[int, dict[str, Any], int]] = []
    mended: dict[tuple[int, int], dict[str, Any]] = {}
    for trial, change in changes:
        if change.origin is None:
            added.append((trial, dict(change.cells), -1))
        else:
            mended.setdefault((trial, change.origin), {}).update(change.cells)
    if mended:
        wanted = np.flatnonzero(given[ORIGIN].isin({origin for _, origin in mended}).to_numpy())
        places: dict[int, list[int]] = {}
        old: dict[int, dict[str, Any]] = {}
        for place, row in zip(wanted.tolist(), given.iloc[wanted].to_dict("records"), strict=True):
            places.setdefault(int(row[ORIGIN]), []).append(place)
            old[place] = {c.name: plain(row[c.name]) for c in table.columns}
        for (trial, origin), cells in mended.items():
            # Rows that fell to the same origin (a joint row read as several) are all mended.
            for place in places[origin]:
                added.append((trial, old[place] | cells, origin))
                codes.append(np.array([place * trials + trial]))
    if added:
        rows = [named.of_row(trial, cells) for trial, cells, _ in added]
        last = int(max(given[ORIGIN].max(), 0)) if len(given) else 0
        origins = [o if o >= 0 else last + 1 + i for i, (_, _, o) in enumerate(added)]
        own = frame_of_rows(table, rows, origins)
        frames.append(_marked(own, np.array([trial for trial, _, _ in added])))
    if "case_id" in table:
        rows_of_cases, its = named.rows_of(given["case_id"])
        fresh = ~np.isin(rows_of_cases * trials + its, np.concatenate(codes))
        rows_of_cases, its = rows_of_cases[fresh], its[fresh]
        copies = _marked(given.iloc[rows_of_cases], its)
        copies = copies.assign(case_id=_renamed(copies["case_id"], its))
        if name == "cases":
            copies = copies.assign(record_id=named.records(copies["record_id"], its))
        frames.append(copies)
        codes.append(rows_of_cases * trials + its)
    whole = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    return whole, np.sort(np.concatenate(codes))
