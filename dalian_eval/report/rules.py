"""A clause's rule in Chinese sentences, made from its parameters: its test, what it gives."""

from collections.abc import Sequence
from fractions import Fraction

from dalian_eval.rubric.model import (
    AnyClause,
    ByColumn,
    CompositeClause,
    EventClause,
    MonthlyClause,
    Part,
    Query,
    ScaledClause,
    Section,
    StepsClause,
    Tier,
    VetoClause,
    VoidClause,
    parent_of,
)
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.awards import verb
from dalian_eval.scoring.exact import points_text, ratio_text


def rule_sentences(clause: AnyClause, section: Section) -> tuple[str, ...]:
    """Return what the clause tests and gives, then its cap, its reach and its conditions."""
    lines = [*_tests(clause, section), *_limits(clause, section), *_conditions(clause)]
    return tuple(line + "。" for line in lines)


def _tests(clause: AnyClause, section: Section) -> list[str]:
    match clause:
        case EventClause():
            return _event(clause, section)
        case MonthlyClause():
            each = "每个达标月" if clause.every_month else "不论几个月达标，"
            return [
                f"{clause.what}达到{_threshold(clause)}为达标；{each}{verb(clause.points)}，"
                f"十二个月全部达标{verb(clause.full_year)}"
            ]
        case StepsClause():
            whole = "每满" if clause.whole_steps else "按比例每"
            rate = "各月合并计算" if clause.pooled else "取各月平均"
            return [
                f"{clause.what}（{rate}）达到{_percent(clause.at_least)}{verb(clause.points)}，"
                f"{whole}{points_text(int(clause.step * 1_000_000))}个百分点加"
                f"{points_text(clause.step_points)}分；未达到而补全率达到"
                f"{_percent(clause.fallback.at_least)}的{verb(clause.fallback.points)}"
            ]
        case ScaledClause():
            full = f"{clause.full.numerator}" if clause.full.denominator == 1 else f"{clause.full}"
            return [f"{clause.parts[0].what}：得分÷{full}×{points_text(clause.max)}分，多项取平均"]
        case CompositeClause():
            return _composite(clause, section)
        case VoidClause():
            target = section.nodes[clause.voids].title
            return [f"有下列情形之一，『{target}』不得分：{_listed(clause.parts)}"]
        case VetoClause():
            lines = [f"有下列情形之一，取消参评资格：{_listed(clause.parts)}"]
            if clause.pending:
                lines.append(f"暂缓认定，保留排名：{_listed(clause.pending)}")
            return lines


def _listed(parts: Sequence[Query]) -> str:
    return "；".join(p.what for p in parts)


def _event(clause: EventClause, section: Section) -> list[str]:
    if clause.rule == "count":
        return [f"{_listed(clause.parts)}：{_tiers(clause.tiers)}，不足不得分"]
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
        return _tiers(part.tiers)
    if isinstance(part.points, int):
        return each + verb(part.points)
    by = part.points
    if by is None:
        return ""
    if by.values is None:
        return f"按登记的『{_header(part.table, by.column)}』计"
    groups: dict[int, list[str]] = {}
    for value, points in by.values.items():
        groups.setdefault(points, []).append(value)
    return "；".join(f"{'、'.join(v)}，{each}{verb(p)}" for p, v in groups.items())


def _tiers(tiers: Sequence[Tier]) -> str:
    ordered = sorted(tiers, key=lambda t: t.at_least, reverse=True)
    return "，".join(f"达到{t.at_least}项{verb(t.points)}" for t in ordered)


def _composite(clause: CompositeClause, section: Section) -> list[str]:
    table = clause.parts[0].table
    weights = "、".join(f"{_header(table, c)}{w}%" for c, w in clause.weights.items())
    rounds = "多轮取平均" if clause.rounds == "mean" else "多轮取最好一轮"
    lines = [f"{clause.parts[0].what}按{weights}综合，{rounds}"]
    if clause.best_half is not None:
        half = "进位" if clause.best_half == "ceil" else "舍去"
        lines[0] += f"；取得分居前50%的人员（人数{half}）平均"
    lines[0] += f"，÷{clause.full}×{points_text(clause.max)}分"
    if clause.takes_over is not None:
        other = section.nodes[clause.takes_over]
        both = points_text(clause.max + (other.max or 0))
        lines.append(f"『{other.title}』不参与考核时，其分值并入，按{both}分计")
    return lines


def _threshold(clause: MonthlyClause) -> str:
    if clause.at_least <= 1:
        return _percent(clause.at_least)
    return f"{clause.at_least}{clause.unit_of_measure}"


def _percent(value: Fraction) -> str:
    return f"{ratio_text(value.numerator * 100, value.denominator, 0)}%"


def _limits(clause: AnyClause, section: Section) -> list[str]:
    lines = []
    alone = isinstance(clause, EventClause) and clause.rule != "each"
    if clause.max is not None and clause.capped and isinstance(clause, EventClause) and not alone:
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


def _conditions(clause: AnyClause) -> list[str]:
    lines = []
    ends = {"not_applicable": "不参与考核", "unavailable": "列为待补"}
    if clause.not_if is not None:
        lines.append(f"{clause.not_if.what}的{ends[clause.not_if.otherwise]}")
    if clause.applies_if is not None:
        lines.append(f"没有{clause.applies_if.what}时{ends[clause.applies_if.otherwise]}")
    if clause.provisional_until is not None:
        lines.append(f"以{clause.provisional_until.isoformat()}为准，该日之前为暂定")
    return lines


def _header(table: str, column: str) -> str:
    known = BY_NAME.get(table)
    return known[column].header if known is not None and column in known else column
