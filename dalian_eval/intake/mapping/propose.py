"""A mapping proposed for a sheet that nobody knows: by headers, words, types and known values.

Every column of every table is held against every column of the sheet, in all forms a mapping has;
the best pairs make the rule of a table, the best rule makes the proposal. Nothing is read by it
until somebody puts it into params/mappings.yaml.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from dalian_eval.base.limits import DEFAULT_LIMITS
from dalian_eval.intake.base.raw_cell import Cell, half_width, original_text, without_blanks
from dalian_eval.intake.base.reasons import BadCellError
from dalian_eval.intake.cells.dates import parse_month
from dalian_eval.intake.cells.list_entries import SEPARATORS
from dalian_eval.intake.cells.parse import Parser, parser
from dalian_eval.intake.files.sheets import Sheet
from dalian_eval.intake.mapping.known_values import KnownValues
from dalian_eval.intake.mapping.model import (
    EACH,
    END,
    FILLED,
    FIRST,
    GROUP,
    LAST,
    ON_EMPTY,
    START,
    Condition,
    Form,
    Rule,
)
from dalian_eval.intake.mapping.sheet_profile import Profile, is_sum, says_something
from dalian_eval.intake.mapping.terms import (
    COMPANIONS,
    GROUPED,
    guessed_meaning,
    table_words,
    words_of,
)
from dalian_eval.intake.mapping.their_cells import Translator, parts_of
from dalian_eval.intake.mapping.units import other_unit
from dalian_eval.intake.tables.headers import HeaderMap, plain_header, without_unit
from dalian_eval.intake.tables.normalise import parse_column
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import OFFICER, TABLES, UNIT

_MOST_CELLS = 120
_MOST_WORDS = 30
_LEAST, _LEAST_OPTIONAL = 0.3, 0.45
_ALTERNATIVE = 0.35
_READ = 0.5
_MARKS = 3
_NUMBERS = ("编号", "序列号", "流水号", "单号", "记录号", "唯一标识", "系统编号", "ID")
_EVERYWHERE = frozenset({"序号", "备注", "说明", "合计", "总计", "编号", "姓名", "单位", "日期"})
_SUBJECT = "subject"
_SUBJECTS = ("units", "officers")
_OWN_WORDS, _MEANT_WORDS = 0.6, 0.48
_NAMED = {"units": "单位", "officers": "人员", "cases": "案件", "inspections": "检查记录"}
_ORGANS = (("局", UNIT), ("队", UNIT), ("科", UNIT), ("所", UNIT), ("站", UNIT))


@dataclass(frozen=True)
class Guess:
    """How a column of ours may be read: `score` from 0 to 1, why, three samples, rows read.

    `unknown` are words of theirs whose meaning nobody can tell.
    """

    column: Column
    form: Form
    score: float
    reasons: tuple[str, ...]
    samples: tuple[str, ...] = ()
    read: int = 0
    asked: int = 0
    unknown: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The column of theirs."""
        return self.form.headers[0] if self.form.headers else ""


