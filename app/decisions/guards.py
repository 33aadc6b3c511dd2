"""What an event needs beside its place in the course: days in order, a team, days that carry the sanction; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.calendar.rules import Days
from app.decisions.clocks import latest_examination, remedy_of, remedy_until
from app.decisions.errors import (
    DaysNotInCase,
    HeavierThanDays,
    PunishedAlready,
    RemedyTooLate,
    ReportRequired,
    SanctionPeriodMissing,
    SanctionUnknown,
    StepOutOfOrder,
    SuspensionOnlyForSevere,
    TeamRequired,
    VariantNotInForce,
    VariantNotPossible,
    WrongRemedy,
)
from app.decisions.rules import Answer, Course, Event, Phase, Step, follow
from app.decisions.weighing import (
    AnyTier,
    Found,
    Standing,
    carried,
    carries,
    find_tier,
    is_punished_already,
    months_of,
    variant_on,
)
from app.policies.rules_of_cases import Clock, ProcedureRules
from app.policies.rules_of_workdays import DisciplineRules, DisciplineTier, Severity

_ANY_TIME = frozenset({Step.TEAM_FORMED, Step.SUSPENDED, Step.RECUSED, Step.EXTENDED, Step.TAKEN_BACK})
"""They are often told later than what followed them."""


@dataclass(frozen=True)
class Ground:
    """What a case stands on."""

    procedure: ProcedureRules
    discipline: DisciplineRules
    days: Days
    alleged: Found
    streaks: tuple[Sequence[date], ...]
    code: str
    """The tier that is alleged."""
    standing: tuple[Standing, ...]
    """The person's decisions of this law and year that stand, of other cases."""


def advance(course: Course, event: Event, ground: Ground, today: date) -> Course:
    """The case after one more event, when all that the event needs is there.

    Raises StepNotPossible, StepOutOfOrder, TeamRequired, ReportRequired, SuspensionOnlyForSevere and, for a decision
    or a remedy, what `require_decidable` and `require_remedy` raise.
    """
    after = follow(course, event)
    require_order(course, event, today)
    match event.step:
        case Step.SUSPENDED if _severity(ground, ground.code) is not Severity.BERAT:
            raise SuspensionOnlyForSevere
        case Step.EXAMINED | Step.REPORT if _needs_team(ground, ground.code) and not course.team:
            raise TeamRequired
        case Step.DECIDED:
            require_decidable(course, event, ground)
        case Step.OBJECTION | Step.APPEAL:
            require_remedy(course, event, ground)
        case Step.OBJECTION_ANSWERED | Step.APPEAL_ANSWERED if event.details.get("outcome") == Answer.CHANGED:
            _require_change(course, event, ground)
    return after


def require_order(course: Course, event: Event, today: date) -> None:
    """An event lies after what it follows and never in the future; an absence not before its examination.

    What a remedy suspended takes effect again on the day of its answer at the earliest.
    """
    earliest = date.min if event.step in _ANY_TIME else _main_day(course)
    if event.step in (Step.ABSENT_1, Step.ABSENT_2):
        earliest = max(earliest, _examination_on(course) or earliest)
    if not earliest <= event.on <= today:
        raise StepOutOfOrder(earliest=_written(earliest), latest=today.isoformat())
    if event.step in (Step.SUMMONS_1, Step.SUMMONS_2):
        examination = date.fromisoformat(str(event.details["examination_on"]))
        if examination <= event.on:
            raise StepOutOfOrder(earliest=(event.on + timedelta(days=1)).isoformat(), latest="–")
    if event.step in (Step.OBJECTION_ANSWERED, Step.APPEAL_ANSWERED):
        effective = event.details.get("effective_on")
        if effective is not None and date.fromisoformat(str(effective)) < event.on:
            raise StepOutOfOrder(earliest=event.on.isoformat(), latest="–")


def _written(day: date) -> str:
    return "–" if day == date.min else day.isoformat()


def _main_day(course: Course) -> date:
    return max((event.on for event in course.events if event.step not in _ANY_TIME), default=date.min)


def _examination_on(course: Course) -> date | None:
    summons = course.last(Step.SUMMONS_1, Step.SUMMONS_2)
    return None if summons is None else date.fromisoformat(str(summons.details["examination_on"]))


