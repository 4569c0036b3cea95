"""Header synonyms (params/headers.yaml): which words of an export name which column."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.base.raw_cell import half_width, without_blanks, without_padding
from dalian_eval.schema.model import Column, Table
from dalian_eval.schema.tables import BY_NAME, SHIPPED, TABLES

_BRACKET = re.compile(r"[(\[【〔{<《]([^()\[\]【】〔〕]*)[)\]】〕}>》]$")
_AND = re.compile(r"[/、,，;；|]|或者?|和|及")
_BESIDE_A_HEADER = re.compile(
    r"(?:单位:?)?(?:分|条|件|次|人|个|篇|起|份|元|万元|台|套|辆|名|项|户|家|期|年|月|日|时|天|%|百分制|分制)?"
    r"|(?:必|选|非必)(?:填|报|录)项?|可(?:为)?空|没有(?:则|的)?(?:留空|不填)|如有|若有"
    r"|满分:?\d+分?|\d+[-~～至]\d+分?|\d+分制|保留.{1,6}小数|\d+"
    r"|(?:格式|如|例|例如|示例|形如|样式):?.*|[ymdhsYMDHS年月日时分秒:./-]+|文本(?:格式)?|全称|简称|全名|日期(?:格式)?|数字"
    r"|(?:是|否|有|无|√|×|Y|N|y|n|1|0)+|可?(?:多选|单选|下拉|多个|多项).*|.*(?:分隔|隔开)|[一二三四五六七八九十甲乙丙丁]"
)
"""What people write in brackets behind a header that says no more than the header does."""
_MARKS = "*※★▲:"
"""What forms put beside a header: marks of required columns, colons."""
_QUOTED = re.compile(r"=\"(.*)\"")
_NUMBERED = re.compile(r"(?:\d{1,2}[.、)]|\(\d{1,2}\)|[①-⑳])(?=[^\d.])")


def plain_header(text: str) -> str:
    """Return a header as it is compared: half-width, without what is put around its words.

    That is blanks, marks of required columns (*), an apostrophe or ="…" of a csv, and the number
    of the column (1.编号).
    """
    word = without_blanks(half_width(without_padding(text))).lstrip("'’‘`")
    quoted = _QUOTED.fullmatch(word)
    if quoted:
        word = quoted[1]
    word = word.strip(_MARKS)
    return _NUMBERED.sub("", word, count=1) if _NUMBERED.match(word) else word


def without_unit(header: str) -> str:
    """Return a plain header without its trailing bracket: 得分(分) is 得分."""
    return _BRACKET.sub("", header) or header


def _says_no_more(header: str, column: Column, words: Collection[str]) -> bool:
    """Whether the bracket behind a header leaves its meaning: units, formats, choices, synonyms.

    得分(自评) is not 得分. `words` are the plain headers that name the same.
    """
    found = _BRACKET.search(header)
    if not found or not without_blanks(found[1]):
        return True
    known = {*words, *map(half_width, column.vocabulary), "单位", "个人"}
    whole = without_blanks(found[1])
    return all(
        word in known or _BESIDE_A_HEADER.fullmatch(word) for word in _AND.split(whole)
    ) or bool(_BESIDE_A_HEADER.fullmatch(whole))


@dataclass(frozen=True)
class HeaderMap:
    """For each table (by name): plain header or synonym → column name.

    `own` holds the schema's headers, `synonyms` the others; an own header wins over a synonym.
    `entries` are the words that clauses look for in lists that may hold any, by `table.column`:
    an entry that joins several of them is split.
    """

    own: dict[str, dict[str, str]]
    synonyms: dict[str, dict[str, str]]
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def all_words(self) -> frozenset[str]:
        """Every word for a column of any table."""
        return frozenset(
            word for words in (self.own, self.synonyms) for of in words.values() for word in of
        )

    def column(self, table: Table, header: str) -> str | None:
        """Return the column that a plain header names in `table`, or None."""
        short = without_unit(header)
        for words in (self.own[table.name], self.synonyms[table.name]):
            if header in words:
                return words[header]
            for text in (short, short.removeprefix("是否")):
                if text in words and self._is_told_by(header, table, words[text]):
                    return words[text]
        return None

    def _is_told_by(self, header: str, table: Table, name: str) -> bool:
        """Whether a header with a bracket means no other column than the header without it."""
        column = table[name]
        same = {word for word, of in self.words(table).items() if of == name}
        if column.references and column.references in BY_NAME:
            target = BY_NAME[column.references]
            keys = (target[key] for key in (*target.key, "name") if key in target)
            same |= {plain_header(key.header) for key in keys}
        elif column.references:
            same |= self._keys_of_subjects
        return _says_no_more(header, column, same)

    @cached_property
    def _keys_of_subjects(self) -> frozenset[str]:
        keys = (BY_NAME[name][key] for name in ("units", "officers") for key in BY_NAME[name].key)
        return frozenset(plain_header(key.header) for key in keys)

    def is_own(self, table: Table, header: str) -> bool:
        """Whether the schema itself uses this header (not a synonym) in `table`."""
        own = self.own[table.name]
        return header in own or (without_unit(header) in own and bool(self.column(table, header)))

    def words(self, table: Table) -> dict[str, str]:
        """Return every word for a column of `table`, with the column's name."""
        return {**self.synonyms[table.name], **self.own[table.name]}


