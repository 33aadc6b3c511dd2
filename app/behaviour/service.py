"""Writes of words about behaviour. Whoever writes one first locks the person, so that versions follow each other."""

import hmac
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour import queries
from app.behaviour.errors import BehaviourPeriodNotBegun, OneselfNotAssessed, RaterNotAsked, SuperiorIsNoPeer
from app.behaviour.models import Assessment, PeerRating
from app.behaviour.queries import AssessmentRow, Served
from app.behaviour.rules import day_of
from app.behaviour.schemas import (
    AssessmentRead,
    AssessmentWrite,
    PeerRatingCreate,
    PeerRatingRead,
    SuperiorAssessmentWrite,
)
from app.behaviour.standing import rebuild_standings
from app.core.clock import civil_date
from app.core.db import surroundings_of, zone_of
from app.core.ids import new_id
from app.core.periods import Period
from app.core.principal import Principal, Role
from app.core.versions import require_version
from app.policies.rules_of_performance import Expectation, Rater
from app.policies.service import rules_on
from app.registry.errors import AsnNotFound
from app.registry.queries import list_heads


async def assess_as_superior(
    session: AsyncSession,
    caller: Principal,
    asn_id: UUID,
    code: str,
    body: SuperiorAssessmentWrite,
    *,
    expected: int | None,
    at: datetime,
) -> tuple[AssessmentRead, bool]:
    """Keep the superior's word on a period as a new version, and say whether it is the first; the latest counts.

    Raises AsnNotFound where the caller neither is the direct superior nor heads the unit nor is the personnel office,
    OneselfNotAssessed, BehaviourPeriodNotBegun, VersionRequired, VersionMismatch.
    """
    period, day = _begun(session, code, at)
    person = await queries.find_served(session, asn_id, day, lock=True)
    await _require_superior(session, caller, person, day)
    said = Assessment(asn_id=asn_id, period=code, rater=Rater.SUPERIOR, ratings=dict(body.ratings), note=body.note)
    return await _keep(session, caller, person, period, said, expected=expected, at=at)


async def assess_oneself(
    session: AsyncSession, caller: Principal, code: str, body: AssessmentWrite, *, expected: int | None, at: datetime
) -> tuple[AssessmentRead, bool]:
    """Keep a person's own word as a new version. Raises what `assess_as_superior` raises, and RaterNotAsked."""
    if caller.asn_id is None:
        raise AsnNotFound
    period, day = _begun(session, code, at)
    person = await queries.find_served(session, caller.asn_id, day, lock=True)
    await _require_asked(session, Rater.SELF, period, day)
    said = Assessment(asn_id=person.asn_id, period=code, rater=Rater.SELF, ratings=dict(body.ratings))
    return await _keep(session, caller, person, period, said, expected=expected, at=at)


async def rate_peer(
    session: AsyncSession, caller: Principal, body: PeerRatingCreate, *, at: datetime
) -> PeerRatingRead:
    """Keep what a peer says in place of what the same peer said before, without keeping who that is.

    Raises AsnNotFound for whoever serves in another OPD, OneselfNotAssessed, SuperiorIsNoPeer, RaterNotAsked,
    BehaviourPeriodNotBegun.
    """
    period, day = _begun(session, body.period, at)
    person = await _find_colleague(session, caller, body.asn_id, day)
    await _require_asked(session, Rater.PEER, period, day)
    peer = _hash_of_peer(session, caller, body)
    known = await queries.find_latest_of_peer(session, body.asn_id, body.period, peer)
    if known is None or known.ratings != body.ratings:
        version = known.version + 1 if known else 1
        said = {"asn_id": body.asn_id, "period": body.period, "peer": peer, "version": version}
        session.add(PeerRating(**said, ratings=dict(body.ratings)))
        await session.flush()
        await rebuild_standings(session, [(person.asn_id, body.period)])
    # Neither target, subject nor period: the record would lead from the peer to the colleague.
    await record(session, caller, "behaviour.rate_peer", at=at)
    return PeerRatingRead.model_validate(body)


