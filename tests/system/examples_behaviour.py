"""Valid requests for every endpoint of the behaviour room that writes."""

from collections.abc import Callable
from typing import Any

from app.core.principal import Role
from tests.behaviour.words import all_of, put_in_force, weighing
from tests.system.example import Example
from tests.system.world import World

RATINGS = {"kompeten.a": "above", "loyal.b": "meets"}
TRAINING = {"title": "Pelatihan BerAKHLAK", "organiser": "BKPSDM", "place": "Aula", "hours": 16} | {
    "from": "2026-10-05",
    "to": "2026-10-06",
}
V1 = {"if-match": '"1"'}
HEADERS = {"headers": {"Nomor Pegawai": "nip"}}


def _superior(world: World) -> "Example":
    path = {"asn_id": world.budi.id, "period": "2026-11"}
    body = {"ratings": RATINGS, "note": "Tekun."}
    return Example(path, body, role=Role.OPD_HEAD, opd_code="DISDIK")


def _oneself(world: World) -> "Example":
    put_in_force(world.api, **weighing(60, 30, 10))
    return Example({"period": "2026-11"}, {"ratings": RATINGS}, asn_id=world.budi.id)


def _peer(world: World) -> "Example":
    put_in_force(world.api, **weighing(60, 30, 10))
    body = {"asn_id": str(world.siti.id), "period": "2026-11", "ratings": all_of("meets")}
    return Example(json=body, asn_id=world.budi.id)


def _file(world: World) -> "Example":
    file = f"nip,period,guide,rating\n{world.budi.nip},2026-11,loyal.a,sesuai ekspektasi\n"
    return Example(file=file.encode(), form={"preview": "false"})


def _training(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.as_(Role.ADMIN).post("/v1/behaviour/trainings", TRAINING).json()
    return {"training_id": found["id"]}


def _attendances(world: World) -> "Example":
    siti = {"asn_id": str(world.siti.id), "attended": True, "hours": 8}
    items = [siti, {"nip": world.budi.nip, "attended": False}]
    return Example(_training(world), {"items": items}, headers=V1)


def _attendance_file(world: World) -> "Example":
    file = f"nip,attended,hours\n{world.budi.nip},ya,8\n"
    return Example(_training(world), file=file.encode(), form={"preview": "false"})


EXAMPLES: dict[str, Callable[[World], "Example"]] = {
    "PUT /v1/behaviour/asn/{asn_id}/assessments/{period}": _superior,
    "PUT /v1/behaviour/me/assessments/{period}": _oneself,
    "POST /v1/behaviour/peer-ratings": _peer,
    "POST /v1/behaviour/imports": _file,
    "PUT /v1/behaviour/imports/mapping": lambda _: Example(json=HEADERS),
    "POST /v1/behaviour/trainings": lambda _: Example(json=TRAINING),
    "PATCH /v1/behaviour/trainings/{training_id}": lambda world: Example(
        _training(world), TRAINING | {"hours": 12}, headers=V1
    ),
    "PUT /v1/behaviour/trainings/{training_id}/attendances": _attendances,
    "POST /v1/behaviour/trainings/{training_id}/imports": _attendance_file,
    "PUT /v1/behaviour/trainings/imports/mapping": lambda _: Example(json=HEADERS),
}
