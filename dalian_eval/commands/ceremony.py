"""Commands of the campaign's set days: roster, calendar."""

import datetime as dt
from pathlib import Path

from dalian_eval.base.typed_words import check_calendar_file, day_of, reading_pairs
from dalian_eval.commands.argument_parser import Command, Option


def _roster(*, as_of: str, raw: Path, params: Path | None, reading: list[str], out: Path) -> None:
    """Map the options of `roster` to one call and print the roster."""
    day, readings = day_of(as_of), reading_pairs(reading)
    from dalian_eval.jobs.runs.run_options import check_settings

    check_settings(f"{day:%Y-%m}", raw, params, readings, day.isoformat())
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.contestants import PAGE, make_roster
    from dalian_eval.report.campaign.roster_page import roster_lines

    place, view = make_roster(
        as_of=day.isoformat(),
        raw=raw,
        params=params.resolve() if params else None,
        readings=readings,
        out=out,
    )
    console = Console(highlight=False, markup=False, emoji=False)
    for line in roster_lines(view, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    print(f"完成。参赛人员名单：{place / PAGE}")


def _calendar(*, as_of: str, raw: Path, params: Path | None, ics: Path | None) -> None:
    """Map the options of `calendar` to its calls and print the dates."""
    day = day_of(as_of) if as_of else dt.date.today()
    if ics is not None:
        check_calendar_file(ics)
    from dalian_eval.base.project_place import project_root
    from dalian_eval.jobs.runs.run_options import check_raw_folder
    from dalian_eval.stages.parameters import load_params

    check_raw_folder(raw, project_root(Path.cwd()))
    if params is not None:
        load_params(params.resolve())
    from rich.console import Console

    from dalian_eval.commands.evaluation import reading_width
    from dalian_eval.jobs.plan_dates import due, write_ics
    from dalian_eval.report.campaign.date_lists import deadline_lines

    chosen = params.resolve() if params else None
    # The plan alone makes the file: whatever is wrong with it is told before the data is read.
    count = write_ics(ics, chosen) if ics is not None else 0
    console = Console(highlight=False, markup=False, emoji=False)
    told = due(as_of=day, raw=raw, params=chosen)
    for line in deadline_lines(told, day, reading_width(console.width)):
        console.print(line, soft_wrap=True)
    if ics is not None:
        print(f"已生成日历文件（{count}项）：{ics}")


_RAW = Option("--raw", "文件夹", "报送表所在文件夹", Path, Path("data/raw"))
_PARAMS = Option("--params", "文件", "运行参数文件", Path)

COMMANDS = (
    Command(
        "roster",
        "参赛人员：给全体一线人员打分，列出前十名、候补、并列，分成五组。",
        (
            Option("--as-of", "日期", "截至日期，如 2024-08-15", required=True),
            _RAW,
            _PARAMS,
            Option("--reading", "名称=取值", "口径", repeatable=True),
            Option("--out", "文件夹", "存放名单的文件夹", Path, Path("runs")),
        ),
        _roster,
    ),
    Command(
        "calendar",
        "时间节点：哪些到期、完成、逾期，为什么这样判断；可导出日历。",
        (
            Option("--as-of", "日期", "截至日期，不写则为今天", default=""),
            _RAW,
            _PARAMS,
            Option("--ics", "文件", "另存为日历文件，可导入手机和电脑日历", Path),
        ),
        _calendar,
    ),
)
