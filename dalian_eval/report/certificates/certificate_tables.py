"""The certificates as tables of a notebook."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.certificates.certificate_view import (
    Certificates,
    combination_words,
    rank_sentence,
)
from dalian_eval.rubric.model import Rubric
from dalian_eval.sensitivity.certificates import IN


def rank_table(made: Certificates, kind: str) -> pd.DataFrame:
    """Return a kind's totals and ranks over all readings, by rank."""
    rows = [row for (k, _), row in made.rows.items() if k == kind]
    rows.sort(key=lambda r: (int(r["rank"] or 10**9), r["candidate"]))
    return pd.DataFrame(
        {
            "名次": [r["rank"] or "否决" for r in rows],
            "代码": [r["candidate"] for r in rows],
            "名称": [r["name"] for r in rows],
            "总分": [r["total"] for r in rows],
            "最低": [r["total_min"] for r in rows],
            "最高": [r["total_max"] for r in rows],
            "各种口径下的名次": [rank_sentence(made.rubric, r) for r in rows],
        }
    )


def cut_table(made: Certificates) -> pd.DataFrame:
    """Return who is within the first places under every reading, and who under some."""
    rows = made.tables["cuts"]
    return pd.DataFrame(
        {
            "类别": [KINDS[r["kind"]] for r in rows],
            "前几名": [f"前{r['cut']}名" for r in rows],
            "代码": [r["candidate"] for r in rows],
            "名称": [made.rows[r["kind"], r["candidate"]]["name"] for r in rows],
            "归属": [r["membership"] for r in rows],
            "何时在其内": [_when(made, r["in_with"], r["membership"]) for r in rows],
            "何时不在其内": [_when(made, r["out_with"], r["membership"]) for r in rows],
        }
    )


def _when(made: Certificates, witness: str, membership: str) -> str:
    return "" if membership == IN else combination_words(made.rubric, witness)


def reading_table(made: Certificates) -> pd.DataFrame:
    """Return what each option does alone, the weightiest first."""
    rows = [
        r for r in made.tables["readings"] if int(r["totals_changed"]) or int(r["ranks_changed"])
    ]
    rows.sort(key=lambda r: (-int(r["ranks_changed"]), -int(r["totals_changed"])))
    names = {key: row["name"] for key, row in made.rows.items()}
    whose = [(r["kind"], r["whose"]) for r in rows]
    readings = made.rubric.readings
    return pd.DataFrame(
        {
            "类别": [KINDS[r["kind"]] for r in rows],
            "口径": [readings[r["reading"]].title for r in rows],
            "改用": [readings[r["reading"]].options[r["option"]] for r in rows],
            "变动的总分": [r["totals_changed"] for r in rows],
            "变动的名次": [r["ranks_changed"] for r in rows],
            "最大变动": [r["largest_change"].replace("-", "−") for r in rows],
            "变动最大的": [names.get(key, "") for key in whose],
            "代码": [candidate for _, candidate in whose],
        }
    )


def effects_alone(rows: Sequence[Mapping[str, str]], rubric: Rubric) -> dict[str, str]:
    """Return per reading of a rubric what changing it alone moves, from the rows of readings.csv.

    Readings and options that the rubric does not know, being of another year, are left out.
    """
    moved: dict[str, list[str]] = {}
    for row in rows:
        reading = rubric.readings.get(row["reading"])
        if reading is None or row["option"] not in reading.options:
            continue
        parts = moved.setdefault(row["reading"], [])
        if int(row["totals_changed"]) or int(row["ranks_changed"]):
            parts.append(
                f"改用『{reading.options[row['option']]}』，{KINDS[row['kind']]}变动"
                f"{row['totals_changed']}个总分、{row['ranks_changed']}个名次"
            )
    return {
        name: "；".join(parts) if parts else "单独改用，得分和名次都不变"
        for name, parts in moved.items()
    }
