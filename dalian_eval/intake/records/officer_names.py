"""Names where certificates belong: resolved only when one officer of the unit can be meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.reasons import Change, Problem, Reason
from dalian_eval.intake.cells.list_entries import split_joined
from dalian_eval.intake.cells.parse import person
from dalian_eval.intake.records.references import Problems, ReferenceTarget
from dalian_eval.intake.tables.changes import Example
from dalian_eval.schema.model import SUBJECT, Column, Table, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, OFFICER

_ROLE = re.compile(
    r"\s*(?:同志|\((?:组长|副组长|组员|队长|副队长|主办|协办|协助|主检|记录|带队|负责人|主要承办人|承办人|检查人)\))$"
)
"""What may stand behind a name and is no part of it."""
_CERTIFICATE = r"(?P<certificate>[0-9A-Za-z]{4,})"
_BEFORE, _BEHIND = r"(?P<open>\s*[(\[【〔]|\s*)(?:执法证号|证号|证件号)?[-:]?", r"[)\]】〕]?"
_NAME = r"(?P<name>[^\d\s][^\d]*?)"
_LABELLED = (
    re.compile(_NAME + _BEFORE + _CERTIFICATE + _BEHIND),
    re.compile(_CERTIFICATE + _BEFORE + _NAME + _BEHIND),
)
"""张某某(06120001), and the other way round."""


@dataclass(frozen=True)
class Context:
    """Where and when a row happened, as far as it says."""

    unit: str | None
    day: date | None
    absent: str = ""

    @property
    def missing(self) -> str:
        """What the row lacks, in Chinese; empty when it says where and when."""
        parts = (("单位", self.unit), ("日期", self.day))
        return self.absent or "和".join(word for word, part in parts if part is None)

    def completed(self, other: "Context | None") -> "Context":
        """Return this context, its gaps filled from another."""
        if other is None:
            return self
        return Context(self.unit or other.unit, self.day or other.day)


@dataclass
class People:
    """Officers by name (姓名) and certificate (执法证号), and where each is posted (任职)."""

    certificates: frozenset[str]
    by_name: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    postings: dict[str, list[tuple[str, date, date | None]]] = field(default_factory=dict)

    @classmethod
    def of(cls, officers: ReferenceTarget, postings: pa.Table | None) -> "People":
        """Index the accepted officers and postings."""
        people = cls(officers.key_set)
        names = officers.rows["name"].to_pylist()
        for certificate, name in zip(officers.keys.to_pylist(), names, strict=True):
            if name:
                people.by_name.setdefault(person(name), []).append(certificate)
                people.names[certificate] = name
        for posting in postings.to_pylist() if postings is not None else ():
            span = (posting["unit_id"], posting["start"], posting["end"])
            people.postings.setdefault(posting["officer_id"], []).append(span)
        return people

    def is_name(self, value: str) -> bool:
        """Whether `value` is the name of some officer, and no certificate number."""
        return value not in self.certificates and person(value) in self.by_name

    def meant(self, value: str) -> list[str] | None:
        """Return the certificates and names that a value consists of; None when it is not clear.

        张某某(06120001) is the officer of that name and number; several people may be joined by
        blanks, 及, 和 or 与.
        """
        return split_joined(value.replace(")", ") ").rstrip(), self._one)

    def _one(self, value: str) -> str | None:
        value = value.strip()
        if value in self.certificates or self.is_name(value):
            return value
        labelled = self.labelled(value)
        if labelled and person(labelled[0]) == person(self.names.get(labelled[1], "")):
            return labelled[1]
        bare = _ROLE.sub("", value)
        return self._one(bare) if bare and bare != value else None

    def labelled(self, value: str) -> tuple[str, str] | None:
        """Return the name and the known certificate that a value puts together, if it does."""
        for form in _LABELLED:
            found = form.fullmatch(value)
            if found and found["certificate"] in self.certificates:
                return found["name"], found["certificate"]
        return None

    def contradicts(self, value: str) -> bool:
        """Whether a value gives a known certificate together with the name of somebody else."""
        return self.meant(value) is None and self.labelled(value) is not None

    def posted(self, name: str, unit: str, day: date) -> list[str]:
        """Return the officers of that name on duty in `unit` on `day`."""
        return [
            certificate
            for certificate in self.by_name[person(name)]
            if any(
                where == unit and start <= day and (end is None or day <= end)
                for where, start, end in self.postings.get(certificate, ())
            )
        ]

    def described(self, name: str) -> str:
        """Return all officers of that name with their units, for a sentence."""
        return "、".join(
            f"{certificate}（{'、'.join(self._units(certificate)) or '无任职'}）"
            for certificate in sorted(self.by_name[person(name)])
        )

    def _units(self, certificate: str) -> Iterable[str]:
        return dict.fromkeys(unit for unit, _, _ in self.postings.get(certificate, ()))


@dataclass
class Resolution:
    """Rows with certificates in place of names; problems of rows whose names stay open."""

    rows: pa.Table
    problems: Problems
    changes: dict[tuple[str, Change], Example]


def resolve_names(
    table: Table, rows: pa.Table, people: People, cases: pa.Table | None
) -> Resolution:
    """Replace officers' names in `rows` by certificate numbers.

    The unit and the day are the row's own, else those of its case.
    """
    resolved = Resolution(rows, {}, {})
    for column in table.columns:
        if column.references in ("officers", SUBJECT):
            _resolve_column(table, column, resolved, people, cases)
    return resolved


def _resolve_column(
    table: Table, column: Column, resolved: Resolution, people: People, cases: pa.Table | None
) -> None:
    positions = _positions_with_names(resolved.rows, column, people)
    if not positions:
        return
    contexts = _contexts(table, resolved.rows, positions, cases)
    values = resolved.rows[column.name].to_pylist()
    replaced = 0
    example: tuple[str, str] | None = None
    for position, context in zip(positions, contexts, strict=True):
        value = values[position]
        items = value if column.type is Type.LIST else [value]
        items = [entry for item in items for entry in _entries(column, item, people)]
        answers = [_certificate(column, item, context, people) for item in items]
        problems = [answer for answer in answers if isinstance(answer, Problem)]
        if problems:
            origin = resolved.rows[ORIGIN][position].as_py()
            resolved.problems.setdefault(origin, []).extend(problems)
            continue
        found = list(dict.fromkeys(map(str, answers)))
        values[position] = found if column.type is Type.LIST else found[0]
        replaced += 1
        before = value if column.type is Type.LIST else [value]
        example = example or ("、".join(before), "、".join(found))
    if example:
        resolved.changes[column.header, Change.RESOLVED] = Example(replaced, *example)
        index = resolved.rows.column_names.index(column.name)
        kind = resolved.rows.schema.field(index)
        resolved.rows = resolved.rows.set_column(index, kind, pa.array(values, kind.type))


def _positions_with_names(rows: pa.Table, column: Column, people: People) -> list[int]:
    """Return the rows in which `column` holds some officer's name, by itself or among more."""
    values = rows[column.name].combine_chunks()
    items = pc.list_flatten(values) if column.type is Type.LIST else values
    distinct = (v for v in items.unique().to_pylist() if v is not None)
    names = [v for v in distinct if v not in people.certificates and _speaks(column, v, people)]
    if not names:
        return []
    hit = pc.is_in(items, value_set=pa.array(names, pa.string()))
    if column.type is Type.LIST:
        found = pc.list_parent_indices(values).filter(hit).unique().to_pylist()
        return [int(position) for position in found]
    if column.references == SUBJECT:
        kinds = rows["subject_kind"].combine_chunks()
        hit = pc.and_(hit, pc.fill_null(pc.equal(kinds, OFFICER), False))
    return [int(position) for position in pc.indices_nonzero(hit).to_pylist()]


