"""Rows that are broken on purpose: each must end in quarantine, next to the good rows."""

from dataclasses import dataclass

from dalian_eval.demo.clerk import Cell, Formula


@dataclass(frozen=True)
class Fault:
    """A copy of a table's first row with some cells replaced: `cells` by canonical column.

    The replaced cells give the row a key of its own. `month` places a fault of 检查记录.
    """

    table: str
    fault: str
    cells: dict[str, Cell]
    month: int | None = None


NOBODY = "06999999"

SOME_FAULTS: tuple[Fault, ...] = (
    Fault("qualifications", "执法证号不在人员表中", {"officer_id": NOBODY, "kind": "省级稽查"}),
    Fault("honours", "没有这一天", {"honour_id": "RY2024901", "date": "2024-02-30"}),
    Fault("air_scores", "得分是文字", {"round": "补录轮", "task": "优"}),
    Fault("city_ranking", "证号成了科学计数", {"officer_id": "6.12E+06", "rank": "41"}),
    Fault(
        "inspections",
        "检查人员不在人员表中",
        {"record_id": "JC20240590001", "inspectors": NOBODY},
        month=6,
    ),
    Fault(
        "inspections",
        "没有这一天",
        {"record_id": "JC20240890001", "uploaded_at": "2024-08-32 10:00:00"},
        month=9,
    ),
    Fault("cases", "案件类型不在词表中", {"case_id": "示环罚〔2024〕901号", "kind": "警告"}),
    Fault("quality_findings", "扣分超出范围", {"finding_id": "ZL2024901", "deduction": "120"}),
    Fault(
        "automonitor",
        "应传数是文字",
        {"month": "2023-10", "due": "七千", "immediate": "1", "completed": "1"},
    ),
)
HEAVY_FAULTS: tuple[Fault, ...] = (
    *SOME_FAULTS,
    Fault("postings", "单位不存在", {"unit_id": "D99X", "start": "2010-01-01"}),
    Fault(
        "case_handlers",
        "案件不存在",
        {"case_id": "示环罚〔2024〕999号", "inspector": "是"},
    ),
    Fault(
        "leads",
        "公式没有值",
        {"lead_id": "XS2024901", "pushed_on": Formula("=TODAY()", None)},
    ),
    Fault(
        "contests",
        "错误值",
        {"contest_id": "BW2024901", "subject": Formula("=NA()", "#N/A")},
    ),
    Fault("equipment", "数量不是整数", {"item": "备用服务器", "quantity": "若干"}),
    Fault("unit_facts", "结论不是是否", {"item": "国家级规范化试点", "holds": "待定"}),
    Fault("remote_scores", "得分超出范围", {"round": "远程补录轮", "score": "142"}),
    Fault("publicity", "月份不存在", {"item_id": "XC2024901", "date": "2024年13月1日"}),
    Fault("registrations", "月份不存在", {"registration_id": "DJ2024901", "date": "2024年13月1日"}),
    Fault("litigation", "结果不在词表中", {"procedure": "行政复议", "outcome": "不服"}),
)
