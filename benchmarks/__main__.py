"""`make bench`: one Monday of a large regency under load, measured at the client; a table and `bench.json`.

The machine is part of every figure: `load` is its load average at the beginning. Nothing else should run.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from benchmarks.beyond import measure_parts
from benchmarks.caller import Answer, Caller, Latencies, paced, timed
from benchmarks.meeting import Visits
from benchmarks.place import own_place, plain
from benchmarks.pulling import measure_pull
from benchmarks.regency import PASSWORD, Regency, found, report, schedule
from benchmarks.scoring import measure_scoring
from benchmarks.streaming import measure_board
from benchmarks.ways import measure_ways
from benchmarks.year import measure_year

UNITS, PEOPLE = 60, 84
"""Some 5,000 people."""
RATE = 300
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
ROUNDS = 30


async def run() -> dict[str, Any]:
    with own_place() as place:
        regency = await found(place, "bench", [PEOPLE] * UNITS)
        async with regency.serving() as caller:
            kominfo = await caller.sign_in("kominfo", PASSWORD)
            operators = {code: await caller.sign_in(code.lower(), PASSWORD) for code in regency.units}
            times = {"begins_in": timedelta(minutes=-5), "deadline": timedelta(hours=2)}
            apel = await schedule(caller, kominfo, **times)
            results: dict[str, Any] = {"load": os.getloadavg()[0], "people": UNITS * PEOPLE, "seconds": SECONDS}
            results["me/today, 60 at once"] = await _at_once(caller, operators)
            results |= await _monday(caller, regency, apel["id"], kominfo, operators)
            results["events stored"] = await _count_stored(regency.url)
            results |= await _reads(caller, apel["id"], kominfo)
        results[f"Zoom's report, {UNITS * (PEOPLE + 1)} rows"] = await measure_pull(place, UNITS, PEOPLE)
        results[f"one apel of {UNITS * PEOPLE} people"] = await measure_scoring(place, UNITS, PEOPLE)
        results |= await measure_year(place, UNITS, PEOPLE)
        results |= await measure_parts(place, UNITS, PEOPLE)
        results |= await measure_board(place, UNITS, PEOPLE)
        results |= await measure_ways()
        return results


async def _at_once(caller: Caller, operators: Mapping[str, str]) -> dict[str, float]:
    """Every operator opens the page at the same moment."""
    found_times = await asyncio.gather(
        *(timed(caller.expect("GET", "/v1/me/today", token=token)) for token in operators.values())
    )
    return Latencies([seconds for seconds, _ in found_times], []).milliseconds()


async def _monday(
    caller: Caller, regency: Regency, apel_id: str, kominfo: str, operators: Mapping[str, str]
) -> dict[str, Any]:
    """Signed events at a steady rate, beside a report a second and two looks at the board."""
    draw, visits = Random(1), Visits(regency)
    codes = list(regency.units)

    def put(number: int) -> Callable[[], Awaitable[Answer]]:
        code = codes[number % len(codes)]
        path, body = f"/v1/apel/{apel_id}/reports/{code}", report(regency.units[code], draw)
        return lambda: caller.ask("PUT", path, token=operators[code], body=body)

    def look() -> Awaitable[Answer]:
        return caller.ask("GET", f"/v1/apel/{apel_id}/board", token=kominfo)

    await caller.ask("GET", "/probe")
    events, reports, boards = await asyncio.gather(
        paced(visits.deliveries(caller, RATE * SECONDS), RATE),
        paced((put(number) for number in range(min(SECONDS, UNITS))), 1),
        paced((look for _ in range(2 * SECONDS)), 2),
    )
    probe = (await caller.ask("GET", "/probe")).json()
    measured = {"events": events, "reports": reports, "boards": boards}
    told: dict[str, Any] = {f"{name} beside all": one.milliseconds() for name, one in measured.items()}
    told |= {f"{name} refused": len(one.failed) for name, one in measured.items()}
    return told | {"events answered 2xx": len(events.seconds) - len(events.failed), "event loop": probe}


async def _count_stored(url: str) -> int:
    connection = await asyncpg.connect(plain(url))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM zoom_inbox"))
    finally:
        await connection.close()


async def _reads(caller: Caller, apel_id: str, kominfo: str) -> dict[str, Any]:
    """The board whole and known (304), in turns, so that both see the same machine."""
    path = f"/v1/apel/{apel_id}/board"
    await asyncio.sleep(3)
    tag = (await caller.expect("GET", path, token=kominfo)).headers["etag"]
    whole, known = [], []
    for _ in range(ROUNDS):
        whole.append((await timed(caller.ask("GET", path, token=kominfo)))[0])
        known.append((await timed(caller.ask("GET", path, token=kominfo, headers={"if-none-match": tag})))[0])
    return {"board, median ms": round(1000 * median(whole), 1), "board 304, median ms": round(1000 * median(known), 1)}


def main() -> None:
    console = Console()
    with console.status("Mengukur; sekitar dua menit. / Measuring, about two minutes."):
        results = asyncio.run(run())
    Path("bench.json").write_text(json.dumps(results, indent=2), "utf-8")
    table = Table("", "", box=None)
    for name, value in results.items():
        shown = ", ".join(f"{key} {number}" for key, number in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(name, shown)
    console.print(table)


main()
