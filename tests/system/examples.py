"""One valid request for every endpoint that writes: what hostile variants are made of."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.core.principal import Role
from tests.accounts.issuer import NONCE, Issuer
from tests.decisions.ledgers import SOME_DAYS
from tests.decisions.story import SUMMONS, Told
from tests.policies.documents import changed, written
from tests.registry.files import OPD_FILE
from tests.system import (
    examples_behaviour,
    examples_board,
    examples_circulars,
    examples_counters,
    examples_deposits,
    examples_flexwork,
    examples_livestreams,
    examples_notifications,
    examples_pages,
    examples_performance,
    examples_sheets,
)
from tests.system.example import V1, Example
from tests.system.world import OVER, RUNNING, World
from tests.tpp.conftest import TABLE, record_day
from tests.zoom.conftest import event
from tests.zoom.participants_files import PARTICIPANTS_FILE

PASSWORD = "kuda-lari-di-pantai"
DAY, TIMES = "2026-11-23", ("2026-11-23T07:30:00+08:00", "2026-11-23T08:00:00+08:00", "2026-11-23T08:30:00+08:00")
STARTS, ENDS, DEADLINE = TIMES


FIGURES = {
    "strength": 4,
    "present": {"wfo": 1, "wfa": 1},
    "excused": {"DL": 1},
    "unexplained": 1,
    "not_required": {"SF": 1},
    "others": 1,
}
PLANNED = {"title": "Apel", "starts_at": STARTS, "ends_at": ENDS, "report_deadline": DEADLINE} | {
    "zoom_meeting_ids": ["87012345678"],
    "opd_codes": ["DISDIK"],
    "led_by": "Bupati",
}
GRANTS = [{"role": "opd_head", "opd_code": "DISDIK", "from_date": "2026-01-01", "to_date": "2026-12-31"}]
ABSENCE = {"code": "DL", "from": "2026-12-01", "to": "2026-12-02", "letter_no": "ST 1", "letter_date": "2026-11-30"}
OPD = {"name": "Dinas Baru", "short_name": "Baru", "type": "dinas", "parent_code": None, "protocol_order": 9} | {
    "reports": "yes",
    "zoom_email": "baru@mamuju.go.id",
    "contact": "0812",
    "connectivity": "good",
    "head_nip": "199003032015031004",
    "head_title": "Plt",
    "from_date": "2020-01-01",
    "to_date": "2100-12-31",
    "override_reason": "uji",
}
PERSON = {"name": "Ani", "employment_type": "PNS", "opd_code": "DISDIK", "position": "Guru", "apel_duty": True} | {
    "from_date": "2026-01-01",
    "level": "pelaksana",
    "superior_nip": "198501012010012001",
    "work_pattern": "5",
    "email": "ani@mamuju.go.id",
    "to_date": "2100-12-31",
    "override_reason": "uji",
}


def _report(world: World) -> Example:
    siti = {"asn_id": str(world.siti.id), "status": "DL", "note": "ST 090/12"}
    budi = {"nip": world.budi.nip, "status": "H", "mode": "wfa"}
    said = {"note": "uji", "reason": "uji", "prepared_at": STARTS, "entries_are": "exceptions", "entries": [siti, budi]}
    body = FIGURES | {"strength": 3, "unexplained": 0, "not_required": {}} | said
    return Example(_at(world, "DISDIK"), body, role=Role.OPD_OPERATOR, opd_code="DISDIK")


def _at(world: World, opd_code: str | None = None) -> dict[str, Any]:
    return {"apel_id": world.apel.id} | ({"opd_code": opd_code} if opd_code else {})


def _turn(body: Any = None) -> Callable[[World], Example]:
    def called(world: World) -> Example:
        world.as_(Role.KOMINFO).post(f"/v1/apel/{world.apel.id}/turns/DISDIK/call")
        return Example(_at(world, "DISDIK"), body, role=Role.KOMINFO)

    return called


def _assignment(world: World) -> Example:
    world.as_(Role.ADMIN).get(f"/v1/apel/{world.apel.id}/attendance")
    unknown = world.as_(Role.ADMIN).get(f"/v1/apel/{world.apel.id}/participants?matched=false").json()["items"][0]
    path = _at(world) | {"participant_id": unknown["id"]}
    return Example(path, {"asn_id": str(world.budi.id), "remember": False}, role=Role.KOMINFO)


def _unassignment(world: World) -> Example:
    assigned = _assignment(world)
    path = "/v1/apel/{apel_id}/participants/{participant_id}/assign".format(**assigned.path)
    world.as_(Role.KOMINFO).post(path, assigned.json)
    return Example(
        assigned.path, {"asn_id": str(world.budi.id), "reason": "uji"}, role=Role.KOMINFO, body_may_lack=True
    )


def _alias(world: World) -> Example:
    assigned = _assignment(world)
    path = "/v1/apel/{apel_id}/participants/{participant_id}/assign".format(**assigned.path)
    world.as_(Role.KOMINFO).post(path, {"opd_code": "DISDIK", "remember": True})
    alias = world.as_(Role.KOMINFO).get("/v1/zoom/aliases").json()["items"][0]
    return Example({"alias_id": alias["id"]}, {"reason": "uji"}, role=Role.KOMINFO, body_may_lack=True)


def _count(world: World) -> Example:
    drawn = world.as_(Role.KOMINFO, at=OVER).post(f"/v1/apel/{world.apel.id}/spot-checks").json()
    body = {"heads": 1, "method": "camera", "note": "uji"}
    return Example({"check_id": drawn["checks"][0]["id"]}, body, role=Role.INSPECTOR, at=OVER)


def _resolution(world: World) -> Example:
    found = world.as_(Role.ADMIN, at=OVER).get(f"/v1/apel/{world.apel.id}/findings").json()["items"]
    return Example({"finding_id": found[0]["id"]}, {"outcome": "explained", "note": "uji"}, at=OVER)


LETTER = {"number": "ST 090/12", "date": "2026-11-23"}
CORRECTED = {"status": "H", "mode": "wfa", "reason": "uji", "document": LETTER}


def _mark_of_siti(world: World) -> UUID:
    seen = world.as_(Role.ADMIN, at=OVER).get(f"/v1/apel/{world.apel.id}/attendance?opd_code=DISDIK").json()["items"]
    return UUID(next(item["mark_id"] for item in seen if item["asn_id"] == str(world.siti.id)))


def _contested(world: World) -> Example:
    body = {"reason": "uji", "status": "H", "document": LETTER}
    return Example({"mark_id": _mark_of_siti(world)}, body, role=Role.ASN, at=OVER, asn_id=world.siti.id)


def _answer(world: World) -> Example:
    own = world.himself(world.siti.id, at=OVER)
    made = own.post(f"/v1/attendance/{_mark_of_siti(world)}/objections", {"reason": "uji"}).json()
    body = {"outcome": "accepted", "note": "uji"} | {name: CORRECTED[name] for name in ("status", "mode", "document")}
    return Example({"objection_id": made["id"]}, body, at=OVER)


def _correction(body: Any = None) -> Callable[[World], Example]:
    def proposed(world: World) -> Example:
        path = f"/v1/attendance/{_mark_of_siti(world)}/correct"
        made = world.as_(Role.ADMIN, at=OVER).post(path, CORRECTED).json()
        return Example({"correction_id": made["id"]}, body, at=OVER)

    return proposed


def make_account(world: World, username: str = "rina") -> dict[str, Any]:
    body = {"items": [{"username": username, "grants": [{"role": "opd_operator", "opd_code": "DISDIK"}]}]}
    slip: dict[str, Any] = world.as_(Role.ADMIN).post("/v1/accounts", body).json()["items"][0]
    return slip


def _account(body: Any = None, **headers: str) -> Callable[[World], Example]:
    return lambda world: Example({"account_id": make_account(world)["id"]}, body, headers=headers)


def _sign_in(world: World) -> tuple[dict[str, Any], dict[str, str]]:
    slip = make_account(world)
    form = {"grant_type": "password", "username": slip["username"], "password": slip["password"]}
    return slip, form


def _password(world: World) -> Example:
    slip, form = _sign_in(world)
    token = world.api.at(RUNNING).post("/v1/auth/token", data=form).json()["access_token"]
    return Example(json={"current": slip["password"], "new": "ikan-bakar-enak"}, role=None, token=token)


def _link(world: World) -> Example:
    made = world.as_(Role.ADMIN).post("/v1/accounts/links", {"asn_id": str(world.siti.id)}).json()
    return Example(json={"secret": made["url"].partition("#")[2]}, role=None)


def _id_token(world: World) -> Example:
    return Example(json={"id_token": Issuer().sign(at=RUNNING, nip=world.siti.nip), "nonce": NONCE}, role=None)


def _told(world: World) -> Told:
    return Told(world.as_(Role.ADMIN), world.budi)


def _recommendation(world: World) -> Example:
    found = _told(world).recommended()
    return Example({"recommendation_id": found["id"]}, {"outcome": "open_case", "on": "2026-10-19", "reason": "uji"})


def _case_event(world: World) -> Example:
    case = _told(world).opens()
    return Example({"case_id": case["id"]}, SUMMONS | {"place": "Ruang rapat", "note": "uji"})


def _objection(world: World) -> Example:
    decision = _told(world).delivered("R2", SOME_DAYS)
    body = {"grounds": "uji", "letter_no": "K/1", "on": "2026-10-30"}
    return Example({"decision_id": decision["id"]}, body)


def _preview(world: World) -> Example:
    sent = world.as_(Role.ADMIN).post("/v1/registry/imports", files={"file": ("opd.csv", OPD_FILE.split("KEL")[0])})
    return Example({"import_id": sent.json()["id"]}, {"override_reason": "uji"}, body_may_lack=True)


def _absences(world: World) -> Example:
    file = f"nip,code,from,to,letter_no\n{world.siti.nip},DL,2026-12-01,2026-12-02,ST 1\n"
    return Example(file=file.encode(), form={"state": "proposed"})


WORKDAYS = "nip,tanggal,masuk,pulang,keterangan\n198501012010012001,2026-11-20,07:31,16:00,\n"


def _workdays(world: World) -> Example:
    sent = world.as_(Role.ADMIN).post("/v1/workdays/imports", files={"file": ("absen.csv", WORKDAYS)})
    return Example({"import_id": sent.json()["id"]})


def _activation(world: World) -> Example:
    drafted = world.as_(Role.ADMIN).post("/v1/policies", changed(version=9, effective_from="2027-01-01"))
    return Example({"policy_id": drafted.json()["id"]})


SETTLED = OVER + timedelta(days=10)
"""The days to object to a sheet that was published when the Monday was over have passed."""


def _sheet(world: World, *steps: str) -> dict[str, Any]:
    """DISDIK's October under a table, taken through some steps."""
    document = changed(version=9, effective_from="2026-01-01", tpp=[TABLE])
    policy = world.as_(Role.ADMIN, at=OVER).post("/v1/policies", document).json()
    world.as_(Role.ADMIN).post(f"/v1/policies/{policy['id']}/activate")
    body = {"opd_code": "DISDIK", "month": "2026-10"}
    sheet: dict[str, Any] = world.as_(Role.ADMIN).post("/v1/tpp/sheets", body).json()
    for step in steps:
        role, at = Role.OPD_HEAD if step == "sign" else Role.ADMIN, OVER if step == "publish" else SETTLED
        caller = world.as_(role, "DISDIK", at=at)
        sheet = caller.post(f"/v1/tpp/sheets/{sheet['id']}/{step}", headers=_tag(sheet)).json()
    return sheet


