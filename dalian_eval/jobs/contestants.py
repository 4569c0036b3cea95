"""The roster of contestants by itself: raw files in, who competes in which group out."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.campaign.frontline import standings
from dalian_eval.campaign.pairs import Member, pair_contestants
from dalian_eval.campaign.registered import registered
from dalian_eval.campaign.roster import IN, TIED, orders_of, place_officers, roster
from dalian_eval.campaign.tree import bureaus
from dalian_eval.intake.account.intake_report import sources_of
from dalian_eval.jobs.checked_inputs import build_folder, require_valid
from dalian_eval.outputs.csv_files import write_table
from dalian_eval.report.campaign.roster_page import RosterView, roster_html
from dalian_eval.rubric.nodes import Item
from dalian_eval.schema.evidence_texts import origin_texts
from dalian_eval.schema.registrations import TIES
from dalian_eval.scoring.awards import GAVE
from dalian_eval.scoring.clause_result import UNAVAILABLE
from dalian_eval.scoring.ledger import clauses, ledger, scores
from dalian_eval.scoring.score import Score
from dalian_eval.stages.parameters import params_for
from dalian_eval.stages.pipeline import CLEAN, Job, open_job

PAGE = "roster.html"


def make_roster(
    *,
    as_of: str,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
    readings: dict[str, str] | None = None,
    out: Path = Path("runs"),
) -> tuple[Path, RosterView]:
    """Score every 一线 officer as of a day; return the folder of the roster and the roster.

    The folder is `out/roster-DAY-ID`, where the id stands for the same inputs and parameters as
    that of a run. UsageError for a wrong parameter and for a place that cannot be written;
    DataError when a blocking check failed or nobody is 一线.
    """
    root = project_root(Path.cwd())
    month = as_of[:7]
    job = open_job(
        month=month,
        raw=raw.resolve() if raw.is_dir() else raw,
        params=root / params if params else params_for(root, month),
        readings=readings,
        as_of=as_of,
        start=root,
    )
    require_valid(job, "确定参赛人员")
    view = _view(job)
    place = out / f"roster-{job.as_of}-{job.run_id}"
    if place.exists() and not (place / PAGE).is_file():
        raise UsageError(f"{place} 已有别的内容：请用 --out 另指一个文件夹")
    with build_folder(place, "--out", "文件被改动过，或程序不同") as building:
        write_table("roster", view.frame, building)
        (building / PAGE).write_text(roster_html(view), encoding="utf-8", newline="\n")
    return place, view


def _view(job: Job) -> RosterView:
    """Return the roster of a job."""
    tables, rules = job.tables(), job.params.campaign_rules
    scored = job.score_frontline()
    own = scores(scored)
    own = own[own["kind"] == "officer"]
    names = bureaus(tables["units"], rules.unit_kinds)
    people = standings(own, _vetoes(scored), _waiting(scored), tables, names, job.as_of)
    stated = registered(tables, TIES)
    orders = orders_of(people, [row for row in stated if row.date == job.as_of])
    places = place_officers(people, rules.roster.contestants, orders)
    chosen = [p.standing for p in places if p.status == IN]
    members = [Member(s.officer, s.unit, s.points) for s in chosen]
    tied = any(p.status == TIED for p in places)
    groups = () if tied else pair_contestants(members, job.params.draw_seed)
    units = tables["units"]
    known = dict(zip(units["unit_id"], units["name"].fillna(units["unit_id"]), strict=True))
    frame = roster(places, groups)
    origins = origin_texts(frame["evidence"], sources_of(job.store / CLEAN))
    return RosterView(
        meta=job.meta(),
        frame=frame.assign(evidence=origins),
        groups=groups,
        units=known,
        rules=rules.roster,
        refused=orders.refused,
        other_days=tuple(sorted({row.date for row in stated if row.date != job.as_of})),
        items=tuple((item.title, item.max) for item in _items(scored).values()),
        points=_points(scored),
    )


def _items(scored: Score) -> dict[str, Item]:
    """Return the items directly under the officers' root, by id, in document order."""
    section = scored.officer.section
    return {i: section.items[i] for i in section.children(section.kind) if i in section.items}


def _points(scored: Score) -> dict[str, tuple[int, ...]]:
    """Return every officer's points of those items, in their order."""
    names = list(_items(scored))
    rows = clauses(scored)
    rows = rows[(rows["kind"] == "officer") & rows["clause"].isin(names)]
    wide = rows.astype({"candidate": "str", "clause": "str"}).pivot(
        index="candidate", columns="clause", values="points"
    )[names]
    return {str(who): tuple(map(int, cells)) for who, *cells in wide.itertuples()}


def _vetoes(scored: Score) -> dict[str, str]:
    """Return the sentences of the vetoes that hit an officer."""
    section = scored.officer.section
    gates = [name for name, c in section.clauses.items() if c.is_veto]
    rows = ledger(scored)
    rows = rows[(rows["kind"] == "officer") & rows["clause"].isin(gates)]
    rows = rows[rows["outcome"] == GAVE]
    result: dict[str, list[str]] = {}
    for who, reason in zip(rows["candidate"], rows["reason"].astype("str"), strict=True):
        result.setdefault(str(who), []).append(reason)
    return {who: "；".join(reasons) for who, reasons in result.items()}


def _waiting(scored: Score) -> dict[str, tuple[str, ...]]:
    """Return the titles of the clauses that wait for data, per officer."""
    section = scored.officer.section
    rows = clauses(scored)
    rows = rows[(rows["kind"] == "officer") & (rows["status"] == UNAVAILABLE)]
    rows = rows[rows["clause"].isin(list(section.clauses))]
    result: dict[str, tuple[str, ...]] = {}
    for who, clause in zip(rows["candidate"].astype("str"), rows["clause"], strict=True):
        result[who] = (*result.get(who, ()), section.clauses[clause].title)
    return result
