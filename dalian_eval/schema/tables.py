"""The data contract: every canonical table, declared once.

The reader's header maps, the input template, the Parquet schemas, the expectation suites and the
data dictionary are all made from these declarations; no other module repeats a column.
"""

from functools import partial

from dalian_eval.schema.model import Column, Table, Type

UNIT, OFFICER = "单位", "个人"
"""The two values of 对象类型."""

_code = partial(Column, type=Type.CODE)
_text = partial(Column, type=Type.TEXT)
_date = partial(Column, type=Type.DATE)
_time = partial(Column, type=Type.TIMESTAMP)
_bool = partial(Column, type=Type.BOOL)
_list = partial(Column, type=Type.LIST)
_int = partial(Column, type=Type.INTEGER, minimum=0)
_number = partial(Column, type=Type.NUMBER, minimum=0)
_score = partial(_number, maximum=100, hundred=True)
_choice = partial(Column, type=Type.TEXT)
_case = partial(
    Column,
    name="case_id",
    header="案件编号",
    type=Type.CASE_NUMBER,
    references="cases",
    example="东环罚〔2024〕12号",
)
_unit = partial(
    _code, name="unit_id", header="单位编码", references="units", required=True, example="D01"
)
_officer = partial(
    _code,
    name="officer_id",
    header="执法证号",
    references="officers",
    required=True,
    example="06120001",
)
_subject_kind = partial(
    _choice,
    name="subject_kind",
    header="对象类型",
    required=True,
    vocabulary=(UNIT, OFFICER),
    example=OFFICER,
)
_subject = partial(
    _code,
    name="subject",
    header="对象",
    required=True,
    references="subject",
    note="对象类型为单位时填单位编码，为个人时填执法证号",
    example="06120001",
)
_proof = _text(name="proof", header="佐证", note="佐证材料名称或文号")

