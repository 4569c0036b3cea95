"""Compare the csv files of a production run with the reference model, line by line.

Every difference is one line. A line that starts with ``[open]`` concerns a cell whose value the
register leaves open (an item's status, what stood before an item's cap, the maximum of a leaf
without one): read it, but it need not be an error. The production draw is taken over as the
draw, and is itself checked against the rules of the draw (lines that start with ``draw``).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from .model import (
    SUPPORTING,
    UNIT,
    ClauseRow,
    County,
    OfficerCandidate,
    Row,
    ScoreRow,
    UnitCandidate,
    case_no,
    day,
    evaluate,
    show,
)

Key = tuple[str, str, str]


def read(path: Path) -> list[Row]:
    """A csv of the run; refuses one without the byte order mark."""
    if not path.read_bytes().startswith(b"\xef\xbb\xbf"):
        raise ValueError(f"{path.name}: no UTF-8 BOM")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(stream)]


def amount(text: str) -> int | None:
    """Points in ten-thousandths; None when the cell is blank."""
    if not text.strip():
        return None
    value = Decimal(text) * UNIT
    if value != value.to_integral_value():
        raise ValueError(f"more than four decimals: {text}")
    return int(value)


def four_decimals(text: str) -> bool:
    return not text or (len(text.rpartition(".")[2]) == 4 and "." in text)


def compare_clauses(ours: list[ClauseRow], theirs: list[Row]) -> list[str]:
    lines = []
    found: dict[Key, Row] = {}
    for row in theirs:
        key = (row["kind"], row["candidate"], row["clause"])
        if key in found:
            lines.append(f"clauses {' '.join(key)}: listed twice")
        found[key] = row
    for one in ours:
        key = (one.kind, one.candidate, one.clause)
        name = f"clauses {' '.join(key)}"
        row = found.pop(key, {})
        if not row:
            lines.append(f"{name}: not in the run (expected {one.status} {show(one.points)})")
            continue
        if row["status"] != one.status:
            mark = "[open] " if "status" in one.open else ""
            lines.append(f"{mark}{name} status: run {row['status']}, expected {one.status}")
        for column, value in (("awarded", one.awarded), ("points", one.points), ("max", one.max)):
            if not four_decimals(row[column]) and column != "max":
                lines.append(f"{name} {column}: not four decimals: {row[column]}")
            if amount(row[column]) != value:
                mark = "[open] " if column in one.open else ""
                got = row[column] or "blank"
                lines.append(f"{mark}{name} {column}: run {got}, expected {show(value) or 'blank'}")
    lines += [f"clauses {' '.join(key)}: not expected" for key in found]
    return lines


def compare_scores(ours: list[ScoreRow], theirs: list[Row]) -> list[str]:
    lines = []
    found = {(row["kind"], row["candidate"]): row for row in theirs}
    if len(found) != len(theirs):
        lines.append("scores: a candidate is listed twice")
    for one in ours:
        name = f"scores {one.kind} {one.candidate}"
        row = found.pop((one.kind, one.candidate), {})
        if not row:
            lines.append(f"{name}: not in the run (expected {show(one.total)})")
            continue
        for column in ("base", "bonus", "total", "total_low", "total_high"):
            value = getattr(one, column)
            if amount(row[column]) != value:
                lines.append(f"{name} {column}: run {row[column]}, expected {show(value)}")
            if not four_decimals(row[column]):
                lines.append(f"{name} {column}: not four decimals: {row[column]}")
        rank = "" if one.rank is None else str(one.rank)
        if row["rank"] != rank:
            lines.append(f"{name} rank: run {row['rank'] or 'blank'}, expected {rank or 'blank'}")
        vetoed = "是" if one.vetoed else "否"
        if row["vetoed"] != vetoed:
            lines.append(f"{name} vetoed: run {row['vetoed']}, expected {vetoed}")
        if row["status"] != one.status:
            lines.append(f"{name} status: run {row['status']}, expected {one.status}")
    lines += [f"scores {kind} {candidate}: not expected" for kind, candidate in found]
    return lines


def check_draw(county: County, draws: list[Row]) -> list[str]:
    """The rules of the draw: official first, one candidate per file, eligible, a maximum."""
    lines = []
    slots: list[Key] = []
    for row in county.rows("单位"):
        if row["候选集体"] == "是":
            slots += [("unit", row["单位编码"], "any")] * 2
    for row in county.rows("人员"):
        if row["候选个人"] == "是":
            slots += [("officer", row["执法证号"], s) for s in ("ordinary", "supporting")]
    listed = Counter((d["kind"], d["candidate"], d["slot"]) for d in draws)
    for key in sorted(set(slots) | set(listed)):
        if listed[key] != slots.count(key):
            lines.append(f"draw {' '.join(key)}: {listed[key]} rows for {slots.count(key)} slots")

    official = set(county.official_draws())
    winning = {(key, number) for key, numbers in county.winning_draws.items() for number in numbers}
    named = {
        ((d["kind"], d["candidate"], d["slot"]), case_no(d["case"]))
        for d in draws
        if d["case"] and d["source"] == "official"
    }
    for key, number in sorted((k, n) for k, n in winning - named if k in slots):
        lines.append(f"draw {' '.join(key)}: official {number} is not in the run")
    for key, number in sorted(named - winning):
        lines.append(f"draw {' '.join(key)}: {number} is no official draw by as-of")

    drawn = [case_no(d["case"]) for d in draws if d["case"]]
    for number, times in Counter(drawn).items():
        if times > 1:
            lines.append(f"draw: {number} went to {times} slots")

    taken = {number for _, number in official}
    eligible = {key: eligible_files(county, key) - taken for key in set(slots)}
    filled = 0
    for d in draws:
        key = (d["kind"], d["candidate"], d["slot"])
        if d["case"] and d["source"] == "program":
            filled += 1
            if case_no(d["case"]) not in eligible.get(key, set()):
                lines.append(f"draw {' '.join(key)}: {d['case']} is not eligible")
    free = list(slots)
    for key, _ in winning:
        if key in free:
            free.remove(key)
    possible = matching([eligible[key] for key in free])
    if filled != possible:
        lines.append(f"draw: {filled} open slots filled by the program, {possible} are possible")
    return lines


def eligible_files(county: County, key: Key) -> set[str]:
    """The files a slot may receive from the program."""
    kind, candidate, slot = key
    if kind == "unit":
        cases = UnitCandidate(county, candidate).cases
    else:
        wanted = {"一般处罚"}
        if slot == "supporting":
            wanted = set(SUPPORTING[county.r["supporting_types"]])
        cases = [c for c in OfficerCandidate(county, candidate).cases if c["案件类型"] in wanted]
    found = set()
    for c in cases:
        uploaded = day(c["上传日期"])
        if county.decided(c) and uploaded is not None and uploaded <= county.as_of:
            found.add(c["案件编号"])
    return found


def matching(options: list[set[str]]) -> int:
    """How many slots can be filled at once (augmenting paths)."""
    owner: dict[str, int] = {}

    def place(slot: int, seen: set[str]) -> bool:
        for number in sorted(options[slot] - seen):
            seen.add(number)
            if number not in owner or place(owner[number], seen):
                owner[number] = slot
                return True
        return False

    return sum(place(slot, set()) for slot in range(len(options)))


def compare(
    run_folder: str | Path,
    county_folder: str | Path,
    as_of: date,
    readings: dict[str, str] | None = None,
) -> list[str]:
    """Every difference between a production run and the reference model, one line each."""
    run, county_path = Path(run_folder), Path(county_folder)
    draws = read(run / "draw.csv")
    lines = check_draw(County(county_path, as_of, readings), draws)
    result = evaluate(county_path, as_of, readings, draws)
    lines += compare_clauses(result.clauses, read(run / "clauses.csv"))
    lines += compare_scores(result.scores, read(run / "scores.csv"))
    return lines


def main(arguments: list[str]) -> int:
    """``python -m independent.compare RUN COUNTY 2024-10-31 [NAME=VALUE ...]``"""
    run, county, as_of, *readings = arguments
    pairs = dict(r.split("=", 1) for r in readings)
    lines = compare(run, county, date.fromisoformat(as_of), pairs)
    print("\n".join(lines) or "no difference")
    return 4 if any(not line.startswith("[open]") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
