"""Asking for sheets: small ones are issued at once, a long one is left to a job."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.errors import ApelCancelled
from app.apel.queries import get_apel
from app.apel.rules import ApelState
from app.attendance.service import conclude
from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.jobs import want_job
from app.core.principal import Principal
from app.core.texts.dates import long_date
from app.decisions.certificates import read_certificate
from app.decisions.letters import Letterhead
from app.decisions.queries import get_decision
from app.sheets import queries
from app.sheets.composing import Made, Wanted, compose
from app.sheets.document import Certificate, Signatory
from app.sheets.errors import (
    SheetDetailMissing,
    SheetFailed,
    SheetFormatUnsuited,
    SheetKindNotAllowed,
    SheetRunning,
    SheetSpanEmpty,
    SheetSpanTooLong,
)
from app.sheets.issuing import issue, new_code
from app.sheets.models import Sheet
from app.sheets.period import MOST_APELS, list_apels_of
from app.sheets.rules import FORMATS, ISSUERS, Format, Kind, Office, Separator, State
from app.sheets.schemas import ApelSheetCreate, SheetCreate


async def issue_of_apel(
    session: AsyncSession,
    caller: Principal,
    apel_id: UUID,
    body: ApelSheetCreate,
    separator: Separator,
    office: Office,
    *,
    at: datetime,
) -> Sheet:
    """Raises SheetKindNotAllowed, ApelNotFound, ApelCancelled and what `compose` raises."""
    require_kind(caller, body.kind, body.format)
    revision = await conclude(session, apel_id, at=at)
    apel = await get_apel(session, apel_id, at=at)
    if apel.state is ApelState.CANCELLED:
        raise ApelCancelled
    wanted = Wanted(body.kind, body.opd_code, Signatory(**body.signatory.model_dump()))
    made = await compose(session, caller, apel, revision, wanted)
    sheet = _new(caller, body, separator, at=at, apel_id=apel_id)
    return await issue(session, sheet, made, office, by=caller, at=at)


async def ask_for_sheet(
    session: AsyncSession, caller: Principal, body: SheetCreate, separator: Separator, office: Office, *, at: datetime
) -> Sheet:
    """A certificate at once, a recap of a span as a job; raises also DecisionNotFound and what is said of the span."""
    require_kind(caller, body.kind, body.format)
    if body.kind is Kind.CERTIFICATE:
        if body.decision_id is None:
            raise SheetDetailMissing(errors=[FieldError("/decision_id", "missing")])
        made = await _certificate(session, caller, body.decision_id, office, at=at)
        sheet = _new(caller, body, separator, at=at, decision_id=body.decision_id)
        return await issue(session, sheet, made, office, by=caller, at=at)
    return await _ask_for_recap(session, caller, body, separator, at=at)


async def _ask_for_recap(
    session: AsyncSession, caller: Principal, body: SheetCreate, separator: Separator, *, at: datetime
) -> Sheet:
    lacking = [name for name, day in (("from", body.from_date), ("to", body.to_date)) if day is None]
    if body.from_date is None or body.to_date is None:
        raise SheetDetailMissing(errors=[FieldError(f"/{name}", "missing") for name in lacking])
    if body.from_date > body.to_date:
        raise SheetDetailMissing(errors=[FieldError("/to", "value_error")])
    apels = await list_apels_of(session, body.from_date, body.to_date, body.apel_kind, at=at)
    if not apels:
        raise SheetSpanEmpty
    if len(apels) > MOST_APELS:
        raise SheetSpanTooLong(most=MOST_APELS)
    sheet = _new(caller, body, separator, at=at, from_date=body.from_date, to_date=body.to_date)
    session.add(sheet)
    await session.flush()
    payload = {"apel_ids": [str(apel_id) for apel_id in apels], "read": {}}
    await want_job(session, queries.JOB, str(sheet.id), payload, at=at)
    await record(session, caller, "sheets.ask", at=at, target=str(sheet.id), kind=sheet.kind)
    return sheet


def require_kind(caller: Principal, kind: Kind, wanted: Format) -> None:
    if not caller.holds(*ISSUERS[kind]):
        raise SheetKindNotAllowed
    if wanted not in FORMATS[kind]:
        raise SheetFormatUnsuited(formats=", ".join(FORMATS[kind]))


def _new(
    caller: Principal, body: ApelSheetCreate | SheetCreate, separator: Separator, *, at: datetime, **about: Any
) -> Sheet:
    plain: Mapping[str, UUID | date | None] = {"apel_id": None, "decision_id": None, "from_date": None, "to_date": None}
    return Sheet(
        kind=body.kind,
        format=body.format,
        state=State.WAITING,
        code=new_code(),
        asked={"paper": body.paper, "separator": separator, "signatory": body.signatory.model_dump()},
        asked_by=caller.id,
        asked_by_name=caller.name,
        asked_at=at,
        facts={},
        subjects=[],
        **{**plain, **about},
    )


async def _certificate(
    session: AsyncSession, caller: Principal, decision_id: UUID, office: Office, *, at: datetime
) -> Made:
    """From the copy that was frozen when the reward was granted; raises DecisionNotFound where none was."""
    head = Letterhead(office.instansi, office.sample)
    said = await read_certificate(session, caller, decision_id, head, at=at)
    decision = await get_decision(session, caller, decision_id, civil_date(at, zone_of(session)))
    subjects = [decision.asn_id] if decision.asn_id else []
    certificate = Certificate(
        award=said.title,
        name=said.name,
        unit=said.opd_name if subjects else None,
        lines=[line.text for line in said.lines if line.text],
        letter=f"Berdasarkan keputusan nomor {said.letter_no} tanggal {long_date(said.signed_on)}",
        signed=long_date(said.signed_on),
        signatory=said.signatory,
    )
    facts: dict[str, Any] = {
        "title": "Piagam penghargaan",
        "day": said.to_date.isoformat(),
        "revisions": {},
        "totals": None,
    }
    return Made(certificate, facts, subjects, await queries.nips_of_people(session, subjects), said.opd_code)


async def read_file(session: AsyncSession, caller: Principal, sheet_id: UUID, *, at: datetime) -> tuple[Sheet, bytes]:
    """Raises SheetNotFound, SheetRunning, SheetFailed; who read whose data is recorded."""
    sheet = await queries.get_sheet(session, caller, sheet_id)
    if sheet.state != State.ISSUED:
        raise SheetFailed if await queries.has_failed(session, sheet) else SheetRunning
    nips = await queries.nips_of_people(session, sheet.subjects)
    await record(session, caller, "sheets.read", at=at, target=str(sheet.id), nips=nips)
    return sheet, await queries.load_file(session, sheet.id)
