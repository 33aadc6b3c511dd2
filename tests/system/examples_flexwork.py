"""One valid request for every endpoint of flexible work that writes."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.system.example import V1, Example
from tests.system.world import World

PLACE = {"kind": "service_post", "name": "Balai RW 05 Rangas", "note": "loket 2"}
LETTER = {"number": "800/1/DISDIK/2026", "date": "2026-11-20", "signatory": "Kepala Dinas", "legal_basis": "Perbup 1"}
DAYS = {"from": "2026-12-01", "to": "2026-12-31", "weekdays": [1, 3], "evaluation_on": "2026-12-31"}
TEXT = LETTER | DAYS | {"mode": "location", "place": PLACE, "target": "20 berkas per hari"}
REVOKED = {"from": "2026-12-10", "reason": "uji"}


def order(world: World, *, confirmed: bool = False) -> dict[str, Any]:
    """Siti at a service post on Mondays and Wednesdays of December."""
    head = world.as_(Role.OPD_HEAD, "DISDIK")
    made: dict[str, Any] = head.post("/v1/flexwork/orders", TEXT | {"people": [_siti(world)]}).json()
    if confirmed:
        head.post(f"/v1/flexwork/orders/{made['id']}/confirm")
    return made


def _siti(world: World) -> dict[str, Any]:
    return {"asn_id": str(world.siti.id), "from": "2026-12-01", "to": "2026-12-20", "place": "Balai RW 06"}


def _of_order(body: Any = None, *, confirmed: bool = False, **more: Any) -> Callable[[World], Example]:
    return lambda world: Example({"order_id": order(world, confirmed=confirmed)["id"]}, body, **more)


def _people(world: World) -> Example:
    budi = {"nip": world.budi.nip, "from": "2026-12-01", "to": "2026-12-20", "place": "Balai RW 06"}
    return Example({"order_id": order(world, confirmed=True)["id"]}, {"people": [budi]})


def _file(world: World) -> Example:
    file = f"nip,dari,sampai,tempat\n{world.budi.nip},2026-12-01,2026-12-20,Balai RW 06\n"
    return Example({"order_id": order(world)["id"]}, file=file.encode(), form={"preview": "false"})


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/flexwork/orders": lambda world: Example(json=TEXT | {"people": [_siti(world)]}),
    "PATCH /v1/flexwork/orders/{order_id}": _of_order(TEXT | {"number": "800/2"}, headers=V1),
    "POST /v1/flexwork/orders/{order_id}/confirm": _of_order(),
    "POST /v1/flexwork/orders/{order_id}/revoke": _of_order(REVOKED, confirmed=True),
    "POST /v1/flexwork/orders/{order_id}/evaluate": _of_order({"outcome": "changed", "note": "uji"}, confirmed=True),
    "POST /v1/flexwork/orders/{order_id}/people": _people,
    "POST /v1/flexwork/orders/{order_id}/people/end": lambda world: Example(
        {"order_id": order(world, confirmed=True)["id"]}, REVOKED | {"people": [{"asn_id": str(world.siti.id)}]}
    ),
    "POST /v1/flexwork/orders/{order_id}/people/imports": _file,
    "PUT /v1/flexwork/imports/mapping": lambda _: Example(json={"headers": {"NIP Pegawai": "nip"}}),
}
