"""The cells behind an entry of a sheet that a mapping read: which row, part and column."""

import pandas as pd

from dalian_eval.report.mending.correction_tasks import mending_lines
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.evidence_cells import read_cells
from dalian_eval.rubric_file.load import load_rubric
from tests.light_runs import ROOT
from tests.mapped_county import clean_mapped


def test_a_part_is_named_with_its_own_columns(tmp_path):
    report = clean_mapped(tmp_path, "东片")
    evidence = "automonitor:在线.csv#!2 automonitor:在线.csv#!2.1"
    (both,) = parse_origins(evidence)
    assert (both.rows, both.place) == ((2,), "第2行")
    cells = read_cells(tmp_path / "clean", pd.DataFrame(report.sources), [evidence])
    rubric = load_rubric(ROOT / "params" / "rubrics" / "2024.yaml")
    clause = next(iter(rubric.unit.clauses.values()))
    (second,) = cells.behind(clause, parse_origins("automonitor:在线.csv#!2.1"))
    shown = dict(zip(second.heads, second.rows[0][1], strict=True))
    assert second.rows[0][0] == 2
    assert shown["月份"] == "2024-02"
    assert shown["单位编码（单位）"] == "D01"
    (together,) = cells.behind(clause, [both])
    assert [cells[together.heads.index("月份")] for _, cells in together.rows] == [
        "2024-01",
        "2024-02",
    ]


def test_a_bad_cell_of_several_rows_is_one_line_to_mend(tmp_path):
    report = clean_mapped(tmp_path, "北片")
    assert report.mapped["quarantined"].to_list() == [1]
    assert len(report.quarantine) == 2
    (line,) = mending_lines(report).to_dict("records")
    assert (line["row"], line["column"], line["value"]) == (2, "单位", "北片")
