"""Reads of apels and their rosters."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    any_,
    bindparam,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.apel.errors import ApelNotFound
from app.apel.loading import lists_any, load_apels, near_meeting, not_cancelled, select_apels
from app.apel.models import Apel, FormerPlan, Occurrence, RosterEntry, RosterHead, RosterUnit
from app.apel.roster import Entry, Head, OpdOfDay, Roster, Unit, build_roster, choose_heads, codes_within, reporters_of
from app.apel.rules import ApelState
from app.apel.schemas import ApelFilter
from app.apel.timeline import ApelNow
from app.core.clock import civil_date, civil_day
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.registry.models import Opd
from app.registry.queries import DAY, list_heads, list_roster_rows, valid_on
from app.registry.rules import Reports

_ONE = select_apels().where(Apel.id == bindparam("apel_id", type_=Uuid))
_TODAY = select_apels().where(Apel.on_date == DAY, not_cancelled())
"""Asked with most requests, so built once: building a statement anew takes as long as asking it."""


async def get_apel(session: AsyncSession, apel_id: UUID, *, at: datetime) -> ApelNow:
    """Raises ApelNotFound."""
    found = await load_apels(session, _ONE, at=at, apel_id=apel_id)
    if not found:
        raise ApelNotFound
    return found[0]


async def find_former_plan(session: AsyncSession, apel: ApelNow) -> FormerPlan | None:
    """The times with which the apel's day began, if they were changed since; None: the day's plan stands.

    What was changed on an earlier day, or planned for another one, is nothing that people still wait for.
    """
    begins, _ = civil_day(apel.on_date, zone_of(session))
    of_the_day = select(FormerPlan).where(FormerPlan.apel_id == apel.id, FormerPlan.on_date == apel.on_date)
    return await session.scalar(of_the_day.where(FormerPlan.until >= begins).order_by(FormerPlan.id).limit(1))


async def find_apel_of_occurrence(session: AsyncSession, uuid: str, *, at: datetime) -> ApelNow | None:
    """The apel that a run of a meeting belongs to."""
    seen = select(Occurrence.seen_from, Occurrence.seen_to, Occurrence.meeting_id).where(Occurrence.uuid == uuid)
    row = (await session.execute(seen)).first()
    if row is None:
        return None
    query = select_apels().where(near_meeting([row.meeting_id], row.seen_from, row.seen_to))
    found = await load_apels(session, query, at=at)
    return next((apel for apel in found if any(span.uuid == uuid for span in apel.occurrences)), None)


async def list_active_apel_ids(session: AsyncSession, at: datetime) -> list[UUID]:
    """The apels around now that time alone may move along."""
    around = Apel.starts_at.between(at - timedelta(hours=36), at + timedelta(hours=2))
    return list(await session.scalars(select(Apel.id).where(around, not_cancelled()).order_by(Apel.starts_at)))


async def get_current_apel(session: AsyncSession, at: datetime) -> ApelNow | None:
    """Today's apel nearest in time; else the last one that began, maybe before midnight; else the next; else None."""
    today = civil_date(at, zone_of(session))
    held = await load_apels(session, _TODAY, at=at, day=today)
    if held:
        return min(held, key=lambda apel: (_distance(apel, at), apel.starts_at, apel.id))
    earlier = select_apels().where(Apel.starts_at < at, not_cancelled()).order_by(Apel.starts_at.desc()).limit(5)
    begun = [apel for apel in await load_apels(session, earlier, at=at) if apel.state is not ApelState.SCHEDULED]
    if begun:
        return begun[0]
    later = select_apels().where(Apel.starts_at >= at, not_cancelled()).order_by(Apel.starts_at).limit(1)
    return next(iter(await load_apels(session, later, at=at)), None)


def _distance(apel: ApelNow, at: datetime) -> timedelta:
    return max(apel.starts_at - at, at - apel.ends_at, timedelta(0))


