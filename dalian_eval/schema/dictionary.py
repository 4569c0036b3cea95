"""The data dictionary page (docs/data-dictionary.md), made from the table declarations."""

from pathlib import Path

from dalian_eval.schema.describe import example_of, form_of, need_of, reference_of
from dalian_eval.schema.tables import TABLES

_HEAD = """# Data dictionary

Made from `dalian_eval/schema/tables.yaml` by `python -m dalian_eval.schema.dictionary`; a test
keeps it current. Sheet and header are what the exports hold (Chinese), name is the column in
Parquet and in code. Every canonical table also has `_origin`, the file, sheet and row a fact came
from.
"""


def dictionary() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for table in TABLES:
        parts.append(f"\n## {table.sheet} · `{table.name}`\n\n{table.note}。\n")
        parts.append(
            "\n| 表头 | name | 内容 | 必填 | 引用 | 说明 | 例 |\n|---|---|---|---|---|---|---|\n"
        )
        for c in table.columns:
            cells = (
                c.header,
                f"`{c.name}`",
                form_of(c),
                need_of(c),
                reference_of(c),
                c.note,
                example_of(c),
            )
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(parts)


if __name__ == "__main__":
    Path("docs/data-dictionary.md").write_text(dictionary(), encoding="utf-8", newline="\n")
