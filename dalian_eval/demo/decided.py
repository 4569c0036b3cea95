"""复核意见: one appeal upheld, one turned down, one correction, all invented."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dalian_eval.demo.model import Profile, Row, day
from dalian_eval.demo.roster import Roster
from dalian_eval.schema.tables import OFFICER, UNIT


@dataclass(frozen=True)
class Decision:
    """A decision about a bureau of that profile (seat None) or who sits in that seat of it.

    `answers`: how many rows above it the appeal stands that it answers, 0 for none.
    """

    profile: Profile
    seat: int | None
    kind: str
    clause: str
    points: Decimal
    when: date
    reason: str
    answers: int = 0


_NOTHING = Decimal(0)
DECISIONS = (
    Decision(
        *(Profile.UNEVEN, None, "申诉受理", "unit.team.dress", _NOTHING, day(11, 10)),
        "对一起未亮证的通报有异议，已受理",
    ),
    Decision(
        *(Profile.UNEVEN, None, "申诉改正", "unit.team.dress", Decimal("0.2"), day(11, 21)),
        "经核对执法记录仪录像，当时已亮证，扣分予以退回",
        answers=1,
    ),
    Decision(
        *(Profile.WEAK, 4, "申诉受理", "案卷质量", _NOTHING, day(11, 11)),
        "对案卷评查得分有异议，已受理",
    ),
    Decision(
        *(Profile.WEAK, 4, "申诉维持", "案卷质量", _NOTHING, day(11, 24)),
        "评查依据充分，维持原分",
        answers=1,
    ),
    Decision(
        *(Profile.WEAK, 5, "更正", "officer.skill.equipment.new", Decimal("0.5"), day(11, 22)),
        "补交无人机出勤记录，予以更正",
    ),
)


def decision_rows(roster: Roster) -> list[Row]:
    """Return 复核意见 about bureaus and their officers."""
    rows: list[Row] = []
    for bureau in roster.bureaus:
        for told in DECISIONS:
            officer = None if told.seat is None else bureau.seat(told.seat)
            if told.profile != bureau.profile or (told.seat is not None and officer is None):
                continue
            number = len(rows) + 1
            rows.append(
                {
                    "decision_id": f"FH2024{number:03d}",
                    "subject_kind": UNIT if officer is None else OFFICER,
                    "subject": bureau.id if officer is None else officer.id,
                    "clause": told.clause,
                    "points": told.points,
                    "reason": told.reason,
                    "decided_by": "评价复核组",
                    "decided_on": told.when,
                    "document": f"复核〔2024〕{number}号",
                    "kind": told.kind,
                    "appeal_id": f"FH2024{number - told.answers:03d}" if told.answers else None,
                }
            )
    return rows
