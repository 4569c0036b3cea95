"""The moves for a terminal."""

from collections.abc import Iterator

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.report.todo.todo_view import OTHERS, Todo, TodoRow, told_first
from dalian_eval.report.views.run_view import RunView

NOTE = "每项都是其他一概不变时的得分变化；请核对事实后报送，不得为得分编造、拆分记录。"
"""What stands below every list of moves."""


def candidate_lines(
    view: RunView, todo: Todo, kind: str, candidate: str, width: int
) -> Iterator[str]:
    """Yield everything a candidate can still do, then what others decide."""
    score = view.score_of(kind, candidate)
    yield inert(f"{score['name']}（{candidate}）接下来能做什么（截至{view.as_of}）")
    yield from (f"  {line}" for line in told_first(view, kind, candidate))
    rows = todo.of(kind, candidate)
    own = [row for row in rows if row.whose != OTHERS]
    others = [row for row in rows if row.whose == OTHERS]
    if not rows:
        yield "  没有可以增加总分的事。"
    for row in own:
        yield from _line(row, width)
    if others:
        yield "由上级认定、不由自己决定的："
        for row in others:
            yield from _line(row, width)
    yield NOTE


def _line(row: TodoRow, width: int) -> Iterator[str]:
    told = f"□ {row.sentence}（{row.day}前，{row.outcome}）"
    yield from hanging("", inert(told), width, 2, 2)


def everybody_lines(view: RunView, todo: Todo, width: int) -> Iterator[str]:
    """Yield the best move of every candidate."""
    for kind, title in KINDS.items():
        yield f"{title}（截至{view.as_of}，各列最值得做的一项）"
        for row in view.candidates(kind).to_dict("records"):
            best = todo.best(kind, str(row["candidate"]))
            told = best[0].sentence if best else "没有自己能增加总分的事"
            yield from hanging("", inert(f"{row['name']}：{told}"), width, 2, 2)
    yield NOTE
