import shutil
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.record.publish import publish


@pytest.fixture(scope="session")
def signer() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


@pytest.fixture(scope="session")
def published_demo(
    demo_run: Path, signer: CryptoSigner, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The demo month, copied and published. Whoever changes it puts it back."""
    folder = tmp_path_factory.mktemp("发布") / "runs" / "2024-10" / demo_run.name
    shutil.copytree(demo_run, folder)
    publish(str(folder), signer=signer, by="考核评价组", note="", date="2024-11-05")
    return folder
