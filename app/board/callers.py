"""Who may look at the board, and how they say who they are."""

from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.board.errors import CountsOnly
from app.board.tickets import use_ticket
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
Viewer = Annotated[Principal, Depends(Requires(*VIEWERS))]

admits_viewer = Requires(*VIEWERS).admits


class RequiresDetail(Requires):
    """Lets in whoever may see single OPDs: no screen that visitors see."""

    async def let_in(self, request: Request, session: AsyncSession, principal: Principal) -> Principal:
        if principal.counts_only:
            raise CountsOnly
        return await super().let_in(request, session, principal)


Detailed = Annotated[Principal, Depends(RequiresDetail(*VIEWERS))]

Steward = Annotated[
    Principal, Depends(RequiresDetail(Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR, Role.SCREEN))
]
"""Those who see to it that an apel can begin, and the wall in front of them."""

Ticket = Annotated[
    str | None, Query(max_length=100, description="Of `POST /v1/board/tickets`, instead of an `Authorization` header.")
]


class RequiresOrTicket(Requires):
    """Lets in by a ticket whoever cannot send a header; a token never stands in an address."""

    async def __call__(self, request: Request, session: Transaction, now: Now, ticket: Ticket = None) -> Principal:
        if ticket is None:
            return await super().__call__(request, session, now)
        return await self.let_in(request, session, await use_ticket(session, ticket, at=now))


StreamViewer = Annotated[Principal, Depends(RequiresOrTicket(*VIEWERS))]
