"""What a plan calls its work and those it judges: 执法大练兵, 集体, 个人; 责任书, 区分局."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from dalian_eval.rubric.queries import SECTION_NAMES, Strict


class PlanNames(Strict):
    """The names a rubric gives (`names:`); every page uses them instead of words of its own."""

    work: str = Field(default="考核评价", min_length=1, max_length=20)
    unit: str = Field(default="集体", min_length=1, max_length=10)
    officer: str = Field(default="个人", min_length=1, max_length=10)


_current = PlanNames()


class _KindTitles(Mapping[str, str]):
    """The names of units and officers in the plan in use, by kind."""

    def __getitem__(self, kind: str) -> str:
        if kind not in SECTION_NAMES:
            raise KeyError(kind)
        return str(getattr(_current, kind))

    def __iter__(self) -> Iterator[str]:
        return iter(SECTION_NAMES)

    def __len__(self) -> int:
        return len(SECTION_NAMES)


KIND_TITLES: Mapping[str, str] = _KindTitles()
"""What the plan in use calls a unit and an officer."""


def name_of_work() -> str:
    """Return what the plan in use calls its work: 执法大练兵."""
    return _current.work


def use_names(names: PlanNames) -> None:
    """Call things by these names from here on, in all threads of this process."""
    global _current
    _current = names
