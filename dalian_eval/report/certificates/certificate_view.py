"""What holds under every reading, in words: ranks, cuts, pairs and what each reading does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.defences import loads, read_whole
from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.model import Maker
from dalian_eval.outputs.tables import made_by
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import plain, with_sign
from dalian_eval.rubric.model import Rubric
from dalian_eval.sensitivity.bounds import bounds
from dalian_eval.sensitivity.certificates import ALWAYS, EXACT, IN, NEVER, YES, Candidates
from dalian_eval.sensitivity.embedded import FILE, from_json
from dalian_eval.sensitivity.extremes import NO_WITNESS, UNKNOWN, Extremes, extremes
from dalian_eval.sensitivity.space import Space, ranks

_LARGEST = 1 << 30

_TABLES = made_by(Maker.READINGS)


@dataclass(frozen=True)
class Certificates:
    """The certificates of a run folder: its tables, and what they were computed from (`told`)."""

    rubric: Rubric
    told: Mapping[str, Any]
    rows: Mapping[tuple[str, str], Mapping[str, str]]
    tables: Mapping[str, Sequence[Mapping[str, str]]]

    @cached_property
    def spaces(self) -> dict[str, tuple[Space, Candidates, str]]:
        """Per kind: all combinations, the candidates, 确切 or 界."""
        return from_json(self.told)

    @cached_property
    def short(self) -> dict[tuple[str, str], str]:
        """Every candidate's rank under all readings in a few words."""
        return {key: short_standing(self.rubric, row) for key, row in self.rows.items()}

    @property
    def uncertain(self) -> dict[tuple[str, str], str]:
        """The same of those alone whose rank some reading changes."""
        loose = [key for key, row in self.rows.items() if row["certain"] != YES]
        return {key: self.short[key] for key in loose}

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        return {
            (kind, candidate): i
            for kind, (_, who, _) in self.spaces.items()
            for i, candidate in enumerate(who.ids)
        }

    @cached_property
    def _alone(self) -> dict[tuple[str, str, str], tuple[Any, Any]]:
        """Totals and ranks under every option changed alone, and under none."""
        found = {(kind, "", ""): _standing(space, {}) for kind, (space, *_) in self.spaces.items()}
        for kind, (space, *_) in self.spaces.items():
            for name, options in space.options.items():
                for option in options[1:]:
                    found[kind, name, option] = _standing(space, {name: option})
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], list[Mapping[str, str]]]:
        found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
        for pair in self.tables["pairs"]:
            for end in ("above", "below"):
                found.setdefault((pair["kind"], pair[end]), []).append(pair)
        return found

    def standing(self, kind: str, candidate: str) -> str:
        """Return what a candidate's rank is under all readings, in one sentence."""
        return rank_sentence(self.rubric, self.rows[kind, candidate])

    def effects(self, kind: str, candidate: str) -> list[str]:
        """Return what each reading that alone moves the candidate's rank does to total and rank."""
        space = self.spaces[kind][0]
        place = self._places[kind, candidate]
        own_totals, own_ranks = self._alone[kind, "", ""]
        lines = []
        for name in self.rows[kind, candidate]["decided_by"].split():
            for option in space.options[name][1:]:
                totals, places = self._alone[kind, name, option]
                if places[place] != own_ranks[place]:
                    moved = int(totals[place] - own_totals[place])
                    lines.append(
                        f"改用{option_words(self.rubric, name, option)}："
                        f"总分{with_sign(moved) if moved else '不变'}，{_rank(int(places[place]))}"
                    )
        return lines

    def neighbours(self, kind: str, candidate: str) -> list[str]:
        """Return what holds against the one before and the one behind, named by rank only."""
        lines = []
        for pair in self._pairs.get((kind, candidate), []):
            is_ahead = candidate == pair["above"]
            least, most = (pair[end].replace("-", "−") for end in ("margin_min", "margin_max"))
            if pair["reversed_with"]:
                told = f"{combination_words(self.rubric, pair['reversed_with'])}时先后颠倒"
            elif pair["margin_min"].startswith("-"):
                told = "先后有可能颠倒"
            else:
                told = (
                    f"任何口径下{_always(is_ahead, may_tie=pair['margin_min'].strip('0.') == '')}"
                )
            lines.append(
                f"与{'后' if is_ahead else '前'}一名相比：相差{pair['margin']}分"
                f"（各种口径下{least}至{most}分），{told}"
            )
        return lines


def has_certificates(folder: Path) -> bool:
    """Whether a run folder holds certificates: a version before them made it if not."""
    return (folder / FILE).is_file()


