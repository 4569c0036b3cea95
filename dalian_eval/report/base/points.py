"""Points as people read them: two decimals half up, four where two would hide something."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from dalian_eval.rubric.numbers import four_decimals

_HUNDREDTH = 100
"""Ten-thousandths in a hundredth of a point."""


def from_text(text: str) -> int:
    """Return ten-thousandths of a point from the text of a CSV cell; ValueError if it has more."""
    scaled = Decimal(text).scaleb(4)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text}的小数超过4位")
    return int(scaled)


def two_decimals(points: int) -> str:
    """Return points with two decimals, rounded half away from zero: 199650 → 19.97."""
    sign = "-" if points < 0 else ""
    hundredths = (abs(int(points)) + _HUNDREDTH // 2) // _HUNDREDTH
    whole, rest = divmod(hundredths, 100)
    return f"{sign if hundredths else ''}{whole}.{rest:02d}"


def plain(points: int) -> str:
    """Return points for an account that has to add up: two decimals if exact, else four."""
    return four_decimals(points) if int(points) % _HUNDREDTH else two_decimals(points)


def signed(points: int) -> str:
    """Return `plain` with a sign for what is added, and a true minus for what is taken."""
    text = plain(abs(points))
    return f"+{text}" if points > 0 else f"−{text}" if points < 0 else text


def halved(doubled: int) -> str:
    """Return half of a number of ten-thousandths, exactly: five decimals where four do not do."""
    whole, rest = divmod(abs(doubled), 2)
    text = f"{four_decimals(whole)}5" if rest else plain(whole)
    return f"−{text}" if doubled < 0 else text


def distinct(values: Sequence[int]) -> list[str]:
    """Return values for a ranking: two decimals, four where unequal values would look equal."""
    seen: dict[str, set[int]] = {}
    for value in values:
        seen.setdefault(two_decimals(value), set()).add(int(value))
    return [
        two_decimals(v) if len(seen[two_decimals(v)]) == 1 else four_decimals(v) for v in values
    ]


def needs_four(values: Iterable[int]) -> bool:
    """Whether two decimals would hide something in any of the values."""
    return any(int(v) % _HUNDREDTH for v in values)


def ranged(low: int, high: int) -> str:
    """Return a total, or the range it can still end in: 50.57, 50.57～54.57."""
    return plain(low) if low == high else f"{plain(low)}～{plain(high)}"
