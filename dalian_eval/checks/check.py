"""What a check is: one declaration that finds the failing rows and says what mends them."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from dalian_eval.checks.delivery import Delivery
from dalian_eval.checks.model import Severity

Finder = Callable[[Delivery], ir.Table]


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """One expectation that DuckDB counts.

    `id`: `<table>.<what>`, unique; `table`: whose rows fail, empty for the delivery as a whole;
    `needs`: the other tables it reads (without them it is skipped). Either `where`, a condition
    that holds for the failing rows of `table`, or `find`, which returns the failing rows with their
    `_origin` (null when a finding has no row). `show`: the columns whose values make the examples,
    at most `examples` of them; `reason` may name {failed}, {tested}, {observed}, {as_of}, {start}
    and {end}. `tested`: how many rows were looked at, when it is not all of `table`.
    """

    id: str
    table: str
    title: str
    severity: Severity
    reason: str
    fix: str
    show: tuple[str, ...]
    where: ir.BooleanValue | None = None
    find: Finder | None = None
    needs: tuple[str, ...] = ()
    tested: Callable[[Delivery], int] | None = None
    examples: int = 5

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables without which the check is skipped."""
        return (self.table, *self.needs) if self.table else self.needs

    def failing(self, delivery: Delivery) -> ir.Table:
        """Return the failing rows."""
        if self.find is not None:
            return self.find(delivery)
        return delivery.table(self.table).filter(self.where)

    def rows_tested(self, delivery: Delivery) -> int:
        """Return how many rows the check looks at."""
        if self.tested is not None:
            return self.tested(delivery)
        return delivery.rows[self.table]
