"""One rubric under any of its readings: the file is read once, each node made once per reading."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from dalian_eval.base.declared_values import line_of
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric.model import DrawPlan, Rubric, Section
from dalian_eval.rubric.nodes import Clause, Item, parent_of
from dalian_eval.rubric.queries import SECTION_NAMES, Kind
from dalian_eval.rubric.vocabulary import DRAWN_FILES
from dalian_eval.rubric_file.load import node_of
from dalian_eval.rubric_file.switches import Switches, switches_in
from dalian_eval.scoring.rules.events import EventClause


class Variants:
    """The rubric of a file under any combination of readings.

    `own`: the rubric under the run's own readings; `options`: the options of every reading, the
    chosen one first.
    """

    def __init__(self, path: Path, own: Rubric):
        """Read the file again that `own` was loaded from."""
        self.own = own
        self._raw = read_yaml(path)
        self._options = {name: dict(reading.options) for name, reading in own.readings.items()}
        self._nodes: dict[tuple[str, ...], Item | Clause] = {}
        self._rubrics: dict[tuple[str, ...], Rubric] = {}
        self._switches: dict[str, tuple[str, ...]] = {}
        self._needs: dict[str, tuple[str, ...]] = {}
        self.options = {
            name: (own.chosen[name], *(o for o in options if o != own.chosen[name]))
            for name, options in self._options.items()
        }

    def under(self, readings: Mapping[str, str]) -> Rubric:
        """Return the rubric under `readings`, the run's own for those not named."""
        chosen = {**self.own.chosen, **readings}
        key = tuple(chosen.values())
        if key not in self._rubrics:
            draw = DrawPlan.model_validate(self._resolved("draw", readings))
            sections: dict[str, Any] = {
                kind: Section.model_construct(
                    kind=kind,
                    nodes={n: self.node(kind, n, readings) for n in self.own.section(kind).nodes},
                )
                for kind in SECTION_NAMES
            }
            how = self.how(readings)
            changed: dict[str, Any] = {
                "chosen": chosen,
                "draw": draw,
                "no_case_twice": how,
                **sections,
            }
            self._rubrics[key] = self.own.model_copy(update=changed)
        return self._rubrics[key]

    def how(self, readings: Mapping[str, str]) -> str:
        """Return how contested cases are assigned under `readings`."""
        return str(self._resolved("no_case_twice", readings))

    def _resolved(self, key: str, readings: Mapping[str, str]) -> Any:
        if key not in self._raw:
            return self.own.model_dump(include={key})[key]
        chosen = {**self.own.chosen, **readings}
        line = line_of(self._raw, key, 1)
        return Switches(self._options, chosen).resolve(self._raw[key], (), line)

    def node(self, kind: Kind, name: str, readings: Mapping[str, str]) -> Item | Clause:
        """Return the item or clause `name` under `readings`."""
        own = [(r, readings.get(r, self.own.chosen[r])) for r in self.switches(kind, name)]
        key = (name, *(option for _, option in own))
        if key not in self._nodes:
            if kind not in self._raw:
                return self.own.section(kind).nodes[name]
            text = self._raw[kind][name]
            line = line_of(self._raw[kind], name, 1)
            chosen = {**self.own.chosen, **dict(own)}
            value = Switches(self._options, chosen).resolve(text, (), line)
            self._nodes[key] = node_of(name, value)
        return self._nodes[key]

    def switches(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return the readings that a node's own text names, in rubric order."""
        if name not in self._switches:
            self._switches[name] = self._ordered(switches_in(self._raw.get(kind, {}).get(name)))
        return self._switches[name]

    @cached_property
    def draw(self) -> tuple[str, ...]:
        """The readings that decide which files are drawn."""
        return self._ordered(switches_in(self._raw.get("draw")))

    @cached_property
    def no_case_twice(self) -> tuple[str, ...]:
        """The readings that decide how a case is assigned."""
        return self._ordered(switches_in(self._raw.get("no_case_twice")))

    def _ordered(self, names: set[str]) -> tuple[str, ...]:
        return tuple(r for r in self._options if r in names)

    def combinations(self, readings: tuple[str, ...]) -> list[dict[str, str]]:
        """Return every combination of `readings`, the run's own first, the last one fastest."""
        result: list[dict[str, str]] = [{}]
        for name in readings:
            result = [{**one, name: option} for one in result for option in self.options[name]]
        return result

    def needs(self, kind: Kind, name: str) -> tuple[str, ...]:
        """Return the readings that a clause's own points depend on, in rubric order.

        Its own, those of the draw when it reads drawn files, and those of a clause that it shares
        a cap with, does not count after, or takes the place of. Who shares cases with other
        clauses depends on more, which only the settlement knows.
        """
        if name in self._needs:
            return self._needs[name]
        found = set(self.switches(kind, name))
        for readings in self.combinations(self.switches(kind, name)):
            node = self.node(kind, name, readings)
            if isinstance(node, Item):
                continue
            if any(query.table == DRAWN_FILES for query in node.queries):
                found |= set(self.draw)
            for leaning in ("shares_cap_with", "not_counted_by", "takes_over"):
                other = getattr(node, leaning, None)
                if other is not None:
                    found |= set(self.needs(kind, other))
        self._needs[name] = self._ordered(found)
        return self._needs[name]


def is_exclusive(node: Item | Clause) -> bool:
    """Whether a case that counts here counts nowhere else."""
    return isinstance(node, EventClause) and node.exclusive is not None


def top_of(section: Section, name: str) -> str:
    """Return the child of the root that `name` is or stands below."""
    while parent_of(name) != section.kind:
        name = parent_of(name)
    return name
