"""Finding a clause or item of a section by what people write: its id, title or locator."""

import difflib

from dalian_eval.base.suggestion import plain_word
from dalian_eval.rubric.model import Section


def find_nodes(section: Section, text: str) -> tuple[str, ...]:
    """Return the ids that `text` names: one, none, or several of the same title or locator.

    An id goes before a title, a title before a locator; width, case and blanks do not matter.
    """
    word = plain_word(text)
    for names in _names(section):
        found = tuple(i for i, name in names.items() if plain_word(name) == word)
        if found and word:
            return found
    return ()


def nearest(section: Section, text: str, most: int = 3) -> tuple[str, ...]:
    """Return up to `most` ids whose id or title holds `text` or resembles it, the likeliest first.

    Ids that share the title or locator `text` come before all others.
    """
    word = plain_word(text)
    ids, titles, locators = _names(section)
    begun = [i for i in ids if word and (word in plain_word(i) or word in plain_word(titles[i]))]
    like: list[str] = []
    for names in (ids, titles, locators):
        plain: dict[str, list[str]] = {}
        for i, name in names.items():
            plain.setdefault(plain_word(name), []).append(i)
        for close in difflib.get_close_matches(word, plain, n=most, cutoff=0.4):
            like += plain[close]
    return tuple(dict.fromkeys([*find_nodes(section, text), *begun, *like]))[:most]


def _names(section: Section) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    nodes = section.nodes
    return (
        {i: i for i in nodes},
        {i: n.title for i, n in nodes.items()},
        {i: n.locator for i, n in nodes.items()},
    )
