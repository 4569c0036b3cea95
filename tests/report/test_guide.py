"""The user's guide held to the program: what it names is there, and what is there it names."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import COMMANDS
from dalian_eval.commands.argument_parser import AnyCommand, Command, CommandGroup
from dalian_eval.report.guide.pages import FIRST, FIRST_PAGE, FOLDER, guide_pages
from tests.conftest import ROOT

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / FIRST, *sorted((ROOT / FOLDER).glob("*.md")))
}
PAGES = guide_pages(ROOT)
PICTURES = ROOT / FOLDER / "pictures"
MOST_PICTURE_BYTES = 1_500_000
LIST = f"{FOLDER}/命令一览.md"

_CODE = re.compile(r"`([^`\n]*)`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def commands(known: tuple[AnyCommand, ...], before: str = "") -> Iterator[tuple[str, Command]]:
    for command in known:
        if isinstance(command, CommandGroup):
            yield from commands(command.commands, f"{before}{command.name} ")
        else:
            yield f"{before}{command.name}", command


KNOWN = dict(commands(COMMANDS))


def named(code: str) -> tuple[str, list[str]] | None:
    """Return the command that a piece of code is, with its options; None for what is none."""
    words = code.split()
    if words[:1] != ["dalian-eval"] or len(words) < 2:
        return None
    two = " ".join(words[1:3])
    return (two if two in KNOWN else words[1]), _OPTION.findall(code)


@pytest.mark.parametrize("page", SOURCES)
def test_what_is_written_as_a_command_is_one(page: str) -> None:
    for line in SOURCES[page].splitlines():
        told = [found for code in _CODE.findall(line) if (found := named(code))]
        for name, options in told:
            if name in ("rubric", "rubric …"):
                continue
            known = {option.name for option in KNOWN[name].options} | {"--help"}
            assert {*options} <= known, (page, name)
        # An option that stands alone belongs to a command of its line, or of the page.
        near = told or [f for code in _CODE.findall(SOURCES[page]) if (f := named(code))]
        known = {o.name for name, _ in near if name in KNOWN for o in KNOWN[name].options}
        alone = {
            o
            for code in _CODE.findall(line)
            if code.startswith("--")
            for o in _OPTION.findall(code)
        }
        assert alone <= known, (page, line)


def test_every_command_is_told() -> None:
    told = {f[0] for text in SOURCES.values() for code in _CODE.findall(text) if (f := named(code))}
    assert {*KNOWN} <= told
    for name in KNOWN:
        if not name.startswith("rubric "):
            assert f"| `dalian-eval {name}" in SOURCES[LIST], name


def test_every_button_that_is_told_is_on_the_desk_or_a_script() -> None:
    desk = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "dalian_eval/desk").rglob("*.py"))
    desk += (ROOT / "dalian_eval/desk/template/desk.js").read_text(encoding="utf-8")
    scripts = {path.stem for path in (ROOT / "dalian_eval/bundle/scripts").iterdir()}
    told = {word for text in SOURCES.values() for word in re.findall("『([^』]*)』", text)}
    assert len(told) > 30
    assert [word for word in told if f'"{word}"' not in desk and word not in scripts] == []


def test_every_button_of_the_desk_is_told() -> None:
    """A button is one of `Button(description=…)` or of `Action(desk, …)`."""
    found = set[str]()
    for path in (ROOT / "dalian_eval/desk").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {*re.findall(r'Button\(description="([^"]+)"', text)}
        found |= {*re.findall(r'Action\(\s*(?:self\._)?desk,\s*"([^"]+)"', text)}
    assert len(found) > 25
    told = "".join(SOURCES.values())
    assert [word for word in found if f"『{word}』" not in told and word not in UNTOLD] == []


UNTOLD = frozenset({"不选"})
"""Buttons that say themselves what they do."""


def test_every_picture_is_there_used_and_small() -> None:
    used = {
        name
        for text in SOURCES.values()
        for name in re.findall(r"!\[[^\]]+\]\((?:guide/)?pictures/([^)]+)\)", text)
    }
    there = {path.name for path in PICTURES.iterdir()}
    assert used == there
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_PICTURE_BYTES
    for path in PICTURES.iterdir():
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("PNG", "P"), path.name
            assert set(image.info) <= {"transparency"}, path.name
    shown = sum(page.count('<img src="data:image/png;base64,') for page in PAGES.values())
    told = sum(len(re.findall(r"!\[", text)) for text in SOURCES.values())
    assert shown == told


@pytest.mark.parametrize("page", SOURCES)
def test_every_link_of_a_source_leads_to_a_file(page: str) -> None:
    for to in re.findall(r"\]\(([^)#]+)", SOURCES[page]):
        assert ((ROOT / page).parent / to).is_file(), to


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_heading(page: str) -> None:
    links = re.findall(r'<a\b[^>]*?href="([^"]+)"', PAGES[page])
    assert links
    for link in links:
        to, _, anchor = unquote(link).partition("#")
        name = str(Path(page).parent / to) if to else page
        name = re.sub(r"^[^/]+/\.\./", "", name)
        assert name in PAGES, link
        assert not anchor or f'id="{anchor}"' in PAGES[name], link
    assert not re.search(r'(src|href)="(https?:)?//', PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_title_and_no_blank_where_a_line_of_its_source_ends(page: str) -> None:
    main = PAGES[page].partition("<main")[2].partition("</main>")[0]
    assert PAGES[page].count("<h1") == 1
    assert not re.search(r"[一-鿿，。；：、]\n *[一-鿿“『]", main)


def test_the_first_page_leads_to_all_others() -> None:
    links = {
        unquote(to).partition("#")[0] for to in re.findall(r'href="([^"]+)"', PAGES[FIRST_PAGE])
    }
    assert {*PAGES} - {FIRST_PAGE} <= links


def test_no_place_of_this_computer_is_told() -> None:
    for page, text in SOURCES.items():
        assert not re.search(r"/(home|root|tmp|work|usr)/|localhost|127\.0", text), page


def test_a_guide_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="读不到使用说明"):
        guide_pages(tmp_path)
