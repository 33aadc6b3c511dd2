"""The readings of Zoom's reports as they stand on record."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.zoom.models import ZoomReportPage, ZoomReportRead
from app.zoom.reconciling import Read, ReadState, Tally, add_page
from app.zoom.report_rows import ReportPage


async def list_reads(session: AsyncSession, uuids: Collection[str]) -> dict[str, list[ZoomReportRead]]:
    """By run, in order."""
    wanted = select(ZoomReportRead).where(ZoomReportRead.occurrence_uuid == any_(literal(sorted(uuids), ARRAY(Text))))
    found: dict[str, list[ZoomReportRead]] = {uuid: [] for uuid in uuids}
    for read in await session.scalars(wanted.order_by(ZoomReportRead.number)):
        found[read.occurrence_uuid].append(read)
    return found


def outline(reads: Sequence[ZoomReportRead]) -> list[Read]:
    return [Read(ReadState(read.state), read.started_at, read.turned_at, read.digest) for read in reads]


def begun(reads: Sequence[ZoomReportRead]) -> ZoomReportRead | None:
    """The reading that is under way."""
    return reads[-1] if reads and reads[-1].state == ReadState.READING else None


async def keep_page(
    session: AsyncSession, uuid: str, reads: list[ZoomReportRead], page: ReportPage, *, late: bool, at: datetime
) -> ZoomReportRead:
    """Add a page to the reading that is under way, or begin one with it, which is added to `reads`."""
    read = begun(reads)
    if read is None:
        read = _new(uuid, reads, at=at)
        session.add(read)
        reads.append(read)
    tally = add_page(tally_of(read), page, late=late)
    read.rows, read.total_records, read.sound, read.digest = tally.rows, tally.told, tally.sound, f"{tally.digest:032x}"
    read.pages, read.page_token, read.turned_at = read.pages + 1, page.next_page_token, at
    await session.flush()
    session.add(ZoomReportPage(read_id=read.id, number=read.pages, body=page.body))
    await session.flush()
    return read


def _new(uuid: str, reads: Sequence[ZoomReportRead], *, at: datetime) -> ZoomReportRead:
    return ZoomReportRead(
        occurrence_uuid=uuid,
        number=len(reads) + 1,
        state=ReadState.READING,
        started_at=at,
        turned_at=at,
        page_token="",
        pages=0,
        rows=0,
        sound=True,
        digest=f"{0:032x}",
    )


def tally_of(read: ZoomReportRead) -> Tally:
    return Tally(read.rows, read.total_records, read.sound, int(read.digest, 16))


async def list_pages(session: AsyncSession, read: ZoomReportRead) -> list[bytes]:
    """The bodies of its pages, in order."""
    kept = select(ZoomReportPage.body).where(ZoomReportPage.read_id == read.id).order_by(ZoomReportPage.number)
    return list(await session.scalars(kept))
