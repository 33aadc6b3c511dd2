"""Who read and who acknowledged: facts that are kept once and never change."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import load_opds
from app.audit.service import record
from app.circulars import queries, recipients, rules
from app.circulars.errors import AcknowledgementsRefused, NotAddressed
from app.circulars.models import CircularReceipt, Desa
from app.circulars.queries import Found
from app.circulars.recipients import Asked
from app.circulars.rules import Act, Channel, Opds
from app.circulars.schemas import AcknowledgedRead, DesaSignedList, PaperList, RecordedRead
from app.core.bulk import as_table
from app.core.clock import civil_date
from app.core.db import within, zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import OPD_ROLES, Principal, Role, Scope
from app.registry.models import Asn

MAX_ERRORS = 100
COLLECTORS = (Role.ADMIN, Role.OPD_HEAD)
"""Who sends in what people signed on paper."""
ANSWER_FOR_DESA = (Role.ADMIN, Role.OPD_HEAD, Role.OPD_OPERATOR)
Row = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """For whom a caller stands: the person whose account it is, and the OPDs of their own grants."""

    asn_id: UUID | None
    offices: frozenset[str]

    @property
    def nobody(self) -> bool:
        return self.asn_id is None and not self.offices


def standing_of(caller: Principal, *roles: Role) -> Standing:
    """As a civil servant or the head that an account is linked to, and for the offices of these roles."""
    person = caller.asn_id if caller.holds(Role.ASN, Role.OPD_HEAD) else None
    return Standing(person, frozenset(g.opd_code for g in caller.grants if g.role in roles and g.opd_code))


def _row(
    caller: Principal, circular_id: UUID, act: Act, at: datetime, channel: str = Channel.APP, **party: object
) -> Row:
    nobody = {"asn_id": None, "opd_code": None, "desa_id": None, "signed_by": None}
    done = {"id": new_id(), "circular_id": circular_id, "act": act, "channel": channel, "at": at}
    return nobody | party | done | {"by_id": caller.id, "by_name": caller.name}


async def _keep(session: AsyncSession, rows: Sequence[Row]) -> list[UUID | None]:
    """Keep those that say something new, in one statement; returns the people of these."""
    if not rows:
        return []
    given = as_table(CircularReceipt, rows)
    new = insert(CircularReceipt).from_select(list(rows[0]), select(*given.c))
    return list(await session.scalars(new.on_conflict_do_nothing().returning(CircularReceipt.asn_id)))


async def record_reading(session: AsyncSession, caller: Principal, found: Found, *, at: datetime) -> None:
    """That the caller's person and offices have seen a published circular; only the first time is kept."""
    stands = standing_of(caller, *OPD_ROLES)
    if found.circular.published_on is None or stands.nobody:
        return
    parties: list[Row] = [{"opd_code": code} for code in sorted(stands.offices)]
    if stands.asn_id is not None:
        parties.append({"asn_id": stands.asn_id})
    await _keep(session, [_row(caller, found.circular.id, Act.READ, at, **party) for party in parties])


async def acknowledge(
    session: AsyncSession, caller: Principal, circular_id: UUID, opd_code: str | None, *, at: datetime
) -> AcknowledgedRead:
    """For the caller and each office that the caller heads, or for one of these; what was acknowledged stays so.

    Raises CircularNotFound, NotAddressed, CircularNotValid.
    """
    found = await queries.get_circular(session, caller, circular_id)
    stands = standing_of(caller, Role.OPD_HEAD)
    if opd_code is not None:
        stands = Standing(None, stands.offices & {opd_code})
    held = await _held(session, circular_id, stands)
    fresh = await _addressed_among(session, found, stands, held, today=_today(session, at))
    if not (held or fresh):
        raise NotAddressed
    if fresh:
        rules.require_open(found.state)
        await _acknowledge(session, caller, found, fresh, at=at)
        held = await _held(session, circular_id, stands)
    return AcknowledgedRead(
        asn_id=stands.asn_id if stands.asn_id in held else None,
        opd_codes=sorted(code for code in held if isinstance(code, str)),
        acknowledged_at=max(held.values()),
    )


def _today(session: AsyncSession, at: datetime) -> date:
    return civil_date(at, zone_of(session))


async def _held(session: AsyncSession, circular_id: UUID, stands: Standing) -> dict[UUID | str, datetime]:
    done = await recipients.list_receipts_of(session, stands.asn_id, stands.offices, circular_id)
    return {receipt.party: receipt.at for receipt in done if receipt.act == Act.ACKNOWLEDGED}


async def _addressed_among(
    session: AsyncSession, found: Found, stands: Standing, held: Collection[UUID | str], *, today: date
) -> list[Row]:
    """Those for whom the caller stands who are addressed and have not acknowledged yet."""
    offices = stands.offices - set(held)
    person = stands.asn_id if stands.asn_id not in held else None
    if not offices and person is None:
        return []
    opds = await load_opds(session, today)
    rows: list[Row] = [{"opd_code": code} for code in sorted(offices & rules.offices_addressed(found.scope, opds))]
    if person is not None:
        people = await _find_people(session, found, opds, [person], None, today=today)
        rows += [{"asn_id": asn_id} for asn_id in people]
    return rows


