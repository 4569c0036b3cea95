"""The tables of the invented nation that only concern units."""

import numpy as np
import pyarrow as pa
from columns import LAST_DAY, MONTHS, Ints, codes, dates, numbers, some, table, texts, vocabulary
from nation_people import People


def transmission(who: People) -> tuple[Ints, Ints, Ints]:
    """Return the monthly due, immediate and completed counts of every candidate unit."""
    rng = who.rng("transmission")
    size = who.units * len(MONTHS)
    due = rng.integers(5000, 9000, size)
    rate = np.repeat(rng.integers(8600, 9900, who.units), len(MONTHS))
    immediate = due * (rate + rng.integers(-100, 100, size)) // 10_000
    return due, immediate, immediate + (due - immediate) * 3 // 5


def unit_facts(who: People) -> dict[str, pa.Table]:
    """Return the tables that only concern units; city ranking and activities stay unsupplied."""
    rng = who.rng("units")
    m = who.units
    due, immediate, completed = transmission(who)
    lead = np.sort(rng.integers(m, size=4 * m))
    n = len(lead)
    pushed = rng.integers(-20, 340, n)
    kit = np.flatnonzero(rng.random((m, 34)) < 0.8)
    stated = np.flatnonzero(rng.random((m, 8)) < 0.85)
    composite = np.flatnonzero(some(rng, m, 90))
    noted = np.sort(rng.integers(m, size=max(m // 3, 20)))
    remote = np.flatnonzero(rng.random((m, 3)) < 0.4)
    return {
        **table(
            "review_scores",
            unit_id=who.unit_ids.take(composite),
            score=numbers(rng.integers(1200, 2201, len(composite)), 2),
            date=dates(rng.integers(200, LAST_DAY + 1, len(composite))),
        ),
        **table(
            "review_findings",
            finding_id=codes("TB", np.arange(len(noted)), 6),
            unit_id=who.unit_ids.take(noted),
            kind=texts(vocabulary("review_findings", "kind"), rng.integers(5, size=len(noted))),
            level=texts(vocabulary("review_findings", "level"), rng.integers(3, size=len(noted))),
            date=dates(rng.integers(-20, LAST_DAY + 1, len(noted))),
            responsibility=texts(("承办", "交叉评查"), rng.integers(2, size=len(noted))),
        ),
        **table(
            "leads",
            lead_id=codes("XS", np.arange(n), 6),
            unit_id=who.unit_ids.take(lead),
            pushed_by=texts(("省", "市"), rng.integers(2, size=n)),
            pushed_on=dates(pushed),
            due_on=dates(pushed + 30),
            fed_back_on=dates(pushed + rng.integers(5, 36, n), some(rng, n, 15)),
            outcome=texts(vocabulary("leads", "outcome"), rng.integers(3, size=n)),
            flaw=texts(vocabulary("leads", "flaw"), rng.integers(2, size=n), some(rng, n, 95)),
        ),
        **table(
            "automonitor",
            unit_id=who.unit_ids.take(np.repeat(np.arange(m), len(MONTHS))),
            month=texts(MONTHS, np.tile(np.arange(len(MONTHS)), m)),
            due=due,
            immediate=immediate,
            completed=completed,
        ),
        **table(
            "remote_scores",
            round=codes("远程", remote % 3, 2),
            unit_id=who.unit_ids.take(remote // 3),
            ended_on=dates(rng.integers(0, LAST_DAY + 1, len(remote))),
            score=numbers(rng.integers(600, 1001, len(remote)), 1),
        ),
        **table(
            "equipment",
            unit_id=who.unit_ids.take(kit // 34),
            item=codes("装备", kit % 34, 2),
            kind=texts(("标配", "选配"), (kit % 34 >= 26).astype(np.int64)),
            quantity=rng.integers(1, 30, len(kit)),
            compliant=some(rng, len(kit), 95),
        ),
        **table(
            "unit_facts",
            unit_id=who.unit_ids.take(stated // 8),
            item=texts(vocabulary("unit_facts", "item"), stated % 8),
            holds=some(rng, len(stated), 80),
            date=dates(rng.integers(-100, 380, len(stated)), some(rng, len(stated), 30)),
        ),
    }
