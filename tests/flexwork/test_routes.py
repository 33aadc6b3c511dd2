"""Orders over HTTP: proposed, confirmed, revoked, evaluated; and the absences that they make and take back."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Role
from app.core.stale import Stale, StaleWorkdays
from app.duty.models import Absence
from app.flexwork import service
from app.registry.models import Asn, Assignment
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.flexwork.orders import ORDER, PATH, confirm, naming, propose
from tests.make import DAY, MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
V1 = {"if-match": '"1"'}
NOON = "2026-11-22T23:30:00Z"


def day(number: int) -> date:
    """A day of the week of the tests: 1 is Monday 23 November 2026."""
    return DAY + timedelta(days=number - 1)


def absences(session: AsyncSession, run: Run, person: Asn) -> list[tuple[Any, ...]]:
    query = select(Absence.code, Absence.state, Absence.from_date, Absence.to_date, Absence.letter_no)
    rows = run(session.execute(query.where(Absence.asn_id == person.id).order_by(Absence.from_date, Absence.id)))
    return [tuple(row) for row in rows]


def wfa(first: int, last: int, state: str = "confirmed") -> tuple[Any, ...]:
    return ("WFA", state, day(first), day(last), "800/1/DISDIK/2026")


def revoke(api: Api, order: dict[str, Any], first: int, **more: Any) -> httpx.Response:
    body = {"from": str(day(first)), "reason": "Dipanggil kembali"} | more
    return api.as_(Role.ADMIN).post(f"{PATH}/{order['id']}/revoke", body)


async def move(session: AsyncSession, person: Asn, opd_code: str, first: date) -> None:
    """Have a person serve elsewhere from a day on."""
    here = (await session.scalars(select(Assignment).where(Assignment.asn_id == person.id))).one()
    here.to_date = first - timedelta(days=1)
    post = {"position": "Pelaksana", "work_pattern": "5", "apel_duty": True}
    session.add(Assignment(asn_id=person.id, opd_code=opd_code, from_date=first, **post))
    await session.commit()


def test_an_operator_proposes_and_the_head_confirms(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    operator, head = api.as_(Role.OPD_OPERATOR, "DISDIK"), api.as_(Role.OPD_HEAD, "DISDIK")
    made = operator.post(PATH, naming(siti))
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    proposed = made.json()
    order_id, by = proposed["id"], proposed["proposed_by"]
    assert proposed == {
        "id": order_id,
        "number": "800/1/DISDIK/2026",
        "date": "2026-11-20",
        "signatory": "Kepala Dinas Pendidikan",
        "from": "2026-11-23",
        "to": "2026-11-27",
        "mode": "location",
        "place": {"kind": "service_post", "name": "Balai RW 05", "note": None},
        "weekdays": None,
        "target": "20 berkas per hari",
        "legal_basis": "PermenPANRB 4/2025",
        "evaluation_on": None,
        "state": "proposed",
        "people": 1,
        "proposed_by": by,
        "proposed_at": NOON,
        "confirmed_by": None,
        "confirmed_at": None,
        "revoked": None,
        "evaluations": [],
        "version": 1,
        "kept": [],
        "doubts": [],
    }
    assert absences(session, run, siti) == [], "a proposal sends nobody anywhere"
    assert operator.post(f"{PATH}/{order_id}/confirm").json()["code"] == "only-head-orders"
    done = head.post(f"{PATH}/{order_id}/confirm")
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    confirmed = proposed | {"state": "confirmed", "confirmed_at": NOON, "version": 2}
    assert done.json() == confirmed | {"confirmed_by": done.json()["confirmed_by"]}
    assert absences(session, run, siti) == [wfa(1, 5)]
    read = operator.get(f"{PATH}/{order_id}")
    assert read.headers["etag"] == '"2"'
    assert read.json() == {name: value for name, value in done.json().items() if name not in ("kept", "doubts")}


def test_the_absence_tells_which_order_made_it(api: Api, siti: Asn) -> None:
    order = confirm(api, siti)
    [absence] = api.as_(Role.ADMIN).get("/v1/absences").json()["items"]
    told = ("order_id", "letter_no", "letter_date", "code", "state")
    assert [absence[name] for name in told] == [order["id"], order["number"], order["date"], "WFA", "confirmed"]


def test_confirming_marks_what_rests_on_these_days_as_stale(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    confirm(api, siti, budi)
    assert [tuple(row) for row in run(session.execute(select(Stale.from_date, Stale.to_date)))] == [(day(1), day(5))]
    assert set(run(session.scalars(select(StaleWorkdays.asn_id)))) == {siti.id, budi.id}


def test_confirming_again_changes_nothing(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    order = confirm(api, siti)
    again = api.as_(Role.ADMIN).post(f"{PATH}/{order['id']}/confirm")
    assert (again.status_code, again.json()) == (200, order)
    assert absences(session, run, siti) == [wfa(1, 5)]


def test_days_of_the_week_split_the_absences(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    confirm(api, siti, weekdays=[5, 1, 2], to=str(day(9)))
    assert absences(session, run, siti) == [wfa(1, 2), wfa(5, 5), wfa(8, 9)]


def test_a_person_with_another_confirmed_absence_keeps_it_and_it_is_told(
    api: Api, siti: Asn, budi: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    make.absence(siti, "CT", from_date=day(2), to_date=day(3), letter_no="CT 1")
    make.absence(siti, "DL", from_date=day(5), to_date=day(12), letter_no="ST 1")
    make.absence(budi, "DL", from_date=day(1), to_date=day(5), state="proposed")
    order = confirm(api, siti, budi)
    assert order["kept"] == [
        {"asn_id": str(siti.id), "from": str(day(2)), "to": str(day(3)), "code": "CT"},
        {"asn_id": str(siti.id), "from": str(day(5)), "to": str(day(5)), "code": "DL"},
    ]
    assert absences(session, run, siti) == [
        wfa(1, 1),
        ("CT", "confirmed", day(2), day(3), "CT 1"),
        wfa(4, 4),
        ("DL", "confirmed", day(5), day(12), "ST 1"),
    ]
    assert wfa(1, 5) in absences(session, run, budi), "a proposal takes no day"


@pytest.mark.parametrize("mode", ["shift", "dynamic"])
def test_an_order_of_hours_makes_no_absence(api: Api, siti: Asn, session: AsyncSession, run: Run, mode: str) -> None:
    order = confirm(api, siti, mode=mode)
    assert (order["state"], absences(session, run, siti)) == ("confirmed", [])


def test_revoking_ends_what_the_order_made_from_the_day_on_and_nothing_else(
    api: Api, siti: Asn, budi: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    make.absence(budi, "WFA", from_date=day(3), to_date=day(5), letter_no="800/9")
    order = confirm(api, siti, budi, weekdays=[1, 2, 3, 5])
    done = revoke(api, order, 3)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["version"]) == ("revoked", 3)
    revoked = done.json()["revoked"]
    assert UUID(revoked.pop("by"))
    assert revoked == {"from": str(day(3)), "reason": "Dipanggil kembali", "at": NOON}
    assert absences(session, run, siti) == [wfa(1, 2), wfa(5, 5, "rejected")]
    assert absences(session, run, budi) == [wfa(1, 2), ("WFA", "confirmed", day(3), day(5), "800/9")]
    spans = [tuple(row) for row in run(session.execute(select(Stale.from_date, Stale.to_date).order_by(Stale.id)))]
    assert spans[-1] == (day(3), day(5))


def test_revoking_again_from_a_later_day_changes_nothing_and_from_an_earlier_one_does(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    order = confirm(api, siti)
    first = revoke(api, order, 4).json()
    for later in (4, 5):
        assert revoke(api, order, later).json() == first
    assert absences(session, run, siti) == [wfa(1, 3)]
    assert revoke(api, order, 2).json()["revoked"]["from"] == str(day(2))
    assert absences(session, run, siti) == [wfa(1, 1)]


def test_days_that_have_passed_stay(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    order = confirm(api, siti)
    late = api.at(MONDAY + timedelta(days=2))
    refused = revoke(late, order, 2)
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-day-passed")
    assert str(day(3)) in refused.json()["detail"]
    ended = late.as_(Role.ADMIN).post(
        f"{PATH}/{order['id']}/people/end",
        {"people": [{"asn_id": str(siti.id)}], "from": str(day(1)), "reason": "x"},
    )
    assert ended.json()["code"] == "flex-day-passed"
    assert absences(session, run, siti) == [wfa(1, 5)]


@pytest.mark.parametrize("first", [0, 6], ids=["before it begins", "after it ends"])
def test_an_order_cannot_end_on_a_day_that_it_does_not_hold(api: Api, siti: Asn, first: int) -> None:
    refused = revoke(api, propose(api, siti), first)
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-day-outside")


def test_a_withdrawn_proposal_is_confirmed_and_changed_no_more(api: Api, siti: Asn) -> None:
    order = propose(api, siti)
    withdrawn = api.as_(Role.OPD_OPERATOR, "DISDIK").post(
        f"{PATH}/{order['id']}/revoke", {"from": str(day(1)), "reason": "salah nomor"}
    )
    assert withdrawn.json()["state"] == "revoked"
    admin = api.as_(Role.ADMIN)
    assert admin.post(f"{PATH}/{order['id']}/confirm").json()["code"] == "flex-order-revoked"
    changed = admin.patch(f"{PATH}/{order['id']}", {"number": "2"}, headers={"if-match": '"2"'})
    assert changed.json()["code"] == "flex-order-decided"


def test_a_proposal_is_corrected_under_its_version(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    order = propose(api, siti, weekdays=[1])
    operator, path = api.as_(Role.OPD_OPERATOR, "DISDIK"), f"{PATH}/{order['id']}"
    body = {"to": str(day(2)), "weekdays": None, "place": {"kind": "home", "name": "Rumah"}}
    assert operator.patch(path, body).json()["code"] == "version-required"
    assert operator.patch(path, body, headers={"if-match": '"7"'}).json()["code"] == "version-mismatch"
    changed = operator.patch(path, body, headers=V1)
    place = {"kind": "home", "name": "Rumah", "note": None}
    assert changed.json() == order | {"to": str(day(2)), "weekdays": None, "place": place, "version": 2}
    same = operator.patch(path, body)
    assert (same.status_code, same.json()) == (200, changed.json()), "what already holds needs no version"
    reversed_days = operator.patch(path, {"to": "2026-11-01"}, headers={"if-match": '"2"'})
    assert reversed_days.json()["code"] == "flex-days-invalid"
    api.as_(Role.ADMIN).post(f"{path}/confirm")
    assert absences(session, run, siti) == [wfa(1, 2)]
    decided = api.as_(Role.ADMIN).patch(path, {"number": "2"}, headers={"if-match": '"3"'})
    assert (decided.status_code, decided.json()["code"]) == (409, "flex-order-decided")


@pytest.mark.parametrize(
    "days",
    [{"from": "2026-11-28"}, {"to": "2027-11-24"}],
    ids=["the last day comes first", "longer than a year"],
)
def test_days_that_are_not_of_one_order_are_refused(api: Api, siti: Asn, days: dict[str, str]) -> None:
    refused = api.as_(Role.ADMIN).post(PATH, naming(siti, **days))
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-days-invalid")


@pytest.mark.parametrize(
    "wrong",
    [{"weekdays": [0]}, {"weekdays": [1, 1]}, {"weekdays": []}, {"target": " "}, {"mode": "wfa"}, {"place": None}],
    ids=["no such day", "a day twice", "no day", "no target", "another mode", "no place"],
)
def test_what_is_no_order_is_refused(api: Api, siti: Asn, wrong: dict[str, Any]) -> None:
    assert api.as_(Role.ADMIN).post(PATH, naming(siti, **wrong)).json()["code"] == "input-invalid"


def test_an_order_without_people_is_confirmed_only_once_somebody_is_on_it(api: Api, siti: Asn) -> None:
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    path = f"{PATH}/{head.post(PATH, ORDER).json()['id']}"
    empty = head.post(f"{path}/confirm")
    assert (empty.status_code, empty.json()["code"]) == (409, "flex-order-holds-nobody")
    assert head.get(path).json()["state"] == "proposed"
    assert api.as_(Role.OPD_HEAD, "DISDIK").get(path).status_code == 404, "nobody else's yet"
    assert head.post(f"{path}/people", {"people": [{"nip": siti.nip}]}).json()["people"] == 1
    assert head.post(f"{path}/confirm").json()["state"] == "confirmed"


def test_two_confirmed_orders_never_send_a_person_to_two_places(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    confirm(api, siti, weekdays=[2, 4])
    other = propose(api, siti, budi, number="800/2", to=str(day(3)))
    refused = api.as_(Role.ADMIN).post(f"{PATH}/{other['id']}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "flex-orders-overlap")
    detail = f"Perintah 800/1/DISDIK/2026 sudah menempatkan orang ini dari {day(2)} sampai {day(2)}."
    assert refused.json()["errors"] == [{"pointer": f"/people/{siti.id}", "detail": detail}]
    assert absences(session, run, budi) == [], "all of them or none"
    apart = confirm(api, siti, number="800/3", weekdays=[1, 3, 5])
    assert apart["state"] == "confirmed"
    hours = confirm(api, siti, number="800/4", mode="dynamic")
    assert hours["state"] == "confirmed", "other hours are no other place"


def test_a_revoked_order_leaves_its_days_to_another(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    revoke(api, confirm(api, siti), 3)
    confirm(api, siti, number="800/2", **{"from": str(day(3))})
    assert absences(session, run, siti) == [wfa(1, 2), ("WFA", "confirmed", day(3), day(5), "800/2")]


def test_people_are_written_on_and_taken_off_a_confirmed_order_with_their_days(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    path = f"{PATH}/{confirm(api, siti)['id']}"
    operator, head = api.as_(Role.OPD_OPERATOR, "DISDIK"), api.as_(Role.OPD_HEAD, "DISDIK")
    added = {"people": [{"nip": budi.nip, "from": str(day(2)), "to": str(day(4)), "place": "Balai RW 06"}]}
    assert operator.post(f"{path}/people", added).json()["code"] == "only-head-orders"
    assert head.post(f"{path}/people", added).json()["version"] == 3
    assert head.post(f"{path}/people", added).json()["version"] == 3, "the same people change nothing"
    assert absences(session, run, budi) == [wfa(2, 4)]
    ended = {"people": [{"nip": budi.nip}], "from": str(day(3)), "reason": "Sakit"}
    assert operator.post(f"{path}/people/end", ended).json()["code"] == "only-head-orders"
    for _ in range(2):
        assert head.post(f"{path}/people/end", ended).json()["version"] == 4
    assert absences(session, run, budi) == [wfa(2, 2)]
    assert absences(session, run, siti) == [wfa(1, 5)]
    items = head.get(f"{path}/people").json()["items"]
    ended_of_budi = items[1].pop("ended")
    assert (ended_of_budi["from"], ended_of_budi["reason"]) == (str(day(3)), "Sakit")
    person = {"opd_code": "DISDIK", "added_at": NOON}
    assert items == [
        person
        | {"asn_id": str(siti.id), "nip": siti.nip, "nip_masked": "*" * 14 + siti.nip[-4:], "name": "Siti Aminah"}
        | {"from": str(day(1)), "to": str(day(5)), "place": "Balai RW 05", "ended": None},
        person
        | {"asn_id": str(budi.id), "nip": budi.nip, "nip_masked": "*" * 14 + budi.nip[-4:], "name": "Budi Santoso"}
        | {"from": str(day(2)), "to": str(day(4)), "place": "Balai RW 06"},
    ]
    again = {"people": [{"nip": budi.nip, "from": str(day(4))}]}
    head.post(f"{path}/people", again)
    assert absences(session, run, budi) == [wfa(2, 2), wfa(4, 5)]


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"from": "2026-11-22"}, "berlaku dari 2026-11-23"),
        ({"from": "2026-11-26", "to": "2026-11-25"}, "berlaku dari 2026-11-23"),
        ({"from": "2026-11-24"}, "Sudah tercatat lain"),
        ({"place": "Balai RW 07"}, "Sudah tercatat lain"),
    ],
    ids=["before the order", "days reversed", "with other days", "at another place"],
)
def test_nobody_is_written_on_while_one_does_not_fit(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run, person: dict[str, str], code: str
) -> None:
    path = f"{PATH}/{confirm(api, siti)['id']}/people"
    body = {"people": [{"nip": budi.nip}, {"nip": siti.nip} | person]}
    refused = api.as_(Role.ADMIN).post(path, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-people-refused")
    [error] = refused.json()["errors"]
    assert error["pointer"] == "/people/1"
    assert code in error["detail"]
    assert absences(session, run, budi) == []


def test_people_of_another_opd_are_unknown_to_a_head(api: Api, siti: Asn, rahma: Asn) -> None:
    refused = api.as_(Role.OPD_HEAD, "DISDIK").post(PATH, naming(siti, rahma))
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-people-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/people/1"]
    assert rahma.name not in refused.text
    assert api.as_(Role.ADMIN).get(PATH).json()["items"] == []


def test_an_order_of_several_opds_is_changed_by_the_personnel_office_alone(
    api: Api, siti: Asn, rahma: Asn, session: AsyncSession, run: Run
) -> None:
    order = propose(api, siti, rahma)
    path, head = f"{PATH}/{order['id']}", api.as_(Role.OPD_HEAD, "DISDIK")
    seen = head.get(path).json()
    assert seen["people"] == 1
    assert [item["name"] for item in head.get(f"{path}/people").json()["items"]] == ["Siti Aminah"]
    for act, body in (
        ("confirm", None),
        ("revoke", {"from": str(day(1)), "reason": "x"}),
        ("people", {"people": [{"nip": siti.nip}]}),
    ):
        refused = head.post(f"{path}/{act}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "flex-order-reaches-further"), act
    assert absences(session, run, siti) == []


def test_a_head_keeps_the_order_of_somebody_who_has_moved_on(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    order = confirm(api, siti)

    run(move(session, siti, "DINKES", day(3)))
    for opd_code in ("DISDIK", "DINKES"):
        assert api.as_(Role.OPD_HEAD, opd_code).get(f"{PATH}/{order['id']}").status_code == 200
    ended = api.as_(Role.OPD_HEAD, "DISDIK").post(
        f"{PATH}/{order['id']}/revoke", {"from": str(day(3)), "reason": "Pindah"}
    )
    assert ended.json()["state"] == "revoked"
    assert absences(session, run, siti) == [wfa(1, 2)]


def test_an_illness_of_somebody_who_has_moved_on_is_not_told_to_the_former_head(
    api: Api, siti: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    run(move(session, siti, "DINKES", day(3)))
    make.absence(siti, "S", from_date=day(1), to_date=day(1))
    make.absence(siti, "CS", from_date=day(4), to_date=day(4))
    order = propose(api, siti)

    def told(caller: Api) -> list[str]:
        return [one["code"] for one in caller.post(f"{PATH}/{order['id']}/confirm").json()["kept"]]

    assert told(api.as_(Role.OPD_HEAD, "DISDIK")) == ["S", "excused"]
    assert told(api.as_(Role.ADMIN)) == ["S", "CS"]


def test_an_order_that_would_make_too_many_absences_is_refused(
    api: Api, siti: Asn, session: AsyncSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_SPANS", 1)
    order = propose(api, siti, weekdays=[1, 3])
    refused = api.as_(Role.ADMIN).post(f"{PATH}/{order['id']}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (422, "flex-too-many-spans")
    assert absences(session, run, siti) == []


@pytest.mark.parametrize(
    ("kind", "mode", "doubted"),
    [
        ("puskesmas", "location", True),
        ("rsud", "location", True),
        ("satpol_pp", "location", True),
        ("sekolah", "location", True),
        ("dinas", "location", False),
        ("puskesmas", "shift", False),
    ],
)
def test_sending_away_who_serves_the_public_is_doubted_and_never_refused(
    api: Api, siti: Asn, make: Make, kind: str, mode: str, doubted: bool
) -> None:
    make.opd("LAYANAN", type=kind)
    nurse = make.asn("LAYANAN", "Ani")
    order = confirm(api, siti, nurse, mode=mode)
    assert order["state"] == "confirmed"
    assert [(one["asn_id"], one["code"]) for one in order["doubts"]] == (
        [(str(nurse.id), "direct-service")] if doubted else []
    )
    if doubted:
        english = {"accept-language": "en"}
        again = api.as_(Role.ADMIN).post(f"{PATH}/{order['id']}/confirm", headers=english).json()["doubts"]
        assert again[0]["text"].startswith(f"Serves the public directly ({kind})")
        assert order["doubts"][0]["text"].startswith(f"Bertugas di pelayanan langsung ({kind})")


def test_an_evaluation_is_kept_once_and_the_last_word_counts(api: Api, siti: Asn) -> None:
    order = propose(api, siti)
    head, path = api.as_(Role.OPD_HEAD, "DISDIK"), f"{PATH}/{order['id']}/evaluate"
    said = {"outcome": "continued", "note": "Target tercapai"}
    assert head.post(path, said).json()["code"] == "flex-order-not-confirmed"
    head.post(f"{PATH}/{order['id']}/confirm")
    for _ in range(2):
        answer = head.post(path, said)
        assert (answer.status_code, answer.json()["version"], answer.json()["state"]) == (200, 3, "confirmed")
    other = head.post(path, {"outcome": "ended", "note": "Loket ditutup"}).json()
    assert [(one["outcome"], one["note"]) for one in other["evaluations"]] == [
        ("continued", "Target tercapai"),
        ("ended", "Loket ditutup"),
    ]
    assert other["state"] == "confirmed", "an evaluation ends nothing by itself"
    assert api.as_(Role.OPD_OPERATOR, "DISDIK").post(path, said).json()["code"] == "role-not-allowed"


def test_orders_are_found_by_unit_person_day_and_state(api: Api, siti: Asn, budi: Asn, rahma: Asn) -> None:
    first = propose(api, siti, weekdays=[1, 2])
    second = confirm(api, budi, number="800/2", **{"from": str(day(3))})
    third = confirm(api, rahma, number="800/3")
    revoke(api, third, 3)
    admin = api.as_(Role.ADMIN)

    def found(caller: Api = admin, **wanted: Any) -> list[str]:
        return [item["id"] for item in caller.get(PATH, params=wanted).json()["items"]]

    assert found() == [third["id"], second["id"], first["id"]]
    assert found(opd_code="DISDIK") == [second["id"], first["id"]]
    assert found(asn_id=str(siti.id)) == [first["id"]]
    assert found(on=str(day(2))) == [third["id"], first["id"]]
    assert found(on=str(day(3))) == [second["id"]]
    for state, order in (("proposed", first), ("confirmed", second), ("revoked", third)):
        assert found(state=state) == [order["id"]]
    page = admin.get(PATH, params={"limit": 2}).json()
    assert found(cursor=page["next_cursor"]) == [first["id"]]
    stranger = api.as_(Role.OPD_HEAD, "DINKES")
    assert found(stranger) == [third["id"]]
    assert found(stranger, asn_id=str(siti.id)) == []
    assert stranger.get(f"{PATH}/{first['id']}").json()["code"] == "flex-order-not-found"
    assert stranger.get(f"{PATH}/{first['id']}/people").status_code == 404


def test_writes_and_reads_of_people_are_recorded(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    order = confirm(api, siti)
    api.as_(Role.ADMIN).get(f"{PATH}/{order['id']}/people")
    revoke(api, order, 2)
    query = select(AuditEntry.action, AuditEntry.target, AuditEntry.subjects, AuditEntry.detail)
    entries = [tuple(row) for row in run(session.execute(query.order_by(AuditEntry.id)))]
    who, number = [subject_of(SURROUNDINGS.audit_key, siti.nip)], {"number": order["number"]}
    assert entries == [
        ("flexwork.create", order["id"], who, number),
        ("duty.order", order["id"], who, {"absences": 1}),
        ("flexwork.confirm", order["id"], who, number),
        ("flexwork.people", order["id"], who, {}),
        ("duty.end_order", order["id"], who, {"from": str(day(2))}),
        ("flexwork.revoke", order["id"], who, number | {"from_date": str(day(2))}),
    ]


def test_a_repeated_key_proposes_once(api: Api, siti: Asn) -> None:
    admin, key = api.as_(Role.ADMIN), {"idempotency-key": "perintah-1"}
    first, again = (admin.post(PATH, naming(siti), headers=key) for _ in range(2))
    assert (first.json(), first.headers["etag"]) == (again.json(), again.headers["etag"])
    assert len(admin.get(PATH).json()["items"]) == 1


def test_the_number_of_statements_does_not_depend_on_the_number_of_people(
    api: Api, siti: Asn, make: Make, engine: AsyncEngine
) -> None:
    crowd = [make.asn("DISDIK", f"Pegawai {number}") for number in range(30)]
    counted: list[str] = []

    def count(*arguments: Any) -> None:
        counted.append(arguments[2])

    def statements(people: list[Asn], number: str) -> int:
        counted.clear()
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        try:
            order = confirm(api, *people, number=number, weekdays=[1, 3])
            revoke(api, order, 2)
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", count)
        return len(counted)

    assert statements([siti], "1") == statements(crowd, "2")
