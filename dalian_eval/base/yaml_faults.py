"""Reading a YAML file that users edit, and telling what its model finds wrong, key by key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.errors import UsageError
from dalian_eval.base.suggestion import nearest_words, suggestion
from dalian_eval.base.system_refusals import open_elsewhere
from dalian_eval.base.yaml_file import BadYamlError, load_yaml

Place = tuple[str | int, ...]
"""Where something stands in a file: the keys and list positions that lead to it."""


def read_yaml(path: Path) -> CommentedMap:
    """Read a YAML file with line numbers and exact decimals; what is returned is shared.

    UsageError, with the line, when it is missing, is no mapping or has a fault (see `load_yaml`).
    """
    try:
        data = load_yaml(path)
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and (told := open_elsewhere(error, path)):
            raise UsageError(told) from error
        raise UsageError(f"读不了文件 {path.name}：请确认文件存在且为 UTF-8 编码") from error
    except BadYamlError as error:
        where = f"第{error.line}行：" if error.line else ""
        raise UsageError(f"{path.name} {where}{error}") from error
    if not isinstance(data, CommentedMap):
        raise UsageError(f"{path.name} 不是键值结构的 YAML 文件")
    return data


def model_faults(
    error: ValidationError, model: type[BaseModel], data: Any
) -> Iterator[tuple[Place, str]]:
    """Yield what pydantic found wrong with `data`: the place, and a Chinese sentence.

    A misspelt key is told with the key that was meant, which is then not told as missing.
    """
    found = [(_place(e["loc"], data, e["type"] == "missing"), e) for e in error.errors()]
    places = [place for place, _ in found]
    meant: set[Place] = set()
    for place, one in found:
        if one["type"] == "extra_forbidden":
            near = nearest_words(str(place[-1]), fields_at(model, place[:-1]))
            meant |= {(*place[:-1], word) for word in near}
    told: set[tuple[Place, str]] = set()
    for place, one in found:
        if one["type"] == "missing" and place in meant:
            continue
        if one["type"] == "too_short" and any(place == p[: len(place)] != p for p in places):
            continue  # what is wrong in the list leaves it too short
        key = ".".join(map(str, place))
        sentence = _sentence(one, place, model)
        if (place, sentence) not in told:
            told.add((place, sentence))
            yield place, f"{key}：{sentence}" if key else sentence


def _place(location: Sequence[str | int], data: Any, missing: bool) -> Place:
    """Return pydantic's location as keys of the file, without the names of union members.

    `missing`: its last step is a key that does not stand in the file.
    """
    place: list[str | int] = []
    for number, step in enumerate(location):
        if isinstance(data, Mapping):
            if step in data:
                place.append(step)
                data = data[step]
            elif missing and number == len(location) - 1:
                place.append(step)
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(step, int):
            place.append(step)
            data = data[step] if step < len(data) else None
    return tuple(place)


def fields_at(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """Return the keys that may stand at `place` of a file that `model` describes."""
    models = {model}
    for step in place:
        if isinstance(step, int):
            continue
        known = [m.model_fields[step].annotation for m in models if step in m.model_fields]
        # A key that is data (a name in a mapping) keeps the models that its values may be.
        models = {m for annotation in known for m in _models_in(annotation)} if known else models
    return tuple(dict.fromkeys(name for m in models for name in m.model_fields))


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in get_args(annotation) for model in _models_in(part)}


def meant(word: object, known: Iterable[object]) -> str:
    """Return ，是不是 … for the nearest of `known`; else what there is; empty for nothing."""
    words = [*map(str, known)]
    return suggestion(str(word), words) or (f"，可用：{'、'.join(words)}" if words else "")


def _sentence(error: Mapping[str, Any], place: Place, model: type[BaseModel]) -> str:
    """Return a pydantic error as a Chinese sentence, with the key that was meant."""
    if error["type"] == "extra_forbidden":
        return "有不认识的键，请检查拼写" + suggestion(str(place[-1]), fields_at(model, place[:-1]))
    return error_sentence(error)


def error_sentence(error: Mapping[str, Any]) -> str:
    """Return one of pydantic's errors as a Chinese sentence."""
    kind, context = error["type"], error.get("ctx", {})
    given = _shown(error.get("input"))
    if kind == "missing":
        return "缺少必填的键"
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind in ("union_tag_invalid", "literal_error"):
        expected = context.get("expected_tags") or context.get("expected", "")
        words = expected.replace(" or ", "、").replace(", ", "、").replace("'", "")
        return f"取值『{context.get('tag', given)}』不在允许范围：{words}"
    bound = next((b for b in _BOUNDS if b in context), None)
    if bound is not None:
        return f"取值『{given}』超出范围，应{_BOUNDS[bound]}{context[bound]}"
    if kind == "string_too_short":
        return "没有写内容"
    if kind == "string_too_long":
        return f"太长，最多{context['max_length']}个字"
    if kind.startswith("int") and isinstance(error.get("input"), str) and given.isdecimal():
        return f"取值『{given}』加了引号，成了文字，请去掉引号"
    if kind.startswith(("too_short", "too_long")):
        return "内容太少，至少要写一项" if kind == "too_short" else "内容太多"
    for start, what in _TYPES.items():
        if kind.startswith(start):
            return f"取值『{given}』不对，应为{what}"
    return f"取值『{given}』的类型或格式不对"


def _shown(value: object) -> str:
    """Return a value as its author wrote it, shortened."""
    if value is None:
        return "空"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "、".join(f"{key}: …" for key in value)[:40]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(map(_shown, value))[:40]
    return str(value)[:40]


_BOUNDS = {"gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于"}

_TYPES = {
    "bool": "true 或 false",
    "int": "整数",
    "string": "文字",
    "date": "日期，如 2024-10-31",
    "tuple": "列表，如 [甲, 乙]",
    "list": "列表，如 [甲, 乙]",
    "dict": "键值结构",
    "model": "键值结构",
    "dataclass": "键值结构",
}
