"""Frames that the notebooks show: made from what the stages return, with Chinese columns."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from dalian_eval.outputs.words import DRAW_SOURCES, KINDS, SCORE_STATES
from dalian_eval.report.base.labels import SEVERITIES, lacking_sentence, table_title
from dalian_eval.report.base.points import (
    column,
    distinct,
    needs_four,
    plain,
    total_or_range,
    with_sign,
)
from dalian_eval.report.base.tables import COUNT, LIMIT
from dalian_eval.report.statements.case_assignment import case_use
from dalian_eval.report.views.chosen_readings import all_readings
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import METRICS, SLOT_NAMES
from dalian_eval.schema.model import Table
from dalian_eval.schema.tables import TABLES
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.settle import CAP, CARRY, FLOOR, RESCALE, VOID

_WORST = 3
"""Clauses whose loss the outlook explains, per candidate."""


def supplied_tables(report: Any, asked: Collection[str]) -> pd.DataFrame:
    """Return the tables that are asked for or were supplied: their states, rows and sources.

    `report`: the CleanReport of stage 01; `asked`: the tables that the plan asks for.
    """
    sources = report.sources
    rows = sources.groupby("table")["accepted"].sum()
    sheets = sources.groupby("table").size()
    return pd.DataFrame(
        [
            {
                "表": t.sheet,
                "状态": _delivered(t, report.supplied),
                "来源数": int(sheets.get(t.name, 0)),
                "行数": int(rows.get(t.name, 0)),
                "内容": t.note,
            }
            for t in TABLES
            if t.name in asked or t.name in report.supplied
        ]
    )


def _delivered(table: Table, supplied: Collection[str]) -> str:
    if table.name in supplied:
        return "已报送"
    return "未报送" if table.need == "occasional" else "未报送（有关条款待补）"


def validation_summary(outcome: Any) -> pd.DataFrame:
    """Return how many checks there were and how many failed, by severity."""
    rows = []
    for severity, title in SEVERITIES.items():
        checks = [o for o in outcome.outcomes if o.severity == severity]
        failed = [o for o in checks if not o.success]
        stop = "停止运行" if severity == "blocking" else "随记录保留"
        verdict = "全部通过" if not failed else stop
        rows.append({"级别": title, "检查": len(checks), "未通过": len(failed), "处理": verdict})
    return pd.DataFrame(rows)


def validation_failures(outcome: Any) -> pd.DataFrame:
    """Return the failed checks with reason, cure and the first places."""
    return pd.DataFrame(
        [
            {
                "级别": SEVERITIES[o.severity],
                "表": table_title(o.table) if o.table else "全部资料",
                "检查": o.title,
                "涉及行数": o.failed,
                "原因": o.reason,
                "改法": o.fix,
                "所在行（前10处）": "\n".join(
                    e.text for e in parse_origins(" ".join(o.origins[:10]))
                ),
            }
            for o in sorted(outcome.outcomes, key=lambda o: (o.severity, o.table, o.check))
            if not o.success
        ],
        columns=["级别", "表", "检查", "涉及行数", "原因", "改法", "所在行（前10处）"],
    )


def validation_all(outcome: Any) -> pd.DataFrame:
    """Return every check and its outcome."""
    return pd.DataFrame(
        [
            {
                "表": table_title(o.table) if o.table else "全部资料",
                "检查": o.title,
                "级别": SEVERITIES[o.severity],
                "检查行数": o.tested,
                "结果": "通过" if o.success else f"{o.failed}行未通过",
            }
            for o in outcome.outcomes
        ],
        columns=["表", "检查", "级别", "检查行数", "结果"],
    )


def monthly_clause(rubric: Rubric, metric: str) -> MonthlyClause | None:
    """Return the clause that sets a threshold for each month of `metric`, if there is one."""
    clauses = rubric.section(METRICS[metric].kind).clauses.values()
    found = (c for c in clauses if isinstance(c, MonthlyClause) and c.metric == metric)
    return next(found, None)


def threshold(rubric: Rubric, metric: str) -> str:
    """Return from where on a month of `metric` passes, as a sentence."""
    clause = monthly_clause(rubric, metric)
    if clause is None:
        return "细则没有逐月达标的要求，以下只列数值。"
    return f"『{clause.title}』（{clause.locator}）：{clause.threshold}为达标。"


def metric_rows(
    monthly: pd.DataFrame, metric: str, subjects: pd.DataFrame, rubric: Rubric
) -> pd.DataFrame:
    """Return a metric's rows of the candidates of `subjects` (units or officers), with names.

    The variant is the one that the rubric's clause counts, else the usual one.
    """
    clause = monthly_clause(rubric, metric)
    names = _candidate_names(subjects)
    rows = monthly[
        (monthly["metric"] == metric)
        & (monthly["variant"] == (clause.variant if clause else METRICS[metric].variants[0]))
        & monthly["candidate"].isin(list(names))
    ]
    return rows.assign(name=rows["candidate"].map(names)).sort_values(["candidate", "month"])


def _candidate_names(subjects: pd.DataFrame) -> dict[str, str]:
    """Return the names (else the ids) of the candidates among units or officers."""
    key = "unit_id" if "unit_id" in subjects.columns else "officer_id"
    chosen = subjects[subjects["candidate"].fillna(False).astype(bool)]
    return dict(zip(chosen[key], chosen["name"].fillna(chosen[key]), strict=True))


def metric_table(
    monthly: pd.DataFrame, metric: str, subjects: pd.DataFrame, rubric: Rubric
) -> pd.DataFrame:
    """Return a metric as a table: candidates down, months across, the quotient as text."""
    rows = metric_rows(monthly, metric, subjects, rubric)
    text = [
        quotient(int(n), int(d), metric)
        for n, d in zip(rows["numerator"], rows["denominator"], strict=True)
    ]
    return _by_month(rows.assign(text=text))


def count_table(
    monthly: pd.DataFrame, metric: str, side: str, subjects: pd.DataFrame, rubric: Rubric
) -> pd.DataFrame:
    """Return one side of a metric, `numerator` or `denominator`, month by month."""
    rows, scaled = metric_rows(monthly, metric, subjects, rubric), METRICS[metric].scale
    told = METRICS[metric].side_text
    return _by_month(rows.assign(text=rows[side] if scaled == 1 else rows[side].map(told)))


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the `text` of each candidate's months side by side, months as 24-03."""
    short = rows.assign(month=rows["month"].str.slice(2))
    wide = short.pivot(index=["candidate", "name"], columns="month", values="text")
    wide.columns.name = None
    return wide.reset_index().rename(columns={"candidate": "代码", "name": "名称"})


