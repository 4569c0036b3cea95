"""The Chinese words for what the frames hold in English: columns, states, kinds, tables."""

from collections.abc import Mapping, Sequence

from dalian_eval.outputs.tables import code_words, titles
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.tables import BY_NAME

SEVERITIES = {"blocking": "必须通过", "warning": "提醒"}

_VALUES = {**code_words(), "severity": SEVERITIES}

TITLES = {
    **titles(),
    "as_of": "截至日",
    "failed": "未通过",
    "locator": "出处",
    "severity": "级别",
    "success": "通过",
    "tested": "检查行数",
}
"""Titles of the columns of the record's tables, and of what is shown beside them."""


def value_words(column: str) -> Mapping[str, str]:
    """Return the words for the codes of a column."""
    if column == "metric":
        return {name: metric.title for name, metric in METRICS.items()}
    return _VALUES.get(column, {})


def table_title(table: str) -> str:
    """Return the Chinese name of a canonical table, or the name itself when there is none."""
    return BY_NAME[table].sheet if table in BY_NAME else table


def lacking_sentence(sheets: Sequence[str], verdict: bool) -> str:
    """Return what a clause waits for; a void or veto has found nothing in what is there."""
    if verdict:
        return f"{'、'.join(sheets)}未报送，尚不能排除"
    return f"没有提供『{'』『'.join(sheets)}』表"
