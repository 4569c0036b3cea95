"""Explain what did not happen: the entry of 0 points of a clause that gave nothing.

It says which test failed by how much and names the rows that came nearest; what the rule would
have given stands once, at the clause (`rule_text` in clauses.csv).
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.rubric.queries import Query
from dalian_eval.rubric.sentences import condition_sentence, window_sentence
from dalian_eval.rubric.vocabulary import short_header_of
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists, none
from dalian_eval.scoring.facts import Facts, Positions, Selection


def nothing_found(
    queries: Sequence[Query],
    selections: Sequence[Selection],
    who: Positions,
    facts: Facts,
    head: str,
    outcome: str | None = None,
) -> pd.DataFrame:
    """Return the entries of candidates `who`, for whom no fact of `queries` gave anything.

    `head`: how the sentence begins (未得分, 未扣分, 未发现); `outcome`: see `awards`.
    """
    if not len(who):
        return none()
    counts: list[Positions] = []
    told: list[Callable[[int, int, int], str]] = []
    near: list[tuple[Positions, Positions]] = []
    place = np.full(selections[0].size, -1, dtype=np.int64)
    place[who] = np.arange(len(who))
    by = day_words(facts.as_of, facts.rubric.period.year)
    for query, selection in zip(queries, selections, strict=True):
        window = window_sentence(query, facts.rubric.period, facts.as_of)
        counts += [c[who] for c in (selection.related, selection.matching, selection.found)]
        told.append(partial(_funnel, query, window, by))
        near.append(selection.furthest)

    def sentence(*row: int) -> str:
        parts = [funnel(*row[3 * i : 3 * i + 3]) for i, funnel in enumerate(told)]
        return f"{head}：{'；'.join(parts)}"

    reason = texts.sentences_of_rows(counts, sentence)
    candidates = place[np.concatenate([c for c, _ in near])]
    origins = np.concatenate([o for _, o in near])
    evidence = lists(candidates[candidates >= 0], origins[candidates >= 0], len(who))
    return awards(who, 0, reason, evidence=evidence, outcome=outcome)


def _happening(query: Query) -> str:
    """Return what the governing date is of, as in 决定的有关记录; nothing for a bare 日期."""
    name = "" if query.date is None else short_header_of(query.table, query.date)
    what = name.removesuffix("日期").removesuffix("时间")
    return f"{what}的" if what not in ("", name) else ""


def _funnel(query: Query, window: str, by: str, related: int, matching: int, found: int) -> str:
    until, rows = f"截至{by}" if query.date else "", f"{_happening(query)}有关记录"
    if related == 0:
        return f"{query.what}——{until}没有{rows}"
    if matching == 0:
        asked = condition_sentence(query)
        return f"{query.what}——{until}{rows}{related}条，均不符合条件（{asked}）"
    if found == 0:
        return f"{query.what}——符合条件的{matching}条，日期均不在规定期间内（{window}）"
    return f"{query.what}——符合条件的{found}条，按规则不计分值"
