"""Reading files of worked cases: all that is wrong is told at once, each with file and line."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import UsageError
from dalian_eval.base.suggestion import suggestion
from dalian_eval.base.yaml_file import BadYamlError, Text, TextList, TextMap, load_texts
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.queries import SECTION_NAMES
from dalian_eval.schema.tables import REQUIRED
from dalian_eval.workbench.case_form import (
    ASPECTS,
    BACKGROUND,
    DRAWN,
    DRAWN_COUNT,
    EXTRA,
    NOTHING,
    SCORE_STATUSES,
    STATUSES,
    THIS,
    TOTALS,
    Background,
    Case,
    Example,
    Expectation,
    Value,
    Worked,
    by_sheet,
)
from dalian_eval.workbench.case_rows import RowError, rows_of

_COMMON = ("截至", "口径", "缺表", "算式", "期望")
"""What a case may say once for all its examples."""


class _Faults:
    """What is wrong in the files of cases, by file and line."""

    def __init__(self) -> None:
        self._found: set[tuple[str, int, str]] = set()

    def add(self, file: str, line: int, sentence: str) -> None:
        """Note a fault; line 0 is the file as a whole."""
        self._found.add((file, line, sentence))

    def raise_all(self) -> None:
        """UsageError with every fault, when there is one."""
        if self._found:
            raise UsageError(
                "\n".join(
                    f"{file} 第{line}行：{sentence}" if line else f"{file}：{sentence}"
                    for file, line, sentence in sorted(self._found)
                )
            )


def read_cases(folders: Mapping[Path, list[Path]], rubric: Rubric) -> list[Worked]:
    """Return every example of the files of cases, by folder, as they are about `rubric`.

    UsageError with all that is wrong: broken YAML, keys, tables, columns, clauses, readings,
    candidates and numbers that there are not, examples of one name.
    """
    faults = _Faults()
    worked: list[Worked] = []
    for folder, files in folders.items():
        background = _background(folder / BACKGROUND, faults)
        names: dict[str, str] = {}
        for path in files:
            for case in _CaseReader(path.name, faults, rubric, background).cases(
                _content(path, faults)
            ):
                for example in case.examples:
                    one = Worked(background, case, example, f"k{len(worked) + 1:03}")
                    worked.append(one)
                    if one.name in names:
                        sentence = f"案例『{one.name}』与{names[one.name]}重名，请改名"
                        faults.add(path.name, example.line, sentence)
                    names.setdefault(one.name, one.place)
    faults.raise_all()
    for one in worked:
        try:
            rows_of(one)
        except RowError as error:
            faults.add(error.file or one.case.file, error.line, f"案例『{one.name}』{error}")
    faults.raise_all()
    return worked


def _content(path: Path, faults: _Faults) -> TextMap:
    """Return what a file holds, without content when it cannot be read."""
    try:
        found = load_texts(path)
    except (OSError, UnicodeDecodeError):
        faults.add(path.name, 0, f"读不了，请确认 {path} 存在且为 UTF-8 编码")
    except BadYamlError as error:
        faults.add(path.name, error.line, str(error))
    else:
        if isinstance(found, TextMap):
            return found
        faults.add(path.name, 1, "不是键值结构的 YAML 文件")
    return TextMap()


def _background(path: Path, faults: _Faults) -> Background:
    reader = _FormReader(path.name, faults)
    content = _content(path, faults)
    if content:
        reader.only(content, ("截至", "事实", "默认列"), ())
    facts = reader.facts(content.get("事实"))
    defaults = {
        sheet: row
        for sheet, row in reader.mapping(content.get("默认列")).items()
        if reader.known(sheet, by_sheet(), "表") and isinstance(row, TextMap)
    }
    for sheet, row in defaults.items():
        reader.row(sheet, row)
    return Background(
        reader.day(content.get("截至"), dt.date.min),
        facts,
        defaults,
    )


class _FormReader:
    """Reads the parts of one file; whatever is wrong is noted and left out."""

    def __init__(self, file: str, faults: _Faults) -> None:
        self._file = file
        self._faults = faults
        self._tables = by_sheet()

    def fault(self, node: object, sentence: str) -> None:
        """Note what is wrong with a part."""
        self._faults.add(self._file, int(getattr(node, "line", 1)), sentence)

    # ---- parts ---------------------------------------------------------------------------

    def only(self, node: TextMap, needed: tuple[str, ...], allowed: tuple[str, ...]) -> None:
        """Note keys that are missing or unknown."""
        for key in node:
            if key not in (*needed, *allowed):
                near = suggestion(key, dict.fromkeys((*needed, *allowed), "")) or "。"
                known = "、".join((*needed, *allowed))
                self.fault(key, f"没有名为『{key}』的键{near}可用的键：{known}")
        for key in needed:
            if key not in node:
                self.fault(node, f"缺少『{key}』")

    def text(self, node: object, name: str, least: int = 0) -> str:
        """Return a text; what is none, or shorter than `least`, is noted."""
        if node is None:
            return ""
        if not isinstance(node, Text):
            self.fault(node, f"『{name}』应是文字")
            return ""
        if len(node) < least:
            self.fault(node, f"『{name}』没有写清楚：『{node}』")
        return node

    def mapping(self, node: object) -> TextMap:
        """Return a mapping; what is none is noted."""
        if isinstance(node, TextMap):
            return node
        if node is not None and node != "":
            self.fault(node, "这里应是键值结构（名称: 内容）")
        return TextMap()

    def listing(self, node: object, what: str) -> list[Any]:
        """Return a list; what is none is noted."""
        if isinstance(node, TextList):
            return node
        if node is not None and node != "":
            self.fault(node, f"{what}应是列表（每行以 - 开头，或写在方括号里）")
        return []

    def known(self, name: object, names: Mapping[str, Any], what: str) -> bool:
        """Whether `name` is one of `names`; if not, it is noted."""
        if not isinstance(name, Text):
            self.fault(name, f"这里应是{what}的名称")
            return False
        if name in names:
            return True
        near = suggestion(name, dict.fromkeys(names, "")) or "，请检查拼写"
        self.fault(name, f"没有{what}『{name}』{near}")
        return False

    def day(self, node: object, default: dt.date) -> dt.date:
        """Return a day; what is none is noted."""
        if node is None:
            return default
        try:
            return dt.date.fromisoformat(self.text(node, "截至"))
        except ValueError:
            self.fault(node, f"截至『{node}』应是 2024-10-31 这样的日期")
            return default

    def facts(self, node: object) -> dict[str, TextList]:
        """Return the rows of every table."""
        result = {}
        for sheet, rows in self.mapping(node).items():
            if not self.known(sheet, self._tables, "表"):
                continue
            listed = self.listing(rows, f"表『{sheet}』的行")
            for row in listed:
                self.row(sheet, row)
            if isinstance(rows, TextList):
                result[str(sheet)] = rows
        return result

    def row(self, sheet: str, row: object) -> None:
        """Note what is wrong in the form of a row."""
        if not isinstance(row, TextMap):
            self.fault(row, f"表『{sheet}』的一行应写成 {{列名: 内容, …}}")
            return
        columns = dict.fromkeys((*(c.header for c in self._tables[sheet].columns), *EXTRA))
        for header, cell in row.items():
            self.known(header, columns, f"表『{sheet}』的列")
            if isinstance(cell, TextMap) or (
                isinstance(cell, TextList) and not all(isinstance(c, Text) for c in cell)
            ):
                self.fault(header, f"『{header}』应是文字或文字的列表")


class _CaseReader(_FormReader):
    """Reads the cases of one file, which are about `rubric`."""

    def __init__(self, file: str, faults: _Faults, rubric: Rubric, background: Background) -> None:
        super().__init__(file, faults)
        self._readings_known = rubric.readings
        self._background = background
        self._nodes = {
            i: node.title
            for kind in SECTION_NAMES
            for i, node in rubric.section(kind).nodes.items()
        }

    def cases(self, content: TextMap) -> Iterator[Case]:
        """Yield the cases of a file that can be read."""
        if not content:
            return
        self.only(content, ("主题", "案例"), ())
        found = self.listing(content.get("案例"), "案例")
        if not found:
            self.fault(content, "没有写任何案例")
        for node in found:
            if isinstance(node, TextMap):
                yield self._case(node)
            else:
                self.fault(node, "一个案例应写成 名称、条款、依据、事实、算式、期望 几项")

    def _case(self, node: TextMap) -> Case:
        many = "各例" in node
        self.only(
            node,
            ("名称", "条款", "依据"),
            ("不用背景", "事实", "各例", *_COMMON),
        )
        if many and "期望" in node:
            self.fault(node["期望"], "有 各例 时，期望 写在每一例里")
        clause = self.text(node.get("条款"), "条款")
        if isinstance(clause, Text):
            self.known(clause, self._nodes, "条款")
        without = self.listing(node.get("不用背景"), "不用背景")
        shared = {key: node[key] for key in _COMMON if key in node}
        examples = []
        for part in self.listing(node.get("各例"), "各例") if many else [node]:
            if not isinstance(part, TextMap):
                self.fault(part, "一例应写成 例、代入、算式、期望 几项")
                continue
            if many:
                self.only(part, ("例",), ("代入", *_COMMON))
            examples.append(self._example(part, shared, clause, many=many))
        facts = self.facts(node.get("事实"))
        self._placeholders(node, examples)
        return Case(
            self._file,
            self.text(node.get("名称"), "名称", 2),
            clause,
            self.text(node.get("依据"), "依据", 3),
            frozenset(s for s in without if self.known(s, self._tables, "表")),
            facts,
            tuple(examples),
        )

    def _placeholders(self, node: TextMap, examples: list[Example]) -> None:
        facts = str(node.get("事实", ""))
        for example in examples:
            for word in example.fill:
                if f"<{word}>" not in facts:
                    self.fault(word, f"代入了『{word}』，事实中却没有 <{word}>")

    def _example(
        self,
        node: TextMap,
        shared: Mapping[str, Any],
        clause: str,
        *,
        many: bool,
    ) -> Example:
        own = {**shared, **{str(k): v for k, v in node.items()}}
        missing = self.listing(own.get("缺表"), "缺表")
        for sheet in missing:
            if self.known(sheet, self._tables, "表") and self._tables[sheet].name in REQUIRED:
                self.fault(sheet, f"表『{sheet}』不能缺，没有它不能计分")
        fill = {k: v for k, v in self.mapping(node.get("代入")).items() if many}
        for word, value in fill.items():
            if not isinstance(value, Text):
                self.fault(word, f"代入『{word}』应是文字")
        return Example(
            name=self.text(own.get("例"), "例"),
            fill=fill,
            as_of=self.day(own.get("截至"), self._background.as_of),
            readings=self._readings(own.get("口径")),
            missing=frozenset(map(str, missing)),
            working=self.text(own.get("算式"), "算式", 4) or self._unworked(node),
            expected=tuple(self._expectations(own.get("期望"), node, clause)),
            line=node.line,
        )

    def _unworked(self, node: TextMap) -> str:
        self.fault(node, "缺少『算式』：请写出怎么算的")
        return ""

    def _readings(self, node: object) -> dict[str, str]:
        known, result = self._readings_known, {}
        for name, option in self.mapping(node).items():
            if not self.known(name, known, "口径"):
                continue
            if isinstance(option, Text) and self.known(
                option, known[name].options, f"口径『{name}』的取值"
            ):
                result[str(name)] = str(option)
        return result

    def _expectations(self, stated: object, node: TextMap, clause: str) -> Iterator[Expectation]:
        if not isinstance(stated, TextMap) or not stated:
            self.fault(stated if isinstance(stated, Text) else node, "缺少『期望』：谁得多少分")
            return
        for candidate, about in stated.items():
            subjects = about if isinstance(about, TextMap) else {Text(THIS, stated.line): about}
            if not subjects:
                self.fault(candidate, f"没有写对『{candidate}』期望什么")
            for subject, value in subjects.items():
                yield from self._about(candidate, subject, value, clause)

    def _about(
        self, candidate: str, subject: str, stated: Any, clause: str
    ) -> Iterator[Expectation]:
        """Yield what is stated about one candidate's clause, total, rank or draw."""
        name = clause if subject == THIS else str(subject)

        def one(aspect: str, value: Value | None) -> Iterator[Expectation]:
            if value is not None:
                yield Expectation(str(candidate), name, aspect, value)

        if subject == DRAWN:
            cases = stated if isinstance(stated, TextList) else [stated]
            yield from one("drawn", tuple(sorted(map(str, cases))))
        elif subject == DRAWN_COUNT:
            yield from one("drawn_count", self._amount(subject, stated))
        elif subject == "状态":
            yield from one("status", self._word(subject, stated, SCORE_STATUSES))
        elif subject == "名次" and stated == NOTHING:
            yield from one("rank", NOTHING)
        elif subject in TOTALS:
            yield from one(TOTALS[subject], self._amount(subject, stated))
        elif subject != THIS and not self.known(subject, {**self._nodes, **TOTALS}, "条款"):
            return
        elif isinstance(stated, TextMap):
            for aspect, value in stated.items():
                if not self.known(aspect, ASPECTS, "这样的写法"):
                    continue
                word = aspect == "状态"
                yield from one(
                    ASPECTS[aspect],
                    self._word(aspect, value, STATUSES) if word else self._amount(aspect, value),
                )
        else:
            yield from one("points", self._amount(subject, stated))

    def _amount(self, place: str, text: object) -> Decimal | None:
        if isinstance(text, Text) and re.fullmatch(r"-?\d+(\.\d{1,4})?", text):
            return Decimal(text)
        shown = text if isinstance(text, Text) else "……"
        self.fault(text if isinstance(text, Text) else place, f"应是最多四位小数的数：『{shown}』")
        return None

    def _word(self, place: str, text: object, words: Mapping[str, str]) -> str | None:
        if isinstance(text, Text) and text in words:
            return words[text]
        self.fault(place, f"状态应是{'、'.join(words)}之一，写的是『{text}』")
        return None
