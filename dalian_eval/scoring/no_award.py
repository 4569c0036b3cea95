"""Explain what did not happen: the entry of 0 points of a clause that gave nothing.

It says what is missing and names the row that came nearest with what it failed by, in the clause's
own wording or in general words; what the rule would have given stands once, at the clause
(`rule_text` in clauses.csv).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.base.day_words import span_words
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Query, Years
from dalian_eval.rubric.sentences import condition_words
from dalian_eval.rubric.vocabulary import impersonal, short_header_of
from dalian_eval.rubric.wording import fill, places_of
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, cell_words, day_told, lists, none
from dalian_eval.scoring.facts import Facts, Positions, Selection

_NOTHING, _LATE, _IDLE = 0, 1000, 1001
"""How far the nearest row came: there is none; its date does not count; it is worth nothing.

In between, 1 and the number of conditions that it meets before the first it fails.
"""

_TOLD_VALUES = 3
"""So many different values of the nearest rows are told."""


def nothing_found(
    clause: Clause,
    queries: Sequence[Query],
    selections: Sequence[Selection],
    who: Positions,
    facts: Facts,
    head: str,
    outcome: str | None = None,
) -> pd.DataFrame:
    """Return the entries of candidates `who`, for whom no fact of `queries` gave anything.

    `head`: how the sentence begins (未得分：, 未扣分：); `outcome`: see `awards`.
    """
    if not len(who):
        return none()
    place = np.full(selections[0].size, -1, dtype=np.int64)
    place[who] = np.arange(len(who))
    nearest = [_nearest(q, s, place, facts) for q, s in zip(queries, selections, strict=True)]
    depth = np.stack([one.depth for one in nearest])
    leading = depth.argmax(axis=0)
    words = _Words(clause, queries, facts.rubric.period)
    told = np.empty(len(who), dtype=object)
    for number, query in enumerate(queries):
        for level in np.unique(depth[number][leading == number]):
            mine = np.flatnonzero((leading == number) & (depth[number] == level))
            template = words.template(query, int(level))
            told[mine] = _filled(template, query, int(level), nearest[number], mine, facts)
    origins = np.concatenate([o for _, o in (s.furthest for s in selections)])
    candidates = place[np.concatenate([c for c, _ in (s.furthest for s in selections)])]
    evidence = lists(candidates[candidates >= 0], origins[candidates >= 0], len(who))
    reason = pd.Series(told, dtype="str")
    return awards(who, 0, head + reason, evidence=evidence, outcome=outcome)


@dataclass(frozen=True)
class _Nearest:
    """The rows that came nearest to giving each candidate something.

    `depth`: how far they came; `pairs`: candidate and row of each, in the order of the table.
    """

    depth: Positions
    pairs: tuple[Positions, Positions]


def _nearest(query: Query, selection: Selection, place: Positions, facts: Facts) -> _Nearest:
    """Return the nearest rows of a query; `place`: candidate → its place among those told."""
    mine = place[selection.who] >= 0
    who, row = place[selection.who[mine]], selection.row[mine]
    stage = selection.stage[mine]
    failed = np.flatnonzero(stage == 0)
    reached = np.where(stage == 1, _LATE, _IDLE)
    reached[failed] = 1 + facts.conditions_met(query)[row[failed]]
    depth = np.full(int((place >= 0).sum()), _NOTHING, dtype=np.int64)
    np.maximum.at(depth, who, reached)
    last = np.flatnonzero((reached == depth[who]) & (reached > _NOTHING))
    last = last[np.lexsort((row[last], who[last]))]
    return _Nearest(depth, (who[last], row[last]))


def _filled(
    template: str, query: Query, level: int, nearest: _Nearest, mine: Positions, facts: Facts
) -> npt.NDArray[np.object_]:
    """Return the sentences of candidates `mine`, whose nearest rows all came to `level`."""
    asked = set(places_of(template))
    if not asked:
        return np.full(len(mine), template, dtype=object)
    who, row = nearest.pairs
    chosen = np.isin(who, mine)
    who, row = np.searchsorted(mine, who[chosen]), row[chosen]
    first = row[np.unique(who, return_index=True)[1]]
    count = np.bincount(who, minlength=len(mine))
    columns: dict[str, npt.NDArray[np.object_] | Positions] = {"count": count}
    if "near" in asked:
        columns["near"] = _labels(query, first, facts)
    if "date" in asked:
        columns["date"] = _dates(query, first, facts)
    if "value" in asked:
        column = [*query.where][level - 1]
        columns["value"] = _values(query, column, who, row, len(mine), facts)

    def sentence(*cells: object) -> str:
        values = dict(zip(columns, cells, strict=True))
        one = values["count"] == 1
        values |= {"only": "唯一" if one else "", "all": "" if one else "都"}
        if values.get("near"):
            values["near"] = f"（{values['near']}{'' if one else '等'}）"
        day = f"{values['date']}，" if values.get("date") else ""
        values["date"] = day if one else "都"
        return fill(template, values)

    made = texts.sentences_of_rows([*columns.values()], sentence)
    return np.asarray(made.astype("str"), dtype=object)


def _labels(query: Query, rows: Positions, facts: Facts) -> npt.NDArray[np.object_]:
    """Return by what each row is known: its case, else the first column it shows."""
    shown = [c for c in query.show if c != query.date]
    column = "case_id" if "case_id" in shown else next(iter(shown), None)
    if column is None:
        return np.full(len(rows), "", dtype=object)
    return cell_words(facts.tables[query.table][column].iloc[rows], facts.rubric.period.year)


def _dates(query: Query, rows: Positions, facts: Facts) -> npt.NDArray[np.object_]:
    if query.date is None or query.date == "year_end":
        return np.full(len(rows), "", dtype=object)
    dates = facts.tables[query.table][query.date].iloc[rows]
    return day_told(query, dates, facts.rubric.period.year)


def _values(
    query: Query, column: str, who: Positions, rows: Positions, size: int, facts: Facts
) -> npt.NDArray[np.object_]:
    """Return what the rows of each candidate hold in a column, each once, the first few."""
    words = cell_words(facts.tables[query.table][column].iloc[rows], facts.rubric.period.year)
    pairs = pd.DataFrame({"who": who, "word": words}).drop_duplicates()
    few = pairs[pairs.groupby("who").cumcount() < _TOLD_VALUES]
    joined = texts.join_groups(
        few["word"].astype("str").reset_index(drop=True), few["who"].to_numpy(), size, "、"
    )
    return np.asarray(joined, dtype=object)


@dataclass(frozen=True)
class _Words:
    """Which template tells a case: the clause's own, else the general one."""

    clause: Clause
    queries: Sequence[Query]
    period: Period

    def template(self, query: Query, level: int) -> str:
        """Return the template of candidates whose nearest row of `query` came to `level`."""
        if level == _IDLE:
            return self.clause.worded("idle") or self._idle(query)
        if level == _LATE:
            return self.clause.worded("late") or self._late(query)
        if level == _NOTHING:
            return self.none
        column = [*query.where][level - 1] if level <= len(query.where) else ""
        return self.clause.worded("unfit", column) or self._unfit(query, column, level)

    @property
    def none(self) -> str:
        """The sentence of somebody for whom there is nothing."""
        own = self.clause.worded("none")
        if own is not None:
            return own
        names = [query.what for query in self.queries]
        if self.clause.is_verdict:
            return f"未发现{'，也未发现'.join(names)}"
        if self.clause.deducts:
            return f"没有发现{'，也没有发现'.join(names)}"
        return f"没有{'，也没有'.join(names)}"

    def _with(self, near: str) -> str:
        """Return what is missing and which row came nearest; that matters where points are lost."""
        lost = not (self.clause.deducts or self.clause.is_verdict)
        return f"{self.none}。{near}" if lost else self.none

    def _unfit(self, query: Query, column: str, level: int) -> str:
        # A row that fails the first condition is about something else.
        if level == 1 or not column or self.clause.worded("none") is not None:
            return self.none
        condition = query.where[column]
        name = short_header_of(query.table, column)
        words = condition.equals is not None and not {True, False, None} & {*condition.equals}
        rows = f"{{only}}有关的{{count}}{unit_of_rows(query)}{{near}}"
        if words and impersonal(query.table, column):
            return self._with(f"{rows}{name}是{{value}}")
        return self._with(f"{rows}不符合『{condition_words(query, column)}』")

    def _late(self, query: Query) -> str:
        rows = f"{{only}}符合条件的{{count}}{unit_of_rows(query)}{{near}}"
        return self._with(f"{rows}{{date}}不在{_window(query, self.period)}")

    def _idle(self, query: Query) -> str:
        return self._with(f"{{only}}有关的{{count}}{unit_of_rows(query)}{{near}}按规则不计分")


def unit_of_rows(query: Query) -> str:
    """Return what rows of a query's table are counted in: 件 of cases and leads, else 条."""
    return "件" if query.table in _PIECES else "条"


_PIECES = frozenset(("cases", "typical_cases", "leads", "lawsuits", "case_reviews", "drawn_files"))


def _window(query: Query, period: Period) -> str:
    """Return in what a governing date has to lie."""
    if isinstance(query.window, Years):
        return f"{'、'.join(map(str, query.window.years))}年"
    if query.window == "year_before":
        return f"上年同期（{span_words(*period.year_before, period.year)}）"
    return "评审期内"
