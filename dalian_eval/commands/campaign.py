"""Commands of the campaign's own work: pack."""

from pathlib import Path

from dalian_eval.commands.argument_parser import Command, Option


def _pack(*, run: str, unit: str, to: Path) -> None:
    """Map the options of `pack` to one call."""
    from dalian_eval.record.folder import check_asked, find_run

    check_asked(find_run(run), [unit] if unit else [])
    from dalian_eval.jobs.unit_packs import pack

    made = pack(run, unit=unit, to=to, tell=print)
    print(f"完成。共{len(made)}份自评材料。")


COMMANDS = (
    Command(
        "pack",
        "按单位生成自评材料：自评报告、得分账目、佐证清单、须更正的数据。",
        (
            Option("RUN", "", "运行记录：文件夹，或它的编号", required=True),
            Option("--unit", "单位", "只要这个单位（编码或名称），不写则全部", default=""),
            Option("--to", "文件夹", "存放自评材料的文件夹", Path, Path("自评材料")),
        ),
        _pack,
    ),
)
