"""Valid requests about shifts and broadcasts."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World
from tests.zoom.conftest import event


def _shifts(world: World) -> dict[str, Any]:
    span = {"starts_at": "2026-11-23T21:00:00+08:00", "ends_at": "2026-11-24T07:00:00+08:00"}
    return {"items": [span | {"asn_id": str(world.siti.id)}]}


def _shift_of_siti(world: World) -> UUID:
    admin = world.as_(Role.ADMIN)
    admin.post("/v1/shifts", _shifts(world))
    return UUID(admin.get("/v1/shifts").json()["items"][0]["id"])


def _seen(world: World) -> dict[str, Any]:
    span = {"started_at": "2026-11-20T09:00:00+08:00", "ended_at": "2026-11-20T09:40:00+08:00"}
    capture = {"capture_sha256": "a" * 64, "capture_note": "Berkas 12"}
    told = {"platform": "tiktok", "url": "https://www.tiktok.com/@siti/live", "account": "@siti", "live": True}
    return {"asn_id": str(world.siti.id), "source": "complaint"} | span | capture | told


def _step(world: World) -> "Example":
    found = world.as_(Role.ADMIN).post("/v1/livestreams/incidents", _seen(world)).json()
    body = {"kind": "clarification_asked", "reason": "Apakah benar?"}
    return Example({"incident_id": found["id"]}, body)


PERMIT = {"kind": "assignment", "letter_no": "ST 5", "letter_date": "2026-11-20", "opd_code": "DISDIK"} | {
    "from": "2026-11-23T08:00:00+08:00",
    "to": "2026-11-23T12:00:00+08:00",
    "platform": "youtube",
    "account": "@disdik",
}


def _permit(world: World) -> dict[str, Any]:
    return PERMIT | {"asn_ids": [str(world.siti.id)]}


def _proposed(world: World, body: Any = None) -> "Example":
    made = world.as_(Role.OPD_HEAD, "DISDIK").post("/v1/livestreams/permits", _permit(world)).json()
    return Example({"permit_id": made["id"]}, body)


def _stream(world: World) -> "Example":
    live = {"service": "YouTube", "date_time": "2026-11-22T23:35:00Z"}
    told = event("meeting.live_streaming_started", uuid=world.story.meeting.uuid, live_streaming=live)
    world.story.tell(json.loads(told))
    path = f"/v1/apel/{world.apel.id}/livestreams"
    [note] = world.as_(Role.KOMINFO).get(path).json()["items"]
    body = {"outcome": "official", "note": "Kanal resmi"}
    return Example({"apel_id": world.apel.id, "note_id": note["id"]}, body, role=Role.KOMINFO)


EXAMPLES: dict[str, Callable[[World], "Example"]] = {
    "POST /v1/shifts": lambda world: Example(json=_shifts(world)),
    "POST /v1/shifts/{shift_id}/withdraw": lambda world: Example(
        {"shift_id": _shift_of_siti(world)}, {"reason": "uji"}
    ),
    "POST /v1/apel/{apel_id}/livestreams/{note_id}/settle": _stream,
    "POST /v1/livestreams/permits": lambda world: Example(json=_permit(world)),
    "POST /v1/livestreams/permits/{permit_id}/confirm": _proposed,
    "POST /v1/livestreams/permits/{permit_id}/withdraw": lambda world: _proposed(world, {"reason": "uji"}),
    "POST /v1/livestreams/incidents": lambda world: Example(json=_seen(world)),
    "POST /v1/livestreams/incidents/{incident_id}/events": _step,
}
