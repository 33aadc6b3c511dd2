"""The daily ledger: what a working day was, and what a year of them amounts to.

Missing an apel is no absence from work: nothing of the roll-call is counted here. A day without a record says nothing
about the person, and whatever is unclear is left to people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.policies.rules_of_workdays import DisciplineRules, DisciplineTier, StreakTier, WorkdayRules


class VerdictKind(StrEnum):
    PRESENT = "present"
    """Masuk kerja, at the office or elsewhere."""
    ABSENT = "absent"
    """Without a valid reason, as the daily attendance system says in so many words."""
    EXCUSED = "excused"
    OFF = "off"
    """No working day of the person."""
    UNKNOWN = "unknown"
    """Nothing certain is known; it counts for nobody and against nobody."""


class Unclear(StrEnum):
    """Why a day is unknown."""

    NO_RECORD = "no-record"
    NOT_OVER = "not-over"
    """The record was made before the day was over."""
    UNREAD = "unread"
    """The system's own words were not understood."""
    CONTRADICTORY = "contradictory"
    """Absent, and yet seen."""
    OWN_HOURS = "own-hours"
    """Nobody was seen, and only the roster knows whether the person had to be there."""


class DayFact(NamedTuple):
    """The verdict on one working day of one person, and what it rests on."""

    asn_id: UUID
    day: date
    kind: VerdictKind
    late_minutes: int = 0
    """Measured; a missing clock-in is told apart in `no_clock_in` and counts as the policy says."""
    early_minutes: int = 0
    no_clock_in: bool = False
    no_clock_out: bool = False
    code: str | None = None
    record_id: UUID | None = None
    absence_id: UUID | None = None
    unclear: Unclear | None = None


class Variant(StrEnum):
    """Which name of a sanction holds on a day."""

    TUKIN = "tukin"
    """The cut of tunjangan is in force."""
    TRANSITIONAL = "transitional"
    """It is not yet; the sanctions of the older regulation stand in."""


class Reason(StrEnum):
    """What a reader of a ledger must know besides its numbers."""

    NO_RULE_SET = "no-rule-set"
    """No tiers are loaded for this employment type: nobody is judged by another's table."""
    NO_WORKDAY_RULES = "no-workday-rules"
    BEFORE_EVENTS = "before-events"
    """Some days belong to older law and are left to people."""
    UNKNOWN_DAYS = "unknown-days"
    CROSSES_YEAR = "crosses-year"
    """A streak runs over New Year; whether it is one is for a person to judge."""


@dataclass(frozen=True)
class Streak:
    """Absent working days in a row; days off and holidays of the person's pattern neither break nor add."""

    from_date: date
    to_date: date
    length: int
    running: bool
    """Nothing certain is known after it."""
    crosses_year: bool
    days: tuple[date, ...]


@dataclass(frozen=True)
class Ledger:
    """One person's calendar year of working days."""

    days: tuple[date, ...]
    """Absent without a valid reason, in order."""
    left_to_people: tuple[date, ...]
    """Those of them that belong to older law and are not counted."""
    minutes: int
    """Late and left early on days that were worked."""
    converted_days: int
    """Days that the minutes make, where the policy says so."""
    carried_minutes: int
    """Minutes that make no whole day; they are lost on 31 December."""
    total_days: int
    """What the tiers are asked with."""
    unknown_days: int
    """Between days of which something is known."""
    streaks: tuple[Streak, ...]
    """Those that touch the year."""
    tier: DisciplineTier | None
    streak_tier: StreakTier | None
    streak_days: tuple[date, ...]
    """The days of the streak that reached it within this year."""
    variant: Variant | None
    alerts: tuple[int, ...]
    """Lengths of the policy that a running streak has reached."""
    rule_set: str | None
    reasons: tuple[Reason, ...]


