"""One valid request for every endpoint that writes about circulars."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.circulars.conftest import CIRCULAR, PATH, PDF
from tests.system.example import V1, Example
from tests.system.world import World

V2 = {"if-match": '"2"'}
FULL = CIRCULAR | {"scope": CIRCULAR["scope"] | {"opd_types": ["dinas", "kecamatan"], "opd_codes": ["DISDIK", "KEC"]}}


def _draft(world: World) -> dict[str, Any]:
    world.make.opd("KEC", type="kecamatan")
    made = world.as_(Role.ADMIN).post(PATH, FULL).json()
    return {"circular_id": made["id"]}


def _published(world: World) -> dict[str, Any]:
    path = _draft(world)
    world.as_(Role.ADMIN).post(f"{PATH}/{path['circular_id']}/publish", headers=V1)
    return path


def _create(world: World) -> Example:
    return Example(json=FULL | {"number": "2", "supersedes_id": _published(world)["circular_id"]})


def _set_desa(world: World) -> Example:
    world.make.opd("KEC", type="kecamatan")
    return Example(json={"items": [{"opd_code": "KEC", "name": "Tadui"}]}, headers={"if-match": '"0"'})


def _change(world: World) -> Example:
    body = {name: value for name, value in FULL.items() if name != "supersedes_id"}
    return Example(_draft(world), body | {"title": "Lain"}, headers=V1)


def _desa_signed(world: World) -> Example:
    path, listed = _published(world), _set_desa_of(world)
    item = {"desa_id": listed, "channel": "wa", "signed_by": "Kepala desa"}
    return Example(path, {"items": [item]}, role=Role.OPD_OPERATOR, opd_code="KEC")


def _set_desa_of(world: World) -> str:
    body = {"items": [{"opd_code": "KEC", "name": "Tadui"}]}
    kept = world.as_(Role.ADMIN).put(f"{PATH}/desa", body, headers={"if-match": '"0"'}).json()
    return str(kept["items"][0]["id"])


def _paper(world: World) -> Example:
    body = {"asn_ids": [str(world.budi.id)], "opd_codes": ["DISDIK"], "channel": "paper"}
    return Example(_published(world), body, role=Role.OPD_HEAD, opd_code="DISDIK")


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/circulars": _create,
    "PUT /v1/circulars/desa": _set_desa,
    "PATCH /v1/circulars/{circular_id}": _change,
    "PUT /v1/circulars/{circular_id}/file": lambda world: Example(_draft(world), file=PDF, headers=V1),
    "POST /v1/circulars/{circular_id}/publish": lambda world: Example(_draft(world), headers=V1),
    "POST /v1/circulars/{circular_id}/withdraw": lambda world: Example(
        _published(world), {"reason": "uji"}, headers=V2
    ),
    "POST /v1/circulars/{circular_id}/acknowledge": lambda world: Example(
        _published(world), {"opd_code": "DISDIK"}, role=Role.OPD_HEAD, opd_code="DISDIK", body_may_lack=True
    ),
    "POST /v1/circulars/{circular_id}/acknowledge/paper": _paper,
    "POST /v1/circulars/{circular_id}/acknowledge/desa": _desa_signed,
}
