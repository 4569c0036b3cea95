"""Why a row was not accepted: codes, and the Chinese sentences that go with them."""

from dataclasses import dataclass, field
from enum import Enum

from dalian_eval.intake.base.raw_cell import clip, visible


class Reason(Enum):
    """A reason code with its title, its sentence (what is wrong) and its fix (what mends it).

    Templates may use {column}, {value} and the details given where the reason is raised.
    """

    BLANK = (
        "blank_mandatory",
        "必填列没有填写",
        "必填列『{column}』没有填写。",
        "请在原表补填『{column}』。",
    )
    ERROR_CELL = (
        "error_cell",
        "单元格是错误值",
        "『{column}』是错误值 {value}。",
        "请在原表修正公式或直接填写『{column}』的值。",
    )
    EMPTY_FORMULA = (
        "formula_without_value",
        "公式没有保存结果",
        "『{column}』是没有保存计算结果的公式 {value}。",
        "请用 Excel 或 WPS 打开文件，待计算完成后保存，或把公式粘贴为数值。",
    )
    PICTURE = (
        "picture",
        "单元格是图片",
        "『{column}』是嵌在单元格里的一张图片（WPS 的 DISPIMG），程序读不出图上的内容。",
        "请把图片上的内容录入为文字。",
    )
    ZERO_FORMULA = (
        "formula_with_zero",
        "公式的结果是 0",
        "『{column}』是公式 {value}，文件里保存的结果是 0：要么公式算出的文字没有存下来，"
        "要么它引用的是空格。",
        "请用 Excel 或 WPS 打开文件，待计算完成后保存，或把公式粘贴为数值；"
        "本来没有内容的，请把这一格清空。",
    )
    MARKED = (
        "marked_characters",
        "有上标、下标或删除线",
        "『{column}』的值 {value} 里有几个字符是上标、下标（多半是脚注号）或划了删除线，"
        "有两种读法：连同它们是“{first}”，去掉它们是“{second}”。",
        "请只留下这一格的值本身，如 {second}；脚注写到备注里，作废的字符请删去。",
    )
    TOO_LONG = (
        "cell_too_long",
        "内容过长",
        "『{column}』有 {length} 个字符，超过上限 {limit} 个。",
        "请缩短『{column}』的内容，并检查 csv 的引号是否成对。",
    )
    SHIFTED = (
        "too_many_fields",
        "字段比表头多",
        "这条记录的字段比表头（{limit} 个）多，直到『{column}』都可能错了位，多出的是 {value}。",
        "请检查这条记录：含逗号的文字、带千位逗号的数字要用双引号括起；或改交 .xlsx。",
    )
    BROKEN_LINE = (
        "line_broken",
        "一条记录断成两行",
        "第 {first} 行和第 {second} 行合起来正好是一条记录的 {limit} 个字段：单元格里有换行，"
        "导出时又没有加引号，一条记录被断成了两行。",
        "请重新导出（含换行的文字要用双引号括起），或改交 .xlsx。",
    )
    CUT_OFF = (
        "line_cut_off",
        "最后一行不完整",
        "文件的最后一行只有 {count} 个字段，少于表头的 {limit} 个，行末也没有换行："
        "文件多半没有导出或下载完，这一行最后的内容（{value}）也可能不完整。",
        "请重新导出或下载完整的文件。",
    )
    DECEPTIVE = (
        "control_characters",
        "含控制字符",
        "『{column}』的值 {value} 含有控制字符或改变显示顺序的字符，看到的与存储的不是一回事。",
        "请删去这一格，重新手工录入『{column}』。",
    )
    GARBLED = (
        "garbled_text",
        "乱码",
        "『{column}』的值 {value} 是乱码，原有文字在某次转存时已经丢失。",
        "请从原始系统重新导出，另存为“CSV UTF-8（逗号分隔）”或 .xlsx。",
    )
    SCIENTIFIC = (
        "scientific_notation",
        "科学计数法丢失位数",
        "『{column}』的值 {value} 是科学计数法，原有位数已经丢失。",
        "请把『{column}』设为文本格式，按证件或原始系统重新填写完整编码。",
    )
    DIGITS_LOST = (
        "digits_lost",
        "编码超过 15 位",
        "『{column}』的值 {value} 超过 15 位，表格软件已把末尾几位改成 0。",
        "请把『{column}』设为文本格式，重新填写完整编码。",
    )
    BAD_CODE = (
        "bad_code",
        "不是编码",
        "『{column}』的值 {value} 不是编码。",
        "请把『{column}』设为文本格式，填写编码本身。",
    )
    BAD_DATE = (
        "bad_date",
        "日期不能识别",
        "『{column}』的值 {value} 不是能识别的日期{detail}。",
        "请写成 {sample} 的样式{example}；没有日期的请留空。",
    )
    PLACEHOLDER_DATE = (
        "placeholder_date",
        "占位日期",
        "『{column}』的值 {value} 是系统在没有日期时写入的占位日期，多半应为空白。",
        "没有日期的请留空；有日期的请按原始材料填写。",
    )
    AMBIGUOUS_DATE = (
        "ambiguous_date",
        "日期有两种读法",
        "『{column}』的值 {value} 有两种读法：{first} 或 {second}{detail}。",
        "请写成 {first} 或 {second}。",
    )
    BAD_MONTH = (
        "bad_month",
        "月份不能识别",
        "『{column}』的值 {value} 不是能识别的月份{detail}。",
        "请写成 2024-03 的样式。",
    )
    BAD_BOOL = (
        "bad_bool",
        "看不出是或否",
        "『{column}』的值 {value} 看不出是“是”还是“否”。",
        "请填 是 或 否。",
    )
    BAD_NUMBER = (
        "bad_number",
        "数值不能识别",
        "『{column}』的值 {value} 不是能识别的{kind}。",
        "请只填阿拉伯数字，不带单位和文字。",
    )
    MULTIPLE = (
        "number_in_multiples",
        "以万、亿为单位",
        "『{column}』的值 {value} 以“{multiple}”为单位，看来是 {meant}；是否为约数，程序不能判断。",
        "请填写完整的数，如 {meant}。",
    )
    PERCENT = (
        "percent_not_allowed",
        "不应是百分数",
        "『{column}』的值 {value} 是百分数，而这一列不是百分制。",
        "请填写数值本身，不带百分号。",
    )
    FRACTION = (
        "fraction_or_points",
        "百分数有两种读法",
        "『{column}』的值 {value} 有两种读法：{first} 分或 {second} 分（满分 100）。",
        "请写成 {first} 或 {first}%；确实不足 1 分的写成 {second}%。",
    )
    OUT_OF_RANGE = (
        "out_of_range",
        "超出允许范围",
        "『{column}』的值 {value} 超出允许范围（{range}）。",
        "请核对原始材料后改正『{column}』。",
    )
    NOT_IN_VOCABULARY = (
        "not_in_vocabulary",
        "不在允许的写法之内",
        "『{column}』的值 {value} 不在允许的写法之内（{allowed}）。",
        "请改为允许的写法之一{nearest}。",
    )
    END_BEFORE_START = (
        "end_before_start",
        "止期早于起期",
        "『{column}』{value} 早于『{start_column}』{start}。",
        "请核对这两个日期。",
    )
    WRONG_ORDER = (
        "counts_out_of_order",
        "数目前后矛盾",
        "『{column}』{value} 大于『{other_column}』{other}，应满足 {rule}。",
        "请核对这几个数。",
    )
    UNKNOWN_REFERENCE = (
        "unknown_reference",
        "所指的编码找不到",
        "『{column}』的值 {value} 在『{sheet}』表中找不到。",
        "请核对『{column}』，或在『{sheet}』表中补上它{hint}。",
    )
    REFERENCE_QUARANTINED = (
        "reference_quarantined",
        "所指的行没有被接收",
        "『{column}』的值 {value} 所指的『{sheet}』表中那一行没有被接收。",
        "请先改正隔离清单中『{sheet}』表的那一行，本行会随之恢复。",
    )
    NAME_AMBIGUOUS = (
        "name_ambiguous",
        "姓名有重名",
        "『{column}』填的是姓名 {value}，{date} 在单位 {unit} 有多名同名人员：{candidates}。",
        "请改填执法证号。",
    )
    NAME_NOT_POSTED = (
        "name_not_posted",
        "姓名当时不在岗",
        "『{column}』填的是姓名 {value}，{date} 在单位 {unit} 没有在岗的同名人员{candidates}。",
        "请改填执法证号，或在『任职』表中补上该人员的任职。",
    )
    NAME_CONTRADICTS = (
        "name_contradicts_certificate",
        "姓名与执法证号对不上",
        "『{column}』的值 {value} 里的姓名与执法证号对不上：{certificate} 是“{holder}”的执法证号。",
        "请核对是哪一位，只填执法证号。",
    )
    NAME_WITHOUT_CONTEXT = (
        "name_without_context",
        "姓名无从核对",
        "『{column}』填的是姓名 {value}，本行缺少{missing}，不能确定是哪一位{candidates}。",
        "请改填执法证号。",
    )
    CONFLICT = (
        "conflict",
        "同一主键内容不同",
        "{key} 在 {other} 还有一行，两行的{columns}不同，又分不出先后。",
        "请核对后只保留正确的一行；如果是逐月导出，请在文件名或文件夹名中写明年月（如 202410）。",
    )
    RESTARTED = (
        "key_restarted",
        "不同的记录用了同一编号",
        "{key} 在 {other} 还有一行，两行的{columns}都不同，不像是同一条记录的更正，"
        "多半是编号重新从头编过。",
        "请给编号加上年份或单位，使不同的记录编号不同；确是更正的，请删去旧的一行。",
    )
    NOT_LISTED = (
        "word_not_mapped",
        "映射的词表里没有这个词",
        "『{column}』的“{value}”不在映射『{mapping}』的词表里{nearest}。",
        "请在 mappings.yaml 的词表中写明“{value}”是什么意思；写错的，请在原表改正。",
    )
    SEVERAL_MEANINGS = (
        "word_with_two_meanings",
        "映射中的几个词各有所指",
        "『{column}』的“{value}”同时提到{words}，按映射『{mapping}』意思不同。",
        "请在 mappings.yaml 的『词』中写明“{value}”整格是什么意思，或分成几条各带『当』的规则。",
    )
    NO_PART = (
        "no_such_part",
        "单元格里看不出映射要取的部分",
        "『{column}』的“{value}”里看不出{part}。",
        "请在原表写成{example}的样式。",
    )
    CROWDED = (
        "too_many_parts",
        "一格里的内容太多",
        "『{column}』一格里的内容超过 {limit} 个，映射『{mapping}』不能各读成一行。",
        "请在原表分成几行。",
    )
    WITHDRAWN = (
        "withdrawn",
        "按更正表不采用",
        "按更正表，本行不采用（{where}）。",
        "如应采用，请在更正表中清空这一行的『处理』。",
    )

    def __init__(self, code: str, title: str, sentence: str, fix: str) -> None:
        """Take the code, the title and the two templates from the member's value."""
        self.code = code
        self.title = title
        self.sentence = sentence
        self.fix = fix


