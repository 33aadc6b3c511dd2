"""Answers about sheets: for those who answer for the people on them, and for the people themselves."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.errors import PersonNotFound
from app.attendance.queries import nips_of
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Principal, Role
from app.core.texts import Language
from app.registry.views import sees_nip
from app.reports.rules import mask_nip
from app.tpp import queries, schemas
from app.tpp.models import TppLine, TppSheet
from app.tpp.queries import LineRow, SheetsWanted
from app.tpp.service import refresh_draft
from app.tpp.states import SheetState
from app.tpp.telling import repayment_of, tell_calculation, tell_settled

READERS = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Who reads amounts: the personnel office, inspectors, the head of the own unit. And the person."""
NOTHING = queries.Totals(0, 0, 0, 0, 0)


async def read_sheet(session: AsyncSession, caller: Principal, sheet_id: UUID, *, at: datetime) -> schemas.SheetRead:
    """One sheet, a draft as the facts say now; raises TppSheetNotFound."""
    await queries.get_sheet(session, sheet_id, caller.reach(*READERS))
    sheet = await refresh_draft(session, sheet_id, at=at)
    return await show_sheet(session, caller, sheet, at=at)


async def show_sheet(session: AsyncSession, caller: Principal, sheet: TppSheet, *, at: datetime) -> schemas.SheetRead:
    """A sheet that the caller may see."""
    await record(session, caller, "tpp.read", at=at, target=str(sheet.id))
    return (await _show(session, [sheet]))[0]


async def read_sheets(
    session: AsyncSession, caller: Principal, wanted: schemas.SheetFilter, *, at: datetime
) -> Page[schemas.SheetRead]:
    """Sheets in the caller's reach, the latest month first; drafts as they were calculated last."""
    asked = SheetsWanted(
        month=schemas.first_day(wanted.month) if wanted.month else None,
        opd_code=wanted.opd_code,
        state=wanted.state,
        trial=wanted.trial,
        after=decode_cursor(wanted.cursor, date, UUID),
        limit=wanted.limit,
    )
    sheets = await queries.list_sheets(session, caller.reach(*READERS), asked)
    await record(session, caller, "tpp.list", at=at, target=wanted.opd_code)
    shown = await _show(session, sheets)
    return cut_page(shown, wanted.limit, lambda one: (schemas.first_day(one.month), one.id))


async def _show(session: AsyncSession, sheets: Collection[TppSheet]) -> list[schemas.SheetRead]:
    ids = [sheet.id for sheet in sheets]
    totals = await queries.load_totals(session, ids)
    waiting = await queries.count_objections(session, ids)
    return [_sheet_read(sheet, totals.get(sheet.id, NOTHING), waiting.get(sheet.id, 0)) for sheet in sheets]


def _sheet_read(sheet: TppSheet, totals: queries.Totals, waiting: int) -> schemas.SheetRead:
    return schemas.SheetRead(
        id=sheet.id,
        opd_code=sheet.opd_code,
        month=schemas.month_text(sheet.month),
        kind=kind_of(sheet),
        corrects=sheet.corrects_id,
        trial=sheet.trial,
        policy=sheet.policy,
        from_date=sheet.from_date,
        to_date=sheet.to_date,
        state=SheetState(sheet.state),
        made_at=sheet.made_at,
        published_at=sheet.published_at,
        objections_until=sheet.objections_until,
        open_objections=waiting,
        signed_by=sheet.signed_by_name,
        signed_at=sheet.signed_at,
        frozen_by=sheet.frozen_by_name,
        frozen_at=sheet.frozen_at,
        version=sheet.version,
        totals=schemas.TotalsRead.model_validate(totals),
        lines_href=f"/v1/tpp/sheets/{sheet.id}/lines",
    )


def kind_of(sheet: TppSheet) -> schemas.SheetKind:
    return "regular" if sheet.corrects_id is None else "correction"


async def read_lines(
    session: AsyncSession,
    caller: Principal,
    sheet_id: UUID,
    wanted: schemas.PageFilter,
    language: Language,
    *,
    at: datetime,
) -> Page[schemas.LineRead]:
    """The people on a sheet, line by line; raises TppSheetNotFound."""
    await queries.get_sheet(session, sheet_id, caller.reach(*READERS))
    sheet = await refresh_draft(session, sheet_id, at=at)
    after = decode_cursor(wanted.cursor, UUID)
    rows = await queries.list_lines(session, sheet_id, after=after[0] if after else None, limit=wanted.limit)
    nips = [row.nip for row in rows[: wanted.limit]]
    await record(session, caller, "tpp.lines", at=at, target=str(sheet_id), nips=nips)
    shown = [_line_read(row, sheet, caller, language) for row in rows]
    return cut_page(shown, wanted.limit, lambda one: (one.asn_id,))


