"""What the behaviour room takes and gives about assessments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.behaviour.berakhlak import GUIDES, VALUES
from app.behaviour.rules import Unsaid, value_of
from app.core.fields import Body, Count, PeriodCode, Prose, Read
from app.core.paging import MAX_LIMIT
from app.core.rates import PercentRead
from app.core.traces import RuleLine
from app.policies.rules_of_performance import Expectation, Rater


def _known(code: str) -> str:
    if code not in GUIDES:
        raise PydanticCustomError("literal_error", "not a guide of BerAKHLAK", {"expected": ", ".join(GUIDES)})
    return code


def _whole(ratings: dict[str, Expectation]) -> dict[str, Expectation]:
    if len({value_of(guide) for guide in ratings}) < len(VALUES):
        raise PydanticCustomError("values_not_all_rated", "a value of BerAKHLAK has no rated guide")
    return ratings


GuideCode = Annotated[str, AfterValidator(_known), Field(examples=["loyal.a"])]
RatingsBody = Annotated[
    dict[GuideCode, Expectation],
    Field(min_length=1, max_length=len(GUIDES), examples=[{"kompeten.a": "meets", "loyal.a": "above"}]),
]


class AssessmentWrite(Body):
    """One rater's whole word; guides that are left out are not rated."""

    ratings: RatingsBody


class SuperiorAssessmentWrite(AssessmentWrite):
    note: Prose | None = None


class PeerRatingCreate(Body):
    asn_id: UUID
    """Whom it is about; it stands here and not in the address, since addresses are logged beside the caller."""
    period: PeriodCode
    ratings: Annotated[RatingsBody, AfterValidator(_whole)]
    """At least one guide of each value: what only some peers rated could be told apart from the average."""


class PeerRatingRead(Read):
    """What counts from now on as this peer's word; nothing tells how many others have spoken."""

    asn_id: UUID
    period: str
    ratings: dict[str, Expectation]


class GuideRead(Read):
    code: str
    words: str


class CoreValueRead(Read):
    code: str
    name: str
    guides: list[GuideRead]


class CoreValuesRead(Read):
    source: str
    verified: bool
    """An official compared the words with the regulation."""
    items: list[CoreValueRead]


class AssessmentRead(Read):
    id: UUID
    asn_id: UUID
    period: str
    rater: Rater
    version: int
    """To say something else, name it in `If-Match`."""
    latest: bool
    """Only the latest version counts; the others are kept."""
    before: UUID | None
    """The version that this one outdid."""
    ratings: dict[str, Expectation]
    note: str | None
    by: str
    """Who said or recorded it."""
    at: datetime


class ValuePoints(Read):
    value: str
    points: float


class RaterPoints(Read):
    """What one kind of rater says; of peers, only the average of all of them."""

    rater: Rater
    points: float
    weight: int
    """Of the sum of the weights of those who were heard."""
    values: list[ValuePoints]


class PersonBehaviour(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    opd_code: str | None
    """Where the person serves on the day that the period is judged by."""
    period: str
    policy: str
    points: float | None
    no_points: Unsaid | None
    proposal: Expectation | None
    """What the points are proposed as; only a person decides."""
    raters: list[RaterPoints]
    superior: AssessmentRead | None
    self_assessment: AssessmentRead | None
    lines: list[RuleLine]


class PersonBehaviourItem(Read):
    asn_id: UUID
    name: str
    nip_masked: str
    points: float | None
    no_points: Unsaid | None
    proposal: Expectation | None
    href: str


class OpdValue(Read):
    value: str
    name: str
    people: Count
    """Those of whom something is known on this value."""
    average: float | None
    """Null with fewer than five of them."""


class OpdValuesRead(Read):
    """What is known of an OPD's own people, without any of them."""

    opd_code: str
    period: str
    policy: str
    assessed: PercentRead
    """People with points, out of all who serve there on the day that the period is judged by."""
    average: float | None
    """Null with fewer than five people with points."""
    values: list[OpdValue]


class OpdBehaviour(OpdValuesRead):
    items: list[PersonBehaviourItem]
    """Everybody who serves there; whoever has no points says why."""
    next_cursor: str | None


class PeriodFilter(Body):
    period: PeriodCode | None = None
    """The running month where none is named."""


class OpdFilter(PeriodFilter):
    limit: int = Field(default=50, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=200)


class AssessmentImportRead(Read):
    rows: int
    created: int
    """Assessments of a person and period that were not there."""
    changed: int
    """They said something else before; a new version counts."""
    unchanged: int
    """Kept already, so the same file may be sent twice."""
    preview: bool
    """Nothing was kept."""
