"""Commands for whoever writes a rubric: rubric check, show, test, diff, try, next-year."""

from dalian_eval.commands.argument_parser import Command, CommandGroup, Option


def _check(*, file: str) -> None:
    """Map the option of `rubric check` to one call."""
    from dalian_eval.jobs.rubric_check import check_rubric, rubric_file

    found = check_rubric(rubric_file(file))
    for warning in found.warnings:
        print(f"提醒：{warning}")
    print(f"{found.summary}。")


_FILE = Option("FILE", "", "细则文件，或年度（如 2024）", required=True)

GROUP = CommandGroup(
    "rubric",
    "写细则的人用的命令：检查、展示、试算、比较，生成下一年度的细则。",
    (
        Command(
            "check",
            "检查细则文件：在每条口径的每种取值下都能载入，错误逐条指出，年份对不上的提醒。",
            (_FILE,),
            _check,
        ),
    ),
)
