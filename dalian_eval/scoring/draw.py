"""The case draw (案卷抽取): official draws first, the open slots by a repeatable random matching.

Each officer has one ordinary and one supporting slot, as far as the plan names 案件类型 for it,
each unit some of any kind; a file goes to one candidate only. What the official draws leave open is
filled as far as a maximum matching can; chance is a hash of the seed, the eligible list, the slot
and the file, so that everyone who repeats the draw on the same list gets the same result, whatever
the machine.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.conditions import meets
from dalian_eval.rubric.model import DrawPlan, Rubric
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import SLOT_NAMES
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import CASE, HANDLERS, at, positions
from dalian_eval.schema.tables import OFFICER, UNIT
from dalian_eval.scoring import texts
from dalian_eval.scoring.facts import VIA, Candidates, Positions, to_ancestors, to_handlers

ORDINARY, SUPPORTING, ANY = "ordinary", "supporting", "any"


@dataclass(frozen=True)
class Draw:
    """The protocol of a draw.

    `slots`: one row per slot (columns of draw.csv: kind, candidate, slot, case, source, eligible,
    reason, and the origins `_origin`, `_via`); `eligible`: the files the program could draw
    (kind, candidate, slot, case); `list_hash`: SHA-256 of that list; `seed`: what the
    chance was made from.
    """

    slots: pd.DataFrame
    eligible: pd.DataFrame
    list_hash: str
    seed: str


@dataclass(frozen=True)
class _Wanted:
    """Who is to give files: a *place* is a candidate's ordinary, supporting or any files.

    Places are numbered: each officer's ordinary and supporting one, then each unit's. `slots` has
    a row per slot, in order: place, kind, candidate, slot, number (from 0 within its place).
    """

    candidates: Mapping[Kind, Candidates]
    rubric: Rubric

    @property
    def size(self) -> int:
        """How many places there are."""
        return 2 * len(self.candidates["officer"]) + len(self.candidates["unit"])

    def place(self, kind: Kind, who: Positions, supporting: Any = 0) -> Positions:
        """Return the places of candidates; -1 stays -1."""
        if kind == "officer":
            return np.where(who < 0, -1, 2 * who + supporting)
        return np.where(who < 0, -1, 2 * len(self.candidates["officer"]) + who)

    def slots(self) -> pd.DataFrame:
        """Return the slots in order."""
        officers, units = (self.candidates[kind].ids for kind in ("officer", "unit"))
        files = self.rubric.draw.unit_files
        own = pd.DataFrame(
            {
                "kind": "officer",
                "candidate": officers.repeat(2),
                "slot": np.tile([ORDINARY, SUPPORTING], len(officers)),
                "number": 0,
            }
        )
        shared = pd.DataFrame(
            {
                "kind": "unit",
                "candidate": units.repeat(files),
                "slot": ANY,
                "number": np.tile(np.arange(files), len(units)),
            }
        )
        place = [np.arange(len(own)), len(own) + np.repeat(np.arange(len(units)), files)]
        slots = pd.concat([own, shared], ignore_index=True)
        slots = slots.assign(place=np.concatenate(place)).astype({"number": "int64"})
        plan = self.rubric.draw
        types = {ORDINARY: plan.ordinary, SUPPORTING: plan.supporting}
        without = [slot for slot, kinds in types.items() if not kinds]
        return slots[~slots["slot"].isin(without)].reset_index(drop=True)


def draw(
    tables: Mapping[str, pd.DataFrame],
    candidates: Mapping[Kind, Candidates],
    rubric: Rubric,
    as_of: dt.date,
    seed: str,
) -> Draw:
    """Draw the files as of `as_of`; `seed` is the run's own."""
    wanted = _Wanted(candidates, rubric)
    slots = wanted.slots()
    official, taken = _official(tables, wanted, as_of)
    eligible = _eligible(tables, wanted, as_of)
    eligible = eligible[positions(eligible["case"], pd.Index(taken)) < 0]
    first = np.searchsorted(slots["place"], np.arange(wanted.size))
    room = np.bincount(slots["place"], minlength=wanted.size)
    official = official[official["number"] < room[official["place"]]]
    eligible = eligible[room[eligible["place"]] > 0]
    filled = first[official["place"]] + official["number"].to_numpy()
    case = np.full(len(slots), "", dtype=object)
    case[filled] = official["case"].to_numpy()
    origin = np.full(len(slots), -1, dtype=np.int64)
    origin[filled] = official[ORIGIN].to_numpy()
    source = np.where(case != "", "official", "")

    count = np.bincount(eligible["place"], minlength=wanted.size)[slots["place"]]
    named = slots.iloc[first[eligible["place"]]][["kind", "candidate", "slot"]]
    named = named.set_axis(eligible.index)
    eligible = pd.concat([eligible, named], axis=1).reset_index(drop=True)
    shown = eligible[["kind", "candidate", "slot", "case"]]
    text = "\n".join(texts.join_columns([shown[name] for name in shown], "\t").to_list())
    list_hash = hashlib.sha256(text.encode()).hexdigest()
    mixed = hashlib.sha256(f"{seed}\n{list_hash}".encode()).hexdigest()

    drawn = _match(slots[case == ""], eligible, mixed)
    case[drawn.index] = drawn
    source[drawn.index] = "program"
    result = slots[["kind", "candidate", "slot"]].assign(
        case=pd.Series(case, dtype="str"),
        source=pd.Series(source, dtype="str"),
        eligible=count,
        reason=texts.sentences_of_rows([source, count, slots["slot"]], _reason),
        **{ORIGIN: origin},
    )
    return Draw(result, shown, list_hash, mixed)


