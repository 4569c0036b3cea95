"""Officers' facts counted with pandas and numpy, and the OpenFisca simulation over them."""

import itertools
from collections.abc import Iterable

import numpy as np
import pandas as pd
from columns import MONTHS
from nation import Inputs
from openfisca_core.periods import period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_officers import FLAGS, KEY_FIELD_FLAGS, ROUND_SCORES
from peer_facts import (
    DISQUALIFYING,
    INDISCIPLINE,
    KEY_FIELDS,
    LAST,
    MUNICIPAL,
    NEW_EQUIPMENT,
    PROVINCIAL_OR_ABOVE,
    Casework,
    casework,
    drawn_files,
    in_period,
    lost_cases,
    of_officers,
    tenthousandths,
    typical_levels,
)

YEAR = period("year:2023-11")
Counts = dict[str, np.ndarray]


def prepared(inputs: Inputs, system: TaxBenefitSystem) -> Simulation:
    """Return a simulation of the candidate officers that knows all their counts."""
    officers = inputs.tables["officers"]
    ids = pd.Index(officers.loc[officers["candidate"], "officer_id"])
    count = _Counter(ids)
    counts = _findings(inputs, count)
    for name, handled in _casework(inputs, casework(inputs), count).items():
        counts[name] = counts.get(name, 0) + handled
    simulation = _simulation(inputs, system, ids)
    for name, values in counts.items():
        simulation.set_input(name, YEAR, values > 0 if name in FLAGS else values)
    for month, uploads in zip(MONTHS, _uploads(inputs, ids), strict=True):
        simulation.set_input("uploads", month, uploads)
    return simulation


def totals(simulation: Simulation) -> pd.DataFrame:
    """Return candidate, total (ten-thousandths) and vetoed of every officer."""
    return pd.DataFrame(
        {
            "candidate": simulation.populations["officer"].ids,
            "total": simulation.calculate("total", YEAR),
            "vetoed": simulation.calculate("disqualified", YEAR),
        }
    )


