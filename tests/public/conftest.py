"""The public edition of the demo county, made once by the command's own call."""

import hashlib
import os
from pathlib import Path

import pytest

from dalian_eval.jobs.run import run

ROOT = Path(__file__).parents[2]
KEY = hashlib.sha256(b"a key for tests").digest()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "代号密钥.txt"
    path.write_text(KEY.hex() + "\n", encoding="ascii")
    return path


@pytest.fixture(scope="session")
def public_run(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Path:
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        out = tmp_path_factory.mktemp("public") / "runs"
        return run(
            month="2024-10",
            raw=Path("data/demo"),
            out=out,
            edition="public",
            pseudonym_key=key_file,
        )
    finally:
        os.chdir(before)
