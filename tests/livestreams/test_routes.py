"""Reports over HTTP: kept once, judged by what is known, seen by whom they concern, answered by the person."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.core.principal import Grant, Principal, Role
from app.livestreams import assessing
from app.livestreams.models import LivestreamIncident, LivestreamStep
from app.livestreams.reading import confirmed_by_opd, confirmed_of, read_own_incidents
from app.livestreams.schemas import IncidentReport
from app.livestreams.service import report_incident
from app.registry.models import Asn, Assignment, Opd
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.livestreams.conftest import (
    CIRCULAR,
    EVENING,
    INCIDENTS,
    URL,
    Run,
    clock,
    coached,
    himself,
    report,
    seen,
    step,
)
from tests.make import DAY, Make


def line(incident: dict[str, Any], rule: str) -> dict[str, Any]:
    [found] = [one for one in incident["lines"] if one["rule"] == f"livestream.{rule}"]
    return dict(found)


def test_a_report_is_answered_with_its_verdict_and_all_that_it_rests_on(api: Api, siti: Asn) -> None:
    said = {"account": "@siti", "capture_sha256": "a" * 64, "capture_note": "Berkas 12"}
    found = report(api, siti, "11:30", "13:10", **said)
    head = {"policy": "apel-dasar@1"}
    assert found == {
        "id": found["id"],
        "subject": {
            "asn_id": str(siti.id),
            "name": "Siti Aminah",
            "nip_masked": "**************2001",
            "opd_code": "DISDIK",
        },
        "platform": "tiktok",
        "url": URL,
        "account": "@siti",
        "started_at": "2026-11-23T03:30:00Z",
        "ended_at": "2026-11-23T05:10:00Z",
        "live": True,
        "reported_at": "2026-11-23T11:30:00Z",
        "phase": "reported",
        "verdict": "in-hours",
        "minutes": 40,
        "confirmed": False,
        "lines": [
            head
            | {
                "rule": "livestream.verdict",
                "text": "40 menit di dalam jam kerja, tanpa izin.",
                "facts": {
                    "source": None,
                    "verified": None,
                    "verdict": "in-hours",
                    "minutes": 40,
                    "platform": "tiktok",
                },
                "evidence": [{"kind": "livestream", "id": found["id"], "href": f"{INCIDENTS}/{found['id']}"}],
            },
            head
            | {
                "rule": "livestream.hours",
                "text": "Dari seluruh siaran 40 menit di dalam jam kerja.",
                "facts": {
                    "within": 2400,
                    "in_break": 3600,
                    "on_leave": 0,
                    "unknown": 0,
                    "outside": 0,
                    "minutes_within": 40,
                    "days": [
                        {
                            "date": "2026-11-23",
                            "pattern": "5",
                            "hold": "hours",
                            "starts": "07:30",
                            "ends": "16:00",
                            "break": ["12:00", "13:00"],
                        }
                    ],
                    "shifts": [],
                    "source": "Peraturan Presiden Nomor 21 Tahun 2023",
                    "verified": False,
                    "break_source": "kebiasaan",
                    "break_verified": False,
                },
                "evidence": [
                    {
                        "kind": "hours",
                        "id": "Peraturan Presiden Nomor 21 Tahun 2023",
                        "href": "/v1/calendar/hours",
                    }
                ],
            },
            head
            | {
                "rule": "livestream.circular",
                "text": "Dilarang oleh 100.3.4/215/432.403/2026.",
                "facts": {"number": CIRCULAR.number, "source": CIRCULAR.number, "verified": False},
                "evidence": [{"kind": "circular", "id": CIRCULAR.number, "href": CIRCULAR.href}],
            },
        ],
        "events": [
            {
                "number": 1,
                "kind": "reported",
                "counts": True,
                "details": {
                    "account": "@siti",
                    "capture_sha256": "a" * 64,
                    "capture_note": "Berkas 12",
                    "source": "complaint",
                },
                "at": "2026-11-23T11:30:00Z",
                "by_name": "uji-admin",
            }
        ],
        "next_steps": ["clarification_asked", "closed"],
        "events_href": f"{INCIDENTS}/{found['id']}/events",
    }


def test_evidence_of_a_verdict_is_read_in_one_call(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, "DL", letter_no="ST 1")
    admin = api.as_(Role.ADMIN)
    admin.put("/v1/calendar/2026-11-23", {"kind": "working", "name": "Hari kerja", "source": "SE 1"})
    found = report(api, siti)
    links = [link for one in found["lines"] for link in one["evidence"] if link["kind"] != "circular"]
    for link in links:
        assert link["id"] in admin.get(link["href"]).text, link
    assert [link["kind"] for link in links] == ["livestream", "hours", "calendar", "absence"]


# Verdicts by what is known


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        pytest.param("WFA", "in-hours", id="work from anywhere is work"),
        pytest.param("DL", "in-hours", id="so is dinas luar"),
        pytest.param("CT", "outside-hours", id="leave has no hours"),
        pytest.param("S", "outside-hours", id="nor has illness"),
        pytest.param("SF", "unknown-hours", id="a shift that nobody registered is not known"),
    ],
)
def test_a_confirmed_absence_decides_about_the_hours(api: Api, siti: Asn, make: Make, code: str, verdict: str) -> None:
    make.absence(siti, code)
    assert report(api, siti)["verdict"] == verdict


def test_a_leave_that_is_confirmed_later_changes_the_verdict(api: Api, siti: Asn, make: Make) -> None:
    found = coached(api, siti)
    assert (found["verdict"], found["confirmed"]) == ("in-hours", True)
    make.absence(siti, "CT")
    now = api.as_(Role.ADMIN).get(f"{INCIDENTS}/{found['id']}").json()
    assert (now["verdict"], now["confirmed"]) == ("outside-hours", False)
    assert now["phase"] == "coached", "what was done stays"


def test_a_proposed_leave_excuses_nobody_yet(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, "CT", state="proposed")
    assert report(api, siti)["verdict"] == "in-hours"


@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"work_pattern": "shift"}, id="shift people"),
        pytest.param({"employment_type": "PPPK_PW"}, id="part-time contracts"),
    ],
)
def test_people_with_own_hours_are_judged_by_the_register_alone(
    api: Api, siti: Asn, make: Make, who: dict[str, Any]
) -> None:
    nurse = make.asn("DISDIK", "Rahma", **who)
    unknown = report(api, nurse)
    assert (unknown["verdict"], unknown["minutes"]) == ("unknown-hours", 0)
    admin = api.as_(Role.ADMIN)
    night = {"starts_at": clock("21:00", "2026-11-22"), "ends_at": clock("09:10")}
    assert admin.post("/v1/shifts", {"items": [night | {"asn_id": str(nurse.id)}]}).status_code == 201
    known = admin.get(f"{INCIDENTS}/{unknown['id']}").json()
    assert (known["verdict"], known["minutes"]) == ("in-hours", 10), "ten minutes of the night before"
    facts = line(known, "hours")["facts"]
    assert (facts["within"], facts["unknown"]) == (600, 1800)
    [shift] = facts["shifts"]
    assert shift == {
        "starts_at": "2026-11-22T13:00:00+00:00",
        "ends_at": "2026-11-23T01:10:00+00:00",
        "registered_at": "2026-11-23T11:30:00+00:00",
        "registered_later": True,
    }
    [href] = [link["href"] for link in line(known, "hours")["evidence"] if link["kind"] == "shift"]
    [kept] = admin.get(href).json()["items"]
    admin.post(f"/v1/shifts/{kept['id']}/withdraw", {"reason": "salah"})
    assert admin.get(f"{INCIDENTS}/{unknown['id']}").json()["verdict"] == "unknown-hours"


def test_a_free_day_is_told(api: Api, siti: Asn) -> None:
    admin = api.as_(Role.ADMIN)
    admin.put("/v1/calendar/2026-11-23", {"kind": "regional", "name": "Hari Jadi", "source": "SE 1"})
    found = report(api, siti)
    assert found["verdict"] == "outside-hours"
    marked = line(found, "calendar")
    assert marked["text"] == "2026-11-23: Hari Jadi."
    assert marked["evidence"] == [{"kind": "calendar", "id": "2026-11-23", "href": "/v1/calendar/2026-11-23"}]


def test_posted_afterwards_is_none(api: Api, siti: Asn) -> None:
    found = report(api, siti, live=False)
    assert (found["verdict"], line(found, "verdict")["text"]) == (
        "posted-afterwards",
        "Diunggah sesudah kegiatan, bukan siaran langsung: tidak dilarang.",
    )


def test_without_a_circular_the_minutes_are_told_and_nothing_counts(
    api: Api, siti: Asn, session: AsyncSession, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = coached(api, siti)
    monkeypatch.undo()
    now = api.as_(Role.ADMIN).get(f"{INCIDENTS}/{found['id']}", headers={"accept-language": "en"}).json()
    assert (now["verdict"], now["minutes"], now["confirmed"]) == ("no-circular", 40, False)
    assert line(now, "circular")["text"] == "No circular is registered that forbade broadcasts on that day."
    assert run(confirmed_by_opd(session, DAY, DAY)) == {}


def test_who_is_bound_is_told_to_whoever_knows_the_circulars(
    api: Api, siti: Asn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def forbidding_on(_: Any, bound: Any) -> dict[Any, Any]:
        asked.extend(bound)
        return {}

    monkeypatch.setattr(assessing, "forbidding_on", forbidding_on)
    report(api, siti, "05:00", "05:10")
    assert set(asked) == {(siti.id, "PNS", "DISDIK", DAY)}, "by the regency's civil day"


# Reporting


@pytest.mark.parametrize("role", [Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD, Role.KOMINFO])
def test_the_same_report_is_kept_once(api: Api, siti: Asn, session: AsyncSession, run: Run, role: Role) -> None:
    reporter = api.as_(role, "DISDIK")
    first, again = (reporter.post(INCIDENTS, seen(siti)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert run(session.scalar(select(func.count()).select_from(LivestreamIncident))) == 1


def test_another_reporter_of_the_same_is_added_to_it(api: Api, siti: Asn) -> None:
    first = report(api, siti)
    kominfo = api.as_(Role.KOMINFO)
    assert kominfo.get(f"{INCIDENTS}/{first['id']}").status_code == 404
    again = kominfo.post(INCIDENTS, seen(siti, source="observation"))
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert [one["details"]["source"] for one in again.json()["events"]] == ["complaint", "observation"]
    assert kominfo.get(f"{INCIDENTS}/{first['id']}").status_code == 200


@pytest.mark.parametrize("other", [{"ended_at": clock("09:41")}, {"platform": "youtube"}, {"live": False}])
def test_the_same_broadcast_told_otherwise_is_refused(api: Api, siti: Asn, other: dict[str, Any]) -> None:
    before = report(api, siti)
    told = api.as_(Role.ADMIN).post(INCIDENTS, seen(siti) | other)
    assert (told.status_code, told.json()["code"]) == (409, "incident-told-otherwise")
    assert api.as_(Role.ADMIN).get(f"{INCIDENTS}/{before['id']}").json() == before


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"url": "ftp://tiktok.com/x"}, id="another scheme"),
        pytest.param({"url": "javascript:alert(1)"}, id="a script"),
        pytest.param({"url": "https://"}, id="no host"),
        pytest.param({"url": "https://tiktok.com/a b"}, id="blanks"),
        pytest.param({"url": "https://[::1"}, id="half an address"),
        pytest.param({"url": "https://tiktok.com/" + "a" * 482}, id="more than 500 characters"),
        pytest.param({"capture_sha256": "A" * 64}, id="no hash"),
        pytest.param({"platform": "twitter"}, id="an unknown platform"),
        pytest.param({"ended_at": clock("09:00")}, id="no length"),
        pytest.param({"started_at": clock("09:39", "2026-11-22")}, id="longer than a day"),
        pytest.param({"ended_at": clock("19:31")}, id="not over yet"),
        pytest.param({"source": None}, id="without source"),
        pytest.param({"live": None}, id="without saying whether it was live"),
    ],
)
def test_what_makes_no_sense_is_refused(api: Api, siti: Asn, wrong: dict[str, Any]) -> None:
    assert api.as_(Role.ADMIN).post(INCIDENTS, seen(siti) | wrong).status_code == 422
    assert api.as_(Role.ADMIN).get(INCIDENTS).json()["items"] == []


def test_a_head_reports_the_own_people_alone(api: Api, siti: Asn, make: Make) -> None:
    stranger = make.asn("PUPR", "Orang Lain")
    head = api.as_(Role.OPD_HEAD, "DISDIK")
    assert head.post(INCIDENTS, seen(stranger)).json()["code"] == "asn-not-found"
    assert head.post(INCIDENTS, seen(siti)).status_code == 201


@pytest.mark.parametrize("role", [Role.BUPATI, Role.OPD_OPERATOR, Role.ASN, Role.READER, Role.SCREEN, Role.ADAPTER])
def test_others_report_nothing(api: Api, siti: Asn, role: Role) -> None:
    assert api.as_(role, "DISDIK").post(INCIDENTS, seen(siti)).status_code == 403


# Who sees it


@pytest.mark.parametrize(
    ("role", "opd_code", "sees"),
    [
        (Role.ADMIN, None, True),
        (Role.INSPECTOR, None, True),
        (Role.OPD_HEAD, "DISDIK", True),
        (Role.OPD_HEAD, "PUPR", False),
        (Role.KOMINFO, None, False),
        (Role.BUPATI, None, False),
    ],
)
def test_a_report_concerns_the_offices_and_the_head(
    api: Api, siti: Asn, role: Role, opd_code: str | None, sees: bool
) -> None:
    found = report(api, siti)
    caller = api.as_(role, opd_code)
    assert caller.get(f"{INCIDENTS}/{found['id']}").status_code == (200 if sees else 404)
    assert len(caller.get(INCIDENTS).json()["items"]) == sees


def test_what_was_referred_concerns_the_bupati_and_the_superior_too(api: Api, siti: Asn, make: Make) -> None:
    make.opd("SETDA")
    boss = make.asn("SETDA", "Sekda")
    budi = make.asn("DISDIK", "Budi", superior_id=boss.id)
    mere, told = coached(api, siti), coached(api, budi)
    deciders = api.as_(Role.BUPATI), himself(api, boss)
    assert [caller.get(INCIDENTS).json()["items"] for caller in deciders] == [[], []]
    step(api.as_(Role.ADMIN), told, "referred")
    for caller in deciders:
        assert [one["id"] for one in caller.get(INCIDENTS).json()["items"]] == [told["id"]]
        assert caller.get(f"{INCIDENTS}/{told['id']}").json()["next_steps"] == []
        assert caller.get(f"{INCIDENTS}/{mere['id']}").status_code == 404
    step(api.as_(Role.ADMIN), told, "closed")
    assert [caller.get(INCIDENTS).json()["items"] for caller in deciders] == [[], []]


@pytest.mark.parametrize("role", [Role.OPD_OPERATOR, Role.READER, Role.SCREEN, Role.ADAPTER])
def test_nobody_else_reads_reports(api: Api, siti: Asn, role: Role) -> None:
    found = report(api, siti)
    assert api.as_(role, "DISDIK").get(INCIDENTS).status_code == 403
    assert api.as_(role, "DISDIK").get(f"{INCIDENTS}/{found['id']}").status_code == 403


def test_the_person_sees_the_own_alone_and_may_answer(api: Api, siti: Asn, make: Make) -> None:
    found, other = report(api, siti), report(api, make.asn("DISDIK", "Budi"))
    own = himself(api, siti)
    [item] = own.get(INCIDENTS).json()["items"]
    assert item["id"] == found["id"]
    assert own.get(f"{INCIDENTS}/{other['id']}").status_code == 404
    mine = own.get(f"{INCIDENTS}/{found['id']}").json()
    assert (mine["next_steps"], mine["events_href"]) == (["clarified"], f"{INCIDENTS}/{found['id']}/events")
    exception = {"kind": "assignment", "letter_no": "ST 5", "letter_date": "2026-11-20"}
    told = step(own, found, "clarified", words="Saya ditugaskan.", exception=exception)
    assert told["phase"] == "clarified"
    assert told["events"][-1]["details"] == {"words": "Saya ditugaskan.", "exception": exception}
    assert told["verdict"] == "in-hours", "a claim is no permit"


def test_links_of_the_own_report_open_for_the_person(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, "SF")
    found, own = report(api, siti), himself(api, siti)
    lines = own.get(f"{INCIDENTS}/{found['id']}").json()["lines"]
    links = [link["href"] for one in lines for link in one["evidence"] if link["kind"] != "circular"]
    assert len(links) == 4
    assert {own.get(href).status_code for href in links} == {200}


def test_a_reporter_learns_of_no_illness(api: Api, siti: Asn, make: Make) -> None:
    make.absence(siti, "CS", letter_no="Surat dokter")
    kominfo = api.as_(Role.KOMINFO)
    seen_by_kominfo = kominfo.post(INCIDENTS, seen(siti)).json()
    assert line(seen_by_kominfo, "absence")["facts"]["code"] == "excused"
    for knows in (api.as_(Role.ADMIN), api.as_(Role.OPD_HEAD, "DISDIK"), himself(api, siti)):
        known = knows.get(f"{INCIDENTS}/{seen_by_kominfo['id']}").json()
        assert line(known, "absence")["facts"]["code"] == "CS"


def test_filters_find_what_is_asked_for(api: Api, siti: Asn, make: Make) -> None:
    budi = make.asn("PUPR", "Budi")
    report(api, siti)
    step(api.as_(Role.ADMIN), report(api, budi), "closed")
    admin = api.as_(Role.ADMIN)

    def names(query: str) -> list[str]:
        return [one["subject"]["name"] for one in admin.get(f"{INCIDENTS}?{query}").json()["items"]]

    assert names("phase=closed") == names("opd_code=PUPR") == names(f"asn_id={budi.id}") == ["Budi"]
    assert len(names("from=2026-11-23&to=2026-11-23")) == 2
    assert names("from=2026-11-24") == names("to=2026-11-22") == []
    page = admin.get(f"{INCIDENTS}?limit=1").json()
    rest = admin.get(f"{INCIDENTS}?limit=1&cursor={page['next_cursor']}").json()
    assert {page["items"][0]["id"], rest["items"][0]["id"]} == {
        one["id"] for one in admin.get(INCIDENTS).json()["items"]
    }
    assert rest["next_cursor"] is None


# What is done about it


def test_a_report_goes_its_way_and_only_then_counts(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    def counted() -> dict[str, int]:
        found: dict[str, int] = run(confirmed_by_opd(session, DAY, DAY))
        assert run(confirmed_of(session, [siti.id], DAY, DAY)) == ({siti.id: 1} if found else {})
        return found

    head, admin, own = api.as_(Role.OPD_HEAD, "DISDIK"), api.as_(Role.ADMIN), himself(api, siti)
    found = report(api, siti)
    asked = step(head, found, "clarification_asked")
    assert (asked["phase"], asked["next_steps"]) == ("clarification_asked", ["closed", "coached", "taken_back"])
    assert step(own, found, "clarified")["confirmed"] is False
    assert counted() == {}, "a report counts for nothing, answered or not"
    talked = step(head, found, "coached")
    assert (talked["phase"], talked["confirmed"]) == ("coached", True)
    assert talked["next_steps"] == ["closed", "taken_back"], "only the office refers"
    assert counted() == {"DISDIK": 1}
    assert step(admin, found, "referred")["phase"] == "referred"
    assert counted() == {"DISDIK": 1}
    closed = step(admin, found, "closed")
    assert (closed["phase"], closed["confirmed"]) == ("closed", False)
    assert counted() == {}
    back = step(admin, found, "taken_back")
    assert (back["phase"], back["confirmed"]) == ("referred", True)
    assert [(one["kind"], one["counts"]) for one in back["events"]][-2:] == [("closed", False), ("taken_back", False)]


def test_outside_hours_nothing_counts_whatever_was_done(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    assert coached(api, siti, "17:00", "18:00")["confirmed"] is False
    assert run(confirmed_by_opd(session, DAY, DAY)) == {}


def test_the_same_step_told_again_changes_nothing(api: Api, siti: Asn) -> None:
    found, admin = report(api, siti), api.as_(Role.ADMIN)
    once = step(admin, found, "clarification_asked")
    assert step(admin, found, "clarification_asked") == once


def test_a_step_out_of_order_is_refused(api: Api, siti: Asn) -> None:
    found = report(api, siti)
    body = {"kind": "referred", "reason": "uji"}
    refused = api.as_(Role.ADMIN).post(f"{INCIDENTS}/{found['id']}/events", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "incident-step-not-possible")


def test_a_talk_is_recorded_when_it_was_held(api: Api, siti: Asn) -> None:
    found, admin = report(api, siti), api.as_(Role.ADMIN)
    step(admin, found, "clarification_asked")
    body = {"kind": "coached", "reason": "x", "on": "2026-11-24", "coach": "Kepala Dinas"}
    refused = admin.post(f"{INCIDENTS}/{found['id']}/events", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "talk-not-held-yet")


@pytest.mark.parametrize(
    ("kind", "caller"),
    [
        ("clarified", "admin"),
        ("clarified", "head"),
        ("closed", "person"),
        ("coached", "person"),
        ("closed", "person who heads the unit"),
        ("closed", "person of the office"),
    ],
)
def test_nobody_takes_a_step_of_another(api: Api, siti: Asn, kind: str, caller: str) -> None:
    found = report(api, siti)
    step(api.as_(Role.ADMIN), found, "clarification_asked")
    who = {
        "admin": api.as_(Role.ADMIN),
        "head": api.as_(Role.OPD_HEAD, "DISDIK"),
        "person": himself(api, siti),
        "person who heads the unit": himself(api, siti, Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"}))),
        "person of the office": himself(api, siti, Grant(Role.ADMIN)),
    }[caller]
    said = {"clarified": {"words": "Ya."}, "closed": {"reason": "x", "outcome": "not_proven"}}
    coached = {"reason": "x", "on": "2026-11-23", "coach": "x"}
    refused = who.post(f"{INCIDENTS}/{found['id']}/events", {"kind": kind} | said.get(kind, coached))
    assert (refused.status_code, refused.json()["code"]) == (403, "step-not-yours")


def test_a_head_takes_back_the_own_mistake_and_no_other(api: Api, siti: Asn) -> None:
    grants = (Grant(Role.OPD_HEAD, "DISDIK", frozenset({"DISDIK"})),)
    head, other = (api.by(Principal(uuid4(), name, grants)) for name in ("kepala", "plt"))
    found = report(api, siti)
    step(head, found, "clarification_asked")
    body = {"kind": "taken_back", "reason": "salah"}
    assert other.post(f"{INCIDENTS}/{found['id']}/events", body).status_code == 403
    assert step(head, found, "taken_back")["phase"] == "reported"


# Upward and for the record


def test_the_bupati_sees_numbers_of_what_was_found_true(api: Api, siti: Asn) -> None:
    report(api, siti)
    coached(api, siti, "10:00", "10:30")
    step(api.as_(Role.ADMIN), report(api, siti, "11:00", "11:10"), "closed")
    assert api.as_(Role.BUPATI).get("/v1/livestreams/counts").json() == {
        "from": "2026-01-01",
        "to": "2026-11-23",
        "reported": 3,
        "closed": 1,
        "confirmed": 1,
        "opd": [{"opd_code": "DISDIK", "confirmed": 1}],
    }
    assert api.as_(Role.BUPATI).get("/v1/livestreams/counts?to=2026-11-22").json()["reported"] == 0


def test_the_own_year_is_read_as_the_person_sees_it(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    found = report(api, siti)
    [own] = run(read_own_incidents(session, siti.id, 2026))
    assert own.model_dump(mode="json") == himself(api, siti).get(f"{INCIDENTS}/{found['id']}").json()
    assert run(read_own_incidents(session, siti.id, 2025)) == []


def test_writes_and_reads_are_on_record(api: Api, siti: Asn, session: AsyncSession, run: Run) -> None:
    found, admin = report(api, siti), api.as_(Role.ADMIN)
    step(admin, found, "clarification_asked")
    admin.get(INCIDENTS)
    entries = list(run(session.scalars(select(AuditEntry).order_by(AuditEntry.id))))
    hashed = [subject_of(SURROUNDINGS.audit_key, siti.nip)]
    assert [(one.action, one.target, one.subjects, one.detail) for one in entries] == [
        ("livestreams.report", found["id"], hashed, {}),
        ("livestreams.read", found["id"], hashed, {}),
        ("livestreams.clarification_asked", found["id"], hashed, {"number": 2}),
        ("livestreams.read", found["id"], hashed, {}),
        ("livestreams.list", None, hashed, {}),
    ]


def test_a_long_list_takes_no_more_statements(api: Api, siti: Asn, make: Make, engine: AsyncEngine) -> None:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    report(api, siti)
    admin = api.as_(Role.ADMIN)
    admin.get(INCIDENTS)
    counted = []
    for people in range(2):
        event.listen(engine.sync_engine, "before_cursor_execute", count)
        statements.clear()
        assert len(admin.get(INCIDENTS).json()["items"]) == 1 + 8 * people
        counted.append(len(statements))
        event.remove(engine.sync_engine, "before_cursor_execute", count)
        for number in range(8):
            day = f"2026-11-{10 + number}"
            person = make.asn("PUPR", f"Orang {number}")
            report(api, person, started_at=clock("09:00", day), ended_at=clock("09:10", day))
    assert counted[0] == counted[1]


def test_those_who_report_the_same_at_once_report_one(own_url: str) -> None:
    async def race() -> tuple[set[UUID], list[int]]:
        engine = create_async_engine(own_url, poolclass=NullPool)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        siti = Asn(nip="198501012010012001", name="Siti", folded_name="siti", employment_type="PNS")
        opd = Opd(code="A", name="A", short_name="A", type="dinas", protocol_order=1, reports="yes", from_date=DAY)
        async with sessions.begin() as session:
            session.add_all([siti, opd])
            await session.flush()
            session.add(Assignment(asn_id=siti.id, opd_code="A", position="x", apel_duty=True, from_date=DAY))
        body = IncidentReport.model_validate(seen(siti))

        async def tell() -> tuple[UUID, bool]:
            async with sessions.begin() as session:
                teller = Principal(uuid4(), "uji", (Grant(Role.ADMIN),))
                return await report_incident(session, teller, body, at=EVENING)

        found = await asyncio.gather(*(tell() for _ in range(6)))
        async with sessions.begin() as session:
            numbers = list(await session.scalars(select(LivestreamStep.number).order_by(LivestreamStep.number)))
        await engine.dispose()
        return {incident_id for incident_id, _ in found}, numbers

    ids, numbers = asyncio.run(race())
    assert (len(ids), numbers) == (1, [1, 2, 3, 4, 5, 6])
