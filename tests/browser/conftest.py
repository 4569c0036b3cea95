"""A browser with the network cut, and the record of a hostile county."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from dalian_eval.jobs.run import run
from tests.browser.hostile import write_hostile
from tests.conftest import CHROMIUM, ROOT


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--font-render-hinting=none",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the hostile county for 2024-10."""
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile(folder / "raw")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return run(month="2024-10", raw=folder / "raw", out=folder / "runs")
    finally:
        os.chdir(before)
