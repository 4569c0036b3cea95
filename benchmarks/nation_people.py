"""Who is in the invented nation: its officers and units, by position, and where they sit."""

import numpy as np
import pyarrow as pa
from columns import Ints, codes, some, texts

from dalian_eval.schema.tables import OFFICER, UNIT


class People:
    """Candidate officers and candidate units, the city bureaus above and departments below.

    `officers`, `units`: how many candidates; `officer_ids`, `unit_ids`: their codes (candidate
    units first, then city bureaus, then departments); `home`: each officer's candidate unit;
    `desk`: where the officer is posted, the unit itself or its department.
    """

    def __init__(self, officers: int, units: int, seed: int) -> None:
        self.officers, self.units, self.seed = officers, units, seed
        self.cities = max(1, units // 100)
        self.departments = units // 5
        """Every fifth candidate unit has a department."""
        self.officer_ids = codes("", 10_000_000 + np.arange(officers), 8)
        self.unit_ids = pa.concat_arrays(
            [
                codes("U", np.arange(units), 5),
                codes("C", np.arange(self.cities), 5),
                codes("K", np.arange(self.departments), 5),
            ]
        )
        rng = self.rng("people")
        self.home = rng.integers(units, size=officers)
        deep = (self.home % 5 == 0) & (self.home // 5 < self.departments) & some(rng, officers, 50)
        self.desk = np.where(deep, units + self.cities + self.home // 5, self.home)

    def rng(self, stream: str) -> np.random.Generator:
        """Return the random stream of that name."""
        return np.random.default_rng([self.seed, *stream.encode()])

    def subjects(self, officers: Ints, units: Ints) -> dict[str, pa.Array]:
        """Return 对象类型 and 对象 of facts about officers, then units."""
        kind = np.repeat([0, 1], [len(officers), len(units)])
        subject = pa.concat_arrays([self.officer_ids.take(officers), self.unit_ids.take(units)])
        return {"subject_kind": texts((OFFICER, UNIT), kind), "subject": subject}
