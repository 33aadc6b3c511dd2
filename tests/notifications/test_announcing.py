"""What happened is told once, to those who listened, in any order and however often somebody looks."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.core.events import Event
from app.core.outbox import Announcement, announce
from app.core.principal import Role
from app.notifications.handing import hand_out_due
from app.notifications.models import Webhook
from app.notifications.watching import watch_apels
from tests.circulars.conftest import CIRCULAR
from tests.make import MONDAY
from tests.monday import claim, naming
from tests.notifications.conftest import ALL, PATH, Office
from tests.notifications.monday import DEADLINE, INSIDE, Monday, finish, have_an_eventful_day


@pytest.fixture
def monday(office: Office) -> Monday:
    return Monday(office)


def about(monday: Monday) -> dict[str, Any]:
    return {"apel_id": str(monday.apel.id), "on_date": "2026-11-23", "kind": "apel_gabungan"}


def test_who_has_not_reported_is_told_once_and_not_before_its_time(monday: Monday) -> None:
    monday.listen(["report.missing"])
    monday.office.at(MONDAY)
    monday.reports("DINKES", claim(2, 2))
    monday.office.at(DEADLINE - timedelta(minutes=15, seconds=1)).tell()
    assert monday.told() == []
    monday.office.later(seconds=1).tell()
    monday.office.later(minutes=5).tell()
    [(event, data)] = monday.told()
    assert event == "report.missing"
    assert data == about(monday) | {
        "minutes_before": 15,
        "report_deadline": DEADLINE.isoformat(),
        "opd_codes": ["DISDIK"],
        "text": "Apel Gabungan, Senin, 23 November 2026\n"
        "Belum lapor sampai pukul 08.15 WITA: 1 dari 2 OPD\n"
        "1. Disdik\n"
        "Batas laporan pukul 08.30 WITA. Mohon segera dikirim, terima kasih.",
    }


def test_each_receiver_hears_it_so_many_minutes_before_as_it_wants(monday: Monday) -> None:
    early, late = (
        monday.listen(["report.missing"], minutes_before=30),
        monday.listen(["report.missing"], minutes_before=5),
    )
    monday.office.at(DEADLINE - timedelta(minutes=20)).tell()
    assert [len(monday.office.log(hook)) for hook in (early, late)] == [1, 0]
    monday.office.at(DEADLINE - timedelta(minutes=5)).tell()
    assert [len(monday.office.log(hook)) for hook in (early, late)] == [1, 1]


def test_a_service_that_was_down_at_that_moment_tells_it_until_the_deadline_and_never_after(monday: Monday) -> None:
    hook = monday.listen(["report.missing"])
    monday.office.at(DEADLINE - timedelta(minutes=1)).watch()
    monday.office.hand_out()
    monday.office.at(DEADLINE + timedelta(minutes=1)).send()
    assert [item["state"] for item in monday.office.log(hook)] == ["expired"]
    monday.office.tell()
    assert monday.told() == []


def test_a_deadline_that_was_moved_is_reminded_of_anew(monday: Monday) -> None:
    monday.listen(["report.missing"])
    monday.office.at(DEADLINE - timedelta(minutes=15)).tell()
    moved = {"report_deadline": (DEADLINE + timedelta(hours=1)).isoformat()}
    path = f"/v1/apel/{monday.apel.id}"
    changed = monday.office.as_(Role.KOMINFO).patch(path, moved, headers={"if-match": '"1"'})
    assert changed.status_code == 200, changed.text
    monday.office.tell()
    monday.office.at(DEADLINE + timedelta(minutes=45)).tell()
    assert monday.types() == ["report.missing"] * 2


def test_nobody_is_reminded_when_all_have_reported(monday: Monday) -> None:
    monday.listen(["report.missing"])
    monday.office.at(MONDAY)
    for code in ("DISDIK", "DINKES"):
        monday.reports(code, claim(2, 2))
    monday.office.at(DEADLINE - timedelta(minutes=10)).tell()
    assert monday.told() == []


def test_a_returned_report_is_told_each_time_without_its_reason(monday: Monday) -> None:
    monday.listen(["report.returned"])
    monday.office.at(MONDAY)
    monday.reports("DISDIK", claim(2, 1, S=1))
    for _ in range(2):
        monday.office.later(minutes=1)
        monday.act("reports/DISDIK/return", Role.ADMIN, reason="Budi Santoso sakit kanker?")
    monday.office.tell()
    monday.office.at(MONDAY + timedelta(minutes=3))
    monday.act("reports/DISDIK/verify", Role.ADMIN)
    monday.act("reports/DISDIK/return", Role.ADMIN, reason="sekali lagi")
    monday.office.tell()
    assert monday.types() == ["report.returned"] * 2
    assert monday.told()[0][1] == {
        "apel_id": str(monday.apel.id),
        "on_date": "2026-11-23",
        "opd_code": "DISDIK",
        "text": "Yth. Disdik: laporan Apel Gabungan, Senin, 23 November 2026, dikembalikan untuk diperbaiki. "
        "Catatannya dapat dibaca pada laporan itu di Apel Virtual. Terima kasih.",
    }


def test_a_return_that_is_taken_back_is_told_to_nobody(monday: Monday, loop: asyncio.Runner) -> None:
    """An announcement is part of the writer's transaction."""

    async def fail() -> None:
        async with monday.office.sessions() as session:
            await announce(session, Event.REPORT_RETURNED, "x", {}, at=MONDAY)
            await session.rollback()

    async def count() -> int:
        async with monday.office.sessions() as session:
            return len((await session.scalars(select(Announcement.id))).all())

    loop.run(fail())
    assert loop.run(count()) == 0


