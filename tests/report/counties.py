"""Runs of awkward counties, made from one run by leaving out, repeating and renaming."""

from dataclasses import replace

import pandas as pd

from dalian_eval.report.views.run_view import RunView

FRAMES = ("scores", "clauses", "ledger", "monthly", "outlook", "draw", "assignments")
EVIL = "{{ 7*7 }}{%p for x in y %}{_{a}_}{_%b%_}{#c#}<b>&\"'=1+1\x07\x0b\ufffe\t\n" + "长" * 300


def only(view: RunView, kind: str, count: int) -> RunView:
    """The first candidates of one kind, and nobody of the other."""
    ids = list(view.candidates(kind)["candidate"])[:count]
    kept = {}
    for name in FRAMES:
        frame = getattr(view, name)
        kept[name] = frame[(frame["kind"] == kind) & frame["candidate"].isin(ids)]
    return replace(view, **kept)


def all_vetoed(view: RunView) -> RunView:
    ranks = pd.array([None] * len(view.scores), dtype="Int64")
    return replace(view, scores=view.scores.assign(vetoed=True, status="vetoed", rank=ranks))


def without_tables(view: RunView) -> RunView:
    basic = view.sources["table"].isin(["units", "officers", "postings"])
    clauses = view.clauses.assign(status="unavailable", points=0, awarded=0)
    return replace(view, sources=view.sources[basic], clauses=clauses)


def nobody(view: RunView) -> RunView:
    empty = {name: getattr(view, name).iloc[:0] for name in (*FRAMES, "quarantine", "sources")}
    return replace(view, **empty, validation={"outcomes": []})


def renamed(view: RunView) -> RunView:
    """Every name from data is an attack on templates, markup and XML."""
    outcomes = [{**o, "title": EVIL} for o in view.outcomes]
    return replace(
        view,
        scores=view.scores.assign(name=EVIL),
        ledger=view.ledger.assign(reason="未得分：" + EVIL),
        quarantine=view.quarantine.assign(reason=EVIL),
        validation={"outcomes": outcomes},
    )


def many(view: RunView, times: int) -> RunView:
    """So many copies of the units, each with ids of its own."""
    units = only(view, "unit", 10_000)
    made = {}
    for name in ("scores", "clauses", "ledger", "monthly", "outlook"):
        frame = getattr(units, name)
        copies = [
            frame.assign(candidate=frame["candidate"] + f"-{number:04d}") for number in range(times)
        ]
        made[name] = pd.concat(copies, ignore_index=True)
    scores = made["scores"].assign(name=made["scores"]["name"] + made["scores"]["candidate"])
    standing = scores["total"].where(~scores["vetoed"]).astype("Int64")
    ranks = standing.rank(method="min", ascending=False).astype("Int64")
    return replace(units, **{**made, "scores": scores.assign(rank=ranks)})
