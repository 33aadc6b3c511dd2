"""Two offices with counters, and short words for what is promised and told there."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import Make

PATH = "/v1/counters"
HOUR: dict[str, Any] = {"finish": {"minutes": 60}}
ONE_DAY: dict[str, Any] = {"finish": {"working_days": 1}}

Put = Callable[..., httpx.Response]
Tell = Callable[..., httpx.Response]


def promise(terms: dict[str, Any], from_date: str = "2026-01-01", **more: Any) -> dict[str, Any]:
    said = {"name": "Perekaman KTP-el", "promise": terms, "source": "Maklumat Pelayanan 2026", "from_date": from_date}
    return said | more


def item(ticket: str, arrived: str, called: str | None = None, finished: str | None = None, **more: Any) -> Any:
    """Clocks are those of Makassar: `2026-11-20 08:00`."""
    times = {"arrived_at": arrived, "called_at": called, "finished_at": finished}
    said = {name: f"{time.replace(' ', 'T')}:00+08:00" for name, time in times.items() if time is not None}
    return {"opd_code": "DUKCAPIL", "service_code": "KTP", "ticket": ticket} | said | more


@pytest.fixture
def counters(make: Make) -> None:
    for code in ("DUKCAPIL", "DPMPTSP"):
        make.opd(code)


@pytest.fixture
def put(api: Api, counters: None) -> Put:
    """Promise as the personnel office; `version` is what If-Match names."""

    def send(
        body: dict[str, Any], service: str = "KTP", opd_code: str = "DUKCAPIL", version: int | None = None, **by: Any
    ) -> httpx.Response:
        headers = {} if version is None else {"if-match": f'"{version}"'}
        caller = api.as_(by.get("role", Role.ADMIN), by.get("of", opd_code))
        return caller.put(f"{PATH}/{opd_code}/services/{service}", body, headers=headers)

    return send


@pytest.fixture
def tell(api: Api, counters: None) -> Tell:
    """Tell what a queue machine knows."""

    def send(*items: Any, role: Role = Role.ADAPTER, of: str = "DUKCAPIL") -> httpx.Response:
        return api.as_(role, of).post(f"{PATH}/times", {"items": list(items)})

    return send
