"""Runs of meetings, frozen rosters and turns, against the database."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from app.apel import calling, queries, service, turn_queries
from app.apel.errors import TurnMoved
from app.apel.models import Apel, Occurrence, RosterEntry
from app.apel.rules import ApelState
from app.apel.timeline import ApelNow
from app.audit.models import AuditEntry
from app.core.principal import SYSTEM, Role
from app.core.stale import Stale
from app.registry.models import Opd
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, ZONE, Make

NUMBER = "87012345678"
MINUTE = timedelta(minutes=1)
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[str]]:
    """The statements that are sent, savepoints left out."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


def now_of(run: Run, session: AsyncSession, apel: Apel, minute: int) -> ApelNow:
    found: ApelNow = run(queries.get_apel(session, apel.id, at=MONDAY + minute * MINUTE))
    return found


def see(run: Run, session: AsyncSession, uuid: str, minute: int, **times: Any) -> None:
    run(service.record_occurrence(session, uuid, NUMBER, seen_at=MONDAY + minute * MINUTE, **times))


def stale_apels(run: Run, session: AsyncSession) -> set[Any]:
    async def take() -> set[Any]:
        return set(await session.scalars(select(Stale.apel_id)))

    found: set[Any] = run(take())
    return found


EVENTS: list[tuple[str, int, dict[str, datetime]]] = [
    ("lari-1", -5, {"started_at": MONDAY - 5 * MINUTE}),
    ("lari-1", 3, {}),
    ("lari-1", 10, {"ended_at": MONDAY + 10 * MINUTE}),
    ("lari-2", 14, {"started_at": MONDAY + 14 * MINUTE}),
    ("lari-2", 35, {"ended_at": MONDAY + 35 * MINUTE}),
]


def test_events_in_any_order_tell_the_same_apel(run: Run, session: AsyncSession, make: Make) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    ends = []
    for order in list(permutations(EVENTS))[::11]:

        async def arrive(order: tuple[Any, ...] = order) -> None:
            async with session.begin_nested() as savepoint:
                for uuid, minute, times in order:
                    at = MONDAY + minute * MINUTE
                    await service.record_occurrence(session, uuid, NUMBER, seen_at=at, **times)
                ends.append(await queries.get_apel(session, apel.id, at=MONDAY + 50 * MINUTE))
                await savepoint.rollback()

        run(arrive())
    assert set(ends) == {ends[0]}
    assert (ends[0].state, ends[0].held_to, ends[0].held_seconds) == (
        ApelState.CLOSED,
        MONDAY + 35 * MINUTE,
        (10 + 21) * 60,
    )


def test_an_occurrence_is_kept_without_an_apel(run: Run, session: AsyncSession) -> None:
    see(run, session, "lari-1", 0, started_at=MONDAY)
    assert run(session.scalar(select(func.count()).select_from(Occurrence))) == 1
    assert stale_apels(run, session) == set()
    assert run(queries.find_apel_of_occurrence(session, "lari-1", at=MONDAY)) is None


def test_a_run_marks_only_the_apels_near_it_stale(run: Run, session: AsyncSession, make: Make) -> None:
    near = make.apel(zoom_meeting_ids=[NUMBER])
    make.apel(MONDAY + timedelta(days=7), zoom_meeting_ids=[NUMBER])
    make.apel(zoom_meeting_ids=["99999999999"])
    see(run, session, "lari-1", 0, started_at=MONDAY)
    assert stale_apels(run, session) == {near.id}


def test_what_is_known_already_makes_nothing_stale(
    run: Run, session: AsyncSession, make: Make, engine: AsyncEngine
) -> None:
    make.apel(zoom_meeting_ids=[NUMBER])
    see(run, session, "lari-1", 0, started_at=MONDAY)
    with counted(engine) as statements:
        see(run, session, "lari-1", 0, started_at=MONDAY)
    assert (len(statements), run(session.scalar(select(func.count()).select_from(Stale)))) == (1, 1)


def test_a_lost_start_is_a_gap(run: Run, session: AsyncSession, make: Make) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    see(run, session, "lari-1", 4)
    see(run, session, "lari-1", 31, ended_at=MONDAY + 31 * MINUTE)
    now = now_of(run, session, apel, 40)
    assert (now.state, now.held_from, now.occurrences[0].gap) == (ApelState.CLOSED, MONDAY + 4 * MINUTE, True)


