"""The sample regency goes in as a real one would: registry files, absences and accounts through the public API."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx

from app.demo.sample import OPD, SampleAsn, absence_csv, asn_csv, opd_csv, sample_people
from app.demo.visitor import Visitor, take_over
from app.registry.rules import Reports

AT_ONCE = 6
"""Requests of the loading at a time."""


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


async def load_absences(admin: Visitor, people: Sequence[SampleAsn], on: date) -> None:
    files = {"file": ("contoh-izin.csv", absence_csv(people, on), "text/csv")}
    await admin.ask("POST", "/v1/absences/imports", data={"state": "confirmed"}, files=files)


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
