"""What is remembered about keys: read by those who run and check Zoom, revoked by the operator."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Principal
from app.core.stale import mark_days_stale
from app.evidence.decisions import read_revocation
from app.evidence.errors import AliasNotFound
from app.evidence.identity import KeyKind
from app.evidence.models import IdentityKey
from app.evidence.queries import list_nips
from app.evidence.rules import SubjectKind
from app.evidence.schemas import AliasFilter, AliasRead, AliasRevoke, NamedSubject
from app.registry.models import Asn, Opd

_Row = tuple[IdentityKey, str | None, str | None]
"""With the name of the person and of the OPD."""
_ALIASES = (
    select(IdentityKey, Asn.name, Opd.name)
    .outerjoin(Asn, Asn.id == IdentityKey.asn_id)
    .outerjoin(Opd, Opd.code == IdentityKey.opd_code)
    .where(IdentityKey.apel_id.is_(None))
)


async def read_aliases(
    session: AsyncSession, caller: Principal, wanted: AliasFilter, *, at: datetime
) -> Page[AliasRead]:
    """The newest first, and a line in the record about the people in them."""
    revoked = IdentityKey.revoked_at
    query = _ALIASES.where(revoked.is_(None) if wanted.standing else revoked.is_not(None))
    if wanted.origin is not None:
        query = query.where(IdentityKey.origin == wanted.origin)
    if (after := decode_cursor(wanted.cursor, datetime, UUID)) is not None:
        query = query.where(tuple_(IdentityKey.at, IdentityKey.id) < after)
    query = query.order_by(IdentityKey.at.desc(), IdentityKey.id.desc()).limit(wanted.limit + 1)
    rows: list[_Row] = [(row[0], row[1], row[2]) for row in await session.execute(query)]
    page = cut_page(rows, wanted.limit, lambda row: (row[0].at, row[0].id))
    nips = await list_nips(session, {key.asn_id for key, _, _ in page.items if key.asn_id})
    await record(session, caller, "evidence.read-aliases", at=at, nips=nips)
    return Page(items=[_read(row) for row in page.items], next_cursor=page.next_cursor)


async def revoke_alias(
    session: AsyncSession, caller: Principal, alias_id: UUID, body: AliasRevoke, *, at: datetime
) -> AliasRead:
    """End what is remembered about a key, for apels that end from now on; what is revoked already stays as it is.

    Raises AliasNotFound.
    """
    ended = (
        update(IdentityKey)
        .where(IdentityKey.id == alias_id, IdentityKey.apel_id.is_(None), IdentityKey.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by_id=caller.id, revoked_by_name=caller.name, revoke_reason=body.reason)
        .returning(IdentityKey.id)
    )
    changed = await session.scalar(ended) is not None
    row = (await session.execute(_ALIASES.where(IdentityKey.id == alias_id))).one_or_none()
    if row is None:
        raise AliasNotFound
    key: IdentityKey = row[0]
    if changed:
        await mark_days_stale(session, civil_date(at, zone_of(session)), None)
        nips = await list_nips(session, {key.asn_id} if key.asn_id else set())
        detail = {"kind": key.kind, "subject": key.subject_kind, "opd_code": key.opd_code, "origin": key.origin}
        await record(session, caller, "evidence.revoke-alias", at=at, target=str(key.id), nips=nips, **detail)
    return _read((key, row[1], row[2]))


def _read(row: _Row) -> AliasRead:
    key, person, opd = row
    return AliasRead(
        id=key.id,
        kind=KeyKind(key.kind),
        value=key.value,
        subject=NamedSubject(
            kind=SubjectKind(key.subject_kind), opd_code=key.opd_code, asn_id=key.asn_id, name=person or opd
        ),
        origin=key.origin,
        participant_id=key.participant_id,
        display_name=key.display_name,
        by=key.by_name,
        at=key.at,
        revoked=read_revocation(key),
    )
