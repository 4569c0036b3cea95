"""Worked cases in lines of a terminal: what failed, what was expected, what was found and why."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from dalian_eval.report.base.terminal import hanging, inert, pad_text
from dalian_eval.workbench.case_results import Mismatch, Result

_HEADS = ("对象", "条款", "期望", "算得")
_GAP = 2


def result_lines(results: Sequence[Result], width: int) -> Iterator[str]:
    """Yield what failed, example by example, and a line of summary."""
    failed = [result for result in results if not result.passed]
    for result in failed:
        yield from _failed_lines(result, width)
    if failed:
        yield f"{len(results)}例中有{len(failed)}例不符，见上。"
    else:
        yield f"{len(results)}例全部相符。"


def _failed_lines(result: Result, width: int) -> Iterator[str]:
    worked = result.worked
    head = f"{worked.name}（{worked.place}，{worked.case.locator}）"
    yield from hanging("不符", inert(head), width, 0, 6)
    yield from hanging("算式", inert(worked.example.working), width, 2, 6)
    for line in result.refused:
        yield from hanging("未采用", inert(f"事实中有读不进去的行：{line}"), width, 2, 8)
    if result.mismatches:
        yield from _table(result.mismatches, width)
    yield ""


def _table(mismatches: Sequence[Mismatch], width: int) -> Iterator[str]:
    """Yield expected and found per clause, each followed by what the ledger says."""
    rows = [(m.expectation.candidate, m.expectation.words, m.expected, m.found) for m in mismatches]
    sizes = [max(cell_len(row[i]) for row in (_HEADS, *rows)) + _GAP for i in range(len(_HEADS))]

    def line(cells: tuple[str, ...]) -> str:
        padded = (pad_text(inert(c), size) for c, size in zip(cells, sizes, strict=True))
        return "  " + "".join(padded).rstrip()

    yield line(_HEADS)
    for row, mismatch in zip(rows, mismatches, strict=True):
        yield line(row)
        for amount, sentence in mismatch.reasons:
            yield from hanging("", inert(f"{amount}　{sentence}"), width, 4, 0)
