"""What a unit handed in, what it said there is none of, what is missing and what hangs on it."""

from collections.abc import Collection
from dataclasses import dataclass

from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.report.base.points import plain
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.plan_names import KIND_TITLES
from dalian_eval.rubric.stakes import at_stake, count_taking
from dalian_eval.schema.tables import BY_NAME, REQUIRED, TABLES


@dataclass(frozen=True)
class Missing:
    """A table that nobody handed in: what its clauses can give (集体, 个人) and how many take away.

    Points are in units of 0.0001.
    """

    sheet: str
    required: bool
    points: tuple[int, int]
    deductions: int

    @property
    def stake(self) -> str:
        """What hangs on it, in Chinese."""
        if self.required:
            return "没有它不能计分"
        found = _points(self.points)
        if self.deductions:
            found += f"{'，' if found else ''}扣分、否决条款{self.deductions}条"
        return found or "不影响得分"


@dataclass(frozen=True)
class HandedIn:
    """The account of the tables; `points` is what hangs on all missing ones together."""

    supplied: tuple[tuple[str, int], ...]
    declared: tuple[str, ...]
    missing: tuple[Missing, ...]
    points: tuple[int, int]

    @classmethod
    def of(cls, report: CleanReport, rubric: Rubric, asked: Collection[str]) -> "HandedIn":
        """Sort the tables; those handed in only on occasion are missed by nobody.

        `asked`: the tables that the plan asks for.
        """
        rows = report.sources.groupby("table")["rows_read"].sum()
        read = {name: int(rows.get(name, 0)) for name in report.supplied}
        waited_for = (t.name for t in TABLES if t.name in asked and t.need != "occasional")
        absent = [name for name in waited_for if name not in read]
        sections = (rubric.unit, rubric.officer)
        return cls(
            supplied=tuple((BY_NAME[n].sheet, count) for n, count in read.items() if count),
            declared=tuple(BY_NAME[n].sheet for n, count in read.items() if not count),
            missing=tuple(
                Missing(
                    BY_NAME[name].sheet,
                    name in REQUIRED,
                    (at_stake(rubric.unit, (name,)), at_stake(rubric.officer, (name,))),
                    sum(count_taking(section, (name,)) for section in sections),
                )
                for name in absent
            ),
            points=(at_stake(rubric.unit, absent), at_stake(rubric.officer, absent)),
        )

    @property
    def total(self) -> str:
        """What hangs on the missing tables together, in Chinese; empty when nothing does."""
        found = _points(self.points)
        return (
            f"没有报送的表共涉及{found}（同一分值只计一次）；计分时这些条款列为待补，"
            "不当作零分。不归本单位报送的不必理会"
            if found
            else ""
        )

    def lines(self) -> list[str]:
        """Return the account as a terminal shows it."""
        told = ["报送情况："]
        tables = "、".join(f"{sheet}（{count}行）" for sheet, count in self.supplied)
        told.append(f"  已报送{len(self.supplied)}张表：{tables or '无'}")
        told.append(f"  确认没有{len(self.declared)}张表：{'、'.join(self.declared) or '无'}")
        told.append(f"  没有报送{len(self.missing)}张表{'：' if self.missing else '。'}")
        told += [f"    {one.sheet}：{one.stake}" for one in self.missing]
        return [*told, f"  {self.total}。"] if self.total else told


def _points(points: tuple[int, int]) -> str:
    words = [
        f"{kind}最多{plain(p)}分" for kind, p in zip(KIND_TITLES.values(), points, strict=True) if p
    ]
    return "、".join(words)
