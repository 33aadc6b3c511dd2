"""The state of an apel and the window in which it was held: a pure function of occurrences, acts and time.

Nothing of this is stored, so that the order in which facts arrive never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from app.apel.rules import Act, ApelKind, ApelState, past_window
from app.apel.runs import OccurrenceSpan, Plan

WITHOUT_ZOOM = timedelta(minutes=60)
"""An apel that Zoom says nothing about closes so long after its planned end."""


@dataclass(frozen=True)
class PersonAct:
    """What a person did, in the order in which it was done (`seq`)."""

    seq: int
    act: Act
    at: datetime


@dataclass(frozen=True)
class Timeline:
    state: ApelState
    since: datetime | None
    """When the state began; None: it never left `scheduled`."""
    closed_by_person: bool
    held_from: datetime | None
    held_to: datetime | None
    held_seconds: int
    """The part of the held window in which a meeting ran; without Zoom, all of it."""


class _Kind(IntEnum):
    """Happenings of one instant, in the order in which they count; a person has the last word."""

    START = 1
    END = 2
    AUTO_OPEN = 3
    AUTO_CLOSE = 4
    ACT = 5


@dataclass(frozen=True, order=True)
class _Happening:
    at: datetime
    kind: _Kind
    seq: int = 0
    key: str = ""


@dataclass
class _Fold:
    starts_at: datetime
    state: ApelState = ApelState.SCHEDULED
    since: datetime | None = None
    by_person: bool = False
    """Closed by a person: no meeting reopens it."""
    opened_by_person: datetime | None = None
    kept_open: bool = False
    """A person reopened it: the clock alone does not close it again."""
    closed_at: datetime | None = None
    ended_by_person: bool = False
    """A person, not a meeting's end or the clock, ended the held window."""

    def move(self, state: ApelState, at: datetime, *, by_person: bool = False) -> None:
        if state is self.state:
            return
        if self.state is ApelState.OPEN and past_window(state):
            self.closed_at, self.ended_by_person = at, by_person
        self.state, self.since = state, at

    def start(self, at: datetime) -> None:
        if self.state is ApelState.SCHEDULED or (self.state is ApelState.CLOSED and not self.by_person):
            self.move(ApelState.OPEN, at)

    def end(self, at: datetime) -> None:
        if self.state is ApelState.OPEN:
            self.move(ApelState.CLOSED, at)

    def act(self, act: Act, at: datetime) -> None:
        if act is Act.OPEN or (act is Act.REOPEN and self.state is not ApelState.FINAL):
            if self.state is ApelState.SCHEDULED:
                self.opened_by_person = at
            self.by_person, self.kept_open = False, self.state is ApelState.CLOSED
            self.move(ApelState.OPEN, at)
        elif act in {Act.CLOSE, Act.REOPEN}:
            self.by_person = True
            self.move(ApelState.CLOSED, at, by_person=True)
        else:
            self.move(ApelState.FINAL if act is Act.FINALIZE else ApelState.CANCELLED, at, by_person=True)


def _standing(acts: Iterable[PersonAct]) -> list[PersonAct]:
    """The acts without cancellations that were taken back."""
    standing: list[PersonAct] = []
    for act in sorted(acts, key=lambda act: act.seq):
        if act.act is Act.REOPEN and standing and standing[-1].act is Act.CANCEL:
            standing.pop()
        else:
            standing.append(act)
    return standing


def _end(plan: Plan, span: OccurrenceSpan) -> datetime:
    return min(span.end or plan.limit, plan.limit)


def _silent(plan: Plan, spans: Sequence[OccurrenceSpan]) -> bool:
    """No meeting ran between the planned start and end: a sound check alone says nothing."""
    return not any(span.start < plan.ends_at and _end(plan, span) > plan.starts_at for span in spans)


def _happenings(plan: Plan, spans: Sequence[OccurrenceSpan], acts: Iterable[PersonAct]) -> list[_Happening]:
    found = [_Happening(act.at, _Kind.ACT, act.seq, act.act) for act in acts]
    for span in spans:
        found.append(_Happening(max(span.start, plan.opens), _Kind.START, key=span.uuid))
        found.append(_Happening(max(_end(plan, span), plan.opens), _Kind.END, key=span.uuid))
    if _silent(plan, spans):
        opens = plan.ends_at if plan.meeting_ids else plan.starts_at
        found.append(_Happening(opens, _Kind.AUTO_OPEN))
        found.append(_Happening(plan.ends_at + WITHOUT_ZOOM, _Kind.AUTO_CLOSE))
    return sorted(found)


def fold_state(plan: Plan, spans: Sequence[OccurrenceSpan], acts: Iterable[PersonAct], now: datetime) -> Timeline:
    """State and held window at `now`, from what happened until then.

    `spans` are the apel's own occurrences. A meeting opens the apel, before its time too, and reopens one that closed
    by itself; its end after `starts_at` closes it when no other runs. What a person did wins.
    """
    fold = _Fold(plan.starts_at)
    running: set[str] = set()
    for happening in _happenings(plan, spans, _standing(act for act in acts if act.at <= now)):
        if happening.at <= now:
            _apply(fold, running, happening)
    held_from, held_to, seconds = _held(plan, spans, fold, now)
    return Timeline(fold.state, fold.since, fold.by_person, held_from, held_to, seconds)


