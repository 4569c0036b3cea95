"""A clause's rule in Chinese sentences, made from its parameters: its test, what it gives.

Reports print them beside the clause, and an entry of 0 points ends with them: every number that
the rule used stands in the ledger.
"""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from dalian_eval.base.day_words import day_words, span_words
from dalian_eval.rubric.clauses import (
    AnyClause,
    CompositeClause,
    EventClause,
    MonthlyClause,
    Place,
    RankedClause,
    ScaledClause,
    ShortfallClause,
    StepsClause,
    VetoClause,
    VoidClause,
    WeightedClause,
    parent_of,
)
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import fraction_text, percent_text, points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    ByColumn,
    Condition,
    FactMeasure,
    MonthMeasure,
    Part,
    Query,
    Tier,
    Years,
)
from dalian_eval.rubric.vocabulary import METRICS, SLOT_NAMES, header_of


def rule_sentences(clause: AnyClause, section: Section, period: Period) -> tuple[str, ...]:
    """Return what the clause tests and gives, then its cap, its reach and its conditions."""
    lines = [*terms(clause, section, period), *_limits(clause, section), *_gates(clause)]
    return tuple(line + "。" for line in lines)


def terms(clause: AnyClause, section: Section, period: Period) -> list[str]:
    """Return what the clause tests and what it gives or takes."""
    match clause:
        case EventClause():
            return _event(clause, section)
        case MonthlyClause():
            each = "每个达标月" if clause.every_month else "不论几个月达标，"
            return [
                f"{clause.what}{threshold_text(clause)}为达标；{each}{verb(clause.points)}，"
                f"{len(period.months)}个月全部达标{verb(clause.full_year)}"
            ]
        case StepsClause():
            whole = "每满" if clause.whole_steps else "按比例每"
            rate = "各月合并计算" if clause.pooled else "取各月平均"
            return [
                f"{clause.what}（{rate}）达到{percent_text(clause.at_least)}{verb(clause.points)}，"
                f"{whole}{fraction_text(clause.step * 100)}个百分点加"
                f"{points_text(clause.step_points)}分；未达到而补全率达到"
                f"{percent_text(clause.fallback.at_least)}的{verb(clause.fallback.points)}"
            ]
        case ScaledClause():
            full = fraction_text(clause.full)
            return [f"{clause.parts[0].what}：得分÷{full}×{points_text(clause.max)}分，多项取平均"]
        case CompositeClause():
            return _composite(clause, section)
        case RankedClause():
            return [_ranked(clause)]
        case ShortfallClause():
            return [
                f"{clause.measure.what}不足{measure_text(clause.measure, clause.target)}的，每少"
                f"{measure_text(clause.measure, clause.per)}{verb(clause.points)}"
                + ("，不足一份的不扣" if clause.whole else "，按比例计算")
            ]
        case WeightedClause():
            parts = "、".join(
                f"{c.measure.what}{c.weight}%（达到{measure_text(c.measure, c.full)}为满）"
                for c in clause.components
            )
            return [f"按{parts}加权，×{points_text(clause.max)}分，各项不足的按比例计"]
        case VoidClause():
            target = section.nodes[clause.voids].title
            return [f"有下列情形之一，『{target}』不得分：{_listed(clause.parts)}"]
        case VetoClause():
            lines = [f"有下列情形之一，取消参评资格：{_listed(clause.parts)}"]
            if clause.pending:
                lines.append(f"暂缓认定，保留排名：{_listed(clause.pending)}")
            return lines


def _ranked(clause: RankedClause) -> str:
    order = "由多到少" if clause.first == "most" else "由少到多"
    floor = ""
    if clause.at_least is not None:
        floor = f"（达到{measure_text(clause.measure, clause.at_least)}的参加排名）"
    return (
        f"按{clause.measure.what}{order}排名{floor}，{places_sentence(clause.places)}，并列的同计"
    )


def places_sentence(places: Sequence[Place]) -> str:
    """Return what the places give: 第1至5名得2分，第6至10名得1分."""
    parts, begin = [], 1
    for place in sorted(places, key=lambda p: p.within):
        span = f"第{begin}名" if place.within == begin else f"第{begin}至{place.within}名"
        parts.append(span + verb(place.points))
        begin = place.within + 1
    return "，".join(parts)


def measure_text(measure: FactMeasure | MonthMeasure, value: Fraction) -> str:
    """Return a threshold of a measure with its unit: a share as per cent, any other as it is."""
    if is_share(measure):
        return percent_text(value)
    return fraction_text(value) + unit_of(measure)


def is_share(measure: FactMeasure | MonthMeasure) -> bool:
    """Whether the measure is a share of something, told in per cent."""
    return isinstance(measure, MonthMeasure) and METRICS[measure.metric].form == "share"


def unit_of(measure: FactMeasure | MonthMeasure) -> str:
    """Return the Chinese unit of a measure's value: 件, 条/人, or % of a share."""
    if isinstance(measure, FactMeasure):
        return measure.unit
    return "%" if is_share(measure) else "/".join(METRICS[measure.metric].units)


def _listed(parts: Sequence[Query]) -> str:
    return "；".join(p.what for p in parts)


