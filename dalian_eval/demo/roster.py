"""单位, 人员, 任职: the county bureau, its regional bureaus, who sits where and who moved."""

from dataclasses import dataclass, field
from datetime import date

from dalian_eval.demo.model import PERIOD_END, Profile, Row, stream
from dalian_eval.demo.names import bureau_name, person_names

COUNTY, SECTION = "D00", "K01"
FIRST_CERTIFICATE = 6120001
SQUAD_MARK = "Z"
SUB_UNIT_EVERY = 8
"""Every eighth bureau, from the first, has a squad (中队) below it, so that facts roll up."""

Seat = tuple[int, int]
"""A place in the cast: (profile of the bureau, seat within it); seat 0 is the head."""

HEAD = 0
NOT_CANDIDATES: frozenset[Seat] = frozenset({(Profile.UNEVEN, 8), (Profile.WEAK, 8)})
NOT_ESTABLISHED: Seat = (Profile.UNEVEN, 8)
EXPIRED: Seat = (Profile.WEAK, 6)
JOINER: Seat = (Profile.STEADY, 7)
LEAVER: Seat = (Profile.UNEVEN, 7)
RETURNER: Seat = (Profile.WEAK, 8)
TRANSFERS: dict[Seat, date] = {
    (Profile.UNEVEN, 3): date(2024, 5, 1),
    (Profile.WEAK, 3): date(2024, 8, 1),
}
"""Who moved into the bureau on which day, from the bureau two places before it."""
TWINS: tuple[Seat, Seat] = ((Profile.STEADY, 4), (Profile.STEADY, 5))
"""Two officers with the same facts: their totals tie. Only the first STEADY bureau has them."""
SQUAD_SEATS = (7, 8)


@dataclass(frozen=True)
class Posting:
    """任职: one officer's stay in a unit; `end` is the last day on duty, None while it lasts."""

    unit: str
    start: date
    end: date | None = None

    def covers(self, when: date) -> bool:
        """Whether the officer is on duty in the unit on `when`."""
        return self.start <= when and (self.end is None or when <= self.end)


@dataclass(frozen=True)
class Officer:
    """人员: one officer; `bureau` is the number of the regional bureau, None at headquarters."""

    index: int
    id: str
    name: str
    bureau: int | None
    seat: int
    postings: tuple[Posting, ...]
    established: bool = True
    frontline: bool = True
    candidate: bool = True
    valid_from: date = date(2021, 1, 1)
    valid_to: date | None = None
    ability: float = 0.0

    def unit_on(self, when: date) -> str | None:
        """Return the unit the officer is posted in on `when`."""
        return next((p.unit for p in self.postings if p.covers(when)), None)

    def bureau_on(self, when: date) -> str | None:
        """Return the code of the bureau in which, or in whose squad, the officer then serves."""
        unit = self.unit_on(when)
        return unit.removesuffix(SQUAD_MARK) if unit else None


@dataclass(frozen=True)
class Bureau:
    """A regional bureau (区域性执法局) with its officers in seat order."""

    number: int
    id: str
    name: str
    squad: str | None
    officers: list[Officer] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        """How the bureau fares."""
        return Profile(self.number % len(Profile))

    def seat(self, seat: int) -> Officer | None:
        """Return the officer of `seat`, None in a bureau too small to have it."""
        return self.officers[seat] if seat < len(self.officers) else None


@dataclass(frozen=True)
class Roster:
    """Everybody: bureaus with their officers, and all officers by index."""

    seed: int
    bureaus: list[Bureau]
    officers: list[Officer]

    def cast(self, role: Seat) -> Officer | None:
        """Return who plays the one-off role: the officer in the first bureau of that profile."""
        profile, seat = role
        return self.bureaus[profile].seat(seat) if profile < len(self.bureaus) else None

    def twins(self) -> list[Officer]:
        """Return the two officers with equal facts, or nobody in a county too small for them."""
        found = [self.cast(role) for role in TWINS]
        pair = [officer for officer in found if officer is not None]
        return pair if len(pair) == len(TWINS) else []

    def unit_rows(self) -> list[Row]:
        """Return the table 单位."""
        rows: list[Row] = [
            {"unit_id": COUNTY, "name": "示范县生态环境局", "candidate": False, "kind": "县局"}
        ]
        for bureau in self.bureaus:
            rows.append(_unit(bureau.id, bureau.name, COUNTY, "区域性执法局", candidate=True))
            if bureau.squad:
                name = f"{bureau.name}港区中队"
                rows.append(_unit(bureau.squad, name, bureau.id, "直属单位"))
        rows.append(_unit(SECTION, "综合执法科", COUNTY, "科室"))
        return rows

    def officer_rows(self) -> list[Row]:
        """Return the table 人员."""
        return [
            {
                "officer_id": o.id,
                "name": o.name,
                "established": o.established,
                "valid_from": o.valid_from,
                "valid_to": o.valid_to,
                "frontline": o.frontline,
                "candidate": o.candidate,
            }
            for o in self.officers
        ]

    def posting_rows(self) -> list[Row]:
        """Return the table 任职."""
        return [
            {"officer_id": o.id, "unit_id": p.unit, "start": p.start, "end": p.end}
            for o in self.officers
            for p in o.postings
        ]


