"""Loading a rubric file: readings chosen, shape checked, sums checked, faults named by line.

Anywhere in the file a value may be a reading switch, `{by_reading: NAME, OPTION: VALUE, ...}`; the
loader puts the value of the chosen option in its place before the models see it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from dalian_eval.base.defences import read_whole
from dalian_eval.base.errors import UsageError
from dalian_eval.base.yaml_file import BadYamlError, load_yaml
from dalian_eval.rubric.clauses import (
    Clause,
    CompositeClause,
    EventClause,
    Item,
    MonthlyClause,
    ScaledClause,
    StepsClause,
    VoidClause,
    parent_of,
)
from dalian_eval.rubric.lookup import suggestion
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import (
    SECTION_NAMES,
    ByColumn,
    FactMeasure,
    MonthMeasure,
    Part,
    Query,
)
from dalian_eval.rubric.vocabulary import (
    DRAWN_FILES,
    METRICS,
    STEP_VARIANTS,
    columns_of,
    is_numeric,
)

_SWITCH = "by_reading"
_SHARED = ("draw", "no_case_twice")
_Path = tuple[str | int, ...]


def read_yaml(path: Path) -> CommentedMap:
    """Read a YAML file with line numbers and exact decimals; what is returned is shared.

    UsageError, with the line, when it is missing, is no mapping or has a fault (see `load_yaml`).
    """
    try:
        data = load_yaml(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"读不了文件 {path.name}：请确认文件存在且为 UTF-8 编码") from error
    except BadYamlError as error:
        where = f"第{error.line}行：" if error.line else ""
        raise UsageError(f"{path.name} {where}{error}") from error
    if not isinstance(data, CommentedMap):
        raise UsageError(f"{path.name} 不是键值结构的 YAML 文件")
    return data


class Resolver:
    """Replaces reading switches by the chosen option and remembers the line of every path."""

    def __init__(self, file: str, options: Mapping[str, Mapping[str, str]], chosen: dict[str, str]):
        """Take the file's name, the options of every reading and the chosen ones."""
        self.file = file
        self.options = options
        self.chosen = chosen
        self.lines: dict[_Path, int] = {}

    def resolve(self, node: Any, path: _Path, line: int) -> Any:
        """Return what stands at `path`, beginning at `line`, without switches."""
        self.lines[path] = line
        if isinstance(node, CommentedMap):
            if _SWITCH in node:
                return self._switch(node, path, line)
            return {
                key: self.resolve(value, (*path, key), node.lc.data[key][0] + 1)
                if key in node.lc.data
                else self.resolve(value, (*path, key), line)
                for key, value in node.items()
            }
        if isinstance(node, CommentedSeq):
            return [
                self.resolve(value, (*path, i), node.lc.data[i][0] + 1)
                for i, value in enumerate(node)
            ]
        return node

    def _switch(self, node: CommentedMap, path: _Path, line: int) -> Any:
        name = node[_SWITCH]
        if name not in self.options:
            raise fault(
                self.file, line, f"没有名为『{name}』的口径，可用：{'、'.join(self.options)}"
            )
        given = set(node) - {_SWITCH}
        if given != set(self.options[name]):
            missing = "、".join(sorted(set(self.options[name]) ^ given))
            raise fault(self.file, line, f"口径『{name}』的选项不齐或多余：{missing}")
        return self.resolve(node[self.chosen[name]], path, line)

    def line_of(self, path: _Path) -> int:
        """Return the line of `path`, or of the nearest path above it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def fault(file: str, line: int, sentence: str) -> UsageError:
    """Return the error for a fault in a parameter or rubric file."""
    return UsageError(f"{file} 第{line}行：{sentence}")


def load_rubric(path: Path, readings: Mapping[str, str] | None = None) -> Rubric:
    """Load the rubric file at `path` under its default readings, save those given.

    UsageError, with file and line, for anything that is not a sound rubric; for a reading or an
    option that does not exist, it names those there are.
    """
    raw = read_yaml(path)
    options = {name: dict(r.get("options", {})) for name, r in raw.get("readings", {}).items()}
    chosen = _choose(raw, options, readings or {})
    resolver = Resolver(path.name, options, chosen)
    data = resolver.resolve(raw, (), 1)
    data.pop("lists", None)
    data["chosen"] = chosen
    for kind in SECTION_NAMES:
        nodes = data.get(kind)
        if not isinstance(nodes, dict) or kind not in nodes:
            raise fault(path.name, resolver.line_of((kind,)), f"缺少『{kind}』一节或其根条目")
        data[kind] = {"kind": kind, "nodes": _with_ids(nodes)}
        resolver.lines |= {
            (kind, "nodes", *rest): line
            for (head, *rest), line in _below(resolver.lines, kind)
            if head == kind
        }
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        first = likeliest(error)
        place = tuple(p for p in first["loc"] if p in ("nodes",) or not _is_tag(p))
        where = ".".join(str(p) for i, p in enumerate(place) if place[1:2] != ("nodes",) or i > 1)
        raise fault(path.name, resolver.line_of(place), f"{where}：{chinese(first)}") from error
    # A switch inside an option that was not chosen is not reached: ask the text of the file.
    rubric = rubric.model_copy(update={"touching": _touching(raw, rubric)})
    for name in sorted(_beyond_clauses(raw)):
        line = resolver.line_of(("readings", name))
        raise fault(path.name, line, f"口径『{name}』只能写在条款、draw 和 no_case_twice 之中")
    unused = set(options) - switches_in(raw)
    if unused:
        name = min(unused)
        line = resolver.line_of(("readings", name))
        raise fault(path.name, line, f"口径『{name}』没有条款使用")
    for kind in SECTION_NAMES:
        for node, sentence in _faults(rubric.section(kind)):
            line = resolver.line_of((kind, "nodes", node))
            raise fault(path.name, line, f"{node}：{sentence}")
    return rubric


def switches_in(node: Any) -> set[str]:
    """Return the readings that any switch below `node` names."""
    if isinstance(node, CommentedMap):
        own = {node[_SWITCH]} if _SWITCH in node else set()
        return own.union(*(switches_in(v) for v in node.values()))
    if isinstance(node, CommentedSeq):
        return set().union(*(switches_in(v) for v in node)) if node else set()
    return set()


def _beyond_clauses(raw: CommentedMap) -> set[str]:
    """Return readings that change more than clauses, the draw or no_case_twice.

    Who compares readings scores clause by clause: the period and the tree are one for all.
    """
    parts = {k: v for k, v in raw.items() if k not in (*SECTION_NAMES, *_SHARED, "lists")}
    found = switches_in(CommentedMap(parts))
    for kind in SECTION_NAMES:
        section = raw[kind]
        whole = [section] if _SWITCH in section else [section[kind]]
        nodes = [n for n in section.values() if isinstance(n, CommentedMap) and _SWITCH in n]
        found |= {n[_SWITCH] for n in (*whole, *nodes) if _SWITCH in n}
        found |= switches_in(section[kind]) if _SWITCH not in section else set()
    return found


def _touching(raw: CommentedMap, rubric: Rubric) -> dict[str, tuple[str, ...]]:
    """Return the readings each node depends on: the switches inside it, and those it leans on.

    A clause that reads drawn files leans on `draw`, an exclusive one on `no_case_twice`.
    """
    result = {}
    for kind in SECTION_NAMES:
        text = raw[kind]
        for name, node in rubric.section(kind).nodes.items():
            # A section that is itself a switch has its nodes further down: all depend on it.
            found = switches_in(text.get(name, text))
            if isinstance(node, Clause) and any(q.table == DRAWN_FILES for q in node.queries):
                found |= switches_in(raw["draw"])
            if isinstance(node, EventClause) and node.exclusive is not None:
                found |= switches_in(raw["no_case_twice"])
            result[name] = tuple(r for r in rubric.readings if r in found)
    return result


def _below(lines: dict[_Path, int], kind: str) -> list[tuple[_Path, int]]:
    return [(path, line) for path, line in lines.items() if path and path[0] == kind]


def _choose(
    raw: CommentedMap, options: dict[str, dict[str, str]], asked: Mapping[str, str]
) -> dict[str, str]:
    titles = {name: str(raw["readings"][name].get("title", "")) for name in options}
    for name, option in asked.items():
        if name not in options:
            near = suggestion(name, titles) or "。"
            raise UsageError(f"没有名为『{name}』的口径{near}可用的口径：{'、'.join(options)}")
        if option not in options[name]:
            near = suggestion(option, options[name]) or "。"
            have = "、".join(f"{k}（{v}）" for k, v in options[name].items())
            raise UsageError(
                f"口径『{name}』（{titles[name]}）没有取值『{option}』{near}可用：{have}"
            )
    return {name: asked.get(name, raw["readings"][name].get("default", "")) for name in options}


def _with_ids(nodes: dict[str, Any]) -> dict[str, Any]:
    """Give each node its id; a node without a rule is an item."""
    return {
        key: {"id": key, **value} if isinstance(value, dict) else value
        for key, value in nodes.items()
    }


def _is_tag(part: str | int) -> bool:
    """Whether a pydantic location part names a union member rather than a key of the file."""
    return isinstance(part, str) and (
        part[:1].isupper() or part.startswith("function-") or part in _RULES or "[" in part
    )


_RULES = (
    "item",
    "clause",
    "each",
    "highest",
    "count",
    "monthly",
    "steps",
    "scaled",
    "composite",
    "ranked",
    "shortfall",
    "weighted",
    "facts",
    "months",
    "void",
    "veto",
)


def likeliest(error: ValidationError) -> Mapping[str, Any]:
    """Return the error to tell first: a misspelt key, else it would be told as a missing one."""
    found = error.errors()
    return next((e for e in found if e["type"] == "extra_forbidden"), found[0])


def chinese(error: Mapping[str, Any]) -> str:
    """Return a pydantic error as a Chinese sentence."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "缺少必填的键"
    if kind == "extra_forbidden":
        return "有不认识的键，请检查拼写"
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind in ("union_tag_invalid", "literal_error"):
        tag = context.get("tag", error.get("input"))
        expected = context.get("expected_tags") or context.get("expected", "")
        return f"取值『{tag}』不在允许范围：{expected}"
    if kind == "union_tag_not_found":
        return "缺少 rule"
    return f"取值『{error.get('input')}』的类型或格式不对"


