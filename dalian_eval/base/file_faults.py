"""What is wrong in a file that users edit: all of it is told at once, each at its line."""

from dalian_eval.base.errors import UsageError


class FileFaults:
    """The faults found in one file, in the order of its lines when told."""

    def __init__(self, file: str) -> None:
        """Take the name under which the user knows the file."""
        self.file = file
        self._found: dict[tuple[int, str], None] = {}

    def add(self, line: int, sentence: str) -> None:
        """Note a fault; the same sentence at the same line is one."""
        self._found[line, sentence] = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._found)

    def error(self) -> UsageError:
        """Return the error that tells every fault."""
        told = [f"{self.file} 第{line}行：{sentence}" for line, sentence in sorted(self._found)]
        if len(told) == 1:
            return UsageError(told[0])
        return UsageError(f"{self.file} 有{len(told)}处错误：\n" + "\n".join(told))

    def raise_any(self) -> None:
        """Raise UsageError with every fault, when there is one."""
        if self:
            raise self.error()
