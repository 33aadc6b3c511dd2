"""Two OPDs, every endpoint, every role: what belongs to another OPD is not there, and nobody's illness is told."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.core.principal import HUMAN_ROLES, Role
from app.registry.models import Asn
from tests.client import Api
from tests.monday import claim, naming
from tests.system.endpoints import GETS, WRITES, Endpoint
from tests.system.examples import EXAMPLES
from tests.system.world import OVER, RUNNING, World

HEALTH = {"S", "CS", "CM"}
MACHINES = (Role.READER, Role.SCREEN, Role.ADAPTER)
OUTSIDERS = (Role.BUPATI, Role.KOMINFO, *MACHINES)
"""They may read of every OPD, or of none, and answer for nobody's people."""
STRANGERS = (Role.OPD_HEAD, Role.OPD_OPERATOR)
"""Those of DISDIK, where DINKES is concerned."""
PUBLIC_DIRECTORY = {"GET /v1/opd"}
"""Names the heads of the caller's OPDs; for machines of all, as the board does."""


def one_of(codes: dict[str, int], person: Asn, status: str, mode: str | None = None) -> dict[str, Any]:
    return naming(claim(2, 2 - sum(codes.values()), **codes), (person, status, mode))


@pytest.fixture(scope="module")
def told(monday: World) -> Iterator[World]:
    """DINKES has a person on maternity leave who was seen, and said one sick more than it wrote; SETDA only counts."""
    with monday.undone():
        body = naming(claim(2, 1, CM=1), (monday.rahma, "CM", None)) | {"reason": "nama"}
        operator = monday.as_(Role.OPD_OPERATOR, "DINKES")
        path = f"/v1/apel/{monday.apel.id}"
        assert operator.put(f"{path}/reports/DINKES", body, headers={"if-match": '"1"'}).status_code == 200
        kominfo = monday.as_(Role.KOMINFO)
        assert kominfo.post(f"{path}/turns/DINKES/call").status_code == 200
        spoken = claim(2, 0, S=1, CM=1)
        assert kominfo.post(f"{path}/turns/DINKES/answer", spoken).status_code == 200
        assert monday.as_(Role.OPD_HEAD, "SETDA").put(f"{path}/reports/SETDA", claim(2, 1, S=1)).status_code == 201
        found = monday.as_(Role.ADMIN, at=OVER).get(f"{path}/findings?opd_code=DINKES").json()["items"]
        assert {item["code"] for item in found} >= {"excused-but-connected", "spoken-differs"}
        yield monday


def addresses(world: World, endpoint: Endpoint, opd_code: str) -> Iterator[str]:
    """The endpoint about this OPD's things, with and without asking for it by name."""
    theirs = {
        "apel_id": world.apel.id,
        "opd_code": opd_code,
        "asn_id": (world.rahma if opd_code == "DINKES" else world.siti).id,
        "absence_id": (world.absence if opd_code == "DINKES" else world.proposed).id,
        "day": "2026-12-25",
        "year": 2026,
        "period": "2026-11",
    }
    if not set(endpoint.path_names) <= theirs.keys():
        return
    plain = endpoint.path.format(**theirs)
    yield plain
    asked = {name: value for name, value in theirs.items() if name in endpoint.query_names}
    if endpoint.name == "GET /v1/apel/{apel_id}/attendance":
        for code in HEALTH:
            yield f"{plain}?status={code}"
    for name, value in asked.items():
        yield f"{plain}?{name}={value}"


def answers(world: World, caller: Api, role: Role, opd_code: str = "DINKES") -> Iterator[tuple[str, httpx.Response]]:
    for endpoint in GETS.values():
        if endpoint.roles is not None and role in endpoint.roles:
            for path in addresses(world, endpoint, opd_code):
                yield endpoint.name + path, caller.get(path)