def load_certified(folder: Path, rubric: Rubric) -> Certificates:
    """Return the certificates of a run folder; UsageError when they cannot be read."""
    try:
        told = loads(read_whole(folder / FILE, _LARGEST))
        for part in ("readings", "sections"):
            told[part]
        return certified_of(rubric, told, load_tables(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"读不了 {folder} 中的 {FILE} 或 {'、'.join(t.file for t in _TABLES)}：请确认文件夹完整"
        ) from error


def certified_of(
    rubric: Rubric, told: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, str]]]
) -> Certificates:
    """Return the certificates of tables as they stand in their files (see `load_tables`)."""
    rows = {(row["kind"], row["candidate"]): row for row in tables["sensitivity"]}
    return Certificates(rubric, told, rows, tables)


def load_tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of the four tables in a folder; OSError, ValueError when there are none."""
    return {table.name: _rows(folder / table.file) for table in _TABLES}


def _rows(path: Path) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in row.items()} for row in read_csv(path).to_dict("records")]


def option_words(rubric: Rubric, name: str, option: str) -> str:
    """Return an option as a clerk says it: 「月度得分的累计：不论几个月达标只得一份…」."""
    reading = rubric.readings[name]
    return f"「{reading.title}：{reading.options[option]}」"


def combination_words(rubric: Rubric, written: str) -> str:
    """Return a combination of the files in words; empty for the run's own readings."""
    if not written:
        return "按本次口径"
    pairs = (part.partition("=") for part in written.split())
    return "改用" + "、".join(option_words(rubric, name, option) for name, _, option in pairs)


def rank_sentence(rubric: Rubric, row: Mapping[str, str]) -> str:
    """Return one sentence on a row of sensitivity.csv."""
    if row["vetoed"] == ALWAYS:
        return "任何口径下都不参加排名（否决）"
    now = f"第{row['rank']}名" if row["rank"] else "按本次口径不参加排名"
    proven = "" if row["exact"] == EXACT else "（已证明的界，实际可能更窄）"
    if row["certain"] == YES:
        return f"{now}，名次确定：任何口径下都不变{proven}"
    best, worst = row["rank_best"], row["rank_worst"]
    always = "任何口径下" if row["vetoed"] == NEVER else "参加排名时"
    same = f"{always}都是第{best}名"
    parts = [same if best == worst else f"{always}都在第{best}至第{worst}名之间"]
    if row["vetoed"] != NEVER:
        parts.append("是否否决视口径而定")
    ends = {best: row["best_with"], worst: row["worst_with"]}
    parts += [
        f"{combination_words(rubric, how)}时{_moved(rank, row['rank'])}"
        for rank, how in ends.items()
        if how and rank != row["rank"]
    ]
    names = row["decided_by"].split()
    if len(names) > 1:
        titles = "、".join(f"『{rubric.readings[n].title}』" for n in names)
        parts.append(f"单独改用就变动名次的口径：{titles}")
    return f"{'；'.join([now, *parts])}{proven}"


def _moved(rank: str, now: str) -> str:
    """Return in words how a rank becomes another; `now`: blank for who is out of the ranking."""
    if not now:
        return f"参加排名，为第{rank}名"
    return f"{'升' if int(rank) < int(now) else '降'}为第{rank}名"


_TITLES = 2
"""So many deciding readings are named in a few words."""


def rank_span(row: Mapping[str, str]) -> str:
    """Return the best and the worst rank of a row of sensitivity.csv that is not certain."""
    best, worst = row["rank_best"], row["rank_worst"]
    span = f"第{best}名" if best == worst else f"第{best}至{worst}名"
    return span if row["vetoed"] == NEVER else f"{span}或否决"


def short_standing(rubric: Rubric, row: Mapping[str, str]) -> str:
    """Return the rank under all readings in a few words, with what decides it."""
    if row["vetoed"] == ALWAYS:
        return "否决"
    if row["certain"] == YES:
        return "名次确定"
    span = rank_span(row)
    names = row["decided_by"].split()
    if not names:
        return f"{span}，单独改用一条口径不变"
    more = f"等{len(names)}条口径" if len(names) > _TITLES else ""
    told = "、".join(f"『{rubric.readings[n].title}』" for n in names[:_TITLES])
    return f"{span}，取决于{told}{more}"