def _tag(sheet: dict[str, Any]) -> dict[str, str]:
    return {"if-match": f'"{sheet["version"]}"'}


def _new_sheet(world: World) -> Example:
    _sheet(world)
    return Example(json={"opd_code": "DINKES", "month": "2026-10", "trial": False}, at=OVER)


def _signature(world: World) -> Example:
    sheet = _sheet(world, "publish")
    return Example({"sheet_id": sheet["id"]}, role=Role.OPD_HEAD, opd_code="DISDIK", headers=_tag(sheet), at=SETTLED)


def _freezing(world: World) -> Example:
    sheet = _sheet(world, "publish", "sign")
    return Example({"sheet_id": sheet["id"]}, headers=_tag(sheet), at=SETTLED)


def _repayment(world: World) -> Example:
    sheet = _sheet(world, "publish", "sign", "freeze")
    record_day(world.make, world.siti, date(2026, 10, 5), None, None, "TK")
    return Example({"sheet_id": sheet["id"]}, {"month": "2026-11"}, at=SETTLED)


def _sheet_objection(world: World) -> Example:
    sheet = _sheet(world, "publish")
    return Example({"sheet_id": sheet["id"]}, {"reason": "uji"}, role=Role.ASN, at=OVER, asn_id=world.siti.id)


