"""The audit pack: a month's pay with every fact below it, so that an auditor can calculate it alone."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.errors import FieldError
from app.core.principal import Principal
from app.exports import gathering
from app.exports.errors import PackPeopleUnknown
from app.exports.fact_sheets import list_corrections, list_fact_sheets
from app.exports.recalculation import Calculated, recalculate
from app.exports.sheets import Sheet, write_book
from app.policies.queries import get_policy
from app.policies.reading import read_rules
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.queries import find_asn_by_nips, get_opd
from app.tpp.calculating import conclude_days, draw, list_unit_members, terms_of, to_json
from app.tpp.members import Member, list_members
from app.tpp.models import TppLine, TppSheet
from app.tpp.periods import Period


@dataclass(frozen=True)
class Letterhead:
    """What every export says of itself."""

    instansi: str
    sample: bool


async def list_people(
    session: AsyncSession, month: date, *, opd_code: str | None, asn_ids: Collection[UUID], nips: Collection[str]
) -> list[Member]:
    """The people of a pack.

    Raises OpdNotFound, and PackPeopleUnknown naming each place of the lists that is nobody's.
    """
    if opd_code is not None:
        await get_opd(session, opd_code)
        return await list_unit_members(session, opd_code, month)
    if not asn_ids and not nips:
        return await list_members(session, month)
    known = await find_asn_by_nips(session, nips)
    found = await list_members(session, month, asn_ids=[*asn_ids, *known.values()])
    served = {member.asn_id for member in found}
    wrong = [FieldError(f"/asn_ids/{n}", "person_unknown") for n, one in enumerate(asn_ids) if one not in served]
    wrong += [FieldError(f"/nips/{n}", "person_unknown") for n, one in enumerate(nips) if known.get(one) not in served]
    if wrong:
        raise PackPeopleUnknown(errors=wrong[:100], count=len(wrong))
    return found


async def make_pack(
    session: AsyncSession,
    caller: Principal,
    people: Sequence[Member],
    month: date,
    head: Letterhead,
    *,
    at: datetime,
) -> list[Sheet]:
    """The pack's sheets; the record names everybody in it."""
    await record(session, caller, "exports.audit-pack", at=at, target=f"{month:%Y-%m}", nips=[p.nip for p in people])
    policy = await rules_on(session, month)
    terms = await terms_of(session, month, policy)
    period = terms.whole_period()
    await conclude_days(session, period, at=at)
    ids = [person.asn_id for person in people]
    kept = await gathering.list_kept_lines(session, ids, month)
    lines = {line.asn_id: (line, sheet) for line, sheet in kept if sheet.corrects_id is None and not sheet.trial}
    rules = {sheet.policy_id: read_rules(await get_policy(session, sheet.policy_id)) for _, sheet in _once(kept)}
    calculated = []
    for drawn in await draw(session, people, terms):
        found = lines.get(drawn.member.asn_id)
        if found is not None:
            calculated.append(_kept(drawn.member, *found, rules[found[1].policy_id]))
        else:
            made = drawn.calculation
            percent, amount = (made.percent, made.amount) if made else (None, None)
            about = (policy.label, drawn.rules, drawn.person.rate, percent, amount, to_json(drawn))
            calculated.append(_calculated(drawn.member, *about, "dihitung saat ekspor, belum ada lembar"))
    facts = await list_fact_sheets(session, people, period, month)
    return [
        _summary(people, period, month, policy, head, caller, at),
        *recalculate(calculated),
        *facts,
        list_corrections(kept, {person.asn_id: person for person in people}),
    ]


async def write_pack(session: AsyncSession, sheets: Sequence[Sheet]) -> bytes:
    """The pack as XLSX, written beside the event loop.

    A regency's month takes longer than the database lets a transaction lie idle, so that it is spoken to meanwhile.
    """
    writing = asyncio.create_task(asyncio.to_thread(write_book, sheets))
    while not writing.done():
        await asyncio.wait({writing}, timeout=SPOKEN_TO)
        await session.scalar(select(1))
    return await writing


SPOKEN_TO = 15.0
"""Seconds; a quarter of what the database allows (`core.db.make_engine`)."""


def _once(kept: Sequence[Any]) -> list[tuple[TppLine, TppSheet]]:
    """One line of each sheet."""
    return list({sheet.id: (line, sheet) for line, sheet in kept}.values())


def _calculated(member: Member, *rest: Any) -> Calculated:
    return Calculated(member.nip, member.name, member.opd_code, member.employment_type, *rest)


def _kept(member: Member, line: TppLine, sheet: TppSheet, policy: Rules) -> Calculated:
    rules = policy.tpp_for(line.employment_type) if line.percent is not None else None
    about = (sheet.policy, rules, line.rate, line.percent, line.amount, line.calculation)
    return _calculated(member, *about, f"lembar {sheet.state}, versi {sheet.version}")


def _summary(
    people: Sequence[Member],
    period: Period,
    month: date,
    policy: Rules,
    head: Letterhead,
    caller: Principal,
    at: datetime,
) -> Sheet:
    rows: list[Sequence[Any]] = [
        ("Instansi", head.instansi),
        ("Bulan", f"{month:%Y-%m}"),
        ("Data dari", period.from_date),
        ("Data sampai", period.to_date),
        ("Jumlah pegawai", len(people)),
        ("Kebijakan yang berlaku", policy.label),
        ("Dasar hukum", policy.legal_basis),
        ("Dibuat oleh", caller.name),
        ("Dibuat pada (UTC)", at),
        ("Perhitungan", "Rumus pada lembar Perhitungan dan Potongan hanya memakai lembar Kebijakan dan data harian."),
        ("Hari kerja", "Memuat hari yang bukan hadir penuh; setiap rekaman ada di lembar Rekaman harian."),
        ("Apel dan hari kerja", "Tidak mengikuti apel bukan tidak masuk kerja; keduanya dihitung terpisah."),
    ]
    if head.sample:
        rows.insert(0, ("CONTOH", "Data contoh, bukan data pegawai."))
    return Sheet("Ringkasan", ("Hal", "Keterangan"), rows)