def require_tier(rules: DisciplineRules, code: str) -> AnyTier:
    """Raises SanctionUnknown."""
    tier = find_tier(rules, code)
    if tier is None:
        streak = [rules.streak.code] if rules.streak else []
        raise SanctionUnknown(known=", ".join([*(one.code for one in rules.tiers), *streak]))
    return tier


def _severity(ground: Ground, code: str) -> Severity:
    return require_tier(ground.discipline, code).severity


def _needs_team(ground: Ground, code: str) -> bool:
    return _severity(ground, code) in ground.procedure.team_required


def found_in(event: Event) -> Found:
    """The days that a decision rests on, as it names them."""
    days = tuple(sorted(date.fromisoformat(str(day)) for day in event.details.get("days", ())))
    return Found(days, int(event.details.get("converted_days", 0)))


def require_decidable(course: Course, event: Event, ground: Ground) -> None:
    """A decision rests on days of its case, is no heavier than they carry, and punishes nothing a second time.

    A lighter one is the official's to answer for. Raises SanctionUnknown, VariantNotPossible, VariantNotInForce,
    SanctionPeriodMissing, TeamRequired, ReportRequired, DaysNotInCase, HeavierThanDays, PunishedAlready.
    """
    code, found = str(event.details["code"]), found_in(event)
    _require_name(event, require_tier(ground.discipline, code), found, ground.discipline)
    if _needs_team(ground, code):
        if not course.team:
            raise TeamRequired
        if course.phase is not Phase.REPORTED:
            raise ReportRequired
    foreign = sorted(set(found.days) - set(ground.alleged.days))
    if foreign or found.converted > ground.alleged.converted:
        raise DaysNotInCase(days=", ".join(day.isoformat() for day in foreign) or "–")
    _require_carried(ground, code, found)
    if is_punished_already(ground.discipline, code, found, ground.standing):
        raise PunishedAlready(code=", ".join(one.code for one in ground.standing))


def _require_carried(ground: Ground, code: str, found: Found) -> None:
    if not carries(ground.discipline, found, ground.streaks, code):
        most = carried(ground.discipline, found, ground.streaks)
        raise HeavierThanDays(found=found.total, carried=most.code if most else "–")


def _require_name(event: Event, tier: AnyTier, found: Found, rules: DisciplineRules) -> None:
    """The sanction is named as it was in force when the last of the days was missed, with its months."""
    variant, months = event.details.get("variant"), event.details.get("months")
    transitional = tier.transitional if isinstance(tier, DisciplineTier) else None
    if variant == "transitional" and transitional is None:
        raise VariantNotPossible
    day = max(found.days, default=event.on)
    due = variant_on(rules, tier, day)
    if due is not None and variant != due:
        raise VariantNotInForce(day=day.isoformat(), variant=due)
    if variant == "transitional" and months is None and months_of(tier, variant) is None:
        raise SanctionPeriodMissing


def require_remedy(course: Course, event: Event, ground: Ground) -> None:
    """The remedy that is open against this sanction, within its days. Raises WrongRemedy, RemedyTooLate."""
    assert course.sanction is not None
    if remedy_of(course.sanction.code, ground.procedure) is not event.step:
        raise WrongRemedy(remedy=remedy_of(course.sanction.code, ground.procedure))
    until = remedy_until(course, ground.procedure, ground.days)
    if until is not None and event.on > until:
        raise RemedyTooLate(until=until.isoformat())


def _require_change(course: Course, event: Event, ground: Ground) -> None:
    """Whoever answers a remedy may impose something else, but nothing that the days do not carry."""
    decided, code = course.last(Step.DECIDED), str(event.details["code"])
    assert decided is not None
    _require_name(event, require_tier(ground.discipline, code), found_in(decided), ground.discipline)
    _require_carried(ground, code, found_in(decided))


def warnings_of(course: Course, ground: Ground) -> Iterable[str]:
    """What the BKN's own examples leave open: told to people, and blocking nothing."""
    for step, clock in ((Step.SUMMONS_1, Clock.PANGGILAN), (Step.SUMMONS_2, Clock.PANGGILAN_2)):
        summons, missed = course.last(step), course.last(Step.ABSENT_1)
        begun = missed if step is Step.SUMMONS_2 and missed else summons
        if summons is None or begun is None:
            continue
        latest = latest_examination(ground.procedure, clock, begun.on, ground.days)
        if latest is not None and date.fromisoformat(str(summons.details["examination_on"])) > latest:
            yield f"{step}-too-far"
