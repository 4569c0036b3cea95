"""How one sheet of an export is untidy: a few named habits of its clerk."""

from dataclasses import dataclass, field
from typing import Literal

DateForm = Literal["native", "serial", "iso", "slash", "dot", "chinese", "compact", "timed"]
StampForm = Literal["native", "iso", "slash", "dot", "utc", "offset"]
MonthForm = Literal["iso", "chinese", "slash", "compact", "day"]

PLAIN_BOOLS = (("是", "否"),)
ALL_BOOLS = (
    ("是", "否"),
    ("有", "无"),
    ("√", "×"),
    ("Y", "N"),
    ("1", "0"),
    ("TRUE", "FALSE"),
)
SYNONYMS = {
    "执法证号": "执法证编号",
    "单位编码": "单位代码",
    "案件编号": "案号",
    "记录编号": "记录号",
    "线索编号": "线索号",
    "检查人员": "执法人员",
    "决定日期": "处罚决定日期",
    "姓名": "人员姓名",
}
"""Headers as other systems write them."""
CERTIFICATE_SYNONYM = {"执法证号": "执法证编号"}


@dataclass(frozen=True, kw_only=True)
class Style:
    """The habits of one sheet; the defaults are tidy.

    `fullwidth`, `tabs`: the share of codes and numbers written so. `stack`: two header rows, the
    upper one merged over groups of columns `{upper: leaf headers}`. `merge`: the column whose
    equal neighbours are merged into one cell. `split`: one row per inspector. `names`: officers'
    names in place of certificates where they are unique.
    """

    title: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    units: bool = False
    numbered: bool = False
    remarks: tuple[str, ...] = ()
    totals: bool = False
    blanks: int = 0
    dates: tuple[DateForm, ...] = ("iso",)
    stamps: tuple[StampForm, ...] = ("iso",)
    months: tuple[MonthForm, ...] = ("iso",)
    bools: tuple[tuple[str, str], ...] = PLAIN_BOOLS
    separators: tuple[str, ...] = ("、",)
    brackets: tuple[str, ...] = ("〔〕",)
    fullwidth: float = 0.0
    tabs: float = 0.0
    spaced: bool = False
    thousands: bool = False
    percent: bool = False
    padded: bool = False
    stack: dict[str, tuple[str, ...]] = field(default_factory=dict)
    merge: str = ""
    split: bool = False
    names: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """One sheet to be written: which table, into which file, and how.

    Several places with one xlsx file become its sheets; `encoding` is for csv. `month` takes the
    records of that month only (检查记录), `until` the rows up to that month (`2024-09`): an older
    export, in which one row (`outdated`) still has a value that the later export corrects.
    """

    file: str
    table: str
    style: Style = Style()
    encoding: str = "utf-8-sig"
    month: int | None = None
    until: str = ""
    outdated: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All the places of a county's exports and what else lies about among them.

    `hidden` and `strange` add a hidden sheet and one that matches no table to a workbook;
    `date_1904` names the workbooks of the 1904 date system; `junk` are files as bytes.
    """

    places: tuple[Place, ...]
    hidden: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    date_1904: frozenset[str] = frozenset()
    junk: dict[str, bytes] = field(default_factory=dict)
