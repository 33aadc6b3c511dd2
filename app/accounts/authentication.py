"""From a bearer token to who is calling, asked of the database each time: what was ended is over at once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import InvalidToken
from app.accounts.queries import find_machine, find_own, find_person
from app.accounts.tokens import Keys
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.web.deps import Authenticate


def make_authenticate(keys: Callable[[], Keys]) -> Authenticate:
    """What every route asks who is calling; the keys are loaded with the first token."""

    async def authenticate(session: AsyncSession, token: str, *, at: datetime) -> Principal:
        claims = keys().verify(token, at=at)
        if claims.session_id is None:
            principal = await find_machine(session, claims.subject)
        else:
            today = civil_date(at, zone_of(session))
            principal = await find_person(session, claims.subject, claims.session_id, today)
            principal = principal or await find_own(session, claims.subject, claims.session_id, at)
        if principal is None:
            raise InvalidToken
        return principal

    return authenticate
