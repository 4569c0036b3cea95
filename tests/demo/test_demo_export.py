"""Exports are the same bytes each time, stay small, and carry the mess that they promise."""

import csv
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from dalian_eval.base.errors import UsageError
from dalian_eval.demo import MESSES, Export, Mess, export, invent
from dalian_eval.schema.tables import TABLES

RAW = Path(__file__).parents[2] / "data" / "demo"
BUDGET = 3_000_000


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[Mess, tuple[Path, Export]]:
    county = invent()
    found: dict[Mess, tuple[Path, Export]] = {}
    for mess in MESSES:
        folder = tmp_path_factory.mktemp(mess)
        found[mess] = folder, export(county, folder, mess)
    return found


Found = dict[Mess, tuple[Path, Export]]


@pytest.mark.parametrize("mess", MESSES)
def test_two_exports_are_identical(exported: Found, tmp_path: Path, mess: Mess) -> None:
    folder, told = exported[mess]
    again = export(invent(), tmp_path / "again", mess)
    assert again == told
    assert hashes(tmp_path / "again") == hashes(folder)
    assert list(told.files) == sorted(hashes(folder))


def test_another_seed_makes_another_mess(exported: Found, tmp_path: Path) -> None:
    export(invent(), tmp_path / "other", "some", seed=1)
    folder, _ = exported["some"]
    assert hashes(tmp_path / "other") != hashes(folder)


def test_tidy_export_is_one_csv_per_table(exported: Found) -> None:
    folder, told = exported["none"]
    assert told.broken == ()
    for table in TABLES:
        path = folder / f"{table.sheet}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.reader(file)) == [column.header for column in table.columns]


def raw_cells(folder: Path, file: str, sheet: str, row: int) -> list[str]:
    """Cells of one row as the export shows them, by the row number that users see."""
    if file.endswith(".xlsx"):
        rows = CalamineWorkbook.from_path(folder / file).get_sheet_by_name(sheet)
        return [str(cell) for cell in rows.to_python(skip_empty_area=False)[row - 1]]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = (folder / file).read_text(encoding=encoding)
        except UnicodeDecodeError:
            continue
        return list(csv.reader(text.splitlines(keepends=True)))[row - 1]
    raise AssertionError(file)


MARKS = (
    "06999999",
    "02-30",
    "优",
    "6.12E+06",
    "08-32",
    "警告",
    "120",
    "七千",
    "D99X",
    "999号",
    "XS2024901",
    "BW2024901",
    "若干",
    "待定",
    "142",
    "13月",
    "不服",
)


@pytest.mark.parametrize("mess", ["some", "heavy"])
def test_broken_rows_stand_where_they_are_told(exported: Found, mess: Mess) -> None:
    folder, told = exported[mess]
    assert len(told.broken) == {"some": 9, "heavy": 19}[mess]
    for row in told.broken:
        cells = " ".join(raw_cells(folder, row.file, row.sheet, row.row))
        assert any(mark in cells for mark in MARKS), row


def test_some_has_the_mess_of_real_exports(exported: Found) -> None:
    folder, _ = exported["some"]
    book = CalamineWorkbook.from_path(folder / "基础信息/基础信息.xlsx")
    hidden = [s.name for s in book.sheets_metadata if s.visible is SheetVisibleEnum.Hidden]
    assert hidden == ["代码表"] and len(book.sheet_names) == 4
    monthly = sorted(path.name for path in (folder / "检查记录").iterdir())
    assert len(monthly) == 12 and monthly[0] == "检查记录_202311.xlsx"
    with pytest.raises(UnicodeDecodeError):
        (folder / "案件/案件.csv").read_text(encoding="utf-8")
    rows = CalamineWorkbook.from_path(folder / "检查记录/检查记录_202311.xlsx").get_sheet_by_index(
        0
    )
    listed = rows.to_python()
    assert str(listed[0][0]).startswith("示范县") and listed[1][1] == "记录编号"
    numbers = [row[1] for row in listed[2:] if row[0] != "合计"]
    assert len(numbers) > len(set(numbers)), "joint inspections stand once per inspector"


def test_heavy_has_both_date_systems_and_refusable_files(exported: Found) -> None:
    folder, _ = exported["heavy"]
    with zipfile.ZipFile(folder / "基础信息/基础信息.xlsx") as book:
        assert b'date1904="1"' in book.read("xl/workbook.xml")
    assert (folder / "其他/空文件.csv").stat().st_size == 0
    assert (folder / "其他/旧系统导出.xlsx").read_bytes().startswith(b"<html")


def test_folder_must_be_empty_and_mess_known(tmp_path: Path) -> None:
    county = invent(1, 1)
    export(county, tmp_path / "a")
    with pytest.raises(UsageError, match="不是空的"):
        export(county, tmp_path / "a")
    with pytest.raises(UsageError, match="杂乱程度"):
        export(county, tmp_path / "b", cast(Mess, "wild"))


@pytest.mark.parametrize(("units", "officers"), [(1, 1), (2, 5), (6, 70)])
@pytest.mark.parametrize("mess", MESSES)
def test_other_sizes_export_too(tmp_path: Path, units: int, officers: int, mess: Mess) -> None:
    told = export(invent(units, officers, inspections_per_officer_month=4), tmp_path / "x", mess)
    assert told.files


def contents(path: Path) -> object:
    """What a file holds: a workbook by its parts, so that only its compression may differ."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in sorted(book.namelist())}


def test_committed_exports_are_the_demo_with_some_mess(exported: Found) -> None:
    folder, told = exported["some"]
    committed = sorted(p.relative_to(RAW).as_posix() for p in RAW.rglob("[!.]*") if p.is_file())
    assert committed == list(told.files)
    for file in committed:
        assert contents(RAW / file) == contents(folder / file), file
    assert sum((RAW / file).stat().st_size for file in committed) < BUDGET
