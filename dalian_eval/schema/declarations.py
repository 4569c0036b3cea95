"""Files of declarations (YAML): the package's tables.yaml, and what a project adds to it.

What is wrong is told in Chinese with its line, key and the nearest word, all at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.declared_values import DeclaredValues, line_of
from dalian_eval.base.errors import UsageError
from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.suggestion import suggestion
from dalian_eval.base.yaml_file import BadYamlError, load_yaml
from dalian_eval.schema.form import CONTENTS
from dalian_eval.schema.model import SUBJECT, Column, Contract, Need, Table, Type, YearBefore

_TYPES = {kind.name.lower(): kind for kind in Type}
_NEEDS: dict[str, Need] = {
    "required": "required",
    "usual": "usual",
    "occasional": "occasional",
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NO_SHEET = re.compile(r"[\[\]:*?/\\'\n\r\t]")
_SHEET_LENGTH, _HEADER_LENGTH = 31, 40
_NUMBERS = (Type.INTEGER, Type.NUMBER)
_DATES = (Type.DATE, Type.MONTH, Type.TIMESTAMP)
_DAYS = (Type.DATE, Type.TIMESTAMP)
_REFERRING = (Type.CODE, Type.CASE_NUMBER, Type.LIST)
_OWNERS = {"unit_id": "units", "officer_id": "officers", "case_id": "cases", SUBJECT: SUBJECT}
"""Columns by which clauses know whose a row is: everywhere they refer to these tables."""

_TABLE_KEYS = ("sheet", "note", "need", "event", "span", "ascending", "year_before", "columns")
_COLUMN_KEYS = (
    "header",
    "type",
    "key",
    "required",
    "vocabulary",
    "minimum",
    "maximum",
    "hundred",
    "decimals",
    "open_ended",
    "references",
    "mentions",
    "may_lie_ahead",
    "fixed",
    "synonyms",
    "note",
    "example",
)
_FURTHER_KEYS = ("header", "note", "vocabulary", "rename", "synonyms")
"""What a project may say of a column that is there."""

_OWN_TITLES = ("sheet", "note", "columns")
"""What a project may say of a table that is there."""


def read_contract(
    path: Path, base: Contract | None = None, taken: Mapping[str, Iterable[str]] | None = None
) -> Contract:
    """Return the tables that the file at `path` declares, added to those of `base`.

    `taken`: column names that the program makes itself, by table; a table named there that `base`
    lacks is one the program makes. UsageError with every fault of the file.
    """
    return _Reader(path, base or Contract(()), taken or {}).contract()


@dataclass
class _Reader:
    """Reads one file; what cannot be read is left out, and told at the end."""

    path: Path
    base: Contract
    taken: Mapping[str, Iterable[str]]

    def contract(self) -> Contract:
        """Return the whole contract; UsageError when there was a fault."""
        self.faults = FileFaults(self.path.name)
        self.values = DeclaredValues(self.faults)
        root = self._content()
        self.values.known_keys(root, ("shared", "tables"), "", 1)
        declared = self.values.mapping(root, "tables", "", 1)
        tables = {table.name: table for table in self.base.tables}
        self.lines: dict[tuple[str, ...], int] = {}
        for name in declared:
            line = line_of(declared, name, 1)
            self.lines[(str(name),)] = line
            content = declared[name]
            if not isinstance(content, CommentedMap):
                self.faults.add(line, f"{name}：应写明这张表的各项（sheet、note、columns）")
            elif name in tables:
                tables[name] = self._with_additions(tables[name], content, line)
            elif self._sound_name(name, "表", line):
                tables[name] = self._table(name, content, line)
        for name in declared:
            if name in tables:
                self._check_references(tables[name], tables)
        self._check_titles(tables, declared)
        self.faults.raise_any()
        made = Contract(tuple(tables.values()))
        self._check_order(made)
        self.faults.raise_any()
        return made

    # ---- tables ----------------------------------------------------------------------------

    def _table(self, name: str, content: CommentedMap, line: int) -> Table:
        self.values.known_keys(content, _TABLE_KEYS, name, line)
        if name in self.taken:
            self.faults.add(line, f"{name}：这个表名程序自己在用，请另取一个")
        columns = self._columns(name, content, line, {})
        if not columns:
            self.faults.add(line_of(content, "columns", line), f"{name}：没有列，请写 columns")
        need = self.values.choice(content, "need", _NEEDS, name, line)
        if need == "required" and self.base.tables:
            self.faults.add(
                line_of(content, "need", line),
                f"{name}.need：增加的表不能写 required：没有报送时有关条款待补，不必停下来",
            )
        named = {c.name: c for c in columns}
        event = self.values.text(content, "event", name, line)
        if event:
            self._column_of(named, event, _DAYS, f"{name}.event", line_of(content, "event", line))
        span = self._several(content, "span", named, (Type.DATE,), name, line)
        if "span" in content and len(span) != 2:
            self.faults.add(line_of(content, "span", line), f"{name}.span：应写起、止两个日期列")
        return Table(
            name=name,
            sheet=self.values.text(content, "sheet", name, line, needed=True),
            note=self.values.text(content, "note", name, line, needed=True),
            columns=tuple(columns),
            need=need or "usual",
            event=event or None,
            span=span,
            ascending=self._several(content, "ascending", named, _NUMBERS, name, line),
            year_before=self._year_before(content, named, name, line),
        )

    def _year_before(
        self, content: CommentedMap, columns: Mapping[str, Column], table: str, line: int
    ) -> YearBefore | None:
        """Return how last year's row is found; None when it is not declared."""
        declared = self.values.mapping(content, "year_before", table, line)
        if not declared:
            return None
        place, at = f"{table}.year_before", line_of(content, "year_before", line)
        self.values.known_keys(declared, ("same", "by"), place, at)
        by = self.values.text(declared, "by", place, at, needed=True)
        same = self._several(declared, "same", columns, tuple(Type), place, at)
        if not same:
            self.faults.add(at, f"{place}：缺少 same：按哪几列认出上年的同一对象")
        if by:
            kinds = (Type.INTEGER, *_DATES)
            self._column_of(columns, by, kinds, f"{place}.by", line_of(declared, "by", at))
        if by in same:
            self.faults.add(at, f"{place}.by：『{by}』已写在 same，上年的不会与本年相同")
        key = {name for name, column in columns.items() if column.key}
        dated = by in columns and columns[by].type in _DAYS
        if by and same and not dated and (left := sorted(key - {*same, by})):
            self.faults.add(at, f"{place}.same：还要写主键列{'、'.join(left)}，否则上年有不止一行")
        return YearBefore(same, by) if same and by else None

    def _with_additions(self, table: Table, content: CommentedMap, line: int) -> Table:
        """Return a table that is there as a project calls it, with what it adds."""
        for key in content:
            if key not in _OWN_TITLES:
                at = line_of(content, key, line)
                near = suggestion(str(key), _OWN_TITLES) if key not in _TABLE_KEYS else ""
                self.faults.add(
                    at,
                    f"{table.name}.{key}：已有的表只能写 columns、sheet、note{near or '。'}",
                )
        known = {c.name: c for c in table.columns}
        columns = self._columns(table.name, content, line, known)
        own = {key: self.values.text(content, key, table.name, line) for key in ("sheet", "note")}
        return replace(
            table,
            columns=tuple(columns),
            sheet=own["sheet"] or table.sheet,
            note=own["note"] or table.note,
        )

    def _columns(
        self, table: str, content: CommentedMap, line: int, known: dict[str, Column]
    ) -> list[Column]:
        """Return the columns of `known`, with what is added to them, and the new ones."""
        found = dict(known)
        declared = self.values.mapping(content, "columns", table, line)
        for name in declared:
            at = line_of(declared, name, line)
            place, of = f"{table}.{name}", declared[name]
            self.lines[table, str(name)] = at
            if not isinstance(of, CommentedMap):
                self.faults.add(at, f"{place}：应写明这一列的各项，如 {{header: 表头, type: text}}")
            elif name in known:
                found[name] = self._with_words(known[name], of, place, at)
            elif self._sound_name(name, "列", at):
                if name in self.taken.get(table, ()):
                    self.faults.add(at, f"{place}：这个列名程序自己在用，请另取一个")
                column = self._column(name, of, place, at)
                if column is not None:
                    found[name] = column
                if known and column is not None and column.key:
                    self.faults.add(
                        line_of(of, "key", at), f"{place}.key：已有的表主键不能改，请删去 key"
                    )
        return list(found.values())

    # ---- columns ---------------------------------------------------------------------------

    def _column(self, name: str, of: CommentedMap, place: str, line: int) -> Column | None:
        self.values.known_keys(of, _COLUMN_KEYS, place, line)
        kind = self.values.choice(of, "type", _TYPES, place, line, needed=True)
        if not self.values.text(of, "header", place, line, needed=True):
            return None
        header = self._own_header(of, place, line)
        if kind is None or not header:
            return None
        column = Column(
            name=name,
            header=header,
            type=kind,
            key=self.values.flag(of, "key", place, line),
            required=self.values.flag(of, "required", place, line),
            vocabulary=self.values.words(of, "vocabulary", place, line),
            minimum=self.values.whole(of, "minimum", place, line),
            maximum=self.values.whole(of, "maximum", place, line),
            hundred=self.values.flag(of, "hundred", place, line),
            decimals=_or(self.values.whole(of, "decimals", place, line), Column.decimals),
            open_ended=self.values.flag(of, "open_ended", place, line),
            references=self.values.text(of, "references", place, line) or None,
            mentions=self.values.text(of, "mentions", place, line) or None,
            may_lie_ahead=self.values.flag(of, "may_lie_ahead", place, line),
            fixed=self.values.flag(of, "fixed", place, line),
            synonyms=self.values.words(of, "synonyms", place, line),
            note=self.values.text(of, "note", place, line),
            example=self.values.text(of, "example", place, line),
        )
        for key, sentence in _contradictions(column):
            self.faults.add(line_of(of, key, line), f"{place}.{key}：{sentence}")
        return column

    def _with_words(self, column: Column, of: CommentedMap, place: str, line: int) -> Column:
        """Return a column that is there as a project calls it, with further words and synonyms.

        By its first title it is still known.
        """
        for key in of:
            if key not in _FURTHER_KEYS:
                near = suggestion(str(key), _FURTHER_KEYS) if key not in _COLUMN_KEYS else ""
                self.faults.add(
                    line_of(of, key, line),
                    f"{place}.{key}：这一列已经有了，只能写 {'、'.join(_FURTHER_KEYS)}{near}",
                )
        header = self._own_header(of, place, line)
        column = self._with_own_words(column, of, place, line)
        first = () if header in ("", column.header) else (column.header,)
        words = self.values.words(of, "vocabulary", place, line)
        at = line_of(of, "vocabulary", line)
        if words and not column.vocabulary:
            self.faults.add(at, f"{place}.vocabulary：这一列本来什么都可以填，不能改为只能填几种")
        elif words and column.fixed:
            self.faults.add(at, f"{place}.vocabulary：程序按这一列原有的选项办事，不能增加")
        for word in words:
            if column.vocabulary and word in column.vocabulary:
                self.faults.add(at, f"{place}.vocabulary：『{word}』本来就有，请删去")
        return replace(
            column,
            header=header or column.header,
            note=self.values.text(of, "note", place, line) or column.note,
            vocabulary=(*column.vocabulary, *words),
            synonyms=(*column.synonyms, *first, *self.values.words(of, "synonyms", place, line)),
        )

    def _own_header(self, of: CommentedMap, place: str, line: int) -> str:
        """Return the header that a column is given; empty where it has none, or no sound one."""
        header = self.values.text(of, "header", place, line)
        if len(header) > _HEADER_LENGTH or "\n" in header:
            at = line_of(of, "header", line)
            self.faults.add(at, f"{place}.header：应是一行，至多{_HEADER_LENGTH}字")
            return ""
        return header

    def _with_own_words(self, column: Column, of: CommentedMap, place: str, line: int) -> Column:
        """Return a column whose words are called as a project calls them, in their order."""
        renamed: dict[str, str] = {}
        declared = self.values.mapping(of, "rename", place, line)
        for word in declared:
            at = line_of(declared, word, line_of(of, "rename", line))
            new = self.values.text(declared, word, f"{place}.rename", at, needed=True)
            if column.fixed:
                self.faults.add(at, f"{place}.rename：程序按这一列原有的选项办事，不能改称")
            elif word not in column.vocabulary:
                near = suggestion(str(word), column.vocabulary)
                self.faults.add(at, f"{place}.rename：这一列没有『{word}』这一选项{near}")
            elif new in column.vocabulary or new in renamed.values():
                self.faults.add(at, f"{place}.rename：『{new}』已是这一列的选项，请另取一个")
            else:
                renamed[str(word)] = new
        examples = [renamed.get(part, part) for part in column.example.split("、")]
        return replace(
            column,
            vocabulary=tuple(renamed.get(word, word) for word in column.vocabulary),
            example="、".join(examples),
        )

    # ---- between tables --------------------------------------------------------------------

    def _check_references(self, table: Table, tables: Mapping[str, Table]) -> None:
        there = self.base.by_name.get(table.name, ())
        for column in table.columns:
            if column.name in there:
                continue
            line = self.lines.get((table.name, column.name), 1)
            for key in ("references", "mentions"):
                for sentence in _bad_target(table, column, key, tables):
                    self.faults.add(line, f"{table.name}.{column.name}.{key}：{sentence}")
            owner = _OWNERS.get(column.name)
            if owner and column.references != owner and not (column.key and owner == table.name):
                self.faults.add(
                    line,
                    f"{table.name}.{column.name}：这个列名专指{_owner_words(owner, tables)}，"
                    f"请写 references: {owner}，或另取列名",
                )

    def _check_titles(self, tables: Mapping[str, Table], declared: Iterable[Any]) -> None:
        """Note sheets and headers that two tables or two columns of one table share."""
        sheets: dict[str, list[str]] = {}
        for name, table in tables.items():
            sheets.setdefault(table.sheet, []).append(name)
        for name, table in tables.items():
            line = self.lines.get((name,), 1)
            sheet = table.sheet
            there = self.base.by_name.get(name)
            if name in declared and (there is None or there.sheet != sheet):
                if len(sheet) > _SHEET_LENGTH or _NO_SHEET.search(sheet) or sheet == CONTENTS:
                    self.faults.add(
                        line,
                        f"{name}.sheet：『{sheet}』不能作工作表名：至多{_SHEET_LENGTH}字，"
                        rf"不含 [ ] : * ? / \ '，不是『{CONTENTS}』",
                    )
                other = next((n for n in sheets.get(sheet, ()) if n != name), None)
                if other is not None:
                    self.faults.add(line, f"{name}.sheet：『{sheet}』已是表 {other} 的名称")
            headers: dict[str, str] = {}
            for column in table.columns:
                for word in (column.header, *column.synonyms):
                    plain = "".join(word.split())
                    if plain in headers and name in declared:
                        both = ((name, column.name), (name, headers[plain]))
                        at = next((self.lines[c] for c in both if c in self.lines), line)
                        self.faults.add(
                            at, f"{name}.{column.name}：表头『{word}』已是 {headers[plain]} 的"
                        )
                    headers.setdefault(plain, column.name)

    def _check_order(self, made: Contract) -> None:
        """Note tables that wait for one another: none could be read first."""
        done: set[str] = set()
        waiting = list(made.tables)
        while ready := [t for t in waiting if t.waits_for <= done]:
            done |= {t.name for t in ready}
            waiting = [t for t in waiting if t not in ready]
        for table in waiting:
            line = self.lines.get((table.name,), 1)
            others = "、".join(sorted(table.waits_for - done))
            self.faults.add(line, f"{table.name}：与 {others} 互相引用，请删去一方的 references")

    # ---- values ----------------------------------------------------------------------------

    def _content(self) -> CommentedMap:
        name = self.path.name
        try:
            content = load_yaml(self.path)
        except OSError as error:
            raise UsageError(f"找不到或打不开数据约定文件 {self.path}，请检查路径") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"数据约定文件 {self.path} 不是 UTF-8 编码，请另存为 UTF-8") from error
        except BadYamlError as error:
            where = f"第{error.line}行：" if error.line else ""
            raise UsageError(f"{name} {where}{error}") from error
        if not isinstance(content, CommentedMap):
            raise UsageError(f"{name} 第1行：应以 tables: 开头，其下一张表一节")
        return content

    def _sound_name(self, name: object, what: str, line: int) -> bool:
        if isinstance(name, str) and _NAME.fullmatch(name):
            return True
        self.faults.add(line, f"{what}名『{name}』应由小写字母、数字和下划线组成，以字母开头")
        return False

    def _several(
        self,
        of: CommentedMap,
        key: str,
        columns: Mapping[str, Column],
        kinds: tuple[Type, ...],
        table: str,
        line: int,
    ) -> tuple[str, ...]:
        names = self.values.words(of, key, table, line)
        for name in names:
            self._column_of(columns, name, kinds, f"{table}.{key}", line_of(of, key, line))
        return names

    def _column_of(
        self,
        columns: Mapping[str, Column],
        name: str,
        kinds: tuple[Type, ...],
        place: str,
        line: int,
    ) -> None:
        if name not in columns:
            near = suggestion(name, {n: c.header for n, c in columns.items()})
            self.faults.add(line, f"{place}：这张表没有列『{name}』{near}")
        elif columns[name].type not in kinds:
            words = "、".join(kind.value for kind in kinds)
            self.faults.add(line, f"{place}：列『{name}』应是{words}")


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _contradictions(column: Column) -> Iterator[tuple[str, str]]:
    """Yield key and sentence of what does not go together in one column."""
    kind, words = column.type, column.type.value
    only: tuple[tuple[str, bool, tuple[Type, ...]], ...] = (
        ("vocabulary", bool(column.vocabulary), (Type.TEXT, Type.LIST)),
        ("minimum", column.minimum is not None, _NUMBERS),
        ("maximum", column.maximum is not None, _NUMBERS),
        ("hundred", column.hundred, (Type.NUMBER,)),
        ("decimals", column.decimals != Column.decimals, (Type.NUMBER,)),
        ("open_ended", column.open_ended, (Type.DATE,)),
        ("may_lie_ahead", column.may_lie_ahead, _DATES),
        ("references", column.references is not None, _REFERRING),
        ("mentions", column.mentions is not None, (Type.CODE, Type.CASE_NUMBER)),
    )
    for key, written, kinds in only:
        if written and kind not in kinds:
            yield key, f"只用于{'、'.join(k.value for k in kinds)}，这一列是{words}"
    if column.key and kind in (Type.LIST, Type.BOOL, Type.NUMBER):
        yield "key", f"{words}不能作主键"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and low > high:
        yield "minimum", f"{low} 大于 maximum 的 {high}，没有数能填"
    if column.hundred and (low, high) != (0, 100):
        yield "hundred", "百分制须同时写 minimum: 0 和 maximum: 100"
    if not 0 <= column.decimals <= Column.decimals:
        yield "decimals", f"应在0到{Column.decimals}之间"
    if column.references and column.mentions:
        yield "mentions", "references 与 mentions 只能写一个"
    entries = column.example.split("、") if kind is Type.LIST else [column.example]
    if column.vocabulary and column.example and not {*entries} <= {*column.vocabulary}:
        near = suggestion(column.example, column.vocabulary)
        yield "example", f"『{column.example}』不在 vocabulary 之中{near}"
    if column.example and (wrong := _bad_example(column)) is not None:
        yield "example", wrong
    if column.fixed and not column.vocabulary:
        yield "fixed", "只用于写了 vocabulary 的列"