def _faults(section: Section) -> Iterator[tuple[str, str]]:
    """Yield what does not add up in a section: node id and a Chinese sentence."""
    items, nodes = section.items, section.nodes
    for name, node in nodes.items():
        if not node.locator.strip():
            yield name, "没有写明出处 locator"
        parent = parent_of(name)
        if name != section.kind and parent not in items:
            yield name, f"没有上级条目『{parent}』"
        for target in _targets(node):
            if target not in nodes:
                yield name, f"所指的条目『{target}』不存在"
        if isinstance(node, MonthlyClause) and node.full_year != node.max:
            yield name, "全年满分 full_year 与 max 不一致"
        if isinstance(node, Clause):
            for sentence in (*_metric_faults(section, node), *_query_faults(section, node)):
                yield name, sentence
    for name, item in items.items():
        yield from _sum_faults(section, name, item)


def _sum_faults(section: Section, name: str, item: Item) -> Iterator[tuple[str, str]]:
    parts = [section.nodes[c] for c in section.children(name)]
    awards = [p for p in parts if (p.max or 0) >= 0 and (item.bonus or not p.bonus)]
    if not awards:
        yield name, "没有下级条款"
        return
    if any(p.max is None and not getattr(p, "deducts", False) for p in awards):
        reachable: int | None = None
        if all(getattr(p, "rule", "") in ("void", "veto") for p in awards if p.max is None):
            reachable = sum(p.max or 0 for p in awards)
    else:
        reachable = sum(p.max or 0 for p in awards)
    if reachable is not None and reachable < item.max:
        yield (
            name,
            f"下级各项满分之和{points_text(reachable)}达不到本项满分{points_text(item.max)}",
        )
    if name == section.kind and reachable != item.max:
        yield name, f"各项满分之和不等于总分{points_text(item.max)}"


