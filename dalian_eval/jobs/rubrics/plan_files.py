"""A plan's files: the rubric that somebody names, with the tables and parameters of its project."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import FOLDER, RUBRICS, project_root
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.model import Contract
from dalian_eval.schema.tables import using
from dalian_eval.stages.parameters import newest_params, tables_of
from dalian_eval.workbench.plan_words import PlanWords, plan_words


def rubric_file(text: str) -> Path:
    """Return the file that `text` names: a path, or a year of the project around.

    UsageError, naming the years there are, when there is none.
    """
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


def tables_beside(rubric: Path) -> Contract:
    """Return the data contract of the project that a rubric file lies in.

    That is the one that the parameters of its year name, or of the newest year; without parameters
    the package's tables with those of a tables.yaml. UsageError for a faulty one.
    """
    folder = rubric.resolve().parent.parent
    params = params_beside(rubric)
    if params is None:
        years = sorted(folder.glob("[0-9][0-9][0-9][0-9].yaml"))
        params = newest_params(folder.parent) if years and folder.name == FOLDER else None
    return tables_of(folder, {} if params is None else read_yaml(params))


@contextmanager
def opened_rubric(path: Path) -> Iterator[Rubric]:
    """Load a rubric under the tables of its project, and work with these and its metrics.

    UsageError with every fault for what does not load.
    """
    with using(tables_beside(path)):
        rubric = load_rubric(path)
        with using_metrics(rubric.metrics):
            yield rubric


def words_of(path: Path) -> PlanWords:
    """Return a whole rubric file in words. UsageError when it does not load."""
    with opened_rubric(path) as rubric:
        return plan_words(path, rubric)
