"""Where the names in tables and sentences lead: to the account of whoever they name."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import LOOKUP, STATEMENTS, members_link, statement_link
from dalian_eval.report.views.run_view import RunView

Links = dict[str, Callable[[Mapping[str, Any]], str]]
"""Per column a function from a table's row to an address, empty where there is none."""

_CODES = ("代码", "执法证号", "单位编码")
_NAMED = (*_CODES, "名称", "姓名")
"""Columns that hold, and those that show, whom a row is about: the first code there is says it."""

_UNITS = ("单位", "单位或主题")
"""Columns that name a unit: the one the row is about when its code is there, else its own."""

_EITHER = "对象"
"""The column that holds the code of a unit or an officer."""


def account_links(view: RunView, kind: str = "") -> Links:
    """Return the links of a table about candidates of a kind, or of the kind in its 类别."""
    known = set(view.scores[["kind", "candidate"]].itertuples(index=False, name=None))
    kinds = {title: kind for kind, title in KINDS.items()}

    def account(row: Mapping[str, Any]) -> str:
        who = (kind or kinds.get(str(row.get("类别")), ""), _code(row))
        return view.link(*who) if who in known else ""

    units = view.scores[view.scores["kind"] == "unit"]
    units = units[~units["name"].duplicated(keep=False)]
    codes = dict(zip(units["name"], units["candidate"], strict=True))

    def unit(column: str) -> Callable[[Mapping[str, Any]], str]:
        def linked(row: Mapping[str, Any]) -> str:
            code = _code(row) if _CODES[-1] in row else codes.get(str(row[column]), "")
            return view.link("unit", code) if ("unit", code) in known else ""

        return linked

    def either(row: Mapping[str, Any]) -> str:
        found = (who for who in ((k, str(row[_EITHER])) for k in KINDS) if who in known)
        return next((view.link(*who) for who in found), "")

    units_of = {column: unit(column) for column in _UNITS}
    return {**dict.fromkeys(_NAMED, account), **units_of, _EITHER: either}


def linked_names(view: RunView, kind: str, rows: pd.DataFrame, text: str) -> Markup:
    """Return a sentence in which the names of some candidates of a kind lead to their account.

    `rows`: of scores.csv; a name that two of them bear is left as it is.
    """
    once = rows[~rows["name"].duplicated(keep=False)]
    pairs = zip(once["name"], once["candidate"], strict=True)
    links = {str(name): view.link(kind, str(code)) for name, code in pairs}
    if not links:
        return escape(text)
    names = "|".join(re.escape(name) for name in sorted(links, key=len, reverse=True))
    return _linked(re.split(f"({names})", text), lambda part: (part, links.get(part, "")))


class CodesAsNames:
    """Sentences that call candidates by code (个人06120023), told with their names."""

    def __init__(self, view: RunView) -> None:
        """Take the run whose candidates are known."""
        rows = view.scores[["kind", "candidate", "name"]].itertuples(index=False, name=None)
        named = [(str(kind), str(code), str(name)) for kind, code, name in rows]
        self._known = {code: (name, view.link(kind, code)) for kind, code, name in named}

    def words(self, text: str) -> str:
        """Return the sentence with names."""
        return "".join(self._told(part)[0] for part in self._parts(text))

    def linked(self, text: str) -> Markup:
        """Return the sentence with names that lead to the account."""
        return _linked(self._parts(text), self._told)

    def link(self, text: str) -> str:
        """Return the address of the first account the sentence names, empty without one."""
        found = (link for part in self._parts(text) if (link := self._told(part)[1]))
        return next(found, "")

    def _parts(self, text: str) -> list[str]:
        return re.split(r"([0-9A-Za-z]+)", text)

    def _told(self, part: str) -> tuple[str, str]:
        return self._known.get(part, (part, ""))


def _linked(parts: Iterable[str], told: Callable[[str], tuple[str, str]]) -> Markup:
    """Return the parts of a sentence joined; `told`: a part's words and address."""
    made = (told(part) for part in parts)
    return Markup("").join(
        Markup('<a href="{}">{}</a>').format(link, words) if link else escape(words)
        for words, link in made
    )


def early_links(kind: str, units: pd.DataFrame, officers: pd.DataFrame, most: int) -> Links:
    """Return the links of a table made before anything is scored.

    `units`, `officers`: the canonical tables; `most`: candidates up to which each gets a statement
    (see `RunView.has_statements`). Beyond, an officer is looked up by unit.
    """
    own = {name: _candidates(frame) for name, frame in (("unit", units), ("officer", officers))}
    counted = len(own["unit"]) + (len(own["officer"]) if kind == "officer" else 0)

    def account(row: Mapping[str, Any]) -> str:
        code = _code(row)
        if code not in own[kind]:
            return ""
        if counted <= most:
            return statement_link(kind, code)
        return members_link(code) if kind == "unit" else f"{STATEMENTS}/{LOOKUP}"

    return dict.fromkeys(_NAMED, account)


def _candidates(frame: pd.DataFrame) -> set[str]:
    chosen = frame[frame["candidate"].fillna(False).astype(bool)]
    return set(chosen["unit_id" if "unit_id" in chosen else "officer_id"].astype(str))


def _code(row: Mapping[str, Any]) -> str:
    return next((str(row[column]) for column in _CODES if column in row), "")
