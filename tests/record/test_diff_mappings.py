"""Mappings are an input of a run: another file is another run, and a difference names it."""

import shutil
from pathlib import Path

from dalian_eval.report.changes.comparison import SETTINGS
from dalian_eval.stages.pipeline import open_job
from tests.light_runs import ROOT, compared, laid_out, write_tables

MAPPING = """\
事项台账:
  表头: [执法单位, 建成情况]
  表:
    单位事项:
      单位编码: 执法单位
      事项: {写: 车辆统一标识}
      结论: {列: 建成情况, 词: {已建成: 是, 在建: MEANT}}
"""


def run(place: Path, raw: Path, text: str, name: str) -> Path:
    params = place / name
    shutil.copytree(ROOT / "params", params)
    (params / "mappings.yaml").write_text(text, encoding="utf-8")
    job = open_job(
        month="2024-08",
        raw=str(raw),
        params=str(params / "2024.yaml"),
        processed=str(place / "runs" / "processed"),
        start=ROOT,
    )
    return laid_out(job, place / "runs" / "2024-08" / job.run_id)


def test_another_mapping_is_a_setting_that_moves_points(tmp_path: Path) -> None:
    units = [{"单位编码": "D00", "单位名称": "县局", "候选集体": "否"}]
    units += [
        {"单位编码": u, "单位名称": f"{u}局", "上级单位编码": "D00", "候选集体": "是"}
        for u in ("D01", "D02")
    ]
    person = {"执法证号": "A1", "姓名": "甲某", "在编": "是", "证件有效期起": "2020-01-01"}
    posting = {"执法证号": "A1", "单位编码": "D01", "到岗日期": "2020-01-01"}
    raw = write_tables(tmp_path / "raw", {"单位": units, "人员": [person], "任职": [posting]})
    (raw / "单位事项.csv").unlink()
    (raw / "台账.csv").write_text("执法单位,建成情况\nD01局,已建成\nD02局,在建\n", encoding="utf-8")
    first = run(tmp_path, raw, MAPPING.replace("MEANT", "否"), "one")
    second = run(tmp_path, raw, MAPPING.replace("MEANT", "是"), "two")

    assert first.name != second.name
    found = compared(first, second, tmp_path / "runs")
    assert "映射文件" in found.settings[0].name
    (change,) = [c for c in found.candidates if c.candidate == "D02"]
    assert change.difference > 0
    assert {part.source for part in change.parts} == {SETTINGS}
