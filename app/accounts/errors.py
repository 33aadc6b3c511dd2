"""The ways accounts and tokens say no. At the token endpoint each also bears OAuth's name (RFC 6749, section 5.2)."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable


class InvalidToken(Unauthenticated):
    """This access token is not valid.

    It has run out, was ended, or is not one of ours. Sign in again."""


class WrongCredentials(Invalid):
    """User name or password is wrong.

    After ten wrong passwords in a row an account rests for up to 15 minutes; an administrator can unlock it."""

    oauth_error = "invalid_grant"


class RefreshRefused(Invalid):
    """This refresh token is no longer valid.

    Sign in again."""

    oauth_error = "invalid_grant"


class ClientRefused(Unauthenticated):
    """Client or secret is wrong.

    Check the client's name and secret; an ended client needs a new one."""

    oauth_error = "invalid_client"


class TokenRequestInvalid(Invalid):
    """The token request is incomplete.

    Send {needed}, each once, as a form."""

    oauth_error = "invalid_request"


class UnsupportedGrantType(Invalid):
    """This way to a token does not exist.

    grant_type is password, refresh_token or client_credentials."""

    oauth_error = "unsupported_grant_type"


class WrongPassword(Invalid):
    """The present password is wrong.

    After ten wrong passwords in a row an account rests for up to 15 minutes."""


class WeakPassword(Invalid):
    """Choose a stronger password.

    At least {least} characters, more than a few different ones, and without your user name."""


class AccountNotFound(NotFound):
    """There is no such account.

    Or it is not yours to manage."""


class AccountEnded(Conflict):
    """This account has ended.

    Create a new one under another user name."""


class AccountsInvalid(Invalid):
    """These accounts cannot be created.

    Nothing was created; there are {count} things to correct, see the list of errors."""


class GrantsInvalid(Invalid):
    """These roles cannot be held like this.

    Nothing was changed; see the list of errors."""


class GrantNotYours(Forbidden):
    """You may give roles of OPDs only.

    Heads and operators of OPDs; ask the personnel office for other roles."""


class ClientInvalid(Invalid):
    """This client cannot be created.

    The name begins with a letter and holds small letters, digits and . _ - only; the role is a machine's."""


class ClientNameTaken(Conflict):
    """This client name is in use already.

    Choose another name; an ended client keeps its own."""


class LinkRefused(Invalid):
    """This link does not open anything any more.

    It was used, replaced by a later one, or is older than a day. Ask your office for a new one."""

    oauth_error = "invalid_grant"


class IdTokenRefused(Unauthenticated):
    """The identity provider's token cannot be accepted.

    It is not from the configured issuer for this service, has run out, or was used before. Sign in there again."""

    oauth_error = "invalid_grant"


class PersonNotRegistered(Forbidden):
    """You are signed in there, but not registered here.

    No civil servant of this regency bears the NIP that the identity provider gives; ask the personnel office."""


class OidcNotConfigured(NotFound):
    """Signing in through an identity provider is not set up here.

    Ask your office for a one-time link."""


class IssuerUnavailable(Unavailable):
    """The identity provider does not answer.

    Its keys could not be read; try again in a minute, or ask your office for a one-time link."""


class SessionOver(Unauthenticated):
    """This sign-in is over.

    Sign in again."""


class ScreenUnknown(Unauthenticated):
    """This screen is not paired, or no longer.

    Load the page again for a new code."""


class PairingRefused(Invalid):
    """This code pairs no screen.

    Type the code that the screen shows now; each lives ten minutes."""


class TooManyPairings(Unavailable):
    """Too many screens wait for a code.

    Try again in ten minutes, or ask the operator."""


class ScreenNotFound(NotFound):
    """There is no such screen.

    It may have been taken down."""