@dataclass(frozen=True)
class RuleGuess:
    """A rule proposed for a table: a guess per column, what else might be meant, what is asked."""

    table: Table
    guesses: tuple[Guess, ...]
    others: dict[str, tuple[Guess, ...]]
    missing: tuple[Column, ...]
    conditions: tuple[Condition, ...] = ()
    groups: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    score: float = 0.0

    @property
    def rule(self) -> Rule:
        """The rule without what is missing."""
        forms = tuple(guess.form for guess in self.guesses)
        return Rule(self.table.name, forms, self.conditions, self.groups)


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a sheet: rules by table, the headers it is known by."""

    profile: Profile
    rules: tuple[RuleGuess, ...]
    headers: tuple[str, ...]
    runners_up: tuple[str, ...] = ()


@dataclass
class Proposer:
    """Holds the tables against one sheet."""

    profile: Profile
    words: HeaderMap
    known: KnownValues
    date1904: bool | None = False
    _of_words: dict[tuple[str, bool], tuple[str, ...]] = field(default_factory=dict)
    _of_filled: dict[str, list[Cell]] = field(default_factory=dict)
    _of_header: dict[str, list[Cell]] = field(default_factory=dict)
    _seen: dict[tuple[str, str], tuple[Guess, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet, file: str, words: HeaderMap, known: KnownValues) -> "Proposer | None":
        """Look at a sheet; None when it has no header."""
        profile = Profile.of(sheet, file, words)
        if profile is None or not profile.records:
            return None
        return cls(profile, words, known, sheet.date1904)

    def proposal(self) -> Proposal | None:
        """Return what is proposed; None when the sheet is like no table."""
        found = sorted((self._rule(t) for t in TABLES), key=lambda r: r.score, reverse=True)
        best = found[0]
        if best.score <= 0 or len(best.guesses) < 2:
            return None
        rules = [best, *self._variants(best)]
        for name in COMPANIONS.get(best.table.name, ()):
            rule = next(r for r in found if r.table.name == name)
            own = {h for g in best.guesses for h in g.form.headers}
            new = [g for g in rule.guesses if {*g.form.headers} - own]
            if not rule.missing and new:
                roles = self._with_roles(rule) if name == "case_handlers" else rule
                rules += [roles, *self._variants(rule)]
        others = tuple(r.table.sheet for r in found[1:4] if r.score > 0 and r not in rules)
        return Proposal(self.profile, tuple(rules), self._marks(rules), others)

    def _marks(self, rules: Sequence[RuleGuess]) -> tuple[str, ...]:
        """Return the headers to know such a sheet by: used ones first, groups' only in need."""
        used = [h for r in rules for h in r.rule.headers if GROUP not in h]
        grouped = [
            h.replace(GROUP, r.groups[0])
            for r in rules
            for h in r.rule.grouped_headers()
            if r.groups
        ]
        members = {at for places in self._family_headers.values() for at in places}
        free = [
            header
            for header, at in self.profile.positions.items()
            if at not in members and header not in _EVERYWHERE and not is_sum(header)
        ]
        lasting = [h for h in grouped if not any(sign.isdigit() for sign in h)]
        marks = [*dict.fromkeys([*used[:_MARKS], *lasting[:1], *used, *free])][:_MARKS]
        return tuple(marks if len(marks) > 1 else [*marks, *grouped[: _MARKS - 1]])

    # One table

    def _rule(self, table: Table) -> RuleGuess:
        groups, family_of = self._groups(table)
        taken: dict[str, Guess] = {}
        used: dict[int, set[str]] = {}
        every = [g for c in table.columns for g in self._guesses(table, c)]
        every = [g for g in every if GROUP not in g.source or g.source in family_of]
        for guess in sorted(every, key=lambda g: g.score, reverse=True):
            least = _LEAST if guess.column.mandatory else _LEAST_OPTIONAL
            if guess.column.name in taken or guess.score < least or self._is_taken(guess, used):
                continue
            if guess.form.part == EACH and any(g.form.part == EACH for g in taken.values()):
                continue
            taken[guess.column.name] = guess
            for place in self._places(guess):
                used.setdefault(place, set()).add(guess.form.part)
        grouped = [name for name, guess in taken.items() if GROUP in guess.source]
        if not any(taken[name].column.mandatory for name in grouped):
            for name in grouped:
                del taken[name]
        self._unite(table, taken, frozenset(used))
        self._complete(table, taken, groups)
        guesses = tuple(taken[c.name] for c in table.columns if c.name in taken)
        missing = tuple(c for c in table.columns if c.mandatory and c.name not in taken)
        uses_groups = any(GROUP in h for g in guesses for h in g.form.headers)
        others = {
            c.name: tuple(
                g
                for g in sorted(self._guesses(table, c), key=lambda g: -g.score)
                if g.score >= _ALTERNATIVE and self._is_other(g, taken.get(c.name))
            )[:3]
            for c in table.columns
        }
        score = sum(g.score * (1.0 if g.column.mandatory else 0.6) for g in guesses if g.source)
        score -= 1.2 * sum(c.name != "subject_kind" for c in missing)
        named = (table.sheet, *table_words(table.name))
        score += 0.8 * any(word in self.profile.around for word in named)
        score += sum(0.3 for g in guesses if g.column.key and g.source)
        rule = RuleGuess(
            table,
            guesses,
            others,
            missing,
            groups=groups if uses_groups else (),
            score=score if guesses else 0.0,
        )
        return replace(rule, conditions=self._conditions(rule), hints=tuple(self._hints(rule)))

    def _places(self, guess: Guess) -> tuple[int, ...]:
        """Return the positions that a guess reads."""
        return tuple(
            place
            for header in guess.form.headers
            for place in self._family_headers.get(header) or (self.profile.positions[header],)
        )

    def _is_taken(self, guess: Guess, used: dict[int, set[str]]) -> bool:
        """Whether a column of theirs is taken: two of ours may only read different parts of it."""
        part = guess.form.part
        found = [used[place] for place in self._places(guess) if place in used]
        return any(not part or "" in parts or part in parts for parts in found)

    def _is_other(self, guess: Guess, taken: Guess | None) -> bool:
        """Whether a guess is worth telling beside the one that was taken."""
        if taken is None:
            return True
        family = self._family_headers.get(taken.source, ())
        inside = self.profile.positions.get(guess.source) in family
        members = self._family_headers.get(guess.source, ())
        around = self.profile.positions.get(taken.source) in members
        same = {*guess.form.headers} & {*taken.form.headers}
        return not (inside or around or same) and guess.score >= 0.7 * taken.score

    def _groups(self, table: Table) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return the words of the groups that serve a table best, and the headers of them."""
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for words in {family.words for family in self.profile.families}:
            families = [f for f in self.profile.families if {*f.words} <= {*words}]
            score = 0.0
            for family in families:
                fits = [
                    g.score
                    for c in table.columns
                    for g in self._guesses(table, c)
                    if g.source == family.header and g.score >= _LEAST
                ]
                score += max(fits, default=0.0)
            if (score, words) > best:
                best = (score, words)
        words = best[1]
        named = frozenset(f.header for f in self.profile.families if f.words == words)
        return words, named

    def _unite(self, table: Table, taken: dict[str, Guess], used: frozenset[int]) -> None:
        """Take the columns of several people together where ours is a list: 主检人, 协检人."""
        for name, guess in list(taken.items()):
            column = guess.column
            if column.type is not Type.LIST or column.references != "officers":
                continue
            if len(guess.form.headers) > 1:
                continue
            more = [
                g
                for g in self._guesses(table, column)
                if len(g.form.headers) == 1
                and GROUP not in g.source
                and used.isdisjoint(self._places(g))
                if g.score >= 0.6 * guess.score and not g.form.part
            ]
            headers = tuple(dict.fromkeys([guess.source, *(g.source for g in more)]))
            if len(headers) > 1:
                cells = [cell for header in headers for cell in self._filled(header)]
                form = Form(name, headers)
                taken[name] = self._guess(table, column, form, 0.9, guess.reasons, cells)

    def _complete(self, table: Table, taken: dict[str, Guess], groups: tuple[str, ...]) -> None:
        """Add constants: the group's word where it is a key, the only word of a vocabulary."""
        grouped = any(GROUP in g.source for g in taken.values())
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            if place in GROUPED and grouped and groups and column.name not in taken:
                text = self._group_value(column, groups)
                why = ("每组的词",) if text else ()
                if text:
                    form = Form(column.name, constant=text)
                    taken[column.name] = Guess(column, form, 0.6, why)
            elif column.name not in taken and len(column.vocabulary) == 1:
                form = Form(column.name, constant=column.vocabulary[0])
                taken[column.name] = Guess(column, form, 0.3, ("只有这一种写法",))
        if "subject" in taken and "subject_kind" not in taken:
            taken["subject_kind"] = self._subject_kind(table, taken["subject"])

    def _group_value(self, column: Column, groups: tuple[str, ...]) -> str:
        """Return the constant that makes a value of a group's word."""
        for text in (GROUP, f"{self.profile.year}年{GROUP}", f"{self.profile.year}-{GROUP}"):
            if text[0] in "年-":
                continue
            if column.type is not Type.MONTH:
                return text
            values = [text.replace(GROUP, word) for word in groups]
            if all(_is_month(value) for value in values):
                return text
        return ""

    def _subject_kind(self, table: Table, subject: Guess) -> Guess:
        column = table["subject_kind"]
        cells = [original_text(c) for c in self._filled(subject.source)]
        units = sum(self.known.has("units", c) for c in cells)
        people = sum(self.known.has("officers", c) for c in cells)
        if cells and units == len(cells):
            return Guess(column, Form(column.name, constant=UNIT), 0.5, ("取值都是单位",))
        if cells and people == len(cells):
            return Guess(column, Form(column.name, constant=OFFICER), 0.5, ("取值都是人员",))
        form = Form(column.name, (subject.source,), mentions=_ORGANS, other=OFFICER)
        return Guess(column, form, 0.4, ("名称带局、队、科的是单位",), tuple(cells[:3]))

    def _conditions(self, rule: RuleGuess) -> tuple[Condition, ...]:
        """Ask for the key to be there when some records lack it."""
        for guess in rule.guesses:
            form = guess.form
            if not guess.column.key or not form.headers or form.part:
                continue
            cells = self._cells(form.headers[0])
            if cells and len(self._filled(form.headers[0])) < len(cells):
                return (Condition(form.headers[0], FILLED),)
        return ()

    def _hints(self, rule: RuleGuess) -> Iterator[str]:
        for guess in rule.guesses:
            if rule.table.name == "cases" and guess.column.name == "decided_on" and guess.source:
                if GROUP in guess.source:
                    continue
                blank = len(self.profile.records) - len(self._filled(guess.source))
                if blank and not any(c.header == guess.source for c in rule.conditions):
                    told = f"当: {{{guess.source}: {FILLED}}}"
                    yield f"有 {blank} 行没有『{guess.source}』；不算案件的，加上  {told}"

    def _with_roles(self, rule: RuleGuess) -> RuleGuess:
        """Say of the people of a case what their column says: who assists signs no approval."""
        people = next((g for g in rule.guesses if g.column.name == "officer_id"), None)
        if people is None:
            return rule
        assists = any(word in people.source for word in ("协", "参与", "辅"))
        roles = dict.fromkeys(("inspector", "interviewer", "approver"), "是")
        roles |= {"approver": "否"} if assists else {}
        there = {g.column.name for g in rule.guesses}
        told = f"按『{people.source}』推测，请核对"
        more = [
            Guess(rule.table[name], Form(name, constant=word), 0.2, (told,))
            for name, word in roles.items()
            if name not in there
        ]
        return replace(rule, guesses=(*rule.guesses, *more))

    def _variants(self, rule: RuleGuess) -> list[RuleGuess]:
        """Return further rules of the same table: other columns of people, each with its role."""
        taken = next((g for g in rule.guesses if g.column.name == "officer_id"), None)
        if rule.table.name != "case_handlers" or taken is None:
            return []
        fixed = any(GROUP in g.source for g in rule.guesses if g is not taken)
        used = {*self._places(taken)}
        found: list[RuleGuess] = []
        for guess in sorted(self._guesses(rule.table, taken.column), key=self._width, reverse=True):
            places = {*self._places(guess)}
            likely = guess.score >= max(_READ, taken.score * 0.7)
            words = self._words_of_family(guess.source)
            if not likely or places & used or (fixed and words != rule.groups):
                continue
            used |= places
            guesses = tuple(guess if g is taken else g for g in rule.guesses)
            one = replace(rule, guesses=guesses, groups=rule.groups if fixed else words)
            found.append(self._with_roles(one))
        return found

    def _width(self, guess: Guess) -> tuple[int, float]:
        """Families before their members, the likelier first."""
        return len(self._places(guess)), guess.score

    def _words_of_family(self, header: str) -> tuple[str, ...]:
        return next((f.words for f in self.profile.families if f.header == header), ())

    # One column of ours

    def _guesses(self, table: Table, column: Column) -> tuple[Guess, ...]:
        place = (table.name, column.name)
        if place not in self._seen:
            found = [
                guess
                for header in (*self.profile.positions, *self._family_headers)
                for guess in self._forms(table, column, header)
            ]
            self._seen[place] = tuple(g for g in found if g.score > 0)
        return self._seen[place]

    @cached_property
    def _family_headers(self) -> dict[str, tuple[int, ...]]:
        return {family.header: family.positions for family in self.profile.families}

    def _cells(self, header: str) -> list[Cell]:
        if header not in self._of_header:
            places = self._family_headers.get(header) or (self.profile.positions[header],)
            cells = [cell for place in places for cell in self.profile.cells(place)]
            self._of_header[header] = cells
        return self._of_header[header]

    def _filled(self, header: str) -> list[Cell]:
        if header not in self._of_filled:
            cells = [cell for cell in self._cells(header) if says_something(cell)]
            self._of_filled[header] = cells
        return self._of_filled[header]

    def _forms(self, table: Table, column: Column, header: str) -> Iterator[Guess]:
        """Yield the ways in which a column of theirs may be read as one of ours."""
        likeness, why = self._likeness(table, column, header)
        cells = self._filled(header)
        is_people_list = column.type is Type.LIST and column.references == "officers"
        if GROUP in header and is_people_list:
            family = next(f for f in self.profile.families if f.header == header)
            headers = tuple(header.replace(GROUP, word) for word in family.words)
            yield self._guess(table, column, Form(column.name, headers), likeness, why, cells)
            return
        plain = Form(column.name, (header,))
        if not cells:
            # An empty column is known by its header alone.
            if likeness >= 0.9:
                yield Guess(column, plain, likeness * 0.5, (*why, "整列空白"))
            return
        yield self._guess(table, column, plain, likeness, why, cells)
        texts = [original_text(cell) for cell in cells[:_MOST_CELLS]]
        gaps = len(cells) < len(self._cells(header))
        for part in self._parts(table, column, texts, gaps=gaps):
            form = replace(plain, part=part)
            yield self._guess(table, column, form, likeness, (*why, f"每格取『{part}』"), cells)
        closed = bool(column.vocabulary) or column.type is Type.BOOL
        ticked = gaps and column.type is Type.BOOL and likeness >= _LEAST_OPTIONAL
        if closed and (ticked or not self._all_ours(column, texts)):
            yield from self._translated(table, column, plain, likeness, why, cells)

    def _parts(
        self, table: Table, column: Column, texts: Sequence[str], *, gaps: bool
    ) -> Iterator[str]:
        if column.type is Type.DATE:
            translator = Translator("", Form(column.name, ("",), part=START), column)
            if _share(texts, lambda t: _has_part(translator, t)) > 0.6:
                starts = "_from" in column.name or column.name.startswith(("start", "valid_from"))
                yield START if starts else END
        if column.references in ("units", _SUBJECT) and self._stepped(texts):
            yield LAST
            yield FIRST
        key_of_people = column.references == "officers" and column.type is Type.CODE
        several = gaps or any(len(parts_of(text)) > 1 for text in texts)
        if key_of_people and column.key and table.name == "case_handlers" and several:
            yield EACH

    def _stepped(self, texts: Sequence[str]) -> bool:
        return _share(texts, lambda t: any(s in t for s in "/\\>＞→|-—")) > 0.3

    def _all_ours(self, column: Column, texts: Sequence[str]) -> bool:
        parse = parser(column, date1904=self.date1904)
        return all(_reads(parse, text) for text in dict.fromkeys(texts))

    def _translated(
        self,
        table: Table,
        column: Column,
        plain: Form,
        likeness: float,
        why: tuple[str, ...],
        cells: Sequence[Cell],
    ) -> Iterator[Guess]:
        """Yield a list of words, their meaning guessed; those nobody can tell are asked for."""
        words = self._words(plain.headers[0], split=column.type is Type.LIST)
        if len(words) > _MOST_WORDS:
            return
        meant = {word: guessed_meaning(word, table.name, column) for word in words}
        told = {word: ours for word, ours in meant.items() if ours}
        unknown = tuple(word for word, ours in meant.items() if not ours)
        if not told or len(told) < len(unknown):
            return
        extra = {}
        blank = len(cells) < len(self._cells(plain.headers[0]))
        if column.type is Type.BOOL and blank and {*told.values()} == {"是"}:
            extra = {ON_EMPTY: "否"}
        form = replace(plain, words=tuple({**told, **extra}.items()))
        reasons = (*why, "按词义" + ("，空白按否" if extra else ""))
        guess = self._guess(table, column, form, likeness, reasons, cells)
        sure = 1 - len(unknown) / len(words) / 2
        yield replace(guess, unknown=unknown, score=guess.score * sure + 0.04 * bool(extra))

    def _words(self, header: str, *, split: bool) -> tuple[str, ...]:
        """Return the distinct words of a column, those of lists one by one; not many too many."""
        if (header, split) not in self._of_words:
            texts: Iterable[str] = map(original_text, self._filled(header))
            if split:
                texts = (p for text in texts for p in SEPARATORS.split(text) if p.strip())
            words: dict[str, None] = {}
            for text in texts:
                words.setdefault(without_blanks(half_width(text)))
                if len(words) > _MOST_WORDS:
                    break
            self._of_words[header, split] = tuple(words)
        return self._of_words[header, split]

    def _guess(
        self,
        table: Table,
        column: Column,
        form: Form,
        likeness: float,
        why: tuple[str, ...],
        cells: Sequence[Cell],
    ) -> Guess:
        some = _distinct(cells[:_MOST_CELLS])
        read, values = self._read(table, column, form, some)
        share = read / len(some) if some else 0.0
        samples = tuple(dict.fromkeys(original_text(cell) for cell in cells[:_MOST_CELLS]))[:3]
        total = round(share * len(cells))
        reasons = list(why)
        if other_unit(form.headers[0], column):
            likeness, share = 0.0, 0.0
        score = 0.65 * likeness + 0.35 * share * _telling(column, form)
        known = [t for t in _NAMED if _points_to(column, t) and self.known.knows(t)]
        if known and values:
            found = [any(self.known.has(t, value) for t in known) for value in values]
            unchecked = column.references == _SUBJECT and len(known) < len(_SUBJECTS)
            if unchecked:
                found = [ok or _is_code(v) for ok, v in zip(found, values, strict=True)]
            most = sum(found) / len(found)
            if most >= 0.5:
                score = 0.5 * likeness + 0.5 * most
                score *= 1.0 if likeness >= 0.3 or column.mandatory else 0.8
                named = "、".join(f"『{_NAMED[t]}』" for t in known)
                reasons.append(f"取值在{named}表中的占 {most:.0%}")
            elif not column.mentions:
                score *= 0.4
        elif column.vocabulary and len(column.vocabulary) > 1 and share == 1.0 and cells:
            # Words of a closed list are seldom another column's.
            if not form.is_translated:
                score = max(score, _OWN_WORDS)
            elif likeness >= _ALTERNATIVE - 0.1:
                score = max(score, _MEANT_WORDS)
        elif likeness < 0.3:
            score *= 0.5
        if share < _READ:
            score *= 0.3
        if (column.key and table.key == (column.name,)) and values:
            said = [original_text(cell) for cell in cells]
            unique = len({*said}) / len(said)
            if unique > 0.98 and len(values) > 2:
                reasons.append("取值不重复")
                score += 0.05
            elif unique < 0.8:
                score *= 0.4
        if form.part and share >= _READ:
            score += 0.03
        if GROUP in form.headers[0]:
            score += 0.04
        if "officers" in (column.references, table.name) and column.type is Type.CODE and values:
            score += 0.1 * (_share(values, _is_code) - 0.5)
        return Guess(column, form, score, tuple(reasons), samples, total, len(cells))

    def _read(
        self, table: Table, column: Column, form: Form, cells: Sequence[Cell]
    ) -> tuple[int, list[str]]:
        """Return how many cells can be read, and what they say."""
        first = replace(form, headers=form.headers[:1])
        told = Translator("", first, column).cells([[*cells]], len(cells), 0)
        person = (table.name, column.name) == ("officers", "name")
        parse = parser(column, date1904=self.date1904, person_name=person)
        optional = replace(column, key=False, required=False)
        parsed = parse_column(optional, told.cells, parse, DEFAULT_LIMITS, quick=False)
        bad = {row for row, _ in parsed.problems} | {*told.problems}
        values: list[str] = []
        for row, value in enumerate(parsed.values.to_pylist()):
            if row not in bad and value is not None:
                values += map(str, value) if isinstance(value, list) else [str(value)]
        blank = sum(v is None or v == [] for v in parsed.values.to_pylist())
        return len(cells) - max(len(bad), blank if not column.open_ended else len(bad)), values

    def _likeness(self, table: Table, column: Column, header: str) -> tuple[float, tuple[str, ...]]:
        """Return how much a header is like what the column is called, and as what."""
        text = without_unit(plain_header(header.replace(GROUP, ""))).removeprefix("是否")
        if not text:
            return 0.0, ()
        own = [w for w, name in self.words.words(table).items() if name == column.name]
        terms = words_of(table.name, column.name)
        if column.key and column.type is Type.CODE and not column.references:
            terms = (*terms, *_NUMBERS)
        if text in own or header in own:
            return 1.0, (f"表头『{header}』",)
        if text in terms:
            return 0.95, (f"表头『{header}』",)
        best, like = 0.0, ""
        for word in dict.fromkeys([*own, *terms]):
            if len(word) > 1 and word in text:
                score = 0.55 + 0.35 * len(word) / len(text) + 0.05 * text.endswith(word)
            elif len(text) > 1 and text in word:
                score = 0.5 + 0.35 * len(text) / len(word)
            else:
                score = difflib.SequenceMatcher(None, text, word).ratio() * 0.75
                score = score if score >= 0.4 else 0.0
            if score > best:
                best, like = score, word
        return best, (f"表头像『{like}』",) if like else ()


