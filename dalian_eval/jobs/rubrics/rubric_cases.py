"""The worked cases of a rubric, run on the real road."""

from collections.abc import Callable, Sequence
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.base.workers import cores
from dalian_eval.jobs.rubrics.plan_files import opened_rubric
from dalian_eval.workbench.case_form import BACKGROUND
from dalian_eval.workbench.case_reader import read_cases
from dalian_eval.workbench.case_results import Result, all_results

CASES = "cases"
"""The folder beside `rubrics` that holds a folder of worked cases for each rubric."""

_PROCESSES = 4


def cases_folder(rubric: Path) -> Path:
    """Return where the worked cases of a rubric are kept: params/cases/2024."""
    return rubric.resolve().parent.parent / CASES / rubric.stem


def case_files(rubric: Path, given: Sequence[Path] = ()) -> dict[Path, list[Path]]:
    """Return the files of cases by folder: those given (files or folders), else the rubric's own.

    UsageError for what is not there.
    """
    result: dict[Path, list[Path]] = {}
    for place in given or (cases_folder(rubric),):
        if place.is_dir():
            files = sorted(p for p in place.glob("*.yaml") if p.name != BACKGROUND)
        elif place.is_file():
            files = [place]
        else:
            more = "" if given else "，或写明案例所在的文件、文件夹"
            raise UsageError(f"找不到案例 {place}：请检查位置{more}")
        if not files:
            raise UsageError(f"文件夹 {place} 中没有案例（.yaml）：写法见 params/cases/README.md")
        folder = place if place.is_dir() else place.parent
        if not (folder / BACKGROUND).is_file():
            raise UsageError(
                f"{folder} 中没有 {BACKGROUND}（截至日、共同的单位和人员、默认列）："
                "请参照 params/cases/2024 写一份"
            )
        result.setdefault(folder, [])
        result[folder] += [file for file in files if file not in result[folder]]
    return result


def run_cases(
    rubric: Path, given: Sequence[Path], tell: Callable[[int, int], None]
) -> list[Result]:
    """Run the worked cases of a rubric; `tell(done, all)` counts examples.

    UsageError with every fault and its line for cases that are not well formed.
    """
    with opened_rubric(rubric) as loaded:
        worked = read_cases(case_files(rubric, given), loaded)
        return all_results(worked, rubric, loaded, min(cores(), _PROCESSES), tell)