async def list_apels(session: AsyncSession, wanted: ApelFilter, *, at: datetime) -> Page[ApelNow]:
    """Newest first. A state follows from facts, so it is looked at page by page: a page may be short of its limit."""
    query = select_apels().order_by(Apel.starts_at.desc(), Apel.id.desc()).limit(wanted.limit + 1)
    if wanted.zoom_meeting_id is not None:
        query = query.where(lists_any([wanted.zoom_meeting_id]))
    if wanted.on is not None:
        query = query.where(Apel.on_date == wanted.on)
    query = query.where(_between(wanted.from_date, wanted.to_date))
    if (after := decode_cursor(wanted.cursor, datetime, UUID)) is not None:
        query = query.where(tuple_(Apel.starts_at, Apel.id) < after)
    page = cut_page(await load_apels(session, query, at=at), wanted.limit, lambda apel: (apel.starts_at, apel.id))
    if wanted.state is not None:
        page.items = [apel for apel in page.items if apel.state is wanted.state]
    return page


def _between(from_date: date | None, to_date: date | None) -> ColumnElement[bool]:
    return Apel.on_date.between(from_date or date.min, to_date or date.max)


_OPDS = select(*(Opd.__table__.c[field.name] for field in fields(OpdOfDay))).where(valid_on(Opd, DAY))


async def load_opds(session: AsyncSession, on: date) -> dict[str, OpdOfDay]:
    """The OPDs of a day, as a tree."""
    rows = await session.execute(_OPDS, {"day": on})
    return {row.code: OpdOfDay(**{**row._mapping, "reports": Reports(row.reports)}) for row in rows}


async def compute_roster(session: AsyncSession, apel: ApelNow) -> Roster:
    """The roster as the register has it for that day, with join names."""
    rows = await list_roster_rows(session, apel.on_date)
    heads = await list_heads(session, apel.on_date)
    return build_roster(await load_opds(session, apel.on_date), rows, heads, apel.opd_codes)


async def get_roster(session: AsyncSession, apel: ApelNow, unit_codes: Collection[str] | None = None) -> Roster:
    """Who is expected: as frozen when the apel opened, before that as the register stands; three statements.

    `unit_codes` narrows the people to those of these reporting units. Join names are those of the frozen roster.
    """
    if apel.roster_frozen_at is None:
        tree = await load_opds(session, apel.on_date)
        serving = None if unit_codes is None else codes_within(tree, unit_codes)
        rows = await list_roster_rows(session, apel.on_date, serving)
        heads = await list_heads(session, apel.on_date)
        return build_roster(tree, rows, heads, apel.opd_codes, joins=False)
    of_units = true() if unit_codes is None else _one_of(RosterEntry.unit_code, unit_codes)
    return Roster(
        await _list_frozen_units(session, apel.id),
        await _list_frozen_entries(session, apel.id, of_units),
        await _list_frozen_heads(session, apel.id),
    )


async def get_roster_of(session: AsyncSession, apel: ApelNow, reporter_code: str) -> Roster:
    """The people whose claim one reporter sends, with its unit and parts; without units when it reports nothing."""
    if apel.roster_frozen_at is None:
        roster = await _compute_roster_of(session, apel, reporter_code)
    else:
        units = await _list_frozen_units(session, apel.id)
        covered = RosterEntry.reporter_code == reporter_code
        entries = await _list_frozen_entries(session, apel.id, covered) if reporter_code in units else []
        roster = Roster(units, entries, await _list_frozen_heads(session, apel.id))
    return _narrow(roster, reporter_code)


async def _compute_roster_of(session: AsyncSession, apel: ApelNow, reporter_code: str) -> Roster:
    """Of the whole unit, since join names tell its people apart."""
    tree = await load_opds(session, apel.on_date)
    _, unit_code = reporters_of(tree, reporter_code) or (None, reporter_code)
    serving = codes_within(tree, [unit_code])
    rows = await list_roster_rows(session, apel.on_date, serving)
    return build_roster(tree, rows, await list_heads(session, apel.on_date, serving), apel.opd_codes)


