"""How the parts weigh together, as it is read: each part with what it rests on, and missing ones named."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.composite.rules import Missing
from app.core.fields import Body, PeriodCode, Read
from app.core.paging import MAX_LIMIT
from app.core.traces import RuleLine
from app.policies.rules_of_performance import CompositePart


class CompositeFilter(Body):
    period: PeriodCode | None = None
    """This month, unless you say otherwise."""
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class PartRead(Read):
    part: CompositePart
    points: float | None
    """Of 100; null: missing, which is never zero."""
    missing: Missing | None
    """Why there are no points, or why they do not weigh."""
    weight: int
    """As the policy has it."""
    share: float | None
    """Percent of the composite that it makes, after the weights of missing parts were shared; null: none of it."""
    line: RuleLine


class CompositeRead(Read):
    period: str
    from_date: date
    to_date: date
    policy: str
    points: float | None
    """Of 100; no reward and no punishment rests on it."""
    missing: Missing | None
    provisional: bool
    """The period runs, or some results wait to be verified."""
    parts: list[PartRead]
    line: RuleLine | None
    """How the parts were weighed; null where the policy says nothing about it."""


class OpdComposite(CompositeRead):
    opd_code: str
    href: str


class PersonComposite(CompositeRead):
    asn_id: UUID
