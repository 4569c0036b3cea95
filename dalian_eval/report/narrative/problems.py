"""六、数据中发现的问题: rows not taken, checks that failed, clauses that wait for data."""

from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.narrative.text import (
    Section,
    Sentence,
    Span,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.views.item_overview import OpenClause, open_clauses
from dalian_eval.report.views.run_view import RunView

_NAMED = 3
"""Reasons, checks and clauses told in a sentence."""


def problems_section(view: RunView) -> Section:
    """Return the section."""
    waiting = open_clauses(view)
    return Section(
        "数据中发现的问题",
        blocks(
            paragraph(*_rows(view), _reasons(view)),
            paragraph(_checks(view), _failed(view)),
            paragraph(*_open(waiting), _waiting(waiting)),
        ),
    )


def _rows(view: RunView) -> list[Sentence]:
    rows = view.sources
    read, taken, merged, replaced, left = (
        int(rows[c].sum()) for c in ("rows_read", "accepted", "merged", "superseded", "quarantined")
    )
    told = [
        say(
            Span(f"读取的{read}行中，采用{taken}行", "index.html#data"),
            "，",
            Span(f"合并重复{merged}行", "merges.csv"),
            "，",
            Span(f"被后报资料替代{replaced}行", "supersessions.csv"),
            "，",
            Span(f"隔离{left}行", "quarantine.csv"),
            "。",
        )
    ]
    if left:
        told.append(say("隔离的行没有参与计分，更正原文件后重新评价即可计入。"))
    return told


def _reasons(view: RunView) -> Sentence | None:
    """Return why most rows are in quarantine."""
    if view.quarantine.empty:
        return None
    counts = view.quarantine.groupby(["table", "reason"], sort=True).size().rename("count")
    ordered = counts.sort_values(ascending=False, kind="stable").reset_index()
    told = [
        (
            f"『{table_title(str(r['table']))}』",
            f"{str(r['reason']).rstrip('。')}（",
            Span(f"{int(r['count'])}行", "quarantine.csv"),
            "）",
        )
        for r in ordered.head(_NAMED).to_dict("records")
    ]
    rest = f"等{len(ordered)}种" if len(ordered) > _NAMED else ""
    return say("隔离的原因有", join_spans([say(*one).spans for one in told], "；"), rest, "。")


def _checks(view: RunView) -> Sentence:
    failed = sum(not o["success"] for o in view.outcomes)
    outcome = f"未通过{failed}项" if failed else "全部通过"
    return say(Span(f"共检查{len(view.outcomes)}项，{outcome}", "index.html#checks"), "。")


def _failed(view: RunView) -> Sentence | None:
    """Return the checks that most rows failed."""
    failed = [o for o in view.outcomes if not o["success"]]
    if not failed:
        return None
    failed.sort(key=lambda o: (o["severity"] != "blocking", -int(o["failed"]), o["check"]))
    told = [
        (
            f"{table_title(o['table']) if o['table'] else '全部资料'}的『{o['title']}』（",
            Span(f"{o['tested']}行中{o['failed']}行", "index.html#checks"),
            "）",
        )
        for o in failed[:_NAMED]
    ]
    return say("未通过较多的是", join_spans([say(*one).spans for one in told]), "。")


def _open(waiting: list[OpenClause]) -> list[Sentence]:
    if not waiting:
        return [say("各条款所需的", Span("资料齐全", "index.html#open"), "，没有待补条款。")]
    told = [
        say(
            Span(f"有{len(waiting)}条条款待补", "index.html#open"),
            "，暂按0分计，有关对象的总分以范围表示。",
        )
    ]
    tables = missing_tables(waiting)
    if tables:
        told.append(
            say(f"尚未提供的表：{'、'.join(tables)}（", Span("详见", "index.html#open"), "）。")
        )
    return told


def missing_tables(waiting: list[OpenClause]) -> list[str]:
    """Return the tables that open clauses wait for, sorted."""
    return sorted({t for clause in waiting for t in clause.missing})


def _waiting(waiting: list[OpenClause]) -> Sentence | None:
    """Return the first of these clauses, whom each concerns and what it can still give."""
    if not waiting:
        return None
    told = [
        (f"{c.kind}的『{c.title}』（", Span(_whom(c), c.who[0][1]), f"{_worth(c)}）")
        for c in waiting[:_NAMED]
    ]
    rest = f"等{len(waiting)}条" if len(waiting) > _NAMED else ""
    return say("待补的是", join_spans([say(*one).spans for one in told]), rest, "。")


def _worth(clause: OpenClause) -> str:
    if clause.deducts or clause.maximum is None:
        return ""
    return f"，最多可得{two_decimals(clause.maximum)}分"


def _whom(clause: OpenClause) -> str:
    if clause.everybody and clause.count > 1:
        return f"全部{clause.count}"
    name = clause.who[0][0]
    return name if clause.count == 1 else f"{name}等{clause.count}"
