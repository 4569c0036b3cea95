"""The order of rows and files, and how one export is cut into files, never matters."""

import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import given

from tests.properties.road import (
    County,
    Entry,
    Outcome,
    chance,
    county,
    days,
    examples,
    seeds,
    walk,
    walk_folder,
    write_sheet,
)


def rearrange(tables: County, seed: int, raw: Path) -> None:
    """Rows in another order, every export cut in two with some rows in both, files met anyhow."""
    mix = chance("打乱", seed)
    for number, sheet in enumerate(mix.sample(list(tables), len(tables))):
        rows = mix.sample(tables[sheet], len(tables[sheet]))
        parts = [mix.choice(["前", "后", "前后"]) for _ in rows]
        for half in "前后":
            mine = [row for row, part in zip(rows, parts, strict=True) if half in part]
            folder = f"{mix.randint(0, 9)}·{number:02d}"
            write_sheet(raw / folder / f"{sheet}_{half}.csv", sheet, mine)


def outcomes(seed: int, as_of: dt.date) -> tuple[Outcome, Outcome]:
    """A county as it is and rearranged."""
    tables = county(seed)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        rearrange(tables, seed, raw)
        return walk(tables, as_of), walk_folder(raw, Path(folder) / "clean", as_of)


SOME_OF_MANY = {"unit.digital.records.entry_ratio", "unit.digital.records.per_capita"}
"""Their evidence is a choice among many records: one per officer, the first fifty of a month."""


@examples(2)
@given(seeds, days)
def test_points_draws_ranks_and_evidence_do_not_depend_on_the_files(seed, as_of):
    plain, other = outcomes(seed, as_of)
    assert other.scores == plain.scores
    assert other.clauses == plain.clauses
    assert other.drawn == plain.drawn
    assert sorted(map(certain, other.entries)) == sorted(map(certain, plain.entries))


def certain(entry: Entry) -> Entry:
    return entry._replace(evidence=()) if entry.clause in SOME_OF_MANY else entry
