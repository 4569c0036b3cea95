"""The case draw (案卷抽取): official draws first, the open slots by a repeatable random matching.

Each officer has one ordinary and one supporting slot, each unit some of any kind; a file goes to
one candidate only. What the official draws leave open is filled as far as a maximum matching can;
chance is a hash of the seed, the eligible list, the slot and the file, so that everyone who
repeats the draw on the same list gets the same result, whatever the machine.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import Kind, Rubric
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import unit_closure
from dalian_eval.schema.tables import OFFICER, UNIT
from dalian_eval.scoring import texts
from dalian_eval.scoring.facts import VIA, Candidates, main_handlers

ORDINARY, SUPPORTING, ANY = "ordinary", "supporting", "any"
SLOT_NAMES = {ORDINARY: "一般处罚", SUPPORTING: "配套办法", ANY: "任意"}


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


def draw(
    tables: Mapping[str, pd.DataFrame],
    candidates: Mapping[Kind, Candidates],
    rubric: Rubric,
    as_of: dt.date,
    seed: str,
) -> Draw:
    """Draw the files as of `as_of` (附件4·2·3, 附件3·信息化·3(3)); `seed` is the run's own."""
    slots = _slots(candidates, rubric)
    official, taken = _official(tables, slots, rubric, as_of)
    eligible = _eligible(tables, candidates, rubric, as_of)
    eligible = eligible[~eligible["case"].isin(taken)]
    text = "\n".join("\t".join(row) for row in eligible.itertuples(index=False, name=None))
    list_hash = hashlib.sha256(text.encode()).hexdigest()
    mixed = hashlib.sha256(f"{seed}\n{list_hash}".encode()).hexdigest()

    slots = slots.merge(official, on=["kind", "candidate", "slot", "number"], how="left")
    open_slots = slots[slots["case"].isna()]
    drawn = _match(open_slots, eligible, mixed)
    slots["source"] = np.where(slots["case"].notna(), "official", "")
    slots.loc[drawn.index, "case"] = drawn
    slots.loc[drawn.index, "source"] = "program"
    slots["case"] = slots["case"].fillna("")

    counts = eligible.groupby(["kind", "candidate", "slot"]).size().rename("eligible")
    slots = slots.merge(counts, on=["kind", "candidate", "slot"], how="left")
    slots["eligible"] = slots["eligible"].fillna(0).astype("int64")
    slots["reason"] = texts.told([slots["source"], slots["eligible"], slots["slot"]], _reason)
    slots = slots.sort_values(["kind", "candidate", "slot", "number"], ignore_index=True)
    return Draw(slots, eligible.reset_index(drop=True), list_hash, mixed)


def _reason(source: str, eligible: int, slot: str) -> str:
    if source == "official":
        return "上级正式抽取"
    if source == "program":
        return f"由程序从{eligible}份可抽案卷中随机抽取"
    if eligible == 0:
        return f"没有可抽的{SLOT_NAMES[slot]}案卷"
    return f"{eligible}份可抽案卷已由其他候选对象抽用（同一案卷不得共用）"


def _slots(candidates: Mapping[Kind, Candidates], rubric: Rubric) -> pd.DataFrame:
    """Return one row per slot: kind, candidate, slot, number (from 0)."""
    frames = []
    for kind, slots in (
        ("officer", [(ORDINARY, 0), (SUPPORTING, 0)]),
        ("unit", [(ANY, number) for number in range(rubric.draw.unit_files)]),
    ):
        ids = candidates["officer" if kind == "officer" else "unit"].ids
        frames += [
            pd.DataFrame({"kind": kind, "candidate": ids, "slot": slot, "number": number})
            for slot, number in slots
        ]
    return pd.concat(frames, ignore_index=True).astype({"number": "int64"})


def _official(
    tables: Mapping[str, pd.DataFrame], slots: pd.DataFrame, rubric: Rubric, as_of: dt.date
) -> tuple[pd.DataFrame, set[str]]:
    """Return the official draws that fill slots, and every officially drawn case.

    A row 不限 for an officer goes by the case's type; a row beyond the slots there are, the
    earliest coming first, fills none but still takes its file.
    """
    rows = tables["case_draws"]
    rows = rows[rows["drawn_on"] <= pd.Timestamp(as_of)]
    kinds = tables["cases"].set_index("case_id")["kind"]
    case_kind = rows["case_id"].map(kinds)
    by_type = pd.Series(None, index=rows.index, dtype="object")
    by_type[case_kind.isin(rubric.draw.ordinary)] = ORDINARY
    by_type[case_kind.isin(rubric.draw.supporting)] = SUPPORTING
    by_category = rows["category"].map({"一般处罚": ORDINARY, "配套办法": SUPPORTING})
    is_unit = rows["subject_kind"] == UNIT
    slot = by_category.astype("object").where(by_category.notna(), by_type).where(~is_unit, ANY)
    rows = rows.assign(
        kind=rows["subject_kind"].map({UNIT: "unit", OFFICER: "officer"}),
        candidate=rows["subject"],
        slot=slot,
        case=rows["case_id"],
    )
    taken = set(rows["case"])
    rows = rows[rows["slot"].notna()].sort_values(["drawn_on", "case", ORIGIN])
    rows = rows.drop_duplicates(["kind", "candidate", "case"])
    rows["number"] = rows.groupby(["kind", "candidate", "slot"]).cumcount()
    keep = ["kind", "candidate", "slot", "number", "case", ORIGIN]
    typed = rows[keep].astype({"slot": "str", "number": "int64"})
    return typed.merge(slots, on=["kind", "candidate", "slot", "number"]), taken


