"""The protocol of a case draw by itself: as a page and as text for a terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dalian_eval.outputs.words import DRAW_SOURCES, KINDS
from dalian_eval.report.base.page import render
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.rubric.vocabulary import SLOT_NAMES


@dataclass(frozen=True)
class Slot:
    """A row of draw.csv in Chinese; `case` is empty where the slot stayed empty."""

    kind: str
    candidate: str
    name: str
    slot: str
    case: str
    source: str
    eligible: int
    reason: str


@dataclass(frozen=True)
class DrawProtocol:
    """What a draw says of itself (`meta`: run.json with `draw`), its slots, its eligible list.

    `eligible`: the frame of draw_eligible.csv; `nonce`: the text made public after the list was
    fixed, empty where the parameter's seed alone decides.
    """

    meta: Mapping[str, Any]
    slots: tuple[Slot, ...]
    eligible: pd.DataFrame
    nonce: str = ""

    @property
    def empty(self) -> tuple[Slot, ...]:
        """The slots that stayed empty."""
        return tuple(s for s in self.slots if not s.case)

    @property
    def official(self) -> int:
        """How many slots an official draw filled."""
        return sum(s.source == DRAW_SOURCES["official"] for s in self.slots)

    @property
    def cases(self) -> int:
        """How many distinct files could be drawn."""
        return int(self.eligible["case"].nunique())


def protocol_of(
    meta: Mapping[str, Any],
    draw: pd.DataFrame,
    eligible: pd.DataFrame,
    names: Mapping[str, str],
    nonce: str = "",
) -> DrawProtocol:
    """Return the protocol of the frames of draw.csv and draw_eligible.csv.

    `names`: of the candidates, by code.
    """
    slots = tuple(
        Slot(
            kind=KINDS[row["kind"]],
            candidate=str(row["candidate"]),
            name=names.get(row["candidate"], str(row["candidate"])),
            slot=SLOT_NAMES[row["slot"]],
            case=str(row["case"]),
            source=DRAW_SOURCES[row["source"]],
            eligible=int(row["eligible"]),
            reason=str(row["reason"]),
        )
        for row in draw.to_dict("records")
    )
    return DrawProtocol(meta, slots, eligible, nonce)


def draw_html(protocol: DrawProtocol) -> str:
    """Return the protocol as a page for the folder of the draw."""
    return render("draw.html", p=protocol, meta=protocol.meta, kinds=KINDS)


def draw_text(protocol: DrawProtocol, width: int) -> RenderableType:
    """Return the protocol for a terminal: seed, list, result, the reason of each empty slot."""
    meta = protocol.meta
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("类别", "代码", "名称", "案卷", "案件编号", "来源", "可抽"):
        table.add_column(title, justify="right" if title == "可抽" else "left", overflow="fold")
    for s in protocol.slots:
        cells = (s.kind, s.candidate, s.name, s.slot, s.case or "（空缺）", s.source)
        table.add_row(*(Text(inert(c)) for c in cells), str(s.eligible))
    seeded = f"公开数『{protocol.nonce}』，" if protocol.nonce else ""
    about = [
        ("截至", str(meta["as_of"])),
        ("名单", f"可抽案卷{protocol.cases}份（不含上级已正式抽取的），名单的 SHA-256："),
        ("", str(meta["draw"]["list"])),
        ("种子", f"{meta['params']['draw_seed']}，{seeded}与名单合成的抽取种子："),
        ("", str(meta["draw"]["seed"])),
        ("结果", f"{len(protocol.slots)}个名额，抽得{len(protocol.slots) - len(protocol.empty)}份"),
    ]
    head = Text(f"{meta['month']} 案卷{'现场' if protocol.nonce else ''}抽取", style="bold cyan")
    told = [line for label, text in about for line in hanging(label, inert(text), width, 0, 6)]
    rest = _empties(protocol, width)
    return Group(head, *map(Text, told), Text(), table, Text(), *map(Text, rest))


def _empties(protocol: DrawProtocol, width: int) -> Iterator[str]:
    if protocol.empty:
        yield f"空缺{len(protocol.empty)}个："
    for s in protocol.empty:
        text = f"{s.kind} {s.candidate} {s.name}　{s.slot}：{s.reason}"
        yield from hanging("", inert(text), width, 0, 2)
