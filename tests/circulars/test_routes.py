"""Circulars over HTTP: drafted, published, superseded, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.principal import Role
from tests.circulars.conftest import CIRCULAR, NUMBER, PATH, PDF, Office
from tests.make import MONDAY

V1 = {"if-match": '"1"'}


def test_a_draft_is_changed_then_published_and_frozen(office: Office) -> None:
    made = office.admin.post(PATH, CIRCULAR)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    draft = made.json()
    filled: dict[str, list[str]] = {"opd_types": [], "opd_codes": []}
    scope = {"offices": ["camat", "desa", "heads", "lurah"], "employment_types": ["CPNS", "PNS", "PPPK", "PPPK_PW"]}
    assert draft == CIRCULAR | {
        "id": draft["id"],
        "chain_id": draft["id"],
        "version": 1,
        "supersedes_id": None,
        "superseded_by_id": None,
        "scope": scope | filled,
        "state": "draft",
        "published_at": None,
        "withdrawn_at": None,
        "withdrawal_reason": None,
        "file": None,
        "revision": 1,
    }
    path = f"{PATH}/{draft['id']}"
    changed = office.admin.patch(path, {"title": "Larangan Siaran Langsung"}, headers=V1)
    assert (changed.status_code, changed.json()["title"]) == (200, "Larangan Siaran Langsung")
    assert office.admin.post(f"{path}/publish", headers=V1).json()["code"] == "version-mismatch"
    assert office.admin.post(f"{path}/publish").json()["code"] == "version-required"
    published = office.admin.post(f"{path}/publish", headers={"if-match": '"2"'})
    assert (published.json()["state"], published.json()["published_at"]) == ("published", "2026-11-22T23:30:00Z")
    again = office.admin.post(f"{path}/publish")
    assert (again.status_code, again.json()) == (200, published.json())
    refused = office.admin.patch(path, {"title": "Lain"}, headers={"if-match": '"3"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "circular-published")
    assert office.admin.patch(path, {"title": "Larangan Siaran Langsung"}).status_code == 200, "it says so already"


def test_a_draft_is_seen_by_those_who_write_it_and_by_inspectors(office: Office) -> None:
    path = f"{PATH}/{office.drafts()['id']}"
    assert office.api.as_(Role.INSPECTOR).get(path).status_code == 200
    for role in (Role.BUPATI, Role.KOMINFO, Role.OPD_HEAD, Role.ASN, Role.READER):
        assert office.api.as_(role, "DISDIK").get(path).status_code == 404
        assert office.api.as_(role, "DISDIK").get(PATH).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"acknowledge_by": "2026-11-19"}, "circular-deadline-invalid"),
        ({"scope": {"opd_codes": ["NIHIL"], "offices": ["heads"]}}, "opd-unknown"),
        ({"supersedes_id": "00000000-0000-0000-0000-000000000001"}, "circular-not-found"),
        ({"scope": {"offices": ["heads", "heads"]}}, "input-invalid"),
        ({"text": "x" * 20_001}, "input-invalid"),
    ],
)
def test_what_cannot_be_is_refused(office: Office, changes: dict[str, Any], code: str) -> None:
    assert office.admin.post(PATH, CIRCULAR | changes).json()["code"] == code


def test_a_circular_for_nobody_is_not_published_nor_one_whose_deadline_passed(office: Office) -> None:
    made = office.drafts(scope={})
    refused = office.admin.post(f"{PATH}/{made['id']}/publish", headers=V1)
    assert (refused.status_code, refused.json()["code"]) == (422, "circular-for-nobody")
    late = office.drafts(number="2", acknowledge_by="2026-11-22")
    refused = office.admin.post(f"{PATH}/{late['id']}/publish", headers=V1)
    assert refused.json()["code"] == "circular-deadline-invalid"


def test_a_later_version_supersedes_and_its_predecessor_says_so(office: Office) -> None:
    first = office.publishes()
    first_id = first.rpartition("/")[2]
    taken = office.admin.post(PATH, CIRCULAR)
    assert (taken.status_code, taken.json()["code"]) == (409, "circular-number-taken")
    second = office.drafts(supersedes_id=first_id, title="Versi dua")
    assert (second["version"], second["chain_id"], second["supersedes_id"]) == (2, first_id, first_id)
    assert office.admin.get(first).json()["state"] == "published", "a draft supersedes nothing"
    before = office.admin.get(first).headers["etag"]
    office.admin.post(f"{PATH}/{second['id']}/publish", headers=V1)
    answer = office.admin.get(first, headers={"if-none-match": before})
    assert (answer.json()["state"], answer.json()["superseded_by_id"]) == ("superseded", second["id"])
    again = office.admin.post(PATH, CIRCULAR | {"supersedes_id": first_id, "number": "3"})
    assert (again.status_code, again.json()["code"]) == (409, "circular-superseded")
    third = office.drafts(supersedes_id=second["id"], number="4")
    assert (third["version"], third["chain_id"]) == (3, first_id)


def test_of_two_drafts_that_supersede_the_same_circular_one_is_published(office: Office) -> None:
    first_id = office.publishes().rpartition("/")[2]
    drafts = [office.drafts(supersedes_id=first_id, number=number) for number in ("A", "B")]
    office.admin.post(f"{PATH}/{drafts[0]['id']}/publish", headers=V1)
    refused = office.admin.post(f"{PATH}/{drafts[1]['id']}/publish", headers=V1)
    assert refused.json()["code"] == "circular-superseded"
    assert "A (versi 2)" in refused.json()["detail"]


def test_a_withdrawn_circular_stays_on_record_with_its_reason(office: Office) -> None:
    path = office.publishes()
    assert office.admin.post(f"{path}/withdraw", {"reason": "Keliru nomor"}).status_code == 428
    gone = office.admin.post(f"{path}/withdraw", {"reason": "Keliru nomor"}, headers={"if-match": '"2"'}).json()
    assert (gone["state"], gone["withdrawal_reason"]) == ("withdrawn", "Keliru nomor")
    assert office.admin.post(f"{path}/withdraw", {"reason": "Lain"}).json() == gone
    assert office.api.as_(Role.READER).get(path).json()["withdrawal_reason"] is None
    assert office.drafts(number=NUMBER)["version"] == 1, "its number is free again"


def test_a_version_withdrawn_before_it_came_into_force_took_nobodys_place(office: Office) -> None:
    first = office.publishes()
    office.api.at(MONDAY)
    second = office.publishes(
        supersedes_id=first.rpartition("/")[2], effective_from="2027-01-01", acknowledge_by="2026-12-31"
    )
    assert office.admin.get(first).json()["state"] == "superseded"
    office.admin.post(f"{second}/withdraw", {"reason": "Batal"}, headers={"if-match": '"2"'})
    assert office.admin.get(first).json()["state"] == "published"


def test_the_signed_pdf_is_kept_while_it_is_a_draft_and_served_to_be_saved(office: Office) -> None:
    path = f"{PATH}/{office.drafts()['id']}"
    file = {"file": ("se.pdf", PDF)}
    kept = office.admin.request("PUT", f"{path}/file", files=file, headers=V1)
    assert (kept.status_code, kept.json()["file"]["size"], kept.json()["revision"]) == (200, len(PDF), 2)
    assert office.admin.request("PUT", f"{path}/file", files=file).json() == kept.json()
    wrong = office.admin.request("PUT", f"{path}/file", files={"file": ("se.pdf", b"<html>")}, headers=V1)
    assert wrong.json()["code"] == "circular-file-not-pdf"
    large = office.admin.request("PUT", f"{path}/file", files={"file": ("se.pdf", PDF + b"x" * 5 * 2**20)}, headers=V1)
    assert large.status_code == 413
    assert office.api.as_(Role.ASN).get(f"{path}/file").status_code == 404, "a draft is not there yet"
    office.admin.post(f"{path}/publish", headers={"if-match": '"2"'})
    late = office.admin.request("PUT", f"{path}/file", files={"file": ("se.pdf", PDF + b"2")}, headers=V1)
    assert late.json()["code"] == "circular-published"
    served = office.api.as_(Role.ASN).get(f"{path}/file")
    assert served.content == PDF
    assert served.headers["content-disposition"].startswith("attachment; ")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-type"] == "application/pdf"
    assert office.admin.get(f"{office.publishes(number='2')}/file").json()["code"] == "circular-file-not-found"


def test_a_creation_is_repeated_with_its_key(office: Office) -> None:
    key = {"idempotency-key": "satu"}
    first, second = (office.admin.post(PATH, CIRCULAR, headers=key) for _ in range(2))
    assert (second.status_code, second.json(), second.headers["etag"]) == (201, first.json(), '"1"')


def test_the_list_begins_with_what_awaits_me(office: Office, make: Any) -> None:
    siti = make.asn("SD-1")
    paths = [office.publishes(number=str(number)) for number in range(3)]
    other = office.publishes(number="9", scope={"offices": ["heads"]})
    himself = office.himself(siti)
    himself.get(paths[2])
    himself.post(f"{paths[1]}/acknowledge")

    def order(**asked: str) -> list[str]:
        listed = himself.get(PATH, params=asked).json()
        return [f"{PATH}/{item['id']}" for item in listed["items"]]

    assert order() == [paths[0], paths[2], other, paths[1]], "unread, unacknowledged, then the newest"
    first = himself.get(PATH, params={"limit": 2}).json()
    rest = himself.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["number"] for item in first["items"] + rest["items"]] == ["0", "2", "9", "1"]
    assert rest["next_cursor"] is None
    mine = {item["number"]: item["mine"] for item in first["items"] + rest["items"]}
    assert mine["9"] == {"addressed": False, "read_at": None, "acknowledged_at": None}
    assert mine["2"] == {"addressed": True, "read_at": "2026-11-22T23:30:00Z", "acknowledged_at": None}
    assert mine["1"]["acknowledged_at"] == "2026-11-22T23:30:00Z"
    assert order(kind="general") == []
    assert order(state="withdrawn") == []


def test_villages_are_listed_by_kecamatan_in_versions(office: Office) -> None:
    assert office.admin.get(f"{PATH}/desa").headers["etag"] == '"0"'
    first = office.lists_desa(("KEC-MAMUJU", "Batu Pannu"), ("KEC-MAMUJU", "Tadui"))
    body = {"items": [{"opd_code": "KEC-MAMUJU", "name": name} for name in ("Tadui", "Batu Pannu")]}
    same = office.admin.put(f"{PATH}/desa", body)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert office.admin.put(f"{PATH}/desa", {"items": []}).status_code == 428
    second = office.lists_desa(("KEC-MAMUJU", "TADUI"), ("KEC-MAMUJU", "Bambu"), version=1)
    assert second.keys() == {"Tadui", "Bambu"}
    assert second["Tadui"] == first["Tadui"]
    wrong = [("DISDIK", "Tadui"), ("KEC-MAMUJU", "Bambu"), ("KEC-MAMUJU", "bambu")]
    body = {"items": [{"opd_code": code, "name": name} for code, name in wrong]}
    refused = office.admin.put(f"{PATH}/desa", body, headers={"if-match": '"2"'}).json()
    assert refused["code"] == "desa-list-refused"
    assert [error["pointer"] for error in refused["errors"]] == ["/items/0/opd_code", "/items/2/name"]


def test_a_304_is_no_second_reading_and_a_new_reading_is_answered(office: Office) -> None:
    path = office.publishes()
    head = office.head("DISDIK")
    seen = head.get(path)
    assert head.get(path, headers={"if-none-match": seen.headers["etag"]}).status_code == 304
    office.api.at(MONDAY + timedelta(days=1))
    assert head.get(path).status_code == 200
    [item] = head.get(PATH).json()["items"]
    assert item["mine"]["read_at"] == "2026-11-22T23:30:00Z", "the first reading stays"