def texts(value: Any) -> Iterator[str]:
    """Every key and text of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


RULES = "GET /v1/policies"
"""Names codes in rules, and nobody whom they were applied to."""


def illnesses(name: str, answer: httpx.Response) -> set[str]:
    return set() if name.startswith(RULES) else set(texts(answer.json())) & HEALTH


@pytest.mark.parametrize("at", [RUNNING, OVER], ids=["while it runs", "when it is over"])
@pytest.mark.parametrize("role", [*OUTSIDERS, *STRANGERS])
def test_nobody_outside_learns_of_an_illness(told: World, role: Role, at: Any) -> None:
    caller = told.as_(role, "DISDIK", at=at)
    for name, answer in answers(told, caller, role):
        if answer.status_code == 200 and answer.headers["content-type"] == "application/json":
            found = set(texts(answer.json()))
            assert not illnesses(name, answer), (name, answer.text)
            assert "BERSALIN" not in answer.text, name
            # What an OPD says aloud, everybody heard; even there leave is one word.
            spoken = "/turns" in name
            assert not any(
                word in text for text in found for word in ("elahirkan", "akit " if not spoken else "ersalin")
            )


@pytest.mark.parametrize("role", [Role.BUPATI, Role.KOMINFO])
def test_a_filter_by_an_illness_finds_nobody_for_outsiders(told: World, role: Role) -> None:
    for code in HEALTH:
        path = f"/v1/apel/{told.apel.id}/attendance?status={code}"
        people = [item for item in told.as_(role, at=OVER).get(path).json()["items"] if item["asn_id"]]
        assert people == []


@pytest.mark.parametrize(("role", "opd_code"), [(Role.ADMIN, None), (Role.INSPECTOR, None), (Role.OPD_HEAD, "DINKES")])
def test_those_who_answer_for_her_see_why_she_is_away(told: World, role: Role, opd_code: str | None) -> None:
    path = f"/v1/apel/{told.apel.id}/attendance?status=CM"
    [item] = told.as_(role, opd_code, at=OVER).get(path).json()["items"]
    assert (item["asn_id"], item["status"]) == (str(told.rahma.id), "CM")


@pytest.mark.parametrize("role", STRANGERS)
def test_another_opds_people_and_things_are_not_there(told: World, role: Role) -> None:
    caller = told.as_(role, "DISDIK", at=OVER)
    hidden = [told.rahma.nip, told.rahma.name, str(told.rahma.id), str(told.gunawan.id), str(told.absence.id)]
    for name, answer in answers(told, caller, role):
        if answer.status_code == 404:
            continue
        assert answer.status_code == 200, (name, answer.text)
        seen = [mark for mark in hidden if mark in answer.text]
        if "/board" in name or "/policies" in name:
            seen = [mark for mark in seen if mark != str(told.gunawan.id)]
        assert not seen, (name, answer.text)


@pytest.mark.parametrize("role", MACHINES)
def test_machines_see_no_nip_and_no_person_but_heads(told: World, role: Role) -> None:
    caller = told.as_(role, at=OVER)
    people = (told.siti, told.budi, told.rahma, told.gunawan)
    heads = {told.siti.id, told.gunawan.id}
    for name, answer in answers(told, caller, role):
        for person in people:
            assert person.nip not in answer.text, name
            assert person.nip[-4:] not in answer.text or "2003" in name, (name, answer.text)
            if person.id not in heads:
                assert person.name not in answer.text, (name, answer.text)
                assert str(person.id) not in answer.text, (name, answer.text)


@pytest.mark.parametrize("role", sorted(HUMAN_ROLES - {Role.ADMIN}))
def test_a_whole_nip_is_for_the_own_unit_and_the_personnel_office(told: World, role: Role) -> None:
    for opd_code, own in (("DISDIK", told.siti), ("DINKES", told.rahma)):
        for name, answer in answers(told, told.as_(role, "DISDIK", at=OVER), role, opd_code):
            shown = own.nip in answer.text
            assert not shown or (role in STRANGERS and opd_code == "DISDIK"), (name, answer.text)


def test_what_was_searched_holds_what_it_must_not_tell(told: World) -> None:
    """The search finds illness, names and NIPs where they may be shown: it would find them elsewhere too."""
    everything = "".join(answer.text for _, answer in answers(told, told.as_(Role.ADMIN, at=OVER), Role.ADMIN))
    assert all(mark in everything for mark in ('"CM"', "BERSALIN", told.rahma.nip, told.rahma.name))


# Writing


OF_AN_OPD = [
    (name, role)
    for name, endpoint in sorted(WRITES.items())
    for role in STRANGERS
    if endpoint.roles and role in endpoint.roles and (endpoint.path_names or "absences" in name)
]


@pytest.mark.parametrize(("name", "role"), OF_AN_OPD)
def test_another_opd_writes_nothing_here(told: World, role: Role, name: str) -> None:
    """The very request that its own people or the offices may send, from an OPD that it does not concern."""
    endpoint = WRITES[name]
    with told.undone():
        example = EXAMPLES[name](told)
        before = told.state()
        stranger = told.api.as_(role, "BAPPEDA").at(example.at)
        answer = stranger.request(endpoint.method, endpoint.path.format(**example.path), **example.options())
        if name.endswith("reports/verify"):
            assert answer.json() == {"verified": [], "left": []}
        else:
            assert answer.status_code in (404, 422), answer.text
        assert told.state() == before


@pytest.mark.parametrize("role", STRANGERS)
def test_the_id_of_another_opds_person_opens_nothing_in_a_body(told: World, role: Role) -> None:
    absence = {"asn_id": str(told.rahma.id), "code": "DL", "from": "2026-12-01", "to": "2026-12-01"}
    before = told.state()
    assert told.as_(role, "DISDIK").post("/v1/absences", absence).status_code == 404
    file = f"nip,code,from,to\n{told.rahma.nip},DL,2026-12-01,2026-12-01\n".encode()
    sent = told.as_(role, "DISDIK").post("/v1/absences/imports", files={"file": ("a.csv", file)})
    assert sent.status_code == 422
    assert told.rahma.name not in sent.text
    assert told.state() == before


@pytest.mark.parametrize("by", ["asn_id", "nip"])
def test_naming_another_opds_person_tells_nothing_and_changes_no_mark_of_theirs(told: World, by: str) -> None:
    with told.undone():
        path = f"/v1/apel/{told.apel.id}"
        admin = told.as_(Role.ADMIN, at=OVER)
        before = admin.get(f"{path}/attendance?opd_code=DINKES").json()["items"]
        who = {"asn_id": str(told.rahma.id)} if by == "asn_id" else {"nip": told.rahma.nip}
        body = claim(3, 2, CS=1) | {"entries_are": "exceptions", "entries": [who | {"status": "CS"}]}
        answer = told.as_(Role.OPD_OPERATOR, "DISDIK").put(f"{path}/reports/DISDIK", body)
        assert answer.status_code == 201, answer.text
        admin = told.as_(Role.ADMIN, at=OVER)
        assert told.rahma.name not in answer.text
        assert told.rahma.nip not in answer.text
        assert admin.get(f"{path}/attendance?opd_code=DINKES").json()["items"] == before
        found = admin.get(f"{path}/findings?opd_code=DISDIK").json()["items"]
        assert "not-on-roster" in {item["code"] for item in found}
        for role in OUTSIDERS:
            caller = told.as_(role, at=OVER)
            for name, seen in answers(told, caller, role, "DISDIK"):
                if seen.headers["content-type"] == "application/json":
                    assert not illnesses(name, seen), (name, seen.text)


def test_a_resolution_of_an_illness_is_told_to_nobody_outside(told: World) -> None:
    with told.undone():
        path = f"/v1/apel/{told.apel.id}"
        body = naming(claim(2, 1, unexplained=1), (told.rahma, "TK", None)) | {"reason": "ralat"}
        rejected = told.as_(Role.ADMIN).patch(
            f"/v1/absences/{told.absence.id}", {"state": "rejected"}, headers={"if-match": '"1"'}
        )
        assert rejected.status_code == 200
        told.as_(Role.OPD_OPERATOR, "DINKES").put(f"{path}/reports/DINKES", body, headers={"if-match": '"2"'})
        admin = told.as_(Role.ADMIN, at=OVER)
        [found] = [
            item
            for item in admin.get(f"{path}/findings").json()["items"]
            if item["code"] == "unexplained-but-connected"
        ]
        decision = {"outcome": "explained", "status": "CS", "note": "Sakit, surat dokter Rahma Wati"}
        assert admin.post(f"/v1/findings/{found['id']}/resolve", decision).json()["resolution"]["status"] == "CS"
        for role in (*OUTSIDERS, *STRANGERS):
            for name, seen in answers(told, told.as_(role, "DISDIK", at=OVER), role):
                if seen.headers["content-type"] == "application/json":
                    assert not illnesses(name, seen), (name, seen.text)
                    assert "dokter" not in seen.text, (name, seen.text)


def test_an_account_reaches_no_further_than_its_maker(told: World) -> None:
    """Kominfo makes accounts of OPDs alone, and OPDs make none."""
    before = told.state()
    for role in (Role.ADMIN, Role.BUPATI, Role.INSPECTOR, Role.KOMINFO):
        body = {"items": [{"username": "mata.mata", "grants": [{"role": role}]}]}
        assert told.as_(Role.KOMINFO).post("/v1/accounts", body).status_code == 403
    mixed = [{"role": "opd_head", "opd_code": "DISDIK"}, {"role": "admin"}]
    answer = told.as_(Role.KOMINFO).post("/v1/accounts", {"items": [{"username": "campur", "grants": mixed}]})
    assert answer.status_code == 403
    assert told.state() == before


def test_kominfo_does_not_touch_accounts_of_offices(told: World) -> None:
    with told.undone():
        body = {"items": [{"username": "kepegawaian", "grants": [{"role": "admin"}]}]}
        made = told.as_(Role.ADMIN).post("/v1/accounts", body).json()["items"][0]
        before = told.state()
        kominfo, path = told.as_(Role.KOMINFO), f"/v1/accounts/{made['id']}"
        assert kominfo.get(path).status_code == 404
        assert "kepegawaian" not in kominfo.get("/v1/accounts").text
        for act in ("reset", "unlock", "end"):
            assert kominfo.post(f"{path}/{act}").status_code == 404
        grants = {"grants": [{"role": "opd_head", "opd_code": "DISDIK"}]}
        assert kominfo.patch(path, grants, headers={"if-match": '"1"'}).status_code == 404
        assert told.state() == before


def test_passwords_and_secrets_are_read_nowhere(told: World) -> None:
    for _, answer in answers(told, told.as_(Role.ADMIN, at=OVER), Role.ADMIN):
        assert "argon2" not in answer.text
        if answer.headers["content-type"] == "application/json":
            assert not {"password", "password_hash", "secret_sha256"} & set(texts(json.loads(answer.text)))
