"""The sample regency goes in as a real one would: registry files, absences and accounts through the public API."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import httpx

from app.demo.sample import OPD, SampleAsn, asn_csv, opd_csv, sample_people
from app.demo.visitor import Visitor, take_over
from app.registry.rules import Reports

ABSENCES = ("DL",) * 8 + ("CT",) * 4 + ("S",) * 3 + ("TB", "CM", "DK") + ("WFA",) * 9
SHARE_ABSENT = 0.075
"""Of the people without shifts; a Monday like any other."""
AT_ONCE = 6
"""Requests of the loading at a time."""
LETTER = "CONTOH/{number:03d}/2026"


@dataclass(frozen=True)
class Regency:
    """The loaded sample with a signed-in operator per reporter."""

    people: Sequence[SampleAsn]
    operators: dict[str, Visitor]
    """Reporter code → its operator."""


async def load_registry(admin: Visitor) -> Sequence[SampleAsn]:
    """OPD, then people, then the OPD file again: by now the heads that it names are known."""
    people = sample_people()
    await _import(admin, "opd", opd_csv([]))
    await _import(admin, "asn", asn_csv(people))
    await _import(admin, "opd", opd_csv(people))
    return people


async def _import(admin: Visitor, kind: str, content: bytes) -> None:
    files = {"file": (f"contoh-{kind}.csv", content, "text/csv")}
    answer = await admin.ask("POST", "/v1/registry/imports", data={"kind": kind}, files=files)
    await admin.post(f"/v1/registry/imports/{answer.json()['id']}/apply")


async def load_absences(admin: Visitor, on: date) -> None:
    """Confirmed absences of that day: a few per cent on duty travel, leave, sick or working elsewhere; shifts."""
    draw = Random(on.toordinal())  # noqa: S311 — a sample
    people = await admin.items("/v1/asn")
    wanted = [(person, code) for person in people if (code := _absence_of(person, draw))]
    gate = asyncio.Semaphore(AT_ONCE)

    async def add(number: int, person: Any, code: str) -> None:
        letter = LETTER.format(number=number) if code in ("DL", "WFA", "DK") else None
        body = {"asn_id": person["id"], "code": code, "from": on.isoformat(), "to": on.isoformat(),
                "letter_no": letter, "state": "confirmed"}  # fmt: skip
        async with gate:
            await admin.post("/v1/absences", body)

    await asyncio.gather(*(add(number, person, code) for number, (person, code) in enumerate(wanted, start=1)))


def _absence_of(person: Any, draw: Random) -> str | None:
    chance, code = draw.random(), draw.choice(ABSENCES)
    if person["assignment"]["work_pattern"] == "shift":
        return "SF" if chance < 0.6 else None
    return code if chance < SHARE_ABSENT else None


async def load_operators(client: httpx.AsyncClient, admin: Visitor) -> dict[str, Visitor]:
    """One account per reporting unit and part; each operator chooses an own password first, as everybody must."""
    reporters = [opd.code for opd in OPD if opd.reports is not Reports.NO]
    asked = [
        {"username": f"operator.{code.lower()}", "grants": [{"role": "opd_operator", "opd_code": code}]}
        for code in reporters
    ]
    slips = (await admin.post("/v1/accounts", {"items": asked}))["items"]
    gate = asyncio.Semaphore(AT_ONCE)

    async def begin(slip: Any) -> Visitor:
        async with gate:
            return await take_over(client, slip["username"], slip["password"], secrets.token_urlsafe(12))

    visitors = await asyncio.gather(*(begin(slip) for slip in slips))
    return dict(zip(reporters, visitors, strict=True))
