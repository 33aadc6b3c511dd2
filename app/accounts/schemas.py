"""What accounts look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.core.fields import ANY_TEXT, Body, Day, Documented, Nip, OpdCode, Read
from app.core.paging import MAX_LIMIT
from app.core.principal import Role

USERNAME = r"^[a-z][a-z0-9._-]{2,63}$"
"""Begins with a letter, so that a NIP never becomes a user name and leaks into records."""
Username = Annotated[str, StringConstraints(pattern=USERNAME), Field(examples=["operator.disdik"])]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200), ANY_TEXT]
GrantType = Annotated[str, Documented("^(password|refresh_token|client_credentials)$")]
FormText = Annotated[str, Documented(r"^[^\x00]*$", max_length=16 * 1024)]
"""As long as the whole form may be."""


class TokenRequest(Body):
    """A request to the token endpoint, whatever its grant type; unknown fields are ignored, as OAuth demands."""

    model_config = ConfigDict(extra="ignore")

    grant_type: GrantType | None = None
    username: FormText | None = None
    password: FormText | None = None
    refresh_token: FormText | None = None
    client_id: FormText | None = None
    client_secret: FormText | None = None


class TokenRead(Read):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 — a kind, not a secret
    expires_in: int
    """Seconds."""
    refresh_token: str | None = None
    """Opaque and used once; a repetition within ten minutes gets the same answer."""


class PasswordChange(Body):
    current: Secret
    new: Secret


class LinkCreate(Body):
    asn_id: UUID
    """The civil servant whose own record the link opens."""


class LinkRead(Read):
    """A one-time link, which is shown this once."""

    url: str
    """The secret stands behind the #, so that it enters no server's log and no preview uses it up."""
    expires_at: datetime
    text: str
    """What to send along, in Indonesian."""


class LinkOpen(Body):
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
    """What stands behind the # of the link."""


class OidcSignIn(Body):
    id_token: Annotated[str, StringConstraints(min_length=1, max_length=8192), Documented(r"^[A-Za-z0-9_.-]*$")]
    """As the identity provider gave it to the frontend."""
    nonce: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{16,128}$")]
    """What the frontend sent with the sign-in; the token must bear the same."""


class GrantRead(Read):
    role: Role
    opd_code: str | None


class HeldGrant(GrantRead):
    reach: list[str] | None
    """The OPDs that this role covers today; null: all."""


class MeRead(Read):
    id: UUID
    name: str
    asn_id: UUID | None
    must_change: bool
    """The password was given by somebody else: until it is changed, nothing else is open."""
    grants: list[HeldGrant]


class DatedGrantRead(GrantRead):
    from_date: date
    to_date: date | None


class GrantWrite(Body):
    role: Role
    opd_code: OpdCode | None = None
    """For opd_head and opd_operator."""
    from_date: Day | None = None
    """First day; today when left out."""
    to_date: Day | None = None
    """Last day, inclusive; open when left out."""


class AccountCreate(Body):
    username: Username
    grants: Annotated[list[GrantWrite], Field(min_length=1, max_length=20)]
    nip: Nip | None = None
    """The civil servant whose account this is."""


class AccountsCreate(Body):
    items: Annotated[list[AccountCreate], Field(min_length=1, max_length=200)]


class AccountUpdate(Body):
    grants: Annotated[list[GrantWrite], Field(max_length=20)]
    """All roles from now on: what is left out is taken away."""


class AccountRead(Read):
    id: UUID
    username: str
    asn_id: UUID | None
    must_change: bool
    locked_until: datetime | None
    """Rests until then after wrong passwords."""
    created_at: datetime
    ended_at: datetime | None
    grants: list[DatedGrantRead]


class SlipRead(Read):
    """A new or reset account with its password, which is shown this once."""

    id: UUID
    username: str
    password: str
    grants: list[DatedGrantRead]
    text: str
    """The slip to print, in Indonesian."""


class SlipsRead(Read):
    items: list[SlipRead]


class AccountFilter(Body):
    opd_code: OpdCode | None = None
    """Holds, held or will hold a role for this OPD."""
    role: Role | None = None
    ended: bool | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class SessionStart(Body):
    username: Username
    password: Secret


class SessionRead(Read):
    access_token: str
    expires_in: int
    """Seconds; ask `/v1/session/renew` for the next one."""


class ScreenState(Read):
    """How far a television is; what does not apply is null."""

    state: Literal["waiting", "paired"]
    code: str | None = None
    code_expires_at: datetime | None = None
    name: str | None = None
    counts_only: bool | None = None
    access_token: str | None = None
    expires_in: int | None = None
    """Seconds; ask `/v1/screens/session` for the next one."""


class ScreenPair(Body):
    code: Annotated[
        str,
        StringConstraints(min_length=6, max_length=12),
        Documented("^[A-Za-z0-9 -]*$"),
        Field(examples=["K7Q-4PM"]),
    ]
    """As the screen shows it; hyphens, blanks and small letters are all right."""
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,63}$"), Field(examples=["aula-bupati"])]
    counts_only: bool = False
    """Where visitors see it: totals and the trend, no OPD and nobody's name."""


class ScreenRead(Read):
    id: UUID
    name: str
    counts_only: bool
    paired_at: datetime
