"""A command line that speaks Chinese: argparse splits the arguments, everything said is here."""

import argparse
import difflib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, NoReturn

from dalian_eval.base.errors import UsageError

HELP = "help"
"""The key of the help flag among the values."""

_FLAGS_HELP = "显示帮助"
_NO_VALUE = object()
"""Stands where an option was written without its value."""

_DASHES = "-–—－−"
"""The hyphen and what a word processor or Chinese input method puts in its place."""


@dataclass(frozen=True)
class Option:
    """An option that takes a value, or, when its name has no dash, a word in its place.

    `value` stands for the value in the help; `read` makes the value from its text, with a
    ValueError for what is no integer; a `repeatable` option gives a list (a word in its place: the
    last one, all words that are left); `alone` is the value of
    an option that may be written without one; a named option without a word for its value is a
    switch, whose value is a bool.
    """

    name: str
    value: str
    help: str
    read: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    alone: Any = None

    @property
    def key(self) -> str:
        """The name as a Python name: try_ for --try."""
        name = self.name.lstrip("-").replace("-", "_").lower()
        return f"{name}_" if iskeyword(name) else name

    @property
    def positional(self) -> bool:
        """Whether its place says what it is, not a name."""
        return not self.name.startswith("-")

    @property
    def switch(self) -> bool:
        """Whether it is written without a value."""
        return not self.positional and not self.value

    @property
    def written(self) -> str:
        """How it is written: its name and value, or the word that stands for it."""
        return f"{self.name} {self.value}" if self.value else self.name

    def label(self) -> str:
        """Return what the help says of the option."""
        if self.required:
            return f"{self.help}（必填）"
        if self.repeatable:
            return f"{self.help}（可重复）"
        return f"{self.help}（默认 {self.default}）" if self.default else self.help

    def parse(self, text: str, hint: str) -> Any:
        """Return the value of `text`; UsageError, ending in `hint`, when it is wrong."""
        if self.choices and text not in self.choices:
            known = "、".join(self.choices)
            raise UsageError(f"选项 {self.name} 的取值『{text}』不对，可用：{known}。{hint}")
        try:
            return self.read(text)
        except ValueError as error:
            raise UsageError(f"选项 {self.name} 的取值『{text}』不对，应为整数。{hint}") from error


@dataclass(frozen=True)
class Command:
    """A command: its options, by key, are the keywords of `call`."""

    name: str
    summary: str
    options: tuple[Option, ...]
    call: Callable[..., None]


@dataclass(frozen=True)
class CommandGroup:
    """Commands of one subject, called by two words: rubric check."""

    name: str
    summary: str
    commands: tuple[Command, ...]


AnyCommand = Command | CommandGroup


