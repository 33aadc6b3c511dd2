"""Writes of circulars: drafted, published and frozen, withdrawn; a later version is a circular of its own."""

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.errors import OpdUnknown
from app.audit.service import record
from app.circulars import queries, rules
from app.circulars.errors import (
    CircularDeadlineInvalid,
    CircularFileNotPdf,
    CircularForNobody,
    CircularNotPublished,
    CircularNumberTaken,
    CircularSuperseded,
)
from app.circulars.models import Circular, CircularFile
from app.circulars.rules import CircularScope, CircularState
from app.circulars.schemas import CircularChange, CircularCreate
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.events import Event
from app.core.ids import new_id
from app.core.outbox import announce
from app.core.principal import Principal
from app.core.versions import require_version
from app.registry.errors import FileTooLarge
from app.registry.queries import load_tree

MAX_FILE = 5 * 1024 * 1024
PDF = b"%PDF-"


async def create_circular(session: AsyncSession, caller: Principal, body: CircularCreate, *, at: datetime) -> UUID:
    """Draft a circular, or the next version of a published one.

    Raises CircularNotFound, CircularNotPublished or CircularSuperseded for the one that it would supersede,
    CircularNumberTaken, CircularDeadlineInvalid, OpdUnknown.
    """
    before = await _find_superseded(session, caller, body.supersedes_id)
    made = new_id()
    circular = Circular(
        **_columns(body),
        id=made,
        chain_id=before.chain_id if before else made,
        version=before.version + 1 if before else 1,
        supersedes_id=body.supersedes_id,
        created_by=caller.id,
        created_at=at,
        revision=1,
    )
    await _require_possible(session, circular, today=civil_date(at, zone_of(session)))
    session.add(circular)
    await session.flush()
    await record(session, caller, "circulars.create", at=at, target=str(made), version=circular.version)
    return made


def _columns(body: CircularCreate | CircularChange) -> dict[str, Any]:
    """What the body says, as it is kept; null says something only where there may be nothing."""
    said = body.model_dump(exclude={"supersedes_id"}, exclude_unset=isinstance(body, CircularChange))
    may_be_null = ("acknowledge_by", "rules")
    return {name: value for name, value in said.items() if value is not None or name in may_be_null}


async def _find_superseded(session: AsyncSession, caller: Principal, circular_id: UUID | None) -> Circular | None:
    """The circular whose next version this is; it was published, and no other took its place."""
    if circular_id is None:
        return None
    found = await queries.get_circular(session, caller, circular_id)
    if found.circular.published_on is None:
        raise CircularNotPublished
    if found.superseded_by_id is not None:
        later = (await queries.get_circular(session, caller, found.superseded_by_id)).circular
        raise CircularSuperseded(number=later.number, version=later.version)
    return found.circular


async def _require_possible(session: AsyncSession, circular: Circular, *, today: date) -> None:
    """Its number is free until this transaction ends, its deadline follows its date, its OPDs exist."""
    key = lock_key("circular", circular.number)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    if await queries.find_number(session, circular.number, circular.version, circular.id):
        raise CircularNumberTaken(number=circular.number, version=circular.version)
    if circular.acknowledge_by is not None and circular.acknowledge_by < circular.dated_on:
        raise CircularDeadlineInvalid(date=str(circular.dated_on))
    named = set(circular.scope["opd_codes"])
    unknown = named - (await load_tree(session, today)).keys() if named else set()
    if unknown:
        raise OpdUnknown(opd_codes=", ".join(sorted(unknown)))


async def change_circular(
    session: AsyncSession,
    caller: Principal,
    circular_id: UUID,
    body: CircularChange,
    *,
    expected: int | None,
    at: datetime,
) -> None:
    """Change a draft; what it says already changes nothing.

    Raises CircularPublished, VersionRequired, VersionMismatch and what `create_circular` raises.
    """
    found = await queries.lock_circular(session, caller, circular_id)
    circular = found.circular
    changes = {name: value for name, value in _columns(body).items() if getattr(circular, name) != value}
    if not changes:
        return
    rules.require_draft(found.state)
    require_version(expected, circular.revision)
    with session.no_autoflush:
        for name, value in changes.items():
            setattr(circular, name, value)
        await _require_possible(session, circular, today=civil_date(at, zone_of(session)))
    circular.revision += 1
    await session.flush()
    await record(session, caller, "circulars.change", at=at, target=str(circular_id), changed=sorted(changes))


