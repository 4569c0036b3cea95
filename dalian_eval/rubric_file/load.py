"""Loading a rubric file: readings chosen, every fault told at once with its line.

A rubric that loads can do what it says, under every option of its readings: what no row can meet,
what can never be reached and what would not add up is refused here.
"""

import hashlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.declared_values import line_of
from dalian_eval.base.defences import read_whole
from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.yaml_faults import Place, meant, model_faults, read_yaml
from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.model import DrawPlan, Reading, Rubric, Section, SharedRules
from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.plan_names import KIND_TITLES, use_names
from dalian_eval.rubric.queries import SECTION_NAMES, FactMeasure, Kind, MonthMeasure, sides_of
from dalian_eval.rubric.vocabulary import DRAWN_FILES, METRICS, metrics_of, use_metrics
from dalian_eval.rubric_file.asked_readings import asked_readings
from dalian_eval.rubric_file.query_faults import measure_faults, query_faults, zero_faults
from dalian_eval.rubric_file.switches import (
    SWITCH,
    Switches,
    combinations,
    switches_in,
)
from dalian_eval.rubric_file.tree_faults import node_faults, sum_faults
from dalian_eval.rubric_file.wording_faults import wording_faults
from dalian_eval.scoring.rules import RULES
from dalian_eval.scoring.rules.events import EventClause

_SHARED = ("draw", "no_case_twice")
_BESIDES = ("lists", "metrics", *SECTION_NAMES)
_MADE_HERE = ("chosen", "touching")
_NEVER_OF_AN_ITEM = ("parts", "metric", "measure", "components", "voids", "tiers", "reaches")


def load_rubric(path: Path, readings: Mapping[str, str] | None = None) -> Rubric:
    """Load the rubric file at `path` under its default readings, save those given.

    The metrics and names it declares are taken into use.

    UsageError, with every fault and its line, for anything that is not a sound rubric; for a
    reading or an option that does not exist, it names those there are.
    """
    raw = read_yaml(path)
    faults = FileFaults(path.name)
    metrics = metrics_of(raw, faults)
    use_metrics(metrics)
    file = _RubricFile(raw, metrics, faults)
    if not faults:
        file.chosen |= asked_readings(file.readings, readings or {})
    rubric = file.rubric()
    faults.raise_any()
    if rubric is None:
        raise TypeError(f"{path.name} is no rubric, and no fault of it was noted")
    return rubric


def node_of(name: str, value: Mapping[str, Any]) -> Item | Clause:
    """Return the item or clause `name` that `value`, without switches, describes.

    ValidationError for what is wrong with it, KeyError for a rule that does not exist.
    """
    return _model_of(value).model_validate({"id": name, **value})


def _model_of(value: Mapping[str, Any]) -> type[Item] | type[Clause]:
    return RULES[value["rule"]] if "rule" in value else Item


