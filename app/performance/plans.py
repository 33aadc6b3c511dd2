"""Plans of a year: kept version by version, the latest in force."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import zone_of
from app.core.errors import FieldError
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.versions import require_version
from app.performance.attendance_words import speaks_of_presence_alone
from app.performance.errors import AttendanceIsNoOutput, PlanChangeNeedsReason, PlanRefused
from app.performance.models import PerformancePlan
from app.performance.outcomes import PlanKey, load_plans, put_in_force
from app.performance.people import READERS, WRITERS, find_person, lock_person
from app.performance.planning import Indicator, Names, difference, from_json, gathered, listed_twice, words_of
from app.performance.schemas import (
    IndicatorRead,
    IndicatorWrite,
    PlanRead,
    PlanVersions,
    PlanWrite,
    RhkRead,
    RhkWrite,
    TargetRead,
)

MAX_ERRORS = 100


class Version(NamedTuple):
    """A new version of somebody's plan."""

    number: int
    before: Sequence[Indicator]
    after: Sequence[Indicator]


async def read_plan(session: AsyncSession, caller: Principal, asn_id: UUID, year: int, *, at: datetime) -> PlanRead:
    """The plan in force; raises AsnNotFound."""
    person = await find_person(session, caller, asn_id, civil_date(at, zone_of(session)), *READERS)
    await record(session, caller, "performance.read-plan", at=at, target=str(asn_id), nips=[person.nip], year=year)
    kept = await _list_versions(session, PlanKey(asn_id, year), 1)
    return _read(kept[0]) if kept else _nothing(asn_id, year)


async def read_versions(
    session: AsyncSession, caller: Principal, asn_id: UUID, year: int, *, at: datetime
) -> PlanVersions:
    """Every version of a plan; raises AsnNotFound."""
    person = await find_person(session, caller, asn_id, civil_date(at, zone_of(session)), *READERS)
    await record(session, caller, "performance.read-plan", at=at, target=str(asn_id), nips=[person.nip], year=year)
    return PlanVersions(items=[_read(kept) for kept in await _list_versions(session, PlanKey(asn_id, year))])


async def set_plan(
    session: AsyncSession,
    caller: Principal,
    asn_id: UUID,
    year: int,
    body: PlanWrite,
    *,
    expected: int | None,
    at: datetime,
) -> PlanRead:
    """Keep a whole plan as a new version; the one in force already changes nothing.

    Raises AsnNotFound, AttendanceIsNoOutput, PlanRefused, VersionRequired, VersionMismatch, PlanChangeNeedsReason.
    """
    person = await lock_person(session, caller, asn_id, civil_date(at, zone_of(session)), *WRITERS)
    key = PlanKey(asn_id, year)
    version, before = (await load_plans(session, [key])).get(key, (0, []))
    after = _planned(body, year, Names(asn_id, year, before))
    if version == 0 or after != before:
        if version or expected is not None:
            require_version(expected, version)
        if version and body.reason is None:
            raise PlanChangeNeedsReason
        await keep_plans(session, caller, {key: Version(version + 1, before, after)}, body.reason, at=at)
        about = {"year": year, "version": version + 1}
        await record(session, caller, "performance.plan", at=at, target=str(asn_id), nips=[person.nip], **about)
    return _read((await _list_versions(session, key, 1))[0])


async def keep_plans(
    session: AsyncSession, caller: Principal, plans: Mapping[PlanKey, Version], reason: str | None, *, at: datetime
) -> None:
    """Add a version to each of these plans and have it in force, in a fixed number of statements."""
    rows = [
        {
            "id": new_id(),
            "asn_id": key.asn_id,
            "year": key.year,
            "version": kept.number,
            "indicators": [one.to_json() for one in kept.after],
            "reason": reason,
            "by": caller.id,
            "by_name": caller.name,
            "at": at,
        }
        for key, kept in plans.items()
    ]
    await upsert_rows(session, PerformancePlan, rows)
    await put_in_force(session, {key: difference(kept.before, kept.after) for key, kept in plans.items()})


