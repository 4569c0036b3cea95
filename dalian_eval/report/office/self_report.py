"""自评报告: one text of a unit's 自评材料, shown as .docx and as the first page of the pack."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.outputs.words import KINDS, SCORE_STATES
from dalian_eval.report.base.file_names import statement_link
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import plain
from dalian_eval.report.narrative.page import block_views
from dalian_eval.report.narrative.text import (
    Block,
    Document,
    Section,
    Span,
    Table,
    blocks,
    paragraph,
    say,
)
from dalian_eval.report.office.self_assessment import (
    PROBLEMS,
    PROOFS,
    Proof,
    SelfAssessment,
    problem_list,
)
from dalian_eval.report.statements.account import statement_of

_LISTED = 40
"""Rows of a table of the report; the lists beside it hold all of them."""


def report(told: SelfAssessment, files: Sequence[tuple[str, str]]) -> Document:
    """Return the report; `files`: names of the pack's other files and what they are."""
    view = told.view
    return Document(
        title=f"{view.rubric.year}年度{view.rubric.names.work}自评报告",
        subtitle=f"{told.name}（截至{iso_day_words(view.as_of)}）",
        sections=(
            Section("自评得分", _scores(told)),
            Section("所缺佐证和涉及的分值", _missing(told)),
            Section("已有佐证", _present(told)),
            Section("本单位参评人员", _officers(told)),
            Section("须更正的数据", _problems(told)),
            Section("所附材料", _files(files)),
        ),
        note=f"本材料由评价记录{view.run_id}生成，各项数字均可在得分账目中查到出处。",
    )


def _scores(told: SelfAssessment) -> tuple[Block, ...]:
    view, unit = told.view, told.unit
    made = statement_of(view, "unit", unit)
    score, link = made.score, statement_link("unit", unit)
    rank = (
        "不参加排名"
        if pd.isna(score["rank"])
        else f"在参评{KINDS['unit']}中列第{int(score['rank'])}名"
    )
    state = SCORE_STATES[str(score["status"])]
    told_ = (
        f"截至{iso_day_words(view.as_of)}，总分{plain(int(score['total']))}分，{rank}（{state}）"
    )
    low, high = int(score["total_low"]), int(score["total_high"])
    open_ = f"待补条款补齐后可达{plain(low)}～{plain(high)}分" if low != high else ""
    items = tuple(
        (
            Span(item.title, statement_link("unit", unit, item.id)),
            Span("—" if item.maximum is None else plain(item.maximum)),
            Span(plain(item.points)),
            Span(plain(item.attainable)),
        )
        for item in made.items
        if not item.is_clause
    )
    return blocks(
        paragraph(
            say(Span(told_, link), "。"),
            say(Span(open_, link), "。") if open_ else None,
        ),
        Table("分项得分", ("项目", "满分", "得分", "期末前最多可达"), items),
    )


def _missing(told: SelfAssessment) -> tuple[Block, ...]:
    lacking = sorted((p for p in told.own if p.missing), key=lambda p: -p.stake)
    if not lacking:
        return blocks(paragraph(say("各条款都已得满分，没有所缺的佐证。")))
    items = [
        i
        for i in statement_of(told.view, "unit", told.unit).items
        if not i.is_clause and i.lost is not None
    ]
    lost = sum(i.lost or 0 for i in items)
    winnable = sum(max(0, i.attainable - i.points) for i in items)
    summary = f"各项距满分合计{plain(lost)}分，其中期末前最多还可得{plain(winnable)}分"
    wanting = [p for p in lacking if not p.deducts]
    taken = [p for p in lacking if p.deducts]
    rest = "；下表按条款列出，同一项目的条款合计可能超过该项目所差的分值。"
    return blocks(
        paragraph(say(Span(summary, PROOFS), rest)),
        _lacking(told, "所缺佐证", "所缺", wanting) if wanting else None,
        _lacking(told, "扣分", "扣分事由", taken) if taken else None,
    )


