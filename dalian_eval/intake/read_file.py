"""One file read into canonical pieces: which table each sheet is, its rows, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from dalian_eval.base.limits import Limits
from dalian_eval.base.parts import tell_part
from dalian_eval.intake.base.raw_cell import is_blank
from dalian_eval.intake.corrections.apply_corrections import Correcting
from dalian_eval.intake.corrections.correction_sheets import (
    CORRECTIONS,
    Columns,
    Line,
    comparable_text,
    correction_columns,
    correction_lines,
)
from dalian_eval.intake.files import discover
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.csv_stream import in_its_encoding
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.files.sheets import Readable, open_sheets
from dalian_eval.intake.mapping.fit import fitting
from dalian_eval.intake.mapping.model import Mapping
from dalian_eval.intake.pieces import (
    CANONICAL,
    CELLS,
    PROBLEMS,
    Building,
    Part,
    Pieces,
    SheetRead,
    write_rows,
)
from dalian_eval.intake.read_mapped import MappedSheet
from dalian_eval.intake.sheet_tally import SheetTally, listed_changes
from dalian_eval.intake.tables.blank_form import Tick, is_contents, tick_of
from dalian_eval.intake.tables.changes import add_changes
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.non_records import (
    Furniture,
    RowReader,
    is_example_sheet,
)
from dalian_eval.intake.tables.normalise import Piece, normalise
from dalian_eval.intake.tables.quarantined_rows import problem_rows, write_cells
from dalian_eval.intake.tables.recognise import (
    Header,
    closest_header,
    is_header,
    near_header,
    recognise,
)
from dalian_eval.intake.tables.unread_reason import unread_reason
from dalian_eval.schema.form import NO_DATA, TICK

_UNTOUCHED = (
    f"没有填写，按没有报送计；确认没有的，请在本页第一行『{NO_DATA}』右边选“{TICK}”，"
    "或在表头下写一行“无”。"
)
_TICKED_WITH_ROWS = f"勾选了『{NO_DATA}』却有记录，已按有记录读取，请核对并取消勾选"


@dataclass(frozen=True)
class ReadTask:
    """A file to read, how, and where what it yields is kept under which key.

    `lines` are the corrections that aim at it, `mappings` are for exports in their own shape.
    """

    raw: RawFile
    words: HeaderMap
    limits: Limits
    pieces: Path
    key: str
    lines: tuple[Line, ...] = ()
    mappings: tuple[Mapping, ...] = ()


def read_file(task: ReadTask) -> Path | RefusedError:
    """Read a file into an entry of its pieces; return the entry's folder, or why it is refused."""
    try:
        return _read_file(task)
    except RefusedError as refusal:
        return refusal


def _read_file(task: ReadTask) -> Path:
    discover.check_file(task.raw, task.limits)
    if task.raw.kind is Kind.TEXT:
        return in_its_encoding(task.raw, partial(_read_sheets, task))
    return _read_sheets(task, "")


def _read_sheets(task: ReadTask, encoding: str) -> Path:
    with Pieces(task.pieces).building(task.key) as building:
        sheets = open_sheets(task.raw, task.limits, encoding)
        form = any(is_contents(sheet.name, sheet.top) for sheet in sheets)
        found = [
            read
            for i, sheet in enumerate(sheets)
            for read in _read_mapped(task, i, sheet, building)
            or [_read(task, i, sheet, building, form)]
        ]
        discover.check_unchanged(task.raw)
        building.finish(_beside_corrections([_named(task.raw, read) for read in found]))
    return building.place


def _named(raw: RawFile, sheet: SheetRead) -> SheetRead:
    """Say of a sheet what its file is, when its ending says otherwise."""
    if not raw.misnamed:
        return sheet
    return replace(sheet, note="；".join(filter(None, (raw.misnamed, sheet.note))))


def _beside_corrections(sheets: list[SheetRead]) -> list[SheetRead]:
    """Say of a correction workbook's other sheets that they only explain."""
    if all(sheet.status != CORRECTIONS for sheet in sheets):
        return sheets
    note = "更正表附带的说明页，不是数据，没有读取。"
    return [replace(s, note=note) if s.status == "unrecognised" else s for s in sheets]


def _read_mapped(
    task: ReadTask, index: int, sheet: Readable, building: Building
) -> list[SheetRead]:
    """Read a sheet that a mapping is for; none where there is no such mapping."""
    unread = sheet.refusal or sheet.hidden or sheet.other or sheet.is_empty()
    if not task.mappings or unread or is_example_sheet(sheet.name, task.raw.file):
        return []
    if is_contents(sheet.name, sheet.top) or correction_columns(sheet.top):
        return []
    found = fitting(sheet.top, sheet.name, task.raw.file, task.mappings)
    if found.fit:
        rows = MappedSheet(
            sheet, found.fit, task.words, task.limits, task.lines, building, f"{index}"
        )
        return rows.read()
    if found.certain:
        note = f"{_place(task.raw, sheet)} {found.refusal}；整张表没有读取。"
        return [SheetRead(sheet.name, "refused", "", note)]
    return []


