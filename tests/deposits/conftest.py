"""A rakor in the hall: DISDIK has reported its people, KEC has not."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.principal import Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import Story, claim, naming

LATER = MONDAY + timedelta(minutes=20)
AFTER = MONDAY + timedelta(hours=3)
"""Held, reported, concluded."""


class Rakor(Story):
    def __init__(self, api: Api, make: Make) -> None:
        make.opd("DISDIK")
        make.opd("SD-1", type="sekolah", parent_code="DISDIK", reports="no")
        make.opd("KEC", type="kecamatan")
        super().__init__(api, make.apel(kind="rakor", title="Rakor", zoom_meeting_ids=[]))
        self.make = make
        self.siti = make.asn("DISDIK", "Siti", nip="198501012010012001")
        self.budi = make.asn("SD-1", "Budi", nip="198501012010011002")
        self.wati = make.asn("DISDIK", "Wati", nip="198501012010012003")
        self.rahma = make.asn("KEC", "Rahma", nip="199002022015022003")
        api.at(LATER)
        self.reports("DISDIK", naming(claim(3, 2, wfa=1), (self.wati, "H", "wfa")), at=LATER)
        self.kominfo = api.as_(Role.KOMINFO)
        self.operator = api.as_(Role.OPD_OPERATOR, "DISDIK", reach=frozenset({"DISDIK", "SD-1"}))

    def lays_in(self, *phones: tuple[Asn, str], by: Api | None = None, at: str | None = None) -> Any:
        when = {} if at is None else {"at": at}
        items = [{"asn_id": str(person.id), "slot": slot} | when for person, slot in phones]
        return (by or self.kominfo).post(self.path("deposits"), {"items": items})

    def takes_out(self, *slots: str, by: Api | None = None, at: str | None = None) -> Any:
        when = {} if at is None else {"at": at}
        items = [{"slot": slot} | when for slot in slots]
        return (by or self.kominfo).post(self.path("deposits/out"), {"items": items})

    def exempts(self, person: Asn, reason: str = "medical", by: Api | None = None, **more: str) -> Any:
        items = [{"asn_id": str(person.id), "reason": reason} | more]
        return (by or self.kominfo).post(self.path("deposits/exemptions"), {"items": items})

    def states(self, by: Api | None = None) -> dict[str, tuple[str, str]]:
        listed = (by or self.kominfo).get(self.path("deposits")).json()["items"]
        return {item["slot"]: (item["name"], item["state"]) for item in listed}

    def compliance(self, by: Api | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (by or self.kominfo).get(self.path("deposits/compliance")).json()
        return found


@pytest.fixture
def rakor(api: Api, make: Make) -> Rakor:
    return Rakor(api, make)
