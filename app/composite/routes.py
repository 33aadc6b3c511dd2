"""How attendance, output, behaviour, service and conduct weigh together, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.composite import reading
from app.composite.schemas import CompositeFilter, OpdComposite, PersonComposite
from app.core.fields import OpdCode, PeriodCode
from app.core.paging import Page
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.routing import room_router

router = room_router("/v1/scores/composite", "scores")
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER))]
PersonReader = Annotated[Principal, Depends(Requires(*reading.PERSON_READERS, Role.ASN))]


@router.get("")
async def list_composites(
    wanted: Annotated[CompositeFilter, Query()], caller: Reader, session: Transaction, now: Now, language: Speech
) -> Page[OpdComposite]:
    """What each OPD's attendance, output, behaviour, service and conduct come to together; a missing part is no zero.

    No reward and no punishment rests on it: it is shown beside the scores.
    """
    return await reading.read_composites(session, caller, wanted, language, at=now)


@router.get("/opd/{opd_code}")
async def read_opd_composite(
    opd_code: OpdCode,
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
    period: PeriodCode | None = None,
) -> OpdComposite:
    """One OPD's parts, each with the rule and the facts that it rests on."""
    return await reading.read_composite_of_opd(session, caller, opd_code, period, language, at=now)


@router.get("/asn/{asn_id}")
async def read_person_composite(
    asn_id: UUID,
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
    period: PeriodCode | None = None,
) -> PersonComposite:
    """One person's parts; whoever is not known in a part is not judged by it."""
    return await reading.read_composite_of_person(session, caller, asn_id, period, language, at=now)
