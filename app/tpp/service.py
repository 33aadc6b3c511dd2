"""Writes of sheets: drafts follow the facts, the published is signed as it was seen, the frozen never changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.calendar.queries import load_days
from app.calendar.rules import add_working_days
from app.calendar.service import ensure_years
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.ids import new_id
from app.core.principal import Principal, Role
from app.core.versions import require_version
from app.policies.rules import Rules
from app.policies.service import rules_on, trial_rules_on
from app.registry.queries import get_opd, load_tree
from app.tpp import queries
from app.tpp.calculating import unit_of
from app.tpp.drawing import Drawing, draw_correction, draw_month, is_moved, is_same
from app.tpp.errors import (
    CorrectionTooEarly,
    NothingToCorrect,
    NoTppRules,
    NoTrialPolicy,
    SheetNotFrozen,
    UnitKeepsNoSheet,
)
from app.tpp.models import TppLine, TppSheet
from app.tpp.periods import last_day
from app.tpp.schemas import SheetCreate, first_day, month_text
from app.tpp.states import SheetNow, SheetState, Step, holds, take

MAKERS = (Role.ADMIN, Role.OPD_HEAD)


async def make_sheet(
    session: AsyncSession, caller: Principal, body: SheetCreate, *, at: datetime
) -> tuple[TppSheet, bool]:
    """A unit's sheet of a month, and whether it is new; a draft that is there already follows the facts.

    Raises OpdNotFound, UnitKeepsNoSheet, NoTppRules, NoTrialPolicy.
    """
    month = first_day(body.month)
    await get_opd(session, body.opd_code, caller.reach(*MAKERS))
    unit = unit_of(await load_tree(session, last_day(month)), body.opd_code)
    if unit != body.opd_code:
        raise UnitKeepsNoSheet(unit_code=unit)
    known = await queries.find_sheet(session, unit, month, trial=body.trial)
    if known is not None:
        return await refresh_draft(session, known.id, at=at), False
    policy = await _rules_for(session, month, trial=body.trial)
    drawing = await draw_month(session, unit, month, policy, at=at)
    sheet_id = await _insert(session, unit, month, drawing, trial=body.trial, corrects_id=None, at=at)
    if sheet_id is None:  # somebody made it this very moment
        again = await queries.find_sheet(session, unit, month, trial=body.trial)
        assert again is not None
        return await refresh_draft(session, again.id, at=at), False
    await _note(session, caller, "tpp.make", sheet_id, at=at, month=body.month, trial=body.trial)
    return await queries.get_sheet(session, sheet_id), True


async def _rules_for(session: AsyncSession, month: date, *, trial: bool) -> Rules:
    """Raises NoTppRules, NoTrialPolicy."""
    policy = await _find_rules(session, month, trial=trial)
    if policy is None:
        raise NoTrialPolicy(day=month.isoformat())
    if not policy.tpp:
        raise NoTppRules(policy=policy.label, day=month.isoformat())
    return policy


async def _find_rules(session: AsyncSession, month: date, *, trial: bool) -> Rules | None:
    """The rules of a month; of those on trial there may be none."""
    return await (trial_rules_on if trial else rules_on)(session, month)


async def _insert(
    session: AsyncSession,
    opd_code: str,
    month: date,
    drawing: Drawing,
    *,
    trial: bool,
    corrects_id: UUID | None,
    at: datetime,
) -> UUID | None:
    """The id of the new draft with its lines; None where there is one already."""
    made: UUID | None = await session.scalar(
        insert(TppSheet)
        .values(
            id=new_id(),
            opd_code=opd_code,
            month=month,
            corrects_id=corrects_id,
            trial=trial,
            policy_id=drawing.policy.id,
            policy=drawing.policy.label,
            from_date=drawing.from_date,
            to_date=drawing.to_date,
            state=SheetState.DRAFT,
            made_at=at,
        )
        .on_conflict_do_nothing()
        .returning(TppSheet.id)
    )
    if made is not None:
        await upsert_rows(session, TppLine, [{"sheet_id": made, **row} for row in drawing.rows.values()])
    return made


async def refresh_draft(session: AsyncSession, sheet_id: UUID, *, at: datetime) -> TppSheet:
    """The sheet; a draft is brought up to date with the facts first, anything else stays as it is.

    So does a draft whose rules are no longer there, as when a trial has ended.
    """
    sheet = await queries.get_sheet(session, sheet_id, lock=True)
    if sheet.state == SheetState.DRAFT:
        drawing = await _draw_again(session, sheet, at=at)
        if drawing is not None:
            await _keep(session, sheet, drawing)
    return sheet


async def _draw_again(session: AsyncSession, sheet: TppSheet, *, at: datetime) -> Drawing | None:
    """What a sheet would say now; None where the rules of its month have no table any more."""
    if sheet.corrects_id is not None:
        return await draw_correction(session, await queries.get_sheet(session, sheet.corrects_id), at=at)
    policy = await _find_rules(session, sheet.month, trial=sheet.trial)
    if policy is None or not policy.tpp:
        return None
    return await draw_month(session, sheet.opd_code, sheet.month, policy, at=at)


async def _keep(session: AsyncSession, sheet: TppSheet, now: Drawing) -> None:
    """Replace a sheet's lines by what the facts say; its version rises where anything changed."""
    kept = await queries.list_kept(session, sheet.id)
    about = {
        "policy_id": now.policy.id,
        "policy": now.policy.label,
        "from_date": now.from_date,
        "to_date": now.to_date,
    }
    if is_same(kept, now) and all(getattr(sheet, name) == value for name, value in about.items()):
        return
    gone = kept.keys() - now.rows.keys()
    if gone:
        await session.execute(delete(TppLine).where(TppLine.sheet_id == sheet.id, TppLine.asn_id.in_(gone)))
    await upsert_rows(session, TppLine, [{"sheet_id": sheet.id, **row} for row in now.rows.values()])
    for name, value in about.items():
        setattr(sheet, name, value)
    sheet.version += 1
    await session.flush()


