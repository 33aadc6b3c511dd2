"""Valid requests about shifts and broadcasts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.core.principal import Role
from tests.system import examples
from tests.system.world import World


def _shifts(world: World) -> dict[str, Any]:
    span = {"starts_at": "2026-11-23T21:00:00+08:00", "ends_at": "2026-11-24T07:00:00+08:00"}
    return {"items": [span | {"asn_id": str(world.siti.id)}]}


def _shift_of_siti(world: World) -> UUID:
    admin = world.as_(Role.ADMIN)
    admin.post("/v1/shifts", _shifts(world))
    return UUID(admin.get("/v1/shifts").json()["items"][0]["id"])


EXAMPLES: dict[str, Callable[[World], "examples.Example"]] = {
    "POST /v1/shifts": lambda world: examples.Example(json=_shifts(world)),
    "POST /v1/shifts/{shift_id}/withdraw": lambda world: examples.Example(
        {"shift_id": _shift_of_siti(world)}, {"reason": "uji"}
    ),
}
