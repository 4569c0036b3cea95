"""Values of a YAML file of declarations, read one by one: what is wrong is noted with its line."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.suggestion import suggestion

Of = TypeVar("Of")


class DeclaredValues:
    """Reads the values of mappings; what cannot be read is noted in `faults` and left out.

    `place` is what stands before a key in a sentence (a table, a column), `line` the line to name
    where the key itself is not written.
    """

    def __init__(self, faults: FileFaults) -> None:
        """Note faults in `faults`."""
        self.faults = faults

    def known_keys(self, of: CommentedMap, known: Iterable[str], place: str, line: int) -> None:
        """Note every key that is none of `known`, with the nearest one."""
        known, head = tuple(known), f"{place}." if place else ""
        for key in of:
            if key not in known:
                near = suggestion(str(key), known) or f"，可用：{'、'.join(known)}"
                self.faults.add(line_of(of, key, line), f"{head}{key}：没有这一项{near}")

    def mapping(self, of: CommentedMap, key: str, place: str, line: int) -> CommentedMap:
        """Return the mapping below a key; an empty one where there is none."""
        value = of.get(key)
        if isinstance(value, CommentedMap):
            return value
        if value is not None:
            head = f"{place}." if place else ""
            self.faults.add(line_of(of, key, line), f"{head}{key}：其下应是“名称: 内容”的样式")
        return CommentedMap()

    def text(
        self, of: CommentedMap, key: str, place: str, line: int, *, needed: bool = False
    ) -> str:
        """Return a text without blanks around it, empty where there is none."""
        value = of.get(key)
        at = line_of(of, key, line)
        if key not in of:
            if needed:
                self.faults.add(at, f"{place}：缺少 {key}")
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.faults.add(at, f"{place}.{key}：应是文字，数字和日期请加引号")
            return ""
        return value.strip()

    def flag(self, of: CommentedMap, key: str, place: str, line: int) -> bool:
        """Return a yes or no, no where there is none."""
        value = of.get(key, False)
        if not isinstance(value, bool):
            self.faults.add(line_of(of, key, line), f"{place}.{key}：应写 true 或 false")
            return False
        return value

    def whole(self, of: CommentedMap, key: str, place: str, line: int) -> int | None:
        """Return an integer, None where there is none."""
        value = of.get(key)
        if key in of and (isinstance(value, bool) or not isinstance(value, int)):
            self.faults.add(line_of(of, key, line), f"{place}.{key}：应是整数")
            return None
        return None if value is None else int(value)

    def words(self, of: CommentedMap, key: str, place: str, line: int) -> tuple[str, ...]:
        """Return a list of distinct texts, empty where there is none."""
        value, at = of.get(key), line_of(of, key, line)
        if key not in of:
            return ()
        if not isinstance(value, CommentedSeq) or not value:
            self.faults.add(at, f"{place}.{key}：应是一列文字，如 [甲, 乙]")
            return ()
        words: list[str] = []
        for word in value:
            if not isinstance(word, str) or not word.strip():
                self.faults.add(at, f"{place}.{key}：『{word}』应是文字，数字和日期请加引号")
            elif word.strip() in words:
                self.faults.add(at, f"{place}.{key}：『{word}』写了两次")
            else:
                words.append(word.strip())
        return tuple(words)

    def choice(
        self,
        of: CommentedMap,
        key: str,
        known: Mapping[str, Of],
        place: str,
        line: int,
        *,
        needed: bool = False,
    ) -> Of | None:
        """Return what one of the words `known` stands for, None where there is none."""
        value = of.get(key)
        if value is None:
            if needed or key in of:
                self.faults.add(
                    line_of(of, key, line), f"{place}：缺少 {key}（{'、'.join(known)}）"
                )
            return None
        if not isinstance(value, str) or value not in known:
            near = suggestion(str(value), [*known]) or f"，可用：{'、'.join(known)}"
            self.faults.add(line_of(of, key, line), f"{place}.{key}：没有『{value}』{near}")
            return None
        return known[value]


def line_of(of: CommentedMap | CommentedSeq, key: Any, otherwise: int) -> int:
    """Return the line of a key or position, from 1; `otherwise` where it is not written there."""
    marks = of.lc.data or {}
    return int(marks[key][0]) + 1 if key in marks else otherwise
