"""What can be wrong with points and with the tiers that give them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.numbers import fraction_text, points_text
from dalian_eval.rubric.queries import AnyMeasure, FactMeasure, Tier
from dalian_eval.schema.model import Column

Found = Iterator[tuple[tuple[str | int, ...], str]]


def beyond_maximum(column: Column | None, full: Fraction) -> str | None:
    """Return why nobody can come to `full` marks in a column; None when somebody can."""
    if column is None or column.maximum is None or full <= column.maximum:
        return None
    most = f"列『{column.name}』（{column.header}）最多{column.maximum}"
    return f"{most}，达不到满分 full {fraction_text(full)}"


def beyond_measure(measure: AnyMeasure, value: Fraction) -> str | None:
    """Return why the mean of a column never comes to `value`; None when it can, or is no mean."""
    if not isinstance(measure, FactMeasure) or measure.take != "mean" or measure.share_of:
        return None
    if measure.column is None or (measure.each is not None and measure.each.take == "sum"):
        return None
    column = column_of(measure.table, measure.column)
    if column is None or column.maximum is None or value <= column.maximum:
        return None
    most = f"列『{column.name}』（{column.header}）最多{column.maximum}"
    return f"{most}，平均不会达到{fraction_text(value)}"


def sign_faults(clause: Clause, place: tuple[str | int, ...], points: Iterable[int]) -> Found:
    """Yield points that give where the clause deducts, or take where it gives."""
    for one in points:
        if clause.deducts and one > 0:
            yield place, f"扣分条款的分值应为负数，写的是{points_text(one)}"
        if not clause.deducts and one < 0:
            yield place, f"得分条款的分值不能为负数，写的是{points_text(one)}；扣分请写明 reaches"


def tier_faults(clause: Clause, place: tuple[str | int, ...], tiers: Sequence[Tier]) -> Found:
    """Yield tiers that do not rise, nor what they give; or that go beyond the clause's maximum."""
    yield from sign_faults(clause, place, (t.points for t in tiers))
    ordered = sorted(tiers, key=lambda t: t.at_least)
    for low, high in pairwise(ordered):
        if low.at_least == high.at_least:
            yield place, f"有两档都从{fraction_text(low.at_least)}起，请删去一档"
        elif abs(low.points) >= abs(high.points):
            yield (
                place,
                f"达到{fraction_text(high.at_least)}得{points_text(high.points)}分，"
                f"不比达到{fraction_text(low.at_least)}的{points_text(low.points)}分多，请核对各档",
            )
    if any(t.at_least <= 0 for t in tiers):
        yield place, "每一档的 at_least 应大于0"
    most = max((abs(t.points) for t in tiers), default=0)
    if clause.max is not None and most > abs(clause.max):
        yield place, f"最高一档{points_text(most)}分超过本条满分{points_text(abs(clause.max))}分"
