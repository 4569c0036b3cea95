"""Points as people read them: two decimals half up, four where two would hide something."""

from collections.abc import Iterable, Sequence

from dalian_eval.rubric.numbers import four_decimals

_HUNDREDTH = 100
"""Ten-thousandths in a hundredth of a point."""


def two_decimals(points: int) -> str:
    """Return points with two decimals, rounded half away from zero: 199650 → 19.97."""
    sign = "−" if points < 0 else ""
    hundredths = (abs(int(points)) + _HUNDREDTH // 2) // _HUNDREDTH
    whole, rest = divmod(hundredths, 100)
    return f"{sign if hundredths else ''}{whole}.{rest:02d}"


def plain(points: int) -> str:
    """Return points for an account that has to add up: two decimals if exact, else four."""
    text = four_decimals(abs(points)) if points % _HUNDREDTH else two_decimals(abs(points))
    return f"−{text}" if points < 0 else text


def points_text_of_column(points: int, four: bool = False) -> str:
    """Return points of a column: four decimals where one of its numbers needs them, true minus."""
    size = abs(int(points))
    text = four_decimals(size) if four else plain(size)
    return f"−{text}" if points < 0 else text


def with_sign(points: int, four: bool = False) -> str:
    """Return `shown` with a plus before what is added."""
    return (
        f"+{points_text_of_column(points, four)}"
        if points > 0
        else points_text_of_column(points, four)
    )


def half_points(doubled: int, four: bool = False) -> str:
    """Return half of a number of ten-thousandths as `shown`, rounded half up to four decimals."""
    half = (abs(doubled) + 1) // 2
    return points_text_of_column(-half if doubled < 0 else half, four)


def column(values: Iterable[int]) -> list[str]:
    """Return the points of a column, all with two decimals or all with four."""
    points = [int(v) for v in values]
    four = needs_four(points)
    return [points_text_of_column(p, four) for p in points]


def distinct(values: Sequence[int]) -> list[str]:
    """Return values for a ranking: two decimals, four in all of them where two would hide one."""
    two = [two_decimals(v) for v in values]
    return (
        two if len(set(two)) == len(set(map(int, values))) else [four_decimals(v) for v in values]
    )


def needs_four(values: Iterable[int]) -> bool:
    """Whether two decimals would hide something in any of the values."""
    return any(int(v) % _HUNDREDTH for v in values)


def total_or_range(low: int, high: int, four: bool = False) -> str:
    """Return a total, or the range it can still end in: 50.57, 50.57～54.57.

    `four`: with four decimals, as another number of the column needs them.
    """
    first = points_text_of_column(low, four)
    return first if low == high else f"{first}～{points_text_of_column(high, four)}"
