"""Writing the record: one entry per act or answer, in the transaction of the act itself."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.db import surroundings_of
from app.core.principal import Principal


def subject_of(key: bytes, nip: str) -> str:
    """How the record names a person: a plain hash of a NIP would fall to a few hours of guessing."""
    return hmac.digest(key, nip.encode(), "sha256").hex()


async def record(
    session: AsyncSession,
    principal: Principal,
    action: str,
    *,
    at: datetime,
    target: str | None = None,
    nips: Iterable[str] = (),
    **detail: Any,
) -> None:
    """Keep who did what to whom; `action` is `room.verb`, `detail` is JSON without names, NIPs and secrets."""
    key = surroundings_of(session).audit_key
    await session.execute(
        insert(AuditEntry).values(
            at=at,
            principal_id=principal.id,
            principal_name=principal.name,
            action=action,
            target=target,
            subjects=sorted({subject_of(key, nip) for nip in nips}),
            detail=detail,
        )
    )
