"""Points and ratios as people read them in sentences: exact integers in, text out."""

from decimal import Decimal
from fractions import Fraction

from dalian_eval.rubric.queries import POINT


def points_text(points: int) -> str:
    """Return points without trailing zeros, as they stand in sentences: 5000 → 0.5."""
    sign = "-" if points < 0 else ""
    whole, rest = divmod(abs(int(points)), POINT)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{sign}{whole}" + (f".{decimals}" if decimals else "")


def four_decimals(points: int) -> str:
    """Return points with exactly four decimals, as they stand in the CSV files."""
    sign = "-" if points < 0 else ""
    whole, rest = divmod(abs(int(points)), POINT)
    return f"{sign}{whole}.{rest:04d}"


def points_of_text(text: str) -> int:
    """Return ten-thousandths of a point from the text of a CSV cell; ValueError if it has more."""
    scaled = Decimal(text).scaleb(4)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text}的小数超过4位")
    return int(scaled)


def ratio_text(numerator: int, denominator: int, decimals: int = 2) -> str:
    """Return a quotient rounded half up to `decimals`, for display only."""
    factor = 10**decimals
    value = (2 * numerator * factor + denominator) // (2 * denominator)
    whole, rest = divmod(value, factor)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def fraction_text(value: Fraction) -> str:
    """Return a parameter of a rule exactly: 2, 0.9, 1/3."""
    scaled = value * POINT
    return points_text(int(scaled)) if scaled.denominator == 1 else str(value)


def percent_text(value: Fraction) -> str:
    """Return a rate as per cent, exactly: 90%, 94.5%."""
    return f"{fraction_text(value * 100)}%"


def verb(points: int) -> str:
    """Return 得0.5分 or 扣0.5分."""
    return f"扣{points_text(-points)}分" if points < 0 else f"得{points_text(points)}分"