def pair_lines(made: Certificates, kind: str, a: str, b: str) -> list[str]:
    """Return who is ahead of whom under which readings."""
    space, who, exact = made.spaces[kind]
    ids = list(who.ids)
    totals, _ = space.under({})
    one, other = ids.index(a), ids.index(b)
    if totals[one] < totals[other]:
        one, other = other, one
    found = _walked(space, exact, [(one, other)], [])
    first, second = f"{who.names[one]}（{ids[one]}）", f"{who.names[other]}（{ids[other]}）"
    margin = int(totals[one] - totals[other])
    lines = [
        f"{first}比{second}多{plain(margin)}分；各种口径下相差"
        f"{plain(int(found.margin_min[0]))}至{plain(int(found.margin_max[0]))}分（{exact}）"
    ]
    key = int(found.reversing[0])
    if key == NO_WITNESS:
        lines.append(f"任何口径下{first}{_always(True, may_tie=not found.margin_min[0])}")
    elif key == UNKNOWN:
        lines.append("先后有可能颠倒：口径组合太多，没有逐一核算")
    else:
        changed = space.changed(key)
        lines.append(
            f"{combination_words(made.rubric, _written(changed))}时{second}在前"
            f"（{_options(changed)}）"
        )
    return lines


def cut_lines(made: Certificates, kind: str, cut: int) -> list[str]:
    """Return who is within the first `cut` under every reading, and who under some."""
    space, who, exact = made.spaces[kind]
    found = _walked(space, exact, [], [cut])
    always, depends = [], []
    for i, name in enumerate(who.names):
        inside, outside = int(found.inside[cut][i]), int(found.outside[cut][i])
        label = f"{name}（{who.ids[i]}）"
        if inside == NO_WITNESS:
            continue
        if outside == NO_WITNESS:
            always.append(label)
            continue
        told = ""
        if outside != UNKNOWN:
            own = _written(space.changed(outside))
            told = (
                f"：{combination_words(made.rubric, own)}时不在其内"
                if own
                else (
                    f"：{combination_words(made.rubric, _written(space.changed(inside)))}时在其内"
                )
            )
        depends.append(f"{label}{told}")
    lines = [f"{KINDS[kind]}前{cut}名（{exact}）", f"  {IN}：{'、'.join(always) or '无'}"]
    lines.append(f"  视口径：{'无' if not depends else f'{len(depends)}个'}")
    return lines + [f"    {line}" for line in depends]


def summary_lines(made: Certificates) -> list[str]:
    """Return, per kind, which ranks are certain, which are not, and the weightiest readings."""
    lines = []
    for kind, title in KINDS.items():
        if kind not in made.spaces:
            continue
        rows = [r for (k, _), r in made.rows.items() if k == kind]
        space, _, exact = made.spaces[kind]
        certain = sum(r["certain"] == YES for r in rows)
        lines.append(
            f"{title}：{len(rows)}个候选对象，{certain}个名次确定"
            f"（{space.combinations}种不同的口径组合，{exact}）"
        )
        ranked = sorted(rows, key=lambda r: (int(r["rank"] or 10**9), r["candidate"]))
        lines += [
            f"  {r['name']}（{r['candidate']}）：{rank_sentence(made.rubric, r)}"
            for r in ranked
            if r["certain"] != YES
        ]
        moving = [r for r in made.tables["readings"] if r["kind"] == kind]
        moving = sorted(
            (r for r in moving if int(r["ranks_changed"])), key=lambda r: -int(r["ranks_changed"])
        )
        lines += [
            f"  单独改用{option_words(made.rubric, r['reading'], r['option'])}："
            f"变动{r['totals_changed']}个总分、{r['ranks_changed']}个名次"
            for r in moving[:10]
        ]
    return lines


def _walked(
    space: Space, exact: str, pairs: Sequence[tuple[int, int]], cuts: Sequence[int]
) -> Extremes:
    walk = extremes if exact == EXACT else bounds
    return walk(space, pairs, cuts)


def _standing(space: Space, readings: Mapping[str, str]) -> tuple[Any, Any]:
    totals, vetoed = space.under(readings)
    return totals, ranks(totals[None], vetoed[None])[0].astype(np.int64)


def _always(is_ahead: bool, *, may_tie: bool) -> str:
    """Return how a pair that nothing reverses stands, seen from one of the two."""
    if may_tie:
        return f"都不{'落后' if is_ahead else '领先'}，但可能得分相同"
    return f"都在{'前' if is_ahead else '后'}"


def _rank(rank: int) -> str:
    return f"第{rank}名" if rank else "不参加排名（否决）"


def _written(readings: Mapping[str, str]) -> str:
    return " ".join(f"{name}={option}" for name, option in readings.items())


def _options(readings: Mapping[str, str]) -> str:
    """Return the options of `run` under which anyone can see it."""
    return " ".join(f"--reading {name}={option}" for name, option in readings.items())
