"""Header synonyms (params/headers.yaml): which words of an export name which column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.defences import read_text
from dalian_eval.intake.base.raw_cell import half_width, without_blanks
from dalian_eval.schema.model import Table
from dalian_eval.schema.tables import TABLES

_UNIT_IN_BRACKETS = re.compile(r"[(\[【〔{<《][^()\[\]【】〔〕]*[)\]】〕}>》]$")
_MARKS = "*※★▲:"
"""What forms put beside a header: marks of required columns, colons."""


def plain_header(text: str) -> str:
    """Return a header as it is compared: half-width, without blanks and required marks (*)."""
    return without_blanks(half_width(text)).strip(_MARKS)


def without_unit(header: str) -> str:
    """Return a plain header without its trailing unit in brackets: 得分(分) is 得分."""
    return _UNIT_IN_BRACKETS.sub("", header) or header


@dataclass(frozen=True)
class HeaderMap:
    """For each table (by name): plain header or synonym → column name.

    `own` holds the schema's headers, `synonyms` the others; an own header wins over a synonym.
    """

    own: dict[str, dict[str, str]]
    synonyms: dict[str, dict[str, str]]

    @cached_property
    def all_words(self) -> frozenset[str]:
        """Every word for a column of any table."""
        return frozenset(
            word for words in (self.own, self.synonyms) for of in words.values() for word in of
        )

    def column(self, table: Table, header: str) -> str | None:
        """Return the column that a plain header names in `table`, or None."""
        for words in (self.own[table.name], self.synonyms[table.name]):
            for text in (header, without_unit(header), without_unit(header).removeprefix("是否")):
                if text in words:
                    return words[text]
        return None

    def is_own(self, table: Table, header: str) -> bool:
        """Whether the schema itself uses this header (not a synonym) in `table`."""
        return without_unit(header) in self.own[table.name] or header in self.own[table.name]

    def words(self, table: Table) -> dict[str, str]:
        """Return every word for a column of `table`, with the column's name."""
        return {**self.synonyms[table.name], **self.own[table.name]}


def load_headers(path: Path) -> HeaderMap:
    """Load the synonym file.

    Raises UsageError, naming file and line, for an unreadable file, a header that no table has,
    and a synonym that would name two columns of one table.
    """
    own = {t.name: {plain_header(c.header): c.name for c in t.columns} for t in TABLES}
    synonyms: dict[str, dict[str, str]] = {t.name: {} for t in TABLES}
    known = {plain_header(c.header) for t in TABLES for c in t.columns}
    for entry in _entries(path):
        header = plain_header(entry.header)
        if header not in known:
            raise UsageError(
                f"表头同义词文件 {path} 第 {entry.line} 行：没有哪张表有『{entry.header}』这一列，"
                "请改成数据约定中的表头。"
            )
        for table in TABLES:
            if header in own[table.name]:
                _claim(path, entry, table, own[table.name], synonyms[table.name])
    return HeaderMap(own=own, synonyms=synonyms)


@dataclass(frozen=True)
class _Entry:
    """One synonym with the schema header it stands for and its line in the file."""

    header: str
    synonym: str
    line: int


def _claim(
    path: Path, entry: _Entry, table: Table, own: dict[str, str], synonyms: dict[str, str]
) -> None:
    """Enter one synonym into the words of one table, unless another column has it."""
    column = own[plain_header(entry.header)]
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
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="rt").load(read_text(path))
    except OSError:
        raise UsageError(
            f"找不到或打不开表头同义词文件 {path}，请检查路径，或从项目中恢复 headers.yaml。"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"表头同义词文件 {path} 不是 UTF-8 编码，请另存为 UTF-8。") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise UsageError(
            f"表头同义词文件 {path} 第 {line} 行不合 YAML 格式"
            "（缩进、冒号或重复的表头），请对照文件开头的示例修改。"
        ) from None
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
