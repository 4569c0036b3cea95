"""What changes add to the monthly metrics: records and transmissions, month by month."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dalian_eval.moves.change import Change
from dalian_eval.moves.context import Context
from dalian_eval.rubric.queries import Kind
from dalian_eval.scoring.awards import lists

Figure = tuple[str, str, str]
"""Metric, variant, month."""

Figures = Mapping[Figure, tuple[int, int]]
"""What is added to the numerator and the denominator of each figure."""

_KEY = ["kind", "candidate", "metric", "variant", "month"]


@dataclass
class _Sums:
    """Numerators and denominators that add up, per candidate."""

    of: dict[tuple[Kind, str], dict[Figure, tuple[int, int]]] = field(default_factory=dict)

    def add(self, who: tuple[Kind, str], figure: Figure, top: int, bottom: int = 0) -> None:
        mine = self.of.setdefault(who, {})
        have = mine.get(figure, (0, 0))
        mine[figure] = (have[0] + top, have[1] + bottom)


class MonthFigures:
    """Looks up whose metrics a record or a month's transmissions change.

    In a month to come the eligible staff are those of the running month.
    """

    def __init__(self, context: Context):
        """Look at the staff of a run."""
        self._context = context
        self._units: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._heads: dict[tuple[str, str], int] = {}
        staff = context.staff
        for variant, unit, officer, month in zip(
            *(staff[c] for c in ("variant", "unit", "officer_id", "month")), strict=True
        ):
            self._units.setdefault((officer, month), []).append((variant, unit))
            if month == context.month:
                self._heads[unit, variant] = self._heads.get((unit, variant), 0) + 1
        self._row: dict[int, Mapping[str, object]] = {}

    def of(self, changes: Iterable[Change], as_of: dt.date) -> dict[tuple[Kind, str], Figures]:
        """Return what changes add by a day, per candidate."""
        sums = _Sums()
        entered: set[tuple[str, str]] = set()
        for change in changes:
            if change.table == "automonitor":
                self._transmitted(sums, change)
            elif change.table == "inspections":
                day = change.cells["uploaded_at"].date()
                if self._context.period.start <= day <= as_of:
                    self._uploaded(sums, change, f"{day:%Y-%m}", entered)
        return dict(sums.of)

    def _transmitted(self, sums: _Sums, change: Change) -> None:
        new = change.cells
        old: Mapping[str, object] = {"due": 0, "immediate": 0, "completed": 0}
        if change.origin is not None:
            old = self._old(change.origin)
        unit, month = ({**old, **new}[c] for c in ("unit_id", "month"))
        more = {c: int(new.get(c, old[c])) - int(str(old[c])) for c in ("immediate", "completed")}
        due = int(new.get("due", old["due"])) - int(str(old["due"]))
        for above in self._context.above.get(str(unit), ()):
            for variant, number in more.items():
                sums.add(("unit", above), ("transmission", variant, str(month)), number, due)

    def _old(self, origin: int) -> Mapping[str, object]:
        if not self._row:
            rows = self._context.table("automonitor")
            self._row = {
                int(r["_origin"]): {str(k): v for k, v in r.items()}
                for r in rows.to_dict("records")
            }
        return self._row[origin]

    def _uploaded(
        self, sums: _Sums, change: Change, month: str, entered: set[tuple[str, str]]
    ) -> None:
        context, cells = self._context, change.cells
        to_come = month > context.month
        seen = context.month if to_come else month
        if cells.get("uploader"):
            who: tuple[Kind, str] = ("officer", str(cells["uploader"]))
            for variant in ("any", "valid_only") if cells["valid"] else ("any",):
                figure = ("uploads", variant, month)
                new = to_come or "inspections" not in context.supplied
                sums.add(who, figure, 1, int(new and figure not in sums.of.get(who, {})))
        if cells["valid"]:
            for unit in context.above.get(str(cells["unit_id"]), ()):
                for variant in ("month_end", "whole_month"):
                    self._of_unit(sums, unit, ("per_capita", variant, month), to_come)
        for officer in {cells.get("uploader"), *(cells.get("inspectors") or ())} - {None}:
            if (officer, month) in entered or (officer, month) in context.entered:
                continue
            entered.add((str(officer), month))
            for variant, unit in self._units.get((str(officer), seen), ()):
                self._of_unit(sums, unit, ("entry_ratio", variant, month), to_come)

    def _of_unit(self, sums: _Sums, unit: str, figure: Figure, to_come: bool) -> None:
        who: tuple[Kind, str] = ("unit", unit)
        first = to_come and figure not in sums.of.get(who, {})
        sums.add(who, figure, 1, self._heads.get((unit, figure[1]), 0) if first else 0)


def with_figures(
    monthly: pd.DataFrame, kind: Kind, more: Mapping[str, Figures], metrics: Iterable[str]
) -> pd.DataFrame:
    """Return the monthly metrics of one kind of candidate with further figures, by candidate.

    The evidence is left out.
    """
    wanted = frozenset(metrics)
    chosen = (monthly["kind"] == kind) & monthly["metric"].isin(list(wanted))
    rows = monthly.loc[chosen.to_numpy(), [*_KEY, "numerator", "denominator"]]
    rows = rows.astype(dict.fromkeys(_KEY, "str"))
    added = [
        (kind, who, *figure, *numbers)
        for who, figures in more.items()
        for figure, numbers in figures.items()
        if figure[0] in wanted
    ]
    if added:
        further = pd.DataFrame(added, columns=rows.columns).astype(rows.dtypes)
        rows = pd.concat([rows, further], ignore_index=True)
        rows = rows.groupby(_KEY, sort=False, as_index=False).sum()
    nothing = np.zeros(0, dtype=np.int64)
    return rows.assign(evidence=lists(nothing, nothing, len(rows)).to_numpy())
