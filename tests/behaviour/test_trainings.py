"""Competence development: what was held, who attended, and who reached the hours that are due."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.behaviour.models import TrainingAttendance
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.behaviour.words import put_in_force
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
PATH = "/v1/behaviour/trainings"
MOJOKERTO = {
    "title": "Pengembangan Kompetensi ASN eselon II dan III",
    "organiser": "Pemerintah Kota Mojokerto",
    "place": "Kota Batu",
    "from": "2024-01-31",
    "to": "2024-02-01",
    "hours": 16,
}


@pytest.fixture
def people(make: Make) -> list[Asn]:
    make.opd("DISDIK")
    make.opd("PUPR")
    return [make.asn("DISDIK", "Budi"), make.asn("DISDIK", "Citra"), make.asn("PUPR", "Dodi")]


def hold(api: Api, **other: Any) -> dict[str, Any]:
    made = api.as_(Role.ADMIN).post(PATH, MOJOKERTO | other)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def attend(api: Api, training: dict[str, Any], *items: dict[str, Any], version: int | None = 1) -> httpx.Response:
    headers = {} if version is None else {"if-match": f'"{version}"'}
    path = f"{PATH}/{training['id']}/attendances"
    return api.as_(Role.ADMIN).put(path, {"items": list(items)}, headers=headers)


def send(api: Api, training: dict[str, Any], content: str, *, preview: bool = False) -> httpx.Response:
    file = {"file": ("hadir.csv", content.encode())}
    form = {"preview": str(preview).lower()}
    return api.as_(Role.ADMIN).post(f"{PATH}/{training['id']}/imports", files=file, data=form)


def himself(api: Api, person: Asn) -> Api:
    return api.by(Principal(person.id, "asn", (Grant(Role.ASN, None, frozenset()),), person.id))


def test_a_training_is_written_down_attended_and_counted(api: Api, people: list[Asn]) -> None:
    budi, citra, dodi = people
    training = hold(api)
    assert training == MOJOKERTO | {"id": training["id"], "attended": 0, "missed": 0, "version": 1}
    kept = attend(
        api,
        training,
        {"asn_id": str(budi.id), "attended": True},
        {"nip": citra.nip, "attended": True, "hours": 8},
        {"nip": dodi.nip, "attended": False},
    )
    assert (kept.status_code, kept.headers["etag"]) == (200, '"2"')
    assert kept.json() == {"rows": 3, "changed": 3, "unchanged": 0, "version": 2, "preview": False}
    read = api.as_(Role.BUPATI).get(f"{PATH}/{training['id']}")
    assert (read.json(), read.headers["etag"]) == (training | {"attended": 2, "missed": 1, "version": 2}, '"2"')
    assert api.as_(Role.ADMIN).get(f"{PATH}/{training['id']}/attendances").json() == {
        "items": [
            {"asn_id": str(person.id), "name": person.name, "nip_masked": "*" * 14 + person.nip[-4:]}
            | {"opd_code": opd_code, "attended": attended, "hours": hours}
            for person, opd_code, attended, hours in (
                (budi, "DISDIK", True, 16),
                (citra, "DISDIK", True, 8),
                (dodi, "PUPR", False, 0),
            )
        ],
        "next_cursor": None,
    }
    own = himself(api, citra).get(f"/v1/behaviour/asn/{citra.id}/trainings?year=2024").json()
    assert own == {
        "asn_id": str(citra.id),
        "year": 2024,
        "policy": "apel-dasar@1",
        "hours": 8,
        "due": 20,
        "reached": False,
        "items": [
            {"training_id": training["id"], "title": MOJOKERTO["title"], "organiser": MOJOKERTO["organiser"]}
            | {"from": "2024-01-31", "to": "2024-02-01", "attended": True, "hours": 8}
        ],
        "lines": [
            {
                "rule": "behaviour.training_hours",
                "policy": "apel-dasar@1",
                "text": "8 JP pengembangan kompetensi dari 20 JP untuk tahun 2024.",
                "facts": {"hours": 8, "due": 20, "year": 2024, "base": None, "verified": False}
                | {"source": "SE MenPANRB 20/2021 (BerAKHLAK); PermenPANRB 6/2022; PP 11/2017 Ps 203"},
                "evidence": [
                    {"kind": "training", "id": training["id"], "href": f"/v1/behaviour/trainings/{training['id']}"}
                ],
            }
        ],
    }


def test_the_year_of_the_last_day_counts_and_missed_hours_do_not(api: Api, people: list[Asn]) -> None:
    budi = people[0]
    turn = hold(api, **{"from": "2025-12-30", "to": "2026-01-02", "hours": 30})
    missed = hold(api, **{"from": "2026-03-02", "to": "2026-03-02", "hours": 8})
    attend(api, turn, {"asn_id": str(budi.id), "attended": True})
    attend(api, missed, {"asn_id": str(budi.id), "attended": False})

    def hours(year: int) -> tuple[int, bool, list[int]]:
        body = himself(api, budi).get(f"/v1/behaviour/asn/{budi.id}/trainings?year={year}").json()
        return body["hours"], body["reached"], [item["hours"] for item in body["items"]]

    assert hours(2025) == (0, False, [])
    assert hours(2026) == (30, True, [30, 0])
    listed = api.as_(Role.ADMIN).get(f"{PATH}?year=2026").json()["items"]
    assert [training["id"] for training in listed] == [missed["id"], turn["id"]]
    page = api.as_(Role.ADMIN).get(f"{PATH}?limit=1").json()
    rest = api.as_(Role.ADMIN).get(f"{PATH}?limit=1&cursor={page['next_cursor']}").json()
    assert [item["id"] for item in page["items"] + rest["items"]] == [missed["id"], turn["id"]]


def test_an_opd_is_told_as_a_share_of_all_its_asn(api: Api, people: list[Asn], make: Make) -> None:
    part_time = make.asn("DISDIK", "Eka", employment_type="PPPK_PW")
    training = hold(api, **{"from": "2026-03-02", "to": "2026-03-06", "hours": 20})
    attend(
        api,
        training,
        {"asn_id": str(people[0].id), "attended": True},
        {"asn_id": str(people[1].id), "attended": True, "hours": 19},
        {"asn_id": str(part_time.id), "attended": False},
    )
    for role in (Role.BUPATI, Role.READER):
        body = api.as_(role).get("/v1/behaviour/opd/DISDIK/trainings?year=2026").json()
        assert body == {
            "opd_code": "DISDIK",
            "year": 2026,
            "policy": "apel-dasar@1",
            "due": 20,
            "reached": {"numerator": 1, "denominator": 3, "excluded": {}, "percent": 33.33},
            "counted": ["PNS", "CPNS", "PPPK", "PPPK_PW"],
        }
    put_in_force(api, behaviour=None)
    body = api.as_(Role.BUPATI).get("/v1/behaviour/opd/DISDIK/trainings").json()
    assert (body["due"], body["reached"]["denominator"]) == (None, 0)
    own = himself(api, people[0]).get(f"/v1/behaviour/asn/{people[0].id}/trainings").json()
    assert (own["hours"], own["due"], own["reached"], own["lines"]) == (20, None, None, [])
    assert api.as_(Role.OPD_HEAD, "PUPR").get("/v1/behaviour/opd/DISDIK/trainings").status_code == 404


def test_what_was_said_is_corrected_under_its_version_and_kept(
    api: Api, people: list[Asn], session: AsyncSession, run: Run
) -> None:
    budi, training = people[0], hold(api)
    present, absent = ({"asn_id": str(budi.id), "attended": said} for said in (True, False))
    assert attend(api, training, present, version=None).status_code == 428
    assert attend(api, training, present).status_code == 200
    same = attend(api, training, present | {"hours": 16}, version=None)
    assert (same.status_code, same.json()["unchanged"], same.json()["version"]) == (200, 1, 2)
    assert attend(api, training, absent).status_code == 412
    assert attend(api, training, absent, version=2).status_code == 200
    query = select(TrainingAttendance.version, TrainingAttendance.attended).order_by(TrainingAttendance.version)
    assert [tuple(row) for row in run(session.execute(query))] == [(2, True), (3, False)]
    body = himself(api, budi).get(f"/v1/behaviour/asn/{budi.id}/trainings?year=2024").json()
    assert (body["hours"], len(body["items"])) == (0, 1)


def test_a_training_is_corrected_and_the_record_says_what_it_was(
    api: Api, people: list[Asn], session: AsyncSession, run: Run
) -> None:
    admin, training = api.as_(Role.ADMIN), hold(api)
    path = f"{PATH}/{training['id']}"
    assert admin.patch(path, {"hours": 16, "title": None}).status_code == 200, "what holds needs no version"
    assert admin.patch(path, {"hours": 12}).status_code == 428
    changed = admin.patch(path, {"hours": 12, "place": None}, headers={"if-match": '"1"'})
    assert (changed.json(), changed.headers["etag"]) == (training | {"hours": 12, "place": None, "version": 2}, '"2"')
    attend(api, training, {"nip": people[0].nip, "attended": True, "hours": 10}, version=2)
    refused = admin.patch(path, {"hours": 9}, headers={"if-match": '"3"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "training-too-short")
    refused = admin.patch(path, {"to": "2024-01-30"}, headers={"if-match": '"3"'})
    assert (refused.status_code, refused.json()["code"]) == (422, "training-days-reversed")
    assert admin.post(PATH, MOJOKERTO | {"to": "2024-01-30"}).json()["code"] == "training-days-reversed"
    assert admin.patch(f"{PATH}/{uuid4()}", {"hours": 9}).json()["code"] == "training-not-found"
    said = run(session.execute(select(AuditEntry.action, AuditEntry.subjects, AuditEntry.detail)))
    told = {action: (subjects, detail) for action, subjects, detail in said if action.startswith("behaviour.")}
    assert told["behaviour.change_training"] == ([], {"before": {"hours": 16, "place": "Kota Batu"}})
    assert told["behaviour.write_attendances"] == (
        [subject_of(SURROUNDINGS.audit_key, people[0].nip)],
        {"people": 1, "version": 3},
    )


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        pytest.param({"nip": "199912312020012001", "attended": True}, "/items/1", id="an unknown NIP"),
        pytest.param({"asn_id": str(uuid4()), "attended": True}, "/items/1", id="an unknown id"),
        pytest.param({"nip": "{first}", "attended": True}, "/items/1", id="somebody twice"),
        pytest.param({"nip": "{other}", "attended": True, "hours": 17}, "/items/1/hours", id="more than it lasted"),
        pytest.param({"nip": "{other}", "attended": False, "hours": 3}, "/items/1", id="hours of the absent"),
        pytest.param({"attended": True}, "/items/1", id="nobody named"),
    ],
)
def test_one_wrong_person_and_nobody_is_kept(
    api: Api, people: list[Asn], session: AsyncSession, run: Run, item: dict[str, Any], pointer: str
) -> None:
    training = hold(api)
    named = {"{first}": people[0].nip, "{other}": people[1].nip}
    wrong = item | ({"nip": named.get(item["nip"], item["nip"])} if "nip" in item else {})
    refused = attend(api, training, {"asn_id": str(people[0].id), "attended": True}, wrong)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert list(run(session.scalars(select(TrainingAttendance.version)))) == []


def test_a_file_of_attendance_is_kept_once(api: Api, people: list[Asn], session: AsyncSession, run: Run) -> None:
    training = hold(api)
    file = f"NIP;Hadir;JP\n{people[0].nip};ya;\n{people[1].nip};;8\n{people[2].nip};tidak;\n"
    counts = {"rows": 3, "changed": 3, "unchanged": 0, "version": 1, "preview": True}
    assert send(api, training, file, preview=True).json() == counts
    assert list(run(session.scalars(select(TrainingAttendance.version)))) == []
    first = send(api, training, file)
    assert (first.status_code, first.json()) == (201, counts | {"version": 2, "preview": False})
    again = {"rows": 3, "changed": 0, "unchanged": 3, "version": 2, "preview": False}
    assert send(api, training, file).json() == again
    query = select(TrainingAttendance.attended, TrainingAttendance.hours).order_by(TrainingAttendance.asn_id)
    assert [tuple(row) for row in run(session.execute(query))] == [(True, None), (True, 8), (False, None)]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        pytest.param("{first};ya;", "nip", id="somebody twice"),
        pytest.param("199912312020012001;ya;", "nip", id="an unknown NIP"),
        pytest.param("{other};mungkin;", "attended", id="neither yes nor no"),
        pytest.param("{other};ya;17", "hours", id="more than it lasted"),
        pytest.param("{other};ya;0", "hours", id="no hours at all"),
        pytest.param("{other};tidak;3", "hours", id="hours of the absent"),
    ],
)
def test_one_wrong_row_and_nobody_is_imported(
    api: Api, people: list[Asn], session: AsyncSession, run: Run, line: str, place: str
) -> None:
    said = line.format(first=people[0].nip, other=people[1].nip)
    refused = send(api, hold(api), f"nip;hadir;jp\n{people[0].nip};ya;\n{said}\n")
    assert (refused.status_code, refused.json()["code"]) == (422, "training-attendance-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/3/{place}"]
    assert list(run(session.scalars(select(TrainingAttendance.version)))) == []


def test_other_headers_are_told_once(api: Api, people: list[Asn]) -> None:
    training, admin, path = hold(api), api.as_(Role.ADMIN), f"{PATH}/imports/mapping"
    file = f"Nomor Pegawai\n{people[0].nip}\n"
    assert send(api, training, file).json()["code"] == "columns-missing"
    told = {"headers": {"Nomor Pegawai": "nip"}}
    assert admin.put(path, told).json() == told
    assert admin.get(path).json() == told
    assert send(api, training, file).json()["changed"] == 1


def test_a_head_sees_the_own_people_only(api: Api, people: list[Asn], make: Make) -> None:
    moved = make.asn("DISDIK", "Fajar", to_date=date(2024, 1, 15))
    training = hold(api)
    named = [{"asn_id": str(person.id), "attended": True} for person in (*people, moved)]
    attend(api, training, *named)
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    seen = head.get(f"{PATH}/{training['id']}/attendances").json()["items"]
    assert [one["name"] for one in seen] == ["Budi", "Citra"]
    assert head.get(f"{PATH}/{training['id']}").json()["attended"] == 2
    assert head.get(PATH).json()["items"][0]["attended"] == 2
    everybody = api.as_(Role.ADMIN).get(f"{PATH}/{training['id']}/attendances").json()["items"]
    assert [(one["name"], one["opd_code"]) for one in everybody][-1] == ("Fajar", None)
    assert himself(api, people[0]).get(f"/v1/behaviour/asn/{people[1].id}/trainings").status_code == 404
    assert head.get(f"/v1/behaviour/asn/{people[2].id}/trainings").status_code == 404
    for role in (Role.OPD_HEAD, Role.INSPECTOR, Role.BUPATI):
        assert api.as_(role, "DISDIK").post(PATH, MOJOKERTO).status_code == 403


def test_statements_do_not_depend_on_the_number_of_rows(
    api: Api, people: list[Asn], make: Make, engine: AsyncEngine
) -> None:
    many = [make.asn(name=f"Orang {n}") for n in range(40)]
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(number: int) -> int:
        training = hold(api)
        file = "nip\n" + "".join(f"{one.nip}\n" for one in many[:number])
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            assert send(api, training, file).json()["changed"] == number
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        return len(counted)

    assert statements(2) == statements(40)