def _reason(source: str, eligible: int, slot: str) -> str:
    if source == "official":
        return "上级正式抽取"
    if source == "program":
        return f"由程序从{eligible}份可抽案卷中随机抽取"
    if eligible == 0:
        return f"没有可抽的{SLOT_NAMES[slot]}案卷"
    return f"{eligible}份可抽案卷已由其他候选对象抽用（同一案卷不得共用）"


def _official(
    tables: Mapping[str, pd.DataFrame], wanted: _Wanted, as_of: dt.date
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the official draws (place, number, case, origin), and every officially drawn case.

    A row 不限 for an officer goes by the case's type: what is not ordinary is supporting, also a
    type that the program itself would not draw. A row beyond the slots there are, the earliest
    coming first, then the smallest case number, fills none but still takes its file.
    """
    rows = tables["case_draws"]
    rows = rows[rows["drawn_on"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    kind = at(tables["cases"]["kind"], rows[CASE].to_numpy())
    by_type = np.where(kind.isna(), -1, np.where(kind.isin(wanted.rubric.draw.ordinary), 0, 1))
    category = rows["category"]
    supporting = np.select([category == "一般处罚", category == "配套办法"], [0, 1], by_type)
    officers = wanted.candidates["officer"].index_of(rows["subject"])
    units = wanted.candidates["unit"].index_of(rows["subject"])
    place = np.select(
        [rows["subject_kind"] == UNIT, supporting >= 0],
        [wanted.place("unit", units), wanted.place("officer", officers, supporting)],
        -1,
    )
    given = rows.assign(place=place, case=rows["case_id"])[["place", "case", "drawn_on", ORIGIN]]
    given = given[given["place"] >= 0].sort_values(["place", "drawn_on", "case", ORIGIN])
    given = given.drop_duplicates(["place", "case"])
    given["number"] = given.groupby("place").cumcount()
    return given, rows["case_id"].drop_duplicates()


def _by_type(kind: pd.Series, rubric: Rubric) -> npt.NDArray[np.int64]:
    """Return 0 for an ordinary file's 案件类型, 1 for a supporting one's, -1 for any other."""
    ordinary, supporting = kind.isin(rubric.draw.ordinary), kind.isin(rubric.draw.supporting)
    return np.select([ordinary.to_numpy(), supporting.to_numpy()], [0, 1], -1)


def _eligible(tables: Mapping[str, pd.DataFrame], wanted: _Wanted, as_of: dt.date) -> pd.DataFrame:
    """Return what the program may draw: place and case, in their order.

    Decided in P and by `as_of`, uploaded to the case system by then; an officer's as main handler,
    a unit's own or its descendants'.
    """
    day = pd.Timestamp(as_of)
    cases = tables["cases"]
    start = pd.Timestamp(wanted.rubric.period.start)
    known = (cases["decided"] >= start) & (cases["decided"] <= day) & (cases["uploaded_on"] <= day)
    supporting = _by_type(cases["kind"], wanted.rubric)
    handlers = wanted.candidates["officer"].index_of(tables[HANDLERS]["_owner"])
    row, officer, _ = to_handlers(tables, cases, handlers)
    above, unit, _ = to_ancestors(
        tables, np.arange(len(cases)), cases["unit_id"], wanted.candidates["unit"]
    )
    typed = supporting[row] >= 0
    row, officer = row[typed], officer[typed]
    result = pd.DataFrame(
        {
            "place": np.concatenate(
                [wanted.place("officer", officer, supporting[row]), wanted.place("unit", unit)]
            ),
            "row": np.concatenate([row, above]),
        }
    )
    result = result[(result["place"] >= 0) & known.to_numpy()[result["row"]]].drop_duplicates()
    case = cases["case_id"].iloc[result["row"]].reset_index(drop=True)
    result = result[["place"]].reset_index(drop=True).assign(case=case)
    return result.sort_values(["place", "case"], ignore_index=True)


def _match(open_slots: pd.DataFrame, eligible: pd.DataFrame, seed: str) -> pd.Series:
    """Return the case drawn for each open slot that can be filled, by the slot's row label."""
    edges = open_slots[["place", "number"]].reset_index().merge(eligible, on="place")
    if edges.empty:
        return pd.Series(dtype="object")
    # Imported here: a second of start-up that only a draw needs.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    # Chance decides the order in which the matching meets slots and files.
    slots = _shuffled(edges, ["kind", "candidate", "slot", "number"], seed)
    files = _shuffled(edges, ["case"], seed)
    graph = csr_array(
        (np.ones(len(edges), dtype=np.int8), (slots, files)),
        shape=(slots.max() + 1, files.max() + 1),
    )
    graph.sort_indices()
    matched = maximum_bipartite_matching(graph, perm_type="column")
    slot_rows = pd.Series(edges["index"].to_numpy(), index=slots).groupby(level=0).first()
    file_names = pd.Series(edges["case"].to_numpy(), index=files).groupby(level=0).first()
    filled = np.flatnonzero(matched >= 0)
    return pd.Series(
        file_names.reindex(matched[filled]).to_numpy(),
        index=slot_rows.reindex(filled).to_numpy(),
        dtype="object",
    )


def _shuffled(edges: pd.DataFrame, columns: list[str], seed: str) -> npt.NDArray[np.int64]:
    """Return, per edge, the position of its slot or file in the seed's random order."""
    codes, names = pd.factorize(texts.join_columns([edges[column] for column in columns], "\t"))
    chance = [hashlib.sha256(f"{seed}\t{name}".encode()).digest() for name in names.to_list()]
    place = np.empty(len(chance), dtype=np.int64)
    place[sorted(range(len(chance)), key=chance.__getitem__)] = np.arange(len(chance))
    return place[codes]


def drawn_files(
    result: Draw, tables: Mapping[str, pd.DataFrame], reviews: pd.DataFrame, plan: DrawPlan
) -> pd.DataFrame:
    """Return the derived table of drawn files, with the review that counts (`reviews`).

    A file without a score is not reviewed yet; a review that meets `plan.zero_if` makes it 0.
    """
    files = result.slots[result.slots["case"] != ""].reset_index(drop=True)
    cases = tables["cases"]
    case = positions(files["case"], cases["case_id"])
    review = positions(files["case"], reviews["case_id"])
    fatal = at(reviews["fatal"], review).map(lambda v: v if isinstance(v, tuple) else ())
    zero = at(_zeros(reviews, plan), review).fillna(False).astype(bool)
    score = at(reviews["score"], review)
    return pd.DataFrame(
        {
            "subject_kind": files["kind"].map({"unit": UNIT, "officer": OFFICER}),
            "subject": files["candidate"],
            "slot": files["slot"],
            "case_id": files["case"],
            "record_id": at(cases["record_id"], case),
            "record_found": np.append(cases["record_found"].to_numpy(), False)[case],
            "reviewed": zero | score.notna(),
            "file_score": score.mask(zero, 0),
            "fatal": fatal,
            ORIGIN: np.append(cases[ORIGIN].to_numpy(dtype=np.int64), -1)[case],
            VIA: np.append(reviews[ORIGIN].to_numpy(dtype=np.int64), -1)[review],
            CASE: case,
        }
    )


def _zeros(reviews: pd.DataFrame, plan: DrawPlan) -> pd.Series:
    """Return which reviews make a file's score 0."""
    result = np.zeros(len(reviews), dtype=bool)
    for one in plan.zero_if:
        tests = [meets(reviews, "case_reviews", name, asked) for name, asked in one.items()]
        result |= np.all(tests, axis=0)
    return pd.Series(result, index=reviews.index, dtype="boolean")
