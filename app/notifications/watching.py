"""What nobody writes down because time alone makes it so: found by looking, and announced once.

A deadline comes near, an apel closes by its meeting's end, scores become final. Only what somebody listens for is
looked for, and only at apels of these days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.loading import load_apels, not_cancelled, select_apels
from app.apel.models import Apel, ApelAct
from app.apel.rules import Act, ApelState, past_window
from app.apel.timeline import ApelNow
from app.attendance.queries import get_conclusion
from app.attendance.service import conclude
from app.core.clock import Clock
from app.core.db import OpenSession, act_as, lock_key, zone_of
from app.core.events import Event
from app.core.outbox import Announcement, announce
from app.core.ticker import each_apart
from app.notifications.payloads import (
    ApelClosedData,
    ApelData,
    FindingNamed,
    FindingToReviewData,
    ReportMissingData,
    ScoresFinalData,
)
from app.notifications.queries import Wanted, list_wanted
from app.notifications.rules import closings, finals, has_settled
from app.notifications.standing import (
    WATCHER,
    count_scored,
    ids_of,
    list_to_review,
    names_of,
    read_stand,
)
from app.notifications.texts import Tongue, say_closed, say_final, say_to_review
from app.reports.missing import list_missing

BACK, AHEAD = timedelta(days=7), timedelta(days=1)
"""Apels that begin so long ago or so soon are looked at: an outage of a week loses nothing."""

NEWS = timedelta(hours=24)
"""That an apel closed is none after a day, and no group wants to read it then."""


@dataclass(frozen=True)
class Look:
    """One apel, looked at for what somebody wants to hear."""

    session: AsyncSession
    apel: ApelNow
    wanted: Wanted
    acts: Sequence[Act]
    at: datetime

    @property
    def tongue(self) -> Tongue:
        return Tongue("id", zone_of(self.session))

    @property
    def about(self) -> dict[str, Any]:
        return {"apel_id": self.apel.id, "on_date": self.apel.on_date, "kind": self.apel.kind}

    async def said(self, event: Event, about: str) -> bool:
        key = select(Announcement.id).where(Announcement.key == f"{event}:{about}")
        return (await self.session.scalar(key)) is not None

    async def say(self, event: Event, about: str, data: ApelData, **times: datetime | None) -> None:
        await announce(self.session, event, about, data.model_dump(mode="json"), at=self.at, **times)


async def watch_apels(open_session: OpenSession, clock: Clock) -> bool:
    """One round of the background loop; an apel that cannot be looked at stops no other."""
    at = clock()
    async with open_session.begin() as session:
        await act_as(session)
        wanted = await list_wanted(session)
        around = Apel.starts_at.between(at - BACK, at + AHEAD)
        query = select_apels().where(around, Apel.rehearsal.is_(False), not_cancelled())
        apels = await load_apels(session, query, at=at) if wanted.anything else []

    async def look(session: AsyncSession, apel: ApelNow) -> None:
        key = lock_key("announce", apel.id)
        if await session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            acts = select(ApelAct.act).where(ApelAct.apel_id == apel.id).order_by(ApelAct.id)
            done = [Act(act) for act in await session.scalars(acts)]
            await _look_at(Look(session, apel, wanted, done, at))

    await each_apart(open_session, apels, look)
    return False


async def _look_at(look: Look) -> None:
    events = look.wanted.events
    if Event.REPORT_MISSING in events:
        for minutes in look.wanted.minutes:
            await _tell_missing(look, minutes)
    if Event.APEL_CLOSED in events:
        await _tell_closed(look)
    if Event.FINDING_TO_REVIEW in events:
        await _tell_findings(look)
    if Event.SCORES_FINAL in events:
        await _tell_final(look)


async def _tell_missing(look: Look, minutes: int) -> None:
    """Once per deadline and span; a deadline that was moved is another one."""
    deadline = look.apel.report_deadline
    if not deadline - timedelta(minutes=minutes) <= look.at < deadline or look.apel.state is ApelState.FINAL:
        return
    about = f"{look.apel.id}:{int(deadline.timestamp())}:{minutes}"
    if await look.said(Event.REPORT_MISSING, about):
        return
    missing = await list_missing(look.session, WATCHER, look.apel.id, at=look.at)
    if missing.items:
        codes = [item.opd_code for item in missing.items]
        times = {"minutes_before": minutes, "report_deadline": deadline}
        data = ReportMissingData(**look.about, **times, opd_codes=codes, text=missing.text)
        await look.say(Event.REPORT_MISSING, about, data, useful_until=deadline)


async def _tell_closed(look: Look) -> None:
    apel = look.apel
    if not past_window(apel.state) or not has_settled(apel.state_since, look.at, by_person=apel.closed_by_person):
        return
    about, closed_at = f"{apel.id}:{closings(look.acts)}", apel.held_to or apel.state_since
    if look.at - closed_at > NEWS or await look.said(Event.APEL_CLOSED, about):
        return
    stand = await read_stand(look.session, apel.id, at=look.at)
    text = say_closed(look.tongue, apel, stand)
    data = ApelClosedData(**look.about, reported=stand.reported, called=stand.called, text=text)
    await look.say(Event.APEL_CLOSED, about, data, happened_at=closed_at, useful_until=closed_at + NEWS)


async def _tell_findings(look: Look) -> None:
    """Per OPD what was not told before; a finding that goes and comes again is told once."""
    if not look.apel.due:
        return
    session, apel = look.session, look.apel
    await conclude(session, apel.id, at=look.at)
    found = await list_to_review(session, apel.id)
    told = await _told_findings(session, apel.id)
    names: dict[str, str] | None = None
    for opd_code, findings in found.items():
        new = [finding for finding in findings if str(finding.id) not in told]
        if not new:
            continue
        names = names or await names_of(session, apel)
        digest = blake2b(" ".join(ids_of(new)).encode(), digest_size=8).hexdigest()
        data = FindingToReviewData(
            **look.about,
            opd_code=opd_code,
            findings=[FindingNamed.model_validate(one) for one in new],
            text=say_to_review(look.tongue, apel, names.get(opd_code, opd_code), new),
        )
        happened = (await get_conclusion(session, apel.id)).changed_at
        await look.say(Event.FINDING_TO_REVIEW, f"{apel.id}:{opd_code}:{digest}", data, happened_at=happened)


async def _told_findings(session: AsyncSession, apel_id: UUID) -> set[str]:
    begins = func.starts_with(Announcement.key, f"{Event.FINDING_TO_REVIEW}:{apel_id}:")
    rows = await session.scalars(select(Announcement.data).where(begins))
    return {finding["id"] for data in rows for finding in data["findings"]}


async def _tell_final(look: Look) -> None:
    apel = look.apel
    about = f"{apel.id}:{finals(look.acts)}"
    if apel.state is not ApelState.FINAL or await look.said(Event.SCORES_FINAL, about):
        return
    scored = await count_scored(look.session, apel.id, at=look.at)
    stand = await read_stand(look.session, apel.id, at=look.at)
    data = ScoresFinalData(**look.about, scored=scored, text=say_final(look.tongue, apel, stand, scored))
    await look.say(Event.SCORES_FINAL, about, data, happened_at=apel.state_since)
