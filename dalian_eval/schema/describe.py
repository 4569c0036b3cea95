"""Columns described in Chinese: for the input template's notes and the data dictionary."""

from dalian_eval.schema.arrow import NUMBER
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.tables import BY_NAME

_FORMS: dict[Type, str] = {
    Type.CODE: "文本编码，保留前导零",
    Type.CASE_NUMBER: "案件编号，括号写法不限",
    Type.TEXT: "文字",
    Type.DATE: "日期，如 2024-03-05",
    Type.MONTH: "月份，如 2024-03",
    Type.TIMESTAMP: "日期和时间，如 2024-03-05 16:30:00（北京时间）",
    Type.BOOL: "填 是 或 否",
    Type.INTEGER: "整数",
    Type.NUMBER: "数字",
    Type.LIST: "可填多个，用 、 分隔",
}


def form_of(column: Column) -> str:
    """Return what a cell of the column looks like."""
    if column.vocabulary:
        choices = "、".join(column.vocabulary)
        return (
            f"可填多个，用 、 分隔：{choices}" if column.type is Type.LIST else f"只能填：{choices}"
        )
    text = _FORMS[column.type]
    if column.minimum is not None and column.maximum is not None:
        text += f"，{column.minimum} 至 {column.maximum}"
    elif column.minimum is not None:
        text += f"，不小于 {column.minimum}"
    if column.type is Type.NUMBER and column.decimals < NUMBER.scale:
        text += f"，最多 {column.decimals} 位小数"
    return text


def need_of(column: Column) -> str:
    """Return whether a blank is accepted."""
    if column.key:
        return "必填（主键）"
    return "必填" if column.required else "可留空"


def reference_of(column: Column) -> str:
    """Return which table the value must be found in; empty when none."""
    if column.references is None:
        return ""
    if column.references == "subject":
        return "单位 或 人员"
    return BY_NAME[column.references].sheet


_EXAMPLES: dict[Type, str] = {
    Type.DATE: "2024-03-05",
    Type.MONTH: "2024-03",
    Type.TIMESTAMP: "2024-03-05 16:30:00",
    Type.BOOL: "是",
    Type.INTEGER: "12",
    Type.NUMBER: "92.5",
}


def example_of(column: Column) -> str:
    """Return an example of a cell: the column's own, else one of its vocabulary or type."""
    if column.example:
        return column.example
    if column.vocabulary:
        return (
            "、".join(column.vocabulary[:2]) if column.type is Type.LIST else column.vocabulary[0]
        )
    return _EXAMPLES.get(column.type, f"某{column.header}")


def note_of(column: Column) -> str:
    """Return everything about the column as the lines of a cell note."""
    lines = [form_of(column), need_of(column)]
    reference = reference_of(column)
    if reference:
        lines.append(f"须在『{reference}』表中")
    if column.note:
        lines.append(column.note)
    lines.append(f"例：{example_of(column)}")
    return "\n".join(lines)