def _read(task: ReadTask, index: int, sheet: Readable, building: Building, form: bool) -> SheetRead:
    """Recognise one sheet and read it when it is a table; `form`: in a workbook of the template."""
    raw, words = task.raw, task.words
    if sheet.refusal:
        return SheetRead(sheet.name, "refused", "", sheet.refusal)
    if sheet.hidden:
        note = "隐藏的工作表，没有读取；如有数据请取消隐藏后重新提交。"
        return SheetRead(sheet.name, "hidden", "", note)
    if sheet.other:
        return SheetRead(sheet.name, "unrecognised", "", sheet.other)
    if is_example_sheet(sheet.name, raw.file):
        note = "名称写明是示例，不是数据，没有读取；如是数据请改名后重新提交。"
        return SheetRead(sheet.name, "unrecognised", "", note)
    if sheet.is_empty():
        note = "没有任何内容，连表头也没有；如该表确无记录，请保留表头后提交。"
        return SheetRead(sheet.name, "empty", "", note)
    if is_contents(sheet.name, sheet.top):
        return SheetRead(sheet.name, "form", "", "报送模板的说明页，不是数据。")
    columns = correction_columns(sheet.top)
    if columns:
        return _corrections(sheet, columns, raw)
    found = recognise(sheet.top, sheet.name, raw.file, words)
    if found.header is None or not found.header.readable:
        near = fitting(sheet.top, sheet.name, raw.file, task.mappings)
        if near.refusal:
            note = f"{_place(raw, sheet)} {near.refusal}；整张表没有读取。"
            return SheetRead(sheet.name, "refused", "", note)
    if found.table is None or found.header is None:
        why = unread_reason(sheet.top, words)
        status = "refused" if found.named or why else "unrecognised"
        return SheetRead(sheet.name, status, "", why + "。没有读取。" if why else found.unread)
    if not found.header.readable:
        why = "" if found.header.columns else unread_reason(sheet.top, words)
        note = f"{_place(raw, sheet)} {why}；整张表没有读取。" if why else ""
        note = note or _refused(raw, sheet, found.header, words)
        return SheetRead(sheet.name, "refused", found.table.name, note)
    tick = tick_of(sheet.top[: found.header.row])
    if tick is Tick.ABSENT and form:
        tick = Tick.OPEN
    return _Rows(task, sheet, found.header, building, f"{index}", found.misnamed, tick).read()


def _corrections(sheet: Readable, columns: Columns, raw: RawFile) -> SheetRead:
    """Read a correction sheet."""
    if columns.missing:
        missing = "、".join(f"『{header}』" for header in columns.missing)
        note = f"像是隔离更正表，但缺少列{missing}，没有采用；请用原来的更正表填写，不要删列。"
        return SheetRead(sheet.name, "unrecognised", "", note)
    rows = list(correction_lines(sheet, columns, raw.file))
    lines = tuple(line for line in rows if line is not None)
    return SheetRead(
        sheet.name, CORRECTIONS, "", "", columns.row + 1, rows_read=len(rows), lines=lines
    )


def _place(raw: RawFile, sheet: Readable) -> str:
    return f"文件 {raw.file}" + (f" 工作表『{sheet.name}』" if sheet.name else "")


def _refused(raw: RawFile, sheet: Readable, header: Header, words: HeaderMap) -> str:
    """Say which headers are missing or doubled, and what was probably meant."""
    parts: list[str] = []
    for column in header.missing_mandatory:
        close = closest_header(header, column, words)
        hint = f"（现有表头『{close}』，是否想填『{column.header}』？）" if close else ""
        parts.append(f"缺少必需的列『{column.header}』{hint}")
    for name in header.twice:
        parts.append(f"有两列都是『{header.table[name].header}』")
    return (
        f"{_place(raw, sheet)} 按『{header.table.sheet}』表读取，但{'，'.join(parts)}；"
        "整张表没有读取。请改正表头，或在 headers.yaml 中补充同义词后重新提交。"
    )


