"""The roster of contestants as a page to sign and as text for a terminal."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from dalian_eval.base.day_words import day_words, iso_day_words
from dalian_eval.campaign.pairs import Pair
from dalian_eval.campaign.roster import IN, OUT, RESERVE, STATES, TIED
from dalian_eval.campaign.rules import OWN_READING, RosterRules
from dalian_eval.report.base.file_names import safe_name
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import column, needs_four, plain, total_or_range
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.schema.own_titles import in_own_titles
from dalian_eval.schema.registrations import TABLE, TIES, where_to_state
from dalian_eval.schema.tables import BY_NAME


@dataclass(frozen=True)
class RosterView:
    """A roster: `meta` of the job, the frame of roster.csv (points as integers), the groups.

    `units`: names by code; `refused`: sentences on statements of 登记 that were not followed;
    `other_days`: the days of those that are about another day's roster; `items`: title and maximum
    of the items directly under the root; `points`: what each officer has of them, in their order.
    """

    meta: Mapping[str, Any]
    frame: pd.DataFrame
    groups: Sequence[Pair]
    units: Mapping[str, str]
    rules: RosterRules
    refused: tuple[str, ...] = ()
    other_days: tuple[dt.date, ...] = ()
    items: tuple[tuple[str, int], ...] = ()
    points: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def count(self, status: str) -> int:
        """Return how many officers came to a state."""
        return int((self.frame["status"] == status).sum())

    @property
    def cards(self) -> tuple[tuple[str, int], ...]:
        """How many came to which state, in the order of the states."""
        return tuple((status, self.count(status)) for status in STATES)


def telling(view: RosterView) -> list[str]:
    """Return what must be known of the roster as a whole, a sentence each."""
    certain, open_ = view.count(IN), view.count(TIED)
    wanted, result = view.rules.contestants, []
    if open_:
        result.append(
            f"有{open_}人并列跨越第{wanted}名，名单尚未确定，暂不分组；"
            f"由领导组决定，决定后请{_where_to_state(view)}，每人一行，再确定一次名单"
        )
    elif certain < wanted:
        result.append(f"能参加的一线人员只有{certain}人，不足{wanted}人，全部入选，没有候补")
    if not open_ and certain % 2:
        result.append(f"参赛的有{certain}人，是单数，排在最后的一人没有编组，请领导组确定")
    same = sum(pair.same_unit for pair in view.groups)
    if same:
        result.append(f"有{same}组的两人同属一个执法局：按现有人员不能更少")
    result += [in_own_titles(sentence, TABLE) for sentence in view.refused]
    if view.other_days:
        table, days = BY_NAME[TABLE], "、".join(day_words(day) for day in view.other_days)
        result.append(
            f"『{table.sheet}』表另有{table['date'].header}为{days}的{TIES}，"
            "与本名单的截至日不同，没有采用"
        )
    return result


def _where_to_state(view: RosterView) -> str:
    """Return what to fill in once the order of a tie is decided."""
    day = iso_day_words(str(view.meta["as_of"]))
    return where_to_state(TIES, about="执法证号", date=day, content="在同分者中列第几")


def statements(view: RosterView) -> list[dict[str, str]]:
    """Return the officers whose place was stated: name, sentence, where the statement stands."""
    rows = view.frame[view.frame["evidence"] != ""].to_dict("records")
    return [
        {
            "who": f"{row['name']}（{row['candidate']}）",
            "told": str(row["reason"]),
            "places": "；".join(e.text for e in parse_origins(str(row["evidence"]))),
        }
        for row in rows
    ]


def _shown(view: RosterView, status: str) -> pd.DataFrame:
    """Return the officers of a state with Chinese titles."""
    rows = view.frame[view.frame["status"] == status]
    four = needs_four([*view.frame["total"], *view.frame["total_high"]])
    points = [
        total_or_range(int(a), int(b), four)
        for a, b in zip(rows["total"], rows["total_high"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "序号": rows["place"],
            "姓名": rows["name"],
            "执法证号": rows["candidate"],
            "单位": [view.units.get(u, u) or "未任职" for u in rows["unit"]],
            "得分": pd.Series(points, index=rows.index, dtype="str"),
            "得分名次": rows["rank"],
            "组别": rows["group"],
            "说明": rows["reason"],
        }
    ).reset_index(drop=True)
    idle = {IN: [], RESERVE: ["组别"], TIED: ["序号", "组别"], OUT: ["序号", "得分名次", "组别"]}
    gone = idle[status] if view.groups else sorted({*idle[status], "组别"})
    return frame.drop(columns=gone)


def _groups(view: RosterView) -> pd.DataFrame:
    """Return a line per group."""
    rows = {str(row["candidate"]): row for row in view.frame.to_dict("records")}

    def told(officer: str) -> str:
        row = rows[officer]
        unit = view.units.get(row["unit"], row["unit"]) or "未任职"
        return f"{row['name']}（{unit}，{plain(int(row['total']))}分）"

    return pd.DataFrame(
        {
            "组别": [pair.number for pair in view.groups],
            "强": [told(pair.officers[0]) for pair in view.groups],
            "弱": [told(pair.officers[1]) for pair in view.groups],
            "两人合计": column(pair.points for pair in view.groups),
            "同一单位": ["是" if pair.same_unit else "否" for pair in view.groups],
        }
    )


def _accounts(view: RosterView) -> pd.DataFrame:
    """Return every officer's points of the items, with the anchor that the name leads to."""
    rows = view.frame
    frame = pd.DataFrame(
        {
            "id": [_anchor(code) for code in rows["candidate"]],
            "姓名": rows["name"],
            "执法证号": rows["candidate"],
        }
    )
    for place, (title, most) in enumerate(view.items):
        told = column(view.points[str(code)][place] for code in rows["candidate"])
        frame[f"{title}（{plain(most)}）"] = pd.Series(told, index=rows.index, dtype="str")
    frame["总分"] = pd.Series(column(rows["total"]), index=rows.index, dtype="str")
    return frame.reset_index(drop=True)


