"""A person's own record: what every room keeps and derives about that person, together."""

from datetime import date
from uuid import UUID

from app.attendance.contest_schemas import MarkRead
from app.behaviour.training_schemas import OwnBehaviour
from app.circulars.schemas import OwnCircular
from app.composite.schemas import PersonComposite
from app.core.fields import Read
from app.decisions.reads import CaseRead, DecisionItem, RecommendationItem
from app.deposits.schemas import OwnDeposits
from app.duty.schemas import AbsenceRead
from app.duty.shift_schemas import ShiftRead
from app.flexwork.schemas import OwnOrderRead
from app.livestreams.schemas import IncidentRead
from app.performance.answers import OwnOutputs, PersonOutput
from app.registry.rules import EmploymentType, HeadTitle, Level, WorkPattern
from app.scoring.schemas import PersonScores
from app.tpp.schemas import PersonMonthRead
from app.workdays.schemas import WorkdayLedgerRead


class LookRead(Read):
    """That somebody read or changed what is kept about the person, on one civil day."""

    date: date
    by: str
    """The account or machine; `system` is the service itself."""
    action: str
    """What was done, as `room.verb`."""
    times: int


class OwnAssignment(Read):
    """Where the person serves; the superior, who is another person, is not named."""

    opd_code: str
    position: str
    level: Level | None
    work_pattern: WorkPattern
    apel_duty: bool
    from_date: date
    to_date: date | None
    """Last day, inclusive; null: it goes on."""


class OwnHeadship(Read):
    """An OPD that the person heads or headed."""

    opd_code: str
    title: HeadTitle
    from_date: date
    to_date: date | None
    """Last day, inclusive; null: it goes on."""


class OwnRecord(Read):
    """One year of the caller; what can be contested or answered says until when and where."""

    asn_id: UUID
    name: str
    nip: str
    employment_type: EmploymentType
    email: str | None
    year: int
    assignments: list[OwnAssignment]
    """All of them, the latest first, as are `headships`."""
    headships: list[OwnHeadship]
    absences: list[AbsenceRead]
    """Leave, letters of assignment and the like with a day in the year; the two hundred that were proposed latest."""
    shifts: list[ShiftRead]
    """With time in the year, withdrawn ones too; the two hundred registered latest, and all at `/v1/shifts`."""
    flexwork: list[OwnOrderRead]
    """Orders of flexible work that name the person, ended and revoked ones too."""
    marks: list[MarkRead]
    """Apels, newest first, each with objections and corrections; `contest` says whether and until when."""
    scores: PersonScores
    """Points, streaks and the ledger of missed apels, which counts no working days."""
    workdays: WorkdayLedgerRead
    """The ledger of working days, apart from the apel."""
    tpp: list[PersonMonthRead]
    """What was published of the monthly calculation; `objections_href` while it can be objected to."""
    output: PersonOutput
    """What came of the year's targets so far, one by one, each with its evidence."""
    output_facts: OwnOutputs
    """What it rests on: every version of plans, achievements, verifications and evaluations."""
    behaviour: OwnBehaviour
    """Assessments by period, peers only as an average, and trainings; what the person said of others is not kept."""
    composite: PersonComposite
    """How the parts of the year weigh together; no reward and no punishment rests on it."""
    circulars: list[OwnCircular]
    """`acknowledge_href` while one asks to be acknowledged."""
    livestreams: list[IncidentRead]
    """Reported broadcasts, whatever they came to; `events_href` while the person may answer."""
    deposits: list[OwnDeposits]
    """What is kept of phones laid in, by apel."""
    recommendations: list[RecommendationItem]
    """The newest fifty, whatever the year."""
    cases: list[CaseRead]
    """With every event and clock; the newest twenty, whatever the year."""
    decisions: list[DecisionItem]
    """The newest fifty, whatever the year; each is read whole at `/v1/decisions/{id}`."""
    looks: list[LookRead]
    """Who read or changed it, newest first; own looks are left out."""
