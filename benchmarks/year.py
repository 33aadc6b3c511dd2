"""A year of some 5,000 people judged by another policy, in this process, without a socket.

What the year holds is invented in the database itself: one Monday apel a week with its marks, a record of the daily
attendance for every working day, a rate of the TPP for everybody.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from app.core.db import OpenSession, Surroundings, act_as, make_engine, make_sessions
from app.core.keys import load_audit_key
from app.core.principal import Grant, Principal, Role
from app.core.settings import Settings
from app.enactment import reading
from app.enactment.service import LONGEST, simulate
from app.policies.checking import check_policy
from app.policies.examples import list_examples
from app.policies.service import activate_policy, draft_policy
from benchmarks.place import Place, plain
from benchmarks.regency import Regency, found

TIMES = 5
LISTED = 100
YEAR = date(datetime.now(UTC).year - 1, 1, 1)
LAST = YEAR + timedelta(days=LONGEST - 2)
AUTHOR, OTHER = (Principal(uuid4(), name, (Grant(Role.ADMIN),)) for name in ("penyusun", "pengesah"))


async def measure_year(place: Place, units: int, people: int) -> dict[str, Any]:
    """Medians of several runs."""
    gc.collect()
    gc.freeze()  # as a serving process does
    regency = await found(place, "year", [people] * units)
    engine = make_engine(regency.url)
    settings = Settings(data_dir=place.data_dir, timezone=regency.zone)
    sessions = make_sessions(engine, Surroundings(settings.zone, load_audit_key(settings)))
    try:
        in_force, draft = [await _draft(sessions, name) for name in ("bulukumba", "pekalongan")]
        async with sessions.begin() as session:
            await act_as(session)
            await activate_policy(session, OTHER, in_force, earliest=None, at=datetime.now(UTC))
        await _fill(regency, in_force)
        return await _simulate(sessions, draft)
    finally:
        await engine.dispose()


async def _draft(sessions: OpenSession, name: str) -> UUID:
    document = check_policy(list_examples()[name].encode()).document
    if document is None:
        raise RuntimeError(f"the example {name} does not pass the check")
    async with sessions.begin() as session:
        await act_as(session)
        early = document.model_copy(update={"effective_from": YEAR})
        policy_id, _ = await draft_policy(session, AUTHOR, early, at=datetime.now(UTC))
        return policy_id


async def _simulate(sessions: OpenSession, policy_id: UUID) -> dict[str, Any]:
    told: dict[str, Any] = {}
    waits: list[float] = []

    async def once() -> None:
        async with sessions.begin() as session:
            await act_as(session)
            made = await simulate(session, AUTHOR, policy_id, YEAR, LAST, limit=LISTED, at=datetime.now(UTC))
            totals = reading.show(made, LISTED).totals
            told.update(people=totals.people, apels=totals.apels, changed=totals.people_changed, tpp=totals.tpp.people)

    beside = asyncio.create_task(_watch(waits))
    seconds = [await _timed(once) for _ in range(TIMES)]
    beside.cancel()
    return {"simulate a year": _shown(seconds) | told, "others waited, max ms": round(1000 * max(waits), 1)}


async def _watch(waits: list[float]) -> None:
    """How long the event loop kept others waiting."""
    while True:
        began = perf_counter()
        await asyncio.sleep(0.01)
        waits.append(perf_counter() - began - 0.01)


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    began = perf_counter()
    await work()
    return perf_counter() - began


def _shown(seconds: list[float]) -> dict[str, float]:
    return {"median ms": round(1000 * median(seconds)), "max ms": round(1000 * max(seconds))}


async def _fill(regency: Regency, policy_id: UUID) -> None:
    """The year in the database, final and scored."""
    connection = await asyncpg.connect(plain(regency.url), command_timeout=300)
    try:
        await connection.execute("SELECT setseed(0.4)")
        for statement in _STATEMENTS:
            await connection.execute(statement.format(first=YEAR, last=LAST, policy=policy_id))
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


_STATEMENTS = (
    "DELETE FROM stale",
    """
    INSERT INTO apel (id, kind, title, on_date, starts_at, ends_at, report_deadline, zoom_meeting_ids, rehearsal,
                      created_by, created_at, version)
    SELECT gen_random_uuid(), 'apel_gabungan', 'Senin', day, day + interval '8 h', day + interval '8.5 h',
           day + interval '9 h', '{{}}', false, gen_random_uuid(), day, 1
    FROM generate_series(date '{first}', date '{last}', interval '1 day') AS day WHERE extract(isodow FROM day) = 1
    """,
    """
    INSERT INTO apel_act (apel_id, act, at, by_id, by_name)
    SELECT id, 'finalize', report_deadline + interval '1 day', created_by, 'uji' FROM apel WHERE title = 'Senin'
    """,
    """
    INSERT INTO settlement (apel_id, final_at, policy_id, held_seconds, gap, gap_known)
    SELECT apel_id, at, uuid '{policy}', 1800, false, false FROM apel_act
    """,
    """
    INSERT INTO conclusion (apel_id, revision, phase, gap, changed_at)
    SELECT apel_id, 1, 'final due', false, at FROM apel_act
    """,
    """
    INSERT INTO score_run (apel_id, revision, policy_id, computed_at)
    SELECT apel_id, 1, uuid '{policy}', at FROM apel_act
    """,
    """
    INSERT INTO mark (id, apel_id, asn_id, opd_code, unit_code, status, mode, pending, seconds, reason, revision)
    SELECT gen_random_uuid(), apel_id, asn_id, opd_code, opd_code,
           CASE WHEN chance < 0.92 THEN 'H' WHEN chance < 0.94 THEN 'TK' WHEN chance < 0.97 THEN 'DL' ELSE 'CT' END,
           CASE WHEN chance < 0.8 THEN 'wfo' WHEN chance < 0.92 THEN 'wfa' END, false, 1800, 'claimed', 1
    FROM (SELECT apel.id AS apel_id, assignment.asn_id, assignment.opd_code, random() AS chance
          FROM apel CROSS JOIN assignment WHERE apel.title = 'Senin') AS drawn
    """,
    """
    INSERT INTO finding (id, apel_id, code, grade, opd_code, asn_id, facts, revision)
    SELECT gen_random_uuid(), apel_id, 'left-early', 'suspicious', unit_code, asn_id, '{{}}', 1
    FROM mark WHERE mode = 'wfa' AND random() < 0.1
    """,
    """
    INSERT INTO tally (apel_id, opd_code, strength, present_wfo, present_wfa, excused, unexplained, not_required,
                       not_reported, disputed, pending, report_state, versions, counts_only, room_seconds, connection,
                       late_minutes, revision)
    SELECT apel_id, unit_code, count(*), count(*) FILTER (WHERE mode = 'wfo'), count(*) FILTER (WHERE mode = 'wfa'),
           jsonb_build_object('DL', count(*) FILTER (WHERE status = 'DL'), 'CT', count(*) FILTER (WHERE status = 'CT')),
           count(*) FILTER (WHERE status = 'TK'), '{{}}', 0, 0, false, 'submitted', '[]', false, 1800,
           '{{"state": "left", "since": null, "gaps": 0}}', CASE WHEN random() < 0.1 THEN 20 END, 1
    FROM mark GROUP BY apel_id, unit_code
    """,
    """
    INSERT INTO workday_import (id, state, source, filename, sha256, rows, summary, created_by, created_at)
    VALUES (gen_random_uuid(), 'applied', 'uji', 'uji.csv', '', '[]', '{{}}', gen_random_uuid(), now())
    """,
    """
    INSERT INTO workday_record (id, import_id, line, asn_id, day, clock_in, clock_out, status, code, day_over)
    SELECT gen_random_uuid(), import_id, 1, asn_id, day,
           CASE WHEN chance < 0.98 THEN time '07:00' + random() * interval '25 min'
                     + CASE WHEN chance < 0.05 THEN random() * interval '2 h' ELSE interval '0' END END,
           CASE WHEN chance BETWEEN 0.01 AND 0.98 THEN time '17:00' + random() * interval '1 h' END,
           CASE WHEN chance >= 0.98 THEN CASE WHEN chance < 0.995 THEN 'DL' ELSE 'Alpa' END END,
           CASE WHEN chance >= 0.98 THEN CASE WHEN chance < 0.995 THEN 'DL' ELSE 'TK' END END, true
    FROM (SELECT workday_import.id AS import_id, assignment.asn_id, day::date,
                 CASE WHEN assignment.asn_id::text ~ '[0-9]00$' AND extract(month FROM day) = 3 THEN 1
                      ELSE random() END AS chance
          FROM workday_import CROSS JOIN assignment
          CROSS JOIN generate_series(date '{first}', date '{last}', interval '1 day') AS day
          WHERE extract(isodow FROM day) < 6) AS drawn
    """,
    """
    INSERT INTO tpp_rate (id, asn_id, from_date, amount, sha256, loaded_by, loaded_at)
    SELECT gen_random_uuid(), id, date '{first}', 1500000 + 300000 * floor(random() * 17), '', gen_random_uuid(), now()
    FROM asn
    """,
    "DELETE FROM stale_workdays",
)
"""In this order."""
