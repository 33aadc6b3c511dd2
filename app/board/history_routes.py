"""The last roll-calls over HTTP."""

from typing import Annotated

from fastapi import Depends, Query

from app.apel.rules import ApelKind
from app.board.history import list_past, read_history, tag_of
from app.board.history_schemas import BoardHistory
from app.board.routes import Named
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.web.conditional import ETag
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1", "board")
Viewer = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER))]


@router.get("/board/history")
async def read_board_history(
    _: Viewer,
    session: Transaction,
    now: Now,
    named: Named,
    etag: ETag,
    weeks: Annotated[int, Query(ge=1, le=53)] = 12,
    kind: ApelKind = ApelKind.APEL_GABUNGAN,
) -> BoardHistory:
    """The last concluded apels of a kind, each reporting unit with its rates and points at each of them; no names.

    As they were concluded last. The ETag is a digest of the revisions that the answer rests on.
    """
    apels = await list_past(session, kind, weeks, at=now)
    etag.set(await tag_of(session, apels, named))
    return await read_history(session, kind, apels, named)
