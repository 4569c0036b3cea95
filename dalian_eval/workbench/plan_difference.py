"""Two rubrics clause by clause: what is new, what is gone, what reads otherwise."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dalian_eval.rubric.queries import SECTION_NAMES, Kind
from dalian_eval.workbench.plan_words import NodeWords, OptionWords, PlanWords

NEW, GONE, CHANGED = "新增", "删除", "变动"
"""What became of an item, clause or reading."""


@dataclass(frozen=True)
class Change:
    """One thing that reads otherwise: what it is, before and after (empty: not there)."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class NodeChange:
    """An item or clause that is new, gone or changed; `section`: 集体 or 个人.

    `id`: the later one's, where it is there; `changes`: all of it for what is new or gone.
    """

    section: str
    id: str
    title: str
    locator: str
    state: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class PlanDifference:
    """Two rubrics compared; `same`: how many items and clauses are the same in both."""

    before: PlanWords
    after: PlanWords
    general: tuple[Change, ...]
    readings: tuple[tuple[str, str, tuple[Change, ...]], ...]
    nodes: tuple[NodeChange, ...]
    same: int

    def count(self, state: str) -> int:
        """Return how many items and clauses are new, gone or changed."""
        return sum(node.state == state for node in self.nodes)

    @property
    def summary(self) -> str:
        """How much differs, in one sentence."""
        if not (self.general or self.readings or self.nodes):
            return f"两份细则没有不同：{self.same}个条目逐条相同"
        parts = [f"{s}{self.count(s)}个" for s in (NEW, GONE, CHANGED) if self.count(s)]
        told = [f"条目{'、'.join(parts)}，相同{self.same}个"] if parts else []
        told += [f"口径有{len(self.readings)}条不同"] if self.readings else []
        told += [f"通则有{len(self.general)}处不同"] if self.general else []
        return "；".join(told)


def plan_difference(before: PlanWords, after: PlanWords) -> PlanDifference:
    """Compare two rubrics: what is said of all, readings, then every item and clause.

    An id that is gone and a new one of the same title and locator are one clause with a new id.
    """
    nodes: list[NodeChange] = []
    same = 0
    for kind in SECTION_NAMES:
        old, new = (_nodes_of(plan, kind) for plan in (before, after))
        title = str(getattr((after if new else before).rubric.names, kind))
        dumps = [p.rubric.section(kind).nodes for p in (before, after)]
        renamed = _renamed(old, new)
        for name in _merged_order([*old], [*new], renamed):
            was, now = old.get(renamed.get(name, name)), new.get(name)
            if was is None or now is None:
                one = now or was
                if one is not None:
                    state = NEW if was is None else GONE
                    changes = tuple(_whole(one, gone=now is None))
                    nodes.append(NodeChange(title, one.id, one.title, one.locator, state, changes))
                continue
            changes = tuple(_changes(was, now)) or tuple(
                unspoken_changes(dumps[0][was.id].model_dump(), dumps[1][now.id].model_dump())
            )
            if changes:
                nodes.append(NodeChange(title, now.id, now.title, now.locator, CHANGED, changes))
            else:
                same += 1
    return PlanDifference(
        before=before,
        after=after,
        general=tuple(_general(before, after)),
        readings=tuple(_readings(before.readings, after.readings)),
        nodes=tuple(nodes),
        same=same,
    )


def _nodes_of(plan: PlanWords, kind: Kind) -> dict[str, NodeWords]:
    """Return the nodes of a kind of candidates by id; none where the plan does not judge it."""
    by_kind = dict(zip(plan.rubric.kinds, plan.sections, strict=True))
    return {node.id: node for node in by_kind[kind][1]} if kind in by_kind else {}


def _renamed(old: Mapping[str, NodeWords], new: Mapping[str, NodeWords]) -> dict[str, str]:
    """Return new id → old id of clauses that only their id was changed of."""

    def by_place(these: Mapping[str, NodeWords], others: Mapping[str, NodeWords]) -> dict[Any, str]:
        places: dict[Any, list[str]] = {}
        for name, node in these.items():
            if name not in others:
                places.setdefault((node.title, node.locator, node.item), []).append(name)
        return {place: names[0] for place, names in places.items() if len(names) == 1}

    gone, come = by_place(old, new), by_place(new, old)
    return {name: gone[place] for place, name in come.items() if place in gone}


def _merged_order(old: list[str], new: list[str], renamed: Mapping[str, str]) -> list[str]:
    """Return the new ids in their order, and where they stood the ids that are gone."""
    matched = [renamed.get(name, name) for name in new]
    result: list[str] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, matched, autojunk=False).get_opcodes():
        if op in ("delete", "replace"):
            result += [n for n in old[a:b] if n not in matched]
        result += new[c:d]
    return list(dict.fromkeys(result))


