"""Who may hold what, when an account rests, when a refresh token counts, which password will do."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from app.core.errors import FieldError
from app.core.principal import MACHINE_ROLES, OPD_ROLES, Role


@dataclass(frozen=True)
class DatedGrant:
    """A role from a day to a day, both inclusive; None: open."""

    role: Role
    opd_code: str | None
    from_date: date
    to_date: date | None = None


def fault_of(grant: DatedGrant, *, has_asn: bool) -> str | None:
    """Why nobody can hold a role like this; None when it is well formed."""
    if grant.role in MACHINE_ROLES:
        return "grant_machine_role"
    if (grant.role in OPD_ROLES) != (grant.opd_code is not None):
        return "grant_needs_opd" if grant.opd_code is None else "grant_without_opd"
    if grant.role is Role.ASN and not has_asn:
        return "grant_needs_asn"
    if grant.to_date is not None and grant.to_date < grant.from_date:
        return "span_reversed"
    return None


@dataclass(frozen=True)
class NewAccount:
    username: str
    grants: tuple[DatedGrant, ...]
    nip: str | None = None
    password: str | None = None
    """Chosen by the person; None: one is generated, which must be changed at the first sign-in."""


def faults_of_grants(
    grants: Sequence[DatedGrant], opd_codes: Collection[str], *, has_asn: bool, place: str = "/grants"
) -> Iterator[FieldError]:
    """Each grant that cannot be held, by its pointer; `opd_codes` are those that exist."""
    for number, grant in enumerate(grants):
        fault = fault_of(grant, has_asn=has_asn)
        if fault is not None:
            yield FieldError(f"{place}/{number}", fault)
        elif grant.opd_code is not None and grant.opd_code not in opd_codes:
            yield FieldError(f"{place}/{number}/opd_code", "opd_unknown")


def faults_of_new(
    new: Sequence[NewAccount], *, taken: Collection[str], opd_codes: Collection[str], nips: Collection[str]
) -> Iterator[FieldError]:
    """Each place that keeps an account from being created, by its pointer."""
    times = Counter(account.username for account in new)
    for number, account in enumerate(new):
        place = f"/items/{number}"
        if account.username in taken:
            yield FieldError(f"{place}/username", "username_taken")
        elif times[account.username] > 1:
            yield FieldError(f"{place}/username", "username_repeated")
        if account.nip is not None and account.nip not in nips:
            yield FieldError(f"{place}/nip", "asn_unknown")
        if account.password is not None and is_weak(account.password, account.username):
            yield FieldError(f"{place}/password", "password_weak", {"least": LEAST_LENGTH})
        yield from faults_of_grants(account.grants, opd_codes, has_asn=account.nip is not None, place=f"{place}/grants")


def may_manage(caller: Collection[Role], roles: Collection[Role]) -> bool:
    """The personnel office manages every account, kominfo those that hold roles of OPDs alone."""
    if Role.ADMIN in caller:
        return True
    return Role.KOMINFO in caller and bool(roles) and OPD_ROLES.issuperset(roles)


FREE_ATTEMPTS = 9
"""Wrong passwords in a row that cost nothing: thumbs on a phone, and several people on one OPD's account."""
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
"""Longer would let anybody keep an OPD out of its Monday by failing on purpose."""


def rest_after(failed: int) -> timedelta | None:
    """How long an account rests after this many wrong passwords in a row; each further one doubles it."""
    beyond = failed - FREE_ATTEMPTS
    if beyond <= 0:
        return None
    doublings = min(beyond - 1, 10)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


REFRESH_LIFETIME = timedelta(days=30)
"""A user of Mondays must not have to sign in at 07.29."""
OWN_SESSION = timedelta(hours=1)
"""A civil servant reads the own record and may write an objection; a lent phone must not stay signed in."""
LINK_LIFETIME = timedelta(hours=24)
"""A link handed over on Monday is of no use on Wednesday."""
GRACE = timedelta(minutes=10)
"""How long a client on a weak line may repeat a refresh whose answer it never got."""


class Verdict(Enum):
    GIVE = auto()
    """Give the successor: at first use, or again within the grace time."""
    REFUSE = auto()
    END_FAMILY = auto()
    """A used token came back: it was copied, and nobody knows by whom."""


def judge_refresh(*, used_at: datetime | None, ended: bool, expires_at: datetime, at: datetime) -> Verdict:
    """`ended`: the family was revoked or its account has ended."""
    if ended or at >= expires_at:
        return Verdict.REFUSE
    if used_at is None or at - used_at <= GRACE:
        return Verdict.GIVE
    return Verdict.END_FAMILY


LEAST_LENGTH = 10
_FEWEST_SIGNS = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1: slips are read from paper and typed on phones."""


def is_weak(password: str, username: str) -> bool:
    """Too short, too uniform, or the user name with something around it."""
    few = len(set(password)) < _FEWEST_SIGNS
    return len(password) < LEAST_LENGTH or few or username.casefold() in password.casefold()


def make_password() -> str:
    """Four groups of four signs: 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
