"""The stages of a run, and what a run tells of its progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.stages.pipeline import Job


@dataclass(frozen=True)
class Stage:
    """A notebook: its name, its Chinese title, and what only its kernel imports, while it waits."""

    name: str
    title: str
    imports: tuple[str, ...] = ()


STAGES = (
    Stage("01_clean", "数据清洗"),
    Stage("02_validate", "数据检查", ("great_expectations", "dalian_eval.checks")),
    Stage("03_metrics", "月度指标"),
    Stage("04_score", "计分与台账"),
    Stage("05_narrative", "年度总结"),
    Stage("06_campaign", "练兵活动"),
    Stage("07_readings", "口径与名次"),
)
"""The notebooks in order."""

SHARED_IMPORTS = (
    "dalian_eval.intake",
    "dalian_eval.metrics.monthly",
    "dalian_eval.scoring.ledger",
    "dalian_eval.sensitivity.certify",
    "dalian_eval.report.narrative",
    "dalian_eval.campaign.book",
    "dalian_eval.report.campaign.effectiveness_page",
    "dalian_eval.report.notebook.metric_section",
    "dalian_eval.stages.pipeline",
    "ibis.backends.duckdb",
)
"""What the notebooks' kernels need, imported once where they are forked."""

_OF_CAMPAIGN = "06_campaign"


def stages_of(job: Job) -> tuple[Stage, ...]:
    """Return the notebooks of a job in order: a plan without a campaign has no chapter on one."""
    has_campaign = job.params.campaign is not None
    return tuple(s for s in STAGES if has_campaign or s.name != _OF_CAMPAIGN)


@dataclass(frozen=True)
class Progress:
    """Told of what happens: `stage(number, title)`, `cell(number, total, what)`, and
    `done(number, title, seconds)`; a second stage may begin before the first is done.

    `part(title, done, total)`: how many of `total` things of one kind are made, such as pages;
    told as often as one likes. `kept(number, title)`: a stage that a run that was stopped made
    whole, and that is not made again. `there(place)`: the record is there already, and right;
    nothing is computed. `warn(line)`: told before all stages of what the rules' author should look
    at.
    """

    stage: Callable[[int, str], None] = lambda number, title: None
    cell: Callable[[int, int, str], None] = lambda number, total, line: None
    part: Callable[[str, int, int], None] = lambda title, done, total: None
    done: Callable[[int, str, float], None] = lambda number, title, seconds: None
    kept: Callable[[int, str], None] = lambda number, title: None
    there: Callable[[Path], None] = lambda place: None
    warn: Callable[[str], None] = lambda line: None
