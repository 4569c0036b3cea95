"""What reviewers see: theme, figures, tables, statements, portal, narrative."""

from dalian_eval.report.tables import show

__all__ = ["show"]
