"""Scores over HTTP: of an apel, of a span of apels, of one OPD, of one person."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.apel.queries import get_apel
from app.core.fields import FIRST_YEAR, LAST_YEAR, OpdCode, PeriodCode
from app.core.paging import Page
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.scoring import person_reading, reading, service, standing_reading
from app.scoring.person_reading import PERSON_READERS
from app.scoring.schemas import (
    OpdHistory,
    PersonFilter,
    PersonScores,
    PersonStanding,
    ScoresRead,
    Span,
    StandingFilter,
    StandingRead,
)
from app.web.conditional import ETag
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.routing import room_router

router = room_router("/v1", "scores")
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER, Role.ADAPTER))]
Scorer = Annotated[Principal, Depends(Requires(Role.ADAPTER, Role.KOMINFO, Role.ADMIN))]
PersonReader = Annotated[Principal, Depends(Requires(*PERSON_READERS, Role.ASN))]
PersonLister = Annotated[Principal, Depends(Requires(*PERSON_READERS))]


@router.post("/apel/{apel_id}/scores")
async def score_apel(
    apel_id: UUID, caller: Scorer, session: Transaction, now: Now, language: Speech, etag: ETag
) -> ScoresRead:
    """Have an apel scored from all that is known now; asking twice changes nothing."""
    return await _scored(session, caller, apel_id, now, language, etag)


@router.get("/apel/{apel_id}/scores")
async def read_scores(
    apel_id: UUID, caller: Reader, session: Transaction, now: Now, language: Speech, etag: ETag
) -> ScoresRead:
    """An apel's scores, line by line with what they rest on; provisional until the apel is final."""
    return await _scored(session, caller, apel_id, now, language, etag)


async def _scored(
    session: Transaction, caller: Principal, apel_id: UUID, now: Now, language: Speech, etag: ETag
) -> ScoresRead:
    run = await service.score_apel(session, apel_id, at=now)
    apel = await get_apel(session, apel_id, at=now)
    etag.set(await reading.tag_of(session, run, reading.month_of(apel), language))
    return await reading.read_scores(session, caller, apel, run, language)


@router.get("/scores/opd")
async def list_standings(
    wanted: Annotated[StandingFilter, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
    etag: ETag,
) -> Page[StandingRead]:
    """Where OPDs stand over a span (this month, unless you say otherwise), ranked among OPDs of their size."""
    found = await standing_reading.read_standings(session, caller, wanted, language=language, at=now)
    etag.set_digest(found)
    return found


@router.get("/scores/opd/{opd_code}")
async def read_opd_scores(
    opd_code: OpdCode,
    wanted: Annotated[Span, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
    language: Speech,
    etag: ETag,
) -> OpdHistory:
    """One OPD's apels of a span, newest first, each against the OPD's own average of the apels before it."""
    found = await standing_reading.read_history(session, caller, opd_code, wanted, language=language, at=now)
    etag.set_digest(found)
    return found


@router.get("/scores/asn/{asn_id}")
async def read_person_scores(
    asn_id: UUID,
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    period: PeriodCode | None = None,
) -> PersonScores:
    """One person's year, or another period, at the apel, line by line; it is no count of working days."""
    return await person_reading.read_person(session, caller, asn_id, year, period, language=language, at=now)


@router.get("/scores/asn")
async def list_person_scores(
    wanted: Annotated[PersonFilter, Query()], caller: PersonLister, session: Transaction, now: Now
) -> Page[PersonStanding]:
    """The people of the caller's reach over a period (this year, unless you say otherwise), each in short."""
    return await person_reading.list_people(session, caller, wanted, at=now)
