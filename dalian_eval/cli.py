"""The console command `dalian-eval`: arguments in, one call, exit code out."""

import datetime as dt
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dalian_eval import __version__
from dalian_eval.errors import DalianError, UsageError

app = typer.Typer(
    name="dalian-eval",
    help="生态环境保护执法大练兵计分：从原始报送表到可复核的得分记录。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="显示版本号")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("run", help="主要工作：对某个月计分，生成 HTML 记录和运行文件夹。")
def run_command(
    month: Annotated[str, typer.Option("--month", help="所评月份，如 2024-10")],
    raw: Annotated[Path, typer.Option("--raw", help="报送表所在文件夹")] = Path("data/raw"),
    params: Annotated[Path | None, typer.Option("--params", help="运行参数文件")] = None,
    reading: Annotated[
        list[str] | None, typer.Option("--reading", help="口径，名称=取值，可重复")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="记录存放的文件夹")] = Path("runs"),
    as_of: Annotated[str, typer.Option("--as-of", help="截至日期（所评月份之内）")] = "",
    edition: Annotated[str, typer.Option("--edition", help="internal 内部版 / public 公开版")] = (
        "internal"
    ),
    engine: Annotated[str, typer.Option("--engine", help="duckdb / spark")] = "duckdb",
) -> None:
    """Map the options of `run` to one call."""
    from dalian_eval.progress import console_progress
    from dalian_eval.run import run

    place = run(
        month=month,
        raw=raw,
        params=params.resolve() if params else None,
        readings=_pairs(reading or []),
        out=out,
        as_of=as_of,
        edition=edition,
        engine=engine,
        progress=console_progress(),
    )
    typer.echo(f"完成。评价记录：{place / 'index.html'}")


@app.command("template", help="生成空白报送模板：每表一页，附填写说明与下拉选项。")
def template_command(
    to: Annotated[Path, typer.Option("--to", help="模板文件")] = Path("报送模板.xlsx"),
) -> None:
    """Map the options of `template` to one call."""
    from dalian_eval.schema.template import write_template

    write_template(to)
    typer.echo(f"已生成报送模板：{to}")


@app.command("demo", help="虚构一个县的数据（不含任何真实人员、单位），用于试用。")
def demo_command(
    to: Annotated[Path, typer.Option("--to", help="存放的空文件夹")],
    units: Annotated[int, typer.Option("--units", help="区域执法局个数")] = 4,
    officers: Annotated[int, typer.Option("--officers", help="执法人员人数")] = 40,
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 2024,
    mess: Annotated[str, typer.Option("--mess", help="杂乱程度 none / some / heavy")] = "some",
) -> None:
    """Map the options of `demo` to one call."""
    from dalian_eval.demo import MESSES, export, invent

    if mess not in MESSES:
        raise UsageError(f"杂乱程度『{mess}』不对，可用：{'、'.join(MESSES)}")
    done = export(invent(units=units, officers=officers, seed=seed), to, mess, seed)
    typer.echo(f"已生成 {len(done.files)} 个文件：{to}")


def _pairs(readings: list[str]) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping."""
    result = {}
    for text in readings:
        name, found, value = text.partition("=")
        if not found or not name.strip() or not value.strip():
            raise UsageError(f"口径『{text}』的写法不对，应为 名称=取值，例如 no_leads=forfeit")
        result[name.strip()] = value.strip()
    return result


_USAGE = {
    "Missing option": "缺少必填的选项",
    "Missing argument": "缺少必填的参数",
    "No such option": "没有这个选项",
    "No such command": "没有这个命令",
    "Invalid value for": "取值不对",
    "requires an argument": "缺少取值",
    "Got unexpected extra argument": "多出了不认识的参数",
}


_WrongUse: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for any wrong use; its base class is not public by name."""


def _usage_sentence(error: Exception) -> str:
    """Return a command-line error in Chinese, naming the option it is about."""
    message = str(getattr(error, "message", "") or error)
    option = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    named = option or (parameter.opts[0] if parameter is not None and parameter.opts else "")
    for english, chinese in _USAGE.items():
        if english in message:
            detail = f"：{named}" if named else "：" + message.partition(english)[2].strip(" :.()")
            return f"{chinese}{detail}。用 dalian-eval --help 查看用法"
    return f"命令写法不对（{message}）。用 dalian-eval --help 查看用法"


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with the code of outputs.md."""
    sys.exit(invoke(arguments))


def invoke(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; whatever goes wrong is told in Chinese."""
    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    command = typer.main.get_command(app)
    try:
        outcome = command.main(args=arguments, prog_name="dalian-eval", standalone_mode=False)
    except DalianError as error:
        console.print(f"错误：{error}")
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        console.print("已中断，没有留下半成品。")
        return 1
    except _WrongUse as error:
        console.print(f"错误：{_usage_sentence(error)}")
        return 2
    except Exception as error:
        log = _log(error)
        console.print(
            f"发生未预料的错误：{type(error).__name__}。完整日志：{log}，请交给维护人员。"
        )
        return 1
    return outcome if isinstance(outcome, int) else 0


def _log(error: Exception) -> Path:
    """Write the full log of an unforeseen error where it can be written, and return its place."""
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    text = "".join(traceback.format_exception(error))
    for folder in (Path("runs") / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"dalian-eval-{stamp}.log"
            path.write_text(text, encoding="utf-8")
        except OSError:
            continue
        return path.resolve()
    return Path("（日志无法写入磁盘）")


if __name__ == "__main__":
    main()
