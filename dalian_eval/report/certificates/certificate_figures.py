"""The figure of ranks from best to worst, the run's own rank marked."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base import theme
from dalian_eval.report.base.figure_spots import spot
from dalian_eval.report.certificates.certificate_view import Certificates, short_standing
from dalian_eval.report.figures.score_figures import WIDTH
from dalian_eval.sensitivity.certificates import ALWAYS, EXACT, YES

PER_FIGURE = 50
"""Candidates in one figure: as many as an A4 page holds with readable names."""

MOST_FIGURES = 2
"""Figures of a kind, from the first place down; the table and sensitivity.csv tell all ranks."""

_ROW = 0.19


Link = Callable[[str, str], str]
"""Gives the address of a candidate's account, by kind and code."""


def rank_figures(made: Certificates, kind: str, link: Link) -> list[Figure]:
    """Return a kind's first figures, from the first place down: a dot where the rank is certain.

    A line from the best to the worst rank where it is not, with the readings that decide.
    """
    rows = [row for (k, _), row in made.rows.items() if k == kind and row["vetoed"] != ALWAYS]
    rows.sort(key=lambda r: (int(r["rank"] or 10**9), int(r["rank_best"]), r["candidate"]))
    drawn = min(len(rows), PER_FIGURE * MOST_FIGURES)
    parts = [rows[i : i + PER_FIGURE] for i in range(0, drawn, PER_FIGURE)]
    return [_drawn(made, part, KINDS[kind], len(rows), link) for part in parts]


def _drawn(
    made: Certificates, rows: Sequence[Mapping[str, str]], title: str, count: int, link: Link
) -> Figure:
    certain = sum(row["certain"] == YES for row in rows)
    with theme.figure_settings():
        figure = Figure(figsize=(WIDTH, 0.9 + _ROW * len(rows)), layout="constrained")
        figure.set_label(
            f"{title}各种口径下的名次：列{len(rows)}个（共{count}个），其中{certain}个名次确定"
        )
        axes = figure.subplots()
        worst = max(int(row["rank_worst"]) for row in rows)
        for height, row in enumerate(rows):
            best, last = int(row["rank_best"]), int(row["rank_worst"])
            sure = row["certain"] == YES
            if best != last:
                axes.plot([best, last], [height, height], color=theme.AMBER, linewidth=2.5)
            if row["rank"]:
                axes.plot(
                    [int(row["rank"])],
                    [height],
                    "o",
                    color=theme.BLUE if sure else theme.AMBER,
                    markerfacecolor=theme.BLUE if sure else "white",
                    markersize=4.5,
                )
            text = f"{row['name']}：{short_standing(made.rubric, row)}"
            place, size = (best - 0.4, height - 0.45), (last - best + 0.8, 0.9)
            spot(axes, place, size, text, link(row["kind"], row["candidate"]))
            label = "" if sure else _deciding(made, row)
            if label:
                axes.annotate(
                    label.replace("$", r"\$"),
                    (last, height),
                    xytext=(5, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=6.5,
                )
        axes.set_yticks(
            range(len(rows)), [r["name"][:12].replace("$", r"\$") for r in rows], fontsize=7
        )
        axes.set_ylim(len(rows) - 0.4, -0.6)
        first = min(int(row["rank_best"]) for row in rows)
        axes.set_xlim(first - 0.8, worst + max(3.0, (worst - first) * 0.35))
        ticks = MaxNLocator(integer=True, min_n_ticks=1).tick_values(first, worst)
        axes.set_xticks([t for t in ticks if first <= t <= worst])
        axes.set_xlabel("名次（实心：确定；空心：本次口径；横线：最好至最差）")
        axes.set_title(f"{title}：各种口径下的名次")
        axes.grid(axis="x")
    return figure


def _deciding(made: Certificates, row: Mapping[str, str]) -> str:
    """Return which readings move a rank, by the first of those that do alone."""
    names = [made.rubric.readings[n].title for n in row["decided_by"].split()]
    if names:
        return f"{names[0]}{f'等{len(names)}条' if len(names) > 1 else ''}"
    return "几条口径一起改用才变" if row["exact"] == EXACT else ""
