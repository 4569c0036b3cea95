"""Whose a row about a unit is: the regional bureaus and candidates at or above that unit."""

from collections.abc import Collection

import pandas as pd

from dalian_eval.schema.relations import unit_closure


def bureaus(units: pd.DataFrame, kinds: Collection[str]) -> dict[str, str]:
    """Return the names of the regional bureaus by code, in order of code.

    Those are the units of the given 类型, and candidate units that state none.
    """
    candidate = units["candidate"].fillna(False).astype(bool)
    chosen = units[units["kind"].isin(list(kinds)) | (units["kind"].isna() & candidate)]
    return names_of(chosen, "unit_id")


def names_of(frame: pd.DataFrame, key: str) -> dict[str, str]:
    """Return the names (else the codes) by code, in order of code."""
    rows = frame.sort_values(key)
    names = rows["name"].where(rows["name"].notna(), rows[key])
    return {str(k): str(n) for k, n in zip(rows[key], names, strict=True)}


def roll_up(rows: pd.DataFrame, units: pd.DataFrame, above: Collection[str]) -> pd.DataFrame:
    """Return the rows once for each unit of `above` at or above their `unit_id`, as `candidate`.

    The order is that of `rows`, then of the units; a row below none of them is left out.
    """
    closure = unit_closure(units)
    closure = closure[closure["ancestor"].isin(list(above))]
    placed = rows.reset_index(drop=True).assign(_place=range(len(rows)))
    pairs = placed.merge(closure.rename(columns={"ancestor": "candidate"}), on="unit_id")
    return pairs.sort_values(["_place", "candidate"], ignore_index=True).drop(columns="_place")


def lowest(rows: pd.DataFrame, units: pd.DataFrame, among: Collection[str]) -> list[str]:
    """Return per row the lowest unit of `among` at or above its `unit_id`; empty where none is."""
    closure = unit_closure(units)
    depth = closure.groupby("unit_id").size()
    above = closure[closure["ancestor"].isin(list(among))]
    above = above.assign(depth=above["ancestor"].map(depth)).sort_values(["depth", "ancestor"])
    nearest = above.drop_duplicates("unit_id", keep="last")
    found = dict(zip(nearest["unit_id"], nearest["ancestor"], strict=True))
    return [found.get(str(unit), "") for unit in rows["unit_id"]]
