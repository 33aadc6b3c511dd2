"""Who acknowledged, who is awaited, and what is told of it to whom."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.circulars.counting import acknowledged_by_opd, acknowledged_of, read_own_circulars
from app.circulars.models import CircularReceipt
from app.circulars.queries import rules_in_force
from app.circulars.rules import CircularKind
from app.core.principal import Role
from app.core.rates import Percent
from tests.circulars.conftest import PATH, Office
from tests.conftest import SURROUNDINGS
from tests.make import DAY, MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
V2 = {"if-match": '"2"'}


def receipts(session: AsyncSession, run: Run) -> list[tuple[Any, ...]]:
    query = select(CircularReceipt).order_by(CircularReceipt.act, CircularReceipt.opd_code, CircularReceipt.id)
    rows = run(session.scalars(query.execution_options(populate_existing=True)))
    return [(row.act, row.asn_id or row.opd_code or row.desa_id, row.channel) for row in rows]


def percent(numerator: int, denominator: int) -> dict[str, Any]:
    share = round(100 * numerator / denominator, 2) if denominator else None
    return {"numerator": numerator, "denominator": denominator, "excluded": {}, "percent": share}


def test_a_person_acknowledges_once(office: Office, make: Make, session: AsyncSession, run: Run) -> None:
    siti = make.asn("SD-1", nip="198501012010012001")
    path = office.publishes()
    first = office.himself(siti).post(f"{path}/acknowledge")
    held = {"asn_id": str(siti.id), "opd_codes": [], "acknowledged_at": "2026-11-22T23:30:00Z"}
    assert (first.status_code, first.json()) == (200, held)
    office.api.at(MONDAY + timedelta(days=1))
    assert office.himself(siti).post(f"{path}/acknowledge", {}).json() == held
    assert receipts(session, run) == [("acknowledged", siti.id, "app")]
    entries = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "circulars.acknowledge")))
    [entry] = entries
    assert entry.subjects == [subject_of(SURROUNDINGS.audit_key, siti.nip)]


def test_a_head_acknowledges_for_each_office_and_for_the_person(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    person = make.asn("DISDIK")
    path = office.publishes()
    plt = office.head("DISDIK", person, "KEC-MAMUJU")
    assert plt.post(f"{path}/acknowledge", {"opd_code": "KEC-MAMUJU"}).json()["opd_codes"] == ["KEC-MAMUJU"]
    assert receipts(session, run) == [("acknowledged", "KEC-MAMUJU", "app")]
    held = plt.post(f"{path}/acknowledge").json()
    assert (held["asn_id"], held["opd_codes"]) == (str(person.id), ["DISDIK", "KEC-MAMUJU"])


def test_those_not_addressed_have_nothing_to_acknowledge(office: Office, make: Make) -> None:
    siti = make.asn("DISDIK")
    path = office.publishes(scope={"offices": ["camat"], "employment_types": ["PPPK"]})
    for caller in (office.himself(siti), office.head("DISDIK"), office.head("NIHIL"), office.api.as_(Role.ASN)):
        refused = caller.post(f"{path}/acknowledge")
        assert (refused.status_code, refused.json()["code"]) == (422, "not-addressed")
    mine = office.head("KEC-MAMUJU").post(f"{path}/acknowledge", {"opd_code": "DISDIK"})
    assert mine.json()["code"] == "not-addressed", "another's office"


def test_an_operator_does_not_acknowledge_for_the_head(office: Office) -> None:
    path = office.publishes()
    assert office.api.as_(Role.OPD_OPERATOR, "DISDIK").post(f"{path}/acknowledge").status_code == 403


def test_what_was_superseded_or_withdrawn_is_not_acknowledged_anew(office: Office, make: Make) -> None:
    siti, budi = make.asn("DISDIK"), make.asn("DISDIK", "Budi")
    first = office.publishes()
    office.himself(siti).post(f"{first}/acknowledge")
    second = office.publishes(supersedes_id=first.rpartition("/")[2])
    assert office.himself(budi).post(f"{first}/acknowledge").json()["code"] == "circular-not-valid"
    assert office.himself(siti).post(f"{first}/acknowledge").status_code == 200, "what holds is repeated"
    [item] = [one for one in office.himself(siti).get(PATH).json()["items"] if one["version"] == 2]
    assert item["mine"]["acknowledged_at"] is None, "a new version is acknowledged anew"
    office.admin.post(f"{second}/withdraw", {"reason": "Keliru"}, headers=V2)
    assert office.himself(budi).post(f"{second}/acknowledge").json()["code"] == "circular-not-valid"


def test_paper_lists_are_recorded_whole_or_not_at_all(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    siti, budi, far = make.asn("DISDIK"), make.asn("DISDIK", "Budi"), make.asn("KEC-MAMUJU", "Rahma")
    path = office.publishes()
    head = office.head("DISDIK")
    body = {"asn_ids": [str(siti.id), str(far.id)], "opd_codes": ["KEC-MAMUJU", "DISDIK"], "channel": "paper"}
    refused = head.post(f"{path}/acknowledge/paper", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "acknowledgements-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/asn_ids/1", "/opd_codes/0"]
    assert receipts(session, run) == []
    body = {"asn_ids": [str(siti.id), str(budi.id)], "opd_codes": ["DISDIK"]}
    assert head.post(f"{path}/acknowledge/paper", body).json() == {"recorded": 3, "unchanged": 0}
    assert head.post(f"{path}/acknowledge/paper", body).json() == {"recorded": 0, "unchanged": 3}
    assert {channel for _, _, channel in receipts(session, run)} == {"paper"}
    everybody = {"asn_ids": [str(person.id) for person in (siti, budi, far)]}
    assert office.admin.post(f"{path}/acknowledge/paper", everybody).json() == {"recorded": 1, "unchanged": 2}


def test_a_kecamatan_answers_for_its_villages(office: Office, make: Make, session: AsyncSession, run: Run) -> None:
    make.opd("KEC-TAPALANG", type="kecamatan")
    desa = office.lists_desa(("KEC-MAMUJU", "Tadui"), ("KEC-MAMUJU", "Bambu"), ("KEC-TAPALANG", "Takandeang"))
    path = office.publishes()

    def signed(*names: str) -> dict[str, Any]:
        return {"items": [{"desa_id": desa[name], "channel": "wa", "signed_by": "Kepala desa"} for name in names]}

    operator = office.api.as_(Role.OPD_OPERATOR, "KEC-MAMUJU")
    refused = operator.post(f"{path}/acknowledge/desa", signed("Tadui", "Takandeang"))
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/items/1/desa_id"]
    assert operator.post(f"{path}/acknowledge/desa", signed("Tadui")).json() == {"recorded": 1, "unchanged": 0}
    both = operator.post(f"{path}/acknowledge/desa", signed("Tadui", "Bambu"))
    assert both.json() == {"recorded": 1, "unchanged": 1}
    assert sorted(receipts(session, run), key=str) == sorted(
        [("acknowledged", UUID(desa[name]), "wa") for name in ("Tadui", "Bambu")], key=str
    )
    progress = office.admin.get(f"{path}/progress").json()
    assert progress["total"]["desa"] == percent(2, 3)


@pytest.fixture
def halfway(office: Office, make: Make) -> tuple[str, Any]:
    """Of DISDIK and its school one of two has acknowledged and one read; of the kecamatan nobody."""
    people = {
        name: make.asn(code, name) for name, code in (("Siti", "DISDIK"), ("Budi", "SD-1"), ("Rahma", "KEC-MAMUJU"))
    }
    make.asn("DISDIK", "Honor", employment_type="PPPK_PW", from_date=date(2026, 12, 1))
    office.lists_desa(("KEC-MAMUJU", "Tadui"))
    path = office.publishes()
    office.himself(people["Siti"]).post(f"{path}/acknowledge")
    office.himself(people["Budi"]).get(path)
    office.head("DISDIK").get(path)
    return path, people


def test_progress_counts_offices_people_and_villages(office: Office, halfway: tuple[str, Any]) -> None:
    path, _ = halfway
    answer = office.api.as_(Role.READER).get(f"{path}/progress").json()
    none = {"read": percent(0, 0), "acknowledged": percent(0, 0)}
    disdik = {
        "opd_code": "DISDIK",
        "short_name": "Disdik",
        "offices": {"read": percent(1, 1), "acknowledged": percent(0, 1)},
        "people": {"read": percent(2, 2), "acknowledged": percent(1, 2)},
        "desa": percent(0, 0),
    }
    kecamatan = {
        "opd_code": "KEC-MAMUJU",
        "short_name": "Kec-Mamuju",
        "offices": {"read": percent(0, 2), "acknowledged": percent(0, 2)},
        "people": {"read": percent(0, 1), "acknowledged": percent(0, 1)},
        "desa": percent(0, 1),
    }
    assert answer["opd"] == [disdik, kecamatan]
    assert answer["total"] == {
        "offices": {"read": percent(1, 3), "acknowledged": percent(0, 3)},
        "people": {"read": percent(2, 3), "acknowledged": percent(1, 3)},
        "desa": percent(0, 1),
    }
    [line] = answer["lines"]
    assert line["rule"] == "conduct.acknowledgement"
    assert {"source", "verified", "base", "acknowledged", "addressed"} <= line["facts"].keys()
    assert office.admin.get(line["evidence"][0]["href"]).status_code == 200
    lurah = office.api.as_(Role.OPD_OPERATOR, "KEL-BINANGA").get(f"{path}/progress").json()
    assert [(row["opd_code"], row["offices"]["acknowledged"]["denominator"]) for row in lurah["opd"]] == [
        ("KEL-BINANGA", 1)
    ]
    assert none["read"] == lurah["total"]["people"]["read"]


def test_names_of_those_awaited_are_for_who_answers_for_them(office: Office, halfway: tuple[str, Any]) -> None:
    path, people = halfway
    whole = office.admin.get(f"{path}/pending").json()
    assert [item["name"] for item in whole["items"]] == ["Rahma", "Budi"]
    assert whole["counts"] == [
        {"opd_code": "DISDIK", "offices": 1, "people": 1, "desa": 0},
        {"opd_code": "KEC-MAMUJU", "offices": 2, "people": 1, "desa": 1},
    ]
    assert [office_["opd_code"] for office_ in whole["offices"]] == ["DISDIK", "KEC-MAMUJU", "KEL-BINANGA"]
    assert [one["name"] for one in whole["desa"]] == ["Tadui"]
    own = office.api.as_(Role.OPD_HEAD, "DISDIK", reach=frozenset({"DISDIK", "SD-1"})).get(f"{path}/pending").json()
    assert [item["name"] for item in own["items"]] == ["Budi"]
    assert own["items"][0]["nip_masked"].startswith("**************")
    assert [row["opd_code"] for row in own["counts"]] == ["DISDIK"]
    bupati = office.api.as_(Role.BUPATI).get(f"{path}/pending").json()
    assert (bupati["items"], bupati["counts"]) == ([], whole["counts"])
    machine = office.api.as_(Role.READER).get(f"{path}/pending").json()
    assert (machine["items"], machine["offices"], machine["desa"]) == ([], [], [])
    assert machine["counts"] == whole["counts"]
    narrow = office.admin.get(f"{path}/pending?opd_code=KEC-MAMUJU").json()
    assert [item["name"] for item in narrow["items"]] == ["Rahma"]
    assert [row["opd_code"] for row in narrow["counts"]] == ["KEC-MAMUJU"]
    first = office.admin.get(f"{path}/pending?limit=1").json()
    second = office.admin.get(f"{path}/pending?limit=1&cursor={first['next_cursor']}").json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["Rahma", "Budi"]
    assert second["next_cursor"] is None
    assert str(people["Siti"].id) not in office.admin.get(f"{path}/pending").text


def test_the_reminder_is_ready_for_the_messenger_group(office: Office, halfway: tuple[str, Any]) -> None:
    path, people = halfway
    said = office.admin.get(f"{path}/pending?opd_code=DISDIK").json()["text"]
    assert said == (
        "Yth. Bapak/Ibu, mohon Surat Edaran Nomor 100.3.4/215/432.403/2026 tanggal 20 November 2026 tentang Larangan "
        "Siaran Langsung pada Jam Kerja dibaca dan dinyatakan sudah dibaca paling lambat Senin, 30 November 2026. "
        "Masih kami tunggu:\n"
        "- Disdik: pimpinan (1), 1 pegawai\n"
        "Caranya: masuk ke Apel Virtual, buka Surat Edaran, baca, lalu nyatakan sudah membaca. Daftar bertanda tangan "
        "juga diterima kepegawaian. Terima kasih."
    )
    assert not any(person.name in said for person in people.values())
    office.head("DISDIK").post(f"{path}/acknowledge")
    office.himself(people["Budi"]).post(f"{path}/acknowledge")
    done = office.admin.get(f"{path}/pending?opd_code=DISDIK", headers={"accept-language": "en"}).json()
    assert done["text"].startswith("Thank you, colleagues: Circular No. 100.3.4/215/432.403/2026")
    assert done["counts"] == []


def test_progress_takes_as_many_statements_for_many_people(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    path = office.publishes()
    asked: list[int] = []

    def statements() -> int:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1

        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            assert office.admin.get(f"{path}/progress").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return seen

    statements()
    asked.append(statements())
    for number in range(40):
        make.asn("SD-1", f"Guru {number}")
    asked.append(statements())
    assert asked[0] == asked[1] > 0


def test_acknowledgement_of_a_span_by_unit_and_by_person(
    office: Office, halfway: tuple[str, Any], session: AsyncSession, run: Run
) -> None:
    _, people = halfway
    office.publishes(number="2", acknowledge_by="2026-12-31")
    open_ended = office.publishes(number="3", acknowledge_by=None, scope={"employment_types": ["PNS"]})
    office.himself(people["Rahma"]).post(f"{open_ended}/acknowledge")
    withdrawn = office.publishes(number="4")
    office.admin.post(f"{withdrawn}/withdraw", {"reason": "Keliru"}, headers=V2)
    november = date(2026, 11, 1), date(2026, 11, 30)
    assert run(acknowledged_by_opd(session, *november)) == {"DISDIK": Percent(1, 5), "KEC-MAMUJU": Percent(1, 4)}
    ids = [person.id for person in people.values()]
    assert run(acknowledged_of(session, ids, *november)) == {
        people["Siti"].id: Percent(1, 2),
        people["Budi"].id: Percent(0, 2),
        people["Rahma"].id: Percent(1, 2),
    }
    assert run(acknowledged_by_opd(session, date(2026, 10, 1), date(2026, 10, 31))) == {}


def test_a_version_superseded_before_its_deadline_counts_for_nobody(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    make.asn("DISDIK")
    scope = {"employment_types": ["PNS"]}
    first = office.publishes(scope=scope)
    office.publishes(scope=scope, supersedes_id=first.rpartition("/")[2])
    assert run(acknowledged_by_opd(session, DAY, date(2026, 11, 30))) == {"DISDIK": Percent(0, 1)}


def test_rules_bind_from_when_they_are_published_and_effective(office: Office, session: AsyncSession, run: Run) -> None:
    first = office.publishes()
    second = office.publishes(
        supersedes_id=first.rpartition("/")[2], effective_from="2026-12-07", acknowledge_by=None, rules=None
    )
    office.publishes(number="9", kind="general", rules=None)

    def in_force(day: date) -> list[tuple[int, Any]]:
        found = run(rules_in_force(session, day, CircularKind.NO_LIVESTREAM))
        return [(rule.version, dict(rule.rules)) for rule in found]

    platforms = {"platforms": ["tiktok", "youtube"]}
    assert in_force(DAY - timedelta(days=1)) == []
    assert in_force(DAY) == [(1, platforms)]
    assert in_force(date(2026, 12, 6)) == [(1, platforms)]
    assert in_force(date(2026, 12, 7)) == [(2, {})]
    office.api.at(MONDAY + timedelta(days=20))
    office.admin.post(f"{second}/withdraw", {"reason": "Dicabut"}, headers=V2)
    assert in_force(date(2026, 12, 12)) == [(2, {})]
    assert in_force(date(2026, 12, 13)) == [], "what was superseded does not come back"


def test_a_person_is_told_the_own_circulars_of_a_year(
    office: Office, halfway: tuple[str, Any], session: AsyncSession, run: Run
) -> None:
    path, people = halfway
    other = office.publishes(number="2", scope={"offices": ["heads"]})
    office.himself(people["Budi"]).get(other)
    found = run(read_own_circulars(session, people["Budi"].id, 2026, today=DAY))
    assert [(one.number, one.addressed, one.read_at, one.acknowledged_at) for one in found] == [
        ("100.3.4/215/432.403/2026", True, MONDAY, None),
        ("2", False, MONDAY, None),
    ]
    [own] = run(read_own_circulars(session, people["Siti"].id, 2026, today=DAY))
    assert (str(own.circular_id), own.channel, own.acknowledged_at) == (path.rpartition("/")[2], "app", MONDAY)
    assert run(read_own_circulars(session, people["Siti"].id, 2025, today=DAY)) == []


def test_an_own_circular_says_where_it_is_acknowledged_while_it_asks(
    office: Office, halfway: tuple[str, Any], session: AsyncSession, run: Run
) -> None:
    path, people = halfway

    def asked(name: str) -> list[tuple[int, str, str | None]]:
        told = run(read_own_circulars(session, people[name].id, 2026, today=DAY))
        return [(one.version, one.state, one.acknowledge_href) for one in told]

    assert asked("Siti") == [(1, "published", None)], "she has done it"
    [(_, _, href)] = asked("Budi")
    assert href == f"{path}/acknowledge"
    second = office.publishes(supersedes_id=path.rpartition("/")[2])
    assert asked("Budi") == [(1, "superseded", None), (2, "published", f"{second}/acknowledge")]
    assert asked("Siti") == asked("Budi"), "the next version is acknowledged anew"
    assert office.himself(people["Budi"]).post(f"{second}/acknowledge").status_code == 200
    assert asked("Budi")[1] == (2, "published", None)
    office.admin.post(f"{second}/withdraw", {"reason": "Dicabut"}, headers=V2)
    assert asked("Siti")[1] == (2, "withdrawn", None)


def test_who_came_after_the_last_day_is_asked_all_the_same(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    path = office.publishes(acknowledge_by="2026-11-25")
    rina = make.asn("DISDIK", "Rina", from_date=date(2026, 11, 26))
    assert run(read_own_circulars(session, rina.id, 2026, today=date(2026, 11, 25))) == []
    [own] = run(read_own_circulars(session, rina.id, 2026, today=date(2026, 11, 26)))
    assert (own.addressed, own.acknowledge_href) == (False, f"{path}/acknowledge")
