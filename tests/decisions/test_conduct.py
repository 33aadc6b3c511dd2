"""Broadcasts that were referred become recommendations to talk, never to punish, while the facts call for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import Role
from app.decisions.models import Recommendation
from app.decisions.recommending import recommend_everybody
from app.registry.models import Asn
from tests.client import Api
from tests.livestreams.conftest import (
    EVENING,
    INCIDENTS,
    PERMITS,
    Run,
    clock,
    coached,
    forbidden,
    himself,
    referred,
    siti,
)
from tests.livestreams.conftest import step as take
from tests.make import Make

__all__ = ["forbidden", "siti"]
PATH = "/v1/recommendations"


@pytest.fixture
def remade(session: AsyncSession, run: Run) -> Any:
    def remake(later: int = 0) -> None:
        run(recommend_everybody(session, at=EVENING + timedelta(minutes=later)))
        run(session.commit())

    return remake


def conduct(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.as_(Role.ADMIN).get(f"{PATH}?kind=conduct").json()["items"]
    return items


def test_a_referred_broadcast_is_recommended_once(api: Api, siti: Asn, remade: Any) -> None:
    incident = referred(api, siti)
    remade()
    [item] = conduct(api)
    assert item == {
        "id": item["id"],
        "kind": "conduct",
        "subject": {
            "asn_id": str(siti.id),
            "name": "Siti Aminah",
            "nip_masked": "**************2001",
            "opd_code": "DISDIK",
        },
        "period": "2026",
        "code": "livestream",
        "severity": None,
        "title": "Siaran langsung 40 menit di dalam jam kerja, 23 November 2026",
        "state": "open",
        "policy": "apel-dasar@1",
        "made_at": "2026-11-23T11:30:00Z",
        "alerts": [],
        "version": 1,
    }
    whole = api.as_(Role.ADMIN).get(f"{PATH}/{item['id']}").json()
    assert whole["basis"] == {"incident_id": incident["id"], "on": "2026-11-23", "minutes": 40}
    assert [line["rule"] for line in whole["lines"]] == [
        "livestream.verdict",
        "livestream.hours",
        "livestream.circular",
    ]
    assert whole["lines"][0]["evidence"][0]["href"] == f"{INCIDENTS}/{incident['id']}"
    for minutes in (1, 2):
        remade(minutes)
    assert conduct(api) == [item], "made again, nothing changes"


def test_each_broadcast_of_a_year_calls_for_its_own_talk(api: Api, siti: Asn, remade: Any) -> None:
    referred(api, siti)
    referred(api, siti, "10:00", "10:10")
    remade()
    assert [item["state"] for item in conduct(api)] == ["open", "open"]
    assert len({item["id"] for item in conduct(api)}) == 2


def test_what_is_not_referred_or_not_in_hours_is_not_recommended(api: Api, siti: Asn, remade: Any) -> None:
    coached(api, siti)
    referred(api, siti, "17:00", "18:00")
    remade()
    assert conduct(api) == []


def test_the_office_need_not_wait_for_what_it_referred(api: Api, siti: Asn) -> None:
    admin, asked = api.as_(Role.ADMIN), {"from": {"kind": "livestreams", "id": str(siti.id)}}
    coached(api, siti)
    nothing = admin.post(PATH, asked)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-recommend")
    first, second = referred(api, siti, "10:00", "10:10"), referred(api, siti, "11:00", "11:05")
    told = admin.post(PATH, asked)
    assert (told.status_code, told.json()["basis"]["incident_id"]) == (201, second["id"]), "the latest is named"
    take(admin, first, "closed")
    assert admin.post(PATH, asked).json()["id"] == told.json()["id"]
    assert sorted(item["state"] for item in conduct(api)) == ["open", "withdrawn"]


CHANGES: dict[str, Callable[..., Any]] = {
    "the report is closed": lambda api, siti, make, incident: take(api.as_(Role.ADMIN), incident, "closed"),
    "the referral is taken back": lambda api, siti, make, incident: take(api.as_(Role.ADMIN), incident, "taken_back"),
    "a leave is confirmed late": lambda api, siti, make, incident: make.absence(siti, "CT"),
    "a permit is found": lambda api, siti, make, incident: api.as_(Role.ADMIN).post(
        PERMITS,
        {"kind": "state_ceremony", "letter_no": "1", "letter_date": "2026-11-20"}
        | {"from": clock("08:00"), "to": clock("12:00")},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_recommendation_is_withdrawn_when(api: Api, siti: Asn, make: Make, remade: Any, change: str) -> None:
    incident = referred(api, siti)
    referred(api, make.asn("PUPR", "Budi"), url="https://youtube.com/@budi")
    remade()
    [mine] = [item for item in conduct(api) if item["subject"]["asn_id"] == str(siti.id)]
    CHANGES[change](api, siti, make, incident)
    told = api.as_(Role.ADMIN).post(f"{PATH}/{mine['id']}/decide", {"outcome": "guide", "reason": "Dibina"})
    assert told.json()["code"] == "recommendation-not-due", "no talk about what is no more"
    remade(1)
    states = {item["subject"]["asn_id"]: item["state"] for item in conduct(api)}
    assert states.pop(str(siti.id)) == "withdrawn"
    assert set(states.values()) == ({"withdrawn"} if change == "a permit is found" else {"open"})


def test_what_was_withdrawn_is_open_again_when_it_holds_again(api: Api, siti: Asn, remade: Any) -> None:
    incident = referred(api, siti)
    remade()
    take(api.as_(Role.ADMIN), incident, "closed")
    remade(1)
    take(api.as_(Role.ADMIN), incident, "taken_back")
    remade(2)
    [item] = conduct(api)
    assert (item["state"], item["version"]) == ("open", 3)


def test_a_talk_is_recorded_and_stays(api: Api, siti: Asn, remade: Any) -> None:
    incident, admin = referred(api, siti), api.as_(Role.ADMIN)
    remade()
    [item] = conduct(api)
    body = {"outcome": "guide", "reason": "Sudah dibina oleh atasan."}
    told = admin.post(f"{PATH}/{item['id']}/decide", body)
    assert (told.status_code, told.json()["state"], told.json()["case_id"]) == (200, "taken", None)
    assert admin.post(f"{PATH}/{item['id']}/decide", body).json() == told.json()
    take(admin, incident, "closed")
    remade(1)
    assert [one["state"] for one in conduct(api)] == ["taken"], "what a person did is not undone by the machine"


def test_it_may_be_declined_with_a_reason(api: Api, siti: Asn, remade: Any) -> None:
    referred(api, siti)
    remade()
    [item] = conduct(api)
    told = api.as_(Role.ADMIN).post(f"{PATH}/{item['id']}/decide", {"outcome": "decline", "reason": "Cukup."})
    assert told.json()["state"] == "declined"
    remade(1)
    assert [one["state"] for one in conduct(api)] == ["declined"]


def test_no_case_is_ever_opened_by_the_tiers_of_absence(
    api: Api, siti: Asn, remade: Any, session: AsyncSession, run: Run
) -> None:
    referred(api, siti)
    remade()
    [item] = conduct(api)
    for body, code in (
        ({"outcome": "open_case", "reason": "uji"}, "conduct-without-sanctions"),
        (
            {"outcome": "grant", "letter_no": "1", "signed_on": "2026-11-23", "signatory": "Bupati"},
            "outcome-not-for-kind",
        ),
    ):
        refused = api.as_(Role.ADMIN).post(f"{PATH}/{item['id']}/decide", body)
        assert refused.json()["code"] == code, refused.text
    assert [one["state"] for one in conduct(api)] == ["open"]
    kinds = run(session.scalars(select(Recommendation.kind).where(Recommendation.kind == "punishment")))
    assert list(kinds) == []


def test_it_concerns_those_above_and_the_person(api: Api, siti: Asn, make: Make, remade: Any) -> None:
    referred(api, siti)
    remade()
    [item] = conduct(api)
    path = f"{PATH}/{item['id']}"
    seeing = api.as_(Role.BUPATI), api.as_(Role.INSPECTOR), api.as_(Role.OPD_HEAD, "DISDIK"), himself(api, siti)
    assert {caller.get(path).status_code for caller in seeing} == {200}
    others = api.as_(Role.OPD_HEAD, "PUPR"), himself(api, make.asn("DISDIK", "Budi"))
    assert {caller.get(path).status_code for caller in others} == {404}
    own = himself(api, siti).post(f"{path}/decide", {"outcome": "guide", "reason": "Saya bina diri."})
    assert own.json()["code"] == "not-competent"


def test_evidence_opens_for_who_decides(api: Api, siti: Asn, make: Make, remade: Any) -> None:
    make.absence(siti, "DL")
    referred(api, siti)
    remade()
    [item] = conduct(api)
    for caller in (api.as_(Role.ADMIN), api.as_(Role.BUPATI)):
        lines = caller.get(f"{PATH}/{item['id']}").json()["lines"]
        links = [link["href"] for line in lines for link in line["evidence"] if link["kind"] != "circular"]
        assert {caller.get(href).status_code for href in links} == {200}


def test_more_referrals_take_no_more_statements(
    api: Api, siti: Asn, make: Make, remade: Any, session: AsyncSession, run: Run
) -> None:
    remade()
    counts = []
    for number in range(2):
        for person in range(1 + 6 * number):
            referred(api, make.asn("PUPR", f"Orang {number} {person}"))
        said: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any, said: list[str] = said) -> None:
            said.append(statement)

        connection = run(session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", note)
        run(recommend_everybody(session, at=EVENING))
        event.remove(connection, "before_cursor_execute", note)
        run(session.commit())
        counts.append(len(said))
    assert counts[0] == counts[1]
    assert len(conduct(api)) == 8
