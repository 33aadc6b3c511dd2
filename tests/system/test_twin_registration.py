"""Personal links, made by the service at the twin and used by people who type what they like: each is who the link was
made for, and nobody else."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.apel.models import Apel
from app.core.bulk import upsert_rows
from app.core.db import act_as
from app.core.ids import new_id
from app.core.jobs import Job, JobState
from app.core.principal import Grant, Principal, Role
from app.demo.zoom_twin.cast import Who
from app.duty.models import Absence
from app.zoom.apel_schemas import PrepareWrite
from app.zoom.models import ZoomRegistrant
from app.zoom.preparing import JOB, find_meeting, prepare_zoom
from tests.demo.twin import WORST
from tests.make import NOBODY
from tests.system.held import MINUTE, Regency
from tests.system.reported import differences_of, report_some

pytestmark = pytest.mark.system
Do = Callable[[Coroutine[Any, Any, Any]], Any]
NUMBER = 3
SUNDAY = timedelta(hours=12)


async def _order_elsewhere(regency: Regency, apel: Apel) -> None:
    """Everybody who will come alone works elsewhere on that day."""
    absences = [
        {"id": new_id(), "asn_id": person.asn_id, "code": "WFA", "from_date": apel.on_date, "to_date": apel.on_date}
        | {"state": "confirmed", "proposed_by": NOBODY, "proposed_at": regency.now, "version": 1}
        for person in regency.comers(NUMBER)
    ]
    async with regency.sessions.begin() as session:
        await upsert_rows(session, Absence, absences)


async def _prepare(regency: Regency, apel: Apel) -> str:
    """The number that Zoom made, when everybody has a link."""
    kominfo = Principal(uuid4(), "kominfo", (Grant(Role.KOMINFO, None, None),))
    async with regency.sessions.begin() as session:
        await act_as(session)
        body = PrepareWrite(mode="registration")
        await prepare_zoom(session, kominfo, apel.id, body, connected=True, at=regency.now)
    for _ in range(100):
        await regency.turn()
        async with regency.sessions() as session:
            job = await session.scalar(select(Job).where(Job.kind == JOB))
            meeting = await find_meeting(session, apel.id)
        assert job is not None
        assert job.state != JobState.FAILED, job.last_error
        if job.state == JobState.DONE:
            assert meeting is not None
            return str(meeting.meeting_id)
        regency.now = max(regency.now, job.due_at)
    pytest.fail("preparing came to no end")


async def _links(regency: Regency, apel: Apel) -> dict[Who, str]:
    """As the service handed them out."""
    async with regency.sessions() as session:
        rows = (await session.scalars(select(ZoomRegistrant).where(ZoomRegistrant.apel_id == apel.id))).all()
    return {
        Who(row.subject_kind, str(row.asn_id or row.opd_code)): row.registrant_id for row in rows if row.registrant_id
    }


async def _hold(regency: Regency) -> tuple[list[str], dict[Who, str], set[Who]]:
    async with regency.opened():
        apel = await regency.schedule(NUMBER, meeting_ids=[])
        regency.now = apel.starts_at - SUNDAY
        await _order_elsewhere(regency, apel)
        number = await _prepare(regency, apel)
        links = await _links(regency, apel)
        held = regency.expect(apel, NUMBER, meeting_id=number, links=links)
        await regency.pass_to(held, apel.starts_at + 10 * MINUTE)
        claims = await report_some(regency, held)
        await regency.hold(held)
        sat = {stay.guest.sits for stay in held.story.stays if stay.guest.sits is not None}
        return await differences_of(regency, held, claims), links, sat


def test_with_personal_links_everybody_is_recognised_whatever_they_type(run: Do, own_url: str, tmp_path: Path) -> None:
    regency = Regency(own_url, tmp_path, WORST, units=12, each=8)
    wrong, links, sat = run(_hold(regency))
    assert wrong == []
    assert sat <= set(links)
    offices, comers = set(regency.cast.offices), {person.asn_id for person in regency.comers(NUMBER)}
    assert set(links) == {Who("room", code) for code in offices} | {Who("person", asn_id) for asn_id in comers}
    made = [meeting.number for meeting in regency.account.meetings.values() if meeting.registrants]
    assert len(made) == 1, "one meeting, however often Zoom stumbled"
