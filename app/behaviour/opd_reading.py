"""Answers about the people of an OPD together."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.behaviour import queries, schemas
from app.behaviour.berakhlak import VALUES, CoreValue
from app.behaviour.queries import Served, Spread
from app.behaviour.reading import number, period_of
from app.behaviour.rules import FEWEST_PEOPLE, Judged, average, judge
from app.core.paging import decode_cursor, encode_cursor
from app.core.periods import Period
from app.core.principal import Principal, Role
from app.core.rates import Percent, PercentRead
from app.policies.rules import Rules
from app.policies.service import rules_on
from app.registry.nip import masked
from app.registry.queries import get_opd


@dataclass(frozen=True)
class OpdStanding:
    """Everybody who serves in an OPD on the day of a period, and what was said of them."""

    opd_code: str
    period: Period
    rules: Rules
    people: list[Served]
    spreads: Mapping[UUID, Spread]

    def judge(self, person: Served) -> Judged:
        return judge(self._spread(person).said, self.rules.behaviour)

    def _spread(self, person: Served) -> Spread:
        return self.spreads.get(person.asn_id) or Spread(person.asn_id, self.period.code)

    def figures(self) -> dict[str, Any]:
        """The fields of `OpdValuesRead`."""
        points = [judged.points for judged in map(self.judge, self.people) if judged.points is not None]
        assessed = Percent(len(points), len(self.people))
        return {
            "opd_code": self.opd_code,
            "period": self.period.code,
            "policy": self.rules.label,
            "assessed": PercentRead.model_validate(assessed),
            "average": number(average(points)) if len(points) >= FEWEST_PEOPLE else None,
            "values": [self._on(value) for value in VALUES],
        }

    def _on(self, value: CoreValue) -> schemas.OpdValue:
        """A person counts on a value where they have points on it: where the superior rated one of its guides."""
        each = (judge(self._spread(person).on(value.code), self.rules.behaviour) for person in self.people)
        points = [judged.points for judged in each if judged.points is not None]
        told = average(points) if len(points) >= FEWEST_PEOPLE else None
        return schemas.OpdValue(value=value.code, name=value.name, people=len(points), average=number(told))


async def read_opd(
    session: AsyncSession, caller: Principal, opd_code: str, wanted: schemas.OpdFilter, *, at: datetime
) -> schemas.OpdBehaviour:
    """An OPD's own people in short, with those of whom nothing is known. Raises OpdNotFound, BadCursor."""
    after = decode_cursor(wanted.cursor, UUID)
    opd = await _load_opd(session, caller, queries.READERS, opd_code, wanted.period, at)
    rest = [person for person in opd.people if after is None or person.asn_id > after[0]]
    shown = rest[: wanted.limit]
    more = encode_cursor(shown[-1].asn_id) if len(rest) > len(shown) else None
    nips = [person.nip for person in shown]
    await record(session, caller, "behaviour.read_opd", at=at, target=opd_code, nips=nips, period=opd.period.code)
    # A large OPD takes some tenths of a second, in which others are served.
    figures = await asyncio.to_thread(opd.figures)
    return schemas.OpdBehaviour(**figures, items=[_item(opd, person) for person in shown], next_cursor=more)


async def read_opd_values(
    session: AsyncSession, caller: Principal, opd_code: str, code: str | None, *, at: datetime
) -> schemas.OpdValuesRead:
    """An OPD's figures without any person. Raises OpdNotFound."""
    opd = await _load_opd(session, caller, queries.COUNT_READERS, opd_code, code, at)
    return schemas.OpdValuesRead(**await asyncio.to_thread(opd.figures))


async def _load_opd(
    session: AsyncSession, caller: Principal, roles: tuple[Role, ...], opd_code: str, code: str | None, at: datetime
) -> OpdStanding:
    await get_opd(session, opd_code, caller.reach(*roles))
    period, day = period_of(session, code, at)
    people = await queries.list_served(session, opd_code, day)
    spreads = await queries.list_spreads(session, [person.asn_id for person in people], period.code)
    return OpdStanding(opd_code, period, await rules_on(session, day), people, spreads)


def _item(opd: OpdStanding, person: Served) -> schemas.PersonBehaviourItem:
    judged = opd.judge(person)
    return schemas.PersonBehaviourItem(
        asn_id=person.asn_id,
        name=person.name,
        nip_masked=masked(person.nip),
        points=number(judged.points),
        no_points=judged.unsaid,
        proposal=judged.proposal,
        href=f"/v1/behaviour/asn/{person.asn_id}?period={opd.period.code}",
    )
