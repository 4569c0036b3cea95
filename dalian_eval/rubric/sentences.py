"""A clause's rule in Chinese sentences: what it tests and gives, its cap, reach and conditions.

What is particular to a rule its own module tells (`scoring.rules`); here is what any clause may
have, and words that several rules share.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dalian_eval.base.day_words import day_words
from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.model import DrawPlan, Section
from dalian_eval.rubric.nodes import Clause, parent_of
from dalian_eval.rubric.numbers import fraction_text, percent_text, points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    AnyMeasure,
    ChangeMeasure,
    Condition,
    FactMeasure,
    Gathering,
    MonthMeasure,
    OtherColumn,
    Query,
    RatioMeasure,
    Tier,
)
from dalian_eval.rubric.vocabulary import METRICS, SLOT_NAMES, header_of
from dalian_eval.schema.model import Column, Type


def rule_sentences(clause: Clause, section: Section, period: Period) -> tuple[str, ...]:
    """Return what the clause tests and gives, then its cap, its reach and its conditions."""
    lines = [*clause.terms(section, period), *_limits(clause, section), *_gates(clause)]
    return tuple(line + "。" for line in lines)


def measure_text(measure: AnyMeasure, value: Fraction) -> str:
    """Return a threshold of a measure with its unit: a share as per cent, any other as it is."""
    if is_share(measure):
        return percent_text(value)
    return fraction_text(value) + unit_of(measure)


def is_share(measure: AnyMeasure) -> bool:
    """Whether the measure is a share of something, told in per cent."""
    if isinstance(measure, MonthMeasure):
        return METRICS[measure.metric].form == "share"
    if isinstance(measure, RatioMeasure):
        return not measure.unit
    return isinstance(measure, ChangeMeasure) or measure.share_of is not None


def measure_words(measure: AnyMeasure) -> str:
    """Return what a measure is called, and which numbers count where not all of them do."""
    if not isinstance(measure, FactMeasure) or measure.gathering is None:
        return measure.what
    told = _few_words(measure.gathering)
    if measure.each is not None:
        each = _ONES.get(measure.each.by) or f"每个{header_of(measure.table, measure.each.by)}"
        own = _few_words(measure.each)
        first = f"先按{each}{own}{_TAKES[measure.each.take]}"
        told = f"{first}，再{told}{_TAKES[measure.take]}"
    elif told:
        told += _TAKES[measure.take]
    return f"{measure.what}（{told}）" if told else measure.what


def measure_terms(measure: AnyMeasure) -> str:
    """Return what a measure is called and, of a share or ratio, what is divided by what."""
    if isinstance(measure, RatioMeasure):
        return f"{measure.what}（{measure_words(measure.part)}÷{measure_words(measure.whole)}）"
    if isinstance(measure, FactMeasure) and measure.share_of is not None:
        done, target = (
            header_of(measure.table, str(c)) for c in (measure.column, measure.share_of)
        )
        return f"{measure_words(measure)}（『{done}』÷『{target}』，超过的按100%计）"
    return measure_words(measure)


_TAKES = {"sum": "相加", "mean": "平均"}
_ONES = {"officer_id": "每人", "unit_id": "每个单位"}


def _few_words(gathering: Gathering) -> str:
    """Return which of several numbers count: 取最高的3项; nothing where all do."""
    few = gathering.keep or gathering.drop
    if few is None:
        return ""
    sides = [f"最高的{few.highest}项"] if few.highest else []
    sides += [f"最低的{few.lowest}项"] if few.lowest else []
    return ("取" if gathering.keep is not None else "去掉") + "、".join(sides)


def unit_of(measure: AnyMeasure) -> str:
    """Return the Chinese unit of a measure's value: 件, 条/人, or % of a share."""
    if isinstance(measure, FactMeasure) and measure.share_of is None:
        return measure.unit
    if isinstance(measure, RatioMeasure) and measure.unit:
        return measure.unit
    if not isinstance(measure, MonthMeasure):
        return "%"
    return "%" if is_share(measure) else "/".join(METRICS[measure.metric].units)


def listed(parts: Sequence[Query]) -> str:
    """Return what the queries ask for, one after the other."""
    return "；".join(p.what for p in parts)


def exclusive_rule(section: Section) -> str:
    """Return the rule that a case serves one indicator only, naming the indicators."""
    names = "、".join(f"『{indicator_title(section, name)}』" for name in section.exclusive)
    return f"同一案件只能用于{names}之一"


def indicator_title(section: Section, indicator: str) -> str:
    """Return the title of what the clauses of an exclusive indicator stand under."""
    clauses = section.exclusive[indicator]
    name = clauses[0] if len(clauses) == 1 else parent_of(clauses[0])
    return section.nodes[name].title


def tiers_sentence(tiers: Sequence[Tier]) -> str:
    """Return the tiers from the highest down."""
    ordered = sorted(tiers, key=lambda t: t.at_least, reverse=True)
    return "，".join(f"达到{fraction_text(t.at_least)}项{verb(t.points)}" for t in ordered)


