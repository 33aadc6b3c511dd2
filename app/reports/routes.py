"""Reports over HTTP: the OPD's claim, its reviews, who is missing, and the phone's view of today."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response, status

from app.core.fields import OpdCode
from app.core.paging import MAX_LIMIT, Page
from app.core.principal import Principal
from app.reports import missing, reading, review, service, today
from app.reports.schemas import (
    MissingList,
    ReportRead,
    ReportSummary,
    ReportWrite,
    ReturnWrite,
    RosterRead,
    Today,
    VerifiedRead,
    VerifyAllWrite,
    VersionsRead,
)
from app.web.bodies import MIB
from app.web.conditional import IfMatch
from app.web.deps import Now, Requires, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

Reader = Annotated[Principal, Depends(Requires(*reading.READERS))]
Writer = Annotated[Principal, Depends(Requires(*service.WRITERS))]
Reviewer = Annotated[Principal, Depends(Requires(*review.REVIEWERS))]
RosterReader = Annotated[Principal, Depends(Requires(*today.ROSTER_READERS))]

router = room_router("/v1", "reports")


def _tag(response: Response, report: ReportRead) -> ReportRead:
    """The ETag is the version alone: a review changes the answer too, so that no read is ever answered with 304."""
    response.headers["etag"] = f'"{report.version}"'
    return report


@router.put(
    "/apel/{apel_id}/reports/{opd_code}",
    response_model=ReportRead,
    responses={status.HTTP_201_CREATED: {"model": ReportRead, "description": "The first version"}},
    max_body_size=2 * MIB,
)
async def submit_report(
    apel_id: UUID,
    opd_code: OpdCode,
    body: ReportWrite,
    caller: Writer,
    session: Transaction,
    now: Now,
    if_match: IfMatch,
    once: Once,
    response: Response,
) -> ReportRead:
    """Submit or amend an OPD's attendance report.

    The claim that is in force already answers 200 with it; another one needs `If-Match` and `reason`. With an
    `Idempotency-Key` a phone that lost the answer gets it again, also when somebody amended the report meanwhile.
    """

    async def submit() -> ReportRead:
        report, created = await service.submit_report(
            session, caller, apel_id, opd_code, body, if_match=if_match, at=now
        )
        response.status_code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return _tag(response, report)

    return await once.run(submit)


@router.get("/apel/{apel_id}/reports", response_model=Page[ReportSummary])
async def list_reports(
    apel_id: UUID,
    caller: Reader,
    session: Transaction,
    now: Now,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> Page[ReportSummary]:
    """The reports in force within your reach, by OPD code."""
    return await reading.list_reports(session, caller, apel_id, cursor=cursor, limit=limit, at=now)


@router.get("/apel/{apel_id}/reports/missing", response_model=MissingList)
async def list_missing(apel_id: UUID, caller: Reader, session: Transaction, now: Now) -> MissingList:
    """Who has not reported yet, with a text for the messenger group."""
    return await missing.list_missing(session, caller, apel_id, at=now)


@router.post("/apel/{apel_id}/reports/verify", response_model=VerifiedRead)
async def verify_clean_reports(
    apel_id: UUID, body: VerifyAllWrite, caller: Reviewer, session: Transaction, now: Now
) -> VerifiedRead:
    """Verify every report within your reach that has no complaint."""
    return await review.verify_clean_reports(session, caller, apel_id, at=now)


@router.get("/apel/{apel_id}/reports/{opd_code}", response_model=ReportRead)
async def get_report(
    apel_id: UUID, opd_code: OpdCode, caller: Reader, session: Transaction, now: Now, response: Response
) -> ReportRead:
    """One OPD's report in force, with its people as far as you may see them."""
    return _tag(response, await reading.find_report(session, caller, apel_id, opd_code, at=now))


@router.get("/apel/{apel_id}/reports/{opd_code}/versions", response_model=VersionsRead)
async def get_versions(
    apel_id: UUID, opd_code: OpdCode, caller: Reader, session: Transaction, now: Now
) -> VersionsRead:
    """Every version of one OPD's report, newest first, each with what it changed."""
    return await reading.get_versions(session, caller, apel_id, opd_code, at=now)


@router.post("/apel/{apel_id}/reports/{opd_code}/verify", response_model=ReportRead)
async def verify_report(
    apel_id: UUID,
    opd_code: OpdCode,
    caller: Reviewer,
    session: Transaction,
    now: Now,
    if_match: IfMatch,
    response: Response,
) -> ReportRead:
    """Verify the report in force; with `If-Match`, only the version that you saw."""
    return _tag(response, await review.verify_report(session, caller, apel_id, opd_code, if_match=if_match, at=now))


@router.post("/apel/{apel_id}/reports/{opd_code}/return", response_model=ReportRead)
async def return_report(
    apel_id: UUID,
    opd_code: OpdCode,
    body: ReturnWrite,
    caller: Reviewer,
    session: Transaction,
    now: Now,
    if_match: IfMatch,
    response: Response,
) -> ReportRead:
    """Send the report back to be amended; until then it stays in force, marked returned."""
    return _tag(
        response, await review.return_report(session, caller, apel_id, opd_code, body, if_match=if_match, at=now)
    )


@router.get("/apel/{apel_id}/roster/{opd_code}", response_model=RosterRead)
async def read_roster(
    apel_id: UUID, opd_code: OpdCode, caller: RosterReader, session: Transaction, now: Now
) -> RosterRead:
    """The people whom one OPD's report covers, with what their confirmed absences suggest."""
    return await today.read_roster(session, caller, apel_id, opd_code, at=now)


@router.get("/me/today", response_model=Today)
async def read_today(
    caller: Reader,
    session: Transaction,
    now: Now,
    opd_code: Annotated[OpdCode | None, Query(description="Another of your units.")] = None,
) -> Today:
    """Today's apel as it concerns your unit: roster, own report, link, turn and the text to read aloud."""
    return await today.read_today(session, caller, opd_code, at=now)
