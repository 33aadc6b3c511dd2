"""One valid request for every endpoint that writes about deposits."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World

SEEN_AT = "2026-11-23T07:40:00+08:00"


def _laid_in(world: World) -> Example:
    """Rahma's phone; she was seen, so her attendance is known."""
    by_id = {"asn_id": str(world.rahma.id), "slot": "A-1", "at": SEEN_AT}
    return _of_dinkes(world, {"items": [by_id, {"nip": world.rahma.nip, "slot": "A-2"}]})


def _of_dinkes(world: World, body: Any, **path: Any) -> Example:
    return Example({"apel_id": world.apel.id} | path, body, role=Role.OPD_OPERATOR, opd_code="DINKES")


def _lay_in(world: World) -> str:
    path = f"/v1/apel/{world.apel.id}/deposits"
    example = _laid_in(world)
    assert example.caller(world).post(path, example.json).status_code == 200
    return path


def _taken_out(world: World) -> Example:
    _lay_in(world)
    return _of_dinkes(world, {"items": [{"slot": "A-1", "at": "2026-11-23T07:45:00+08:00"}]})


def _exempt(world: World) -> Example:
    item = {"asn_id": str(world.rahma.id), "reason": "medical", "note": "uji"}
    return _of_dinkes(world, {"items": [item]})


def _lost(world: World) -> Example:
    _lay_in(world)
    return _of_dinkes(world, {"slot": "A-1", "note": "uji"})


def _settled(world: World) -> Example:
    example = _lost(world)
    told = example.caller(world).post(f"/v1/apel/{world.apel.id}/deposits/losses", example.json).json()
    return _of_dinkes(world, {"outcome": "settled", "note": "uji"}, loss_id=told["id"])


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/apel/{apel_id}/deposits": _laid_in,
    "POST /v1/apel/{apel_id}/deposits/out": _taken_out,
    "POST /v1/apel/{apel_id}/deposits/exemptions": _exempt,
    "POST /v1/apel/{apel_id}/deposits/losses": _lost,
    "POST /v1/apel/{apel_id}/deposits/losses/{loss_id}/settle": _settled,
}
