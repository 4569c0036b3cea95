"""检查记录: who uploaded how much in which month, and the records, one month at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dalian_eval.demo.model import MONTHS, Profile, Row, day, month_bounds, month_text, stream
from dalian_eval.demo.names import firm_name
from dalian_eval.demo.roster import Bureau, Officer, Roster, Seat

Ints = NDArray[np.int64]

ACTIVITY = {
    Profile.LEADING: 1.15,
    Profile.STEADY: 1.1,
    Profile.UNEVEN: 1.1,
    Profile.WEAK: 0.9,
}
HEADQUARTERS = 0.3
ABSENT: dict[Profile, frozenset[int]] = {
    Profile.LEADING: frozenset(),
    Profile.STEADY: frozenset({3, 9}),
    Profile.UNEVEN: frozenset({3, 6, 8}),
    Profile.WEAK: frozenset(range(len(MONTHS))),
}
"""Months in which more than a tenth of the bureau enters nothing: the 90 % clause fails."""
SLUMP: dict[Profile, frozenset[int]] = {
    Profile.LEADING: frozenset(),
    Profile.STEADY: frozenset({3}),
    Profile.UNEVEN: frozenset({2, 3, 7}),
    Profile.WEAK: frozenset(range(len(MONTHS))),
}
"""Months with fewer than two records per head (3 is the Spring Festival, February 2024)."""
DILIGENT = {1: 3, 2: 2}
"""Seats that upload a little more even in a slump: records per month."""
IDLE: Seat = (Profile.WEAK, 6)
"""Who never uploads twice in a month."""
VALID_SHARE = 0.95
JOINT_SHARE = 0.55
LATE_EVERY = 13
"""Every thirteenth officer's last October record arrives after midnight: it is November's."""
MARKUP = "<b>某某化工厂</b><script>alert('8号')</script>"
"""A target as a careless system exports it; reports must show it as text."""


class Inspections(Sequence[Row]):
    """The records of all months as a lazy sequence of rows, ordered by month and uploader.

    Only the number of records per officer and month is kept; a month's records are computed when
    they are asked for, always the same ones. `frame(month)` gives a whole month at once.
    """

    def __init__(self, roster: Roster, per_officer_month: float) -> None:
        """Decide how many records each officer uploads in each month, about the given mean."""
        self._roster = roster
        self._units = _units_by_month(roster)
        self.counts = _counts(roster, self._units, per_officer_month)
        self._ends = np.cumsum(self.counts.sum(axis=0))
        self._width = max(5, len(str(int(self.counts.sum(axis=0).max(initial=0)))))
        self._ids = np.array([o.id for o in roster.officers], dtype=object)
        self._starts = np.cumsum(self.counts, axis=0) - self.counts
        self._month = lru_cache(maxsize=1)(self._make_month)

    def __len__(self) -> int:
        """Return the number of records."""
        return int(self._ends[-1])

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        """Return one record, or a list of them, as rows of canonical values."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        month = int(np.searchsorted(self._ends, at, side="right"))
        before = int(self._ends[month - 1]) if month else 0
        return self._rows(self._month(month).iloc[at - before : at - before + 1])[0]

    def __iter__(self) -> Iterator[Row]:
        """Yield all records, month by month."""
        for month in range(len(MONTHS)):
            yield from self.month_rows(month)

    def month_rows(self, month: int) -> list[Row]:
        """Return the records entered in the period's month `month` (0 = 2023-11)."""
        return self._rows(self._month(month))

    def frame(self, month: int) -> pd.DataFrame:
        """Return the records of the period's month `month` (0 = 2023-11) as canonical columns.

        `inspectors` holds one or two certificate numbers joined by 、.
        """
        return self._month(month).copy()

    def record_of(self, officer: Officer, month: int, number: int = 0) -> str | None:
        """Return the id of the officer's record `number` of a month, or of an earlier month."""
        for m in range(min(month, len(MONTHS) - 1), -1, -1):
            count = int(self.counts[officer.index, m])
            if count:
                return self._record_id(m, int(self._starts[officer.index, m]) + number % count)
        return None

    def _record_id(self, month: int, at: int) -> str:
        return f"JC{month_text(month).replace('-', '')}{at + 1:0{self._width}d}"

    @staticmethod
    def _rows(frame: pd.DataFrame) -> list[Row]:
        return [
            {
                "record_id": record,
                "unit_id": unit,
                "inspectors": inspectors.split("、"),
                "uploader": uploader,
                "inspected_at": inspected.to_pydatetime(),
                "uploaded_at": uploaded.to_pydatetime(),
                "valid": bool(valid),
                "target": target,
            }
            for record, unit, inspectors, uploader, inspected, uploaded, valid, target in (
                frame.itertuples(index=False, name=None)
            )
        ]

    def _make_month(self, month: int) -> pd.DataFrame:
        rng = stream(self._roster.seed, f"inspections {month}")
        counts = self.counts[:, month]
        total = int(counts.sum())
        uploader = np.repeat(np.arange(len(counts)), counts)
        partner = self._partners(month, uploader, rng)
        uploaded, inspected = _times(month, total, rng)
        if month == len(MONTHS) - 1:
            _late(uploaded, uploader, counts)
        targets = np.array([firm_name(n) for n in range(400)], dtype=object)
        target = targets[rng.integers(0, len(targets), total)]
        if month == 4 and total > 7:
            target[7] = MARKUP
        prefix = f"JC{month_text(month).replace('-', '')}"
        first = np.minimum(uploader, partner)
        second = np.maximum(uploader, partner)
        # Officers are numbered by certificate, so the smaller index is the smaller certificate.
        joint = partner != uploader
        inspectors = self._ids[first]
        inspectors[joint] = inspectors[joint] + "、" + self._ids[second[joint]]
        return pd.DataFrame(
            {
                "record_id": [f"{prefix}{n + 1:0{self._width}d}" for n in range(total)],
                "unit_id": self._units[uploader, month],
                "inspectors": inspectors,
                "uploader": self._ids[uploader],
                "inspected_at": inspected,
                "uploaded_at": uploaded,
                "valid": rng.random(total) < VALID_SHARE,
                "target": target,
            }
        )

    def _partners(self, month: int, uploader: Ints, rng: np.random.Generator) -> Ints:
        """Return each record's second inspector: an active colleague of the unit, or itself."""
        active = np.flatnonzero(self.counts[:, month] > 0)
        if not len(active):
            return uploader
        unit = self._units[active, month].astype(str)
        order = np.argsort(unit, kind="stable")
        people, groups = active[order], unit[order]
        starts = np.searchsorted(groups, groups, side="left")
        sizes = np.searchsorted(groups, groups, side="right") - starts
        place = np.zeros(len(self.counts), dtype=np.int64)
        place[people] = np.arange(len(people))
        at = place[uploader]
        start, size = starts[at], sizes[at]
        step = 1 + (rng.random(len(uploader)) * np.maximum(size - 1, 0)).astype(np.int64)
        other = people[start + (at - start + step) % size]
        return np.where(rng.random(len(uploader)) < JOINT_SHARE, other, uploader)


