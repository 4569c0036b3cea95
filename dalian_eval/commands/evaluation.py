"""Commands around an evaluation: run, check, template, demo, explain, draw, pseudonym-key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import DataError, DifferenceError, UsageError
from dalian_eval.base.typed_words import check_empty, check_month, day_of, reading_pairs
from dalian_eval.commands.argument_parser import Command, Option
from dalian_eval.commands.confirmation import tell_protection, warn_of_exposure


def _run(
    *,
    month: str,
    raw: Path,
    params: Path | None,
    reading: list[str],
    out: Path,
    as_of: str,
    edition: str,
    pseudonym_key: Path | None,
    engine: str,
    spark_master: str,
    previous: str,
    again: bool,
    keep_inputs: str,
) -> None:
    """Map the options of `run` to one call, unless its record is known to be there."""
    readings = _by_their_form(month, as_of, reading)
    options: dict[str, Any] = {
        "month": month,
        "raw": raw,
        "params": params.resolve() if params else None,
        "readings": readings,
        "out": out,
        "as_of": as_of,
        "edition": edition,
        "previous": previous,
    }
    # What is wrong with the master of Spark is told on the long way.
    known = None if again or spark_master else _known_record(pseudonym_key, options)
    if known is not None:
        if pseudonym_key is not None:
            warn_of_exposure(pseudonym_key)
        _tell_there(known)
        return
    from dalian_eval.jobs.runs.run_options import check_settings, key_of_edition, spark_of_engine
    from dalian_eval.record.folder import find_run

    key_of_edition(edition, pseudonym_key, raw, out)
    spark = spark_of_engine(engine, spark_master)
    if pseudonym_key is not None:
        warn_of_exposure(pseudonym_key)
    check_settings(month, raw, params, readings, as_of)
    if previous:
        find_run(previous, out)
    from dalian_eval.jobs.run import run
    from dalian_eval.jobs.runs.run_progress import console_progress

    there: list[Path] = []
    with console_progress() as progress:
        place = run(
            **options,
            pseudonym_key=pseudonym_key,
            spark=spark,
            progress=replace(progress, there=there.append),
            again=again,
            keep_inputs=keep_inputs,
        )
    if there:
        _tell_there(place)
    else:
        print(f"完成。评价记录：{place / 'index.html'}")


def _known_record(pseudonym_key: Path | None, options: dict[str, Any]) -> Path | None:
    """Return the record of a run that was made here before, whole and unchanged.

    `options`: those of `jobs.run.run`. None for any other, and for whatever is wrong with an
    option: that is told on the long way.
    """
    from dalian_eval.base.project_place import project_root
    from dalian_eval.jobs.runs.known_runs import asked_for, known_record
    from dalian_eval.public.pseudonyms import fingerprint, read_key

    try:
        root = project_root(Path.cwd())
        outside = options["raw"], options["out"]
        key = fingerprint(read_key(pseudonym_key, *outside)) if pseudonym_key else ""
    except UsageError:
        return None
    asked = asked_for(root=root, key=key, **options)
    return known_record(asked) if asked else None


def _tell_there(place: Path) -> None:
    print(f"记录已在，核对无误：{place / 'index.html'}")


def _by_their_form(month: str, as_of: str, reading: list[str]) -> dict[str, str]:
    """Return the readings; whatever is wrong by its form is told before anything is imported."""
    check_month(month)
    if as_of:
        day_of(as_of)
    return reading_pairs(reading)


def _pseudonym_key(*, to: Path) -> None:
    """Map the option of `pseudonym-key` to one call."""
    from dalian_eval.public.pseudonyms import make_key

    make_key(to)
    print(f"已生成代号密钥：{to}。请妥善保管，不要与公开版放在一起，也不要外传。")
    tell_protection(to)


def _explain(*, run: str, of: str, clause: str, html: Path | None) -> None:
    """Map the options of `explain` to one call and print the derivation, or write the page."""
    if html is not None and clause:
        raise UsageError("--html 生成的是整份得分账目，不能与 --clause 同用，请去掉其中一个")
    from dalian_eval.record.folder import check_asked, find_run, open_run

    folder = find_run(run)
    check_asked(folder, [of], clause)
    from rich.console import Console

    from dalian_eval.report.statements.explanation import explain_lines, find_candidate

    view = open_run(folder)
    kind, candidate = find_candidate(view, of)
    console = Console(highlight=False, markup=False, emoji=False)
    made, lines = explain_lines(view, kind, candidate, clause, reading_width(console.width))
    if html is None:
        for line in lines:
            console.print(line, soft_wrap=True)
    else:
        from dalian_eval.record.single import write_single

        to = None if html == _NAMED else html
        print(f"已生成得分账目：{write_single(folder, view, kind, candidate, to)}")
    if not made.adds_up:
        raise DifferenceError(f"『{of}』的台账合计与得分不一致：运行记录可能被改动过，不得作为依据")


def _draw(
    *,
    month: str,
    raw: Path,
    params: Path | None,
    reading: list[str],
    as_of: str,
    to: Path | None,
    nonce: str,
) -> None:
    """Map the options of `draw` to one call and print the protocol."""
    readings = _by_their_form(month, as_of, reading)
    from dalian_eval.jobs.runs.run_options import check_settings

    check_settings(month, raw, params, readings, as_of)
    from rich.console import Console

    from dalian_eval.jobs.case_draw import draw
    from dalian_eval.report.campaign.draw_protocol import draw_text

    place, protocol = draw(
        month=month,
        raw=raw,
        params=params.resolve() if params else None,
        readings=readings,
        as_of=as_of,
        to=to,
        nonce=nonce,
    )
    console = Console(highlight=False, markup=False, emoji=False)
    width = reading_width(console.width)
    console.print(draw_text(protocol, width), width=width)
    print(f"完成。抽取记录：{place / 'draw.html'}")


def reading_width(terminal: int) -> int:
    """Return the columns to use: what is read best, within what the terminal has."""
    return min(max(terminal, 60), 100)


def _check(*, raw: Path | None, params: Path | None, to: Path | None) -> None:
    """Map the options of `check` to one call."""
    from dalian_eval.jobs.self_check_places import places
    from dalian_eval.stages.parameters import load_params

    places(raw, to)
    if params is not None:
        load_params(params)
    from dalian_eval.jobs.self_check import PAGE, selfcheck

    if selfcheck(raw=raw, params=params.resolve() if params else None, to=to, tell=print):
        raise DataError(f"有必须改正的问题，见上面各条和{PAGE}；改正原表后请再查一次。")


def _template(*, to: Path, params: Path | None) -> None:
    """Map the options of `template` to one call."""
    from dalian_eval.jobs.report_template import report_template

    report_template(to, params.resolve() if params else None)
    print(f"已生成报送模板：{to}")


def _demo(*, to: Path, units: int, officers: int, seed: int, mess: str, shape: str) -> None:
    """Map the options of `demo` to one call."""
    check_empty(to)
    from dalian_eval.demo import MESSES, SHAPES, export, invent

    chosen = next(known for known in MESSES if known == mess)
    form = next(known for known in SHAPES if known == shape)
    done = export(invent(units=units, officers=officers, seed=seed), to, chosen, seed, form)
    print(f"已生成 {len(done.files)} 个文件：{to}")
    if done.mappings:
        print(f"这些表怎样读，写在 {done.mappings}；复制为项目的 params/mappings.yaml 即可计分。")


def _metrics(
    *,
    place: str,
    month: str,
    to: Path,
    params: Path | None,
    as_of: str,
    engine: str,
    spark_master: str,
) -> None:
    """Map the options of `metrics` to one call."""
    _by_their_form(month, as_of, [])
    from dalian_eval.jobs.runs.run_options import spark_of_engine

    spark = spark_of_engine(engine, spark_master)
    from dalian_eval.jobs.monthly_figures import write_monthly

    own = params.resolve() if params else None
    rows = write_monthly(place, month=month, to=to, params=own, as_of=as_of, spark=spark)
    print(f"已写出月度指标{rows}行：{to}")


_NAMED = Path()
"""Stands for a page that takes its name from the candidate."""

EVALUATION = (
    Option("--month", "月份", "所评月份，如 2024-10", required=True),
    Option("--raw", "文件夹", "报送表所在文件夹", Path, Path("data/raw")),
    Option("--params", "文件", "运行参数文件", Path),
    Option("--reading", "名称=取值", "口径", repeatable=True),
    Option("--as-of", "日期", "截至日期（所评月份之内）", default=""),
)
"""What says which evaluation is meant."""

ENGINE = Option(
    "--engine",
    "引擎",
    "月度指标用哪个引擎算，结果相同 duckdb / spark",
    default="duckdb",
    choices=("duckdb", "spark"),
)
SPARK_MASTER = Option(
    "--spark-master", "地址", "Spark 主节点，如 spark://主机:7077（不写：本机）", default=""
)

COMMANDS = (
    Command(
        "run",
        "主要工作：对某个月计分，生成 HTML 记录和运行文件夹。",
        (
            *EVALUATION,
            Option("--out", "文件夹", "记录存放的文件夹", Path, Path("runs")),
            Option(
                "--edition",
                "版本",
                "internal 内部版 / public 公开版",
                default="internal",
                choices=("internal", "public"),
            ),
            Option("--pseudonym-key", "文件", "代号密钥（只用于公开版）", Path),
            ENGINE,
            SPARK_MASTER,
            Option(
                "--previous",
                "记录",
                "与哪次运行相比，默认最近发布的一次，没有则上月最后一次",
                default="",
            ),
            Option(
                "--keep-inputs",
                "方式",
                "报送数据怎样存入记录：copy 复制 / link 硬链接（不占磁盘，原文件以后不能再改）",
                default="copy",
                choices=("copy", "link"),
            ),
            Option("--again", "", "记录已在也重新计算，与它逐字节比较"),
        ),
        _run,
    ),
    Command(
        "check",
        "自查：报送之前先查一遍，列出每个问题，并给出标注了问题的副本。",
        (
            Option(
                "--raw",
                "文件夹",
                "报送表所在文件夹（不写：项目的 data/raw，不在项目里则为当前文件夹）",
                Path,
            ),
            Option("--params", "文件", "运行参数文件（默认最新年度）", Path),
            Option("--to", "文件夹", "存放自查结果的文件夹（不写：自查结果）", Path),
        ),
        _check,
    ),
    Command(
        "template",
        "生成空白报送模板：每表一页，附填写说明与下拉选项。",
        (
            Option("--to", "文件", "模板文件", Path, Path("报送模板.xlsx")),
            Option(
                "--params", "文件", "运行参数文件（不写：项目中最新年度的；不在项目里则不用）", Path
            ),
        ),
        _template,
    ),
    Command(
        "demo",
        "虚构一个县的数据（不含任何真实人员、单位），用于试用。",
        (
            Option("--to", "文件夹", "存放的空文件夹", Path, required=True),
            Option("--units", "个数", "区域执法局个数", int, 4),
            Option("--officers", "人数", "执法人员人数", int, 40),
            Option("--seed", "整数", "随机种子", int, 2024),
            Option(
                "--mess",
                "程度",
                "杂乱程度 none / some / heavy",
                default="some",
                choices=("none", "some", "heavy"),
            ),
            Option(
                "--shape",
                "样子",
                "own 本系统的表 / systems 六个别的系统导出的样子（不带杂乱）",
                default="own",
                choices=("own", "systems"),
            ),
        ),
        _demo,
    ),
    Command(
        "explain",
        "在终端逐条说明一个得分：规则、口径、每一笔、依据的行、封顶与合计。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--of", "对象", "单位编码、执法证号或名称", required=True),
            Option("--clause", "条款", "只看这一项或这一条，如 unit.team", default=""),
            Option(
                "--html",
                "[文件]",
                "改为生成得分账目网页，不写文件名则按代码命名",
                Path,
                alone=_NAMED,
            ),
        ),
        _explain,
    ),
    Command(
        "draw",
        "单独抽取案卷：打印并写出抽取记录（种子、名单、结果、空缺原因）。",
        (
            *EVALUATION,
            Option("--to", "文件夹", "存放抽取记录的文件夹，不写则为 runs/draw-月份", Path),
            Option("--nonce", "文字", "现场抽取：名单固定之后当场公布的公开数", default=""),
        ),
        _draw,
    ),
    Command(
        "pseudonym-key",
        "生成公开版的代号密钥：一个年度生成一次，各月共用。",
        (Option("--to", "文件", "密钥文件", Path, required=True),),
        _pseudonym_key,
    ),
    Command(
        "metrics",
        "只算月度指标：从清洗得到的表（Parquet，可在集群的共享存储上）写出 monthly.parquet。",
        (
            Option("PLACE", "", "清洗得到的表所在的文件夹或网址", required=True),
            Option("--month", "月份", "所评月份，如 2024-10", required=True),
            Option("--to", "文件", "写到哪里", Path, Path("monthly.parquet")),
            Option("--params", "文件", "运行参数文件", Path),
            Option("--as-of", "日期", "截至日期（所评月份之内）", default=""),
            ENGINE,
            SPARK_MASTER,
        ),
        _metrics,
    ),
)