def make_ledger(
    facts: Iterable[DayFact],
    rules: WorkdayRules | None,
    discipline: DisciplineRules | None,
    year: int,
    *,
    employment_type: str,
) -> Ledger:
    """A year's ledger from all working days of a person, in any order; days before and after it serve the streaks."""
    known = sorted(facts, key=lambda fact: fact.day)
    own = [fact for fact in known if fact.day.year == year]
    days = tuple(fact.day for fact in own if fact.kind is VerdictKind.ABSENT)
    begins = discipline.events_from if discipline else date.min
    counted = tuple(day for day in days if day >= begins)
    minutes = sum(minutes_of(fact, rules) for fact in own if fact.day >= begins)
    converted, carried = _convert(minutes, rules, employment_type)
    streaks = tuple(streak for streak in find_streaks(known) if year in (streak.from_date.year, streak.to_date.year))
    reached = discipline and _reached(streaks, discipline, year)
    total = len(counted) + converted
    unknown = _count_unknown(own)
    return Ledger(
        days=days,
        left_to_people=days[: len(days) - len(counted)],
        minutes=minutes,
        converted_days=converted,
        carried_minutes=carried,
        total_days=total,
        unknown_days=unknown,
        streaks=streaks,
        tier=discipline.tier_of(total) if discipline else None,
        streak_tier=discipline.streak if discipline and reached else None,
        streak_days=reached or (),
        variant=_variant(discipline, counted, year),
        alerts=_alerts(streaks, rules),
        rule_set=discipline.code if discipline else None,
        reasons=_reasons(rules, discipline, len(counted) < len(days), unknown, streaks),
    )


def _count_unknown(facts: list[DayFact]) -> int:
    """Unknown days between others of which something is known: before and after them files may still come."""
    known = [place for place, fact in enumerate(facts) if fact.kind is not VerdictKind.UNKNOWN]
    return known[-1] - known[0] + 1 - len(known) if known else 0


def minutes_of(fact: DayFact, rules: WorkdayRules | None) -> int:
    """Minutes late and left early on one day, missing clocks as the policy counts them."""
    missing_in = (rules and rules.no_clock_in_minutes) or 0
    missing_out = (rules and rules.no_clock_out_minutes) or 0
    missing = fact.no_clock_in * missing_in + fact.no_clock_out * missing_out
    return fact.late_minutes + fact.early_minutes + missing


def _convert(minutes: int, rules: WorkdayRules | None, employment_type: str) -> tuple[int, int]:
    """Whole days and the rest; no days where the policy does not convert."""
    conversion = rules.conversion_for(employment_type) if rules else None
    return divmod(minutes, conversion.minutes_per_day) if conversion else (0, minutes)


def find_streaks(facts: Iterable[DayFact]) -> list[Streak]:
    """Every run of absent days, of working days in order. An unknown day ends one unless nothing is known after it."""
    found: list[Streak] = []
    days: list[date] = []
    doubtful = False
    for fact in facts:
        if fact.kind is VerdictKind.OFF:
            continue
        if fact.kind is VerdictKind.UNKNOWN:
            doubtful = True
            continue
        if days and (doubtful or fact.kind is not VerdictKind.ABSENT):
            found.append(_streak(days, running=False))
            days = []
        doubtful = False
        if fact.kind is VerdictKind.ABSENT:
            days.append(fact.day)
    if days:
        found.append(_streak(days, running=True))
    return found


def _streak(days: list[date], *, running: bool) -> Streak:
    first, last = days[0], days[-1]
    return Streak(first, last, len(days), running, first.year != last.year, tuple(days))


def _reached(streaks: tuple[Streak, ...], discipline: DisciplineRules, year: int) -> tuple[date, ...]:
    """The days of the first streak whose last needed day lies in the year."""
    if discipline.streak is None:
        return ()
    for streak in streaks:
        days = tuple(day for day in streak.days if day >= discipline.events_from)
        if len(days) >= discipline.streak.days and days[discipline.streak.days - 1].year == year:
            return days
    return ()


def _variant(discipline: DisciplineRules | None, counted: tuple[date, ...], year: int) -> Variant | None:
    """By the last day that counts: the sanction is the one in force when the violation was complete."""
    if discipline is None:
        return None
    in_force = discipline.cut_in_force(counted[-1] if counted else date(year, 12, 31))
    return Variant.TUKIN if in_force else Variant.TRANSITIONAL


def _alerts(streaks: tuple[Streak, ...], rules: WorkdayRules | None) -> tuple[int, ...]:
    length = max((streak.length for streak in streaks if streak.running), default=0)
    return tuple(sorted(mark for mark in (rules.alerts if rules else ()) if mark <= length))


def _reasons(
    rules: WorkdayRules | None,
    discipline: DisciplineRules | None,
    left_to_people: bool,
    unknown: int,
    streaks: tuple[Streak, ...],
) -> tuple[Reason, ...]:
    found = {
        Reason.NO_WORKDAY_RULES: rules is None,
        Reason.NO_RULE_SET: discipline is None,
        Reason.BEFORE_EVENTS: left_to_people,
        Reason.UNKNOWN_DAYS: unknown > 0,
        Reason.CROSSES_YEAR: any(streak.crosses_year for streak in streaks),
    }
    return tuple(reason for reason, holds in found.items() if holds)
