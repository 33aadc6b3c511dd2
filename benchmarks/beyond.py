"""The board beyond the roll-call, over HTTP: a year of outputs, assessments, circulars, rakor and 100,000 service times
of some 5,000 people, invented in the database itself; the parts of a month and of the whole year, in turns."""

from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import asyncpg

from benchmarks.caller import Caller, timed
from benchmarks.place import Place, plain
from benchmarks.regency import PASSWORD, found

YEAR = datetime.now(UTC).year - 1
PERIODS = {"a month": f"{YEAR}-06", "the year": f"{YEAR}"}
ROUNDS = 15
SERVICE_TIMES = 100_000


async def measure_parts(place: Place, units: int, people: int) -> dict[str, Any]:
    """Milliseconds of `GET /v1/board/parts`: summed anew because nobody looked, as kept, and known by its ETag."""
    regency = await found(place, "beyond", [people] * units)
    counted = await _fill(regency.url)
    seconds: dict[str, list[float]] = {}
    connection = await asyncpg.connect(plain(regency.url))
    try:
        async with regency.serving() as caller:
            token = await caller.sign_in("kominfo", PASSWORD)
            for number in range(ROUNDS + 1):
                for name, period in PERIODS.items():
                    await connection.execute("DELETE FROM parts_snapshot")
                    took = await _look(caller, token, period)
                    # The first round finds empty caches, as no later one does.
                    if number:
                        for how, one in took.items():
                            seconds.setdefault(f"{name}, {how}", []).append(one)
    finally:
        await connection.close()
    shown = {f"{name}, median ms": round(1000 * median(took), 1) for name, took in seconds.items()}
    slowest = {f"{name}, max ms": round(1000 * max(took), 1) for name, took in seconds.items()}
    return {"board parts": shown | slowest, "a year of": counted}


async def _look(caller: Caller, token: str, period: str) -> dict[str, float]:
    anew, answer = await timed(caller.expect("GET", _path(period), token=token))
    kept, _ = await timed(caller.expect("GET", _path(period), token=token))
    known, _ = await timed(
        caller.ask("GET", _path(period), token=token, headers={"if-none-match": answer.headers["etag"]})
    )
    return {"summed anew": anew, "kept": kept, "known (304)": known}


def _path(period: str) -> str:
    return f"/v1/board/parts?period={period}"