def _begun(session: AsyncSession, code: str, at: datetime) -> tuple[Period, date]:
    """The period, and the day by which it is judged. Raises BehaviourPeriodNotBegun."""
    period, today = Period.parse(code), civil_date(at, zone_of(session))
    if today < period.from_date:
        raise BehaviourPeriodNotBegun(period=code, from_date=str(period.from_date))
    return period, day_of(period, today)


async def _require_superior(session: AsyncSession, caller: Principal, person: Served, day: date) -> None:
    if caller.asn_id == person.asn_id:
        raise OneselfNotAssessed
    if caller.holds(Role.ADMIN) or (caller.asn_id is not None and caller.asn_id == person.superior_id):
        return
    if not caller.reaches(person.opd_code or "", Role.OPD_HEAD):
        raise AsnNotFound
    if not await queries.heads_over(session, caller, person, day):
        raise OneselfNotAssessed


async def _find_colleague(session: AsyncSession, caller: Principal, asn_id: UUID, day: date) -> Served:
    if caller.asn_id == asn_id:
        raise OneselfNotAssessed
    person = await queries.find_served(session, asn_id, day, lock=True)
    peer = None if caller.asn_id is None else await queries.find_served(session, caller.asn_id, day)
    if peer is None or peer.opd_code is None or peer.opd_code != person.opd_code:
        raise AsnNotFound
    heads = await list_heads(session, day, {peer.opd_code})
    if peer.asn_id in {person.superior_id, *(head.asn_id for head in heads)}:
        raise SuperiorIsNoPeer
    return person


async def _require_asked(session: AsyncSession, rater: Rater, period: Period, day: date) -> None:
    """Raises RaterNotAsked, also where the policy says nothing about behaviour."""
    rules = await rules_on(session, day)
    if rules.behaviour is None or not rules.behaviour.weights[rater]:
        raise RaterNotAsked(rater=rater.value, period=period.code, policy=rules.label)


def _hash_of_peer(session: AsyncSession, caller: Principal, body: PeerRatingCreate) -> str:
    told = "\x1f".join(("peer", str(body.asn_id), body.period, str(caller.asn_id)))
    return hmac.digest(surroundings_of(session).audit_key, told.encode(), "sha256").hex()


async def _keep(
    session: AsyncSession,
    caller: Principal,
    person: Served,
    period: Period,
    said: Assessment,
    *,
    expected: int | None,
    at: datetime,
) -> tuple[AssessmentRead, bool]:
    """The word as the next version of its rater's; what already holds changes nothing."""
    rater = Rater(said.rater)
    known = await queries.find_latest(session, person.asn_id, period.code, rater)
    if known and (known.assessment.ratings, known.assessment.note) == (said.ratings, said.note):
        return show_assessment(known), False
    if known:
        require_version(expected, known.assessment.version)
    said.id, said.version, said.at = new_id(), known.assessment.version + 1 if known else 1, at
    said.by_id, said.by_asn_id, said.by_name = caller.id, caller.asn_id, caller.name
    session.add(said)
    await session.flush()
    await rebuild_standings(session, [(person.asn_id, period.code)])
    told = {"period": period.code, "rater": rater.value, "version": said.version}
    await record(session, caller, "behaviour.assess", at=at, target=str(said.id), nips=[person.nip], **told)
    kept = await queries.find_latest(session, person.asn_id, period.code, rater)
    assert kept is not None
    return show_assessment(kept), known is None


def show_assessment(row: AssessmentRow) -> AssessmentRead:
    kept = row.assessment
    return AssessmentRead(
        id=kept.id,
        asn_id=kept.asn_id,
        period=kept.period,
        rater=Rater(kept.rater),
        version=kept.version,
        latest=row.latest,
        before=row.before,
        ratings=_in_order(kept.ratings),
        note=kept.note,
        by=row.by,
        at=kept.at,
    )


def _in_order(ratings: Mapping[str, str]) -> dict[str, Expectation]:
    return {guide: Expectation(word) for guide, word in sorted(ratings.items())}
