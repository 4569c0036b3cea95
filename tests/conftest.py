"""The demo month is run once for all tests that read its record."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dalian_eval.jobs.run import run
from dalian_eval.rubric.vocabulary import SHIPPED_METRICS, use_metrics
from dalian_eval.schema.tables import SHIPPED, use

# Machines are noisy: no test depends on how long an example takes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

# Without a browser and LibreOffice these tests have nothing to run on; CI installs both.
collect_ignore = [] if CHROMIUM else ["browser"]
collect_ignore += [] if SOFFICE else ["report/test_libreoffice.py"]
collect_ignore += [] if shutil.which("java") else ["metrics/test_spark.py"]


@pytest.fixture(autouse=True)
def _package_tables() -> Iterator[None]:
    """Leave no project's tables and metrics in use for the tests that follow."""
    yield
    use(SHIPPED)
    use_metrics(SHIPPED_METRICS)


def pytest_report_header() -> str:
    return f"browser tests: {CHROMIUM or 'left out, no Chromium on this machine'}"


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the demo county for 2024-10."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return run(
            month="2024-10",
            raw=Path("data/demo"),
            out=tmp_path_factory.mktemp("demo") / "runs",
        )
    finally:
        os.chdir(before)
