"""A promise in working days, held against the calendar by the database."""

from datetime import timedelta

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY, Make

SERVICE = "/v1/counters/DUKCAPIL/services/KTP-EL"
FRIDAY, TUESDAY, WEDNESDAY = "2026-11-20", "2026-11-24", "2026-11-25"
CASES = {
    "within the promised day over a weekend": (1, FRIDAY, "2026-11-23", True),
    "a working day later than promised": (1, FRIDAY, TUESDAY, False),
    "on the day of arrival": (0, FRIDAY, FRIDAY, True),
    "on the next working day where the same was promised": (0, TUESDAY, WEDNESDAY, False),
    "who came on a Sunday counts from there": (1, "2026-11-22", "2026-11-23", True),
}


@pytest.mark.parametrize(("promised", "arrived", "finished", "kept"), CASES.values(), ids=list(CASES))
def test_a_promise_in_working_days_is_judged_by_the_calendar(
    api: Api, make: Make, promised: int, arrived: str, finished: str, kept: bool
) -> None:
    make.opd("DUKCAPIL")
    api.at(MONDAY + timedelta(days=5))
    admin = api.as_(Role.ADMIN)
    promise = {"name": "KTP-el", "promise": {"finish": {"working_days": promised}}, "source": "Maklumat"}
    assert admin.put(SERVICE, promise | {"from_date": "2026-11-01"}).status_code == 201
    ticket = {"opd_code": "DUKCAPIL", "service_code": "KTP-EL", "ticket": "A-001"}
    times = {"arrived_at": f"{arrived}T09:00:00+08:00", "finished_at": f"{finished}T10:00:00+08:00"}
    assert admin.post("/v1/counters/times", {"items": [ticket | times]}).status_code == 200
    within = admin.get("/v1/counters/speed?period=2026-11").json()["total"]["within"]
    assert (within["numerator"], within["denominator"]) == (int(kept), 1)
    [told] = admin.get("/v1/counters/times?opd_code=DUKCAPIL&from=2026-11-01&to=2026-11-30").json()["items"]
    assert told["kept"] is kept
