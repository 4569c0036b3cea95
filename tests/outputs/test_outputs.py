"""Outputs are declared once, and everything that names one names a declared one."""

import re
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.csv_files import (
    read_table,
    table_frame,
    write_public_table,
    write_table,
)
from dalian_eval.outputs.docs import with_tables
from dalian_eval.outputs.model import Cell, Maker, Output, OutputColumn
from dalian_eval.outputs.tables import FILES, OUTPUTS, downloads
from dalian_eval.report.base.labels import TITLES
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.views.run_view import RunView

ROOT = Path(__file__).parents[2]
_VALUES = {Cell.TEXT: "甲", Cell.ORIGINS: "cases:a#b!2", Cell.POINTS: -12_345, Cell.COUNT: 7}
_ELSEWHERE = {
    "登记_操作台.csv",
    "佐证清单.csv",
    "待办清单.csv",
    "数据问题.csv",
    "清单.csv",
    "空文件.csv",
}
"""CSV files that are no part of a record: raw, of a unit's pack, of the demo's exports."""


_TWO_MEANINGS = {"decided_by", "value", "whose", "by", "rows", "total_after", "rank_after"}
"""A person or readings; a figure or an original cell; of a move, or of a reading, correction or
comparison.
"""


def sample(output: Output) -> pd.DataFrame:
    """Return a row of values, and one with blanks wherever they are allowed."""
    full = [_VALUES.get(column.cell, True) for column in output.columns]
    bare = [
        None if c.blank or c.cell is Cell.TEXT else value
        for c, value in zip(output.columns, full, strict=True)
    ]
    return table_frame(output, [full, bare])


def test_a_file_is_declared_once_and_a_column_has_one_title():
    files = [output.file for output in FILES]
    assert len({*files}) == len(files)
    found: dict[str, set[str]] = {}
    for output in OUTPUTS.values():
        assert len({*output.names}) == len(output.names), output.file
        assert {*output.order} <= {*output.names}, output.file
        for column in output.columns:
            found.setdefault(column.name, set()).add(column.title)
    assert {name for name, titles in found.items() if len(titles) > 1} == _TWO_MEANINGS


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_written_is_read_with_its_types(name, tmp_path):
    made = sample(OUTPUTS[name])
    write_table(name, made, tmp_path)
    pd.testing.assert_frame_equal(read_table(name, tmp_path), made, check_dtype=False)
    for column in OUTPUTS[name].columns:
        assert read_table(name, tmp_path)[column.name].dtype == column.dtype, column


def test_what_is_not_declared_is_not_written(tmp_path):
    made = sample(OUTPUTS["scores"])
    with pytest.raises(AssertionError, match="scores"):
        write_table("scores", made.assign(more=1), tmp_path)
    write_table("scores", made, tmp_path)
    text = (tmp_path / "scores.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "scores.csv").write_text(text.replace("total", "sum"), encoding="utf-8-sig")
    with pytest.raises(UsageError, match=r"scores\.csv"):
        read_table("scores", tmp_path)


def test_the_public_edition_has_no_column_that_is_kept_back(tmp_path):
    write_public_table("draw", sample(OUTPUTS["draw"]), tmp_path)
    assert "case" not in read_csv(tmp_path / "draw.csv").columns
    public = {file for file, _ in downloads(public=True)}
    assert public < {file for file, _ in downloads(public=False)}
    assert not public & {"decisions.csv", "assignments.csv", "quarantine.csv", "scores.xlsx"}


def test_a_new_output_needs_one_declaration(tmp_path, monkeypatch):
    columns = (
        OutputColumn(name="candidate", title="代码"),
        OutputColumn(name="gain", title="可增", cell=Cell.POINTS),
    )
    todo = Output(
        file="todo.csv", title="待办", note="what", made_by=Maker.SCORING, columns=columns
    )
    monkeypatch.setitem(OUTPUTS, "todo", todo)
    write_table("todo", table_frame(todo, [{"candidate": "D01", "gain": 5000}]), tmp_path)
    assert (tmp_path / "todo.csv").read_text("utf-8-sig") == "candidate,gain\nD01,0.5000\n"
    assert read_table("todo", tmp_path)["gain"].tolist() == [5000]


def test_views_hold_declared_tables():
    names = {field.name for field in fields(RunView)} - {"rubric", "meta", "validation"}
    assert names <= {*OUTPUTS}
    campaign = {o.name for o in OUTPUTS.values() if o.made_by is Maker.CAMPAIGN}
    assert {field.name for field in fields(CampaignView)} == campaign


def test_every_csv_that_is_named_is_declared():
    named: dict[str, str] = {}
    for path in [*(ROOT / "dalian_eval").rglob("*.py"), *(ROOT / "dalian_eval").rglob("*.html")]:
        if "demo" not in path.parts and "outputs" not in path.parts:
            for file in re.findall(r"[\w一-龥]+\.csv\b", path.read_text(encoding="utf-8")):
                named[file] = path.name
    modules = {"arrow.csv", "pyarrow.csv"}
    unknown = {*named} - {o.file for o in FILES} - _ELSEWHERE - modules
    assert {file: named[file] for file in unknown} == {}


def test_the_page_about_outputs_is_current():
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    assert with_tables(page) == page


def test_the_demo_record_has_the_declared_files_in_the_declared_order(demo_run):
    for path in demo_run.glob("*.csv"):
        output = OUTPUTS[path.stem]
        table = read_table(output.name, demo_run)
        assert list(table.columns) == output.names, path.name
        for column in output.columns:
            known = {*column.words} if column.words else {*table[column.name]}
            assert {*table[column.name]} <= known, (path.name, column.name)
            assert column.name in TITLES
        if output.order:
            ordered = table.sort_values([*output.order], kind="stable")
            assert ordered.index.tolist() == table.index.tolist(), path.name
    for file, _ in downloads(public=False):
        assert (demo_run / file).is_file(), file