def test_what_is_announced_twice_under_one_key_is_one_announcement(monday: Monday, loop: asyncio.Runner) -> None:
    async def say() -> list[dict[str, Any]]:
        async with monday.office.sessions.begin() as session:
            for number in (1, 2):
                await announce(session, Event.APEL_CLOSED, "x:0", {"number": number}, at=MONDAY)
            return list(await session.scalars(select(Announcement.data)))

    assert loop.run(say()) == [{"number": 1}]


def test_an_apel_that_closed_by_itself_is_told_once_it_stayed_closed(monday: Monday) -> None:
    monday.listen(["apel.closed"])
    monday.story.api.at(MONDAY)
    monday.story.starts()
    monday.office.at(MONDAY + timedelta(minutes=10)).tell()
    monday.story.ends(MONDAY + timedelta(minutes=30))
    monday.office.at(MONDAY + timedelta(minutes=31)).tell()
    assert monday.told() == []
    monday.office.later(minutes=1).tell()
    monday.office.later(minutes=1).tell()
    [(event, data)] = monday.told()
    assert event == "apel.closed"
    assert data == about(monday) | {
        "reported": 0,
        "called": 2,
        "text": "Apel Gabungan, Senin, 23 November 2026, ditutup pukul 08.00 WITA.\n"
        "Sudah melapor: 0 dari 2 OPD.\n"
        "Yang belum melapor masih ditunggu sampai pukul 08.30 WITA.",
    }


def test_a_meeting_that_comes_back_makes_no_second_closing_and_a_person_who_opens_it_again_does(monday: Monday) -> None:
    monday.listen(["apel.closed"])
    monday.office.at(MONDAY + timedelta(minutes=1))
    monday.act("open")
    monday.act("close")
    monday.office.tell()
    monday.act("close")
    monday.office.later(minutes=1).tell()
    assert monday.types() == ["apel.closed"]
    monday.act("reopen")
    monday.office.later(minutes=1).tell()
    monday.act("close")
    monday.office.later(minutes=1).tell()
    assert monday.types() == ["apel.closed"] * 2


def test_what_is_to_be_looked_at_is_told_once_per_opd(monday: Monday) -> None:
    monday.listen(["finding.to_review"])
    finish(monday)
    monday.office.tell()
    monday.office.later(minutes=1).tell()
    [(event, data)] = monday.told()
    [finding] = data.pop("findings")
    assert event == "finding.to_review"
    assert finding.keys() == {"id", "code", "grade"}
    assert (finding["code"], finding["grade"]) == ("spoken-differs", "suspicious")
    assert data == about(monday) | {
        "opd_code": "DISDIK",
        "text": "Yth. Disdik: mohon dilihat di Apel Virtual, Apel Gabungan, Senin, 23 November 2026. "
        "Belum ada yang disimpulkan.\n- yang diucapkan berbeda dari yang tertulis: 1",
    }


