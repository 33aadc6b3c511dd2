"""Orders of flexible work as the tests send them."""

from typing import Any

from app.core.principal import Role
from app.registry.models import Asn
from tests.client import Api

PATH = "/v1/flexwork/orders"
ORDER = {
    "number": "800/1/DISDIK/2026",
    "date": "2026-11-20",
    "signatory": "Kepala Dinas Pendidikan",
    "from": "2026-11-23",
    "to": "2026-11-27",
    "mode": "location",
    "place": {"kind": "service_post", "name": "Balai RW 05"},
    "target": "20 berkas per hari",
}
"""The week of the Monday of these tests."""


def naming(*people: Asn, **more: Any) -> dict[str, Any]:
    """The body of an order that holds these people."""
    return ORDER | {"people": [{"asn_id": str(person.id)} for person in people]} | more


def propose(api: Api, *people: Asn, **more: Any) -> dict[str, Any]:
    made = api.as_(Role.ADMIN).post(PATH, naming(*people, **more))
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


def confirm(api: Api, *people: Asn, **more: Any) -> dict[str, Any]:
    made = propose(api, *people, **more)
    done = api.as_(Role.ADMIN).post(f"{PATH}/{made['id']}/confirm")
    assert done.status_code == 200, done.text
    answer: dict[str, Any] = done.json()
    return answer
