"""The rows of a worked case: its facts with the background, placeholders filled, copies made."""

import re
from collections.abc import Iterator, Mapping

from dalian_eval.base.yaml_file import TextMap
from dalian_eval.workbench.case_form import BACKGROUND, COUNT, EVERY, Cell, Row, Worked, by_sheet


class RowError(ValueError):
    """What is wrong with a row once its placeholders are filled in.

    `file`: where it stands, empty for the file of the case.
    """

    def __init__(self, sentence: str, line: int, file: str = "") -> None:
        """Take a sentence and the place."""
        super().__init__(sentence)
        self.line = line
        self.file = file


def rows_of(worked: Worked) -> dict[str, list[Row]]:
    """Return the complete rows of every table of an example.

    Those of the background come first, then the case's own; a row with 每月 or 份数 stands for
    many. RowError for what cannot be filled in.
    """
    background, case = worked.background, worked.case
    result: dict[str, list[Row]] = {}
    for sheet in by_sheet():
        defaults: Mapping[str, Cell] = background.defaults.get(sheet, {})
        given: list[TextMap] = [] if sheet in case.without else background.facts.get(sheet, [])
        rows: list[Row] = []
        for file, listed, fill in (
            (BACKGROUND, given, {}),
            ("", case.facts.get(sheet, []), worked.example.fill),
        ):
            for row in listed:
                filled = {str(header): _fill(cell, fill) for header, cell in row.items()}
                try:
                    copies = list(_copies({**defaults, **filled}))
                except ValueError as error:
                    raise RowError(str(error), row.line, file) from error
                for copy in copies:
                    number = {"号": str(len(rows) + 1)}
                    rows.append({header: _fill(cell, number) for header, cell in copy.items()})
                    left = re.search(r"<[^>]*>", str(rows[-1]))
                    if left:
                        sentence = f"表『{sheet}』中的 {left[0]} 没有代入"
                        raise RowError(sentence, row.line, file)
        result[sheet] = rows
    return result


def _copies(row: Mapping[str, Cell]) -> Iterator[Row]:
    """Expand 每月 and 份数, with <月> and <n> filled in; ValueError when they say no number."""
    row = dict(row)
    every, count = row.pop(EVERY, ""), row.pop(COUNT, "1")
    if not isinstance(every, str) or not isinstance(count, str) or not count.isdecimal():
        raise ValueError(f"中的份数应是整数，写的是『{count}』")
    for month in _months(every) if every else [""]:
        for number in range(1, int(count) + 1):
            words = {"n": str(number)} | ({"月": month} if month else {})
            yield {header: _fill(cell, words) for header, cell in row.items()}


def _months(text: str) -> list[str]:
    """Return the months of 2023-11至2024-02, 2024-03 or 2024-03、2024-05."""
    months = text.split("、")
    first, _, last = text.partition("至")
    if not all(
        re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", m) for m in ([first, last] if last else months)
    ):
        raise ValueError(f"中的每月应写成 2023-11至2024-02 或 2024-03、2024-05，写的是『{text}』")
    if not last:
        return months
    begin, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(begin, end + 1)]


def _fill(cell: Cell, words: Mapping[str, str]) -> Cell:
    if isinstance(cell, list):
        return [str(_fill(one, words)) for one in cell]
    return re.sub(r"<(.+?)>", lambda m: str(words.get(m[1], m[0])), cell)
