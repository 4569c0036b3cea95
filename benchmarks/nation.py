"""An invented nation of officers and units over one evaluation year, made in columns.

The canonical tables and the monthly metrics of as many officers and units as asked for, as Arrow
tables of the schema that the reader writes. Every clause fires for some and not for others; some
facts lie outside the period, some are blank. One seed gives one nation.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from columns import SOURCES
from nation_facts import casework, officer_facts, people
from nation_months import monthly_metrics
from nation_people import People
from nation_units import unit_facts

from dalian_eval.metrics.monthly import read_metrics
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME

SEED = 2024
MONTHLY, FOUND = "_monthly", "_found"


@dataclass(frozen=True)
class Inputs:
    """What scoring takes: canonical frames, the names supplied, monthly metrics, found records."""

    tables: dict[str, pd.DataFrame]
    supplied: frozenset[str]
    monthly: pd.DataFrame
    found: pd.DataFrame


def generate(
    officers: int, units: int, *, seed: int = SEED, all_drawn: bool = False
) -> dict[str, pa.Table]:
    """Return the tables of a nation of that many candidate officers and units.

    Besides the canonical tables (检查记录 left out): `_monthly`, the monthly metrics, and `_found`,
    the inspection records that cases refer to. `all_drawn`: every file that can be is officially
    drawn and no other has reached the case system, so that the program has nothing to draw;
    otherwise a third of the files are officially drawn.
    """
    who = People(officers, units, seed)
    work, tables = casework(who, all_drawn)
    tables |= people(who) | officer_facts(who) | unit_facts(who)
    ordered = {name: tables[name] for name in SOURCES if name in tables}
    return ordered | {MONTHLY: monthly_metrics(who, work), FOUND: work.found_records}


def write(nation: dict[str, pa.Table], folder: Path) -> None:
    """Write one Parquet file per table into `folder`."""
    for name, table in nation.items():
        pq.write_table(table, folder / f"{name}.parquet")


def load(folder: Path) -> Inputs:
    """Read what `write` wrote, as the pipeline reads a run's tables."""
    files = {f.stem: f for f in folder.glob("[!_]*.parquet")}
    tables = {name: to_frame(pq.read_table(f), BY_NAME[name]) for name, f in files.items()}
    return Inputs(
        tables,
        frozenset(tables) | {"inspections"},
        read_metrics(folder / f"{MONTHLY}.parquet"),
        pd.read_parquet(folder / f"{FOUND}.parquet"),
    )