def _planned(body: PlanWrite, year: int, names: Names) -> list[Indicator]:
    """Raises AttendanceIsNoOutput, PlanRefused."""
    said = [
        (f"/rhk/{row}/indicators/{place}", rhk, one)
        for row, rhk in enumerate(body.rhk)
        for place, one in enumerate(rhk.indicators)
    ]
    presence = {f"/rhk/{row}/rhk": rhk.rhk for row, rhk in enumerate(body.rhk)}
    refuse_presence(presence | {f"{place}/indicator": one.indicator for place, _, one in said})
    _refuse(error for place, _, one in said for error in _wrong(place, one, year, names))
    planned = [_indicator(rhk, one, names) for _, rhk, one in said]
    _refuse(FieldError(f"{said[place][0]}/indicator", "listed_twice") for place in listed_twice(planned))
    return gathered(planned)


def refuse_presence(texts: Mapping[str, str | None]) -> None:
    """Raises AttendanceIsNoOutput naming each text, by pointer, that speaks of presence alone."""
    wrong = [
        FieldError(pointer, "presence_no_output")
        for pointer, said in texts.items()
        if said and speaks_of_presence_alone(said)
    ]
    if wrong:
        raise AttendanceIsNoOutput(errors=wrong[:MAX_ERRORS], count=len(wrong))


def _wrong(place: str, one: IndicatorWrite, year: int, names: Names) -> Iterable[FieldError]:
    if one.id is not None and not names.knows(one.id):
        yield FieldError(f"{place}/id", "indicator_unknown")
    for number, target in enumerate(one.targets):
        if not target.period.startswith(f"{year}-"):
            yield FieldError(f"{place}/targets/{number}/period", "period_of_other_year", {"year": year})


def _refuse(wrong: Iterable[FieldError]) -> None:
    found = list(wrong)
    if found:
        raise PlanRefused(errors=found[:MAX_ERRORS], count=len(found))


def _indicator(rhk: RhkWrite, one: IndicatorWrite, names: Names) -> Indicator:
    said = one.model_dump(exclude={"id", "targets"})
    return Indicator(
        id=one.id or names.id_of(words_of(rhk.rhk, one.indicator, one.aspect)),
        rhk=rhk.rhk,
        supports=rhk.supports,
        theme=rhk.theme,
        targets=dict(sorted((target.period, target.target) for target in one.targets)),
        **said,
    )


async def _list_versions(session: AsyncSession, key: PlanKey, limit: int | None = None) -> Sequence[PerformancePlan]:
    """The versions of a plan, the newest first."""
    kept = select(PerformancePlan).filter_by(asn_id=key.asn_id, year=key.year)
    return (await session.scalars(kept.order_by(PerformancePlan.version.desc()).limit(limit))).all()


def _read(kept: PerformancePlan) -> PlanRead:
    indicators = [from_json(one) for one in kept.indicators]
    grouped = groupby(indicators, lambda one: (one.rhk, one.supports, one.theme))
    return PlanRead(
        asn_id=kept.asn_id,
        year=kept.year,
        version=kept.version,
        rhk=[
            RhkRead(rhk=rhk, supports=supports, theme=theme, indicators=[_read_indicator(one) for one in group])
            for (rhk, supports, theme), group in grouped
        ],
        reason=kept.reason,
        at=kept.at,
        by_name=kept.by_name,
    )


def _read_indicator(one: Indicator) -> IndicatorRead:
    return IndicatorRead(
        **{
            name: value for name, value in vars(one).items() if name in IndicatorRead.model_fields and name != "targets"
        },
        targets=[TargetRead(period=period, target=target) for period, target in one.targets.items()],
    )


def _nothing(asn_id: UUID, year: int) -> PlanRead:
    return PlanRead(asn_id=asn_id, year=year, version=0, rhk=[], reason=None, at=None, by_name=None)
