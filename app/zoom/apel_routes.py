"""`/v1/apel/{id}/zoom`: preparing an apel's meeting, what rooms and people need to join it, lists of who did."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Form, Query, Request, UploadFile

from app.core.fields import Documented
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.registry.sheets import MAX_BYTES
from app.web.bodies import MIB
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router
from app.zoom import invitations, preparing, reading, wanting
from app.zoom.apel_schemas import ApelZoomRead, InvitationFilter, InvitationRead, PrepareWrite
from app.zoom.csv_import import import_participants
from app.zoom.report_schemas import PullRead
from app.zoom.schemas import ParticipantsCsvRead

router = room_router("/v1/apel/{apel_id}/zoom", "Zoom")
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO))]
Puller = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN))]
Watcher = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN, Role.INSPECTOR))]
Inviter = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.OPD_HEAD, Role.OPD_OPERATOR))]


@router.post("/prepare")
async def prepare_zoom(
    apel_id: UUID,
    body: PrepareWrite,
    request: Request,
    caller: Operator,
    session: Transaction,
    now: Now,
    language: Speech,
) -> ApelZoomRead:
    """Settle on the apel's meeting: one number for all, or personal links. Run again, it repairs what is missing.

    Without access to Zoom's API a shared meeting made by hand is prepared by its number. With it, what is missing is
    made at Zoom soon after the answer; `GET …/zoom` shows how far that is.
    """
    state = request.app.state
    await preparing.prepare_zoom(session, caller, apel_id, body, connected=state.zoom is not None, at=now)
    return await invitations.read_apel_zoom(
        session, apel_id, own_seats=state.settings.zoom_seats, language=language, at=now
    )


@router.get("")
async def read_apel_zoom(
    apel_id: UUID, request: Request, caller: Watcher, session: Transaction, now: Now, language: Speech
) -> ApelZoomRead:
    """The meeting that was prepared, how far that is, and whether the licence's seats suffice."""
    seats = request.app.state.settings.zoom_seats
    return await invitations.read_apel_zoom(session, apel_id, own_seats=seats, language=language, at=now)


@router.get("/invitations")
async def read_invitations(
    apel_id: UUID,
    wanted: Annotated[InvitationFilter, Query()],
    caller: Inviter,
    session: Transaction,
    now: Now,
    language: Speech,
) -> Page[InvitationRead]:
    """For each room and person the display name to carry, a link, and the words to send; of the own unit only.

    A personal link is a secret of its bearer. The name in a shared one is a convenience, never a proof.
    """
    return await invitations.read_invitations(session, caller, apel_id, wanted, language=language, at=now)


@router.post("/report")
async def pull_report(request: Request, apel_id: UUID, caller: Puller, session: Transaction, now: Now) -> PullRead:
    """Pull Zoom's participants report now; it is read in the background, page by page, until two reads agree."""
    return await wanting.want_report(session, caller, request.app.state.zoom, apel_id, at=now)


@router.get("/report")
async def read_report_state(apel_id: UUID, caller: Watcher, session: Transaction, now: Now) -> PullRead:
    """How far Zoom's participants report has come, run by run, why it waits and when it is tried next."""
    return await reading.read_pull(session, apel_id, at=now)


@router.post("/participants-csv", max_body_size=MAX_BYTES + MIB)
async def import_participants_csv(
    apel_id: UUID,
    file: Annotated[UploadFile, File()],
    caller: Operator,
    session: Transaction,
    now: Now,
    once: Once,
    zone: Annotated[
        Annotated[str, Documented("^[A-Za-z0-9_+/-]*$")] | None,
        Form(max_length=60, description="Time zone of the Zoom account; the regency's when missing"),
    ] = None,
) -> ParticipantsCsvRead:
    """Take the participants file of Zoom's portal as the complete list of its run; sent again, it changes nothing.

    What Zoom's messages told stays on record; where both differ, findings say so. Errors point at `/line/column`.
    """
    data = await file.read(MAX_BYTES + 1)
    return await once.run(lambda: import_participants(session, caller, apel_id, data, zone, at=now))
