"""The ways this service says no.

A feature's `errors.py` subclasses one of the families below. The class name gives the stable code
(`ApelFinal` → `apel-final`), the first line of the docstring the English title, the rest the English detail with
`{facts}`; `core/texts/id.toml` holds both in Indonesian. Only `web/problems.py` knows status codes.
"""

import re
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong place in a body: a JSON pointer and a text key of `core/texts` with its facts."""

    pointer: str
    code: str
    facts: dict[str, str | int] | None = None


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str] = "refusal"
    oauth_error: ClassVar[str | None] = None
    """The error of RFC 6749 section 5.2 that a token endpoint names beside the code."""

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()

    def __init__(self, *, errors: list[FieldError] | None = None, **facts: str | int) -> None:
        super().__init__(self.code)
        self.facts = facts
        self.errors = errors or []


class NotFound(Refusal):
    """There is no such thing, or you may not see it."""


class Conflict(Refusal):
    """The present state does not allow this."""


class Forbidden(Refusal):
    """Your role may not do this."""


class Unauthenticated(Refusal):
    """Sign in first."""


class Invalid(Refusal):
    """The content cannot be accepted."""


class Unavailable(Refusal):
    """The service cannot keep this safely right now; try again."""


class TooLarge(Refusal):
    """The content is larger than allowed.

    At most {limit} bytes are accepted here."""


class TooOften(Refusal):
    """Too many attempts.

    Wait {retry_after} seconds and try again."""


class VersionMismatch(Refusal):
    """Somebody changed this meanwhile.

    Read it again and repeat your change on version {current}."""


class VersionRequired(Refusal):
    """Say which version you are changing.

    Send the ETag that you read in the If-Match header."""