def _lacking(told: SelfAssessment, caption: str, head: str, proofs: Sequence[Proof]) -> Table:
    rows = tuple(
        (
            Span(p.leaf.title, statement_link("unit", told.unit, p.leaf.id)),
            Span(plain(p.stake)),
            Span(plain(p.winnable)),
            Span(p.brief),
        )
        for p in proofs[:_LISTED]
    )
    return Table(_part(caption, len(proofs)), ("条款", "涉及分值", "还可得", head), rows)


def _present(told: SelfAssessment) -> tuple[Block, ...]:
    own = [p for p in told.own if p.evidence]
    if not own:
        return blocks(paragraph(say("各条款都还没有佐证。")))
    rows = tuple(
        (
            Span(p.leaf.title, statement_link("unit", told.unit, p.leaf.id)),
            Span(plain(p.leaf.points)),
            Span(
                "、".join(f"{table}{count}行" for table, count in _counts(p))
                + ("以上" if p.cut else "")
            ),
        )
        for p in own[:_LISTED]
    )
    summary = f"{len(own)}条有佐证，逐个文件和行号见"
    return blocks(
        paragraph(say(summary, Span(PROOFS, PROOFS), "。")),
        Table(_part("已有佐证", len(own)), ("条款", "得分", "佐证"), rows),
    )


def _counts(proof: Proof) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for e in proof.evidence:
        counts[e.table] = counts.get(e.table, 0) + len(e.rows)
    return list(counts.items())


def _officers(told: SelfAssessment) -> tuple[Block, ...]:
    if not told.officers:
        return blocks(paragraph(say("本单位没有候选个人。")))
    people = told.view.candidates("officer").set_index("candidate")
    lacking: dict[str, int] = {}
    for p in told.proofs:
        if p.kind == "officer" and p.missing:
            lacking[p.candidate] = lacking.get(p.candidate, 0) + 1
    rows = tuple(
        _officer(code, people.loc[code].to_dict(), lacking.get(code, 0))
        for code in told.officers[:_LISTED]
    )
    count = len(told.officers)
    heads = ("全局名次", "姓名", "总分", "状态", "未得满分的条款")
    return blocks(
        paragraph(say("候选个人", Span(f"{count}名", PROOFS), "，各人的得分账目附后。")),
        Table(_part("参评人员", count), heads, rows),
    )


def _officer(code: str, row: Mapping[Any, Any], lacking: int) -> tuple[Span, ...]:
    return (
        Span("—" if pd.isna(row["rank"]) else str(row["rank"])),
        Span(str(row["name"]), statement_link("officer", code)),
        Span(plain(int(row["total"]))),
        Span(SCORE_STATES[str(row["status"])]),
        Span(str(lacking), PROOFS),
    )


def _problems(told: SelfAssessment) -> tuple[Block, ...]:
    rest = (
        say(
            "另有",
            Span(f"{told.unclaimed}格", PROBLEMS),
            "不能确定由哪个单位更正，由考核评价组处理。",
        )
        if told.unclaimed
        else None
    )
    if told.problems.empty:
        return blocks(paragraph(say("没有须由本单位更正的数据。"), rest))
    listed = problem_list(told)
    rows = tuple(
        tuple(Span(str(row[title])) for title in ("表", "行", "列", "原因", "改法"))
        for row in listed.iloc[:_LISTED].to_dict("records")
    )
    summary = f"本单位有{len(listed)}格数据没有被采用，请改正原表后重新报送"
    return blocks(
        paragraph(say(Span(summary, PROBLEMS), "。"), rest),
        Table(_part("须更正的数据", len(listed)), ("表", "行", "列", "原因", "改法"), rows),
    )


def _files(files: Sequence[tuple[str, str]]) -> tuple[Block, ...]:
    rows = tuple((Span(title, name), Span(name)) for name, title in files)
    return blocks(Table("所附材料", ("材料", "文件"), rows))


def _part(caption: str, count: int) -> str:
    return f"{caption}（前{_LISTED}行，共{count}行，全部见清单）" if count > _LISTED else caption


def report_html(told: SelfAssessment, text: Document) -> str:
    """Return the report as the pack's first page."""
    return render("selfassessment.html", view=told.view, text=text, blocks=block_views(text))
