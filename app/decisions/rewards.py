"""Who is proposed for a reward, and what keeps somebody from one: pure. A person grants it, or does not.

Missing an apel is no absence from work and attending one is no work done: a reward for the apel speaks of the apel.
"""

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from app.policies.rules_of_persons import RewardRules
from app.scoring.standing import Standing


class Award(StrEnum):
    """In the order in which they are shown."""

    BEST_OPD = "best-opd"
    MOST_IMPROVED = "most-improved"
    PERFECT_ATTENDANCE = "perfect-attendance"


class Exclusion(StrEnum):
    """Why somebody who reached it is not proposed."""

    NOT_OVER = "not-over"
    NOT_FINAL = "not-final"
    """An apel of the period can still change."""
    UNDECIDED = "undecided"
    """A mark of the person waits for somebody to decide it."""
    ALONE_IN_BAND = "alone-in-band"
    RULES_CHANGED = "rules-changed"
    """The period before was scored by other rules: the points cannot be compared."""
    RUNNING_SANCTION = "running-sanction"
    RECENT_SANCTION = "recent-sanction"
    OPEN_CASE = "open-case"


DISCIPLINE = frozenset({Exclusion.RUNNING_SANCTION, Exclusion.RECENT_SANCTION, Exclusion.OPEN_CASE})
"""What says something about a person's case: nobody learns of it who may not see the case."""


@dataclass(frozen=True)
class Season:
    """Where units stand over one period."""

    standings: Mapping[str, Standing]
    hindrances: frozenset[Exclusion] = frozenset()
    """What keeps all of it from being settled."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who reached what an award asks; proposed where nothing excludes."""

    award: Award
    subject: str | UUID
    """The OPD's code, or the person."""
    opd_code: str
    """The OPD, or where the person stood."""
    facts: dict[str, Any]
    excluded: tuple[Exclusion, ...] = ()


def best_units(now: Season, rules: RewardRules) -> list[Candidate]:
    """The units ranked first within their band; those with the same points are all proposed."""
    ranked = _ranked(now.standings)
    return [
        Candidate(
            Award.BEST_OPD,
            code,
            code,
            {
                "points": str(standing.points),
                "rank": standing.rank,
                "band": standing.band,
                "ranked": _peers(ranked, standing.band),
                "apels": standing.apels,
            },
            _in_order(now.hindrances | _alone(ranked, standing.band)),
        )
        for code, standing in ranked.items()
        if standing.rank is not None and standing.rank <= rules.best_per_band
    ]


def most_improved(now: Season, before: Season, rules: RewardRules, *, same_rules: bool) -> list[Candidate]:
    """The units of each band that rose most against their own period before, by the points that the policy asks."""
    ranked, earlier = _ranked(now.standings), _ranked(before.standings)
    rises = {code: standing.points - earlier[code].points for code, standing in ranked.items() if code in earlier}
    hindrances = now.hindrances | before.hindrances | (frozenset() if same_rules else {Exclusion.RULES_CHANGED})
    found = []
    for code, rise in sorted(rises.items()):
        band = ranked[code].band
        place = 1 + sum(other > rise for peer, other in rises.items() if ranked[peer].band == band)
        if rise > 0 and rise >= rules.improved_points and place <= rules.best_per_band:
            facts = {
                "points": str(ranked[code].points),
                "points_before": str(earlier[code].points),
                "rise": str(rise),
                "asked": rules.improved_points,
                "band": band,
            }
            found.append(Candidate(Award.MOST_IMPROVED, code, code, facts, _in_order(hindrances)))
    return found


def _ranked(standings: Mapping[str, Standing]) -> dict[str, Standing]:
    return {code: standing for code, standing in sorted(standings.items()) if standing.rank is not None}


def _peers(ranked: Mapping[str, Standing], band: str) -> int:
    return sum(standing.band == band for standing in ranked.values())


def _alone(ranked: Mapping[str, Standing], band: str) -> frozenset[Exclusion]:
    """The best of one is no best."""
    return frozenset({Exclusion.ALONE_IN_BAND}) if _peers(ranked, band) < 2 else frozenset()


@dataclass(frozen=True)
class Attendance:
    """One person's roll-calls of a period, counted; a meeting (rakor) is none, and neither is a day without apel."""

    asn_id: UUID
    opd_code: str
    """Where the person stood at the last of them."""
    apels: int
    present: int
    unexplained: int
    undecided: int
    """Marks that wait for somebody to decide them, or for the apel."""
    not_final: int
    """Apels that can still change."""
    left_early: bool


@dataclass(frozen=True)
class People:
    """What is known of people over one period."""

    attendances: Sequence[Attendance]
    hindrances: frozenset[Exclusion] = frozenset()
    discipline: Mapping[UUID, frozenset[Exclusion]] = field(default_factory=dict)


def perfect_people(people: People, rules: RewardRules) -> list[Candidate]:
    """Who attended every roll-call that they were bound to attend, to its end, and often enough.

    Leave, assignments and other excuses neither count nor break it, and neither does an OPD that did not report.
    """
    return [
        Candidate(Award.PERFECT_ATTENDANCE, own.asn_id, own.opd_code, _figures(own, rules), _hindrances(own, people))
        for own in people.attendances
        if not own.unexplained
        and not own.left_early
        and own.present + own.undecided >= max(rules.perfect_minimum_apels, 1)
    ]


def _figures(own: Attendance, rules: RewardRules) -> dict[str, Any]:
    return {
        "apels": own.apels,
        "present": own.present,
        "neither": own.apels - own.present - own.undecided,
        "asked": rules.perfect_minimum_apels,
    }


def _hindrances(own: Attendance, people: People) -> tuple[Exclusion, ...]:
    found = people.hindrances | people.discipline.get(own.asn_id, frozenset())
    found |= {Exclusion.UNDECIDED} if own.undecided else frozenset()
    return _in_order(found | ({Exclusion.NOT_FINAL} if own.not_final else frozenset()))


def _in_order(reasons: Collection[Exclusion]) -> tuple[Exclusion, ...]:
    return tuple(reason for reason in Exclusion if reason in reasons)


class Served(Protocol):
    """A sanction in effect, from a day to a day, both inclusive."""

    @property
    def from_date(self) -> date: ...
    @property
    def to_date(self) -> date | None: ...


def sanction_hindrance(sanctions: Sequence[Served], day: date, rules: RewardRules) -> frozenset[Exclusion]:
    """Whether a sanction runs on a day, or ended so few months before it that it still counts."""
    begun = [one for one in sanctions if one.from_date <= day]
    if any(one.to_date is None or one.to_date >= day for one in begun):
        return frozenset({Exclusion.RUNNING_SANCTION})
    since = months_before(day, rules.recent_months)
    if any(one.to_date is not None and one.to_date >= since for one in begun):
        return frozenset({Exclusion.RECENT_SANCTION})
    return frozenset()


def months_before(day: date, months: int) -> date:
    """The same day so many months ago; the last of the month where that one is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def eligible(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if not candidate.excluded]


def shown_to(candidates: Sequence[Candidate], *, knows_cases: bool) -> list[Candidate]:
    """The candidates without those whom a case keeps from a reward, where the caller may not know of cases.

    A name that is missing says nothing: most people are in no list of rewards.
    """
    return [one for one in candidates if knows_cases or DISCIPLINE.isdisjoint(one.excluded)]
