"""What people, OPDs and themes reached in a span of days: sums made by the database, however many people there are.

The rule is that of `rules.capaian`, said once more for sets; a test holds the two together.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Numeric,
    Select,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import within
from app.core.paging import decode_cursor
from app.core.principal import Scope
from app.duty.models import Absence
from app.duty.rules import AbsenceState
from app.performance.answers import PeopleFilter
from app.performance.models import PerformanceIndicator, PerformanceTarget
from app.performance.rules import COUNTED, EXCUSING, UNSETTLED, WHOLE, Capaian, OutputFigure, Standing, State, Theme
from app.registry.models import Asn, Assignment
from app.registry.queries import valid_on

LEFT_OUT = tuple(one for one in Standing if one not in COUNTED)


class Span(NamedTuple):
    """Civil days, both inclusive, as they are read on a day."""

    from_date: date
    to_date: date
    today: date


def excused() -> ColumnElement[bool]:
    """One confirmed excusing absence covers all of a target's period, or the person had left before its last day."""
    last_day = PerformanceTarget.to_date.expression
    serves = exists().where(Assignment.asn_id == PerformanceTarget.asn_id, valid_on(Assignment, last_day))
    return or_(_on_leave(), not_(serves.correlate(PerformanceTarget)))


def _on_leave() -> ColumnElement[bool]:
    leave = exists().where(
        Absence.asn_id == PerformanceTarget.asn_id,
        Absence.state == AbsenceState.CONFIRMED,
        Absence.code == func.any(literal(sorted(EXCUSING), ARRAY(Absence.code.type))),
        Absence.from_date <= PerformanceTarget.from_date,
        Absence.to_date >= PerformanceTarget.to_date,
    )
    return leave.correlate(PerformanceTarget)


def lies_in(span: Span) -> ColumnElement[bool]:
    """Targets whose period lies wholly in the span."""
    return and_(PerformanceTarget.from_date >= span.from_date, PerformanceTarget.to_date <= span.to_date)


def _by_indicator(span: Span, asn_ids: Collection[UUID] | None, *, placed: bool) -> FromClause:
    """Each indicator's targets of the span: how many count and what they add up to, and how many are left out why.

    Absences are asked for of open targets alone: most are not open any more. `placed` by the OPD where the person
    served on a target's last day: those of people who had left by then are not there at all.
    """
    kept = PerformanceTarget
    is_open, is_over = kept.state == State.OPEN, kept.to_date < span.today
    away = _on_leave() if placed else excused()
    counted: dict[str, ColumnElement[Any]] = {
        "shares": func.coalesce(func.sum(kept.share), 0),
        "accepted": _count(kept.state == State.ACCEPTED),
        "over": _count(and_(is_open, is_over)),
        "running": _count(and_(is_open, not_(is_over))),
        "away_over": _count(and_(is_open, is_over, away)),
        "away_running": _count(and_(is_open, not_(is_over), away)),
        "waiting": _count(kept.state == State.WAITING),
        "returned": _count(kept.state == State.RETURNED),
    }
    keys: list[Any] = [kept.asn_id, kept.indicator_id, kept.weight, *([Assignment.opd_code] if placed else [])]
    asked = select(*keys, *(number.label(name) for name, number in counted.items())).where(lies_in(span))
    if asn_ids is not None:
        asked = asked.where(kept.asn_id == func.any(literal(sorted(set(asn_ids)), ARRAY(Uuid))))
    if placed:
        serves = and_(Assignment.asn_id == kept.asn_id, valid_on(Assignment, kept.to_date.expression))
        asked = asked.join(Assignment, serves)
    each = asked.group_by(*keys).cte("told").c
    standings: dict[Standing, ColumnElement[int]] = {
        Standing.WAITING: each.waiting,
        Standing.RETURNED: each.returned,
        Standing.PENDING: each.running - each.away_running,
        Standing.EXCUSED: each.away_over + each.away_running,
    }
    settled: ColumnElement[int] = each.accepted + each.over - each.away_over
    names = ["asn_id", "indicator_id", "weight", "shares", *(["opd_code"] if placed else [])]
    left_out = (number.label(one.value) for one, number in standings.items())
    return select(*(each[name] for name in names), settled.label("settled"), *left_out).cte("one")


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)


def _by_person(each: FromClause, *keys: ColumnElement[Any]) -> Select[Any]:
    """What indicators come to for each person and further key."""
    mean = cast(each.c.weight, Numeric) * each.c.shares / func.nullif(each.c.settled, 0) / WHOLE
    return select(
        each.c.asn_id,
        *keys,
        func.round(func.coalesce(func.sum(mean), 0), 6).label("earned"),
        func.coalesce(func.sum(each.c.weight).filter(each.c.settled > 0), 0).label("weight"),
        func.count().label("outputs"),
        *(cast(func.sum(each.c[one.value]), Integer).label(one.value) for one in LEFT_OUT),
    ).group_by(each.c.asn_id, *keys)