def _anchor(officer: str) -> str:
    return f"p-{safe_name(officer)}"


def _to_account(row: Mapping[str, Any]) -> str:
    return f"#{quote(_anchor(str(row['执法证号'])))}"


def roster_html(view: RosterView) -> str:
    """Return the roster as a page; names lead to what an officer has of each item."""
    links = {"姓名": _to_account} if view.items else {}
    tables: list[tuple[str, Markup]] = [
        (
            status,
            markup(
                table_html(
                    _shown(view, status), caption=status, points=(), head="姓名", links=links
                )
            ),
        )
        for status in STATES
        if view.count(status)
    ]
    groups = markup(table_html(_groups(view), caption="分组", points=())) if view.groups else ""
    return render(
        "roster.html",
        view=view,
        meta=view.meta,
        own=OWN_READING,
        told=telling(view),
        statements=statements(view),
        tables=tables,
        groups=groups,
        accounts=markup(
            table_html(
                _accounts(view),
                caption="各人各项得分",
                points=(),
                head="姓名",
                anchors="id",
                limit=len(view.frame),
            )
        )
        if view.items
        else "",
    )


def roster_lines(view: RosterView, width: int) -> Iterator[str]:
    """Yield the roster for a terminal."""
    yield f"参赛人员名单（截至{iso_day_words(str(view.meta['as_of']))}）"
    yield "　".join(f"{status}{count}人" for status, count in view.cards)
    for sentence in telling(view):
        yield from hanging("！", inert(sentence), width, 0, 2)
    for status in STATES:
        rows = view.frame[view.frame["status"] == status]
        if len(rows):
            yield ""
            yield f"{status}："
        for row in rows.to_dict("records"):
            place = "" if pd.isna(row["place"]) else f"{row['place']}."
            group = "" if pd.isna(row["group"]) else f"第{row['group']}组，"
            unit = view.units.get(row["unit"], row["unit"]) or "未任职"
            text = f"{row['name']}（{row['candidate']}，{unit}）{group}{row['reason']}"
            yield from hanging(place, inert(text), width, 0, 4)
