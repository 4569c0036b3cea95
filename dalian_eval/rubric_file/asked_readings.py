"""Readings that a run asks for: known ones only; no rule is made, nothing large imported."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap

from dalian_eval.base.errors import UsageError
from dalian_eval.base.suggestion import suggestion
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric.model import Reading


def asked_readings(readings: Mapping[str, Reading], asked: Mapping[str, str]) -> Mapping[str, str]:
    """Return the readings asked for; UsageError for those that do not exist, with what there is."""
    titles = {name: reading.title for name, reading in readings.items()}
    for name, option in asked.items():
        if name not in titles:
            near = suggestion(name, titles) or "。"
            raise UsageError(f"没有名为『{name}』的口径{near}可用的口径：{'、'.join(titles)}")
        options = readings[name].options
        if option not in options:
            near = suggestion(option, options) or "。"
            have = "、".join(f"{k}（{v}）" for k, v in options.items())
            raise UsageError(
                f"口径『{name}』（{titles[name]}）没有取值『{option}』{near}可用：{have}"
            )
    return asked


def check_readings(rubric_file: Path, asked: Mapping[str, str]) -> None:
    """UsageError for readings that a rubric file does not declare.

    A declaration that is not sound is told when the file is loaded.
    """
    declared = read_yaml(rubric_file).get("readings")
    if not isinstance(declared, CommentedMap):
        return
    try:
        readings = {str(name): Reading.model_validate(block) for name, block in declared.items()}
    except ValidationError:
        return
    asked_readings(readings, asked)
