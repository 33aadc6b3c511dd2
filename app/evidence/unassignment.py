"""A person takes an assignment back: its devices are matched by rules alone, and what it remembered is forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.roster import Roster
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.stale import mark_days_stale, mark_stale
from app.evidence import decisions, queries
from app.evidence.assignment import read_choice, take_apel
from app.evidence.errors import AssignmentReplaced, NothingAssigned, ParticipantNotFound
from app.evidence.identity import Known, Subject
from app.evidence.models import IdentityKey
from app.evidence.rules import SubjectKind
from app.evidence.schemas import DecisionRead, ParticipantRead, UnassignmentWrite
from app.evidence.service import settle
from app.registry.models import Asn


class Unassigned(NamedTuple):
    """The participants that changed, and what was taken back, be it by an earlier call."""

    participants: list[ParticipantRead]
    decisions: list[DecisionRead]


async def unassign_participant(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    participant_id: UUID,
    body: UnassignmentWrite,
    *,
    at: datetime,
) -> Unassigned:
    """Take back the latest assignment that was about a participant (and named this one), and settle the apel anew.

    No earlier decision comes back. What the assignment remembered counts at no apel that is not final; a registration
    that it had ended counts again. Marks follow with the next conclusion.

    Raises ApelNotFound, ApelFinal, ApelCancelled, ParticipantNotFound, SubjectUnclear, NothingAssigned,
    AssignmentReplaced.
    """
    apel, roster = await take_apel(session, apel_id, at=at)
    said = await _last_words(session, apel_id, participant_id, _read_named(body, roster))
    before = {presence.id: presence for presence in await queries.load_presences(session, apel_id)}
    changed: list[UUID] = []
    if any(key.revoked_at is None for key in said):
        ended = [key for key in said if _must_end(key)]
        await _take_back(session, caller, ended, body.reason, at=at)
        await _mark_stale(session, apel_id, ended)
        after = await settle(session, apel, roster, at=at)
        changed = [presence.id for presence in after if before.get(presence.id) != presence]
        await _keep_record(session, caller, apel_id, participant_id, ended, at=at)
    else:
        await _refuse_if_replaced(session, apel_id, said)
    told = [decisions.read_decision(key, apel.ends_at) for key in said if key.taken_back]
    return Unassigned(await queries.read_participants(session, changed), told)


def _read_named(body: UnassignmentWrite, roster: Roster) -> Subject | None:
    if body.asn_id is None and body.opd_code is None and body.operator is None:
        return None
    named = read_choice(body)
    return Known(roster, decided={}, remembered={}).resolve(named) or named


async def _last_words(
    session: AsyncSession, apel_id: UUID, participant_id: UUID, named: Subject | None
) -> list[IdentityKey]:
    """What the latest assignment of a participant said."""
    said = await decisions.list_last_words(session, apel_id, participant_id, named)
    if said:
        return said
    if named is not None:
        await _refuse_if_replaced(session, apel_id, await decisions.list_last_words(session, apel_id, participant_id))
    raise NothingAssigned if await queries.find_participant(session, apel_id, participant_id) else ParticipantNotFound


def _must_end(key: IdentityKey) -> bool:
    """What stands, and what was remembered even if it was revoked since: apels that had ended by then kept it."""
    return key.revoked_at is None or (key.apel_id is None and not key.taken_back)


async def _take_back(
    session: AsyncSession, caller: Principal, keys: Sequence[IdentityKey], reason: str | None, *, at: datetime
) -> None:
    """End decisions as if they had never been said; who had ended one before stays on record."""
    ids = [key.id for key in keys]
    table = IdentityKey
    ending = {"revoked_at": at, "revoked_by_id": caller.id, "revoked_by_name": caller.name, "revoke_reason": reason}
    await session.execute(update(table).where(table.id.in_(ids), table.revoked_at.is_(None)).values(**ending))
    await session.execute(update(table).where(table.id.in_(ids)).values(taken_back=True))
    await _restore_registrations(session, [key for key in keys if key.apel_id is None], at=at)
    for key in keys:
        await session.refresh(key)


async def _restore_registrations(session: AsyncSession, keys: Sequence[IdentityKey], *, at: datetime) -> None:
    """Registrations that these ended, which are no word of a person: Zoom gave the registrant out for somebody."""
    for key in keys:
        old = IdentityKey
        same = (old.apel_id.is_(None), old.kind == key.kind, old.value == key.value)
        ended = (old.origin == "registration", old.revoked_at == key.at, old.revoked_by_id == key.by_id)
        registration = await session.scalar(select(old).where(*same, *ended, old.revoke_reason.is_(None)).limit(1))
        stands = await session.scalar(select(func.count()).where(*same, old.revoked_at.is_(None)))
        if registration is None or stands:
            continue
        kept = ("kind", "value", "subject_kind", "opd_code", "asn_id", "origin", "by_id", "by_name")
        session.add(IdentityKey(**{name: getattr(registration, name) for name in kept}, at=at))
    await session.flush()


async def _mark_stale(session: AsyncSession, apel_id: UUID, ended: Sequence[IdentityKey]) -> None:
    """This apel, and those since the day from which something was remembered wrongly."""
    await mark_stale(session, apel_id)
    remembered = [key.at for key in ended if key.apel_id is None]
    if remembered:
        await mark_days_stale(session, civil_date(min(remembered), zone_of(session)), None)


async def _refuse_if_replaced(session: AsyncSession, apel_id: UUID, said: Sequence[IdentityKey]) -> None:
    later = await decisions.find_standing_word(session, apel_id, said)
    if later is None:
        return
    name = await session.scalar(select(Asn.name).where(Asn.id == later.asn_id)) if later.asn_id else None
    raise AssignmentReplaced(by=later.by_name or "?", whom=name or later.opd_code or SubjectKind.OPERATOR.value)


async def _keep_record(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    participant_id: UUID,
    ended: Sequence[IdentityKey],
    *,
    at: datetime,
) -> None:
    one = ended[0]
    await record(
        session,
        caller,
        "evidence.unassign",
        at=at,
        target=str(participant_id),
        nips=await queries.list_nips(session, {one.asn_id} if one.asn_id else set()),
        apel_id=str(apel_id),
        kind=one.subject_kind,
        opd_code=one.opd_code,
        forgotten=sum(key.apel_id is None for key in ended),
    )