def _line_read(row: LineRow, sheet: TppSheet, caller: Principal, language: Language) -> schemas.LineRead:
    line = row.line
    full = sees_nip(caller, sheet.opd_code) or sees_nip(caller, line.opd_code)
    return schemas.LineRead(
        asn_id=line.asn_id,
        name=row.name,
        nip_masked=mask_nip(row.nip),
        nip=row.nip if full else None,
        opd_code=line.opd_code,
        employment_type=line.employment_type,
        calculation=tell_calculation(line, sheet.policy, language),
        before=tell_settled(line.before),
        repayment=repayment_of(line),
    )


async def read_corrections(
    session: AsyncSession, caller: Principal, wanted: schemas.CorrectionFilter, *, at: datetime
) -> Page[schemas.CorrectedRead]:
    """Who is owed or owes what by corrections, the latest first."""
    rows = await queries.list_corrected(
        session,
        caller.reach(*READERS),
        month=schemas.first_day(wanted.month) if wanted.month else None,
        opd_code=wanted.opd_code,
        after=decode_cursor(wanted.cursor, UUID, UUID),
        limit=wanted.limit,
    )
    nips = [nip for *_, nip in rows[: wanted.limit]]
    await record(session, caller, "tpp.corrections", at=at, target=wanted.opd_code, nips=nips)
    shown = [
        schemas.CorrectedRead(
            sheet_id=sheet.id,
            opd_code=sheet.opd_code,
            month=schemas.month_text(sheet.month),
            corrected_month=schemas.month_text(of),
            state=SheetState(sheet.state),
            asn_id=line.asn_id,
            name=name,
            nip_masked=mask_nip(nip),
            before=tell_settled(line.before),
            after=schemas.SettledRead(
                percent=None if line.percent is None else float(line.percent),
                amount=None if line.amount is None else int(line.amount),
            ),
            repayment=repayment_of(line),
            href=f"/v1/tpp/sheets/{sheet.id}/lines",
        )
        for line, sheet, of, name, nip in rows
    ]
    return cut_page(shown, wanted.limit, lambda one: (one.sheet_id, one.asn_id))


async def read_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int | None, language: Language, *, at: datetime
) -> schemas.PersonYearRead:
    """One person's months; the own ones for a civil servant, else within the caller's reach.

    Raises PersonNotFound.
    """
    own = caller.asn_id == asn_id
    if not own and not caller.holds(*READERS):
        raise PersonNotFound
    year = year or civil_date(at, zone_of(session)).year
    scope = None if own else caller.reach(*READERS)
    rows = await queries.list_months_of(session, asn_id, year, scope, drafts=caller.holds(*READERS) and not own)
    nips = await nips_of(session, [asn_id])
    if not nips or (not rows and scope is not None):
        raise PersonNotFound
    await record(session, caller, "tpp.person", at=at, target=str(asn_id), nips=nips)
    today = civil_date(at, zone_of(session))
    items = [show_month(line, sheet, language, today) for line, sheet in rows]
    return schemas.PersonYearRead(asn_id=asn_id, year=year, items=items)


async def list_own_months(
    session: AsyncSession, asn_id: UUID, year: int, language: Language, *, at: datetime
) -> list[schemas.PersonMonthRead]:
    """What a person reads of the own TPP: everything that was published, the latest month first."""
    today = civil_date(at, zone_of(session))
    rows = await queries.list_months_of(session, asn_id, year, None, drafts=False)
    return [show_month(line, sheet, language, today) for line, sheet in rows]


def show_month(line: TppLine, sheet: TppSheet, language: Language, today: date) -> schemas.PersonMonthRead:
    until = sheet.objections_until
    contestable = sheet.state == SheetState.PUBLISHED and until is not None and today <= until
    return schemas.PersonMonthRead(
        sheet_id=sheet.id,
        opd_code=sheet.opd_code,
        month=schemas.month_text(sheet.month),
        kind=kind_of(sheet),
        state=SheetState(sheet.state),
        trial=sheet.trial,
        objections_until=until,
        objections_href=f"/v1/tpp/sheets/{sheet.id}/objections" if contestable else None,
        calculation=tell_calculation(line, sheet.policy, language),
        before=tell_settled(line.before),
        repayment=repayment_of(line),
    )
