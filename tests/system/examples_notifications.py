"""One valid request for every endpoint that writes about webhooks."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.system.example import V1, Example
from tests.system.world import World

PATH = "/v1/webhooks"
WEBHOOK = {
    "url": "https://wa.example.go.id/apel",
    "events": ["report.missing", "apel.closed"],
    "description": "Grup operator",
    "minutes_before": 15,
}


def _made(world: World) -> dict[str, Any]:
    return {"webhook_id": world.as_(Role.KOMINFO).post(PATH, WEBHOOK).json()["id"]}


def _sent(world: World) -> dict[str, Any]:
    sent = world.as_(Role.KOMINFO).post(f"{PATH}/{_made(world)['webhook_id']}/test").json()
    return {"delivery_id": sent["id"]}


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/webhooks": lambda _: Example(json=WEBHOOK, role=Role.KOMINFO),
    "PATCH /v1/webhooks/{webhook_id}": lambda world: Example(
        _made(world), WEBHOOK | {"state": "disabled"}, role=Role.KOMINFO, headers=V1
    ),
    "POST /v1/webhooks/{webhook_id}/end": lambda world: Example(_made(world), headers=V1),
    "POST /v1/webhooks/{webhook_id}/secret": lambda world: Example(_made(world)),
    "POST /v1/webhooks/{webhook_id}/test": lambda world: Example(_made(world), role=Role.KOMINFO),
    "POST /v1/webhooks/deliveries/{delivery_id}/replay": lambda world: Example(_sent(world)),
}
