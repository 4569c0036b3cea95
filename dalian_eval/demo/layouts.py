"""Where each table of the messy exports stands, and the habits of whoever exported it."""

from dataclasses import replace

from dalian_eval.demo.model import MONTHS, month_text
from dalian_eval.demo.style import (
    ALL_BOOLS,
    CERTIFICATE_SYNONYM,
    SYNONYMS,
    DateForm,
    Layout,
    Place,
    Style,
)

_DATES: tuple[DateForm, ...] = ("iso", "slash", "dot", "chinese", "compact", "timed")
_BRACKETS = ("〔〕", "[]", "()", "（）")
_SEPARATORS = ("、", "，", ",", ";", "/", "\n")
_REMARKS = (
    "=1+1",
    "+SUM(A1:A3)",
    "@cmd",
    "-2+3",
    "<img src=x onerror=alert(1)>",
    "</td></tr><h1>标题</h1>",
    "",
)
"""Remarks (备注, a column that intake ignores) with what spreadsheets and browsers would run."""
_LONG_REMARK = "长" * 30_000

_NATIVE = Style(dates=("native",), stamps=("native",))
_MIXED = Style(dates=("iso", "slash", "chinese"), fullwidth=0.02, blanks=2)


def _month(number: int) -> str:
    return month_text(number).replace("-", "")


def _inspections(number: int, style: Style, ending: str, encoding: str) -> Place:
    return Place(
        file=f"检查记录/检查记录_{_month(number)}.{ending}",
        table="inspections",
        style=replace(style, title=f"示范县{month_text(number)}移动执法检查记录"),
        encoding=encoding,
        month=number,
    )


def _csv(folder: str, name: str, table: str, style: Style, encoding: str) -> Place:
    return Place(file=f"{folder}/{name}.csv", table=table, style=style, encoding=encoding)


SOME = Layout(
    places=(
        Place(file="基础信息/基础信息.xlsx", table="units"),
        Place(
            file="基础信息/基础信息.xlsx",
            table="officers",
            style=replace(
                _NATIVE, title="示范县执法人员名册", headers=CERTIFICATE_SYNONYM, spaced=True
            ),
        ),
        Place(
            file="基础信息/基础信息.xlsx", table="postings", style=replace(_NATIVE, numbered=True)
        ),
        *(
            _inspections(
                number,
                replace(_NATIVE, split=True, totals=True, numbered=True, blanks=3),
                "xlsx",
                "",
            )
            for number in range(len(MONTHS))
        ),
        _csv("案件", "案件", "cases", replace(_MIXED, separators=("、", "，")), "gbk"),
        _csv(
            "案件", "案件承办", "case_handlers", replace(_MIXED, headers=CERTIFICATE_SYNONYM), "gbk"
        ),
        Place(file="案件/案卷.xlsx", table="case_draws", style=_NATIVE),
        Place(
            file="案件/案卷.xlsx",
            table="case_reviews",
            style=replace(
                _NATIVE, title="2024年案卷评查结果", numbered=True, brackets=("〔〕", "[]")
            ),
        ),
        Place(file="案件/案卷.xlsx", table="review_scores", style=_NATIVE),
        Place(file="案件/案卷.xlsx", table="review_findings", style=_NATIVE),
        _csv("案件", "诉讼复议", "litigation", replace(_MIXED, brackets=("（）",)), "utf-8"),
        Place(file="监管/上级线索.xlsx", table="leads", style=replace(_NATIVE, blanks=4)),
        Place(
            file="监管/自动监测_202409.csv",
            table="automonitor",
            style=Style(months=("iso", "chinese")),
            encoding="gbk",
            until="2024-09",
            outdated=True,
        ),
        Place(
            file="监管/自动监测_202410.csv",
            table="automonitor",
            style=Style(months=("slash", "iso"), totals=True, fullwidth=0.03),
            encoding="gbk",
        ),
        _csv("监管", "质量问题", "quality_findings", _MIXED, "gbk"),
        Place(
            file="监督帮扶/监督帮扶得分.xlsx",
            table="air_scores",
            style=replace(_NATIVE, title="现场监督帮扶得分汇总", fullwidth=0.04, units=True),
        ),
        _csv("监督帮扶", "远程帮扶得分", "remote_scores", _MIXED, "gbk"),
        _csv("监督帮扶", "纪律", "discipline", replace(_MIXED, dates=("dot",)), "utf-8-sig"),
        _csv("荣誉", "荣誉", "honours", replace(_MIXED, dates=_DATES), "gbk"),
        _csv("荣誉", "典型案例", "typical_cases", _MIXED, "utf-8-sig"),
        Place(file="荣誉/比武.xlsx", table="contests", style=_NATIVE),
        _csv("荣誉", "人才资质", "qualifications", _MIXED, "gbk"),
        _csv("荣誉", "历年表扬", "past_recognition", Style(blanks=2), "utf-8-sig"),
        Place(file="装备/装备.xlsx", table="equipment", style=Style(title="执法装备台账")),
        _csv("装备", "单位事项", "unit_facts", _MIXED, "gbk"),
        Place(file="活动/活动_202409.csv", table="activities", encoding="gb18030", until="2024-09"),
        _csv("活动", "活动_202410", "activities", Style(dates=("slash",)), "gbk"),
        Place(file="活动/宣传.xlsx", table="publicity", style=_NATIVE),
        _csv("活动", "全市成绩", "city_ranking", Style(blanks=2), "gbk"),
        _csv("复核", "复核意见", "decisions", Style(), "utf-8-sig"),
        Place(file="活动/登记.xlsx", table="registrations", style=_NATIVE),
    ),
    hidden=frozenset({"基础信息/基础信息.xlsx"}),
)

