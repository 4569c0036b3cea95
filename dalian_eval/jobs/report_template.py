"""The template of a project: the tables its plan asks for, those it adds among them."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.rubric.asked_tables import asked_tables
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.schema.template import write_template
from dalian_eval.stages.parameters import load_params, newest_params, rubric_of


def report_template(to: Path, params: Path | None) -> None:
    """Write the template (报送模板) to `to`.

    `params`: the parameter file, by default the newest year's of the project around the working
    directory; outside of a project the template has the package's tables alone. UsageError for a
    wrong parameter file, and as for `write_template`.
    """
    path = params or _newest()
    if path is None:
        write_template(to)
        return
    run_params = load_params(path)
    rubric = rubric_of(path, run_params, {})
    asked = asked_tables(rubric, campaign=run_params.campaign is not None)
    write_template(to, [BY_NAME[name] for name in asked])


def _newest() -> Path | None:
    """Return the newest parameter file of the project around here, None outside of one."""
    try:
        root = project_root(Path())
    except UsageError:
        return None
    return newest_params(root)
