"""Validations as frames: one for programs, one for a reader's eyes."""

import pandas as pd

from dalian_eval.checks.model import Outcome, Validation
from dalian_eval.schema.tables import BY_NAME

COLUMNS = {
    "table": "表",
    "check": "核对内容",
    "severity": "级别",
    "tested": "核对行数",
    "failed": "问题行数",
    "reason": "说明",
    "fix": "怎样改正",
}
"""Columns of `outcome_frame`, and their headers in `shown_frame`."""

SEVERITIES = {"blocking": "阻断", "warning": "提醒"}
WHOLE = "全部提交"


def outcome_frame(validation: Validation) -> pd.DataFrame:
    """Return every outcome, one row each: canonical names, check ids, severities as declared."""
    rows = [[getattr(outcome, name) for name in COLUMNS] for outcome in validation.outcomes]
    return _typed(pd.DataFrame(rows, columns=list(COLUMNS)))


def shown_frame(validation: Validation, *, only_failed: bool = True) -> pd.DataFrame:
    """Return the outcomes in Chinese, blocking ones first, then in the order of the tables."""
    order = {name: position for position, name in enumerate(["", *BY_NAME])}
    chosen = [o for o in validation.outcomes if not (only_failed and o.success)]
    chosen.sort(key=lambda o: (not o.blocks, o.success, order[o.table], o.check))
    frame = _typed(pd.DataFrame([_shown(o) for o in chosen], columns=list(COLUMNS)))
    return frame.rename(columns=COLUMNS)


def _shown(outcome: Outcome) -> dict[str, object]:
    table = BY_NAME[outcome.table].sheet if outcome.table else WHOLE
    return {
        "table": table,
        "check": outcome.title,
        "severity": SEVERITIES[outcome.severity],
        "tested": outcome.tested,
        "failed": outcome.failed,
        "reason": outcome.reason,
        "fix": outcome.fix,
    }


def table_summary(validation: Validation) -> pd.DataFrame:
    """Return one row per table: how many expectations, and what became of them."""
    rows: dict[str, list[Outcome]] = {name: [] for name in ["", *BY_NAME]}
    for outcome in validation.outcomes:
        rows[outcome.table].append(outcome)
    return pd.DataFrame(
        [
            {
                "表": BY_NAME[name].sheet if name else WHOLE,
                "核对项": len(outcomes),
                "通过": sum(o.success and not o.skipped for o in outcomes),
                "阻断": sum(o.blocks for o in outcomes),
                "提醒": sum(not o.success and not o.blocks for o in outcomes),
                "未核对": sum(o.skipped for o in outcomes),
            }
            for name, outcomes in rows.items()
            if outcomes
        ]
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    counts = {"tested": "int64", "failed": "int64"}
    return frame.astype({name: counts.get(name, "str") for name in frame.columns})
