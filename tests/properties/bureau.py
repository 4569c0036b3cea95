"""A county made by hand: a few units and officers, and the facts that a test is about."""

from tests.independent.county import HEADERS
from tests.properties.road import County


class Bureau:
    """Units and officers with one code each; `tables`: the county they join, else a new one."""

    def __init__(self, tables: County | None = None) -> None:
        self.tables: County = tables or {sheet: [] for sheet in HEADERS}

    def enter(self, sheet: str, **cells: str) -> None:
        self.tables[sheet].append(dict.fromkeys(HEADERS[sheet].split(), "") | cells)

    def people(self, code: str) -> None:
        """A candidate unit and a candidate officer of the same name, posted there throughout."""
        self.enter("单位", 单位编码=code, 单位名称=code, 候选集体="是", 类型="科室")
        self.enter(
            "人员", 执法证号=code, 姓名=code, 在编="是", 证件有效期起="2020-01-01", 候选个人="是"
        )
        self.enter("任职", 执法证号=code, 单位编码=code, 到岗日期="2020-01-01")

    def case(self, unit: str, number: int, **cells: str) -> str:
        """A penalty of the unit, by its officer, decided with a listed tool in a new field."""
        code = f"{unit}〔2024〕{number}号"
        plain = {"案件类型": "一般处罚", "决定日期": "2024-03-01", "装备": "无人机", "领域": "土壤"}
        self.enter("案件", 案件编号=code, 单位编码=unit, **(plain | cells))
        roles = dict.fromkeys(("检查人", "询问人", "审批表承办人"), "是")
        self.enter("案件承办", 案件编号=code, 执法证号=unit, **roles)
        return code

    def drawn(self, kind: str, about: str, case: str) -> None:
        row = {"对象类型": kind, "对象": about, "案卷类别": "不限", "案件编号": case}
        self.enter("案卷抽取", 抽取日期="2024-09-01", **row)

    def review(self, case: str, level: str, score: str, **marks: str) -> None:
        day = "2024-09-15"
        self.enter("案卷评查", 案件编号=case, 级别=level, 评查日期=day, 得分=score, **marks)

    def round(self, officer: str, number: int, marks: str) -> None:
        days = {"开始日期": "2024-05-01", "结束日期": "2024-05-14"}
        scores = dict.fromkeys(("任务得分", "问题得分", "材料得分"), marks)
        self.enter(
            "监督帮扶得分", 轮次=f"第{number}轮", 执法证号=officer, 方式="现场", **days, **scores
        )
