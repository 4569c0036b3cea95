"""The console command: help, every wrong use and every exit code, in Chinese only."""

import ast
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dalian_eval
from dalian_eval import __version__, cli
from dalian_eval.base import defences, error_log, errors, files, system_refusals, typed_words
from dalian_eval.base.errors import DataError, DifferenceError
from dalian_eval.cli import COMMANDS, invoke, main
from dalian_eval.commands import argument_parser
from dalian_eval.commands.argument_parser import Command, CommandGroup
from dalian_eval.demo import MESSES

PARAMS = Path(__file__).parent.parent / "params"

CALLED = {c.name: c for c in COMMANDS if isinstance(c, Command)}
CALLED |= {
    f"{group.name} {c.name}": c
    for group in COMMANDS
    if isinstance(group, CommandGroup)
    for c in group.commands
}
NAMES = {*(command.name for command in COMMANDS), *(c.name for c in CALLED.values())}
OPTIONS = {option.name for command in CALLED.values() for option in command.options}
VALUES = {choice for c in CALLED.values() for option in c.options for choice in option.choices}
KNOWN = {*NAMES, *OPTIONS, *VALUES, "dalian-eval", "--help", "-h", "--version"}
KNOWN |= {"Spark", "Parquet", "spark://", "monthly.parquet"}

