"""Two rubrics compared: as a page, and in lines of a terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from dalian_eval.report.base.page import render
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.workbench.plan_difference import Change, PlanDifference, segments

_TITLE, _HEAD, _SOFT = "bold cyan", "bold", "dim"


def difference_html(difference: PlanDifference) -> str:
    """Return the comparison as a page, with what differs marked."""
    return render(
        "rubric_difference.html",
        d=difference,
        segments=segments,
        sections=tuple(
            dict.fromkeys(
                title
                for plan in (difference.after, difference.before)
                for title, _ in plan.sections
            )
        ),
    )


def difference_lines(difference: PlanDifference, width: int) -> Iterator[Text]:
    """Yield the comparison in lines of at most `width` columns."""
    for line, style in _lines(difference, width):
        yield Text(line, style)


def _lines(difference: PlanDifference, width: int) -> Iterator[tuple[str, str]]:
    for label, plan in (("原", difference.before), ("现", difference.after)):
        text = f"{plan.rubric.title}（{plan.rubric.source}），{plan.file}"
        yield from ((line, _TITLE) for line in hanging(label, inert(text), width, 0, 4))
    yield from _change_lines(difference.general, width)
    for node in difference.nodes:
        head = f"{node.section}·{node.title}（{node.locator}）{node.id}"
        yield "", ""
        yield from ((line, _HEAD) for line in hanging(node.state, inert(head), width, 0, 6))
        yield from _change_lines(node.changes, width)
    for title, state, changes in difference.readings:
        yield "", ""
        head = f"口径·{title}"
        yield from ((line, _HEAD) for line in hanging(state, inert(head), width, 0, 6))
        yield from _change_lines(changes, width)
    yield "", ""
    yield from ((line, _HEAD) for line in hanging("", f"{difference.summary}。", width, 0, 0))


def _change_lines(changes: Sequence[Change], width: int) -> Iterator[tuple[str, str]]:
    for change in changes:
        for label, text in (("原", change.before), ("现", change.after)):
            for line in text.split("\n") if text else ():
                told = hanging(f"{change.what} {label}", inert(line), width, 2, 12)
                yield from ((one, _SOFT if label == "原" else "") for one in told)
