"""How far the acknowledgement of a circular is, and who is still awaited."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import load_opds
from app.audit.service import record
from app.circulars import queries, recipients, rules, schemas
from app.circulars.counting import count_people
from app.circulars.message import words_for_group
from app.circulars.queries import Found
from app.circulars.recipients import Asked
from app.circulars.rules import Counted, OpdCount, Opds
from app.core.clock import civil_date
from app.core.db import within, zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import HUMAN_ROLES, MACHINE_ROLES, OPD_ROLES, Principal, Role, Scope
from app.core.rates import Percent, PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.policies.service import rules_on
from app.registry import nip as nips

COUNTERS = (*sorted(HUMAN_ROLES), Role.READER)
"""Who may read how far acknowledgement is."""
KNOWS_NAMES = (Role.ADMIN, *OPD_ROLES)


@dataclass(frozen=True)
class _Stand:
    """How far the acknowledgement of one circular is, by OPD, within the caller's reach."""

    opds: Opds
    people: dict[str, Counted]
    offices: dict[str, Counted]
    desa: dict[str, Counted]
    desa_left: list[schemas.DesaRead]

    def rows(self, scope: Scope) -> list[OpdCount]:
        """In protocol order."""
        offices, people, desa = (
            rules.sum_by_row(counted, self.opds, scope) for counted in (self.offices, self.people, self.desa)
        )
        codes = sorted({*offices, *people, *desa}, key=lambda code: (self.opds[code].protocol_order, code))
        none = Counted()
        return [OpdCount(code, offices.get(code, none), people.get(code, none), desa.get(code, none)) for code in codes]


async def _load_stand(session: AsyncSession, found: Found, today: date) -> _Stand:
    """Four statements, however many people."""
    opds, circular_id = await load_opds(session, today), found.circular.id
    codes = rules.opds_in_filter(found.scope, opds)
    people = (await count_people(session, [Asked(circular_id, today, codes)]))[circular_id]
    acts = (await recipients.load_acts(session, [circular_id]))[circular_id]
    offices = {code: rules.count_those([code], acts) for code in rules.offices_addressed(found.scope, opds)}
    desa: dict[str, Counted] = {}
    left = []
    for one in await recipients.list_desa(session, rules.kecamatan_addressed(found.scope, opds)):
        desa[one.opd_code] = desa.get(one.opd_code, Counted()) + rules.count_those([one.id], acts)
        if one.id not in acts:
            left.append(schemas.DesaRead.model_validate(one))
    return _Stand(opds, people, offices, desa, left)


async def read_progress(
    session: AsyncSession, caller: Principal, circular_id: UUID, language: Language, *, at: datetime
) -> schemas.ProgressRead:
    """How many of those addressed today have read and acknowledged, by OPD in reach. Raises CircularNotFound."""
    found = await queries.get_circular(session, caller, circular_id)
    today = civil_date(at, zone_of(session))
    stand = await _load_stand(session, found, today)
    rows = stand.rows(caller.reach(*COUNTERS))
    offices = sum((row.offices for row in rows), Counted())
    people = sum((row.people for row in rows), Counted())
    desa = sum((row.desa for row in rows), Counted())
    return schemas.ProgressRead(
        circular_id=circular_id,
        total=schemas.ProgressRow(**_shares(offices, people, desa)),
        opd=[
            schemas.OpdProgress(
                opd_code=row.opd_code,
                short_name=stand.opds[row.opd_code].short_name,
                **_shares(row.offices, row.people, row.desa),
            )
            for row in rows
        ],
        lines=[await _line(session, circular_id, offices + people, today, language)],
    )


def _shares(offices: Counted, people: Counted, desa: Counted) -> dict[str, Any]:
    both = {
        name: schemas.Shares(read=_percent(count.read_share), acknowledged=_percent(count.acknowledged_share))
        for name, count in (("offices", offices), ("people", people))
    }
    return both | {"desa": _percent(desa.acknowledged_share)}


def _percent(percent: Percent) -> PercentRead:
    return PercentRead.model_validate(percent)


async def _line(session: AsyncSession, circular_id: UUID, count: Counted, today: date, language: Language) -> RuleLine:
    """What acknowledgement weighs in conduct, and who is still awaited."""
    policy = await rules_on(session, today)
    source = policy.conduct.source if policy.conduct else None
    facts: dict[str, Any] = {"acknowledged": count.acknowledged, "addressed": count.addressed}
    words = text(language, "circular", "progress", **facts)
    if source:
        facts |= {"source": source.source, "verified": source.verified, "base": source.base}
    href = f"/v1/circulars/{circular_id}/pending"
    link = EvidenceLink(kind="circular", id=str(circular_id), href=href)
    return RuleLine(rule="conduct.acknowledgement", policy=policy.label, text=words, facts=facts, evidence=[link])


