"""The last roll-calls side by side, over HTTP."""

from datetime import timedelta

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, Make
from tests.monday import DUE, Story, claim

WEEK = timedelta(days=7)
LATER = DUE + timedelta(hours=2)


@pytest.fixture
def mondays(api: Api, make: Make) -> list[Story]:
    """Two Mondays: BKPP reports on both, DISDIK on the first alone."""
    make.opd("DISDIK", protocol_order=2)
    make.opd("BKPP", protocol_order=1)
    make.asn("DISDIK", name="Siti Aminah", nip="198501012010012001")
    for number in range(2, 5):
        make.asn("BKPP", name=f"Budi {number}", nip=f"19850101201001{number:04d}")
    held = []
    for back in (1, 0):
        story = Story(api, make.apel(MONDAY - back * WEEK, title=f"Apel {back}"))
        at = story.apel.starts_at
        story.reports("BKPP", claim(3, 2 - back, DL=1 + back), at=at)
        if back:
            story.reports("DISDIK", claim(1, 0, unexplained=1), at=at)
        answer = api.as_(Role.ADMIN).at(at + timedelta(hours=3)).post(story.path("scores"))
        assert answer.status_code == 200, answer.text
        held.append(story)
    return held


def test_each_unit_stands_beside_its_own_mondays_with_counts_alone(mondays: list[Story], api: Api) -> None:
    answer = api.as_(Role.READER).at(LATER).get("/v1/board/history?weeks=8")
    assert answer.status_code == 200, answer.text
    before, now = mondays
    assert answer.json() == {
        "kind": "apel_gabungan",
        "instansi": "Pemerintah Kabupaten Mamuju",
        "zone": "Asia/Makassar",
        "sample": False,
        "apels": [
            {
                "apel_id": str(before.apel.id),
                "date": "2026-11-16",
                "title": "Apel 1",
                "provisional": True,
                "rate": {"numerator": 1, "denominator": 4, "excluded": {}, "percent": 25.0},
                "duty_rate": {"numerator": 1, "denominator": 2, "excluded": {"DL": 2}, "percent": 50.0},
            },
            {
                "apel_id": str(now.apel.id),
                "date": "2026-11-23",
                "title": "Apel 0",
                "provisional": True,
                "rate": {"numerator": 2, "denominator": 3, "excluded": {"BL": 1}, "percent": 66.67},
                "duty_rate": {"numerator": 2, "denominator": 2, "excluded": {"BL": 1, "other": 1}, "percent": 100.0},
            },
        ],
        "opd": [
            {
                "opd_code": "BKPP",
                "short_name": "Bkpp",
                "name": "Dinas Bkpp",
                "order": 1,
                "band": "kecil",
                "cells": [
                    {
                        "report": "submitted",
                        "rate": {"numerator": 1, "denominator": 3, "excluded": {}, "percent": 33.33},
                        "duty_rate": {"numerator": 1, "denominator": 1, "excluded": {"DL": 2}, "percent": 100.0},
                        "points": 100.0,
                    },
                    {
                        "report": "submitted",
                        "rate": {"numerator": 2, "denominator": 3, "excluded": {}, "percent": 66.67},
                        "duty_rate": {"numerator": 2, "denominator": 2, "excluded": {"other": 1}, "percent": 100.0},
                        "points": 100.0,
                    },
                ],
            },
            {
                "opd_code": "DISDIK",
                "short_name": "Disdik",
                "name": "Dinas Disdik",
                "order": 2,
                "band": "kecil",
                "cells": [
                    {
                        "report": "submitted",
                        "rate": {"numerator": 0, "denominator": 1, "excluded": {}, "percent": 0.0},
                        "duty_rate": {"numerator": 0, "denominator": 1, "excluded": {}, "percent": 0.0},
                        "points": 40.0,
                    },
                    {
                        "report": "missing",
                        "rate": {"numerator": 0, "denominator": 0, "excluded": {"BL": 1}, "percent": None},
                        "duty_rate": {"numerator": 0, "denominator": 0, "excluded": {"BL": 1}, "percent": None},
                        "points": 0.0,
                    },
                ],
            },
        ],
    }


