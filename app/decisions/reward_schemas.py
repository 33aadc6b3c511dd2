"""Rewards as they are asked for and shown."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.fields import Body, Count, OpdCode, PeriodCode, Read
from app.core.paging import MAX_LIMIT, Page
from app.core.traces import RuleLine
from app.decisions.rewards import Award, Exclusion
from app.decisions.rules import RecommendationState


class RewardsPropose(Body):
    period: PeriodCode
    """A month, quarter or year; nothing is proposed before it is over and its apels are final."""


class RewardsProposed(Read):
    """What became of asking for proposals; asking again changes nothing."""

    period: str
    policy: str
    code: str | None
    """`no-rule-set` where the policy says nothing about rewards."""
    proposed: Count
    """Recommendations that stand now, those that somebody decided included."""
    new: Count
    """Of them, those that were not open before."""
    withdrawn: Count
    """Open ones that no longer held."""
    excluded: Count
    """Candidates that were not proposed; each with its reason in the list of rewards."""


class RewardFilter(Body):
    period: PeriodCode | None = None
    """Without it the month before this one."""
    award: Award | None = None
    opd_code: OpdCode | None = None
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class ExclusionRead(Read):
    code: Exclusion
    text: str


class ProposalRead(Read):
    """The recommendation that was made of a candidate."""

    id: UUID
    state: RecommendationState
    href: str


class RewardRead(Read):
    """Somebody who reached what an award asks."""

    award: Award
    title: str
    opd_code: str
    """The OPD, or where the person stood at the last apel of the period."""
    asn_id: UUID | None
    name: str | None
    """The person's; null where an OPD is meant."""
    lines: list[RuleLine]
    excluded: list[ExclusionRead]
    """Why this is not proposed; empty where nothing hinders it."""
    recommendation: ProposalRead | None
    """Null until somebody asks for proposals."""


class RewardsRead(Page[RewardRead]):
    """Candidates of a period; a person grants a reward, this list does not."""

    period: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    policy: str
    code: str | None
    """`no-rule-set` where the policy says nothing about rewards."""


class CertificateRead(Read):
    """What a certificate says; numbers and names as they were when the reward was proposed."""

    decision_id: UUID
    award: Award
    title: str
    name: str
    """The person's, or the OPD's."""
    opd_code: str
    opd_name: str
    period: str
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    instansi: str
    letter_no: str
    signed_on: date
    signatory: str
    lines: list[RuleLine]
    policy: str
    sample: bool
    """True on sample data: the certificate says CONTOH."""
