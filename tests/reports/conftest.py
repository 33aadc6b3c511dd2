"""One office with seven people and a Monday apel, called by whoever the test needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.apel.models import Apel
from app.core.principal import Role
from app.registry.models import Asn, Opd
from tests.client import Api
from tests.make import Make


@dataclass
class Office:
    """DISDIK with its people, at one apel."""

    api: Api
    make: Make
    opd: Opd
    apel: Apel
    people: Sequence[Asn]

    @property
    def operator(self) -> Api:
        return self.api.as_(Role.OPD_OPERATOR, self.opd.code)

    @property
    def head(self) -> Api:
        return self.api.as_(Role.OPD_HEAD, self.opd.code)

    @property
    def kominfo(self) -> Api:
        return self.api.as_(Role.KOMINFO)

    @property
    def admin(self) -> Api:
        return self.api.as_(Role.ADMIN)

    def path(self, rest: str = "") -> str:
        return f"/v1/apel/{self.apel.id}/reports/{self.opd.code}{rest}"

    def put(self, claim: dict[str, Any], by: Api | None = None, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (by or self.operator).put(self.path(), claim, headers=named)


def counts(wfo: int, **rest: Any) -> dict[str, Any]:
    """A claim of counts; strength follows from the rest unless it is given."""
    claim: dict[str, Any] = {"present": {"wfo": wfo, "wfa": rest.pop("wfa", 0)}, "excused": {}, "unexplained": 0} | rest
    strength = wfo + claim["present"]["wfa"] + sum(claim["excused"].values()) + claim["unexplained"]
    return {"strength": strength} | claim


def entry(person: Asn, status: str = "H", **rest: Any) -> dict[str, Any]:
    return {"asn_id": str(person.id), "status": status} | rest


def problem(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def pointers(response: httpx.Response) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


NAMES = ("Andi Baso", "Budi Santoso", "Cici Lestari", "Dedi Kurnia", "Eka Putri", "Fitri Handayani", "Gunawan")


@pytest.fixture
def office(api: Api, make: Make) -> Office:
    opd = make.opd("DISDIK", short_name="Disdik", name="Dinas Pendidikan", contact="0812-1")
    people = [make.asn("DISDIK", name) for name in NAMES]
    return Office(api, make, opd, make.apel(), people)
