"""Policies into and out of the database; the shipped one is there from the first question on."""

import tomllib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import stable_id
from app.policies.models import Policy
from app.policies.rules import Band, Rules, Sourced, Tier
from app.policies.schemas import PointsRule, PolicyDocument


@cache
def shipped_document() -> PolicyDocument:
    return PolicyDocument.model_validate(tomllib.loads((files(__package__) / "default.toml").read_text("utf-8")))


def read_rules(policy: Policy) -> Rules:
    document = PolicyDocument.model_validate(policy.document)

    def sourced(rule: PointsRule) -> Sourced:
        return Sourced(rule.points, rule.source, rule.verified)

    return Rules(
        id=policy.id,
        code=policy.code,
        version=policy.version,
        legal_basis=policy.legal_basis,
        effective_from=policy.effective_from,
        wfa_share_percent=document.presence.wfa_share_percent,
        duty_rate=sourced(document.points.duty_rate),
        timeliness=sourced(document.points.timeliness),
        accuracy=sourced(document.points.accuracy),
        minutes_per_point=document.timeliness.minutes_per_point,
        accuracy_cost=document.accuracy.model_dump(),
        bands=tuple(Band(band.code, band.at_most) for band in document.bands),
        minimum_apels=document.ranking.minimum_apels,
        minimum_strength=document.ranking.minimum_strength,
        tiers=tuple(Tier(tier.code, Decimal(tier.at_least)) for tier in document.tiers),
    )


async def rules_on(session: AsyncSession, day: date) -> Rules:
    """The rules in force on a civil day: the active version with the latest beginning, else the shipped one."""
    found = await _active(session, day)
    if found is None:
        await _ship(session)
        found = await _active(session, day)
    if found is None:
        raise LookupError("the shipped policy begins later than any apel")
    return read_rules(found)


async def _active(session: AsyncSession, day: date) -> Policy | None:
    return await session.scalar(
        select(Policy)
        .where(Policy.state == "active", Policy.effective_from <= day)
        .where(Policy.effective_to.is_(None) | (Policy.effective_to >= day))
        .order_by(Policy.effective_from.desc(), Policy.version.desc())
        .limit(1)
    )


async def _ship(session: AsyncSession) -> None:
    document = shipped_document()
    await session.execute(
        insert(Policy)
        .values(
            id=stable_id("policy", document.code, document.version),
            code=document.code,
            version=document.version,
            state="active",
            title=document.title,
            legal_basis=document.legal_basis,
            effective_from=document.effective_from,
            document=document.model_dump(mode="json"),
            created_at=datetime.combine(document.effective_from, time.min, UTC),
        )
        .on_conflict_do_nothing()
    )