def _whole(node: NodeWords, *, gone: bool) -> Iterator[Change]:
    for what, text in _texts(node).items():
        if text:
            yield Change(what, text if gone else "", "" if gone else text)


def _texts(node: NodeWords) -> dict[str, str]:
    """Return all that is said of a node, by what it is."""
    readings = [
        f"{r.title}：{r.chosen}"
        + "".join(
            f"；另一种理解：{w}" + (f"（则：{rule}）" if rule else "") for w, rule in r.others
        )
        for r in node.readings
    ]
    facts = [
        f"『{f.table}』" + (f"（{'、'.join(f.columns)}）" if f.columns else "") + f.sentence
        for f in node.facts
    ]
    return {
        "名称": node.title,
        "出处": node.locator,
        "分值": node.most,
        "规则": "".join(node.rules),
        "口径": "\n".join(readings),
        "资料": "\n".join(facts),
    }


def _changes(was: NodeWords, now: NodeWords) -> Iterator[Change]:
    if was.id != now.id:
        yield Change("编号", was.id, now.id)
    old, new = _texts(was), _texts(now)
    for what, text in new.items():
        if text != old[what]:
            yield Change(what, old[what], text)


def unspoken_changes(was: Any, now: Any, path: str = "") -> Iterator[Change]:
    """Yield parameters that differ though the words do not, by their keys."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*was, *now]):
            below = f"{path}.{key}" if path else str(key)
            yield from unspoken_changes(was.get(key), now.get(key), below)
    elif isinstance(was, list | tuple) and isinstance(now, list | tuple) and len(was) == len(now):
        for number, (a, b) in enumerate(zip(was, now, strict=True), start=1):
            yield from unspoken_changes(a, b, f"{path}[{number}]")
    elif was != now:
        yield Change(f"参数 {path}", _value(was), _value(now))


def _value(value: Any) -> str:
    if value is None:
        return "（没有写）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _general(before: PlanWords, after: PlanWords) -> Iterator[Change]:
    olds, news = before.rubric, after.rubric
    for what, old, new in (
        ("标题", olds.title, news.title),
        ("文号", olds.source, news.source),
        ("年度", str(olds.year), str(news.year)),
        ("这项工作", olds.names.work, news.names.work),
        ("单位", olds.names.unit, news.names.unit),
        ("人员", olds.names.officer, news.names.officer),
    ):
        if old != new:
            yield Change(what, old, new)
    match = difflib.SequenceMatcher(None, before.general, after.general, autojunk=False)
    for op, a, b, c, d in match.get_opcodes():
        if op != "equal":
            yield Change("通则", "\n".join(before.general[a:b]), "\n".join(after.general[c:d]))


def _readings(
    before: tuple[OptionWords, ...], after: tuple[OptionWords, ...]
) -> Iterator[tuple[str, str, tuple[Change, ...]]]:
    """Yield title with name, state and changes of the readings that are not the same."""
    old, new = {r.name: r for r in before}, {r.name: r for r in after}
    for name in dict.fromkeys([*new, *old]):
        texts = [_reading_texts(r[name]) if name in r else {} for r in (old, new)]
        changes = tuple(
            Change(what, texts[0].get(what, ""), texts[1].get(what, ""))
            for what in dict.fromkeys([*texts[0], *texts[1]])
            if texts[0].get(what) != texts[1].get(what)
        )
        if changes:
            state = CHANGED if all(texts) else NEW if texts[1] else GONE
            title = (new.get(name) or old[name]).title
            yield f"{title}（{name}）", state, changes


def _reading_texts(reading: OptionWords) -> dict[str, str]:
    options = [f"{words}〔{option}〕" for option, words in reading.options]
    return {
        "名称": reading.title,
        "所取": options[0],
        "其他取值": "\n".join(sorted(options[1:])),
        "理由": reading.reason,
        "条款": "、".join(reading.clauses),
    }


_PIECE = re.compile(r"[0-9.]+|[A-Za-z_]+|.", re.DOTALL)

Segment = tuple[bool, str]
"""Whether a stretch of text differs, and the text."""


def segments(change: Change) -> tuple[list[Segment], list[Segment]]:
    """Return both sides of a change cut where they differ; numbers and words stay whole."""
    old, new = _PIECE.findall(change.before), _PIECE.findall(change.after)
    sides: tuple[list[Segment], list[Segment]] = ([], [])
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, text in zip(sides, ("".join(old[a:b]), "".join(new[c:d])), strict=True):
            if text:
                side.append((op != "equal", text))
    return sides
