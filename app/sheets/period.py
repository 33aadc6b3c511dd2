"""The recap of a span as a job: one apel a turn, since each may have to be concluded first; then the sheet is issued.

A turn's reading and its progress are one transaction, so that a process that ends goes on where it stood.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import load_apels, select_apels
from app.apel.models import Apel
from app.apel.queries import get_apel
from app.apel.rules import ApelKind, ApelState
from app.attendance.models import Conclusion, Tally
from app.attendance.queries import list_tallies
from app.attendance.rates import rate_of
from app.attendance.service import conclude
from app.core.jobs import Again, Done, GivenUp, Job, Turn
from app.core.principal import SYSTEM
from app.registry.models import Opd
from app.sheets.composing import Made
from app.sheets.document import Signatory
from app.sheets.figures import excused_of
from app.sheets.issuing import issue
from app.sheets.matrix import ApelRead, Named, Point, matrix_document
from app.sheets.models import Sheet
from app.sheets.rules import Office, State

MOST_APELS = 120
"""Two years of Mondays, and the special sessions."""
_HELD = frozenset({ApelState.OPEN, ApelState.CLOSED, ApelState.FINAL})


async def list_apels_of(session: AsyncSession, first: date, last: date, kind: ApelKind, *, at: datetime) -> list[UUID]:
    """The apels of a span that were held, rehearsals left out."""
    query = select_apels().where(Apel.on_date.between(first, last), Apel.kind == kind, Apel.rehearsal.is_(False))
    found = await load_apels(session, query.order_by(Apel.starts_at, Apel.id).limit(MOST_APELS * 2), at=at)
    return [apel.id for apel in found if apel.state in _HELD]


async def make_recap(session: AsyncSession, job: Job, office: Office, at: datetime) -> Turn:
    """One turn: read one apel; when all are read, issue."""
    sheet = await session.get(Sheet, UUID(job.key), populate_existing=True)
    if sheet is None:
        return GivenUp("sheet-not-found")
    if sheet.state == State.ISSUED:
        return Done()
    wanted, read = job.payload["apel_ids"], dict(job.payload["read"])
    left = [apel_id for apel_id in wanted if apel_id not in read]
    if left:
        read[left[0]] = await _read_apel(session, UUID(left[0]), at=at)
        progress = {"step": "reading", "done": len(read), "total": len(wanted)}
        return Again(payload={"apel_ids": wanted, "read": read}, progress=progress)
    made = await _compose(session, sheet, [read[apel_id] for apel_id in wanted], wanted)
    await issue(session, sheet, made, office, by=SYSTEM, at=at)
    return Done({"step": "issued", "done": len(wanted), "total": len(wanted)})


async def _read_apel(session: AsyncSession, apel_id: UUID, *, at: datetime) -> dict[str, Any]:
    revision = await conclude(session, apel_id, at=at)
    apel = await get_apel(session, apel_id, at=at)
    # Where the policy asked nobody to come, nobody was silent.
    asks = await session.scalar(select(Conclusion.no_apel).where(Conclusion.apel_id == apel_id)) is None
    points = {tally.opd_code: asdict(_point(tally)) for tally in await list_tallies(session, apel_id) if asks}
    return {
        "on_date": apel.on_date.isoformat(),
        "kind": apel.kind,
        "revision": revision,
        "final": apel.state is ApelState.FINAL,
        "points": points,
    }


def _point(tally: Tally) -> Point:
    rate = rate_of([tally])
    silent = tally.report_state == "missing"
    return Point(rate.numerator, rate.denominator, tally.strength, silent, 0 if silent else excused_of(tally))


async def _compose(session: AsyncSession, sheet: Sheet, read: list[Mapping[str, Any]], apel_ids: list[str]) -> Made:
    apels = [
        ApelRead(
            date.fromisoformat(one["on_date"]),
            one["revision"],
            one["final"],
            {code: Point(**point) for code, point in one["points"].items()},
        )
        for one in read
    ]
    units = await _list_units(session, {code for apel in apels for code in apel.points})
    first, last = sheet.from_date or apels[0].on_date, sheet.to_date or apels[-1].on_date
    kind = ApelKind(read[0]["kind"])
    document = matrix_document(units, apels, (first, last), kind, Signatory(**sheet.asked["signatory"]))
    facts = {
        "title": document.title,
        "apel_kind": kind,
        "day": last.isoformat(),
        "final": all(apel.final for apel in apels),
        "revisions": {apel_id: apel.revision for apel_id, apel in zip(apel_ids, apels, strict=True)},
        "totals": None,
    }
    return Made(document, facts)


async def _list_units(session: AsyncSession, codes: set[str]) -> list[Named]:
    """In protocol order, those that exist no longer included."""
    asked = select(Opd.code, Opd.name).where(Opd.code == any_(literal(sorted(codes), ARRAY(Text))))
    return [Named(code, name) for code, name in await session.execute(asked.order_by(Opd.protocol_order, Opd.code))]
