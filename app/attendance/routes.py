"""Attendance over HTTP: what counted and why, what a person should look at."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.apel.queries import get_apel
from app.attendance import finding_reading, reading, resolving, service
from app.attendance.rules import FindingCode, Grade
from app.attendance.schemas import (
    AssignedRead,
    AttendanceItem,
    FindingRead,
    PersonAttendance,
    ResolutionWrite,
    UnassignedRead,
)
from app.core.fields import Day, OpdCode
from app.core.paging import MAX_LIMIT, Page
from app.core.principal import Principal, Role
from app.evidence import assignment, unassignment
from app.evidence.schemas import AssignmentWrite, UnassignmentWrite
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1", "attendance")

Viewer = Annotated[Principal, Depends(Requires(*reading.READERS))]
PersonViewer = Annotated[Principal, Depends(Requires(*reading.READERS, Role.ASN))]
Resolver = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.KOMINFO, Role.OPD_HEAD))]
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN))]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@router.get("/apel/{apel_id}/attendance")
async def list_attendance(
    apel_id: UUID,
    caller: Viewer,
    session: Transaction,
    now: Now,
    opd_code: OpdCode | None = None,
    status: Annotated[str | None, Query(pattern="^([A-Z]{1,4}|excused)$")] = None,
    finding: FindingCode | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
) -> Page[AttendanceItem]:
    """What counted for each person, and what it rests on; an OPD that gave counts only is one item."""
    apel = await get_apel(session, apel_id, at=now)
    await service.conclude(session, apel_id, at=now)
    wanted = reading.Wanted(opd_code, status, finding, cursor, limit)
    return await reading.read_attendance(session, caller, apel, wanted, at=now)


@router.get("/apel/{apel_id}/findings")
async def list_findings(
    apel_id: UUID,
    caller: Viewer,
    session: Transaction,
    now: Now,
    language: Speech,
    etag: ETag,
    opd_code: OpdCode | None = None,
    grade: Grade | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = 50,
) -> Page[FindingRead]:
    """What a person should look at, never a sanction by itself."""
    await service.conclude(session, apel_id, at=now)
    wanted = finding_reading.WantedFindings(opd_code, grade, cursor, limit, language)
    found = await finding_reading.read_findings(session, caller, apel_id, wanted, at=now)
    etag.set_digest(found)
    return found


def _tag(response: Response, finding: FindingRead) -> FindingRead:
    """Name what was decided for If-Match. The facts change beside it, so that no read is ever answered with 304."""
    response.headers["etag"] = f'"{finding.version}"'
    return finding


@router.get("/findings/{finding_id}")
async def read_finding(
    finding_id: UUID, caller: Viewer, session: Transaction, now: Now, language: Speech, response: Response
) -> FindingRead:
    """One finding, with what was decided about it last."""
    return _tag(response, await finding_reading.read_finding(session, caller, finding_id, language, at=now))


@router.post("/findings/{finding_id}/resolve")
async def resolve_finding(
    finding_id: UUID,
    body: ResolutionWrite,
    caller: Resolver,
    session: Transaction,
    now: Now,
    language: Speech,
    expected: IfMatch,
    once: Once,
    response: Response,
) -> FindingRead:
    """Decide about a finding; a disputed absence gets the mark that you decided, the claim stays on record.

    What was decided already answers 200 with it; another decision needs `If-Match` with the version that it replaces,
    so that nobody's word is replaced unseen: 428 `finding-resolved`, 412 `finding-resolved-anew`.
    """
    scope = caller.reach(Role.ADMIN, Role.KOMINFO, Role.OPD_HEAD)

    async def resolve() -> FindingRead:
        found = await resolving.resolve_finding(session, caller, scope, finding_id, body, expected=expected, at=now)
        await service.conclude(session, found.finding.apel_id, at=now)
        return _tag(response, finding_reading.finding_read(found, caller, language))

    return await once.run(resolve)


@router.post("/apel/{apel_id}/participants/{participant_id}/assign")
async def assign_participant(
    apel_id: UUID, participant_id: UUID, body: AssignmentWrite, caller: Operator, session: Transaction, now: Now
) -> AssignedRead:
    """Say whom a participant is; the marks that this changes are the answer, the reading before stays in the record."""
    before = await service.conclude_alone(session, apel_id, at=now)
    participants = await assignment.assign_participant(session, caller, apel_id, participant_id, body, at=now)
    marks = await _conclude_since(session, caller, apel_id, before, now)
    return AssignedRead(items=marks, participants=participants)


@router.post("/apel/{apel_id}/participants/{participant_id}/unassign")
async def unassign_participant(
    apel_id: UUID,
    participant_id: UUID,
    caller: Operator,
    session: Transaction,
    now: Now,
    body: UnassignmentWrite | None = None,
) -> UnassignedRead:
    """Take back the latest assignment of a participant, under the id by which it was assigned.

    Its devices are matched by rules alone again, what the assignment had remembered is forgotten as if it had never
    been said, and an earlier assignment does not come back; all of it stays in the record. Asked again, nothing changes
    and the same `taken_back` is told. Where a later assignment counts, it is refused with who said it, and of whom.
    """
    before = await service.conclude_alone(session, apel_id, at=now)
    said = body or UnassignmentWrite()
    done = await unassignment.unassign_participant(session, caller, apel_id, participant_id, said, at=now)
    marks = await _conclude_since(session, caller, apel_id, before, now)
    return UnassignedRead(items=marks, participants=done.participants, taken_back=done.decisions)


async def _conclude_since(
    session: Transaction, caller: Principal, apel_id: UUID, revision: int, at: datetime
) -> list[AttendanceItem]:
    """The marks that were changed since a revision, once what was said is concluded."""
    now = await service.conclude(session, apel_id, at=at)
    apel = await get_apel(session, apel_id, at=at)
    return await reading.read_changed(session, caller, apel, now, at=at) if now != revision else []


@router.get("/asn/{asn_id}/attendance")
async def read_person_attendance(
    asn_id: UUID,
    caller: PersonViewer,
    session: Transaction,
    now: Now,
    from_date: Annotated[Day, Query(alias="from")] = date(2000, 1, 1),
    to_date: Annotated[Day, Query(alias="to")] = date(2100, 12, 31),
) -> PersonAttendance:
    """One person's marks over a span of days, newest first; a civil servant reads the own ones."""
    return await reading.read_person(session, caller, asn_id, from_date, to_date, at=now)