def quotient(numerator: int, denominator: int, metric: str) -> str:
    """Return a month's figure as text: a count, a per cent, or a mean with two decimals."""
    percent = METRICS[metric].form == "share"
    if METRICS[metric].form == "count":
        return METRICS[metric].side_text(numerator)
    if not denominator:
        return "—"
    return ratio_text(numerator * (100 if percent else 1), denominator) + ("%" if percent else "")


def cases_by_kind(monthly: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the decided cases of each candidate, one column per 案件类型."""
    rows = _cases(monthly, subjects)
    wide = rows.pivot_table(
        index=["candidate", "name"], columns="variant", values="numerator", aggfunc="sum"
    )
    return _counted(wide).rename(columns={"candidate": "代码", "name": "名称"})


def cases_by_month(monthly: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Return the decided cases of all candidates, months down, one column per 案件类型."""
    rows = _cases(monthly, subjects)
    wide = rows.pivot_table(index="month", columns="variant", values="numerator", aggfunc="sum")
    return _counted(wide).rename(columns={"month": "月份"})


def _cases(monthly: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    names = _candidate_names(subjects)
    rows = monthly[(monthly["metric"] == "cases") & monthly["candidate"].isin(list(names))]
    return rows.assign(name=rows["candidate"].map(names))


def _counted(wide: pd.DataFrame) -> pd.DataFrame:
    """Return counts with their sum, zeros where there is no case, the index as columns."""
    wide = wide.fillna(0).astype("int64")
    wide.columns.name = None
    return wide.assign(合计=wide.sum(axis=1)).reset_index()


def ranking(view: RunView, kind: Kind) -> pd.DataFrame:
    """Return the candidates by rank with their totals."""
    rows = view.candidates(kind)
    ranks = rows["rank"].astype("str").where(rows["rank"].notna(), "—")
    tied = rows["rank"].duplicated(keep=False) & rows["rank"].notna()
    frame = pd.DataFrame(
        {
            "名次": ranks.mask(tied, ranks + "（并列）"),
            "代码": rows["candidate"],
            "名称": rows["name"],
            "单位": rows["unit"].map(view.unit_name),
            "基础分": column(rows["base"]),
            "加分": column(rows["bonus"]),
            "总分": distinct(list(rows["total"])),
            "可能范围": [
                "—" if low == high else total_or_range(low, high)
                for low, high in zip(rows["total_low"], rows["total_high"], strict=True)
            ],
            "状态": rows["status"].map(SCORE_STATES),
        }
    )
    closed = (rows["total_low"] == rows["total_high"]).all()
    without = [*(["单位"] if kind == "unit" else []), *(["可能范围"] if closed else [])]
    return frame.drop(columns=without)


def item_points(view: RunView, kind: Kind) -> pd.DataFrame:
    """Return the points of the top items, candidates down."""
    section = view.section(kind)
    items = [i for i in section.children(kind) if i in section.items]
    rows = view.clauses[(view.clauses["kind"] == kind) & view.clauses["clause"].isin(items)]
    wide = rows.pivot(index="candidate", columns="clause", values="points").reindex(columns=items)
    ordered = view.candidates(kind)
    wide = wide.reindex(ordered["candidate"])
    result = {"代码": ordered["candidate"].to_numpy(), "名称": ordered["name"].to_numpy()}
    for item in items:
        node = section.items[item]
        title = f"{node.title}（{plain(node.max)}）"
        result[title] = np.array(column(wide[item]))
    result["总分"] = np.array(column(ordered["total"]))
    return pd.DataFrame(result)


def outlook(view: RunView, kind: Kind) -> pd.DataFrame:
    """Return what each candidate has, can still reach and has lost for good, with the reasons.

    The reasons are those of the three clauses that lost most.
    """
    section = view.section(kind)
    rows = view.outlook[view.outlook["kind"] == kind]
    leaves = rows[rows["clause"].isin(list(section.clauses)) & (rows["lost"] > 0)]
    leaves = leaves.sort_values(["candidate", "lost"], ascending=[True, False], kind="stable")
    worst = leaves[leaves.groupby("candidate").cumcount() < _WORST]
    told = [
        f"{section.clauses[clause].title}（失{plain(lost)}分）：{reason}"
        for clause, lost, reason in zip(
            worst["clause"], worst["lost"].tolist(), worst["reason"], strict=True
        )
    ]
    why = pd.Series(told, index=worst["candidate"], dtype="str").groupby(level=0).agg("\n".join)
    totals = rows[rows["clause"] == kind].set_index("candidate")
    ordered = view.candidates(kind)
    mine = totals.reindex(ordered["candidate"])
    return pd.DataFrame(
        {
            "代码": ordered["candidate"].to_numpy(),
            "名称": ordered["name"].to_numpy(),
            "目前得分": column(mine["earned"]),
            "至评审期末最多可达": column(mine["attainable"]),
            "不能再得": column(mine["lost"]),
            "失分最多的条款": why.reindex(mine.index).fillna("—").to_numpy(),
        }
    )


def open_clauses(view: RunView) -> pd.DataFrame:
    """Return the clauses that are unavailable, for whom, why and what they can still give."""
    rows = view.clauses[view.clauses["status"] == "unavailable"]
    own = {kind: set(view.section(kind).clauses) for kind in KINDS}
    leaves = [c in own[k] for k, c in zip(rows["kind"], rows["clause"], strict=True)]
    rows = rows[np.array(leaves, dtype=bool)]
    names = _name_of(view)
    result = []
    for row in rows.iloc[:LIMIT].itertuples():
        clause = view.section(str(row.kind)).clauses[str(row.clause)]
        missing = view.missing_tables(str(row.kind), str(row.clause))
        entries = view.rows_of("ledger", str(row.kind), str(row.candidate))
        reasons = entries.loc[entries["clause"] == row.clause, "reason"]
        sheets = [table_title(t) for t in missing]
        verdict = clause.is_verdict
        why = lacking_sentence(sheets, verdict) if missing else str(reasons.iloc[0])
        can = "—" if clause.deducts or clause.max is None else plain(clause.max)
        result.append(
            {
                "类别": KINDS[str(row.kind)],
                "代码": row.candidate,
                "名称": names[(str(row.kind), str(row.candidate))],
                "条款": clause.title,
                "出处": clause.locator,
                "缺什么": why,
                "最多可得": can,
            }
        )
    columns = ["类别", "代码", "名称", "条款", "出处", "缺什么", "最多可得"]
    return _first_of(len(rows), pd.DataFrame(result, columns=columns))


def _first_of(count: int, rows: Any) -> pd.DataFrame:
    """Return the first rows of a table as a frame that tells how many there are (see `show`)."""
    frame = pd.DataFrame(rows)
    frame.attrs[COUNT] = count
    return frame


def _name_of(view: RunView) -> dict[tuple[str, str], str]:
    """Return the name of every candidate by its kind and code."""
    rows = view.scores[["kind", "candidate", "name"]].itertuples(index=False, name=None)
    return {(str(kind), str(code)): str(name) for kind, code, name in rows}


def _names(view: RunView, rows: pd.DataFrame) -> list[str]:
    """Return the names of the candidates of some rows."""
    known = _name_of(view)
    return [known[who] for who in rows[["kind", "candidate"]].itertuples(index=False, name=None)]


def settlement_entries(view: RunView) -> pd.DataFrame:
    """Return the entries of caps, floors, moves, voids and redistribution."""
    rows = view.ledger[view.ledger["rule"].isin([CAP, FLOOR, CARRY, VOID, RESCALE])]
    rows = rows[rows["points"] != 0]
    four, count = needs_four(rows["points"]), len(rows)
    rows = rows.iloc[:LIMIT]
    titles = {n: node.title for k in KINDS for n, node in view.section(k).nodes.items()}
    return _first_of(
        count,
        {
            "类别": rows["kind"].map(KINDS),
            "代码": rows["candidate"],
            "名称": _names(view, rows),
            "条款": rows["clause"].map(titles).fillna("折算"),
            "规则": rows["rule"],
            "分值": [with_sign(int(p), four) for p in rows["points"]],
            "理由": rows["reason"],
        },
    )


def draw_table(view: RunView) -> pd.DataFrame:
    """Return the case draw's result."""
    rows = view.draw.iloc[:LIMIT]
    return _first_of(
        len(view.draw),
        {
            "类别": rows["kind"].map(KINDS),
            "代码": rows["candidate"],
            "名称": _names(view, rows),
            "案卷": rows["slot"].map(SLOT_NAMES),
            "案件编号": rows["case"].where(rows["case"] != "", "（空缺）"),
            "来源": rows["source"].map(DRAW_SOURCES),
            "可抽份数": rows["eligible"],
            "说明": rows["reason"],
        },
    )


def exclusive(rubric: Rubric) -> str:
    """Return which of the officers' indicators a case may serve only one of, as a sentence."""
    titles = _indicators(rubric.officer)
    if not titles:
        return "本年细则没有限制同一案件重复使用。"
    return f"{KINDS['officer']}的同一案件只能用于下列指标之一：{'；'.join(titles.values())}。"


def _indicators(section: Section) -> dict[str, str]:
    """Return the clauses of each exclusive indicator by their titles."""
    return {
        name: "、".join(section.clauses[c].title for c in clauses)
        for name, clauses in section.exclusive.items()
    }


def draw_list(view: RunView) -> pd.DataFrame:
    """Return how many files could be drawn, and for how many candidates, by kind and slot."""
    rows = view.draw_eligible.groupby(["kind", "slot"], as_index=False).agg(
        candidates=("candidate", "nunique"), cases=("case", "nunique")
    )
    return pd.DataFrame(
        {
            "类别": rows["kind"].map(KINDS),
            "案卷": rows["slot"].map(SLOT_NAMES),
            "有可抽案卷的对象": rows["candidates"],
            "可抽案卷": rows["cases"],
        }
    )


def assignments(view: RunView) -> pd.DataFrame:
    """Return which indicator each contested case serves, and what the next best would give."""
    pairs = view.assignments[["kind", "candidate"]].drop_duplicates()
    names = _name_of(view)
    uses = [
        (kind, candidate, case_use(view, kind, candidate))
        for kind, candidate in pairs.iloc[:LIMIT].itertuples(index=False, name=None)
    ]
    made = pd.DataFrame(
        [
            {
                "类别": KINDS[kind],
                "代码": candidate,
                "名称": names[(kind, candidate)],
                "案件归属": "\n".join(f"{c.case} → {c.serves}" for c in use.cases),
                "次优归属": "\n".join(f"{c.case} → {c.following or '—'}" for c in use.cases),
                "总分": plain(use.total),
                "次优归属的总分": "无其他不同结果"
                if use.following is None
                else plain(use.following),
            }
            for kind, candidate, use in uses
            if use is not None
        ],
        columns=["类别", "代码", "名称", "案件归属", "次优归属", "总分", "次优归属的总分"],
    )
    return _first_of(len(pairs), made)


def readings(view: RunView) -> pd.DataFrame:
    """Return the readings of the run, which are not the default, and why the default is one."""
    return pd.DataFrame(
        [
            {
                "口径": reading.title,
                "本次采用": reading.option,
                "是否默认": "另选" if reading.changed else "默认",
                "默认理由": reading.reason,
                "参数名": reading.parameter,
            }
            for reading in all_readings(view)
        ]
    )