def test_what_is_found_later_is_told_without_what_was_told_before(monday: Monday) -> None:
    monday.listen(["finding.to_review"])
    finish(monday)
    monday.office.tell()
    amended = naming(claim(2, 1, S=1), (monday.budi, "S", None), (monday.rahma, "H", "wfo")) | {"reason": "tertinggal"}
    operator = monday.office.as_(Role.OPD_OPERATOR, "DISDIK")
    answer = operator.put(monday.story.path("reports/DISDIK"), amended, headers={"if-match": '"1"'})
    assert answer.status_code == 200, answer.text
    monday.office.later(minutes=1).tell()
    told = [(data["opd_code"], [one["code"] for one in data["findings"]]) for _, data in monday.told()]
    assert told == [("DISDIK", ["spoken-differs"]), ("DISDIK", ["not-on-roster"])]


def test_final_scores_are_told_with_the_figures(monday: Monday) -> None:
    monday.listen(["scores.final"])
    finish(monday)
    monday.office.tell()
    assert monday.told() == []
    monday.act("finalize")
    monday.office.tell()
    monday.office.later(hours=1).tell()
    [(event, data)] = monday.told()
    assert event == "scores.final"
    assert data == about(monday) | {
        "scored": 2,
        "text": "Apel Gabungan, Senin, 23 November 2026: hasil sudah FINAL.\n"
        "Jumlah 2: hadir 1 (WFO 1, WFA 0), berhalangan 1, tanpa keterangan 0.\n"
        "Belum dilaporkan: 2 orang.\n"
        "Persentase hadir: 1 dari 2 = 50,00 %.\n"
        "2 OPD sudah dinilai; nilai dan penjelasannya dapat dilihat di Apel Virtual.",
    }


def test_an_apel_that_is_made_final_again_is_told_again(monday: Monday) -> None:
    monday.listen(["scores.final", "apel.closed"])
    finish(monday)
    monday.act("finalize")
    monday.office.tell()
    monday.act("reopen", Role.ADMIN, reason="salah")
    monday.office.later(minutes=1).tell()
    monday.act("finalize")
    monday.office.later(minutes=1).tell()
    assert sorted(monday.types()) == ["apel.closed", "scores.final", "scores.final"]


def test_a_published_circular_is_told_once(monday: Monday) -> None:
    monday.listen(["circular.to_acknowledge"])
    admin = monday.office.at(MONDAY).as_(Role.ADMIN)
    made = admin.post("/v1/circulars", CIRCULAR).json()
    monday.office.tell()
    assert monday.told() == []
    for _ in range(2):
        admin.post(f"/v1/circulars/{made['id']}/publish", headers={"if-match": '"1"'})
    monday.office.tell()
    [(event, data)] = monday.told()
    text = data.pop("text")
    assert event == "circular.to_acknowledge"
    assert data == {"circular_id": made["id"], "number": made["number"], "acknowledge_by": made["acknowledge_by"]}
    assert text.startswith("Yth. Bapak/Ibu") or made["number"] in text


@pytest.mark.parametrize("kind", ["rehearsal", "cancelled"])
def test_rehearsals_and_cancelled_apels_tell_nothing(office: Office, kind: str) -> None:
    office.make.opd("DISDIK")
    office.make.asn("DISDIK")
    apel = office.make.apel(rehearsal=kind == "rehearsal")
    receiver = office.receiver()
    office.webhook(receiver)
    if kind == "cancelled":
        assert office.as_(Role.KOMINFO).post(f"/v1/apel/{apel.id}/cancel", {"reason": "hujan"}).status_code == 200
    for minutes in (50, 61, 120):
        office.at(MONDAY + timedelta(minutes=minutes)).tell()
    assert receiver.heard == []


def test_who_begins_to_listen_later_hears_nothing_of_before(monday: Monday) -> None:
    finish(monday)
    monday.office.webhook(monday.receiver)
    monday.office.tell()
    assert "apel.closed" not in monday.types()
    monday.act("finalize")
    monday.office.later(minutes=1).tell()
    assert "scores.final" in monday.types()


