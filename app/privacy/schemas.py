"""A person's own record: what every room keeps and derives about that person, together."""

from datetime import date
from uuid import UUID

from app.attendance.contest_schemas import MarkRead
from app.core.fields import Read
from app.decisions.reads import CaseRead, DecisionItem, RecommendationItem
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


class OwnRecord(Read):
    """One year of the caller; what can be contested says until when and where."""

    asn_id: UUID
    name: str
    nip: str
    year: int
    marks: list[MarkRead]
    """Apels, newest first, each with objections and corrections; `contest` says whether and until when."""
    scores: PersonScores
    """Points, streaks and the ledger of missed apels, which counts no working days."""
    workdays: WorkdayLedgerRead
    """The ledger of working days, apart from the apel."""
    tpp: list[PersonMonthRead]
    """What was published of the monthly calculation; `objections_href` while it can be objected to."""
    recommendations: list[RecommendationItem]
    """The newest fifty, whatever the year."""
    cases: list[CaseRead]
    """With every event and clock; the newest twenty, whatever the year."""
    decisions: list[DecisionItem]
    """The newest fifty, whatever the year; each is read whole at `/v1/decisions/{id}`."""
    looks: list[LookRead]
    """Who read or changed it, newest first; own looks are left out."""
