"""Loading params/mappings.yaml: shape and sense checked, every fault told at once, by line.

The format is described in docs/mappings.md.
"""

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.errors import UsageError
from dalian_eval.base.yaml_faults import error_sentence
from dalian_eval.base.yaml_file import BadYamlError, load_yaml
from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.intake.base.reasons import BadCellError
from dalian_eval.intake.cells.nearest_word import nearest_word
from dalian_eval.intake.cells.parse import parser
from dalian_eval.intake.mapping.model import (
    BLANK,
    EACH,
    FILLED,
    GROUP,
    PARTS,
    Condition,
    Form,
    Mapping,
    Rule,
)
from dalian_eval.intake.mapping.units import other_unit
from dalian_eval.intake.tables.headers import plain_header
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import MOST_PARTS
from dalian_eval.schema.tables import BY_NAME, TABLES

_GROUPS, _WHEN = "每组", "当"
_LIKENESS = 0.5
_DOC = "写法见 docs/mappings.md"


def _text(value: Any) -> Any:
    """Take a number or a date as the text that was written."""
    if isinstance(value, bool):
        raise ValueError(f"『{str(value).lower()}』请加上引号")
    if isinstance(value, int) and getattr(value, "_width", None):
        raise ValueError("以 0 开头的编码请加上引号")
    if isinstance(value, str | int | Decimal) or hasattr(value, "isoformat"):
        return str(value).strip()
    raise ValueError("此处应是文字")