def test_a_lost_end_is_a_gap_once_it_cannot_run_any_more(run: Run, session: AsyncSession, make: Make) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    see(run, session, "lari-1", 0, started_at=MONDAY)
    assert [now_of(run, session, apel, minute).occurrences[0].gap for minute in (40, 151)] == [False, True]


def test_two_apels_share_a_number_and_each_has_its_own_run(run: Run, session: AsyncSession, make: Make) -> None:
    morning = make.apel(zoom_meeting_ids=[NUMBER])
    noon = make.apel(MONDAY + timedelta(hours=2), zoom_meeting_ids=[NUMBER], kind="rakor")
    see(run, session, "pagi", 0, started_at=MONDAY - 5 * MINUTE, ended_at=MONDAY + 33 * MINUTE)
    see(run, session, "siang", 110, started_at=MONDAY + 110 * MINUTE)
    runs = [[span.uuid for span in now_of(run, session, apel, 115).occurrences] for apel in (morning, noon)]
    assert runs == [["pagi"], ["siang"]]
    owner = run(queries.find_apel_of_occurrence(session, "siang", at=MONDAY + 115 * MINUTE))
    assert (owner.id, owner.state) == (noon.id, ApelState.OPEN)


def test_a_cancelled_apel_leaves_its_run_to_the_other(api: Api, run: Run, session: AsyncSession, make: Make) -> None:
    first = make.apel(zoom_meeting_ids=[NUMBER])
    second = make.apel(MONDAY + 30 * MINUTE, zoom_meeting_ids=[NUMBER])
    see(run, session, "lari-1", 0, started_at=MONDAY)
    run(session.commit())
    kominfo = api.as_(Role.KOMINFO)
    kominfo.post(f"/v1/apel/{first.id}/cancel", {"reason": "digabung"})
    answers = [kominfo.get(f"/v1/apel/{apel.id}").json() for apel in (first, second)]
    assert [(answer["state"], len(answer["occurrences"])) for answer in answers] == [("cancelled", 0), ("open", 1)]
    assert stale_apels(run, session) == {first.id, second.id}


def test_an_apel_is_read_in_three_statements(run: Run, session: AsyncSession, make: Make, engine: AsyncEngine) -> None:
    apel = make.apel(zoom_meeting_ids=[NUMBER])
    for number in range(6):
        see(run, session, f"lari-{number}", number, started_at=MONDAY + number * MINUTE)
    with counted(engine) as statements:
        now_of(run, session, apel, 10)
    assert len(statements) == 3


def populate(make: Make, people: int) -> Apel:
    make.opd("DISDIK")
    make.opd("SMP-1", parent_code="DISDIK", reports="part")
    for _ in range(people):
        make.asn("DISDIK")
    head = make.asn("SMP-1", "Andi Kepala", apel_duty=False)
    make.head("DISDIK", head)
    return make.apel()


@pytest.mark.parametrize("people", [1, 12])
def test_freezing_costs_the_same_however_many_people(
    run: Run, session: AsyncSession, make: Make, engine: AsyncEngine, people: int
) -> None:
    apel = now_of(run, session, populate(make, people), 1)
    with counted(engine) as statements:
        run(service.freeze_roster(session, apel, at=MONDAY))
    assert len(statements) == 9
    frozen = run(queries.get_apel(session, apel.id, at=MONDAY))
    with counted(engine) as statements:
        run(queries.get_roster(session, frozen))
    assert len(statements) == 3


def test_the_frozen_roster_is_the_live_one(run: Run, session: AsyncSession, make: Make) -> None:
    apel = now_of(run, session, populate(make, 3), 1)
    live = run(queries.compute_roster(session, apel))
    nameless = [replace(entry, join_name="") for entry in live.entries]
    assert run(queries.get_roster(session, apel)) == replace(live, entries=nameless)
    assert run(service.freeze_roster(session, apel, at=MONDAY)) == live
    frozen = run(queries.get_apel(session, apel.id, at=MONDAY))
    assert frozen.roster_frozen_at == MONDAY
    assert run(queries.get_roster(session, frozen)) == live
    assert [run(queries.get_roster_of(session, one, "SMP-1")) for one in (apel, frozen)] == [
        run(queries.get_roster_of(session, frozen, "SMP-1"))
    ] * 2
    part = run(queries.get_roster_of(session, frozen, "SMP-1"))
    assert ([entry.name for entry in part.entries], sorted(part.units)) == (["Andi Kepala"], ["DISDIK", "SMP-1"])
    assert (live.heads["DISDIK"].name, live.units["DISDIK"].strength, live.units["SMP-1"].strength) == (
        "Andi Kepala",
        3,
        0,
    )


