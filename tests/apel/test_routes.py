"""The schedule and what moves an apel along, over HTTP."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY, Make

NUMBER = "87012345678"
BODY = {
    "kind": "apel_gabungan",
    "title": "Apel Gabungan",
    "starts_at": "2026-11-23T07:30:00+08:00",
    "ends_at": "2026-11-23T08:00:00+08:00",
    "report_deadline": "2026-11-23T08:30:00+08:00",
    "zoom_meeting_ids": ["870 1234-5678", NUMBER],
}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def kominfo(api: Api) -> Api:
    return api.as_(Role.KOMINFO)


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_(Role.ADMIN)


def create(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api.post("/v1/apel", BODY | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_apel_is_created_whole(kominfo: Api) -> None:
    kominfo.at(MONDAY - timedelta(days=3))
    answer = kominfo.post("/v1/apel", BODY | {"led_by": "Bupati"})
    made = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert made == {
        "id": made["id"],
        "kind": "apel_gabungan",
        "title": "Apel Gabungan",
        "on_date": "2026-11-23",
        "starts_at": "2026-11-22T23:30:00Z",
        "ends_at": "2026-11-23T00:00:00Z",
        "report_deadline": "2026-11-23T00:30:00Z",
        "zoom_meeting_ids": [NUMBER],
        "opd_codes": None,
        "led_by": "Bupati",
        "rehearsal": False,
        "state": "scheduled",
        "state_since": "2026-11-19T23:30:00Z",
        "closed_by_person": False,
        "held_from": None,
        "held_to": None,
        "held_seconds": 0,
        "occurrences": [],
        "roster_frozen_at": None,
        "version": 1,
    }
    assert kominfo.get(f"/v1/apel/{made['id']}").json() == made


def test_the_civil_day_is_the_regencys(kominfo: Api) -> None:
    late = create(
        kominfo,
        starts_at="2026-11-23T23:30:00+08:00",
        ends_at="2026-11-24T00:30:00+08:00",
        report_deadline="2026-11-24T01:00:00+08:00",
    )
    early = create(
        kominfo,
        starts_at="2026-11-24T00:15:00+08:00",
        ends_at="2026-11-24T00:45:00+08:00",
        report_deadline="2026-11-24T01:00:00+08:00",
    )
    assert (late["on_date"], early["on_date"]) == ("2026-11-23", "2026-11-24")
    assert [one["id"] for one in kominfo.get("/v1/apel?on=2026-11-24").json()["items"]] == [early["id"]]


def test_an_apel_that_was_held_is_recorded_after_the_fact(kominfo: Api) -> None:
    kominfo.at(MONDAY + timedelta(hours=8))
    made = create(kominfo, zoom_meeting_ids=[])
    assert (made["state"], made["held_seconds"]) == ("closed", 90 * 60)


def test_the_same_idempotency_key_creates_one_apel(kominfo: Api) -> None:
    key = {"headers": {"idempotency-key": "senin"}}
    first, again = kominfo.post("/v1/apel", BODY, **key), kominfo.post("/v1/apel", BODY, **key)
    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), '"1"')
    assert len(kominfo.get("/v1/apel").json()["items"]) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({"ends_at": BODY["starts_at"]}, "schedule-invalid", id="an apel without length"),
        pytest.param({"ends_at": "2026-11-25T08:00:00+08:00"}, "schedule-invalid", id="an apel of two days"),
        pytest.param({"report_deadline": BODY["starts_at"]}, "schedule-invalid", id="reports due as it begins"),
        pytest.param({"opd_codes": ["TIADA"]}, "opd-unknown", id="an OPD that is none"),
        pytest.param({"zoom_meeting_ids": ["rapat"]}, "input-invalid", id="a number that is none"),
        pytest.param({"starts_at": "2026-11-23T07:30:00"}, "input-invalid", id="a time without offset"),
        pytest.param({"kind": "arisan"}, "input-invalid", id="a kind that is none"),
        pytest.param({"opd_codes": []}, "input-invalid", id="nobody called"),
        pytest.param({"rehearsal": 1}, "input-invalid", id="a number for yes"),
        pytest.param({"warna": "merah"}, "input-invalid", id="an unknown field"),
    ],
)
def test_an_apel_that_cannot_be_is_refused(kominfo: Api, fields: dict[str, Any], code: str) -> None:
    assert code_of(kominfo.post("/v1/apel", BODY | fields)) == (422, code)
    assert kominfo.get("/v1/apel").json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.KOMINFO, Role.ADMIN}])
def test_only_kominfo_and_admin_schedule_and_move(api: Api, make: Make, role: Role) -> None:
    apel, caller = make.apel(), api.as_(role)
    reason = {"reason": "uji"}
    paths = {"open": None, "close": None, "finalize": None, "reopen": reason, "cancel": reason}
    answers = [caller.post(f"/v1/apel/{apel.id}/{act}", body) for act, body in paths.items()]
    answers += [caller.post("/v1/apel", BODY), caller.patch(f"/v1/apel/{apel.id}", {"title": "Lain"})]
    assert {code_of(answer) for answer in answers} == {(403, "role-not-allowed")}


def test_an_unknown_apel_is_not_found(kominfo: Api) -> None:
    nowhere = "/v1/apel/0197a000-0000-7000-8000-000000000000"
    answers = [kominfo.get(nowhere), kominfo.post(f"{nowhere}/open"), kominfo.get(f"{nowhere}/turns")]
    assert {code_of(answer) for answer in answers} == {(404, "apel-not-found")}


def test_a_delay_moves_the_held_window(kominfo: Api, make: Make) -> None:
    apel = make.apel()
    delay = {
        "starts_at": "2026-11-23T08:00:00+08:00",
        "ends_at": "2026-11-23T08:30:00+08:00",
        "report_deadline": "2026-11-23T09:00:00+08:00",
    }
    answer = kominfo.patch(f"/v1/apel/{apel.id}", delay, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["state"]) == (200, '"2"', "scheduled")
    late = kominfo.at(MONDAY + timedelta(minutes=45)).get(f"/v1/apel/{apel.id}").json()
    assert (late["state"], late["held_from"]) == ("open", "2026-11-23T00:00:00Z")


def test_a_change_names_the_version_it_changes(kominfo: Api, make: Make) -> None:
    path = f"/v1/apel/{make.apel().id}"
    assert code_of(kominfo.patch(path, {"title": "Lain"})) == (428, "version-required")
    assert code_of(kominfo.patch(path, {"title": "Lain"}, headers={"if-match": '"7"'})) == (412, "version-mismatch")
    assert kominfo.patch(path, {"title": "Lain"}, headers={"if-match": '"1"'}).status_code == 200
    again = kominfo.patch(path, {"title": "Lain"}, headers={"if-match": '"1"'})
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')


def test_null_empties_the_leader_and_calls_everybody(kominfo: Api, make: Make) -> None:
    make.opd("DISDIK")
    apel = make.apel(led_by="Bupati", opd_codes=["DISDIK"], zoom_meeting_ids=[NUMBER])
    changes: dict[str, Any] = {"led_by": None, "opd_codes": None, "zoom_meeting_ids": []}
    changed = kominfo.patch(f"/v1/apel/{apel.id}", changes, headers={"if-match": '"1"'}).json()
    assert (changed["led_by"], changed["opd_codes"], changed["zoom_meeting_ids"]) == (None, None, [])


def test_a_final_or_cancelled_apel_is_not_changed(kominfo: Api, make: Make) -> None:
    held, called_off = make.apel(), make.apel(MONDAY + timedelta(days=7))
    kominfo.at(MONDAY + timedelta(hours=3)).post(f"/v1/apel/{held.id}/finalize")
    kominfo.post(f"/v1/apel/{called_off.id}/cancel", {"reason": "banjir"})
    tag = {"headers": {"if-match": '"2"'}}
    assert code_of(kominfo.patch(f"/v1/apel/{held.id}", {"title": "Lain"}, **tag)) == (409, "apel-final")
    assert code_of(kominfo.patch(f"/v1/apel/{called_off.id}", {"title": "Lain"}, **tag)) == (409, "apel-cancelled")


def test_a_monday_goes_from_scheduled_to_final(kominfo: Api, admin: Api, make: Make) -> None:
    path = f"/v1/apel/{make.apel(zoom_meeting_ids=[NUMBER]).id}"

    def post(api: Api, act: str, minute: int, body: dict[str, Any] | None = None) -> tuple[int, str]:
        answer = api.at(MONDAY + minute * MINUTE).post(f"{path}/{act}", body)
        return answer.status_code, answer.json().get("state") or answer.json()["code"]

    because = {"reason": "salah tekan"}
    assert post(kominfo, "close", -20) == (409, "apel-not-open")
    assert post(kominfo, "reopen", -20, because) == (409, "apel-not-started")
    assert post(kominfo, "open", -5) == (200, "open")
    assert post(kominfo, "open", -4) == (200, "open")
    assert post(kominfo, "finalize", 5) == (409, "apel-not-closed")
    assert post(kominfo, "close", 33, {"reason": "pembina selesai"}) == (200, "closed")
    assert post(kominfo, "open", 34) == (409, "apel-closed")
    assert post(admin, "reopen", 34, because) == (403, "reopening-needs-operator")
    assert post(kominfo, "reopen", 35, because) == (200, "open")
    assert post(kominfo, "reopen", 35, because) == (200, "open")
    assert post(kominfo, "close", 40) == (200, "closed")
    assert post(kominfo, "close", 41) == (200, "closed")
    assert post(kominfo, "finalize", 41) == (409, "deadline-not-passed")
    assert post(kominfo, "finalize", 61) == (200, "final")
    assert post(admin, "finalize", 62) == (200, "final")
    assert post(kominfo, "close", 63) == (409, "apel-final")
    assert post(kominfo, "cancel", 63, because) == (409, "apel-final")
    assert post(kominfo, "reopen", 63, because) == (403, "reopening-needs-admin")
    assert post(admin, "reopen", 64, because) == (200, "closed")
    assert post(admin, "reopen", 64, because) == (200, "closed")
    assert post(kominfo, "cancel", 65, because) == (200, "cancelled")
    assert post(kominfo, "cancel", 65, because) == (200, "cancelled")
    assert post(kominfo, "open", 65) == (409, "apel-cancelled")
    assert post(kominfo, "finalize", 65) == (409, "apel-cancelled")
    assert post(kominfo, "reopen", 66, because) == (200, "closed")


def test_repeating_an_act_changes_neither_version_nor_moment(kominfo: Api, make: Make) -> None:
    path = f"/v1/apel/{make.apel().id}"
    first = kominfo.at(MONDAY + 31 * MINUTE).post(f"{path}/close")
    again = kominfo.at(MONDAY + 50 * MINUTE).post(f"{path}/close")
    assert (again.json(), again.headers["etag"]) == (first.json(), first.headers["etag"])


def test_the_same_reason_reopens_again_after_it_closed_again(kominfo: Api, make: Make) -> None:
    path, because = f"/v1/apel/{make.apel().id}", {"reason": "masih berlangsung"}
    for minute in (31, 40):
        kominfo.at(MONDAY + minute * MINUTE).post(f"{path}/close")
        assert kominfo.at(MONDAY + (minute + 1) * MINUTE).post(f"{path}/reopen", because).json()["state"] == "open"


def test_only_a_final_apel_needs_a_reason_to_be_reopened(kominfo: Api, admin: Api, make: Make) -> None:
    path = f"/v1/apel/{make.apel().id}"
    kominfo.at(MONDAY + 31 * MINUTE).post(f"{path}/close")
    assert kominfo.post(f"{path}/reopen").json()["state"] == "open"
    kominfo.at(MONDAY + 61 * MINUTE).post(f"{path}/close")
    kominfo.post(f"{path}/finalize")
    assert code_of(admin.post(f"{path}/reopen")) == (422, "reopening-needs-reason")
    assert admin.post(f"{path}/reopen", {"reason": "ralat"}).json()["state"] == "closed"


def test_cancelling_needs_no_reason_and_may_have_one(kominfo: Api, make: Make) -> None:
    plain, told = make.apel(), make.apel(MONDAY + timedelta(days=7))
    assert kominfo.post(f"/v1/apel/{plain.id}/cancel").json()["state"] == "cancelled"
    assert kominfo.post(f"/v1/apel/{told.id}/cancel", {"reason": "banjir"}).json()["state"] == "cancelled"


def test_a_cancellation_taken_back_twice_is_one_step_back(kominfo: Api, make: Make) -> None:
    """The answer was lost and the operator pressed again: a closed apel must not open by that."""
    path, because = f"/v1/apel/{make.apel().id}", {"reason": "salah apel"}
    kominfo.at(MONDAY + 31 * MINUTE).post(f"{path}/close")
    kominfo.at(MONDAY + 32 * MINUTE).post(f"{path}/cancel")
    first = kominfo.at(MONDAY + 33 * MINUTE).post(f"{path}/reopen", because).json()
    again = kominfo.at(MONDAY + 34 * MINUTE).post(f"{path}/reopen", because).json()
    assert (first["state"], again) == ("closed", first)


def test_the_ceremony_may_have_ended_before_somebody_pressed_close(kominfo: Api, make: Make) -> None:
    path = f"/v1/apel/{make.apel().id}"
    kominfo.at(MONDAY + 70 * MINUTE)
    body = {"ended_at": "2026-11-23T08:02:00+08:00"}
    closed = kominfo.post(f"{path}/close", body).json()
    assert (closed["state"], closed["held_to"], closed["held_seconds"]) == ("closed", "2026-11-23T00:02:00Z", 32 * 60)
    assert kominfo.post(f"{path}/close", body).json() == closed
    earlier = kominfo.post(f"{path}/close", {"ended_at": "2026-11-23T07:58:00+08:00"}).json()
    assert earlier["held_to"] == "2026-11-22T23:58:00Z"
    for impossible in ("2026-11-23T07:30:00+08:00", "2026-11-23T08:41:00+08:00"):
        assert code_of(kominfo.post(f"{path}/close", {"ended_at": impossible})) == (422, "closing-time-invalid")


def test_an_adapter_looks_an_apel_up_by_number_and_day(api: Api, make: Make) -> None:
    this = make.apel(zoom_meeting_ids=[NUMBER])
    make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    make.apel(zoom_meeting_ids=["99999999999"])
    found = api.as_(Role.ADAPTER).get(f"/v1/apel?zoom_meeting_id={NUMBER}&on=2026-11-23").json()
    assert [one["id"] for one in found["items"]] == [str(this.id)]


def test_the_list_is_read_page_by_page_from_the_newest(kominfo: Api, make: Make) -> None:
    weeks = [make.apel(MONDAY + timedelta(days=7 * week)) for week in range(5)]
    seen: list[str] = []
    path = "/v1/apel?limit=2&from=2026-11-30"
    cursor = ""
    while True:
        page = kominfo.get(path + cursor).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [str(apel.id) for apel in reversed(weeks[1:])]
    assert code_of(kominfo.get("/v1/apel?cursor=WyJhIiwiYiJd")) == (422, "bad-cursor")


def test_the_list_is_filtered_by_the_state_of_this_moment(kominfo: Api, make: Make) -> None:
    make.apel()
    following = make.apel(MONDAY + timedelta(days=7))
    kominfo.at(MONDAY + timedelta(hours=4))
    states = {state: len(kominfo.get(f"/v1/apel?state={state}").json()["items"]) for state in ("closed", "scheduled")}
    assert states == {"closed": 1, "scheduled": 1}
    assert kominfo.get("/v1/apel?state=scheduled").json()["items"][0]["id"] == str(following.id)


PLAN = {"from": "2026-01-01", "to": "2026-12-31", "starts": "07:30", "ends": "08:00", "deadline": "08:30"}


def test_the_plan_of_2026_has_48_mondays_and_the_session_after_idul_fitri(kominfo: Api) -> None:
    answer = kominfo.at(datetime.fromisoformat("2025-12-20T08:00:00+08:00")).post("/v1/apel/plan", PLAN)
    plan = answer.json()
    special = [one for one in plan["made"] if one["special"]]
    mondays = [one for one in plan["made"] if not one["special"]]
    assert (answer.status_code, len(mondays), len(special)) == (201, 48, 1)
    assert {date.fromisoformat(one["on_date"]).isoweekday() for one in mondays} == {1}
    assert [one["on_date"] for one in plan["skipped"]] == ["2026-02-16", "2026-03-23", "2026-06-01", "2026-08-17"]
    assert {one["reason"] for one in plan["skipped"]} == {"day-off"}
    assert all(one["name"] for one in plan["skipped"])
    assert special[0] | {"id": ""} == {
        "id": "",
        "on_date": "2026-03-25",
        "title": "Apel Gabungan setelah cuti Idul Fitri",
        "starts_at": "2026-03-24T23:30:00Z",
        "report_deadline": "2026-03-25T07:00:00Z",
        "special": True,
    }
    kept = kominfo.get("/v1/apel?on=2026-03-25").json()["items"]
    assert [(one["report_deadline"], one["state"]) for one in kept] == [("2026-03-25T07:00:00Z", "scheduled")]


def test_a_time_of_day_may_name_its_seconds(kominfo: Api) -> None:
    """As clients write it that were made from the OpenAPI document, where it is a `time`."""
    week = {"from": "2026-11-23", "to": "2026-11-23"}
    precise = {"starts": "07:30:00", "ends": "08:00:00", "deadline": "08:30:00"}
    made = kominfo.post("/v1/apel/plan", week | precise).json()["made"]
    assert [one["starts_at"] for one in made] == ["2026-11-22T23:30:00Z"]


def test_planning_twice_makes_nothing_new(kominfo: Api) -> None:
    first = kominfo.post("/v1/apel/plan", PLAN).json()
    again = kominfo.post("/v1/apel/plan", PLAN)
    assert (again.status_code, again.json()["made"]) == (200, [])
    reasons = [one["reason"] for one in again.json()["skipped"]]
    assert (reasons.count("has-apel"), reasons.count("day-off")) == (49, 4)
    assert len(kominfo.get("/v1/apel?limit=200").json()["items"]) == len(first["made"]) == 49


def test_a_cancelled_monday_is_not_planned_anew(kominfo: Api, make: Make) -> None:
    apel = make.apel()
    kominfo.at(MONDAY - timedelta(days=1)).post(f"/v1/apel/{apel.id}/cancel", {"reason": "banjir"})
    plan = kominfo.post("/v1/apel/plan", PLAN | {"from": "2026-11-23", "to": "2026-11-23"}).json()
    assert (plan["made"], [one["reason"] for one in plan["skipped"]]) == ([], ["has-apel"])


def test_a_rehearsal_or_one_opds_apel_does_not_take_the_day(kominfo: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.apel(rehearsal=True)
    make.apel(kind="apel_opd", opd_codes=["DISDIK"])
    plan = kominfo.post("/v1/apel/plan", PLAN | {"from": "2026-11-23", "to": "2026-11-23"}).json()
    assert [one["on_date"] for one in plan["made"]] == ["2026-11-23"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        pytest.param({"from": "2031-01-01", "to": "2031-12-31"}, 409, "calendar-estimated", id="an estimated year"),
        pytest.param({"from": "2026-12-01", "to": "2025-12-01"}, 422, "plan-too-long", id="a span backwards"),
        pytest.param({"from": "2025-01-01", "to": "2026-12-31"}, 422, "plan-too-long", id="two years"),
        pytest.param({"ends": "07:00"}, 422, "schedule-invalid", id="an end before the start"),
        pytest.param({"deadline": "07:30"}, 422, "schedule-invalid", id="reports due as it begins"),
        pytest.param({"starts": "7:30"}, 422, "input-invalid", id="a time written otherwise"),
        pytest.param({"starts": 450}, 422, "input-invalid", id="a number for a time"),
    ],
)
def test_a_plan_that_cannot_be_makes_nothing(kominfo: Api, fields: dict[str, str], status: int, code: str) -> None:
    assert code_of(kominfo.post("/v1/apel/plan", PLAN | fields)) == (status, code)
    assert kominfo.get("/v1/apel").json()["items"] == []
