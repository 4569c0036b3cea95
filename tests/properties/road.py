"""The road from rows to points, walked for real: csv → intake → metrics → score → ledger.

Counties are sheets of rows (header → text), so that a test can change facts as an analyst would.
Everything that leaves here is plain Python: tests compare values, not dtypes.
"""

import csv
import datetime as dt
import functools
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq
from hypothesis import Phase, settings
from hypothesis import strategies as st

from dalian_eval import intake
from dalian_eval.metrics import monthly
from dalian_eval.metrics.sources import open_sources
from dalian_eval.report.statements.losses import SETTLEMENT, Posting, State, loss_rows
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring import ledger
from dalian_eval.scoring.protocol import draw_frames
from dalian_eval.scoring.score import score
from tests.independent.county import HEADERS, MONTH_EDGES, P_END, P_START, Maker, text
from tests.independent.model import READINGS
from tests.properties.register import BONUS, DEDUCTIONS, MAXIMA
from tests.sheets import BY_SHEET

PARAMS = Path(__file__).parents[2] / "params"

Row = dict[str, str]
County = dict[str, list[Row]]
Readings = Mapping[str, str]
Who = tuple[str, str]


def examples(number: int) -> settings:
    """The settings of a property: few examples, each of them several counties wide."""
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # a seed has no smaller form
    )


# Counties

seeds = st.integers(0, 9999)
_all_days = [P_START + dt.timedelta(n) for n in range((P_END - P_START).days + 1)]
# The simplest as-of day is one in the middle of a late month: much is known, much is to come.
days = st.sampled_from(_all_days[260:] + _all_days[:260]) | st.sampled_from(
    [day for day in MONTH_EDGES if P_START <= day <= P_END]
)
readings = st.fixed_dictionaries({name: st.sampled_from(o) for name, o in READINGS.items()})


def county(seed: int, width: int = 3) -> County:
    """Several random counties side by side, no code of one occurring in another."""
    result: County = {sheet: [] for sheet in HEADERS}
    for number in range(width):
        maker = Maker(seed * 10 + number, "small")
        maker.make()
        for sheet, rows in maker.tables.items():
            headers = HEADERS[sheet].split()
            for row in rows:
                cells = dict(zip(headers, map(text, row), strict=True))
                result[sheet].append({h: _set_apart(sheet, h, c, number) for h, c in cells.items()})
    return result


@functools.cache
def _coded(sheet: str) -> frozenset[str]:
    codes = (Type.CODE, Type.CASE_NUMBER)
    columns = BY_SHEET[sheet].columns
    return frozenset(c.header for c in columns if c.type in codes or c.name == "inspectors")


def _set_apart(sheet: str, header: str, cell: str, number: int) -> str:
    if not cell or header not in _coded(sheet):
        return cell
    return "、".join("甲乙丙丁戊己庚辛壬癸"[number] + part for part in cell.split("、"))


def copy_of(tables: County) -> County:
    return {sheet: [dict(row) for row in rows] for sheet, rows in tables.items()}


def superiors(tables: County, unit: str) -> set[str]:
    """The unit and every unit above it."""
    above = {row["单位编码"]: row["上级单位编码"] for row in tables["单位"]}
    result = set()
    while unit and unit not in result:
        result.add(unit)
        unit = above[unit]
    return result


def write(tables: County, raw: Path) -> None:
    """One csv per sheet, in the order of the rows."""
    raw.mkdir(parents=True, exist_ok=True)
    for sheet, rows in tables.items():
        write_sheet(raw / f"{sheet}.csv", sheet, rows)


