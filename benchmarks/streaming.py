"""The board as it is read and as it is pushed: JSON, 304, and a frame that reaches a thousand viewers."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any

from benchmarks.caller import Caller, timed
from benchmarks.place import ROOT, Place
from benchmarks.regency import PASSWORD, Regency, found, report, schedule

VIEWERS = int(os.environ.get("BENCH_VIEWERS", "1000"))
ROUNDS = 40
PUSHES = 15
PATIENCE = 60


class Morning:
    """An apel at which every unit has reported, and reports that amend one another."""

    def __init__(self, caller: Caller, regency: Regency, apel_id: str, kominfo: str) -> None:
        self._caller, self._regency, self.kominfo = caller, regency, kominfo
        self.path = f"/v1/apel/{apel_id}"
        self._draw = Random(3)
        self._versions = dict.fromkeys(regency.units, 0)

    async def reports(self, code: str) -> None:
        version = self._versions[code]
        body = report(self._regency.units[code], self._draw) | {"channel": "phone", "caller": "Sekretaris"}
        headers = {"if-match": f'"{version}"'} if version else {}
        body |= {"reason": "ralat"} if version else {}
        path = f"{self.path}/reports/{code}"
        await self._caller.expect("PUT", path, token=self.kominfo, body=body, headers=headers)
        self._versions[code] += 1

    def get(self, path: str, **headers: str) -> Callable[[], Awaitable[Any]]:
        return lambda: self._caller.ask("GET", path, token=self.kominfo, headers=headers)


async def measure_board(place: Place, units: int, people: int) -> dict[str, Any]:
    regency = await found(place, "board", [people] * units)
    async with regency.serving() as caller:
        kominfo = await caller.sign_in("kominfo", PASSWORD)
        apel = await schedule(caller, kominfo, begins_in=timedelta(minutes=-5), deadline=timedelta(hours=2))
        morning = Morning(caller, regency, apel["id"], kominfo)
        for code in regency.units:
            await morning.reports(code)
        await asyncio.sleep(3)
        return await _reads(morning) | await _pushes(caller, morning)


async def _reads(morning: Morning) -> dict[str, Any]:
    """In turns, so that all see the same machine: whole, known, whole after a report, and who is calling alone."""
    board = f"{morning.path}/board"
    times: dict[str, list[float]] = {"whole": [], "304": [], "whole after a report": [], "/v1/me": []}
    for number in range(ROUNDS):
        await morning.reports(f"U{number % 60:02d}")
        times["whole after a report"].append((await timed(morning.get(board)()))[0])
        await asyncio.sleep(0.3)
        await morning.get(board)()
        seconds, answer = await timed(morning.get(board)())
        times["whole"].append(seconds)
        seconds, known = await timed(morning.get(board, **{"if-none-match": answer.headers["etag"]})())
        assert (answer.status, known.status) == (200, 304)
        times["304"].append(seconds)
        times["/v1/me"].append((await timed(morning.get("/v1/me")()))[0])
    told = {name: round(1000 * median(seconds), 1) for name, seconds in times.items()}
    return {f"board of {len(answer.json()['opd'])} OPDs, median ms": told | {"kB": round(len(answer.body) / 1000)}}


async def _pushes(caller: Caller, morning: Morning) -> dict[str, Any]:
    """From the answer to a report until the last of the viewers has the whole frame."""
    draw, until_last, until_first = Random(4), [], []
    async with _viewers(caller, f"{morning.path}/board/stream", morning.kominfo) as (connected, next_frame):
        await caller.ask("GET", "/probe")
        for number in range(PUSHES):
            await asyncio.sleep(1 + draw.random())
            await morning.reports(f"U{number:02d}")
            answered = time.monotonic()
            frame = await next_frame()
            until_first.append(frame["first"] - answered)
            until_last.append(frame["last"] - answered)
        probe = (await caller.ask("GET", "/probe")).json()
    name = f"report → frame at {VIEWERS} viewers, ms"
    told = {"first, median": median(until_first), "last, median": median(until_last), "last, worst": max(until_last)}
    return {
        name: {key: round(1000 * value) for key, value in told.items()},
        "viewers connected, s": round(connected, 1),
        f"server's CPU per frame and viewer, µs ({PUSHES} reports and their conclusions included)": round(
            probe["cpu_s"] * 1e6 / PUSHES / VIEWERS
        ),
    }


NextFrame = Callable[[], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def _viewers(caller: Caller, path: str, token: str) -> AsyncIterator[tuple[float, NextFrame]]:
    command = [sys.executable, "-m", "benchmarks.viewers"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    stdout = process.stdout
    asked = {"port": caller.port, "path": path, "token": token, "viewers": VIEWERS}
    process.stdin.write(json.dumps(asked).encode() + b"\n")

    async def next_line() -> dict[str, Any]:
        line = await asyncio.wait_for(stdout.readline(), PATIENCE)
        told: dict[str, Any] = json.loads(line)
        return told

    try:
        yield (await next_line())["connected"], next_line
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