def load_headers(path: Path, entries: Mapping[str, tuple[str, ...]] | None = None) -> HeaderMap:
    """Load the synonym file, besides the synonyms of the tables; `entries`: words known in lists.

    Raises UsageError, naming file and line, for an unreadable file, a header that no table has,
    and a synonym that would name two columns of one table.
    """
    own = {t.name: {plain_header(c.header): c.name for c in t.columns} for t in TABLES}
    synonyms = {
        t.name: {plain_header(word): c.name for c in t.columns for word in c.synonyms}
        for t in TABLES
    }
    first = {t.name: _first_headers(t) for t in TABLES}
    known = {header for of in (*own.values(), *first.values()) for header in of}
    for entry in _entries(path):
        header = plain_header(entry.header)
        if header not in known:
            raise UsageError(
                f"表头同义词文件 {path} 第 {entry.line} 行：没有哪张表有『{entry.header}』这一列，"
                "请改成数据约定中的表头。"
            )
        for table in TABLES:
            column = own[table.name].get(header) or first[table.name].get(header)
            if column is not None:
                _claim(path, entry, table, column, own[table.name], synonyms[table.name])
    return HeaderMap(own=own, synonyms=synonyms, entries=entries or {})


@dataclass(frozen=True)
class _Entry:
    """One synonym with the schema header it stands for and its line in the file."""

    header: str
    synonym: str
    line: int


def _first_headers(table: Table) -> dict[str, str]:
    """Return the package's headers of columns that a project calls otherwise, with their names."""
    shipped = SHIPPED.by_name.get(table.name)
    return {
        plain_header(c.header): c.name
        for c in (() if shipped is None else shipped.columns)
        if c.name in table and table[c.name].header != c.header
    }


def _claim(
    path: Path,
    entry: _Entry,
    table: Table,
    column: str,
    own: dict[str, str],
    synonyms: dict[str, str],
) -> None:
    """Enter one synonym of a column into the words of its table, unless another column has it."""
    word = plain_header(entry.synonym)
    holder = own.get(word) or synonyms.get(word)
    if holder is not None:
        same = "重复列出" if holder == column else f"已经是『{table[holder].header}』的写法"
        raise UsageError(
            f"表头同义词文件 {path} 第 {entry.line} 行：『{entry.synonym}』在表『{table.sheet}』中"
            f"{same}，请只保留一处。"
        )
    synonyms[word] = column


def _entries(path: Path) -> Iterator[_Entry]:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    from dalian_eval.base.yaml_file import BadYamlError, load_yaml

    try:
        content = load_yaml(path)
    except OSError:
        raise UsageError(
            f"找不到或打不开表头同义词文件 {path}，请检查路径，或从项目中恢复 headers.yaml。"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"表头同义词文件 {path} 不是 UTF-8 编码，请另存为 UTF-8。") from None
    except BadYamlError as error:
        where = f" 第 {error.line} 行：" if error.line else " "
        raise UsageError(f"表头同义词文件 {path}{where}{error}，可对照文件开头的示例。") from None
    if content is None:
        return
    if not isinstance(content, CommentedMap):
        raise UsageError(f"表头同义词文件 {path} 第 1 行应为“表头: [同义词, ……]”的样式，请改正。")
    for header, words in content.items():
        line = int(content.lc.key(header)[0]) + 1
        if not isinstance(header, str) or not isinstance(words, CommentedSeq):
            raise UsageError(
                f"表头同义词文件 {path} 第 {line} 行：『{header}』后面应为同义词的列表，"
                "如 执法证号: [执法证编号, 证件号]。"
            )
        for position, word in enumerate(words):
            word_line = int(words.lc.item(position)[0]) + 1
            if not isinstance(word, str) or not plain_header(word):
                raise UsageError(
                    f"表头同义词文件 {path} 第 {word_line} 行：『{header}』的同义词应为文字，"
                    "请改正或删去。"
                )
            yield _Entry(header, word, word_line)