def _unit(code: str, name: str, parent: str, kind: str, *, candidate: bool = False) -> Row:
    return {
        "unit_id": code,
        "name": name,
        "parent_id": parent,
        "candidate": candidate,
        "kind": kind,
    }


def make_roster(units: int, officers: int, seed: int) -> Roster:
    """Return `units` regional bureaus and `officers` officers; a tenth (at most 20) sit in 科室."""
    rng = stream(seed, "roster")
    names = person_names(officers, rng)
    ability = rng.normal(0.0, 1.0, officers)
    hired = rng.integers(2012, 2022, officers)
    bureaus = [
        Bureau(n, code, bureau_name(n), code + SQUAD_MARK if n % SUB_UNIT_EVERY == 0 else None)
        for n, code in enumerate(f"D{n + 1:02d}" for n in range(units))
    ]
    staff = max(0, min(20, officers // 10, officers - units))
    sizes = [(officers - staff) // units + (n < (officers - staff) % units) for n in range(units)]
    everybody: list[Officer] = []
    for bureau, size in zip(bureaus, sizes, strict=True):
        for seat in range(size):
            index = len(everybody)
            first = date(int(hired[index]), 1 + index % 12, 1)
            officer = _bureau_officer(
                bureaus, bureau, seat, index, names[index], first, float(ability[index])
            )
            bureau.officers.append(officer)
            everybody.append(officer)
    for place in range(staff):
        index = len(everybody)
        unit = COUNTY if place == 0 else SECTION
        posting = Posting(unit, date(int(hired[index]), 1, 1))
        everybody.append(
            Officer(
                index,
                _certificate(index),
                names[index],
                None,
                place,
                (posting,),
                frontline=False,
                candidate=False,
            )
        )
    return Roster(seed, bureaus, everybody)


def _certificate(index: int) -> str:
    return f"{FIRST_CERTIFICATE + index:08d}"


def _bureau_officer(
    bureaus: list[Bureau],
    bureau: Bureau,
    seat: int,
    index: int,
    name: str,
    first: date,
    ability: float,
) -> Officer:
    """Return the officer of one seat, with the movements and the certificate of its role."""
    role: Seat = (bureau.profile, seat)
    home = bureau.squad if bureau.squad and seat in SQUAD_SEATS else bureau.id
    return Officer(
        index,
        _certificate(index),
        name,
        bureau.number,
        seat,
        _postings(bureaus, bureau, role, home, first),
        established=role != NOT_ESTABLISHED,
        frontline=seat != HEAD,
        candidate=seat != HEAD and role not in NOT_CANDIDATES,
        valid_from=date(2024, 3, 1) if role == JOINER else date(max(first.year, 2021), 1, 1),
        valid_to=date(2024, 5, 31) if role == EXPIRED else _valid_to(index),
        ability=ability,
    )


def _valid_to(index: int) -> date | None:
    """Most certificates run past the period; every third has no end."""
    return None if index % 3 == 0 else date(PERIOD_END.year + 2 + index % 3, 12, 31)


def _postings(
    bureaus: list[Bureau], bureau: Bureau, role: Seat, home: str, first: date
) -> tuple[Posting, ...]:
    if role == JOINER:
        return (Posting(home, date(2024, 3, 15)),)
    if role == LEAVER:
        return (Posting(home, first, date(2024, 6, 30)),)
    if role == RETURNER:
        return (Posting(home, first, date(2024, 2, 29)), Posting(home, date(2024, 5, 1)))
    if role in TRANSFERS and bureau.number >= 2:
        moved = TRANSFERS[role]
        before = date.fromordinal(moved.toordinal() - 1)
        return (Posting(bureaus[bureau.number - 2].id, first, before), Posting(home, moved))
    return (Posting(home, first),)
