"""From whatever was raised to the refusal that says it; what nobody foresaw is our own mistake."""

import re
import socket

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.types import Scope

from app.core.errors import FieldError, NotFound, Refusal, TooLarge, Unavailable
from app.web.errors import InputInvalid, InternalError, MethodNotAllowed, RequestRefused

_UNREACHABLE = ("08", "53", "57", "58", "28", "3D", "40")
"""SQLSTATE classes: connection, resources, operator intervention, system, login, no such database, serialisation."""
_WAITED_TOO_LONG = ("55P03", "25P03", "25P04")
_NAME = re.compile(r"[A-Za-z_]{1,32}")


def _from_validation(error: RequestValidationError) -> InputInvalid:
    """Pydantic's findings as places and texts; the input, which each of them carries, is left behind."""
    found = [FieldError(_pointer(wrong["loc"]), wrong["type"], wrong.get("ctx")) for wrong in error.errors()[:100]]
    return InputInvalid(errors=found, count=len(error.errors()))


def _pointer(loc: tuple[int | str, ...]) -> str:
    """Where it is wrong, up to the first name that is no plain word: such a key is input and may hold a NIP."""
    pointer = "" if loc[0] == "body" else str(loc[0])
    for part in loc[1:]:
        if isinstance(part, str) and not _NAME.fullmatch(part.replace("-", "_")):
            break
        pointer += f"/{part}"
    return pointer


def _from_http(scope: Scope, error: HTTPException) -> Refusal:
    """What the framework itself refuses."""
    match error.status_code:
        case 404:
            return NotFound()
        case 405:
            return MethodNotAllowed(allowed=", ".join(_allowed(scope)))
        case 413:
            return TooLarge(limit=scope.get(MAX_BODY_SIZE_SCOPE_KEY, "–"))
        case 400:
            return InputInvalid(errors=[FieldError("", "form_invalid")], count=1)
        case status if status >= 500:
            return InternalError()
        case status:
            return RequestRefused(status=status)


def _allowed(scope: Scope) -> list[str]:
    """All methods of all routes at this path; each route alone only knows its own."""
    methods = {"OPTIONS"}
    for route in iter_route_contexts(scope["app"].routes):
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(scope["path"]):
            methods |= route.methods or set()
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _from_database(error: DBAPIError) -> Refusal:
    """A database that is away, restarting, full or too slow is a 503; a statement it rejects is our own mistake."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if error.connection_invalidated or state.startswith(_UNREACHABLE) or state in _WAITED_TOO_LONG:
        return Unavailable()
    cause = error.orig.__cause__ if error.orig else None
    return Unavailable() if not state and isinstance(cause, OSError) else InternalError()


def _from_system(error: OSError) -> Refusal:
    """Timeouts and network failures on the way to the database; asyncio folds several into a bare OSError."""
    network = (ConnectionError, TimeoutError, socket.gaierror)
    return Unavailable() if isinstance(error, network) or type(error) is OSError else InternalError()


def refusal_of(scope: Scope, error: Exception) -> Refusal:
    """Any failure as a refusal; what nobody foresaw is an InternalError."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return _from_validation(error)
        case HTTPException():
            return _from_http(scope, error)
        case DBAPIError():
            return _from_database(error)
        case PoolTimeout():
            return Unavailable()
        case OSError():
            return _from_system(error)
        case _:
            return InternalError()
