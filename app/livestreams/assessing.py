"""What reported broadcasts come to, from all that is known now: in a fixed number of statements, however many."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.calendar import almanac
from app.calendar.queries import load_days
from app.calendar.rules import Day, Days, HourRules, Hours, hour_rules_on, hours_of_day
from app.calendar.service import ensure_years
from app.calendar.spans import Hold, Span, WorkDay, stretches_of
from app.core.clock import civil_date, civil_day
from app.core.db import zone_of
from app.duty.queries import ConfirmedSpan, list_confirmed_spans
from app.duty.rules import hold_of
from app.duty.shift_queries import RegisteredShift, list_registered
from app.livestreams.forbidding import forbidding_on
from app.livestreams.models import LivestreamIncident
from app.livestreams.permit_queries import list_permits_between
from app.livestreams.queries import IncidentRow, load_tree
from app.livestreams.rules import Assessment, Bound, Broadcast, Platform, Verdict, assess
from app.livestreams.steps import ACTED_UPON
from app.registry.rules import Tree, WorkPattern, ancestors
from app.workdays.judging import keeps_own_hours
from app.workdays.reading import Post, load_posts

_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class DayKnown:
    """One civil day that a broadcast touches, with what decides its hours."""

    work: WorkDay
    hours: Hours | None
    """Of the pattern; None where others decide, or on a day off."""
    rules: HourRules | None
    mark: Day | None
    absence: ConfirmedSpan | None


@dataclass(frozen=True)
class Assessed:
    """A report with all that its verdict rests on."""

    row: IncidentRow
    assessment: Assessment
    days: tuple[DayKnown, ...]
    """Those that it touches."""
    shifts: tuple[RegisteredShift, ...]
    """Those that it touches."""

    @property
    def incident(self) -> LivestreamIncident:
        return self.row.incident

    @property
    def confirmed(self) -> bool:
        """In working hours, and acted upon by somebody who answers for the person."""
        return self.assessment.verdict is Verdict.IN_HOURS and self.incident.phase in ACTED_UPON


class _Known(NamedTuple):
    """What is known of all the people and days at hand."""

    zone: ZoneInfo
    days: Days
    posts: Mapping[UUID, Sequence[Post]]
    absences: Mapping[UUID, Sequence[ConfirmedSpan]]
    shifts: Mapping[UUID, Sequence[RegisteredShift]]
    tree: Tree


async def assess_all(session: AsyncSession, rows: Sequence[IncidentRow]) -> list[Assessed]:
    """Each report with its verdict, in the order given."""
    if not rows:
        return []
    zone = zone_of(session)
    first = civil_date(min(row.incident.started_at for row in rows), zone) - _ONE_DAY
    last = civil_date(max(row.incident.ended_at for row in rows), zone)
    known = await _load_known(session, {row.incident.asn_id for row in rows}, first, last)
    permits = await list_permits_between(session, civil_day(first, zone)[0], civil_day(last, zone)[1])
    bound = {row.incident.id: _bound(row, zone) for row in rows}
    forbidding = await forbidding_on(session, set(bound.values()))
    found = []
    for row in rows:
        days = tuple(_days_known(row.incident, known))
        stretches = [one for day in days for one in stretches_of(day.work, known.days, day.rules, zone)]
        broadcast = _broadcast(row.incident, known)
        assessment = assess(broadcast, stretches, permits, forbidding.get(bound[row.incident.id]))
        touched = (one for one in known.shifts.get(row.incident.asn_id, ()) if _touch(one.span, broadcast.span))
        # The day before is there for a shift that runs over midnight alone.
        found.append(Assessed(row, assessment, days[1:], tuple(touched)))
    return found


async def _load_known(session: AsyncSession, people: Collection[UUID], first: date, last: date) -> _Known:
    zone = zone_of(session)
    await ensure_years(session, first, last)
    return _Known(
        zone=zone,
        days=await load_days(session, first, last),
        posts=await load_posts(session, people, first, last),
        absences=await list_confirmed_spans(session, first, last, people),
        shifts=await list_registered(session, people, civil_day(first, zone)[0], civil_day(last, zone)[1]),
        tree=await load_tree(session),
    )


def _bound(row: IncidentRow, zone: ZoneInfo) -> Bound:
    incident = row.incident
    return Bound(incident.asn_id, row.employment_type, incident.opd_code, civil_date(incident.started_at, zone))


def _broadcast(incident: LivestreamIncident, known: _Known) -> Broadcast:
    return Broadcast(
        asn_id=incident.asn_id,
        opd_codes=frozenset(node.code for node in ancestors(known.tree, incident.opd_code)),
        span=Span(incident.started_at, incident.ended_at),
        day=civil_date(incident.started_at, known.zone),
        platform=Platform(incident.platform),
        url=incident.url,
        account=incident.account,
        live=incident.live,
    )


def _days_known(incident: LivestreamIncident, known: _Known) -> Iterable[DayKnown]:
    """The civil days that a broadcast touches, and the one before them."""
    day = civil_date(incident.started_at, known.zone) - _ONE_DAY
    last = civil_date(incident.ended_at - _INSTANT, known.zone)
    while day <= last:
        yield _day_known(incident.asn_id, day, known)
        day += _ONE_DAY


def _day_known(asn_id: UUID, day: date, known: _Known) -> DayKnown:
    post = next((one for one in known.posts.get(asn_id, ()) if one.from_date <= day <= one.to_date), None)
    absence = _absence_on(known.absences.get(asn_id, ()), day)
    own = post is None or keeps_own_hours(post.employment_type, post.pattern)
    pattern = WorkPattern.SHIFT if post is None or own else post.pattern
    shifts = (one.span for one in known.shifts.get(asn_id, ()) if civil_date(one.span.starts_at, known.zone) == day)
    hold = hold_of(absence.code) if absence else Hold.HOURS
    work = WorkDay(day, pattern, hold, tuple(shifts))
    rules = hour_rules_on(almanac.list_hour_rules(), day)
    by_pattern = hold is Hold.HOURS and not work.shifts
    hours = hours_of_day(day, known.days, pattern, rules) if rules and by_pattern else None
    return DayKnown(work, hours, rules, known.days.get(day), absence)


def _absence_on(spans: Sequence[ConfirmedSpan], day: date) -> ConfirmedSpan | None:
    """Confirmed ones never overlap and are in order."""
    place = bisect_right(spans, day, key=lambda span: span.from_date)
    return spans[place - 1] if place and spans[place - 1].to_date >= day else None


def _touch(one: Span, other: Span) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