class _RubricFile:
    """A rubric file on its way to a rubric; `faults`: what was found wrong so far."""

    def __init__(self, raw: CommentedMap, metrics: Mapping[str, Metric], faults: FileFaults):
        """Read the declarations of readings; `metrics`: those the rubric may name."""
        self.raw = raw
        self.metrics = metrics
        self.faults = faults
        self.readings: dict[str, Reading] = {}
        declared = raw.get("readings", CommentedMap())
        if not isinstance(declared, CommentedMap):
            self.faults.add(line_of(raw, "readings", 1), "readings 应为键值结构")
            declared = CommentedMap()
        for name, block in declared.items():
            line = line_of(declared, name, 1)
            try:
                self.readings[str(name)] = Reading.model_validate(block)
            except ValidationError as error:
                for place, sentence in model_faults(error, Reading, block):
                    inner = line_of(block, place[0], line) if place else line
                    self.faults.add(inner, f"口径『{name}』{sentence}")
        # What is wrong with a reading is told once, not again wherever it is used.
        self.options = {str(name): _options(block) for name, block in declared.items()}
        self.chosen = {name: next(iter(options), "") for name, options in self.options.items()}
        self.chosen |= {name: r.default for name, r in self.readings.items()}

    def rubric(self) -> Rubric | None:
        """Return the rubric; None when there are faults, all of which have been noted."""
        switches = Switches(self.options, self.chosen)
        data = switches.resolve(self.raw, (), 1)
        for line, sentence in switches.faults:
            self.faults.add(line, sentence)
        self._reading_faults()
        if not any(kind in data for kind in SECTION_NAMES):
            self.faults.add(1, f"没有评分的条目：请写{'或'.join(SECTION_NAMES)}一节")
        sections = {kind: self._section(kind, data, switches) for kind in SECTION_NAMES}
        rubric = self._head(data, sections, switches)
        if rubric is None:
            return None
        if not rubric.period.start.year <= rubric.year <= rubric.period.end.year:
            self.faults.add(
                switches.line_of(("year",)),
                f"year：{rubric.year}年不在评审期{rubric.period.start}至{rubric.period.end}之内",
            )
        self._shared_faults(rubric.period)
        for kind in SECTION_NAMES:
            self._section_faults(kind, rubric.section(kind), rubric.period, switches)
        if self.faults:
            return None
        use_names(rubric.names)
        return rubric.model_copy(update={"touching": _touching(self.raw, rubric)})

    def _head(
        self, data: dict[str, Any], sections: Mapping[Kind, Section], switches: Switches
    ) -> Rubric | None:
        for key in _MADE_HERE:
            if key in data:
                self.faults.add(switches.line_of((key,)), f"{key}：有不认识的键，请删去")
        given = {k: v for k, v in data.items() if k not in (*_BESIDES, *_MADE_HERE)}
        given |= {"readings": self.readings, "chosen": self.chosen, "metrics": self.metrics}
        given |= {str(kind): section for kind, section in sections.items()}
        try:
            return Rubric.model_validate(given)
        except ValidationError as error:
            for place, sentence in model_faults(error, Rubric, given):
                self.faults.add(switches.line_of(place), sentence)
            return None

    def _section(self, kind: Kind, data: Mapping[str, Any], switches: Switches) -> Section:
        """Return the nodes of a section that are sound in themselves."""
        nodes: dict[str, Item | Clause] = {}
        text = data.get(kind)
        if kind not in data and any(data.get(other) for other in SECTION_NAMES):
            nobody = Item(id=kind, title=KIND_TITLES[kind], locator="", max=0)
            return Section.model_construct(kind=kind, nodes={kind: nobody})
        if not isinstance(text, dict) or kind not in text:
            line = switches.line_of((kind,))
            self.faults.add(line, f"缺少『{kind}』一节或其根条目")
            return Section.model_construct(kind=kind, nodes=nodes)
        for name, value in text.items():
            node = self._node(kind, name, value, switches)
            if node is not None:
                nodes[name] = node
        return Section.model_construct(kind=kind, nodes=nodes)

    def _node(self, kind: Kind, name: str, value: Any, switches: Switches) -> Item | Clause | None:
        def wrong(place: Place, sentence: str) -> None:
            line = switches.line_of((kind, name, *place))
            self.faults.add(line, f"{name}：{sentence}")

        if not isinstance(value, dict):
            wrong((), "应写成键值结构")
            return None
        rule = value.get("rule")
        if rule is None and ("rule" in value or any(key in value for key in _NEVER_OF_AN_ITEM)):
            wrong(("rule",), f"缺少 rule（计分规则），可用：{'、'.join(RULES)}")
            return None
        if rule is not None and (not isinstance(rule, str) or rule not in RULES):
            wrong(("rule",), f"没有名为『{rule}』的规则{meant(rule, RULES)}")
            return None
        try:
            return node_of(name, value)
        except ValidationError as error:
            given = {"id": name, **value}
            for place, sentence in model_faults(error, _model_of(value), given):
                wrong(place, sentence)
            return None

    def _section_faults(
        self, kind: Kind, section: Section, period: Period, switches: Switches
    ) -> None:
        """Note what is wrong between the nodes of a section, under every option of each node."""
        text = self.raw.get(kind)
        if not isinstance(text, CommentedMap) or SWITCH in text:
            return
        names = list(text)
        for name, written in text.items():
            most: list[int | None] = []
            for chosen in combinations(switches_in(written), self.options, self.chosen):
                own = Switches(self.options, chosen)
                value = own.resolve(written, (kind, name), line_of(text, name, 1))
                node = self._node(kind, name, value, own) if not own.faults else None
                if node is None:
                    continue
                for place, sentence in _faults_of(section, node, names, period):
                    line = own.line_of((kind, name, *place))
                    self.faults.add(line, f"{name}：{sentence}")
                most.append(node.most(period) if isinstance(node, Clause) else None)
            self._short_of_maximum(kind, section.nodes.get(name), most, switches)
        whole = len(names) == len(section.nodes)
        if not whole:
            return
        for name in section.items:
            for sentence in sum_faults(section, name):
                line = switches.line_of((kind, name))
                self.faults.add(line, f"{name}：{sentence}")
        for name, clause in section.clauses.items():
            for place, sentence in clause.neighbour_faults(section):
                line = switches.line_of((kind, name, *place))
                self.faults.add(line, f"{name}：{sentence}")

    def _short_of_maximum(
        self, kind: Kind, node: Item | Clause | None, most: list[int | None], switches: Switches
    ) -> None:
        """Note a clause that comes to its maximum under no option; `most`: what it can give."""
        if node is None or node.max is None or not most:
            return
        known = [amount for amount in most if amount is not None]
        if len(known) == len(most) and max(known) < abs(node.max):
            line = switches.line_of((kind, node.id, "max"))
            able, asked = points_text(max(known)), points_text(abs(node.max))
            self.faults.add(line, f"{node.id}：最多只能得{able}分，达不到本条满分{asked}分")

    def _reading_faults(self) -> None:
        """Note readings that nothing uses, and switches where they cannot stand."""
        for name in sorted(_beyond_clauses(self.raw) & set(self.readings)):
            self._reading_fault(name, "只能写在条款、draw 和 no_case_twice 之中")
        for name in sorted(set(self.readings) - switches_in(self.raw)):
            self._reading_fault(name, "没有条款使用")
        for name in self.readings:
            if len(self.options[name]) > 1 and _idle(self.raw, name):
                self._reading_fault(name, "各个取值写的内容都相同，选哪一个都没有区别")

    def _reading_fault(self, name: str, sentence: str) -> None:
        line = line_of(self.raw["readings"], name, 1)
        self.faults.add(line, f"口径『{name}』{sentence}")

    def _shared_faults(self, period: Period) -> None:
        """Note what is wrong with the draw and no_case_twice under any option."""
        for key in _SHARED:
            written = self.raw.get(key)
            for chosen in combinations(switches_in(written), self.options, self.chosen):
                own = Switches(self.options, chosen)
                value = own.resolve(written, (key,), line_of(self.raw, key, 1))
                if key not in self.raw or own.faults:
                    continue
                try:
                    shared = SharedRules.model_validate({key: value})
                except ValidationError as error:
                    for place, sentence in model_faults(error, SharedRules, {key: value}):
                        self.faults.add(own.line_of(place), sentence)
                else:
                    self._draw_faults(shared.draw, period, own)

    def _draw_faults(self, draw: DrawPlan, period: Period, switches: Switches) -> None:
        for number, one in enumerate(draw.zero_if):
            for name, condition in one.items():
                place = ("draw", "zero_if", number, name)
                for sentence in zero_faults(name, condition, period):
                    self.faults.add(switches.line_of(place), f"draw.zero_if：{sentence}")
        column = column_of("cases", "kind")
        known = () if column is None else column.vocabulary
        for key in ("ordinary", "supporting"):
            for word in getattr(draw, key):
                if word not in known:
                    sentence = f"draw.{key}：没有案件类型『{word}』{meant(word, known)}"
                    self.faults.add(switches.line_of(("draw", key)), sentence)


