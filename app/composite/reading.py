"""Composites as they are answered: each part leads to the room where it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.attendance.errors import PersonNotFound
from app.attendance.queries import nips_of
from app.audit.service import record
from app.composite.judging import Values, compose_person, compose_unit, values_of_unit
from app.composite.loading import Figures, Ground, load_figures, load_ground
from app.composite.own import load_person_values
from app.composite.rules import Composite, Missing, PartValue, WeighedPart
from app.composite.schemas import CompositeFilter, OpdComposite, PartRead, PersonComposite
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.paging import Page, cut_page, decode_cursor
from app.core.periods import Period
from app.core.principal import MACHINE_ROLES, Principal, Role, Scope
from app.core.texts import Language, text
from app.core.traces import EvidenceLink, RuleLine
from app.policies.rules import Rules
from app.policies.rules_of_performance import CompositePart
from app.policies.sources import Source
from app.registry.errors import OpdNotFound
from app.registry.queries import opd_of_asn

PERSON_READERS = (Role.BUPATI, Role.ADMIN, Role.INSPECTOR, Role.OPD_HEAD)
"""Behaviour and conduct of a person are for those who answer for the person, not for who types the report."""


@dataclass(frozen=True)
class Subject:
    """Whose composite it is, for addresses: an OPD code, or a person's id."""

    opd_code: str | None = None
    asn_id: UUID | None = None


def period_of(code: str | None, today: date) -> Period:
    return Period.parse(code) if code else Period.month(today)


