"""The ledger adds up to every clause, item and total, all of it within what the plan gives.

`road.outcome` asserts both for every county that any of these tests scores; here they meet every
reading.
"""

from hypothesis import given

from tests.properties.road import county, days, examples, readings, seeds, walk


@examples(2)
@given(seeds, days, readings)
def test_sums_and_bounds_hold_under_any_reading(seed, as_of, chosen):
    assert walk(county(seed), as_of, chosen).entries
