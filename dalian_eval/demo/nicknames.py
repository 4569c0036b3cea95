"""Where a name can stand for a certificate: unique among those posted in the unit that day."""

from collections import defaultdict
from datetime import date

from dalian_eval.demo.cells import plain
from dalian_eval.demo.model import County


class Nicknames:
    """Finds the name that identifies an officer in a unit on a day."""

    def __init__(self, county: County) -> None:
        """Index the postings of `county` by unit."""
        self._names = {
            plain(row["officer_id"]): plain(row["name"]) for row in county.tables["officers"]
        }
        self._posted: dict[str, list[tuple[str, date, date]]] = defaultdict(list)
        for row in county.tables["postings"]:
            start, end = row["start"], row["end"]
            if isinstance(start, date):
                last = end if isinstance(end, date) else date.max
                self._posted[plain(row["unit_id"])].append((plain(row["officer_id"]), start, last))

    def of(self, officer: str, unit: str, when: date) -> str | None:
        """Return the officer's name when nobody else in `unit` bears it on `when`, else None."""
        posted = {code for code, start, end in self._posted[unit] if start <= when <= end}
        name = self._names[officer]
        alike = [code for code in posted if self._names[code] == name]
        return name if alike == [officer] else None
