"""The board beyond the roll-call: one period's output, behaviour, service and conduct, summed by the rooms' own SQL."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from sqlalchemy.ext.asyncio import AsyncSession

from app.behaviour.figures import NOBODY
from app.board.parts_schemas import (
    AttendanceFigure,
    BehaviourRead,
    BoardParts,
    ConductRead,
    OpdParts,
    OutputRead,
    ServiceRead,
    SpeedRead,
    ThemeRead,
)
from app.board.totals import percent_read
from app.composite.judging import compose_unit, values_of_unit
from app.composite.loading import Figures, Ground, load_figures, load_ground
from app.composite.rules import Missing
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.periods import Period
from app.core.rates import Percent
from app.core.traces import EvidenceLink
from app.counters.figures import SpeedFigure, speed_total
from app.performance.queries import theme_totals
from app.performance.rules import OutputFigure, Theme
from app.policies.rules_of_performance import CompositePart
from app.registry.queries import list_opd
from app.scoring.rules import Figures as Counted

MOST_OPDS = 1000


async def sum_parts(session: AsyncSession, period: Period, *, at: datetime) -> BoardParts:
    """The whole regency over a period, in some dozens of statements; its words are left to who shows it."""
    today = civil_date(at, zone_of(session))
    ground = await load_ground(session, period, today)
    figures = await load_figures(session, ground)
    first, last = ground.period.from_date, ground.period.to_date
    now, before = await speed_total(session, first, last)
    return BoardParts(
        period=ground.period.code,
        from_date=first,
        to_date=last,
        as_of=at,
        policy=ground.rules.label,
        attendance=_attendance(figures.values()),
        output=_output(sum((one.output for one in figures.values()), OutputFigure())),
        behaviour=_behaviour(figures.values()),
        service=ServiceRead(now=_speed(now), before=_speed(before)),
        conduct=_conduct(figures.values(), ground),
        themes=_themes(await theme_totals(session, first, last, today)),
        opd=await _rows(session, figures, ground),
        sources=_sources(ground.period),
    )


def _attendance(figures: Iterable[Figures]) -> AttendanceFigure:
    standings = [one.attendance for one in figures if one.attendance is not None]
    counted = sum((one.figures for one in standings), Counted(0, 0))
    excused = sum(counted.excused.values())
    rate = Percent(counted.present, counted.strength - excused, {"excused": excused} if excused else {})
    return AttendanceFigure(apels=max((one.apels for one in standings), default=0), duty_rate=percent_read(rate))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _output(figure: OutputFigure) -> OutputRead:
    return OutputRead(
        people=figure.people,
        known=figure.known,
        provisional=figure.provisional,
        percent=_number(figure.percent),
    )


def _behaviour(figures: Iterable[Figures]) -> BehaviourRead:
    """Everybody together, unless that less what the OPDs tell would be the words on a few people."""
    given = [one.behaviour for one in figures]
    whole = sum(given, NOBODY)
    few = sum((one for one in given if not one.hides_everybody), NOBODY)
    told = sum((one for one in given if one.hides_everybody), few if few.hides_everybody else NOBODY)
    points = _number(told.average) if told.hides_everybody else None
    return BehaviourRead(people=whole.people, known=whole.known, points=points)


def _speed(figure: SpeedFigure) -> SpeedRead:
    return SpeedRead(
        served=figure.served,
        within=percent_read(figure.share),
        wait_p50=figure.wait_p50,
        wait_p90=figure.wait_p90,
        total_p50=figure.total_p50,
        total_p90=figure.total_p90,
    )


def _conduct(figures: Iterable[Figures], ground: Ground) -> ConductRead:
    given = list(figures)
    return ConductRead(
        acknowledged=percent_read(_together(one.acknowledged for one in given)),
        deposited=percent_read(_together(one.deposited for one in given)),
        incidents=sum(one.incidents for one in given) if ground.forbidden else None,
    )


def _together(shares: Iterable[Percent | None]) -> Percent:
    known = [share for share in shares if share is not None]
    exempt = sum(share.excluded.get("exempt", 0) for share in known)
    numerator, denominator = (sum(getattr(one, name) for one in known) for name in ("numerator", "denominator"))
    return Percent(numerator, denominator, {"exempt": exempt} if exempt else {})


def _themes(totals: Mapping[Theme, Mapping[str, OutputFigure]]) -> list[ThemeRead]:
    found = []
    for theme, by_opd in totals.items():
        total = sum(by_opd.values(), OutputFigure())
        found.append(
            ThemeRead(
                theme=theme,
                outputs=total.outputs,
                people=total.people,
                percent=_number(total.percent),
            )
        )
    return found


async def _rows(session: AsyncSession, figures: Mapping[str, Figures], ground: Ground) -> list[OpdParts]:
    named = {opd.code: opd for opd in await list_opd(session, None, ground.on, None, MOST_OPDS)}
    rows = [
        _row(named[code].short_name, named[code].protocol_order, code, one, ground)
        for code, one in figures.items()
        if code in named
    ]
    return sorted(rows, key=lambda row: (row.order, row.opd_code))


def _row(short_name: str, order: int, code: str, figures: Figures, ground: Ground) -> OpdParts:
    values = values_of_unit(figures, ground.rules, forbidden=ground.forbidden)
    made = compose_unit(values, ground.rules)
    return OpdParts(
        opd_code=code,
        short_name=short_name,
        order=order,
        points=None if made is None else _number(made.points),
        missing=Missing.NO_RULE_SET if made is None else made.missing,
        parts={part: _number(value.points) for part, value in values.items()},
        href=f"/v1/scores/composite/opd/{code}?period={ground.period.code}",
    )


_READ_AT = {
    CompositePart.ATTENDANCE: ("/v1/scores/opd?period={0}",),
    CompositePart.OUTPUT: ("/v1/performance/themes?period={0}",),
    CompositePart.BEHAVIOUR: ("/v1/scores/composite?period={0}",),
    CompositePart.SERVICE: ("/v1/counters/speed?period={0}",),
    CompositePart.CONDUCT: ("/v1/circulars", "/v1/deposits?period={0}"),
}


def _sources(period: Period) -> list[EvidenceLink]:
    return [
        EvidenceLink(kind=part, id=part, href=href.format(period.code))
        for part, hrefs in _READ_AT.items()
        for href in hrefs
    ]


def digest_of(parts: BoardParts) -> str:
    """Of all that is shown but the moment: summed anew from the same facts, it is the same."""
    shown = json.dumps(parts.model_dump(mode="json", exclude={"as_of"}), sort_keys=True)
    return blake2b(shown.encode(), digest_size=12).hexdigest()