def _sheet_answer(world: World) -> Example:
    said = _sheet_objection(world)
    path = "/v1/tpp/sheets/{sheet_id}/objections".format(**said.path)
    made = said.caller(world).post(path, said.json).json()
    return Example({"objection_id": made["id"]}, {"outcome": "rejected", "note": "uji"}, at=OVER)


def _rates(world: World) -> Example:
    return Example(file=f"nip,amount,from\n{world.siti.nip},4500000,2026-01-01\n".encode())


def _asn(world: World) -> Example:
    body = {name: value for name, value in PERSON.items() if name != "opd_code"} | {"superior_nip": None}
    return Example({"asn_id": world.budi.id}, body | {"from_date": "2026-12-01"}, headers=V1)


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


EXAMPLES: dict[str, Callable[[World], Example]] = {
    "POST /v1/apel/{apel_id}/zoom/prepare": lambda world: Example(
        {"apel_id": world.planned.id}, {"mode": "shared", "host": "kominfo@mamuju.go.id"}, role=Role.KOMINFO
    ),
    "POST /v1/apel/{apel_id}/zoom/report": lambda world: Example(_at(world)),
    "POST /v1/zoom/events": lambda _: Example(content=event(), role=Role.ADAPTER),
    "POST /v1/zoom/quarantine/release": lambda _: Example(json={"ids": ["0f" * 32]}, role=Role.KOMINFO),
    "PUT /v1/apel/{apel_id}/reports/{opd_code}": _report,
    "POST /v1/apel/{apel_id}/reports/verify": lambda world: Example(_at(world), {"all_clean": True}),
    "POST /v1/apel/{apel_id}/reports/{opd_code}/verify": lambda world: Example(_at(world, "DINKES"), headers=V1),
    "POST /v1/apel/{apel_id}/reports/{opd_code}/return": lambda world: Example(
        _at(world, "DINKES"), {"reason": "uji"}, headers=V1
    ),
    "POST /v1/apel": lambda _: Example(json=PLANNED | {"kind": "apel_opd", "rehearsal": False}),
    "POST /v1/apel/plan": lambda _: Example(
        json={"from": "2026-12-01", "to": "2026-12-31", "starts": "07:30", "ends": "08:00", "deadline": "08:30"}
        | {"zoom_meeting_ids": ["87012345678"], "title": "Apel"}
    ),
    "PATCH /v1/apel/{apel_id}": lambda world: Example({"apel_id": world.planned.id}, PLANNED, headers=V1),
    "POST /v1/apel/{apel_id}/open": lambda world: Example(
        {"apel_id": world.planned.id}, {"reason": "uji"}, body_may_lack=True
    ),
    "POST /v1/apel/{apel_id}/close": lambda world: Example(
        _at(world), {"reason": "uji", "ended_at": "2026-11-23T07:45:00+08:00"}, body_may_lack=True
    ),
    "POST /v1/apel/{apel_id}/finalize": lambda world: Example(
        _at(world), {"reason": "uji"}, at=OVER, body_may_lack=True
    ),
    "POST /v1/apel/{apel_id}/reopen": lambda world: Example(_at(world), {"reason": "uji"}, body_may_lack=True),
    "POST /v1/apel/{apel_id}/cancel": lambda world: Example(_at(world), {"reason": "uji"}, body_may_lack=True),
    "POST /v1/apel/{apel_id}/turns/next": lambda world: Example(_at(world), {"after": None}),
    "POST /v1/apel/{apel_id}/turns/{opd_code}/call": lambda world: Example(_at(world, "DISDIK")),
    "POST /v1/apel/{apel_id}/turns/{opd_code}/recall": _turn(),
    "POST /v1/apel/{apel_id}/turns/{opd_code}/no-answer": _turn(),
    "POST /v1/apel/{apel_id}/turns/{opd_code}/answer": _turn(FIGURES),
    "POST /v1/apel/{apel_id}/participants/{participant_id}/assign": _assignment,
    "POST /v1/apel/{apel_id}/participants/{participant_id}/unassign": _unassignment,
    "POST /v1/zoom/aliases/{alias_id}/revoke": _alias,
    "POST /v1/apel/{apel_id}/zoom/participants-csv": lambda world: Example(
        _at(world), file=PARTICIPANTS_FILE.encode(), form={"zone": "Asia/Makassar"}, role=Role.KOMINFO
    ),
    "POST /v1/apel/{apel_id}/spot-checks": lambda world: Example(
        _at(world), {"units": 1, "seed": "uji"}, role=Role.INSPECTOR, at=OVER, body_may_lack=True
    ),
    "POST /v1/spot-checks/{check_id}/count": _count,
    "POST /v1/findings/{finding_id}/resolve": _resolution,
    "POST /v1/attendance/{mark_id}/objections": _contested,
    "POST /v1/attendance/objections/{objection_id}/answer": _answer,
    "POST /v1/attendance/{mark_id}/correct": lambda world: Example(
        {"mark_id": _mark_of_siti(world)}, CORRECTED, at=OVER
    ),
    "POST /v1/attendance/corrections/{correction_id}/confirm": _correction(),
    "POST /v1/attendance/corrections/{correction_id}/withdraw": _correction({"reason": "uji"}),
    "POST /v1/auth/token": lambda world: Example(form=_sign_in(world)[1], role=None),
    "POST /v1/accounts/links": lambda world: Example(json={"asn_id": str(world.siti.id)}),
    "POST /v1/auth/link": _link,
    "POST /v1/auth/oidc": _id_token,
    "POST /v1/auth/revoke": lambda _: Example(form={"token": "abc"}, role=None),
    "POST /v1/me/password": _password,
    "POST /v1/accounts": lambda world: Example(
        json={"items": [{"username": "op.baru", "grants": GRANTS, "nip": world.budi.nip}]}
    ),
    "PATCH /v1/accounts/{account_id}": _account({"grants": GRANTS}, **V1),
    "POST /v1/accounts/{account_id}/reset": _account(),
    "POST /v1/accounts/{account_id}/unlock": _account(),
    "POST /v1/accounts/{account_id}/end": _account(),
    "POST /v1/opd": lambda _: Example(json=OPD | {"code": "BARU"}),
    "PATCH /v1/opd/{opd_code}": lambda _: Example({"opd_code": "DISDIK"}, OPD, headers=V1),
    "POST /v1/asn": lambda _: Example(json=PERSON | {"nip": "198603032010012009"}),
    "PATCH /v1/asn/{asn_id}": _asn,
    "POST /v1/registry/imports": lambda _: Example(file=OPD_FILE.encode(), form={"kind": "opd"}),
    "POST /v1/registry/imports/{import_id}/apply": _preview,
    "POST /v1/workdays/imports": lambda _: Example(file=WORKDAYS.encode(), form={"source": "SIKEREN"}),
    "POST /v1/workdays/imports/{import_id}/apply": _workdays,
    "POST /v1/absences": lambda world: Example(json=ABSENCE | {"asn_id": str(world.siti.id), "state": "proposed"}),
    "POST /v1/absences/imports": _absences,
    "PATCH /v1/absences/{absence_id}": lambda world: Example(
        {"absence_id": world.proposed.id}, _without(ABSENCE, "code") | {"state": "confirmed"}, headers=V1
    ),
    "PUT /v1/calendar/{day}": lambda _: Example(
        {"day": "2026-11-30"}, {"kind": "regional", "name": "Hari Jadi", "source": "SE 1"}
    ),
    "POST /v1/exports/audit-pack": lambda world: Example(
        json={"month": "2026-10", "nips": [world.siti.nip], "asn_ids": [str(world.budi.id)]}
    ),
    "POST /v1/tpp/rates": _rates,
    "POST /v1/tpp/sheets": _new_sheet,
    "POST /v1/tpp/sheets/{sheet_id}/publish": lambda world: Example({"sheet_id": _sheet(world)["id"]}, at=OVER),
    "POST /v1/tpp/sheets/{sheet_id}/sign": _signature,
    "POST /v1/tpp/sheets/{sheet_id}/freeze": _freezing,
    "POST /v1/tpp/sheets/{sheet_id}/correction": _repayment,
    "POST /v1/tpp/sheets/{sheet_id}/objections": _sheet_objection,
    "POST /v1/tpp/objections/{objection_id}/answer": _sheet_answer,
    "POST /v1/apel/{apel_id}/scores": lambda world: Example(_at(world), role=Role.ADAPTER, at=OVER),
    "POST /v1/recommendations": lambda world: Example(json={"from": {"kind": "workdays", "id": str(world.budi.id)}}),
    "POST /v1/recommendations/{recommendation_id}/decide": _recommendation,
    "POST /v1/cases/{case_id}/events": _case_event,
    "POST /v1/decisions/{decision_id}/objections": _objection,
    "POST /v1/policies/{policy_id}/activate": _activation,
    "POST /v1/policies/{policy_id}/trial": _activation,
    "POST /v1/policies/{policy_id}/simulate": lambda world: Example(
        _activation(world).path, {"from": "2026-11-01", "to": "2026-11-30", "limit": 10}
    ),
    "POST /v1/rewards/propose": lambda _: Example(json={"period": "2026-11"}, at=OVER),
    "POST /v1/policies": lambda _: Example(json=changed(version=9)),
    "POST /v1/policies/file": lambda _: Example(file=written(changed(version=9)).encode()),
}
"""Every write but Zoom's webhook, whose body is answered for by its signature alone; rooms that tell their own are
added below."""
for room in (
    examples_behaviour,
    examples_board,
    examples_circulars,
    examples_counters,
    examples_deposits,
    examples_flexwork,
    examples_livestreams,
    examples_notifications,
    examples_pages,
    examples_performance,
    examples_sheets,
):
    EXAMPLES |= room.EXAMPLES
