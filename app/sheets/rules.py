"""Kinds of sheets, who may issue which, and how they are numbered. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.principal import OPD_ROLES, Role


class Kind(StrEnum):
    RECAP = "recap"
    """One apel in protocol order, as the official form has it."""
    ABSENT = "absent"
    """Who was absent from one apel, with the reason."""
    IDULFITRI_RETURN = "idulfitri-return"
    """The return of the first working day after the Idul Fitri leave, in the shape that SiDina asked."""
    OPD = "opd"
    """One OPD's own people and figures at one apel."""
    PERIOD_RECAP = "period-recap"
    """Every OPD at every apel of a span."""
    CERTIFICATE = "certificate"
    """The certificate of a reward that was granted."""


class Format(StrEnum):
    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"


class Paper(StrEnum):
    F4 = "F4"
    """Folio, 215.9 × 330.2 mm: what Indonesian offices print on."""
    A4 = "A4"


class State(StrEnum):
    WAITING = "waiting"
    ISSUED = "issued"
    FAILED = "failed"


class Separator(StrEnum):
    COMMA = ","
    SEMICOLON = ";"


COUNTS = frozenset({Kind.RECAP, Kind.PERIOD_RECAP})
"""Sheets that name nobody: whoever might ask for one may read everybody's."""
_OFFICE = frozenset({Role.BUPATI, Role.ADMIN, Role.KOMINFO, Role.INSPECTOR})
_PEOPLE = frozenset({Role.ADMIN, Role.INSPECTOR})
ISSUERS: dict[Kind, frozenset[Role]] = {
    Kind.RECAP: _OFFICE,
    Kind.PERIOD_RECAP: _OFFICE,
    Kind.ABSENT: _PEOPLE | OPD_ROLES,
    Kind.IDULFITRI_RETURN: _PEOPLE,
    Kind.OPD: _PEOPLE | OPD_ROLES,
    Kind.CERTIFICATE: frozenset({Role.BUPATI, Role.ADMIN, Role.INSPECTOR}),
}
"""Sheets that name people are for those who may see them; an OPD role reaches its own people alone."""
FORMATS: dict[Kind, tuple[Format, ...]] = {kind: tuple(Format) for kind in Kind} | {Kind.CERTIFICATE: (Format.PDF,)}
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Signs that no eye takes for another: no 0 or O, no 1 or I."""
CODE_SIGNS = 16
"""Five bits each: eighty that nobody guesses."""
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NAMES = {
    Kind.RECAP: "REKAP",
    Kind.ABSENT: "DAFTAR",
    Kind.IDULFITRI_RETURN: "IDULFITRI",
    Kind.OPD: "OPD",
    Kind.PERIOD_RECAP: "PERIODE",
    Kind.CERTIFICATE: "PIAGAM",
}


@dataclass(frozen=True)
class Office:
    """In whose name sheets are issued, and where they are confirmed."""

    instansi: str
    code: str
    public_url: str
    sample: bool

    def address_of(self, code: str) -> str:
        return f"{self.public_url.rstrip('/')}/v1/verify/{code}"


@dataclass(frozen=True)
class Seal:
    """What a sheet says of itself wherever it is printed."""

    instansi: str
    number: str
    code: str
    address: str
    day: str
    """Of issue, in words: it stands beside the signature, whatever day the sheet is about."""
    issued: str
    """Day and time in words, by whom."""
    sample: bool


def number_of(sequence: int, kind: Kind, instansi_code: str, on: date) -> str:
    """As letters of an office are numbered: one sequence a year, whatever the kind."""
    return f"{sequence:04d}/APEL-{_NAMES[kind]}/{instansi_code}/{_ROMAN[on.month - 1]}/{on.year}"


def spaced(code: str) -> str:
    """A code as people read and type it: groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
