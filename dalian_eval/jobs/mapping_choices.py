"""A proposed mapping changed by whoever knows the sheet, checked, and kept in the project.

The desk shows every column of the sheet with what is proposed for it; what somebody picks instead
is put into the proposal here, and the entry is written only when it can be read back.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import project_root
from dalian_eval.intake.base.raw_cell import clip, original_text
from dalian_eval.intake.mapping.load_mappings import load_mappings
from dalian_eval.intake.mapping.model import GROUP, Form
from dalian_eval.intake.mapping.propose import Guess, RuleGuess
from dalian_eval.jobs.map_export import Proposed
from dalian_eval.schema.model import Column, Type
from dalian_eval.stages.parameters import load_params, newest_params

_SAMPLES = 3

Place = tuple[int, str]
"""A column of ours: the number of the rule, the column's name."""


@dataclass(frozen=True)
class TheirColumn:
    """A column of the sheet: three samples, and the columns of ours that it is proposed for.

    `told`: how it is read, where that is not plain; `is_grouped`: it is one of a family of columns
    that are read together, as proposed only.
    """

    header: str
    samples: tuple[str, ...]
    places: tuple[Place, ...]
    told: str
    is_grouped: bool


def their_columns(proposed: Proposed) -> list[TheirColumn]:
    """Return the columns of the sheet in their order."""
    profile, rules = proposed.proposal.profile, proposed.proposal.rules
    members = {h for rule in rules for h in _grouped(rule)}
    found = []
    for header, at in profile.positions.items():
        texts = dict.fromkeys(clip(original_text(cell), 40) for cell in profile.filled(at))
        used = [
            ((number, guess.column.name), guess.form)
            for number, rule in enumerate(rules)
            for guess in rule.guesses
            if header in guess.form.headers
        ]
        told = "；".join(dict.fromkeys(_how(form) for _, form in used if not form.is_plain))
        places = tuple(place for place, _ in used)
        samples = tuple(texts)[:_SAMPLES]
        found.append(TheirColumn(header, samples, places, told, header in members))
    return found


def our_columns(proposed: Proposed) -> list[tuple[str, Place]]:
    """Return what a column of theirs can be: the columns of the proposed tables, as shown."""
    return [
        (f"{rule.table.sheet}·{column.header}", (number, column.name))
        for number, rule in enumerate(proposed.proposal.rules)
        for column in rule.table.columns
    ]


def missing_columns(proposed: Proposed) -> list[tuple[Place, Column]]:
    """Return the columns that must be there and that nothing is proposed for."""
    rules = enumerate(proposed.proposal.rules)
    return [((number, c.name), c) for number, rule in rules for c in rule.missing]


def unknown_words(proposed: Proposed) -> list[tuple[Place, Column, str]]:
    """Return the words of theirs whose meaning somebody has to tell."""
    return [
        ((number, guess.column.name), guess.column, word)
        for number, rule in enumerate(proposed.proposal.rules)
        for guess in rule.guesses
        for word in guess.unknown
    ]


def words_for(column: Column) -> tuple[str, ...]:
    """Return what may stand in a column of ours; none where anything may."""
    return column.vocabulary or (("是", "否") if column.type is Type.BOOL else ())


def chosen(
    proposed: Proposed,
    picked: Mapping[str, tuple[Place, ...]],
    constants: Mapping[Place, str],
    words: Mapping[tuple[Place, str], str],
) -> Proposed:
    """Return the proposal as somebody changed it.

    `picked`: per header of theirs what it is, for those that were changed; `constants`: what
    stands in a column of ours in every row; `words`: the meaning of words of theirs, by column.
    UsageError when two columns of theirs are to be one of ours.
    """
    rules = tuple(
        _changed(number, rule, picked, constants, words)
        for number, rule in enumerate(proposed.proposal.rules)
    )
    return replace(proposed, proposal=replace(proposed.proposal, rules=rules))


