"""The settings in which two runs differ, and which clauses each of them can touch."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dalian_eval.record.diff.sides import Side
from dalian_eval.report.changes.comparison import Setting
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.queries import Kind
from dalian_eval.workbench.plan_difference import unspoken_changes
from dalian_eval.workbench.plan_words import node_words

_DRAWN = "drawn_files"
_KINDS: tuple[Kind, ...] = ("unit", "officer")


@dataclass(frozen=True)
class Difference:
    """A setting that differs and whether it can touch a clause or item, by its id."""

    setting: Setting
    touches: Callable[[str], bool]


def differences(a: Side, b: Side) -> tuple[Difference, ...]:
    """Return the settings in which the runs differ; the program's version is none of them.

    Nor is a later month: that is no choice of anybody's (`new_days`).
    """
    days = () if new_days(a, b) else _days(a, b)
    return (*days, *_readings(a, b), *_rules(a, b), *_seed(a, b), *_intake(a, b))


def touching(found: tuple[Difference, ...], clause: str) -> tuple[Setting, ...]:
    """Return the settings that can touch the clause, or what stands below the item."""
    return tuple(d.setting for d in found if d.touches(clause))


def new_days(a: Side, b: Side) -> Setting | None:
    """Return the evaluation days of both runs when `b` is of a later month."""
    if a.job.month >= b.job.month:
        return None
    return Setting("截至日期", a.job.as_of.isoformat(), b.job.as_of.isoformat())


def _everything(clause: str) -> bool:
    return True


def _days(a: Side, b: Side) -> Iterator[Difference]:
    if a.job.as_of != b.job.as_of:
        days = (a.job.as_of.isoformat(), b.job.as_of.isoformat())
        yield Difference(Setting("截至日期", *days), _everything)


def _readings(a: Side, b: Side) -> Iterator[Difference]:
    for name in sorted({*a.rubric.chosen, *b.rubric.chosen}):
        values = [side.rubric.chosen.get(name, "") for side in (a, b)]
        if values[0] != values[1]:
            told = [_option(side.rubric, name) for side in (a, b)]
            title = (b.rubric.readings.get(name) or a.rubric.readings[name]).title
            leaning = {
                node
                for side in (a, b)
                for node, readings in side.rubric.touching.items()
                if name in readings
            }
            yield Difference(Setting(f"口径：{title}（{name}）", *told), _among(leaning))


def _option(rubric: Rubric, name: str) -> str:
    if name not in rubric.readings:
        return "无此口径"
    return rubric.readings[name].options[rubric.chosen[name]]


def _among(nodes: set[str]) -> Callable[[str], bool]:
    """Whether a clause is one of the nodes, or stands above or below one: they settle together."""
    return lambda clause: any(
        n == clause or n.startswith(f"{clause}.") or clause.startswith(f"{n}.") for n in nodes
    )


def _rules(a: Side, b: Side) -> Iterator[Difference]:
    """Yield the clauses and items that the two rubric files declare differently."""
    if a.rules == b.rules:
        return
    if a.rubric.period != b.rubric.period:
        spans = [f"{s.rubric.period.start}至{s.rubric.period.end}" for s in (a, b)]
        yield Difference(Setting("评审期", *spans), _everything)
    yield from _metrics(a, b)
    for kind in _KINDS:
        sections = [side.rubric.section(kind) for side in (a, b)]
        for node in dict.fromkeys([*sections[0].nodes, *sections[1].nodes]):
            dumps = [s.nodes[node].model_dump() if node in s.nodes else None for s in sections]
            if dumps[0] != dumps[1]:
                told = [
                    node_words(s, node, side.rubric.period)
                    for s, side in zip(sections, (a, b), strict=True)
                ]
                if told[0] == told[1]:
                    found = [*unspoken_changes(dumps[0] or {}, dumps[1] or {})]
                    told = [
                        "；".join(f"{c.what}：{c.before if first else c.after}" for c in found)
                        for first in (True, False)
                    ]
                title = next(s.nodes[node].title for s in reversed(sections) if node in s.nodes)
                yield Difference(Setting(f"细则：{title}（{node}）", *told), _among({node}))


def _metrics(a: Side, b: Side) -> Iterator[Difference]:
    """Yield the monthly metrics that the two rubric files declare differently."""
    declared = [side.rubric.metrics for side in (a, b)]
    for name in dict.fromkeys([*declared[0], *declared[1]]):
        both = [metrics.get(name) for metrics in declared]
        if both[0] != both[1]:
            reading = {
                node
                for side in (a, b)
                for kind in _KINDS
                for node, clause in side.rubric.section(kind).clauses.items()
                if name in clause.metrics
            }
            title = next(metric.title for metric in reversed(both) if metric is not None)
            told = ["无此指标" if metric is None else _declaration(metric) for metric in both]
            setting = Setting(f"月度指标：{title}（{name}）", *told)
            yield Difference(setting, _among(reading))


def _declaration(metric: Metric) -> str:
    """Return a metric's declaration in short: two that differ never look alike."""
    digest = hashlib.sha256(metric.model_dump_json().encode()).hexdigest()
    return f"写法的校验值{digest[:12]}"


def _seed(a: Side, b: Side) -> Iterator[Difference]:
    seeds = (a.job.params.draw_seed, b.job.params.draw_seed)
    if seeds[0] != seeds[1]:
        drawn = {
            name
            for side in (a, b)
            for kind in _KINDS
            for name, clause in side.rubric.section(kind).clauses.items()
            if any(q.table == _DRAWN for q in clause.queries)
        }
        yield Difference(Setting("案卷抽取的种子", *seeds), _among(drawn))


def _intake(a: Side, b: Side) -> Iterator[Difference]:
    """Yield what decides how raw files are read: tables, synonyms of headers, mappings, limits."""
    if a.job.contract != b.job.contract:
        told = (a.job.contract.digest[:12], b.job.contract.digest[:12])
        yield Difference(Setting("增加的表、列和选项（校验值）", *told), _everything)
    if a.synonyms != b.synonyms:
        told = (a.synonyms[:12], b.synonyms[:12])
        yield Difference(Setting("表头的不同叫法（文件的校验值）", *told), _everything)
    if a.mappings != b.mappings:
        read = (a.mappings[:12] or "没有", b.mappings[:12] or "没有")
        yield Difference(Setting("别的样子的导出怎样读（映射文件的校验值）", *read), _everything)
    limits: list[dict[str, Any]] = [s.job.params.limits.model_dump() for s in (a, b)]
    for name in limits[0]:
        if limits[0][name] != limits[1][name]:
            told = (str(limits[0][name]), str(limits[1][name]))
            yield Difference(Setting(f"报送文件的限制（{name}）", *told), _everything)