def test_who_comes_after_the_opening_is_not_on_the_frozen_roster(
    api: Api, run: Run, session: AsyncSession, make: Make
) -> None:
    row = populate(make, 2)
    api.as_(Role.KOMINFO).post(f"/v1/apel/{row.id}/open")
    make.asn("DISDIK", "Baru Datang")
    apel = now_of(run, session, row, 1)
    assert len(run(queries.get_roster(session, apel)).entries) == 3
    run(service.freeze_roster(session, apel, at=MONDAY + 5 * MINUTE))
    assert now_of(run, session, row, 6).roster_frozen_at == MONDAY


def test_other_opds_thaw_the_roster(api: Api, run: Run, session: AsyncSession, make: Make) -> None:
    row, kominfo = populate(make, 2), api.as_(Role.KOMINFO)
    make.opd("DINKES")
    make.asn("DINKES")
    tag = kominfo.post(f"/v1/apel/{row.id}/open").headers["etag"]
    kominfo.patch(f"/v1/apel/{row.id}", {"opd_codes": ["DINKES"]}, headers={"if-match": tag})
    apel = now_of(run, session, row, 1)
    assert apel.roster_frozen_at is None
    assert {entry.opd_code for entry in run(queries.get_roster(session, apel)).entries} == {"DINKES"}
    assert run(session.scalar(select(func.count()).select_from(RosterEntry))) == 0


def test_two_who_freeze_at_once_freeze_once(run: Run, own_url: str) -> None:
    async def both() -> tuple[int, int]:
        engine = create_async_engine(own_url)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        async with sessions() as session:
            row = Apel(
                kind="apel_gabungan", title="Apel", on_date=MONDAY.date(), starts_at=MONDAY,
                ends_at=MONDAY + 30 * MINUTE, report_deadline=MONDAY + 60 * MINUTE, zoom_meeting_ids=[],
                rehearsal=False, created_by=SYSTEM.id, created_at=MONDAY,
            )  # fmt: skip
            session.add(row)
            await session.commit()

        async def freeze() -> None:
            async with sessions.begin() as own:
                apel = await queries.get_apel(own, row.id, at=MONDAY)
                await service.freeze_roster(own, apel, at=MONDAY)

        await asyncio.gather(*(freeze() for _ in range(4)))
        async with sessions() as session:
            marks = await session.scalar(select(func.count()).select_from(Stale))
            frozen = await session.scalar(select(func.count()).where(Apel.roster_frozen_at.is_not(None)))
        await engine.dispose()
        return marks or 0, frozen or 0

    assert run(both()) == (1, 1)


def test_two_operators_who_press_next_at_once_move_once(run: Run, own_url: str) -> None:
    async def both() -> tuple[list[Any], list[str]]:
        engine = create_async_engine(own_url)
        sessions = async_sessionmaker(engine, expire_on_commit=False, info={"surroundings": SURROUNDINGS})
        async with sessions() as session:
            outcome = await prepare(session)

        async def press() -> Any:
            async with sessions.begin() as own:
                return (await calling.call_next(own, SYSTEM, outcome, None, at=MONDAY + MINUTE)).current

        pressed = await asyncio.gather(*(press() for _ in range(3)), return_exceptions=True)
        await engine.dispose()
        return [type(one) for one in pressed if isinstance(one, Exception)], [o for o in pressed if isinstance(o, str)]

    async def prepare(session: AsyncSession) -> Any:
        for order, code in enumerate(["SETDA", "DISDIK"]):
            session.add(
                Opd(
                    code=code, name=code, short_name=code, type="dinas", protocol_order=order, reports="yes",
                    connectivity="good", from_date=MONDAY.date() - timedelta(days=900),
                )
            )  # fmt: skip
        row = Apel(
            kind="apel_gabungan", title="Apel", on_date=(MONDAY + timedelta(hours=8)).date(), starts_at=MONDAY,
            ends_at=MONDAY + 30 * MINUTE, report_deadline=MONDAY + 60 * MINUTE, zoom_meeting_ids=[],
            rehearsal=False, created_by=SYSTEM.id, created_at=MONDAY,
        )  # fmt: skip
        session.add(row)
        await session.commit()
        return row.id

    refused, moved = run(both())
    assert (refused, moved) == ([TurnMoved, TurnMoved], ["SETDA"])