async def read_composites(
    session: AsyncSession, caller: Principal, wanted: CompositeFilter, language: Language, *, at: datetime
) -> Page[OpdComposite]:
    """Reporting units in the caller's reach, by code."""
    today = civil_date(at, zone_of(session))
    ground = await load_ground(session, period_of(wanted.period, today), today)
    after, scope = decode_cursor(wanted.cursor, str), caller.reach()
    rows = [
        (code, figures)
        for code, figures in (await load_figures(session, ground)).items()
        if (scope is None or code in scope) and (after is None or code > after[0])
    ]
    page = cut_page(rows[: wanted.limit + 1], wanted.limit, lambda row: (row[0],))
    items = [unit_read(code, figures, ground, caller, language) for code, figures in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_composite_of_opd(
    session: AsyncSession, caller: Principal, opd_code: str, period: str | None, language: Language, *, at: datetime
) -> OpdComposite:
    """Raises OpdNotFound for an OPD out of reach, and for one that does not report itself."""
    today = civil_date(at, zone_of(session))
    ground = await load_ground(session, period_of(period, today), today)
    figures = (await load_figures(session, ground)).get(opd_code) if caller.reaches(opd_code) else None
    if figures is None:
        raise OpdNotFound
    return unit_read(opd_code, figures, ground, caller, language)


async def read_composite_of_person(
    session: AsyncSession, caller: Principal, asn_id: UUID, period: str | None, language: Language, *, at: datetime
) -> PersonComposite:
    """Raises PersonNotFound where the person is none of the caller's."""
    today = civil_date(at, zone_of(session))
    own = caller.asn_id == asn_id and caller.holds(Role.ASN)
    scope: Scope = None if own else caller.reach(*PERSON_READERS)
    nips = await nips_of(session, [asn_id])
    if not nips or not (scope is None or await opd_of_asn(session, asn_id, today) in scope):
        raise PersonNotFound
    await record(session, caller, "composite.read-person", at=at, target=str(asn_id), nips=nips)
    ground = await load_ground(session, period_of(period, today), today)
    values, provisional = await load_person_values(session, ground, asn_id)
    made = compose_person(values, ground.rules)
    common = _common(values, made, ground, Subject(asn_id=asn_id), language, provisional=provisional)
    return PersonComposite(asn_id=asn_id, **common)


def unit_read(code: str, figures: Figures, ground: Ground, caller: Principal, language: Language) -> OpdComposite:
    """A unit's composite; how many incidents there were is for people who answer for persons."""
    values = dict(values_of_unit(figures, ground.rules, forbidden=ground.forbidden))
    made = compose_unit(values, ground.rules)
    hidden = frozenset({"incidents"}) if caller.holds(*MACHINE_ROLES) else frozenset[str]()
    provisional = figures.output.provisional > 0
    common = _common(values, made, ground, Subject(code), language, provisional=provisional, hidden=hidden)
    href = f"/v1/scores/composite/opd/{code}?period={ground.period.code}"
    return OpdComposite(opd_code=code, href=href, **common)


def _common(
    values: Values,
    made: Composite | None,
    ground: Ground,
    subject: Subject,
    language: Language,
    *,
    provisional: bool,
    hidden: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    parts = made.parts if made else tuple(WeighedPart(part, value, 0, None) for part, value in values.items())
    return {
        "period": ground.period.code,
        "from_date": ground.period.from_date,
        "to_date": ground.period.to_date,
        "policy": ground.rules.label,
        "points": None if made is None else _number(made.points),
        "missing": Missing.NO_RULE_SET if made is None else made.missing,
        "provisional": provisional or ground.period.to_date >= ground.today,
        "parts": [_part(one, ground, subject, language, hidden) for one in parts],
        "line": made and _whole(made, ground.rules, language),
    }


def _number(points: Decimal | None) -> float | None:
    return None if points is None else float(points)


def _part(
    weighed: WeighedPart, ground: Ground, subject: Subject, language: Language, hidden: frozenset[str]
) -> PartRead:
    value = weighed.value
    facts = {name: fact for name, fact in value.facts.items() if name not in hidden}
    said = str(value.missing) if value.points is None else "known"
    line = RuleLine(
        rule=f"composite.{weighed.part}",
        policy=ground.rules.label,
        text=text(language, f"composite.{weighed.part}", said, points=_spoken(value), **facts),
        facts=facts | _basis(source_of(weighed.part, ground.rules)),
        evidence=list(_links(weighed.part, ground.period, subject)),
    )
    return PartRead(
        part=weighed.part,
        points=_number(value.points),
        missing=value.missing,
        weight=weighed.weight,
        share=_number(weighed.share),
        line=line,
    )


def _spoken(value: PartValue) -> str:
    return "–" if value.points is None else f"{value.points.normalize():f}".replace(".", ",")


def _whole(made: Composite, rules: Rules, language: Language) -> RuleLine:
    counted = [one for one in made.parts if one.share is not None]
    facts: dict[str, Any] = {"points": _number(made.points), "counted": len(counted), "of": len(made.parts)}
    return RuleLine(
        rule="composite",
        policy=rules.label,
        text=text(language, "composite", "too-few-parts" if made.points is None else "weighed", **facts),
        facts=facts | {"shares": {one.part: _number(one.share) for one in counted}} | _basis(_said(rules.composite)),
        evidence=[EvidenceLink(kind="policy", id=str(rules.id), href=f"/v1/policies/{rules.id}")],
    )


def source_of(part: CompositePart, rules: Rules) -> Source | None:
    """Where a part's own rule comes from."""
    match part:
        case CompositePart.ATTENDANCE:
            return rules.ranking
        case CompositePart.OUTPUT:
            return _said(rules.output)
        case CompositePart.BEHAVIOUR:
            return _said(rules.behaviour)
        case CompositePart.SERVICE:
            return _said(rules.service)
        case CompositePart.CONDUCT:
            return _said(rules.conduct)


def _said(part: Any) -> Source | None:
    return None if part is None else part.source


def _basis(source: Source | None) -> dict[str, Any]:
    return {} if source is None else {"base": source.base, "source": source.source, "verified": source.verified}


_OF_OPD: Mapping[CompositePart, tuple[str, ...]] = {
    CompositePart.ATTENDANCE: ("/v1/scores/opd/{opd_code}?period={period}",),
    CompositePart.OUTPUT: ("/v1/performance/opd/{opd_code}?period={period}",),
    CompositePart.BEHAVIOUR: ("/v1/behaviour/opd/{opd_code}/values?period={period}",),
    CompositePart.SERVICE: ("/v1/counters/speed?opd_code={opd_code}&period={period}",),
    CompositePart.CONDUCT: ("/v1/circulars", "/v1/livestreams/incidents?opd_code={opd_code}"),
}
_OF_PERSON: Mapping[CompositePart, tuple[str, ...]] = {
    CompositePart.ATTENDANCE: ("/v1/scores/asn/{asn_id}?period={period}",),
    CompositePart.OUTPUT: ("/v1/performance/asn/{asn_id}?period={period}",),
    CompositePart.BEHAVIOUR: ("/v1/behaviour/asn/{asn_id}?period={period}",),
    CompositePart.CONDUCT: ("/v1/circulars", "/v1/livestreams/incidents?asn_id={asn_id}"),
}
"""Where a part is read, with its own lines and evidence."""


def _links(part: CompositePart, period: Period, subject: Subject) -> Iterable[EvidenceLink]:
    addresses = _OF_OPD if subject.asn_id is None else _OF_PERSON
    named = {"opd_code": subject.opd_code, "asn_id": subject.asn_id, "period": period.code}
    for address in addresses[part]:
        yield EvidenceLink(kind=part, id=str(subject.asn_id or subject.opd_code), href=address.format(**named))
