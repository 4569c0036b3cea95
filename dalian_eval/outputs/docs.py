"""The tables of a record in docs/outputs.md, made from the declarations."""

from dalian_eval.outputs.model import Cell, Maker, Output, OutputColumn
from dalian_eval.outputs.tables import FILES

BEGIN = "<!-- Made by `python -m dalian_eval.outputs.docs`; a test keeps it current. -->\n"
END = "<!-- Made until here. -->\n"

_HEAD = "\n| file | 名称 | holds | columns | sorted by | public |\n|---|---|---|---|---|---|\n"


def tables_text() -> str:
    """Return the part of docs/outputs.md that tells of every file, as Markdown."""
    parts = [BEGIN]
    for maker in Maker:
        lines = [_line(output) for output in FILES if output.made_by is maker]
        parts.append(f"\n### {maker.value}\n{_HEAD}{''.join(lines)}")
    return "".join([*parts, "\n", END])


def _line(output: Output) -> str:
    order = [*output.order, *([f"({output.then})"] if output.then else [])]
    cells = (
        f"`{output.file}`",
        output.title,
        output.note,
        ", ".join(map(_column, output.columns)),
        ", ".join(order),
        "yes" if output.public else "",
    )
    return f"| {' | '.join(cells)} |\n"


def _column(column: OutputColumn) -> str:
    """Return a column's name, what it holds unless it is text, and whether it is kept back."""
    about = [
        *([column.cell.value] if column.cell is not Cell.TEXT else []),
        *(["or blank"] if column.blank else []),
        *(["not public"] if not column.public else []),
        *(["newer"] if column.newer else []),
    ]
    return f"{column.name} {column.title}" + (f" ({', '.join(about)})" if about else "")


def with_tables(page: str) -> str:
    """Return the page with its part about the files made anew."""
    head, _, rest = page.partition(BEGIN)
    return head + tables_text() + rest.partition(END)[2]


if __name__ == "__main__":
    from pathlib import Path

    path = Path("docs/outputs.md")
    made = with_tables(path.read_text(encoding="utf-8"))
    path.write_text(made, encoding="utf-8", newline="\n")