def _apply(fold: _Fold, running: set[str], happening: _Happening) -> None:
    kind, at = happening.kind, happening.at
    if kind is _Kind.START:
        running.add(happening.key)
        fold.start(at)
    elif kind is _Kind.END:
        running.discard(happening.key)
        if at > fold.starts_at and not running:
            fold.end(at)
    elif kind is _Kind.AUTO_OPEN:
        if fold.state is ApelState.SCHEDULED:
            fold.start(at)
    elif kind is _Kind.AUTO_CLOSE:
        if not running and not fold.kept_open:
            fold.end(at)
    else:
        fold.act(Act(happening.key), at)


def _held(
    plan: Plan, spans: Sequence[OccurrenceSpan], fold: _Fold, now: datetime
) -> tuple[datetime | None, datetime | None, int]:
    if fold.state in {ApelState.SCHEDULED, ApelState.CANCELLED}:
        return None, None, 0
    over = past_window(fold.state)
    until = fold.closed_at if over and fold.closed_at else now
    ran = [(max(span.start, plan.starts_at), min(_seen_end(plan, span, over=over), until)) for span in spans]
    ran = [(start, end) for start, end in ran if start < end]
    begin = min((start for start, _ in ran), default=max(plan.starts_at, fold.opened_by_person or plan.starts_at))
    if over and ran and not fold.ended_by_person:
        until = max(end for _, end in ran)
    if begin >= until:
        return None, None, 0
    seconds = union_seconds(ran) if ran else int((until - begin).total_seconds())
    return begin, until if over else None, seconds


def _seen_end(plan: Plan, span: OccurrenceSpan, *, over: bool) -> datetime:
    """A lost end says nothing about when the ceremony ended; what was seen, and the plan, do."""
    if over and (span.end is None or span.end_lost):
        return min(max(span.last_seen, plan.ends_at), _end(plan, span))
    return _end(plan, span)


def next_instant(
    plan: Plan, spans: Iterable[OccurrenceSpan], report_deadline: datetime, now: datetime
) -> datetime | None:
    """The next moment at which time alone may change an apel's state, window, runs or `due`; None: never again.

    Zoom's clock may run ahead of ours, so that a run's own times lie in the future too. Not for what `runs_with_time`.
    """
    limits = [plan.opens, plan.starts_at, plan.ends_at, plan.ends_at + WITHOUT_ZOOM, plan.limit, report_deadline]
    limits += [time for span in spans for time in (span.start, span.end) if time is not None]
    return min((instant for instant in limits if instant > now), default=None)


def runs_with_time(state: ApelState, held_from: datetime | None, held_to: datetime | None, now: datetime) -> bool:
    """Whether the window is another one at the next moment already: it opens at this very instant, or ends with now."""
    return held_to == now or (state is ApelState.OPEN and held_from is None)


def own_as_known(
    plan: Plan, spans: Iterable[OccurrenceSpan], line: Timeline, now: datetime
) -> tuple[OccurrenceSpan, ...]:
    """The runs as they count at `now`: one whose end was lost has ended at the latest when the apel's time was up.

    That is a gap, unless the run was seen to outlast a window that a person had closed.
    """
    return tuple(_known(plan, span, line, now) for span in spans)


def _known(plan: Plan, span: OccurrenceSpan, line: Timeline, now: datetime) -> OccurrenceSpan:
    if span.end is not None:
        return replace(span, end=min(span.end, plan.limit)) if span.end_lost else span
    if now < plan.limit:
        return span
    outlasted = line.closed_by_person and line.held_to is not None and span.last_seen >= line.held_to
    return replace(span, end=plan.limit, end_lost=True, gap=span.gap or not outlasted)


def union_seconds(intervals: Iterable[tuple[datetime, datetime]]) -> int:
    """Seconds covered by at least one interval."""
    total, reached = timedelta(), None
    for start, end in sorted(intervals):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
            reached = end
    return int(total.total_seconds())


@dataclass(frozen=True)
class ApelNow:
    """An apel as it stands at one moment: what was planned, and what follows from the facts until then."""

    id: UUID
    kind: ApelKind
    title: str
    on_date: date
    starts_at: datetime
    ends_at: datetime
    report_deadline: datetime
    zoom_meeting_ids: tuple[str, ...]
    opd_codes: tuple[str, ...] | None
    led_by: str | None
    rehearsal: bool
    roster_frozen_at: datetime | None
    created_by: UUID
    created_at: datetime
    version: int
    state: ApelState
    state_since: datetime
    closed_by_person: bool
    held_from: datetime | None
    held_to: datetime | None
    """None while it is being held."""
    held_seconds: int
    occurrences: tuple[OccurrenceSpan, ...]
    due: bool
    """Window and report deadline have passed: attendance can be concluded."""
