"""Webhooks over HTTP: who may see and change them, what is refused, and texts ready to be pasted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.background import loops
from app.core.principal import Role
from tests.client import Api
from tests.make import MONDAY, Make
from tests.monday import Story, claim
from tests.notifications.conftest import ALL, PATH, Office

URL = "https://wa.example.go.id/apel"
BODY: dict[str, Any] = {"url": URL, "events": ["report.missing", "apel.closed"]}
AT = "2026-11-22T23:30:00Z"
V1 = {"if-match": '"1"'}


def made(api: Api, **changes: Any) -> dict[str, Any]:
    answer = api.as_(Role.ADMIN).post(PATH, BODY | changes)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_webhook_is_made_and_its_secret_shown_once(api: Api) -> None:
    answer = api.as_(Role.KOMINFO).post(PATH, BODY | {"description": "Grup operator"})
    body = answer.json()
    secret = body.pop("secret")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert secret.startswith("whsec_")
    assert body == {
        "id": body["id"],
        "url": URL,
        "events": ["apel.closed", "report.missing"],
        "description": "Grup operator",
        "minutes_before": 15,
        "state": "active",
        "state_since": AT,
        "failing_since": None,
        "previous_until": None,
        "created_at": AT,
        "version": 1,
    }
    inspector = api.as_(Role.INSPECTOR)
    assert inspector.get(PATH).json() == {"items": [body], "next_cursor": None}
    one = inspector.get(f"{PATH}/{body['id']}")
    assert (one.json(), one.headers["etag"]) == (body, '"1"')
    assert secret not in one.text + inspector.get(PATH).text


def test_a_webhook_made_twice_with_one_key_is_one_with_one_secret(api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    first, second = (admin.post(PATH, BODY, headers={"idempotency-key": "a"}) for _ in range(2))
    assert first.json() == second.json()
    assert len(admin.get(PATH).json()["items"]) == 1


@pytest.mark.parametrize(
    "role", [Role.BUPATI, Role.OPD_HEAD, Role.OPD_OPERATOR, Role.READER, Role.SCREEN, Role.ADAPTER]
)
def test_others_neither_see_nor_make_them(api: Api, role: Role) -> None:
    hook = made(api)
    caller = api.as_(role, "DISDIK")
    for path in (PATH, f"{PATH}/{hook['id']}", f"{PATH}/{hook['id']}/deliveries"):
        assert caller.get(path).status_code == 403
    assert caller.post(PATH, BODY).status_code == 403


def test_an_inspector_changes_nothing(api: Api) -> None:
    path = f"{PATH}/{made(api)['id']}"
    inspector = api.as_(Role.INSPECTOR)
    answers = [
        inspector.post(PATH, BODY),
        inspector.patch(path, {"minutes_before": 5}, headers=V1),
        *(inspector.post(f"{path}/{verb}", headers=V1) for verb in ("end", "secret", "test")),
    ]
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://wa.example.go.id/", "Pakai https."),
        ("https://admin:x@wa.example.go.id/", "Alamat tidak memuat nama pengguna atau kata sandi."),
        ("https://127.0.0.1/", "Alamat ini tidak publik; daftarkan pada APEL_WEBHOOK_HOSTS bila memang milik sendiri."),
        (
            "https://2130706433/",
            "Nama host ini tidak dipakai: tulis nama lengkap atau alamat IP dalam bentuk biasanya.",
        ),
        ("https://wa.example.go.id:5432/", "Port ini tidak dipakai; pakai 443 atau 8443."),
        ("https://wa.example.go.id/#x", "Ini bukan alamat yang lengkap, misalnya https://wa.example.go.id/apel."),
    ],
)
def test_an_address_that_is_not_called_is_refused_when_made_and_when_changed(api: Api, url: str, said: str) -> None:
    hook = made(api)
    for answer in (
        api.as_(Role.ADMIN).post(PATH, BODY | {"url": url}),
        api.as_(Role.ADMIN).patch(f"{PATH}/{hook['id']}", {"url": url}, headers=V1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook-address-refused")
        assert answer.json()["errors"] == [{"pointer": "/url", "detail": said}]
        assert url not in answer.text


@pytest.mark.parametrize("events", [[], ["webhook.test"], ["nobody.knows"], "apel.closed", None])
def test_events_are_those_that_there_are(api: Api, events: Any) -> None:
    assert api.as_(Role.ADMIN).post(PATH, BODY | {"events": events}).status_code == 422


def test_a_change_names_its_version_and_saying_what_holds_changes_nothing(api: Api) -> None:
    hook = made(api)
    admin, path = api.as_(Role.ADMIN), f"{PATH}/{hook['id']}"
    assert admin.patch(path, {"minutes_before": 5}).status_code == 428
    assert admin.patch(path, {"minutes_before": 5}, headers={"if-match": '"2"'}).status_code == 412
    assert admin.patch(path, {"minutes_before": 15, "events": BODY["events"]}).status_code == 200
    changed = admin.patch(path, {"minutes_before": 5, "description": "Baru"}, headers=V1)
    assert (changed.json()["version"], changed.headers["etag"]) == (2, '"2"')
    emptied = admin.patch(path, {"description": None}, headers={"if-match": '"2"'}).json()
    assert (emptied["description"], emptied["minutes_before"]) == (None, 5)


def test_an_ended_webhook_is_not_there_any_more(api: Api) -> None:
    hook = made(api)
    admin, path = api.as_(Role.ADMIN), f"{PATH}/{hook['id']}"
    delivery = admin.post(f"{path}/test").json()["id"]
    assert admin.post(f"{path}/end").status_code == 428
    assert admin.post(f"{path}/end", headers=V1).status_code == 204
    assert admin.get(path).json()["code"] == "webhook-not-found"
    assert admin.get(f"{path}/deliveries").status_code == 404
    assert admin.post(f"{PATH}/deliveries/{delivery}/replay").json()["code"] == "delivery-not-found"
    assert admin.get(PATH).json()["items"] == []


def test_nobody_knows_a_delivery_that_never_was(api: Api) -> None:
    answer = api.as_(Role.ADMIN).post(f"{PATH}/deliveries/{uuid4()}/replay")
    assert (answer.status_code, answer.json()["code"]) == (404, "delivery-not-found")


def test_the_log_is_read_page_by_page_and_by_state(api: Api) -> None:
    hook = made(api)
    admin, path = api.as_(Role.ADMIN), f"{PATH}/{hook['id']}"
    sent = [admin.post(f"{path}/test").json()["id"] for _ in range(3)]
    first = admin.get(f"{path}/deliveries?limit=2").json()
    rest = admin.get(f"{path}/deliveries?limit=2&cursor={first['next_cursor']}").json()
    assert [item["id"] for item in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next_cursor"] is None
    assert len(admin.get(f"{path}/deliveries?state=waiting").json()["items"]) == 3
    assert admin.get(f"{path}/deliveries?state=failed").json()["items"] == []


def test_there_are_at_most_fifty(api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    for _ in range(50):
        made(api)
    answer = admin.post(PATH, BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-webhooks")


def test_each_write_is_on_the_record_without_secret_and_path(api: Api) -> None:
    hook = made(api, url=f"{URL}/rahasia-di-jalur")
    admin = api.as_(Role.ADMIN)
    admin.post(f"{PATH}/{hook['id']}/secret")
    admin.post(f"{PATH}/{hook['id']}/end", headers={"if-match": '"2"'})
    seen = api.as_(Role.INSPECTOR).get("/v1/audit").text
    for action in ("webhooks.create", "webhooks.rotate", "webhooks.end"):
        assert action in seen
    assert "rahasia-di-jalur" not in seen
    assert "whsec" not in seen


def test_texts_are_ready_from_the_first_minute_to_the_final_figures(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.asn("DISDIK")
    story = Story(api, make.apel())

    def texts(minutes: int, language: str = "id") -> list[tuple[str, str | None, str]]:
        kominfo = api.as_(Role.KOMINFO).at(MONDAY + timedelta(minutes=minutes))
        answer = kominfo.get(story.path("messages"), headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        return [(item["event"], item["opd_code"], item["text"]) for item in answer.json()["items"]]

    [(event, _, text)] = texts(5)
    assert (event, "1. Disdik" in text) == ("report.missing", True)
    story.reports("DISDIK", claim(1, 1), at=MONDAY + timedelta(minutes=6))
    [(_, _, text)] = texts(7)
    assert text == "Apel Gabungan, Senin, 23 November 2026: semua 1 OPD sudah melapor. Terima kasih."
    returned = api.as_(Role.ADMIN).at(MONDAY + timedelta(minutes=8))
    assert returned.post(story.path("reports/DISDIK/return"), {"reason": "x"}).status_code == 200
    assert [event for event, _, _ in texts(9)] == ["report.missing", "report.returned"]
    assert returned.post(story.path("reports/DISDIK/verify")).status_code == 200
    after = texts(95)
    assert [event for event, _, _ in after] == ["report.missing", "apel.closed"]
    assert after[-1][2].splitlines()[1:] == [
        "Sudah melapor: 1 dari 1 OPD.",
        "Jumlah 1: hadir 1 (WFO 1, WFA 0), berhalangan 0, tanpa keterangan 0.",
        "Persentase hadir: 1 dari 1 = 100,00 %.",
    ]
    assert "Present: 1 of 1 = 100.00 %." in texts(95, "en")[-1][2]
    assert returned.at(MONDAY + timedelta(minutes=96)).post(story.path("finalize")).status_code == 200
    assert [event for event, _, _ in texts(97)] == ["apel.closed", "scores.final"]


def test_texts_of_a_cancelled_apel_are_none(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    story = Story(api, make.apel())
    api.as_(Role.KOMINFO).post(story.path("cancel"), {"reason": "hujan"})
    assert api.as_(Role.KOMINFO).get(story.path("messages")).json()["items"] == []


def test_the_process_delivers_by_itself(office: Office) -> None:
    """What `main` wires is what the other tests do by hand."""
    office.api._app.state.courier = office.courier
    wired = {loop.name: loop.work for loop in loops(office.api._app)}
    office.make.opd("DISDIK")
    office.make.asn("DISDIK")
    office.make.apel()
    receiver = office.receiver()
    office.webhook(receiver, ALL)
    office.at(MONDAY + timedelta(minutes=50))

    async def go() -> None:
        for name in ("what to tell", "announcements", "webhooks", "log of webhooks"):
            await wired[name]()
        await office.courier.rest()

    office._loop.run(go())
    assert len(receiver.heard) == 1


def test_what_waits_is_counted(office: Office) -> None:
    receiver = office.receiver()
    hook = office.webhook(receiver)
    office.test(hook)
    seen = office.api.get("/metrics").text
    assert 'apel_waiting{queue="webhook_deliveries_waiting"} 1.0' in seen
    assert 'apel_waiting{queue="webhooks_paused"} 0.0' in seen
    office.send()
    seen = office.api.get("/metrics").text
    assert 'apel_waiting{queue="webhook_deliveries_waiting"} 0.0' in seen
    assert 'apel_webhook_tries_total{outcome="2xx"}' in seen
