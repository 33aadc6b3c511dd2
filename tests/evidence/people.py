"""A small roster: DISDIK with a part and a puskesmas, DINKES, and people whose digits collide as real ones do."""

from dataclasses import replace
from uuid import UUID

from app.apel.roster import Entry, Roster, Unit, name_joins
from app.core.fields import fold

ASN = {
    name: UUID(int=number)
    for number, name in enumerate(("siti", "sitti", "budi", "ana", "rahmat", "dewi", "twin1", "twin2"), start=1)
}


def unit(code: str, unit_code: str | None = None, zoom_email: str | None = None) -> Unit:
    return Unit(code, unit_code or code, f"Dinas {code}", code, "dinas", 1, "good", None, zoom_email, 0)


def entry(key: str, name: str, nip: str, opd: str, reporter: str | None = None, unit_code: str | None = None) -> Entry:
    reporter = reporter or opd
    return Entry(
        ASN[key], opd, reporter, unit_code or reporter, nip, name, fold(name), "PNS", "Pelaksana", "5", True, ""
    )


ROSTER = Roster(
    units={
        "DISDIK": unit("DISDIK", zoom_email="disdik@mamuju.go.id"),
        "SMP1": unit("SMP1", "DISDIK"),
        "DINKES": unit("DINKES", zoom_email="shared@mamuju.go.id"),
        "BKPSDM": unit("BKPSDM", zoom_email="shared@mamuju.go.id"),
    },
    entries=name_joins(
        [
            entry("siti", "Siti Aminah", "198501012010011001", "DISDIK"),
            entry("sitti", "Sitti Rahma", "198501012010021002", "DISDIK"),
            entry("budi", "Budi Santoso", "198501012010031002", "DISDIK"),
            entry("ana", "Ana Lestari", "198501012010041002", "SMP1", unit_code="DISDIK"),
            entry("rahmat", "Rahmat Hidayat", "198501012010051001", "DINKES"),
            entry("dewi", "Dewi Sartika", "198501012010061003", "PKM.BINANGA", "DINKES"),
            entry("twin1", "Andi Baso", "198501012010071004", "DINKES"),
            entry("twin2", "Andi Baso", "198501012010081004", "DINKES"),
        ]
    ),
    heads={},
)


def addressed(**emails: str) -> Roster:
    """The roster with the e-mails that the register gives some of its people."""
    known = {ASN[key]: email for key, email in emails.items()}
    return replace(ROSTER, entries=[replace(entry, email=known.get(entry.asn_id)) for entry in ROSTER.entries])
