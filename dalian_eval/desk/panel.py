"""The work under way, or the last one, above all screens: how far it is, what it says, its stop."""

import re
from pathlib import Path

import ipywidgets as widgets

from dalian_eval.base.day_words import span
from dalian_eval.desk.markup import escaped, sentence
from dalian_eval.desk.parts import box, row
from dalian_eval.desk.session import Session
from dalian_eval.desk.system import open_page
from dalian_eval.desk.work import DONE, KILL, REFUSED, RUNNING, STOP, STOPPED, Work, ask_stop

_STAGE = re.compile(r"\[(\d+)/(\d+)\]")
_KINDS = {RUNNING: "", DONE: "good", STOPPED: "soft"}


class Panel:
    """Shows a work; the same in every tab, for it is read from the work's folder."""

    def __init__(self, desk: Session) -> None:
        """Show nothing yet."""
        self._desk = desk
        self._work: Work | None = None
        self._head, self._log = widgets.HTML(), widgets.HTML()
        self._bar = widgets.IntProgress(min=0, max=1, description="阶段")
        self._stop = widgets.Button(description="停止", button_style="danger")
        self._kill = widgets.Button(description="强制结束")
        self._open = widgets.Button(description="打开结果", button_style="primary")
        desk.on_click(self._stop, lambda: self._ask(at_once=False))
        desk.on_click(self._kill, lambda: self._ask(at_once=True))
        desk.on_click(self._open, self._show_page)
        buttons = row(self._stop, self._kill, self._open)
        self.widget = box(self._head, self._bar, buttons, self._log, kind="desk-panel")
        self.show(None)

    def show(self, work: Work | None) -> None:
        """Show a work as it stands; nothing where there is none."""
        self._work = work
        self.widget.layout.display = "none" if work is None else None
        if work is None:
            return
        self._set(self._head, _head(work))
        log = work.log
        self._set(
            self._log, f'<pre class="desk-log" tabindex="0">{escaped(log)}</pre>' if log else ""
        )
        stage = _stage(work)
        self._bar.layout.display = None if work.is_running and stage else "none"
        if stage:
            self._bar.max, self._bar.value = stage[1], stage[0]
        asked = (work.folder / STOP).exists()
        self._stop.layout.display = None if work.is_running and not asked else "none"
        self._kill.layout.display = None if work.is_running and asked else "none"
        self._kill.disabled = (work.folder / KILL).exists()
        self._open.layout.display = None if self._page() else "none"

    def _set(self, widget: widgets.HTML, value: str) -> None:
        if widget.value != value:
            widget.value = value

    def _ask(self, *, at_once: bool) -> None:
        if self._work is not None:
            ask_stop(self._work, at_once=at_once)

    def _page(self) -> Path | None:
        """Return the page that the work made."""
        if self._work is None or self._work.is_running:
            return None
        named = self._work.page
        page = self._desk.root / named
        return page if named and page.is_file() and self._desk.is_ours(page) else None

    def _show_page(self) -> None:
        page = self._page()
        if page is not None:
            open_page(page)


def _stage(work: Work) -> tuple[int, int] | None:
    """Return which of how many stages a run is in; None for what has no stages."""
    found = _STAGE.search(work.live) or None
    return (int(found[1]), int(found[2])) if found else None


def _head(work: Work) -> str:
    kind = _KINDS.get(work.state, "bad")
    began = work.begun[:16].replace("T", " ")
    words = f"{work.title}：{work.outcome}（用时{span(work.seconds)}，{began} 开始）"
    fault = sentence(work.fault, "bad") if work.state == REFUSED and work.fault else ""
    live = sentence(work.live, "soft") if work.is_running and work.live else ""
    return f"{sentence(words, kind)}<p><code>{escaped(work.command)}</code></p>{fault}{live}"
