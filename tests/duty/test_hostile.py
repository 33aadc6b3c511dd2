"""Nothing that a broken client sends ends in a 5xx or changes an absence."""

from typing import Any

from app.core.principal import Role
from app.duty.models import Absence
from tests.client import Api
from tests.make import DAY, Make
from tests.web.hostile import HOSTILE_BODIES, assert_refused, variants

JSON = "application/json"


def _try_all(api: Api, method: str, path: str, valid: Any, **headers: str) -> None:
    for hostile in HOSTILE_BODIES:
        kind = {} if hostile.content_type is None else {"content-type": hostile.content_type.encode("latin-1")}
        assert_refused(api.request(method, path, content=hostile.body, headers=headers | kind))
    for _, body, must in variants(valid):
        answer = api.request(method, path, content=body, headers=headers | {"content-type": JSON})
        assert_refused(answer, must=must)


def test_hostile_absences_are_refused(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    person = make.asn("DISDIK")
    body = {"asn_id": str(person.id), "code": "DL", "from": str(DAY), "to": str(DAY), "letter_no": "ST 1"}
    _try_all(api.as_(Role.ADMIN), "POST", "/v1/absences", body | {"letter_date": str(DAY), "state": "proposed"})


def test_hostile_changes_are_refused(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    row: Absence = make.absence(make.asn("DISDIK"), state="proposed")
    change = {"state": "rejected", "from": str(DAY), "to": str(DAY), "letter_no": "ST 1", "letter_date": str(DAY)}
    _try_all(api.as_(Role.ADMIN), "PATCH", f"/v1/absences/{row.id}", change, **{"if-match": '"1"'})


def test_hostile_corrections_of_the_calendar_are_refused(api: Api) -> None:
    body = {"kind": "regional", "name": "Hari Jadi", "source": "SE 1"}
    _try_all(api.as_(Role.ADMIN), "PUT", "/v1/calendar/2026-07-14", body)