def _limits(clause: Clause, section: Section) -> list[str]:
    lines = []
    if clause.max is not None and clause.capped and clause.adds_up:
        most = points_text(abs(clause.max))
        lines.append(f"最多扣{most}分" if clause.deducts else f"最多得{most}分")
    if clause.shares_cap_with is not None:
        other = section.nodes[clause.shares_cap_with].title
        lines.append(f"与『{other}』合用扣分上限")
    if clause.reaches is not None:
        lines.append(f"在『{section.nodes[clause.reaches].title}』得分内扣完为止")
    if clause.bonus:
        lines.append("加分项，计在满分之外")
    return lines


def _gates(clause: Clause) -> list[str]:
    lines = []
    ends = {"not_applicable": "不参与考核", "unavailable": "列为待补"}
    if clause.not_if is not None:
        lines.append(f"{clause.not_if.what}的{ends[clause.not_if.otherwise]}")
    if clause.applies_if is not None:
        lines.append(f"没有{clause.applies_if.what}时{ends[clause.applies_if.otherwise]}")
    if clause.provisional_until is not None:
        lines.append(f"以{day_words(clause.provisional_until)}为准，该日之前为暂定")
    return lines


def condition_sentence(query: Query) -> str:
    """Return what the query asks of a row: 类别为荣誉、级别为省或市.

    Words that the query's own title lists are not listed again.
    """
    told = [_set_sentence(query.table, query.where, query.what)] if query.where else []
    if query.either:
        sets = (_set_sentence(query.table, one, query.what) for one in query.either)
        told.append("，或者".join(sets))
    return "；".join(told)


def condition_words(query: Query, column: str) -> str:
    """Return one condition of a query in words: 级别为省或市."""
    return _set_sentence(query.table, {column: query.where[column]}, query.what)


def zero_sentence(draw: DrawPlan) -> str:
    """Return what of the review that counts makes a drawn file 0; empty where nothing does."""
    sets = "，或者".join(_set_sentence("case_reviews", one) for one in draw.zero_if)
    return f"被抽案卷的评查{sets}的，该案卷按0分计" if sets else ""


def _set_sentence(table: str, conditions: Mapping[str, Condition], what: str = "") -> str:
    """Return conditions on the columns of a table; words that `what` lists are not listed again."""
    return "，".join(
        header_of(table, column) + _asked(condition, table, what)
        for column, condition in conditions.items()
    )


def _asked(condition: Condition, table: str, what: str) -> str:
    listed = condition.all_of or condition.any_of or ()
    if len(listed) > 1 and all(word in what for word in listed):
        return "含上述" + ("各项" if condition.all_of is not None else "之一")
    if condition.equals is not None:
        return "为" + "或".join(_value(v) for v in condition.equals)
    if condition.filled is not None:
        return "已填写" if condition.filled else "为空白"
    if condition.any_of is not None:
        return f"含{'、'.join(condition.any_of)}之一"
    if condition.all_of is not None:
        return f"同时含{'、'.join(condition.all_of)}"
    if condition.mentions is not None:
        return f"写有{'或'.join(condition.mentions)}"
    if condition.years is not None:
        return f"在{'、'.join(map(str, condition.years))}年"
    test = next(test for test in _BOUNDS if test in condition.model_fields_set)
    bound = getattr(condition, test)
    if isinstance(bound, OtherColumn):
        words = column_of(table, bound.column)
        order = _BOUNDS if words is None else _order_words(words)
        other = header_of(table, bound.column)
        later = f"后{bound.days}天" if bound.days > 0 else f"前{-bound.days}天"
        return order[test].format(other + (later if bound.days else ""))
    if isinstance(bound, str):
        return _ORDERS[test].format(bound)
    return _BOUNDS[test].format(bound)


_BOUNDS = {"at_least": "不少于{}", "at_most": "不超过{}", "above": "多于{}", "below": "少于{}"}
_ORDERS = {
    "at_least": "为{}或排在其后",
    "at_most": "为{}或排在其前",
    "above": "排在{}之后",
    "below": "排在{}之前",
}
"""How two words of one vocabulary are compared: by their order in it."""
_DAYS = {"at_least": "不早于{}", "at_most": "不晚于{}", "above": "晚于{}", "below": "早于{}"}


def _order_words(column: Column) -> dict[str, str]:
    """Return how a column's cells are told to be more or less than others."""
    if column.vocabulary:
        return _ORDERS
    return _DAYS if column.type in (Type.DATE, Type.TIMESTAMP, Type.MONTH) else _BOUNDS


def _value(value: str | int | bool | None) -> str:
    if value is None:
        return "空白"
    if isinstance(value, bool):
        return "是" if value else "否"
    return SLOT_NAMES.get(str(value), str(value))
