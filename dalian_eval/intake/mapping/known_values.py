"""What other files of the folder say there is: units, officers, cases, inspection records."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from dalian_eval.intake.base.raw_cell import half_width, without_blanks

_KEYS = {
    "units": "unit_id",
    "officers": "officer_id",
    "cases": "case_id",
    "inspections": "record_id",
}


@dataclass(frozen=True)
class KnownValues:
    """Keys and names by table; a table that nobody supplied has none."""

    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Path) -> "KnownValues":
        """Read them from a folder of canonical tables."""
        keys: dict[str, frozenset[str]] = {}
        names: dict[str, frozenset[str]] = {}
        for table, key in _KEYS.items():
            path = tables / f"{table}.parquet"
            if path.is_file():
                keys[table] = frozenset(pq.read_table(path, columns=[key])[key].to_pylist())
            if path.is_file() and table in ("units", "officers"):
                rows = pq.read_table(path, columns=["name"])["name"].to_pylist()
                names[table] = frozenset(_plain(name) for name in rows if name)
        return cls(keys, names)

    def knows(self, table: str) -> bool:
        """Whether anything of a table is known."""
        return bool(self.keys.get(table))

    def has(self, table: str, text: str) -> bool:
        """Whether a text is a key or a name of a table, or a name with its key in brackets."""
        plain = _plain(text)
        if plain in self.keys.get(table, ()) or plain in self.names.get(table, ()):
            return True
        name, _, rest = plain.partition("(")
        return bool(rest) and (
            name in self.names.get(table, ()) or name in self.keys.get(table, ())
        )


def _plain(text: str) -> str:
    return without_blanks(half_width(text))
