"""The demo month is run once for all tests that read its record."""

import os
import shutil
from pathlib import Path

import pytest

from dalian_eval.run import run

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

# Without a browser there is nothing that the page tests could run on; CI installs one.
collect_ignore = [] if CHROMIUM else ["browser"]


def pytest_report_header() -> str:
    return f"browser tests: {CHROMIUM or 'left out, no Chromium on this machine'}"


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the demo county for 2024-10."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return run(month="2024-10", out=tmp_path_factory.mktemp("demo") / "runs")
    finally:
        os.chdir(before)