WHOLE_ROW = frozenset(
    reason.code
    for reason in (
        Reason.CONFLICT,
        Reason.SHIFTED,
        Reason.BROKEN_LINE,
        Reason.CUT_OFF,
        Reason.WITHDRAWN,
    )
)
"""Codes of the reasons that are about a row as a whole, not about cells of it."""

REASON_TITLES = {reason.code: reason.title for reason in Reason}
"""Code → what it means in a few words."""


@dataclass(frozen=True)
class Problem:
    """One reason why a row is not accepted, filled in: `column` is the schema's header.

    `others` are the headers of the other cells that it is about.
    """

    reason: Reason
    column: str
    value: str
    details: dict[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The headers of all cells that it is about, its own first."""
        return [h for h in dict.fromkeys((self.column, *self.others)) if h]

    @property
    def sentence(self) -> str:
        """What is wrong, in Chinese."""
        return self._fill(self.reason.sentence)

    @property
    def fix(self) -> str:
        """What mends it, in Chinese."""
        return self._fill(self.reason.fix)

    def _fill(self, template: str) -> str:
        details = {name: visible(text) for name, text in self.details.items()}
        return template.format(column=self.column, value=clip(self.value), **details)


class BadCellError(Exception):
    """Raised by a parser for a cell that has no canonical value."""

    def __init__(self, reason: Reason, **details: str) -> None:
        """Keep the reason and what its sentences need besides column and value."""
        super().__init__(reason.code)
        self.reason = reason
        self.details = details


class Change(Enum):
    """What normalising did to an accepted cell; the value is shown in changes.csv."""

    CODE = "编码：全角、空格或撇号"
    NUMBER_TO_CODE = "编码：由数字读出"
    BRACKETS = "案件编号：括号、空格统一，去掉“第”"
    NAME = "姓名：去掉字间空格，括号和间隔号统一"
    DATE = "日期：写法统一"
    SERIAL = "日期：由序列数读出"
    TIME_DROPPED = "日期：去掉时刻"
    TIME_ADDED = "时间：只有日期，按零时读"
    ZONE = "时间：换算为北京时间"
    MONTH = "月份：写法统一"
    BOOL = "是否：写法统一"
    NUMBER = "数值：写法统一"
    PERCENT = "数值：百分数按百分制读"
    ROUNDED = "数值：去掉浮点尾差"
    LIST = "列表：拆分与整理"
    NO_LIST = "列表：“无”“否”“不涉及”等按空读"
    JOINED = "列表：由“及”“和”“与”或空格连写的拆开"
    OTHERS = "列表：“等几人”中没有写出姓名的人不计"
    NO_END = "日期：“长期”“永久”等按没有止期读"
    NOTHING = "“无”“/”“NULL”等按空白读"
    PADDING = "去掉末尾的填充字符"
    APOSTROPHE = "去掉开头的撇号"
    LOOKALIKES = "部首字符换成所代表的汉字"
    UNIT = "数值：去掉数字后的单位"
    VOCABULARY = "固定选项：写法统一"
    TEXT = "文本：去掉首尾空白和控制字符"
    QUOTED = '由 ="…" 读出引号内的文字'
    KEPT_AS_TEXT = "文本：错误值或公式按文字保留"
    ALIKE = "编码：空格、大小写改为所指编号的写法"
    RESOLVED = "姓名：换成执法证号"
    CORRECTED = "更正表：改为更正后的内容"
    TRANSLATED = "映射：按词表换成规定的写法"
    PART = "映射：取单元格中的一部分"
    UNITED = "映射：几列合成一格"
    UNIT_NAME = "单位名称：换成单位编码"