def _texts(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


_Text = Annotated[str, BeforeValidator(_text)]
_Texts = Annotated[tuple[_Text, ...], BeforeValidator(_texts)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormModel(_Model):
    """Where a column of ours comes from; a bare text is a column of theirs."""

    columns: _Texts = Field(default=(), alias="列")
    constant: _Text | None = Field(default=None, alias="写")
    part: Literal["起", "止", "首段", "末段", "每个"] | None = Field(default=None, alias="取")
    words: dict[_Text, _Text] = Field(default={}, alias="词")
    mentions: dict[_Text, _Text] = Field(default={}, alias="含")
    other: _Text | None = Field(default=None, alias="其他")


class ConditionModel(_Model):
    """What a cell must be; a bare text or list is 是."""

    equal: _Texts = Field(default=(), alias="是")
    unequal: _Texts = Field(default=(), alias="不是")
    holding: _Texts = Field(default=(), alias="含")
    lacking: _Texts = Field(default=(), alias="不含")


def _form(value: Any) -> Any:
    return value if isinstance(value, dict) else {"列": value}


def _condition(value: Any) -> Any:
    return value if isinstance(value, dict) else {"是": value}


class RuleModel(_Model):
    """Rows of theirs to rows of one table; `columns` is everything but 每组 and 当."""

    groups: _Texts = Field(default=(), alias=_GROUPS)
    conditions: dict[_Text, Annotated[ConditionModel, BeforeValidator(_condition)]] = Field(
        default={}, alias=_WHEN
    )
    columns: dict[str, Annotated[FormModel, BeforeValidator(_form)]]


def _rule(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("此处应是“我们的列: 对方的列”，一列一行")
    own = {key: value[key] for key in (_GROUPS, _WHEN) if key in value}
    columns = {key: part for key, part in value.items() if key not in own}
    return {**own, "columns": columns}


class MappingModel(_Model):
    """One entry of the file."""

    headers: _Texts = Field(default=(), alias="表头")
    names: _Texts = Field(default=(), alias="名称")
    tables: dict[
        str,
        Annotated[
            tuple[Annotated[RuleModel, BeforeValidator(_rule)], ...], BeforeValidator(_texts)
        ],
    ] = Field(alias="表", min_length=1)


def load_mappings(path: Path | None) -> tuple[Mapping, ...]:
    """Load the mappings; none where there is no file.

    UsageError, with file, line and key of every fault, for a file that is not sound.
    """
    if path is None or not path.is_file():
        return ()
    try:
        raw = load_yaml(path)
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"打不开映射文件 {path}，请确认它是 UTF-8 编码的文本。") from None
    except BadYamlError as error:
        where = f" 第 {error.line} 行：" if error.line else "："
        raise UsageError(f"映射文件 {path}{where}{error}。") from None
    if raw is None:
        return ()
    if not isinstance(raw, CommentedMap):
        raise UsageError(f"映射文件 {path} 第 1 行：应是“名称: 内容”的写法，{_DOC}。")
    reader = _Reader(raw)
    found = tuple(reader.mappings())
    if reader.faults:
        told = sorted(dict.fromkeys(reader.faults))
        raise UsageError("\n".join(f"映射文件 {path} 第 {n} 行：{text}。" for n, text in told))
    return found


@dataclass
class _Reader:
    """Reads the entries and collects what is wrong: (line, sentence)."""

    raw: CommentedMap
    faults: list[tuple[int, str]] = field(default_factory=list)

    def mappings(self) -> Iterator[Mapping]:
        for name, content in self.raw.items():
            try:
                model = MappingModel.model_validate(content)
            except ValidationError as error:
                self._shape(str(name), error)
            else:
                yield self._mapping(str(name), model)

    def _shape(self, name: str, error: ValidationError) -> None:
        misspelt: set[str] = set()
        found_first = sorted(error.errors(), key=lambda e: e["type"] == "missing")
        for found in found_first:
            place = (name, *found["loc"])
            key = str(found["loc"][-1]) if found["loc"] else name
            if found["type"] == "extra_forbidden":
                known = _keys_beside(found["loc"])
                near = _near(key, [k for k in known if k not in self._written(*place[:-1])])
                text = f"没有『{key}』这个键{near or '，可用：' + '、'.join(known)}"
                misspelt |= {word for word in known if f" {word}？" in near}
            elif found["type"] == "missing":
                if key in misspelt:
                    continue
                text = f"映射『{name}』缺少『{key}』"
            elif found["type"] == "literal_error":
                near = _near(str(found["input"]), PARTS)
                text = f"『取』不能是『{found['input']}』{near}，可用：{'、'.join(PARTS)}"
            else:
                text = f"{'.'.join(_said(found['loc']))}：{error_sentence(found)}"
            self.faults.append((self.line(*place), text))

    def _mapping(self, name: str, model: MappingModel) -> Mapping:
        line = self.line(name)
        if not model.headers and not model.names:
            self.faults.append((line, f"映射『{name}』没有写明用于哪些表：请写『表头』或『名称』"))
        rules: list[Rule] = []
        for sheet, several in model.tables.items():
            table = _table(sheet)
            if table is None:
                near = _near(sheet, [t.sheet for t in TABLES])
                self.faults.append((self.line(name, "表", sheet), f"没有『{sheet}』这张表{near}"))
                continue
            for number, rule in enumerate(several):
                rules.append(_RuleReader(self, (name, "表", sheet, number), table, rule).rule())
        self._crowded(name, rules)
        self._contradicting(name, rules)
        return Mapping(name, line, model.headers, model.names, tuple(rules))

    def _contradicting(self, name: str, rules: Sequence[Rule]) -> None:
        """Tell which column of theirs holds, as it stands, two kinds of things in two tables."""
        seen: dict[tuple[str, str], tuple[str, str]] = {}
        for rule in rules:
            table = BY_NAME[rule.table]
            for form in rule.forms:
                column = table[form.column]
                kind = _kind(table, column)
                if not kind or form.is_translated:
                    continue
                for header in form.headers:
                    place = f"『{table.sheet}』的『{column.header}』"
                    known, where = seen.setdefault((plain_header(header), form.part), (kind, place))
                    if known != kind:
                        line = self.line(name, "表", table.sheet, column.header)
                        text = (
                            f"『{header}』在{where}中是{known}，在{place}中又是{kind}，不能两样都是"
                        )
                        self.faults.append((line, text))

    def _crowded(self, name: str, rules: Sequence[Rule]) -> None:
        for table in {rule.table: None for rule in rules}:
            count = sum(max(len(rule.groups), 1) for rule in rules if rule.table == table)
            if count > MOST_PARTS:
                text = f"一行最多得出同一张表的 {MOST_PARTS} 行，这里写了 {count} 组"
                self.faults.append((self.line(name), text))

    def line(self, *place: str | int) -> int:
        """Return the line of the deepest written key of a place; steps not written are passed."""
        return self._deepest(*place)[0]

    def _written(self, *place: str | int) -> Collection[str]:
        """Return the keys that are written at a place."""
        node = self._deepest(*place)[1]
        return {str(key) for key in node} if isinstance(node, CommentedMap) else ()

    def _deepest(self, *place: str | int) -> tuple[int, Any]:
        node: Any = self.raw
        line = 1
        for step in place:
            marks = getattr(getattr(node, "lc", None), "data", None) or {}
            if step in marks:
                line = marks[step][0] + 1
                node = node[step]
        return line, node


@dataclass
class _RuleReader:
    """Reads one rule; what is wrong goes to the faults of the file."""

    file: _Reader
    place: tuple[str | int, ...]
    table: Table
    model: RuleModel

    def rule(self) -> Rule:
        forms = [form for header in self.model.columns if (form := self._form(header))]
        conditions = tuple(
            condition
            for header, asked in self.model.conditions.items()
            for condition in self._conditions(header, asked)
        )
        rule = Rule(self.table.name, tuple(forms), conditions, self.model.groups)
        self._whole(rule)
        self._twice(rule)
        return rule

    def _fault(self, text: str, *place: str | int) -> None:
        self.file.faults.append((self.file.line(*self.place, *place), text))

    def _form(self, header: str) -> Form | None:
        column = _column(self.table, header)
        if column is None:
            known = [c.header for c in self.table.columns]
            near = _near(header, known) or f"，可用：{'、'.join(known)}"
            self._fault(f"『{self.table.sheet}』表没有『{header}』这一列{near}", header)
            return None
        model = self.model.columns[header]
        for text in self._form_faults(column, model):
            self._fault(f"{column.header}：{text}", header)
        return Form(
            column.name,
            model.columns,
            model.constant or "",
            model.part or "",
            tuple(model.words.items()),
            tuple(model.mentions.items()),
            model.other,
        )

    def _form_faults(self, column: Column, model: FormModel) -> Iterator[str]:
        groups = self.model.groups
        if bool(model.columns) == (model.constant is not None):
            yield "『列』和『写』要写一个，也只能写一个"
            return
        if not all(model.columns):
            yield "『列』是空的"
        if len(model.columns) > 1 and (column.type is not Type.LIST or model.part):
            yield "几列合成一格只用于列表；几列各成一行的，请用『每组』和 {}"
        translated = model.words or model.mentions or model.other is not None
        if model.constant is not None and (model.part or model.mentions or model.other is not None):
            yield "『写』是固定内容，不能再有『取』『含』『其他』"
        if model.constant is not None and model.words and GROUP not in model.constant:
            yield "固定内容用不着『词』，请直接写出"
        if model.other is not None and not (model.words or model.mentions):
            yield "『其他』要和『词』或『含』一起用"
        used = [*model.columns, model.constant or ""]
        if any(GROUP in text for text in used) and not groups:
            yield f"写了 {GROUP}，却没有『{_GROUPS}』"
        meant = [*model.words.values(), *model.mentions.values()]
        meant += [] if model.other is None else [model.other]
        if model.constant is not None and not translated:
            meant += [model.constant.replace(GROUP, word) for word in groups or ("",)]
        for text in dict.fromkeys(meant):
            yield from _bad_value(column, text)
        for header in model.columns:
            if not model.part and not translated and (unit := other_unit(header, column)):
                yield unit

    def _conditions(self, header: str, model: ConditionModel) -> Iterator[Condition]:
        if model.equal in ((FILLED,), (BLANK,)):
            yield Condition(header, model.equal[0])
            return
        asked = (
            ("是", model.equal),
            ("不是", model.unequal),
            ("含", model.holding),
            ("不含", model.lacking),
        )
        told = [Condition(header, word, words) for word, words in asked if words]
        if not told:
            self._fault(f"『{_WHEN}』的『{header}』没有写条件", _WHEN, header)
        yield from told

    def _whole(self, rule: Rule) -> None:
        """Tell what the rule as a whole lacks."""
        there = {form.column for form in rule.forms}
        written = {_column(self.table, header) for header in self.model.columns}
        for column in self.table.columns:
            if column.mandatory and column.name not in there and column not in written:
                self._fault(
                    f"『{self.table.sheet}』缺少必需的列『{column.header}』，请写明从哪里来"
                )
        if rule.groups and not rule.grouped_headers():
            self._fault(f"有『{_GROUPS}』，却没有一列写了 {GROUP}", _GROUPS)
        for word in rule.groups:
            if rule.groups.count(word) > 1 or not word:
                self._fault(f"『{_GROUPS}』中的『{word}』重复或是空的", _GROUPS)
                break
        each = {form.headers for form in rule.forms if form.part == EACH}
        if len(each) > 1:
            self._fault(f"只能有一列『取: {EACH}』，否则不知道哪个配哪个")

    def _twice(self, rule: Rule) -> None:
        """Tell which column of theirs is two different things at once."""
        seen: dict[tuple[str, str], str] = {}
        for form in rule.forms:
            if form.is_translated or len(form.headers) != 1:
                continue
            header = self.table[form.column].header
            read = (plain_header(form.headers[0]), form.part)
            if read in seen:
                self._fault(
                    f"『{form.headers[0]}』同时当作『{seen[read]}』和『{header}』，两者不是一回事；"
                    "请只留一个，或写明各取哪一部分",
                    header,
                )
            seen.setdefault(read, header)


def _kind(table: Table, column: Column) -> str:
    """Return what the plain cells of a column are, where they can be nothing else; else empty."""
    whose = table.name if table.key == (column.name,) else column.references
    if column.type in (Type.DATE, Type.TIMESTAMP, Type.MONTH):
        return "日期"
    if column.type in (Type.BOOL, Type.INTEGER, Type.NUMBER):
        return str(column.type.value)
    return {"units": "单位", "officers": "人员", "cases": "案件"}.get(whose or "", "")


def _bad_value(column: Column, text: str) -> Iterator[str]:
    """Yield why a text is no value of the column."""
    if not text:
        return
    try:
        parser(column, date1904=False)(text)
    except BadCellError as error:
        known = column.vocabulary or (("是", "否") if column.type is Type.BOOL else ())
        near = nearest_word(text, known)
        hint = f"，最接近的是『{near}』" if near else ""
        allowed = f"，可用：{'、'.join(known)}" if known else ""
        yield f"『{clip(text)}』不能填在这一列（{error.reason.title}）{hint}{allowed}"


def _near(text: str, known: Sequence[str]) -> str:
    """Return ，是不是 …？ with the known word most like a text; "" where none is like it."""

    def likeness(word: str) -> float:
        alike = difflib.SequenceMatcher(None, text, word).ratio()
        return alike + (0.5 if word in text else 0.2 if len(word) == len(text) else 0.0)

    best = max(known, key=likeness, default="")
    return f"，是不是 {best}？" if best and likeness(best) >= _LIKENESS else ""


def _table(name: str) -> Table | None:
    return next((t for t in TABLES if name in (t.sheet, t.name)), None)


def _column(table: Table, header: str) -> Column | None:
    word = plain_header(header)
    return next((c for c in table.columns if word == plain_header(c.header)), None)


def _keys_beside(place: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that are known where an unknown one stands."""
    if _WHEN in place:
        model: type[BaseModel] = ConditionModel
    elif "columns" in place:
        model = FormModel
    else:
        model = MappingModel
    return tuple(f.alias for f in model.model_fields.values() if f.alias)


def _said(place: Sequence[str | int]) -> Iterator[str]:
    return (str(step) for step in place if isinstance(step, str) and step != "columns")
