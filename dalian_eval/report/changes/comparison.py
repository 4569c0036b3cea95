"""What changed between two runs: the model of a comparison, and its words.

Whoever compares (`record.diff`) fills it; pages, terminal text and csv are made from it alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dalian_eval.base.day_words import iso_day_words, month_words
from dalian_eval.outputs.words import SCORE_STATES
from dalian_eval.report.base.points import with_sign
from dalian_eval.report.views.evidence import Evidence
from dalian_eval.rubric.model import Section

DATA, MONTH, SETTINGS, PROGRAM = "资料", "新的一个月", "设置", "程序"
"""What a movement comes from: other rows of the days evaluated before, the days that are new, other
settings on the same rows and days, another program."""

LATE, CORRECTED = "迟报的资料", "更正的资料"
"""What data moved: rows that came after the month was evaluated, or rows that were changed."""

ADDED, REMOVED, CHANGED = "新增", "删除", "变动"
"""What became of a row."""

Key = tuple[str, str]
"""Kind and code of a candidate."""


@dataclass(frozen=True)
class RowChange:
    """A row of a canonical table that differs: by the table's key, wherever it stands.

    `before`, `after`: its origin (`table:file#sheet!row`) in either run, empty where it is not;
    `cells`: header, value before and value after of what differs in a changed row.
    """

    table: str
    key: str
    what: str
    before: str
    after: str
    cells: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Setting:
    """A setting that differs, in Chinese: what it is, its value before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class OneSidedEntry:
    """A ledger entry that only one of the two ledgers has; its points count as they stand.

    `current`: the later one has it; `evidence`: the rows it rests on.
    """

    month: str
    points: int
    reason: str
    current: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Part:
    """What one clause and rule moved for a candidate, from one source.

    `points`: the difference; `entries`: the entries that went and came, they add up to it; `rows`:
    the rows that did it (the first ones, `row_count` in all), `pinned`: they are what the entries
    rest on, otherwise what of the clause's tables changed; `tables`: tables that only one of the
    runs was given; `settings`: those the clause depends on; `late`, `corrected`: whether any of all
    these rows is new, and whether any was changed or removed.
    """

    clause: str
    title: str
    rule: str
    source: str
    points: int
    entries: tuple[OneSidedEntry, ...] = ()
    settles: bool = False
    rows: tuple[RowChange, ...] = ()
    row_count: int = 0
    pinned: bool = True
    tables: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    late: bool = False
    corrected: bool = False

    @property
    def name(self) -> str:
        """What moved: the clause, and the rule where it is not the clause's own."""
        return (
            f"{self.title}{self.rule}" if self.settles and self.rule != self.title else self.title
        )

    @property
    def origin(self) -> str:
        """Where it comes from: the source, the kind of rows, or the one setting that did it."""
        if self.source == SETTINGS and len(self.settings) == 1:
            return self.settings[0].name
        return self.cause

    @property
    def cause(self) -> str:
        """The source, of data whether the rows came late or were corrected where all agree."""
        if self.source == DATA and self.late != self.corrected:
            return LATE if self.late else CORRECTED
        return self.source

    @property
    def because(self) -> str:
        """Why, in one sentence, without the rows and settings themselves."""
        if self.settles:
            return "随本项各条的变动结算而来"
        if self.source == PROGRAM:
            return "同样的资料和设置，两个程序版本算得不同"
        if self.source == MONTH:
            return "前次截至日以后的事实和期限计入，同一份资料、同样的设置"
        if self.source == SETTINGS:
            return "由下列设置的变动引起" if self.settings else "随其他条款的变动而来"
        if self.tables:
            return f"『{'』『'.join(self.tables)}』表的报送情况不同"
        if not self.row_count:
            return "没有直接涉及本条的行变动，随其他条款或其他对象的变动而来"
        if self.pinned:
            return f"依据的行有{self.row_count}行变动"
        return f"不能归到单独一行：本条所用的表中有{self.row_count}行变动"


@dataclass(frozen=True)
class Standing:
    """Where a candidate stood in a run; `rank` is None for whoever takes no part."""

    total: int
    rank: int | None
    status: str

    @property
    def state(self) -> str:
        """The status in Chinese."""
        return SCORE_STATES.get(self.status, self.status)


