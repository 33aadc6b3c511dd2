"""Permits over HTTP: registered, proposed, confirmed, withdrawn, and what they do to a verdict."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.livestreams.models import LivestreamPermit
from app.registry.models import Asn
from tests.client import Api
from tests.livestreams.conftest import EVENING, INCIDENTS, PERMITS, Run, clock, coached, himself, report
from tests.make import MONDAY, Make


def letter(**more: Any) -> dict[str, Any]:
    told = {"kind": "state_ceremony", "letter_no": "005/1", "letter_date": "2026-11-20"}
    return told | {"from": clock("08:00"), "to": clock("12:00")} | more


def register(caller: Api, **more: Any) -> dict[str, Any]:
    answer = caller.post(PERMITS, letter(**more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("role", [Role.ADMIN, Role.KOMINFO])
def test_the_office_registers_what_counts_at_once(api: Api, siti: Asn, role: Role) -> None:
    office = api.as_(role)
    made = register(office, kind="assignment", asn_ids=[str(siti.id)], platform="tiktok", account="@siti")
    assert made == {
        "id": made["id"],
        "kind": "assignment",
        "letter_no": "005/1",
        "letter_date": "2026-11-20",
        "from": "2026-11-23T00:00:00Z",
        "to": "2026-11-23T04:00:00Z",
        "opd_code": None,
        "asn_ids": [str(siti.id)],
        "people": 1,
        "platform": "tiktok",
        "account": "@siti",
        "proposed_at": "2026-11-23T11:30:00Z",
        "proposed_by_name": f"uji-{role}",
        "confirmed_at": "2026-11-23T11:30:00Z",
        "confirmed_by_name": f"uji-{role}",
        "withdrawn_at": None,
        "withdrawn_by_name": None,
        "withdrawn_reason": None,
    }
    assert office.get(f"{PERMITS}/{made['id']}").json() == made
    assert office.get(PERMITS).json()["items"] == [made]
    assert office.get(f"{PERMITS}?from=2026-11-24").json()["items"] == []
    assert office.get(f"{PERMITS}?to=2026-11-22").json()["items"] == []


def test_the_same_permit_is_kept_once(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    admin = api.as_(Role.ADMIN)
    first = register(admin, asn_ids=[str(siti.id)])
    same = letter(asn_ids=[str(siti.id), str(siti.id)]) | {"from": "2026-11-23T00:00:00Z"}
    again = admin.post(PERMITS, same)
    assert (again.status_code, again.json()) == (200, first)
    assert run(session.scalar(select(func.count()).select_from(LivestreamPermit))) == 1


def test_a_head_proposes_and_the_office_confirms(api: Api, siti: Asn) -> None:
    head, admin = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.ADMIN)
    found = report(api, siti)
    proposed = register(head, opd_code="DISDIK")
    assert proposed["confirmed_at"] is None
    assert admin.get(f"{INCIDENTS}/{found['id']}").json()["verdict"] == "in-hours", "a proposal permits nothing"
    path = f"{PERMITS}/{proposed['id']}/confirm"
    assert api.as_(Role.KOMINFO).post(path).status_code == head.post(path).status_code == 403
    confirmed = admin.post(path).json()
    assert (confirmed["confirmed_by_name"], admin.post(path).json()) == ("uji-admin", confirmed)
    now = head.get(f"{INCIDENTS}/{found['id']}").json()
    assert now["verdict"] == "permitted"
    [line] = [one for one in now["lines"] if one["rule"] == "livestream.permit"]
    assert line["text"] == "Izin 005/1 tanggal 2026-11-20."
    assert [head.get(link["href"]).json()["id"] for link in line["evidence"]] == [proposed["id"]]


def test_the_office_that_registers_what_a_head_proposed_confirms_it(api: Api, siti: Asn) -> None:
    proposed = register(api.as_(Role.OPD_HEAD, "DISDIK"), opd_code="DISDIK")
    said = api.as_(Role.ADMIN).post(PERMITS, letter(opd_code="DISDIK"))
    assert (said.status_code, said.json()["id"]) == (200, proposed["id"])
    assert said.json()["confirmed_at"] is not None


@pytest.mark.parametrize(
    ("named", "code"),
    [
        pytest.param({}, "permit-not-yours", id="for everybody"),
        pytest.param({"opd_code": "PUPR"}, "opd-not-found", id="for another unit"),
        pytest.param({"asn_ids": ["stranger"]}, "asn-not-found", id="for another unit's people"),
        pytest.param({"opd_code": "DISDIK", "asn_ids": ["stranger"]}, "asn-not-found", id="for both"),
    ],
)
def test_a_head_proposes_for_the_own_unit_alone(
    api: Api, siti: Asn, make: Make, named: dict[str, Any], code: str
) -> None:
    stranger = make.asn("PUPR", "Orang Lain")
    if "asn_ids" in named:
        named = named | {"asn_ids": [str(stranger.id)]}
    assert api.as_(Role.OPD_HEAD, "DISDIK").post(PERMITS, letter(**named)).json()["code"] == code
    assert api.as_(Role.ADMIN).get(PERMITS).json()["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"kind": "official_account"}, id="an official account without its name"),
        pytest.param({"kind": "assignment"}, id="an assignment of nobody"),
        pytest.param({"to": clock("08:00")}, id="no time at all"),
        pytest.param({"kind": "fun"}, id="an unknown kind"),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, siti: Asn, wrong: dict[str, Any]) -> None:
    assert api.as_(Role.ADMIN).post(PERMITS, letter(**wrong)).status_code == 422


@pytest.mark.parametrize("named", [{"opd_code": "NONE"}, {"asn_ids": [str(uuid4())]}])
def test_whom_nobody_knows_is_not_permitted(api: Api, siti: Asn, named: dict[str, Any]) -> None:
    assert api.as_(Role.ADMIN).post(PERMITS, letter(**named)).status_code == 404


def test_a_permit_of_what_stands_above_covers_a_unit_below(api: Api, siti: Asn, make: Make) -> None:
    make.opd("SD1", parent_code="DISDIK", reports="no")
    teacher = make.asn("SD1", "Guru")
    found = report(api, teacher)
    made = register(api.as_(Role.ADMIN), opd_code="DISDIK")
    head = api.as_(Role.OPD_HEAD, "SD1")
    assert head.get(f"{INCIDENTS}/{found['id']}").json()["verdict"] == "permitted"
    assert head.get(f"{PERMITS}/{made['id']}").status_code == 200


# Withdrawing


def test_what_was_registered_afterwards_and_withdrawn_permits_nothing(api: Api, siti: Asn) -> None:
    found, admin = coached(api, siti), api.as_(Role.ADMIN)
    made = register(admin)
    seen = admin.get(f"{INCIDENTS}/{found['id']}").json()
    assert (seen["verdict"], seen["confirmed"]) == ("permitted", False), "a permit found later excuses"
    path = f"{PERMITS}/{made['id']}/withdraw"
    gone = admin.post(path, {"reason": "surat palsu"}).json()
    assert (gone["withdrawn_reason"], gone["withdrawn_by_name"]) == ("surat palsu", "uji-admin")
    assert admin.post(path, {"reason": "lain"}).json() == gone
    seen = admin.get(f"{INCIDENTS}/{found['id']}").json()
    assert (seen["verdict"], seen["confirmed"]) == ("in-hours", True)
    assert admin.post(f"{PERMITS}/{made['id']}/confirm").json()["code"] == "permit-withdrawn"
    assert register(admin)["id"] != made["id"], "registered anew"


def test_who_relied_on_a_permit_keeps_it(api: Api, siti: Asn) -> None:
    made = register(api.at(MONDAY).as_(Role.ADMIN))
    admin = api.at(EVENING).as_(Role.ADMIN)
    admin.post(f"{PERMITS}/{made['id']}/withdraw", {"reason": "dicabut"})
    assert report(api, siti)["verdict"] == "permitted"
    made = register(api.at(MONDAY - timedelta(days=1)).as_(Role.ADMIN), letter_no="005/2")
    api.at(MONDAY).as_(Role.ADMIN).post(f"{PERMITS}/{made['id']}/withdraw", {"reason": "dicabut"})
    api.at(EVENING)
    later = report(api, siti, "13:00", "13:10")
    assert later["verdict"] == "in-hours"


def test_a_head_withdraws_a_proposal_alone(api: Api, siti: Asn, make: Make) -> None:
    head, admin = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.ADMIN)
    general, own = register(admin), register(head, opd_code="DISDIK")

    def withdraw(caller: Api, permit: dict[str, Any]) -> Any:
        return caller.post(f"{PERMITS}/{permit['id']}/withdraw", {"reason": "uji"}).json()

    assert withdraw(head, general)["code"] == "permit-not-yours"
    assert withdraw(api.as_(Role.OPD_HEAD, "PUPR"), own)["code"] == "permit-not-found"
    assert withdraw(head, own)["withdrawn_reason"] == "uji"
    confirmed = register(head, opd_code="DISDIK")
    admin.post(f"{PERMITS}/{confirmed['id']}/confirm")
    assert withdraw(head, confirmed)["code"] == "permit-not-yours"


# Who sees them


def test_a_permit_shows_people_in_reach_alone(api: Api, siti: Asn, make: Make) -> None:
    stranger = make.asn("PUPR", "Orang Lain")
    both = register(api.as_(Role.ADMIN), kind="assignment", asn_ids=[str(siti.id), str(stranger.id)])
    other = register(api.as_(Role.ADMIN), kind="assignment", letter_no="2", asn_ids=[str(stranger.id)])
    head, own = api.as_(Role.OPD_HEAD, "DISDIK"), himself(api, siti)
    for caller in (head, own):
        [item] = caller.get(PERMITS).json()["items"]
        assert (item["id"], item["asn_ids"], item["people"]) == (both["id"], [str(siti.id)], 2)
        assert caller.get(f"{PERMITS}/{other['id']}").status_code == 404


def test_everybody_sees_what_binds_the_own_unit(api: Api, siti: Asn) -> None:
    admin = api.as_(Role.ADMIN)
    mine = [register(admin)["id"], register(admin, opd_code="DISDIK")["id"]]
    register(admin, opd_code="PUPR")
    head = api.by(Principal(uuid4(), "kepala", (Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})),)))
    for caller in (head, himself(api, siti)):
        assert sorted(one["id"] for one in caller.get(PERMITS).json()["items"]) == sorted(mine)
    assert len(api.as_(Role.INSPECTOR).get(PERMITS).json()["items"]) == 3


@pytest.mark.parametrize("role", [Role.BUPATI, Role.OPD_OPERATOR, Role.READER, Role.SCREEN, Role.ADAPTER])
def test_others_neither_read_nor_register(api: Api, siti: Asn, role: Role) -> None:
    caller = api.as_(role, "DISDIK")
    assert caller.get(PERMITS).status_code == caller.post(PERMITS, letter()).status_code == 403


def test_what_is_done_with_permits_is_on_record(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    head, admin = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.ADMIN)
    made = register(head, opd_code="DISDIK")
    admin.post(f"{PERMITS}/{made['id']}/confirm")
    admin.post(f"{PERMITS}/{made['id']}/withdraw", {"reason": "uji"})
    register(admin)
    actions = list(run(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))))
    assert [one.removeprefix("livestreams.") for one in actions if one != "livestreams.permit"] == [
        "propose_permit",
        "confirm_permit",
        "withdraw_permit",
        "register_permit",
    ]
