"""The whole rubric as one page, and in lines of a terminal."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from dalian_eval.report.base.page import render
from dalian_eval.report.base.terminal import align_right, hanging, inert
from dalian_eval.workbench.plan_words import NodeWords, PlanWords

_TITLE, _SOFT = "bold cyan", "dim"
_ROOM = 6


def plan_html(plan: PlanWords) -> str:
    """Return the page that a bureau prints, compares with the paper plan and signs."""
    return render("rubric.html", plan=plan, groups=groups)


def groups(nodes: Sequence[NodeWords]) -> list[tuple[NodeWords, list[NodeWords]]]:
    """Return what stands directly below the root, each with all below it; a clause with itself."""
    result: list[tuple[NodeWords, list[NodeWords]]] = []
    for node in nodes[1:]:
        if node.level == 1:
            result.append((node, []))
            if node.item:
                continue
        result[-1][1].append(node)
    return result


def plan_lines(plan: PlanWords, width: int) -> Iterator[Text]:
    """Yield the rubric as a tree in lines of at most `width` columns."""
    for line, style in _lines(plan, width):
        yield Text(line, style)


def _lines(plan: PlanWords, width: int) -> Iterator[tuple[str, str]]:
    head = f"{plan.rubric.title}（{plan.rubric.source}）"
    yield from ((line, _TITLE) for line in hanging("", inert(head), width, 0, 0))
    for sentence in plan.general:
        yield from ((line, "") for line in hanging("·", inert(sentence), width, 0, 2))
    for title, nodes in plan.sections:
        yield "", ""
        yield f"── {title} " + "─" * (width - 8), _SOFT
        for node in nodes:
            yield from _node_lines(node, width)
    yield "", ""
    for table in plan.tables:
        text = "、".join(table.columns) or "只用于查找、统计"
        yield from ((line, _SOFT) for line in hanging("", f"『{table.sheet}』{text}", width, 0, 0))


def _node_lines(node: NodeWords, width: int) -> Iterator[tuple[str, str]]:
    indent = 2 * node.level
    title = f"{node.title}（{node.locator}）{node.id}"
    lines = align_right(inert(title), node.most, width - indent)
    yield from ((" " * indent + line, _TITLE if node.item else "bold") for line in lines)

    def told(label: str, text: str, style: str = "") -> Iterator[tuple[str, str]]:
        return ((line, style) for line in hanging(label, inert(text), width, indent + 2, _ROOM))

    if node.rules:
        yield from told("规则", "".join(node.rules))
    for reading in node.readings:
        others = "；".join(
            f"另一种理解：{words}" + (f"（则：{rule}）" if rule else "")
            for words, rule in reading.others
        )
        yield from told("口径", f"{reading.title}：{reading.chosen}；{others}", _SOFT)
    for fact in node.facts:
        columns = f"（{'、'.join(fact.columns)}）" if fact.columns else ""
        yield from told("资料", f"『{fact.table}』{columns}{fact.sentence}", _SOFT)
    for case, sentence in node.wording:
        yield from told("说法", f"{case}：{sentence}", _SOFT)
