"""Rules on events: `each` adds points, `best` the best few, `highest` takes one, `count` has tiers.

Facts become *contributions* (candidate, label, points): two facts with one label are one award, at
the better of their points (a case published at several levels, a class met in several cases).
Between the two steps, `overlap` may take contributions away (no case twice).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt

from dalian_eval.base.day_words import month_words, quarter_words
from dalian_eval.base.yaml_faults import meant
from dalian_eval.rubric.columns import DAYS, column_of, comparable, is_word_of
from dalian_eval.rubric.ladders import Found, sign_faults, tier_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period, quarter_of
from dalian_eval.rubric.queries import (
    ByColumn,
    ByDistance,
    ByShare,
    Kind,
    MostPer,
    Names,
    Part,
    Query,
    Tier,
)
from dalian_eval.rubric.sentences import exclusive_rule, listed, tiers_sentence
from dalian_eval.rubric.vocabulary import columns_of, is_numeric
from dalian_eval.schema.model import Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of, fact_words, none, number_groups
from dalian_eval.scoring.clause_result import Leaf, available, bounded
from dalian_eval.scoring.exact import sums
from dalian_eval.scoring.facts import MONTH, VIA, Candidates, Facts, Positions, Selection
from dalian_eval.scoring.part_worth import points_of, worth_words
from dalian_eval.scoring.scored_clause import ScoredClause
from dalian_eval.scoring.settle import Points
from dalian_eval.scoring.tier_awards import tier_awards

CONTRIBUTION = ["candidate", "part", "label", "points", "case", "month", "text", ORIGIN, VIA]
"""Columns of contributions; `case` is the case number, empty for facts that are no case's."""

_COUNTED = ["candidate", "part", "label", "points", "case"]
"""Those of them that points are made from."""

_WITHOUT_WORDS = (Type.BOOL, Type.INTEGER, Type.NUMBER, Type.DATE, Type.TIMESTAMP, Type.MONTH)
"""Types of columns whose cells are no words, so that `values` cannot name them."""

_LABEL_SEPARATOR = "\x1f"


