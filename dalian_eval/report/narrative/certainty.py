"""Of 二、排名情况: which ranks hold under every reading, and what decides the others."""

from dalian_eval.report.certificates.certificate_view import (
    Certificates,
    option_words,
    rank_span,
)
from dalian_eval.report.narrative.text import (
    Paragraph,
    Sentence,
    Span,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import NAMED, candidate_count, names_of, who
from dalian_eval.report.views.run_view import RunView
from dalian_eval.sensitivity.certificates import EXACT, IN, YES

PLACE = "sensitivity.csv"
"""Where every rank's certificate stands, in the record as in its public edition."""

_CUT = 3
"""The first so many are told by name when no reading moves them out."""


def certainty(view: RunView, kind: str, certified: Certificates) -> Paragraph | None:
    """Return what the certificates say of a kind's ranks; None without candidates."""
    if not len(view.candidates(kind)):
        return None
    return paragraph(
        _count(view, kind, certified),
        _first(view, kind, certified),
        _uncertain(view, kind, certified),
        _weightiest(kind, certified),
    )


def _count(view: RunView, kind: str, certified: Certificates) -> Sentence:
    rows = [certified.rows[kind, candidate] for candidate in names_of(view, kind)]
    certain = sum(row["certain"] == YES for row in rows)
    all_exact = all(row["exact"] == EXACT for row in rows)
    how = "把各处口径的所有组合逐一核算" if all_exact else "对各处口径的所有组合核定界限"
    whole = candidate_count(kind, len(rows))
    found = f"参评的{whole}名次全部确定"
    if certain < len(rows):
        found = f"参评的{whole}中，{candidate_count(kind, certain)}名次确定"
    return say(f"{how}，", Span(found, PLACE), "。")


def _first(view: RunView, kind: str, certified: Certificates) -> Sentence | None:
    """Return who is among the first three whatever the reading."""
    always = [
        row["candidate"]
        for row in certified.tables["cuts"]
        if (row["kind"], row["cut"], row["membership"]) == (kind, str(_CUT), IN)
    ]
    if not always:
        return None
    leaders = who(view, kind, names_of(view, kind), always)
    return say("任何口径下都在前", Span(f"{_CUT}名", "cuts.csv"), "之内的是", leaders, "。")


def _uncertain(view: RunView, kind: str, certified: Certificates) -> Sentence | None:
    """Return whose rank depends on a reading, the first few by name with what it can be."""
    names = names_of(view, kind)
    moving = [c for c in names if certified.rows[kind, c]["certain"] != YES]
    if not moving:
        return None
    told = [
        (
            Span(names[c], view.link(kind, c)),
            Span(f"（{rank_span(certified.rows[kind, c])}）", PLACE),
        )
        for c in moving[:NAMED]
    ]
    rest = f"等{candidate_count(kind, len(moving))}" if len(moving) > NAMED else ""
    return say("名次视口径而定的有", join_spans(told), rest, "。")


def _weightiest(kind: str, certified: Certificates) -> Sentence | None:
    """Return the option that alone moves most ranks."""
    rows = [row for row in certified.tables["readings"] if row["kind"] == kind]
    most = max(rows, key=lambda row: int(row["ranks_changed"]), default=None)
    if most is None or not int(most["ranks_changed"]):
        return None
    return say(
        f"单独改用{option_words(certified.rubric, most['reading'], most['option'])}影响最大，",
        Span(f"变动{most['totals_changed']}个总分、{most['ranks_changed']}个名次", "readings.csv"),
        "。",
    )
