"""The parts of a period for OPDs and for one person, each asked of the room that keeps it, in a fixed number of
statements however many OPDs and people there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.rules import ApelKind
from app.behaviour.figures import NOBODY, BehaviourFigure, points_by_opd
from app.circulars.counting import acknowledged_by_opd
from app.circulars.queries import rules_in_force
from app.circulars.rules import CircularKind
from app.core.periods import Period
from app.core.rates import Percent
from app.counters.figures import SpeedFigure, speed_by_opd
from app.deposits.counting import compliance_by_opd
from app.livestreams.reading import confirmed_by_opd
from app.performance.queries import capaian_by_opd
from app.performance.rules import OutputFigure
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.queries import load_tree
from app.registry.rules import Tree, reporting_unit
from app.scoring.queries import Span, load_samples
from app.scoring.standing import Standing, stand

_ONE_DAY = timedelta(days=1)


class Served(NamedTuple):
    """People served at counters, those of them to whom a time was promised, and those served within it."""

    served: int
    promised: int
    within: int


@dataclass(frozen=True)
class Figures:
    """What the rooms tell of one reporting unit, those that it answers for included."""

    attendance: Standing | None = None
    output: OutputFigure = field(default_factory=OutputFigure)
    behaviour: BehaviourFigure = NOBODY
    service: Served | None = None
    acknowledged: Percent | None = None
    deposited: Percent | None = None
    incidents: int = 0


@dataclass(frozen=True)
class Ground:
    """The period, the rules of its last day (of today while it runs), and whether live streams were forbidden in it."""

    period: Period
    today: date
    rules: Rules
    forbidden: bool

    @property
    def on(self) -> date:
        return self.period.day_of_rules(self.today)

    @property
    def due_until(self) -> date:
        """What may still be done today is nobody's omission."""
        return min(self.period.to_date, self.today - _ONE_DAY)


async def load_ground(session: AsyncSession, period: Period, today: date) -> Ground:
    on = period.day_of_rules(today)
    forbidding = await rules_in_force(session, on, CircularKind.NO_LIVESTREAM)
    return Ground(period, today, await rules_on(session, on), bool(forbidding))


async def load_figures(session: AsyncSession, ground: Ground) -> dict[str, Figures]:
    """Reporting unit → what is known of it in the period; units of which nothing is known are there too."""
    first, last = ground.period.from_date, ground.period.to_date
    tree = await load_tree(session, ground.on)
    span = Span(ApelKind.APEL_GABUNGAN, first, last)
    standings = stand(await load_samples(session, span), ground.rules)
    output = _by_unit(tree, await capaian_by_opd(session, first, last, ground.today))
    behaviour = _by_unit(tree, await points_by_opd(session, first, last, today=ground.today))
    service = _by_unit(tree, await speed_by_opd(session, first, last))
    acknowledged = _by_unit(tree, await acknowledged_by_opd(session, first, ground.due_until))
    deposited = _by_unit(tree, await compliance_by_opd(session, first, last))
    incidents = _by_unit(tree, await confirmed_by_opd(session, first, last))
    units = {unit for code in tree if (unit := reporting_unit(tree, code)) is not None}
    return {
        code: Figures(
            attendance=standings.get(code),
            output=sum(output.get(code, ()), OutputFigure()),
            behaviour=sum(behaviour.get(code, ()), NOBODY),
            service=_add_served(service.get(code, ())),
            acknowledged=_add_percents(acknowledged.get(code, ())),
            deposited=_add_percents(deposited.get(code, ())),
            incidents=sum(incidents.get(code, ())),
        )
        for code in sorted(units | standings.keys())
    }


def _by_unit(tree: Tree, figures: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Figures of OPDs under the unit that reports for them."""
    found: dict[str, list[Any]] = {}
    for code, figure in figures.items():
        found.setdefault(reporting_unit(tree, code) or code, []).append(figure)
    return found


def _add_served(figures: Iterable[SpeedFigure]) -> Served | None:
    """People add up; percentiles do not, and are read where they were counted."""
    given = list(figures)
    if not given:
        return None
    return Served(*(sum(getattr(one, name) for one in given) for name in Served._fields))


def _add_percents(shares: Iterable[Percent]) -> Percent | None:
    given = list(shares)
    if not given:
        return None
    codes = sorted({code for share in given for code in share.excluded})
    return Percent(
        sum(share.numerator for share in given),
        sum(share.denominator for share in given),
        {code: sum(share.excluded.get(code, 0) for share in given) for code in codes},
    )
