"""The template of a project: the package's tables and those the project adds."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.schema.template import write_template
from dalian_eval.stages.parameters import load_params, newest_params, project_root


def report_template(to: Path, params: Path | None) -> None:
    """Write the template (报送模板) to `to`.

    `params`: the parameter file, by default the newest year's of the project around the working
    directory; outside of a project the template has the package's tables alone. UsageError for a
    wrong parameter file, and as for `write_template`.
    """
    path = params or _newest()
    if path is not None:
        load_params(path)
    write_template(to)


def _newest() -> Path | None:
    """Return the newest parameter file of the project around here, None outside of one."""
    try:
        root = project_root(Path())
    except UsageError:
        return None
    return newest_params(root)
