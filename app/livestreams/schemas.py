"""What reports of broadcasts take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Instant, Line, OpdCode, Prose, Read
from app.core.paging import MAX_LIMIT
from app.core.traces import RuleLine
from app.livestreams.rules import LONGEST, PermitKind, Platform, ReportSource, Verdict
from app.livestreams.steps import Outcome, Phase, Step

LONGEST_URL = 500


def _is_address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in url):
        raise PydanticCustomError("url_scheme", "no web address", {"expected_schemes": "http://, https://"})
    return url


Url = Annotated[
    Line,
    StringConstraints(max_length=LONGEST_URL),
    AfterValidator(_is_address),
    Field(examples=["https://www.tiktok.com/@contoh/live"]),
]
"""A web address, kept as text and never fetched."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def require_span(starts_at: datetime, ends_at: datetime) -> None:
    """Raises PydanticCustomError."""
    if ends_at <= starts_at:
        raise PydanticCustomError("ends_before_begin", "it ends before it begins")
    if ends_at - starts_at > LONGEST:
        raise PydanticCustomError("span_too_long", "longer than a day", {"hours": int(LONGEST.total_seconds()) // 3600})


class IncidentReport(Body):
    """A broadcast that was seen; whether it lay in working hours is computed, not told."""

    asn_id: UUID
    platform: Platform
    url: Url
    account: Line | None = Field(default=None, examples=["@contoh"])
    started_at: Instant
    ended_at: Instant
    live: Bool
    """False: it was posted after the event, which is allowed."""
    capture_sha256: Sha256 | None = None
    """Of the capture that the office keeps; nothing is uploaded here."""
    capture_note: Line | None = None
    """Where the capture is kept."""
    source: ReportSource

    @model_validator(mode="after")
    def _can_be(self) -> "IncidentReport":
        require_span(self.started_at, self.ended_at)
        return self


class _Step(Body):
    reason: Prose


class ClarificationAsked(_Step):
    """What the person is asked."""

    kind: Literal[Step.CLARIFICATION_ASKED]


class ClaimedException(Body):
    """A permit that the person says there was; it excuses when the office registers it."""

    kind: PermitKind
    letter_no: Line
    letter_date: Day | None = None


class Clarified(Body):
    """The person's own words."""

    kind: Literal[Step.CLARIFIED]
    words: Prose
    exception: ClaimedException | None = None


class Coached(_Step):
    """Pembinaan: what was said."""

    kind: Literal[Step.COACHED]
    on: Day
    coach: Line
    """Name and post of who held it."""


class Referred(_Step):
    """To those who decide about conduct."""

    kind: Literal[Step.REFERRED]


class Closed(_Step):
    kind: Literal[Step.CLOSED]
    outcome: Outcome


class TakenBack(_Step):
    """The latest step of somebody else than the person was recorded by mistake; both stay visible."""

    kind: Literal[Step.TAKEN_BACK]


StepWrite = Annotated[
    ClarificationAsked | Clarified | Coached | Referred | Closed | TakenBack, Field(discriminator="kind")
]


class IncidentFilter(Body):
    asn_id: UUID | None = None
    opd_code: OpdCode | None = None
    """Where the person served then."""
    phase: Phase | None = None
    from_date: Day | None = Field(default=None, alias="from")
    to_date: Day | None = Field(default=None, alias="to")
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class IncidentSubject(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str
    """Where the person served on that day."""


class IncidentItem(Read):
    id: UUID
    subject: IncidentSubject
    platform: Platform
    url: str
    account: str | None
    started_at: datetime
    ended_at: datetime
    live: bool
    reported_at: datetime
    phase: Phase
    verdict: Verdict
    minutes: int
    """Full minutes live within the hours of that day and without permit."""
    confirmed: bool
    """In working hours, and somebody who answers for the person found it true. Nothing else counts for anything."""


class StepRead(Read):
    number: int
    kind: Step
    counts: bool
    """False: taken back since."""
    details: dict[str, Any]
    at: datetime
    by_name: str


class IncidentRead(IncidentItem):
    lines: list[RuleLine]
    events: list[StepRead]
    next_steps: list[Step]
    """What the caller may do now."""
    events_href: str | None
    """Where the caller does it; null where there is nothing to do."""


class CountFilter(Body):
    from_date: Day | None = Field(default=None, alias="from")
    """First civil day; else that of this year."""
    to_date: Day | None = Field(default=None, alias="to")
    """Last civil day, inclusive; else today."""


class OpdCount(Read):
    opd_code: str
    confirmed: int


class CountsRead(Read):
    """Numbers alone; a report that nobody found true is in none of them by unit."""

    from_date: Day = Field(serialization_alias="from")
    to_date: Day = Field(serialization_alias="to")
    reported: int
    """Everything, whatever it came to."""
    closed: int
    confirmed: int
    opd: list[OpdCount]
