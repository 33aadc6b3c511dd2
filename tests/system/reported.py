"""Reports of a few offices beside what Zoom saw, and attendance beside the truth."""

from random import Random
from uuid import uuid4

from sqlalchemy import select

from app.attendance.models import Conclusion, Finding, Mark
from app.attendance.rules import FindingCode
from app.core.db import act_as
from app.core.jobs import JobState
from app.core.principal import Grant, Principal, Role
from app.evidence.models import Participant
from app.reports.schemas import ReportWrite
from app.reports.service import submit_report
from tests.system.compared import Claims, blamed, differences
from tests.system.held import Held, Regency

REPORTING = 6
"""Offices that report; about the others only Zoom says anything, so that every wrong mark shows."""


async def report_some(regency: Regency, held: Held) -> Claims:
    """A few offices report: who takes part alone as WFA, two people as unexplained, one of them one who came."""
    draw = Random(held.number)
    units = draw.sample(list(regency.cast.offices), REPORTING)
    came = {person.asn_id for person in held.comers}
    wfa, unexplained = set[str](), set[str]()
    for code in units:
        people = [person.asn_id for person in regency.cast.people if person.unit == code]
        alone = [asn_id for asn_id in people if asn_id in came]
        missing = {*alone[:1], *[asn_id for asn_id in people if asn_id not in came][:1]}
        wfa |= {*alone} - missing
        unexplained |= missing
        await _submit(regency, held, code, people, {*alone} - missing, missing)
    return Claims(frozenset(units), frozenset(wfa), frozenset(unexplained))


async def _submit(regency: Regency, held: Held, code: str, people: list[str], wfa: set[str], missing: set[str]) -> None:
    entries = [{"asn_id": asn_id, "status": "H", "mode": "wfa"} for asn_id in sorted(wfa)]
    entries += [{"asn_id": asn_id, "status": "TK"} for asn_id in sorted(missing)]
    present = len(people) - len(missing)
    body = ReportWrite.model_validate(
        {
            "strength": len(people),
            "present": {"wfo": present - len(wfa), "wfa": len(wfa)},
            "excused": {},
            "unexplained": len(missing),
            "entries_are": "exceptions",
            "entries": entries,
        }
    )
    operator = Principal(uuid4(), f"operator.{code}", (Grant(Role.OPD_OPERATOR, code, frozenset({code})),))
    async with regency.sessions.begin() as session:
        await act_as(session)
        await submit_report(session, operator, held.id, code, body, at=regency.now)


async def differences_of(regency: Regency, held: Held, claims: Claims) -> list[str]:
    async with regency.sessions() as session:
        participants = (await session.scalars(select(Participant).where(Participant.apel_id == held.id))).all()
        marks = (await session.scalars(select(Mark).where(Mark.apel_id == held.id))).all()
        gap = await session.scalar(select(Conclusion.gap).where(Conclusion.apel_id == held.id))
        unseen = select(Finding.asn_id).where(
            Finding.apel_id == held.id, Finding.code == FindingCode.WFA_WITHOUT_PRESENCE
        )
        found_unseen = {str(asn_id) for asn_id in await session.scalars(unseen)}
    job = await regency.job(held)
    found = differences(held.story, participants, marks, claims)
    if job is None or job.state != JobState.DONE:
        found.append(f"report: {job and (job.state, job.last_error, job.progress)}")
    full = held.story.peak >= regency.faults.line.seats
    if gap != full:
        found.append(f"a gap is {gap}; at most {held.story.peak} were in, {held.story.turned_away} turned away")
    if found_unseen != (truly := blamed(held.story, claims, gap=full)):
        found.append(f"without presence: {found_unseen ^ truly}")
    if len(marks) != len(regency.people):
        found.append(f"{len(marks)} marks for {len(regency.people)} people")
    return found
