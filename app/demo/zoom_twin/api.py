"""Zoom's API as far as the service uses it, with the habits that its users meet."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qs, unquote

from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from app.demo.zoom_twin.account import Account, Json, Past, Refused, Registrant
from app.demo.zoom_twin.events import HOST, HOST_EMAIL, write_instant
from app.demo.zoom_twin.reports import NotReady, Reports, TokenUnknown

MOST_AT_ONCE = 30
"""Registrants of one batch."""
PAGE = 300


def make_zoom(account: Account) -> FastAPI:
    """The account's API at `/v2` and its token endpoint at `/oauth/token`."""
    app = FastAPI(title="Zoom twin", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.account = account
    app.state.reports = Reports(account.draw, account.faults.report)
    app.add_exception_handler(Refused, _refuse)
    app.middleware("http")(_stumble)
    app.include_router(tokens)
    app.include_router(router)
    return app


def _account(request: Request) -> Account:
    found: Account = request.app.state.account
    return found


def _authorize(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401, 124, "Invalid access token.")
    _account(request).require_token(token)


Zoom = Annotated[Account, Depends(_account)]
tokens = APIRouter()
router = APIRouter(prefix="/v2", dependencies=[Depends(_authorize)])


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return JSONResponse({"code": error.code, "message": error.message}, error.status, error.headers)


async def _stumble(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Now and then busy, now and then broken; nothing was done then."""
    account = _account(request)
    shares, chance = account.faults.api, account.draw.random()
    account.calls["asked"] += 1
    if chance < shares.failing:
        account.calls["failed"] += 1
        return Response("<html>Bad Gateway</html>", 502 if chance < shares.failing / 2 else 500)
    if chance < shares.failing + shares.busy:
        account.calls["busy"] += 1
        message = "You have reached the maximum per-second rate limit for this API. Try again later."
        return await _refuse(request, Refused(429, 429, message, _retry_after(account)))
    return await answer(request)


def _retry_after(account: Account) -> dict[str, str]:
    """In seconds, as a date, or not at all."""
    seconds = account.draw.randint(1, max(1, account.faults.api.busy_seconds))
    return account.draw.choice((
        {"Retry-After": str(seconds)},
        {"Retry-After": write_instant(account.clock() + timedelta(seconds=seconds))},
        {},
    ))  # fmt: skip


@tokens.post("/oauth/token")
async def give_token(request: Request, account: Zoom) -> JSONResponse:
    """Server-to-server: account credentials with Basic, parameters in the address or the body."""
    asked = {key: values[-1] for key, values in parse_qs((await request.body()).decode()).items()}
    asked |= dict(request.query_params)
    try:
        said = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic ")).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(401, 4700, "Invalid authorization.") from error
    if said != f"{account.client_id}:{account.client_secret}":
        return _oauth_refusal("invalid_client", "Invalid client_id or client_secret")
    if asked.get("grant_type") != "account_credentials" or asked.get("account_id") != account.account_id:
        return _oauth_refusal("invalid_request", "Bad Request")
    scope = "report:read:list_meeting_participants:admin meeting:read:past_meeting:admin meeting:write:meeting:admin"
    return JSONResponse(account.give_token() | {"scope": scope, "api_url": str(request.base_url).rstrip("/")})


def _oauth_refusal(error: str, reason: str) -> JSONResponse:
    return JSONResponse({"error": error, "reason": reason}, 400)


@router.get("/users/{user_id}/settings")
async def read_settings(user_id: str, account: Zoom) -> Json:
    _require_host(user_id)
    return {"feature": {"meeting_capacity": account.faults.line.seats, "large_meeting": False, "webinar": False}}


@router.post("/users/{user_id}/meetings", status_code=201)
async def create_meeting(user_id: str, told: Annotated[Json, Body()], account: Zoom) -> Json:
    _require_host(user_id)
    return account.describe(account.schedule(HOST, told))


def _require_host(user_id: str) -> None:
    if user_id not in {"me", HOST, HOST_EMAIL}:
        raise Refused(404, 1001, f"User does not exist: {user_id}.")


@router.get("/users/{user_id}/meetings")
async def list_meetings(
    user_id: str, account: Zoom, page_size: Annotated[int, Query(ge=1)] = 30, next_page_token: str = ""
) -> Json:
    """Those to come; a list tells neither passcode nor settings."""
    _require_host(user_id)
    found = [account.describe(meeting) for meeting in account.meetings.values()]
    told = (
        "id",
        "uuid",
        "host_id",
        "topic",
        "agenda",
        "type",
        "start_time",
        "duration",
        "timezone",
        "created_at",
        "join_url",
    )
    return _paged(
        "meetings", [{key: one[key] for key in told if key in one} for one in found], page_size, next_page_token
    )


@router.get("/meetings/{number}")
async def read_meeting(number: str, account: Zoom) -> Json:
    return account.describe(account.meeting(number))


@router.patch("/meetings/{number}", status_code=204, response_class=Response)
async def change_meeting(number: str, told: Annotated[Json, Body()], account: Zoom) -> None:
    account.change(number, told)


@router.post("/meetings/{number}/registrants", status_code=201)
async def add_registrant(number: str, told: Annotated[Json, Body()], account: Zoom) -> Json:
    meeting = account.meeting(number)
    entered = account.register(meeting, _named(told))
    start = meeting.told.get("start_time", write_instant(meeting.created_at))
    about = {"id": int(number), "topic": meeting.told.get("topic", ""), "start_time": start}
    return about | {"registrant_id": entered.id, "join_url": entered.join_url}


@router.post("/meetings/{number}/batch_registrants", status_code=201)
async def add_registrants(number: str, told: Annotated[Json, Body()], account: Zoom) -> Json:
    """All of them or none; only for meetings that do not recur."""
    meeting = account.meeting(number)
    if meeting.told["type"] != 2:
        raise Refused(400, 303, "This API can only be used for scheduled meeting(meeting type: 2).")
    asked = [_named(one) for one in told.get("registrants", [])]
    if not 0 < len(asked) <= MOST_AT_ONCE:
        raise Refused(400, 300, f"The number of registrants must be between 1 and {MOST_AT_ONCE}.")
    entered = [account.register(meeting, one) for one in asked]
    return {
        "registrants": [
            {"email": one.email, "registrant_id": one.id, "join_url": one.join_url} for one in entered
        ]
    }  # fmt: skip


def _named(told: Json) -> Json:
    if not all(isinstance(told.get(key), str) and told[key] for key in ("email", "first_name")):
        raise Refused(400, 300, "Validation Failed.")
    return told


@router.get("/meetings/{number}/registrants")
async def list_registrants(
    number: str, account: Zoom, status: str = "approved", page_size: int = 30, next_page_token: str = ""
) -> Json:
    meeting = account.meeting(number)
    found = list(meeting.registrants.values()) if status == "approved" else []
    return _paged("registrants", [_registrant(one) for one in found], page_size, next_page_token)


def _paged(key: str, items: list[Json], page_size: int, token: str) -> Json:
    size, start = min(page_size, PAGE), int(token or 0)
    more = start + size < len(items)
    return {
        "page_size": size,
        "total_records": len(items),
        "next_page_token": str(start + size) if more else "",
        key: items[start : start + size],
    }


def _registrant(one: Registrant) -> Json:
    names = {"id": one.id, "email": one.email, "first_name": one.first_name, "last_name": one.last_name}
    return names | {"status": "approved", "join_url": one.join_url, "create_time": write_instant(one.created_at)}


@router.get("/past_meetings/{number}/instances")
async def list_instances(number: str, account: Zoom) -> Json:
    found = account.list_instances(number)
    account.draw.shuffle(found)
    return {"meetings": [{"uuid": one.run.uuid, "start_time": write_instant(one.run.start)} for one in found]}


@router.get("/past_meetings/{uuid:path}")
async def read_past(uuid: str, account: Zoom) -> Json:
    past = _find(account, uuid)
    inside = [row for row in past.rows if row["status"] == "in_meeting"]
    minutes = int((past.run.end - past.run.start).total_seconds() / 60)
    return {
        "uuid": past.run.uuid,
        "id": int(past.number),
        "host_id": HOST,
        "type": 2,
        "topic": past.topic,
        "user_name": "Operator Zoom",
        "user_email": HOST_EMAIL,
        "start_time": write_instant(past.run.start),
        "end_time": write_instant(past.run.end),
        "duration": minutes,
        "total_minutes": sum(row["duration"] for row in inside) // 60,
        "participants_count": len(inside),
        "source": "Zoom",
    }


@router.get("/report/meetings/{uuid:path}/participants")
async def read_report(
    request: Request,
    uuid: str,
    account: Zoom,
    page_size: Annotated[int, Query(ge=1)] = 30,
    next_page_token: str = "",
    include_fields: str = "",
) -> Json:
    past, size = _find(account, uuid), min(page_size, PAGE)
    reports: Reports = request.app.state.reports
    account.calls["report pages"] += 1
    try:
        page = reports.read(past.run, past.rows, size, next_page_token, account.clock())
    except NotReady as error:
        raise Refused(404, 3001, f"Meeting {uuid} not found or has expired.") from error
    except TokenUnknown as error:
        account.calls["page token refused"] += 1
        raise Refused(400, 300, "The next page token is invalid or expired.") from error
    hidden = set() if include_fields == "registrant_id" else {"registrant_id"}
    return {
        "page_count": -(-page.total // size),
        "page_size": size,
        "total_records": page.total,
        "next_page_token": page.next_token,
        "participants": [{key: row[key] for key in row if key not in hidden} for row in page.rows],
    }


def _find(account: Account, written: str) -> Past:
    """By the uuid of the path, decoded once by the server: one that begins with a slash or holds two is encoded twice,
    or nothing is found."""
    if written.startswith("/") or "//" in written:
        raise Refused(404, 3001, f"Meeting {written} not found or has expired.")
    return account.find_past(unquote(written))