def test_rehearsals_cancelled_and_running_apels_are_no_history(mondays: list[Story], make: Make, api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    drill = Story(api, make.apel(MONDAY + timedelta(days=1), rehearsal=True))
    drill.board(LATER + timedelta(days=1))
    called_off = Story(api, make.apel(MONDAY + timedelta(days=2)))
    assert admin.at(LATER).post(called_off.path("cancel")).status_code == 200
    called_off.board(LATER + timedelta(days=2))
    running = Story(api, make.apel(MONDAY + WEEK))
    running.board(MONDAY + WEEK + timedelta(minutes=10))
    told = api.as_(Role.BUPATI).at(MONDAY + WEEK + timedelta(minutes=10)).get("/v1/board/history").json()
    assert [apel["title"] for apel in told["apels"]] == ["Apel 1", "Apel 0"]


def test_the_latest_weeks_are_told_the_oldest_first(mondays: list[Story], api: Api) -> None:
    bupati = api.as_(Role.BUPATI).at(LATER)
    told = bupati.get("/v1/board/history?weeks=1").json()
    assert [apel["title"] for apel in told["apels"]] == ["Apel 0"]
    assert [len(row["cells"]) for row in told["opd"]] == [1, 1]
    assert bupati.get("/v1/board/history?weeks=54").status_code == 422


def test_a_unit_that_was_not_called_has_an_empty_place(api: Api, make: Make) -> None:
    make.opd("BKPP")
    make.asn("BKPP", name="Budi Hasan")
    make.opd("DINKES", from_date=DAY)
    make.asn("DINKES", name="Rahma Wati", from_date=DAY)
    for back in (1, 0):
        Story(api, make.apel(MONDAY - back * WEEK)).board(LATER - back * WEEK)
    rows = api.as_(Role.BUPATI).at(LATER).get("/v1/board/history").json()["opd"]
    assert [(row["opd_code"], [cell is None for cell in row["cells"]]) for row in rows] == [
        ("BKPP", [False, False]),
        ("DINKES", [True, False]),
    ]


def test_an_unchanged_history_is_304_and_a_new_word_changes_it(mondays: list[Story], api: Api) -> None:
    office = api.as_(Role.READER).at(LATER)
    first = office.get("/v1/board/history")
    known = {"if-none-match": first.headers["etag"]}
    same = office.get("/v1/board/history", headers=known)
    assert (same.status_code, same.content) == (304, b"")
    mondays[1].reports("DISDIK", claim(1, 1), at=LATER)
    mondays[1].board(LATER)
    changed = office.at(LATER).get("/v1/board/history", headers=known)
    assert changed.status_code == 200
    assert changed.json()["opd"][1]["cells"][1]["report"] == "late"


def test_another_name_in_the_register_is_read_at_once(mondays: list[Story], api: Api) -> None:
    office, admin = api.as_(Role.READER).at(LATER), api.as_(Role.ADMIN).at(LATER)
    known = {"if-none-match": office.get("/v1/board/history").headers["etag"]}
    renamed = admin.patch("/v1/opd/BKPP", {"short_name": "BKPSDM"}, headers={"if-match": '"1"'})
    assert renamed.status_code == 200, renamed.text
    assert office.get("/v1/board/history", headers=known).json()["opd"][0]["short_name"] == "BKPSDM"


def test_screens_of_visitors_and_civil_servants_are_not_told(mondays: list[Story], api: Api) -> None:
    for role in (Role.SCREEN, Role.ASN, Role.ADAPTER):
        assert api.as_(role).at(LATER).get("/v1/board/history").status_code == 403


def test_without_any_apel_there_is_no_history_and_the_place_is_told(api: Api) -> None:
    told = api.as_(Role.OPD_OPERATOR, "DISDIK").get("/v1/board/history").json()
    assert (told["apels"], told["opd"], told["zone"]) == ([], [], "Asia/Makassar")
