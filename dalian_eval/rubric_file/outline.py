"""The items and clauses of a rubric file by name alone: no rule is made, nothing large imported."""

from pathlib import Path

from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.rubric.queries import Kind


def outline(path: Path, kind: Kind) -> Section:
    """Return a section whose nodes have id, title and locator as they are written, and no rule.

    UsageError when the file cannot be read.
    """
    written = read_yaml(path).get(kind) or {}
    nodes: dict[str, Item | Clause] = {
        str(name): Item(
            id=str(name),
            title=str(value.get("title", "")),
            locator=str(value.get("locator", "")),
            max=0,
        )
        for name, value in written.items()
        if hasattr(value, "get")
    }
    return Section.model_construct(kind=kind, nodes=nodes)
