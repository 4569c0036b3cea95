"""The projection: a record with officers under pseudonyms, without what only insiders may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.public.identifiers import Finder
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import verb
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.decisions import RULE

SOURCES = "sources"
"""The table of which only sums are published."""

_IN_VIEW = [field.name for field in fields(RunView) if field.name in OUTPUTS]
PUBLISHED = [name for name in _IN_VIEW if OUTPUTS[name].public and name != SOURCES]
"""Tables of a run that are published, row by row."""

_WITHHELD = [name for name in _IN_VIEW if not OUTPUTS[name].public]
"""Tables of a run of which no row is published."""

_OUTCOME = ("table", "check", "title", "severity", "success", "skipped", "tested", "failed")
"""What is published of a check: neither rows nor values, nor sentences that name them."""

_META = ("run_id", "month", "as_of", "version", "rubric", "readings")


@dataclass(frozen=True)
class Names:
    """Under which code, by the real one, and under which name, by the public code, each appears.

    `hidden`: how many units have a name or code that holds a person's name or number.
    """

    codes: Mapping[tuple[str, str], str]
    titles: Mapping[tuple[str, str], str]
    hidden: int

    @property
    def units(self) -> dict[str, str]:
        """The names of the units by their public codes."""
        return {code: title for (kind, code), title in self.titles.items() if kind == "unit"}


def names_of(
    officers: Mapping[str, str], units: Mapping[str, tuple[str, str]], persons: Iterable[str]
) -> Names:
    """Return the public names.

    `officers`: certificate number → pseudonym; `units`: code → name and pseudonym; `persons`: names
    and numbers of people. A unit keeps its name; if that holds a person's, it is known by its code,
    and if that does, by its pseudonym.
    """
    finder = Finder(persons)
    codes = {("officer", officer): alias for officer, alias in officers.items()}
    titles = {("officer", alias): f"人员{alias}" for alias in officers.values()}
    hidden = 0
    for unit, (name, alias) in units.items():
        code = alias if any(finder.places(unit)) else unit
        title = code if any(finder.places(name)) else name or code
        codes["unit", unit], titles["unit", code] = code, title
        hidden += (code, title) != (unit, name or unit)
    return Names(codes, titles, hidden)


def public_activities(activities: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return what may be told of 活动: no free text, units under their public codes."""
    told = [c.name for c in BY_NAME["activities"].columns if c.impersonal]
    units = [names.codes.get(("unit", unit), unit) for unit in activities["unit_id"]]
    return activities[told].assign(unit_id=units, activity_id=range(len(activities)))


def project_record(view: RunView, names: Names) -> RunView:
    """Return what of a run may be published, itself a view that pages can be made of.

    Evidence only tells how many rows of which table (`table:#!1` to the last); rows are in the
    order of the public codes and ledger entries numbered anew: no order tells the real one.
    """
    frames: dict[str, Any] = {name: _renamed(getattr(view, name), names) for name in PUBLISHED}
    entries = frames["ledger"]
    number = pd.Series(range(1, len(entries) + 1), dtype="int64").astype("str").str.zfill(9)
    evidence = entries["evidence"].map(_rows_alone)
    reason = entries["reason"].mask(entries["rule"] == RULE, _decided(entries["points"]))
    frames["ledger"] = entries.assign(entry="E" + number, reason=reason, evidence=evidence)
    frames["draw"] = frames["draw"].assign(case="")
    scores = frames["scores"]
    both = zip(scores["kind"], scores["candidate"], strict=True)
    frames["scores"] = scores.assign(
        name=[names.titles[one] for one in both],
        unit=[names.codes["unit", unit] if unit else "" for unit in scores["unit"]],
    )
    frames |= {name: getattr(view, name).iloc[:0] for name in _WITHHELD}
    file, _ = pd.factorize(view.sources["file"], sort=True)
    told = {name: view.meta[name] for name in _META}
    return replace(
        view,
        **frames,
        sources=view.sources[OUTPUTS[SOURCES].public_names].assign(file=file.astype(str), sheet=""),
        validation={"outcomes": [_outcome(one) for one in view.outcomes]},
        meta={**told, "files": {}, "units": names.units},
    )


def _decided(points: pd.Series) -> pd.Series:
    """Return what is told of reviewers' decisions: neither who, nor why, nor on which paper."""
    effects = [verb(int(p)) if p else "不改变得分" for p in points]
    return pd.Series([f"{RULE}：{effect}" for effect in effects], points.index, dtype="str")


def _renamed(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return a frame with public codes, in their order; a candidate's rows keep theirs."""
    both = zip(rows["kind"], rows["candidate"], strict=True)
    codes = pd.Series([names.codes[one] for one in both], index=rows.index, dtype="str")
    changed = rows.assign(candidate=codes)
    return changed.sort_values(["kind", "candidate"], kind="stable", ignore_index=True)


def _outcome(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in _OUTCOME} | {"origins": [], "reason": "", "fix": ""}


def _rows_alone(evidence: str) -> str:
    counts = row_counts(evidence).items()
    return " ".join(f"{table}:#!{n}" for table, count in counts for n in range(1, count + 1))


def row_counts(evidence: str) -> dict[str, int]:
    """Return how many rows of which table the evidence of an entry names, in order."""
    tables = [origin.partition(":")[0] for origin in evidence.split(" ") if origin]
    return {table: tables.count(table) for table in dict.fromkeys(tables)}
