"""What reviewers see: theme, figures, tables, statements, portal, narrative."""

from dalian_eval.report.base.tables import show

__all__ = ["show"]