def _times(
    month: int, total: int, rng: np.random.Generator
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return upload and inspection times: office hours of the month, inspection first."""
    first, last = month_bounds(month)
    start = np.datetime64(datetime.combine(first, datetime.min.time()), "s")
    days = rng.integers(0, (last - first).days + 1, total)
    upload = rng.integers(11 * 3600, 19 * 3600, total)
    uploaded = start + (days * 86400 + upload).astype("timedelta64[s]")
    # Some records are entered up to two days after the visit, never before the month began.
    delay = np.minimum(np.where(rng.random(total) < 0.2, rng.integers(0, 3, total), 0), days)
    gap = delay * 86400 + rng.integers(1200, 9000, total)
    return uploaded, uploaded - gap.astype("timedelta64[s]")


def _late(uploaded: NDArray[np.datetime64], uploader: Ints, counts: Ints) -> None:
    """Move some last uploads of October to half past midnight of 1 November."""
    midnight = np.datetime64(datetime.combine(day(12, 1), datetime.min.time()), "s")
    ends = np.cumsum(counts) - 1
    for officer in np.flatnonzero(counts >= 6):
        if officer % LATE_EVERY == 5:
            uploaded[ends[officer]] = midnight + np.timedelta64(timedelta(minutes=30), "s")


def _units_by_month(roster: Roster) -> NDArray[np.object_]:
    """Return the unit of every officer in every month; empty when not there all month."""
    units = np.full((len(roster.officers), len(MONTHS)), "", dtype=object)
    for month in range(len(MONTHS)):
        first, last = month_bounds(month)
        for officer in roster.officers:
            unit = officer.unit_on(first)
            if unit is not None and unit == officer.unit_on(last):
                units[officer.index, month] = unit
    return units


def _counts(roster: Roster, units: NDArray[np.object_], mean: float) -> Ints:
    """Return records per officer and month, scaled to `mean` before absences and slumps."""
    rng = stream(roster.seed, "activity")
    here = units != ""
    share = np.full(len(roster.officers), HEADQUARTERS)
    for bureau in roster.bureaus:
        share[[o.index for o in bureau.officers]] = ACTIVITY[bureau.profile]
    share *= rng.uniform(0.8, 1.2, len(share))
    expected = share[:, None] * here
    for bureau in roster.bureaus:
        for month in SLUMP[bureau.profile]:
            expected[[o.index for o in bureau.officers], month] = 0
    if expected.sum() > 0:
        expected *= mean * expected.size / expected.sum()
    counts = rng.poisson(expected).astype(np.int64)
    # A quiet month must not fail the clauses by chance: they fail where ABSENT and SLUMP say.
    counts = np.where(here & (expected > 0), np.maximum(counts, min(3, int(mean * 0.6))), 0)
    lone = rng.random(counts.shape) < 0.4
    for bureau in roster.bureaus:
        _apply_profile(bureau, counts, here, lone, busy=mean >= 1)
    twins = roster.twins()
    if twins:
        counts[twins[1].index] = counts[twins[0].index]
    return counts


def _apply_profile(
    bureau: Bureau, counts: Ints, here: NDArray[np.bool_], lone: NDArray[np.bool_], *, busy: bool
) -> None:
    """Thin out a bureau's slump months and silence more than a tenth of it in ABSENT months."""
    staff = [o.index for o in bureau.officers]
    for month in SLUMP[bureau.profile]:
        for seat, officer in enumerate(staff):
            most = 1 if (bureau.profile, seat) == IDLE else 2
            few = max(min(1 + int(lone[officer, month]), most), DILIGENT.get(seat, 0))
            counts[officer, month] = few * (busy and here[officer, month])
    for month in ABSENT[bureau.profile]:
        last = month_bounds(month)[1]
        present = [
            o.index
            for o in bureau.officers[1:]
            if here[o.index, month] and not (o.valid_to and o.valid_to < last)
            if o.bureau_on(last) == bureau.id
        ]
        # Seats rotate, so that no officer misses every month; the head stays out of it.
        for step in range(min(len(staff) // 10 + 1, len(present))):
            counts[present[(month + step) % len(present)], month] = 0
