"""A rubric file looked at as a whole: it loads, or all that is wrong is told."""

from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.plan_names import KIND_TITLES
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.tables import TABLES, use
from dalian_eval.stages.parameters import FOLDER, RUBRICS, contract_of, project_root
from dalian_eval.workbench.stray_years import warnings_of_plan


@dataclass(frozen=True)
class RubricCheck:
    """A sound rubric: one line of summary, and what its author should look at."""

    rubric: Rubric
    summary: str
    warnings: tuple[str, ...]


def rubric_file(text: str) -> Path:
    """Return the rubric file that `text` names: a path, or a year of the project around.

    The tables of the project it lies in are taken into use. UsageError, naming the years there
    are, when there is none, and for what is wrong with those tables.
    """
    path = _named(text)
    beside = params_beside(path)
    use(contract_of(path.resolve().parent.parent, {} if beside is None else read_yaml(beside)))
    return path


def _named(text: str) -> Path:
    path = Path(text)
    if path.is_file():
        return path
    try:
        folder = project_root(Path.cwd()) / FOLDER / RUBRICS
    except UsageError:
        folder = None
    if folder is not None and (folder / f"{text}.yaml").is_file():
        return folder / f"{text}.yaml"
    known = "、".join(p.stem for p in sorted(folder.glob("*.yaml"))) if folder else ""
    years = f"，或年度（现有：{known}）" if known else ""
    raise UsageError(f"找不到细则文件『{text}』：请写文件的位置{years}")


def params_beside(rubric: Path) -> Path | None:
    """Return the run parameters of the rubric's year, where a project keeps them; None without."""
    path = rubric.resolve().parent.parent / rubric.name
    return path if path.is_file() else None


def check_rubric(path: Path) -> RubricCheck:
    """Load the rubric; loading looks at every option of every reading.

    UsageError with all faults, each with its line, when it does not load.
    """
    rubric = load_rubric(path)
    remarks = warnings_of_plan(path, params_beside(path), rubric)
    return RubricCheck(rubric, _summary(rubric), tuple(remark.sentence for remark in remarks))


def _summary(rubric: Rubric) -> str:
    """Return how much there is: items, clauses, readings and what was loaded, tables read."""
    options = sum(len(reading.options) for reading in rubric.readings.values())
    sections = [rubric.section(kind) for kind in rubric.kinds]
    read = {t for s in sections for c in s.clauses.values() for t in tables_of(c, s.kind)}
    sheets = [table.sheet for table in TABLES if table.name in read]
    sizes = "，".join(
        f"{KIND_TITLES[section.kind]}{len(section.items)}项{len(section.clauses)}条"
        for section in sections
    )
    return (
        f"没有发现错误：{rubric.title}，{sizes}；口径{len(rubric.readings)}条，"
        f"共{options}种取值，都能载入；用到{len(sheets)}张表：{'、'.join(sheets)}"
    )
