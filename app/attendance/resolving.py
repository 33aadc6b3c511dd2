"""What a person decides about a finding: a fact beside it, which the conclusion takes up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.apel.service import hold_apel
from app.attendance.errors import AttendanceFinal, CountNotYours, DecisionNeeded, DecisionNotAsked
from app.attendance.models import Finding, FindingResolution
from app.attendance.queries import find_resolution, get_finding, nips_of
from app.attendance.rules import FindingCode
from app.attendance.schemas import ResolutionWrite
from app.audit.service import record
from app.core.principal import Principal, Role, Scope
from app.core.stale import mark_stale


async def resolve_finding(
    session: AsyncSession, caller: Principal, scope: Scope, finding_id: UUID, body: ResolutionWrite, *, at: datetime
) -> tuple[Finding, FindingResolution]:
    """Keep a person's decision about a finding; a disputed absence gets the mark that was decided.

    What was decided last, said again, changes nothing.
    Raises FindingNotFound, DecisionNeeded, DecisionNotAsked, CountNotYours, AttendanceFinal.
    """
    finding = await get_finding(session, finding_id, scope)
    await hold_apel(session, finding.apel_id)
    last = await find_resolution(session, finding.id)
    if last is not None and (last.outcome, last.status, last.note) == (body.outcome, body.status, body.note):
        return finding, last
    apel = await get_apel(session, finding.apel_id, at=at)
    if apel.state in (ApelState.FINAL, ApelState.CANCELLED):
        raise AttendanceFinal
    _require_word(caller, finding, body)
    resolution = FindingResolution(
        finding_id=finding.id,
        apel_id=finding.apel_id,
        asn_id=finding.asn_id,
        outcome=body.outcome,
        status=body.status,
        note=body.note,
        by_id=caller.id,
        by_name=caller.name,
        at=at,
    )
    session.add(resolution)
    await session.flush()
    nips = await nips_of(session, [finding.asn_id] if finding.asn_id else [])
    await record(session, caller, "attendance.resolve", at=at, target=str(finding.id), nips=nips)
    await mark_stale(session, finding.apel_id, finding.opd_code)
    return finding, resolution


def _require_word(caller: Principal, finding: Finding, body: ResolutionWrite) -> None:
    """Raises DecisionNeeded, DecisionNotAsked, CountNotYours."""
    disputed = finding.code == FindingCode.UNEXPLAINED_BUT_CONNECTED
    if disputed and body.status is None:
        raise DecisionNeeded
    if not disputed and body.status is not None:
        raise DecisionNotAsked
    if finding.code == FindingCode.HEAD_COUNT_DIFFERS and not caller.holds(Role.ADMIN, Role.KOMINFO):
        raise CountNotYours
