"""Zoom's door as OpenAPI shows it, the adapters' door, and how the deliveries fare."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from app.core.paging import Page
from app.core.principal import Principal, Role
from app.web.deps import Now, Requires, Speech, Transaction, public
from app.web.routing import room_router
from app.zoom import health, quarantine, service
from app.zoom.schemas import (
    EventRead,
    QuarantinedRead,
    QuarantineFilter,
    ReleaseRead,
    ReleaseWrite,
    ZoomHealth,
)
from app.zoom.webhook import take

router = room_router("/v1/zoom", "Zoom")
Adapter = Annotated[Principal, Depends(Requires(Role.ADAPTER))]
Operator = Annotated[Principal, Depends(Requires(Role.KOMINFO))]
Watcher = Annotated[Principal, Depends(Requires(Role.KOMINFO, Role.ADMIN, Role.INSPECTOR))]

EVENT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "event": {"type": "string", "pattern": "^[a-z0-9_.]{1,100}$"},
                        # Milliseconds of Unix time, until 2100.
                        "event_ts": {"type": "integer", "minimum": 0, "maximum": 4_102_444_800_000},
                        "payload": {},
                    },
                },
                "example": {
                    "event": "meeting.participant_joined",
                    "event_ts": 1790000000123,
                    "payload": {
                        "account_id": "AAAAAABBBB",
                        "object": {
                            "id": "86084701483",
                            "uuid": "de+IDq//9f3hhT9D8/NA/J1==",
                            "participant": {
                                "user_id": "16778240",
                                "user_name": "[DISDIK] Ruang 1",
                                "participant_uuid": "364B3A17-05C0-6B63-F4FA-2180DCC26971",
                                "join_time": "2026-09-20T23:25:12Z",
                            },
                        },
                    },
                },
            }
        },
    }
}
"""An event's body is kept byte for byte whatever it holds, so the framework reads none; this documents it."""


@router.post(
    "/webhook",
    openapi_extra=EVENT_BODY,
    status_code=204,
    responses={
        200: {
            "description": "The answer to a signed, well-formed URL validation",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        204: {"description": "Durably stored, now or before"},
        401: {"description": "Signature missing, wrong or stale; a stale delivery is set aside"},
        503: {"description": "Not stored; send it again"},
    },
)
@public
async def receive_webhook(request: Request) -> Response:
    """Take an event as Zoom delivers it: signed, stored before it is acknowledged, understood later."""
    # Reached only where the entry does not stand in front, as below a prefix of a larger application.
    answer = await take(request.scope, request.receive)
    return Response(status_code=204) if answer is None else Response(answer, media_type="application/json")


@router.post("/events", openapi_extra=EVENT_BODY)
async def receive_event(request: Request, caller: Adapter, session: Transaction, now: Now) -> EventRead:
    """Take an event from an adapter that checked Zoom's signature: the same body, byte for byte."""
    return await service.receive_event(session, await request.body(), at=now)


@router.get("/health")
async def read_health(
    request: Request, caller: Watcher, session: Transaction, now: Now, language: Speech
) -> ZoomHealth:
    """Can this source be trusted? Lights of every kind with what is known, and the gaps of the last two days."""
    return await health.read_health(session, request.app.state.settings, language, at=now)


@router.get("/quarantine")
async def list_quarantined(
    wanted: Annotated[QuarantineFilter, Query()], caller: Watcher, session: Transaction
) -> Page[QuarantinedRead]:
    """Deliveries that were set aside because a clock was wrong, the latest first."""
    return await quarantine.list_quarantined(session, wanted)


@router.post("/quarantine/release")
async def release_quarantined(body: ReleaseWrite, caller: Operator, session: Transaction, now: Now) -> ReleaseRead:
    """Let deliveries in that were set aside: some by id, or all. Released twice, they count once."""
    return await quarantine.release_quarantined(session, caller, body, at=now)