def keep_mapping(proposed: Proposed, params: Path | None = None) -> Path:
    """Add the entry to the project's mappings, and return their file.

    UsageError, with what is wrong, when the entry cannot be read back: then nothing is changed.
    """
    path = params or newest_params(project_root(Path.cwd()))
    mappings = path.parent / load_params(path).mappings
    written = mappings.read_text(encoding="utf-8") if mappings.is_file() else ""
    names = {mapping.name for mapping in load_mappings(mappings)}
    text = f"{written.rstrip()}\n\n{replace(proposed, name=_free(proposed.name, names)).text}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        tried = Path(folder) / mappings.name
        tried.write_text(text, encoding="utf-8", newline="\n")
        try:
            load_mappings(tried)
        except UsageError as error:
            raise UsageError(f"还不能保存：{_without_place(str(error), tried)}") from None
    write_whole(mappings, text.encode())
    return mappings


def _changed(
    number: int,
    rule: RuleGuess,
    picked: Mapping[str, tuple[Place, ...]],
    constants: Mapping[Place, str],
    words: Mapping[tuple[Place, str], str],
) -> RuleGuess:
    guesses: dict[str, Guess] = {}
    for guess in rule.guesses:
        place = (number, guess.column.name)
        headers = tuple(h for h in guess.form.headers if place in picked.get(h, (place,)))
        if headers or not guess.form.headers:
            form = replace(guess.form, headers=headers)
            told = [(w, words[place, w]) for w in guess.unknown if words.get((place, w))]
            form = replace(form, words=(*form.words, *told))
            unknown = tuple(w for w in guess.unknown if not words.get((place, w)))
            guesses[guess.column.name] = replace(guess, form=form, unknown=unknown)
    for header, places in picked.items():
        for at, name in places:
            if at == number:
                _take(rule, guesses, name, header)
    for (at, name), text in constants.items():
        if at == number and text and name not in guesses:
            guesses[name] = Guess(rule.table[name], Form(name, constant=text), 1.0, ("由人填写",))
    inorder = tuple(guesses[c.name] for c in rule.table.columns if c.name in guesses)
    missing = tuple(c for c in rule.table.columns if c.mandatory and c.name not in guesses)
    return replace(rule, guesses=inorder, missing=missing)


def _take(rule: RuleGuess, guesses: dict[str, Guess], name: str, header: str) -> None:
    """Have a column of ours read from a header that somebody picked for it."""
    column = rule.table[name]
    there = guesses.get(name)
    if there is not None and header in there.form.headers:
        return
    if there is not None and there.form.headers:
        if column.type is not Type.LIST or there.form.part:
            other = there.form.headers[0]
            raise UsageError(
                f"『{other}』和『{header}』都选作『{column.header}』：只能留一个，另一个请选“不用”"
            )
        form = replace(there.form, headers=(*there.form.headers, header))
        guesses[name] = replace(there, form=form)
        return
    guesses[name] = Guess(column, Form(name, (header,)), 1.0, ("由人选定",))


def _how(form: Form) -> str:
    """Return in words how a column is read that is not read as it stands."""
    parts = [f"每格取『{form.part}』"] if form.part else []
    parts += [f"{theirs}→{ours}" for theirs, ours in form.words]
    parts += [f"含『{theirs}』→{ours}" for theirs, ours in form.mentions]
    parts += [] if form.other is None else [f"其他→{form.other}"]
    parts += ["几列合成一个列表"] if len(form.headers) > 1 else []
    return "，".join(parts)


def _grouped(rule: RuleGuess) -> set[str]:
    headers = {h for guess in rule.guesses for h in guess.form.headers if GROUP in h}
    return {header.replace(GROUP, word) for header in headers for word in rule.groups}


def _free(name: str, names: set[str]) -> str:
    number, free = 1, name
    while free in names:
        number += 1
        free = f"{name}{number}"
    return free


def _without_place(told: str, path: Path) -> str:
    return told.replace(f"映射文件 {path} ", "")
