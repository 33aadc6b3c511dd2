"""The calendar over HTTP: seeded, read, corrected."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.models import Apel, ApelAct
from app.audit.models import AuditEntry
from app.calendar import almanac, queries, service
from app.calendar.models import CalendarDay
from app.calendar.rules import Day, DayKind, days_after_idul_fitri, is_working_day
from app.core.principal import Role
from tests.client import Api
from tests.make import DAY, MONDAY, NOBODY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HOLIDAY = {"kind": "regional", "name": "Hari Jadi Kabupaten", "source": "SE Bupati 100/2026"}


def test_the_year_is_seeded_when_it_is_asked_for(api: Api) -> None:
    answer = api.as_(Role.SCREEN).get("/v1/calendar?year=2026")
    assert answer.status_code == 200
    items = {item["date"]: item for item in answer.json()["items"]}
    assert items["2026-03-23"] == {
        "date": "2026-03-23",
        "kind": "cuti_bersama",
        "name": "Cuti Bersama Hari Raya Idul Fitri",
        "estimated": False,
        "source": almanac.LIBRARY,
        "version": 1,
    }
    assert items["2026-02-19"]["kind"] == "ramadan"
    assert sum(item["kind"] == "holiday" for item in items.values()) == 17
    assert sum(item["kind"] == "cuti_bersama" for item in items.values()) == 8
    assert list(items) == sorted(items)
    assert api.as_(Role.ASN).get("/v1/calendar?year=2026").json() == answer.json(), "asked again, nothing doubles"


def test_without_a_year_the_present_one_is_meant(api: Api) -> None:
    reader = api.as_(Role.READER)
    assert reader.get("/v1/calendar").json() == reader.get("/v1/calendar?year=2026").json()


def test_dates_that_rest_on_a_forecast_say_so(api: Api) -> None:
    items = api.as_(Role.KOMINFO).get("/v1/calendar?year=2028").json()["items"]
    feast = next(item for item in items if item["name"] == "Hari Raya Idul Fitri")
    assert (feast["date"], feast["estimated"]) == ("2028-02-27", True)


@pytest.mark.parametrize("year", ["1999", "2101", "x", "99999999999999999999"])
def test_a_year_out_of_range_is_refused(api: Api, year: str) -> None:
    answer = api.as_(Role.KOMINFO).get(f"/v1/calendar?year={year}")
    assert (answer.status_code, answer.json()["code"]) == (422, "input-invalid")


def test_the_seeded_table_leaves_48_mondays_in_2026_and_a_special_session_on_25_march(
    session: AsyncSession, run: Run
) -> None:
    run(service.ensure_year(session, 2026))
    days = run(queries.load_days(session, date(2026, 1, 1), date(2026, 12, 31)))
    mondays = [date(2026, 1, 5) + timedelta(weeks=n) for n in range(52)]
    assert len([day for day in mondays if is_working_day(day, days)]) == 48
    assert days_after_idul_fitri(days) == (date(2026, 3, 25),)
    assert not run(queries.is_estimated(session, 2026))


def test_seeding_twice_writes_nothing_the_second_time(session: AsyncSession, run: Run) -> None:
    run(service.ensure_years(session, date(2026, 5, 1), date(2027, 2, 1)))
    before = run(queries.load_days(session, date(2026, 1, 1), date(2027, 12, 31)))
    run(service.ensure_years(session, date(2026, 5, 1), date(2027, 2, 1)))
    assert run(queries.load_days(session, date(2026, 1, 1), date(2027, 12, 31))) == before
    assert run(session.scalar(select(func.max(CalendarDay.version)))) == 1


def test_a_later_edition_replaces_what_was_seeded_and_leaves_corrections(
    session: AsyncSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known(name: str, *days: date) -> None:
        entries = tuple(almanac.Entry(day, Day(DayKind.HOLIDAY, name), "SKB") for day in days)
        monkeypatch.setattr(almanac, "list_days", lambda year: entries)
        monkeypatch.setattr(almanac, "edition", lambda year: name)

    first, second, third = (date(2029, 2, day) for day in (14, 15, 16))
    known("perkiraan", first, second)
    run(service.ensure_year(session, 2029))
    corrected = CalendarDay(
        day=third, kind="regional", name="Kami", estimated=False, source="kabupaten", corrected=True, version=4
    )
    session.add(corrected)
    run(session.flush())
    known("keputusan", second, third)
    run(service.ensure_year(session, 2029))
    rows = run(queries.list_days(session, date(2029, 1, 1), date(2029, 12, 31)))
    assert [(row.day, row.name, row.version) for row in rows] == [(second, "keputusan", 2), (third, "Kami", 4)]


def test_a_correction_is_kept_with_its_source_and_recorded(api: Api, session: AsyncSession, run: Run) -> None:
    admin = api.as_(Role.ADMIN)
    answer = admin.put("/v1/calendar/2026-07-14", HOLIDAY)
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    kept = {"date": "2026-07-14", **HOLIDAY, "estimated": False, "version": 1}
    assert answer.json() == kept | {"colliding_apel": []}
    assert admin.get("/v1/calendar/2026-07-14").json() == kept
    entry = run(session.scalar(select(AuditEntry)))
    assert (entry.action, entry.target, entry.detail) == ("calendar.set", "2026-07-14", {"kind": "regional"})


def test_a_seeded_day_changes_only_for_whoever_read_its_version(api: Api) -> None:
    admin, path = api.as_(Role.ADMIN), "/v1/calendar/2028-02-27"
    fixed = {"kind": "holiday", "name": "Idul Fitri 1449 H", "source": "SKB 3 Menteri"}
    assert admin.put(path, fixed).json()["code"] == "version-required"
    etag = admin.get(path).headers["etag"]
    answer = admin.put(path, fixed, headers={"if-match": etag})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["estimated"] is False
    assert admin.put(path, fixed).status_code == 200, "the same mark again needs no version"
    stale = admin.put(path, fixed | {"name": "Lain"}, headers={"if-match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    assert admin.get(path).json()["name"] == "Idul Fitri 1449 H"


def test_an_unmarked_day_has_no_version_to_match(api: Api) -> None:
    admin = api.as_(Role.ADMIN)
    assert admin.get("/v1/calendar/2026-07-14").json()["code"] == "calendar-day-not-found"
    assert admin.put("/v1/calendar/2026-07-14", HOLIDAY, headers={"if-match": '"1"'}).status_code == 412
    assert admin.get("/v1/calendar/2026-07-14").status_code == 404


def test_a_year_is_no_estimate_once_the_regency_has_entered_its_decree(
    api: Api, session: AsyncSession, run: Run
) -> None:
    admin = api.as_(Role.ADMIN)
    off = [item for item in admin.get("/v1/calendar?year=2028").json()["items"] if item["kind"] == "holiday"]
    for item in (item for item in off if item["estimated"]):
        assert run(queries.is_estimated(session, 2028))
        etag = {"if-match": f'"{item["version"]}"'}
        admin.put(f"/v1/calendar/{item['date']}", {"kind": "holiday", "name": item["name"]}, headers=etag)
    assert run(queries.is_estimated(session, 2028))
    admin.put("/v1/calendar/2028-02-29", {"kind": "cuti_bersama", "name": "Cuti Bersama Idul Fitri"})
    assert not run(queries.is_estimated(session, 2028))


def test_roll_calls_that_now_collide_are_listed_not_cancelled(
    api: Api, make: Make, session: AsyncSession, run: Run
) -> None:
    stands = make.apel()
    cancelled = make.apel(title="Sudah batal")
    make.add(ApelAct(apel_id=cancelled.id, act="cancel", at=MONDAY, by_id=NOBODY, by_name="uji"))
    make.apel(MONDAY + timedelta(days=1), title="Besok")
    answer = api.as_(Role.ADMIN).put(f"/v1/calendar/{DAY}", HOLIDAY)
    assert answer.json()["colliding_apel"] == [
        {"id": str(stands.id), "kind": "apel_gabungan", "title": "Apel Gabungan", "starts_at": "2026-11-22T23:30:00Z"}
    ]
    acts = run(session.scalars(select(ApelAct.apel_id).join(Apel)))
    assert list(acts) == [cancelled.id]
    back = api.as_(Role.ADMIN).put(
        f"/v1/calendar/{DAY}", {"kind": "working", "name": "Tetap masuk"}, headers={"if-match": '"1"'}
    )
    assert (back.status_code, back.json()["colliding_apel"]) == (200, [])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_personnel_office_corrects_the_calendar(api: Api, role: Role) -> None:
    answer = api.as_(role, "DISDIK").put("/v1/calendar/2026-07-14", HOLIDAY)
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


@pytest.mark.parametrize(
    ("day", "body"),
    [
        pytest.param("2026-07-14", HOLIDAY | {"kind": "libur"}, id="an unknown kind"),
        pytest.param("2026-07-14", HOLIDAY | {"name": ""}, id="no name"),
        pytest.param("2026-07-14", HOLIDAY | {"estimated": True}, id="an estimate by hand"),
        pytest.param("2026-02-30", HOLIDAY, id="no such day"),
        pytest.param("1999-12-31", HOLIDAY, id="a day before 2000"),
        pytest.param("20260714", HOLIDAY, id="a day written otherwise"),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    api: Api, session: AsyncSession, run: Run, day: str, body: dict[str, Any]
) -> None:
    assert api.as_(Role.ADMIN).put(f"/v1/calendar/{day}", body).status_code == 422
    assert run(session.scalar(text("SELECT count(*) FROM calendar_day WHERE corrected"))) == 0


def test_hours_say_what_they_rest_on_and_that_nobody_verified_them(api: Api) -> None:
    items = api.as_(Role.OPD_OPERATOR, "DISDIK").get("/v1/calendar/hours").json()["items"]
    assert items == [
        {
            "legal_basis": "Peraturan Presiden Nomor 21 Tahun 2023",
            "verified": False,
            "from_date": "2023-04-12",
            "week_minutes": 2250,
            "ramadan_week_minutes": 1950,
            "starts": "07:30:00",
            "ramadan_starts": "08:00:00",
            "break_minutes": 60,
            "friday_break_minutes": 90,
            "ramadan_break_minutes": 30,
            "ramadan_friday_break_minutes": 60,
            "break_source": "kebiasaan",
            "break_verified": False,
            "break_starts": "12:00:00",
            "friday_break_starts": "11:30:00",
            "ramadan_break_starts": "12:00:00",
            "ramadan_friday_break_starts": "11:30:00",
        }
    ]
