"""Where points were lost and where they can still be had: per candidate and clause.

What is lost is told after settlement (`report.losses`): a clause never counts for more than its
item lacks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dalian_eval.report.statements.loss_sentences import rest_title
from dalian_eval.report.statements.losses import LEFT_OUT, OPEN, all_losses
from dalian_eval.report.views.item_overview import top_items
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.rubric.queries import Gate
from dalian_eval.scoring.awards import NOTHING

_LONGEST = 120
"""Characters up to which a common reason is told."""


@dataclass(frozen=True)
class Loss:
    """What a clause cost all candidates together (ten-thousandths), and whom, most first.

    `node` is the item itself for what only its clauses without a maximum of their own could fill;
    the rest of a voided item is lost through the clause that voids it.
    """

    node: Item | Clause
    item: str
    total: int
    who: tuple[str, ...]
    points: tuple[int, ...]

    @property
    def deducts(self) -> bool:
        """Whether points were taken off, rather than not earned."""
        return not isinstance(self.node, Item) and self.node.deducts

    @property
    def varies(self) -> bool:
        """Whether the ledger tells it in other ways than one reason for each candidate."""
        return self.deducts or isinstance(self.node, Item) or not self.node.tells_each_alike


_COLUMNS = ["candidate", "node", "item"]


def losses(view: RunView, kind: str) -> pd.DataFrame:
    """Return candidate, node, item, lost, reach: a row per candidate and clause or item.

    `lost`: what settlement leaves of the candidate's loss (`report.losses`), clauses that wait for
    data or are not assessed left out; `reach`: what can still be had by the end of the period,
    never above what the item can still gain; ten-thousandths.
    """
    rows = [
        (candidate, row.node, row.item, row.points)
        for candidate, told in all_losses(view, kind).items()
        for row in told
        if row.item and row.what not in (OPEN, LEFT_OUT)
    ]
    lost = pd.DataFrame(rows, columns=[*_COLUMNS, "lost"]).astype({"lost": "int64"})
    sums: pd.DataFrame = lost.groupby(_COLUMNS, sort=False)[["lost"]].sum().reset_index()
    both = sums.merge(_reach(view, kind), "outer", _COLUMNS)
    return both.fillna({"lost": 0, "reach": 0}).astype({"lost": "int64", "reach": "int64"})


def _reach(view: RunView, kind: str) -> pd.DataFrame:
    """Return candidate, node, item, reach: what clauses, and items beside them, can still give."""
    clauses = view.section(kind).clauses
    item_of = _item_of(view, kind)
    rows = _of_kind(view.clauses, kind, list(item_of))
    rows = rows.assign(item=rows["clause"].map(item_of))
    tops = _of_kind(view.clauses, kind, sorted(set(item_of.values())))
    ahead = view.outlook[view.outlook["kind"] == kind].set_index(["candidate", "clause"])
    gain = (ahead["attainable"] - ahead["earned"]).clip(lower=0)
    most = rows["max"].astype("Int64").fillna(0).astype("int64")
    single = np.array([clauses[n].capped for n in rows["clause"]], dtype=bool)
    scored = (rows["status"] == "scored").to_numpy()
    deducts = np.array([clauses[n].deducts for n in rows["clause"]], dtype=bool)
    reach = gain.reindex(_key(rows, "clause"), fill_value=0).to_numpy()
    above = gain.reindex(_key(rows, "item"), fill_value=0).to_numpy()
    made = pd.DataFrame(
        {
            "candidate": rows["candidate"].to_numpy(),
            "node": rows["clause"].to_numpy(),
            "item": rows["item"].to_numpy(),
            "reach": np.where(single & scored, np.minimum(reach, above), 0),
            "waiting": np.where(~deducts & ~scored, most.to_numpy(), 0),
        }
    )
    every = _key(tops, "clause")
    sums = made.groupby(["candidate", "item"])[["reach", "waiting"]].sum()
    sums = sums.reindex(every, fill_value=0)
    rest = gain.reindex(every, fill_value=0) - sums["reach"] - sums["waiting"]
    beside = rest.clip(lower=0).rename("reach").rename_axis(["candidate", "item"]).reset_index()
    return pd.concat(
        [made[[*_COLUMNS, "reach"]], beside.assign(node=beside["item"])[[*_COLUMNS, "reach"]]],
        ignore_index=True,
    )


def by_node(view: RunView, kind: str, rows: pd.DataFrame, column: str) -> list[Loss]:
    """Return the clauses of `rows` by the sum of `column`, `lost` or `reach`, greatest first."""
    nodes = view.section(kind).nodes
    some = rows[rows[column] > 0].sort_values(
        [column, "candidate"], ascending=[False, True], kind="stable"
    )
    found = [
        Loss(
            nodes[str(name)],
            str(group["item"].iloc[0]),
            int(group[column].sum()),
            tuple(group["candidate"]),
            tuple(int(p) for p in group[column]),
        )
        for name, group in some.groupby("node", sort=True)
    ]
    place = {name: i for i, name in enumerate(nodes)}
    return sorted(found, key=lambda loss: (-loss.total, place[loss.node.id]))


def title_of(view: RunView, kind: str, node: Item | Clause) -> str:
    """Return what to call the node of a loss."""
    if isinstance(node, Item):
        return rest_title(view.section(kind), node.id)
    return f"『{node.title}』"


def failures(view: RunView, kind: str) -> pd.DataFrame:
    """Return the ledger's entries that say which test of a clause failed."""
    return view.ledger[(view.ledger["outcome"] == NOTHING) & (view.ledger["kind"] == kind)]


def common_reason(failed: pd.DataFrame, loss: Loss) -> tuple[str, Sequence[str]]:
    """Return what most candidates lack at a clause, and who they are; blank when that varies.

    `failed`: see `failures`. Whoever has no row that came near has none at all; whoever has some
    met no condition in time. One of the two counts when it holds for at least half of those who
    lost points at the clause.
    """
    if loss.varies or isinstance(loss.node, Item):
        return "", ()
    rows = failed[(failed["clause"] == loss.node.id) & failed["candidate"].isin(loss.who)]
    what = "、".join(dict.fromkeys(q.what for q in loss.node.queries if not isinstance(q, Gate)))
    if rows.empty or not what or len(what) > _LONGEST:
        return "", ()
    near = rows["evidence"] != ""
    cases = (
        (~near, f"没有『{what}』的有关记录"),
        (near, f"『{what}』的有关记录不符合条件或不在规定期间"),
    )
    for who, reason in sorted(cases, key=lambda case: -int(case[0].sum())):
        ids = tuple(dict.fromkeys(rows.loc[who, "candidate"]))
        if ids and 2 * len(ids) >= len(loss.who):
            return reason, ids
    return "", ()


def _of_kind(frame: pd.DataFrame, kind: str, clauses: list[str]) -> pd.DataFrame:
    return frame[(frame["kind"] == kind) & frame["clause"].isin(clauses)]


def _key(frame: pd.DataFrame, column: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["candidate", column]], names=["candidate", "clause"])


def _item_of(view: RunView, kind: str) -> dict[str, str]:
    """Return the top item of every clause that is no bonus, in document order."""
    section: Section = view.section(kind)
    tops = [t for t in top_items(view, kind) if not section.items[t].bonus]
    return {
        name: top
        for top in tops
        for name, clause in section.clauses.items()
        if name.startswith(f"{top}.") and not clause.bonus
    }
