"""Who read or changed what is kept about a person."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.clock import civil_instant
from app.core.db import surroundings_of, zone_of
from app.privacy.schemas import LookRead

MOST_LOOKS = 500


async def list_looks(
    session: AsyncSession, nip: str, own_ids: Sequence[UUID], first: date, last: date
) -> Sequence[LookRead]:
    """From the record of who read or changed what, by civil day."""
    zone = zone_of(session)
    begin = civil_instant(first, time.min, zone)
    end = civil_instant(last + timedelta(days=1), time.min, zone)
    day = func.date(func.timezone(zone.key, AuditEntry.at)).label("day")
    wanted = (
        select(day, AuditEntry.principal_name, AuditEntry.action, func.count())
        .where(AuditEntry.subjects.contains([subject_of(surroundings_of(session).audit_key, nip)]))
        .where(AuditEntry.at >= begin, AuditEntry.at < end, AuditEntry.principal_id.not_in(own_ids))
        .group_by(day, AuditEntry.principal_name, AuditEntry.action)
        .order_by(day.desc(), AuditEntry.principal_name, AuditEntry.action)
        .limit(MOST_LOOKS)
    )
    return [
        LookRead(date=on, by=by, action=action, times=times) for on, by, action, times in await session.execute(wanted)
    ]