async def _find_people(
    session: AsyncSession, found: Found, opds: Opds, asn_ids: Collection[UUID], reach: Scope, *, today: date
) -> dict[UUID, bool]:
    """Those of these people whom the circular addresses, within a reach; whether they acknowledged already."""
    codes = rules.opds_in_filter(found.scope, opds)
    people = recipients.people_of([Asked(found.circular.id, today, codes)])
    chosen = people.c.asn_id == any_(literal(sorted(asn_ids), ARRAY(Uuid)))
    rows = await session.execute(
        select(people.c.asn_id, people.c.acknowledged).where(chosen, within(people.c.opd_code, reach))
    )
    return {row.asn_id: row.acknowledged for row in rows}


async def _acknowledge(
    session: AsyncSession, caller: Principal, found: Found, parties: Iterable[Row], *, at: datetime, **how: Any
) -> int:
    circular_id = found.circular.id
    rows = [_row(caller, circular_id, Act.ACKNOWLEDGED, at, **(how | party)) for party in parties]
    kept = await _keep(session, rows)
    people = [asn_id for asn_id in kept if asn_id is not None]
    nips = await session.scalars(select(Asn.nip).where(Asn.id == any_(literal(people, ARRAY(Uuid)))))
    await record(
        session, caller, "circulars.acknowledge", at=at, target=str(circular_id), nips=nips.all(), recorded=len(kept)
    )
    return len(kept)


async def acknowledge_on_paper(
    session: AsyncSession, caller: Principal, circular_id: UUID, body: PaperList, *, at: datetime
) -> RecordedRead:
    """People and heads of offices who signed a list: all of them, or none.

    Raises AcknowledgementsRefused naming each who is not addressed or not in the caller's reach, CircularNotValid.
    """
    found = await queries.get_circular(session, caller, circular_id)
    today, reach = _today(session, at), caller.reach(*COLLECTORS)
    opds = await load_opds(session, today)
    people = await _find_people(session, found, opds, body.asn_ids, reach, today=today)
    offices = {code for code in rules.offices_addressed(found.scope, opds) if reach is None or code in reach}
    _refuse(
        [f"/asn_ids/{n}" for n, asn_id in enumerate(body.asn_ids) if asn_id not in people]
        + [f"/opd_codes/{n}" for n, code in enumerate(body.opd_codes) if code not in offices]
    )
    acts = (await recipients.load_acts(session, [circular_id]))[circular_id]
    parties: list[Row] = [{"asn_id": asn_id} for asn_id, held in people.items() if not held]
    parties += [{"opd_code": code} for code in set(body.opd_codes) if Act.ACKNOWLEDGED not in acts.get(code, ())]
    return await _record(session, caller, found, parties, len(set(body.asn_ids)) + len(set(body.opd_codes)), at=at)


async def acknowledge_for_desa(
    session: AsyncSession, caller: Principal, circular_id: UUID, body: DesaSignedList, *, at: datetime
) -> RecordedRead:
    """Villages that signed, as their kecamatan says: all of them, or none.

    Raises AcknowledgementsRefused naming each that is not addressed or not in the caller's reach, CircularNotValid.
    """
    found = await queries.get_circular(session, caller, circular_id)
    opds = await load_opds(session, _today(session, at))
    kecamatan = rules.kecamatan_addressed(found.scope, opds)
    reach = caller.reach(*ANSWER_FOR_DESA)
    query = select(Desa.id).where(
        Desa.id == any_(literal([item.desa_id for item in body.items], ARRAY(Uuid))),
        Desa.gone_version.is_(None),
        within(Desa.opd_code, frozenset(kecamatan)),
        within(Desa.opd_code, reach),
    )
    known = set(await session.scalars(query))
    _refuse([f"/items/{n}/desa_id" for n, item in enumerate(body.items) if item.desa_id not in known])
    acts = (await recipients.load_acts(session, [circular_id]))[circular_id]
    named = {item.desa_id: item for item in body.items}
    parties: list[Row] = [
        {"desa_id": item.desa_id, "channel": item.channel, "signed_by": item.signed_by}
        for item in named.values()
        if item.desa_id not in acts
    ]
    return await _record(session, caller, found, parties, len(named), at=at)


def _refuse(pointers: Sequence[str]) -> None:
    if pointers:
        wrong = [FieldError(pointer, "not_addressed") for pointer in pointers[:MAX_ERRORS]]
        raise AcknowledgementsRefused(errors=wrong, count=len(pointers))


async def _record(
    session: AsyncSession, caller: Principal, found: Found, parties: Sequence[Row], named: int, *, at: datetime
) -> RecordedRead:
    if not parties:
        return RecordedRead(recorded=0, unchanged=named)
    rules.require_open(found.state)
    how = {} if "channel" in parties[0] else {"channel": Channel.PAPER}
    recorded = await _acknowledge(session, caller, found, parties, at=at, **how)
    return RecordedRead(recorded=recorded, unchanged=named - recorded)
