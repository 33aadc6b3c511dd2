"""Turns at a counter for tests: what is promised, and what a queue machine tells."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from app.core.principal import Role
from tests.client import Api
from tests.make import ZONE

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
"""09.00 WITA of the Friday before the test's Monday."""


def promise(**promised: Any) -> dict[str, Any]:
    """What a service promises, from the first of the year unless it is told otherwise."""
    said = {"name": "Layanan", "source": "Maklumat Pelayanan 2026", "from_date": "2026-01-01"}
    said |= {name: promised.pop(name) for name in said.keys() & promised.keys()}
    return said | {"promise": promised or {"wait_minutes": 10}}


def turn(
    ticket: str, *, at: datetime = FRIDAY, wait: float | None = None, total: float | None = None, **fields: Any
) -> dict[str, Any]:
    """A message of DUKCAPIL's counter for KTP: called and finished so many minutes after the arrival, if at all."""
    said = {"opd_code": "DUKCAPIL", "service_code": "KTP", "ticket": ticket, "arrived_at": at.isoformat()}
    for name, minutes in (("called_at", wait), ("finished_at", total)):
        if minutes is not None:
            said[name] = (at + timedelta(minutes=minutes)).isoformat()
    return said | fields


def promised(api: Api, *, opd_code: str = "DUKCAPIL", service_code: str = "KTP", **fields: Any) -> None:
    made = api.as_(Role.ADMIN).put(f"/v1/counters/{opd_code}/services/{service_code}", promise(**fields))
    assert made.status_code == 201, made.text


def tell(api: Api, *turns: dict[str, Any]) -> dict[str, int]:
    done = api.as_(Role.ADAPTER).post("/v1/counters/times", {"items": turns})
    assert done.status_code == 200, done.text
    counted: dict[str, int] = done.json()
    return counted


def faults(refused: httpx.Response, code: str) -> list[tuple[str, str]]:
    """Pointer and text of each error of a refusal."""
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    return [(one["pointer"], one["detail"]) for one in refused.json()["errors"]]