def _event(clause: EventClause, section: Section) -> list[str]:
    if clause.rule == "count":
        return [f"{_listed(clause.parts)}：{tiers_sentence(clause.tiers)}，不足不得分"]
    each = "每件" if clause.rule == "each" else ""
    if clause.rule == "each" and clause.label is not None and "case_id" not in clause.label:
        each = "每类"
    lines = [f"{part.what}：{_worth(part, each)}" for part in clause.parts]
    if clause.rule == "highest" and (
        len(lines) > 1 or isinstance(clause.parts[0].points, ByColumn)
    ):
        lines.append("以上只取最高一项")
    if clause.exclusive is not None:
        lines.append(exclusive_rule(section))
    return lines


def exclusive_rule(section: Section) -> str:
    """Return the rule that a case serves one indicator only, naming the indicators."""
    names = "、".join(f"『{indicator_title(section, name)}』" for name in section.exclusive)
    return f"同一案件只能用于{names}之一"


def indicator_title(section: Section, indicator: str) -> str:
    """Return the title of what the clauses of an exclusive indicator stand under."""
    clauses = section.exclusive[indicator]
    name = clauses[0] if len(clauses) == 1 else parent_of(clauses[0])
    return section.nodes[name].title


def _worth(part: Part, each: str) -> str:
    if part.once:
        each = "不论几件，共"
    if part.tiers is not None:
        return tiers_sentence(part.tiers)
    if isinstance(part.points, int):
        return each + verb(part.points)
    by = part.points
    if by is None:
        return ""
    if by.values is None:
        return f"按登记的『{header_of(part.table, by.column)}』计"
    groups: dict[int, list[str]] = {}
    for value, points in by.values.items():
        groups.setdefault(points, []).append(value)
    return "；".join(f"{'、'.join(v)}，{each}{verb(p)}" for p, v in groups.items())


def tiers_sentence(tiers: Sequence[Tier]) -> str:
    """Return the tiers from the highest down."""
    ordered = sorted(tiers, key=lambda t: t.at_least, reverse=True)
    return "，".join(f"达到{fraction_text(t.at_least)}项{verb(t.points)}" for t in ordered)


def _composite(clause: CompositeClause, section: Section) -> list[str]:
    table = clause.parts[0].table
    weights = "、".join(f"{header_of(table, c)}{w}%" for c, w in clause.weights.items())
    rounds = "多轮取平均" if clause.rounds == "mean" else "多轮取最好一轮"
    lines = [f"{clause.parts[0].what}按{weights}综合，{rounds}"]
    if clause.best_half is not None:
        half = "进位" if clause.best_half == "ceil" else "舍去"
        lines[0] += f"；取得分居前50%的人员（人数{half}）平均"
    lines[0] += f"，÷{fraction_text(clause.full)}×{points_text(clause.max)}分"
    if clause.takes_over is not None:
        other = section.nodes[clause.takes_over]
        both = points_text(clause.max + (other.max or 0))
        lines.append(f"『{other.title}』不参与考核时，其分值并入，按{both}分计")
    return lines


def threshold_text(clause: MonthlyClause) -> str:
    """Return what a month must reach: 达到90%."""
    if METRICS[clause.metric].form == "share":
        return f"达到{percent_text(clause.at_least)}"
    return f"达到{fraction_text(clause.at_least)}{clause.unit_of_measure}"


def _limits(clause: AnyClause, section: Section) -> list[str]:
    lines = []
    alone = isinstance(clause, EventClause) and clause.rule != "each"
    adds_up = isinstance(clause, EventClause | ShortfallClause) and not alone
    if clause.max is not None and clause.capped and adds_up:
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


def _gates(clause: AnyClause) -> list[str]:
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
    return "，".join(
        header_of(query.table, column) + _asked(condition, query.what)
        for column, condition in query.where.items()
    )


def _asked(condition: Condition, title: str) -> str:
    listed = condition.all_of or condition.any_of or ()
    if len(listed) > 1 and all(word in title for word in listed):
        return "含上述" + ("各项" if condition.all_of is not None else "之一")
    if condition.equals is not None:
        return "为" + "或".join(_value(v) for v in condition.equals)
    if condition.any_of is not None:
        return f"含{'、'.join(condition.any_of)}之一"
    if condition.all_of is not None:
        return f"同时含{'、'.join(condition.all_of)}"
    if condition.mentions is not None:
        return f"写有{'或'.join(condition.mentions)}"
    if condition.years is not None:
        return f"在{'、'.join(map(str, condition.years))}年"
    if condition.at_least is not None:
        return f"不少于{condition.at_least}"
    return f"不超过{condition.at_most}"


def _value(value: str | int | bool | None) -> str:
    if value is None:
        return "空白"
    if isinstance(value, bool):
        return "是" if value else "否"
    return SLOT_NAMES.get(str(value), str(value))


def window_sentence(query: Query, period: Period, as_of: dt.date) -> str:
    """Return when a row's governing date counts, by `as_of`."""
    if query.date is None:
        return ""
    date, until = header_of(query.table, query.date), day_words(as_of, period.year)
    span = span_words(period.start, as_of, period.year)
    if isinstance(query.window, Years):
        years = "、".join(map(str, query.window.years))
        return f"{date}在{years}年且不晚于{until}"
    match query.window:
        case "period":
            return f"{date}在{span}"
        case "standing":
            return f"{date}为空白或不晚于{until}"
        case "standing_period":
            return f"{date}为空白或在{span}"
    return f"{date}不晚于{until}"
