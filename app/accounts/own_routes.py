"""Signing in to the own record: by a one-time link or by the regency's identity provider."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.accounts import own_access
from app.accounts.errors import OidcNotConfigured
from app.accounts.oidc import Provider
from app.accounts.own_access import NewLink
from app.accounts.routes import KIB, OnSlips, SigningKeys
from app.accounts.schemas import LinkCreate, LinkOpen, LinkRead, OidcSignIn, TokenRead
from app.accounts.signin import Tokens
from app.accounts.slips import Printed, print_link
from app.core.db import OpenSession, act_as
from app.core.principal import Principal, Role
from app.web.deps import Now, Requires, Transaction, open_session, public
from app.web.idempotency import Once
from app.web.routing import room_router

_signing_in = room_router("/v1/auth", "Masuk", max_body_size=16 * KIB)
_links = room_router("/v1/accounts/links", "Akun", max_body_size=16 * KIB)
LinkMaker = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.OPD_HEAD))]


async def read_provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise OidcNotConfigured
    return provider


@_links.post("", status_code=201)
async def make_link(
    body: LinkCreate, caller: LinkMaker, session: Transaction, once: Once, printed: OnSlips, now: Now
) -> LinkRead:
    """Make a link that opens a civil servant's own record once, within 24 hours; earlier unused ones end.

    Hand it to that person only: whoever opens it first is signed in, and the record says who made it.
    """

    async def make() -> LinkRead:
        return _shown(await own_access.make_link(session, caller, body.asn_id, at=now), printed)

    return await once.run(make)


def _shown(link: NewLink, printed: Printed) -> LinkRead:
    url = link.at(printed.address)
    return LinkRead(url=url, expires_at=link.expires_at, text=print_link(link, url, printed))


@_signing_in.post("/link", response_model=TokenRead)
@public
async def open_link(body: LinkOpen, session: Transaction, keys: SigningKeys, now: Now) -> Tokens:
    """Exchange a one-time link for a sign-in of an hour to the own record; the link is used up."""
    await act_as(session)
    return await own_access.open_link(session, keys, body.secret, at=now)


@_signing_in.post("/oidc", response_model=TokenRead)
@public
async def exchange_id_token(
    body: OidcSignIn,
    provider: Annotated[Provider, Depends(read_provider)],
    sessions: Annotated[OpenSession, Depends(open_session)],
    keys: SigningKeys,
    now: Now,
) -> Tokens:
    """Exchange an identity token of the configured provider for a sign-in of an hour to the own record.

    It must be signed with RS256 or ES256, name this service as audience, bear the nonce, be younger than fifteen
    minutes, and hold the NIP; each token counts once.
    """
    return await own_access.exchange_id_token(sessions, keys, provider, body.id_token, body.nonce, at=now)


router = APIRouter()
router.include_router(_signing_in)
router.include_router(_links)
