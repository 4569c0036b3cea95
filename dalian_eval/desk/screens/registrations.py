"""登记: what the bureau states itself, filled in here, kept in a file of the raw folder."""

from collections.abc import Callable

import ipywidgets as widgets

from dalian_eval.desk.markup import sentence, table
from dalian_eval.desk.parts import box, choice, heading, offer, row
from dalian_eval.desk.session import Session
from dalian_eval.jobs.register_statement import FILE, dates_of_plan, register, stated
from dalian_eval.schema.registrations import DATES, TABLE
from dalian_eval.schema.tables import BY_NAME

_DAY = "date"
_MATTER, _ABOUT = "matter", "about"


class Registrations:
    """A cell for each column of 登记; of a 时间节点 the name is chosen, of all else it is typed."""

    def __init__(self, desk: Session, raw: Callable[[], str]) -> None:
        """Take where the raw folder is, relative to the project."""
        self._desk, self._raw = desk, raw
        columns = BY_NAME[TABLE].columns[1:]
        self._cells: dict[str, widgets.ValueWidget] = {}
        for column in columns:
            if column.fixed:
                cell = choice(column.header, [(word, word) for word in column.vocabulary])
            elif column.name == _DAY:
                cell = widgets.DatePicker(description=column.header)
            else:
                cell = widgets.Text(description=column.header)
            self._cells[column.name] = cell
        self._date_of_plan = choice(BY_NAME[TABLE][_ABOUT].header)
        keep = widgets.Button(description="登记", button_style="primary")
        desk.on_click(keep, self._keep)
        desk.on_change(self._cells[_MATTER], self._show_about)
        self._done, self._told = widgets.HTML(), widgets.HTML()
        cells = {name: row(cell) for name, cell in self._cells.items()}
        cells[_ABOUT].children += (self._date_of_plan,)
        for column in columns:
            if column.note:
                cells[column.name].children += (widgets.HTML(sentence(column.note, "soft")),)
        note = f"由本局认定、不影响得分的事。按“登记”就记入{FILE}，和报送表一起读。"
        self.widget = box(
            heading("登记"),
            widgets.HTML(sentence(note, "soft")),
            *cells.values(),
            row(keep, self._done),
            self._told,
        )

    def refresh(self) -> None:
        """Look at what is registered."""
        offer(self._date_of_plan, [(name, name) for name in dates_of_plan(self._desk.root)])
        self._show_about()
        rows = stated(self._desk.root / self._raw())
        told = table(tuple(rows.columns), list(rows.itertuples(index=False, name=None)))
        self._told.value = told if len(rows) else sentence("还没有在这里登记过。", "soft")

    def _show_about(self) -> None:
        chosen = self._cells[_MATTER].value == DATES
        self._date_of_plan.layout.display = None if chosen else "none"
        self._cells[_ABOUT].layout.display = "none" if chosen else None

    def _keep(self) -> None:
        typed = {name: str(cell.value or "") for name, cell in self._cells.items()}
        if typed[_MATTER] == DATES:
            typed[_ABOUT] = str(self._date_of_plan.value or "")
        number = register(self._desk.root / self._raw(), typed)
        self._done.value = sentence(f"已登记，编号{number}。再计分时生效。", "good")
        for name, cell in self._cells.items():
            if name not in (_MATTER, _DAY):
                cell.value = ""
