"""Valid requests of the counters."""

from collections.abc import Callable

from app.core.principal import Role
from tests.system.example import Example
from tests.system.world import World

KTP = {"opd_code": "DISDIK", "service_code": "KTP"}
SERVICE = {
    "name": "Perekaman KTP-el",
    "promise": {"wait_minutes": 30, "finish": {"working_days": 1}},
    "source": "Maklumat Pelayanan 2026",
    "from_date": "2026-12-01",
}
TIMES = {
    "arrived_at": "2026-11-20T08:00:00+08:00",
    "called_at": "2026-11-20T08:10:00+08:00",
    "finished_at": "2026-11-20T09:00:00+08:00",
}
FILE = "opd_code,service_code,ticket,date,arrived\nDISDIK,KTP,A-1,2026-11-20,08:00\n"

EXAMPLES: dict[str, Callable[[World], Example]] = {
    "PUT /v1/counters/{opd_code}/services/{service_code}": lambda _: Example(KTP, SERVICE),
    "POST /v1/counters/times": lambda _: Example(
        json={"items": [KTP | {"ticket": "A-1", "cancelled": False} | TIMES]}, role=Role.ADAPTER
    ),
    "POST /v1/counters/imports": lambda _: Example(file=FILE.encode(), form={"preview": "false"}),
    "PUT /v1/counters/imports/mapping": lambda _: Example(json={"headers": {"Q_NUM": "ticket"}}),
}
