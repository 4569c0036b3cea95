"""The data contract: the tables that ship with the package, and those a process works with.

They are declared in `tables.yaml` beside this module; a project adds to them (params/tables.yaml).
A process works with one contract at a time, by default the package's own: `load_params` takes the
project's into use, and whoever works on more than one project says which by `using`. `BY_NAME` and
`TABLES` always show the tables in use; what is made of them when a module is imported is made of
`SHIPPED`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import overload

from dalian_eval.schema.declarations import read_contract
from dalian_eval.schema.model import Contract, Table

UNIT, OFFICER = "单位", "个人"
"""The two values of 对象类型."""

SHIPPED = read_contract(Path(__file__).with_name("tables.yaml"))
"""The tables that ship with the package."""

_current = SHIPPED


def in_use() -> Contract:
    """Return the contract this process works with."""
    return _current


def use(contract: Contract) -> None:
    """Work with `contract` from here on, in all threads of this process."""
    global _current
    _current = contract


@contextmanager
def using(contract: Contract) -> Iterator[None]:
    """Work with `contract` within the block, and then with what was in use before."""
    before = _current
    use(contract)
    try:
        yield
    finally:
        use(before)


def with_tables_of(path: Path, taken: Mapping[str, Iterable[str]] | None = None) -> Contract:
    """Return the package's tables with what the file at `path` adds; alone when it is not there.

    `taken`: see `read_contract`. UsageError with every fault of the file.
    """
    return read_contract(path, SHIPPED, taken) if path.is_file() else SHIPPED


def common(before: Contract, after: Contract) -> Contract:
    """Return the tables of both, those that both have with the columns that are of one type."""
    tables = {table.name: table for table in before.tables}
    for table in after.tables:
        other = tables.get(table.name, table)
        columns = (c for c in table.columns if c.name in other and other[c.name].type is c.type)
        tables[table.name] = replace(table, columns=tuple(columns))
    return Contract(tuple(tables.values()))


class _ByName(Mapping[str, Table]):
    """The tables in use by their names."""

    def __getitem__(self, name: str) -> Table:
        return _current.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_current.by_name)

    def __len__(self) -> int:
        return len(_current.tables)


class _Tables(Sequence[Table]):
    """The tables in use in their order."""

    @overload
    def __getitem__(self, place: int) -> Table: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Table]: ...
    def __getitem__(self, place: int | slice) -> Table | Sequence[Table]:
        return _current.tables[place]

    def __len__(self) -> int:
        return len(_current.tables)


BY_NAME: Mapping[str, Table] = _ByName()
TABLES: Sequence[Table] = _Tables()

REQUIRED = tuple(table.name for table in SHIPPED.tables if table.need == "required")
"""Tables without which nothing can be attributed: missing ones stop a run (exit 3)."""
