"""一、总体情况: by which rules, who took part, from which data, how it went on the whole."""

from dalian_eval.base.day_words import iso_day_words, month_words, span_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.changes.comparison_page import news
from dalian_eval.report.narrative.text import (
    Section,
    Sentence,
    Span,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import (
    candidate_count,
    is_period_over,
    items_place,
    mean,
    percent,
    who,
)
from dalian_eval.report.views.item_overview import item_points
from dalian_eval.report.views.run_view import RunView


def overall_section(view: RunView) -> Section:
    """Return the section."""
    return Section(
        "总体情况",
        blocks(
            paragraph(_basis(view), _stage(view), _participants(view), _sources(view)),
            *(
                paragraph(_scores(view, kind), _month(view, kind), _ends(view, kind))
                for kind in view.rubric.kinds
            ),
        ),
    )


def _basis(view: RunView) -> Sentence:
    rubric, period = view.rubric, view.rubric.period
    return say(
        Span(f"本次评价依据{rubric.title}（{rubric.source}）", "index.html#rubric"),
        f"，评审期为{span_words(period.start, period.end)}",
        f"，采用截至{iso_day_words(view.as_of)}的资料。",
    )


def _stage(view: RunView) -> Sentence | None:
    if is_period_over(view):
        return None
    return say("评审期尚未结束，以下为阶段性情况，得分和名次今后还会变化。")


def _participants(view: RunView) -> Sentence | None:
    counts = [
        Span(
            f"{title}{candidate_count(kind, len(view.candidates(kind)))}", f"index.html#rank-{kind}"
        )
        for kind, title in KINDS.items()
        if len(view.candidates(kind))
    ]
    if not counts:
        return None
    exact = "，每一分均逐笔记账，按精确值排名，文中保留两位小数。"
    return say("参加评价的有", join_spans(counts), exact)


def _sources(view: RunView) -> Sentence:
    rows = view.sources
    told = (
        f"共收到报送资料{rows['file'].nunique()}个文件，读取{int(rows['rows_read'].sum())}行"
        f"，采用{int(rows['accepted'].sum())}行"
    )
    return say(Span(told, "index.html#data"), "。")


def _scores(view: RunView, kind: str) -> Sentence | None:
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    if rows.empty:
        return say(f"本次没有参评的{KINDS[kind]}。")
    if standing.empty:
        place = f"index.html#rank-{kind}"
        return say(
            Span(f"参评{KINDS[kind]}{candidate_count(kind, len(rows))}", place), "均未进入排名。"
        )
    totals = [int(t) for t in standing["total"]]
    head = Span(
        f"参加排名的{KINDS[kind]}{candidate_count(kind, len(standing))}，平均{mean(totals)}分",
        f"index.html#rank-{kind}",
    )
    if len(set(totals)) == 1:
        return say(head, f"，得分均为{two_decimals(totals[0])}分。" if len(totals) > 1 else "。")
    names = dict(zip(standing["candidate"], standing["name"], strict=True))
    ends = []
    for end in (max(totals), min(totals)):
        ids = list(standing.loc[standing["total"] == end, "candidate"])
        ends.append(who(view, kind, names, ids))
    return say(
        head,
        *(f"，最高{two_decimals(max(totals))}分（", ends[0]),
        *(f"），最低{two_decimals(min(totals))}分（", ends[1]),
        f"），相差{two_decimals(max(totals) - min(totals))}分。",
    )


def _month(view: RunView, kind: str) -> Sentence | None:
    """Return how much the month itself brought, beside the month before, and whom most."""
    month = str(view.meta["month"])
    sums = _sums(view, kind)
    rows = news(view, kind)
    if not rows or sums.get(month, 0) <= 0:
        return None
    earlier = [m for m in view.months if m < month]
    before = sums.get(earlier[-1], 0) if earlier else 0
    now = sums.get(month, 0)
    change = ""
    if earlier:
        word = "多" if now > before else "少"
        size = f"{word}{two_decimals(abs(now - before))}分" if now != before else "持平"
        change = f"，比上月{size}"
    most = rows[0]
    return say(
        Span(f"{month_words(month)}当月合计得{two_decimals(now)}分{change}", "index.html#trend"),
        "，得分最多的是",
        Span(f"{most['name']}（{two_decimals(most['points'])}分）", most["link"]),
        "。",
    )


def _sums(view: RunView, kind: str) -> dict[str, int]:
    """Return the ledger's points of a kind by month."""
    rows = view.ledger[(view.ledger["kind"] == kind) & (view.ledger["month"] != "")]
    totals = rows.groupby("month")["points"].sum()
    return {str(month): int(points) for month, points in totals.items()}


def _ends(view: RunView, kind: str) -> Sentence | None:
    """Return which item was fullest and which emptiest, over all candidates."""
    points = item_points(view, kind)
    items = view.section(kind).items
    shares = {
        str(i): (int(points[i].sum()), items[str(i)].max * len(points))
        for i in points.columns
        if not items[str(i)].bonus and items[str(i)].max > 0
    }
    if points.empty or len(shares) < 2:
        return None
    ordered = sorted(shares, key=lambda i: shares[i][0] * 10**9 // shares[i][1], reverse=True)
    best, worst = ordered[0], ordered[-1]
    return say(
        "从各项工作看，",
        f"{items[best].title}得分率最高，为",
        Span(percent(*shares[best]), items_place(view, kind)),
        f"；{items[worst].title}得分率最低，为",
        Span(percent(*shares[worst]), items_place(view, kind)),
        "。",
    )
