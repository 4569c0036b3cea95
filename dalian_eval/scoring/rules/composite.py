"""Rule `composite`: weighted scores per officer and round, rounds by mean or best, best half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictBool, StrictInt, field_validator

from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.ladders import Found, beyond_maximum
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Item
from dalian_eval.rubric.numbers import fraction_text, points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Points, Query, Ratio
from dalian_eval.rubric.vocabulary import header_of, is_numeric
from dalian_eval.rubric.wording import fill
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of, number_groups
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    Leaf,
    open_maximum,
    status_of,
)
from dalian_eval.scoring.exact import common, half_up, sums, times, to_integers
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.scored_clause import ScoredClause


class CompositeClause(ScoredClause):
    """Weighted columns per officer and round; rounds by mean or best; best half of the officers.

    `names`: whether the sentence names the officers beside their scores; `takes_over`: the clause
    whose maximum it takes over where that one does not apply.
    """

    rule: Literal["composite"]
    parts: tuple[Query, ...] = Field(min_length=1, max_length=1)
    weights: dict[str, Annotated[StrictInt, Field(gt=0)]]
    full: Ratio
    rounds: Literal["mean", "best"]
    best_half: Literal["ceil", "floor"] | None = None
    names: StrictBool = True
    takes_over: str | None = None
    max: Points

    rule_names: ClassVar = {"composite": "加权综合"}
    advice: ClassVar = "加强业务培训和质量审核，补齐得分偏低的环节"

    @field_validator("weights")
    @classmethod
    def _whole(cls, weights: dict[str, int]) -> dict[str, int]:
        if sum(weights.values()) != 100:
            raise ValueError(f"权重之和为{sum(weights.values())}，必须为100")
        return weights

    def counted_columns(self, query: Query) -> frozenset[str]:
        """The weighted columns and whose they are."""
        return frozenset([*self.weights, "officer_id"] if query in self.parts else ())

    @property
    def leans_on(self) -> tuple[str, ...]:
        """What it may take the place of, besides."""
        return (*super().leans_on, *([self.takes_over] if self.takes_over is not None else []))

    @property
    def not_telling_names(self) -> dict[str, Any]:
        """Without the officers' names."""
        return {"names": False}

    def faults(self, section: Section, period: Period) -> Found:
        """What is weighted are numbers."""
        table = self.parts[0].table
        for name in self.weights:
            column = column_of(table, name)
            if column is not None and not is_numeric(table, name):
                yield ("weights", name), f"列『{name}』（{column.header}）不是数，不能加权"
            elif (wrong := beyond_maximum(column, self.full)) is not None:
                yield ("full",), wrong
        if self.full <= 0:
            yield ("full",), "满分 full 应大于0"
        yield from self._taken_over_faults(section)

    def _taken_over_faults(self, section: Section) -> Found:
        """What is taken over is another clause, one that can be found not to apply."""
        if self.takes_over is None or self.takes_over not in section.nodes:
            return
        other = section.nodes[self.takes_over]
        if isinstance(other, Item) or other.id == self.id:
            yield (
                ("takes_over",),
                "takes_over 应指另一条款，写的是"
                + ("条目" if isinstance(other, Item) else "本条自己"),
            )
        elif not other.can_be_left_out:
            yield (
                ("takes_over",),
                f"『{other.id}』没有不参与考核的情形（otherwise: not_applicable），"
                "分值不会并入本条",
            )

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the weights, what is taken of rounds and officers, and what is taken over."""
        table = self.parts[0].table
        weights = "、".join(f"{header_of(table, c)}{w}%" for c, w in self.weights.items())
        rounds = "多轮取平均" if self.rounds == "mean" else "多轮取最好一轮"
        lines = [f"{self.parts[0].what}按{weights}综合，{rounds}"]
        if self.best_half is not None:
            half = "进位" if self.best_half == "ceil" else "舍去"
            lines[0] += f"；取得分居前50%的人员（人数{half}）平均"
        lines[0] += f"，÷{fraction_text(self.full)}×{points_text(self.max)}分"
        if self.takes_over is not None:
            other = section.nodes[self.takes_over]
            both = points_text(self.max + (other.max or 0))
            lines.append(f"『{other.title}』不参与考核时，其分值并入，按{both}分计")
        return lines

    def maximum_of(self, facts: Facts, candidates: Candidates) -> Positions:
        """Return the maximum, with that of a clause whose place it takes (air: 20 + 4)."""
        own = np.full(len(candidates), self.max, dtype=np.int64)
        if self.takes_over is None:
            return own
        other = facts.rubric.section(candidates.kind).clauses[self.takes_over]
        out = status_of(other, facts, candidates)[0] == NOT_APPLICABLE
        return own + np.where(out, other.max or 0, 0)

    def most_while_open(self, leaf: Leaf, leaves: Mapping[str, Leaf]) -> Positions:
        """Return the maximum, as it grows when the other clause turns out not to apply."""
        most = open_maximum(leaf)
        if self.takes_over is None:
            return most
        other = leaves[self.takes_over]
        both = replace(leaf, maximum=np.full_like(most, self.max + (other.clause.max or 0)))
        return np.where(other.status == SCORED, most, open_maximum(both))

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the weighted composite of rounds, out of `full`, times each candidate's maximum.

        Per officer and round the weighted columns; per officer the mean or the best round; per
        candidate, with `best_half`, the mean of the best half of its officers.
        """
        part = self.parts[0]
        maximum = self.maximum_of(facts, candidates)
        selection = facts.select(part, candidates, [*self.weights, "officer_id"])
        rows = selection.rows
        size = len(candidates)
        stacked, factor = to_integers(pd.concat([rows[c] for c in self.weights], ignore_index=True))
        weights = np.repeat(np.array([*self.weights.values()], dtype=np.int64), len(rows))
        # `score` is in units of 1 / (100 · factor); means get the common denominator of counts.
        score = times(stacked, weights).reshape(len(self.weights), len(rows)).sum(axis=0)

        person = pd.factorize(rows["officer_id"], sort=True)[0]
        officer, first = number_groups(rows["candidate"], person)
        of = rows["candidate"].to_numpy()[first]
        rounds = np.bincount(officer, minlength=len(first))
        if self.rounds == "mean":
            denominator = common(rounds)
            value = times(sums(officer, score, len(first)), denominator // np.maximum(rounds, 1))
        else:
            denominator = 1
            value = np.full(len(first), -1, dtype=score.dtype)
            np.maximum.at(value, officer, score)

        # Officers of a candidate from the best down; equal ones by their number.
        order = np.lexsort((np.arange(len(first)), _descending(value), of))
        staff = np.bincount(of, minlength=size)
        begin = np.cumsum(staff) - staff
        place = np.empty(len(first), dtype=np.int64)
        place[order] = np.arange(len(first)) - begin[of[order]]
        taken = staff if self.best_half is None else _half(staff, self.best_half)
        chosen = place < taken[of]

        have = np.flatnonzero(staff)
        total = sums(of[chosen], value[chosen], size)[have]
        count = np.bincount(of[chosen], minlength=size)[have]
        full = self.full
        bottom = times(count, 100 * factor * denominator)
        top = times(times(total, full.denominator), maximum[have])
        points = half_up(top, times(bottom, full.numerator))

        def reasons() -> pd.Series:
            told = np.bincount(rows["candidate"], minlength=size)[have]
            below = np.full(len(value), 100 * factor * denominator)
            each = _Each(
                name=_names(facts, rows["officer_id"].to_numpy()[first]),
                score=texts.short_ratio_texts(value, below),
                rounds=_rounds(
                    texts.short_ratio_texts(score, np.full(len(score), 100 * factor)), officer
                ),
            )
            whole = texts.short_ratio_texts(total, bottom)
            columns = [told, staff[have], count, whole, maximum[have], points]
            sums_up = texts.sentences_of_rows(columns, self._told)
            return texts.join_columns([sums_up, self._everybody(each, order, chosen, of, have)])

        def evidence() -> pd.Series:
            # The rounds of those who were not taken count, too: they say who is in the best half.
            group = np.searchsorted(have, rows["candidate"])
            return evidence_of(rows, group, len(have))

        entries = awards(have, points, reasons, evidence=evidence, telling=facts.telling)
        return entries, [selection]

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """What it gave, besides."""
        names = "rounds", "staff", "taken", "score", "most", "points"
        return super().cases | {"awarded": names}

    def _told(self, rounds: int, staff: int, taken: int, score: str, most: int, points: int) -> str:
        """Return the sentence of somebody, without the officers one by one."""
        how = "平均" if self.rounds == "mean" else "最好一轮"
        people = (
            f"{rounds}轮取{how}"
            if self.best_half is None
            else f"{staff}人{rounds}轮，每人取{how}，再取前{taken}人平均"
        )
        template = self.worded("awarded") or (
            f"综合{{score}}分×{{most}}/{fraction_text(self.full)}，{{points}}。{people}"
        )
        values = {
            "rounds": rounds,
            "staff": staff,
            "taken": taken,
            "score": score,
            "most": points_text(int(most)),
            "points": verb(int(points)),
        }
        return fill(template, values)

    def _everybody(
        self,
        each: _Each,
        order: np.ndarray,
        chosen: np.ndarray,
        of: Positions,
        have: Positions,
    ) -> pd.Series:
        """Return, per candidate, what each officer came to, from the best down."""
        if self.best_half is None:
            told = pd.Series([f"：{r[1:-1]}" if r else "" for r in each.rounds], dtype="str")
            return told.iloc[order].reset_index(drop=True)
        told = each.score + each.rounds
        words = (each.name + told if self.names else told).iloc[order].reset_index(drop=True)
        whose = np.searchsorted(have, of[order])
        mine = chosen[order]
        taken, left = (
            texts.join_groups(words[part], whose[part], len(have), "、") for part in (mine, ~mine)
        )
        return "：" + taken + ("；未取" + left).where(left != "", "")


@dataclass(frozen=True)
class _Each:
    """Per officer of a candidate: the name, the score, and its rounds where there are several."""

    name: pd.Series
    score: pd.Series
    rounds: pd.Series


def _names(facts: Facts, officers: np.ndarray) -> pd.Series:
    """Return the names of officers, the certificate number where there is none."""
    table = facts.tables["officers"]
    known = pd.Series(table["name"].to_numpy(), index=table["officer_id"].to_numpy())
    ids = pd.Series(officers, dtype="str")
    return ids.map(known[~known.index.duplicated()]).fillna(ids)


def _rounds(scores: pd.Series, officer: np.ndarray) -> pd.Series:
    """Return the scores of each officer's rounds in brackets; empty where it is only one."""
    count = np.bincount(officer)
    told = texts.join_groups(scores, officer, len(count), "、")
    return ("（" + told + "）").where(count > 1, "")


def _descending(values: np.ndarray) -> np.ndarray:
    """Return sort keys that put the largest value first."""
    ranks = np.unique(values, return_inverse=True)[1]
    return np.asarray(-ranks)


def _half(staff: Positions, how: str) -> Positions:
    """Return half of each number: rounded up, or down but at least one."""
    return (staff + 1) // 2 if how == "ceil" else np.maximum(staff // 2, 1)
