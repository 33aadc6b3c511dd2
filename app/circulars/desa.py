"""The villages of each kecamatan: a small list, sent whole, kept by versions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, Uuid, any_, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import load_opds
from app.audit.service import record
from app.circulars import recipients
from app.circulars.errors import DesaListRefused
from app.circulars.models import Desa, DesaList
from app.circulars.schemas import DesaListRead, DesaRead, DesaWrite
from app.core.bulk import upsert_rows
from app.core.clock import civil_date
from app.core.db import lock_key, zone_of
from app.core.errors import FieldError
from app.core.fields import fold
from app.core.ids import new_id
from app.core.principal import Principal
from app.core.versions import require_version
from app.registry.rules import OpdType


async def read_desa(session: AsyncSession) -> DesaListRead:
    version = await recipients.desa_version(session)
    return DesaListRead(
        version=version, items=[DesaRead.model_validate(one) for one in await recipients.list_desa(session)]
    )


async def set_desa(
    session: AsyncSession, caller: Principal, items: Sequence[DesaWrite], *, expected: int | None, at: datetime
) -> DesaListRead:
    """Replace the list; a village that stays keeps its id and what it acknowledged, and the same list changes nothing.

    Raises DesaListRefused, VersionRequired, VersionMismatch.
    """
    key = lock_key("desa", "list")
    await session.execute(select(func.pg_advisory_xact_lock(key)))
    await _require_kecamatan(session, items, at=at)
    known = {(one.opd_code, fold(one.name)): one for one in await recipients.list_desa(session)}
    named = {(item.opd_code, fold(item.name)): item for item in items}
    fresh = [item for key, item in named.items() if key not in known]
    gone = [one.id for key, one in known.items() if key not in named]
    if fresh or gone:
        current = await recipients.desa_version(session)
        require_version(expected, current)
        version = current + 1
        await session.execute(insert(DesaList).values(version=version, set_by=caller.id, set_at=at))
        added = [{"id": new_id(), "since_version": version, "gone_version": None} | item.model_dump() for item in fresh]
        await upsert_rows(session, Desa, added)
        ended = update(Desa).where(Desa.id == any_(literal(gone, ARRAY(Uuid)))).values(gone_version=version)
        await session.execute(ended)
        await record(session, caller, "circulars.set-desa", at=at, version=version, added=len(fresh), gone=len(gone))
    return await read_desa(session)


async def _require_kecamatan(session: AsyncSession, items: Sequence[DesaWrite], *, at: datetime) -> None:
    """Each village lies in a kecamatan that exists, and is named once."""
    opds = await load_opds(session, civil_date(at, zone_of(session)))
    seen, wrong = set[tuple[str, str]](), []
    for number, item in enumerate(items):
        opd, key = opds.get(item.opd_code), (item.opd_code, fold(item.name))
        if opd is None or opd.type != OpdType.KECAMATAN:
            wrong.append(FieldError(f"/items/{number}/opd_code", "kecamatan_unknown"))
        elif not key[1] or key in seen:
            wrong.append(FieldError(f"/items/{number}/name", "listed_twice"))
        seen.add(key)
    if wrong:
        raise DesaListRefused(errors=wrong[:100], count=len(wrong))
