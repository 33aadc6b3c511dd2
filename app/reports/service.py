"""Writes of claims: a version is added, never changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel, get_roster_of, list_units
from app.apel.rules import require_not_over
from app.apel.service import hold_apel
from app.apel.timeline import ApelNow
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.errors import FieldError, VersionMismatch
from app.core.ids import new_id
from app.core.principal import OPD_ROLES, Principal, Role
from app.core.stale import mark_stale
from app.core.texts.dates import long_day
from app.core.versions import require_version
from app.duty.rules import Code, Mode
from app.registry.queries import get_opd, load_tree
from app.registry.rules import reporter
from app.reports import queries, reading, rules
from app.reports.errors import (
    ChannelNotAllowed,
    ChannelRequired,
    DuplicatePerson,
    EntriesMismatch,
    NobodyReportsForOpd,
    NotAReportingUnit,
    OpdNotCalled,
    ReasonRequired,
    ReportTooEarly,
    UnknownPerson,
)
from app.reports.models import ReportVersion
from app.reports.queries import VersionRow
from app.reports.rules import Channel, Claim, EntriesAre, EntryClaim
from app.reports.schemas import EntryWrite, ReportRead, ReportWrite
from app.reports.sight import require_reach

WRITERS = (Role.OPD_HEAD, Role.OPD_OPERATOR, Role.KOMINFO, Role.ADMIN)
ON_BEHALF = (Role.KOMINFO, Role.ADMIN)
MAX_ERRORS = 100
"""Places that one refusal lists; nobody corrects more of them at once."""


@dataclass(frozen=True)
class Named:
    """The people of a body, in its order; None where the registry knows nobody."""

    people: list[queries.Person | None]
    claim: Claim

    def repeats(self, claim_sha256: str) -> bool:
        """The claim kept under this digest, with nobody unknown or named again beside it."""
        return len(self.claim.entries) == len(self.people) and rules.digest(self.claim) == claim_sha256


async def submit_report(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    opd_code: str,
    body: ReportWrite,
    *,
    at: datetime,
    if_match: int | None = None,
) -> tuple[ReportRead, bool]:
    """Keep an OPD's claim as a new version; the earlier ones stay. True: it is the first.

    The claim that is in force already is answered with its version, before anything else is checked.

    Raises ApelFinal, ApelCancelled, ReportTooEarly, NotAReportingUnit, SumMismatch, EntriesMismatch, UnknownPerson,
    DuplicatePerson, ChannelRequired, VersionRequired, VersionMismatch, ReasonRequired.
    """
    require_reach(caller, opd_code, *WRITERS)
    await lock_claim(session, apel_id, opd_code)
    apel = await get_apel(session, apel_id, at=at)
    named = await _identify(session, body)
    current = await queries.find_current(session, apel_id, opd_code)
    if current is not None and named.repeats(current.version.claim_sha256):
        return await reading.get_report(session, caller, apel, opd_code, at=at), False
    _require_accepting(session, apel, at)
    unit_code = await _unit_of_reporter(session, apel, opd_code)
    _require_known_once(named)
    await _require_agreement(session, apel, opd_code, named.claim)
    channel = _channel_of(caller, opd_code, body)
    version = _next_version(current, body, if_match)
    await _keep(session, caller, apel, opd_code, body, named.claim, version=version, channel=channel, at=at)
    await mark_stale(session, apel.id, unit_code)
    kept = await reading.get_report(session, caller, apel, opd_code, at=at, action="reports.submit")
    return kept, version == 1


async def lock_claim(session: AsyncSession, apel_id: UUID, opd_code: str) -> None:
    """Two writers of one OPD's claim come one after the other, and the apel does not end meanwhile."""
    await session.execute(select(func.pg_advisory_xact_lock(lock_key("report", f"{apel_id}/{opd_code}"))))
    await hold_apel(session, apel_id)


async def _identify(session: AsyncSession, body: ReportWrite) -> Named:
    """Find the people named, by id or NIP, in one statement."""
    entries = body.entries or []
    known = await queries.find_people(
        session,
        [asn_id for entry in entries if (asn_id := entry.get("asn_id"))],
        [nip for entry in entries if (nip := entry.get("nip"))],
    )
    people = [_person_of(entry, known) for entry in entries]
    claims = {
        person.asn_id: _entry_claim(entry) for person, entry in zip(people, entries, strict=True) if person is not None
    }
    claim = Claim(
        figures=body.figures(), others=body.others, entries_are=body.entries_are, entries=claims, note=body.note
    )
    return Named(people, claim)


def _person_of(entry: EntryWrite, known: queries.People) -> queries.Person | None:
    asn_id, nip = entry.get("asn_id"), entry.get("nip")
    if asn_id is not None:
        return known.by_id.get(asn_id)
    return known.by_nip.get(nip) if nip is not None else None


def _entry_claim(entry: EntryWrite) -> EntryClaim:
    present = entry["status"] is Code.H
    return EntryClaim(entry["status"], (entry.get("mode") or Mode.WFO) if present else None, entry.get("note"))