async def publish_sheet(session: AsyncSession, caller: Principal, sheet_id: UUID, *, at: datetime) -> TppSheet:
    """Show a sheet to its people as the facts say now, and begin the days in which they may object.

    What was published and still holds stays; one that the facts left behind is published anew, with new days.
    Raises TppSheetNotFound and what `states.take` raises.
    """
    sheet = await queries.get_sheet(session, sheet_id, caller.reach(*MAKERS), lock=True)
    drawing = await _draw_again(session, sheet, at=at) if sheet.state in _OPEN else None
    now = await _stand(session, sheet, drawing, at=at)
    if holds(Step.PUBLISH, now):
        return sheet
    state = take(Step.PUBLISH, now)
    if drawing is None:
        raise NoTppRules(policy=sheet.policy, day=sheet.month.isoformat())
    await _keep(session, sheet, drawing)
    sheet.state, sheet.published_at = state, at
    sheet.objections_until = await _count_days(session, drawing.policy, at=at)
    sheet.version += 1
    await session.flush()
    await _note(session, caller, "tpp.publish", sheet.id, at=at, until=str(sheet.objections_until))
    return sheet


_OPEN = frozenset({SheetState.DRAFT, SheetState.PUBLISHED})


async def _count_days(session: AsyncSession, policy: Rules, *, at: datetime) -> date | None:
    """The last day on which people may object; None where the table gives them none."""
    number = max(rules.objection_days for rules in policy.tpp)
    if number == 0:
        return None
    today = civil_date(at, zone_of(session))
    until = date(today.year + 1, 12, 31)
    await ensure_years(session, today, until)
    return add_working_days(today, number, await load_days(session, today, until))


