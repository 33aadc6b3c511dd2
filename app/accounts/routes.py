"""Signing in, one's own account, and the accounts of others."""

import base64
from binascii import Error as NotBase64
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from urllib.parse import unquote_plus
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from app.accounts import queries, service, signin
from app.accounts.errors import ClientRefused, TokenRequestInvalid, WrongPassword
from app.accounts.queries import show
from app.accounts.rules import DatedGrant, NewAccount
from app.accounts.schemas import (
    AccountFilter,
    AccountRead,
    AccountsCreate,
    AccountUpdate,
    FormText,
    GrantWrite,
    HeldGrant,
    MeRead,
    PasswordChange,
    SlipRead,
    SlipsRead,
    TokenRead,
    TokenRequest,
)
from app.accounts.service import Slip
from app.accounts.slips import Printed, print_slip
from app.accounts.tokens import Keys
from app.core.clock import civil_date
from app.core.db import OpenSession, act_as, zone_of
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, SignedIn, Transaction, open_session, public
from app.web.idempotency import Once
from app.web.problems import problem_response
from app.web.routing import room_router

KIB = 1024
_signing_in = room_router("", "Masuk", max_body_size=16 * KIB)
_accounts = room_router("/v1/accounts", "Akun")


async def read_printed(request: Request) -> Printed:
    settings: Settings = request.app.state.settings
    return Printed(settings.instansi_name, settings.public_url)


OnSlips = Annotated[Printed, Depends(read_printed)]
Caller = Annotated[Principal, Depends(SignedIn())]
Manager = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.KOMINFO))]
Viewer = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.KOMINFO, Role.INSPECTOR))]


async def read_keys(request: Request) -> Keys:
    keys: Keys = request.app.state.keys()
    return keys


SigningKeys = Annotated[Keys, Depends(read_keys)]


async def read_token_request(request: Request, form: Annotated[TokenRequest, Form()]) -> TokenRequest:
    """The form, with the client's name and secret from HTTP Basic where they come that way."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form
    try:
        name, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (NotBase64, ValueError) as error:
        raise ClientRefused from error
    return form.model_copy(update={"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)})


@_signing_in.post("/v1/auth/token", response_model=TokenRead, response_model_exclude_none=True)
@public
async def give_tokens(
    asked: Annotated[TokenRequest, Depends(read_token_request)],
    sessions: Annotated[OpenSession, Depends(open_session)],
    keys: SigningKeys,
    now: Now,
) -> signin.Tokens:
    """Sign in with user name and password, renew with a refresh token, or as a machine with name and secret.

    A refresh token is used once. Repeating one within ten minutes, because the answer was lost, gives the same
    successor; later it ends the whole sign-in.
    """
    return await signin.give_tokens(sessions, keys, asked, at=now)


@_signing_in.post("/v1/auth/revoke")
@public
async def revoke_token(
    session: Transaction, keys: SigningKeys, now: Now, token: Annotated[FormText | None, Form()] = None
) -> Response:
    """Sign out: end the sign-in that a refresh or access token belongs to. An unknown token is answered alike."""
    if token is None:
        raise TokenRequestInvalid(needed="token")
    await act_as(session)
    await signin.revoke_token(session, keys, token, at=now)
    return Response(status_code=200)


@_signing_in.get("/.well-known/jwks.json")
@public
async def read_jwks(keys: SigningKeys, response: Response) -> dict[str, list[dict[str, str]]]:
    """The public key with which access tokens are verified (RFC 7517)."""
    response.headers["cache-control"] = "public, max-age=300"
    return keys.jwks


@_signing_in.get("/v1/me", response_model=MeRead)
async def read_me(caller: Caller) -> MeRead:
    """Who I am, which roles I hold today and which OPDs they cover."""
    grants = [
        HeldGrant(role=grant.role, opd_code=grant.opd_code, reach=None if grant.reach is None else sorted(grant.reach))
        for grant in caller.grants
    ]
    return MeRead(id=caller.id, name=caller.name, asn_id=caller.asn_id, must_change=caller.must_change, grants=grants)


@_signing_in.post("/v1/me/password", response_model=TokenRead)
async def change_password(
    request: Request, body: PasswordChange, caller: Caller, session: Transaction, keys: SigningKeys, now: Now
) -> Any:
    """Choose a new password: ends all sign-ins of the account and answers with a new one."""
    tokens = await service.change_password(session, keys, caller, body.current, body.new, at=now)
    # Answered, not raised: the wrong attempt must be counted.
    return tokens or problem_response(request.scope, WrongPassword())


@_accounts.post("", status_code=201)
async def create_accounts(
    body: AccountsCreate, caller: Manager, session: Transaction, once: Once, printed: OnSlips, now: Now
) -> SlipsRead:
    """Create one or many accounts, all or none; the answer holds passwords and slips to print, this once."""
    today = civil_date(now, zone_of(session))
    new = [NewAccount(one.username, _dated(one.grants, today), one.nip) for one in body.items]

    async def create() -> SlipsRead:
        slips = await service.create_accounts(session, new, at=now, caller=caller)
        return SlipsRead(items=[_printable(slip, printed) for slip in slips])

    return await once.run(create)


def _dated(grants: list[GrantWrite], today: date) -> tuple[DatedGrant, ...]:
    return tuple(DatedGrant(one.role, one.opd_code, one.from_date or today, one.to_date) for one in grants)


def _printable(slip: Slip, printed: Printed) -> SlipRead:
    return SlipRead.model_validate(asdict(slip) | {"text": print_slip(slip, printed)})


@_accounts.get("")
async def list_accounts(
    wanted: Annotated[AccountFilter, Query()], caller: Viewer, session: Transaction
) -> Page[AccountRead]:
    """Accounts by user name; kominfo sees those of OPDs."""
    return await queries.list_accounts(session, caller, wanted)


@_accounts.get("/{account_id}")
async def read_account(account_id: UUID, caller: Viewer, session: Transaction, etag: ETag) -> AccountRead:
    """One account with all its roles, past and future ones too."""
    found = await queries.get_account(session, caller, account_id)
    etag.set(found.account.version)
    return show(found)


@_accounts.patch("/{account_id}")
async def change_account(
    account_id: UUID,
    body: AccountUpdate,
    caller: Manager,
    session: Transaction,
    expected: IfMatch,
    etag: ETag,
    now: Now,
) -> AccountRead:
    """Give an account exactly these roles, from this moment on."""
    grants = _dated(body.grants, civil_date(now, zone_of(session)))
    found = await service.change_grants(session, caller, account_id, grants, expected=expected, at=now)
    etag.set(found.account.version)
    return show(found)


@_accounts.post("/{account_id}/reset")
async def reset_password(
    account_id: UUID, caller: Manager, session: Transaction, printed: OnSlips, now: Now
) -> SlipRead:
    """Give a new password, shown this once; whoever is signed in to the account is not any more."""
    return _printable(await service.reset_password(session, account_id, at=now, caller=caller), printed)


@_accounts.post("/{account_id}/unlock")
async def unlock_account(account_id: UUID, caller: Manager, session: Transaction, now: Now) -> AccountRead:
    """Let somebody try again at once after wrong passwords."""
    return show(await service.unlock_account(session, caller, account_id, at=now))


@_accounts.post("/{account_id}/end")
async def end_account(account_id: UUID, caller: Manager, session: Transaction, now: Now) -> AccountRead:
    """End an account for good; its name stays in the record."""
    return show(await service.end_account(session, caller, account_id, at=now))


router = APIRouter()
router.include_router(_signing_in)
router.include_router(_accounts)
