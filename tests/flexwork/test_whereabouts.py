"""Who is where: today by unit, at which post, and for the rooms above, on which day by which order."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Grant, Principal, Role
from app.flexwork.reading import read_own_orders
from app.flexwork.rules import OrderedDay, OrderMode, Place, PlaceKind
from app.flexwork.whereabouts import count_by_opd, orders_of_days
from app.registry.models import Asn
from tests.client import Api
from tests.flexwork.orders import PATH, confirm, propose
from tests.flexwork.test_routes import day, revoke
from tests.make import DAY, MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
TODAY, POSTS = "/v1/flexwork/today", "/v1/flexwork/posts"
HOME = {"kind": "home", "name": "Rumah"}


@pytest.fixture
def monday(api: Api, siti: Asn, budi: Asn, rahma: Asn, make: Make) -> dict[str, Any]:
    """Siti and Rahma at two posts, Budi at home with hours of his own, Ani on leave, Dewi away by hand, Eko here."""
    ani, dewi = make.asn("DISDIK", "Ani"), make.asn("DISDIK", "Dewi")
    make.asn("DISDIK", "Eko")
    make.absence(ani, "CT")
    make.absence(dewi, "WFA")
    posted = propose(api, siti)
    admin, people = api.as_(Role.ADMIN), {"people": [{"nip": rahma.nip, "place": "balai rw 06"}]}
    admin.post(f"{PATH}/{posted['id']}/people", people)
    admin.post(f"{PATH}/{posted['id']}/confirm")
    home = confirm(api, budi, ani, number="800/2", place=HOME)
    hours = confirm(api, budi, number="800/3", mode="dynamic", place={"kind": "office", "name": "Kantor"})
    return {"posted": posted["id"], "home": home["id"], "hours": hours["id"]}


DISDIK = {
    "opd_code": "DISDIK",
    "strength": 5,
    "office": 1,
    "elsewhere": {"service_post": 1, "home": 1, "unstated": 1},
    "absent": 1,
    "hours": {"dynamic": 1},
}
DINKES = {"opd_code": "DINKES", "strength": 1, "office": 0, "elsewhere": {"service_post": 1}, "absent": 0, "hours": {}}


@pytest.mark.parametrize("role", [Role.BUPATI, Role.READER, Role.ADMIN, Role.KOMINFO])
def test_everybody_who_may_read_counts_reads_where_people_work(api: Api, monday: Any, role: Role) -> None:
    answer = api.as_(role).get(TODAY).json()
    assert answer == {"on": str(DAY), "items": [DINKES, DISDIK], "people": None}


@pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR])
def test_of_one_unit_those_who_may_know_names_read_who_is_where(
    api: Api, monday: Any, siti: Asn, budi: Asn, role: Role
) -> None:
    answer = api.as_(role, "DISDIK").get(TODAY, params={"opd_code": "DISDIK"}).json()
    assert answer["items"] == [DISDIK]
    common = {"opd_code": "DISDIK", "target": "20 berkas per hari"}
    of_budi = common | {"asn_id": str(budi.id), "name": "Budi Santoso"}
    office = {"kind": "office", "name": "Kantor", "note": None}
    assert answer["people"] == [
        of_budi | {"order_id": monday["hours"], "number": "800/3", "mode": "dynamic", "place": office},
        of_budi | {"order_id": monday["home"], "number": "800/2", "mode": "location", "place": HOME | {"note": None}},
        common
        | {"asn_id": str(siti.id), "name": "Siti Aminah", "order_id": monday["posted"]}
        | {"number": "800/1/DISDIK/2026", "mode": "location"}
        | {"place": {"kind": "service_post", "name": "Balai RW 05", "note": None}},
    ]


@pytest.mark.parametrize("role", [Role.BUPATI, Role.READER])
def test_who_may_not_know_names_reads_numbers_alone(api: Api, monday: Any, siti: Asn, role: Role) -> None:
    caller = api.as_(role)
    assert caller.get(TODAY, params={"opd_code": "DISDIK"}).json()["people"] is None
    answer = caller.get(POSTS)
    assert answer.json() == {
        "on": str(DAY),
        "posts": [
            {"name": "Balai RW 05", "people": 1, "officers": None},
            {"name": "balai rw 06", "people": 1, "officers": None},
        ],
    }
    assert caller.get(f"{PATH}/{monday['posted']}/people").status_code == 403


def test_a_post_names_its_officers_however_its_name_is_written(
    api: Api, monday: Any, siti: Asn, rahma: Asn, make: Make
) -> None:
    umar = make.asn("DINKES", "Umar")
    confirm(api, umar, number="800/4", place={"kind": "service_post", "name": "BALAI RW-06"})
    posts = api.as_(Role.KOMINFO).get(POSTS).json()["posts"]
    assert [(post["people"], [one["name"] for one in post["officers"]]) for post in posts] == [
        (1, ["Siti Aminah"]),
        (2, ["Rahma Wati", "Umar"]),
    ]
    [own] = api.as_(Role.OPD_OPERATOR, "DISDIK").get(POSTS).json()["posts"]
    assert own == {
        "name": "Balai RW 05",
        "people": 1,
        "officers": [
            {"asn_id": str(siti.id), "name": "Siti Aminah", "opd_code": "DISDIK", "order_id": monday["posted"]}
            | {"number": "800/1/DISDIK/2026", "target": "20 berkas per hari"}
        ],
    }


def test_another_day_is_asked_for_by_its_date(api: Api, monday: Any) -> None:
    after = str(day(6))
    assert api.as_(Role.ADMIN).get(POSTS, params={"on": after}).json() == {"on": after, "posts": []}
    [_, disdik] = api.as_(Role.ADMIN).get(TODAY, params={"on": after}).json()["items"]
    assert (disdik["office"], disdik["elsewhere"]) == (5, {})


def test_another_opd_is_not_there_for_a_head(api: Api, monday: Any) -> None:
    head = api.as_(Role.OPD_HEAD, "DINKES")
    assert head.get(TODAY).json()["items"] == [DINKES]
    assert head.get(TODAY, params={"opd_code": "DISDIK"}).status_code == 404


def test_the_days_of_orders_are_told_to_the_rooms_above(
    api: Api, siti: Asn, budi: Asn, make: Make, session: AsyncSession, run: Run
) -> None:
    make.absence(siti, "CT", from_date=day(2), to_date=day(2))
    make.absence(budi, "S", from_date=day(3), to_date=day(3))
    order = confirm(api, siti, weekdays=[1, 2, 3])
    hours = confirm(api, budi, number="800/3", mode="shift", weekdays=[2, 3, 4])
    propose(api, siti, number="800/4", mode="dynamic")
    revoke(api, hours, 4)
    place = Place(PlaceKind.SERVICE_POST, "Balai RW 05")
    text = (place, "20 berkas per hari")
    found = run(orders_of_days(session, [siti.id, budi.id], day(1), day(7)))
    assert found == {
        siti.id: [
            OrderedDay(day(number), UUID(order["id"]), order["number"], OrderMode.LOCATION, *text) for number in (1, 3)
        ],
        budi.id: [OrderedDay(day(2), UUID(hours["id"]), "800/3", OrderMode.SHIFT, *text)],
    }
    assert run(orders_of_days(session, [budi.id], day(3), day(7))) == {}
    assert run(orders_of_days(session, None, day(1), day(1))).keys() == {siti.id}


def test_a_day_that_was_called_back_by_hand_is_no_day_of_the_order(
    api: Api, siti: Asn, session: AsyncSession, run: Run
) -> None:
    confirm(api, siti)
    admin = api.as_(Role.ADMIN)
    [absence] = admin.get("/v1/absences").json()["items"]
    admin.patch(f"/v1/absences/{absence['id']}", {"to": str(day(2))}, headers={"if-match": '"1"'})
    found = run(orders_of_days(session, [siti.id], day(1), day(5)))
    assert [one.day for one in found[siti.id]] == [day(1), day(2)]
    counted = run(count_by_opd(session, day(3), frozenset({"DISDIK"})))
    assert (counted["DISDIK"].office, counted["DISDIK"].elsewhere) == (1, {})


def test_a_person_reads_the_own_orders_and_nobody_elses(
    api: Api, siti: Asn, budi: Asn, session: AsyncSession, run: Run
) -> None:
    order = confirm(api, siti, budi)
    other = confirm(api, budi, number="800/2", mode="dynamic")
    himself = api.by(Principal(uuid4(), "pegawai", (Grant(Role.ASN, None, frozenset()),), asn_id=siti.id))
    [seen] = himself.get(PATH).json()["items"]
    assert (seen["id"], seen["people"], seen["target"]) == (order["id"], 1, "20 berkas per hari")
    [line] = himself.get(f"{PATH}/{order['id']}/people").json()["items"]
    assert (line["asn_id"], line["nip"]) == (str(siti.id), None)
    assert himself.get(f"{PATH}/{other['id']}").status_code == 404
    assert himself.get(PATH, params={"asn_id": str(budi.id)}).json()["items"] == []
    revoke(api, order, 3)
    [own] = run(read_own_orders(session, siti.id, 2026))
    told = ("id", "number", "date", "signatory", "from", "to", "mode", "place", "weekdays", "target", "legal_basis")
    ended = {"state": "revoked", "ended_from": str(day(3))}
    assert own.model_dump(mode="json", by_alias=True) == {name: seen[name] for name in told} | ended
    assert run(read_own_orders(session, siti.id, 2027)) == []


def test_the_roster_of_an_apel_suggests_what_the_order_says(api: Api, siti: Asn, make: Make) -> None:
    monday = make.apel(MONDAY)
    next_monday = make.apel(MONDAY + timedelta(days=7))

    def suggested(apel: Any) -> Any:
        roster = api.as_(Role.OPD_OPERATOR, "DISDIK").get(f"/v1/apel/{apel.id}/roster/DISDIK").json()
        [item] = roster["items"]
        return item["suggested"]

    present = {"status": "H", "mode": "wfo", "note": None}
    order = propose(api, siti, to=str(day(14)))
    assert suggested(monday) == present
    api.as_(Role.ADMIN).post(f"{PATH}/{order['id']}/confirm")
    elsewhere = {"status": "H", "mode": "wfa", "note": order["number"]}
    assert [suggested(apel) for apel in (monday, next_monday)] == [elsewhere, elsewhere]
    revoke(api, order, 5)
    assert [suggested(apel) for apel in (monday, next_monday)] == [elsewhere, present]
