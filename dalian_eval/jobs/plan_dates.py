"""The plan's dates by themselves: what is due, done or late as of a day, and as a calendar file."""

import datetime as dt
from pathlib import Path

import pandas as pd

from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import project_root
from dalian_eval.base.result_folder import writable
from dalian_eval.base.typed_words import check_calendar_file
from dalian_eval.campaign.deadline_rules import Deadline
from dalian_eval.campaign.deadlines import calendar
from dalian_eval.report.campaign.date_lists import ics
from dalian_eval.stages.parameters import load_params, newest_params, rubric_of
from dalian_eval.stages.pipeline import open_job


def due(
    *,
    as_of: dt.date,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
) -> pd.DataFrame:
    """Return the account of the dates as of a day (columns of calendar.csv, evidence as origins).

    UsageError for a wrong parameter file, or raw files that cannot be read.
    """
    root = project_root(Path.cwd())
    path = root / params if params else newest_params(root)
    run_params = load_params(path)
    period = rubric_of(path, run_params, {}).period
    # A day before or after the period is asked of the same tables.
    within = min(max(as_of, period.start), period.end)
    job = open_job(
        month=f"{within:%Y-%m}",
        raw=raw.resolve() if raw.is_dir() else raw,
        params=path,
        start=root,
    )
    return calendar(job.tables(), run_params.campaign_rules.calendar, as_of)


def write_ics(place: Path, params: Path | None = None) -> int:
    """Write the plan's dates as a calendar file and return how many there are.

    The data has no part in it: the same parameters give the same bytes. UsageError when `place`
    does not end in .ics or cannot be written.
    """
    check_calendar_file(place)
    root = project_root(Path.cwd())
    path = root / params if params else newest_params(root)
    dates: tuple[Deadline, ...] = load_params(path).campaign_rules.calendar
    with writable(place, "--ics"):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, ics(dates))
    return len(dates)
