"""How an apel's meeting is prepared, and what rooms and people need to join it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.apel.schemas import MeetingId
from app.core.fields import Body, OpdCode, Read
from app.core.paging import MAX_LIMIT

HostId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]{0,127}$"), Field(examples=["kominfo@example.go.id"])
]
"""A user of the Zoom account, by e-mail or id."""
Passcode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9@*_-]{1,10}$"), Field(examples=["apel2026"])]


class PrepareWrite(Body):
    mode: Literal["shared", "registration"] = "shared"
    """`shared`: one number for everybody. `registration`: personal links, which need access to Zoom's API."""
    host: HostId | None = None
    """Who holds a meeting that is made; left out, the owner of the Zoom app."""
    meeting_id: MeetingId | None = None
    """A meeting made by hand; left out, the first number of the apel, or a new meeting."""
    passcode: Passcode | None = None
    """Of a meeting made by hand."""


class ExpectedOnZoom(Read):
    rooms: int
    """One of every unit or part that reports."""
    persons: int
    """Ordered to work elsewhere or to travel on that day."""


class RegistrationProgress(Read):
    done: int
    total: int


class ApelZoomRead(Read):
    apel_id: UUID
    mode: Literal["shared", "registration"] | None
    """Null: nothing was prepared."""
    state: Literal["unprepared", "preparing", "ready", "failed"]
    error: str | None
    """Why it waits or failed, as a code."""
    meeting_id: str | None
    passcode: str | None
    join_url: str | None
    seats: int | None
    """How many may be in the meeting at once; null: not known."""
    seats_from: Literal["zoom", "setting"] | None
    expected: ExpectedOnZoom
    registered: RegistrationProgress | None
    """Who has a personal link; null without registration."""
    warnings: list[Literal["seats-short", "seats-unknown"]]
    text: str | None
    """For the messenger group."""


class InvitationRead(Read):
    kind: Literal["room", "person"]
    opd_code: str
    asn_id: UUID | None
    name: str
    display_name: str
    """What the tile must be called to be recognised."""
    expected: bool
    """False: joins only if something sends this person to Zoom after all."""
    personal: bool
    """The link belongs to this one alone; whoever holds it joins in that name. Do not pass it on."""
    join_url: str | None
    """A shared one fills the name in as a convenience. Null: not registered (yet)."""
    text: str | None
    """To be sent to this one."""


class InvitationFilter(Body):
    opd_code: OpdCode | None = None
    """That unit's room and all of its people; left out by the operator, all who are expected by name."""
    cursor: str | None = Field(None, max_length=2000)
    limit: int = Field(50, ge=1, le=MAX_LIMIT)
