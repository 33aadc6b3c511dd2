"""How well Zoom can be trusted as a source, as lights that an operator can act on: one code, one page of the guide."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.apel.rules import past_window
from app.apel.timeline import ApelNow
from app.attendance.watching import Watch, is_listed, runs_within
from app.evidence.linking import MADE_UP
from app.evidence.rules import GapKind, GapSeen
from app.zoom.reconciling import PullState

REVALIDATED = timedelta(hours=73)
"""Zoom validates the endpoint every 72 hours."""
FRESH = timedelta(hours=24)
"""What was set aside, not understood or refused is worth a look for a day."""


class LightCode(StrEnum):
    EVENTS = "events"
    ENDPOINT = "endpoint"
    SEATS = "seats"
    CLOCK_SKEW = "clock-skew"
    UNREAD = "unread"
    REPORT = "report"
    MERGED = "merged"
    VALIDATION = "validation"
    CREDENTIALS = "credentials"


class LightState(StrEnum):
    OK = "ok"
    ATTENTION = "attention"
    """Somebody should look when there is time."""
    BAD = "bad"
    """Evidence is missing, or will be."""


@dataclass(frozen=True)
class Light:
    code: LightCode
    state: LightState
    case: str
    """Which of the light's texts applies."""
    since: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What is known about the service's side of the line to Zoom."""

    secrets: bool
    """A webhook secret is set."""
    account: bool
    """Access to Zoom's API is configured."""
    seats: int | None = None
    last_event_at: datetime | None = None
    aside: int = 0
    """Deliveries in quarantine that came lately."""
    aside_at: datetime | None = None
    skew_seconds: int | None = None
    failed: int = 0
    """Events of late that were not understood."""
    validated_at: datetime | None = None
    refused_at: datetime | None = None
    asked_at: datetime | None = None
    access: str | None = None
    """`granted`, or the code of a refusal; None: never asked."""


def lights_of_apel(apel: ApelNow, watch: Watch, report: PullState) -> list[Light]:
    """The lights that are on for one apel, the gravest first, one of a code."""
    return _gravest(_of_apel(apel, watch, report)) if apel.zoom_meeting_ids else []


def _of_apel(apel: ApelNow, watch: Watch, report: PullState) -> Iterator[Light]:
    runs, listed = runs_within(apel), is_listed(apel, watch)
    yield from (_of_gap(gap) for gap in watch.gaps if gap.kind is GapKind.SEATS or not listed)
    if past_window(apel.state) and not runs:
        yield Light(LightCode.EVENTS, LightState.BAD, "unseen", apel.starts_at)
    if any(run.gap for run in apel.occurrences) and not listed:
        yield Light(LightCode.EVENTS, LightState.ATTENTION, "lost")
    if past_window(apel.state) and report in (PullState.WAITING, PullState.READING) and not listed:
        yield Light(LightCode.REPORT, LightState.ATTENTION, "incomplete", apel.held_to)
    if report is PullState.GIVEN_UP and not listed:
        yield Light(LightCode.REPORT, LightState.BAD, "given-up", apel.held_to)
    merged = [run for run in runs if not run.uuid.startswith(MADE_UP)]
    if len(merged) > 1:
        yield Light(LightCode.MERGED, LightState.ATTENTION, "merged", merged[1].start, {"runs": len(merged)})


_CODES = {
    GapKind.SILENCE: LightCode.EVENTS,
    GapKind.ENDPOINT: LightCode.ENDPOINT,
    GapKind.CLOCK_SKEW: LightCode.CLOCK_SKEW,
    GapKind.UNREAD: LightCode.UNREAD,
    GapKind.SEATS: LightCode.SEATS,
}


def _of_gap(gap: GapSeen) -> Light:
    lasts = gap.until is None
    state = LightState.BAD if lasts else LightState.ATTENTION
    case = "cut" if gap.facts.get("cut") else "on" if lasts else "was"
    facts = {**gap.facts, "until": gap.until} if gap.until else gap.facts
    return Light(_CODES[gap.kind], state, case, gap.since, facts)


def lights_of_service(standing: Standing, of_apels: Iterable[Light], now: datetime) -> list[Light]:
    """One light of every code, on or not: the gravest of the service's own and of its latest apels."""
    own = [
        _events(standing),
        _endpoint(standing, now),
        Light(LightCode.SEATS, LightState.OK, "ok" if standing.seats else "unknown", None, {"seats": standing.seats}),
        _skew(standing),
        Light(LightCode.UNREAD, LightState.ATTENTION, "failed", None, {"events": standing.failed})
        if standing.failed
        else _fine(LightCode.UNREAD),
        _fine(LightCode.REPORT),
        _fine(LightCode.MERGED),
        _validation(standing, now),
        _credentials(standing),
    ]
    found = {light.code: light for light in _gravest([*of_apels, *own])}
    return [found[code] for code in LightCode]


def _fine(code: LightCode, since: datetime | None = None) -> Light:
    return Light(code, LightState.OK, "ok", since)


def _events(standing: Standing) -> Light:
    case = "ok" if standing.last_event_at else "none"
    return Light(LightCode.EVENTS, LightState.OK, case, standing.last_event_at)


def _endpoint(standing: Standing, now: datetime) -> Light:
    if not standing.secrets:
        return Light(LightCode.ENDPOINT, LightState.BAD, "no-secret")
    if standing.refused_at is not None and now - standing.refused_at < FRESH:
        return Light(LightCode.ENDPOINT, LightState.ATTENTION, "refused", standing.refused_at)
    return _fine(LightCode.ENDPOINT)


def _skew(standing: Standing) -> Light:
    if not standing.aside:
        return _fine(LightCode.CLOCK_SKEW)
    facts = {"deliveries": standing.aside, "seconds": standing.skew_seconds}
    return Light(LightCode.CLOCK_SKEW, LightState.ATTENTION, "aside", standing.aside_at, facts)


def _validation(standing: Standing, now: datetime) -> Light:
    if standing.validated_at is None:
        return Light(LightCode.VALIDATION, LightState.ATTENTION, "never")
    old = now - standing.validated_at > REVALIDATED
    state = LightState.ATTENTION if old else LightState.OK
    return Light(LightCode.VALIDATION, state, "old" if old else "ok", standing.validated_at)


def _credentials(standing: Standing) -> Light:
    if not standing.account:
        return Light(LightCode.CREDENTIALS, LightState.ATTENTION, "missing")
    if standing.access is None:
        return Light(LightCode.CREDENTIALS, LightState.ATTENTION, "unasked")
    if standing.access == "granted":
        return _fine(LightCode.CREDENTIALS, standing.asked_at)
    away = standing.access in ("zoom-unavailable", "zoom-busy")
    state = LightState.ATTENTION if away else LightState.BAD
    facts = {"code": standing.access}
    return Light(LightCode.CREDENTIALS, state, "unreachable" if away else "refused", standing.asked_at, facts)


_GRAVITY = {LightState.BAD: 0, LightState.ATTENTION: 1, LightState.OK: 2}
_ORDER = {code: number for number, code in enumerate(LightCode)}


def _gravest(lights: Iterable[Light]) -> list[Light]:
    """One of a code, the gravest; of equals the one that was named first."""
    chosen: dict[LightCode, Light] = {}
    for light in lights:
        if light.code not in chosen or _GRAVITY[light.state] < _GRAVITY[chosen[light.code].state]:
            chosen[light.code] = light
    return sorted(chosen.values(), key=lambda light: (_GRAVITY[light.state], _ORDER[light.code]))
