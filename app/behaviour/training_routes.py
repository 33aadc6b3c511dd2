"""The development of competence over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, UploadFile, status

from app.behaviour import training, training_importing, training_reading
from app.behaviour import training_schemas as schemas
from app.behaviour.routes import Admin, CountReader, PersonReader, Reader
from app.behaviour.training_queries import READERS as TRAINING_READERS
from app.core.fields import FIRST_YEAR, LAST_YEAR, OpdCode
from app.core.paging import Page
from app.core.principal import Principal
from app.registry.schemas import HeadersRead, HeadersWrite
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/behaviour", "Pengembangan kompetensi")
TrainingReader = Annotated[Principal, Depends(Requires(*TRAINING_READERS))]
Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


@router.post("/trainings", status_code=status.HTTP_201_CREATED)
async def create_training(
    body: schemas.TrainingCreate, caller: Admin, session: Transaction, now: Now, once: Once, etag: ETag
) -> schemas.TrainingRead:
    """Write down a training that was or will be held."""

    async def create() -> schemas.TrainingRead:
        made = await training.create_training(session, caller, body, at=now)
        etag.set(made.version)
        return made

    return await once.run(create)


@router.get("/trainings")
async def list_trainings(
    wanted: Annotated[schemas.TrainingFilter, Query()], caller: TrainingReader, session: Transaction
) -> Page[schemas.TrainingRead]:
    """Trainings, the latest first, with numbers of people in the caller's reach."""
    return await training_reading.read_trainings(session, caller, wanted)


@router.get("/trainings/imports/mapping")
async def read_training_mapping(_: Admin, session: Transaction) -> HeadersRead:
    """How the headers of other systems' files are read."""
    return HeadersRead(headers=await training_importing.read_mapping(session))


@router.put("/trainings/imports/mapping")
async def set_training_mapping(body: HeadersWrite, caller: Admin, session: Transaction, now: Now) -> HeadersRead:
    """Tell once what another system calls the columns of its files."""
    return HeadersRead(headers=await training_importing.set_mapping(session, caller, body.headers, at=now))


@router.get("/trainings/{training_id}")
async def read_training(
    training_id: UUID, caller: TrainingReader, session: Transaction, etag: ETag
) -> schemas.TrainingRead:
    """One training, with numbers of people in the caller's reach."""
    found = await training_reading.read_training(session, caller, training_id)
    etag.set(found.version)
    return found


@router.patch("/trainings/{training_id}")
async def change_training(
    training_id: UUID,
    body: schemas.TrainingChange,
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> schemas.TrainingRead:
    """Correct a training."""
    changed = await training.change_training(session, caller, training_id, body, expected=expected, at=now)
    etag.set(changed.version)
    return changed


@router.get("/trainings/{training_id}/attendances")
async def list_attendances(
    training_id: UUID,
    wanted: Annotated[schemas.PeopleFilter, Query()],
    caller: Reader,
    session: Transaction,
    now: Now,
) -> Page[schemas.AttendanceRead]:
    """Who attended a training and who did not, of those who served in the caller's reach on its last day."""
    return await training_reading.read_attendees(session, caller, training_id, wanted, at=now)


@router.put("/trainings/{training_id}/attendances", max_body_size=MIB)
async def write_attendances(
    training_id: UUID,
    body: schemas.AttendancesWrite,
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
) -> schemas.AttendanceKept:
    """Say of many people whether they attended; whoever is not named stays as they are."""
    kept = await training.write_attendances(session, caller, training_id, body, expected=expected, at=now)
    etag.set(kept.version)
    return kept


@router.post("/trainings/{training_id}/imports", status_code=status.HTTP_201_CREATED, max_body_size=MAX_BYTES + MIB)
async def import_attendances(
    training_id: UUID,
    file: Annotated[UploadFile, File()],
    caller: Admin,
    session: Transaction,
    now: Now,
    once: Once,
    preview: Annotated[bool, Form()] = False,
) -> schemas.AttendanceKept:
    """Keep who attended from a CSV or XLSX file, all of its rows or none; sent again, it changes nothing.

    Columns: nip, and optional attended (yes unless it says no) and hours. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)

    async def keep() -> schemas.AttendanceKept:
        return await training_importing.import_attendances(session, caller, training_id, data, preview=preview, at=now)

    return await once.run(keep)


@router.get("/asn/{asn_id}/trainings")
async def read_person_trainings(
    asn_id: UUID, caller: PersonReader, session: Transaction, now: Now, language: Speech, year: Year = None
) -> schemas.PersonTrainings:
    """One person's hours of competence development in a year, out of those that are due."""
    return await training_reading.read_person_trainings(session, caller, asn_id, year, language, at=now)


@router.get("/opd/{opd_code}/trainings")
async def read_opd_trainings(
    opd_code: OpdCode, caller: CountReader, session: Transaction, now: Now, year: Year = None
) -> schemas.OpdTrainings:
    """How many of an OPD's people reached the hours that are due, out of all ASN there; nobody is named."""
    return await training_reading.read_opd_trainings(session, caller, opd_code, year, at=now)