class _Counter:
    """Counts facts per officer."""

    def __init__(self, officers: pd.Index) -> None:
        self.officers = officers

    def of(self, rows: pd.DataFrame, owner: str = "subject") -> np.ndarray:
        """Return how many of the rows each officer owns."""
        return self.at(self.positions(rows[owner]))

    def positions(self, owners: pd.Series) -> np.ndarray:
        """Return each owner's position, -1 where it is no candidate."""
        return self.officers.get_indexer(owners)

    def at(self, positions: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Return how many facts (or what weight of them) lie at each officer's position."""
        known = positions >= 0
        weights = None if weights is None else weights[known]
        counts = np.bincount(positions[known], weights, minlength=len(self.officers))
        return counts.astype(np.int64)


def _findings(inputs: Inputs, count: _Counter) -> Counts:
    """Return the counts of facts that name an officer."""
    honours = of_officers(inputs.tables["honours"])
    titles = honours[honours["category"] == "荣誉"]
    titles = titles[(titles["date"].dt.year == 2024) & (titles["date"] <= LAST)]
    media = honours[(honours["category"] == "媒体宣传") & in_period(honours["date"])]
    held = inputs.tables["qualifications"]
    standing = held[held["date"].isna() | (held["date"] <= LAST)]
    drafted = held[held["date"].isna() | in_period(held["date"])]
    contests = of_officers(inputs.tables["contests"])
    contests = contests[(contests["result"] == "先进个人") & in_period(contests["date"])]
    findings = of_officers(inputs.tables["quality_findings"])
    findings = findings[in_period(findings["date"])]
    accused = of_officers(inputs.tables["discipline"])
    accused = accused[(accused["state"] == "查实") & in_period(accused["date"])]
    unruly = (accused["scene"] == "监督帮扶") & accused["kind"].isin(INDISCIPLINE)

    def holders(rows: pd.DataFrame, kind: str) -> np.ndarray:
        return count.of(rows[rows["kind"] == kind], "officer_id")

    return {
        "provincial_titles": count.of(titles[titles["level"].isin(PROVINCIAL_OR_ABOVE)]),
        "municipal_titles": count.of(titles[titles["level"].isin(MUNICIPAL)]),
        "county_titles": count.of(titles[titles["level"] == "县级"]),
        "media": count.of(media[media["level"].isin(PROVINCIAL_OR_ABOVE)]),
        "provincial_pool": holders(standing, "省级人才库"),
        "provincial_lecturer": holders(standing, "省级师资库"),
        "national_lecturer": holders(standing, "国家级师资库"),
        "national_inspection": holders(drafted, "国家级稽查"),
        "provincial_inspection": holders(drafted, "省级稽查"),
        "law_qualified": holders(standing, "法律职业资格"),
        "provincial_contests": count.of(contests[contests["level"] == "省"]),
        "municipal_contests": count.of(contests[contests["level"] == "市"]),
        "form_findings": count.of(findings[findings["kind"] == "表单不规范"]),
        "missing_records": count.of(findings[findings["kind"] == "查无检查信息"]),
        "indiscipline": count.of(accused[unruly]),
        "disqualified": count.of(accused[accused["kind"].isin(DISQUALIFYING)]),
    }


def _casework(inputs: Inputs, work: Casework, count: _Counter) -> Counts:
    """Return the counts of cases handled as main handler, and of the drawn files."""
    cases, case = work.cases, work.main_case
    officer = count.positions(work.main_officer)
    decided = in_period(cases["decided"]).to_numpy()
    filed = in_period(cases["filed_on"]).to_numpy()
    penalty = decided & (cases["kind"] == "一般处罚").to_numpy()

    def handled(flags: np.ndarray) -> np.ndarray:
        return count.at(officer[flags[case]])

    ministry = np.zeros(len(cases), dtype=bool)
    provincial = ministry.copy()
    published, by_ministry = typical_levels(inputs, work)
    ministry[published[by_ministry]] = True
    provincial[published[~by_ministry]] = True
    lost = np.zeros(len(cases), dtype=bool)
    lost[lost_cases(inputs, work)] = True

    files = drawn_files(inputs, work)
    owner = count.positions(files["officer_id"])
    ordinary = (files["category"] == "一般处罚").to_numpy()
    score = files["score"].to_numpy()
    fields = _holding(cases["fields"], KEY_FIELDS)
    used = _holding(cases["equipment"], NEW_EQUIPMENT)
    result = {
        "crimes": handled(filed & (cases["filed_as"] == "犯罪").to_numpy()),
        "detentions": handled(filed & (cases["filed_as"] == "行政拘留").to_numpy()),
        "ministry_typical": handled(ministry),
        "provincial_typical": handled(provincial),
        "ordinary_score": count.at(owner[ordinary], score[ordinary]),
        "supporting_score": count.at(owner[~ordinary], score[~ordinary]),
        "fatal_files": count.at(owner[files["fatal"].to_numpy()]),
        "files_found": count.at(owner[files["found"].to_numpy()]),
        "equipment_used": handled(decided & np.any([*used.values()], axis=0)),
        "platforms_used": handled(penalty & (cases["platforms"].map(len) >= 2).to_numpy()),
        "missing_records": handled(penalty & ~cases["found"].to_numpy()),
        "disqualified": handled(lost),
    }
    flags = zip(KEY_FIELD_FLAGS, fields.values(), strict=True)
    return result | {name: handled(decided & flag) for name, flag in flags}


def _holding(values: pd.Series, choices: Iterable[str]) -> Counts:
    """Return, per choice, which of the lists hold it."""
    lengths = values.map(len).to_numpy()
    flat = np.array([*itertools.chain.from_iterable(values)], dtype=object)
    row = np.repeat(np.arange(len(values)), lengths)
    result = {}
    for choice in choices:
        result[choice] = np.zeros(len(values), dtype=bool)
        result[choice][row[flat == choice]] = True
    return result


def _uploads(inputs: Inputs, ids: pd.Index) -> np.ndarray:
    """Return the uploads of every month and officer."""
    rows = inputs.monthly
    rows = rows[(rows["metric"] == "uploads") & (rows["variant"] == "any")]
    result = np.zeros((len(MONTHS), len(ids)), dtype=np.int64)
    month = pd.Index(MONTHS).get_indexer(rows["month"])
    officer = ids.get_indexer(rows["candidate"])
    known = officer >= 0
    result[month[known], officer[known]] = rows["numerator"].to_numpy()[known]
    return result


def _simulation(inputs: Inputs, system: TaxBenefitSystem, ids: pd.Index) -> Simulation:
    """Return a simulation of the officers and their rounds.

    Who took part in no round has one of nothing: OpenFisca wants every group to have a member.
    """
    rows = inputs.tables["air_scores"]
    rows = rows[(rows["mode"] == "现场") & in_period(rows["ended_on"])]
    officer = ids.get_indexer(rows["officer_id"])
    rows, officer = rows[officer >= 0], officer[officer >= 0]
    idle = np.setdiff1d(np.arange(len(ids)), officer)
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("round", np.arange(len(rows) + len(idle)))
    officers = builder.declare_entity("officer", ids.to_numpy())
    officers.members_entity_id = np.concatenate([officer, idle])
    simulation = builder.build(system)
    for name in ROUND_SCORES:
        scores = np.concatenate([tenthousandths(rows[name]), np.zeros(len(idle), dtype=np.int64)])
        simulation.set_input(name, YEAR, scores)
    return simulation
