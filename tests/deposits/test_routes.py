"""Deposits over HTTP: laid in after attendance, given back, exempt, lost, and counted."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Grant, Principal, Role
from app.deposits import service
from app.deposits.counting import compliance_by_opd, compliance_of, read_own_deposits
from app.deposits.errors import SlotTaken
from app.deposits.schemas import DepositWrite, RecordedRead
from app.registry.models import Asn
from tests.conftest import SURROUNDINGS
from tests.deposits.conftest import AFTER, LATER, Rakor
from tests.make import DAY, MONDAY, NOBODY

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def share(numerator: int, denominator: int, exempt: int = 0) -> dict[str, Any]:
    percent = round(100 * numerator / denominator, 2) if denominator else None
    return {"numerator": numerator, "denominator": denominator, "excluded": {"exempt": exempt}, "percent": percent}


def test_phones_go_in_and_come_out_and_a_list_sent_twice_changes_nothing(rakor: Rakor) -> None:
    phones = ((rakor.siti, "A-1"), (rakor.siti, "a-2"), (rakor.budi, "A-3"))
    assert rakor.lays_in(*phones).json() == {"recorded": 3, "unchanged": 0}
    assert rakor.lays_in(*phones).json() == {"recorded": 0, "unchanged": 3}
    assert rakor.states() == {"A-1": ("Siti", "in"), "A-2": ("Siti", "in"), "A-3": ("Budi", "in")}
    rakor.api.at(AFTER)
    assert rakor.takes_out("A-1", "A-3").json() == {"recorded": 2, "unchanged": 0}
    assert rakor.takes_out("A-1", "A-3").json() == {"recorded": 0, "unchanged": 2}
    listed = rakor.kominfo.get(rakor.path("deposits?limit=1")).json()
    assert listed == {
        "apel_id": str(rakor.apel.id),
        "counts": {"in": 1, "out": 2, "missing": 0},
        "items": [
            {
                "slot": "A-1",
                "state": "out",
                "asn_id": str(rakor.siti.id),
                "name": "Siti",
                "nip_masked": "**************2001",
                "opd_code": "DISDIK",
                "in_at": "2026-11-22T23:50:00Z",
                "out_at": "2026-11-23T02:30:00Z",
            }
        ],
        "next_cursor": listed["next_cursor"],
    }
    rest = rakor.kominfo.get(rakor.path(f"deposits?cursor={listed['next_cursor']}")).json()
    assert [item["slot"] for item in rest["items"]] == ["A-2", "A-3"]


def test_a_nip_names_a_person_as_well(rakor: Rakor) -> None:
    sent = rakor.kominfo.post(rakor.path("deposits"), {"items": [{"nip": rakor.budi.nip, "slot": "B-1"}]})
    assert (sent.status_code, rakor.states()) == (200, {"B-1": ("Budi", "in")})
    both = {"items": [{"nip": rakor.budi.nip, "asn_id": str(rakor.budi.id), "slot": "B-2"}]}
    assert rakor.kominfo.post(rakor.path("deposits"), both).json()["code"] == "input-invalid"


def test_attendance_is_taken_before_the_phone(rakor: Rakor) -> None:
    refused = rakor.lays_in((rakor.siti, "A-1"), (rakor.rahma, "A-2"))
    assert (refused.status_code, refused.json()["code"]) == (409, "attendance-first")
    assert pointers(refused) == ["/items/1"]
    assert rakor.states() == {}, "all or none"
    rakor.reports("KEC", {"strength": 1, "present": {"wfo": 1, "wfa": 0}, "excused": {}, "unexplained": 0}, at=LATER)
    assert rakor.lays_in((rakor.rahma, "A-2")).json()["code"] == "attendance-first", "counts name nobody"
    body = {"strength": 1, "present": {"wfo": 1, "wfa": 0}, "excused": {}, "unexplained": 0, "reason": "nama"}
    body |= {"entries_are": "all", "entries": [{"asn_id": str(rakor.rahma.id), "status": "H", "mode": "wfo"}]}
    rakor.api.as_(Role.OPD_OPERATOR, "KEC").put(rakor.path("reports/KEC"), body, headers={"if-match": '"1"'})
    assert rakor.lays_in((rakor.rahma, "A-2")).status_code == 200


def test_a_slot_with_anothers_phone_stops_the_whole_list(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    refused = rakor.lays_in((rakor.budi, "A-2"), (rakor.budi, "A-1"))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-taken")
    assert pointers(refused) == ["/items/1/slot"]
    assert "Siti" not in refused.text
    assert rakor.states() == {"A-1": ("Siti", "in")}


def test_times_decide_whatever_comes_first(rakor: Rakor) -> None:
    assert rakor.takes_out("A-1", at="2026-11-23T07:45:00+08:00").status_code == 200
    assert rakor.states() == {}
    rakor.lays_in((rakor.siti, "A-1"), at="2026-11-23T07:35:00+08:00")
    assert rakor.states() == {"A-1": ("Siti", "out")}
    future, yesterday = "2026-11-23T07:51:00+08:00", "2026-11-22T23:59:00+08:00"
    for moment in (future, yesterday):
        assert pointers(rakor.lays_in((rakor.siti, "A-1"), at=moment)) == ["/items/0/at"]
        assert pointers(rakor.takes_out("A-1", at=moment)) == ["/items/0/at"]


def test_an_opd_lays_in_and_takes_out_phones_of_its_own_people(rakor: Rakor) -> None:
    stranger = rakor.api.as_(Role.OPD_OPERATOR, "KEC")
    assert pointers(rakor.lays_in((rakor.siti, "A-1"), by=stranger)) == ["/items/0"]
    assert rakor.lays_in((rakor.siti, "A-1"), (rakor.budi, "A-2"), by=rakor.operator).status_code == 200
    assert pointers(rakor.takes_out("A-1", by=stranger)) == ["/items/0/slot"]
    assert pointers(rakor.takes_out("Z-9", by=stranger, at="2026-11-23T07:45:00+08:00")) == ["/items/0/slot"]
    assert rakor.states(stranger) == {}
    assert rakor.takes_out("A-1", by=rakor.operator).status_code == 200
    assert rakor.exempts(rakor.siti, by=stranger).json()["code"] == "deposits-refused"
    lost = {"slot": "A-2", "note": "tidak ada"}
    assert stranger.post(rakor.path("deposits/losses"), lost).json()["code"] == "slot-empty"


def test_numbers_of_phones_are_not_kept(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    number = rakor.lays_in((rakor.siti, "0812345678901"))
    assert (number.status_code, pointers(number)) == (422, ["/items/0/slot"])
    assert number.json()["errors"][0]["detail"] == "Jangan tulis nomor telepon, IMEI, atau NIP di sini."
    assert rakor.exempts(rakor.budi, note="IMEI 35-693803-564380-9").status_code == 422
    lost = {"slot": "A-1", "note": "356938035643809"}
    assert rakor.kominfo.post(rakor.path("deposits/losses"), lost).status_code == 422


def test_a_final_apel_gives_phones_back_and_takes_none(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.api.at(AFTER)
    assert rakor.kominfo.post(rakor.path("finalize")).status_code == 200
    assert rakor.lays_in((rakor.budi, "A-2")).json()["code"] == "apel-final"
    assert rakor.exempts(rakor.budi).json()["code"] == "apel-final"
    assert rakor.takes_out("A-1").json() == {"recorded": 1, "unchanged": 0}


def test_a_cancelled_apel_takes_no_phone_and_keeps_none(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.kominfo.post(rakor.path("cancel"), {"reason": "hujan"})
    assert rakor.lays_in((rakor.budi, "A-2")).json()["code"] == "apel-cancelled"
    assert rakor.exempts(rakor.siti).json()["code"] == "apel-cancelled"
    assert rakor.takes_out("A-1").json() == {"recorded": 1, "unchanged": 0}


def test_why_somebody_is_exempt_is_for_those_who_answer_for_them(rakor: Rakor) -> None:
    assert rakor.exempts(rakor.siti, note="pompa insulin").json() == {"recorded": 1, "unchanged": 0}
    assert rakor.exempts(rakor.siti, note="pompa insulin").json() == {"recorded": 0, "unchanged": 1}
    rakor.exempts(rakor.budi, "security")
    path = rakor.path("deposits/exemptions")
    told = {"Siti": ("medical", "pompa insulin"), "Budi": ("security", None)}
    hidden = dict.fromkeys(told, ("exempt", None))

    def seen(by: Any) -> dict[str, tuple[str, str | None]]:
        return {item["name"]: (item["reason"], item["note"]) for item in by.get(path).json()["items"]}

    assert seen(rakor.operator) == seen(rakor.api.as_(Role.ADMIN)) == seen(rakor.api.as_(Role.INSPECTOR)) == told
    assert seen(rakor.kominfo) == seen(rakor.api.as_(Role.BUPATI)) == hidden, "else one hidden reason tells itself"
    assert seen(rakor.api.as_(Role.OPD_HEAD, "KEC")) == {}
    assert rakor.api.as_(Role.READER).get(path).status_code == 403
    rakor.exempts(rakor.siti, "on_call")
    assert seen(rakor.operator)["Siti"] == ("on_call", None), "the latest reason counts"


def test_a_loss_is_told_once_and_ends_once(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    path = rakor.path("deposits/losses")
    assert rakor.kominfo.post(path, {"slot": "Z-1", "note": "x"}).json()["code"] == "slot-empty"
    told = rakor.operator.post(path, {"slot": "a-1", "note": "tidak ada di tempatnya"})
    again = rakor.operator.post(path, {"slot": "A-1", "note": "tidak ada di tempatnya"})
    assert (told.status_code, again.status_code, again.json()) == (201, 200, told.json())
    assert rakor.states() == {"A-1": ("Siti", "missing")}
    settle = f"{path}/{told.json()['id']}/settle"
    assert rakor.api.as_(Role.OPD_HEAD, "KEC").post(settle, {"outcome": "found"}).json()["code"] == "loss-not-found"
    ended = rakor.operator.post(settle, {"outcome": "settled", "note": "diganti"})
    assert ended.json() == told.json() | {
        "outcome": "settled",
        "closing_note": "diganti",
        "closed_at": "2026-11-22T23:50:00Z",
    }
    assert rakor.operator.post(settle, {"outcome": "settled"}).json() == ended.json()
    other = rakor.operator.post(settle, {"outcome": "found"})
    assert (other.status_code, other.json()["code"]) == (409, "loss-settled")
    assert rakor.states() == {"A-1": ("Siti", "out")}
    [seen] = rakor.kominfo.get(path).json()["items"]
    assert (seen["note"], seen["closing_note"], seen["outcome"]) == (None, None, "settled")
    assert rakor.compliance()["losses"] == {"open": 0, "found": 0, "settled": 1}


def test_compliance_is_of_those_in_the_room_without_the_exempt(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"), (rakor.wati, "A-2"))
    before = rakor.compliance()
    assert before["opd"] == [{"opd_code": "DISDIK", "deposited": share(1, 2)}], "who works from afar is not in the room"
    assert [item["name"] for item in before["items"]] == ["Budi"]
    assert (before["basket_used"], before["not_fetched"]) == (True, 0)
    rakor.exempts(rakor.budi, "streaming_crew")
    rakor.api.at(AFTER)
    after = rakor.compliance()
    assert (after["total"], after["items"], after["not_fetched"]) == (share(1, 1, 1), [], 2)
    [line] = after["lines"]
    assert line["text"] == "1 dari 1 yang hadir di ruangan menitipkan gawainya; 1 dikecualikan."
    assert {"source", "verified", "base", "deposited", "expected", "exempt"} == line["facts"].keys()
    assert rakor.kominfo.get(line["evidence"][0]["href"]).status_code == 200
    part = rakor.compliance(rakor.api.as_(Role.OPD_OPERATOR, "SD-1"))
    assert part["opd"] == [{"opd_code": "SD-1", "deposited": share(0, 0, 1)}]


def test_machines_read_numbers_and_other_offices_no_names(rakor: Rakor) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    machine = rakor.api.as_(Role.READER)
    listed = machine.get(rakor.path("deposits")).json()
    assert (listed["counts"], listed["items"]) == ({"in": 1, "out": 0, "missing": 0}, [])
    assert machine.get(rakor.path("deposits/losses")).status_code == 403
    for role in (Role.READER, Role.BUPATI, Role.INSPECTOR):
        found = rakor.compliance(rakor.api.as_(role))
        assert (found["total"], found["items"]) == (share(1, 2), [])
    assert rakor.compliance(rakor.api.as_(Role.OPD_HEAD, "KEC"))["opd"] == []


def test_who_laid_in_and_who_looked_is_on_record(rakor: Rakor, session: AsyncSession, run: Run) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.states()
    query = select(AuditEntry).where(AuditEntry.action.startswith("deposits.")).order_by(AuditEntry.id)
    hashed = [subject_of(SURROUNDINGS.audit_key, rakor.siti.nip)]
    entries = [(entry.action, entry.subjects) for entry in run(session.scalars(query))]
    assert entries == [("deposits.in", hashed), ("deposits.read", hashed)]


SPAN = date(2026, 11, 1), date(2026, 11, 30)


def test_only_apels_with_a_basket_count(rakor: Rakor, session: AsyncSession, run: Run) -> None:
    rakor.api.at(AFTER)
    rakor.marks(AFTER)
    assert run(compliance_by_opd(session, *SPAN)) == {}
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.exempts(rakor.budi)
    found = {
        unit: (one.numerator, one.denominator, dict(one.excluded))
        for unit, one in run(compliance_by_opd(session, *SPAN)).items()
    }
    assert found == {"DISDIK": (1, 1, {"exempt": 1})}
    people = [rakor.siti.id, rakor.budi.id, rakor.wati.id, rakor.rahma.id]
    each = run(compliance_of(session, people, *SPAN))
    assert {asn_id: (one.numerator, one.denominator) for asn_id, one in each.items()} == {
        rakor.siti.id: (1, 1),
        rakor.budi.id: (0, 0),
    }
    assert run(compliance_by_opd(session, DAY - timedelta(days=30), DAY - timedelta(days=1))) == {}
    rakor.kominfo.post(rakor.path("cancel"), {"reason": "keliru"})
    assert run(compliance_by_opd(session, *SPAN)) == {}


def test_the_apels_that_a_share_rests_on_are_listed_with_the_share_of_those_in_reach(rakor: Rakor) -> None:
    reader = rakor.api.as_(Role.READER)
    assert reader.get("/v1/deposits?period=2026-11").json()["items"] == [], "no basket was used"
    rakor.exempts(rakor.siti)
    rakor.lays_in((rakor.budi, "A-1"))
    kec = {"strength": 1, "present": {"wfo": 1, "wfa": 0}, "excused": {}, "unexplained": 0}
    rakor.reports("KEC", kec | {"entries_are": "exceptions", "entries": []}, at=LATER)
    rakor.api.at(AFTER)
    rakor.compliance()
    whole = {"numerator": 1, "denominator": 2, "excluded": {"exempt": 1}, "percent": 50.0}
    item: dict[str, Any] = {
        "apel_id": str(rakor.apel.id),
        "title": "Rakor",
        "on_date": "2026-11-23",
        "deposited": whole,
    }
    item |= {"href": rakor.path("deposits/compliance")}
    listed = reader.get("/v1/deposits?period=2026-11")
    assert listed.json() == {"items": [item], "next_cursor": None}
    assert reader.get(item["href"]).json()["total"] == whole
    assert reader.get("/v1/deposits?period=2026-10").json()["items"] == []

    alone = reader.get("/v1/deposits?period=2026-11&opd_code=KEC").json()["items"][0]["deposited"]
    assert (alone["numerator"], alone["denominator"]) == (0, 1)
    own = rakor.operator.get("/v1/deposits?period=2026-11").json()["items"][0]["deposited"]
    assert own == {"numerator": 1, "denominator": 1, "excluded": {"exempt": 1}, "percent": 100.0}
    assert rakor.operator.get("/v1/deposits?opd_code=KEC").status_code == 404


def test_baskets_are_listed_page_by_page(rakor: Rakor) -> None:
    rakor.lays_in((rakor.budi, "A-1"))
    second = rakor.make.apel(kind="rakor", title="Rakor kedua", zoom_meeting_ids=[], starts_at=LATER)
    body = {"strength": 3, "present": {"wfo": 3, "wfa": 0}, "excused": {}, "unexplained": 0}
    body |= {"entries_are": "exceptions", "entries": []}
    path = f"/v1/apel/{second.id}"
    assert rakor.operator.put(f"{path}/reports/DISDIK", body).status_code in (200, 201)
    phones = {"items": [{"asn_id": str(rakor.budi.id), "slot": "A-1"}]}
    assert rakor.kominfo.post(f"{path}/deposits", phones).status_code == 200
    rakor.api.at(AFTER)
    for apel in (rakor.apel, second):
        rakor.kominfo.get(f"/v1/apel/{apel.id}/deposits/compliance")
    first = rakor.kominfo.get("/v1/deposits?period=2026-11&limit=1").json()
    rest = rakor.kominfo.get(f"/v1/deposits?period=2026-11&limit=1&cursor={first['next_cursor']}").json()
    found = [item["apel_id"] for page in (first, rest) for item in page["items"]]
    assert sorted(found) == sorted([str(rakor.apel.id), str(second.id)])
    assert rest["next_cursor"] is None


def test_what_is_kept_of_a_person_is_told_to_them(rakor: Rakor, session: AsyncSession, run: Run) -> None:
    rakor.lays_in((rakor.siti, "A-1"))
    rakor.api.at(AFTER)
    rakor.takes_out("A-1")
    rakor.lays_in((rakor.budi, "A-1"))
    rakor.exempts(rakor.budi, note="panggilan darurat")
    rakor.kominfo.post(rakor.path("deposits/losses"), {"slot": "A-1", "note": "tidak ada"})
    [siti] = run(read_own_deposits(session, rakor.siti.id, 2026))
    assert [(stay.slot, stay.in_at, stay.out_at) for stay in siti.stays] == [("A-1", LATER, AFTER)]
    assert (siti.title, siti.exemption, siti.losses) == ("Rakor", None, [])
    [budi] = run(read_own_deposits(session, rakor.budi.id, 2026))
    assert (budi.exemption, budi.note, budi.losses) == ("medical", "panggilan darurat", ["open"])
    assert run(read_own_deposits(session, rakor.wati.id, 2026)) == []
    assert run(read_own_deposits(session, rakor.siti.id, 2025)) == []


def test_of_two_who_lay_into_one_slot_at_once_one_succeeds(
    own_url: str, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On connections of their own, with attendance taken for granted."""

    async def taken(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr(service, "_require_attendance", taken)
    admin = Principal(NOBODY, "uji", (Grant(Role.ADMIN),))

    async def race() -> list[RecordedRead | BaseException]:
        engine = create_async_engine(own_url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        async with sessions.begin() as session:
            apel, people = await _people(session)

        async def lay_in(person: Asn) -> RecordedRead:
            async with sessions.begin() as session:
                items = [DepositWrite(asn_id=person.id, slot="A-1")]
                return await service.deposit_phones(session, admin, apel, items, at=MONDAY)

        found = await asyncio.gather(*(lay_in(person) for person in people), return_exceptions=True)
        await engine.dispose()
        return found

    found = asyncio.run(race())
    assert [one.recorded for one in found if isinstance(one, RecordedRead)] == [1]
    assert [type(one) for one in found if isinstance(one, BaseException)] == [SlotTaken] * 5


async def _people(session: AsyncSession) -> tuple[Any, list[Asn]]:
    from app.apel.models import Apel
    from app.registry.models import Assignment, Opd

    opd = {"code": "DISDIK", "name": "Dinas", "short_name": "Dinas", "type": "dinas", "protocol_order": 1}
    session.add(Opd(**opd, reports="yes", connectivity="good", from_date=date(2020, 1, 1)))
    people = [
        Asn(nip=f"19850101201001{number:04d}", name="N", folded_name="n", employment_type="PNS") for number in range(6)
    ]
    session.add_all(people)
    await session.flush()
    serving = {"opd_code": "DISDIK", "position": "Guru", "apel_duty": True, "from_date": date(2020, 1, 1)}
    session.add_all(Assignment(asn_id=person.id, **serving) for person in people)
    times = {
        "starts_at": MONDAY,
        "ends_at": MONDAY + timedelta(minutes=30),
        "report_deadline": MONDAY + timedelta(hours=1),
    }
    made = {"created_by": NOBODY, "created_at": MONDAY, "zoom_meeting_ids": [], "rehearsal": False}
    apel = Apel(kind="rakor", title="Rakor", on_date=DAY, **times, **made)
    session.add(apel)
    await session.flush()
    return apel.id, people
