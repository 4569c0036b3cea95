"""Two runs compared, with the cause of every point that moved."""

from dalian_eval.record.diff.compare import compare
from dalian_eval.record.diff.folders import diff
from dalian_eval.record.diff.sides import Side, open_side

__all__ = ["Side", "compare", "diff", "open_side"]