class EventClause(ScoredClause):
    """Points per fact; `parts` say which facts and what each is worth.

    `label`: what makes two facts one award, within one `label_scope`; of several columns the first
    that a part's table has and that is not blank; `exclusive`: the indicator
    among which a case may serve only one; `not_counted_by`: a clause whose cases count there first;
    `most_per`: the most that the facts of one month or quarter are worth.
    """

    rule: Literal["each", "best", "highest", "count"]
    parts: tuple[Part, ...] = Field(min_length=1)
    label: Names | None = None
    label_scope: str | None = None
    tiers: tuple[Tier, ...] = ()
    best: StrictInt | None = Field(default=None, gt=0)
    exclusive: str | None = None
    not_counted_by: str | None = None
    most_per: MostPer | None = None

    rule_names: ClassVar = {
        "each": "按件计分",
        "best": "取最好几项",
        "highest": "取最高",
        "count": "分档",
    }

    @property
    def adds_up(self) -> bool:
        """Whether the facts' points add up."""
        return self.rule in ("each", "best")

    @property
    def can_exceed_maximum(self) -> bool:
        """Of single events there can be more than the maximum."""
        return self.rule == "each"

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """How many there are, where the number makes the points; a fact its part tells (`says`)."""
        counts = {"awarded": ("count", "points", "more")} if self.rule == "count" else {}
        return super().cases | counts

    def counted_columns(self, query: Query) -> frozenset[str]:
        """The columns that a part's worth and labels are made from."""
        if not isinstance(query, Part) or query not in self.parts:
            return frozenset()
        worth, points = query.points, list[str]()
        if isinstance(worth, ByColumn | ByDistance | ByShare):
            points.append(worth.column)
        if isinstance(worth, ByShare):
            points.append(worth.share_of)
        elif isinstance(worth, ByDistance) and isinstance(worth.bound, str):
            word = is_word_of(query.table, worth.column, worth.bound)
            points += [] if word else [worth.bound]
        scope = [self.label_scope] if self.label_scope else []
        known = columns_of(query.table) or set()
        shared = [c for c in self.label or () if c in known]
        return frozenset([*points, *scope, *(query.label or shared)])

    @property
    def leans_on(self) -> tuple[str, ...]:
        """The clause that counts its cases first, besides."""
        first = [self.not_counted_by] if self.not_counted_by is not None else []
        return (*super().leans_on, *first)

    def faults(self, section: Section, period: Period) -> Found:
        """Worth that has the wrong sign, falls, passes the maximum or can never reach it."""
        yield from self._key_faults()
        for number, part in enumerate(self.parts):
            place = ("parts", number, "points")
            if part.tiers is not None:
                yield from tier_faults(self, ("parts", number, "tiers"), part.tiers)
            elif isinstance(part.points, ByColumn):
                yield from self._column_faults(part.points, part.table, place)
                yield from _excluded_words(part, part.points, place)
            elif isinstance(part.points, ByDistance):
                yield from self._distance_faults(part.points, part.table, place)
            elif isinstance(part.points, ByShare):
                yield from self._share_faults(part.points, part.table, place)
            elif part.points is not None:
                yield from sign_faults(self, place, [part.points])
                if part.points == 0:
                    yield place, "分值为0，不会加减任何分"
        if self.rule == "count":
            yield from tier_faults(self, ("tiers",), self.tiers)
        columns = [columns_of(part.table) or set() for part in self.parts]
        for name in self.label or ():
            if not any(name in known for known in columns):
                yield ("label",), f"各部分所用的表都没有列『{name}』"
        if self.rule == "best":
            if self.exclusive is not None:
                yield ("exclusive",), "rule: best 不能与 exclusive 同用"
            if any(part.tiers is not None for part in self.parts):
                yield ("parts",), "rule: best 的各部分要写 points，不写 tiers"
        if self.not_counted_by == self.id:
            yield ("not_counted_by",), "not_counted_by 指的是本条自己，本条就不会计任何案件"
        elif self.not_counted_by is not None:
            other = section.nodes.get(self.not_counted_by)
            if other is not None and not isinstance(other, EventClause):
                yield ("not_counted_by",), f"『{other.id}』不按件计分，没有可比的案件"
        largest = max(self._worths())
        if self.rule == "highest" and self.max is not None and largest > abs(self.max):
            yield (
                ("max",),
                f"一项最多{points_text(largest)}分，超过本条满分{points_text(abs(self.max))}分",
            )

    def _key_faults(self) -> Found:
        """Each rule has its own keys, and a part says what it is worth in one way."""
        for number, part in enumerate(self.parts):
            if self.rule != "count" and (part.points is None) == (part.tiers is None):
                yield ("parts", number), f"『{part.what}』必须写 points 或 tiers 之一"
            elif self.rule == "count" and not (part.points is None and part.tiers is None):
                key = "points" if part.tiers is None else "tiers"
                yield (
                    ("parts", number, key),
                    f"rule: count 按各部分合计的数量分档，『{part.what}』不写 {key}",
                )
        if (self.rule == "count") != bool(self.tiers):
            yield ("tiers",), "rule: count 必须写 tiers，其他规则不写"
        if self.most_per is not None:
            yield from self._cap_faults(self.most_per)
        if (self.rule == "best") != (self.best is not None):
            yield ("best",), "rule: best 必须写 best（取几项），其他规则不写"

    def _cap_faults(self, cap: MostPer) -> Found:
        """A cap of months or quarters caps something, and every fact has its day."""
        place = ("most_per", "quarter" if cap.month is None else "month")
        if self.rule != "each" or self.exclusive is not None:
            yield ("most_per",), "most_per 只用于 rule: each，不能与 exclusive 同用"
        if not cap.points:
            yield place, "上限为0，不会加减任何分"
        elif (cap.quarter or cap.month or 0) < 0:
            yield place, "上限写正数，如 {quarter: 2}；扣分条款也是"
        elif self.max is not None and cap.points >= abs(self.max):
            yield place, f"不小于全年的上限{points_text(abs(self.max))}分，没有作用，请核对"
        for number, part in enumerate(self.parts):
            if part.tiers is not None:
                yield ("parts", number), "分档（tiers）的得分不属于哪个月，不能与 most_per 同用"
            if part.date is None or part.window in ("standing", "standing_period"):
                yield (
                    ("parts", number),
                    f"『{part.what}』的事实不一定有日期，不能按月或按季度限分：请写 date 与 window",
                )
            if part.tiers is not None:
                yield ("parts", number, "tiers"), "按季度或按月限分的各部分要写 points，不写 tiers"

    def most(self, period: Period) -> int | None:
        """The highest part, the top tier, or the sum of parts that count once."""
        if self.most_per is not None:
            spans = period.quarters if self.most_per.month is None else period.months
            return self.most_per.points * len(spans)
        if self.rule == "count":
            return max((abs(t.points) for t in self.tiers), default=None)
        if self.rule == "highest":
            return max(self._worths())
        if self.best is not None:
            return self.best * max(self._worths())
        bounded = all(part.once or part.tiers is not None for part in self.parts)
        return sum(self._worths()) if bounded else None

    def _worths(self) -> list[int]:
        """Return the most that each part's single facts or tiers give."""
        found = []
        for part in self.parts:
            by = part.points if isinstance(part.points, ByColumn) else None
            if isinstance(part.points, ByShare):
                found.append(abs(part.points.points))
            elif part.tiers is not None:
                found.append(max(abs(t.points) for t in part.tiers))
            elif isinstance(part.points, ByDistance):
                found.append(abs(self.max or 0))
            elif by is None:
                found.append(abs(part.points) if isinstance(part.points, int) else 0)
            elif by.values is None:
                found.append(abs(self.max or 0))
            else:
                found.append(max(map(abs, by.values.values()), default=0))
        return found

    def _distance_faults(self, by: ByDistance, table: str, place: tuple[str | int, ...]) -> Found:
        yield from sign_faults(self, (*place, "points"), [by.points])
        if by.points == 0:
            yield (*place, "points"), "分值为0，不会加减任何分"
        if by.column == by.bound:
            yield place, f"列『{by.column}』是与它自己比较，不会高出或不足"
        column = column_of(table, by.column)
        if column is None or is_word_of(table, by.column, by.bound):
            return
        other = column_of(table, by.bound) if isinstance(by.bound, str) else column
        if column.vocabulary and isinstance(by.bound, str):
            if other is not None and not comparable(column, other):
                told = f"『{by.column}』（{column.header}）与『{by.bound}』（{other.header}）"
                yield place, f"列{told}的选项不同，不能比较差几级"
            return
        if column.type in DAYS and other is not column:
            if other is not None and other.type not in DAYS:
                yield place, f"列『{by.bound}』（{other.header}）不是日期，不能相差几天"
            return
        if isinstance(by.bound, Fraction):
            low, high = column.minimum, column.maximum
            if by.over is not None and high is not None and by.bound >= high:
                yield (*place, "over"), f"列『{by.column}』（{column.header}）最多{high}，不会高出"
            if by.under is not None and low is not None and by.bound <= low:
                yield (*place, "under"), f"列『{by.column}』（{column.header}）最少{low}，不会更低"
        for name in (by.column, by.bound):
            one = column_of(table, name) if isinstance(name, str) else None
            if one is not None and not is_numeric(table, str(name)):
                yield place, f"列『{name}』（{one.header}）不是数，不能比较高出多少"

    def _share_faults(self, by: ByShare, table: str, place: tuple[str | int, ...]) -> Found:
        yield from sign_faults(self, (*place, "points"), [by.points])
        if by.points == 0:
            yield (*place, "points"), "分值为0，不会加减任何分"
        if by.column == by.share_of:
            yield (*place, "share_of"), f"列『{by.column}』是与它自己相比，请写目标所在的列"
        for key, name in (("column", by.column), ("share_of", by.share_of)):
            column = column_of(table, name)
            if column is not None and not is_numeric(table, name):
                yield (*place, key), f"列『{name}』（{column.header}）不是数，不能算完成的比例"

    def _column_faults(self, by: ByColumn, table: str, place: tuple[str | int, ...]) -> Found:
        column = column_of(table, by.column)
        if by.values is None:
            if column is not None and not is_numeric(table, by.column):
                yield (*place, "times"), f"列『{by.column}』（{column.header}）不是数，不能相乘"
            if by.times == 0:
                yield (*place, "times"), "乘以0，不会加减任何分"
            return
        yield from sign_faults(self, (*place, "values"), by.values.values())
        if column is not None and column.type in _WITHOUT_WORDS:
            yield (
                (*place, "column"),
                f"列『{by.column}』（{column.header}）是{column.type.value}，"
                "不能用 values 逐个写分值",
            )
        words = () if column is None else column.vocabulary
        for word in by.values:
            if words and word not in words:
                yield (
                    (*place, "values", word),
                    f"列『{by.column}』没有取值『{word}』{meant(word, words)}",
                )

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return each part and what it is worth."""
        if self.rule == "count":
            return [f"{listed(self.parts)}：{tiers_sentence(self.tiers)}，不足不得分"]
        each = "每件" if self.adds_up else ""
        if self.rule == "each" and self.label is not None and "case_id" not in self.label:
            each = "每类"
        lines = [f"{part.what}：{worth_words(part, each)}" for part in self.parts]
        if self.rule == "highest" and (
            len(lines) > 1 or isinstance(self.parts[0].points, ByColumn)
        ):
            lines.append("以上只取最高一项")
        if self.most_per is not None:
            most = points_text(self.most_per.points)
            span = "每月" if self.most_per.month is not None else "每季度"
            lines.append(f"{span}最多{'扣' if self.deducts else '得'}{most}分")
        if self.best is not None:
            lines.append(f"以上只取最好的{self.best}项")
        if self.exclusive is not None:
            lines.append(exclusive_rule(section))
        return lines

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the facts that no other clause has counted."""
        given, selections = self.contributions(facts, candidates)
        given = available(self._not_counted(given, facts, candidates), leaf)
        entries = self.combine(given, len(candidates), telling=facts.telling)
        if self.most_per is not None:
            entries = _capped(entries, self.most_per, facts)
        if self.not_applicable == "full":
            entries = self._in_full(facts, candidates, entries)
        return entries, selections

    def _not_counted(
        self, given: pd.DataFrame, facts: Facts, candidates: Candidates
    ) -> pd.DataFrame:
        """Return the contributions without those of cases that another clause has counted."""
        if self.not_counted_by is None:
            return given
        other = facts.rubric.section(candidates.kind).clauses[self.not_counted_by]
        if not isinstance(other, EventClause):
            raise TypeError(f"{self.id}: not_counted_by {other.id} does not count events")
        counted, _ = other.contributions(facts, candidates)
        taken = pd.MultiIndex.from_frame(counted[["candidate", "case"]])
        mine = pd.MultiIndex.from_frame(given[["candidate", "case"]])
        return given[~mine.isin(taken)].reset_index(drop=True)

    def _in_full(self, facts: Facts, candidates: Candidates, entries: pd.DataFrame) -> pd.DataFrame:
        """Give the full award to whom the clause does not concern (reading no_leads: full)."""
        if self.applies_if is None or self.max is None:
            return entries
        idle = np.flatnonzero(facts.select(self.applies_if, candidates).found == 0)
        reason = f"没有{self.applies_if.what}，按满分{points_text(self.max)}分计"
        return texts.stack([entries, awards(idle, self.max, reason, telling=facts.telling)])

    def most_while_scored(
        self, leaf: Leaf, most: Points, facts: Facts, candidates: Candidates
    ) -> Points:
        """Return the most by the end of P: months or quarters that are over give no more."""
        best = super().most_while_scored(leaf, most, facts, candidates)
        if self.most_per is None or self.deducts:
            return best
        period, now = facts.rubric.period, facts.months[-1]
        span = quarter_of if self.most_per.month is None else str
        names = dict.fromkeys(map(span, period.months))
        coming = sum(name > span(now) for name in names)
        entries = leaf.entries[leaf.entries["month"].astype("str").map(bool)]
        running = entries[entries["month"].astype("str").map(span) == span(now)]
        who = running["candidate"].to_numpy(dtype=np.int64)
        had = sums(who, running["points"].to_numpy(), len(candidates)).astype(np.int64)
        left = self.most_per.points * (coming + 1) - had
        return np.minimum(best, bounded(leaf, leaf.awarded + left))

    def contributions(
        self, facts: Facts, candidates: Candidates
    ) -> tuple[pd.DataFrame, list[Selection]]:
        """Return what each fact contributes, and the selections, one per part."""
        case = ["case_id"] if facts.telling or self._asks_for_cases(facts, candidates.kind) else []
        month = [] if self.most_per is None else [MONTH]
        selections = [
            facts.select(part, candidates, [*sorted(self.counted_columns(part)), *case, *month])
            for part in self.parts
        ]
        frames = [
            _contribute(self, number, part, selection.rows, facts)
            for number, (part, selection) in enumerate(zip(self.parts, selections, strict=True))
        ]
        return texts.stack(frames), selections

    def _asks_for_cases(self, facts: Facts, kind: Kind) -> bool:
        """Whether which case a fact is of decides where it counts."""
        clauses = facts.rubric.section(kind).clauses.values()
        first = (c.not_counted_by for c in clauses if isinstance(c, EventClause))
        return self.exclusive is not None or self.not_counted_by is not None or self.id in first

    def combine(self, given: pd.DataFrame, size: int, *, telling: bool) -> pd.DataFrame:
        """Return the awards of contributions; `size`: number of candidates."""
        if self.rule == "count":
            return tier_awards(
                self.parts[0].what, self.tiers, given, telling, self.worded("awarded")
            )
        tiered = {i: p.tiers for i, p in enumerate(self.parts) if p.tiers is not None}
        result = [self._awards(given[~given["part"].isin(tiered)], size, telling)]
        for number, tiers in tiered.items():
            part = given[given["part"] == number]
            result.append(tier_awards(self.parts[number].what, tiers, part, telling))
        all_awards = texts.stack(result)
        if self.rule == "highest" and len(result) > 1:
            order = np.lexsort(
                (-all_awards["points"].to_numpy(), all_awards["candidate"].to_numpy())
            )
            all_awards = all_awards.iloc[order].drop_duplicates("candidate", ignore_index=True)
        return all_awards

    def _awards(self, given: pd.DataFrame, size: int, telling: bool) -> pd.DataFrame:
        """Award each label (`each`) or each candidate (`highest`) its best fact."""
        if given.empty:
            return none()
        given = given.reset_index(drop=True)
        labels = pd.factorize(given["label"])[0]
        worth = given["points"].abs().to_numpy()
        by = [given["candidate"], labels] if self.adds_up else [given["candidate"]]
        group, _ = number_groups(*by)
        order = np.lexsort((-worth, group))
        _, first = np.unique(group[order], return_index=True)
        best = given.iloc[order[first]].reset_index(drop=True)
        if self.best is not None:
            best, group, given = _best_few(best, given, group, self.best)

        def reasons() -> pd.Series:
            sentence = texts.join_columns([best["text"], "，", texts.verbs(best["points"])])
            if self.rule == "highest":
                pairs = given[["candidate"]].assign(label=labels).drop_duplicates()
                several = np.bincount(pairs["candidate"], minlength=size)[best["candidate"]]
                note = texts.sentences_of_rows(
                    [several], lambda n: f"（{n}项中取最高）" if n > 1 else ""
                )
                sentence = sentence + note.astype("str")
            return sentence

        entries = awards(
            best["candidate"],
            best["points"],
            reasons,
            month=best[MONTH].array if telling else None,
            evidence=lambda: evidence_of(given, group, len(best)),
            telling=telling,
        )
        # A cap of months needs them also where no words are wanted.
        needed = self.most_per is not None and not telling
        return entries.assign(month=best[MONTH].array) if needed else entries


