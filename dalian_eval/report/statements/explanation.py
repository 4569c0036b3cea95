"""The derivation of one score as text for a terminal, made from the run folder alone."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.asked_names import Candidate, candidate_of, check_clause
from dalian_eval.outputs.words import KINDS, SCORE_STATES
from dalian_eval.report.base.points import plain, total_or_range, with_sign
from dalian_eval.report.base.terminal import align_right, hanging, inert, pad_text, wrap_text
from dalian_eval.report.statements.account import (
    Account,
    Entry,
    Statement,
    standing_of,
    statement_of,
)
from dalian_eval.report.statements.case_assignment import case_use
from dalian_eval.report.statements.loss_sentences import loss_rows
from dalian_eval.report.statements.reviewer_decisions import decisions_of
from dalian_eval.report.views.chosen_readings import ChosenReading
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.vocabulary import SLOT_NAMES

_STEP = 2
_ROOM = 6
_AMOUNT = 9
_MONTH = 9
_TITLE, _HEAD, _SOFT, _BAD = "bold cyan", "bold", "dim", "bold red"

Lines = Iterator[tuple[str, str]]
"""Lines with the style each has on a terminal that shows styles."""


def find_candidate(view: RunView, text: str) -> tuple[str, str]:
    """Return kind and code of the candidate that `text` names (see `candidate_of`)."""
    rows = view.scores[["kind", "candidate", "name"]].itertuples(index=False)
    meant = candidate_of([Candidate(*map(str, row)) for row in rows], text)
    return meant.kind, meant.code


def explain_lines(
    view: RunView, kind: str, candidate: str, clause: str, width: int
) -> tuple[Statement, list[Text]]:
    """Return a candidate's account and its derivation in lines of at most `width` columns.

    `clause`: an item or clause whose part of the account is shown; empty for all of it. UsageError
    when there is no such candidate or clause, or the record lacks what belongs to it.
    """
    if clause:
        check_clause(view.section(kind), clause)
    try:
        made = statement_of(view, kind, candidate)
        lines = list(_Page(view, kind, candidate, made, width).lines(clause or kind))
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"运行记录 {view.run_id} 中『{candidate}』的得分或台账不完整：请确认记录没有被改动"
        ) from error
    return made, [Text(line, style) for line, style in lines]


class _Page:
    """Lays out one account."""

    def __init__(
        self, view: RunView, kind: str, candidate: str, made: Statement, width: int
    ) -> None:
        self.view = view
        self.kind = kind
        self.candidate = candidate
        self.made = made
        self.width = width
        self.section = view.section(kind)

    def lines(self, clause: str) -> Lines:
        yield from self._head()
        path = _path(self.made.items, clause)
        if path:
            yield from self._part(path)
        else:
            for item in self.made.items:
                yield from self._rule("=")
                yield from self._account(item, 0)
        yield from self._decisions(clause)
        yield from self._draw(clause)
        yield from self._case_use(clause)
        yield from self._total()
        if not path:
            yield from self._losses()

    # ---- head ----------------------------------------------------------------------------

    def _head(self) -> Lines:
        score, view = self.made.score, self.view
        unit = f"，{view.unit_name(str(score['unit']))}" if self.kind == "officer" else ""
        who = f"{score['name']}（{self.candidate}）　{KINDS[self.kind]}{unit}"
        for line in wrap_text(inert(who), self.width):
            yield line, _TITLE
        about = (
            f"{view.rubric.title}（{view.rubric.source}），截至{iso_day_words(view.as_of)}，"
            f"记录编号{view.run_id}，程序版本{view.meta['version']}"
        )
        for line in wrap_text(inert(about), self.width):
            yield line, _SOFT
        low, high = int(score["total_low"]), int(score["total_high"])
        yield from self._told("总分", f"{plain(int(score['total']))}分", 0, _HEAD)
        if low != high:
            yield from self._told("范围", f"{total_or_range(low, high)}分（待补条款补齐后可达）", 0)
        place = standing_of(view, self.kind, self.candidate)
        rank = "不参加排名" if place.rank is None else f"第{place.rank}名"
        tied = f"{place.tied}个并列，" if place.tied > 1 else ""
        ranked = f"{rank}（{tied}参加排名的{KINDS[self.kind]}{place.ranked}个）"
        yield from self._told("名次", ranked, 0)
        yield from self._told("状态", SCORE_STATES[str(score["status"])], 0)
        for entry in self.made.verdicts:
            yield from self._told("", entry.reason, 0, _BAD)
        if not self.made.adds_up:
            yield from self._told("注意", "账目合计与总分不一致，本记录不得作为依据", 0, _BAD)

    # ---- items and clauses ---------------------------------------------------------------

    def _part(self, path: Sequence[Account]) -> Lines:
        """The last of `path` with all below it, then what the items above it made of it."""
        *above, node = path
        yield from self._rule("=")
        if above:
            where = " → ".join(f"{a.title}" for a in above)
            yield from self._told("位于", where, 0, _SOFT)
        yield from self._account(node, 0)
        for item in reversed(above):
            yield from self._rule("-")
            yield from self._title(item, 0, _HEAD)
            yield from self._settled(item, 0)

    def _account(self, node: Account, indent: int) -> Lines:
        yield from self._title(node, indent, _TITLE if indent == 0 else _HEAD)
        inner = indent + _STEP
        if node.is_clause:
            yield from self._clause(node, inner)
            return
        yield from self._readings(node.readings, inner)
        for part in node.parts:
            yield "", ""
            yield from self._account(part, inner)
        if any(not p.is_clause for p in node.parts):
            yield "", ""
        yield from self._settled(node, indent)

    def _title(self, node: Account, indent: int, style: str) -> Lines:
        worth = f"{_plain(node.points)}{_of(node)}"
        if node.status != "scored":
            worth += f"【{node.state}】"
        room = self.width - indent
        name = f"{node.title}（{node.locator}）"
        for line in align_right(inert(name), worth, room):
            yield " " * indent + line, style
        yield " " * indent + node.id, _SOFT

    def _clause(self, leaf: Account, indent: int) -> Lines:
        yield from self._told("规则", f"〔{leaf.rule}〕{''.join(leaf.rules)}", indent)
        yield from self._readings(leaf.readings, indent)
        if leaf.lacking:
            then = "认定" if leaf.is_verdict else "计分"
            yield from self._told("待补", f"{leaf.lacking}，提供后即可{then}", indent)
        yield from self._entries(leaf.entries, indent)
        if leaf.outcome:
            yield from self._told("得分", leaf.outcome, indent)
        if leaf.still_open:
            yield from self._told("全年", leaf.prospect, indent)

    def _readings(self, readings: Sequence[ChosenReading], indent: int) -> Lines:
        for reading in readings:
            yield from self._told("口径", reading.told, indent)

    def _settled(self, item: Account, indent: int) -> Lines:
        """An item's arithmetic: what stands below it, each cap and floor, what it comes to."""
        inner = indent + _STEP
        bonus = "（加分另计）" if any(p.bonus and not item.bonus for p in item.parts) else ""
        yield from self._told("小计", f"所属各款合计{plain(item.below)}分{bonus}", inner)
        yield from self._entries(item.entries, inner)
        yield from self._told("得分", f"{item.title}得{plain(item.points)}分{_of(item)}", inner)
        if item.still_open:
            yield from self._told("全年", item.prospect, inner)

    def _entries(self, entries: Sequence[Entry], indent: int) -> Lines:
        for entry in entries:
            month = entry.month or ("结算" if entry.settles else "")
            label = pad_text(_ascii(entry.points), _AMOUNT, right=True) + "  " + month
            room = _AMOUNT + 2 + _MONTH
            reason = f"{entry.rule}：{entry.reason}" if entry.settles else entry.reason
            for line in hanging(label, inert(reason), self.width, indent, room):
                yield line, ""
            if entry.causes:
                causes = "、".join(cause.title for cause in entry.causes)
                for line in hanging("起因", inert(causes), self.width, indent + room, _ROOM):
                    yield line, _SOFT
            places = "；".join(f"{e.table}：{e.text}" for e in entry.evidence)
            if entry.cut:
                places += f"（每月至多列{self.view.rows_listed}行，全部行号见得分账目网页）"
            if places:
                place = indent + room
                for line in hanging("依据", inert(places), self.width, place, _ROOM):
                    yield line, _SOFT

    # ---- what the score leans on ----------------------------------------------------------

    def _decisions(self, clause: str) -> Lines:
        """Appeals with their answers, and corrections, on the part that is shown."""
        decided = decisions_of(self.view, self.kind, self.candidate)
        shown = [d for d in decided if _inside(d.clause, clause)]
        if not shown:
            return
        yield from self._rule("=")
        yield "复核与申诉", _TITLE
        for decision in shown:
            for one, indent in ((decision, _STEP), *((a, 2 * _STEP) for a in decision.answers)):
                signed_by = "，".join(filter(None, (one.by, one.on, one.document, f"编号{one.id}")))
                text = f"{one.title}：{one.reason}（{signed_by}），{one.effect}"
                for line in hanging(one.kind, inert(text), self.width, indent, 10):
                    yield line, ""
            if decision.outcome:
                yield from self._told("结果", decision.outcome, _STEP, _HEAD)

    def _draw(self, clause: str) -> Lines:
        leans = any(
            q.table == "drawn_files"
            for name, leaf in self.section.clauses.items()
            if _inside(name, clause)
            for q in leaf.queries
        )
        if not leans or self.made.draw.empty:
            return
        yield from self._rule("=")
        yield "案卷抽取", _TITLE
        for row in self.made.draw.to_dict("records"):
            slot = SLOT_NAMES.get(row["slot"], row["slot"])
            text = f"{row['case'] or '（空缺）'}　{row['reason']}"
            for line in hanging(slot, inert(text), self.width, _STEP, 10):
                yield line, ""

    def _case_use(self, clause: str) -> Lines:
        use = case_use(self.view, self.kind, self.candidate)
        exclusive = [c for group in self.section.exclusive.values() for c in group]
        if use is None or not any(_inside(name, clause) for name in exclusive):
            return
        yield from self._rule("=")
        yield "同一案件不重复使用", _TITLE
        yield from self._told("规则", f"{use.rule}。", _STEP)
        yield from self._readings(use.readings, _STEP)
        for case in use.cases:
            following = f"；次优归属中用于{case.following}" if case.following else ""
            text = f"现用于{case.serves}（可用于{'、'.join(case.qualifies)}）{following}"
            yield from self._told("案件", f"{case.case}：{text}", _STEP)
        for indicator in use.indicators:
            other = (
                "" if indicator.following is None else f"，次优归属得{plain(indicator.following)}分"
            )
            yield from self._told(
                "指标", f"{indicator.title}：现归属得{plain(indicator.points)}分{other}", _STEP
            )
        yield from self._told("比较", f"{use.told}。", _STEP)

    # ---- the total -------------------------------------------------------------------------

    def _total(self) -> Lines:
        made, score = self.made, self.made.score
        rows = [(i.title, plain(i.points), "") for i in made.items if not i.bonus and i.maximum]
        rows.append(("各项得分之和", plain(made.item_sum), ""))
        rows += [(e.rule, _ascii(e.points), e.reason) for e in made.rescaled]
        rows.append(("基础分", plain(int(score["base"])), ""))
        rows += [(f"加分：{b.title}", _ascii(b.points), "") for b in made.bonuses]
        rows.append(("总分", plain(int(score["total"])), "＝基础分＋加分"))
        yield from self._rule("=")
        yield "合计", _TITLE
        room = max(len(title) for title, _, _ in rows) * 2 + 2
        for title, amount, note in rows:
            label = pad_text(title, room) + pad_text(amount, _AMOUNT, right=True) + "  "
            style = _HEAD if title in ("各项得分之和", "基础分", "总分") else ""
            for line in hanging(label, inert(note), self.width, _STEP, room + _AMOUNT + 2):
                yield line, style
        agree = "，与总分一致" if made.adds_up else "，与总分不一致"
        book = f"台账{made.entry_count}笔，合计{plain(made.posted)}分{agree}"
        yield from self._told("", book, 0, "" if made.adds_up else _BAD)

    def _losses(self) -> Lines:
        """Where the points went: the rows of the statement, with all that makes each amount."""
        losses = loss_rows(self.view, self.kind, self.candidate, self.made)
        yield from self._rule("=")
        yield "失分在哪里", _TITLE
        for loss in losses:
            amount = pad_text(_plain(loss.points), _AMOUNT, right=True)
            title = f"{loss.word}　{loss.title}（{loss.locator}）"
            for line in hanging(amount, inert(title), self.width, _STEP, _AMOUNT + 2):
                yield line, _HEAD
            for reason in loss.reasons:
                label = " " * (_AMOUNT + 2)
                for line in hanging(label, inert(reason), self.width, _STEP, _AMOUNT + 2):
                    yield line, ""
        total = sum(loss.points for loss in losses)
        yield from self._told("", f"合计{_plain(total)}分，等于满分减总分", 0)

    # ---- lines -----------------------------------------------------------------------------

    def _rule(self, sign: str) -> Lines:
        yield sign * self.width, _SOFT

    def _told(self, label: str, text: str, indent: int, style: str = "") -> Lines:
        for line in hanging(label, inert(text), self.width, indent, _ROOM):
            yield line, style


def _path(accounts: Sequence[Account], wanted: str) -> list[Account]:
    """Return the accounts from an item down to `wanted`; empty for the root."""
    for account in accounts:
        if _inside(wanted, account.id):
            return [account, *_path(account.parts, wanted)]
    return []


def _inside(name: str, node: str) -> bool:
    """Whether `name` is `node` or stands below it."""
    return name == node or name.startswith(f"{node}.")


def _of(node: Account) -> str:
    """Return what the points are out of: ／满分2.00, ／最多扣2.00, nothing without a maximum."""
    if node.maximum is None:
        return ""
    if node.maximum < 0:
        return f"／最多扣{plain(-node.maximum)}"
    return f"／{'加分' if node.bonus else '满分'}{plain(node.maximum)}"


def _ascii(points: int) -> str:
    """Return signed points with a minus that every terminal's character set has."""
    return with_sign(points).replace("−", "-")


def _plain(points: int) -> str:
    """Return points with a minus that every terminal's character set has."""
    return plain(points).replace("−", "-")
