"""Reading the YAML files that users edit: parameters, rubric, header synonyms, worked cases.

A file may name a part (`&name`) and have it stand again (`*name`), but not within itself, and no
name twice; it holds no tags. What is wrong is told with its line.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from dalian_eval.base.defences import read_settings, refuse_endless


class BadYamlError(ValueError):
    """What is wrong with a YAML file.

    `str()` is a Chinese clause that says what mends it; `line` counts from 1, 0 where unknown.
    """

    def __init__(self, clause: str, line: int = 0):
        """Take the clause and the line."""
        super().__init__(clause)
        self.line = line


class _SoundComposer(Composer):
    """Refuses a part that stands within itself, a name given twice and tags."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        name = event.anchor
        named = self.anchors.get(name) if name is not None else None
        wrong = ""
        if isinstance(event, AliasEvent):
            # A list or mapping that is still being read has no end yet.
            if named is not None and named.end_mark is None:
                wrong = f"『*{name}』用在它自己里面，没有尽头，请改为写明内容"
        elif named is not None:
            wrong = f"『&{name}』这个名称用了两次，请改用另一个"
        elif event.tag is not None:
            wrong = f"不能写标签『{event.tag}』，请删去"
        if wrong:
            raise ComposerError(None, None, wrong, event.start_mark)
        return super().compose_node(parent, index)


class _ExactConstructor(RoundTripConstructor):
    """Reads decimal numbers as Decimal: the rubric never becomes a binary float."""

    def construct_decimal(self, node: ScalarNode) -> Decimal:
        return Decimal(node.value)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, ArithmeticError):
            wrong = f"『{str(node.value)[:40]}』不是正确的数或日期，请改正"
            raise ConstructorError(None, None, wrong, node.start_mark) from None


_ExactConstructor.add_constructor("tag:yaml.org,2002:float", _ExactConstructor.construct_decimal)


def load_yaml(path: Path) -> Any:
    """Return what a YAML file holds, with line numbers and exact decimals; it is shared.

    OSError or UnicodeDecodeError when it cannot be read; BadYamlError, with the line, for the rest:
    syntax, repeated keys, what has no end, tags.
    """
    with _faults_told():
        return _parsed(read_settings(path))


@contextmanager
def _faults_told() -> Iterator[None]:
    """Turn what the library says of a file into a BadYamlError with its line."""
    try:
        yield
    except (UnicodeDecodeError, BadYamlError):
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadYamlError(_clause(str(error.problem)), mark.line + 1 if mark else 0) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise BadYamlError("嵌套太深或有不能显示的字符，没有读取，请从备份取回或改正") from error


@lru_cache(maxsize=8)
def _parsed(text: str) -> Any:
    """Return what a YAML text holds; a rubric takes a second, so the same text is parsed once."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = _SoundComposer
    yaml.Constructor = _ExactConstructor
    content = yaml.load(text)
    refuse_endless(content)
    return content


class Text(str):
    """A scalar as it is written, 0.80 as well as 是, and its line."""

    line: int

    def __new__(cls, text: str, line: int = 1) -> "Text":
        """Take the text and its line, counted from 1."""
        made = super().__new__(cls, text)
        made.line = line
        return made


class TextList(list[Any]):
    """A list of `Text`, `TextList` and `TextMap`, and the line it begins in."""

    line: int


class TextMap(dict[str, Any]):
    """A mapping whose keys are `Text`, and the line it begins in."""

    line: int


def load_texts(path: Path) -> Any:
    """Return what a YAML file holds with every scalar as text: `Text`, `TextList` and `TextMap`.

    The errors are those of `load_yaml`.
    """
    with _faults_told():
        root = compose(read_settings(path))
        content = _as_texts(root, {}) if root is not None else Text("", 1)
        refuse_endless(content)
        return content


def compose(text: str) -> Any:
    """Return the nodes of a YAML text, with the places where they begin and end; None if empty."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = _SoundComposer
    return yaml.compose(text)


def _as_texts(node: Any, done: dict[int, Any]) -> Any:
    """Return a node as texts; what is named once and stands again is one object."""
    if id(node) in done:
        return done[id(node)]
    line = node.start_mark.line + 1
    made: Any
    if isinstance(node, SequenceNode):
        made = TextList(_as_texts(child, done) for child in node.value)
        made.line = line
    elif isinstance(node, MappingNode):
        made = TextMap()
        made.line = line
        for key, value in node.value:
            name = _as_texts(key, done)
            if not isinstance(name, Text):
                raise BadYamlError("键应是文字，请改正", line)
            if name in made:
                raise BadYamlError(f"有重复的键『{name}』，请删去一处", name.line)
            made[name] = _as_texts(value, done)
    else:
        made = Text(node.value, line)
    done[id(node)] = made
    return made


def _clause(problem: str) -> str:
    """Return in Chinese what the library, or a class here, says is wrong."""
    if problem.startswith(("『", "不能")):
        return problem
    repeated = re.search(r'duplicate key "([^"]*)"', problem)
    if repeated:
        return f"有重复的键『{repeated[1]}』，请删去一处"
    return "不是正确的 YAML 写法，请检查缩进、冒号与括号"
