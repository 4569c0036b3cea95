"""What was drawn as the table 案卷抽取 (案卷抽取.xlsx), to be handed in with the raw files."""

import datetime as dt
import io

import pandas as pd
import xlsxwriter

from dalian_eval.report.base.office_packages import fix_package, xml_text
from dalian_eval.schema.tables import OFFICER, SHIPPED, UNIT
from dalian_eval.scoring.draw import ANY, ORDINARY, SUPPORTING

_TABLE = SHIPPED.by_name["case_draws"]

BOOK = f"{_TABLE.sheet}.xlsx"

_CATEGORIES = dict(zip((ORDINARY, SUPPORTING, ANY), _TABLE["category"].vocabulary, strict=True))
_SUBJECTS = {"unit": UNIT, "officer": OFFICER}


def draw_workbook(draw: pd.DataFrame, as_of: dt.date) -> bytes:
    """Return the workbook of the files the program drew, the same bytes at each call.

    `draw`: the frame of draw.csv; what an official draw gave stands in a table 案卷抽取 already.
    Every cell is text, so that codes keep their leading zeros and nothing is a formula.
    """
    rows = draw[draw["source"] == "program"]
    lines = [
        {
            "subject_kind": _SUBJECTS[row["kind"]],
            "subject": row["candidate"],
            "category": _CATEGORIES[row["slot"]],
            "case_id": row["case"],
            "drawn_on": as_of.isoformat(),
        }
        for row in rows.to_dict("records")
    ]
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2024, 1, 1), "title": _TABLE.sheet})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_TABLE.sheet)
        sheet.set_column(0, len(_TABLE.columns) - 1, 24, text)
        for place, column in enumerate(_TABLE.columns):
            sheet.write_string(0, place, column.header)
            for number, line in enumerate(lines, start=1):
                sheet.write_string(number, place, xml_text(str(line[column.name])), text)
        sheet.freeze_panes(1, 0)
    return fix_package(data.getvalue())
