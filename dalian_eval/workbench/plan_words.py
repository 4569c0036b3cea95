"""A whole rubric in words: what each item and clause gives, under which readings, from which facts.

This is what a bureau compares with the paper plan and signs; pages and terminal show it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dalian_eval.base.day_words import span_words
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Finding, Kind, Query
from dalian_eval.rubric.sentences import (
    condition_sentence,
    exclusive_rule,
    rule_sentences,
    zero_sentence,
)
from dalian_eval.rubric.vocabulary import METRICS, SLOT_NAMES, columns_of, short_header_of
from dalian_eval.rubric.wording import CASES, shown
from dalian_eval.rubric_file.load import rubric_hash
from dalian_eval.rubric_file.variants import Variants
from dalian_eval.schema.tables import BY_NAME, TABLES

_WHOSE: dict[Kind, dict[str, str]] = {
    "unit": {
        "own": "本单位的记录",
        "subtree": "本单位及下级单位的记录",
        "officers": "当时在本单位任职的人员的记录",
    },
    "officer": {"own": "本人的记录", "handled": "本人主要承办的案件的记录"},
}
_WHEN = {
    "period": "在评审期内",
    "year_before": "在上年同期",
    "by_as_of": "不晚于截至日",
    "standing": "为空白或不晚于截至日",
    "standing_period": "为空白或在评审期内",
}
NET = "每项的得分与扣分相抵，不低于0分，不超过满分；注明『先封顶后扣分』的除外。"
_DERIVED = {"drawn_files": "抽取的案卷", "lawsuits": "诉讼复议（连同案件）"}


@dataclass(frozen=True)
class Fact:
    """Which rows a clause looks at, in a sentence; `table` and `columns` by Chinese titles."""

    what: str
    table: str
    columns: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class ReadingWords:
    """A reading that a clause depends on: what it says now, and what another option would make.

    `others`: for each other option its words and the rule or the facts it would make; empty when
    those stay as they are (the draw, the assignment of cases, which month's staff).
    """

    name: str
    title: str
    chosen: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NodeWords:
    """An item or clause in words.

    `level`: 0 for the root; `most`: its maximum; `rules`: sentences; `item`: whether it is an item;
    `wording`: how a clause's own cases and facts are told, the name of each case and its sentence.
    """

    id: str
    title: str
    locator: str
    level: int
    item: bool
    most: str
    rules: tuple[str, ...]
    readings: tuple[ReadingWords, ...]
    facts: tuple[Fact, ...]
    wording: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TableUse:
    """A table of the data contract: which of its columns are read, and by which clauses."""

    sheet: str
    columns: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class OptionWords:
    """A reading as a whole: its options, the chosen one first, its reason, whom it touches."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    reason: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class PlanWords:
    """A whole rubric in words; `hash`: of its file, so that a signature says what was signed.

    `sections`: for each kind that the plan judges what it calls it, and its nodes.
    """

    rubric: Rubric
    file: str
    hash: str
    sections: tuple[tuple[str, tuple[NodeWords, ...]], ...]
    general: tuple[str, ...]
    readings: tuple[OptionWords, ...]
    tables: tuple[TableUse, ...]


def node_words(section: Section, name: str, period: Period) -> str:
    """Return the maximum and the rule of an item or clause in one text; 无此条款 without it."""
    if name not in section.nodes:
        return "无此条款"
    most = most_words(section, name)
    return (f"{most}。" if most else "") + "".join(rules_of(section, name, period))


def most_words(section: Section, name: str) -> str:
    """Return what a node can give or take at most: 满分3分, 最多扣2分, 加分1分; empty without."""
    node = section.nodes[name]
    if node.max is None:
        return ""
    if node.max < 0:
        return f"最多扣{points_text(-node.max)}分"
    return f"{'加分' if node.bonus else '满分'}{points_text(node.max)}分"


def rules_of(section: Section, name: str, period: Period) -> tuple[str, ...]:
    """Return what an item or clause does, in sentences."""
    item = section.items.get(name)
    if item is not None:
        cap_first = item.settle == "cap_first"
        return ("先封顶后扣分。" if cap_first else "得分扣分合并后封顶，扣完为止。",)
    return rule_sentences(section.clauses[name], section, period)


def plan_words(path: Path, rubric: Rubric) -> PlanWords:
    """Return a loaded rubric in words, with what the other options of its readings would make."""
    variants = Variants(path, rubric)
    sections = tuple(
        (getattr(rubric.names, kind), tuple(_nodes(rubric, kind, variants)))
        for kind in rubric.kinds
    )
    titles = {i: n.title for kind in rubric.kinds for i, n in rubric.section(kind).nodes.items()}
    readings = tuple(
        OptionWords(
            name=name,
            title=reading.title,
            options=tuple((o, reading.options[o]) for o in variants.options[name]),
            reason=reading.reason,
            clauses=tuple(titles[n] for n, names in rubric.touching.items() if name in names),
        )
        for name, reading in rubric.readings.items()
    )
    return PlanWords(
        rubric=rubric,
        file=path.name,
        hash=rubric_hash(path),
        sections=sections,
        general=tuple(_general(rubric)),
        readings=readings,
        tables=tuple(_tables(rubric)),
    )


def _nodes(rubric: Rubric, kind: Kind, variants: Variants) -> Iterator[NodeWords]:
    section = rubric.section(kind)
    for name, node in section.nodes.items():
        yield NodeWords(
            id=name,
            title=node.title,
            locator=node.locator,
            level=name.count("."),
            item=name in section.items,
            most=most_words(section, name),
            rules=_told_rules(section, name, rubric.period),
            readings=tuple(_readings(rubric, kind, name, variants)),
            facts=tuple(_facts(rubric, kind, name)),
            wording=tuple(_wording(section, name)),
        )


def _wording(section: Section, name: str) -> Iterator[tuple[str, str]]:
    """Yield how a clause words its facts and its cases, with Chinese names in the places."""
    clause = section.clauses.get(name)
    if clause is None:
        return
    for query in clause.queries:
        if isinstance(query, Finding) and query.says is not None:
            told = _HEADERS.sub(partial(_header, query.table), query.says)
            yield query.what, told
    for case, wording in clause.wording.items():
        if isinstance(wording, str):
            yield CASES[case], shown(wording)
        else:
            yield from ((CASES[case], shown(template)) for template in wording.values())


_HEADERS = re.compile(r"\{([a-z_]+)\}")


def _header(table: str, place: re.Match[str]) -> str:
    return f"〔{short_header_of(table, place[1])}〕"


def _told_rules(section: Section, name: str, period: Period) -> tuple[str, ...]:
    """Return the rules of a node; those of most items are told once for all (`NET`)."""
    item = section.items.get(name)
    return () if item is not None and item.settle == "net" else rules_of(section, name, period)


def _readings(rubric: Rubric, kind: Kind, name: str, variants: Variants) -> Iterator[ReadingWords]:
    section = rubric.section(kind)
    own, most = node_words(section, name, rubric.period), most_words(section, name)
    facts = [*_facts(rubric, kind, name)]
    for reading in rubric.touching.get(name, ()):
        told = rubric.readings[reading]
        others = []
        for option in variants.options[reading][1:]:
            other = variants.under({reading: option})
            words = node_words(other.section(kind), name, rubric.period)
            if most_words(other.section(kind), name) == most and words != own:
                words = "".join(rules_of(other.section(kind), name, rubric.period))
            changed = [f.sentence for f in _facts(other, kind, name) if f not in facts]
            if words == own:
                words = f"所用记录改为：{'；'.join(changed)}。" if changed else ""
            others.append((told.options[option], words))
        chosen = told.options[rubric.chosen[reading]]
        yield ReadingWords(reading, told.title, chosen, tuple(others))


def _facts(rubric: Rubric, kind: Kind, name: str) -> Iterator[Fact]:
    """Yield which rows a clause looks at, and its monthly figures."""
    clause = rubric.section(kind).clauses.get(name)
    if clause is None:
        return
    for metric in clause.metrics:
        made_of = METRICS[metric]
        sheets = "、".join(BY_NAME[table].sheet for table in sorted(made_of.tables))
        yield Fact(made_of.title, sheets, (), "逐月统计，见数据字典")
    for query in clause.queries:
        asked = clause.columns_read(query)
        yield Fact(
            what=query.what,
            table=table_words(query.table),
            columns=tuple(
                short_header_of(query.table, column)
                for column in _in_order(query.table)
                if column in asked
            ),
            sentence=_which_rows(query, kind),
        )


def table_words(table: str) -> str:
    """Return the Chinese name of a table that a rubric names."""
    return BY_NAME[table].sheet if table in BY_NAME else _DERIVED.get(table, table)


def _in_order(table: str) -> list[str]:
    """Return the columns a rubric may name of a table, derived ones last."""
    declared = [c.name for c in BY_NAME[table].columns] if table in BY_NAME else []
    return [*declared, *sorted((columns_of(table) or set()) - {*declared})]


def _which_rows(query: Query, kind: Kind) -> str:
    """Return whose rows count, when, and what they must say."""
    whose = "、".join(_WHOSE[kind].get(reach, reach) for reach in query.of)
    when = ""
    if query.date is not None:
        date = short_header_of(query.table, query.date)
        years = getattr(query.window, "years", None)
        when = date + (
            f"在{'、'.join(map(str, years))}年" if years else _WHEN.get(str(query.window), "")
        )
    return "，".join(part for part in (whose, when, condition_sentence(query)) if part)


def _general(rubric: Rubric) -> Iterator[str]:
    """Yield what holds for all clauses: the period, the plan's notes, draw, cases used once."""
    span = span_words(rubric.period.start, rubric.period.end)
    yield f"评审期{span}，共{len(rubric.period.months)}个月。"
    yield NET
    draw = rubric.draw
    for slot, kinds in (("ordinary", draw.ordinary), ("supporting", draw.supporting)):
        if kinds:
            who, words = rubric.names.officer, "、".join(kinds)
            yield f"每名{who}抽取{SLOT_NAMES[slot]}案卷一份，案件类型为{words}。"
    if draw.unit_files:
        yield f"每个单位任意抽取案卷{draw.unit_files}份。"
    if zero := zero_sentence(draw):
        yield f"{zero}。"
    for kind in rubric.kinds:
        section = rubric.section(kind)
        if section.exclusive:
            how = "取总分最高的归属" if rubric.no_case_twice == "best_assignment" else "按细则先后"
            yield f"{getattr(rubric.names, kind)}的{exclusive_rule(section)}，{how}。"
    yield from rubric.notes


def _tables(rubric: Rubric) -> Iterator[TableUse]:
    """Yield the tables that any clause reads, in the order of the data contract."""
    readers: dict[str, dict[str, None]] = {}
    columns: dict[str, set[str]] = {}
    for kind in rubric.kinds:
        for clause in rubric.section(kind).clauses.values():
            for table in tables_of(clause, kind):
                title = f"{getattr(rubric.names, kind)}·{clause.title}"
                readers.setdefault(table, {})[title] = None
            for query in clause.queries:
                columns.setdefault(query.table, set()).update(clause.columns_read(query))
    for declared in TABLES:
        if declared.name in readers:
            named = columns.get(declared.name, set())
            headers = tuple(c.header for c in declared.columns if c.name in named)
            yield TableUse(declared.sheet, headers, tuple(readers[declared.name]))
