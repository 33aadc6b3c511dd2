"""Who may look at the board, and how they say who they are."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.board.tickets import use_ticket
from app.core.fields import Documented
from app.core.principal import Principal, Role
from app.web.deps import Now, Requires, Transaction

VIEWERS = (
    Role.BUPATI,
    Role.ADMIN,
    Role.KOMINFO,
    Role.OPD_HEAD,
    Role.OPD_OPERATOR,
    Role.INSPECTOR,
    Role.READER,
    Role.SCREEN,
)
Viewer = Annotated[Principal, Depends(Requires(*VIEWERS, visitors=True))]
"""Whoever may look at the whole board; a screen that visitors see gets it without OPDs (`for_visitors`)."""

Detailed = Annotated[Principal, Depends(Requires(*VIEWERS))]
"""Whoever may see single OPDs."""

Steward = Annotated[Principal, Depends(Requires(Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR, Role.SCREEN))]
"""Those who see to it that an apel can begin, and the wall in front of them."""

admits_viewer = Requires(*VIEWERS).admits

Ticket = Annotated[
    Annotated[str, Documented(r"^[A-Za-z0-9_-]*$")] | None,
    Query(max_length=100, description="Of `POST /v1/board/tickets`, instead of an `Authorization` header."),
]


class RequiresOrTicket(Requires):
    """Lets in by a ticket whoever cannot send a header; a token never stands in an address."""

    async def __call__(self, request: Request, session: Transaction, now: Now, ticket: Ticket = None) -> Principal:
        if ticket is None:
            return await super().__call__(request, session, now)
        return await self.let_in(request, session, await use_ticket(session, ticket, at=now))


StreamViewer = Annotated[Principal, Depends(RequiresOrTicket(*VIEWERS, visitors=True))]