async def read_pending(
    session: AsyncSession,
    caller: Principal,
    circular_id: UUID,
    wanted: schemas.PendingFilter,
    language: Language,
    *,
    at: datetime,
) -> schemas.PendingRead:
    """Who has not acknowledged: a page of names within the caller's own unit, counts for all in reach.

    Raises CircularNotFound.
    """
    found = await queries.get_circular(session, caller, circular_id)
    today = civil_date(at, zone_of(session))
    stand = await _load_stand(session, found, today)
    scope = _narrowed(caller.reach(*COUNTERS), wanted.opd_code, stand.opds)
    rows = _awaited(stand, scope)
    people = await _pending_people(session, caller, found, stand, wanted, today=today)
    seen = [row.nip for row in people.items]
    await record(session, caller, "circulars.read-pending", at=at, target=str(circular_id), nips=seen)
    machine = caller.roles <= MACHINE_ROLES
    return schemas.PendingRead(
        circular_id=circular_id,
        acknowledge_by=found.circular.acknowledge_by,
        counts=[_pending_count(row) for row in rows],
        offices=[] if machine else _pending_offices(stand, scope),
        desa=[] if machine else [one for one in stand.desa_left if scope is None or one.opd_code in scope],
        items=[_person(row) for row in people.items],
        next_cursor=people.next_cursor,
        text=_reminder(found, rows, stand, language),
    )


async def read_reminder(
    session: AsyncSession, caller: Principal, circular_id: UUID, language: Language, *, at: datetime
) -> str:
    """The words for the messenger group, about the OPDs in reach. Raises CircularNotFound."""
    found = await queries.get_circular(session, caller, circular_id)
    stand = await _load_stand(session, found, civil_date(at, zone_of(session)))
    return _reminder(found, _awaited(stand, caller.reach(*COUNTERS)), stand, language)


def _awaited(stand: _Stand, scope: Scope) -> list[OpdCount]:
    return [row for row in stand.rows(scope) if row.offices.pending or row.people.pending or row.desa.pending]


def _reminder(found: Found, rows: list[OpdCount], stand: _Stand, language: Language) -> str:
    short_names = {code: opd.short_name for code, opd in stand.opds.items()}
    return words_for_group(found.circular, rows, short_names, language)


def _pending_count(row: OpdCount) -> schemas.PendingCount:
    return schemas.PendingCount(
        opd_code=row.opd_code, offices=row.offices.pending, people=row.people.pending, desa=row.desa.pending
    )


def _narrowed(scope: Scope, opd_code: str | None, opds: Opds) -> Scope:
    """What is asked for: an OPD with those below it, as far as the caller reaches."""
    if opd_code is None:
        return scope
    asked = frozenset(code for code in opds if opd_code in rules.lineage(opds, code))
    return asked if scope is None else asked & scope


async def _pending_people(
    session: AsyncSession,
    caller: Principal,
    found: Found,
    stand: _Stand,
    wanted: schemas.PendingFilter,
    *,
    today: date,
) -> Page[Any]:
    scope = _narrowed(caller.reach(*KNOWS_NAMES), wanted.opd_code, stand.opds)
    people = recipients.people_of([Asked(found.circular.id, today, stand.people.keys())])
    query = (
        select(people.c.asn_id, people.c.nip, people.c.name, people.c.opd_code)
        .where(~people.c.acknowledged, within(people.c.opd_code, scope))
        .order_by(people.c.opd_code, people.c.asn_id)
        .limit(wanted.limit + 1)
    )
    after = decode_cursor(wanted.cursor, str, UUID)
    if after is not None:
        query = query.where(tuple_(people.c.opd_code, people.c.asn_id) > tuple_(*after))
    rows = (await session.execute(query)).all()
    return cut_page(rows, wanted.limit, lambda row: (row.opd_code, row.asn_id))


def _person(row: Any) -> schemas.PendingPerson:
    return schemas.PendingPerson(
        asn_id=row.asn_id, name=row.name, nip_masked=nips.masked(row.nip), opd_code=row.opd_code
    )


def _pending_offices(stand: _Stand, scope: Scope) -> list[schemas.PendingOffice]:
    return [
        schemas.PendingOffice(opd_code=code, short_name=stand.opds[code].short_name)
        for code, count in sorted(stand.offices.items())
        if count.pending and (scope is None or code in scope)
    ]
