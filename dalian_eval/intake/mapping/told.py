"""A mapping told in words: how a cell of theirs becomes ours."""

from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.intake.mapping.fit import Line
from dalian_eval.intake.mapping.model import EACH, Condition, Form
from dalian_eval.schema.model import Table

_LONGEST = 300


def told_form(form: Form, line: Line, table: Table) -> str:
    """Return how a column of `table` is read by a line, in Chinese."""
    parts = [f"固定写『{form.constant}』"] if not form.headers else []
    if len(form.headers) > 1:
        parts.append("几列合成列表")
    if form.part == EACH:
        parts.append("一格里每个各成一行")
    elif form.part:
        parts.append(f"取『{form.part}』")
    parts += [f"{word}→{meant}" for word, meant in form.words]
    parts += [f"含{word}→{meant}" for word, meant in form.mentions]
    if form.other is not None:
        parts.append(f"其他→{form.other}")
    text = "；".join(parts) or "照原样"
    if table[form.column].mandatory and line.conditions:
        text += "；仅限" + "、".join(told_condition(c) for c, _ in line.conditions)
    return clip(text, _LONGEST)


def told_condition(condition: Condition) -> str:
    """Return a condition in Chinese."""
    return f"『{condition.header}』{condition.asks}{'、'.join(condition.words)}"
