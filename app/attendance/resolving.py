"""What a person decides about a finding: a fact beside it, which the conclusion takes up.

Another decision is a change of mind and counts from then on; whoever replaces one says which, so that nobody's word
is replaced unseen, and of two who decide in the same moment the second is told of the first.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.apel.service import hold_apel
from app.attendance.errors import (
    AttendanceFinal,
    CountNotYours,
    DecisionNeeded,
    DecisionNotAsked,
    FindingResolved,
    FindingResolvedAnew,
)
from app.attendance.models import Finding, FindingResolution
from app.attendance.queries import FoundFinding, find_resolution, get_finding, nips_of
from app.attendance.rules import FindingCode
from app.attendance.schemas import ResolutionWrite
from app.audit.service import record
from app.core.db import lock_key
from app.core.errors import FieldError, VersionMismatch
from app.core.principal import Principal, Role, Scope
from app.core.stale import mark_stale


async def resolve_finding(
    session: AsyncSession,
    caller: Principal,
    scope: Scope,
    finding_id: UUID,
    body: ResolutionWrite,
    *,
    expected: int | None,
    at: datetime,
) -> FoundFinding:
    """Keep a person's decision about a finding; a disputed absence gets the mark that was decided.

    What was decided last, said again, changes nothing; another decision replaces the one that `expected` names.
    Raises FindingNotFound, AttendanceFinal, FindingResolved, FindingResolvedAnew, VersionMismatch, DecisionNeeded,
    DecisionNotAsked, CountNotYours.
    """
    found = await _take(session, await get_finding(session, finding_id, scope))
    finding, last, version = found
    if last is not None and (last.outcome, last.status, last.note) == (body.outcome, body.status, body.note):
        return found
    apel = await get_apel(session, finding.apel_id, at=at)
    if apel.state in (ApelState.FINAL, ApelState.CANCELLED):
        raise AttendanceFinal
    _require_seen(last, version, expected)
    _require_word(caller, finding, body)
    resolution = _resolution(finding, body, caller, at=_after(last, at))
    session.add(resolution)
    await session.flush()
    nips = await nips_of(session, [finding.asn_id] if finding.asn_id else [])
    await record(session, caller, "attendance.resolve", at=at, target=str(finding.id), nips=nips)
    await mark_stale(session, finding.apel_id, finding.opd_code)
    return FoundFinding(finding, resolution, version + 1)


async def _take(session: AsyncSession, finding: Finding) -> FoundFinding:
    """What is decided about a finding, and nobody else decides about it before this transaction ends."""
    # Its row comes and goes with every conclusion, so the lock is one of its name.
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("resolve", finding.id))))
    await hold_apel(session, finding.apel_id)
    return await find_resolution(session, finding)


def _resolution(finding: Finding, body: ResolutionWrite, caller: Principal, *, at: datetime) -> FindingResolution:
    return FindingResolution(
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


def _require_seen(last: FindingResolution | None, version: int, expected: int | None) -> None:
    """Raises FindingResolved, FindingResolvedAnew, VersionMismatch."""
    if expected == version or (expected is None and last is None):
        return
    if last is None:
        raise VersionMismatch(current=0)
    recorded = [FieldError("/outcome", f"resolved_{last.outcome}")]
    if expected is None:
        raise FindingResolved(by=last.by_name, current=version, errors=recorded)
    raise FindingResolvedAnew(by=last.by_name, current=version, errors=recorded)


def _after(last: FindingResolution | None, at: datetime) -> datetime:
    """The latest counts: whatever the clocks of two machines say, a word is later than the one that it replaces."""
    return at if last is None else max(at, last.at + timedelta.resolution)


def _require_word(caller: Principal, finding: Finding, body: ResolutionWrite) -> None:
    """Raises DecisionNeeded, DecisionNotAsked, CountNotYours."""
    disputed = finding.code == FindingCode.UNEXPLAINED_BUT_CONNECTED
    if disputed and body.status is None:
        raise DecisionNeeded
    if not disputed and body.status is not None:
        raise DecisionNotAsked
    if finding.code == FindingCode.HEAD_COUNT_DIFFERS and not caller.holds(Role.ADMIN, Role.KOMINFO):
        raise CountNotYours
