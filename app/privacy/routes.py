"""The own record over HTTP."""

from typing import Annotated

from fastapi import Depends, Query

from app.core.fields import FIRST_YEAR, LAST_YEAR
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.privacy.reading import read_own_record
from app.privacy.schemas import OwnRecord
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.routing import room_router

router = room_router("/v1/me", "Data saya")
Person = Annotated[Principal, Depends(Requires(Role.ASN, *HUMAN_ROLES))]


@router.get("/record")
async def read_record(
    caller: Person,
    session: Transaction,
    now: Now,
    language: Speech,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
) -> OwnRecord:
    """All that is kept and derived about the caller in a year: presence, output, conduct, cases, and who looked."""
    return await read_own_record(session, caller, year, language, at=now)
