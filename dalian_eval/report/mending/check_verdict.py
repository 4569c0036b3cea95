"""What the checks say of a unit's own files: missing tables are told, and are no fault of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.schema.tables import BY_NAME, REQUIRED

if TYPE_CHECKING:
    # Great Expectations takes seconds to import, and is not needed to look at outcomes.
    from dalian_eval.checks import Outcome, Validation

_TOLD_OTHERWISE = frozenset(
    f"delivery.{name}" for name in ("required", "not_supplied", "refused", "quarantined_some")
)
"""Checks of a whole county's delivery; of a unit's files, file by file, more is told."""


@dataclass(frozen=True)
class CheckVerdict:
    """What the checks say of a unit's files.

    `missing` are required tables that were not handed in, so that nothing can be said of who was
    where; `unchecked` counts checks that lacked a table.
    """

    blocking: "tuple[Outcome, ...]"
    warnings: "tuple[Outcome, ...]"
    missing: tuple[str, ...]
    emptied: tuple[str, ...]
    tested: int
    unchecked: int

    @classmethod
    def of(
        cls, validation: "Validation", report: CleanReport, asked: Collection[str]
    ) -> "CheckVerdict":
        """Sort the outcomes: missing tables are no fault of a unit's own files.

        `asked`: the tables that the plan asks for.
        """
        required = [name for name in REQUIRED if name in asked]
        accepted = report.sources.groupby("table")["accepted"].sum()
        mine = [o for o in validation.outcomes if o.check not in _TOLD_OTHERWISE]
        return cls(
            blocking=tuple(o for o in mine if o.blocks),
            warnings=tuple(o for o in mine if not o.success and not o.blocks),
            missing=tuple(BY_NAME[n].sheet for n in required if n not in report.supplied),
            emptied=tuple(
                BY_NAME[n].sheet
                for n in required
                if n in report.supplied and not accepted.get(n, 0)
            ),
            tested=sum(not o.skipped for o in mine),
            unchecked=sum(o.skipped for o in mine),
        )

    @property
    def blocked(self) -> bool:
        """Whether something must be mended before the files can be used."""
        return bool(self.blocking or self.emptied)

    @property
    def notes(self) -> list[str]:
        """What is to know about tables that are not there, in Chinese."""
        told: list[str] = []
        if self.missing:
            names = "、".join(f"『{name}』" for name in self.missing)
            told.append(
                f"没有{names}表：指向这些表的单位、人员和姓名无法核对，只核对了其余内容；"
                "正式计分时必须有这些表。"
            )
        if self.emptied:
            names = "、".join(f"『{name}』" for name in self.emptied)
            told.append(f"{names}表里没有一行被采用，必须改正。")
        if self.unchecked:
            told.append(f"有 {self.unchecked} 项检查因缺少相应的表没有进行。")
        return told
