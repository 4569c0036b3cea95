"""A comparison as csv and as text for a terminal."""

from collections.abc import Iterator

import pandas as pd
from rich.text import Text

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.points import plain, with_sign
from dalian_eval.report.base.terminal import hanging, inert, wrap_text
from dalian_eval.report.changes.comparison import (
    CandidateChange,
    Comparison,
    OneSidedEntry,
    Part,
    RowChange,
    Standing,
    clause_words,
    run_words,
)
from dalian_eval.report.views.evidence import parse_origins

_TITLE, _HEAD, _SOFT = "bold cyan", "bold", "dim"
_ROOM = 8
_PLACES = 3
_SHOWN = 60
"""Candidates shown on a terminal; csv and page tell of all."""


def changes_frame(comparison: Comparison) -> pd.DataFrame:
    """Return the rows of changes.csv; who has no part (another rank only) has one row, of 0."""
    rows = [
        (*_candidate_cells(change), *_part_cells(part))
        for change in comparison.candidates
        for part in change.parts or (None,)
    ]
    return table_frame(OUTPUTS["changes"], rows)


def _candidate_cells(change: CandidateChange) -> tuple[object, ...]:
    def of(standing: Standing | None) -> tuple[int | None, int | None, str]:
        if standing is None:
            return None, None, ""
        return standing.total, standing.rank, standing.status

    before, after = of(change.before), of(change.after)
    ends = (before[0], after[0], change.difference)
    others = (before[1], after[1], before[2], after[2])
    return (change.kind, change.candidate, change.name, *ends, *others)


def _part_cells(part: Part | None) -> tuple[object, ...]:
    if part is None:
        return ("", "", "", "", 0, "本身各条没有变动", "", "")
    settings = "；".join(f"{s.name}：{s.before} → {s.after}" for s in part.settings)
    rows = "；".join(row_words(row) for row in part.rows)
    named = (part.cause, part.clause, part.title, part.rule)
    return (*named, part.points, part.because, rows, settings)


def row_words(row: RowChange) -> str:
    """Return a changed row in a sentence: what it is, where it stands, what differs in it."""
    cells = "，".join(f"{header}：{before} → {after}" for header, before, after in row.cells)
    places = [place(origin) for origin in (row.before, row.after) if origin]
    where = "，现在".join(dict.fromkeys(places))
    return f"{row.what}『{table_title(row.table)}』{row.key}（{where}）" + (cells and f" {cells}")


def place(origin: str) -> str:
    """Return where a row stands, as people look it up."""
    return "、".join(e.text for e in parse_origins(origin))


def places(entry: OneSidedEntry) -> str:
    """Return where the rows of an entry stand: the first ones, and how many there are."""
    shown = "；".join(f"{e.table}：{e.text}" for e in entry.evidence[:_PLACES])
    more = (
        f"等{sum(len(e.rows) for e in entry.evidence)}行" if len(entry.evidence) > _PLACES else ""
    )
    return shown + more


def rank_words(standing: Standing | None) -> str:
    """Return a rank in a sentence."""
    if standing is None:
        return "无"
    return "不参加排名" if standing.rank is None else f"第{standing.rank}名"


def changes_lines(comparison: Comparison, width: int) -> Iterator[Text]:
    """Yield the comparison in lines of at most `width` columns."""
    for line, style in _lines(comparison, width):
        yield Text(line, style)


def _lines(comparison: Comparison, width: int) -> Iterator[tuple[str, str]]:
    def told(label: str, text: str, indent: int, style: str = "") -> Iterator[tuple[str, str]]:
        for line in hanging(label, inert(text), width, indent, _ROOM):
            yield line, style

    yield from ((line, _TITLE) for line in wrap_text(comparison.heading, width))
    yield from told("原", run_words(comparison.before), 0)
    yield from told("现", after_words(comparison), 0)
    if comparison.days is not None:
        days = f"新的一个月，截至{comparison.days.before} → {comparison.days.after}"
        yield from told("月份", days, 0)
    for setting in comparison.settings:
        yield from told("设置", f"{setting.name}：{setting.before} → {setting.after}", 0)
    for table, counts in comparison.counts.items():
        text = f"『{table_title(table)}』{count_words(counts)}"
        yield from told("资料", text, 0)
    if comparison.supplied:
        yield from told("报送", f"只有一次报送的表：{'、'.join(comparison.supplied)}", 0)
    yield from told("结果", summary(comparison), 0, _HEAD)
    if comparison.trial:
        for clause in comparison.by_clause():
            text = f"{KINDS[clause.kind]}『{clause.title}』{clause_words(clause)}"
            yield from told("条款", text.replace("−", "-"), 0)
    for change in comparison.candidates[:_SHOWN]:
        yield "-" * width, _SOFT
        who = f"{change.name}（{KINDS[change.kind]} {change.candidate}）"
        yield from (
            (line, _TITLE) for line in wrap_text(inert(f"{who}　{change_in_words(change)}"), width)
        )
        for part in change.parts:
            amount = with_sign(part.points).replace("−", "-")
            head = f"{part.title}（{part.clause}）〔{part.rule}〕来自{part.cause}：{part.because}"
            yield from told(amount, head, 2, _HEAD)
            for entry in part.entries:
                sign = "现" if entry.current else "原"
                yield from told(sign, entry.reason, 4)
                if entry.evidence:
                    yield from told("依据", places(entry), 4, _SOFT)
            for row in part.rows:
                yield from told("行", row_words(row), 4, _SOFT)
            if part.row_count > len(part.rows):
                yield from told("", f"……共{part.row_count}行", 4, _SOFT)
            for setting in part.settings:
                text = f"{setting.name}：{setting.before} → {setting.after}"
                yield from told("设置", text, 4, _SOFT)
    left = len(comparison.candidates) - _SHOWN
    if left > 0:
        yield "-" * width, _SOFT
        yield from told("其余", f"还有{left}个对象，用 --csv 或 --html 写出全部", 0)


def after_words(comparison: Comparison) -> str:
    """Return how the later side is named in a sentence; a trial is no run."""
    if not comparison.trial:
        return run_words(comparison.after)
    rubric = comparison.after["rubric"]
    return f"同一份资料，按 {comparison.trial} 试算（{rubric['title']}），原记录没有改动"


def change_in_words(change: CandidateChange) -> str:
    """Return what became of a candidate's total, rank and status."""
    before = plain(change.before.total) if change.before else "无"
    after = plain(change.after.total) if change.after else "无"
    amount = with_sign(change.difference) if change.difference else "不变"
    ranks = (rank_words(change.before), rank_words(change.after))
    rank = ranks[0] if ranks[0] == ranks[1] else f"{ranks[0]} → {ranks[1]}"
    note = f"，{change.note}" if change.note else ""
    return f"{before} → {after}（{amount}），{rank}{note}"


def count_words(counts: tuple[int, int, int]) -> str:
    """Return how many rows of a table were added, removed and changed."""
    words = ("新增", "删除", "变动")
    return "，".join(f"{word}{n}行" for word, n in zip(words, counts, strict=True) if n)


def summary(comparison: Comparison) -> str:
    """Return how many candidates moved, in one sentence."""
    moved = [c for c in comparison.candidates if c.difference]
    others = len(comparison.candidates) - len(moved)
    if not comparison.candidates:
        return f"{comparison.unmoved}个对象的得分、名次和状态都没有变化"
    more = f"，另有{others}个总分不变而名次、状态或构成有变" if others else ""
    return f"{len(moved)}个对象总分有变化{more}，其余{comparison.unmoved}个没有变化"
