"""Slips to print and cut: each tells one person how to sign in."""

from dataclasses import dataclass
from datetime import timedelta

from app.accounts.own_access import NewLink
from app.accounts.rules import LINK_LIFETIME
from app.accounts.service import Slip

_ROLES = {
    "bupati": "Bupati",
    "admin": "Admin kepegawaian",
    "kominfo": "Operator apel (Kominfo)",
    "opd_head": "Kepala OPD",
    "opd_operator": "Operator OPD",
    "inspector": "Inspektorat",
    "asn": "ASN",
}
_SLIP = """\
APEL VIRTUAL — {place}

Alamat         {address}
Nama pengguna  {username}
Kata sandi     {password}
Peran          {roles}

Masuk sekali dengan kata sandi ini, lalu ganti dengan kata sandi Anda sendiri.
Jangan difoto atau diteruskan; sobek setelah diganti.
"""


_LINK = """\
APEL VIRTUAL — {place}

Tautan catatan kehadiran {name}:
{url}

Berlaku {hours} jam, hanya sekali buka, hanya untuk Anda. Jangan diteruskan.
"""


@dataclass(frozen=True)
class Printed:
    """What every slip says."""

    place: str
    address: str


def print_slip(slip: Slip, printed: Printed) -> str:
    """Plain text, a dozen lines."""
    return _SLIP.format(
        place=printed.place,
        address=printed.address,
        username=slip.username,
        password=slip.password,
        roles=_roles(slip),
    )


def print_link(link: NewLink, url: str, printed: Printed) -> str:
    """What to send along with a one-time link."""
    return _LINK.format(place=printed.place, name=link.name, url=url, hours=LINK_LIFETIME // timedelta(hours=1))


def _roles(slip: Slip) -> str:
    held = dict.fromkeys(f"{_ROLES[grant.role]} {grant.opd_code or ''}".strip() for grant in slip.grants)
    return ", ".join(held) or "–"
