"""From a bearer token to who is calling, asked of the database each time: what was ended is over at once."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import InvalidToken
from app.accounts.queries import find_machine, find_own, find_person
from app.accounts.tokens import Keys
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.web.deps import Authenticate


async def find_caller(
    session: AsyncSession, subject: UUID, session_id: UUID | None, *, at: datetime
) -> Principal | None:
    """A machine, or a person by a sign-in, as they may call at this moment; None once that is over."""
    if session_id is None:
        return await find_machine(session, subject)
    principal = await find_person(session, subject, session_id, civil_date(at, zone_of(session)))
    return principal or await find_own(session, subject, session_id, at)


def make_authenticate(keys: Callable[[], Keys]) -> Authenticate:
    """What every route asks who is calling; the keys are loaded with the first token."""

    async def authenticate(session: AsyncSession, token: str, *, at: datetime) -> Principal:
        claims = keys().verify(token, at=at)
        principal = await find_caller(session, claims.subject, claims.session_id, at=at)
        if principal is None:
            raise InvalidToken
        return principal

    return authenticate
