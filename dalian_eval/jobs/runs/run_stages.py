"""The stages of a run, and what a run tells of its progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.stages.pipeline import Job


@dataclass(frozen=True)
class Stage:
    """A notebook: its name, its Chinese title, and what its kernel imports while it waits.

    `shares_imports`: whether they are few enough seconds for all kernels to have them, where
    kernels are forked.
    """

    name: str
    title: str
    imports: tuple[str, ...]
    shares_imports: bool = True


STAGES = (
    Stage("01_clean", "数据清洗", ("dalian_eval.intake",)),
    Stage(
        "02_validate",
        "数据检查",
        ("great_expectations", "dalian_eval.checks"),
        shares_imports=False,
    ),
    Stage(
        "03_metrics",
        "月度指标",
        (
            "dalian_eval.metrics.monthly",
            "ibis.backends.duckdb",
            "dalian_eval.report.notebook.metric_section",
        ),
    ),
    Stage(
        "04_score",
        "计分与台账",
        (
            "dalian_eval.scoring.ledger",
            "dalian_eval.sensitivity.certify",
            "matplotlib.figure",
        ),
    ),
    Stage("05_narrative", "年度总结", ("dalian_eval.report.narrative",)),
    Stage(
        "06_campaign",
        "练兵活动",
        (
            "dalian_eval.campaign.book",
            "dalian_eval.report.campaign.effectiveness_page",
            "matplotlib.figure",
        ),
    ),
    Stage("07_readings", "口径与名次", ("matplotlib.figure",)),
)
"""The notebooks in order."""

SHARED_IMPORTS = tuple(
    dict.fromkeys(name for stage in STAGES if stage.shares_imports for name in stage.imports)
)
"""What is imported once where kernels are forked."""

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
