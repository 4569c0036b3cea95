"""五、“五个一”活动: how often each kind was held, by whom, as far as the table 活动 tells.

And how the campaign's own work stands, as the section 大练兵工作进度 of the door lists it.
"""

from collections.abc import Sequence

import pandas as pd

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.campaign.work_progress import LATE, MISSING, ProgressLine, state_counts
from dalian_eval.report.narrative.text import (
    Paragraph,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import NAMED, names_of, who
from dalian_eval.report.views.run_view import RunView
from dalian_eval.schema.tables import BY_NAME

_TABLE = "activities"
_PLACE, _PROGRESS = "index.html#data", "index.html#progress"
_UNITS = 20
_TITLE = "“五个一”活动开展情况"


def activities_section(
    view: RunView, activities: pd.DataFrame, progress: Sequence[ProgressLine] = ()
) -> Section:
    """Return the section; `activities`: the canonical table, dates within P and up to as-of count.

    A unit's activities are those it handed in itself. `progress`: see `report.progress`.
    """
    standing = _progress(view, progress)
    if _TABLE not in view.supplied:
        missing = say(
            f"『{table_title(_TABLE)}』表",
            Span("没有提供", _PLACE),
            "，本节暂缺，补报后重新评价即可生成。",
        )
        return Section(_TITLE, blocks(paragraph(missing), standing))
    start, end = (pd.Timestamp(d) for d in (view.rubric.period.start, view.as_of))
    dates = pd.to_datetime(activities["date"])
    rows = activities[dates.between(start, end)]
    later = int((dates > end).sum())
    outside = _outside(view, later, len(activities) - len(rows) - later)
    if rows.empty:
        told = f"评审期内截至{iso_day_words(view.as_of)}没有活动记录"
        return Section(_TITLE, blocks(paragraph(say(Span(told, _PLACE), "。"), outside), standing))
    kinds = [str(k) for k in _kinds() if (rows["kind"] == k).any()]
    return Section(
        _TITLE,
        blocks(
            paragraph(_total(rows, kinds), _absent(kinds), outside),
            paragraph(*(_lacking(view, rows, kind) for kind in kinds)),
            _table(view, rows),
            standing,
        ),
    )


def _progress(view: RunView, lines: Sequence[ProgressLine]) -> Paragraph | None:
    """Return the paragraph on the campaign's own work: how much is on time, and what is not."""
    if not lines:
        return None
    work = view.rubric.names.work
    told = f"截至{iso_day_words(view.as_of)}，{work}工作{len(lines)}项：{state_counts(lines)}"
    late = [line for line in lines if line.state in (MISSING, LATE)]
    rest = say("其余见", Span("评价记录的工作进度", _PROGRESS), "。")
    return paragraph(
        say(Span(told, _PROGRESS), "。"),
        *(say(Span(f"{line.title}{line.told}", _PROGRESS), "。") for line in late[:NAMED]),
        rest if len(late) > NAMED else None,
    )


def _kinds() -> tuple[str, ...]:
    (column,) = (c for c in BY_NAME[_TABLE].columns if c.name == "kind")
    return column.vocabulary


def _total(rows: pd.DataFrame, kinds: list[str]) -> Sentence:
    counts = [f"{kind}{int((rows['kind'] == kind).sum())}次" for kind in kinds]
    people = rows["attendees"].dropna()
    joining = f"，登记参加{int(people.sum())}人次" if len(people) else ""
    told = f"评审期内共开展活动{len(rows)}次，其中{'、'.join(counts)}{joining}"
    return say(Span(told, _PLACE), "。")


def _absent(kinds: list[str]) -> Sentence | None:
    absent = [kind for kind in _kinds() if kind not in kinds]
    return say(f"{'、'.join(absent)}没有", Span("记录", _PLACE), "。") if absent else None


def _outside(view: RunView, later: int, other: int) -> Sentence | None:
    """Return what was left out: dated after as-of, or without a date in the period."""
    told = [
        *([f"{later}次在{iso_day_words(view.as_of)}之后"] if later else []),
        *([f"{other}次日期空白或者早于评审期"] if other else []),
    ]
    return say(Span(f"另有{'、'.join(told)}", _PLACE), "，未计入。") if told else None


def _lacking(view: RunView, rows: pd.DataFrame, kind: str) -> Sentence | None:
    """Return which candidate units have no record of a kind; the table has the others' numbers."""
    have = set(rows.loc[rows["kind"] == kind, "unit_id"])
    names = names_of(view, "unit")
    without = [c for c in names if c not in have]
    if not without:
        return None
    return say(f"没有开展{kind}的是", who(view, "unit", names, without), "。")


def _table(view: RunView, rows: pd.DataFrame) -> Table:
    wide = rows.pivot_table(index="unit_id", columns="kind", values="activity_id", aggfunc="count")
    wide = wide.reindex(columns=list(_kinds())).fillna(0).astype("int64")
    wide = wide.assign(total=wide.sum(axis=1))
    order = sorted(wide.index, key=lambda u: (-wide.loc[u, "total"], u))
    body = tuple(
        (
            Span(view.unit_name(str(u)), view.unit_link(str(u))),
            *(Span(str(int(n)), _PLACE) for n in wide.loc[u]),
        )
        for u in order[:_UNITS]
    )
    part = f"（次数最多的{_UNITS}个，共{len(order)}个）" if len(order) > _UNITS else ""
    return Table(f"各单位活动次数{part}", ("单位", *_kinds(), "合计"), body)
