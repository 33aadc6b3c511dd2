"""Concluding: consume what became stale, under a lock per apel, and replace results by their stable keys."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, all_, delete, exists, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import find_units_of, get_apel, get_roster
from app.apel.roster import Roster
from app.apel.rules import ApelState, past_window
from app.apel.service import freeze_roster
from app.apel.timeline import ApelNow
from app.attendance.concluding import Facts, Rows, conclude_units
from app.attendance.gathering import gather_facts
from app.attendance.models import Conclusion, Finding, Mark, Settlement, Tally
from app.attendance.moves import keep_moves
from app.attendance.queries import list_units_naming, list_waiting
from app.attendance.terms import find_settlement, read_terms, settle_terms
from app.core.bell import ring
from app.core.bulk import upsert_rows
from app.core.clock import Clock
from app.core.db import OpenSession, act_as, lock_key
from app.core.measures import CONCLUDE_SECONDS
from app.core.stale import Stale
from app.core.ticker import each_apart
from app.evidence.queries import load_presences
from app.evidence.rules import Presence
from app.evidence.service import settle

TRIES, PAUSE = 20, 0.025
"""How often a reader asks whether another's conclusion is done, and the seconds in between: most take less, and
whoever reads after a write wants to see it."""
AHEAD = timedelta(days=1)
"""Apels further ahead are concluded only when somebody looks at them, so facts about their days wait for that."""

SPREAD = text(
    """
    WITH gone AS (DELETE FROM stale WHERE apel_id IS NULL RETURNING from_date, to_date, opd_code)
    INSERT INTO stale (apel_id, opd_code, evidence)
    SELECT DISTINCT apel.id, gone.opd_code, false
    FROM gone
    JOIN apel ON apel.on_date BETWEEN gone.from_date AND gone.to_date
    LEFT JOIN conclusion ON conclusion.apel_id = apel.id
    WHERE conclusion.apel_id IS NOT NULL OR apel.starts_at < :until
    """
)
"""Facts about civil days become facts about the apels of those days: of all that begin until then, since one may be
concluded for the first time this very moment, and later ones that somebody has looked at."""


async def conclude(session: AsyncSession, apel_id: UUID, *, at: datetime, wait: bool = True) -> int:
    """Bring marks, findings and tallies of an apel up to date and return their revision.

    With `wait=False` an apel that somebody else concludes right now is answered after half a second at most, with the
    revision that it has by then.
    Raises ApelNotFound.
    """
    if await is_current(session, await get_apel(session, apel_id, at=at)):
        return await revision_of(session, apel_id)
    if not await _lock(session, apel_id, wait=wait):
        return await revision_of(session, apel_id)
    known = await session.get(Conclusion, apel_id, populate_existing=True)
    at = max(at, known.changed_at) if known else at  # whoever had to wait here brings an old time
    await session.execute(SPREAD, {"until": at + AHEAD})
    apel = await get_apel(session, apel_id, at=at)
    if needs_frozen_roster(apel):
        await freeze_roster(session, apel, at=at)
    stale = await _consume(session, apel_id)
    apel = await get_apel(session, apel_id, at=at)  # a fact that was taken with its row is read after that, or lost
    settled = await _find_settlement(session, apel, known)
    if settled is not None:
        stale = [row for row in stale if not row.evidence]
    if known is not None and not stale and known.phase == phase_of(apel):
        return known.revision
    with CONCLUDE_SECONDS.time():
        return await _replace(session, apel, known, settled, stale, at=at)


async def conclude_alone(session: AsyncSession, apel_id: UUID, *, at: datetime) -> int:
    """As `conclude`, and nobody else concludes this apel before this transaction ends.

    Whoever settles what was seen and concludes in one transaction begins with it: a conclusion settles too, and two
    that took the locks of both in different order would wait for each other. Raises ApelNotFound.
    """
    await _lock(session, apel_id, wait=True)
    return await conclude(session, apel_id, at=at)


async def _find_settlement(session: AsyncSession, apel: ApelNow, known: Conclusion | None) -> Settlement | None:
    """What was settled when it became final: from then on only corrections and absences of people move its marks.

    A report of the meeting that was late, or a message that Zoom repeated, is kept beside it; reopening takes it in.
    """
    reopened = known is not None and known.phase != phase_of(apel)
    return None if reopened else await find_settlement(session, apel)


async def is_current(session: AsyncSession, apel: ApelNow) -> bool:
    """Whether nothing was recorded since and time alone changed nothing; asks without a lock."""
    if needs_frozen_roster(apel):
        return False
    waiting = exists().where((Stale.apel_id == apel.id) | Stale.apel_id.is_(None))
    row = (await session.execute(select(Conclusion.phase, waiting).where(Conclusion.apel_id == apel.id))).one_or_none()
    return row is not None and row[0] == phase_of(apel) and not row[1]


async def revision_of(session: AsyncSession, apel_id: UUID) -> int:
    """The revision that is on record; 0 before the first conclusion."""
    found = await session.scalar(select(Conclusion.revision).where(Conclusion.apel_id == apel_id))
    return found or 0


def phase_of(apel: ApelNow) -> str:
    """What the timeline alone decides, as `state fingerprint [due]`: with another one every unit is concluded anew.

    Of a final apel it decides nothing more.
    """
    if apel.state is ApelState.FINAL:
        return f"{apel.state} due"
    held_seconds = apel.held_seconds if past_window(apel.state) else None
    runs = [(span.uuid, span.start, span.end, span.gap) for span in apel.occurrences]
    decided = (apel.held_from, apel.held_to, held_seconds, runs, apel.zoom_meeting_ids, apel.report_deadline)
    fingerprint = blake2b(repr(decided).encode(), digest_size=8).hexdigest()
    return f"{apel.state} {fingerprint}{' due' if apel.due else ''}"


def needs_frozen_roster(apel: ApelNow) -> bool:
    return apel.roster_frozen_at is None and apel.state in (ApelState.OPEN, ApelState.CLOSED, ApelState.FINAL)


async def hold_conclusion(session: AsyncSession, apel_id: UUID) -> None:
    """Let nobody else conclude an apel, or write about its marks, until this transaction ends."""
    await _lock(session, apel_id, wait=True)


async def _lock(session: AsyncSession, apel_id: UUID, *, wait: bool) -> bool:
    key = lock_key("conclude", apel_id)
    if wait:
        await session.execute(select(func.pg_advisory_xact_lock(key)))
        return True
    for _ in range(TRIES):
        if await session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            return True
        await asyncio.sleep(PAUSE)
    return False


class StaleUnit(NamedTuple):
    opd_code: str | None
    """None: all units."""
    evidence: bool


async def _consume(session: AsyncSession, apel_id: UUID) -> list[StaleUnit]:
    """Take the stale rows; facts that were committed with them are visible to every later statement."""
    taken = await session.execute(
        delete(Stale).where(Stale.apel_id == apel_id).returning(Stale.opd_code, Stale.evidence)
    )
    return [StaleUnit(code, evidence) for code, evidence in taken.all()]


async def _replace(
    session: AsyncSession,
    apel: ApelNow,
    known: Conclusion | None,
    settled: Settlement | None,
    stale: Sequence[StaleUnit],
    *,
    at: datetime,
) -> int:
    terms, final = await read_terms(session, apel, settled), settled is not None
    base = {"phase": phase_of(apel), "gap": terms.gap, "no_apel": terms.no_apel}
    turned = known is None or known.base != base or apel.state is ApelState.CANCELLED
    codes: set[str] | None = None if turned else await _units_named(session, apel, stale)
    if codes is None or any(row.evidence for row in stale):
        roster = await _expected(session, apel)
        before = await load_presences(session, apel.id) if final or codes is not None else []
        presences = before if final else await settle(session, apel, roster, at=at)
        if codes is not None:
            codes |= await _and_who_name_them(session, apel.id, units_that_moved(roster, before, presences))
    else:
        roster = await get_roster(session, apel, codes)
        presences = await load_presences(session, apel.id, codes)
    everything = codes is None
    chosen = reporting_units(roster) if codes is None else codes
    revision = known.revision + 1 if known else 1
    facts = await gather_facts(session, apel, roster, presences, chosen, terms)
    rows = await _conclude_all(facts, chosen, revision)
    if final:
        await keep_moves(session, rows.marks, at=at)
    await _write(session, apel.id, chosen, rows, all_units=everything)
    await upsert_rows(session, Conclusion, [{"apel_id": apel.id, "revision": revision, "changed_at": at} | base])
    if apel.state is ApelState.FINAL and not final:
        await settle_terms(session, apel, terms)
    ring(session)
    return revision


async def _units_named(session: AsyncSession, apel: ApelNow, stale: Sequence[StaleUnit]) -> set[str] | None:
    """The units that stale rows name, which may be OPDs of any kind; None: all, also for a code that nobody knows."""
    if any(code is None and not evidence for code, evidence in stale):
        return None
    named = {code for code, _ in stale if code is not None}
    if not named:
        return set()
    unit_of = await find_units_of(session, apel, named)
    return await _and_who_name_them(session, apel.id, set(unit_of.values())) if named <= unit_of.keys() else None


async def _and_who_name_them(session: AsyncSession, apel_id: UUID, codes: set[str]) -> set[str]:
    """These units and those whose reports name people of them: whether somebody stood in two rooms rests on both."""
    return codes | await list_units_naming(session, apel_id, codes) if codes else codes


async def _expected(session: AsyncSession, apel: ApelNow) -> Roster:
    """The roster; nobody is expected at an apel that was cancelled, so that it leaves no mark."""
    return Roster({}, [], {}) if apel.state is ApelState.CANCELLED else await get_roster(session, apel)


def reporting_units(roster: Roster) -> set[str]:
    return {unit.unit_code for unit in roster.units.values()}


def units_that_moved(roster: Roster, before: Sequence[Presence], after: Sequence[Presence]) -> set[str]:
    """The units whose rooms or people are seen otherwise than before; running seconds alone are no change.

    Once the window is over, seconds change with the intervals alone.
    """
    unit_of = {entry.asn_id: entry.unit_code for entry in roster.entries}

    def outline(presences: Sequence[Presence]) -> set[Presence]:
        return {presence._replace(seconds=0) for presence in presences}

    moved = {presence.id for presence in outline(before) ^ outline(after)}
    touched = [presence for presence in (*before, *after) if presence.id in moved]
    codes = {unit_of.get(presence.asn_id) if presence.asn_id else presence.opd_code for presence in touched}
    return {code for code in codes if code in reporting_units(roster)}


async def _conclude_all(facts: Facts, codes: Collection[str], revision: int) -> Rows:
    """All rows; between two units others get their turn, since one of two thousand people takes a while."""
    rows = Rows([], [], [])
    for of_unit in conclude_units(facts, sorted(codes), revision):
        rows.tallies.extend(of_unit.tallies)
        rows.marks.extend(of_unit.marks)
        rows.findings.extend(of_unit.findings)
        await asyncio.sleep(0)
    return rows


async def _write(session: AsyncSession, apel_id: UUID, codes: Collection[str], rows: Rows, *, all_units: bool) -> None:
    """Replace the rows of these units by their stable keys; rows that did not change are not touched."""
    for model, unit, kept in (
        (Mark, Mark.unit_code, rows.marks),
        (Finding, Finding.opd_code, rows.findings),
    ):
        ids = literal([row["id"] for row in kept], ARRAY(Uuid))
        gone = delete(model).where(model.apel_id == apel_id, model.id != all_(ids))
        await session.execute(gone if all_units else gone.where(unit.in_(codes)))
        await upsert_rows(session, model, kept, ignoring={"revision"})
    if all_units:
        await session.execute(delete(Tally).where(Tally.apel_id == apel_id, Tally.opd_code.not_in(codes)))
    await upsert_rows(session, Tally, rows.tallies, ignoring={"revision"})


async def conclude_due(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop: conclude every apel of these days that something was recorded about.

    An apel that cannot be concluded stops no other; its error is raised at the end of the round.
    """
    async with open_session.begin() as session:
        await act_as(session)
        apel_ids = await list_waiting(session, at=clock())
    await each_apart(
        open_session, apel_ids, lambda session, apel_id: conclude(session, apel_id, at=clock(), wait=False)
    )
    return False