def write_sheet(path: Path, sheet: str, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADERS[sheet].split(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# From rows to canonical tables


@dataclass(frozen=True)
class Canonical:
    """What intake made of a county: `facts` tells what stands at each origin."""

    as_of: dt.date
    tables: dict[str, pd.DataFrame]
    supplied: frozenset[str]
    metrics: pd.DataFrame
    records: pd.DataFrame
    facts: dict[int, str]


def clean(raw: Path, out: Path) -> None:
    """Take the raw folder in; every row must have been accepted."""
    report = intake.clean(raw, out, headers=PARAMS / "headers.yaml")
    assert report.quarantine.empty, report.quarantine[["cells", "reason"]].to_string()


def canonical(out: Path, as_of: dt.date) -> Canonical:
    """Open the canonical tables of a folder and reduce the large ones."""
    data = {file.stem: pq.read_table(file) for file in sorted(out.glob("*.parquet"))}
    tables = {n: to_frame(t, BY_NAME[n]) for n, t in data.items() if n != "inspections"}
    sources = open_sources(out, tables["units"], rubric().period, as_of)
    return Canonical(
        as_of,
        tables,
        frozenset(data),
        monthly.all_metrics(sources),
        monthly.found_records(sources),
        {
            row.pop("_origin"): f"{BY_NAME[name].sheet}：{'，'.join(map(_cell, row.values()))}"
            for name, table in data.items()
            for row in table.to_pylist()
        },
    )


def _cell(value: object) -> str:
    """A cell's value as text; a list is a set."""
    return "、".join(sorted(value)) if isinstance(value, list) else str(value)


@functools.cache
def _rubric(chosen: tuple[tuple[str, str], ...]):
    return load_rubric(PARAMS / "rubrics" / "2024.yaml", dict(chosen))


def rubric(chosen: Readings | None = None):
    return _rubric(tuple(sorted((chosen or {}).items())))


# From canonical tables to points


class Entry(NamedTuple):
    """One line of the ledger; `evidence` holds what the rows say, not where they stand."""

    kind: str
    candidate: str
    clause: str
    month: str
    points: int
    rule: str
    reason: str
    outcome: str
    cause: str
    evidence: tuple[str, ...]

    @property
    def who(self) -> Who:
        return self.kind, self.candidate


class Clause(NamedTuple):
    """One line of clauses.csv behind its keys."""

    status: str
    awarded: int
    points: int
    max: int | None
    rule_text: str


@dataclass(frozen=True)
class Outcome:
    """A score as plain values."""

    entries: list[Entry]
    clauses: dict[tuple[str, str, str], Clause]
    scores: dict[Who, dict[str, Any]]
    drawn: dict[Who, list[tuple[str, str]]]

    def entries_of(self, who: Who) -> list[Entry]:
        return sorted(e for e in self.entries if e.who == who)

    def clauses_of(self, who: Who) -> dict[str, Clause]:
        return {c: row for (kind, name, c), row in self.clauses.items() if (kind, name) == who}


def plain(value: Any) -> Any:
    """A cell as plain Python: blanks are None, arrays tuples, numbers and texts themselves."""
    if isinstance(value, str) or value is None:
        return value
    if hasattr(value, "__len__"):
        return tuple(plain(v) for v in value)
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def lines(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, whatever dtypes its columns have."""
    columns = {name: [plain(v) for v in frame[name].tolist()] for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def outcome(given: Canonical, chosen: Readings | None = None) -> Outcome:
    """Score canonical tables; the sums and bounds that always hold are asserted on the way."""
    scored = score(
        given.tables,
        given.supplied,
        given.metrics,
        given.records,
        rubric(chosen),
        given.as_of,
        "性质",
    )
    entries = []
    for row in lines(ledger.ledger(scored)):
        del row["entry"]
        evidence = tuple(sorted(given.facts[o] for o in row.pop("evidence") or ()))
        entries.append(Entry(**row, evidence=evidence))
    drawn = defaultdict(list)
    for row in lines(draw_frames(scored.draw)["draw"]):
        drawn[row["kind"], row["candidate"]].append((row["slot"], row["case"]))
    result = Outcome(
        entries,
        {
            (row.pop("kind"), row.pop("candidate"), row.pop("clause")): Clause(**row)
            for row in lines(ledger.clauses(scored))
        },
        {(row["kind"], row["candidate"]): row for row in lines(ledger.scores(scored))},
        {who: sorted(slots) for who, slots in drawn.items()},
    )
    check_sums(result, chosen or {})
    check_bounds(result, chosen or {})
    check_losses(result, chosen or {})
    return result


def walk(tables: County, as_of: dt.date = P_END, chosen: Readings | None = None) -> Outcome:
    """The whole road for one county."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "clean"
        write(tables, raw)
        return walk_folder(raw, out, as_of, chosen)


def walk_folder(raw: Path, out: Path, as_of: dt.date, chosen: Readings | None = None) -> Outcome:
    clean(raw, out)
    return outcome(canonical(out, as_of), chosen)


# What holds for every outcome


def bonuses(chosen: Readings) -> frozenset[str]:
    """The clauses above their item's maximum under these readings."""
    within = chosen.get("bonus_scope") == "within"
    inside = {"unit.digital.integration", "officer.honour.law_qualification"} if within else set()
    return BONUS - inside


def check_sums(result: Outcome, chosen: Readings) -> None:
    """The ledger adds up to every clause, every item and every total, to the ten-thousandth."""
    above = bonuses(chosen)
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    bonus: dict[Who, int] = defaultdict(int)
    for entry in result.entries:
        assert type(entry.points) is int
        assert entry.reason
        places = entry.clause.split(".")
        outside = entry.clause in above
        bonus[entry.who] += entry.points * outside
        for depth in range(1, len(places) + 1):
            place = ".".join(places[:depth])
            # A bonus stands in the total and in its own row, not in an item that has a maximum.
            if depth == 1 or not outside or place == entry.clause or place.endswith("achievement"):
                sums[*entry.who, place] += entry.points
    for key, row in result.clauses.items():
        assert sums[key] == row.points, key
    for who, row in result.scores.items():
        assert sums[*who, who[0]] == row["total"] == row["base"] + row["bonus"], who
        assert bonus[who] == row["bonus"], who


def check_losses(result: Outcome, chosen: Readings) -> None:
    """What is told of lost points adds up to the full mark minus the total, item by item."""
    for kind, candidate in result.scores:
        section = rubric(chosen).section(kind)
        who = (kind, candidate)
        states = {
            name: State(row.points, row.max, row.status)
            for name, row in result.clauses_of(who).items()
        }
        postings: dict[str, list[Posting]] = defaultdict(list)
        for number, entry in enumerate(e for e in result.entries if e.who == who):
            if entry.clause not in section.clauses:
                settles, causes = entry.outcome == "settled", tuple(entry.cause.split())
                posting = Posting(str(number), entry.rule, entry.points, settles, causes)
                postings[entry.clause].append(posting)
        rows = loss_rows(section, states, postings)
        assert sum(row.points for row in rows) == 1_000_000 - states[kind].points, who
        for item in {row.item for row in rows if row.item}:
            lost = sum(row.points for row in rows if row.item == item)
            assert lost == states[item].maximum - states[item].points, (who, item)
        assert all(row.entries for row in rows if row.what == SETTLEMENT), who
        assert all(row.points > 0 for row in rows if row.item), who


def check_bounds(result: Outcome, chosen: Readings) -> None:
    """Clauses, items and totals stay within what the plan gives; the range holds the total."""
    above = bonuses(chosen)
    for (kind, candidate, clause), row in result.clauses.items():
        most = MAXIMA.get(clause)
        if clause == "unit.air.onsite":
            remote = result.clauses[kind, candidate, "unit.air.remote"]
            most += MAXIMA["unit.air.remote"] * (remote.status == "not_applicable")
        if clause == kind:
            most = 1_000_000 + sum(MAXIMA[c] for c in above if c.startswith(kind))
        if clause in DEDUCTIONS:
            assert row.points <= 0 and (most is None or row.points >= -most), clause
        else:
            assert row.points >= 0 and (most is None or row.points <= most), (clause, row)
    for who, row in result.scores.items():
        top = 1_000_000 + sum(MAXIMA[c] for c in above if c.startswith(who[0]))
        assert 0 <= row["total_low"] == row["total"] <= row["total_high"] <= top, who
        assert row["base"] <= 1_000_000


def chance(*parts: object) -> random.Random:
    return random.Random("·".join(map(str, parts)))