def _options(block: Any) -> dict[str, str]:
    """Return the options that a reading's declaration writes, sound or not."""
    options = block.get("options") if isinstance(block, CommentedMap) else None
    return dict(options) if isinstance(options, CommentedMap) else {}


def _faults_of(
    section: Section, node: Item | Clause, names: list[str], period: Period
) -> Iterator[tuple[Place, str]]:
    """Yield everything wrong with a node that is sound in itself, by places below it."""
    yield from node_faults(section, node, names)
    if not isinstance(node, Clause):
        return
    yield from node.faults(section, period)
    yield from wording_faults(node)
    yield from _metric_faults(section.kind, node)
    yield from _share_faults(node)
    if node.provisional_until is not None and node.provisional_until <= period.start:
        yield ("provisional_until",), f"早于评审期开始（{period.start}），没有哪次结果是暂定的"
    for place, query in _queries(node):
        yield from query_faults(query, place, node, section.kind, period)
        if isinstance(query, FactMeasure):
            for below, sentence in measure_faults(query):
                yield (*place, *below), sentence


def _queries(clause: Clause) -> Iterator[tuple[Place, Any]]:
    """Yield every query of a clause with its place below the clause."""
    for key in ("parts", "pending"):
        for number, query in enumerate(getattr(clause, key, ())):
            yield (key, number), query
    for key in ("applies_if", "not_if"):
        if getattr(clause, key) is not None:
            yield (key,), getattr(clause, key)
    for place, measure in _measures(clause):
        for key, side in sides_of(measure).items():
            yield (*place, key), side
        if isinstance(measure, FactMeasure):
            yield place, measure