def _eligible(
    tables: Mapping[str, pd.DataFrame],
    candidates: Mapping[Kind, Candidates],
    rubric: Rubric,
    as_of: dt.date,
) -> pd.DataFrame:
    """Return what the program may draw: kind, candidate, slot, case, sorted.

    Decided in P and by `as_of`, uploaded to the case system by then; an officer's as main handler,
    a unit's own or its descendants'.
    """
    day = pd.Timestamp(as_of)
    cases = tables["cases"]
    decided = (cases["decided"] >= pd.Timestamp(rubric.period.start)) & (cases["decided"] <= day)
    cases = cases[decided & (cases["uploaded_on"] <= day)]
    slot = pd.Series(None, index=cases.index, dtype="object")
    slot[cases["kind"].isin(rubric.draw.ordinary)] = ORDINARY
    slot[cases["kind"].isin(rubric.draw.supporting)] = SUPPORTING
    handled = cases.assign(slot=slot)[slot.notna()]
    handled = handled.merge(main_handlers(tables["case_handlers"]), on="case_id")
    handled = handled[handled["_owner"].isin(candidates["officer"].ids)]
    own = cases.merge(unit_closure(tables["units"]), on="unit_id")
    own = own[own["ancestor"].isin(candidates["unit"].ids)]
    parts = [
        pd.DataFrame(
            {
                "kind": "officer",
                "candidate": handled["_owner"],
                "slot": handled["slot"],
                "case": handled["case_id"],
            }
        ),
        pd.DataFrame(
            {"kind": "unit", "candidate": own["ancestor"], "slot": ANY, "case": own["case_id"]}
        ),
    ]
    columns = ["kind", "candidate", "slot", "case"]
    result = pd.concat(parts, ignore_index=True).astype("str")[columns].drop_duplicates()
    return result.sort_values(columns, ignore_index=True)


def _match(open_slots: pd.DataFrame, eligible: pd.DataFrame, seed: str) -> pd.Series:
    """Return the case drawn for each open slot that can be filled, by the slot's row label."""
    edges = open_slots.reset_index().merge(eligible, on=["kind", "candidate", "slot"])
    edges = edges.drop(columns="case_x").rename(columns={"case_y": "case"})
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
    names = texts.joined([edges[column] for column in columns], "\t")
    distinct = sorted(set(names))
    chance = {n: hashlib.sha256(f"{seed}\t{n}".encode()).digest() for n in distinct}
    place = {n: i for i, n in enumerate(sorted(distinct, key=lambda n: chance[n]))}
    return np.array([place[n] for n in names], dtype=np.int64)


def drawn_files(
    result: Draw, tables: Mapping[str, pd.DataFrame], reviews: pd.DataFrame
) -> pd.DataFrame:
    """Return the derived table of drawn files, with the review that counts (`reviews`).

    A file without a score is not reviewed yet; 零分 and any fatal defect make the score 0.
    """
    slots = result.slots[result.slots["case"] != ""].rename(columns={"case": "case_id"})
    case_columns = ["case_id", "record_id", "record_found", ORIGIN]
    files = slots.drop(columns=ORIGIN).merge(
        tables["cases"][case_columns], on="case_id", how="left"
    )
    review_columns = ["case_id", "score", "zero", "fatal", ORIGIN]
    files = files.merge(
        reviews[review_columns].rename(columns={ORIGIN: VIA}), on="case_id", how="left"
    )
    fatal = files["fatal"].map(lambda v: v if isinstance(v, tuple) else ())
    zero = files["zero"].fillna(False).astype(bool) | (fatal.map(len) > 0)
    return pd.DataFrame(
        {
            "subject_kind": files["kind"].map({"unit": UNIT, "officer": OFFICER}),
            "subject": files["candidate"],
            "slot": files["slot"],
            "case_id": files["case_id"],
            "record_id": files["record_id"],
            "record_found": files["record_found"].fillna(False).astype(bool),
            "reviewed": zero | files["score"].notna(),
            "file_score": files["score"].mask(zero, 0),
            "fatal": fatal,
            ORIGIN: files[ORIGIN].fillna(-1).astype("int64"),
            VIA: files[VIA].fillna(-1).astype("int64"),
        }
    )
