"""What the counters' room takes and gives."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Bool, Day, Instant, Line, OpdCode, PeriodCode, Read
from app.core.paging import MAX_LIMIT
from app.core.rates import PercentRead
from app.core.traces import RuleLine
from app.counters.rules import looks_like_nik

ServiceCode = Annotated[
    str,
    # Figures alone are a counter's number, never so many that they could be a person's.
    StringConstraints(pattern=r"^(?:[0-9]{1,8}|(?:[0-9][0-9._-]*)?[A-Z][A-Z0-9._-]*)$", max_length=32),
    Field(examples=["KTP-EL"]),
]
Minutes = Annotated[int, Field(strict=True, ge=1, le=60 * 24 * 60)]
WorkingDays = Annotated[int, Field(strict=True, ge=0, le=60)]
MOST_ITEMS = 5000


def _no_person(ticket: str) -> str:
    if looks_like_nik(ticket):
        raise PydanticCustomError("ticket_names_person", "looks like a citizen's number")
    return ticket


Ticket = Annotated[
    str,
    StringConstraints(pattern=r"^[\x21-\x7e]([\x20-\x7e]{0,38}[\x21-\x7e])?$"),
    AfterValidator(_no_person),
    Field(examples=["A-012"]),
]
"""The number of the queue; never a number of the person."""


class FinishMinutes(Body):
    minutes: Minutes
    """On the clock, from arrival to finish."""


class FinishWorkingDays(Body):
    working_days: WorkingDays
    """0: on the day of arrival; 1: on the next working day at the latest."""


class PromiseWrite(Body):
    wait_minutes: Minutes | None = None
    """From arrival to being called."""
    finish: FinishMinutes | FinishWorkingDays | None = None

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if self.wait_minutes is None and self.finish is None:
            raise PydanticCustomError("promise_empty", "promises nothing")
        return self


class ServiceWrite(Body):
    name: Line = Field(examples=["Perekaman KTP-el"])
    promise: PromiseWrite
    source: Line = Field(examples=["Maklumat Pelayanan Dukcapil 2026"])
    """Where it is promised."""
    from_date: Day


class ServiceRead(Read):
    opd_code: str
    service_code: str
    name: str
    wait_minutes: int | None
    finish_minutes: int | None
    finish_working_days: int | None
    source: str
    from_date: date
    version: int


class ServiceFilter(Body):
    opd_code: OpdCode | None = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class TimeWrite(Body):
    """One message about a ticket; what it leaves out stays as it is known."""

    opd_code: OpdCode
    service_code: ServiceCode
    ticket: Ticket
    arrived_at: Instant
    called_at: Instant | None = None
    finished_at: Instant | None = None
    cancelled: Bool | None = None


class TimesWrite(Body):
    items: Annotated[list[TimeWrite], Field(min_length=1, max_length=MOST_ITEMS)]


class TimesRead(Read):
    """What a batch or a file did."""

    items: int
    created: int
    changed: int
    unchanged: int
    """Known already, so the same batch may be sent twice."""


class SpeedFilter(Body):
    """A period, or civil days, both inclusive; this month, unless you say otherwise."""

    period: PeriodCode | None = None
    from_date: Day | None = Field(None, alias="from")
    to_date: Day | None = Field(None, alias="to")
    opd_code: OpdCode | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 20
    """Services of each OPD: those to which most people came."""


class SpeedRead(Read):
    """How long the public waited; times are seconds, the percentiles those of somebody who really waited."""

    served: int
    waiting: int
    """Arrived and neither finished nor cancelled."""
    cancelled: int
    within: PercentRead
    """Served within the promised time, of those served under a promise."""
    enough: bool
    """False: fewer were served under a promise than the policy asks for, or it asks nothing: `within` judges nobody."""
    wait_p50: int | None
    wait_p90: int | None
    total_p50: int | None
    total_p90: int | None


class ServiceSpeed(SpeedRead):
    service_code: str
    name: str | None
    """Null: the OPD promised nothing for this service at the end of the span."""
    lines: list[RuleLine]


class OpdSpeed(SpeedRead):
    opd_code: str
    services: list[ServiceSpeed]
    """Those to which most people came, first."""
    more: int
    """Services to which somebody came and that are not listed here."""


class SpeedTrend(Read):
    from_date: date
    """Of a month, in spans up to a month of a day."""
    served: int
    within: PercentRead
    wait_p50: int | None
    total_p50: int | None


class SpeedAnswer(Read):
    from_date: date
    to_date: date
    total: SpeedRead
    before: SpeedRead
    """The equally long span before."""
    opd: list[OpdSpeed]
    trend: list[SpeedTrend]
    lines: list[RuleLine]


class TicketFilter(Body):
    opd_code: OpdCode | None = None
    service_code: ServiceCode | None = None
    from_date: Day | None = Field(None, alias="from")
    to_date: Day | None = Field(None, alias="to")
    late: bool | None = None
    """Only those that broke, or kept, their promise."""
    cursor: Annotated[str | None, Field(max_length=300)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class TicketRead(Read):
    opd_code: str
    service_code: str
    day: date
    ticket: str
    arrived_at: datetime
    called_at: datetime | None
    finished_at: datetime | None
    cancelled: bool
    wait_seconds: int | None
    total_seconds: int | None
    kept: bool | None
    """Whether the promise of that day was kept; null where nothing can be said."""
    promise: str | None
    """The promise of that day, in words."""
