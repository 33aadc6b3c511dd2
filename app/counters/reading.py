"""Speed of service as it is answered: every figure with the promise and the rule that it is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page
from app.core.periods import Period, day_of_rules
from app.core.principal import HUMAN_ROLES, Principal, Scope
from app.core.rates import PercentRead
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.counters import queries, schemas
from app.counters.errors import SpeedSpanInvalid
from app.counters.figures import SpeedFigure, SpeedParts, speed_parts, speed_total
from app.counters.models import CounterPromise
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.queries import get_opd

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
    first = from_date or Period.month(to_date or today).from_date
    last = to_date or Period.month(first).to_date
    if not timedelta(0) <= last - first < timedelta(days=LONGEST):
        raise SpeedSpanInvalid(days=LONGEST)
    return first, last


async def read_speed(
    session: AsyncSession, wanted: schemas.SpeedFilter, language: Language, *, at: datetime
) -> schemas.SpeedAnswer:
    """How long the public waited: everybody, each OPD and each of its services, and how that changes."""
    today = civil_date(at, zone_of(session))
    first, last = span_of(wanted.period, wanted.from_date, wanted.to_date, today)
    on = day_of_rules(first, last, today)
    scope: Scope = None if wanted.opd_code is None else frozenset({wanted.opd_code})
    now, before = await speed_total(session, first, last, scope)
    by = "day" if (last - first).days < BY_DAY else "month"
    parts = await speed_parts(session, first, last, scope, by=by, most=wanted.limit)
    promises = await queries.list_promises_in_force(session, on, scope)
    held = Held(await rules_on(session, on), (first, last), on, promises, language)
    return schemas.SpeedAnswer(
        from_date=first,
        to_date=last,
        total=_speed(now, held.rules),
        before=_speed(before, held.rules),
        opd=[_opd(code, parts, held) for code in sorted(parts.opds)],
        trend=[_trend(day, figure) for day, figure in parts.trend.items()],
        lines=[_rule_line(now, held)],
    )


@dataclass(frozen=True)
class Held:
    """What the figures of a span are held against, as it is on its last day or, while it runs, today."""

    rules: Rules
    span: tuple[date, date]
    on: date
    promises: Mapping[tuple[str, str], CounterPromise]
    language: Language


def _speed(figure: SpeedFigure, rules: Rules) -> schemas.SpeedRead:
    return schemas.SpeedRead(**_plain(figure, rules))


def _plain(figure: SpeedFigure, rules: Rules) -> dict[str, Any]:
    enough = rules.service is not None and figure.promised >= rules.service.minimum_served
    names = ("served", "waiting", "cancelled", "wait_p50", "wait_p90", "total_p50", "total_p90")
    return {name: getattr(figure, name) for name in names} | {
        "within": PercentRead.model_validate(figure.share),
        "enough": enough,
    }


def _trend(day: date, figure: SpeedFigure) -> schemas.SpeedTrend:
    told = {name: getattr(figure, name) for name in ("served", "wait_p50", "total_p50")}
    return schemas.SpeedTrend(**told, from_date=day, within=PercentRead.model_validate(figure.share))


def _opd(code: str, parts: SpeedParts, held: Held) -> schemas.OpdSpeed:
    services = [_service(code, service, figure, held) for service, figure in parts.services[code].items()]
    more = parts.services_of[code] - len(services)
    return schemas.OpdSpeed(**_plain(parts.opds[code], held.rules), opd_code=code, services=services, more=more)


def _service(code: str, service: str, figure: SpeedFigure, held: Held) -> schemas.ServiceSpeed:
    promise = held.promises.get((code, service))
    return schemas.ServiceSpeed(
        **_plain(figure, held.rules),
        service_code=service,
        name=promise.name if promise else None,
        lines=[_promise_line(code, service, figure, promise, held)],
    )


def _promise_line(code: str, service: str, figure: SpeedFigure, promise: CounterPromise | None, held: Held) -> RuleLine:
    """What a service promised last in the span, and the tickets, each held against the promise of its own day."""
    first, last = held.span
    href = f"/v1/counters/times?opd_code={code}&service_code={service}&from={first}&to={last}"
    facts: dict[str, Any] = {"within": figure.within, "promised": figure.promised}
    if promise is not None:
        facts |= {"promise": words_of(promise, held.language), "source": promise.source, "version": promise.version}
        facts |= {"from": promise.from_date.isoformat(), "day": held.on.isoformat()}
    return RuleLine(
        rule="service.promise",
        policy=held.rules.label,
        text=text(held.language, "speed", "promised" if promise else "no-promise", **facts),
        facts=facts,
        evidence=[EvidenceLink(kind="ticket", id=f"{code}/{service}", href=href)],
    )


def _rule_line(figure: SpeedFigure, held: Held) -> RuleLine:
    """From how many people on a share says anything."""
    facts: dict[str, Any] = {"promised": figure.promised, "within": figure.within}
    rules, evidence, key = held.rules, [], "no-rule-set"
    if rules.service is not None:
        source, minimum = rules.service.source, rules.service.minimum_served
        facts |= {"minimum_served": minimum, "source": source.source, "verified": source.verified, "base": source.base}
        key = "enough" if figure.promised >= minimum else "too-few"
        evidence = [EvidenceLink(kind="policy", id=str(rules.id), href=f"/v1/policies/{rules.id}")]
    return RuleLine(
        rule="service.minimum",
        policy=rules.label,
        text=text(held.language, "speed", key, **facts),
        facts=facts,
        evidence=evidence,
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
    """Tickets of the OPDs in reach, the latest first. Raises OpdNotFound out of reach, SpeedSpanInvalid."""
    scope = caller.reach(*HUMAN_ROLES)
    if wanted.opd_code is not None:
        scope = frozenset({(await get_opd(session, wanted.opd_code, scope)).code})
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
    return cut_page(rows, wanted.limit, lambda row: (row.arrived_at, row.opd_code, row.service_code, row.ticket))