Tree = dict[str, bytes]
Refused = Callable[[int, list[str], list[str]], str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project folder with the real parameters and an empty raw folder; stand in it."""
    root = tmp_path / "大练兵"
    shutil.copytree(PARAMS, root / "params")
    (root / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def refused(project: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Give an invocation that must fail with a code, naming things, and leave nothing behind."""

    def call(code: int, arguments: list[str], named: list[str]) -> str:
        before = tree(project)
        assert invoke(arguments) == code
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("错误：")
        assert said.err.count("\n") == 1
        assert "Traceback" not in said.err
        for name in named:
            assert name in said.err
        assert len(re.findall(r"[一-鿿]", said.err)) > 8
        assert tree(project) == before
        return said.err

    return call


def tree(folder: Path) -> Tree:
    """Return every path below a folder with its bytes (none for a folder)."""
    paths = sorted(folder.rglob("*"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"" for p in paths}


def english(text: str, *given: str) -> list[str]:
    """Return the ASCII words of `text` that are neither names of the command nor `given`."""
    for known in sorted({*KNOWN, *given}, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z-]){re.escape(known)}(?![A-Za-z-])", "", text)
    return re.findall(r"[A-Za-z]+", text)


# ---- help ------------------------------------------------------------------------------


def test_help_of_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("用法：dalian-eval 命令 [选项]\n")
    for command in COMMANDS:
        assert f"  {command.name} " in text
        assert command.summary in text
    assert "显示帮助" in text
    assert english(text, "HTML") == []


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("words", CALLED)
def test_help_of_a_command(words: str, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = CALLED[words]
    assert invoke([*words.split(), flag]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"用法：dalian-eval {words}")
    for option in command.options:
        line = next(line for line in text.splitlines() if line.startswith(f"  {option.name} "))
        assert option.help in line
        assert ("必填" in line) == option.required
        if option.default:
            assert f"（默认 {option.default}）" in line
    assert (
        english(text, "HTML", str(Path("data/raw")), "runs", "runs/draw-", "xlsx", "unit.team")
        == []
    )


def test_help_is_given_whatever_else_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["run", "--month", "--help"]) == 0
    assert capsys.readouterr().out.startswith("用法：")


def test_no_command_shows_the_help_and_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([]) == 2
    assert capsys.readouterr().out.startswith("用法：")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


LIGHT = {
    "dalian_eval",
    "dalian_eval.base.typed_words",
    "dalian_eval.commands.argument_parser",
    "dalian_eval.commands",
    "dalian_eval.commands.confirmation",
    "dalian_eval.base.defences",
    "dalian_eval.base.error_log",
    "dalian_eval.base.errors",
    "dalian_eval.base.files",
    "dalian_eval.base.system_refusals",
}


LIGHT_MODULES = (
    *(dalian_eval, typed_words, cli, argument_parser),
    *(defences, error_log, errors, files, system_refusals),
)


def test_the_help_loads_no_heavy_module() -> None:
    paths = [Path(str(module.__file__)) for module in LIGHT_MODULES]
    for path in [*paths, *(paths[0].parent / "commands").glob("*.py")]:
        top = ast.parse(path.read_text(encoding="utf-8")).body
        for node in top:
            if isinstance(node, ast.ImportFrom):
                names = [str(node.module)]
            else:
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                light = name in LIGHT
                assert light or name.partition(".")[0] in sys.stdlib_module_names


# ---- wrong use of the command line -------------------------------------------------------

MISTAKES: dict[str, tuple[list[str], list[str]]] = {
    "no required option": (["run"], ["--month", "必填"]),
    "no required option of demo": (["demo", "--units", "3"], ["--to", "必填"]),
    "no value at the end": (["run", "--month"], ["--month", "缺少取值"]),
    "no value before an option": (["run", "--month", "--raw", "x"], ["--month", "缺少取值"]),
    "no value for a repeatable": (
        ["run", "--month", "2024-10", "--reading", "--out", "x"],
        ["--reading", "缺少取值"],
    ),
    "an empty value": (["run", "--month", "2024-10", "--raw="], ["--raw", "缺少取值"]),
    "a misspelt option": (["run", "--mnoth", "2024-10"], ["『--mnoth』", "是不是 --month？"]),
    "a misspelt option with =": (["run", "--mnoth=2024-10"], ["『--mnoth』", "是不是 --month？"]),
    "an underscore": (["run", "--as_of", "x"], ["『--as_of』", "是不是 --as-of？"]),
    "a Chinese dash": (["run", "——month", "x"], ["『——month』", "是不是 --month？", "半角"]),
    "one dash": (["run", "-month", "x"], ["『-month』", "是不是 --month？"]),
    "an unknown option": (["template", "--qqq"], ["『--qqq』", "可用的选项：--to、"]),
    "an abbreviation": (["run", "--mon", "2024-10"], ["『--mon』", "是不是 --month？"]),
    "an ambiguous prefix": (["run", "--r", "x"], ["『--r』", "--raw 或 --reading", "写全"]),
    "a misspelt command": (["tempalte"], ["『tempalte』", "是不是 template？"]),
    "an unknown command": (["zzz"], ["『zzz』", "可用的命令：run、check、template、demo"]),
    "an empty command": ([""], ["『』", "可用的命令"]),
    "an option before the command": (["--month", "x", "run"], ["『--month』", "请先写命令"]),
    "a misspelt flag": (["--verison"], ["『--verison』", "是不是 --version？"]),
    "no integer": (["demo", "--to", "x", "--units", "3.5"], ["--units", "『3.5』", "整数"]),
    "a word for an integer": (["demo", "--to", "x", "--seed", "abc"], ["--seed", "『abc』"]),
    "a bad mess": (
        ["demo", "--to", "x", "--mess", "wild"],
        ["--mess", "『wild』", "none、some、heavy"],
    ),
    "a bad edition": (
        ["run", "--month", "2024-10", "--edition", "secret"],
        ["--edition", "『secret』", "internal、public"],
    ),
    "a bad engine": (
        ["run", "--month", "2024-10", "--engine", "steam"],
        ["--engine", "『steam』", "duckdb、spark"],
    ),
    "too much": (["run", "--month", "2024-10", "x", "y"], ["多出", "『x』、『y』"]),
    "a path with a space": (["template", "--to", "x", "y"], ["『y』", "引号"]),
    "too much after --": (["template", "--", "--to"], ["多出", "『--to』"]),
    "a lone --": (["template", "--"], ["多出", "『--』"]),
    "a flag with a value": (["run", "--help=x"], ["--help", "不能带取值"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_chinese_with_its_cure(mistake: str, refused: Refused) -> None:
    arguments, named = MISTAKES[mistake]
    said = refused(2, arguments, named)
    typed = [part for text in arguments for part in (text, text.partition("=")[0]) if part]
    assert english(said, *typed) == []
    assert re.search(r"用 dalian-eval( \w+)? --help 查看用法\n$", said)


def test_the_messes_offered_are_those_there_are() -> None:
    assert next(o for o in CALLED["demo"].options if o.name == "--mess").choices == MESSES


# ---- what the modules refuse -------------------------------------------------------------

RUN = ["run", "--month", "2024-10"]


@pytest.mark.parametrize("month", ["2024-13", "2024-1", "202410", "十月", "2024-10-01", " "])
def test_bad_month(month: str, refused: Refused) -> None:
    assert english(refused(2, ["run", "--month", month], [f"『{month}』", "例如"])) == []


def test_month_outside_every_year(refused: Refused) -> None:
    said = refused(2, ["run", "--month", "2019-05"], ["2019-05", "2024年度", "params/rubrics"])
    assert english(said, "params/rubrics") == []


def test_missing_raw_folder(refused: Refused) -> None:
    refused(2, [*RUN, "--raw", "没有的文件夹"], ["没有的文件夹", "--raw"])


def test_empty_raw_folder(refused: Refused) -> None:
    refused(2, RUN, [str(Path("data/raw")), "没有任何文件"])


def test_raw_that_is_a_file(project: Path, refused: Refused) -> None:
    (project / "单位.csv").write_text("单位编码\n", encoding="utf-8")
    refused(2, [*RUN, "--raw", "单位.csv"], ["单位.csv", "--raw"])


def test_unknown_reading(refused: Refused) -> None:
    refused(2, [*RUN, "--reading", "weather=fine"], ["『weather』", "no_leads"])


def test_unknown_option_of_a_reading(refused: Refused) -> None:
    refused(2, [*RUN, "--reading", "monthly_award=twice"], ["monthly_award", "『twice』", "once"])


@pytest.mark.parametrize("text", ["monthly_award", "=once", "monthly_award=", " = "])
def test_malformed_reading(text: str, refused: Refused) -> None:
    said = refused(2, [*RUN, "--reading", text], [f"『{text}』", "名称=取值"])
    assert english(said, text, "no_leads=forfeit") == []


def test_every_reading_given_is_looked_at(refused: Refused) -> None:
    given = ["--reading", "monthly_award=once", "--reading", "weather=fine"]
    refused(2, [*RUN, *given], ["『weather』"])


def test_missing_parameter_file(refused: Refused) -> None:
    said = refused(2, [*RUN, "--params", "没有.yaml"], ["没有.yaml", "存在"])
    assert english(said, "没有.yaml", "UTF-8", "UTF", "yaml") == []


def test_parameter_file_with_an_unknown_key(project: Path, refused: Refused) -> None:
    text = (PARAMS / "2024.yaml").read_text(encoding="utf-8") + "colour: red\n"
    (project / "params" / "改过.yaml").write_text(text, encoding="utf-8")
    line = f"第{text.count(chr(10))}行"
    given = [*RUN, "--params", "params/改过.yaml"]
    assert english(refused(2, given, ["改过.yaml", line, "colour"]), "colour", "yaml") == []


def test_parameter_file_that_is_no_yaml(project: Path, refused: Refused) -> None:
    (project / "坏.yaml").write_text("year: 2024\nrubric: [a, b\n", encoding="utf-8")
    refused(2, [*RUN, "--params", "坏.yaml"], ["坏.yaml", "不是正确的 YAML 写法", "请检查"])


def test_as_of_day(refused: Refused) -> None:
    refused(2, [*RUN, "--as-of", "2024-09-30"], ["2024-09-30", "2024-10", "截至日期"])
    refused(2, [*RUN, "--as-of", "月底"], ["『月底』", "截至日期"])


def test_a_master_needs_spark(refused: Refused) -> None:
    assert english(refused(2, [*RUN, "--spark-master", "yarn"], ["--engine spark"])) == []


def test_the_public_edition_needs_a_key(refused: Refused) -> None:
    public = [*RUN, "--edition", "public"]
    assert english(refused(2, public, ["--pseudonym-key", "pseudonym-key --to"])) == []
    refused(2, [*public, "--pseudonym-key", "没有"], ["没有", "pseudonym-key --to"])
    refused(2, [*RUN, "--pseudonym-key", "没有"], ["--edition public"])


def test_run_outside_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke(RUN) == 2
    assert "请在项目文件夹内运行" in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_template_to_an_existing_file(project: Path, refused: Refused) -> None:
    (project / "已填.xlsx").write_bytes(b"filled in")
    refused(2, ["template", "--to", "已填.xlsx"], ["已填.xlsx", "已存在"])


def test_template_into_a_missing_folder(refused: Refused) -> None:
    place = str(Path("没有") / "模板.xlsx")
    refused(2, ["template", "--to", place], [place, "文件夹存在"])


def test_template_of_another_kind(refused: Refused) -> None:
    refused(2, ["template", "--to", "模板.docx"], ["模板.docx", ".xlsx"])


def test_demo_into_a_folder_with_files(refused: Refused) -> None:
    refused(2, ["demo", "--to", "params"], ["params", "不是空的"])


def test_demo_with_negative_units(refused: Refused) -> None:
    assert english(refused(2, ["demo", "--to", "x", "--units", "-3"], ["-3", "单位数"])) == []


def test_demo_with_fewer_officers_than_units(refused: Refused) -> None:
    refused(2, ["demo", "--to", "x", "--units", "5", "--officers", "4"], ["人员数", "4"])


# ---- what is done ------------------------------------------------------------------------


def test_template_by_default(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["template"]) == 0
    said = capsys.readouterr()
    assert said.out == "已生成报送模板：报送模板.xlsx\n"
    assert said.err == ""
    assert (project / "报送模板.xlsx").stat().st_size > 10_000


def test_options_reach_the_call(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    got: dict[str, object] = {}

    def keep(**values: object) -> Path:
        got.update(values)
        return Path("runs/x")

    monkeypatch.setattr("dalian_eval.jobs.run.run", keep)
    shutil.copyfile(project / "params/2024.yaml", project / "params/mine.yaml")
    readings = ["--reading", "no_leads=forfeit", "--reading=roster_month = whole_month"]
    params = ["--params", "params/mine.yaml"]
    assert invoke([*RUN, "--as-of=2024-10-05", *params, *readings]) == 0
    assert str(Path("runs/x/index.html")) in capsys.readouterr().out
    del got["progress"]
    assert got == {
        "month": "2024-10",
        "raw": Path("data/raw"),
        "params": project / "params/mine.yaml",
        "readings": {"no_leads": "forfeit", "roster_month": "whole_month"},
        "out": Path("runs"),
        "previous": "",
        "as_of": "2024-10-05",
        "edition": "internal",
        "pseudonym_key": None,
        "spark": None,
        "again": False,
        "keep_inputs": "copy",
    }


# ---- exit codes --------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "code"), [(DataError, 3), (DifferenceError, 4)])
def test_foreseen_failures(
    error: type[Exception],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    refused: Refused,
) -> None:
    monkeypatch.setattr("dalian_eval.jobs.run.run", failing(error("数据没有通过检查，请看记录")))
    refused(code, RUN, ["数据没有通过检查，请看记录"])


def test_unforeseen_failure_leaves_a_full_log(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dalian_eval.jobs.run.run", failing(RuntimeError("kaputt\udcff")))
    assert invoke(RUN) == 1
    said = capsys.readouterr()
    (log,) = (project / "runs" / "logs").iterdir()
    assert said.out == ""
    assert str(log) in said.err
    assert english(said.err.replace(str(log), "")) == []
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "RuntimeError: kaputt" in text


def test_interruption(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(project)
    monkeypatch.setattr("dalian_eval.jobs.run.run", failing(KeyboardInterrupt()))
    assert invoke(RUN) == 1
    assert capsys.readouterr().err == "已中断，没有留下半成品。\n"
    assert tree(project) == before


def test_main_exits_with_the_code_and_takes_the_console_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="cp1252") for _ in range(2))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "argv", ["dalian-eval", "run"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    err.seek(0)
    assert "--month" in err.read()
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    out.seek(0)
    assert "template" in out.read()


def failing(error: BaseException) -> Callable[..., None]:
    """Return a function that raises `error`."""

    def call(**_: object) -> None:
        raise error

    return call


def test_a_reader_that_has_seen_enough_gets_no_complaint() -> None:
    slow = "import time; time.sleep(0.5); from dalian_eval.cli import main; main(['--help'])"
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -c "{slow}" | true'],
        capture_output=True,
        check=False,
    )
    assert done.stderr == b""
