"""Commands that compare runs: diff."""

from pathlib import Path

from dalian_eval.commands.argument_parser import Command, Option


def _diff(*, a: str, b: str, csv: Path | None, html: Path | None) -> None:
    """Map the options of `diff` to one call and print the comparison."""
    from dalian_eval.record.folder import find_run

    for run in (a, b):
        find_run(run)
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.record.diff import diff
    from dalian_eval.report.changes.comparison_text import changes_lines

    comparison = diff(a, b, csv=csv, html=html)
    console = Console(highlight=False, markup=False, emoji=False)
    for line in changes_lines(comparison, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    for path in (csv, html):
        if path is not None:
            print(f"已写出：{path}")


COMMANDS = (
    Command(
        "diff",
        "比较两次评价：谁的分变了、变了多少、经哪一条、因为哪些行或哪项设置；各部分之和等于总差。",
        (
            Option("A", "", "原来的运行记录：文件夹，或它的编号", required=True),
            Option("B", "", "现在的运行记录：文件夹，或它的编号", required=True),
            Option("--csv", "文件", "另存为表格文件", Path),
            Option("--html", "文件", "另存为网页", Path),
        ),
        _diff,
    ),
)
