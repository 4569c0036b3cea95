"""Reading switches: `{by_reading: NAME, OPTION: VALUE, ...}` stands for the chosen option's value.

A switch may stand anywhere in a rubric file, save where it would change the tree itself.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from dalian_eval.base.declared_values import line_of
from dalian_eval.base.yaml_faults import Place, meant

SWITCH = "by_reading"


class Switches:
    """Replaces switches by the value of the chosen option; remembers the line of every place.

    `faults`: lines and sentences of switches that name no reading, or not every option of it.
    """

    def __init__(self, options: Mapping[str, Mapping[str, str]], chosen: Mapping[str, str]):
        """Take the options of every reading and the chosen ones."""
        self.options = options
        self.chosen = chosen
        self.lines: dict[Place, int] = {}
        self.faults: list[tuple[int, str]] = []

    def resolve(self, node: Any, place: Place, line: int) -> Any:
        """Return what stands at `place`, beginning at `line`, without switches."""
        self.lines[place] = line
        if isinstance(node, CommentedMap):
            if SWITCH in node:
                return self._switch(node, place, line)
            return {
                key: self.resolve(value, (*place, key), line_of(node, key, line))
                for key, value in node.items()
            }
        if isinstance(node, CommentedSeq):
            return [
                self.resolve(value, (*place, i), line_of(node, i, line))
                for i, value in enumerate(node)
            ]
        return node

    def _switch(self, node: CommentedMap, place: Place, line: int) -> Any:
        name = node[SWITCH]
        given = [key for key in node if key != SWITCH]
        own = line_of(node, SWITCH, line)
        if not isinstance(name, str) or name not in self.options:
            near = meant(name, self.options)
            self.faults.append((own, f"没有名为『{name}』的口径{near}"))
        elif set(given) != set(self.options[name]):
            wrong = {*map(str, self.options[name])} ^ {*map(str, given)}
            missing = "、".join(sorted(wrong or {*map(str, given)}))
            self.faults.append((own, f"口径『{name}』的选项不齐或多余：{missing}"))
        option = self.chosen.get(str(name))
        if option not in node:
            option = given[0] if given else None
        return self.resolve(node.get(option), place, line_of(node, option, line))

    def line_of(self, place: Place) -> int:
        """Return the line of `place`, or of the nearest one above it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def switches_in(node: Any) -> set[str]:
    """Return the readings that any switch below `node` names."""
    if isinstance(node, CommentedMap):
        own = {str(node[SWITCH])} if SWITCH in node else set()
        return own.union(*(switches_in(v) for v in node.values()))
    if isinstance(node, CommentedSeq):
        return set().union(*(switches_in(v) for v in node)) if node else set()
    return set()


def combinations(
    names: set[str], options: Mapping[str, Mapping[str, str]], chosen: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Yield the chosen readings, then with every combination of the options of `names`."""
    known = [name for name in options if name in names]
    first = [(chosen[n], *(o for o in options[n] if o != chosen[n])) for n in known]
    for picked in product(*first):
        yield {**chosen, **dict(zip(known, picked, strict=True))}