async def capaian_of(
    session: AsyncSession,
    asn_ids: Collection[UUID] | None,
    from_date: date,
    to_date: date,
    today: date,
    *,
    opd_code: str | None = None,
) -> dict[UUID, Capaian]:
    """What each person's targets of a span come to; who has none is left out and said nothing of. None: everybody.

    With an OPD, the targets alone that were due while the person served there.
    """
    each = _by_indicator(Span(from_date, to_date, today), asn_ids, placed=opd_code is not None)
    asked = _by_person(each)
    if opd_code is not None:
        asked = asked.where(each.c.opd_code == opd_code)
    return {
        row.asn_id: Capaian(
            row.earned,
            row.weight,
            {one: number for one in LEFT_OUT if (number := getattr(row, one.value))},
        )
        for row in await session.execute(asked)
    }


def _figures(people: FromClause, *keys: ColumnElement[Any]) -> Select[Any]:
    """Sums over people by key; each person counts once, by the share of the own weight that was earned."""
    waits = sum((people.c[one.value] for one in UNSETTLED), literal(0))
    return select(
        *keys,
        func.count().label("people"),
        func.count().filter(people.c.weight > 0).label("known"),
        func.count().filter(waits > 0).label("provisional"),
        func.coalesce(func.round(func.sum(people.c.earned / func.nullif(people.c.weight, 0)), 6), 0).label("earned"),
        cast(func.sum(people.c.outputs), Integer).label("outputs"),
    ).group_by(*keys)


def _figure(row: Any) -> OutputFigure:
    return OutputFigure(row.people, row.known, row.provisional, Decimal(row.earned), row.outputs)


async def capaian_by_opd(
    session: AsyncSession, from_date: date, to_date: date, today: date, scope: Scope = None
) -> dict[str, OutputFigure]:
    """What the people of each OPD reached in a span: the average over those of whom something is settled.

    A target counts where the person served on the last day of its period. `people` are all who served there on any
    day of the span; those of whom nothing is settled, for want of targets or of verification, are missing.
    """
    each = _by_indicator(Span(from_date, to_date, today), None, placed=True)
    people = _by_person(each, each.c.opd_code).cte("person")
    rows = await session.execute(_figures(people, people.c.opd_code).where(within(people.c.opd_code, scope)))
    found = {row.opd_code: _figure(row) for row in rows}
    served = await _count_people(session, from_date, to_date, scope)
    return {code: replace(found.get(code, OutputFigure()), people=people) for code, people in served.items()}


async def _count_people(session: AsyncSession, from_date: date, to_date: date, scope: Scope) -> dict[str, int]:
    asked = (
        select(Assignment.opd_code, func.count(Assignment.asn_id.distinct()))
        .where(within(Assignment.opd_code, scope), _served_in(from_date, to_date))
        .group_by(Assignment.opd_code)
    )
    return {row[0]: row[1] for row in await session.execute(asked)}


def _served_in(from_date: date, to_date: date) -> ColumnElement[bool]:
    """Assignments that share a day with a span."""
    lasts = or_(Assignment.to_date.is_(None), Assignment.to_date >= from_date)
    return and_(Assignment.from_date <= to_date, lasts)


async def theme_totals(
    session: AsyncSession, from_date: date, to_date: date, today: date, scope: Scope = None
) -> dict[Theme, dict[str, OutputFigure]]:
    """What was reached for each theme of reformasi birokrasi tematik, by OPD; each person counts once in an OPD."""
    one = _by_indicator(Span(from_date, to_date, today), None, placed=True)
    asked = select(one, PerformanceIndicator.theme).join(
        PerformanceIndicator, PerformanceIndicator.id == one.c.indicator_id
    )
    each = asked.where(PerformanceIndicator.theme.is_not(None), within(one.c.opd_code, scope)).cte("themed")
    people = _by_person(each, each.c.opd_code, each.c.theme).cte("person")
    found: dict[Theme, dict[str, OutputFigure]] = {theme: {} for theme in Theme}
    for row in await session.execute(_figures(people, people.c.theme, people.c.opd_code)):
        found[Theme(row.theme)][row.opd_code] = _figure(row)
    return found


async def list_people(session: AsyncSession, opd_code: str, span: Span, wanted: PeopleFilter) -> list[Asn]:
    """Who served in an OPD on any day of a span, and one more than the limit where there is one."""
    served = select(Assignment.asn_id).where(Assignment.opd_code == opd_code, _served_in(span.from_date, span.to_date))
    asked = select(Asn).where(Asn.id.in_(served)).order_by(Asn.id).limit(wanted.limit + 1)
    if (after := decode_cursor(wanted.cursor, UUID)) is not None:
        asked = asked.where(Asn.id > after[0])
    return list(await session.scalars(asked, execution_options={"populate_existing": True}))
