"""六、数据中发现的问题: rows not taken, checks that failed, clauses that wait for data."""

from dalian_eval.report.base.labels import SEVERITIES, table_title
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.narrative.text import (
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    paragraph,
    say,
)
from dalian_eval.report.views.item_overview import OpenClause, open_clauses
from dalian_eval.report.views.run_view import RunView

_ROWS = 10


def problems_section(view: RunView) -> Section:
    """Return the section."""
    waiting = open_clauses(view)
    return Section(
        "数据中发现的问题",
        parts=(
            Section("报送数据", blocks(paragraph(*_rows(view)), _reasons(view))),
            Section("数据检查", blocks(paragraph(_checks(view)), _failed(view))),
            Section("待补条款", blocks(paragraph(*_open(waiting)), _waiting(waiting))),
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


def _reasons(view: RunView) -> Table | None:
    if view.quarantine.empty:
        return None
    counts = view.quarantine.groupby(["table", "reason"], sort=True).size().rename("count")
    ordered = counts.sort_values(ascending=False, kind="stable").reset_index()
    body = tuple(
        (
            Span(table_title(str(r["table"]))),
            Span(str(r["reason"])),
            Span(str(int(r["count"])), "quarantine.csv"),
        )
        for r in ordered.head(_ROWS).to_dict("records")
    )
    part = f"（最多的{_ROWS}种，共{len(ordered)}种）" if len(ordered) > _ROWS else ""
    return Table(f"隔离的原因{part}", ("表", "原因", "行数"), body)


def _checks(view: RunView) -> Sentence:
    failed = sum(not o["success"] for o in view.outcomes)
    outcome = f"未通过{failed}项" if failed else "全部通过"
    return say(Span(f"共检查{len(view.outcomes)}项，{outcome}", "index.html#checks"), "。")


def _failed(view: RunView) -> Table | None:
    failed = [o for o in view.outcomes if not o["success"]]
    if not failed:
        return None
    failed.sort(key=lambda o: (o["severity"] != "blocking", -int(o["failed"]), o["check"]))
    body = tuple(
        (
            Span(table_title(o["table"]) if o["table"] else "全部资料"),
            Span(str(o["title"])),
            Span(f"{o['failed']}/{o['tested']}", "index.html#checks"),
            Span(SEVERITIES.get(o["severity"], o["severity"])),
        )
        for o in failed[:_ROWS]
    )
    part = f"（前{_ROWS}项，共{len(failed)}项）" if len(failed) > _ROWS else ""
    return Table(f"未通过的检查{part}", ("表", "检查", "未通过/检查行数", "级别"), body)


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


def _waiting(waiting: list[OpenClause]) -> Table | None:
    if not waiting:
        return None
    body = tuple(
        (
            Span(c.kind),
            Span(c.title),
            Span(c.lacking or "事实尚未确定"),
            Span("扣分" if c.deducts else "—" if c.maximum is None else two_decimals(c.maximum)),
            Span(_whom(c), c.who[0][1]),
        )
        for c in waiting[:_ROWS]
    )
    part = f"（前{_ROWS}条，共{len(waiting)}条）" if len(waiting) > _ROWS else ""
    return Table(f"待补条款{part}", ("类别", "条款", "缺什么", "最多可得", "涉及对象"), body)


def _whom(clause: OpenClause) -> str:
    if clause.everybody and clause.count > 1:
        return f"全部{clause.count}"
    name = clause.who[0][0]
    return name if clause.count == 1 else f"{name}等{clause.count}"
