"""The order of rows and files, and how one export is cut into files, never matters."""

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given

from tests.properties.road import (
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


def shuffled(tables, seed, raw: Path) -> None:
    """Rows in another order, in files that are met in another order."""
    mix = chance("打乱", seed)
    for number, sheet in enumerate(mix.sample(list(tables), len(tables))):
        rows = mix.sample(tables[sheet], len(tables[sheet]))
        write_sheet(raw / f"{number:02d}" / f"{sheet}.csv", sheet, rows)


def cut(tables, seed, raw: Path) -> None:
    """Every export in two files, some rows in both."""
    mix = chance("拆分", seed)
    for sheet, rows in tables.items():
        parts = [mix.choice(["前", "后", "前后"]) for _ in rows]
        for half in mix.sample("前后", 2):
            mine = [row for row, part in zip(rows, parts, strict=True) if half in part]
            write_sheet(raw / half / f"{sheet}_{half}.csv", sheet, mine)


def outcomes(seed: int, as_of: dt.date) -> list[Outcome]:
    """A county as it is, with its rows and files shuffled, and with its exports cut."""
    tables = county(seed)
    found = [walk(tables, as_of)]
    for lay_out in (shuffled, cut):
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "raw"
            lay_out(tables, seed, raw)
            found.append(walk_folder(raw, Path(folder) / "clean", as_of))
    return found


SOME_OF_MANY = {"unit.digital.records.entry_ratio", "unit.digital.records.per_capita"}
"""Their evidence is a choice among many records: one per officer, the first fifty of a month."""


@examples(2)
@given(seeds, days)
def test_points_draws_ranks_and_evidence_do_not_depend_on_the_files(seed, as_of):
    plain, *others = outcomes(seed, as_of)
    for other in others:
        assert other.scores == plain.scores
        assert other.clauses == plain.clauses
        assert other.drawn == plain.drawn
        assert Counter(map(wordless, other.entries)) == Counter(map(wordless, plain.entries))


def certain(entry: Entry) -> Entry:
    return entry._replace(evidence=()) if entry.clause in SOME_OF_MANY else entry


def wordless(entry: Entry) -> Entry:
    """The entry without the sentence and month, which it takes from the first of its facts."""
    return certain(entry)._replace(reason="", month="")
