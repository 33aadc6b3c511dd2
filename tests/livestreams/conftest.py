"""A unit with its head, a broadcast on a Monday morning, and a circular that forbids it."""

from collections.abc import Callable, Collection, Coroutine
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.core.principal import Grant, Principal, Role
from app.livestreams import assessing
from app.livestreams.rules import Bound, Forbidding
from app.registry.models import Asn
from tests.client import Api
from tests.make import MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
INCIDENTS, PERMITS = "/v1/livestreams/incidents", "/v1/livestreams/permits"
EVENING = MONDAY + timedelta(hours=12)
"""19.30 of that Monday: all that is told below is over."""
URL = "https://www.tiktok.com/@siti/live"
CIRCULAR = Forbidding("100.3.4/215/432.403/2026", "/v1/circulars/100", verified=False)


@pytest.fixture(autouse=True)
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A circular in force forbids it to everybody."""

    async def forbidding_on(_: Any, bound: Collection[Bound]) -> dict[Bound, Forbidding]:
        return dict.fromkeys(bound, CIRCULAR)

    monkeypatch.setattr(assessing, "forbidding_on", forbidding_on)


@pytest.fixture
def siti(api: Api, make: Make) -> Asn:
    """Of DISDIK; the clock stands at the evening."""
    api.at(EVENING)
    make.opd("DISDIK")
    make.opd("PUPR")
    return make.asn("DISDIK", nip="198501012010012001")


def clock(time: str, day: str = "2026-11-23") -> str:
    return f"{day}T{time}:00+08:00"


def seen(person: Asn, begins: str = "09:00", ends: str = "09:40", **more: Any) -> dict[str, Any]:
    told = {"asn_id": str(person.id), "platform": "tiktok", "url": URL, "live": True, "source": "complaint"}
    return told | {"started_at": clock(begins), "ended_at": clock(ends)} | more


def report(api: Api, person: Asn, *span: str, **more: Any) -> dict[str, Any]:
    """Reported by the personnel office."""
    answer = api.as_(Role.ADMIN).post(INCIDENTS, seen(person, *span, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def himself(api: Api, person: Asn, *grants: Grant) -> Api:
    return api.by(Principal(uuid4(), "pegawai", grants or (Grant(Role.ASN, None, frozenset()),), asn_id=person.id))


STEPS: dict[str, dict[str, Any]] = {
    "clarification_asked": {"reason": "Apakah benar Saudara siaran langsung?"},
    "clarified": {"words": "Benar, hanya sebentar."},
    "coached": {"reason": "Sudah dibina.", "on": "2026-11-23", "coach": "Kepala Dinas"},
    "referred": {"reason": "Berulang."},
    "closed": {"reason": "Bukan yang bersangkutan.", "outcome": "mistaken_identity"},
    "taken_back": {"reason": "Salah catat."},
}


def step(caller: Api, incident: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
    answer = caller.post(f"{INCIDENTS}/{incident['id']}/events", {"kind": kind} | STEPS[kind] | more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def coached(api: Api, person: Asn, *span: str, **more: Any) -> dict[str, Any]:
    incident, admin = report(api, person, *span, **more), api.as_(Role.ADMIN)
    step(admin, incident, "clarification_asked")
    return step(admin, incident, "coached")


def referred(api: Api, person: Asn, *span: str, **more: Any) -> dict[str, Any]:
    return step(api.as_(Role.ADMIN), coached(api, person, *span, **more), "referred")
