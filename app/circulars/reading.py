"""Answers about circulars: the caller's own first, how far acknowledgement is, and who is still awaited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import load_opds
from app.circulars import queries, recipients, rules, schemas
from app.circulars.errors import CircularFileNotFound
from app.circulars.models import CircularFile
from app.circulars.queries import Found
from app.circulars.receipts import Standing, record_reading, standing_of
from app.circulars.recipients import Receipt
from app.circulars.rules import Act, Opds
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import HUMAN_ROLES, OPD_ROLES, Principal, Role
from app.registry.queries import employment_of, opd_of_asn

READERS = (*sorted(HUMAN_ROLES), Role.ASN, Role.READER)


async def read_circular(session: AsyncSession, caller: Principal, circular_id: UUID) -> schemas.CircularRead:
    """Raises CircularNotFound."""
    found = await queries.get_circular(session, caller, circular_id)
    kept = select(CircularFile.sha256, CircularFile.size).where(CircularFile.circular_id == circular_id)
    file = (await session.execute(kept)).one_or_none()
    circular = found.circular
    named = ("text", "scope", "rules", "withdrawn_at", "revision")
    return schemas.CircularRead(
        **_header(found),
        **{name: getattr(circular, name) for name in named},
        withdrawal_reason=circular.withdrawal_reason if caller.holds(*HUMAN_ROLES) else None,
        file=file and schemas.FileRead(sha256=file[0], size=file[1], href=f"/v1/circulars/{circular_id}/file"),
    )


def _header(found: Found) -> dict[str, Any]:
    derived = {"superseded_by_id": found.superseded_by_id, "state": found.state}
    named = schemas.CircularHeader.model_fields.keys() - derived.keys()
    return {name: getattr(found.circular, name) for name in named} | derived


async def open_circular(
    session: AsyncSession, caller: Principal, circular_id: UUID, *, at: datetime
) -> schemas.CircularRead:
    """The same, and that the caller read it is kept."""
    answer = await read_circular(session, caller, circular_id)
    await record_reading(session, caller, await queries.get_circular(session, caller, circular_id), at=at)
    return answer


async def open_file(session: AsyncSession, caller: Principal, circular_id: UUID, *, at: datetime) -> CircularFile:
    """The signed PDF; opening it is reading. Raises CircularNotFound, CircularFileNotFound."""
    found = await queries.get_circular(session, caller, circular_id)
    file = await session.get(CircularFile, circular_id)
    if file is None:
        raise CircularFileNotFound
    await record_reading(session, caller, found, at=at)
    return file


@dataclass(frozen=True)
class _Own:
    """How circulars stand with one caller."""

    stands: Standing
    opds: Opds
    employment_type: str | None
    opd_code: str | None
    did: dict[tuple[UUID, UUID | str], dict[str, Receipt]]

    def addressed(self, found: Found) -> list[UUID | str]:
        """For whom of those that the caller stands for a circular asks acknowledgement."""
        parties: list[UUID | str] = sorted(self.stands.offices & rules.offices_addressed(found.scope, self.opds))
        opd = self.opds.get(self.opd_code or "")
        if self.stands.asn_id and self.employment_type and opd:
            codes = rules.lineage(self.opds, opd.code)
            if rules.covers(found.scope, self.employment_type, opd.type, codes):
                parties.append(self.stands.asn_id)
        return parties

    def mine(self, found: Found) -> schemas.Mine:
        parties = self.addressed(found)
        return schemas.Mine(
            addressed=bool(parties),
            read_at=self._since(found, parties, Act.READ, Act.ACKNOWLEDGED),
            acknowledged_at=self._since(found, parties, Act.ACKNOWLEDGED),
        )

    def _since(self, found: Found, parties: Sequence[UUID | str], *acts: Act) -> datetime | None:
        """When the last of them had done it; None while one of them has not."""
        done = []
        for party in parties:
            did = self.did.get((found.circular.id, party), {})
            done.append(min((did[act].at for act in acts if act in did), default=None))
        known = [at for at in done if at is not None]
        return max(known) if known and len(known) == len(done) else None


async def _load_own(session: AsyncSession, caller: Principal, today: date) -> _Own:
    stands = standing_of(caller, *OPD_ROLES)
    did: dict[tuple[UUID, UUID | str], dict[str, Receipt]] = {}
    if not stands.nobody:
        for receipt in await recipients.list_receipts_of(session, stands.asn_id, stands.offices):
            did.setdefault((receipt.circular_id, receipt.party), {})[receipt.act] = receipt
    opds = await load_opds(session, today)
    if stands.asn_id is None:
        return _Own(stands, opds, None, None, did)
    employment = (await employment_of(session, [stands.asn_id])).get(stands.asn_id)
    return _Own(stands, opds, employment, await opd_of_asn(session, stands.asn_id, today), did)


async def list_circulars(
    session: AsyncSession, caller: Principal, wanted: schemas.CircularFilter, *, at: datetime
) -> Page[schemas.CircularItem]:
    """Those that await the caller first, unread before unacknowledged; within that the newest first."""
    after = decode_cursor(wanted.cursor, int, UUID)
    own = await _load_own(session, caller, civil_date(at, zone_of(session)))
    keyed = []
    for found in await queries.list_circulars(session, caller, wanted.kind):
        if wanted.state in (None, found.state):
            mine = own.mine(found)
            rank = rules.rank_for(
                addressed=mine.addressed,
                state=found.state,
                read=mine.read_at is not None,
                acknowledged=mine.acknowledged_at is not None,
            )
            keyed.append((rank, -found.circular.id.int, schemas.CircularItem(**_header(found), mine=mine)))
    keyed.sort(key=lambda one: one[:2])
    left = [one for one in keyed if after is None or one[:2] > (after[0], -after[1].int)]
    page = cut_page(left[: wanted.limit + 1], wanted.limit, lambda one: (one[0], one[2].id))
    return Page(items=[item for _, _, item in page.items], next_cursor=page.next_cursor)
