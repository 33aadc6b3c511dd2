from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.audit.service import record, subject_of
from app.core.principal import Grant, Principal, Role
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY

RINA = Principal(uuid4(), "rina", (Grant(Role.KOMINFO),))
BUDI = Principal(uuid4(), "budi", (Grant(Role.ADMIN),))
SITI, AGUS = "198501012010012001", "197001011990031002"
SITI_KEYED = subject_of(SURROUNDINGS.audit_key, SITI)
HOUR = timedelta(hours=1)


@pytest.fixture
def entries(run: Any, session: Any) -> None:
    async def write() -> None:
        await record(session, RINA, "duty.list", at=MONDAY, target="DISDIK", nips=[SITI, AGUS])
        await record(session, BUDI, "duty.confirm", at=MONDAY + HOUR, target="X", nips=[SITI], code="DL")
        await record(session, BUDI, "duties.list", at=MONDAY + 2 * HOUR)
        await session.commit()

    run(write())


def actions(api: Api, **query: str) -> list[str]:
    answer = api.as_(Role.INSPECTOR).get("/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    return [item["action"] for item in answer.json()["items"]]


@pytest.mark.usefixtures("entries")
def test_an_inspector_reads_who_did_what_to_whom(api: Api) -> None:
    [entry] = api.as_(Role.INSPECTOR).get("/v1/audit", params={"action": "duty.confirm"}).json()["items"]
    assert isinstance(entry.pop("id"), int)
    assert entry == {
        "at": "2026-11-23T00:30:00Z",
        "principal_id": str(BUDI.id),
        "principal_name": "budi",
        "action": "duty.confirm",
        "target": "X",
        "subjects": [SITI_KEYED],
        "detail": {"code": "DL"},
    }


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, ["duties.list", "duty.confirm", "duty.list"], id="the newest first"),
        pytest.param({"action": "duty"}, ["duty.confirm", "duty.list"], id="by room, and no room that begins alike"),
        pytest.param({"principal_id": str(RINA.id)}, ["duty.list"], id="by who did it"),
        pytest.param({"principal_id": str(UUID(int=5))}, [], id="by somebody who did nothing"),
        pytest.param({"target": "DISDIK"}, ["duty.list"], id="by target"),
        pytest.param({"subject": SITI_KEYED}, ["duty.confirm", "duty.list"], id="by the person concerned"),
        pytest.param({"from": "2026-11-23T00:30:00Z"}, ["duties.list", "duty.confirm"], id="from an instant on"),
        pytest.param({"to": "2026-11-23T00:30:00Z"}, ["duty.list"], id="before an instant"),
        pytest.param({"subject": SITI_KEYED, "target": "X"}, ["duty.confirm"], id="by two things at once"),
    ],
)
def test_entries_are_found(api: Api, query: dict[str, str], found: list[str]) -> None:
    assert actions(api, **query) == found


@pytest.mark.usefixtures("entries")
def test_pages_join_without_gap_or_repetition(api: Api) -> None:
    first = api.as_(Role.ADMIN).get("/v1/audit", params={"limit": "2"}).json()
    second = api.as_(Role.ADMIN).get("/v1/audit", params={"limit": "2", "cursor": first["next_cursor"]}).json()
    assert [item["action"] for item in first["items"] + second["items"]] == ["duties.list", "duty.confirm", "duty.list"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"subject": SITI},
        {"action": "%"},
        {"from": "2026-11-23"},
        {"limit": "201"},
        {"cursor": "x"},
        {"nip": SITI},
        {"cursor": "WzFdMQ"},
    ],
    ids=str,
)
def test_what_cannot_be_looked_for_is_refused(api: Api, query: dict[str, str]) -> None:
    assert api.as_(Role.ADMIN).get("/v1/audit", params=query).status_code == 422
