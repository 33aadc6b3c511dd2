"""What the room of deposits takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.core.fields import Body, Count, Documented, Instant, Line, Nip, OpdCode, PeriodCode, Read
from app.core.rates import PercentRead
from app.core.traces import RuleLine
from app.deposits.rules import Outcome, Reason, SlotState, tells_a_number

MOST = 1000
"""Lines of one list: a hall holds fewer."""


def _discreet(text: str) -> str:
    if tells_a_number(text):
        raise PydanticCustomError("tells_a_number", "holds a number of a phone or a person")
    return text


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


SLOT = r"^[A-Z0-9][A-Z0-9 ._/-]{0,31}$"
SlotName = Annotated[
    str,
    BeforeValidator(_upper),
    StringConstraints(pattern=SLOT),
    AfterValidator(_discreet),
    Documented(SLOT),
    Field(examples=["A-12"]),
]
"""A slot of the basket or the number of a seal; never a number of the phone itself."""
Note = Annotated[Line, AfterValidator(_discreet)]
"""One line without numbers of phones or people."""


class DepositWrite(Body):
    """One person, by `asn_id` or `nip`, and the slot; who has two phones is named twice."""

    asn_id: UUID | None = None
    nip: Nip | None = None
    slot: SlotName
    at: Instant | None = None
    """When it was laid in; left out: now."""

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if (self.asn_id is None) == (self.nip is None):
            raise PydanticCustomError("entry_person", "name one person by asn_id or nip")
        return self


class DepositsWrite(Body):
    items: Annotated[list[DepositWrite], Field(min_length=1, max_length=MOST)]


class TakenOut(Body):
    slot: SlotName
    at: Instant | None = None
    """When it was taken out; left out: now. With it, the list may come before that of the laying in."""


class TakenOutList(Body):
    items: Annotated[list[TakenOut], Field(min_length=1, max_length=MOST)]


class ExemptionWrite(Body):
    asn_id: UUID
    reason: Reason
    note: Note | None = None


class ExemptionsWrite(Body):
    items: Annotated[list[ExemptionWrite], Field(min_length=1, max_length=MOST)]


class LossWrite(Body):
    slot: SlotName
    note: Note


class LossClosing(Body):
    outcome: Outcome
    note: Note | None = None


class RecordedRead(Read):
    """Sent again, a list records nothing more."""

    recorded: int
    unchanged: int


class PageFilter(Body):
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class SlotRead(Read):
    slot: str
    state: SlotState
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    in_at: datetime
    out_at: datetime | None


SlotCounts = dict[Literal["in", "out", "missing"], Count]


class DepositsRead(Read):
    apel_id: UUID
    counts: SlotCounts
    """Slots of people in reach, by state."""
    items: list[SlotRead]
    """By slot; for machines none."""
    next_cursor: str | None


class ExemptionRead(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    reason: Literal[Reason.SECURITY, Reason.MEDICAL, Reason.STREAMING_CREW, Reason.ON_CALL, "exempt"]
    """`exempt` for those who may not know it."""
    note: str | None
    at: datetime


class LossRead(Read):
    id: UUID
    slot: str
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    note: str | None
    """Null for those who may not know it, as is `closing_note`."""
    at: datetime
    outcome: Outcome | None
    closing_note: str | None
    closed_at: datetime | None


class OpdCompliance(Read):
    opd_code: str
    deposited: PercentRead
    """Of those present in the room, without the exempt."""


class WithoutDeposit(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str


class ComplianceRead(Read):
    apel_id: UUID
    basket_used: bool
    """False while nobody laid in a phone: then it counts for nobody."""
    total: PercentRead
    opd: list[OpdCompliance]
    losses: dict[Literal["open", "found", "settled"], Count]
    not_fetched: Count
    """Phones still in the basket after the end, within reach; `/deposits` lists them."""
    items: list[WithoutDeposit]
    """Present, not exempt, and without a deposit; for those who answer for them."""
    next_cursor: str | None
    lines: list[RuleLine]


class BasketFilter(PageFilter):
    period: PeriodCode | None = None
    """This month, unless you say otherwise."""
    opd_code: OpdCode | None = None
    """The people of this OPD alone."""


class BasketRead(Read):
    apel_id: UUID
    title: str
    on_date: date
    deposited: PercentRead
    """Of those present in the room and in reach, without the exempt."""
    href: str
    """Unit by unit."""


class OwnStay(Read):
    slot: str
    in_at: datetime
    out_at: datetime | None


class OwnDeposits(Read):
    """What is kept of a person's phones at one apel."""

    apel_id: UUID
    title: str
    on_date: date
    stays: list[OwnStay]
    exemption: Reason | None
    note: str | None
    losses: list[Literal["open", "found", "settled"]]