def _targets(node: Item | Clause) -> Iterator[str]:
    if isinstance(node, Clause):
        for value in (node.reaches, node.shares_cap_with):
            if value is not None:
                yield value
    if isinstance(node, EventClause) and node.not_counted_by is not None:
        yield node.not_counted_by
    if isinstance(node, VoidClause):
        yield node.voids
    if isinstance(node, CompositeClause) and node.takes_over is not None:
        yield node.takes_over


def _metric_faults(section: Section, clause: Clause) -> Iterator[str]:
    """Yield what is wrong with the monthly metrics that a clause names."""
    asked: list[tuple[str, tuple[str, ...]]]
    asked = [(m.metric, (m.variant,)) for m in clause.measures if isinstance(m, MonthMeasure)]
    if isinstance(clause, MonthlyClause):
        asked.append((clause.metric, (clause.variant,)))
    if isinstance(clause, StepsClause):
        asked.append((clause.metric, STEP_VARIANTS))
    known = {name: metric for name, metric in METRICS.items() if metric.kind == section.kind}
    for name, variants in asked:
        if name not in known:
            yield f"没有名为『{name}』的月度指标，可用：{'、'.join(known)}"
            continue
        for variant in variants:
            if variant not in known[name].variants:
                have = "、".join(known[name].variants)
                yield f"月度指标『{name}』没有统计方式『{variant}』，可用：{have}"


