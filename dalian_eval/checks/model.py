"""What a validation says: one outcome per expectation, kept as validation.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

Severity = Literal["blocking", "warning"]
"""A failed `blocking` expectation stops the run (exit code 3); a `warning` is only told."""

FILE = "validation.json"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one expectation.

    `table`: canonical name, empty for the delivery as a whole; `tested` and `failed`: rows (for a
    check of months: unit-months); `origins`: failing rows as `table:file#sheet!row`, the first
    `LISTED` of them; `reason`, `fix`: Chinese, what is wrong and what mends it (`fix` is empty when
    nothing is); `observed`: examples of failing values. A check whose tables were not supplied is
    `skipped`: it failed nothing and tested nothing.
    """

    table: str
    check: str
    title: str
    severity: Severity
    success: bool
    skipped: bool
    tested: int
    failed: int
    origins: tuple[str, ...]
    reason: str
    fix: str
    observed: tuple[str, ...]

    @property
    def blocks(self) -> bool:
        """Whether this outcome stops the run."""
        return self.severity == "blocking" and not self.success


def naming(reason: str, observed: Sequence[str], more: bool) -> str:
    """Return a sentence with the things it counts: `observed`, of which there may be `more`.

    They stand where the sentence says {observed}; otherwise at its end.
    """
    named = "、".join(observed) if "{observed}" in reason else "；".join(observed)
    named += "等" if more else ""
    if "{observed}" in reason or not observed:
        return reason.replace("{observed}", named)
    return f"{reason.rstrip('。')}：{named}。"


LISTED = 200
"""Origins listed per outcome; `failed` always tells how many there are."""


@dataclass(frozen=True)
class Validation:
    """All outcomes, sorted by table and check."""

    outcomes: tuple[Outcome, ...]

    @property
    def blocked(self) -> bool:
        """Whether any blocking expectation failed."""
        return any(o.blocks for o in self.outcomes)

    @property
    def blocking(self) -> tuple[Outcome, ...]:
        """The failed expectations that stop the run."""
        return tuple(o for o in self.outcomes if o.blocks)

    @property
    def warnings(self) -> tuple[Outcome, ...]:
        """The failed expectations that are only told."""
        return tuple(o for o in self.outcomes if not o.success and not o.blocks)

    @property
    def expected(self) -> int:
        """How many expectations there are, skipped ones included."""
        return len(self.outcomes)

    @property
    def passed(self) -> int:
        """How many expectations were tested and met."""
        return sum(o.success and not o.skipped for o in self.outcomes)

    @property
    def failed(self) -> int:
        """How many expectations were not met."""
        return sum(not o.success for o in self.outcomes)

    @property
    def skipped(self) -> int:
        """How many expectations could not be tested for want of a table."""
        return sum(o.skipped for o in self.outcomes)


def write_validation(validation: Validation, out: Path) -> None:
    """Write validation.json into the folder `out`: the same outcomes give the same bytes."""
    content = {
        "blocked": validation.blocked,
        "expected": validation.expected,
        "passed": validation.passed,
        "failed": validation.failed,
        "skipped": validation.skipped,
        "outcomes": [asdict(outcome) for outcome in validation.outcomes],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(text, encoding="utf-8", newline="")


def load_validation(path: Path) -> Validation:
    """Read back a validation.json; KeyError or ValueError when `path` is something else."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Validation(tuple(_outcome(row) for row in content["outcomes"]))


def _outcome(row: Mapping[str, Any]) -> Outcome:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Outcome)}
    for name in ("origins", "observed"):
        values[name] = tuple(values[name])
    return Outcome(**values)
