"""A person decides whom a participant's devices mean, where a machine cannot or did so wrongly."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster
from app.apel.roster import Roster
from app.apel.rules import require_not_over
from app.apel.service import hold_apel
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.stale import mark_days_stale, mark_stale
from app.evidence import decisions, queries
from app.evidence.errors import NothingToRemember, ParticipantNotFound, SubjectNotAtApel, SubjectUnclear
from app.evidence.identity import Key, KeyKind, Known, Subject, lasting_keys
from app.evidence.models import Participant
from app.evidence.rules import SubjectKind
from app.evidence.schemas import AssignmentWrite, ParticipantRead, SubjectChoice
from app.evidence.service import lock_settling, settle

Decided = tuple[UUID | None, Key]
"""An apel (None: remembered for all) and a key."""


async def take_apel(session: AsyncSession, apel_id: UUID, *, at: datetime) -> tuple[ApelNow, Roster]:
    """An apel that is not over, and nobody else settles it before this transaction ends.

    Raises ApelNotFound, ApelFinal, ApelCancelled.
    """
    await hold_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    await lock_settling(session, apel_id)
    return apel, await get_roster(session, apel)


async def assign_participant(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    participant_id: UUID,
    body: AssignmentWrite,
    *,
    at: datetime,
) -> list[ParticipantRead]:
    """Decide whom a participant's devices mean, at this apel or for good, and settle the apel anew.

    Returns the participants that changed, none for what is decided already; marks follow with the next conclusion.

    Raises ApelNotFound, ApelFinal, ApelCancelled, ParticipantNotFound, SubjectUnclear, SubjectNotAtApel,
    NothingToRemember.
    """
    apel, roster = await take_apel(session, apel_id, at=at)
    known = Known(roster, decided={}, remembered={})
    subject = known.resolve(read_choice(body))
    participant = await queries.find_participant(session, apel_id, participant_id)
    if participant is None:
        if subject is not None and await decisions.was_decided(session, apel_id, participant_id, subject):
            return []
        raise ParticipantNotFound
    if subject is None:
        raise SubjectNotAtApel
    keys = await _keys_to_decide(session, participant, known, subject, remember=body.remember)
    if await _stands(session, apel_id, keys, subject):
        return []
    before = {presence.id: presence for presence in await queries.load_presences(session, apel_id)}
    await _decide(session, caller, participant, keys, subject, at=at)
    await _mark_stale(session, apel_id, remember=body.remember, at=at)
    after = await settle(session, apel, roster, at=at)
    await _keep_record(session, caller, participant, subject, remember=body.remember, at=at)
    changed = [presence.id for presence in after if before.get(presence.id) != presence]
    return await queries.read_participants(session, changed)


async def _mark_stale(session: AsyncSession, apel_id: UUID, *, remember: bool, at: datetime) -> None:
    """This apel, and those that what is remembered from now on may concern."""
    await mark_stale(session, apel_id)
    if remember:
        await mark_days_stale(session, civil_date(at, zone_of(session)), None)


async def _keys_to_decide(
    session: AsyncSession, participant: Participant, known: Known, subject: Subject, *, remember: bool
) -> list[Decided]:
    """The keys that mean the subject from now on."""
    own = queries.read_keys(participant.keys)
    keys: list[Decided] = [(participant.apel_id, key) for key in own if key.kind is KeyKind.DEVICE]
    if remember:
        others = await queries.list_shown_keys(session, participant.apel_id, but=participant.id)
        person = known.people[subject.asn_id] if subject.asn_id else None
        lasting = lasting_keys(own, others, subject, person)
        if not lasting:
            raise NothingToRemember
        keys += [(None, key) for key in lasting]
    return keys


async def _stands(session: AsyncSession, apel_id: UUID, keys: Sequence[Decided], subject: Subject) -> bool:
    """Whether all of this was decided before and nothing else since."""
    decided, remembered = await decisions.load_decisions(session, apel_id)
    return all((remembered if apel is None else decided).get(key) == subject for apel, key in keys)


async def _keep_record(
    session: AsyncSession,
    caller: Principal,
    participant: Participant,
    subject: Subject,
    *,
    remember: bool,
    at: datetime,
) -> None:
    people = {asn_id for asn_id in (participant.asn_id, subject.asn_id) if asn_id}
    await record(
        session,
        caller,
        "evidence.assign",
        at=at,
        target=str(participant.id),
        nips=await queries.list_nips(session, people),
        apel_id=str(participant.apel_id),
        kind=subject.kind,
        opd_code=subject.opd_code,
        remember=remember,
    )


def read_choice(body: SubjectChoice) -> Subject:
    """Whom a person means. Raises SubjectUnclear."""
    if sum(choice is not None for choice in (body.asn_id, body.opd_code, body.operator)) != 1:
        raise SubjectUnclear
    if body.asn_id is not None:
        return Subject(SubjectKind.PERSON, None, body.asn_id)
    if body.opd_code is not None:
        return Subject(SubjectKind.ROOM, body.opd_code)
    return Subject(SubjectKind.OPERATOR)


DECIDE = text(
    """
    WITH said AS (
      SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS said(id uuid, apel_id uuid, kind text, value text)
    ), replaced AS (
      UPDATE identity_key AS old SET revoked_at = :at, revoked_by_id = :by_id, revoked_by_name = :by_name FROM said
       WHERE old.revoked_at IS NULL AND old.kind = said.kind AND old.value = said.value
         AND old.apel_id IS NOT DISTINCT FROM said.apel_id
    )
    INSERT INTO identity_key (id, apel_id, kind, value, subject_kind, opd_code, asn_id, participant_id, display_name,
                              by_id, by_name, at)
    SELECT id, apel_id, kind, value, :subject_kind, :opd_code, CAST(:asn_id AS uuid), :participant_id, :display_name,
           :by_id, :by_name, :at
      FROM said
    """
)


async def _decide(
    session: AsyncSession,
    caller: Principal,
    participant: Participant,
    keys: Sequence[Decided],
    subject: Subject,
    *,
    at: datetime,
) -> None:
    """Write decisions; an earlier one about the same key ends."""
    rows = [{"id": new_id(), "apel_id": apel_id, "kind": key.kind, "value": key.value} for apel_id, key in keys]
    await session.execute(
        DECIDE,
        {
            "rows": to_json(rows).decode(),
            "subject_kind": subject.kind,
            "opd_code": subject.opd_code,
            "asn_id": subject.asn_id,
            "participant_id": participant.id,
            "display_name": participant.display_name,
            "by_id": caller.id,
            "by_name": caller.name,
            "at": at,
        },
    )


REGISTER = text(
    """
    WITH said AS (
      SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS said(id uuid, value text, subject_kind text, opd_code text, asn_id uuid)
       WHERE NOT EXISTS (
             SELECT FROM identity_key AS old
              WHERE old.apel_id IS NULL AND old.kind = 'registrant' AND old.value = said.value
                AND ((old.origin = 'decision' AND NOT old.taken_back)
                     OR (old.subject_kind, old.opd_code, old.asn_id) IS NOT DISTINCT FROM
                        (said.subject_kind, said.opd_code, said.asn_id)))
    ), replaced AS (
      UPDATE identity_key AS old SET revoked_at = :at, revoked_by_id = :by_id, revoked_by_name = :by_name FROM said
       WHERE old.apel_id IS NULL AND old.kind = 'registrant' AND old.value = said.value AND old.revoked_at IS NULL
    )
    INSERT INTO identity_key (id, kind, value, subject_kind, opd_code, asn_id, origin, by_id, by_name, at)
    SELECT id, 'registrant', value, subject_kind, opd_code, asn_id, 'registration', :by_id, :by_name, :at FROM said
    RETURNING id
    """
)
"""What a person decided about a registrant outlasts any registration, be it that a registration was revoked; what was
taken back was never said."""


async def remember_registrants(
    session: AsyncSession, registrants: Mapping[str, Subject], by: Principal, *, at: datetime
) -> None:
    """Remember for whom registrants were made at Zoom, in one statement; what is known already changes nothing."""
    rows = [
        {"id": new_id(), "value": value, "subject_kind": who.kind, "opd_code": who.opd_code, "asn_id": who.asn_id}
        for value, who in registrants.items()
    ]
    if not rows:
        return
    told = {"rows": to_json(rows).decode(), "by_id": by.id, "by_name": by.name, "at": at}
    if (await session.execute(REGISTER, told)).all():
        await mark_days_stale(session, civil_date(at, zone_of(session)), None)


async def remember_registrant(
    session: AsyncSession, registrant_id: str, subject: Subject, by: Principal, *, at: datetime
) -> None:
    """Remember for whom one registrant was made at Zoom; see `remember_registrants` for many."""
    await remember_registrants(session, {registrant_id: subject}, by, at=at)
