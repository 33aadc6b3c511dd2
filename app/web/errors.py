"""What HTTP itself makes us refuse, before any feature is asked."""

from app.core.errors import Forbidden, Invalid, NotFound, Refusal, Unauthenticated, Unavailable


class MissingToken(Unauthenticated):
    """Sign in first.

    Send an access token in the Authorization header as Bearer."""


class RoleNotAllowed(Forbidden):
    """Your role may not do this."""


class CountsOnly(Forbidden):
    """This screen shows counts only.

    Visitors see it: totals and the trend, and nothing of a single OPD."""


class PasswordChangeRequired(Forbidden):
    """Choose your own password first.

    Yours was made by somebody else; POST /v1/me/password with it and a new one."""


class InputInvalid(Invalid):
    """The input is not as described.

    There are {count} things to correct; see the list of errors."""


class JsonRequired(Invalid):
    """Send this as JSON.

    The body must be JSON here, with the Content-Type application/json."""


class MethodNotAllowed(NotFound):
    """This method is not available at this address.

    Available are: {allowed}."""


class PageNotFound(NotFound):
    """There is no such page.

    Pages are /papan, /lapor, /kantor and /saya."""


class NotOwnPage(Forbidden):
    """Only the service's own pages may ask this.

    A sign-in that a cookie holds is for the pages of this address; others send a bearer token."""


class RequestRefused(Refusal):
    """The request was refused.

    This request cannot be served (status {status})."""


class InternalError(Refusal):
    """Something went wrong in the service.

    It was recorded; give the trace id to the operator."""


class NotReady(Unavailable):
    """The service cannot work at this moment.

    What fails: {reason}."""
