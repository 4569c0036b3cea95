"""Points by how many distinct facts somebody has: 满3项得0.5分, 满5项得1分."""

import numpy as np
import pandas as pd

from dalian_eval.rubric.numbers import fraction_text, verb
from dalian_eval.rubric.queries import Tier
from dalian_eval.rubric.wording import fill
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of, none


def tier_awards(
    what: str,
    tiers: tuple[Tier, ...],
    given: pd.DataFrame,
    telling: bool,
    template: str | None = None,
) -> pd.DataFrame:
    """Award by the number of distinct labels; also those whose number reaches no tier.

    `template`: the clause's own wording, if it has one.
    """
    if given.empty:
        return none()
    given = given.reset_index(drop=True)
    distinct = given.drop_duplicates(["candidate", "label"])
    have, count = np.unique(distinct["candidate"], return_counts=True)
    points = np.zeros(len(have), dtype=np.int64)
    for tier in sorted(tiers, key=lambda t: t.at_least):
        reached = count * tier.at_least.denominator >= tier.at_least.numerator
        points = np.where(reached, tier.points, points)

    def sentence(count: int, points: int) -> str:
        values = {"count": count, "points": verb(points), "more": _next_tier(tiers, count)}
        return fill(template or f"{what}{{count}}项，{{points}}{{more}}", values)

    return awards(
        have,
        points,
        lambda: texts.sentences_of_rows([count, points], lambda n, p: sentence(int(n), int(p))),
        evidence=lambda: evidence_of(given, np.searchsorted(have, given["candidate"]), len(have)),
        telling=telling,
    )


def _next_tier(tiers: tuple[Tier, ...], count: int) -> str:
    """Return what the next tier asks and gives: ，满20项得2分; empty on the highest one."""
    above = [t for t in tiers if count < t.at_least]
    if not above:
        return ""
    nearest = min(above, key=lambda t: t.at_least)
    return f"，满{fraction_text(nearest.at_least)}项{verb(nearest.points)}"
