"""The board as Server-Sent Events, and the tickets that open it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request

from app.apel.queries import get_current_apel
from app.board.callers import StreamViewer, Viewer
from app.board.frames import make_frame
from app.board.hub import Hub, clock_event
from app.board.reading import empty_board
from app.board.routes import Named, Rendered
from app.board.schemas import TicketRead
from app.board.stream import BoardStream
from app.board.tickets import LIFETIME, give_ticket
from app.board.viewers import Shown
from app.core.fields import Documented
from app.web.deps import Now, Transaction
from app.web.routing import room_router

router = room_router("/v1", "board")

LastSeen = Annotated[
    Annotated[str, Documented(r"^[a-z0-9-]*$")] | None,
    Header(alias="Last-Event-ID", max_length=200, description="The frame already there."),
]


async def find_hub(request: Request) -> Hub:
    """The hub of this process; raises TooManyViewers."""
    hub: Hub = request.app.state.hub
    hub.require_room()
    return hub


Streams = Annotated[Hub, Depends(find_hub)]

EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": """Server-Sent Events, until the viewer hangs up or is told to leave:

- `retry: n` comes first: milliseconds after which to come back when the stream ends.
- `event: board`, with an `id`: the whole board, the very JSON of the read without `/stream` (schema `Board`), never a
  part of it. It comes at once, unless `Last-Event-ID` names the frame that would come, and then whenever anything on
  the board changes, at most twice a second; a slow reader misses the frames in between, never the last one.
- `event: clock`: `{"now": …}`, at once and every five seconds. Whoever hears nothing for ten seconds holds a board
  that may be out of date, and should say so.
- `event: leave`: `{"reason": …}`, the last event. `restart`: another process will answer; `life`: ten minutes are
  over; `signed-out`: the caller may not look any more, and the next attempt is refused.""",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: clock\ndata: {"now":"2026-11-22T23:31:05.000+00:00"}\n\n',
            }
        },
    }
}


@router.post("/board/tickets", status_code=201)
async def create_ticket(caller: Viewer, session: Transaction, now: Now) -> TicketRead:
    """A ticket that opens one stream of the board, once and within half a minute.

    For `EventSource`, which sends no `Authorization` header; whoever can send one needs no ticket.
    """
    ticket = await give_ticket(session, caller, at=now)
    return TicketRead(ticket=ticket, expires_in=int(LIFETIME.total_seconds()))


@router.get("/board/stream", response_class=BoardStream, responses=EVENTS)
async def stream_current_board(
    caller: StreamViewer,
    session: Transaction,
    now: Now,
    named: Named,
    frames: Rendered,
    hub: Streams,
    last_event_id: LastSeen = None,
) -> BoardStream:
    """The board of `GET /v1/board` as it changes: of whichever apel matters, also when that becomes another one."""
    shown = Shown(None, named.language, caller.counts_only)
    apel = await get_current_apel(session, at=now)
    if apel is None:
        frame = make_frame(empty_board(named))
    else:
        standing = await frames.stand(session, apel.id, at=now)
        frame = await frames.render(session, standing, named, visitors=caller.counts_only)
    return BoardStream(hub, lambda: hub.join(shown, caller, frame, last_event_id, clock_event(now)))


@router.get("/apel/{apel_id}/board/stream", response_class=BoardStream, responses=EVENTS)
async def stream_board(
    apel_id: UUID,
    caller: StreamViewer,
    session: Transaction,
    now: Now,
    named: Named,
    frames: Rendered,
    hub: Streams,
    last_event_id: LastSeen = None,
) -> BoardStream:
    """One apel's board as it changes, pushed as whole frames."""
    shown = Shown(apel_id, named.language, caller.counts_only)
    standing = await frames.stand(session, apel_id, at=now)
    frame = await frames.render(session, standing, named, visitors=caller.counts_only)
    return BoardStream(hub, lambda: hub.join(shown, caller, frame, last_event_id, clock_event(now)))
