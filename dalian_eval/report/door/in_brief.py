"""The door in one minute: what changed, who leads, what is uncertain, what needs doing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from dalian_eval.base.day_words import month_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import plain, with_sign
from dalian_eval.report.campaign.work_progress import LATE, MISSING, OPEN, ProgressLine
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.changes.comparison_page import PAGE, anchor
from dalian_eval.report.changes.comparison_text import summary
from dalian_eval.report.mending.quarantine_page import PAGE as QUARANTINE_PAGE
from dalian_eval.report.todo.todo_page import PAGE as TODO_PAGE
from dalian_eval.report.views.account_links import linked_names
from dalian_eval.report.views.run_view import RunView
from dalian_eval.sensitivity.certificates import YES

Told = tuple[str, Markup]
"""A word that says what a sentence answers, and the sentence with its links, without full stop."""

News = Mapping[str, Sequence[Mapping[str, Any]]]
"""The title of a kind → what the month brought its candidates (`comparison_page.news`)."""

_NAMED = 3


def in_brief(
    view: RunView,
    changes: Comparison | News,
    certified: Certificates | None,
    progress: Sequence[ProgressLine],
    failed: int,
) -> list[Told]:
    """Return the five sentences a reader with one minute needs.

    `changes`: the comparison with the run before, without one what the month itself brought;
    `failed`: how many checks failed.
    """
    leads = [(KINDS[kind], _leader(view, kind)) for kind in view.rubric.kinds]
    return [
        ("变化", _moved(changes) if isinstance(changes, Comparison) else _brought(view, changes)),
        *((word, told) for word, told in leads if told),
        ("不确定", _uncertain(view, certified)),
        ("要做", _to_do(view, progress, failed)),
    ]


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def _joined(parts: Sequence[Markup]) -> Markup:
    return Markup("，").join(parts)


def _moved(comparison: Comparison) -> Markup:
    """Return what moved against the run before, the largest move of each kind by name."""
    told = [_link("#changes", f"与上次相比{summary(comparison)}")]
    for kind, title in KINDS.items():
        moved = [c for c in comparison.of(kind) if c.difference]
        if moved:
            most = max(moved, key=lambda change: abs(change.difference))
            name = _link(f"{PAGE}#{anchor(most)}", most.name)
            told.append(
                Markup("{}变动最大的是{}（{}分）").format(title, name, with_sign(most.difference))
            )
    return _joined(told)


def _brought(view: RunView, brought: News) -> Markup:
    """Return what the month itself brought most, where no run before is there to compare with."""
    told = []
    for title, rows in brought.items():
        if rows and rows[0]["points"] > 0:
            name = _link(rows[0]["link"], rows[0]["name"])
            told.append(Markup("{}是{}（{}分）").format(title, name, with_sign(rows[0]["points"])))
    month = month_words(str(view.meta["month"]))
    if not told:
        return Markup("没有上次运行可比，{}没有新的得分").format(month)
    most = Markup("{}新增最多的，{}").format(_link("#changes", month), _joined(told))
    return Markup("{}（没有上次运行可比）").format(most)


def _leader(view: RunView, kind: str) -> Markup:
    """Return who leads a ranking and by how much; empty when nobody is ranked."""
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    first = standing[standing["rank"] == 1]
    if first.empty:
        return Markup("")
    names = "、".join(first["name"].head(_NAMED)) + (
        f"等{len(first)}个并列" if len(first) > _NAMED else "并列" if len(first) > 1 else ""
    )
    total = int(first["total"].iloc[0])
    told = f"第一名是{names}，{plain(total)}分"
    behind = standing[standing["rank"] > 1]
    if len(behind):
        second: pd.Series = behind.sort_values("rank", kind="stable").iloc[0]
        told += f"，比第{second['rank']}名{second['name']}多{plain(total - int(second['total']))}分"
    return linked_names(view, kind, pd.concat([first, behind.head(1)]), told)


def _uncertain(view: RunView, certified: Certificates | None) -> Markup:
    """Return how many ranks hang on a reading, and how many totals on what was not supplied."""
    told = [*_ranks(view, certified)]
    waiting = view.scores[view.scores["total_low"] != view.scores["total_high"]]
    if len(waiting):
        told.append(Markup("{}个的总分待{}").format(len(waiting), _link("#open", "补齐资料")))
    deferred = int((view.scores["status"] == "deferred").sum())
    if deferred:
        told.append(Markup("{}个因审理或核查中的事项暂缓").format(deferred))
    return _joined(told) if told else Markup("没有：各条款资料齐全")


def _ranks(view: RunView, certified: Certificates | None) -> Iterator[Markup]:
    if certified is None:
        return
    open_ranks = {
        kind: sum(row["certain"] != YES for (k, _), row in certified.rows.items() if k == kind)
        for kind in view.rubric.kinds
    }
    loose = [f"{KINDS[kind]}{count}个" for kind, count in open_ranks.items() if count]
    if loose:
        ways = _link("readings.html", "换一种口径")
        yield Markup("{}名次{}会变").format("、".join(loose), ways)
    else:
        yield _link("readings.html", "名次在任何口径下都不变")


def _to_do(view: RunView, progress: Sequence[ProgressLine], failed: int) -> Markup:
    """Return what waits for somebody: rows to mend, checks, the campaign's own work, moves."""
    told = []
    if len(view.quarantine):
        rows = view.quarantine.drop_duplicates(["file", "sheet", "row"])
        told.append(Markup("{}待更正").format(_link(QUARANTINE_PAGE, f"{len(rows)}行资料")))
    if failed:
        told.append(Markup("{}有提醒").format(_link("#checks", f"{failed}项数据检查")))
    waits = sum(line.state in (LATE, MISSING, OPEN) for line in progress)
    if waits:
        work = view.rubric.names.work
        told.append(Markup("{}要办").format(_link("#progress", f"{waits}项{work}工作")))
    if not view.without_moves:
        told.append(Markup("还能得的分见{}").format(_link(TODO_PAGE, "待办")))
    return _joined(told) if told else Markup("没有待更正的资料，没有提醒")
