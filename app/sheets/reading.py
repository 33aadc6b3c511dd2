"""Sheets as they are told of: to those who work with them, and to whoever holds one in the hand."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.jobs import Job, JobState
from app.core.paging import Page, cut_page
from app.core.principal import Principal
from app.sheets import queries
from app.sheets.models import Sheet
from app.sheets.rules import Format, Kind, Office, State
from app.sheets.schemas import (
    HashChecked,
    ProgressRead,
    SheetFilter,
    SheetRead,
    SupersededRead,
    VerifiedRead,
)


async def read_sheets(session: AsyncSession, caller: Principal, wanted: SheetFilter, office: Office) -> Page[SheetRead]:
    page = cut_page(await queries.list_sheets(session, caller, wanted), wanted.limit, lambda sheet: (sheet.id,))
    return Page(items=await _told(session, page.items, office), next_cursor=page.next_cursor)


async def tell(session: AsyncSession, sheet: Sheet, office: Office) -> SheetRead:
    [told] = await _told(session, [sheet], office)
    return told


async def _told(session: AsyncSession, sheets: Sequence[Sheet], office: Office) -> list[SheetRead]:
    jobs = await queries.load_jobs(session, sheets)
    return [_read(sheet, jobs.get(str(sheet.id)), office) for sheet in sheets]


def _read(sheet: Sheet, job: Job | None, office: Office) -> SheetRead:
    failed = job is not None and job.state == JobState.FAILED
    return SheetRead(
        id=sheet.id,
        kind=Kind(sheet.kind),
        format=Format(sheet.format),
        state=State.FAILED if failed else State(sheet.state),
        progress=None if job is None else _progress(job),
        number=sheet.number,
        code=sheet.code,
        verify_url=office.address_of(sheet.code),
        title=sheet.facts.get("title"),
        apel_id=sheet.apel_id,
        opd_code=sheet.opd_code,
        decision_id=sheet.decision_id,
        from_date=sheet.from_date,
        to_date=sheet.to_date,
        revision=sheet.revision,
        sha256=sheet.sha256,
        size=sheet.size,
        filename=filename_of(sheet),
        file=f"/v1/sheets/{sheet.id}/file",
        asked_at=sheet.asked_at,
        issued_at=sheet.issued_at,
    )


def _progress(job: Job) -> ProgressRead:
    return ProgressRead(done=job.progress.get("done", 0), total=len(job.payload.get("apel_ids", ())))


def filename_of(sheet: Sheet) -> str:
    """Nobody's name, and nothing that a file system minds."""
    about = sheet.facts.get("day") or f"{sheet.asked_at:%Y-%m-%d}"
    unit = f"-{sheet.opd_code.lower()}" if sheet.opd_code else ""
    number = f"-{sheet.sequence:04d}" if sheet.sequence else ""
    return f"{sheet.kind}-{about}{unit}{number}.{sheet.format}"


async def verify(session: AsyncSession, code: str, office: Office) -> VerifiedRead:
    """What was issued under a code, and whether it still shows the present state; raises SheetCodeUnknown."""
    sheet = await queries.get_issued(session, code)
    successor = await queries.find_successor(session, sheet)
    facts = sheet.facts
    assert sheet.issued_at is not None
    return VerifiedRead(
        kind=Kind(sheet.kind),
        format=Format(sheet.format),
        number=sheet.number or "",
        instansi=office.instansi,
        title=facts["title"],
        apel=facts.get("apel"),
        day=facts.get("day"),
        from_date=sheet.from_date,
        to_date=sheet.to_date,
        opd_code=sheet.opd_code,
        final=facts.get("final"),
        revision=sheet.revision,
        newer_revision=await queries.has_newer(session, sheet),
        superseded_by=None
        if successor is None
        else SupersededRead(number=successor.number or "", issued_at=successor.issued_at or sheet.issued_at),
        issued_at=sheet.issued_at,
        sha256=sheet.sha256 or "",
        size=sheet.size or 0,
        totals=facts.get("totals"),
        sample=office.sample,
    )


async def check_hash(session: AsyncSession, code: str, sha256: str) -> HashChecked:
    """Raises SheetCodeUnknown."""
    sheet = await queries.get_issued(session, code)
    return HashChecked(matches=sheet.sha256 == sha256.lower(), number=sheet.number or "")
