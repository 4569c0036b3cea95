"""A space as plain numbers, to be kept beside the record and to be computed with in a page.

Rows of a part are told as what differs from the row of the run's own readings, so that the numbers
stay few however many combinations there are.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.nodes import Item
from dalian_eval.sensitivity.certificates import Candidates, Certificate
from dalian_eval.sensitivity.parts import Part
from dalian_eval.sensitivity.space import Space
from dalian_eval.sensitivity.tables import Table

FILE = "certificate.json"
"""Name of the file in the run folder."""

_COLUMNS = ("awarded", "deducted", "bonus", "vetoed", "void")


def to_json(made: list[Certificate], rubric: Rubric) -> dict[str, Any]:
    """Return what the certificates are computed from, as JSON can hold it.

    `readings`: those that touch a section, with titles and reasons, the run's own option first;
    `sections`: per kind the candidates, the root and the parts.
    """
    names = [r for r in rubric.readings if any(r in one.space.options for one in made)]
    options = {r: o for one in made for r, o in one.space.options.items()}
    return {
        "readings": [
            {
                "name": name,
                "title": rubric.readings[name].title,
                "reason": rubric.readings[name].reason,
                "options": [[o, rubric.readings[name].options[o]] for o in options[name]],
                "touches": [
                    rubric.section(one.space.kind).nodes[node].title
                    for one in made
                    for node, touching in rubric.touching.items()
                    if name in touching and node in rubric.section(one.space.kind).nodes
                ],
            }
            for name in names
        ],
        "sections": [_section(one) for one in made],
    }


def _section(made: Certificate) -> dict[str, Any]:
    space = made.space
    return {
        "kind": space.kind,
        "exact": made.exact,
        "ids": list(made.candidates.ids),
        "names": list(made.candidates.names),
        "low": made.candidates.low.tolist(),
        "high": made.candidates.high.tolist(),
        "root": space.root.model_dump(mode="json", include={"id", "title", "locator", "settle"})
        | {"max": space.root.max},
        "wholes": {clause: list(both) for clause, both in space.wholes.items()},
        "decided": space.decided.tolist(),
        "readings": list(space.options),
        "parts": [_part(part) for part in space.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    arrays = {name: getattr(part, name) for name in _COLUMNS} | part.rescaled
    return {
        "readings": list(part.table.readings),
        "code": part.table.code.reshape(-1).tolist(),
        "rows": {
            name: [_plain(array[0]), [_changes(array[0], row) for row in array[1:]]]
            for name, array in arrays.items()
            if name in _COLUMNS[:1] or array.any()
        },
    }


def _plain(row: npt.NDArray[Any]) -> list[int]:
    return [int(n) for n in row]


def _changes(first: npt.NDArray[Any], row: npt.NDArray[Any]) -> list[int]:
    """Return candidate, value, candidate, value … of those whose value differs."""
    where = np.flatnonzero(row != first)
    pairs = np.stack([where, row[where].astype(np.int64)], axis=1)
    return [int(n) for n in pairs.reshape(-1)]


def from_json(told: Mapping[str, Any]) -> dict[str, tuple[Space, Candidates, str]]:
    """Return, per kind, the space, its candidates and whether it was exact, as `embedded` told."""
    options = {r["name"]: tuple(o for o, _ in r["options"]) for r in told["readings"]}
    return {s["kind"]: _opened(s, options) for s in told["sections"]}


def _opened(
    told: Mapping[str, Any], options: Mapping[str, tuple[str, ...]]
) -> tuple[Space, Candidates, str]:
    root = told["root"]
    item = Item.model_construct(
        **{k: root[k] for k in ("id", "title", "locator", "settle", "max")}, bonus=False
    )
    size = len(told["ids"])
    space = Space(
        told["kind"],
        item,
        {clause: (whole, own) for clause, (whole, own) in told["wholes"].items()},
        np.array(told["decided"], dtype=np.int64),
        [_opened_part(part, size, options) for part in told["parts"]],
        {r: options[r] for r in told["readings"]},
    )
    low, high = (np.array(told[end], dtype=np.int64) for end in ("low", "high"))
    return space, Candidates(told["ids"], told["names"], low, high), told["exact"]


def _opened_part(
    told: Mapping[str, Any], size: int, options: Mapping[str, tuple[str, ...]]
) -> Part:
    readings = tuple(told["readings"])
    shape = [len(options[r]) for r in readings]
    table = Table(readings, np.array(told["code"], dtype=np.int64).reshape(shape))
    arrays = {
        name: _rows(told["rows"].get(name), table.size, size) for name in {*_COLUMNS, *told["rows"]}
    }
    flags = {name: rows.astype(bool) for name, rows in arrays.items()}
    return Part(
        table,
        arrays["awarded"],
        arrays["deducted"],
        arrays["bonus"],
        flags["vetoed"],
        flags["void"],
        {name: rows for name, rows in flags.items() if name not in _COLUMNS},
    )


def _rows(told: Any, count: int, size: int) -> npt.NDArray[np.int64]:
    result = np.zeros((count, size), dtype=np.int64)
    if told is not None:
        first, changes = told
        result[:] = np.array(first, dtype=np.int64)
        for row, pairs in enumerate(changes, start=1):
            result[row, pairs[::2]] = pairs[1::2]
    return result
