"""A small regency that receives circulars, and an office that writes them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.client import Api
from tests.make import Make

PATH = "/v1/circulars"
NUMBER = "100.3.4/215/432.403/2026"
CIRCULAR: dict[str, Any] = {
    "number": NUMBER,
    "date": "2026-11-20",
    "title": "Larangan Siaran Langsung pada Jam Kerja",
    "text": "Pegawai ASN dilarang melakukan siaran langsung pada jam kerja.",
    "signatory": "Bupati Mamuju",
    "effective_from": "2026-11-23",
    "acknowledge_by": "2026-11-30",
    "scope": {"offices": ["heads", "camat", "lurah", "desa"], "employment_types": ["PNS", "CPNS", "PPPK", "PPPK_PW"]},
    "kind": "no_livestream",
    "rules": {"platforms": ["tiktok", "youtube"]},
}
PDF = b"%PDF-1.4\n%%EOF\n"


class Office:
    """The personnel office at work."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.admin = api.as_(Role.ADMIN)

    def drafts(self, **changes: Any) -> dict[str, Any]:
        made = self.admin.post(PATH, CIRCULAR | changes)
        assert made.status_code == 201, made.text
        body: dict[str, Any] = made.json()
        return body

    def publishes(self, **changes: Any) -> str:
        made = self.drafts(**changes)
        path = f"{PATH}/{made['id']}"
        published = self.admin.post(f"{path}/publish", headers={"if-match": f'"{made["revision"]}"'})
        assert published.status_code == 200, published.text
        return path

    def lists_desa(self, *names: tuple[str, str], version: int = 0) -> dict[str, str]:
        """Village → id."""
        body = {"items": [{"opd_code": code, "name": name} for code, name in names]}
        kept = self.admin.put(f"{PATH}/desa", body, headers={"if-match": f'"{version}"'})
        assert kept.status_code == 200, kept.text
        return {item["name"]: item["id"] for item in kept.json()["items"]}

    def himself(self, person: Asn) -> Api:
        return self.api.by(Principal(uuid4(), "pegawai", (Grant(Role.ASN, None, frozenset()),), asn_id=person.id))

    def head(self, opd_code: str, person: Asn | None = None, *more: str) -> Api:
        """A head of one OPD or, as Plt, of more; maybe with an account that is linked to a person."""
        grants = tuple(Grant(Role.OPD_HEAD, code, frozenset({code})) for code in (opd_code, *more))
        asn_id: UUID | None = person.id if person else None
        return self.api.by(Principal(uuid4(), "kepala", grants, asn_id=asn_id))


@pytest.fixture
def office(api: Api, make: Make) -> Office:
    """DISDIK with a school, and a kecamatan with a kelurahan that it reports for."""
    make.opd("DISDIK")
    make.opd("SD-1", type="sekolah", parent_code="DISDIK", reports="no")
    make.opd("KEC-MAMUJU", type="kecamatan")
    make.opd("KEL-BINANGA", type="kelurahan", parent_code="KEC-MAMUJU", reports="no")
    return Office(api)
