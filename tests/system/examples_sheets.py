"""One valid request for every endpoint that writes about sheets."""

from collections.abc import Callable

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World

SIGNATORY = {"place": "Mamuju", "title": "Kepala BKPP", "name": "Dra. Ratna"}


def _of_apel(world: World) -> Example:
    body = {"kind": "opd", "format": "csv", "paper": "A4", "opd_code": "DINKES", "signatory": SIGNATORY}
    return Example({"apel_id": world.apel.id}, body, role=Role.ADMIN)


def _of_span(_: World) -> Example:
    body = {"kind": "period-recap", "format": "csv", "from": "2026-11-01", "to": "2026-11-30"}
    return Example(json=body | {"paper": "F4", "signatory": SIGNATORY, "apel_kind": "apel_gabungan"})


def _checked(world: World) -> Example:
    example = _of_apel(world)
    made = example.caller(world).post(f"/v1/apel/{world.apel.id}/sheets", example.json).json()
    return Example({"code": made["code"]}, {"sha256": made["sha256"]}, role=None)


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/apel/{apel_id}/sheets": _of_apel,
    "POST /v1/sheets": _of_span,
    "POST /v1/verify/{code}": _checked,
}
