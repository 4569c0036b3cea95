"""A county to spoil, and Great Expectations imported once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_county import County

from dalian_eval.checks.suites import Suites


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path / "clean")


@pytest.fixture(scope="session")
def suites() -> Iterator[Suites]:
    """Great Expectations takes seconds to import; once is enough."""
    yield Suites()