@dataclass(frozen=True)
class CandidateChange:
    """A candidate whose points, rank or status differ; None where it was no candidate."""

    kind: str
    candidate: str
    name: str
    before: Standing | None
    after: Standing | None
    parts: tuple[Part, ...]

    @property
    def difference(self) -> int:
        """The points by which the total moved."""
        return (self.after.total if self.after else 0) - (self.before.total if self.before else 0)

    @property
    def note(self) -> str:
        """What became of the candidate besides its points."""
        if self.before is None:
            return "新列为候选"
        if self.after is None:
            return "不再是候选"
        if self.before.status != self.after.status:
            return f"{self.before.state} → {self.after.state}"
        return ""

    @property
    def largest(self) -> tuple[Part, ...]:
        """The three parts that moved most."""
        return tuple(sorted(self.parts, key=lambda p: -abs(p.points))[:3])

    def by_source(self) -> dict[str, int]:
        """Return the points that came from each source; they add up to the difference."""
        result: dict[str, int] = {}
        for part in self.parts:
            result[part.source] = result.get(part.source, 0) + part.points
        return result


@dataclass(frozen=True)
class ClauseChange:
    """What a clause moved: `points`, one number (0.0001 point) per candidate that it moved."""

    kind: str
    clause: str
    title: str
    points: tuple[int, ...]

    @property
    def ups(self) -> tuple[int, ...]:
        """The gains."""
        return tuple(p for p in self.points if p > 0)

    @property
    def downs(self) -> tuple[int, ...]:
        """The losses."""
        return tuple(p for p in self.points if p < 0)


@dataclass(frozen=True)
class Comparison:
    """Two runs compared: `before` and `after` are their run.json.

    `settings`: what differs besides; `days`: the two evaluation days when the later run is of a
    later month; `counts`: per table that differs, rows added, removed, changed; `supplied`: tables
    that only one run was given; `candidates`: by kind, then by how much they moved; `unmoved`: how
    many candidates are the same in both; `rows`: per table, the first rows that differ; `trial`:
    the file of the rules under which `before` is tried, when `after` is no run.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    settings: tuple[Setting, ...]
    counts: Mapping[str, tuple[int, int, int]]
    supplied: tuple[str, ...]
    candidates: tuple[CandidateChange, ...]
    unmoved: int
    rows: Mapping[str, tuple[RowChange, ...]]
    days: Setting | None = None
    trial: str = ""

    @property
    def heading(self) -> str:
        """What the comparison is of."""
        if self.trial:
            return f"试算：换用 {self.trial}，谁的分会变"
        return "两次评价的比较"

    def by_clause(self) -> list["ClauseChange"]:
        """Return what every clause moved, in all its entries, most candidates first."""
        moved: dict[tuple[str, str, str], list[int]] = {}
        for change in self.candidates:
            sums: dict[tuple[str, str, str], int] = {}
            for part in change.parts:
                key = (change.kind, part.clause, part.title)
                sums[key] = sums.get(key, 0) + part.points
            for key, points in sums.items():
                if points:
                    moved.setdefault(key, []).append(points)
        found = [ClauseChange(*key, tuple(points)) for key, points in moved.items()]
        return sorted(found, key=lambda c: (-c.kind.count("unit"), -len(c.points)))

    def of(self, kind: str) -> list[CandidateChange]:
        """Return the candidates of a kind."""
        return [c for c in self.candidates if c.kind == kind]


def title_of(clause: str, sections: Iterable[Section]) -> str:
    """Return what the first of `sections` that has the clause calls it."""
    for section in sections:
        if clause in section.nodes:
            return section.nodes[clause].title
    return "不参与折算" if clause.endswith(".redistribution") else clause


def run_words(meta: Mapping[str, Any]) -> str:
    """Return how a run is named in a sentence."""
    month, day = month_words(str(meta["month"])), iso_day_words(str(meta["as_of"]))
    return f"{month}（截至{day}，编号{meta['run_id']}）"


def clause_words(change: ClauseChange) -> str:
    """Return what a clause moved in words: 2个增加（最多+0.5分），1个减少（最多-1分）."""
    parts = []
    if change.ups:
        parts.append(f"{len(change.ups)}个增加（最多{with_sign(max(change.ups))}分）")
    if change.downs:
        parts.append(f"{len(change.downs)}个减少（最多{with_sign(min(change.downs))}分）")
    return "，".join(parts)
