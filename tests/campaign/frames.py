"""Small canonical tables for the campaign's tests: a county of two bureaus and a squad."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.stages.parameters import load_params

ROOT = Path(__file__).parents[2]
RULES: CampaignRules = load_params(ROOT / "params/2024.yaml").campaign
RUBRIC = load_rubric(ROOT / "params/rubrics/2024.yaml")

UNITS = [
    {"unit_id": "A", "name": "甲局", "candidate": True, "kind": "区域性执法局", "parent_id": "Z"},
    {"unit_id": "A1", "name": "甲中队", "candidate": False, "kind": "直属单位", "parent_id": "A"},
    {"unit_id": "B", "name": "乙局", "candidate": True, "parent_id": "Z"},
    {"unit_id": "K", "name": "科", "candidate": False, "kind": "科室", "parent_id": "Z"},
    {"unit_id": "Z", "name": "县局", "candidate": False, "kind": "县局"},
]


def frame(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return a canonical table; row n has the origin n + 1."""
    filled = [{**row, ORIGIN: n} for n, row in enumerate(rows, start=1)]
    return to_frame(pa.Table.from_pylist(filled, schema=arrow_schema(BY_NAME[name])), BY_NAME[name])


def stated(*rows: tuple[str, str, str, str]) -> dict[str, pd.DataFrame]:
    """Return 登记 from (事项, 对象, 日期, 内容): row n is DJn, of 某科, on the basis 凭据n."""
    names = ("matter", "about", "date", "content")
    made = [
        {"registration_id": f"DJ{n}", "handler": "某科", "basis": f"凭据{n}"}
        | dict(zip(names, row, strict=True))
        | {"date": day(row[2])}
        for n, row in enumerate(rows, start=1)
    ]
    return {"registrations": frame("registrations", made)}


def units() -> pd.DataFrame:
    """Return the county's units: B states no 类型 and is a candidate."""
    return frame("units", UNITS)


def day(text: str) -> dt.date:
    """Return a date from its ISO text."""
    return dt.date.fromisoformat(text)


def number(text: str) -> Decimal:
    """Return a number of the tables."""
    return Decimal(text)
