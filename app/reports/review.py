"""Reviews of claims: verification and return, facts of their own beside the version that they judge."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster, list_units
from app.apel.rules import require_not_over
from app.apel.service import hold_apel
from app.apel.timeline import ApelNow
from app.audit.service import record
from app.core.events import Event
from app.core.ids import new_id
from app.core.outbox import announce
from app.core.principal import Principal, Role
from app.core.stale import mark_stale
from app.core.versions import require_version
from app.reports import queries, reading, rules
from app.reports.errors import ReportNotFound, ReportReturned
from app.reports.models import ReportReview
from app.reports.queries import VersionRow
from app.reports.rules import ReviewKind
from app.reports.schemas import ReportRead, ReturnWrite, VerifiedRead
from app.reports.service import lock_claim
from app.reports.sight import require_reach

REVIEWERS = (Role.OPD_HEAD, Role.ADMIN)


async def verify_report(
    session: AsyncSession, caller: Principal, apel_id: UUID, opd_code: str, *, at: datetime, if_match: int | None = None
) -> ReportRead:
    """Verify the version in force; who verified it first stays. Raises ReportReturned, which an admin may overrule."""
    apel, row = await _review_current(session, caller, apel_id, opd_code, if_match, at=at)
    kind = row.review.kind if row.review else None
    if kind != ReviewKind.VERIFIED:
        require_not_over(apel.state)
        if kind == ReviewKind.RETURNED and not caller.holds(Role.ADMIN):
            raise ReportReturned
        await _add_reviews(session, caller, [row.version.id], ReviewKind.VERIFIED, at=at)
        await _mark_unit_stale(session, apel, opd_code)
    return await reading.get_report(session, caller, apel, opd_code, at=at, action="reports.verify")


async def return_report(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    opd_code: str,
    body: ReturnWrite,
    *,
    at: datetime,
    if_match: int | None = None,
) -> ReportRead:
    """Send the version in force back to be amended; until then it stays in force, marked returned."""
    apel, row = await _review_current(session, caller, apel_id, opd_code, if_match, at=at)
    if row.review is None or row.review.kind != ReviewKind.RETURNED:
        require_not_over(apel.state)
        await _add_reviews(session, caller, [row.version.id], ReviewKind.RETURNED, body.reason, at=at)
        await _mark_unit_stale(session, apel, opd_code)
        if not apel.rehearsal:
            told = {"apel_id": str(apel.id), "on_date": str(apel.on_date), "opd_code": opd_code}
            await announce(session, Event.REPORT_RETURNED, f"{row.version.id}:{at.isoformat()}", told, at=at)
    return await reading.get_report(session, caller, apel, opd_code, at=at, action="reports.return")


async def verify_clean_reports(
    session: AsyncSession, caller: Principal, apel_id: UUID, *, at: datetime
) -> VerifiedRead:
    """Verify every report within reach that has no complaint; the others are left for a look of their own."""
    await hold_apel(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)
    require_not_over(apel.state)
    scope = caller.reach(*REVIEWERS)
    roster = await get_roster(session, apel)
    claims = await queries.load_claims(
        session, apel.id, [code for code in roster.units if scope is None or code in scope]
    )
    homes: defaultdict[str, set[UUID]] = defaultdict(set)
    for entry in roster.entries:
        homes[entry.reporter_code].add(entry.asn_id)
    waiting = {code: claim for code, claim in claims.items() if claim.review is not ReviewKind.VERIFIED}
    clean = [code for code in waiting if rules.is_clean(waiting[code], homes[code], roster.units[code].strength)]
    if clean:
        version_ids = [waiting[code].version_id for code in clean]
        await _add_reviews(session, caller, version_ids, ReviewKind.VERIFIED, at=at)
        await mark_stale(session, apel.id, *{roster.units[code].unit_code for code in clean})
        await record(session, caller, "reports.verify", at=at, target=str(apel.id), opd_codes=clean)
    return VerifiedRead(verified=clean, left=[code for code in waiting if code not in clean])


async def _review_current(
    session: AsyncSession, caller: Principal, apel_id: UUID, opd_code: str, if_match: int | None, *, at: datetime
) -> tuple[ApelNow, VersionRow]:
    """The version in force, which nobody amends meanwhile."""
    require_reach(caller, opd_code, *REVIEWERS)
    await lock_claim(session, apel_id, opd_code)
    apel = await get_apel(session, apel_id, at=at)
    row = await queries.find_current(session, apel.id, opd_code)
    if row is None:
        raise ReportNotFound
    if if_match is not None:
        require_version(if_match, row.version.version)
    return apel, row


async def _add_reviews(
    session: AsyncSession,
    caller: Principal,
    version_ids: Sequence[UUID],
    kind: ReviewKind,
    reason: str | None = None,
    *,
    at: datetime,
) -> None:
    role = Role.ADMIN if caller.holds(Role.ADMIN) else Role.OPD_HEAD
    rows = [
        {
            "id": new_id(),
            "version_id": version_id,
            "kind": kind,
            "role": role,
            "by_id": caller.id,
            "by_name": caller.name,
            "at": at,
            "reason": reason,
        }
        for version_id in version_ids
    ]
    await session.execute(insert(ReportReview), rows)


async def _mark_unit_stale(session: AsyncSession, apel: ApelNow, opd_code: str) -> None:
    unit = (await list_units(session, apel)).get(opd_code)
    await mark_stale(session, apel.id, unit.unit_code if unit else opd_code)
