"""What people say against their own line of a published sheet, and the answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.errors import OwnMark
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id
from app.core.paging import Page, cut_page, decode_cursor
from app.core.principal import Principal, Role
from app.tpp import queries
from app.tpp.errors import NotOnSheet, ObjectionAnswered
from app.tpp.models import TppObjection, TppSheet
from app.tpp.schemas import AnswerWrite, ObjectionCreate, ObjectionRead, PageFilter
from app.tpp.service import MAKERS
from app.tpp.states import SheetNow, SheetState, Step, take

READERS = (Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)


async def object_to_sheet(
    session: AsyncSession, caller: Principal, sheet_id: UUID, body: ObjectionCreate, *, at: datetime
) -> ObjectionRead:
    """Contest the own line while its days run; the same words again are the same objection.

    Raises TppSheetNotFound, NotOnSheet, SheetNotReady, ObjectionWindowClosed, TrialCutsNothing.
    """
    sheet = await queries.get_sheet(session, sheet_id, lock=True)
    if caller.asn_id is None or sheet.state == SheetState.DRAFT:
        raise NotOnSheet
    line = await queries.find_line(session, sheet_id, caller.asn_id)
    if line is None:
        raise NotOnSheet
    take(Step.OBJECT, _now(session, sheet, at=at))
    known = await queries.find_open_objection(session, sheet_id, caller.asn_id, body.reason)
    if known is None:
        known = TppObjection(
            id=new_id(), sheet_id=sheet_id, asn_id=caller.asn_id, reason=body.reason, made_at=at, outcome=None
        )
        session.add(known)
        await session.flush()
        await record(session, caller, "tpp.object", at=at, target=str(sheet_id), nips=[line.nip])
    return _read(known, line.name)


def _now(session: AsyncSession, sheet: TppSheet, *, at: datetime) -> SheetNow:
    today = civil_date(at, zone_of(session))
    return SheetNow(SheetState(sheet.state), sheet.trial, today, sheet.to_date, sheet.objections_until)


async def read_objections(
    session: AsyncSession, caller: Principal, sheet_id: UUID, wanted: PageFilter, *, at: datetime
) -> Page[ObjectionRead]:
    """A sheet's objections, oldest first; raises TppSheetNotFound."""
    await queries.get_sheet(session, sheet_id, caller.reach(*READERS))
    after = decode_cursor(wanted.cursor, UUID)
    rows = await queries.list_objections(session, sheet_id, after=after[0] if after else None, limit=wanted.limit)
    nips = [nip for _, _, nip in rows[: wanted.limit]]
    await record(session, caller, "tpp.objections", at=at, target=str(sheet_id), nips=nips)
    return cut_page([_read(objection, name) for objection, name, _ in rows], wanted.limit, lambda one: (one.id,))


async def answer_objection(
    session: AsyncSession, caller: Principal, objection_id: UUID, body: AnswerWrite, *, at: datetime
) -> ObjectionRead:
    """Answer once; the same answer again changes nothing.

    Raises TppObjectionNotFound, OwnMark, ObjectionAnswered.
    """
    objection, name, nip = await queries.get_objection(session, objection_id, caller.reach(*MAKERS))
    if objection.asn_id == caller.asn_id:
        raise OwnMark
    if objection.outcome is not None:
        if (objection.outcome, objection.note) != (body.outcome, body.note):
            raise ObjectionAnswered(outcome=objection.outcome)
        return _read(objection, name)
    objection.outcome, objection.note = body.outcome, body.note
    objection.answered_by, objection.answered_by_name, objection.answered_at = caller.id, caller.name, at
    await session.flush()
    await record(session, caller, "tpp.answer", at=at, target=str(objection.id), nips=[nip], outcome=body.outcome)
    return _read(objection, name)


def _read(objection: TppObjection, name: str) -> ObjectionRead:
    fields = {key: getattr(objection, key) for key in ("id", "sheet_id", "asn_id", "reason", "made_at", "note")}
    return ObjectionRead(
        **fields,
        name=name,
        outcome=objection.outcome,
        answered_by=objection.answered_by_name,
        answered_at=objection.answered_at,
    )
