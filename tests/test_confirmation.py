"""Publishing cannot be taken back: what is named, what is asked, who may answer."""

import io
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.record.history import HISTORY
from dalian_eval.record.keys import make_key
from tests.record.small import small_run

RUN = "0123456789ab"


class Terminal(io.StringIO):
    """Somebody who sits at a terminal and has typed already."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_run(tmp_path / "runs", RUN)


def published(folder: Path) -> bool:
    return (folder.parents[1] / HISTORY).exists()


def test_nobody_to_ask(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("是\n"))
    assert invoke(["publish", str(folder)]) == 2
    said = capsys.readouterr()
    assert str(folder) in said.out and RUN in said.out and "不能撤回" in said.out
    assert "没有写发布人" in said.out and "没有给私钥" in said.out
    assert "--yes" in said.err and "--unsigned" in said.err
    assert not published(folder)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--yes"], 0),
        (["--unsigned", "--by", "考核评价组"], 0),
        (["--unsigned"], 2),
        (["--by", "考核评价组"], 2),
    ],
)
def test_what_is_confirmed_is_not_asked(
    folder: Path, options: list[str], code: int, monkeypatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert invoke(["publish", str(folder), *options]) == code
    assert published(folder) == (code == 0)


@pytest.mark.parametrize(
    ("answer", "code"), [("是\n", 0), ("Y\n", 0), ("\n", 2), ("否\n", 2), ("", 2)]
)
def test_the_answer_decides(folder: Path, answer: str, code: int, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert invoke(["publish", str(folder)]) == code
    assert published(folder) == (code == 0)
    said = capsys.readouterr()
    assert "就这样发布吗" in said.out
    assert ("已取消" in said.err) == (code == 2)


def test_with_name_and_key_nothing_is_asked(
    folder: Path, tmp_path: Path, capsys, monkeypatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    make_key(tmp_path / "私钥.pem", None, tmp_path / "runs" / HISTORY, "2024-11-05")
    named = ["--by", "考核评价组", "--key", str(tmp_path / "私钥.pem")]
    assert invoke(["publish", str(folder), *named, "--unsigned"]) == 2
    assert invoke(["publish", str(folder), *named]) == 0
    said = capsys.readouterr().out
    assert "将要发布" in said and "注意" not in said
    # Published already: nothing is left to decide.
    assert invoke(["publish", str(folder)]) == 0