async def _fill(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(plain(url), command_timeout=300)
    try:
        await connection.execute("SELECT setseed(0.5)")
        for statement in _STATEMENTS:
            await connection.execute(
                statement.format(first=date(YEAR, 1, 1), last=date(YEAR, 12, 31), year=YEAR, times=SERVICE_TIMES)
            )
        await connection.execute("VACUUM ANALYZE")
        tables = ("performance_target", "behaviour_assessment", "counter_ticket", "circular_receipt", "deposit_act")
        return {name: int(await connection.fetchval(f"SELECT count(*) FROM {name}")) for name in tables}
    finally:
        await connection.close()


_STATEMENTS = (
    """
    INSERT INTO apel (id, kind, title, on_date, starts_at, ends_at, report_deadline, zoom_meeting_ids, rehearsal,
                      created_by, created_at, version)
    SELECT gen_random_uuid(), 'apel_gabungan', 'Senin', day, day + interval '8 h', day + interval '8.5 h',
           day + interval '9 h', '{{}}', false, gen_random_uuid(), day, 1
    FROM generate_series(date '{first}', date '{last}', interval '1 day') AS day WHERE extract(isodow FROM day) = 1
    """,
    """
    INSERT INTO score (apel_id, opd_code, points, pending, band, present, strength, excused, lines)
    SELECT apel.id, opd.code, 80 + 20 * random(), false, 'besar', 78, 84, '{{}}', '[]'
    FROM apel CROSS JOIN opd WHERE apel.title = 'Senin'
    """,
    """
    INSERT INTO performance_indicator (id, asn_id, year, place, rhk, supports, theme, indicator, aspect, unit, better,
                                       weight)
    SELECT gen_random_uuid(), asn.id, {year}, place, 'RHK', NULL,
           CASE place WHEN 1 THEN 'digitalisation' WHEN 2 THEN 'poverty' END, 'Indikator', 'quantity', 'berkas',
           'higher', 20 + 10 * place
    FROM asn CROSS JOIN generate_series(1, 3) AS place
    """,
    """
    INSERT INTO performance_achievement (id, indicator_id, asn_id, period, version, actual, evidence, note, by, by_name,
                                         at)
    SELECT gen_random_uuid(), id, asn_id, to_char(month, 'YYYY-MM'), 1, 60 + 60 * random(), 'https://bukti', NULL,
           gen_random_uuid(), 'uji', month
    FROM performance_indicator CROSS JOIN generate_series(date '{first}', date '{last}', interval '1 month') AS month
    """,
    """
    INSERT INTO performance_verification (id, achievement_id, outcome, reason, examiner, by, by_name, at)
    SELECT gen_random_uuid(), id, 'accepted', NULL, NULL, gen_random_uuid(), 'uji', at FROM performance_achievement
    """,
    """
    INSERT INTO performance_target (indicator_id, period, asn_id, from_date, to_date, target, weight, state, share,
                                    achievement_id)
    SELECT indicator.id, said.period, said.asn_id, (said.period || '-01')::date,
           ((said.period || '-01')::date + interval '1 month' - interval '1 day')::date, 100, indicator.weight,
           'accepted', least(said.actual / 100, 1) * 1000000, said.id
    FROM performance_achievement AS said JOIN performance_indicator AS indicator ON indicator.id = said.indicator_id
    """,
    """
    INSERT INTO behaviour_assessment (id, asn_id, period, rater, version, ratings, note, by_id, by_asn_id, by_name, at)
    SELECT gen_random_uuid(), asn.id, to_char(month, 'YYYY-MM'), 'superior', 1, '{{"loyal.a": "meets"}}', NULL,
           gen_random_uuid(), NULL, 'uji', month
    FROM asn CROSS JOIN generate_series(date '{first}', date '{last}', interval '1 month') AS month
    """,
    """
    INSERT INTO behaviour_standing (asn_id, period, from_date, to_date, superior_tally, self_tally, peer_tally,
                                    by_value)
    SELECT asn_id, period, (period || '-01')::date,
           ((period || '-01')::date + interval '1 month' - interval '1 day')::date,
           ARRAY[1, 420, 1680, 420]::bigint[], NULL, NULL, '{{}}'
    FROM behaviour_assessment
    """,
    """
    INSERT INTO counter_promise (id, opd_code, service_code, version, from_date, name, wait_minutes, finish_minutes,
                                 finish_working_days, source, by, by_name, at)
    SELECT gen_random_uuid(), code, 'L' || service, 1, date '{first}' - 30, 'Layanan', 15,
           CASE WHEN service < 3 THEN 45 END, CASE WHEN service = 3 THEN 1 END, 'Maklumat', gen_random_uuid(), 'uji',
           now()
    FROM opd CROSS JOIN generate_series(1, 3) AS service
    """,
    """
    INSERT INTO counter_ticket (opd_code, service_code, day, ticket, arrived_at, called_at, finished_at, cancelled,
                                wait_seconds, total_seconds, finished_on)
    SELECT code, 'L' || (1 + n % 3), day, 'A' || n, day + interval '9 h', day + interval '9 h' + wait * interval '1 s',
           day + interval '9 h' + (wait + 600) * interval '1 s', n % 50 = 0, wait, wait + 600, day
    FROM (SELECT opd.code, n, (date '{first}' + (n % 365))::date AS day, (random() * 1500)::int AS wait
          FROM generate_series(1, {times}) AS n
          JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS number FROM opd) AS opd
            ON opd.place = n % opd.number) AS drawn
    """,
    """
    INSERT INTO circular (id, version, number, dated_on, title, text, signatory, effective_from, acknowledge_by, scope,
                          kind, created_by, created_at, published_at, published_on, revision, chain_id)
    SELECT id, 1, 'SE ' || month, month, 'SE', 'SE', 'Bupati', month, month + 14,
           '{{"offices": ["heads"], "employment_types": ["PNS"], "opd_types": [], "opd_codes": []}}', 'general',
           gen_random_uuid(), month, month, month, 2, id
    FROM (SELECT gen_random_uuid() AS id, month::date
          FROM generate_series(date '{first}', date '{last}', interval '1 month') AS month) AS drawn
    """,
    """
    INSERT INTO circular_receipt (id, circular_id, act, asn_id, channel, by_id, by_name, at)
    SELECT gen_random_uuid(), circular.id, 'acknowledged', asn.id, 'app', gen_random_uuid(), 'uji', now()
    FROM circular CROSS JOIN asn WHERE random() < 0.8
    """,
    """
    INSERT INTO apel (id, kind, title, on_date, starts_at, ends_at, report_deadline, zoom_meeting_ids, rehearsal,
                      created_by, created_at, version)
    SELECT gen_random_uuid(), 'rakor', 'Rakor', day::date, day + interval '9 h', day + interval '11 h',
           day + interval '11 h', '{{}}', false, gen_random_uuid(), day, 1
    FROM generate_series(date '{first}' + 7, date '{last}', interval '1 month') AS day
    """,
    """
    INSERT INTO mark (id, apel_id, asn_id, opd_code, unit_code, status, mode, pending, seconds, reason, revision)
    SELECT gen_random_uuid(), apel.id, asn_id, opd_code, opd_code, 'H', 'wfo', false, 0, 'claimed', 1
    FROM apel CROSS JOIN assignment WHERE apel.title = 'Rakor' AND random() < 0.06
    """,
    """
    INSERT INTO deposit_act (id, apel_id, slot, move, asn_id, at, by_id, noted_at)
    SELECT gen_random_uuid(), apel_id, 'A-' || row_number() OVER (PARTITION BY apel_id), 'in', asn_id, now(),
           gen_random_uuid(), now()
    FROM mark WHERE random() < 0.9
    """,
    "DELETE FROM stale",
)
"""In this order."""
