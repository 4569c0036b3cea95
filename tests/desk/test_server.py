"""The server of the desk lets in who has the token, from this computer, and nobody else."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from dalian_eval.cli import invoke
from dalian_eval.desk.places import GUIDE
from dalian_eval.report.guide.pages import FIRST, FOLDER, guide_pages
from tests.conftest import ROOT

PROGRAM = Path(sys.executable).with_name("dalian-eval")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("desk")
    for name in ("params", "notebooks", FOLDER):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / FIRST, root)
    server = subprocess.Popen(
        [PROGRAM, "desk", "--no-browser"],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        yield server.stdout.readline().decode().partition("：")[2].strip()
    finally:
        server.send_signal(signal.SIGTERM)
        told = server.communicate(timeout=60)[0].decode()
        assert server.returncode == 0
        assert "操作台已关闭" in told


def answer(url: str, path: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    connection.request("GET", path, headers=headers)
    got = connection.getresponse()
    found = got.status, got.read().decode(), got.headers
    connection.close()
    return found


def followed(url: str, path: str) -> tuple[int, str]:
    """Go where an answer sends a browser that keeps no cookies."""
    status, text, headers = answer(url, path)
    for _ in range(3):
        if status not in (301, 302):
            break
        status, text, headers = answer(url, headers["Location"])
    return status, text


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=0123456789abcdef", "/login"])
def test_without_the_token_there_is_only_a_sentence(url: str, path: str) -> None:
    status, text = followed(url, path)
    assert status == 403
    assert "再双击一次“开始”" in text
    assert "<title>操作台：网址不对</title>" in text
    assert "jp-" not in text


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/00_desk.ipynb",
        "/voila/files/../params/2024.yaml",
        "/voila/static/../../../../../../etc/passwd",
        "/voila/templates/lab/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/api/contents",
        "/api/kernels/00000000-0000-0000-0000-000000000000",
        "/api/kernels/00000000-0000-0000-0000-000000000000/channels",
        "/data/processed/desk/address.json",
        "/guide/../params/2024.yaml",
        "/guide/..%2fparams%2f2024.yaml",
        "/guide/%2fetc%2fpasswd",
    ],
)
def test_no_file_and_no_kernel_is_handed_out(url: str, path: str) -> None:
    status, text = followed(url, path)
    assert status >= 400
    assert "root:" not in text
    assert "rubrics/2024.yaml" not in text
    assert "token=" not in text


def test_the_guide_is_there_with_the_token_and_nothing_beside_it(url: str) -> None:
    token = urlsplit(url).query
    for name, page in guide_pages(ROOT).items():
        place = quote(f"{GUIDE}{name}")
        status, text = followed(url, place)
        assert status == 403
        assert "再双击一次“开始”" in text
        status, text, headers = answer(url, f"{place}?{token}")
        assert (status, text == page) == (200, True)
        assert headers["Content-Security-Policy"]
    for place in (FIRST, f"{FOLDER}/安装.md", "../params/2024.yaml", "%2e%2e/params/2024.yaml"):
        status, text, _ = answer(url, f"{GUIDE}{quote(place, safe='/%')}?{token}")
        assert (status, "打不开这一页" in text) == (404, True), place


def test_another_name_for_this_computer_is_refused(url: str) -> None:
    token = urlsplit(url).query
    status, text, _ = answer(url, f"/login?{token}", Host="evil.example:80")
    assert status == 403
    assert "jp-" not in text


def test_it_listens_on_the_loopback_only(url: str) -> None:
    port = urlsplit(url).port
    listening = []
    for name in ("tcp", "tcp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                listening.append(local.rpartition(":")[0])
    assert listening == ["0100007F"]
    with socket.socket(socket.AF_INET6) as six, pytest.raises(OSError):
        six.connect(("::1", port))


def test_an_unknown_page_is_told_in_chinese_and_nothing_remote_is_allowed(url: str) -> None:
    status, text = followed(url, "/voila/files/nothing.png")
    assert (status, "打不开这一页" in text) == (404, True)
    _, _, headers = answer(url, "/login")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_outside_of_a_project_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke(["desk"]) == 2
    assert "请在项目文件夹内运行" in capsys.readouterr().err
    shutil.copytree(ROOT / "params", tmp_path / "params")
    assert invoke(["desk"]) == 2
    assert "00_desk.ipynb" in capsys.readouterr().err
