"""Finding a clause or item of a section by what people write: its id, title or locator."""

import difflib
import unicodedata
from collections.abc import Mapping

from dalian_eval.rubric.model import Section


def find_nodes(section: Section, text: str) -> tuple[str, ...]:
    """Return the ids that `text` names: one, none, or several of the same title or locator.

    An id goes before a title, a title before a locator; width, case and blanks do not matter.
    """
    word = _plain(text)
    for names in _names(section):
        found = tuple(i for i, name in names.items() if _plain(name) == word)
        if found and word:
            return found
    return ()


def nearest(section: Section, text: str, most: int = 3) -> tuple[str, ...]:
    """Return up to `most` ids whose id or title holds `text` or resembles it, the likeliest first.

    Ids that share the title or locator `text` come before all others.
    """
    word = _plain(text)
    ids, titles, locators = _names(section)
    begun = [i for i in ids if word and (word in _plain(i) or word in _plain(titles[i]))]
    like: list[str] = []
    for names in (ids, titles, locators):
        plain: dict[str, list[str]] = {}
        for i, name in names.items():
            plain.setdefault(_plain(name), []).append(i)
        for close in difflib.get_close_matches(word, plain, n=most, cutoff=0.4):
            like += plain[close]
    return tuple(dict.fromkeys([*find_nodes(section, text), *begun, *like]))[:most]


def suggestion(text: str, known: Mapping[str, str]) -> str:
    """Return ，是不是 … for the nearest of `known` (id → title) to what was typed; else empty."""
    word = _plain(text)
    plain = {_plain(i): i for i in known} | {_plain(t): i for i, t in known.items() if t}
    begun = [i for name, i in plain.items() if word and (name.startswith(word) or word in name)]
    close = difflib.get_close_matches(word, plain, n=2, cutoff=0.6)
    near = dict.fromkeys([*(plain[name] for name in close), *begun])
    told = [f"{i}（{known[i]}）" if known[i] else i for i in [*near][:2]]
    return f"，是不是 {' 或 '.join(told)}？" if told else ""


def _names(section: Section) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    nodes = section.nodes
    return (
        {i: i for i in nodes},
        {i: n.title for i, n in nodes.items()},
        {i: n.locator for i, n in nodes.items()},
    )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
