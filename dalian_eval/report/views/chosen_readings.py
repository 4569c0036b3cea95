"""The readings of a run: what was chosen where the plan can be understood in more than one way."""

from dataclasses import dataclass

from dalian_eval.report.views.run_view import RunView


@dataclass(frozen=True)
class ChosenReading:
    """A reading and the option this run took; texts in Chinese, `name=value` in `parameter`."""

    name: str
    title: str
    option: str
    default: str
    changed: bool
    reason: str
    parameter: str

    @property
    def told(self) -> str:
        """The reading in one line: 无线索时的处理：按0分计（另选，默认为…）."""
        how = f"另选，默认为{self.default}" if self.changed else "默认"
        return f"{self.title}：{self.option}（{how}）"


def all_readings(view: RunView) -> list[ChosenReading]:
    """Return every reading of the run, in the order of the rubric."""
    return [_chosen(view, name) for name in view.rubric.readings]


def readings_of(view: RunView, node: str) -> tuple[ChosenReading, ...]:
    """Return the readings that a clause or item depends on, in the order of the rubric."""
    return tuple(_chosen(view, name) for name in view.rubric.touching.get(node, ()))


def _chosen(view: RunView, name: str) -> ChosenReading:
    reading = view.rubric.readings[name]
    value = view.meta.get("readings", {}).get(name, view.rubric.chosen[name])
    return ChosenReading(
        name=name,
        title=reading.title,
        option=reading.options.get(value, value),
        default=reading.options[reading.default],
        changed=value != reading.default,
        reason=reading.reason,
        parameter=f"{name}={value}",
    )
