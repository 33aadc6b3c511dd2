"""Assessments on the values of BerAKHLAK over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, File, Form, Query, Response, UploadFile, status

from app.behaviour import importing, opd_reading, reading, schemas, service
from app.behaviour.queries import COUNT_READERS, READERS
from app.core.fields import OpdCode, PeriodCode
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.registry.schemas import HeadersRead, HeadersWrite
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/behaviour", "Perilaku BerAKHLAK")
Anybody = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.ASN, Role.READER))]
Reader = Annotated[Principal, Depends(Requires(*READERS))]
CountReader = Annotated[Principal, Depends(Requires(*COUNT_READERS))]
PersonReader = Annotated[Principal, Depends(Requires(*READERS, Role.ASN))]
Superior = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.OPD_HEAD, Role.ASN))]
Asn = Annotated[Principal, Depends(Requires(Role.ASN))]
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]
FIRST: dict[int | str, dict[str, Any]] = {
    status.HTTP_201_CREATED: {"model": schemas.AssessmentRead, "description": "The first version"}
}


@router.get("/values")
async def read_values(_: Anybody) -> schemas.CoreValuesRead:
    """The seven values of BerAKHLAK with their 21 guides of behaviour."""
    return reading.read_values()


@router.put("/asn/{asn_id}/assessments/{period}", responses=FIRST)
async def assess_as_superior(
    asn_id: UUID,
    period: PeriodCode,
    body: schemas.SuperiorAssessmentWrite,
    caller: Superior,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
    response: Response,
) -> schemas.AssessmentRead:
    """Give the superior's word on a person's period: as the direct superior or the head, or recorded by the office.

    What is in force already answers 200 with it; another word needs `If-Match` and makes a new version.
    """
    kept, first = await service.assess_as_superior(session, caller, asn_id, period, body, expected=expected, at=now)
    response.status_code = status.HTTP_201_CREATED if first else status.HTTP_200_OK
    etag.set(kept.version)
    return kept


@router.put("/me/assessments/{period}", responses=FIRST)
async def assess_oneself(
    period: PeriodCode,
    body: schemas.AssessmentWrite,
    caller: Asn,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
    response: Response,
) -> schemas.AssessmentRead:
    """Give one's own word on a period, where the policy asks for it; another one needs `If-Match`."""
    kept, first = await service.assess_oneself(session, caller, period, body, expected=expected, at=now)
    response.status_code = status.HTTP_201_CREATED if first else status.HTTP_200_OK
    etag.set(kept.version)
    return kept


# No Idempotency-Key: a kept answer would bind the peer to the content. The same word again changes nothing anyway.
@router.post("/peer-ratings")
async def rate_peer(
    body: schemas.PeerRatingCreate, caller: Asn, session: Transaction, now: Now
) -> schemas.PeerRatingRead:
    """Say how a colleague of the same OPD behaves, where the policy asks peers; said again, the latest word counts.

    Who said it is not kept, and what peers say is only told as an average of enough of them.
    """
    return await service.rate_peer(session, caller, body, at=now)


@router.post("/imports", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_assessments(
    file: Annotated[UploadFile, File()],
    caller: Admin,
    session: Transaction,
    now: Now,
    once: Once,
    preview: Annotated[bool, Form()] = False,
) -> schemas.AssessmentImportRead:
    """Keep the superiors' words of a CSV or XLSX file, all of its rows or none; sent again, it changes nothing.

    Columns: nip, period, and either guide and rating, or one column per value or guide (by code or words); optional
    note. A rating is `di bawah ekspektasi`, `sesuai ekspektasi` or `di atas ekspektasi`; a rated value rates each of
    its guides that has no word of its own. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(lambda: importing.import_assessments(session, caller, data, preview=preview, at=now))


@router.get("/imports/mapping")
async def read_behaviour_mapping(_: Admin, session: Transaction) -> HeadersRead:
    """How the headers of other systems' files are read."""
    return HeadersRead(headers=await importing.read_mapping(session))


@router.put("/imports/mapping")
async def set_behaviour_mapping(body: HeadersWrite, caller: Admin, session: Transaction, now: Now) -> HeadersRead:
    """Tell once what another system calls the columns of its files."""
    return HeadersRead(headers=await importing.set_mapping(session, caller, body.headers, at=now))


@router.get("/assessments/{assessment_id}")
async def read_assessment(
    assessment_id: UUID, caller: PersonReader, session: Transaction, now: Now
) -> schemas.AssessmentRead:
    """A version of what the superior or the person said; what peers said cannot be read one by one."""
    return await reading.read_assessment(session, caller, assessment_id, at=now)


@router.get("/asn/{asn_id}")
async def read_person_behaviour(
    asn_id: UUID,
    caller: PersonReader,
    session: Transaction,
    now: Now,
    language: Speech,
    wanted: Annotated[schemas.PeriodFilter, Query()],
) -> schemas.PersonBehaviour:
    """One person's period: points, what they are proposed as, and each line that leads to them."""
    return await reading.read_person(session, caller, asn_id, wanted.period, language, at=now)


@router.get("/opd/{opd_code}")
async def read_opd_behaviour(
    opd_code: OpdCode,
    caller: Reader,
    session: Transaction,
    now: Now,
    wanted: Annotated[schemas.OpdFilter, Query()],
) -> schemas.OpdBehaviour:
    """An OPD's own people in short, with those who were not assessed, and averages where they hide everybody."""
    return await opd_reading.read_opd(session, caller, opd_code, wanted, at=now)


@router.get("/opd/{opd_code}/values")
async def read_opd_values(
    opd_code: OpdCode,
    caller: CountReader,
    session: Transaction,
    now: Now,
    wanted: Annotated[schemas.PeriodFilter, Query()],
) -> schemas.OpdValuesRead:
    """How many of an OPD's people were assessed, and averages per value from five people on; nobody is named."""
    return await opd_reading.read_opd_values(session, caller, opd_code, wanted.period, at=now)