FIGURES = {"strength": 37, "present": {"wfo": 28, "wfa": 3}, "excused": {"DL": 2, "S": 1, "CT": 1}, "unexplained": 2}


def test_the_turns_of_a_monday(api: Api, run: Run, session: AsyncSession, make: Make) -> None:
    for code in ("SETDA", "DISDIK", "DINKES", "PUPR", "BAPPEDA"):
        make.opd(code)
    earlier, apel = make.apel(MONDAY - timedelta(days=21)), make.apel()
    kominfo = api.as_(Role.KOMINFO)
    kominfo.at(MONDAY - timedelta(days=21)).post(f"/v1/apel/{earlier.id}/turns/PUPR/call")
    path = f"/v1/apel/{apel.id}/turns"
    kominfo.at(MONDAY - MINUTE)
    early = kominfo.post(f"{path}/next", {"after": None})
    assert (early.status_code, early.json()["code"]) == (409, "apel-not-started")
    kominfo.at(MONDAY + MINUTE)
    first = kominfo.post(f"{path}/next", {"after": None}).json()
    assert (first["current"], first["next"]) == ("SETDA", ["DISDIK", "DINKES", "PUPR"])
    assert first["text"] == "Giliran lapor: Setda. Bersiap: Disdik, Dinkes, Pupr."
    moved = kominfo.post(f"{path}/next", {"after": None})
    assert (moved.status_code, moved.json()["code"]) == (409, "turn-moved")
    assert "SETDA" in moved.json()["detail"]
    kominfo.post(f"{path}/SETDA/answer", {"as_written": True})
    kominfo.post(f"{path}/next", {"after": "SETDA"})
    answered = kominfo.post(f"{path}/DISDIK/answer", FIGURES)
    assert answered.status_code == 200, answered.text
    kominfo.post(f"{path}/next", {"after": "DISDIK"})
    turns = kominfo.post(f"{path}/DINKES/no-answer").json()
    assert [(item["opd_code"], item["state"], item["as_written"]) for item in turns["items"]] == [
        ("SETDA", "answered", True),
        ("DISDIK", "answered", False),
        ("DINKES", "no_answer", False),
        ("PUPR", "waiting", False),
        ("BAPPEDA", "waiting", False),
    ]
    disdik = turns["items"][1]
    # Who speaks of one person on sick leave tells an illness: the operator reads it as excused.
    assert disdik["spoken"] == FIGURES | {"excused": {"DL": 2, "CT": 1, "excused": 1}, "not_required": {}}
    assert disdik["text"] == (
        "Lapor, Dinas Disdik: jumlah pegawai 37, kurang 6, hadir 31; "
        "keterangan kurang: DL 2, sakit 1, cuti 1, TK 2. Laporan selesai."
    )
    assert [(item["last_called_on"], item["weeks_not_called"]) for item in turns["items"][2:4]] == [
        (None, None),
        ("2026-11-02", 3),
    ]
    assert run(turn_queries.get_turns(session, now_of(run, session, apel, 2))).turns["DISDIK"].spoken.strength == 37


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(FIGURES | {"strength": 38}, "sum-mismatch", id="figures that do not add up"),
        pytest.param(FIGURES | {"excused": {"TK": 4}}, "input-invalid", id="an unexplained absence as a reason"),
        pytest.param({"as_written": False}, "input-invalid", id="not as written, and nothing said"),
        pytest.param({"as_written": True} | FIGURES, "input-invalid", id="as written and figures at once"),
        pytest.param({}, "input-invalid", id="nothing"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(api: Api, make: Make, body: dict[str, Any], code: str) -> None:
    make.opd("SETDA")
    path, kominfo = f"/v1/apel/{make.apel().id}/turns", api.as_(Role.KOMINFO)
    kominfo.post(f"{path}/SETDA/call")
    refused = kominfo.post(f"{path}/SETDA/answer", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert kominfo.get(path).json()["items"][0]["state"] == "called"


def test_an_opd_reads_its_own_spoken_figures_only(api: Api, make: Make) -> None:
    path, kominfo = f"/v1/apel/{make.apel().id}/turns", api.as_(Role.KOMINFO)
    for code in ("SETDA", "DISDIK"):
        make.opd(code)
        kominfo.post(f"{path}/{code}/call")
        kominfo.post(f"{path}/{code}/answer", FIGURES)
    seen = api.as_(Role.OPD_HEAD, "DISDIK").get(path).json()["items"]
    assert [(item["opd_code"], item["spoken"] is None, item["text"] is None) for item in seen] == [
        ("SETDA", True, True),
        ("DISDIK", False, False),
    ]


def test_a_part_has_no_turn_of_its_own(api: Api, make: Make) -> None:
    make.opd("DISDIK")
    make.opd("SMP-1", parent_code="DISDIK", reports="part")
    refused = api.as_(Role.KOMINFO).post(f"/v1/apel/{make.apel().id}/turns/SMP-1/call")
    assert (refused.status_code, refused.json()["code"]) == (404, "not-in-turns")


def test_every_act_is_recorded_and_makes_the_apel_stale(api: Api, run: Run, session: AsyncSession, make: Make) -> None:
    make.opd("SETDA")
    kominfo = api.as_(Role.KOMINFO)
    path = f"/v1/apel/{make.apel().id}"
    kominfo.post(f"{path}/turns/SETDA/call")
    kominfo.post(f"{path}/turns/SETDA/call")
    kominfo.post(f"{path}/close")
    kominfo.post(f"{path}/close")

    async def recorded() -> list[tuple[str, str | None]]:
        rows = await session.execute(select(AuditEntry.action, AuditEntry.target).order_by(AuditEntry.id))
        return [(action, target) for action, target in rows]

    target = path.rsplit("/", 1)[-1]
    assert run(recorded()) == [("apel.turn-call", target), ("apel.close", target)]
    assert run(session.scalar(select(func.count()).select_from(Stale))) == 2


CURRENT = {
    "before anything was planned": ([], 0, None),
    "today's apel from midnight on": ([-7 * 1440, 0, 7 * 1440], -7 * 60, 1),
    "today's apel in the evening": ([-7 * 1440, 0, 7 * 1440], 15 * 60, 1),
    "of two apels today the nearer one": ([0, 240], 180, 1),
    "the last one held on a day without": ([-7 * 1440, 0, 7 * 1440], 3 * 1440, 1),
    "the next one when none was held": ([7 * 1440, 14 * 1440], 0, 0),
}


@pytest.mark.parametrize(("minutes", "now", "which"), CURRENT.values(), ids=CURRENT)
def test_the_board_shows(
    run: Run, session: AsyncSession, make: Make, minutes: list[int], now: int, which: int | None
) -> None:
    apels = [make.apel(MONDAY + minute * MINUTE) for minute in minutes]
    found = run(queries.get_current_apel(session, MONDAY + now * MINUTE))
    assert (found and found.id) == (None if which is None else apels[which].id)


def test_an_apel_that_runs_past_midnight_stays_on_the_board(run: Run, session: AsyncSession, make: Make) -> None:
    """An upacara from 23:30 to 00:30 WITA is of the day on which it began, and is what is being held at 00:10."""
    make.apel(MONDAY - timedelta(days=7))
    night = MONDAY + timedelta(hours=16)
    upacara = make.apel(night, kind="upacara", ends_at=night + timedelta(hours=1))
    assert upacara.on_date == MONDAY.astimezone(ZONE).date()
    found = run(queries.get_current_apel(session, night + 40 * MINUTE))
    assert (found.id, found.state) == (upacara.id, "open")


def test_only_apels_around_now_move_by_time(api: Api, run: Run, session: AsyncSession, make: Make) -> None:
    apels = {hours: make.apel(MONDAY + timedelta(hours=hours)) for hours in (-37, -35, 0, 1, 3)}
    api.as_(Role.KOMINFO).post(f"/v1/apel/{apels[1].id}/cancel", {"reason": "uji"})
    assert run(queries.list_active_apel_ids(session, MONDAY)) == [apels[-35].id, apels[0].id]