def _capped(entries: pd.DataFrame, cap: MostPer, facts: Facts) -> pd.DataFrame:
    """Return the entries with no more points in a month or quarter than `cap` allows.

    Facts count in the order of their months, as they stand; what goes beyond has 0 points.
    """
    if entries.empty:
        return entries
    month = entries["month"].astype("str")
    span = month if cap.month is not None else month.map(quarter_of)
    order = np.lexsort((pd.factorize(month, sort=True)[0], entries["candidate"].to_numpy()))
    entries = entries.iloc[order].reset_index(drop=True)
    month, span = month.iloc[order], span.iloc[order]
    worth = entries["points"].abs().to_numpy()
    group, _ = number_groups(entries["candidate"], pd.factorize(span)[0])
    before = pd.Series(worth).groupby(group).cumsum().to_numpy() - worth
    kept = np.clip(cap.points - before, 0, worth)
    words = month_words if cap.month is not None else quarter_words
    year, most = facts.rubric.period.year, points_text(cap.points)

    def note(month: str, worth: int, kept: int) -> str:
        if kept == worth:
            return ""
        told = f"只计{points_text(kept)}分" if kept else "不再计"
        return f"（{words(month, year)}最多{most}分，{told}）"

    def reasons() -> pd.Series:
        notes = texts.sentences_of_rows(
            [month, worth, kept], lambda m, w, k: note(m, int(w), int(k))
        ).astype("str")
        return texts.join_columns([entries["reason"].astype("str"), notes])

    return awards(
        entries["candidate"],
        np.sign(entries["points"].to_numpy()) * kept,
        reasons,
        month=entries["month"].array,
        evidence=lambda: entries["evidence"],
        telling=facts.telling,
    )


