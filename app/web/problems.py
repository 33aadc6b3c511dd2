"""Every failure as `application/problem+json` (RFC 9457), and the only place that knows status codes."""

import inspect
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooLarge,
    TooOften,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
    VersionRequired,
)
from app.core.stacks import readable_stack
from app.core.texts import Language, fill, has_text, text
from app.web.conditional import NotModified
from app.web.deps import choose_language
from app.web.envelope import Envelope, masked_path
from app.web.errors import InputInvalid, InternalError, MethodNotAllowed, RequestRefused
from app.web.failures import refusal_of
from app.web.idempotency import Replay

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    Forbidden: 403,
    Unauthenticated: 401,
    Invalid: 422,
    Unavailable: 503,
    TooLarge: 413,
    TooOften: 429,
    VersionMismatch: 412,
    VersionRequired: 428,
    InternalError: 500,
    Refusal: 400,
}
RETRY_AFTER = 5
"""Seconds after which a database that was restarted or failed over has usually come back."""

_log = structlog.get_logger("apel.web")


class ProblemError(BaseModel):
    pointer: str
    """JSON pointer into the body; `query/…`, `path/…` or `header/…` for what is not in the body."""
    detail: str


class Problem(BaseModel):
    """Why a request was refused: `code` is for programs and never changes, `title` and `detail` are for people."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    code: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError] | None = None
    trace_id: str
    """Give this to the operator; it finds the request in the log."""
    error: str | None = None
    """Of token requests only: the code of RFC 6749."""
    error_description: str | None = None


PROBLEM = "application/problem+json"


class ProblemResponse(JSONResponse):
    media_type = PROBLEM


def status_of(refusal: Refusal) -> int:
    if isinstance(refusal, RequestRefused):
        return int(refusal.facts["status"])
    return status_of_kind(type(refusal))


def status_of_kind(kind: type[Refusal]) -> int:
    """The nearest family's status; RFC 6749 wants 400 for a token request that cannot be granted."""
    if kind.oauth_error and issubclass(kind, Invalid):
        return 400
    return next(STATUS[family] for family in kind.__mro__ if family in STATUS)


def words_of(refusal: Refusal, language: Language) -> tuple[str, str]:
    """Title and detail; English comes from the docstring, as does whatever has no Indonesian yet."""
    section = f"refusal.{refusal.code}"
    if language == "id" and has_text("id", section, "title") and has_text("id", section, "detail"):
        return text("id", section, "title", **refusal.facts), text("id", section, "detail", **refusal.facts)
    title, _, detail = (inspect.getdoc(refusal) or refusal.code).partition("\n")
    title = fill(title, refusal.facts)
    return title, fill(" ".join(detail.split()), refusal.facts) or title


def problem_response(scope: Scope, refusal: Refusal) -> Response:
    """The answer to a refusal, in the caller's language."""
    status = status_of(refusal)
    trace_id = scope.get("state", {}).get("trace_id", "")
    body = _body(refusal, _language(scope), masked_path(scope), trace_id)
    return ProblemResponse(body, status, headers=_headers(scope, refusal, status))


def example_of(refusal: Refusal) -> dict[str, Any]:
    """The body of this refusal as the document shows it, in Indonesian."""
    if isinstance(refusal, InputInvalid):
        refusal = InputInvalid(errors=[FieldError("/strength", "int_type")], count=1)
    return _body(refusal, "id", "/v1/…", "4bf92f3577b34da6a3ce929d0e0e4736")


def _body(refusal: Refusal, language: Language, instance: str, trace_id: str) -> dict[str, Any]:
    title, detail = words_of(refusal, language)
    body: dict[str, Any] = {
        "type": f"urn:apel:problem:{refusal.code}",
        "code": refusal.code,
        "title": title,
        "status": status_of(refusal),
        "detail": detail,
        "instance": instance,
    }
    if refusal.errors:
        body["errors"] = [{"pointer": wrong.pointer, "detail": _say(language, wrong)} for wrong in refusal.errors]
    body["trace_id"] = trace_id
    if refusal.oauth_error:
        body |= {"error": refusal.oauth_error, "error_description": words_of(refusal, "en")[0]}
    return body


def _say(language: Language, wrong: FieldError) -> str:
    for section in ("validation", "import"):
        if has_text(language, section, wrong.code):
            return text(language, section, wrong.code, **(wrong.facts or {}))
    return text(language, "validation", "invalid")


def _language(scope: Scope) -> Language:
    accepted = next((value for name, value in scope.get("headers", ()) if name == b"accept-language"), b"")
    return choose_language(accepted.decode("latin-1"))


def _headers(scope: Scope, refusal: Refusal, status: int) -> dict[str, str]:
    if isinstance(refusal, Unauthenticated):
        return {"www-authenticate": _challenge(scope)}
    if isinstance(refusal, (Unavailable, TooOften)):
        return {"retry-after": str(refusal.facts.get("retry_after", RETRY_AFTER))}
    if isinstance(refusal, MethodNotAllowed):
        return {"allow": str(refusal.facts["allowed"])}
    return {}


def _challenge(scope: Scope) -> str:
    sent = next((value for name, value in scope.get("headers", ()) if name == b"authorization"), b"")
    scheme = sent.partition(b" ")[0].lower()
    if scheme == b"basic":
        return 'Basic realm="apel"'
    return 'Bearer realm="apel", error="invalid_token"' if scheme == b"bearer" else 'Bearer realm="apel"'


def answer_failure(scope: Scope, error: Exception) -> Response:
    """The answer to any failure; what is ours to mend is logged with its stack."""
    refusal = refusal_of(scope, error)
    if isinstance(refusal, InternalError):
        _log.error("crash", error=type(error).__name__, stack=readable_stack(error))
    elif isinstance(refusal, Unavailable) and error is not refusal:
        _log.warning("unavailable", error=type(error).__name__, reason=str(getattr(error, "orig", error))[:200])
    if scope["method"] == "OPTIONS" and isinstance(refusal, MethodNotAllowed):
        return Response(status_code=204, headers={"allow": str(refusal.facts["allowed"])})
    return problem_response(scope, refusal)


async def _handle(request: Request, error: Exception) -> Response:
    return answer_failure(request.scope, error)


async def _not_modified(request: Request, known: Exception) -> Response:
    assert isinstance(known, NotModified)
    return Response(status_code=304, headers=known.headers)


async def _replay(request: Request, given: Exception) -> Response:
    assert isinstance(given, Replay)
    return Response(given.body, given.status, given.headers, media_type="application/json")


def install_problems(app: FastAPI) -> None:
    """Answer every failure of this app as a problem, and put the envelope around all answers."""
    for kind in (Refusal, RequestValidationError, HTTPException, DBAPIError, PoolTimeout, OSError):
        app.add_exception_handler(kind, _handle)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(Replay, _replay)
    app.add_middleware(Envelope, answer_failure=answer_failure)
    # A redirect for a stray slash would repeat the Host header and lose the body of a PUT; it is a 404.
    app.router.redirect_slashes = False


def problem_schemas(codes: list[str]) -> dict[str, Any]:
    """The schemas of a problem, with the codes that are known; others may come, so any text is one."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    known = {"type": "string", "enum": codes, "title": "ProblemCode", "description": "The codes that are known today."}
    problem["properties"]["code"] = {"anyOf": [{"$ref": "#/components/schemas/ProblemCode"}, {"type": "string"}]}
    inner: dict[str, Any] = problem.pop("$defs")
    return inner | {"Problem": problem, "ProblemCode": known}
