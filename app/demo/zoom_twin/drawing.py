"""A meeting drawn from a seed: the same seed, the same people in the same seconds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from app.demo.zoom_twin.cast import Cast, Person, Who
from app.demo.zoom_twin.events import HOST, HOST_EMAIL, make_uuid
from app.demo.zoom_twin.faults import Faults
from app.demo.zoom_twin.guests import Guests
from app.demo.zoom_twin.story import Guest, Leaving, Plan, Run, Stay, Story

SHORTEST = timedelta(seconds=5)
"""Nobody joins and leaves in the same second: a duration of 0 in a report means that it is not ready."""
PATIENCE = 3
"""Attempts of somebody who finds every seat taken."""
HOSTING = Guest("Operator Zoom", None, email=HOST_EMAIL, account=HOST, operator=True)


class Visit(NamedTuple):
    """A guest means to be there from a moment to a moment."""

    guest: Guest
    since: datetime
    until: datetime


def draw_story(
    cast: Cast,
    plan: Plan,
    comers: Sequence[Person],
    faults: Faults,
    number: int = 0,
    *,
    links: Mapping[Who, str] = MappingProxyType({}),
) -> Story:
    """The meeting with this number; `comers` try to take part on a device of their own, some by a personal link."""
    draw = Random(faults.first_seed + number)  # noqa: S311 — the same meeting every time
    runs = list(_draw_runs(draw, plan, faults))
    visits = list(_visits(draw, plan, Guests(draw, cast, faults, links), cast, comers, faults))
    stays: list[Stay] = []
    for run in runs:
        stays += _draw_stays(draw, run, _of_run(draw, run, plan, visits), faults)
    seated, turned_away = _seat(stays, faults.line.seats)
    return Story(plan, runs, seated, turned_away)


def _draw_runs(draw: Random, plan: Plan, faults: Faults) -> Iterator[Run]:
    """A sound check, the meeting in one or two pieces, another meeting in the afternoon."""
    shares = faults.runs

    def run(start: datetime, end: datetime, *, counts: bool = True, has_report: bool = True) -> Run:
        return Run(make_uuid(draw, slashed=draw.random() < shares.slashes), start, end, counts, has_report)

    if draw.random() < shares.sound_check:
        start = plan.starts_at - _seconds(draw, 2400, 3300)
        lone = draw.random() < shares.lone_sound_check
        yield run(start, start + _seconds(draw, 200, 600), has_report=not lone)
    late = draw.random() < shares.late_start
    start = plan.starts_at + _seconds(draw, 30, 240) if late else plan.starts_at - _seconds(draw, 400, 1500)
    end = plan.ends_at + _seconds(draw, 20, shares.overrun_seconds)
    if draw.random() < shares.restart:
        broken = plan.starts_at + (plan.ends_at - plan.starts_at) * draw.uniform(0.2, 0.8)
        broken = broken.replace(microsecond=0)
        yield run(start, broken)
        start = broken + _seconds(draw, 40, 180)
    yield run(start, end)
    if draw.random() < shares.another:
        start = plan.ends_at + _seconds(draw, 4 * 3600, 6 * 3600)
        yield run(start, start + _seconds(draw, 1200, 2400), counts=False)


def _visits(
    draw: Random, plan: Plan, guests: Guests, cast: Cast, comers: Sequence[Person], faults: Faults
) -> Iterator[Visit]:
    for office in cast.offices.values():
        if draw.random() >= faults.rooms.absent:
            visit = _visit(draw, plan, guests.room(office), late=faults.rooms.late, early=0.02)
            yield visit
            if draw.random() < faults.rooms.second_device:
                yield visit._replace(guest=guests.room(office))
    for person in comers:
        if draw.random() >= faults.people.absent:
            visit = _visit(draw, plan, guests.person(person), late=faults.people.late, early=faults.people.early)
            yield visit
            if draw.random() < faults.people.second_device:
                yield visit._replace(since=visit.since + _seconds(draw, 0, 300))
    for guest in guests.strangers():
        yield _visit(draw, plan, guest, late=0.5, early=0.5)


def _visit(draw: Random, plan: Plan, guest: Guest, *, late: float, early: float) -> Visit:
    since = plan.starts_at - _seconds(draw, 10, 1200)
    if draw.random() < late:
        since = plan.starts_at + _seconds(draw, 5, 900)
    until = plan.ends_at + timedelta(hours=2)
    if draw.random() < early:
        until = max(since, plan.starts_at) + _seconds(draw, 30, 1500)
    return Visit(guest, since, until)


def _of_run(draw: Random, run: Run, plan: Plan, visits: Sequence[Visit]) -> Iterator[Visit]:
    """Who means to be in this run. A sound check and a meeting of the afternoon have a few, under the same names."""
    yield Visit(HOSTING, run.start, run.end)
    if not run.has_report:
        return
    if run.end <= plan.starts_at or not run.counts:
        for visit in draw.sample(visits, min(len(visits), 8)):
            yield visit._replace(since=run.start + _seconds(draw, 1, 60), until=run.end)
        return
    for visit in visits:
        since = max(visit.since, run.start + _seconds(draw, 0, 90))
        yield visit._replace(since=since, until=min(visit.until, run.end))


def _draw_stays(draw: Random, run: Run, visits: Iterable[Visit], faults: Faults) -> Iterator[Stay]:
    line = faults.line
    for visit in visits:
        join, until, uuid = visit.since, visit.until, _new_uuid(draw, line.no_uuid)
        drops = line.drop if visit.guest is not HOSTING else 0.0
        while until - join >= SHORTEST:
            leave, by = until, Leaving.ENDED if until == run.end else Leaving.LEFT
            if draw.random() < drops and until - join > timedelta(seconds=60):
                leave, by = join + _seconds(draw, 20, int((until - join).total_seconds()) - 1), Leaving.NETWORK
            waits = visit.guest is not HOSTING and draw.random() < line.waiting_room
            since = max(run.start, join - _seconds(draw, 3, line.waiting_seconds)) if waits else None
            yield Stay(visit.guest, run, _new_user_id(draw), uuid, join, leave, by, since)
            join, drops = leave + _seconds(draw, 3, line.back_seconds), drops / 2
            if by is not Leaving.NETWORK:
                break
            if draw.random() >= line.same_uuid:
                uuid = _new_uuid(draw, line.no_uuid)


def _seat(stays: Iterable[Stay], seats: int) -> tuple[list[Stay], int]:
    """Who finds every seat taken tries again twice, half a minute later."""
    seated: list[Stay] = []
    taken: dict[str, list[datetime]] = defaultdict(list)
    turned_away = 0
    waiting = sorted((stay.join, number, 1, stay) for number, stay in enumerate(stays))
    while waiting:
        join, number, tries, stay = heappop(waiting)
        leaving = taken[stay.run.uuid]
        while leaving and leaving[0] <= join:
            heappop(leaving)
        if len(leaving) < seats:
            heappush(leaving, stay.leave)
            seated.append(replace(stay, join=join))
            continue
        turned_away += 1
        again = join + timedelta(seconds=30)
        if tries < PATIENCE and stay.leave - again >= SHORTEST:
            heappush(waiting, (again, number, tries + 1, stay))
    return seated, turned_away


def _seconds(draw: Random, least: int, most: int) -> timedelta:
    return timedelta(seconds=draw.randint(least, max(least, most)))


def _new_user_id(draw: Random) -> str:
    """A number inside the meeting; the first ones recur for strangers."""
    return str(16_778_240 + draw.randrange(1 << 14) * 1024)


def _new_uuid(draw: Random, missing: float) -> str:
    return "" if draw.random() < missing else str(UUID(int=draw.getrandbits(128), version=4)).upper()