def _require_accepting(session: AsyncSession, apel: ApelNow, at: datetime) -> None:
    require_not_over(apel.state)
    if civil_date(at, zone_of(session)) < apel.on_date:
        raise ReportTooEarly(date=long_day(apel.on_date))


async def _unit_of_reporter(session: AsyncSession, apel: ApelNow, opd_code: str) -> str:
    """The unit that this OPD's claim sums into; raises NotAReportingUnit naming the OPD that reports for it."""
    units = await list_units(session, apel)
    if opd_code in units:
        return units[opd_code].unit_code
    await get_opd(session, opd_code)
    answering = reporter(await load_tree(session, apel.on_date), opd_code)
    if answering is None:
        raise NobodyReportsForOpd
    if answering == opd_code:
        raise OpdNotCalled
    raise NotAReportingUnit(reporter=answering)


def _require_known_once(named: Named) -> None:
    """Raises UnknownPerson or DuplicatePerson."""
    unknown = [
        FieldError(f"/entries/{index}", "entry_person_unknown") for index, who in enumerate(named.people) if not who
    ]
    if unknown:
        raise UnknownPerson(errors=unknown[:MAX_ERRORS], count=len(unknown))
    again = rules.find_duplicates([person.asn_id for person in named.people if person])
    if again:
        raise DuplicatePerson(errors=again[:MAX_ERRORS], count=len(again))


async def _require_agreement(session: AsyncSession, apel: ApelNow, opd_code: str, claim: Claim) -> None:
    """Raises EntriesMismatch; the roster is read only where everybody of it must be named."""
    duty_bound: list[UUID] = []
    if claim.entries_are is EntriesAre.ALL:
        roster = await get_roster_of(session, apel, opd_code)
        duty_bound = [entry.asn_id for entry in roster.entries if entry.required]
    wrong = rules.find_disagreements(claim, duty_bound)
    if wrong:
        raise EntriesMismatch(errors=wrong, count=len(wrong))


def _channel_of(caller: Principal, opd_code: str, body: ReportWrite) -> Channel:
    """How the claim came in; whoever is not of the OPD says who told it and how."""
    told = body.channel is not None or body.caller is not None
    if caller.reaches(opd_code, *OPD_ROLES) and not (told and caller.holds(*ON_BEHALF)):
        if told:
            raise ChannelNotAllowed
        return Channel.APP
    if body.channel is None or body.caller is None:
        raise ChannelRequired
    return Channel(body.channel)


def _next_version(current: VersionRow | None, body: ReportWrite, if_match: int | None) -> int:
    """The number of the new version; raises VersionRequired, VersionMismatch or ReasonRequired."""
    if current is None:
        if if_match is not None:
            raise VersionMismatch(current=0)
        return 1
    require_version(if_match, current.version.version)
    if body.reason is None:
        raise ReasonRequired
    return current.version.version + 1


async def _keep(
    session: AsyncSession,
    caller: Principal,
    apel: ApelNow,
    opd_code: str,
    body: ReportWrite,
    claim: Claim,
    *,
    version: int,
    channel: Channel,
    at: datetime,
) -> None:
    """Insert the version and, in one statement whatever their number, its entries."""
    version_id = new_id()
    await session.execute(
        insert(ReportVersion).values(
            id=version_id,
            apel_id=apel.id,
            opd_code=opd_code,
            version=version,
            **_claim_columns(claim),
            reason=body.reason if version > 1 else None,
            channel=channel,
            caller=body.caller,
            prepared_at=body.prepared_at,
            by_id=caller.id,
            by_name=caller.name,
            at=at,
        )
    )
    await _keep_entries(session, version_id, claim)


def _claim_columns(claim: Claim) -> dict[str, Any]:
    figures = claim.figures
    excused = rules.without_zeros(figures.excused)
    return {
        "strength": figures.strength,
        "present_wfo": figures.wfo,
        "present_wfa": figures.wfa,
        "excused": excused,
        "excused_total": sum(excused.values()),
        "unexplained": figures.unexplained,
        "not_required": rules.without_zeros(figures.not_required),
        "others": claim.others,
        "entries_are": claim.entries_are,
        "note": claim.note,
        "claim_sha256": rules.digest(claim),
    }


_INSERT_ENTRIES = text(
    "INSERT INTO report_entry (version_id, asn_id, status, mode, note) "
    "SELECT :version_id, asn_id, status, mode, note "
    "FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS entry(asn_id uuid, status text, mode text, note text)"
)


async def _keep_entries(session: AsyncSession, version_id: UUID, claim: Claim) -> None:
    entries = [
        {"asn_id": str(asn_id), "status": said.status, "mode": said.mode, "note": said.note}
        for asn_id, said in claim.entries.items()
    ]
    await session.execute(_INSERT_ENTRIES, {"version_id": version_id, "entries": json.dumps(entries)})
