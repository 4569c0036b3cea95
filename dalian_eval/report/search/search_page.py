"""查找 as a page: a field over everything there is to find, the whole list where no script runs.

Where there is much to find, what belongs to a unit stands on a page of its own, too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalian_eval.report.base.file_names import STATEMENTS, safe_name
from dalian_eval.report.base.page import SEARCH, render
from dalian_eval.report.door.door_page import NOTEBOOKS
from dalian_eval.report.door.record_pages import RecordPages
from dalian_eval.report.mending.quarantine_page import PAGE as QUARANTINE_PAGE
from dalian_eval.report.search.hits import MOST_RECORDS, Hit, file_hits, hits_of, page_hits

MOST = 4_000
"""Hits that stand on one page; where there are more, the records of each unit are apart."""

MOST_CANDIDATES = 20_000
"""Candidates that stand on the first page; where there are more, those of each unit are apart."""


def write_search(pages: RecordPages) -> None:
    """Write the page to the run folder, and those of the units where there is much to find."""
    view, found = pages.view, hits_of(pages)
    first, apart = [*found.candidates, *found.common], found.records
    if len(first) + len(apart) <= MOST:
        first, apart = [*first, *apart], ()
    elif len(found.candidates) > MOST_CANDIDATES:
        first, apart = [*found.common], (*found.candidates, *apart)
    by_unit: dict[str, list[Hit]] = {}
    for hit in apart:
        by_unit.setdefault(hit.unit, []).append(hit)
    links = [(view.unit_name(unit), f"{STATEMENTS}/{_file(unit)}") for unit in sorted(by_unit)]
    page = _page(view.meta, first, units=links, left_out=found.left_out)
    _write(pages.folder / SEARCH, page)
    for unit, hits in by_unit.items():
        page = _page(view.meta, hits, "../", unit=view.unit_name(unit))
        _write(pages.folder / STATEMENTS / _file(unit), page)


def write_refused_search(folder: Path, meta: Mapping[str, Any]) -> None:
    """Write the page to the folder of a run that was stopped by checks: there are no scores."""
    pages = [(file, title) for file, title in NOTEBOOKS if (folder / file).is_file()]
    pages.append((QUARANTINE_PAGE, "隔离与更正"))
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
    left_out: Sequence[str] = (),
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
