"""The board over HTTP: JSON with the revision as ETag."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from app.apel.queries import get_apel, get_current_apel
from app.attendance.finding_reading import finding_read
from app.attendance.reading import sees_people
from app.attendance.service import conclude
from app.board.callers import Detailed, Steward, Viewer
from app.board.errors import NotOnBoard
from app.board.frames import Frame, Frames, make_frame
from app.board.keeping import read_parts
from app.board.parts import digest_of
from app.board.parts_schemas import BoardParts
from app.board.reading import apel_box, compose_rows, empty_board
from app.board.schemas import Board, LightBox, OpdBoard, Preflight
from app.board.snapshot import Labels, take_snapshot
from app.core.fields import OpdCode, PeriodCode
from app.web.conditional import ETag
from app.web.deps import Now, Speech, Transaction
from app.web.routing import room_router
from app.zoom.health import read_health

router = room_router("/v1", "board")


async def labels(request: Request, language: Speech) -> Labels:
    settings = request.app.state.settings
    return Labels(settings.instansi_name, settings.sample, language, settings.zone)


Named = Annotated[Labels, Depends(labels)]


async def rendered(request: Request) -> Frames:
    frames: Frames = request.app.state.frames
    return frames


Rendered = Annotated[Frames, Depends(rendered)]


@router.get("/board", response_model=Board)
async def read_current_board(
    caller: Viewer, session: Transaction, now: Now, named: Named, frames: Rendered, etag: ETag
) -> Response:
    """The board of today's apel nearest in time; else of the last one held, else of the next."""
    apel = await get_current_apel(session, at=now)
    if apel is None:
        return _json(make_frame(empty_board(named)), etag.set("none"))
    standing = await frames.stand(session, apel.id, at=now)
    headers = etag.set(f"{apel.id}-{standing.revision}")
    return _json(await frames.render(session, standing, named, visitors=caller.counts_only), headers)


def _json(frame: Frame, headers: dict[str, str]) -> Response:
    """As it was rendered: to make it anew from a model takes longer than all the rest."""
    return Response(frame.body, media_type="application/json", headers=headers)


@router.get("/board/parts")
async def read_board_parts(
    _: Detailed, session: Transaction, now: Now, named: Named, etag: ETag, period: PeriodCode | None = None
) -> BoardParts:
    """Beyond the roll-call: output, behaviour, service and conduct of a month, each with how much is known; no names.

    Summed within the last minutes (`as_of`), each part live at its source. The ETag is a digest of the figures, since
    they rest on no common revision.
    """
    parts = await read_parts(session, period, named, at=now)
    etag.set(digest_of(parts))
    return parts


@router.get("/board/preflight")
async def read_preflight(
    request: Request, _: Steward, session: Transaction, now: Now, language: Speech, etag: ETag
) -> Preflight:
    """Before an apel: is everything there that evidence from Zoom depends on? The board's revision does not tell it."""
    health = await read_health(session, request.app.state.settings, language, at=now)
    preflight = Preflight(lights=[LightBox.model_validate(light) for light in health.lights])
    etag.set_digest(preflight)
    return preflight


@router.get("/apel/{apel_id}/board", response_model=Board)
async def read_board(
    apel_id: UUID, caller: Viewer, session: Transaction, now: Now, named: Named, frames: Rendered, etag: ETag
) -> Response:
    """One apel's board; the ETag is its revision."""
    standing = await frames.stand(session, apel_id, at=now)
    headers = etag.set(standing.revision)
    return _json(await frames.render(session, standing, named, visitors=caller.counts_only), headers)


@router.get("/apel/{apel_id}/board/{opd_code}")
async def read_opd_board(
    apel_id: UUID, opd_code: OpdCode, caller: Detailed, session: Transaction, now: Now, named: Named, etag: ETag
) -> OpdBoard:
    """Kenapa merah? One OPD's row with its reasons, findings and the reports that it rests on."""
    etag.set(await conclude(session, apel_id, at=now, wait=False))
    snapshot = await take_snapshot(session, await get_apel(session, apel_id, at=now))
    rows = compose_rows(snapshot, named, only=opd_code)
    if not rows:
        raise NotOnBoard
    return OpdBoard(
        apel=apel_box(snapshot, named),
        revision=snapshot.conclusion.revision if snapshot.conclusion else 0,
        as_of=snapshot.conclusion.changed_at if snapshot.conclusion else None,
        opd=rows[0],
        findings=[
            finding_read(found, caller, named.language)
            for found in snapshot.findings
            if found.finding.opd_code == opd_code and (found.finding.asn_id is None or sees_people(caller, opd_code))
        ],
        claims=snapshot.tallies[opd_code].versions,
    )
