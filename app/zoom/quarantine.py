"""What was set aside for a wrong clock: shown to people, who let it in, since Zoom never sends it again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, LargeBinary, bindparam, exists, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Principal
from app.zoom.errors import ReleaseUnclear
from app.zoom.models import ZoomInbox, ZoomQuarantine
from app.zoom.payloads import Unreadable, read_event
from app.zoom.schemas import QuarantinedRead, QuarantineFilter, ReleaseRead, ReleaseWrite

_RELEASE = text(
    """
    WITH gone AS (
      DELETE FROM zoom_quarantine WHERE :everything OR body_sha256 = ANY (:ids)
      RETURNING body_sha256, body, sent_at, received_at),
    kept AS (
      INSERT INTO zoom_inbox (id, body_sha256, body, source, sent_at, received_at)
      SELECT gen_random_uuid(), body_sha256, body, 'replay', sent_at, received_at FROM gone ORDER BY body_sha256
      ON CONFLICT (body_sha256) DO NOTHING RETURNING id)
    SELECT (SELECT count(*) FROM gone) AS released, (SELECT count(*) FROM kept) AS new
    """
).bindparams(bindparam("ids", type_=ARRAY(LargeBinary)))


async def list_quarantined(session: AsyncSession, wanted: QuarantineFilter) -> Page[QuarantinedRead]:
    """What came last first; never what the deliveries say of anybody."""
    address = func.encode(ZoomQuarantine.body_sha256, "hex")
    known = exists().where(ZoomInbox.body_sha256 == ZoomQuarantine.body_sha256)
    query = select(ZoomQuarantine, address.label("id"), known.label("known"))
    query = query.order_by(ZoomQuarantine.received_at.desc(), address.desc()).limit(wanted.limit + 1)
    if (after := decode_cursor(wanted.cursor, datetime, str)) is not None:
        query = query.where(tuple_(ZoomQuarantine.received_at, address) < after)
    rows = (await session.execute(query)).all()
    page = cut_page(rows, wanted.limit, lambda row: (row[0].received_at, row.id))
    return Page(items=[_read(row[0], row.id, known=row.known) for row in page.items], next_cursor=page.next_cursor)


def _read(row: ZoomQuarantine, key: str, *, known: bool) -> QuarantinedRead:
    return QuarantinedRead(
        id=key,
        sent_at=row.sent_at,
        received_at=row.received_at,
        skew_seconds=row.skew_seconds,
        event=_event_of(row.body),
        known=known,
    )


def _event_of(body: bytes) -> str | None:
    """The event's name if it is one; a signed body may still hold anything."""
    try:
        name = read_event(body).get("event")
    except Unreadable:
        return None
    return name if isinstance(name, str) and len(name) <= 100 and name.isascii() and name.isprintable() else None


async def release_quarantined(
    session: AsyncSession, caller: Principal, body: ReleaseWrite, *, at: datetime
) -> ReleaseRead:
    """Let in some deliveries, or all; the clock was wrong, not they. Raises ReleaseUnclear.

    Releasing what is released already changes nothing.
    """
    if body.all == (body.ids is not None):
        raise ReleaseUnclear
    released, new = await take_in(session, None if body.all else [bytes.fromhex(key) for key in body.ids or ()])
    if released:
        await record(session, caller, "zoom.release", at=at, released=released, new=new)
    remaining = await session.scalar(select(func.count()).select_from(ZoomQuarantine))
    return ReleaseRead(released=released, new=new, remaining=remaining or 0)


async def take_in(session: AsyncSession, keys: Sequence[bytes] | None) -> tuple[int, int]:
    """Move deliveries from the quarantine to the inbox, all of them without keys; how many, and how many were new."""
    row = (await session.execute(_RELEASE, {"everything": keys is None, "ids": list(keys or ())})).one()
    return row.released, row.new
