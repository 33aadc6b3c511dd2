"""Recommendations, cases, what happened in them, and decisions with a frozen copy of what they rest on.

A recommendation is made and withdrawn by the service; a case and all that follows is done by people and only recorded
here. What happened in a case is added, never changed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.ids import new_id


class Recommendation(Base):
    """What the facts call for under a policy, until a person decides; its id is the same whenever it is made again."""

    __tablename__ = "recommendation"
    __table_args__ = (
        CheckConstraint("(asn_id IS NULL) <> (opd_code IS NULL)", name="one_subject"),
        Index(None, "asn_id"),
        Index(None, "kind", "period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """punishment | reward | guidance | conduct"""
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str | None] = mapped_column(ForeignKey("opd.code"))
    """The OPD that it is about; null where it is about a person."""
    period: Mapped[str]
    """`2026`, `2026-Q4` or `2026-11`."""
    code: Mapped[str]
    """The tier, the ledger step, the reward or what the conduct was."""
    severity: Mapped[str | None]
    title: Mapped[str]
    basis: Mapped[dict[str, Any]]
    """Facts, figures and the lines that lead to them, as they were when it was made or last changed."""
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    policy: Mapped[str]
    """The version's label, `code@version`."""
    state: Mapped[str]
    """open | withdrawn | taken | declined"""
    made_at: Mapped[datetime]
    """When it last became open: the superior's clock starts here."""
    history: Mapped[list[dict[str, Any]]]
    """What became of it before and since: `{at, state, reason, by}`, the oldest first."""
    version: Mapped[int] = mapped_column(server_default="1")


class Case(Base):
    """An alleged violation of one person, from the decision to look into it until it is over."""

    __tablename__ = "discipline_case"
    __table_args__ = (Index(None, "asn_id"), Index(None, "recommendation_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recommendation_id: Mapped[UUID] = mapped_column(ForeignKey("recommendation.id"))
    asn_id: Mapped[UUID] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str]
    """Where the person served when it was opened."""
    period: Mapped[str]
    law: Mapped[str]
    """The rule set that it is judged by."""
    code: Mapped[str]
    """The tier that was alleged, at the opening or when more days were taken up."""
    basis: Mapped[dict[str, Any]]
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    policy: Mapped[str]
    known_on: Mapped[date]
    """The civil day on which the superior could know: the recommendation's."""
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    opened_by_name: Mapped[str]
    reason: Mapped[str | None]
    phase: Mapped[str]
    """Where its events have brought it; whether a decision is in force also depends on the day."""
    version: Mapped[int] = mapped_column(server_default="1")


class CaseEvent(Base):
    """Something that happened in a case, as a letter or a person told it."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("discipline_case.id"))
    number: Mapped[int]
    """1, 2, … within the case: the order in which they count."""
    kind: Mapped[str]
    on: Mapped[date]
    """The civil day on which it happened."""
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    by_name: Mapped[str]


class Decision(Base):
    """A signed decision; nothing in it changes, whatever becomes of the facts later."""

    __tablename__ = "decision"
    __table_args__ = (Index(None, "asn_id"), Index(None, "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    """punishment | reward"""
    recommendation_id: Mapped[UUID] = mapped_column(ForeignKey("recommendation.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("discipline_case.id"))
    asn_id: Mapped[UUID | None] = mapped_column(ForeignKey("asn.id"))
    opd_code: Mapped[str | None]
    """The OPD that is rewarded, or the one where the person served."""
    period: Mapped[str]
    code: Mapped[str]
    severity: Mapped[str | None]
    title: Mapped[str]
    """The sanction's or the reward's name in the variant that was decided."""
    variant: Mapped[str | None]
    """tukin | transitional"""
    letter_no: Mapped[str]
    signed_on: Mapped[date]
    signatory: Mapped[str]
    """Name and post as the letter has them."""
    file_ref: Mapped[str | None]
    """Where the signed letter is kept."""
    recorded: Mapped[bool]
    """Recorded by the personnel office from the signed letter; else decided by the competent official's own account."""
    frozen: Mapped[dict[str, Any]]
    """Facts, rule, policy, competence and the events of the case, as they were when it was signed."""
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    policy: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID]
    decided_by_name: Mapped[str]
