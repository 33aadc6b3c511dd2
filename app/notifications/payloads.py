"""What leaves, event by event: the models through which every body is made, and which the OpenAPI document shows.

What is not written here does not leave, whatever the announcement holds: OPDs, figures, codes and ids, never a person.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer, TypeAdapter, WithJsonSchema

from app.apel.rules import ApelKind
from app.attendance.rules import FindingCode, Grade
from app.core.events import Event
from app.core.fields import OpdCode, Read

Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""Written `+00:00`, as it always was: a receiver may compare texts."""


class Said(Read):
    text: str
    """Ready to be posted, in Indonesian."""


class ReportReturnedData(Said):
    apel_id: UUID
    on_date: date
    opd_code: OpdCode


class ApelData(Said):
    apel_id: UUID
    on_date: date
    kind: ApelKind


class ReportMissingData(ApelData):
    minutes_before: int
    """How long before the deadline the receiver wanted to be told."""
    report_deadline: Moment
    opd_codes: list[OpdCode]
    """Those that have not reported."""


class ApelClosedData(ApelData):
    reported: int
    """OPDs that have reported."""
    called: int
    """OPDs that were called."""


class FindingNamed(Read):
    id: UUID
    code: FindingCode
    grade: Grade


class FindingToReviewData(ApelData):
    opd_code: OpdCode
    findings: list[FindingNamed]
    """What was not told before; the details are at `GET /v1/apel/{apel_id}/findings`."""


class ScoresFinalData(ApelData):
    scored: int
    """OPDs that have points of this apel."""


class CircularToAcknowledgeData(Said):
    circular_id: UUID
    number: str
    acknowledge_by: date | None


class WebhookTestData(Said):
    pass


class Message(Read):
    """The body as Standard Webhooks has it."""

    timestamp: Moment
    """When it happened, not when it is sent."""


class ReportMissingMessage(Message):
    type: Literal[Event.REPORT_MISSING]
    data: ReportMissingData


class ReportReturnedMessage(Message):
    type: Literal[Event.REPORT_RETURNED]
    data: ReportReturnedData


class ApelClosedMessage(Message):
    type: Literal[Event.APEL_CLOSED]
    data: ApelClosedData


class FindingToReviewMessage(Message):
    type: Literal[Event.FINDING_TO_REVIEW]
    data: FindingToReviewData


class ScoresFinalMessage(Message):
    type: Literal[Event.SCORES_FINAL]
    data: ScoresFinalData


class CircularToAcknowledgeMessage(Message):
    type: Literal[Event.CIRCULAR_TO_ACKNOWLEDGE]
    data: CircularToAcknowledgeData


class WebhookTestMessage(Message):
    type: Literal[Event.WEBHOOK_TEST]
    data: WebhookTestData


AnyMessage = (
    ReportMissingMessage
    | ReportReturnedMessage
    | ApelClosedMessage
    | FindingToReviewMessage
    | ScoresFinalMessage
    | CircularToAcknowledgeMessage
    | WebhookTestMessage
)
_MESSAGES: TypeAdapter[AnyMessage] = TypeAdapter(Annotated[AnyMessage, Field(discriminator="type")])


def payload_of(event: str, happened_at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """The body of an event, as it is kept and sent. Raises ValidationError where the data is not this event's."""
    message = _MESSAGES.validate_python({"type": event, "timestamp": happened_at, "data": data})
    return message.model_dump(mode="json")
