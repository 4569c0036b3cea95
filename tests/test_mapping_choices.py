"""A proposed mapping changed column by column, and kept only where it can be read back."""

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.mapping.load_mappings import load_mappings
from dalian_eval.jobs.map_export import Proposed, proposed_for, try_mapping
from dalian_eval.jobs.mapping_choices import (
    chosen,
    keep_mapping,
    missing_columns,
    our_columns,
    their_columns,
    unknown_words,
    words_for,
)
from tests.conftest import ROOT

HEADERS = ("证照号", "人员姓名", "曾用名", "编制性质")
ROWS = (("06120001", "甲一", "乙一", "行政编制"), ("06120002", "甲二", "乙二", "借来的"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADERS, *ROWS):
        book.active.append(row)
    book.save(tmp_path / "名册.xlsx")
    return tmp_path


@pytest.fixture
def proposed(project: Path) -> Proposed:
    told: list[str] = []
    found = proposed_for(project / "名册.xlsx", raw=None, params=None, tell=told.append)
    assert (len(found), told) == (1, [])
    return found[0]


def place(proposed: Proposed, shown: str) -> tuple[int, str]:
    return dict(our_columns(proposed))[shown]


def test_each_column_has_three_samples_and_what_it_is_taken_for(proposed: Proposed) -> None:
    columns = {column.header: column for column in their_columns(proposed)}
    assert tuple(columns) == HEADERS
    assert columns["人员姓名"].samples == ("甲一", "甲二")
    assert columns["人员姓名"].places == (place(proposed, "人员·姓名"),)
    assert columns["编制性质"].places == (place(proposed, "人员·在编"),)
    assert "行政编制→是" in columns["编制性质"].told
    assert columns["曾用名"].places == ()


def test_what_is_picked_instead_is_written_and_read(project: Path, proposed: Proposed) -> None:
    name = place(proposed, "人员·姓名")
    needed = {at: "是" for at, column in missing_columns(proposed) if words_for(column)}
    words = {(at, word): "否" for at, _, word in unknown_words(proposed)}
    assert [word for _, word in words] == ["借来的"]
    picked = {"人员姓名": (), "曾用名": (name,)}
    mappings = keep_mapping(chosen(proposed, picked, needed, words))
    assert mappings == project / "params" / "mappings.yaml"
    written = mappings.read_text(encoding="utf-8")
    assert written.startswith((ROOT / "params/mappings.yaml").read_text(encoding="utf-8").rstrip())
    (rule,) = load_mappings(mappings)[-1].rules
    forms = {form.column: form for form in rule.forms}
    assert forms["name"].headers == ("曾用名",)
    assert dict(forms["established"].words)["借来的"] == "否"
    told: list[str] = []
    try_mapping(file=project / "名册.xlsx", raw=None, params=None, mappings=None, tell=told.append)
    assert any("→ 『人员』2 行：采用 2" in line for line in told), told
    again = keep_mapping(chosen(proposed, picked, needed, words))
    assert len({mapping.name for mapping in load_mappings(again)}) == len(load_mappings(again))


def test_two_columns_for_one_are_refused_and_nothing_is_written(
    project: Path, proposed: Proposed
) -> None:
    before = (project / "params/mappings.yaml").read_bytes()
    with pytest.raises(UsageError, match="『人员姓名』和『曾用名』都选作『姓名』"):
        chosen(proposed, {"曾用名": (place(proposed, "人员·姓名"),)}, {}, {})
    with pytest.raises(UsageError, match=r"还不能保存：.*『执法证号』"):
        keep_mapping(chosen(proposed, {"证照号": ()}, {}, {}))
    assert (project / "params/mappings.yaml").read_bytes() == before


class OfWindows(zipfile.ZipInfo):
    """A file whose name is written as Windows packs it: in GBK, without saying so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), 0


@pytest.fixture
def packed(project: Path) -> Path:
    """An archive in the raw folder, with a damaged file and one that is no table."""
    raw = project / "raw"
    raw.mkdir()
    with zipfile.ZipFile(raw / "报送 包.zip", "w") as archive:
        archive.writestr(OfWindows("分局/名册.xlsx"), (project / "名册.xlsx").read_bytes())
        archive.writestr("damaged.xlsx", b"PK\3\4 cut off")
        archive.writestr("readme.docx", b"x")
    return raw / "报送 包.zip"


@pytest.mark.parametrize("inside", ["", "分局/名册.xlsx"])
def test_a_file_in_an_archive_is_proposed_for_kept_and_read(packed: Path, inside: str) -> None:
    raw, told = packed.parent, list[str]()
    (found,) = proposed_for(packed / inside, raw=raw, params=None, tell=told.append)
    assert found.place == "报送 包.zip/分局/名册.xlsx 工作表『Sheet』"
    assert [line.startswith("# 文件 报送 包.zip/damaged.xlsx") for line in told] == (
        [] if inside else [True]
    )
    constants = {place: "在岗" for place, _ in missing_columns(found)}
    words = {(place, word): "否" for place, _, word in unknown_words(found)}
    keep_mapping(chosen(found, {}, constants, words))
    said: list[str] = []
    try_mapping(file=packed / inside, raw=raw, params=None, mappings=None, tell=said.append)
    assert "→ 『人员』2 行" in "\n".join(said)
    assert ("报送 包.zip/分局/名册.xlsx：" in said) == (not inside)


def test_what_is_not_in_an_archive_is_told(packed: Path) -> None:
    for place, said in (
        (packed / "没有.xlsx", "没有.xlsx"),
        (packed.parent / "没有.zip", "找不到"),
    ):
        with pytest.raises(UsageError, match=said):
            proposed_for(place, raw=None, params=None, tell=print)
