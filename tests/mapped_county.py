"""A county whose 自动监测 comes in a sheet that a mapping reads: a row is two months of a unit."""

from pathlib import Path

from dalian_eval.intake import CleanReport, clean
from tests.light_runs import ROOT

SYNONYMS = ROOT / "params" / "headers.yaml"
SHEET = ("在线.csv", "")

_MAPPING = """\
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


def clean_mapped(folder: Path, *units: str) -> CleanReport:
    """Write a row for each unit name into `raw` in the folder and clean it; only 东片 is known."""
    raw = folder / "raw"
    raw.mkdir()
    (raw / "单位.csv").write_text("单位编码,单位名称\nD01,东片\n", encoding="utf-8")
    head = "单位,1月应传,1月即时,1月补全,2月应传,2月即时,2月补全"
    rows = [f"{unit},700,690,695,600,590,595" for unit in units]
    (raw / SHEET[0]).write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    mappings = folder / "mappings.yaml"
    mappings.write_text(_MAPPING, encoding="utf-8")
    return clean(raw, folder / "clean", headers=SYNONYMS, mappings=mappings)
