"""计分: month, day, readings and what the last certificate says of each, the run, the last runs."""

from collections.abc import Mapping

import ipywidgets as widgets

from dalian_eval.base.errors import UsageError
from dalian_eval.desk.markup import escaped, sentence, table
from dalian_eval.desk.parts import Action, box, choice, heading, row
from dalian_eval.desk.screens.materials import Materials
from dalian_eval.desk.session import Session
from dalian_eval.record.listed_runs import ListedRun, listed_runs
from dalian_eval.report.certificates.certificate_tables import effects_alone
from dalian_eval.report.certificates.certificate_view import load_tables
from dalian_eval.rubric.model import Rubric
from dalian_eval.stages.parameters import load_params, newest_params, params_for, rubric_of

_RUNS = 10


class Scoring:
    """What is chosen here is what the command says."""

    def __init__(self, desk: Session, materials: Materials) -> None:
        """Choose the last month of the newest year."""
        self._desk, self._materials = desk, materials
        self._params = newest_params(desk.root)
        self._rubric = rubric = rubric_of(self._params, load_params(self._params), {})
        months = [*rubric.period.months]
        self._month = choice("所评月份", [(m, m) for m in months], months[-1])
        self._day = widgets.DatePicker(description="截至日期")
        self._readings: dict[str, widgets.Dropdown] = {}
        self._effects: dict[str, widgets.HTML] = {}
        self._own: Mapping[str, str] = {}
        self._titles: Mapping[str, str] = {}
        readings = widgets.Accordion([self._reading_lines(rubric)])
        readings.set_title(0, f"口径（{len(rubric.readings)}条；不改就按参数文件）")
        run = Action(desk, "计分", self._arguments, primary=True)
        self._chosen, self._runs = widgets.HTML(), widgets.HTML()
        when = widgets.HTML(sentence("截至日期不填：算到当月最后一天。", "soft"))
        note = "算的时候可以关掉这一页，也可以停止；停下后再按“计分”，接着做。"
        self.widget = box(
            row(self._month, self._day),
            when,
            readings,
            self._chosen,
            run.widget,
            widgets.HTML(sentence(note, "soft")),
            heading("最近的记录"),
            self._runs,
        )
        for field in (self._month, self._day, *self._readings.values()):
            desk.on_change(field, self._tell_chosen)

    def refresh(self) -> None:
        """List the runs again, and say what the last certificate says of each reading."""
        runs = listed_runs(self._desk.root / "runs")
        rows = [(r.month, r.as_of, r.folder.name, r.state) for r in runs[:_RUNS]]
        heads = ("月份", "截至", "记录编号", "状态")
        self._runs.value = table(heads, rows) if rows else sentence("还没有记录。", "soft")
        told = _effects_of(runs, self._rubric)
        for name, widget in self._effects.items():
            widget.value = told.get(name, "")
        self._tell_chosen()

    def _reading_lines(self, rubric: Rubric) -> widgets.VBox:
        lines = []
        self._titles = {name: reading.title for name, reading in rubric.readings.items()}
        self._own = {name: rubric.chosen[name] for name in rubric.readings}
        for name, reading in rubric.readings.items():
            options = [(words, option) for option, words in reading.options.items()]
            title = widgets.HTML(f"<strong>{escaped(reading.title)}</strong>")
            pick = choice("", options, self._own[name])
            self._readings[name], self._effects[name] = pick, widgets.HTML()
            why = widgets.HTML(sentence(f"理由：{reading.reason}", "soft"))
            lines.append(box(title, pick, why, self._effects[name], kind="desk-reading"))
        return box(*lines)

    def _changed(self) -> dict[str, str]:
        return {n: str(w.value) for n, w in self._readings.items() if w.value != self._own[n]}

    def _tell_chosen(self) -> None:
        changed = self._changed()
        words = "口径：全部照参数文件。"
        if changed:
            picked = [f"『{self._titles[n]}』改为『{self._readings[n].label}』" for n in changed]
            words = f"口径：{'；'.join(picked)}。"
        self._chosen.value = sentence(words)

    def _arguments(self) -> list[str]:
        month, day = str(self._month.value), self._day.value
        words = ["run", "--month", month, "--raw", self._materials.raw]
        if day:
            if f"{day:%Y-%m}" != month:
                raise UsageError(f"截至日期 {day} 不在所评月份 {month} 之内：请改日期或月份")
            words += ["--as-of", day.isoformat()]
        for name, option in self._changed().items():
            words += ["--reading", f"{name}={option}"]
        if params_for(self._desk.root, month) != self._params:
            raise UsageError(f"{month} 不属于这份参数的年度")
        return words


def _effects_of(runs: list[ListedRun], rubric: Rubric) -> dict[str, str]:
    """Return what the certificate of the last run says of every reading, as HTML."""
    for run in runs:
        try:
            rows = load_tables(run.folder)["readings"]
        except (OSError, ValueError, KeyError):
            continue
        return {
            name: sentence(f"按 {run.month} 的记录：{told}", "soft")
            for name, told in effects_alone(rows, rubric).items()
        }
    return {}
