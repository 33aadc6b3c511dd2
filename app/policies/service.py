"""Policies into and out of the database; the shipped one is there from the first question on."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.service import record
from app.core.errors import FieldError
from app.core.ids import new_id, stable_id
from app.core.principal import SYSTEM, Principal
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.core.texts import Language
from app.policies.checking import Checked, Problem
from app.policies.errors import (
    ActivationNeedsAnother,
    PolicyFileWrong,
    PolicyInForce,
    PolicyTouchesFinal,
    PolicyVersionTaken,
)
from app.policies.models import Policy
from app.policies.queries import find_in_force, find_on_trial, find_version, get_policy, list_active
from app.policies.reading import read_rules, shipped_document
from app.policies.rules import Rules
from app.policies.schemas import PolicyDocument


async def rules_on(session: AsyncSession, day: date, *, known_at: datetime | None = None) -> Rules:
    """The rules in force on a civil day: the active version with the latest beginning, else the shipped one; before the
    first version, that one.

    With `known_at` as they were then, whatever was put in force afterwards.
    """
    found = await find_in_force(session, day, known_at)
    if found is None:
        await ship(session)
        found = await find_in_force(session, day, known_at) or (await list_active(session))[-1]
    return read_rules(found)


async def rules_on_days(session: AsyncSession, days: Collection[date]) -> dict[date, Rules]:
    """`rules_on` for each of some days, in a fixed number of statements; before the first version, that one."""
    active = await list_active(session)
    if not active:
        await ship(session)
        active = await list_active(session)
    found = {day: next((one for one in active if one.effective_from <= day), active[-1]) for day in days}
    read = {one.id: read_rules(one) for one in found.values()}
    return {day: read[one.id] for day, one in found.items()}


async def trial_rules_on(session: AsyncSession, day: date) -> Rules | None:
    """The rules on trial on a civil day: they compute and cut nothing; None where nothing is tried."""
    found = await find_on_trial(session, day)
    return None if found is None else read_rules(found)


async def ship(session: AsyncSession) -> None:
    """Have the policy that comes with the product; nothing happens where it is already."""
    document = shipped_document()
    began = datetime.combine(document.effective_from, time.min, UTC)
    await _insert(
        session,
        document,
        id=stable_id("policy", document.code, document.version),
        created_by=SYSTEM.id,
        created_by_name=SYSTEM.name,
        created_at=began,
        activated_by=SYSTEM.id,
        activated_by_name=SYSTEM.name,
        activated_at=began,
    )


async def _insert(session: AsyncSession, document: PolicyDocument, **made: Any) -> UUID | None:
    """The id of the new row; None where this version of this code exists."""
    values = {
        "code": document.code,
        "version": document.version,
        "title": document.title,
        "legal_basis": document.legal_basis,
        "effective_from": document.effective_from,
        "document": document.model_dump(mode="json"),
    }
    found: UUID | None = await session.scalar(
        insert(Policy).values(values | made).on_conflict_do_nothing().returning(Policy.id)
    )
    return found


async def draft_policy(
    session: AsyncSession, caller: Principal, document: PolicyDocument, *, at: datetime
) -> tuple[UUID, bool]:
    """Keep a document as a draft and say whether it is new; the same document again is the same draft.

    Raises PolicyVersionTaken when this version of this code says something else.
    """
    await ship(session)
    made = await _insert(
        session, document, id=new_id(), created_by=caller.id, created_by_name=caller.name, created_at=at
    )
    if made is None:
        known = await find_version(session, document.code, document.version)
        if PolicyDocument.model_validate(known.document) != document:
            raise PolicyVersionTaken(code=document.code, version=document.version)
        return known.id, False
    await record(session, caller, "policies.draft", at=at, target=f"{document.code}@{document.version}")
    return made, True


async def draft_policy_file(
    session: AsyncSession, caller: Principal, checked: Checked, language: Language, *, at: datetime
) -> tuple[UUID, bool]:
    """Keep what a policy file says as a draft and say whether it is new.

    Raises PolicyFileWrong, PolicyVersionTaken.
    """
    if checked.document is None:
        raise PolicyFileWrong(
            errors=[_told(problem, language) for problem in checked.problems[:100]], count=len(checked.problems)
        )
    return await draft_policy(session, caller, checked.document, at=at)


def _told(problem: Problem, language: Language) -> FieldError:
    facts: dict[str, str | int] = {"line": problem.place.line, "column": problem.place.column}
    return FieldError(problem.pointer, "in_file", facts | {"problem": problem.say(language)})


async def start_trial(session: AsyncSession, caller: Principal, policy_id: UUID, *, at: datetime) -> Policy:
    """Have a draft compute beside the rules in force; it cuts nothing. A trial stays as it is.

    Raises PolicyNotFound, PolicyInForce.
    """
    policy = await get_policy(session, policy_id, lock=True)
    if policy.activated_at is not None:
        raise PolicyInForce
    if policy.trial_at is None:
        policy.trial_by, policy.trial_by_name, policy.trial_at = caller.id, caller.name, at
        await session.flush()
        await record(session, caller, "policies.trial", at=at, target=policy.label)
    return policy


async def activate_policy(
    session: AsyncSession, caller: Principal, policy_id: UUID, *, earliest: date | None, at: datetime
) -> Policy:
    """Put a draft or a trial in force from its day on, and have what it touches concluded again.

    `earliest` is the first civil day that is not settled yet. An active policy never changes any more.
    Raises PolicyNotFound, ActivationNeedsAnother, PolicyTouchesFinal.
    """
    policy = await get_policy(session, policy_id, lock=True)
    if policy.activated_at is not None:
        return policy
    if policy.created_by == caller.id:
        raise ActivationNeedsAnother
    if earliest is not None and policy.effective_from < earliest:
        raise PolicyTouchesFinal(earliest=earliest.isoformat())
    policy.activated_by, policy.activated_by_name, policy.activated_at = caller.id, caller.name, at
    await session.flush()
    await mark_days_stale(session, policy.effective_from, None)
    await mark_workdays_stale(session, None, policy.effective_from)
    await record(session, caller, "policies.activate", at=at, target=policy.label)
    return policy