async def keep_file(
    session: AsyncSession, caller: Principal, circular_id: UUID, content: bytes, *, expected: int | None, at: datetime
) -> None:
    """Attach the signed PDF to a draft, in place of another; the same file again changes nothing.

    Raises FileTooLarge, CircularFileNotPdf, CircularPublished, VersionRequired, VersionMismatch.
    """
    if len(content) > MAX_FILE:
        raise FileTooLarge(limit=MAX_FILE // 1024 // 1024)
    if not content.startswith(PDF):
        raise CircularFileNotPdf
    found = await queries.lock_circular(session, caller, circular_id)
    sha256 = hashlib.sha256(content).hexdigest()
    kept = await session.scalar(select(CircularFile.sha256).where(CircularFile.circular_id == circular_id))
    if kept == sha256:
        return
    rules.require_draft(found.state)
    require_version(expected, found.circular.revision)
    values = {"sha256": sha256, "size": len(content), "content": content, "kept_by": caller.id, "kept_at": at}
    keep = insert(CircularFile).values(circular_id=circular_id, **values)
    await session.execute(keep.on_conflict_do_update(index_elements=["circular_id"], set_=values))
    found.circular.revision += 1
    await session.flush()
    await record(session, caller, "circulars.keep-file", at=at, target=str(circular_id), sha256=sha256)


async def publish_circular(
    session: AsyncSession, caller: Principal, circular_id: UUID, *, expected: int | None, at: datetime
) -> None:
    """Freeze a draft and ask for its acknowledgement; one that is published already stays as it is.

    Raises CircularForNobody, CircularDeadlineInvalid, CircularSuperseded, CircularPublished (it was withdrawn).
    """
    found = await queries.lock_circular(session, caller, circular_id)
    circular, today = found.circular, civil_date(at, zone_of(session))
    if found.state in (CircularState.PUBLISHED, CircularState.SUPERSEDED):
        return
    rules.require_draft(found.state)
    require_version(expected, circular.revision)
    if CircularScope.read(circular.scope).empty:
        raise CircularForNobody
    if circular.acknowledge_by is not None and circular.acknowledge_by < today:
        raise CircularDeadlineInvalid(date=str(today))
    await _find_superseded(session, caller, circular.supersedes_id)
    circular.published_at, circular.published_on = at, today
    await _moved(session, circular)
    by = circular.acknowledge_by
    told = {"circular_id": str(circular_id), "number": circular.number, "acknowledge_by": by and str(by)}
    await announce(session, Event.CIRCULAR_TO_ACKNOWLEDGE, circular_id, told, at=at)
    await record(session, caller, "circulars.publish", at=at, target=str(circular_id), version=circular.version)


async def withdraw_circular(
    session: AsyncSession, caller: Principal, circular_id: UUID, reason: str, *, expected: int | None, at: datetime
) -> None:
    """Take a circular back, or give up a draft; it stays on record. One that is withdrawn stays as it is."""
    found = await queries.lock_circular(session, caller, circular_id)
    circular = found.circular
    if found.state is CircularState.WITHDRAWN:
        return
    require_version(expected, circular.revision)
    circular.withdrawn_at, circular.withdrawn_on = at, civil_date(at, zone_of(session))
    circular.withdrawal_reason = reason
    await _moved(session, circular)
    await record(session, caller, "circulars.withdraw", at=at, target=str(circular_id), version=circular.version)


async def _moved(session: AsyncSession, circular: Circular) -> None:
    """What is answered of a circular has changed, and of the one before it in its chain."""
    circular.revision += 1
    await session.flush()
    before = update(Circular).where(Circular.id == circular.supersedes_id).values(revision=Circular.revision + 1)
    await session.execute(before.execution_options(synchronize_session=False))
