"""A sheet that nobody recognises: its columns, what they may be, to be confirmed and kept."""

from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as widgets

from dalian_eval.desk.markup import escaped, sentence
from dalian_eval.desk.parts import Action, box, choice, heading, offer, row
from dalian_eval.desk.session import Session
from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.jobs.map_export import Proposed, proposed_for
from dalian_eval.jobs.mapping_choices import (
    Place,
    TheirColumn,
    chosen,
    keep_mapping,
    missing_columns,
    our_columns,
    their_columns,
    unknown_words,
    words_for,
)

Kept = Callable[[Path], None]
"""Told of the file of mappings into which an entry was put."""

_UNUSED = "不用这一列"


class UnknownSheets:
    """Chooses a file, shows the proposal for its sheets, keeps what is confirmed."""

    def __init__(self, desk: Session) -> None:
        """Show nothing as long as every sheet is known."""
        self._desk, self._raw = desk, ""
        self._file = choice("文件")
        look = widgets.Button(description="看看像哪张表", button_style="primary")
        desk.on_click(look, self._look)
        self._told, self._sheets = widgets.HTML(), widgets.VBox()
        propose = Action(desk, "试读", lambda: ["map", self._path(), "--try", "--raw", self._raw])
        self.widget = box(
            heading("认不出的表"),
            widgets.HTML(
                sentence("列名和样子不同的表，在这里说明一次每一列是什么，以后每月照读。", "soft")
            ),
            row(self._file, look),
            propose.widget,
            self._told,
            self._sheets,
        )

    def show(self, raw: str, unread: Sequence[tuple[str, str]]) -> None:
        """Offer the files that hold such sheets."""
        self._raw = raw
        files = list(dict.fromkeys(file for file, _ in unread))
        offer(self._file, [(file, file) for file in files])
        self.widget.layout.display = None if files else "none"
        if not files:
            self._sheets.children = ()

    def _path(self) -> str:
        return f"{self._raw}/{self._file.value}"

    def _look(self) -> None:
        """Have the proposal made beside the page, which goes on meanwhile."""
        file, raw, told = Path(self._path()), Path(self._raw), list[str]()
        self._told.value, self._sheets.children = sentence("正在对照各张表……"), ()
        self._desk.beside(
            lambda: proposed_for(file, raw=raw, params=None, tell=told.append),
            lambda found: self._show_proposals(found, told),
        )

    def _show_proposals(self, found: Sequence[Proposed], told: Sequence[str]) -> None:
        self._told.value = "".join(sentence(line.lstrip("# "), "soft") for line in told)
        self._sheets.children = [_Sheet(self._desk, one, self._kept).widget for one in found]

    def _kept(self, mappings: Path) -> None:
        self._sheets.children = ()
        told = f"已记入 {mappings.relative_to(self._desk.root)}。请按“试读”看读得对不对，再自查。"
        self._told.value = sentence(told, "good")


class _Sheet:
    """One sheet: a line per column with three samples and a drop-down."""

    def __init__(self, desk: Session, proposed: Proposed, kept: Kept) -> None:
        """Show what is proposed."""
        self._proposed, self._kept = proposed, kept
        ours = our_columns(proposed)
        names = {place: shown for shown, place in ours}
        self._columns = their_columns(proposed)
        self._picks: dict[str, widgets.Dropdown] = {}
        lines: list[widgets.Widget] = []
        for column in self._columns:
            if not column.is_grouped:
                options = _options(column, ours, names)
                pick = widgets.Dropdown(options=options, value=column.places, tooltip=column.header)
                self._picks[column.header] = pick
                lines.append(_line(column, pick))
        grouped = [column.header for column in self._columns if column.is_grouped]
        if grouped:
            told = f"成组的{len(grouped)}列照建议读：{clip('、'.join(grouped), 200)}"
            lines.append(widgets.HTML(sentence(told, "soft")))
        self._constants = {p: _filled(c.header, words_for(c)) for p, c in missing_columns(proposed)}
        if self._constants:
            lines.append(widgets.HTML(sentence("没有对上、但必须有的列，每一行都填：")))
            lines += self._constants.values()
        unknown = unknown_words(proposed)
        self._words = {(p, w): _filled(f"{c.header}：{w}", words_for(c)) for p, c, w in unknown}
        if self._words:
            lines.append(widgets.HTML(sentence("这些词是什么意思：")))
            lines += self._words.values()
        keep = widgets.Button(
            description="确认，记下来",
            button_style="primary",
            layout={"align_self": "flex-start", "margin": "10px 0"},
        )
        desk.on_click(keep, self._keep)
        tables = "、".join(dict.fromkeys(r.table.sheet for r in proposed.proposal.rules))
        title = widgets.HTML(sentence(f"{proposed.place}：最像『{tables}』"))
        self.widget = box(title, *lines, keep, kind="desk-sheet")

    def _keep(self) -> None:
        before = {column.header: column.places for column in self._columns}
        picked = {h: pick.value for h, pick in self._picks.items() if pick.value != before[h]}
        constants = {place: str(field.value) for place, field in self._constants.items()}
        words = {key: str(field.value) for key, field in self._words.items()}
        self._kept(keep_mapping(chosen(self._proposed, picked, constants, words)))


def _line(column: TheirColumn, pick: widgets.Dropdown) -> widgets.HBox:
    """Return a column's line: its name with three samples, what it is, how it is read."""
    samples = escaped(" ｜ ".join(column.samples)) or "（空白）"
    name = widgets.HTML(f"<strong>{escaped(column.header)}</strong><br><small>{samples}</small>")
    made = row(name, pick, widgets.HTML(sentence(column.told, "soft")))
    made.add_class("desk-line")
    return made


def _options(
    column: TheirColumn, ours: Sequence[tuple[str, Place]], names: dict[Place, str]
) -> list[tuple[str, tuple[Place, ...]]]:
    """Return what a column may be: nothing, each column of ours, and all that is proposed."""
    options: list[tuple[str, tuple[Place, ...]]] = [(_UNUSED, ())]
    options += [(shown, (place,)) for shown, place in ours]
    if len(column.places) > 1:
        options.append(("＋".join(names[place] for place in column.places), column.places))
    return options


def _filled(label: str, words: Sequence[str]) -> widgets.Dropdown | widgets.Text:
    if words:
        return widgets.Dropdown(
            description=label, options=[("（请选）", ""), *((w, w) for w in words)]
        )
    return widgets.Text(description=label)
