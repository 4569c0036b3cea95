"""The monthly metrics of the invented nation, with their evidence."""

import numpy as np
import pyarrow as pa
from columns import LAST_DAY, MONTHS, START, Ints, origins, ragged, texts
from nation_facts import KINDS, Casework
from nation_people import People
from nation_units import transmission

from dalian_eval.schema.origins import EVIDENCE_LIMIT

METRICS = ("cases", "entry_ratio", "per_capita", "transmission", "uploads")
VARIANTS = tuple(
    sorted((*KINDS, "any", "completed", "immediate", "month_end", "valid_only", "whole_month"))
)
KIND_NAMES = ("officer", "unit")
_DAYS = np.array([f"{m}-01" for m in MONTHS], dtype="datetime64[D]") - np.datetime64(START)
_FIRST_DAYS = _DAYS.astype(np.int64)


def month_of(days: Ints) -> Ints:
    """Return the position of the month in which each day since the period's start lies."""
    return np.searchsorted(_FIRST_DAYS, days, side="right") - 1


def monthly_metrics(who: People, work: Casework) -> pa.Table:
    """Return the monthly metrics (columns of `metrics.monthly`), sorted by their keys."""
    rng = who.rng("months")
    blocks = [
        *_uploads(rng, who),
        *_staff(rng, who),
        *_transmission(who),
        *_decided(who, work),
    ]
    whole = pa.concat_tables(blocks)
    keys = ("variant", "metric", "month", "candidate", "kind")
    order = np.lexsort([whole[key].to_numpy() for key in keys])
    whole = whole.take(pa.array(order))
    kind, owner = whole["kind"].to_numpy(), whole["candidate"].to_numpy()
    ids = pa.concat_arrays([who.officer_ids, who.unit_ids])
    return pa.table(
        {
            "kind": texts(KIND_NAMES, kind),
            "candidate": ids.take(pa.array(owner + kind * who.officers)),
            "month": texts(MONTHS, whole["month"].to_numpy()),
            "metric": texts(METRICS, whole["metric"].to_numpy()),
            "variant": texts(VARIANTS, whole["variant"].to_numpy()),
            "numerator": whole["numerator"],
            "denominator": whole["denominator"],
            "evidence": whole["evidence"].combine_chunks(),
        }
    )


def _block(
    kind: str,
    metric: str,
    variant: str | Ints,
    candidate: Ints,
    month: Ints,
    numerator: Ints,
    denominator: Ints | int,
    evidence: pa.Array,
) -> pa.Table:
    """Return rows with kind, metric, variant and month as positions."""
    size = len(candidate)
    position = VARIANTS.index(variant) if isinstance(variant, str) else variant
    return pa.table(
        {
            "kind": np.full(size, KIND_NAMES.index(kind)),
            "candidate": candidate.astype(np.int64),
            "month": month.astype(np.int64),
            "metric": np.full(size, METRICS.index(metric)),
            "variant": np.broadcast_to(position, size).astype(np.int64),
            "numerator": numerator.astype(np.int64),
            "denominator": np.broadcast_to(denominator, size).astype(np.int64),
            "evidence": evidence,
        }
    )


def _records(counts: Ints) -> pa.Array:
    """Return evidence: the origins of consecutive records, at most `EVIDENCE_LIMIT` per row."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    shown = np.minimum(counts, EVIDENCE_LIMIT)
    before = np.concatenate([[0], np.cumsum(shown)[:-1]])
    rows = np.arange(shown.sum()) - np.repeat(before, shown) + np.repeat(starts, shown)
    return ragged(shown, origins("inspections", rows))


def _grid(owners: int) -> tuple[Ints, Ints]:
    return np.repeat(np.arange(owners), len(MONTHS)), np.tile(np.arange(len(MONTHS)), owners)


def _uploads(rng: np.random.Generator, who: People) -> list[pa.Table]:
    """Return the uploads: most officers are steady, some have idle months, some upload little."""
    owner, month = _grid(who.officers)
    rate = np.where(rng.random(who.officers) < 0.85, rng.uniform(8, 22, who.officers), 1.5)
    uploads = rng.poisson(rate[owner])
    uploads[rng.random(len(owner)) < 0.03] = 0
    valid = rng.binomial(uploads, 0.95)
    return [
        _block("officer", "uploads", variant, owner, month, counts, 1, _records(counts))
        for variant, counts in (("any", uploads), ("valid_only", valid))
    ]


def _staff(rng: np.random.Generator, who: People) -> list[pa.Table]:
    """Return entry_ratio and per_capita of every unit, for both rosters."""
    size = len(who.unit_ids)
    owner, month = _grid(size)
    heads = np.bincount(who.desk, minlength=size)
    diligence = rng.uniform(1, 6, size)
    blocks = []
    for variant in ("month_end", "whole_month"):
        staff = rng.binomial(heads[owner], 0.95)
        for metric, count in (
            ("entry_ratio", rng.binomial(staff, 0.94)),
            ("per_capita", rng.poisson(staff * diligence[owner])),
        ):
            evidence = _records(count)
            blocks.append(_block("unit", metric, variant, owner, month, count, staff, evidence))
    return blocks


def _transmission(who: People) -> list[pa.Table]:
    """Return the transmitted counts of the candidate units, from the table's own numbers."""
    owner, month = _grid(who.units)
    due, immediate, completed = transmission(who)
    rows = origins("automonitor", np.arange(len(owner)))
    evidence = ragged(np.ones(len(owner), dtype=np.int64), rows)
    return [
        _block("unit", "transmission", variant, owner, month, count, due, evidence)
        for variant, count in (("immediate", immediate), ("completed", completed))
    ]


def _decided(who: People, work: Casework) -> list[pa.Table]:
    """Return the cases decided per month and kind: of each main handler, of each desk."""
    case, officer = work.main
    owners = {
        "officer": (case, officer),
        "unit": (np.arange(len(work.day)), who.desk[work.handler]),
    }
    names = np.array([VARIANTS.index(kind) for kind in KINDS])
    blocks = []
    for kind, (of, owner) in owners.items():
        known = (work.day[of] >= 0) & (work.day[of] <= LAST_DAY)
        of, owner = of[known], owner[known]
        month, variant = month_of(work.day[of]), names[work.kind[of]]
        order = np.lexsort([of, variant, month, owner])
        keys = np.stack([owner, month, variant])[:, order]
        change = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
        starts = np.concatenate([[0], 1 + np.flatnonzero(change)])
        counts = np.diff([*starts, len(order)])
        evidence = ragged(counts, origins("cases", of[order]))
        owner, month, variant = keys[:, starts]
        blocks.append(_block(kind, "cases", variant, owner, month, counts, 1, evidence))
    return blocks
