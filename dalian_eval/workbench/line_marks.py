"""What an author writes at the end of a line, for this program and for the next reader."""

UNDECIDED = "待定"
"""`# 待定：…`: somebody has still to decide what stands there."""

CONFIRMED = "年份无误"
"""`# 年份无误`: the year of this line is meant, however odd it looks."""


def undecided(text: str) -> list[tuple[int, str]]:
    """Return the lines of a file that are marked as undecided: line number, what is to be done."""
    result = []
    for number, line in enumerate(text.split("\n"), start=1):
        comment = line.rpartition("#")[2].strip() if "#" in line else ""
        if comment.startswith(UNDECIDED):
            result.append((number, comment.removeprefix(UNDECIDED).lstrip("：: ")))
    return result


def is_confirmed(line: str) -> bool:
    """Whether a line's comment says that its year is meant."""
    return CONFIRMED in line.rpartition("#")[2]
