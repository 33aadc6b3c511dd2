"""Who was seen, as answers: within what the caller may see, with whom the unmatched may be, on the record."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.paging import Page
from app.core.principal import Principal
from app.core.texts import Language
from app.core.texts import text as phrase
from app.evidence import decisions, queries
from app.evidence.candidates import Candidate, Directory
from app.evidence.errors import ParticipantNotFound
from app.evidence.schemas import (
    CandidateRead,
    ParticipantFilter,
    ParticipantRead,
    ParticipantTrace,
    ReasonRead,
)


async def read_participants(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    wanted: ParticipantFilter,
    *,
    language: Language,
    at: datetime,
) -> Page[ParticipantRead]:
    """Who was seen at an apel, and a line in the record. Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    page = await queries.list_participants(session, apel_id, wanted, caller.reach())
    if wanted.matched is False and page.items:
        await _suggest(session, caller, apel, page.items, language)
    people = {item.subject.asn_id for item in page.items}
    people |= {candidate.asn_id for item in page.items for candidate in item.candidates}
    nips = await queries.list_nips(session, {asn_id for asn_id in people if asn_id})
    await record(session, caller, "evidence.read", at=at, target=str(apel_id), nips=nips)
    return page


async def read_participant(
    session: AsyncSession, caller: Principal, apel_id: UUID, participant_id: UUID, *, at: datetime
) -> ParticipantTrace:
    """One participant with whose word made it what it is. Raises ApelNotFound, ParticipantNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    found = await queries.find_participant(session, apel_id, participant_id)
    reach = caller.reach()
    if found is None or (reach is not None and found.opd_code not in reach):
        raise ParticipantNotFound
    keys = await decisions.list_decisions(session, found)
    people = {asn_id for asn_id in (found.asn_id, *(key.asn_id for key in keys)) if asn_id}
    nips = await queries.list_nips(session, people)
    await record(session, caller, "evidence.read", at=at, target=str(participant_id), nips=nips)
    said = [decisions.read_decision(key, apel.ends_at) for key in keys]
    return ParticipantTrace(**queries.read_participant(found).model_dump(), decisions=said)


async def _suggest(
    session: AsyncSession, caller: Principal, apel: ApelNow, items: Sequence[ParticipantRead], language: Language
) -> None:
    """Say whom these unmatched ones may mean, within what the caller may see."""
    roster = await get_roster(session, apel)
    connected = await queries.list_connected(session, apel.id)
    names = [(item.display_name, item.subject.opd_code) for item in items]

    def find() -> list[list[Candidate]]:
        directory = Directory(roster, connected, caller.reach())
        return [directory.find(name, claimed) for name, claimed in names]

    # In a thread: a full page against five thousand people takes a few tenths of a second.
    for item, found in zip(items, await asyncio.to_thread(find), strict=True):
        item.candidates = [_candidate_read(candidate, language) for candidate in found]


def _candidate_read(found: Candidate, language: Language) -> CandidateRead:
    reasons = [ReasonRead(code=code, text=phrase(language, "candidate", code)) for code in found.reasons]
    return CandidateRead(**(found._asdict() | {"reasons": reasons}))
