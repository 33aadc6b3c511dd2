"""Tickets for the stream: whoever cannot send a header opens it once, within half a minute, with a word that is
worth nothing afterwards, wherever an address is written down.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.authentication import find_caller
from app.board.errors import TicketRefused
from app.board.models import StreamTicket
from app.core.principal import Principal

LIFETIME = timedelta(seconds=30)


async def give_ticket(session: AsyncSession, caller: Principal, *, at: datetime) -> str:
    """A new ticket of this caller; those that nobody used in time are cleared away."""
    ticket = secrets.token_urlsafe(32)
    await session.execute(delete(StreamTicket).where(StreamTicket.expires_at <= at))
    await session.execute(
        insert(StreamTicket).values(
            secret_sha256=_sha256(ticket),
            principal_id=caller.id,
            session_id=caller.session_id,
            expires_at=at + LIFETIME,
        )
    )
    return ticket


async def use_ticket(session: AsyncSession, ticket: str, *, at: datetime) -> Principal:
    """Whose ticket it was, as they may call now; raises TicketRefused, also for the second of two at once."""
    taken = (
        delete(StreamTicket)
        .where(StreamTicket.secret_sha256 == _sha256(ticket), StreamTicket.expires_at > at)
        .returning(StreamTicket.principal_id, StreamTicket.session_id)
    )
    row = (await session.execute(taken)).one_or_none()
    principal = row and await find_caller(session, row.principal_id, row.session_id, at=at)
    if principal is None:
        raise TicketRefused
    return principal


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
