"""The cheapest way of a candidate to a rank or a total, computed from a record's own inputs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import FOLDER
from dalian_eval.moves.plan import Plan, cheapest
from dalian_eval.moves.search import moves
from dalian_eval.moves.worth import Trials
from dalian_eval.record.folder import find_run, open_run
from dalian_eval.report.base.points import plain
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.report.statements.explanation import find_candidate
from dalian_eval.report.todo.todo_lines import NOTE
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import SECTION_NAMES
from dalian_eval.stages.pipeline import open_job


def cheapest_way(
    run: str, *, of: str, rank: int | None, points: int | None, width: int
) -> Iterator[str]:
    """Yield the lines of the answer for one candidate, the others as they are.

    `rank`: the place to reach, or `points`: the total, in ten-thousandths. UsageError for a run or
    candidate that is not there, who is vetoed, a place that there is none of, and a goal that is
    reached already.
    """
    folder = find_run(run)
    view = open_run(folder)
    kind, candidate = find_candidate(view, of)
    score = view.score_of(kind, candidate)
    named = f"{score['name']}（{candidate}）"
    if score["vetoed"]:
        raise UsageError(f"{named}已被否决，不参加排名：没有办法靠加分进入名次，先看否决的依据")
    total = int(score["total"])
    goal = points if points is not None else _total_for(view, kind, candidate, rank or 0)
    wanted = (
        f"总分{points_text(goal)}分" if rank is None else f"第{rank}名（{points_text(goal)}分）"
    )
    if total >= goal:
        raise UsageError(f"{named}现在{plain(total)}分，已经达到{wanted}")
    yield inert(f"{named}现在{plain(total)}分，目标{wanted}，还差{points_text(goal - total)}分。")
    yield from _told(_plan(folder, view, kind, candidate, goal), view, width)
    yield NOTE


def _total_for(view: RunView, kind: str, candidate: str, rank: int) -> int:
    """Return the total with which a candidate holds a place, the others as they are."""
    rows = view.scores[(view.scores["kind"] == kind) & ~view.scores["vetoed"]]
    others = sorted(map(int, rows["total"][rows["candidate"] != candidate]), reverse=True)
    if not 1 <= rank <= len(others) + 1:
        raise UsageError(
            f"参加排名的只有{len(others) + 1}个，没有第{rank}名：请写1至{len(others) + 1}"
        )
    return others[rank - 1] if rank <= len(others) else 0


def _plan(folder: Path, view: RunView, kind: str, candidate: str, goal: int) -> Plan:
    """Score the record's inputs again and look for the cheapest way."""
    meta = view.meta
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as processed:
        job = open_job(
            month=str(meta["month"]),
            raw="inputs",
            params=f"{FOLDER}/{meta['rubric']['year']}.yaml",
            processed=processed,
            readings=dict(meta["readings"]),
            as_of=str(meta["as_of"]),
            start=folder,
        )
        context = job.context()
        found = moves(context, job.params.moves.weights())
        section = next(name for name in SECTION_NAMES if name == kind)
        who = list(map(str, context.candidates(section).ids)).index(candidate)
        mine = [m for m in found if m.proposal.kind == kind and m.proposal.candidate == who]
        if not mine:
            return Plan(goal, False, int(view.score_of(kind, candidate)["total"]), ())
        return cheapest(Trials(context), mine, goal)


def _told(plan: Plan, view: RunView, width: int) -> Iterator[str]:
    if plan.reached:
        count = len(plan.chosen)
        yield f"最省力的办法（{count}项），做完总分{points_text(plan.total)}分："
    else:
        yield (
            f"达不到：自己能做的全部做完，总分最多{points_text(plan.total)}分"
            f"（还差{points_text(plan.goal - plan.total)}分）。其中有用的："
            if plan.chosen
            else "达不到：没有自己能增加总分的事。"
        )
    for move in plan.chosen:
        by = move.proposal.by
        told = f"□ {move.sentence}（{by.month}月{by.day}日前）"
        yield from hanging("", inert(told), width, 2, 2)
    if len(plan.chosen) > 1:
        yield "各项的分值为单独做时所加；一起做时以上面的总分为准。"