_BOOK = Style(
    headers=SYNONYMS,
    numbered=True,
    remarks=_REMARKS,
    totals=True,
    blanks=5,
    dates=("native", "serial", "iso", "slash", "chinese"),
    stamps=("native", "slash", "dot"),
    months=("iso", "chinese", "compact", "day"),
    bools=ALL_BOOLS,
    separators=_SEPARATORS,
    brackets=_BRACKETS,
    fullwidth=0.1,
    tabs=0.1,
    spaced=True,
)
"""A workbook with every habit at once."""
_TEXTS = replace(
    _BOOK,
    dates=(*_DATES, "serial"),
    stamps=("iso", "slash", "dot", "utc", "offset"),
    months=("iso", "chinese", "slash", "compact", "day"),
)
"""A csv with every habit at once."""
_OLD_BOOK = "基础信息/基础信息.xlsx"
_CASE_BOOK = "案件/案件台账.xlsx"
_HTML_BOOK = "其他/旧系统导出.xlsx"

HEAVY = Layout(
    places=(
        Place(file=_OLD_BOOK, table="units", style=replace(_BOOK, title="单位一览")),
        Place(
            file=_OLD_BOOK,
            table="officers",
            style=replace(_BOOK, title="执法人员名册", padded=True),
        ),
        Place(file=_OLD_BOOK, table="postings", style=_BOOK),
        *(
            _inspections(number, replace(_BOOK, split=True, names=True, remarks=()), "xlsx", "")
            if number % 2
            else _inspections(
                number, replace(_TEXTS, split=number % 4 == 0, remarks=()), "csv", "gb18030"
            )
            for number in range(len(MONTHS))
        ),
        Place(
            file=_CASE_BOOK,
            table="cases",
            style=replace(
                _BOOK,
                title="案件台账",
                remarks=(*_REMARKS, _LONG_REMARK),
                stack={
                    "办理日期": ("决定日期", "移送日期", "公安立案日期"),
                    "查办手段": ("装备", "平台", "新技术"),
                },
            ),
        ),
        Place(file=_CASE_BOOK, table="case_handlers", style=_BOOK),
        Place(file=_CASE_BOOK, table="case_draws", style=_BOOK),
        _csv("案件", "案卷评查", "case_reviews", _TEXTS, "gb18030"),
        _csv("案件", "评查综合分", "review_scores", _TEXTS, "gbk"),
        _csv("案件", "评查通报", "review_findings", _TEXTS, "utf-8"),
        _csv("案件", "诉讼复议", "litigation", _TEXTS, "gbk"),
        Place(file="监管/监管数据.xlsx", table="leads", style=_BOOK),
        Place(
            file="监管/自动监测_202409.xlsx",
            table="automonitor",
            style=replace(_BOOK, thousands=True),
            until="2024-09",
            outdated=True,
        ),
        Place(
            file="监管/自动监测_202410.csv",
            table="automonitor",
            style=replace(_TEXTS, thousands=True),
            encoding="gbk",
        ),
        Place(file="监管/监管数据.xlsx", table="quality_findings", style=_BOOK),
        Place(
            file="监督帮扶/监督帮扶得分.xlsx",
            table="air_scores",
            style=replace(
                _BOOK,
                title="现场监督帮扶得分汇总",
                units=True,
                stack={
                    "起止": ("开始日期", "结束日期"),
                    "得分情况": ("任务得分", "问题得分", "材料得分"),
                },
            ),
        ),
        _csv("监督帮扶", "远程帮扶得分", "remote_scores", replace(_TEXTS, percent=True), "gbk"),
        _csv("监督帮扶", "纪律", "discipline", _TEXTS, "gb18030"),
        _csv("荣誉", "荣誉", "honours", _TEXTS, "gb18030"),
        Place(file="荣誉/典型案例.xlsx", table="typical_cases", style=_BOOK),
        Place(file="荣誉/比武.xlsx", table="contests", style=_BOOK),
        Place(file="荣誉/人才资质.xlsx", table="qualifications", style=replace(_BOOK, padded=True)),
        _csv("荣誉", "历年表扬", "past_recognition", _TEXTS, "gbk"),
        Place(
            file="装备/装备.xlsx",
            table="equipment",
            style=replace(_BOOK, title="执法装备台账", merge="单位编码"),
        ),
        Place(file="装备/装备.xlsx", table="unit_facts", style=replace(_BOOK, merge="单位编码")),
        _csv("活动", "活动_202410", "activities", _TEXTS, "gb18030"),
        Place(file="活动/活动_202409.xlsx", table="activities", style=_BOOK, until="2024-09"),
        _csv("活动", "宣传", "publicity", _TEXTS, "utf-8-sig"),
        _csv("活动", "全市成绩", "city_ranking", _TEXTS, "gb18030"),
        _csv("复核", "复核意见", "decisions", _TEXTS, "gb18030"),
        _csv("活动", "登记", "registrations", _TEXTS, "gb18030"),
    ),
    hidden=frozenset({_OLD_BOOK, _CASE_BOOK}),
    strange=frozenset({_OLD_BOOK, "装备/装备.xlsx"}),
    date_1904=frozenset({_OLD_BOOK}),
    junk={
        _HTML_BOOK: "<html><body><table><tr><td>执法证号</td></tr></table></body></html>".encode(),
        "其他/空文件.csv": b"",
    },
)
