"""The cells behind an entry of a sheet that a mapping read: which row, part and column."""

import pandas as pd

from dalian_eval.intake import clean
from dalian_eval.report.mending.correction_tasks import mending_lines
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.evidence_cells import read_cells
from dalian_eval.rubric_file.load import load_rubric
from tests.light_runs import ROOT

MAPPING = """\
在线:
  表头: [单位, 1月应传]
  表:
    自动监测:
      每组: [1月, 2月]
      单位编码: 单位
      月份: {写: "2024年{}"}
      应传数: "{}应传"
      即时有效数: "{}即时"
      补全有效数: "{}补全"
"""


def test_a_part_is_named_with_its_own_columns(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "单位.csv").write_text("单位编码,单位名称\nD01,东片\n", encoding="utf-8")
    (raw / "在线.csv").write_text(
        "单位,1月应传,1月即时,1月补全,2月应传,2月即时,2月补全\n东片,700,690,695,600,590,595\n",
        encoding="utf-8",
    )
    (tmp_path / "mappings.yaml").write_text(MAPPING, encoding="utf-8")
    report = clean(
        raw,
        tmp_path / "clean",
        headers=ROOT / "params" / "headers.yaml",
        mappings=tmp_path / "mappings.yaml",
    )
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
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "单位.csv").write_text("单位编码,单位名称\nD01,东片\n", encoding="utf-8")
    (raw / "在线.csv").write_text(
        "单位,1月应传,1月即时,1月补全,2月应传,2月即时,2月补全\n北片,700,690,695,600,590,595\n",
        encoding="utf-8",
    )
    (tmp_path / "mappings.yaml").write_text(MAPPING, encoding="utf-8")
    report = clean(
        raw,
        tmp_path / "clean",
        headers=ROOT / "params" / "headers.yaml",
        mappings=tmp_path / "mappings.yaml",
    )
    assert report.mapped["quarantined"].to_list() == [1]
    assert len(report.quarantine) == 2
    (line,) = mending_lines(report).to_dict("records")
    assert (line["row"], line["column"], line["value"]) == (2, "单位", "北片")