TABLES: tuple[Table, ...] = (
    Table(
        name="units",
        sheet="单位",
        note="参评单位及其上下级关系，一个单位一行",
        columns=(
            _code(name="unit_id", header="单位编码", key=True, example="D01"),
            _text(name="name", header="单位名称", example="东片执法局"),
            _code(name="parent_id", header="上级单位编码", references="units", example="D00"),
            _bool(name="candidate", header="候选集体"),
            _choice(
                name="kind",
                header="类型",
                vocabulary=("县局", "区域性执法局", "科室", "直属单位"),
            ),
        ),
    ),
    Table(
        name="officers",
        sheet="人员",
        note="执法人员及其证件，一人一行",
        columns=(
            _code(name="officer_id", header="执法证号", key=True, example="06120001"),
            _text(name="name", header="姓名", example="甲某"),
            _bool(name="established", header="在编"),
            _date(name="valid_from", header="证件有效期起", example="2021-01-01"),
            _date(name="valid_to", header="证件有效期止", open_ended=True, note="长期有效的留空"),
            _bool(name="frontline", header="一线"),
            _bool(name="candidate", header="候选个人"),
        ),
    ),
    Table(
        name="postings",
        sheet="任职",
        note="人员在哪个单位、从哪天到哪天在岗；同一人各段不得重叠",
        columns=(
            _officer(),
            _unit(),
            _date(name="start", header="到岗日期", required=True, example="2023-01-01"),
            _date(
                name="end",
                header="离岗日期",
                open_ended=True,
                note="在岗的最后一天；仍在岗的留空",
            ),
        ),
    ),
    Table(
        name="inspections",
        sheet="检查记录",
        note="移动执法检查记录；联合检查可每名检查人员一行，也可一行多人",
        columns=(
            _code(name="record_id", header="记录编号", key=True, example="JC2024030001"),
            _unit(),
            _list(
                name="inspectors",
                header="检查人员",
                references="officers",
                note="执法证号，或在该单位内唯一的姓名",
                example="06120001、06120002",
            ),
            _code(name="uploader", header="上传人", references="officers", example="06120001"),
            _time(name="inspected_at", header="检查时间", example="2024-03-05 10:00:00"),
            _time(name="uploaded_at", header="上传时间", example="2024-03-05 16:30:00"),
            _bool(name="valid", header="有效"),
            _text(name="target", header="检查对象"),
        ),
    ),
    Table(
        name="cases",
        sheet="案件",
        note="一案一行；编号中的〔〕[]()（）视为同一写法",
        columns=(
            _case(key=True, references=None),
            _unit(),
            _choice(
                name="kind",
                header="案件类型",
                required=True,
                vocabulary=(
                    "一般处罚",
                    "不予处罚",
                    "查封扣押",
                    "限产停产",
                    "按日连续处罚",
                    "移送",
                ),
            ),
            _date(name="decided_on", header="决定日期", example="2024-04-10"),
            _date(name="transferred_on", header="移送日期"),
            _date(name="filed_on", header="公安立案日期"),
            _choice(name="filed_as", header="公安立案类型", vocabulary=("犯罪", "行政拘留")),
            _bool(name="double_strike", header="两打", note="属于两打专项行动"),
            _bool(name="major", header="重大"),
            _list(name="fields", header="领域", example="危险废物"),
            _list(name="equipment", header="装备", example="无人机、FID"),
            _list(name="platforms", header="平台", note="非现场监管平台", example="用电监控"),
            _list(name="techniques", header="新技术", example="水质指纹溯源"),
            _code(
                name="record_id",
                header="检查记录编号",
                mentions="inspections",
                example="JC2024030001",
            ),
            _date(name="uploaded_on", header="上传日期", note="上传案件系统的日期"),
        ),
    ),
    Table(
        name="case_handlers",
        sheet="案件承办",
        note="三栏都为是的人员为主要承办人",
        columns=(
            _case(key=True),
            _officer(key=True, required=False),
            _bool(name="inspector", header="检查人"),
            _bool(name="interviewer", header="询问人"),
            _bool(name="approver", header="审批表承办人"),
        ),
    ),
    Table(
        name="case_draws",
        sheet="案卷抽取",
        note="上级正式抽取的案卷；没有的由程序抽取",
        columns=(
            _subject_kind(),
            _subject(),
            _choice(
                name="category",
                header="案卷类别",
                required=True,
                vocabulary=("一般处罚", "配套办法", "不限"),
            ),
            _case(required=True),
            _date(name="drawn_on", header="抽取日期"),
        ),
    ),
    Table(
        name="case_reviews",
        sheet="案卷评查",
        note="每份案卷每级每次评查一行；以最高级别、其次最近日期为准",
        columns=(
            _case(key=True),
            _choice(name="level", header="级别", key=True, vocabulary=("部", "省", "市", "县")),
            _date(name="reviewed_on", header="评查日期", key=True, example="2024-06-20"),
            _score(name="score", header="得分", example="92.5"),
            _bool(name="zero", header="零分"),
            _bool(name="excellent", header="优秀"),
            _list(name="fatal", header="致命问题", vocabulary=("①", "②", "③", "④", "⑤")),
        ),
    ),
    Table(
        name="review_scores",
        sheet="评查综合分",
        note="部、省案卷评查折算后的综合分",
        columns=(
            _unit(key=True, required=False),
            _number(name="score", header="综合分", maximum=22, example="18.6"),
            _text(name="source", header="来源"),
            _date(name="date", header="日期"),
        ),
    ),
    Table(
        name="review_findings",
        sheet="评查通报",
        note="通报批评、应改未改等，一个编号一行",
        columns=(
            _code(name="finding_id", header="编号", key=True, example="TB2024001"),
            _unit(),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=("通报批评", "应改未改", "拒改复现", "重大问题漏查", "稽查未整改"),
            ),
            _choice(name="level", header="级别", vocabulary=("部", "省", "市")),
            _date(name="date", header="日期"),
            _case(),
            _choice(name="responsibility", header="责任", vocabulary=("承办", "交叉评查")),
        ),
    ),
    Table(
        name="leads",
        sheet="上级线索",
        note="上级推送的问题线索及其查办、反馈",
        columns=(
            _code(name="lead_id", header="线索编号", key=True, example="XS2024001"),
            _unit(),
            _text(name="pushed_by", header="推送级别", example="省"),
            _text(name="topic", header="主题", example="危险废物"),
            _date(name="pushed_on", header="推送日期"),
            _date(name="due_on", header="反馈期限"),
            _date(name="fed_back_on", header="反馈日期"),
            _choice(name="outcome", header="查办结果", vocabulary=("依法查办", "查否", "未查办")),
            _choice(name="flaw", header="反馈问题", vocabulary=("不实", "不到位")),
        ),
    ),
    Table(
        name="automonitor",
        sheet="自动监测",
        note="每单位每月一行；即时有效数≤补全有效数≤应传数",
        columns=(
            _unit(key=True, required=False),
            Column(name="month", header="月份", type=Type.MONTH, key=True, example="2024-03"),
            _int(name="due", header="应传数", required=True, example="7200"),
            _int(name="immediate", header="即时有效数", required=True, example="6700"),
            _int(name="completed", header="补全有效数", required=True, example="7000"),
        ),
    ),
    Table(
        name="quality_findings",
        sheet="质量问题",
        note="执法数据质量与着装持证等问题，一个编号一行",
        columns=(
            _code(name="finding_id", header="编号", key=True, example="ZL2024001"),
            _subject_kind(),
            _subject(),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=("虚假标记", "表单不规范", "查无检查信息", "着装持证", "数据质量扣分"),
            ),
            _date(name="date", header="日期"),
            _case(),
            _number(
                name="deduction",
                header="扣分",
                maximum=100,
                decimals=4,
                note="只有数据质量扣分填写，填正数",
            ),
        ),
    ),
    Table(
        name="air_scores",
        sheet="监督帮扶得分",
        note="每人每轮现场监督帮扶的三项得分",
        columns=(
            _code(name="round", header="轮次", key=True, example="2024-03轮"),
            _officer(key=True, required=False),
            _choice(name="mode", header="方式", vocabulary=("现场",)),
            _date(name="started_on", header="开始日期"),
            _date(name="ended_on", header="结束日期"),
            _score(name="task", header="任务得分", required=True),
            _score(name="problems", header="问题得分", required=True),
            _score(name="materials", header="材料得分", required=True),
        ),
    ),
    Table(
        name="remote_scores",
        sheet="远程帮扶得分",
        note="每单位每轮远程监督帮扶得分",
        columns=(
            _code(name="round", header="轮次", key=True, example="远程第2轮"),
            _unit(key=True, required=False),
            _date(name="ended_on", header="结束日期"),
            _score(name="score", header="得分", required=True),
        ),
    ),
    Table(
        name="discipline",
        sheet="纪律",
        note="廉政、纪律与舆论事项；只有查实的计入",
        columns=(
            _code(name="finding_id", header="编号", key=True, example="JL2024001"),
            _subject_kind(),
            _subject(),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=(
                    "廉政纪律",
                    "主要负责人廉政",
                    "严重弄虚作假",
                    "负面舆论",
                    "不服从指挥",
                    "不守组织纪律",
                ),
            ),
            _choice(name="scene", header="场景", vocabulary=("监督帮扶", "日常")),
            _date(name="date", header="日期"),
            _choice(name="state", header="状态", vocabulary=("查实", "核查中", "不实")),
        ),
    ),
    Table(
        name="litigation",
        sheet="诉讼复议",
        note="行政诉讼和行政复议的结果",
        columns=(
            _case(key=True),
            _choice(name="procedure", header="程序", key=True, vocabulary=("行政诉讼", "行政复议")),
            _choice(
                name="outcome",
                header="结果",
                vocabulary=("败诉", "撤销", "变更", "确认违法", "维持", "胜诉"),
            ),
            _date(name="effective_on", header="生效日期"),
            _choice(name="state", header="状态", vocabulary=("生效", "审理中")),
        ),
    ),
    Table(
        name="honours",
        sheet="荣誉",
        note="单位和个人的荣誉、嘉奖、表扬与媒体宣传",
        columns=(
            _code(name="honour_id", header="编号", key=True, example="RY2024001"),
            _subject_kind(),
            _subject(),
            _text(name="name", header="名称"),
            _choice(
                name="category",
                header="类别",
                required=True,
                vocabulary=("荣誉", "记功嘉奖", "表扬", "媒体宣传", "主要负责同志表扬"),
            ),
            _choice(
                name="level",
                header="级别",
                vocabulary=("国家", "省委省政府", "省级部门", "市委市政府", "市级部门", "县级"),
            ),
            _choice(name="joint", header="联合", vocabulary=("联合", "单独")),
            _int(name="year", header="年度", example="2023"),
            _date(name="date", header="日期"),
        ),
    ),
    Table(
        name="typical_cases",
        sheet="典型案例",
        note="发布的典型案例；同一案件多级发布各填一行",
        columns=(
            _case(key=True),
            _unit(),
            _choice(name="level", header="发布级别", key=True, vocabulary=("部", "省", "市")),
            _list(name="categories", header="类别", example="危险废物"),
            _date(name="published_on", header="发布日期"),
        ),
    ),
    Table(
        name="contests",
        sheet="比武",
        note="举办和参加的技能比武",
        columns=(
            _code(name="contest_id", header="编号", key=True, example="BW2024001"),
            _choice(name="level", header="级别", vocabulary=("省", "市", "县")),
            _bool(name="held", header="举办"),
            _list(name="content", header="内容", example="案卷制作、知识竞赛"),
            _subject_kind(),
            _subject(),
            _choice(name="result", header="结果", vocabulary=("先进集体", "先进个人", "参加")),
            _date(name="date", header="日期"),
        ),
    ),
    Table(
        name="qualifications",
        sheet="人才资质",
        note="入选人才库、师资库，参加执法稽查，法律职业资格",
        columns=(
            _officer(key=True, required=False),
            _choice(
                name="kind",
                header="类型",
                key=True,
                vocabulary=(
                    "省级人才库",
                    "省级师资库",
                    "国家级师资库",
                    "国家级稽查",
                    "省级稽查",
                    "法律职业资格",
                ),
            ),
            _date(name="date", header="日期"),
        ),
    ),
    Table(
        name="equipment",
        sheet="装备",
        note="各单位装备配备情况，一类一行",
        columns=(
            _unit(key=True, required=False),
            _text(name="item", header="装备类别", key=True, example="执法记录仪"),
            _choice(name="kind", header="类型", vocabulary=("标配", "选配")),
            _int(name="quantity", header="数量", example="12"),
            _bool(name="compliant", header="达标"),
        ),
    ),
    Table(
        name="unit_facts",
        sheet="单位事项",
        note="对单位本身的认定，一个事项一行",
        columns=(
            _unit(key=True, required=False),
            _choice(
                name="item",
                header="事项",
                key=True,
                vocabulary=(
                    "省级规范化试点验收",
                    "国家级规范化试点",
                    "车辆统一标识",
                    "场所装备标识",
                    "联动机制建立",
                    "联动机制落实",
                    "执法处罚一体化",
                    "纳入远程帮扶",
                ),
            ),
            _bool(name="holds", header="结论"),
            _date(name="date", header="日期"),
            _proof,
        ),
    ),
    Table(
        name="past_recognition",
        sheet="历年表扬",
        note="历年大练兵表现突出集体和个人",
        columns=(
            _subject_kind(key=True, required=False),
            _subject(key=True, required=False),
            _int(name="year", header="年度", key=True, example="2022"),
            _proof,
        ),
    ),
    Table(
        name="activities",
        sheet="活动",
        note="五个一活动",
        columns=(
            _code(name="activity_id", header="编号", key=True, example="HD2024001"),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=("业务学习", "能力竞赛", "案卷评查", "效能评比", "尖兵选拔"),
            ),
            _unit(),
            _date(name="date", header="日期"),
            _text(name="topic", header="主题"),
            _int(name="attendees", header="参加人数"),
            _proof,
        ),
    ),
    Table(
        name="publicity",
        sheet="宣传",
        note="报道线索、铁军风采、简报和专题报告",
        columns=(
            _code(name="item_id", header="编号", key=True, example="XC2024001"),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=("报道线索", "铁军风采", "简报", "专题报告"),
            ),
            _unit(),
            _date(name="date", header="日期"),
            _text(name="title", header="标题"),
            _bool(name="adopted", header="采用"),
        ),
    ),
    Table(
        name="city_ranking",
        sheet="全市成绩",
        note="全市个人成绩排名",
        columns=(
            _officer(key=True, required=False),
            _int(name="rank", header="名次", minimum=1, required=True),
            _number(name="score", header="总分"),
        ),
    ),
    Table(
        name="decisions",
        sheet="复核意见",
        note="复核、申诉的决定，一项决定一行；按决定计入台账，不改动原始资料",
        columns=(
            _code(name="decision_id", header="编号", key=True, example="FH2024001"),
            _subject_kind(),
            _subject(),
            _text(
                name="clause",
                header="条款",
                required=True,
                note="条款编号、名称或出处；名称不止一处的填编号",
                example="officer.cases",
            ),
            Column(
                name="points",
                header="分值",
                type=Type.NUMBER,
                required=True,
                decimals=4,
                note="加分填正数，减分填负数；申诉受理和申诉维持填 0",
                example="0.5",
            ),
            _text(name="reason", header="事由", required=True, example="补交评查文书，予以更正"),
            _text(name="decided_by", header="决定人", required=True, example="评价复核组"),
            _date(name="decided_on", header="决定日期", required=True, example="2024-10-20"),
            _text(name="document", header="文号", example="复核〔2024〕1号"),
            _choice(
                name="kind",
                header="类型",
                required=True,
                vocabulary=("更正", "申诉受理", "申诉维持", "申诉改正"),
            ),
            _code(
                name="appeal_id",
                header="申诉编号",
                note="申诉维持、申诉改正填所答复的申诉受理的编号",
                example="FH2024001",
            ),
        ),
    ),
)

BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
REQUIRED = ("units", "officers", "postings")
"""Tables without which nothing can be attributed: missing ones stop a run (exit 3)."""
OCCASIONAL = ("decisions",)
"""Tables that are handed in only when there is something to say: no clause waits for them."""
