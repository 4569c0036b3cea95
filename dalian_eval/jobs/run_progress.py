"""Progress of a run: one live line on a terminal, plain lines without one."""

import time

from rich.console import Console

from dalian_eval.jobs.run import STAGES, Progress


def console_progress() -> Progress:
    """Return a Progress that writes to standard error."""
    console = Console(stderr=True, highlight=False, markup=False)
    live = console.is_terminal
    where = ""
    began = 0.0

    def stage(number: int, title: str) -> None:
        nonlocal where, began
        began = time.monotonic()
        where = f"[{number}/{len(STAGES)}] {title}"
        if not live:
            console.print(f"{where} 开始")

    def cell(number: int, total: int, line: str) -> None:
        if live:
            seconds = time.monotonic() - began
            text = f"{where}  第{number}/{total}步  {seconds:.1f}秒  {line}"
            room = max(console.width - 1, 10)
            console.file.write("\r\x1b[2K" + console.render_str(text)[:room].plain)
            console.file.flush()

    def part(title: str, made: int, total: int) -> None:
        if live:
            seconds = time.monotonic() - began
            text = f"{where}  {title} {made}/{total}  {seconds:.1f}秒"
            room = max(console.width - 1, 10)
            console.file.write("\r\x1b[2K" + console.render_str(text)[:room].plain)
            console.file.flush()

    def done(seconds: float) -> None:
        if live:
            console.file.write("\r\x1b[2K")
        console.print(f"{where} 完成，{seconds:.1f} 秒")

    def kept(number: int, title: str) -> None:
        console.print(f"[{number}/{len(STAGES)}] {title} 上次中断前已完成，不再做")

    def warn(line: str) -> None:
        console.print(line, soft_wrap=True)

    return Progress(stage=stage, cell=cell, part=part, done=done, kept=kept, warn=warn)
