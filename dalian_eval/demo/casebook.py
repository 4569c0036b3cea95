"""What a case can carry, and the scripted cases (案件) that make every case clause bite.

A script is told per bureau profile: the seat of its main handler and what is special about it.
"""

from dataclasses import dataclass

from dalian_eval.demo.model import Profile

ORDINARY, NO_PENALTY, SEIZE, LIMIT, DAILY, TRANSFER = (
    "一般处罚",
    "不予处罚",
    "查封扣押",
    "限产停产",
    "按日连续处罚",
    "移送",
)
SUPPORTING = (SEIZE, LIMIT, DAILY, TRANSFER)
"""The four supporting measures (配套办法)."""

WASTE, MONITOR, THIRD, REPORT = "危险废物", "自动监测", "第三方弄虚作假", "举报奖励"
POWER, VIDEO, TRACE = "用电监控", "视频监控", "污染源在线监控"


@dataclass(frozen=True, kw_only=True)
class Script:
    """One case: who handles it, of which kind, and what it earns or costs.

    `month` is the month of the decision within the period (0 = 2023-11; negative before it, 12 is
    the month after it). `published`: (level, categories, month). `excellent` and `zero` are levels
    of reviews. `record`: the inspection record is `found`, `blank` or `unknown` to the system.
    `court`: (procedure, outcome, state).
    """

    seat: int
    kind: str = ORDINARY
    month: int = 5
    double_strike: bool = False
    major: bool = False
    fields: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    police: str | None = None
    published: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    excellent: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()
    record: str = "found"
    court: tuple[tuple[str, str, str], ...] = ()
    reviewed: bool = True
    untransferred: bool = False


SCRIPTS: dict[Profile, tuple[Script, ...]] = {
    Profile.LEADING: (
        Script(
            seat=1,
            kind=TRANSFER,
            month=4,
            double_strike=True,
            major=True,
            police="犯罪",
            fields=(WASTE,),
            equipment=("无人机", "探地雷达"),
            published=(("部", (WASTE,), 8), ("省", (WASTE,), 7)),
            excellent=("部", "省"),
        ),
        # The police filed it before the bureau handed it over: no 移送日期 yet.
        Script(
            seat=2,
            kind=TRANSFER,
            month=6,
            double_strike=True,
            police="犯罪",
            fields=(MONITOR,),
            untransferred=True,
        ),
        Script(seat=3, month=3, double_strike=True, police="犯罪", fields=(WASTE,)),
        Script(seat=2, month=2, double_strike=True, major=True, fields=(MONITOR,)),
        Script(seat=4, month=7, double_strike=True, fields=(WASTE,), equipment=("FID",)),
        Script(
            seat=1,
            month=5,
            fields=(THIRD,),
            equipment=("无人机", "PID"),
            platforms=(POWER, VIDEO),
            published=(("省", (THIRD, MONITOR), 9),),
            excellent=("省",),
        ),
        Script(seat=1, month=8, fields=(MONITOR,), platforms=(TRACE, VIDEO)),
        Script(seat=5, month=6, equipment=("无人船",), platforms=(POWER, TRACE)),
        Script(seat=6, month=7, equipment=("红外热成像",), fields=("地下水",)),
        Script(seat=7, month=5, equipment=("管道机器人",), fields=("自然保护地",)),
        Script(seat=3, kind=SEIZE, month=8, police="行政拘留", fields=(REPORT,)),
        Script(seat=5, month=4, court=(("行政诉讼", "胜诉", "生效"),)),
        Script(seat=5, kind=DAILY, month=9, reviewed=False),
        Script(seat=6, month=2, court=(("行政复议", "变更", "生效"),)),
        # After the period: next year's ledger.
        Script(seat=4, month=12, double_strike=True, fields=(WASTE,)),
    ),
    Profile.STEADY: (
        Script(
            seat=1,
            kind=TRANSFER,
            month=5,
            double_strike=True,
            police="犯罪",
            fields=(WASTE,),
            published=(("省", (WASTE,), 10),),
        ),
        Script(seat=2, month=6, double_strike=True, major=True, techniques=("水质指纹溯源",)),
        Script(seat=3, month=4, double_strike=True, fields=(THIRD,), equipment=("走航车",)),
        Script(seat=1, month=7, equipment=("无人机",), fields=(REPORT,)),
        Script(seat=3, month=8, fields=("土壤",), equipment=("遥感监测",), excellent=("市",)),
        Script(seat=6, month=3, excellent=("省", "市"), published=(("市", ("举报奖励",), 6),)),
        Script(seat=6, month=9, record="unknown"),
        Script(seat=2, month=4, court=(("行政诉讼", "败诉", "审理中"),)),
        # Two twins, told twice.
        *(
            script
            for seat in (4, 5)
            for script in (
                Script(seat=seat, month=3, fields=(WASTE,)),
                Script(seat=seat, kind=SEIZE, month=5, fields=(REPORT,)),
                Script(seat=seat, month=7),
                Script(seat=seat, kind=NO_PENALTY, month=8, record="blank"),
            )
        ),
    ),
    Profile.UNEVEN: (
        Script(seat=1, month=4, double_strike=True, fields=(MONITOR,)),
        Script(seat=3, month=8, double_strike=True, fields=(WASTE,)),
        Script(seat=5, month=5, double_strike=True, fields=("规模畜禽",)),
        Script(seat=6, month=7, double_strike=True, fields=(MONITOR,)),
        Script(seat=6, month=2, double_strike=True, techniques=("卫星遥感反演",)),
        Script(seat=4, month=3, double_strike=True, fields=(THIRD,), equipment=("FID",)),
        Script(
            seat=1,
            month=6,
            equipment=("PID",),
            platforms=(POWER,),
            published=(("省", (THIRD,), 10),),
        ),
        Script(seat=6, kind=TRANSFER, month=5, police="行政拘留"),
        # Overturned in court, in force: the handler is out (一票否决).
        Script(seat=2, month=2, fields=(WASTE,), court=(("行政诉讼", "败诉", "生效"),)),
        Script(seat=2, kind=SEIZE, month=3),
        Script(seat=4, month=5, fatal=("①", "③"), zero=("县",)),
        Script(seat=5, month=6, zero=("部",), published=(("市", ("正面清单",), 9),)),
        Script(seat=5, kind=SEIZE, month=10, reviewed=False),
        Script(seat=7, month=5, record="blank"),
        Script(seat=4, month=8, record="unknown"),
        Script(seat=6, month=6, published=(("市", ("轻微免罚", "执法稽查"), 11),)),
    ),
    Profile.WEAK: (
        Script(
            seat=1, kind=TRANSFER, month=5, double_strike=True, police="犯罪", fields=(MONITOR,)
        ),
        Script(seat=3, kind=TRANSFER, month=10, double_strike=True, major=True, police="犯罪"),
        Script(seat=5, kind=TRANSFER, month=3, double_strike=True, police="犯罪"),
        Script(seat=4, month=6, zero=("省",), platforms=(POWER,)),
        Script(seat=5, month=7, platforms=(VIDEO,), fields=("噪声",)),
        Script(seat=5, month=4, excellent=("市",)),
        *(Script(seat=seat, month=month, record="blank") for seat, month in ((1, 2), (3, 10))),
        *(Script(seat=seat, month=month, record="unknown") for seat, month in ((4, 3), (7, 8))),
        # Lost before the campaign's years: no veto.
        Script(seat=7, month=-14, court=(("行政诉讼", "败诉", "生效"),)),
        Script(seat=5, month=8, court=(("行政复议", "确认违法", "生效"),)),
    ),
}
