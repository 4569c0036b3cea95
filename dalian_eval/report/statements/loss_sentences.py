"""A candidate's losses in words: title, amount, why (all that makes the amount), and the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dalian_eval.report.base.points import plain
from dalian_eval.report.statements.account import Account, Entry, Statement
from dalian_eval.report.statements.losses import (
    BONUS,
    LEFT_OUT,
    OPEN,
    REST,
    SETTLEMENT,
    SHORT,
    TAKEN,
    VOIDED,
    Lost,
    losses_of,
)
from dalian_eval.report.views.evidence import Evidence
from dalian_eval.report.views.peers import Peers
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.scoring.awards import GAVE, NOTHING, PENDING, WAITING

_WORDS = {
    VOIDED: "归零",
    TAKEN: "扣分",
    SHORT: "未得",
    REST: "未得",
    OPEN: "待补",
    LEFT_OUT: "不参与",
    SETTLEMENT: "结算",
    BONUS: "加分",
}


@dataclass(frozen=True)
class Loss:
    """A row of 失分在哪里.

    `anchor`: the clause, item or part of the page where it is accounted for; `points`: lost
    (negative: gained); `note`: what settlement made of the clause's own loss, blank for nothing;
    `why`: the entries that make the amount, all of them; `account`: of the clause or item.
    """

    title: str
    locator: str
    anchor: str
    what: str
    points: int
    note: str
    why: tuple[Entry, ...]
    account: Account | None
    peers: Peers | None

    @property
    def word(self) -> str:
        """What kind of row it is, in Chinese."""
        return _WORDS[self.what]

    @property
    def reasons(self) -> list[str]:
        """What makes the amount, each a sentence without its full stop."""
        told = list(dict.fromkeys(entry.reason for entry in self.why))
        return [*([self.note] if self.note else []), *told]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The rows behind it."""
        return merge_sheets(e for entry in self.why for e in entry.evidence)


def loss_rows(
    view: RunView,
    kind: str,
    candidate: str,
    made: Statement,
    lost: Sequence[Lost] | None = None,
) -> list[Loss]:
    """Return the rows of a candidate's account; they add up to the full mark minus its total.

    `lost`: those of `losses_of`, where they are at hand.
    """
    accounts = {a.id: a for item in made.items for a in _all(item)}
    entries = {e.id: e for a in accounts.values() for e in a.entries}
    entries |= {e.id: e for e in made.rescaled}
    section = view.section(kind)
    return [
        _told(row, section, accounts, entries, view.peers.get((kind, row.node)))
        for row in (losses_of(view, kind, candidate) if lost is None else lost)
    ]


def _told(
    row: Lost,
    section: Section,
    accounts: dict[str, Account],
    entries: dict[str, Entry],
    peers: Peers | None,
) -> Loss:
    node, account = section.nodes[row.node], accounts.get(row.node)
    own = tuple(entries[name] for name in row.entries)
    title, why = node.title, own
    if row.what == VOIDED:
        proof = account.entries if account and account.is_clause else ()
        why = (*own, *(e for e in proof if e.outcome == GAVE))
    elif row.what == TAKEN and account and account.is_clause:
        why = (*(e for e in account.entries if e.points), *own)
    elif row.what == BONUS and account:
        why = tuple(e for a in _all(account) for e in a.entries if e.points)
    elif row.what == REST and account:
        title = rest_title(section, row.node)
        why = tuple(e for e in _open_ended(section, account) if e.outcome in (NOTHING, WAITING))
    elif row.what == SETTLEMENT:
        title = "、".join(dict.fromkeys(e.rule for e in own)) or f"{node.title}的结算"
    elif account:
        failed = tuple(e for e in account.entries if not e.points and e.outcome != PENDING)
        why = failed or account.entries
    return Loss(
        title=title,
        locator=node.locator,
        anchor="settlement" if row.what == SETTLEMENT else row.node,
        what=row.what,
        points=row.points,
        note=_note(row, account),
        why=why,
        account=account,
        peers=peers if row.what in (TAKEN, SHORT) else None,
    )


def rest_title(section: Section, item: str) -> str:
    """Return what to call the part of an item that no clause with a maximum of its own fills."""
    names = uncapped_clauses(section, item)
    titles = "』『".join(section.clauses[name].title for name in names)
    return f"『{titles}』（不单独设上限）" if names else f"『{section.nodes[item].title}』其他部分"


def uncapped_clauses(section: Section, item: str) -> list[str]:
    """Return the clauses in an item that give points without a maximum of their own."""
    return [
        name
        for name, clause in section.clauses.items()
        if name.startswith(f"{item}.")
        and not (clause.bonus or clause.deducts or clause.voided is not None)
        and (clause.max is None or not clause.capped)
    ]


def _open_ended(section: Section, item: Account) -> Iterator[Entry]:
    names = set(uncapped_clauses(section, item.id))
    for leaf in item.leaves():
        if leaf.id in names:
            yield from leaf.entries


def _note(row: Lost, account: Account | None) -> str:
    """Return what the entries alone do not tell of the amount."""
    if row.what == TAKEN and row.own != row.points:
        return f"应扣{plain(row.own)}分，扣完为止或本项另有得分补足，实际失{plain(row.points)}分"
    if row.what == SHORT and row.own != row.points:
        return f"本条差{plain(row.own)}分，本项其他得分补足一部分，实际失{plain(row.points)}分"
    if row.what == REST and account is not None and account.maximum is not None:
        had = f"本项满分{plain(account.maximum)}分，得{plain(account.points)}分"
        return (
            had if row.own == account.maximum - account.points else f"{had}，其余{plain(row.own)}分"
        )
    gave = [e for e in account.entries if e.points] if account is not None else []
    # One entry, and the months of a figure, say themselves what they come to.
    if row.what == SHORT and account is not None and len(gave) > 1 and account.strip is None:
        most = "" if account.maximum is None else f"，满分{plain(account.maximum)}分"
        return f"共{len(gave)}笔，得{plain(account.points)}分{most}"
    return ""


def _all(account: Account) -> Iterator[Account]:
    yield account
    for part in account.parts:
        yield from _all(part)


def merge_sheets(evidence: Iterator[Evidence]) -> tuple[Evidence, ...]:
    """Return the rows of each sheet drawn together, in the order the sheets are first named."""
    rows: dict[tuple[str, str, str, str], set[int]] = {}
    spots: dict[tuple[str, str, str, str], set[int]] = {}
    for e in evidence:
        place = (e.name, e.table, e.file, e.sheet)
        rows.setdefault(place, set()).update(e.rows)
        spots.setdefault(place, set()).update(e.spots)
    return tuple(
        Evidence(*place, tuple(sorted(found)), tuple(sorted(spots[place])))
        for place, found in rows.items()
    )
