"""OPD and ASN over HTTP: who may read and change what, and what is refused."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.paging import encode_cursor
from app.core.principal import Role
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import DAY, Make
from tests.registry.files import ANI, BUDI, SITI
from tests.web.hostile import RAW_LEAVES, assert_refused, variants

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HALF_A_SIGN = urlsafe_b64encode(b'[1, "\\ud800"]').decode()
"""A cursor with half of a pair that no database stores."""
OPD = {
    "code": "DISDIK",
    "name": "Dinas Pendidikan",
    "short_name": "Disdik",
    "type": "dinas",
    "parent_code": None,
    "protocol_order": 7,
    "reports": "yes",
    "zoom_email": "zoom@disdik.id",
    "contact": "Rina 0811",
    "connectivity": "weak",
    "from_date": "2020-01-01",
    "to_date": None,
}
ASN = {
    "nip": SITI,
    "name": "Siti Nur'aini",
    "employment_type": "PNS",
    "opd_code": "DISDIK",
    "position": "Kepala Dinas",
    "apel_duty": True,
    "from_date": "2024-01-01",
    "level": "jpt_pratama",
    "superior_nip": None,
    "work_pattern": "5",
    "email": "siti@example.id",
    "to_date": None,
}


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_(Role.ADMIN)


def problems(answer: Any) -> dict[str, str]:
    return {wrong["pointer"]: wrong["detail"] for wrong in answer.json()["errors"]}


def test_an_opd_is_made_read_and_changed(admin: Api) -> None:
    made = admin.post("/v1/opd", OPD)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.json() == OPD | {"heads": []}
    changed = admin.patch("/v1/opd/DISDIK", {"contact": None, "short_name": "PK"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json() == OPD | {"heads": [], "contact": None, "short_name": "PK"}
    read = admin.get("/v1/opd/DISDIK")
    assert (read.json(), read.headers["etag"]) == (changed.json(), '"2"')
    assert admin.get("/v1/opd/DISDIK", headers={"if-none-match": '"2"'}).status_code == 304


def test_a_change_names_the_version_that_it_changes(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    siti = make.asn("DISDIK")
    for path in ("/v1/opd/DISDIK", f"/v1/asn/{siti.id}"):
        assert admin.patch(path, {"name": "X"}).json()["code"] == "version-required"
        assert admin.patch(path, {"name": "X"}, headers={"if-match": '"9"'}).json()["code"] == "version-mismatch"


def test_the_head_of_an_opd_is_named_by_nip_in_the_body(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    siti = make.asn("DISDIK", nip=SITI)
    changed = admin.patch("/v1/opd/DISDIK", {"head_nip": SITI, "head_title": "Plt"}, headers={"if-match": '"1"'})
    assert changed.json()["heads"] == [{"asn_id": str(siti.id), "title": "Plt"}]
    assert changed.headers["etag"] == '"2"'
    refused = admin.patch("/v1/opd/DISDIK", {"head_nip": ANI}, headers={"if-match": '"2"'})
    assert (refused.status_code, refused.json()["code"]) == (422, "record-refused")
    assert list(problems(refused)) == ["/head_nip"]
    assert ANI not in refused.text


def test_a_code_and_a_nip_are_taken_once(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn("DISDIK", nip=SITI)
    assert admin.post("/v1/opd", OPD).json()["code"] == "opd-exists"
    assert admin.post("/v1/asn", ASN).json()["code"] == "asn-exists"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        pytest.param("parent_code", "DISDIK", "/parent_code", id="its own parent"),
        pytest.param("parent_code", "NONE", "/parent_code", id="a parent that nobody knows"),
        pytest.param("to_date", "2019-12-31", "/to_date", id="an end before the beginning"),
    ],
)
def test_an_opd_that_does_not_fit_is_refused(admin: Api, field: str, value: str, pointer: str) -> None:
    answer = admin.post("/v1/opd", OPD | {field: value})
    assert (answer.status_code, answer.json()["code"], list(problems(answer))) == (422, "record-refused", [pointer])
    assert admin.get("/v1/opd").json()["items"] == []


def test_a_loop_in_the_tree_is_refused(admin: Api, make: Make) -> None:
    make.opd("A")
    make.opd("B", parent_code="A")
    answer = admin.patch("/v1/opd/A", {"parent_code": "B"}, headers={"if-match": '"1"'})
    assert problems(answer) == {"/parent_code": "OPD induk B berada di bawah OPD ini."}


def test_a_person_is_made_moved_and_corrected(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.opd("PUPR")
    made = admin.post("/v1/asn", ASN)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    first = {
        "opd_code": "DISDIK",
        "position": "Kepala Dinas",
        "level": "jpt_pratama",
        "superior_id": None,
        "work_pattern": "5",
        "apel_duty": True,
        "from_date": "2024-01-01",
        "to_date": None,
    }
    person = {
        "id": made.json()["id"],
        "nip": SITI,
        "nip_masked": "**************2001",
        "name": "Siti Nur'aini",
        "employment_type": "PNS",
        "email": "siti@example.id",
    }
    assert made.json() == person | {"assignments": [first]}
    path = f"/v1/asn/{person['id']}"
    moved = admin.patch(path, {"opd_code": "PUPR", "from_date": "2026-12-01"}, headers={"if-match": '"1"'})
    second = first | {"opd_code": "PUPR", "from_date": "2026-12-01"}
    assert moved.json() == person | {"assignments": [second, first | {"to_date": "2026-11-30"}]}
    corrected = admin.patch(path, {"position": "Plt", "email": None}, headers={"if-match": '"2"'})
    assert corrected.json() == person | {
        "email": None,
        "assignments": [second, first | {"position": "Plt", "to_date": "2026-11-30"}],
    }
    assert admin.get(path).json() == corrected.json()
    assert corrected.headers["etag"] == '"3"'


def test_another_opd_needs_the_day(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.opd("PUPR")
    siti = make.asn("DISDIK")
    answer = admin.patch(f"/v1/asn/{siti.id}", {"opd_code": "PUPR"}, headers={"if-match": '"1"'})
    assert problems(answer) == {"/from_date": "Pindah OPD memerlukan tanggal mulai."}


def test_a_doubtful_nip_needs_a_reason(admin: Api, make: Make, run: Run, session: AsyncSession) -> None:
    make.opd("DISDIK")
    nip = "198513012010012001"
    odd = ASN | {"nip": nip}
    refused = admin.post("/v1/asn", odd)
    assert (refused.status_code, refused.json()["code"]) == (422, "record-doubtful")
    assert problems(refused) == {"/nip": "Delapan angka pertama NIP bukan tanggal lahir yang mungkin."}
    assert admin.post("/v1/asn", odd | {"override_reason": "SK lama, sudah dicek"}).status_code == 201
    entry = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.write_asn"))).one()
    assert entry.detail["override_reason"] == "SK lama, sudah dicek"
    assert entry.subjects == [subject_of(SURROUNDINGS.audit_key, nip)]


def test_an_idempotency_key_makes_one_person(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    answers = [admin.post("/v1/asn", ASN, headers={"idempotency-key": "a"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.fixture
def regency(make: Make) -> dict[str, UUID]:
    make.opd("KEC", type="kecamatan", contact="0811", zoom_email="kec@x.id")
    make.opd("KEL", type="kelurahan", parent_code="KEC", reports="part")
    make.opd("PUPR")
    make.opd("OLD", to_date=DAY.replace(year=2025))
    people = {
        "Siti": make.asn("KEC", "Siti", nip=SITI, email="siti@x.id"),
        "Budi": make.asn("KEL", "Budi", nip=BUDI),
        "Ani": make.asn("PUPR", "Ani", nip=ANI),
    }
    make.head("KEC", people["Siti"])
    return {name: person.id for name, person in people.items()}


SEES_PEOPLE = {
    Role.ADMIN: {"Ani": ANI, "Budi": BUDI, "Siti": SITI},
    Role.KOMINFO: {"Ani": None, "Budi": None, "Siti": None},
    Role.BUPATI: {"Ani": None, "Budi": None, "Siti": None},
    Role.INSPECTOR: {"Ani": None, "Budi": None, "Siti": None},
    Role.OPD_HEAD: {"Budi": BUDI, "Siti": SITI},
    Role.OPD_OPERATOR: {"Siti": SITI},
}
REACH = {Role.OPD_HEAD: frozenset({"KEC", "KEL"}), Role.OPD_OPERATOR: frozenset({"KEC"})}


def caller(api: Api, role: Role) -> Api:
    return api.as_(role, "KEC", reach=REACH.get(role))


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_people_and_full_nips_of_the_own_unit_only(
    api: Api, regency: dict[str, UUID], role: Role
) -> None:
    own = caller(api, role)
    answer = own.get("/v1/asn")
    seen = SEES_PEOPLE.get(role)
    if seen is None:
        assert answer.status_code == 403
        assert own.get(f"/v1/asn/{regency['Siti']}").status_code == 403
        return
    assert {item["name"]: item["nip"] for item in answer.json()["items"]} == seen
    for name, asn_id in regency.items():
        one = own.get(f"/v1/asn/{asn_id}")
        if name in seen:
            assert (one.status_code, one.json()["nip"]) == (200, seen[name])
            assert one.json()["email"] == ("siti@x.id" if name == "Siti" and seen[name] else None)
        else:
            assert (one.status_code, one.json()["code"]) == (404, "asn-not-found")


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_opds_and_machines_no_contacts(api: Api, regency: dict[str, UUID], role: Role) -> None:
    own = caller(api, role)
    answer = own.get("/v1/opd")
    if role in {Role.ASN, Role.ADAPTER, Role.SCREEN}:
        assert answer.status_code == 403
        return
    seen = {item["code"]: item for item in answer.json()["items"]}
    assert set(seen) == set(REACH.get(role, {"KEC", "KEL", "PUPR"}))
    machine = role is Role.READER
    assert (seen["KEC"]["contact"], seen["KEC"]["zoom_email"]) == ((None, None) if machine else ("0811", "kec@x.id"))
    assert (seen["KEC"]["unit_code"], seen["KEC"]["head_name"]) == ("KEC", "Siti")
    assert SITI not in answer.text
    hidden = own.get("/v1/opd/PUPR")
    assert hidden.status_code == (404 if role in REACH else 200)


def test_inspectors_read_an_import_that_they_may_not_make(api: Api, regency: dict[str, UUID]) -> None:
    header = "code,name,short_name,type,parent_code,protocol_order,reports"
    file = {"file": ("opd.csv", f"{header}\nUJI,Uji,Uji,dinas,,9,yes\n")}
    made = api.as_(Role.ADMIN).post("/v1/registry/imports", files=file, data={"kind": "opd"}).json()
    path = f"/v1/registry/imports/{made['id']}"
    assert api.as_(Role.INSPECTOR).get(path).json() == made
    assert api.as_(Role.INSPECTOR).post(f"{path}/apply").status_code == 403
    assert api.as_(Role.KOMINFO).get(path).status_code == 403


@pytest.mark.parametrize("role", set(Role) - {Role.ADMIN})
def test_only_the_personnel_office_writes(api: Api, regency: dict[str, UUID], role: Role) -> None:
    own = caller(api, role)
    assert own.post("/v1/opd", OPD).status_code == 403
    assert own.post("/v1/asn", ASN).status_code == 403
    assert own.patch("/v1/opd/KEC", {"name": "X"}, headers={"if-match": '"1"'}).status_code == 403
    assert own.patch(f"/v1/asn/{regency['Siti']}", {"name": "X"}, headers={"if-match": '"1"'}).status_code == 403


def test_lists_go_page_by_page_and_no_name_stands_in_the_cursor(admin: Api, regency: dict[str, UUID]) -> None:
    names, codes = [], []
    cursor: dict[str, str] = {}
    while True:
        page = admin.get("/v1/asn", params={"limit": 1} | cursor).json()
        names += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        assert page["next_cursor"] == encode_cursor(page["items"][0]["id"])
    assert names == ["Ani", "Budi", "Siti"]
    first = admin.get("/v1/opd", params={"limit": 2}).json()
    rest = admin.get("/v1/opd", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    codes = [item["code"] for item in first["items"] + rest["items"]]
    assert (codes, rest["next_cursor"]) == (["KEC", "KEL", "PUPR"], None)


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", encode_cursor(1 << 40, "KEC"), HALF_A_SIGN, encode_cursor("x"), encode_cursor(1)],
)
def test_a_forged_cursor_is_refused(admin: Api, cursor: str) -> None:
    for path in ("/v1/opd", "/v1/asn"):
        assert admin.get(path, params={"cursor": cursor}).json()["code"] == "bad-cursor"


def test_lists_are_filtered_by_opd_name_and_day(admin: Api, regency: dict[str, UUID], make: Make) -> None:
    make.asn("OLD", "José Ma'ruf", to_date=DAY.replace(year=2025))

    def names(**params: str) -> list[str]:
        return [item["name"] for item in admin.get("/v1/asn", params=params).json()["items"]]

    assert names(opd_code="KEL") == ["Budi"]
    assert names(q="  SI") == ["Siti"]
    assert names(q="%") == []
    assert names(q="jose maruf") == []
    assert names(q="jose maruf", on="2024-01-01") == ["José Ma'ruf"]
    assert [item["code"] for item in admin.get("/v1/opd?on=2024-01-01").json()["items"]][-1] == "OLD"


def test_reading_people_is_on_record_and_a_304_is_not(
    api: Api, regency: dict[str, UUID], run: Run, session: AsyncSession
) -> None:
    head = caller(api, Role.OPD_HEAD)
    head.get("/v1/asn")
    head.get(f"/v1/asn/{regency['Siti']}")
    head.get(f"/v1/asn/{regency['Siti']}", headers={"if-none-match": '"1"'})
    head.get(f"/v1/asn/{uuid4()}")
    head.get("/v1/opd")
    entries = run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    siti, budi = (subject_of(SURROUNDINGS.audit_key, nip) for nip in (SITI, BUDI))
    assert [(entry.action, entry.subjects) for entry in entries] == [
        ("registry.read_asn", sorted([siti, budi])),
        ("registry.read_asn", [siti]),
    ]


@pytest.mark.parametrize(
    ("method", "path", "valid"),
    [
        pytest.param("POST", "/v1/asn", ASN | {"superior_nip": BUDI}, id="a new person"),
        pytest.param("PATCH", "/v1/opd/KEC", {k: v for k, v in OPD.items() if k != "code"}, id="an OPD changed"),
    ],
)
def test_no_field_that_is_written_wrong_answers_5xx(
    admin: Api, regency: dict[str, UUID], method: str, path: str, valid: dict[str, Any]
) -> None:
    headers = {"if-match": '"1"', "content-type": "application/json"}
    for name, body, must in variants(valid):
        # What no field may hold is refused by the strict body, before a room is asked, and tested there.
        if name.partition(": ")[2] not in RAW_LEAVES:
            assert_refused(admin.request(method, path, content=body, headers=headers), must=must)


def test_digits_of_other_scripts_are_no_nip(admin: Api, make: Make) -> None:
    make.opd("DISDIK")
    arabic = SITI.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})
    assert admin.post("/v1/asn", ASN | {"nip": arabic}).json()["code"] == "input-invalid"