def _excluded_words(part: Part, by: ByColumn, place: tuple[str | int, ...]) -> Found:
    """Yield words worth points that no row of the part can hold, as `where` excludes them."""
    condition = part.where.get(by.column)
    if condition is None or condition.equals is None:
        return
    for word in by.values or ():
        if word not in condition.equals:
            yield (
                (*place, "values", word),
                f"列『{by.column}』的取值『{word}』已被 where 排除，不会计分",
            )


def _best_few(
    best: pd.DataFrame, given: pd.DataFrame, group: Positions, most: int
) -> tuple[pd.DataFrame, Positions, pd.DataFrame]:
    """Return the best `most` awards of each candidate, with the facts behind them.

    Equal ones stand as the facts do. `group`: the award that each fact belongs to.
    """
    order = np.lexsort((-best["points"].abs().to_numpy(), best["candidate"].to_numpy()))
    who = best["candidate"].to_numpy()[order]
    place = np.arange(len(order)) - np.searchsorted(who, who)
    kept = np.sort(order[place < most])
    number = np.full(len(best), -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    taken = number[group] >= 0
    return (
        best.iloc[kept].reset_index(drop=True),
        number[group][taken],
        given[taken].reset_index(drop=True),
    )


def _contribute(
    clause: EventClause, number: int, part: Part, rows: pd.DataFrame, facts: Facts
) -> pd.DataFrame:
    columns = part.label or clause.label or ()
    for column in columns:
        if column in rows.columns and rows[column].dtype == object:
            rows = _explode(rows, column, part)
    label = _labels(rows, columns, clause.label_scope, number, part.once)
    rows = rows.assign(label=label, points=points_of(rows, part))
    idle = rows["points"] == 0
    rows = rows[~idle] if part.points is not None and idle.any() else rows
    case = rows["case_id"].fillna("") if "case_id" in rows.columns else ""
    case = pd.Series(case, index=rows.index, dtype="str")
    rows = rows.assign(part=number, case=case)
    if not facts.telling:
        return rows[[*_COUNTED, *(name for name in (MONTH,) if name in rows.columns)]]
    year, named = facts.rubric.period.year, len(clause.parts) > 1
    return rows.assign(text=fact_words(rows, part, year, named=named))[CONTRIBUTION]


def _explode(rows: pd.DataFrame, column: str, part: Part) -> pd.DataFrame:
    """Return a row per element of a list column, only the named ones where the part names some."""
    rows = rows.explode(column, ignore_index=True)
    rows = rows[rows[column].notna()]
    condition = part.where.get(column)
    if condition is not None and condition.any_of is not None:
        rows = rows[rows[column].isin(condition.any_of)]
    return rows.assign(**{column: rows[column].astype("str")})


def _labels(
    rows: pd.DataFrame, columns: tuple[str, ...], scope: str | None, number: int, once: bool
) -> pd.Series:
    """Return what identifies an award: the first non-blank label column, else the row itself."""
    if once:
        return pd.Series(f"part{number}", index=rows.index, dtype="str")
    label = pd.Series(None, index=rows.index, dtype="str")
    for column in columns:
        if column in rows.columns:
            value = rows[column].astype("str").where(rows[column].notna())
            label = label.where(label.notna(), column + _LABEL_SEPARATOR + value)
    if label.isna().any():
        row_itself = f"row{number}" + _LABEL_SEPARATOR + rows[ORIGIN].astype("str")
        label = label.where(label.notna(), row_itself)
    if scope is not None:
        label = rows[scope].astype("str") + _LABEL_SEPARATOR + label
    return label
