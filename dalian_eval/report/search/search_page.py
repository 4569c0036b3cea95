"""查找 as a page: a field over everything there is to find, the whole list where no script runs.

Where there is much to find, what belongs to a unit stands on a page of its own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalian_eval.report.base.file_names import STATEMENTS, safe_name
from dalian_eval.report.base.page import SEARCH, render
from dalian_eval.report.door.door_page import NOTEBOOKS
from dalian_eval.report.door.record_pages import RecordPages
from dalian_eval.report.search.hits import MOST_RECORDS, Hit, file_hits, hits_of, page_hits

QUARANTINE = "quarantine.html"

MOST = 4_000
"""Hits that stand on one page; where there are more, each unit's are apart."""


def write_search(pages: RecordPages) -> None:
    """Write the page to the run folder, and those of the units where there is much to find."""
    view = pages.view
    hits, left_out = hits_of(pages)
    parted = len(hits) > MOST
    units = sorted({hit.unit for hit in hits if hit.unit}) if parted else []
    common = [hit for hit in hits if not (parted and hit.unit)]
    links = [(view.unit_name(unit), f"{STATEMENTS}/{_file(unit)}") for unit in units]
    _write(pages.folder / SEARCH, _page(view.meta, common, units=links, left_out=left_out))
    by_unit: dict[str, list[Hit]] = {}
    for hit in hits:
        by_unit.setdefault(hit.unit, []).append(hit)
    for unit in units:
        page = _page(view.meta, by_unit[unit], "../", unit=view.unit_name(unit))
        _write(pages.folder / STATEMENTS / _file(unit), page)


def write_refused_search(folder: Path, meta: Mapping[str, Any]) -> None:
    """Write the page to the folder of a run that was stopped by checks: there are no scores."""
    pages = [(file, title) for file, title in NOTEBOOKS if (folder / file).is_file()]
    pages.append((QUARANTINE, "隔离与更正"))
    _write(folder / SEARCH, _page(meta, [*page_hits(pages), *file_hits(meta)]))


def _file(unit: str) -> str:
    return f"search-{safe_name(unit)}.html"


def _page(
    meta: Mapping[str, Any],
    hits: Sequence[Hit],
    up: str = "",
    *,
    units: Sequence[tuple[str, str]] = (),
    unit: str = "",
    left_out: bool = False,
) -> str:
    return render(
        SEARCH,
        meta=meta,
        hits=hits,
        up=up,
        units=units,
        unit=unit,
        left_out=left_out,
        most=MOST_RECORDS,
    )


def _write(path: Path, page: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8", newline="\n")
