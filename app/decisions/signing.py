"""A signed decision is kept with a frozen copy of all that it rests on."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import ARRAY, Uuid, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Reliance
from app.core.ids import new_id
from app.core.principal import Principal, Role
from app.decisions.basis import names_of
from app.decisions.loading import CaseNow
from app.decisions.models import Decision, Recommendation
from app.decisions.officials import Authority
from app.decisions.rules import Event, Kind
from app.decisions.schemas import Grant
from app.decisions.weighing import find_tier, title_of


async def keep_decision(
    session: AsyncSession, caller: Principal, now: CaseNow, event: Event, authority: Authority, *, at: datetime
) -> UUID:
    """The decision of a case, as its letter says it, with the course that led to it."""
    tier = find_tier(now.discipline, str(event.details["code"]))
    assert tier is not None
    official = authority.competent.official
    decision = Decision(
        id=new_id(),
        kind=Kind.PUNISHMENT,
        recommendation_id=now.case.recommendation_id,
        case_id=now.case.id,
        asn_id=now.case.asn_id,
        opd_code=now.case.opd_code,
        period=now.case.period,
        code=tier.code,
        severity=tier.severity,
        title=title_of(tier, str(event.details["variant"])),
        variant=event.details["variant"],
        letter_no=event.details["letter_no"],
        signed_on=event.on,
        signatory=event.details["signatory"],
        file_ref=event.details.get("file_ref"),
        recorded=not (caller.holds(Role.BUPATI) if official is None else caller.asn_id == official.asn_id),
        frozen=_frozen(now, event, authority) | {"names": names_of(tier), "tier": to_jsonable_python(asdict(tier))},
        policy_id=now.case.policy_id,
        policy=now.case.policy,
        decided_at=at,
        decided_by=caller.id,
        decided_by_name=caller.name,
    )
    session.add(decision)
    await session.flush()
    await _rely(session, decision.id, now.case.basis)
    return decision.id


def _frozen(now: CaseNow, event: Event, authority: Authority) -> dict[str, Any]:
    source = now.discipline.source
    events = [{"number": one.number, "kind": one.step, "on": one.on, **one.details} for one in now.course.events]
    frozen: dict[str, Any] = to_jsonable_python(
        {
            "basis": now.case.basis,
            "decided": dict(event.details),
            "law": now.case.law,
            "source": source.source,
            "verified": source.verified,
            "competent": {
                "authority": authority.competent.authority,
                "official": authority.competent.official and asdict(authority.competent.official),
                "article": authority.competent.article,
                "notes": authority.competent.notes,
                "source": now.procedure.source.source,
                "verified": now.procedure.source.verified,
            },
            "events": events,
        }
    )
    return frozen


async def keep_grant(
    session: AsyncSession, caller: Principal, row: Recommendation, body: Grant, *, at: datetime
) -> UUID:
    """The decision to give a reward, as its letter says it."""
    decision = Decision(
        id=new_id(),
        kind=Kind.REWARD,
        recommendation_id=row.id,
        asn_id=row.asn_id,
        opd_code=row.opd_code,
        period=row.period,
        code=row.code,
        title=row.title,
        letter_no=body.letter_no,
        signed_on=body.signed_on,
        signatory=body.signatory,
        file_ref=body.file_ref,
        recorded=not caller.holds(Role.BUPATI),
        frozen={"basis": row.basis},
        policy_id=row.policy_id,
        policy=row.policy,
        decided_at=at,
        decided_by=caller.id,
        decided_by_name=caller.name,
    )
    session.add(decision)
    await session.flush()
    await _rely(session, decision.id, row.basis)
    return decision.id


async def _rely(session: AsyncSession, decision_id: UUID, basis: Mapping[str, Any]) -> None:
    """Hold the apels that it rests on: while it stands they are not reopened."""
    rows = [{"apel_id": UUID(apel_id), "decision_id": decision_id} for apel_id in basis.get("apel_ids", ())]
    if rows:
        apels = func.unnest(literal([row["apel_id"] for row in rows], ARRAY(Uuid)))
        await session.execute(
            insert(Reliance).from_select(["apel_id", "decision_id"], select(apels, literal(decision_id, Uuid)))
        )


async def release_apels(session: AsyncSession, case_id: UUID) -> None:
    """A decision that does not stand holds nothing."""
    gone = select(Decision.id).where(Decision.case_id == case_id)
    await session.execute(delete(Reliance).where(Reliance.decision_id.in_(gone)))
