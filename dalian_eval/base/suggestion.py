"""What was probably meant by a word that is not known."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping


def suggestion(text: str, known: Mapping[str, str] | Iterable[str]) -> str:
    """Return ，是不是 … for the nearest of `known` to what was typed; else empty.

    `known`: words, or words with their titles.
    """
    titles = dict(known) if isinstance(known, Mapping) else dict.fromkeys(known, "")
    told = [f"{i}（{titles[i]}）" if titles[i] else i for i in nearest_words(text, titles)]
    return f"，是不是 {' 或 '.join(told)}？" if told else ""


def nearest_words(text: str, known: Mapping[str, str] | Iterable[str]) -> list[str]:
    """Return up to two of `known` that `text` was probably meant to be, the likeliest first."""
    titles = dict(known) if isinstance(known, Mapping) else dict.fromkeys(known, "")
    word = plain_word(text)
    plain = {plain_word(i): i for i in titles} | {plain_word(t): i for i, t in titles.items() if t}
    begun = [i for name, i in plain.items() if word and (name.startswith(word) or word in name)]
    close = difflib.get_close_matches(word, plain, n=2, cutoff=0.6)
    return [*dict.fromkeys([*(plain[name] for name in close), *begun])][:2]


def plain_word(text: str) -> str:
    """Return a word as it is compared: half-width, without blanks, in small letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
