"""What `map` starts: a mapping proposed for an export, or an export read by its mapping."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.intake import CleanReport, Limits, clean
from dalian_eval.intake.base.raw_cell import Cell, clip
from dalian_eval.intake.files import discover
from dalian_eval.intake.files.archive import open_named, unpack
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.csv_stream import CsvSheet, in_its_encoding
from dalian_eval.intake.files.discover import RawFile, RefusedError
from dalian_eval.intake.files.sheets import Sheet, read_sheets
from dalian_eval.intake.mapping.fit import fitting
from dalian_eval.intake.mapping.known_values import KnownValues
from dalian_eval.intake.mapping.load_mappings import load_mappings
from dalian_eval.intake.mapping.model import Mapping
from dalian_eval.intake.mapping.proposal_text import proposal_text
from dalian_eval.intake.mapping.propose import Proposal, Proposer
from dalian_eval.intake.tables.headers import HeaderMap, load_headers
from dalian_eval.intake.tables.recognise import recognise
from dalian_eval.report.base.labels import table_title
from dalian_eval.rubric.entries import entries_read
from dalian_eval.stages.parameters import load_params, newest_params, rubric_of

_MOST_ROWS = 20_000
_TOLD = 5
Tell = Callable[[str], None]


@dataclass(frozen=True)
class _Desk:
    """What is known where the command was started: parameters, synonyms, mappings, exports."""

    headers: Path
    mappings: Path
    limits: Limits
    entries: dict[str, tuple[str, ...]]
    raw: Path | None

    @classmethod
    def of(cls, params: Path | None, raw: Path | None, mappings: Path | None) -> "_Desk":
        chosen = params or newest_params(_project() or project_root(Path(__file__).parent))
        run_params = load_params(chosen)
        rubric = rubric_of(chosen, run_params, {})
        if raw is not None and not raw.is_dir():
            raise UsageError(f"找不到数据文件夹 {raw}，请检查 --raw")
        if mappings is not None and not mappings.is_file():
            raise UsageError(f"找不到映射文件 {mappings}，请检查 --mappings")
        project = _project()
        if raw is None and project is not None and (project / "data" / "raw").is_dir():
            raw = project / "data" / "raw"
        return cls(
            chosen.parent / run_params.headers,
            mappings or chosen.parent / run_params.mappings,
            run_params.limits.limits(),
            entries_read((rubric.unit, rubric.officer)),
            raw,
        )

    def clean(self, raw: Path, out: Path, mappings: Path | None = None) -> CleanReport:
        return clean(
            raw,
            out,
            headers=self.headers,
            limits=self.limits,
            entries=self.entries,
            mappings=mappings or self.mappings,
        )


def propose_mapping(
    *, file: Path, raw: Path | None, params: Path | None, to: Path | None, tell: Tell
) -> None:
    """Propose a mapping for every sheet of `file` that is no table of ours; write it to `to`.

    `raw`: the folder whose tables tell which units, officers and cases there are (default: the
    project's data/raw). Nothing takes effect by it. UsageError for what cannot be read.
    """
    desk = _Desk.of(params, raw, None)
    text = "\n".join(one.text for one in _proposals(desk, file, tell))
    if not text:
        return
    if to is None:
        tell(text)
        tell("# 以上只是建议：核对后贴到 params/mappings.yaml；试读用 dalian-eval map 文件 --try")
        return
    if to.exists():
        raise UsageError(f"{to} 已经存在，请用 --to 另写一个名字，或先移走")
    to.write_text(text, encoding="utf-8", newline="\n")
    tell(f"建议写在 {to}：核对后试读 dalian-eval map {file} --try --mappings {to}")


@dataclass(frozen=True)
class Proposed:
    """What is proposed for a sheet: the entry's name, where the sheet is, and the proposal."""

    name: str
    place: str
    proposal: Proposal

    @property
    def text(self) -> str:
        """The entry of params/mappings.yaml."""
        return proposal_text(self.name, self.place, self.proposal)


def proposed_for(
    file: Path, *, raw: Path | None, params: Path | None, tell: Tell
) -> list[Proposed]:
    """Return what is proposed for the sheets of `file`, as `propose_mapping` writes it."""
    return [*_proposals(_Desk.of(params, raw, None), file, tell)]


def _proposals(desk: _Desk, file: Path, tell: Tell) -> Iterator[Proposed]:
    words = load_headers(desk.headers, desk.entries)
    mappings = load_mappings(desk.mappings)
    with _opened(file, desk.limits, tell) as opened:
        known = _known(desk)
        for raw in opened:
            for sheet in _sheets(raw, desk.limits):
                place = raw.file + (f" 工作表『{sheet.name}』" if sheet.name else "")
                read = _already_read(sheet, raw, words, mappings)
                if read:
                    tell(f"# {place}：{read}")
                    continue
                name = clip(sheet.name or discover.stem_of(raw.file), 40)
                found = Proposer.of(sheet, raw.file, words, known)
                proposal = found.proposal() if found else None
                if proposal is None:
                    tell(f"# {place}：看不出像哪一张表，没有建议。请对照 docs/mappings.md 自己写。")
                else:
                    yield Proposed(name, place, proposal)


def _already_read(
    sheet: Sheet, raw: RawFile, words: HeaderMap, mappings: tuple[Mapping, ...]
) -> str:
    """Return by what a sheet is read already, in Chinese; "" when by nothing."""
    if sheet.hidden or sheet.refusal or sheet.other or sheet.is_empty():
        return "隐藏、空白或不能读取，没有建议"
    fit = fitting(sheet.top, sheet.name, raw.file, mappings)
    if fit.fit:
        return f"已有映射『{fit.fit.mapping.name}』，不必再写"
    if fit.certain:
        return fit.refusal
    found = recognise(sheet.top, sheet.name, raw.file, words)
    if found.table and found.header and found.header.readable and not found.header.missing:
        return f"就是『{found.table.sheet}』表，不需要映射"
    return ""


def _known(desk: _Desk) -> KnownValues:
    """Return the units, officers and cases of the exports at hand; nothing where none are."""
    if desk.raw is None:
        return KnownValues()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "clean"
        try:
            desk.clean(desk.raw, out)
        except UsageError:
            return KnownValues()
        return KnownValues.of(out)


def try_mapping(
    *, file: Path, raw: Path | None, params: Path | None, mappings: Path | None, tell: Tell
) -> None:
    """Read `file` by the mappings in effect, or those in `mappings`, and tell what came of it.

    Where none of them is for it, by the proposal. The other exports are read along: names and case
    numbers are held against them.
    """
    desk = _Desk.of(params, raw, mappings)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        name = _laid_out(desk, file, scratch / "raw")
        chosen = _with_proposal(desk, file, scratch, tell)
        report = desk.clean(scratch / "raw", scratch / "clean", chosen)
        for read in dict.fromkeys(report.sheets["file"]):
            if read == name or read.startswith(f"{name}/"):
                if read != name:
                    tell(f"{read}：")
                for line in _told(report, read):
                    tell(line)


def _with_proposal(desk: _Desk, file: Path, scratch: Path, tell: Tell) -> Path:
    """Return the mappings in effect, with the proposals for sheets that nothing reads."""
    text = "\n".join(one.text for one in _proposals(desk, file, lambda _: None))
    if not text:
        return desk.mappings
    tell("没有映射能读这个文件，按建议试读：")
    tell(text)
    written = desk.mappings.read_text(encoding="utf-8") if desk.mappings.is_file() else ""
    both = scratch / "mappings.yaml"
    both.write_text(f"{written}\n{text}", encoding="utf-8")
    return both


def _laid_out(desk: _Desk, file: Path, raw: Path) -> str:
    """Copy the exports and the file, or the archive it lies in, into `raw`; return its path there.

    Of an archive's file: below the archive, as intake calls it.
    """
    outer = _outermost(file)
    place = Path(outer.name)
    if desk.raw is not None:
        shutil.copytree(desk.raw, raw, symlinks=True)
        with suppress(ValueError):
            place = outer.resolve().relative_to(desk.raw.resolve())
    raw.mkdir(exist_ok=True)
    if not (raw / place).exists():
        shutil.copyfile(outer, raw / place)
    return (place / file.relative_to(outer)).as_posix()


def _told(report: CleanReport, file: str) -> Iterator[str]:
    sheets = report.sheets[report.sheets["file"] == file]
    for sheet in sheets[sheets["status"] != "read"].to_dict("records"):
        yield f"没有读取{_of(sheet['sheet'])}：{sheet['note']}"
    for row in report.mapped[report.mapped["file"] == file].to_dict("records"):
        yield (
            f"映射『{row['mapping']}』{_of(row['sheet'])}：{row['rows_read']} 行，"
            f"采用 {row['accepted']}，合并 {row['merged']}，被替代 {row['superseded']}，"
            f"隔离 {row['quarantined']}，不合规则 {row['left_out']}"
        )
    for row in report.sources[report.sources["file"] == file].to_dict("records"):
        yield (
            f"  → 『{table_title(row['table'])}』{row['rows_read']} 行：采用 {row['accepted']}，"
            f"合并 {row['merged']}，被替代 {row['superseded']}，隔离 {row['quarantined']}"
        )
    bad = report.quarantine[report.quarantine["file"] == file]
    for code, rows in bad.groupby("code", sort=False):
        first = rows.iloc[0]
        yield f"  ✗ {len(rows)} 行（{code}），如第 {first['row']} 行：{first['reason']}"
        yield f"    改法：{first['fix']}"
    for note in dict.fromkeys(sheets[sheets["status"] == "read"]["note"]):
        yield f"  说明：{note}"


def _of(sheet: str) -> str:
    return f"工作表『{clip(sheet)}』" if sheet else ""


def _outermost(file: Path) -> Path:
    """Return the file that lies there: `file` itself, or the archive that it is in."""
    for place in (file, *file.parents):
        if place.is_file():
            return place
    raise UsageError(f"找不到文件 {file}，请检查路径")


@contextmanager
def _opened(file: Path, limits: Limits, tell: Tell) -> Iterator[list[RawFile]]:
    """Yield a file as it is read: itself, one in an archive, or all that an archive holds."""
    outer = _outermost(file)
    there = outer.resolve()
    name = (Path(there.name) / file.relative_to(outer)).as_posix()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            raw = open_named(there.parent, name, limits, Path(folder))
            opened = [raw] if raw.kind is not Kind.ZIP else [*_within(raw, limits, folder, tell)]
        except RefusedError as refusal:
            raise UsageError(str(refusal)) from None
        yield opened


def _within(archive: RawFile, limits: Limits, folder: str, tell: Tell) -> Iterator[RawFile]:
    """Yield the tables of an archive; tell what is none and why."""
    for member in unpack(archive, limits, Path(folder)):
        try:
            if isinstance(member.file, RefusedError):
                raise member.file
            if member.file is not None:
                discover.check_file(member.file, limits)
                yield member.file
        except RefusedError as refusal:
            tell(f"# {refusal}")


def _sheets(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a file; of a csv the first rows."""
    try:
        if raw.kind is Kind.TEXT:
            return in_its_encoding(raw, lambda encoding: [_beginning(raw, limits, encoding)])
        return read_sheets(raw, limits)
    except RefusedError as refusal:
        raise UsageError(str(refusal)) from None


def _beginning(raw: RawFile, limits: Limits, encoding: str) -> Sheet:
    rows: list[list[Cell]] = []
    blank: set[int] = set()
    for block in CsvSheet(raw, limits, encoding).blocks(0):
        for row, is_blank in block.rows(np.arange(min(block.height, _MOST_ROWS))):
            if is_blank:
                blank.add(len(rows))
            rows.append(row)
        if len(rows) >= _MOST_ROWS:
            break
    return Sheet("", rows, frozenset(blank))


def _project() -> Path | None:
    try:
        return project_root(Path())
    except UsageError:
        return None
