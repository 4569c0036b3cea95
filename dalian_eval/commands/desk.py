"""The command that opens the desk."""

from pathlib import Path

from dalian_eval.commands.argument_parser import Command, Option


def _desk(*, no_browser: bool) -> None:
    """Map the option of `desk` to one call."""
    from dalian_eval.base.project_place import project_root

    root = project_root(Path.cwd())
    from dalian_eval.desk.server import open_desk

    open_desk(root, browser=not no_browser, tell=print)


COMMANDS = (
    Command(
        "desk",
        "打开操作台：在浏览器里做一个月的全部工作，不用终端；只有这台电脑自己能打开。",
        (Option("--no-browser", "", "不自动打开浏览器，只显示网址"),),
        _desk,
    ),
)
