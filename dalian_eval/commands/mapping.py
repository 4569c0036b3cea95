"""The command about exports in another shape: a mapping proposed or tried."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.commands.argument_parser import Command, Option


def _map(
    *,
    file: Path,
    try_: bool,
    raw: Path | None,
    params: Path | None,
    mappings: Path | None,
    to: Path | None,
) -> None:
    """Map the options of `map` to one call."""
    from dalian_eval.jobs.map_export import propose_mapping, try_mapping

    if mappings is not None and not try_:
        raise UsageError("--mappings 只在试读时用，请同时写 --try")
    if to is not None and try_:
        raise UsageError("--to 存放建议，不能和 --try 一起用")
    if try_:
        try_mapping(file=file, raw=raw, params=params, mappings=mappings, tell=print)
    else:
        propose_mapping(file=file, raw=raw, params=params, to=to, tell=print)


COMMANDS = (
    Command(
        "map",
        "为别的系统导出的表提议一份映射，或按写好的映射试读一遍。",
        (
            Option("FILE", "", "导出的文件", Path, required=True),
            Option("--try", "", "试读：各表得多少行，隔离的头几条原因"),
            Option("--mappings", "文件", "试读所用的映射文件（默认为项目中的那一份）", Path),
            Option("--raw", "文件夹", "其他报送表，供核对单位、人员、案件（默认 data/raw）", Path),
            Option("--params", "文件", "运行参数文件（默认最新年度）", Path),
            Option("--to", "文件", "建议写到这个文件（不写则显示在屏幕上）", Path),
        ),
        _map,
    ),
)
