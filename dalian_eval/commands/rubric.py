"""Commands for whoever writes a rubric: rubric check, show, test, diff, try, next-year."""

import sys
from pathlib import Path

from dalian_eval.base.errors import DifferenceError
from dalian_eval.base.typed_words import reading_pairs
from dalian_eval.commands.argument_parser import Command, CommandGroup, Option


def _check(*, file: str) -> None:
    """Map the option of `rubric check` to one call."""
    from dalian_eval.jobs.rubrics.plan_files import rubric_file
    from dalian_eval.jobs.rubrics.rubric_check import check_rubric

    found = check_rubric(rubric_file(file))
    for warning in found.warnings:
        print(f"提醒：{warning}")
    print(f"{found.summary}。")


def _show(*, file: str, html: Path | None) -> None:
    """Map the options of `rubric show` to one call and print the tree, or write the page."""
    from rich.console import Console

    from dalian_eval.base.result_folder import writable
    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.rubrics.plan_files import rubric_file, words_of
    from dalian_eval.report.workbench.plan_page import plan_html, plan_lines

    plan = words_of(rubric_file(file))
    if html is not None:
        with writable(html, "--html"):
            html.write_text(plan_html(plan), encoding="utf-8", newline="\n")
        print(f"已写出：{html}")
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for line in plan_lines(plan, reading_width(console.width)):
        console.print(line, soft_wrap=True)


def _test(*, file: str, cases: list[Path]) -> None:
    """Map the options of `rubric test` to one call and print what failed."""
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.rubrics.plan_files import rubric_file
    from dalian_eval.jobs.rubrics.rubric_cases import run_cases
    from dalian_eval.report.workbench.case_lines import result_lines

    console = Console(highlight=False, markup=False, emoji=False)
    live = sys.stderr.isatty()

    def tell(done: int, all_of_them: int) -> None:
        if live:
            end = "\n" if done == all_of_them else ""
            print(f"\r已算 {done}/{all_of_them} 例", end=end, file=sys.stderr, flush=True)

    results = run_cases(rubric_file(file), cases, tell)
    for line in result_lines(results, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    if not all(result.passed for result in results):
        raise DifferenceError(
            "有案例与细则算得的不符：请对照方案，看是细则写错还是案例算错，改正后再试"
        )


def _diff(*, a: str, b: str, html: Path | None) -> None:
    """Map the options of `rubric diff` to one call and print what differs."""
    from rich.console import Console

    from dalian_eval.base.result_folder import writable
    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.rubrics.plan_files import rubric_file, words_of
    from dalian_eval.report.workbench.difference_page import difference_html, difference_lines
    from dalian_eval.workbench.plan_difference import plan_difference

    difference = plan_difference(*(words_of(rubric_file(text)) for text in (a, b)))
    console = Console(highlight=False, markup=False, emoji=False)
    for line in difference_lines(difference, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    if html is not None:
        with writable(html, "--html"):
            html.write_text(difference_html(difference), encoding="utf-8", newline="\n")
        print(f"已写出：{html}")


def _try(*, file: str, on: str, reading: list[str], csv: Path | None, html: Path | None) -> None:
    """Map the options of `rubric try` to one call and print who moves."""
    readings = reading_pairs(reading)
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.rubrics.plan_files import rubric_file
    from dalian_eval.jobs.rubrics.rubric_trial import try_rules
    from dalian_eval.report.changes.comparison_text import changes_lines

    comparison = try_rules(rubric_file(file), on, readings=readings, csv=csv, html=html)
    console = Console(highlight=False, markup=False, emoji=False)
    for line in changes_lines(comparison, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    for path in (csv, html):
        if path is not None:
            print(f"已写出：{path}")


def _next_year(*, year: str) -> None:
    """Map the option of `rubric next-year` to one call and print what is to be decided."""
    from dalian_eval.jobs.rubrics.rubric_next_year import make_next_year

    print("\n".join(make_next_year(year).lines()))


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
        Command(
            "show",
            "把整份细则写成一页，对照方案原文核对、打印、签字；不写 --html 则在终端列出。",
            (_FILE, Option("--html", "文件", "另存为网页", Path)),
            _show,
        ),
        Command(
            "test",
            "用手算的案例检验细则：不符的逐条列出期望、算得和台账里的缘由。",
            (
                _FILE,
                Option(
                    "CASES",
                    "",
                    "案例文件或文件夹（不写：与细则同名的案例文件夹）",
                    Path,
                    repeatable=True,
                ),
            ),
            _test,
        ),
        Command(
            "diff",
            "比较两份细则：逐条列出新增、删除和变动，原来怎么写、现在怎么写。",
            (
                Option("A", "", "原来的细则文件，或年度", required=True),
                Option("B", "", "现在的细则文件，或年度", required=True),
                Option("--html", "文件", "另存为网页", Path),
            ),
            _diff,
        ),
        Command(
            "try",
            "把一份记录的资料换一份细则或参数试算：谁的分变、经哪一条、名次怎样变；记录不改动。",
            (
                Option("FILE", "", "细则文件、运行参数文件，或年度", required=True),
                Option("--on", "记录", "运行记录：文件夹，或它的编号", required=True),
                Option("--reading", "名称=取值", "另选的口径", repeatable=True),
                Option("--csv", "文件", "另存为表格文件", Path),
                Option("--html", "文件", "另存为网页", Path),
            ),
            _try,
        ),
        Command(
            "next-year",
            "由本年度生成下一年度的参数、细则和案例：年份顺延，须由人决定的逐处标明；不覆盖已有文件。",
            (Option("YEAR", "", "由哪一年度生成，如 2024", required=True),),
            _next_year,
        ),
    ),
)