class ChineseParser(argparse.ArgumentParser):
    """argparse with Chinese help and complaints; it raises UsageError and never exits."""

    def __init__(
        self,
        prog: str,
        summary: str,
        options: Sequence[Option] = (),
        flags: Sequence[tuple[str, str]] = (),
        commands: Sequence[AnyCommand] = (),
    ) -> None:
        """Take options with a value, flags as (name, help) and, for the help, the commands."""
        super().__init__(prog=prog, add_help=False, allow_abbrev=False, exit_on_error=False)
        self._summary = summary
        self._options = tuple(options)
        self._words = tuple(o for o in self._options if o.positional)
        self._flags = (*flags, ("-h, --help", _FLAGS_HELP))
        self._commands = tuple(commands)
        for names, _ in self._flags:
            self.add_argument(*names.split(", "), action="store_true")
        for option in self._named:
            if option.switch:
                self.add_argument(option.name, action="store_true", dest=option.key)
                continue
            action = "append" if option.repeatable else "store"
            self.add_argument(
                option.name, action=action, nargs="?", const=_NO_VALUE, dest=option.key
            )

    def understand(self, arguments: Sequence[str]) -> dict[str, Any]:
        """Return the values by key; only the flags count when help is asked for."""
        try:
            found, extra = self.parse_known_args(list(arguments))
        except argparse.ArgumentError as error:
            if error.argument_name is None:
                self.error(error.message)
            raise UsageError(
                f"选项 {error.argument_name} 后面不能带取值，请只写选项名。{self._hint}"
            ) from error
        given = vars(found)
        if given[HELP]:
            return given
        extra = self._take_words(given, extra)
        for option in self._options:
            self._refuse_missing_value(option, given[option.key])
        if extra:
            self._refuse(extra)
        values = {option.key: self._value(option, given[option.key]) for option in self._options}
        missing = [o for o in self._options if o.required and given[o.key] is None]
        if missing:
            names = "、".join(o.written for o in missing)
            raise UsageError(f"缺少必填的内容，请补上：{names}（{missing[0].help}）。{self._hint}")
        return {**given, **values}

    def format_usage(self) -> str:
        """Return the usage line."""
        needed = "".join(f" {o.written}" for o in self._options if o.required)
        return f"用法：{self.prog}{' 命令' if self._commands else ''}{needed} [选项]\n"

    def format_help(self) -> str:
        """Return the whole help."""
        parts = [self.format_usage(), f"{self._summary}\n"]
        if self._commands:
            parts.append(_section("命令", [(c.name, c.summary) for c in self._commands]))
        rows = [(o.written, o.label()) for o in self._options]
        parts.append(_section("选项", [*rows, *self._flags]))
        if self._commands:
            parts.append(f"各命令的选项：{self.prog} {self._commands[0].name} --help\n")
        return "\n".join(parts)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError; what argparse says in English is not shown."""
        raise UsageError(f"命令写法不对。{self._hint}")

    def _take_words(self, given: dict[str, Any], extra: list[str]) -> list[str]:
        """Give the words that stand without a name to the positional options, in order.

        argparse of Python 3.11 cannot take them wherever they stand. Returns what is left over.
        """
        end = extra.index("--") if "--" in extra else len(extra)
        words = [i for i, text in enumerate(extra[:end]) if text[:1] not in tuple(_DASHES)]
        taken = dict(zip(words, self._words, strict=False))
        given.update({option.key: None for option in self._words})
        given.update({option.key: extra[i] for i, option in taken.items()})
        for option in self._words:
            if option.repeatable:  # The last one: it takes all words that are left.
                rest = words[len(self._words) - 1 :]
                given[option.key] = [extra[i] for i in rest]
                taken.update(dict.fromkeys(rest, option))
        return [text for i, text in enumerate(extra) if i not in taken]

    @property
    def _named(self) -> tuple[Option, ...]:
        return tuple(o for o in self._options if not o.positional)

    @property
    def _hint(self) -> str:
        return f"用 {self.prog} --help 查看用法"

    def _refuse_missing_value(self, option: Option, given: object) -> None:
        """UsageError when the option was written without a value, or with an empty one."""
        texts = given if isinstance(given, list) else [given]
        if option.positional and "" in texts:
            raise UsageError(f"{option.name} 不能为空，应为{option.help}。{self._hint}")
        bare = _NO_VALUE in texts and option.alone is None
        if bare or "" in texts:
            raise UsageError(
                f"选项 {option.name} 缺少取值，应写成 {option.written}"
                f"（以 - 开头的取值写成 {option.name}=取值）。{self._hint}"
            )

    def _value(self, option: Option, given: Any) -> Any:
        if option.repeatable:
            return [option.parse(text, self._hint) for text in given or []]
        if option.switch:
            return given
        if given is _NO_VALUE:
            return option.alone
        return option.default if given is None else option.parse(given, self._hint)

    def _refuse(self, extra: list[str]) -> NoReturn:
        """UsageError for arguments that nothing takes: unknown options first."""
        for text in extra:
            if text == "--":
                break
            if len(text) > 1 and text[0] in _DASHES:
                self._refuse_option(text.partition("=")[0])
        surplus = "、".join(f"『{text}』" for text in extra if text != "--")
        if not surplus:
            raise UsageError(f"多出了『--』，请删去。{self._hint}")
        raise UsageError(
            f"多出了不认识的内容：{surplus}。取值前要写选项名，含空格的取值要加引号。{self._hint}"
        )

    def _refuse_option(self, name: str) -> NoReturn:
        known = [o.name for o in self._named]
        known += [part for names, _ in self._flags for part in names.split(", ")]
        likely = nearest(name.lstrip(_DASHES), known)
        if likely:
            cure = f"是不是 {' 或 '.join(likely)}？选项名要写全，以两个半角 - 开头"
        elif self._commands:
            names = "、".join(c.name for c in self._commands)
            cure = f"请先写命令（{names}），再写选项"
        else:
            cure = f"可用的选项：{'、'.join(known)}"
        raise UsageError(f"没有选项『{name}』，{cure}。{self._hint}")


def nearest(word: str, known: Sequence[str]) -> list[str]:
    """Return the known words that `word` begins, else the one it resembles most, if any."""
    bare = word.lower().replace("_", "-").lstrip("-")
    by_bare = {name.lstrip("-"): name for name in known}
    begun = [name for key, name in by_bare.items() if bare and key.startswith(bare)]
    return begun or [by_bare[key] for key in difflib.get_close_matches(bare, by_bare, n=1)]


def find_command(name: str, commands: Sequence[AnyCommand], prog: str) -> AnyCommand:
    """Return the command; UsageError, with the nearest one, when there is none of that name."""
    for command in commands:
        if command.name == name:
            return command
    names = [command.name for command in commands]
    likely = nearest(name, names)
    cure = f"是不是 {' 或 '.join(likely)}？" if likely else f"可用的命令：{'、'.join(names)}。"
    raise UsageError(f"没有命令『{name}』，{cure}用 {prog} --help 查看用法")


def _section(heading: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return rows of two columns under a heading, aligned as a terminal shows them."""
    room = max(_columns(left) for left, _ in rows) + 2
    lines = [f"  {left}{' ' * (room - _columns(left))}{right}\n" for left, right in rows]
    return f"{heading}：\n{''.join(lines)}"


def _columns(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