def _measures(clause: Clause) -> Iterator[tuple[Place, Any]]:
    """Yield the numbers that a clause compares, each with its place below the clause."""
    for number, measure in enumerate(clause.measures):
        if not hasattr(clause, "measure"):
            yield ("components", number, "measure"), measure
        else:
            yield ("target",) if number else ("measure",), measure


def _share_faults(clause: Clause) -> Iterator[tuple[Place, str]]:
    """Yield what a share is compared with and can never be."""
    for place, measure in _measures(clause):
        if isinstance(measure, MonthMeasure):
            metric = METRICS.get(measure.metric)
            title = metric.title if metric is not None and metric.form == "share" else ""
        else:
            never_beyond = getattr(measure, "share_of", None) is not None
            title = measure.what if never_beyond else ""
        if not title:
            continue
        above = place[:-1]
        holder = getattr(clause, "components", ())[int(above[1])] if above else clause
        bounds: dict[Place, Any] = {
            (key,): getattr(holder, key, None) for key in ("full", "target", "at_least")
        }
        for number, grade in enumerate(getattr(clause, "grades", ())):
            bounds["grades", number] = grade.bound
        for key, bound in bounds.items():
            if isinstance(bound, Fraction) and bound > 1:
                yield (*above, *key), f"『{title}』是比率，85%写作 0.85，不能大于1"


def _metric_faults(kind: Kind, clause: Clause) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with the monthly metrics that a clause names."""
    known = {name: metric for name, metric in METRICS.items() if metric.kind == kind}
    months = [(p, m) for p, m in _measures(clause) if isinstance(m, MonthMeasure)]
    for name, variants in clause.metrics.items():
        below = next((p for p, m in months if m.metric == name), ())
        if name not in known:
            yield (*below, "metric"), f"没有名为『{name}』的月度指标{meant(name, known)}"
            continue
        have = known[name].variants
        for variant in variants:
            if variant not in have:
                at = next((p for p, m in months if (m.metric, m.variant) == (name, variant)), ())
                yield (
                    (*at, "variant" if at or hasattr(clause, "variant") else "metric"),
                    f"月度指标『{name}』没有统计方式『{variant}』{meant(variant, have)}",
                )


def _idle(node: Any, name: str) -> bool:
    """Whether every switch of the reading `name` below `node` holds one and the same value."""
    if isinstance(node, CommentedMap):
        if node.get(SWITCH) == name:
            values = [value for key, value in node.items() if key != SWITCH]
            return all(value == values[0] for value in values)
        return all(_idle(value, name) for value in node.values())
    return all(_idle(value, name) for value in node) if isinstance(node, list) else True


def _beyond_clauses(raw: CommentedMap) -> set[str]:
    """Return readings that change more than clauses, the draw or no_case_twice.

    Who compares readings scores clause by clause: the period and the tree are one for all.
    """
    parts = {k: v for k, v in raw.items() if k not in (*SECTION_NAMES, *_SHARED, "lists")}
    found = switches_in(CommentedMap(parts))
    for kind in SECTION_NAMES:
        section = raw.get(kind)
        if not isinstance(section, CommentedMap):
            continue
        if SWITCH in section:
            found |= switches_in(section)
            continue
        found |= {
            n[SWITCH] for n in section.values() if isinstance(n, CommentedMap) and SWITCH in n
        }
        found |= switches_in(section.get(kind))
    return found


def _touching(raw: CommentedMap, rubric: Rubric) -> dict[str, tuple[str, ...]]:
    """Return the readings each node depends on: the switches inside it, and those it leans on.

    A clause that reads drawn files leans on `draw`, an exclusive one on `no_case_twice`. Scoring
    does not reach a switch inside an option that was not chosen, so the text of the file is asked.
    """
    result = {}
    for kind in (kind for kind in SECTION_NAMES if kind in raw):
        for name, node in rubric.section(kind).nodes.items():
            found = switches_in(raw[kind][name])
            if isinstance(node, Clause) and any(q.table == DRAWN_FILES for q in node.queries):
                found |= switches_in(raw.get("draw"))
            if isinstance(node, EventClause) and node.exclusive is not None:
                found |= switches_in(raw.get("no_case_twice"))
            result[name] = tuple(r for r in rubric.readings if r in found)
    return result


def hash_if_there(path: Path) -> str:
    """Return the hash of a file of settings that may be missing; "" when it is."""
    return rubric_hash(path) if path.is_file() else ""


def rubric_hash(path: Path) -> str:
    """Return the SHA-256 of the rubric file, line ends normalised."""
    return hashlib.sha256(read_whole(path).replace(b"\r\n", b"\n")).hexdigest()
