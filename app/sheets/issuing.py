"""A sheet becomes a fact: it takes the next number, is rendered with it, and its very bytes are kept.

The bytes are stored and never made again: facts move on, libraries change, and what somebody holds on paper must be
provable against what was handed out.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.principal import Principal
from app.core.texts.dates import clock_time, long_date
from app.sheets.as_certificate import write_certificate
from app.sheets.as_csv import write_csv
from app.sheets.as_pdf import write_pdf
from app.sheets.as_xlsx import write_xlsx
from app.sheets.composing import Made
from app.sheets.document import Certificate, Document
from app.sheets.models import Sheet, SheetFile
from app.sheets.rules import (
    ALPHABET,
    CODE_SIGNS,
    Format,
    Kind,
    Office,
    Paper,
    Seal,
    Separator,
    State,
    number_of,
)

_NEXT = text(
    """
    INSERT INTO sheet_series (year, last) VALUES (:year, 1)
    ON CONFLICT (year) DO UPDATE SET last = sheet_series.last + 1 RETURNING last
    """
)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))


async def issue(
    session: AsyncSession, sheet: Sheet, made: Made, office: Office, *, by: Principal, at: datetime
) -> Sheet:
    """Number, render and keep; whoever issues next waits for this transaction, so that no number is skipped."""
    today = civil_date(at, zone_of(session))
    sheet.opd_code, sheet.revision, sheet.facts = made.opd_code, made.revision, made.facts
    sheet.subjects = sorted(set(made.subjects))
    sheet.year, sheet.sequence = today.year, await session.scalar(_NEXT, {"year": today.year})
    sheet.number = number_of(sheet.sequence or 0, Kind(sheet.kind), office.code, today)
    day = long_date(today)
    moment = f"{day} pukul {clock_time(at, zone_of(session))}"
    seal = Seal(
        instansi=office.instansi,
        number=sheet.number,
        code=sheet.code,
        address=office.address_of(sheet.code),
        day=day,
        issued=f"{moment} oleh {sheet.asked_by_name}",
        sample=office.sample,
    )
    content = await asyncio.to_thread(render, made.document, seal, Format(sheet.format), sheet.asked)
    sheet.sha256, sheet.size = hashlib.sha256(content).hexdigest(), len(content)
    sheet.state, sheet.issued_at = State.ISSUED, at
    session.add(sheet)
    await session.flush()
    session.add(SheetFile(sheet_id=sheet.id, content=content))
    told = {"kind": sheet.kind, "number": sheet.number, "sha256": sheet.sha256, "apel": str(sheet.apel_id or "")}
    await record(session, by, "sheets.issue", at=at, target=str(sheet.id), nips=made.nips, **told)
    await session.flush()
    return sheet


def render(document: Document | Certificate, seal: Seal, kind: Format, asked: dict[str, str]) -> bytes:
    """The file; runs in a thread of its own, since it computes for up to seconds."""
    paper = Paper(asked["paper"])
    if isinstance(document, Certificate):
        return write_certificate(document, seal, paper)
    if kind is Format.PDF:
        return write_pdf(document, seal, paper)
    if kind is Format.XLSX:
        return write_xlsx(document, seal, paper)
    return write_csv(document, seal, Separator(asked["separator"]))
