"""Findings as they are told: health codes hidden from outsiders, the sentence in the reader's words, on the record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import queries
from app.attendance.models import FindingResolution
from app.attendance.queries import FoundFinding
from app.attendance.reading import READERS, after_of, masked, sees_health, sees_people
from app.attendance.rules import Grade
from app.attendance.schemas import FindingRead, FindingState, ResolutionRead
from app.audit.service import record
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.core.texts import Language, text
from app.duty.rules import mask_health_in


@dataclass(frozen=True)
class WantedFindings:
    opd_code: str | None
    grade: Grade | None
    cursor: str | None
    limit: int
    language: Language


async def read_findings(
    session: AsyncSession, caller: Principal, apel_id: UUID, wanted: WantedFindings, *, at: datetime
) -> Page[FindingRead]:
    rows = await queries.list_findings(
        session,
        apel_id,
        scope=caller.reach(),
        opd_code=wanted.opd_code,
        grade=wanted.grade,
        after=after_of(wanted.cursor),
        limit=wanted.limit + 1,
    )
    page = cut_page(rows, wanted.limit, lambda row: (row.finding.opd_code, row.finding.id))
    people = {row.finding.asn_id for row in page.items if row.finding.asn_id}
    nips = await queries.nips_of(session, people)
    await record(session, caller, "attendance.read-findings", at=at, target=str(apel_id), nips=nips)
    items = [finding_read(row, caller, wanted.language) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_finding(
    session: AsyncSession, caller: Principal, finding_id: UUID, language: Language, *, at: datetime
) -> FindingRead:
    """Raises FindingNotFound where the caller may not see it."""
    finding = await queries.get_finding(session, finding_id, caller.reach(*READERS))
    found = await queries.find_resolution(session, finding)
    nips = await queries.nips_of(session, [finding.asn_id] if finding.asn_id else [])
    await record(session, caller, "attendance.read-finding", at=at, target=str(finding_id), nips=nips)
    return finding_read(found, caller, language)


def finding_read(found: FoundFinding, caller: Principal, language: Language) -> FindingRead:
    """A finding for this caller: health codes hidden from outsiders, the sentence in the caller's language."""
    finding, resolved, version = found
    open_health = sees_health(caller, finding.opd_code)
    facts = finding.facts if open_health else mask_health_in(finding.facts)
    shown = resolved if sees_people(caller, finding.opd_code) else None
    return FindingRead(
        id=finding.id,
        code=finding.code,
        grade=finding.grade,
        opd_code=finding.opd_code,
        asn_id=finding.asn_id,
        facts=facts,
        state=FindingState.RESOLVED if resolved else FindingState.OPEN,
        resolution=_resolution(shown, open_note=open_health or finding.asn_id is None) if shown else None,
        version=version,
        text=text(language, "finding", finding.code, **facts),
    )


def _resolution(resolved: FindingResolution, *, open_note: bool) -> ResolutionRead:
    return ResolutionRead(
        outcome=resolved.outcome,
        status=masked(resolved.status, open_health=open_note),
        note=resolved.note if open_note else None,
        by=resolved.by_name,
        at=resolved.at,
    )