def _query_faults(section: Section, clause: Clause) -> Iterator[str]:
    """Yield what is wrong with the tables and columns that a clause names."""
    for query in clause.queries:
        known = columns_of(query.table)
        if known is None:
            yield f"没有名为『{query.table}』的表"
            continue
        if query.table == "inspections":
            yield "表『inspections』不逐条计分，请改用月度指标 metric"
        yield from _reach_faults(section, query, known)
        asked = {*query.where, *query.show} | ({query.date} if query.date else set())
        if isinstance(clause, ScaledClause) and query in clause.parts:
            asked.add(clause.value)
        if isinstance(clause, CompositeClause) and query in clause.parts:
            asked |= {*clause.weights, "officer_id"}
        if isinstance(query, Part) and isinstance(query.points, ByColumn):
            asked.add(query.points.column)
        if isinstance(query, FactMeasure):
            asked |= {*(query.label or ())} | ({query.column} if query.column else set())
        for unknown in sorted(asked - known):
            yield f"表『{query.table}』没有列『{unknown}』"
        column = query.column if isinstance(query, FactMeasure) else None
        if column in known and not is_numeric(query.table, str(column)):
            yield f"表『{query.table}』的列『{column}』不是数，不能相加或取平均"


def _reach_faults(section: Section, query: Query, known: set[str]) -> Iterator[str]:
    """Yield the reaches that the query's table has no column for."""
    owner = "unit_id" if section.kind == "unit" else "officer_id"
    needed = {"own": owner, "subtree": "unit_id", "officers": "officer_id", "handled": "case_id"}
    for reach in query.of:
        column = needed[reach]
        if column not in known and ("subject" not in known or reach == "handled"):
            yield f"表『{query.table}』没有列『{column}』，不能写 of: {reach}"
        elif reach == "officers" and query.date is None:
            yield "of: officers 要按日期找人员当时所在的单位，必须写 date 与 window"


def hash_if_there(path: Path) -> str:
    """Return the hash of a file of settings that may be missing; "" when it is."""
    return rubric_hash(path) if path.is_file() else ""


def rubric_hash(path: Path) -> str:
    """Return the SHA-256 of the rubric file, line ends normalised."""
    return hashlib.sha256(read_whole(path).replace(b"\r\n", b"\n")).hexdigest()