@dataclass
class _Rows:
    """The rows of a recognised sheet, on their way into the parts of an entry."""

    task: ReadTask
    sheet: Readable
    header: Header
    building: Building
    stem: str
    misnamed: str = ""
    tick: Tick = Tick.ABSENT
    told: SheetTally = field(default_factory=SheetTally)
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the corrections that aim at this sheet."""
        name = comparable_text(self.sheet.name)
        lines = [line for line in self.task.lines if line.target_sheet == name]
        self.correcting = Correcting(self.header, lines)

    def read(self) -> SheetRead:
        """Read all blocks."""
        other = self._header_above()
        if other:
            return self._several(other)
        for piece in self._pieces():
            if Furniture.OTHER_HEADER in piece.skipped:
                return self._several(piece.skipped[Furniture.OTHER_HEADER][0])
            self.told.add(piece, self.sheet.struck)
            tell_part(f"读取 {self.task.raw.file}（行）", self.told.rows, 0)
            if len(piece.rows):
                self._write(piece)
        add_changes(self.told.changes, self.correcting.changes)
        table = self.header.table
        if not self.told.rows and Furniture.NONE not in self.told.skipped:
            if self.tick is Tick.OPEN:
                return SheetRead(self.sheet.name, "untouched", table.name, _UNTOUCHED)
            if self.tick is Tick.UNCLEAR:
                return SheetRead(self.sheet.name, "refused", table.name, self._unclear())
        return SheetRead(
            self.sheet.name,
            "read",
            table.name,
            self._note(),
            self.header.row + 1,
            self.header.texts,
            self.told.rows,
            listed_changes(self.told.changes),
            tuple(self.parts),
            tuple((table[name].header, place) for name, place in self.header.columns.items()),
            decisions=self.correcting.finish(),
        )

    def _header_above(self) -> int:
        """Return the number of a row above the header that is the header of other rows, else 0.

        A row whose merged cells reach down into the next one is the top of the same header.
        """
        top = self.sheet.top
        for number in range(1, self.header.row):
            row, below = top[number - 1], top[number]
            merged = any(a == b and not is_blank(a) for a, b in zip(row, below, strict=False))
            if not merged and is_header(row, self.task.words):
                return number
        return 0

    def _several(self, row: int) -> SheetRead:
        """Refuse a sheet in which more than one table stands: whose rows are whose is not known."""
        note = (
            f"{_place(self.task.raw, self.sheet)} 第 {self.header.row + 1} 行是表头，"
            f"第 {row} 行又是一行不同的表头"
            "（多半是几张表放在了一起，或把列次不同的导出接在了一起）；整张表没有读取。"
            "请一张工作表（一个 csv 文件）只放一张表、一种列次。"
        )
        return SheetRead(self.sheet.name, "refused", self.header.table.name, note)

    def _unclear(self) -> str:
        place = f"文件 {self.task.raw.file}"
        place += f" 工作表『{self.sheet.name}』" if self.sheet.name else ""
        return (
            f"{place} 没有记录，『{NO_DATA}』一格写的既不是“{TICK}”也不是空白，看不出是没有报送"
            f"还是确认没有，没有采用；确认没有的请选“{TICK}”，否则清空这一格。"
        )

    def _pieces(self) -> Iterator[Piece]:
        rows = RowReader(self.header, self.task.words)
        for block in self.sheet.blocks(self.header.row + 1):
            piece = normalise(
                block,
                self.header,
                rows,
                self.task.limits,
                date1904=self.sheet.date1904,
                amendments=self.correcting.on(block),
            )
            self.correcting.note(piece)
            yield piece

    def _write(self, piece: Piece) -> None:
        stem = f"{self.stem}-{len(self.parts)}"
        place = self.building.place / stem
        write_rows(place.with_name(stem + CANONICAL), self.header.table, piece.table)
        write_cells(place.with_name(stem + CELLS), piece.rows, piece.texts, piece.plain)
        if piece.problems:
            problems = problem_rows(piece.problems, piece.lost)
            pq.write_table(problems, place.with_name(stem + PROBLEMS))
        self.parts.append(Part(stem, int(piece.rows[-1]), len(piece.problems), stem))

    def _note(self) -> str:
        """Tell what a sheet that was read lacks and what of it was ignored."""
        header, parts = self.header, [self.misnamed] if self.misnamed else []
        if self.tick is Tick.TICKED:
            parts.append(_TICKED_WITH_ROWS if self.told.rows else f"勾选了『{NO_DATA}』：确认没有")
        elif Furniture.NONE in self.told.skipped and not self.told.rows:
            parts.append("写明『无』：确认没有")
        if header.missing:
            parts.append(f"缺少的列：{'、'.join(c.header for c in header.missing)}（按空白读）")
            parts += (
                f"『{text}』没有当作『{column.header}』；如果就是，请把表头改为『{column.header}』"
                for column in header.missing
                if (text := near_header(header, column, self.task.words))
            )
        if header.ignored:
            parts.append(f"未用的列：{'、'.join(header.ignored)}")
        return "；".join([*parts, *self.told.notes()])
