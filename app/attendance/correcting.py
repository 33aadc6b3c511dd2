"""Correcting a mark, also after final: one of the personnel office proposes with a document, another confirms."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance import contest_queries as queries
from app.attendance.contest_queries import CorrectionRow
from app.attendance.contest_rules import Closing, CorrectionState
from app.attendance.contest_schemas import CorrectionWrite
from app.attendance.contest_terms import standing
from app.attendance.errors import (
    CorrectionClosed,
    CorrectionWaiting,
    MarkAlreadySo,
    MarkMoved,
    MarkPending,
    ModeNotAsked,
    NeedsAnother,
    OwnMark,
)
from app.attendance.models import CorrectionClosing, Mark, MarkCorrection
from app.attendance.queries import nips_of
from app.attendance.service import hold_conclusion
from app.audit.service import record
from app.core.principal import Principal, Role
from app.core.stale import mark_stale
from app.duty.rules import Code, Mode


async def propose_correction(
    session: AsyncSession,
    caller: Principal,
    mark_id: UUID,
    body: CorrectionWrite,
    *,
    objection_id: UUID | None = None,
    at: datetime,
) -> tuple[UUID, bool]:
    """Keep a correction that waits for another person, and say whether it is new; until then nothing changes.

    Raises MarkNotFound, OwnMark, MarkPending, ModeNotAsked, MarkAlreadySo, CorrectionWaiting.
    """
    seen = await queries.get_mark(session, caller, mark_id, Role.ADMIN)
    await hold_conclusion(session, seen.apel_id)
    mark = await queries.get_mark(session, caller, mark_id, Role.ADMIN)
    said = _said(body) | {"objection_id": objection_id}
    _require_correctable(caller, mark)
    waiting = await _find_waiting(session, mark_id)
    if waiting is not None:
        if waiting.by_id == caller.id and said == {name: getattr(waiting, name) for name in said}:
            return waiting.id, False
        raise CorrectionWaiting
    if (mark.status, mark.mode) == (said["status"], said["mode"]):
        raise MarkAlreadySo
    by = {"by_id": caller.id, "by_name": caller.name, "by_asn_id": caller.asn_id}
    of = {"mark_id": mark.id, "apel_id": mark.apel_id, "asn_id": mark.asn_id, "unit_code": mark.unit_code}
    correction = MarkCorrection(was=standing(mark), at=at, **of, **by, **said)
    session.add(correction)
    await session.flush()
    await _note(session, caller, "attendance.correct", correction, at=at)
    return correction.id, True


def _said(body: CorrectionWrite) -> dict[str, Any]:
    return {
        "status": body.status.value,
        "mode": _mode_of(body),
        "reason": body.reason,
        "document_no": body.document.number,
        "document_date": body.document.date,
    }


def _mode_of(body: CorrectionWrite) -> str | None:
    if body.status.value != Code.H:
        if body.mode is not None:
            raise ModeNotAsked
        return None
    return (body.mode or Mode.WFO).value


def _require_correctable(caller: Principal, mark: Mark) -> None:
    if caller.asn_id == mark.asn_id:
        raise OwnMark
    if mark.pending:
        raise MarkPending


async def _find_waiting(session: AsyncSession, mark_id: UUID) -> MarkCorrection | None:
    rows = (await queries.load_corrections(session, [mark_id])).get(mark_id, [])
    return next((row.correction for row in rows if row.state is CorrectionState.WAITING), None)


async def confirm_correction(session: AsyncSession, caller: Principal, correction_id: UUID, *, at: datetime) -> None:
    """Have a correction count, as another person than who proposed it; confirmed already, nothing changes.

    Raises CorrectionNotFound, NeedsAnother, OwnMark, CorrectionClosed, MarkNotFound, MarkMoved.
    """
    row = await _held(session, correction_id)
    correction = row.correction
    if row.state is CorrectionState.CONFIRMED:
        return
    if row.state is CorrectionState.WITHDRAWN:
        raise CorrectionClosed
    if caller.id == correction.by_id or (caller.asn_id is not None and caller.asn_id == correction.by_asn_id):
        raise NeedsAnother
    mark = await queries.get_mark(session, caller, correction.mark_id, Role.ADMIN)
    _require_correctable(caller, mark)
    if standing(mark) != correction.was:
        raise MarkMoved
    await _close(session, caller, correction, Closing.CONFIRMED, None, at=at)
    await mark_stale(session, mark.apel_id, mark.unit_code)


async def withdraw_correction(
    session: AsyncSession, caller: Principal, correction_id: UUID, reason: str, *, at: datetime
) -> None:
    """End a correction that waits; an objection that led to it is open again. Withdrawn already, nothing changes.

    Raises CorrectionNotFound, CorrectionClosed.
    """
    row = await _held(session, correction_id)
    if row.state is CorrectionState.WITHDRAWN:
        return
    if row.state is CorrectionState.CONFIRMED:
        raise CorrectionClosed
    await _close(session, caller, row.correction, Closing.WITHDRAWN, reason, at=at)


async def _held(session: AsyncSession, correction_id: UUID) -> CorrectionRow:
    """The correction as it stands while nobody else writes about its apel."""
    seen = await queries.get_correction(session, correction_id)
    await hold_conclusion(session, seen.correction.apel_id)
    return await queries.get_correction(session, correction_id)


async def _close(
    session: AsyncSession,
    caller: Principal,
    correction: MarkCorrection,
    outcome: Closing,
    note: str | None,
    *,
    at: datetime,
) -> None:
    closing = CorrectionClosing(
        correction_id=correction.id, outcome=outcome, note=note, by_id=caller.id, by_name=caller.name, at=at
    )
    session.add(closing)
    await session.flush()
    verb = "confirm-correction" if outcome is Closing.CONFIRMED else "withdraw-correction"
    await _note(session, caller, f"attendance.{verb}", correction, at=at)


async def _note(
    session: AsyncSession, caller: Principal, action: str, correction: MarkCorrection, *, at: datetime
) -> None:
    nips = await nips_of(session, [correction.asn_id])
    await record(session, caller, action, at=at, target=str(correction.id), nips=nips, mark_id=str(correction.mark_id))