def test_what_happens_while_a_receiver_is_paused_waits_and_while_it_is_switched_off_does_not(
    monday: Monday, loop: asyncio.Runner
) -> None:
    paused, off = monday.listen(["apel.closed"]), monday.listen(["apel.closed"])
    monday.office.as_(Role.ADMIN).patch(f"{PATH}/{off}", {"state": "disabled"}, headers={"if-match": '"1"'})

    async def pause() -> None:
        async with monday.office.sessions.begin() as session:
            await session.execute(update(Webhook).where(Webhook.state == "active").values(state="paused"))

    loop.run(pause())
    finish(monday)
    monday.office.tell()
    assert monday.told() == []
    assert [len(monday.office.log(hook)) for hook in (paused, off)] == [1, 0]
    for hook in (paused, off):
        tag = {"if-match": f'"{monday.office.hook(hook)["version"]}"'}
        monday.office.as_(Role.ADMIN).patch(f"{PATH}/{hook}", {"state": "active"}, headers=tag)
    monday.office.tell()
    assert monday.types() == ["apel.closed"]


def test_two_processes_that_look_at_the_same_time_announce_once(monday: Monday, loop: asyncio.Runner) -> None:
    monday.listen()
    finish(monday)
    monday.act("finalize")

    async def race() -> None:
        office = monday.office
        await asyncio.gather(*(watch_apels(office.sessions, office.clock) for _ in range(4)))
        await asyncio.gather(*(hand_out_due(office.sessions, office.clock) for _ in range(4)))

    loop.run(race())
    monday.office.tell()
    assert sorted(monday.types()) == ["apel.closed", "finding.to_review", "scores.final"]


def test_an_apel_that_is_entered_days_later_is_no_news(monday: Monday) -> None:
    monday.listen(["apel.closed"])
    monday.office.at(MONDAY + timedelta(minutes=90, hours=24, seconds=1))
    monday.act("close")
    monday.office.tell()
    assert monday.told() == []


def test_an_announcement_that_cannot_be_told_stops_no_other(monday: Monday, loop: asyncio.Runner) -> None:
    hook = monday.listen(["report.returned", "apel.closed"])

    async def say(event: Event, about: str, data: dict[str, Any]) -> None:
        async with monday.office.sessions.begin() as session:
            await announce(session, event, about, data, at=MONDAY)

    loop.run(say(Event.REPORT_RETURNED, "broken", {"apel_id": "no id"}))
    loop.run(say(Event.APEL_CLOSED, "whole", about(monday) | {"reported": 1, "called": 2, "text": "x"}))
    with pytest.raises(ValueError, match="UUID"):
        monday.office.hand_out()
    assert [item["event"] for item in monday.office.log(hook)] == ["apel.closed"]
    monday.office.at(MONDAY + timedelta(minutes=61))
    with pytest.raises(ValueError, match="UUID"):
        monday.office.hand_out()
    monday.office.hand_out()


def test_what_an_announcement_holds_beside_what_its_event_tells_does_not_leave(
    monday: Monday, loop: asyncio.Runner
) -> None:
    monday.listen(["apel.closed"])
    told = about(monday) | {"reported": 1, "called": 2, "text": "x"}

    async def say() -> None:
        async with monday.office.sessions.begin() as session:
            await announce(session, Event.APEL_CLOSED, "x", told | {"led_by": INSIDE[0]}, at=MONDAY)

    loop.run(say())
    monday.office.hand_out()
    monday.office.send()
    assert monday.told() == [("apel.closed", told)]


def test_nothing_that_leaves_names_a_person_or_an_illness(monday: Monday) -> None:
    """Every event and every text of one eventful Monday, searched for whatever must stay inside."""
    texts = have_an_eventful_day(monday)
    assert set(monday.types()) == set(ALL)
    everything = "\n".join([*texts, *(heard.body.decode() for heard in monday.receiver.heard)])
    people = [str(person.id) for person in (monday.siti, monday.budi, monday.rahma, monday.gunawan)]
    for secret in [*INSIDE, *people]:
        assert secret not in everything, secret
    values = [value for heard in monday.receiver.heard for value in flat(json.loads(heard.body))]
    assert not {"S", "CS", "CM"} & set(values)
    assert "akit" not in everything


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from flat(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner)
    else:
        yield value
