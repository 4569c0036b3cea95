"""A record's inputs under another rubric or other parameters: who moves, and by which clause.

The record is only read: its inputs are made again in a scratch place, scored under the other rules
and compared with what the record says.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.result_folder import writable
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.jobs.rubrics.plan_files import tables_beside
from dalian_eval.outputs.csv_files import write_table_as
from dalian_eval.record.diff import Side, compare
from dalian_eval.record.diff.folders import find_pieces, side_of
from dalian_eval.record.diff.sides import ledger_of_score
from dalian_eval.record.folder import find_run
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.changes.comparison_page import changes_html
from dalian_eval.report.changes.comparison_text import changes_frame
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import METRICS, using_metrics
from dalian_eval.rubric_file.load import hash_if_there, load_rubric, rubric_hash
from dalian_eval.schema.model import Contract
from dalian_eval.schema.tables import SHIPPED, using
from dalian_eval.scoring.ledger import scores
from dalian_eval.stages.parameters import RunParams, evaluation_day, load_params, tables_of

TRIAL = "试算"
"""Stands for the run's number of what is no run."""


def try_rules(
    file: Path,
    run: str,
    *,
    readings: Mapping[str, str],
    csv: Path | None = None,
    html: Path | None = None,
) -> Comparison:
    """Compare the record that `run` names with its inputs under the rules of `file`.

    `file`: a rubric, or run parameters with the rubric, readings and seed that they name;
    `readings`: chosen besides. Of the record's own readings those hold on that were not the
    default of its rubric, where the other one has them. Also written where asked.
    UsageError when there is no such run or the rules do not load or do not hold its month.
    """
    folder = find_run(run).resolve()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        scratch = Path(place)
        find_pieces(scratch)
        recorded = side_of(folder, scratch)
        comparison = compare(recorded, _tried(recorded, file, readings, scratch))
    comparison = replace(comparison, trial=file.name)
    if csv is not None:
        with writable(csv, "--csv"):
            write_table_as("changes", changes_frame(comparison), csv)
    if html is not None:
        with writable(html, "--html"):
            html.write_text(changes_html(comparison), encoding="utf-8", newline="\n")
    return comparison


def _tried(recorded: Side, file: Path, readings: Mapping[str, str], scratch: Path) -> Side:
    """Return the record's inputs as a side under the rules of `file`."""
    rules = _rules_of(recorded, file)
    with using(rules.contract), using_metrics(METRICS):
        kept = _kept(recorded.rubric, load_rubric(rules.rubric), rules.params)
        rubric = load_rubric(rules.rubric, {**kept, **readings})
    job = replace(
        recorded.job,
        store=scratch / TRIAL,
        headers=rules.headers,
        params=rules.params,
        rubric=rubric,
        as_of=evaluation_day(
            rubric.period, rubric.year, recorded.job.month, recorded.job.as_of.isoformat()
        ),
        contract=rules.contract,
    )
    scored = job.rescore()
    told = {"year": rubric.year, "title": rubric.title, "source": rubric.source}
    period = {"start": rubric.period.start.isoformat(), "end": rubric.period.end.isoformat()}
    meta = {
        **recorded.meta,
        "run_id": TRIAL,
        "rubric": told | period,
        "readings": rubric.chosen,
    }
    with using(rules.contract), using_metrics(rubric.metrics):
        ledger, standing = ledger_of_score(job, scored), scores(scored)
    return replace(
        recorded,
        meta=meta,
        scores=standing,
        ledger=ledger,
        job=job,
        rules=rubric_hash(rules.rubric),
        synonyms=rubric_hash(rules.headers),
        mappings=hash_if_there(job.mappings),
    )


@dataclass(frozen=True)
class _Rules:
    """What a record's inputs are tried under."""

    params: RunParams
    rubric: Path
    headers: Path
    contract: Contract


def _rules_of(recorded: Side, file: Path) -> _Rules:
    """Return the rules of `file`; a rubric alone is tried under the record's own parameters.

    Tables that a project adds to the package's are taken from the rubric's project, or from the
    record where that has none.
    """
    content = read_yaml(file)
    if "unit" in content or "officer" in content:
        own = tables_beside(file)
        contract = recorded.job.contract if own == SHIPPED else own
        return _Rules(recorded.job.params, file, recorded.job.headers, contract)
    if "rubric" not in content:
        raise UsageError(f"{file} 既不是细则，也不是运行参数（没有 unit、officer，也没有 rubric）")
    contract = tables_of(file.parent, content)
    with using(contract):
        params = load_params(file)
    return _Rules(params, file.parent / params.rubric, file.parent / params.headers, contract)


def _kept(before: Rubric, after: Rubric, params: RunParams) -> dict[str, str]:
    """Return the readings that somebody chose for the record or in the parameters."""
    chosen = {n: o for n, o in before.chosen.items() if o != before.readings[n].default}
    chosen |= params.readings
    return {
        name: option
        for name, option in chosen.items()
        if name in after.readings and option in after.readings[name].options
    }