def _is_code(text: str) -> bool:
    """Whether a text is, or holds in brackets, a number as certificates have."""
    return any(len(run) > 3 for run in re.findall(r"[0-9A-Za-z]+", text))


def _distinct(cells: Sequence[Cell]) -> list[Cell]:
    return [*{(type(cell), cell): cell for cell in cells}.values()]


def _points_to(column: Column, target: str) -> bool:
    if column.references == _SUBJECT:
        return target in _SUBJECTS
    return target in (column.references, column.mentions)


def _telling(column: Column, form: Form) -> float:
    """Return how much it tells that a cell can be read as one of the column."""
    if column.type is Type.TEXT and not column.vocabulary:
        return 0.4
    if column.type in (Type.CODE, Type.CASE_NUMBER, Type.LIST) and not column.vocabulary:
        return 0.5
    return 0.9 if form.is_translated else 1.0


def _share(texts: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(t)) for t in texts) / len(texts) if texts else 0.0


def _has_part(translator: Translator, text: str) -> bool:
    try:
        translator.meaning(text, 0)
    except BadCellError:
        return False
    return True


def _reads(parse: Parser, text: str) -> bool:
    try:
        parse(text)
    except BadCellError:
        return False
    return True


def _is_month(text: str) -> bool:
    try:
        return parse_month(text, date1904=False)[0] is not None
    except BadCellError:
        return False