async def find_units_of(session: AsyncSession, apel: ApelNow, opd_codes: Collection[str]) -> dict[str, str]:
    """OPD code of any kind → its reporting unit at this apel, for those of these codes that have one."""
    if apel.roster_frozen_at is None:
        tree = await load_opds(session, apel.on_date)
        return {code: found[1] for code in opd_codes if (found := reporters_of(tree, code))}
    units = select(RosterUnit.opd_code, RosterUnit.unit_code).where(RosterUnit.apel_id == apel.id)
    served = select(RosterEntry.opd_code, RosterEntry.unit_code).where(RosterEntry.apel_id == apel.id)
    both = units.where(_one_of(RosterUnit.opd_code, opd_codes)).union(
        served.where(_one_of(RosterEntry.opd_code, opd_codes))
    )
    return {row.opd_code: row.unit_code for row in await session.execute(both)}


async def find_entries(session: AsyncSession, apel: ApelNow, asn_ids: Collection[UUID]) -> list[Entry]:
    """Those of these people who are on the roster, wherever that is."""
    if apel.roster_frozen_at is None:
        wanted = set(asn_ids)
        return [entry for entry in (await get_roster(session, apel)).entries if entry.asn_id in wanted]
    return await _list_frozen_entries(session, apel.id, RosterEntry.asn_id == any_(literal(list(asn_ids), ARRAY(Uuid))))


def _narrow(roster: Roster, reporter_code: str) -> Roster:
    own = roster.units.get(reporter_code)
    units = {code: unit for code, unit in roster.units.items() if own and unit.unit_code == own.unit_code}
    entries = [entry for entry in roster.entries if entry.reporter_code == reporter_code]
    return Roster(units, entries, {code: head for code, head in roster.heads.items() if code in units})


def _one_of(column: InstrumentedAttribute[str], codes: Collection[str]) -> ColumnElement[bool]:
    return column == any_(literal(sorted(codes), ARRAY(Text)))


async def _list_frozen_entries(session: AsyncSession, apel_id: UUID, wanted: ColumnElement[bool]) -> list[Entry]:
    query = select(*(RosterEntry.__table__.c[field.name] for field in fields(Entry)))
    query = query.where(RosterEntry.apel_id == apel_id, wanted)
    query = query.order_by(RosterEntry.opd_code, RosterEntry.folded_name, RosterEntry.nip)
    return [Entry(*row) for row in await session.execute(query)]


async def _list_frozen_units(session: AsyncSession, apel_id: UUID) -> dict[str, Unit]:
    columns = (RosterUnit.__table__.c[field.name] for field in fields(Unit))
    query = select(*columns).where(RosterUnit.apel_id == apel_id).order_by(RosterUnit.opd_code)
    return {row.opd_code: Unit(*row) for row in await session.execute(query)}


async def _list_frozen_heads(session: AsyncSession, apel_id: UUID) -> dict[str, Head]:
    columns = (RosterHead.__table__.c[field.name] for field in fields(Head))
    query = select(*columns).where(RosterHead.apel_id == apel_id).order_by(RosterHead.opd_code)
    return {row.opd_code: Head(*row) for row in await session.execute(query)}


async def list_units(session: AsyncSession, apel: ApelNow) -> dict[str, Unit]:
    """The reporting units and parts that an apel calls; before it opened without their strength."""
    if apel.roster_frozen_at is not None:
        return await _list_frozen_units(session, apel.id)
    return build_roster(await load_opds(session, apel.on_date), [], [], apel.opd_codes).units


async def list_unit_heads(session: AsyncSession, apel: ApelNow, units: Mapping[str, Unit]) -> dict[str, Head]:
    """Who heads these units, as frozen when the apel opened, before that as the register stands."""
    if apel.roster_frozen_at is not None:
        return await _list_frozen_heads(session, apel.id)
    return choose_heads(await list_heads(session, apel.on_date, units), units)
