"""The pages of source sheets: from an entry's evidence to its row and back, and who has none."""

import csv
import datetime as dt
import html
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from dalian_eval.base.limits import DEFAULT_LIMITS
from dalian_eval.demo import export, invent
from dalian_eval.intake.base.raw_cell import half_width
from dalian_eval.intake.corrections.correction_sheets import HEADERS, Action
from dalian_eval.intake.files.archive import open_named
from dalian_eval.intake.files.sheets import open_sheets
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.intake.tables.sheet_columns import sheet_columns
from dalian_eval.jobs.runs.run_pages import Writer, _write_quarantine, _write_sheets
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.report.base.file_names import SHEETS
from dalian_eval.report.base.tables import cell_text
from dalian_eval.report.sheets.row_fates import Mark, State, row_fates
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.evidence_cells import read_cells
from dalian_eval.report.views.run_view import load_view
from dalian_eval.report.views.sheet_places import PAGE_ROWS, SheetPlaces, sheet_places
from dalian_eval.stages.parameters import SheetsModel
from dalian_eval.stages.pipeline import CLEAN
from tests.light_runs import ROOT, light_job
from tests.mapped_county import SHEET, SYNONYMS, clean_mapped

HOSTILE = "<script>alert(1)</script>\"'&=1+1\x07\u2067{{ 7*7 }}"
ROW = re.compile(r'<tr id="r(\d+)"([^>]*)>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


def text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


class Rows:
    """The rows of the pages of a folder: by page and number, the words and the cells of each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pages: dict[str, dict[int, tuple[str, str]]] = {}

    def html(self, link: str) -> str:
        """The row that an address from the run folder leads to."""
        path, _, anchor = link.partition("#")
        if path not in self._pages:
            found = ROW.findall((self.folder / path).read_text("utf-8"))
            self._pages[path] = {int(number): (kind, cells) for number, kind, cells in found}
        return "".join(self._pages[path][int(anchor.removeprefix("r"))])

    def cells(self, link: str) -> list[str]:
        """The cells of such a row: what became of it, those of the file, who rests on it."""
        return [text(cell) for cell in CELL.findall(self.html(link))]


def stands(value: str, cells: list[str]) -> bool:
    """Whether a value of a canonical table is spelt in one of the cells of its row."""
    if value == cell_text(None) or half_width(value) in map(half_width, cells):
        return True
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        # A day may stand there as a spreadsheet counts it.
        days = (dt.date.fromisoformat(value) - dt.date(1899, 12, 30)).days
        return bool({str(days), value.replace("-", "")} & {*cells}) or any(
            numbers(c)[:3] == numbers(value) for c in cells
        )
    if numbers(value):
        return {*numbers(value)} <= {n for cell in cells for n in numbers(cell)}
    # A list may stand there with other signs between its words.
    return any(all(word in cell for word in value.split("、")) for cell in cells)


def numbers(told: str) -> list[str]:
    return [n.lstrip("0") for n in re.findall(r"\d+", half_width(told))]


# ---- the demo ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def view(demo_run, rubric):
    return load_view(demo_run, rubric)


@pytest.fixture(scope="module")
def shown(demo_run):
    return Rows(demo_run)


def test_evidence_leads_to_its_row_with_its_cells(demo_run, view, shown):
    """What a statement shows of a row stands in the row it leads to: codes, numbers and days."""
    clean = ROOT / "data/processed" / demo_run.name / CLEAN
    cells = read_cells(clean, view.sources, view.ledger["evidence"])
    seen = 0
    for kind, name, evidence in view.ledger[["kind", "clause", "evidence"]].itertuples(index=False):
        clause = view.section(kind).clauses.get(name)
        for table in [] if clause is None else cells.behind(clause, parse_origins(evidence)):
            place = table.place
            for row, values in table.rows:
                link = view.sheet_places.link(place.file, place.sheet, row)
                if not link:
                    assert "检查记录" in place.file
                    continue
                there = shown.cells(link)
                for value in values:
                    assert stands(value, there), (link, value, there)
                seen += 1
    assert seen > 1000


def test_a_row_leads_back_to_every_clause_that_rests_on_it(view, shown):
    wanted: dict[str, set[str]] = {}
    for entry in view.ledger.itertuples():
        link = view.link(entry.kind, entry.candidate, entry.clause)
        for place in parse_origins(entry.evidence):
            for row in place.rows:
                there = view.sheet_places.link(place.file, place.sheet, row)
                if there:
                    wanted.setdefault(there, set()).add(f"../{link}")
    assert len(wanted) > 600
    for there, links in wanted.items():
        back = re.findall(r'href="(\.\./statements/[^"]+)"', shown.html(there))
        assert {*map(html.unescape, back)} == links, there


def test_statements_lead_to_rows(demo_run, view):
    page = (demo_run / "statements/unit-D02.html").read_text("utf-8")
    assert re.search(r'href="\.\./sheets/s4\.html#r\d+"', page)
    assert 'href="../inputs/%E6%A1%88%E4%BB%B6' not in page
    # Of the large sheets, which have no pages, the name leads to the file.
    assert 'href="../inputs/%E6%A3%80%E6%9F%A5%E8%AE%B0%E5%BD%95/' in page


def test_what_was_refused_is_lit_and_told(demo_run, view, shown):
    found = 0
    for line in read_table("quarantine_cells", demo_run).to_dict("records"):
        link = view.sheet_places.link(line["file"], line["sheet"], line["row"])
        if link:
            row = shown.html(link)
            told = shown.cells(link)
            assert told[0].startswith(f"隔离{line['reason']}"), told
            assert line["fix"] in told[0]
            (lit,) = re.findall(r'<td class="refused">(.*?)</td>', row)
            assert text(lit) == f"{line['value'] or '（空）'}隔离"
            assert link in (demo_run / "quarantine.html").read_text("utf-8")
            found += 1
    assert found > 4


def test_what_went_leads_to_what_stayed(demo_run, view, shown):
    for name, word in (("merges", "并入到"), ("supersessions", "已被取代，见")):
        lines = read_table(name, demo_run).to_dict("records")
        places = [(r, view.sheet_places.link(r["file"], r["sheet"], r["row"])) for r in lines]
        seen = [(line, link) for line, link in places if link]
        assert seen
        for line, link in seen:
            kept = view.sheet_places.link(line["kept_file"], line["kept_sheet"], line["kept_row"])
            assert shown.cells(link)[0].startswith(word)
            assert f'href="{kept.removeprefix("sheets/")}"' in shown.html(link)


def test_the_list_names_every_sheet_and_says_which_have_no_page(demo_run, view):
    page = (demo_run / "sheets/index.html").read_text("utf-8")
    lines = re.findall(r'<tr><th scope="row">(.*?)</tr>', page)
    assert len(lines) == len(view.sources)
    for line, source in zip(lines, view.sources.to_dict("records"), strict=True):
        assert source["file"] in line
        assert f"inputs/{source['file']}</a>" in line
        has = (source["file"], source["sheet"]) in view.sheet_places.numbers
        assert has == (source["rows_read"] <= 500)
        assert ("没有附页" in line) == (not has)
        assert (f'href="s{source["id"]}.html"' in line) == has


def test_the_record_stays_small(demo_run):
    assert sum(p.stat().st_size for p in demo_run.rglob("*") if p.is_file()) < 15_000_000


# ---- the limit ---------------------------------------------------------------------------


def sources(*rows: tuple[str, str, int]) -> pd.DataFrame:
    lines = [(i, file, sheet, read) for i, (file, sheet, read) in enumerate(rows)]
    return pd.DataFrame(lines, columns=["id", "file", "sheet", "rows_read"])


@pytest.mark.parametrize(
    ("rows", "total", "have"),
    [
        (30, 100, {0, 1, 2}),
        (29, 100, {1, 2}),
        (30, 60, {0, 1, 2}),
        (30, 59, {1, 2}),
        (30, 29, {1}),
        (0, 100, set()),
        (30, 0, set()),
    ],
)
def test_small_sheets_have_pages_as_long_as_there_is_room(rows, total, have):
    # The fourth has no record, the fifth line is the third sheet once more, read by a mapping.
    read = sources(("a", "x", 30), ("a", "y", 10), ("b", "", 20), ("c", "", 0), ("b", "", 20))
    places = sheet_places(read, {"sheets": {"rows": rows, "total": total}})
    assert {*places.numbers.values()} == have


def test_a_record_of_an_earlier_version_has_no_pages():
    assert sheet_places(sources(("a", "", 1)), {}) == SheetPlaces()


def test_a_row_stands_on_the_page_of_its_number():
    places = SheetPlaces({("甲 <b>.csv", ""): 7})
    assert places.link("甲 <b>.csv", "", PAGE_ROWS) == f"sheets/s7.html#r{PAGE_ROWS}"
    assert places.link("甲 <b>.csv", "", PAGE_ROWS + 1) == f"sheets/s7-2.html#r{PAGE_ROWS + 1}"
    assert places.link("乙.csv", "", 1) == ""


# ---- archives, web pages, corrections, hostile cells, large sheets ------------------------


def cells_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """The folder of the pages of a county in many kinds of file, all with pages, and its view."""
    place = tmp_path_factory.mktemp("sheets")
    raw = place / "raw"
    export(invent(units=3, officers=12, seed=7), raw, "none")
    cases = cells_of(raw / "案件.csv")
    cases[3][2], cases[5][2] = "警告", "处罚"
    write(raw / "案件.csv", cases)
    told = {**dict.fromkeys(HEADERS, ""), "target_file": "案件.csv", "target_row": "6"}
    told |= {"column": "案件类型", "before": "处罚", "after": "一般处罚"}
    told |= {"action": Action.CORRECT.value, "by": "甲"}
    write(raw / "更正.csv", [[*HEADERS.values()], [told[name] for name in HEADERS]])
    honours = cells_of(raw / "荣誉.csv")
    honours[1][3] = HOSTILE
    write(raw / "荣誉.csv", honours)
    with zipfile.ZipFile(raw / "包.zip", "w") as archive:
        archive.write(raw / "荣誉.csv", "内/荣誉.csv")
    (raw / "荣誉.csv").unlink()
    lines = cells_of(raw / "装备.csv")
    table = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in lines
    )
    (raw / "装备.csv").unlink()
    (raw / "装备.xls").write_text(f"<html><table>{table}</table></html>", encoding="utf-8")
    job = light_job(raw, place, "2024-10")
    all_of_them = job.params.model_copy(update={"sheets": SheetsModel(rows=10**6, total=10**6)})
    writer = Writer(replace(job, params=all_of_them), place / "run")
    writer.building.mkdir()
    for name in ("run.json", "quarantine.csv", "quarantine_cells.csv", "corrections.csv"):
        assert writer.view.meta
        source = job.store / ("record" if name == "run.json" else CLEAN) / name
        (writer.building / name).write_bytes(source.read_bytes())
    _write_sheets(writer)
    return writer


def place_of(county: Writer, file: str, row: int) -> str:
    sheets = [s for f, s in county.view.sheet_places.numbers if f == file]
    return county.view.sheet_places.link(file, sheets[0], row)


def test_a_file_of_an_archive_leads_to_the_archive(county):
    link = place_of(county, "包.zip/内/荣誉.csv", 3)
    page = (county.building / link.partition("#")[0]).read_text("utf-8")
    assert 'href="../inputs/%E5%8C%85.zip"' in page
    assert Rows(county.building).cells(link)[1:4] == ["RY2024002", "单位", "D01"]


def test_a_web_page_called_xls_is_read_as_intake_does(county):
    sheets = [sheet for file, sheet in county.view.sheet_places.numbers if file == "装备.xls"]
    (source,) = county.view.sources.query("file == '装备.xls'").to_dict("records")
    assert sheets == [source["sheet"]]
    page = Rows(county.building)
    told = [page.cells(place_of(county, "装备.xls", row))[0] for row in (1, 2, 3)]
    assert told == ["表头", "采用", "采用"]
    assert 'class="sums"' not in page.html(place_of(county, "装备.xls", 2))


def test_cells_that_would_harm_are_text(county):
    link = place_of(county, "包.zip/内/荣誉.csv", 2)
    shown = "<script>alert(1)</script>\"'&=1+1‹U+0007›‹U+2067›{{ 7*7 }}"
    assert Rows(county.building).cells(link)[4] == shown
    for path in (county.building / SHEETS).iterdir():
        assert re.fullmatch(r"(index|s\d+(-\d+)?)\.html", path.name)
        assert "<script>alert" not in path.read_text("utf-8")


def test_corrected_and_refused_cells_are_told_apart(county):
    rows = Rows(county.building)
    refused, corrected = (place_of(county, "案件.csv", row) for row in (4, 6))
    assert '<td class="refused">警告<small><b>隔离</b></small></td>' in rows.html(refused)
    assert '<td class="corrected">处罚<small><b>更正</b></small></td>' in rows.html(corrected)
    told = rows.cells(corrected)[0]
    assert told == "采用，更正过按更正表，『案件类型』由“处罚”改为“一般处罚”。"
    _write_quarantine(county)
    assert f'href="{refused}"' in (county.building / "quarantine.html").read_text("utf-8")


def test_a_large_sheet_is_split_and_its_rows_lead_back(county):
    """Also a row beyond those that the ledger lists leads to the figure that counts it."""
    rows = cells_of(county.job.raw / "检查记录.csv")
    pages = -(-len(rows) // PAGE_ROWS)
    number = county.view.sheet_places.numbers["检查记录.csv", ""]
    names = [f"s{number}.html", *(f"s{number}-{i}.html" for i in range(2, pages + 1))]
    texts = [(county.building / SHEETS / name).read_text("utf-8") for name in names]
    assert sum(text.count('<tr id="r') for text in texts) == len(rows)
    assert all(text.count("<b aria-current=") == 2 for text in texts)
    assert texts[0].count(f'href="{names[1]}"') == 2
    whole = county.pages.figure_rows
    shown = Rows(county.building)
    assert whole.rows
    for kind, candidate, clause, month, evidence in county.view.ledger.loc[
        county.view.ledger["evidence"].str.count("!") >= county.view.rows_listed,
        ["kind", "candidate", "clause", "month", "evidence"],
    ].itertuples(index=False):
        node = county.view.section(kind).clauses[clause]
        every = whole.behind(kind, candidate, node, month, evidence.count("!"))
        for place in every.places if every else ():
            link = place_of(county, place.file, place.rows[-1])
            assert f"../{county.view.link(kind, candidate, clause)}" in shown.html(link)


def test_the_same_bytes_again(county, tmp_path):
    again = Writer(county.job, tmp_path)
    _write_sheets(again)
    made = {p.name: p.read_bytes() for p in (tmp_path / SHEETS).iterdir()}
    assert made == {p.name: p.read_bytes() for p in (county.building / SHEETS).iterdir()}


def test_a_statement_without_pages_leads_to_the_files(county):
    meta = {**county.view.meta, "params": {"statements": 100}}
    older = replace(county.view, meta=meta)
    page = statement_html(older, "unit", "D01")
    assert "sheets/" not in page
    assert "../inputs/" in page


def test_a_mapped_row_is_told_once_in_its_own_words(tmp_path):
    """A row becomes two of ours: one fate, the refused cell under the header it has there."""
    report = clean_mapped(tmp_path, "东片", "北片")
    assert {*sheet_places(report.sources, {"sheets": {"rows": 9, "total": 9}}).numbers} >= {SHEET}
    fates = row_fates(report, [SHEET])[SHEET]
    assert {row: fate.state for row, fate in fates.items()} == {
        2: State.ACCEPTED,
        3: State.QUARANTINED,
    }
    assert fates[3].cells == {"单位": Mark.REFUSED}
    assert len(fates[3].told) == 1
    assert "『单位』" in fates[3].told[0]
    file = open_named(tmp_path / "raw", SHEET[0], DEFAULT_LIMITS, tmp_path)
    (read,) = open_sheets(file, DEFAULT_LIMITS, "utf-8")
    assert sheet_columns(read, SHEET[0], load_headers(SYNONYMS), 1)["单位"] == 0
