"""A proposal as YAML for the analyst to edit: every line with its reason, the rest as comments."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.intake.mapping.model import GROUP, Condition, Form
from dalian_eval.intake.mapping.propose import Guess, Proposal, RuleGuess
from dalian_eval.schema.model import Column, Type

_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff（）/-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def proposal_text(name: str, place: str, proposal: Proposal) -> str:
    """Return the entry of params/mappings.yaml that is proposed for the sheet at `place`."""
    return "\n".join(_lines(name, place, proposal)) + "\n"


def _lines(name: str, place: str, proposal: Proposal) -> Iterator[str]:
    profile = proposal.profile
    yield f"# {clip(place, 200)}：{len(profile.records)} 行，表头在第 {profile.row + 1} 行"
    if proposal.runners_up:
        yield f"# 也有些像：{'、'.join(proposal.runners_up)}"
    yield f"{quoted(name)}:"
    yield f"  表头: [{', '.join(map(quoted, proposal.headers))}]"
    yield "  表:"
    tables = dict.fromkeys(rule.table.name for rule in proposal.rules)
    for table in tables:
        rules = [rule for rule in proposal.rules if rule.table.name == table]
        yield f"    {rules[0].table.sheet}:"
        for number, rule in enumerate(rules):
            lines = [*_rule(rule, detailed=number == 0)]
            if len(rules) == 1:
                yield from (f"      {line}" for line in lines)
            else:
                first = next(i for i, line in enumerate(lines) if not line.startswith("#"))
                for i, line in enumerate(lines):
                    yield ("      - " if i == first else "        ") + line
    used = {h for rule in proposal.rules for h in _headers(rule)}
    free = [h for h in profile.positions if h not in used]
    if free:
        yield f"# 没有用到的列：{clip('、'.join(free), 300)}"


def _headers(rule: RuleGuess) -> Iterator[str]:
    for header in rule.rule.headers:
        for word in rule.groups or ("",):
            yield header.replace(GROUP, word)


def _rule(rule: RuleGuess, *, detailed: bool) -> Iterator[str]:
    if rule.groups:
        yield f"每组: [{', '.join(map(quoted, rule.groups))}]  # {GROUP} 依次是这些词，一组一行"
    if rule.conditions:
        asked = ", ".join(f"{quoted(c.header)}: {_asked(c)}" for c in rule.conditions)
        yield f"当: {{{asked}}}  # 有的行没有这一格，不是记录"
    for hint in rule.hints:
        yield f"# {hint}"
    for guess in rule.guesses:
        yield f"{guess.column.header}: {form_text(guess.form)}{_reason(guess)}"
        if guess.unknown:
            words = "、".join(guess.unknown)
            yield f"#   这些词不知道是什么意思，请补进『词』：{clip(words, 200)}"
        if detailed:
            yield from _alternatives(guess.column, rule.others.get(guess.column.name, ()))
    for column in rule.missing:
        yield f"# 请写明『{column.header}』从哪里来{_choices(column)}："
        yield f"# {column.header}: {{写: …}}  或  {column.header}: 对方的列"
        yield from _alternatives(column, rule.others.get(column.name, ()))
    if not detailed:
        return
    there = {guess.column.name for guess in rule.guesses} | {c.name for c in rule.missing}
    for column in rule.table.columns:
        if column.name not in there and rule.others.get(column.name):
            yield from _alternatives(column, rule.others[column.name])
    left = [c.header for c in rule.table.columns if c.name not in there]
    if left:
        yield f"# 没有对上的列（不写按空白读）：{'、'.join(left)}"


def _alternatives(column: Column, others: Sequence[Guess]) -> Iterator[str]:
    for guess in others[:2]:
        yield f"#   也可能是  {column.header}: {form_text(guess.form)}{_reason(guess, mark='  ')}"


def _reason(guess: Guess, mark: str = "  # ") -> str:
    parts = ["，".join(guess.reasons)] if guess.reasons else []
    if guess.samples:
        parts.append("如 " + " | ".join(clip(sample, 24) for sample in guess.samples))
    if guess.asked:
        parts.append(f"{guess.read}/{guess.asked} 格可读")
    return mark + "；".join(parts) if parts else ""


def _choices(column: Column) -> str:
    if column.vocabulary:
        return f"（可用：{'、'.join(column.vocabulary)}）"
    return "（是/否）" if column.type is Type.BOOL else f"（{column.type.value}）"


def _asked(condition: Condition) -> str:
    if not condition.words:
        return condition.asks
    return f"{{{condition.asks}: [{', '.join(map(quoted, condition.words))}]}}"


def form_text(form: Form) -> str:
    """Return a form as it is written in the file."""
    words = [] if form.headers else [f"写: {quoted(form.constant)}"]
    if form.headers:
        headers = [*map(quoted, form.headers)]
        words.append(f"列: {headers[0] if len(headers) == 1 else '[' + ', '.join(headers) + ']'}")
    if form.part:
        words.append(f"取: {form.part}")
    if form.words:
        words.append(f"词: {_pairs(dict(form.words))}")
    if form.mentions:
        words.append(f"含: {_pairs(dict(form.mentions))}")
    if form.other is not None:
        words.append(f"其他: {quoted(form.other)}")
    return quoted(form.headers[0]) if form.is_plain else "{" + ", ".join(words) + "}"


def _pairs(words: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(a)}: {quoted(b)}" for a, b in words.items()) + "}"


def quoted(text: str) -> str:
    """Return a text as YAML takes it for a text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
