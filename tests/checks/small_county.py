"""A small county in which nothing is wrong, written as intake would write it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.checks.delivery import Delivery
from dalian_eval.outputs.csv_files import table_frame, write_table
from dalian_eval.outputs.model import Cell
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.model import DrawPlan
from dalian_eval.rubric.period import Period
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.model import Table, Type
from dalian_eval.schema.origins import ORIGIN, origin
from dalian_eval.schema.tables import BY_NAME, TABLES

DRAW = DrawPlan(
    ordinary=("一般处罚",),
    supporting=("查封扣押", "限产停产", "按日连续处罚", "移送"),
    unit_files=2,
)
RUBRIC = load_rubric(Path(__file__).parents[2] / "params/rubrics/2024.yaml")
SECTIONS = (RUBRIC.unit, RUBRIC.officer)
P = Period(dt.date(2023, 11, 1), dt.date(2024, 10, 31))
AS_OF = dt.date(2023, 12, 31)
"""Two months of P have ended: a complete county stays small."""

Row = dict[str, Any]
NOV, DEC = dt.date(2023, 11, 20), dt.date(2023, 12, 20)
DECIDED = {"clause": "officer.cases", "reason": "某事由", "decided_by": "某组", "decided_on": DEC}
STATED = {"date": DEC, "handler": "某科", "basis": "某凭据"}
DATES = {"plan": "方案送市局", "report": "总结报告送市局"}
ALL_ROLES = {"inspector": True, "interviewer": True, "approver": True}


def record(number: str, unit: str, day: dt.date, **more: Any) -> Row:
    at = dt.datetime.combine(day, dt.time(10))
    row = {"record_id": number, "unit_id": unit, "inspectors": ["A1", "A2"], "uploader": "A1"}
    return {**row, "inspected_at": at, "uploaded_at": at + dt.timedelta(hours=2), **more}


def good_tables() -> dict[str, list[Row]]:
    subject = {"subject_kind": "个人", "subject": "A1"}
    unit = {"unit_id": "D01"}
    counts = {"due": 100, "immediate": 90, "completed": 95}
    return {
        "units": [
            {"unit_id": "D00", "candidate": False},
            {"unit_id": "D01", "parent_id": "D00", "candidate": True},
            {"unit_id": "D02", "parent_id": "D00", "candidate": True},
        ],
        "officers": [
            {"officer_id": a, "valid_from": dt.date(2020, 1, 1), "candidate": True}
            for a in ("A1", "A2")
        ],
        "postings": [
            {**unit, "officer_id": "A1", "start": dt.date(2023, 1, 1), "end": dt.date(2023, 11, 9)},
            {"unit_id": "D02", "officer_id": "A1", "start": dt.date(2023, 11, 10)},
            {"unit_id": "D02", "officer_id": "A2", "start": dt.date(2023, 1, 1)},
        ],
        "inspections": [
            record("J1", "D01", NOV),
            record("J2", "D01", DEC),
            record("J3", "D02", NOV),
            record("J4", "D02", DEC),
        ],
        "cases": [
            {**unit, "case_id": "C1", "kind": "一般处罚", "decided_on": NOV, "record_id": "J1"},
            {"unit_id": "D02", "case_id": "C2", "kind": "移送", "transferred_on": DEC},
        ],
        "case_handlers": [
            {"case_id": "C1", "officer_id": "A1", **ALL_ROLES},
            {"case_id": "C2", "officer_id": "A2", **ALL_ROLES},
            {"case_id": "C2", "officer_id": "A1", "inspector": True},
        ],
        "case_draws": [
            {**subject, "category": "一般处罚", "case_id": "C1", "drawn_on": DEC},
            {"subject_kind": "单位", "subject": "D02", "category": "不限", "case_id": "C2"}
            | {"drawn_on": DEC},
        ],
        "case_reviews": [
            {"case_id": "C1", "level": "县", "reviewed_on": DEC, "score": 90},
            {"case_id": "C2", "level": "县", "reviewed_on": DEC, "zero": True},
        ],
        "review_scores": [{**unit, "score": 20}],
        "review_findings": [{**unit, "finding_id": "F1", "kind": "通报批评", "date": NOV}],
        "leads": [{**unit, "lead_id": "L1", "pushed_on": NOV, "due_on": DEC, "fed_back_on": DEC}],
        "automonitor": [{**unit, "month": m, **counts} for m in ("2023-11", "2023-12")],
        "quality_findings": [
            {**subject, "finding_id": "Q1", "kind": "数据质量扣分", "date": NOV, "deduction": 1}
        ],
        "air_scores": [
            {"round": "R1", "officer_id": "A1", "ended_on": NOV}
            | {"task": 90, "problems": 90, "materials": 90}
        ],
        "remote_scores": [{**unit, "round": "R1", "ended_on": NOV, "score": 80}],
        "discipline": [{**subject, "finding_id": "K1", "kind": "廉政纪律", "date": NOV}],
        "litigation": [
            {"case_id": "C1", "procedure": "行政诉讼", "outcome": "胜诉", "state": "生效"}
            | {"effective_on": DEC}
        ],
        "honours": [{**subject, "honour_id": "H1", "category": "荣誉", "date": NOV, "year": 2023}],
        "typical_cases": [{**unit, "case_id": "C1", "level": "市", "published_on": DEC}],
        "contests": [{**subject, "contest_id": "B1", "date": NOV}],
        "qualifications": [{"officer_id": "A1", "kind": "省级稽查"}],
        "equipment": [{**unit, "item": "无人机", "quantity": 1}],
        "unit_facts": [{**unit, "item": "车辆统一标识", "holds": True}],
        "past_recognition": [{**subject, "year": 2022}],
        "activities": [{**unit, "activity_id": "HD1", "kind": "业务学习", "date": NOV}],
        "publicity": [{**unit, "item_id": "X1", "kind": "简报", "date": NOV}],
        "city_ranking": [{"officer_id": "A1", "rank": 1, "score": 90}],
        "decisions": [
            {**subject, **DECIDED, "decision_id": "S1", "kind": "申诉受理", "points": 0},
            {**subject, **DECIDED, "decision_id": "S2", "kind": "申诉改正", "points": 1}
            | {"appeal_id": "S1"},
        ],
        "registrations": [
            {**STATED, "registration_id": "G1", "matter": "时间节点", "about": "方案送市局"},
            {**STATED, "registration_id": "G2", "matter": "并列定序", "about": "A1"}
            | {"content": "第1"},
            {**STATED, "registration_id": "G3", "matter": "预审案卷", "about": "C1"},
            {**STATED, "registration_id": "G4", "matter": "其他", "about": "某事"},
        ],
    }


class County:
    """Tables that a test spoils before they are written; rows are numbered from 2 as in a sheet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = good_tables()
        self.quarantine: list[tuple[str, int]] = []
        self.sheets: list[tuple[str, str, str]] = []

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def write(self) -> Path:
        """Write what intake would, and return the folder."""
        self.folder.mkdir(exist_ok=True)
        sources = [t for t in TABLES if t.name in self.tables]
        for number, table in enumerate(sources):
            rows = [
                {ORIGIN: origin(number, i), **row}
                for i, row in enumerate(self[table.name], start=2)
            ]
            lists = {c.name: [] for c in table.columns if c.type is Type.LIST}
            data = pa.Table.from_pylist([{**lists, **row} for row in rows], arrow_schema(table))
            path = self.folder / f"{table.name}.parquet"
            pq.write_table(data, path, use_compliant_nested_type=False)
        self._told(
            "sources",
            ["id", "table", "file", "sha256", "sheet", "rows_read", "quarantined"],
            [self._source(number, table) for number, table in enumerate(sources)],
        )
        self._told(
            "quarantine",
            ["table", "file", "sheet", "row"],
            [[name, f"{BY_NAME[name].sheet}.csv", "", row] for name, row in self.quarantine],
        )
        self._told("sheets", ["file", "sheet", "status"], [list(row) for row in self.sheets])
        return self.folder

    def _source(self, number: int, table: Table) -> list[Any]:
        lost = sum(name == table.name for name, _ in self.quarantine)
        read = len(self[table.name]) + lost
        return [number, table.name, f"{table.sheet}.csv", "0" * 64, "", read, lost]

    def _told(self, name: str, header: list[str], rows: list[list[Any]]) -> None:
        """Write a table of intake's report; what is not told is 0 or blank."""
        output = OUTPUTS[name]
        bare = {c.name: 0 if c.cell is Cell.COUNT else "" for c in output.columns}
        told = [{**bare, **dict(zip(header, row, strict=True))} for row in rows]
        write_table(name, table_frame(output, told), self.folder)

    def delivery(self, as_of: dt.date = AS_OF) -> Delivery:
        return Delivery(self.write(), P, as_of, DRAW, SECTIONS, dates=DATES)


def origin_of(place: str) -> str:
    """`units!2` as the origin text of a county's row."""
    table, row = place.split("!")
    return f"{table}:{BY_NAME[table].sheet}.csv#!{row}"