def _speaks(column: Column, value: str, people: People) -> bool:
    """Whether a value that is no certificate tells in some way which officers it means."""
    return (
        people.contradicts(value)
        or _entries(column, value, people) != [value]
        or (people.is_name(value))
    )


def _entries(column: Column, value: str, people: People) -> list[str]:
    """Return the certificates and names a value consists of; only a list may hold several."""
    meant = people.meant(value)
    if meant is None or (len(meant) > 1 and column.type is not Type.LIST):
        return [value]
    return meant


def _certificate(column: Column, item: str, context: Context, people: People) -> str | Problem:
    """Return the certificate that `item` is or stands for, or why that is not known."""
    if not people.is_name(item):
        if people.contradicts(item):
            _, certificate = people.labelled(item) or ("", item)
            holder = people.names.get(certificate, "")
            details = {"certificate": certificate, "holder": holder}
            return Problem(Reason.NAME_CONTRADICTS, column.header, item, details)
        return item
    candidates = people.described(item)
    if context.unit is None or context.day is None:
        details = {"missing": context.missing, "candidates": f"；同名人员有 {candidates}"}
        return Problem(Reason.NAME_WITHOUT_CONTEXT, column.header, item, details)
    posted = people.posted(item, context.unit, context.day)
    if len(posted) == 1:
        return posted[0]
    details = {"date": context.day.isoformat(), "unit": context.unit}
    if posted:
        details["candidates"] = "、".join(sorted(posted))
        return Problem(Reason.NAME_AMBIGUOUS, column.header, item, details)
    details["candidates"] = f"；同名人员有 {candidates}"
    return Problem(Reason.NAME_NOT_POSTED, column.header, item, details)


def _contexts(
    table: Table, rows: pa.Table, positions: list[int], cases: pa.Table | None
) -> list[Context]:
    """Return unit and day of the rows at `positions`."""
    if table.name == "postings":
        # Who is meant by a name is read from this very table: it cannot tell about itself.
        return [Context(None, None, "可供核对的任职（任职表只能填执法证号）")] * len(positions)
    some = rows.take(pa.array(positions, pa.int64()))
    own = _own_contexts(table, some)
    case_column = next((c.name for c in table.columns if c.references == "cases"), None)
    if case_column is None or cases is None:
        return own
    of_cases = _own_contexts(BY_NAME["cases"], cases)
    of_case = dict(zip(cases["case_id"].to_pylist(), of_cases, strict=True))
    return [
        context.completed(of_case.get(case))
        for context, case in zip(own, some[case_column].to_pylist(), strict=True)
    ]


def _own_contexts(table: Table, rows: pa.Table) -> list[Context]:
    """Return each row's unit and the first date it has, in the order of the columns."""
    unit = next((c.name for c in table.columns if c.references == "units"), None)
    units: list[str | None] = rows[unit].to_pylist() if unit else [None] * len(rows)
    days: list[date | None] = [None] * len(rows)
    for column in table.columns:
        if column.type in (Type.DATE, Type.TIMESTAMP):
            given = rows[column.name].to_pylist()
            days = [old or _day(new) for old, new in zip(days, given, strict=True)]
    return [Context(*pair) for pair in zip(units, days, strict=True)]


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