def _bad_example(column: Column) -> str | None:
    """Return why the example of a number or day could not stand in the column; None when it can."""
    if column.type in _NUMBERS:
        try:
            number = Decimal(column.example)
        except InvalidOperation:
            return f"『{column.example}』不是数"
        low, high = column.minimum, column.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            return f"『{column.example}』不在 minimum、maximum 之间"
    if column.type is Type.DATE:
        try:
            date.fromisoformat(column.example)
        except ValueError:
            return f"『{column.example}』不是日期，如 2025-03-31"
    return None


def _bad_target(
    table: Table, column: Column, key: str, tables: Mapping[str, Table]
) -> Iterator[str]:
    """Yield what is wrong with the table that a column refers to."""
    target = getattr(column, key)
    if target is None:
        return
    if target == SUBJECT and key == "references":
        if "subject_kind" not in table or column.name != SUBJECT:
            yield "subject 只用于名为 subject 的列，同一张表须有 subject_kind（对象类型）"
    elif target not in tables:
        known = {name: one.sheet for name, one in tables.items()} | {SUBJECT: ""}
        yield f"没有表『{target}』{suggestion(target, known)}"
    elif len(tables[target].key) != 1:
        yield f"表『{target}』的主键不是一列，不能引用"


def _owner_words(owner: str, tables: Mapping[str, Table]) -> str:
    return "单位或人员" if owner == SUBJECT else f"『{tables[owner].sheet}』"
