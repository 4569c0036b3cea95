"""The console command `dalian-eval`: arguments in, one call, exit code out."""

import codecs
import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dalian_eval import __version__
from dalian_eval.base.error_log import write_error_log
from dalian_eval.base.errors import DalianError, UsageError
from dalian_eval.base.system_refusals import open_elsewhere
from dalian_eval.commands import (
    audit,
    campaign,
    ceremony,
    comparison,
    desk,
    evaluation,
    mapping,
    next_steps,
    readings,
    rubric,
)
from dalian_eval.commands.argument_parser import (
    HELP,
    AnyCommand,
    ChineseParser,
    CommandGroup,
    find_command,
)

PROG = "dalian-eval"
SUMMARY = "生态环境保护执法大练兵计分：从原始报送表到可复核的得分记录。"

COMMANDS = (
    *evaluation.COMMANDS,
    *campaign.COMMANDS,
    *ceremony.COMMANDS,
    *audit.COMMANDS,
    *comparison.COMMANDS,
    *readings.COMMANDS,
    *next_steps.COMMANDS,
    rubric.GROUP,
    *mapping.COMMANDS,
    *desk.COMMANDS,
)


def _dispatch(arguments: Sequence[str]) -> int:
    """Find the command and call it with its options."""
    if not arguments or arguments[0].startswith("-"):
        return _without_command(arguments)
    prog, rest = PROG, arguments
    commands: Sequence[AnyCommand] = COMMANDS
    while True:
        command = find_command(rest[0], commands, prog)
        prog, rest = f"{prog} {command.name}", rest[1:]
        if not isinstance(command, CommandGroup):
            break
        if not rest or rest[0].startswith("-"):
            return _without_subcommand(prog, command, rest)
        commands = command.commands
    parser = ChineseParser(prog, command.summary, command.options)
    values = parser.understand(rest)
    if values.pop(HELP):
        print(parser.format_help(), end="")
    else:
        command.call(**values)
    return 0


def _without_command(arguments: Sequence[str]) -> int:
    """Answer --version and --help; wrong use otherwise."""
    flags = (("--version", "显示版本号"),)
    parser = ChineseParser(PROG, SUMMARY, flags=flags, commands=COMMANDS)
    values = parser.understand(arguments)
    if values["version"]:
        print(__version__)
        return 0
    print(parser.format_help(), end="")
    return 0 if values[HELP] else UsageError.exit_code


def _without_subcommand(prog: str, group: CommandGroup, arguments: Sequence[str]) -> int:
    """Answer --help of a group of commands; wrong use otherwise."""
    parser = ChineseParser(prog, group.summary, commands=group.commands)
    values = parser.understand(arguments)
    print(parser.format_help(), end="")
    return 0 if values[HELP] else UsageError.exit_code


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            _keep_every_character(stream)
    # Told to end (a session closed, a scheduler's limit) it clears up as for Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.platform == "win32":
        # The only signal that one process can send another there: the desk's stop.
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    sys.exit(invoke(arguments))


_CHINESE = frozenset(("gbk", "cp936", "936", "ms936", "gb2312"))


def _keep_every_character(stream: io.TextIOWrapper) -> None:
    """Have a stream write what its encoding lacks: nobody's name becomes a question mark.

    Redirected output is cp936 on Chinese Windows, which lacks 䶮 and ✓; GB 18030 writes the same
    bytes for all that cp936 has. Another encoding spells the character out.
    """
    if codecs.lookup(stream.encoding).name in _CHINESE:
        stream.reconfigure(encoding="gb18030", errors="backslashreplace")
    else:
        stream.reconfigure(errors="backslashreplace")


def invoke(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; whatever goes wrong is told in Chinese.

    0 done; 2 wrong use; 3 the data did not pass; 4 a difference; 1 anything unforeseen.
    """
    try:
        return _dispatch(sys.argv[1:] if arguments is None else arguments)
    except DalianError as error:
        _tell(f"错误：{error}")
        return error.exit_code
    except KeyboardInterrupt as stop:
        _tell(str(stop) or "已中断，没有留下半成品。")
        return 1
    except BrokenPipeError:
        # Who read the output (head, a pager) has seen enough; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if isinstance(error, OSError) and (told := open_elsewhere(error, _place_of(error))):
            _tell(f"错误：{told}。")
            return UsageError.exit_code
        log = write_error_log(error, Path())
        _tell(f"错误：发生未预料的问题。完整日志：{log}，请交给维护人员。")
        return 1


def _place_of(error: OSError) -> object:
    """Return what could not be replaced: of two names the one that is in the way."""
    return error.filename2 or error.filename or "要写的文件"


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()