async def _stand(session: AsyncSession, sheet: TppSheet, drawing: Drawing | None, *, at: datetime) -> SheetNow:
    """The sheet as its states need to know it."""
    kept = await queries.list_kept(session, sheet.id) if sheet.state == SheetState.PUBLISHED else {}
    return SheetNow(
        state=SheetState(sheet.state),
        trial=sheet.trial,
        today=civil_date(at, zone_of(session)),
        to_date=drawing.to_date if drawing else sheet.to_date,
        objections_until=sheet.objections_until,
        open_objections=(await queries.count_objections(session, [sheet.id])).get(sheet.id, 0),
        moved=sheet.state == SheetState.PUBLISHED and (drawing is None or is_moved(kept, drawing, sheet.policy_id)),
    )


async def sign_sheet(
    session: AsyncSession, caller: Principal, sheet_id: UUID, *, expected: int | None, at: datetime
) -> TppSheet:
    """The head of the unit signs what was published: not before its people had their days and their answers.

    Raises TppSheetNotFound, VersionRequired, VersionMismatch and what `states.take` raises.
    """
    sheet = await queries.get_sheet(session, sheet_id, caller.reach(Role.OPD_HEAD), lock=True)
    drawing = await _draw_again(session, sheet, at=at) if sheet.state == SheetState.PUBLISHED else None
    now = await _stand(session, sheet, drawing, at=at)
    if holds(Step.SIGN, now):
        return sheet
    state = take(Step.SIGN, now)
    require_version(expected, sheet.version)
    sheet.state, sheet.version = state, sheet.version + 1
    sheet.signed_by, sheet.signed_by_name, sheet.signed_at = caller.id, caller.name, at
    await session.flush()
    await _note(session, caller, "tpp.sign", sheet.id, at=at)
    return sheet


async def freeze_sheet(
    session: AsyncSession, caller: Principal, sheet_id: UUID, *, expected: int | None, at: datetime
) -> TppSheet:
    """Settle a signed sheet for ever.

    Raises TppSheetNotFound, VersionRequired, VersionMismatch and what `states.take` raises.
    """
    sheet = await queries.get_sheet(session, sheet_id, lock=True)
    now = await _stand(session, sheet, None, at=at)
    if holds(Step.FREEZE, now):
        return sheet
    state = take(Step.FREEZE, now)
    require_version(expected, sheet.version)
    sheet.state, sheet.version = state, sheet.version + 1
    sheet.frozen_by, sheet.frozen_by_name, sheet.frozen_at = caller.id, caller.name, at
    await session.flush()
    await _note(session, caller, "tpp.freeze", sheet.id, at=at)
    return sheet


async def make_correction(
    session: AsyncSession, caller: Principal, sheet_id: UUID, month: date, *, at: datetime
) -> tuple[TppSheet, bool]:
    """What later facts change of a frozen sheet, as a sheet of a later month, and whether it is new.

    Raises TppSheetNotFound, SheetNotFrozen, CorrectionTooEarly, NothingToCorrect.
    """
    original = await queries.get_sheet(session, sheet_id, lock=True)
    if original.state != SheetState.FROZEN or original.corrects_id is not None:
        raise SheetNotFrozen(state=original.state)
    if month <= original.month:
        raise CorrectionTooEarly(month=month_text(original.month))
    known = await queries.find_open_correction(session, original.id)
    if known is not None:
        return await refresh_draft(session, known.id, at=at), False
    drawing = await draw_correction(session, original, at=at)
    if not drawing.rows:
        raise NothingToCorrect
    made = await _insert(session, original.opd_code, month, drawing, trial=False, corrects_id=original.id, at=at)
    assert made is not None  # the original is locked: nobody else makes one
    await _note(session, caller, "tpp.correct", made, at=at, corrects=str(original.id))
    return await queries.get_sheet(session, made), True


async def _note(
    session: AsyncSession, caller: Principal, action: str, sheet_id: UUID, *, at: datetime, **detail: str | bool
) -> None:
    nips = [row.nip for row in await queries.list_lines(session, sheet_id)]
    await record(session, caller, action, at=at, target=str(sheet_id), nips=nips, **detail)
