"""One OPD's November: three people, one apel, the daily attendance, and a policy with a table."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.principal import Grant, Principal, Role
from app.policies.models import Policy
from app.registry.models import Asn
from app.tpp.models import TppRate
from app.workdays.models import WorkdayImport, WorkdayRecord
from tests.client import Api
from tests.make import MONDAY, NOBODY, Make
from tests.monday import claim, naming
from tests.policies.documents import changed

AFTER = datetime(2026, 12, 1, 1, tzinfo=UTC)
"""1 December, 09.00 WITA: November is over."""
TABLE: dict[str, Any] = {
    "source": "CONTOH: Perbup Bulukumba",
    "verified": False,
    "base": "discipline",
    "discipline_percent": 40,
    "employment": ["PNS"],
    "late": [
        {"code": "TL1", "from_minutes": 1, "to_minutes": 30, "percent": "0.5"},
        {"code": "TL2", "from_minutes": 31, "to_minutes": None, "percent": "1"},
    ],
    "early": [{"code": "PSW1", "from_minutes": 1, "to_minutes": None, "percent": "1.5"}],
    "no_clock_out": "PSW1",
    "absent_day": 3,
    "apel": [{"kind": "apel_gabungan", "weekdays": [1], "percent": 2}],
    "absence_absorbs_apel": True,
    "cap_percent": 100,
    "exempt_codes": ["DL", "CT"],
    "round_to": 1,
    "rounding": "half_up",
    "round_what": "total",
    "objection_days": 3,
    "december_closes_on": 20,
}


def policy(*tables: dict[str, Any], version: int = 2, **columns: Any) -> Policy:
    """The shipped policy with these tables, in force since January; another's hand put it there."""
    document = changed(version=version, tpp=list(tables), effective_from="2026-01-01")
    made = {
        "code": document["code"],
        "version": version,
        "title": document["title"],
        "legal_basis": document["legal_basis"],
        "effective_from": date(2026, 1, 1),
        "document": document,
        "created_by": NOBODY,
        "created_by_name": "uji",
        "created_at": MONDAY,
    }
    return Policy(**made | {"activated_by": uuid4(), "activated_by_name": "uji", "activated_at": MONDAY} | columns)


def record_day(make: Make, asn: Asn, day: date, came: time | None, left: time | None, code: str | None) -> UUID:
    """A record of the daily attendance, in a file of its own."""
    file = WorkdayImport(
        id=uuid4(),
        state="applied",
        source="sikeren",
        filename="sikeren.csv",
        sha256="0" * 64,
        rows=[],
        summary={},
        created_by=NOBODY,
        created_at=MONDAY,
    )
    make.add(file)
    made = WorkdayRecord(
        id=uuid4(),
        import_id=file.id,
        line=2,
        asn_id=asn.id,
        day=day,
        clock_in=came,
        clock_out=left,
        status=code,
        code=code,
        day_over=True,
    )
    make.add(made)
    return made.id


@dataclass
class Month:
    """DISDIK in November 2026: Siti came late once, Budi missed a day and the apel, Rina is PPPK."""

    api: Api
    make: Make
    siti: Asn
    budi: Asn
    rina: Asn

    def as_(self, role: Role, at: datetime = AFTER, opd_code: str | None = "DISDIK") -> Api:
        return self.api.as_(role, opd_code).at(at)

    def person(self, asn: Asn, at: datetime = AFTER) -> Api:
        grant = Grant(Role.ASN)
        return self.api.by(Principal(uuid4(), asn.name, (grant,), asn_id=asn.id)).at(at)

    def day(self, asn: Asn, day: date, came: time | None, left: time | None, code: str | None = "H") -> UUID:
        return record_day(self.make, asn, day, came, left, code)

    def rate(self, asn: Asn, amount: int) -> None:
        facts = {"sha256": "0" * 64, "loaded_by": NOBODY, "loaded_at": MONDAY}
        self.make.add(TppRate(asn_id=asn.id, from_date=date(2026, 1, 1), amount=amount, **facts))

    def sheet(self, month: str = "2026-11", **body: Any) -> dict[str, Any]:
        answer = self.as_(Role.ADMIN).post("/v1/tpp/sheets", {"opd_code": "DISDIK", "month": month} | body)
        return read(answer, 201, 200)

    def lines(self, sheet: dict[str, Any], at: datetime = AFTER) -> dict[str, dict[str, Any]]:
        items = read(self.as_(Role.ADMIN, at).get(sheet["lines_href"]))["items"]
        return {item["name"]: item for item in items}

    def step(self, sheet: dict[str, Any], name: str, role: Role, at: datetime, **options: Any) -> httpx.Response:
        return self.as_(role, at).post(f"/v1/tpp/sheets/{sheet['id']}/{name}", **options)


def read(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    assert answer.status_code in (statuses or (200,)), answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


WORKED = time(7, 30), time(16, 0)
ABSENT_ON, LATE_ON = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def november(api: Api, make: Make) -> Month:
    make.opd("DISDIK")
    make.opd("DINKES")
    siti, budi = make.asn(name="Siti Aminah"), make.asn(name="Budi Santoso")
    rina = make.asn(name="Rina Wati", employment_type="PPPK", nip="199002022022212003")
    month = Month(api, make, siti, budi, rina)
    make.add(policy(TABLE))
    month.day(siti, LATE_ON, time(8, 5), WORKED[1])
    month.day(budi, ABSENT_ON, None, None, "TK")
    month.rate(siti, 5_000_000)
    month.rate(budi, 4_000_000)
    apel = make.apel()
    report = naming(claim(3, 2, unexplained=1), (budi, "TK", None))
    operator = api.as_(Role.OPD_OPERATOR, "DISDIK").at(MONDAY)
    assert operator.put(f"/v1/apel/{apel.id}/reports/DISDIK", report).status_code == 201
    return month


def days(number: int) -> timedelta:
    return timedelta(days=number)
