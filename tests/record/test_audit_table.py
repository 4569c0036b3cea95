"""Every row of the table of attackers in docs/audit.md names tests, and they are there."""

import ast
import re
from pathlib import Path

from dalian_eval.commands.audit import COMMANDS

HERE = Path(__file__).parent
GUIDE = HERE.parents[1] / "docs" / "audit.md"
HEAD = "| the attacker | what is found | tried by |"


def rows() -> list[list[str]]:
    """The cells of the table's rows."""
    _, _, after = GUIDE.read_text(encoding="utf-8").partition(HEAD + "\n|---|---|---|\n")
    table, _, _ = after.partition("\n\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def functions_of(file: Path) -> set[str]:
    """The test functions of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_row_is_tried():
    assert len(rows()) > 15
    for row in rows():
        assert len(row) == 3, row
        named = re.findall(r"`([\w./]+\.py)::(test_\w+)`", row[2])
        assert named, row[0]
        assert row[2].count("::") == len(named), row[0]
        for file, name in named:
            assert name in functions_of(HERE / file), (row[0], file, name)


def test_every_attack_on_trust_has_its_row():
    """What is tried in the files on trust and forgeries is told in the table."""
    told = GUIDE.read_text(encoding="utf-8")
    for file in ("test_trust.py", "test_forgeries.py"):
        for name in functions_of(HERE / file) - {"test_the_genuine_record_is_in_order"}:
            assert not name.startswith("test_") or f"`{file}::{name}`" in told, name


def test_every_option_of_publisher_and_auditor_is_in_the_users_guide():
    guide = (HERE.parents[1] / "guide" / "命令一览.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        (row,) = re.findall(rf"^\| `dalian-eval {command.name}[ `].*$", guide, re.MULTILINE)
        for option in command.options:
            assert option.name in row or not option.name.startswith("--"), (command.name, option)
