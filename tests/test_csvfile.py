"""The csv that every output is: read back as it was, never executed by a spreadsheet."""

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.base.csvfile import csv_text, inert, read_csv, unescape, write_csv

DANGEROUS = ["=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "＝1"]
DANGEROUS += [
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''=1",
    "\ufeff=1",
    "\u200b=1",
    "-1-1",
    "-",
    "=cmd|'/C x'!A0",
]
HARMLESS = [
    "",
    "'",
    "'x",
    "-1",
    "+1.50",
    "1E5",
    "a=1",
    "东片",
    'a"b',
    "a,b",
    "a\rb",
    "a\r\n=1",
    "\0",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_would_be_executed_gets_an_apostrophe(text):
    assert inert(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_everything_else_stays(text):
    assert inert(text) == text


@given(st.text(st.sampled_from("'=+-@＝ \t\r\n\ufeff1.a,\"\u3000"), max_size=6))
def test_one_rule_brings_the_text_back(text):
    assert unescape(inert(text)) == text
    assert not unescape(inert(text)) or inert(text)[0] not in "=@\t\r\n＝＋－＠"


def test_files_read_back(tmp_path: Path):
    frame = pd.DataFrame({"甲": DANGEROUS + HARMLESS})
    frame["乙"] = range(len(frame))
    write_csv(frame, tmp_path / "a.csv")
    back = read_csv(tmp_path / "a.csv")
    assert back["甲"].to_list() == frame["甲"].to_list()
    assert back["乙"].to_list() == [str(i) for i in range(len(frame))]


def test_one_column_of_blanks(tmp_path: Path):
    write_csv(pd.DataFrame({"甲": ["", "x", ""]}), tmp_path / "a.csv")
    assert read_csv(tmp_path / "a.csv")["甲"].to_list() == ["", "x", ""]


def test_a_line_break_inside_a_cell_starts_no_record():
    text = csv_text(pd.DataFrame({"a": ["x\r=1+1", "y"], "b": ["1", "2"]}))
    rows = list(csv.reader(text.splitlines(keepends=True)))
    assert [row[0] for row in rows] == ["a", "x\r=1+1", "y"]


@pytest.mark.parametrize(
    "unseen",
    ["\u00ad", "\u2060", "\u200b\u00ad", "\ufe0f", "\u115f", "\u3164", "\x7f", "\U000e0020"],
)
def test_what_is_not_seen_hides_no_formula(unseen):
    assert inert(f"{unseen}=1+1") == f"'{unseen}=1+1"
    assert unescape(f"'{unseen}=1+1") == f"{unseen}=1+1"
    assert f"'{unseen}=1+1" in csv_text(pd.DataFrame({"a": [f"{unseen}=1+1"]}))


def test_columns_of_few_texts_are_written_like_others(tmp_path: Path):
    plain = pd.Series(["=1", 'a"b', None, "", "=1", "x"], dtype="str")
    few = pd.DataFrame(
        {
            "a": plain.astype("category"),
            "b": plain.astype(pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        }
    )
    assert csv_text(few) == csv_text(pd.DataFrame({"a": plain, "b": plain}))


def test_a_column_named_twice_is_no_csv_of_ours(tmp_path: Path):
    (tmp_path / "a.csv").write_text("甲,甲\n1,2\n", encoding="utf-8-sig")
    with pytest.raises(ValueError, match="twice"):
        read_csv(tmp_path / "a.csv")
