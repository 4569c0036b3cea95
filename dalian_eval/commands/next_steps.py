"""The commands about what comes next: what can still be done, the cheapest way to a goal."""

from decimal import Decimal, InvalidOperation

from dalian_eval.base.errors import UsageError
from dalian_eval.commands.argument_parser import Command, Option


def _todo(*, run: str, of: str) -> None:
    """Print what everybody, or one candidate, can still do."""
    from dalian_eval.record.folder import check_asked, find_run, open_run

    folder = find_run(run)
    check_asked(folder, [of] if of else [])
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.report.statements.explanation import find_candidate
    from dalian_eval.report.todo.todo_lines import candidate_lines, everybody_lines
    from dalian_eval.report.todo.todo_view import load_todo

    view = open_run(folder)
    todo = load_todo(folder)
    if view.without_moves:
        raise UsageError(
            f"{folder}：{view.without_moves}；要试算就改大这个参数重新运行，可能要几小时"
        )
    if todo is None:
        raise UsageError(
            f"{folder} 由较早的版本生成，没有待办清单：请用它的 inputs 文件夹重新运行，"
            f"dalian-eval run --month {view.meta['month']} --raw {folder / 'inputs'}"
        )
    console = Console(highlight=False, markup=False, emoji=False)
    width = reading_width(console.width)
    lines = everybody_lines(view, todo, width)
    if of:
        kind, candidate = find_candidate(view, of)
        lines = candidate_lines(view, todo, kind, candidate, width)
    for line in lines:
        console.print(line, soft_wrap=True)


def _plan(*, run: str, of: str, rank: int | None, points: str) -> None:
    """Print the cheapest way to a rank or a total."""
    if (rank is None) == (not points):
        raise UsageError("请写一个目标：--rank 名次，或 --points 总分")
    wanted = None if not points else _ten_thousandths(points)
    from dalian_eval.record.folder import check_asked, find_run

    check_asked(find_run(run), [of])
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.cheapest_way import cheapest_way

    console = Console(highlight=False, markup=False, emoji=False)
    width = reading_width(console.width)
    for line in cheapest_way(run, of=of, rank=rank, points=wanted, width=width):
        console.print(line, soft_wrap=True)


def _ten_thousandths(text: str) -> int:
    """Return points as ten-thousandths; UsageError when it is no number of at most 4 decimals."""
    try:
        value = Decimal(text) * 10_000
        if value == value.to_integral_value() and 0 <= value <= 2_000_000:
            return int(value)
    except InvalidOperation:
        pass
    raise UsageError(f"--points 要写0至200之间、最多4位小数的分数，例如 90.5，写的是『{text}』")


COMMANDS = (
    Command(
        "todo",
        "接下来能做什么：还能得的分、要办的事、最迟哪天。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--of", "对象", "只看一个候选对象：单位编码、执法证号或名称", default=""),
        ),
        _todo,
    ),
    Command(
        "plan",
        "要到某个名次或总分，最省力的办法；达不到的，说明最多能到多少。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--of", "对象", "哪个候选对象：单位编码、执法证号或名称", required=True),
            Option("--rank", "名次", "要达到第几名（其他候选对象不变）", int),
            Option("--points", "总分", "要达到的总分，例如 90.5", default=""),
        ),
        _plan,
    ),
)
