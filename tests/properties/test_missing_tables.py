"""What a missing table leaves open: whatever it will hold, the total ends within the range.

The plan counts open deductions and voids as nothing at both ends of the range. So a table brings a
total above `total_high` never, and below `total_low` by what its deductions and voids take at most.
案卷抽取 is never missing in this sense: without it the program draws.
"""

from hypothesis import given

from tests.independent.county import MAY_BE_MISSING
from tests.properties.register import DEDUCTIONS
from tests.properties.road import Outcome, chance, county, days, examples, readings, seeds, walk

STEPS = 3
VOIDS = {"unit.review.zero_ministry": "unit.review", "unit.air.integrity": "unit.air"}


def taken_by(before: Outcome, after: Outcome, who) -> int:
    """What the deductions and voids that were open before have taken, as a negative number."""
    old, new = before.clauses_of(who), after.clauses_of(who)
    opened = {clause for clause, row in old.items() if row.status == "unavailable"}
    taken = sum(new[clause].points for clause in opened & DEDUCTIONS)
    for void, item in VOIDS.items():
        if void in opened and new[void].status == "void":
            taken -= old[item].points
    return taken


@examples(2)
@given(seeds, days, readings)
def test_supplying_tables_ends_within_the_range(seed, as_of, chosen):
    # Under document_order a case goes to the first indicator that it qualifies for: a publication
    # that becomes known takes it from a better paid one.
    chosen = chosen | {"case_overlap": "best_assignment"}
    tables = county(seed)
    missing = [sheet for sheet in MAY_BE_MISSING if sheet != "案卷抽取"]
    order = chance("先后", seed).sample(missing, len(missing))
    supplied = [
        {s: rows for s, rows in tables.items() if s not in order[len(order) * n // STEPS :]}
        for n in range(STEPS + 1)
    ]
    outcomes = [walk(some, as_of, chosen) for some in supplied]
    for n, before in enumerate(outcomes):
        for after in outcomes[n + 1 :]:
            for who, old in before.scores.items():
                if moved_by_the_draw(before, after, who):
                    continue
                new = after.scores[who]
                assert new["total_high"] <= old["total_high"], who
                assert new["total"] >= old["total_low"] + taken_by(before, after, who), who


def moved_by_the_draw(before: Outcome, after: Outcome, who) -> bool:
    """Whether other files were drawn for a clause that was not open.

    Without 案件承办 no officer can draw, so that more files are left for the units.
    """
    sampled = before.clauses_of(who).get("unit.digital.records.sampled_files")
    known = sampled is not None and sampled.status == "scored"
    return known and before.drawn[who] != after.drawn[who]
