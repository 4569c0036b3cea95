"""Where points were lost and where they can still be had: per candidate and clause.

A clause never counts for more than its item lacks: what a full item could not take is no loss.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dalian_eval.report.views.item_overview import top_items
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.clauses import AnyNode, Item, MonthlyClause, StepsClause, VoidClause
from dalian_eval.rubric.model import Section

_RULE = "。规则："
_HEAD = re.compile(r"^未(?:得分|扣分|发现)：")
_COUNT = re.compile(r"有关记录\d+条，均")
_DATED = re.compile(r"(没有)?[^—；。]*不晚于\d{4}-\d{2}-\d{2}的")
_LONGEST = 120


@dataclass(frozen=True)
class Loss:
    """What a clause cost all candidates together (ten-thousandths), and whom, most first.

    `node` is the item itself for what only its clauses without a maximum of their own could fill;
    the rest of a voided item is lost through the clause that voids it.
    """

    node: AnyNode
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
        return self.deducts or isinstance(
            self.node, MonthlyClause | StepsClause | VoidClause | Item
        )


def losses(view: RunView, kind: str) -> pd.DataFrame:
    """Return candidate, node, item, lost, reach: a row per candidate and clause or item.

    `lost`: what an award lacks to its maximum, or what was taken off, now; `reach`: what can still
    be had by the end of the period; ten-thousandths, 0 where a clause is open, bonus or not
    assessed, never above what the item lacks or can still gain. What is left of an item beside its
    clauses has a row of its own.
    """
    clauses = view.section(kind).clauses
    item_of = _item_of(view, kind)
    rows = _of_kind(view.clauses, kind, list(item_of))
    rows = rows.assign(item=rows["clause"].map(item_of))
    tops = _of_kind(view.clauses, kind, sorted(set(item_of.values())))
    ahead = view.outlook[view.outlook["kind"] == kind].set_index(["candidate", "clause"])
    gain = (ahead["attainable"] - ahead["earned"]).clip(lower=0)
    most, top = (f["max"].astype("Int64").fillna(0).astype("int64") for f in (rows, tops))
    short = pd.Series(
        (top - tops["points"]).clip(lower=0).to_numpy(), index=_key(tops, "clause"), dtype="int64"
    )
    ids = rows["clause"].to_numpy()
    deducts = pd.Series([clauses[n].deducts for n in ids], index=rows.index, dtype=bool)
    single = pd.Series([clauses[n].capped for n in ids], index=rows.index, dtype=bool)
    lost = (-rows["points"]).where(deducts, most - rows["points"]).where(deducts | single, 0)
    reach = gain.reindex(_key(rows, "clause"), fill_value=0).where(single.to_numpy(), 0)
    scored = rows["status"].to_numpy() == "scored"
    above = _key(rows, "item")
    made = pd.DataFrame(
        {
            "candidate": rows["candidate"].to_numpy(),
            "node": ids,
            "item": rows["item"].to_numpy(),
            "lost": np.minimum(
                lost.clip(lower=0).to_numpy(), short.reindex(above, fill_value=0).to_numpy()
            ),
            "reach": np.minimum(reach.to_numpy(), gain.reindex(above, fill_value=0).to_numpy()),
            "waiting": most.where(~deducts & ~pd.Series(scored, index=rows.index), 0).to_numpy(),
        }
    )
    made.loc[~scored, ["lost", "reach"]] = 0
    sums = made.groupby(["candidate", "item"])[["lost", "reach", "waiting"]].sum()
    sums = sums.reindex(short.index, fill_value=0)
    rest = sums.assign(
        lost=(short - sums["lost"] - sums["waiting"]).clip(lower=0),
        reach=(gain.reindex(short.index, fill_value=0) - sums["reach"] - sums["waiting"]).clip(
            lower=0
        ),
    )
    rest = rest.rename_axis(["candidate", "item"]).reset_index()
    hit = rows[(rows["status"] == "void").to_numpy()].drop_duplicates(["candidate", "item"])
    void = dict(zip(zip(hit["candidate"], hit["item"], strict=True), hit["clause"], strict=True))
    pairs = zip(rest["candidate"], rest["item"], strict=True)
    rest = rest.assign(node=[void.get(pair, pair[1]) for pair in pairs])
    columns = ["candidate", "node", "item", "lost", "reach"]
    return pd.concat([made, rest], ignore_index=True)[columns]


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


def title_of(view: RunView, kind: str, node: AnyNode) -> str:
    """Return what to call the node of a loss."""
    if not isinstance(node, Item):
        return f"『{node.title}』"
    open_ended = [
        clause.title
        for name, clause in view.section(kind).clauses.items()
        if name.startswith(f"{node.id}.")
        and not (clause.bonus or clause.deducts or isinstance(clause, VoidClause))
        and (clause.max is None or not clause.capped)
    ]
    if not open_ended:
        return f"『{node.title}』其他部分"
    return f"『{'』『'.join(open_ended)}』（不单独设上限）"


def silences(view: RunView, kind: str) -> pd.DataFrame:
    """Return the ledger's entries of 0 points that say why a clause gave nothing."""
    rows = view.ledger[(view.ledger["points"] == 0) & (view.ledger["kind"] == kind)]
    return rows[rows["reason"].str.startswith("未")]


def common_reason(silent: pd.DataFrame, loss: Loss) -> tuple[str, Sequence[str]]:
    """Return what most candidates lack at a clause, and who they are; blank when that varies.

    The reasons are those of `silent` (see `silences`), without dates, counts and the rule; one
    counts when it holds for at least half of those who lost points and is short enough.
    """
    if loss.varies:
        return "", ()
    rows = silent[silent["clause"] == loss.node.id]
    rows = rows[rows["candidate"].isin(loss.who)]
    if rows.empty:
        return "", ()
    plain = rows["reason"].map(_plain)
    counts = plain.value_counts(sort=False)
    reason = str(min(counts.index, key=lambda text: (-counts[text], text)))
    ids = tuple(dict.fromkeys(rows.loc[plain == reason, "candidate"]))
    if 2 * len(ids) < len(loss.who) or len(reason) > _LONGEST:
        return "", ()
    return reason, ids


def _plain(reason: str) -> str:
    short = _HEAD.sub("", reason.split(_RULE)[0])
    return _COUNT.sub("有关记录均", _DATED.sub(r"\1", short))


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
