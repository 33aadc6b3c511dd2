"""Speed of service as it is answered: every figure with the promise and the rule that it is held against."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.periods import Period
from app.core.principal import Principal, Scope
from app.core.rates import PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.counters import queries, schemas
from app.counters.errors import SpeedSpanInvalid
from app.counters.figures import SpeedFigure, speed_of_services, speed_total, speed_trend
from app.counters.models import CounterPromise
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.errors import OpdNotFound

LONGEST = 366
BY_DAY = 31
"""Days of a span up to which its trend is told by the day."""


def span_of(period: str | None, from_date: date | None, to_date: date | None, today: date) -> tuple[date, date]:
    """Civil days of a question; this month where nothing is asked. Raises SpeedSpanInvalid."""
    if period is not None:
        if from_date or to_date:
            raise SpeedSpanInvalid(days=LONGEST)
        found = Period.parse(period)
        return found.from_date, found.to_date
    month = Period.month(to_date or from_date or today)
    first, last = from_date or month.from_date, to_date or max(month.to_date, from_date or date.min)
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise SpeedSpanInvalid(days=LONGEST)
    return first, last


async def read_speed(
    session: AsyncSession, wanted: schemas.SpeedFilter, language: Language, *, at: datetime
) -> schemas.SpeedAnswer:
    """How long the public waited: everybody, each OPD and each of its services, and how that changes."""
    today = civil_date(at, zone_of(session))
    first, last = span_of(wanted.period, wanted.from_date, wanted.to_date, today)
    scope: Scope = None if wanted.opd_code is None else frozenset({wanted.opd_code})
    on = min(last, max(today, first))
    rules = await rules_on(session, on)
    now, before = await speed_total(session, first, last, scope)
    in_force = await queries.list_promises_on(session, on, scope)
    promises = {(one.opd_code, one.service_code): one for one in in_force}
    trend = await speed_trend(session, first, last, scope, by="day" if (last - first).days < BY_DAY else "month")
    return schemas.SpeedAnswer(
        from_date=first,
        to_date=last,
        total=_speed(now, rules),
        before=_speed(before, rules),
        opd=_opds(await speed_of_services(session, first, last, scope), promises, rules, (first, last), language),
        trend=[
            schemas.SpeedTrend(
                from_date=day,
                served=one.served,
                within=PercentRead.model_validate(one.share),
                wait_p50=one.wait_p50,
                total_p50=one.total_p50,
            )
            for day, one in trend
        ],
        lines=[_rule_line(now, rules, language)],
    )


def _speed(figure: SpeedFigure, rules: Rules) -> schemas.SpeedRead:
    return schemas.SpeedRead(**_plain(figure, rules))


def _plain(figure: SpeedFigure, rules: Rules) -> dict[str, Any]:
    enough = rules.service is not None and figure.promised >= rules.service.minimum_served
    names = ("served", "waiting", "cancelled", "wait_p50", "wait_p90", "total_p50", "total_p90")
    return {name: getattr(figure, name) for name in names} | {
        "within": PercentRead.model_validate(figure.share),
        "enough": enough,
    }


Promises = Mapping[tuple[str, str], CounterPromise]


def _opds(
    found: list[tuple[str, str | None, SpeedFigure]],
    promises: Promises,
    rules: Rules,
    span: tuple[date, date],
    language: Language,
) -> list[schemas.OpdSpeed]:
    """OPDs by code, each with its services."""
    whole = {code: figure for code, service, figure in found if service is None}
    services: dict[str, list[schemas.ServiceSpeed]] = {}
    for code, service, figure in sorted(found, key=lambda one: (one[0], one[1] or "")):
        if service is not None:
            promise = promises.get((code, service))
            line = _promise_line(code, service, figure, promise, rules, span, language)
            named = {"service_code": service, "name": promise.name if promise else None, "lines": [line]}
            services.setdefault(code, []).append(schemas.ServiceSpeed(**_plain(figure, rules), **named))
    return [
        schemas.OpdSpeed(**_plain(figure, rules), opd_code=code, services=services.get(code, []))
        for code, figure in sorted(whole.items())
    ]


def _promise_line(
    code: str,
    service: str,
    figure: SpeedFigure,
    promise: CounterPromise | None,
    rules: Rules,
    span: tuple[date, date],
    language: Language,
) -> RuleLine:
    """What a service promises now, and the tickets that are held against the promise of their day."""
    href = f"/v1/counters/times?opd_code={code}&service_code={service}&from={span[0]}&to={span[1]}"
    facts: dict[str, Any] = {"within": figure.within, "promised": figure.promised}
    if promise is not None:
        facts |= {"promise": words_of(promise, language), "source": promise.source, "version": promise.version}
        facts["from"] = promise.from_date.isoformat()
    return RuleLine(
        rule="service.promise",
        policy=rules.label,
        text=text(language, "speed", "promised" if promise else "no-promise", **facts),
        facts=facts,
        evidence=[EvidenceLink(kind="ticket", id=f"{code}/{service}", href=href)],
    )


def _rule_line(figure: SpeedFigure, rules: Rules, language: Language) -> RuleLine:
    """From how many people on a share says anything."""
    facts: dict[str, Any] = {"promised": figure.promised, "within": figure.within}
    if rules.service is None:
        return RuleLine(
            rule="service.minimum",
            policy=rules.label,
            text=text(language, "speed", "no-rule-set"),
            facts=facts,
            evidence=[],
        )
    source = rules.service.source
    facts |= {"minimum_served": rules.service.minimum_served, "base": source.base}
    key = "enough" if figure.promised >= rules.service.minimum_served else "too-few"
    return RuleLine(
        rule="service.minimum",
        policy=rules.label,
        text=text(language, "speed", key, **facts),
        facts=facts | {"source": source.source, "verified": source.verified},
        evidence=[EvidenceLink(kind="policy", id=str(rules.id), href=f"/v1/policies/{rules.id}")],
    )


def words_of(promise: CounterPromise, language: Language) -> str:
    """A promise as a sentence has it."""
    said = [
        text(language, "speed.promise", name, number=number)
        for name in ("wait_minutes", "finish_minutes", "finish_working_days")
        if (number := getattr(promise, name)) is not None
    ]
    return ", ".join(said)


async def read_services(session: AsyncSession, wanted: schemas.ServiceFilter) -> Page[schemas.ServiceRead]:
    """Every service with the promise that was made last."""
    rows = [schemas.ServiceRead.model_validate(one) for one in await queries.list_services(session, wanted)]
    return cut_page(rows, wanted.limit, lambda row: (row.opd_code, row.service_code))


async def read_tickets(
    session: AsyncSession, caller: Principal, wanted: schemas.TicketFilter, language: Language, *, at: datetime
) -> Page[schemas.TicketRead]:
    """Tickets in reach, the latest first. Raises OpdNotFound for an OPD out of reach, SpeedSpanInvalid."""
    if wanted.opd_code is not None and not caller.reaches(wanted.opd_code):
        raise OpdNotFound
    scope: Scope = caller.reach() if wanted.opd_code is None else frozenset({wanted.opd_code})
    today = civil_date(at, zone_of(session))
    first, last = span_of(None, wanted.from_date, wanted.to_date, today)
    found = await queries.list_tickets(session, wanted, first, last, scope)
    await record(session, caller, "counters.list", at=at, target=wanted.opd_code)
    names = schemas.TicketRead.model_fields.keys() - {"promise"}
    rows = [
        schemas.TicketRead(
            **{name: getattr(row, name) for name in names},
            promise=words_of(promise, language) if promise else None,
        )
        for row, promise in found
    ]
    return cut_page(rows, wanted.limit, lambda row: (row.day, row.opd_code, row.service_code, row.ticket))
