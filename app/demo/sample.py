"""The sample regency: invented people in an organisation like Mamuju's, the same on every machine.

Everything is written as the import files that a real regency would bring, so that the sample walks the same path.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from app.demo.names import MEN, SURNAMES, WOMEN
from app.registry.rules import Connectivity, OpdType, Reports

SEED = 7602
FROM = date(2026, 1, 1)


@dataclass(frozen=True)
class SampleOpd:
    code: str
    name: str
    short: str
    type: OpdType
    people: int
    parent: str = ""
    reports: Reports = Reports.YES
    connectivity: Connectivity = Connectivity.GOOD


@dataclass(frozen=True)
class SampleAsn:
    nip: str
    name: str
    employment: str
    opd_code: str
    position: str
    level: str
    pattern: str
    is_head: bool = False


def _units(type_: OpdType, *rows: tuple[str, str, str, int]) -> list[SampleOpd]:
    return [SampleOpd(code, name, short, type_, people) for code, name, short, people in rows]


def _below(parent: str, type_: OpdType, reports: Reports, *rows: tuple[str, str, str, int]) -> list[SampleOpd]:
    return [SampleOpd(code, name, short, type_, people, parent, reports) for code, name, short, people in rows]


def _kecamatan(code: str, name: str, people: int, connectivity: Connectivity = Connectivity.GOOD) -> SampleOpd:
    return SampleOpd(code, f"Kecamatan {name}", f"Kec. {name}", OpdType.KECAMATAN, people, connectivity=connectivity)


SEKRETARIAT = [
    *_units(OpdType.SEKRETARIAT_DAERAH, ("SETDA", "Sekretariat Daerah", "Setda", 16)),
    *_below(
        "SETDA",
        OpdType.BAGIAN,
        Reports.NO,
        ("BAG-UMUM", "Bagian Umum", "Bag. Umum", 14),
        ("BAG-HUKUM", "Bagian Hukum", "Bag. Hukum", 8),
        ("BAG-ORG", "Bagian Organisasi", "Bag. Organisasi", 8),
        ("BAG-PROKOPIM", "Bagian Protokol dan Komunikasi Pimpinan", "Bag. Prokopim", 9),
        ("BAG-KESRA", "Bagian Kesejahteraan Rakyat", "Bag. Kesra", 7),
    ),
    *_units(OpdType.SEKRETARIAT_DPRD, ("SETWAN", "Sekretariat DPRD", "Setwan", 26)),
    *_units(OpdType.INSPEKTORAT, ("INSPEKTORAT", "Inspektorat Daerah", "Inspektorat", 27)),
]
DINAS = [
    *_units(
        OpdType.DINAS,
        ("DISDIKPORA", "Dinas Pendidikan, Kepemudaan dan Olahraga", "Disdikpora", 47),
        ("DINKES", "Dinas Kesehatan", "Dinkes", 34),
        ("DPUPR", "Dinas Pekerjaan Umum dan Penataan Ruang", "PUPR", 36),
        ("PERKIM", "Dinas Perumahan dan Kawasan Permukiman", "Perkim", 21),
        ("DINSOS", "Dinas Sosial", "Dinsos", 22),
        ("DISNAKERTRANS", "Dinas Tenaga Kerja dan Transmigrasi", "Disnakertrans", 23),
        ("DP3A", "Dinas Pemberdayaan Perempuan dan Perlindungan Anak", "DP3A", 17),
        ("DKP", "Dinas Ketahanan Pangan", "Ketapang", 18),
        ("DLHK", "Dinas Lingkungan Hidup dan Kehutanan", "DLHK", 25),
        ("DUKCAPIL", "Dinas Kependudukan dan Pencatatan Sipil", "Dukcapil", 27),
        ("DPMD", "Dinas Pemberdayaan Masyarakat dan Desa", "DPMD", 22),
        ("DPPKB", "Dinas Pengendalian Penduduk dan Keluarga Berencana", "DPPKB", 31),
        ("DISHUB", "Dinas Perhubungan", "Dishub", 28),
        ("KOMINFOSANDI", "Dinas Komunikasi, Informatika, Statistik dan Persandian", "Kominfosandi", 29),
        ("DISKOPUKMIND", "Dinas Koperasi, UKM dan Perindustrian", "Diskopukmind", 22),
        ("DISDAG", "Dinas Perdagangan", "Disdag", 21),
        ("DPMPTSP", "Dinas Penanaman Modal dan PTSP", "DPMPTSP", 20),
        ("DISPUSIP", "Dinas Perpustakaan dan Kearsipan", "Dispusip", 16),
        ("DISPAR", "Dinas Pariwisata dan Kebudayaan", "Dispar", 20),
        ("DISKAN", "Dinas Perikanan", "Diskan", 24),
        ("DISTAN", "Dinas Pertanian", "Distan", 39),
    ),
    *_below(
        "DINKES",
        OpdType.PUSKESMAS,
        Reports.PART,
        ("PKM-BINANGA", "Puskesmas Binanga", "PKM Binanga", 24),
        ("PKM-RANGAS", "Puskesmas Rangas", "PKM Rangas", 18),
        ("PKM-BAMBU", "Puskesmas Bambu", "PKM Bambu", 16),
    ),
    *_units(OpdType.SATPOL_PP, ("SATPOLPP", "Satuan Polisi Pamong Praja dan Pemadam Kebakaran", "Satpol PP", 44)),
    *_units(OpdType.RSUD, ("RSUD", "RSUD Kabupaten Mamuju", "RSUD", 68)),
]
BADAN = _units(
    OpdType.BADAN,
    ("BKPP", "Badan Kepegawaian, Pendidikan dan Pelatihan", "BKPP", 28),
    ("BAPPERIDA", "Badan Perencanaan Pembangunan, Riset dan Inovasi Daerah", "Bapperida", 27),
    ("BPKAD", "Badan Pengelolaan Keuangan dan Aset Daerah", "BPKAD", 33),
    ("BAPENDA", "Badan Pendapatan Daerah", "Bapenda", 30),
    ("BPBD", "Badan Penanggulangan Bencana Daerah", "BPBD", 24),
    ("KESBANGPOL", "Badan Kesatuan Bangsa dan Politik", "Kesbangpol", 15),
)
KECAMATAN = [
    _kecamatan("MAMUJU", "Mamuju", 15),
    *_below(
        "MAMUJU",
        OpdType.KELURAHAN,
        Reports.NO,
        ("KEL-BINANGA", "Kelurahan Binanga", "Kel. Binanga", 6),
        ("KEL-KAREMA", "Kelurahan Karema", "Kel. Karema", 6),
        ("KEL-RIMUKU", "Kelurahan Rimuku", "Kel. Rimuku", 5),
    ),
    _kecamatan("TAPALANG", "Tapalang", 14),
    _kecamatan("KALUKKU", "Kalukku", 16),
    _kecamatan("KALUMPANG", "Kalumpang", 11, Connectivity.NONE),
    _kecamatan("PAPALANG", "Papalang", 13),
    _kecamatan("SAMPAGA", "Sampaga", 12),
    _kecamatan("TOMMO", "Tommo", 12),
    _kecamatan("SIMBORO", "Simboro", 15),
    _kecamatan("TAPALANG-BARAT", "Tapalang Barat", 11),
    _kecamatan("BONEHAU", "Bonehau", 10, Connectivity.NONE),
    _kecamatan("BALA-BALAKANG", "Kepulauan Bala Balakang", 9, Connectivity.WEAK),
]
OPD: Sequence[SampleOpd] = (*SEKRETARIAT, *DINAS, *BADAN, *KECAMATAN)
BLANK_SPOTS = ("KALUMPANG", "BONEHAU")
PLT = {"DISPUSIP": "DISDIKPORA"}
"""OPD without a head of its own → the OPD whose head leads it as Plt."""

ABSENCES = ("DL",) * 8 + ("CT",) * 4 + ("S",) * 3 + ("TB", "CM", "DK") + ("WFA",) * 9
LETTERED = frozenset({"DL", "DK", "WFA"})
SHARE_ABSENT = 0.075
"""Of the people without shifts; a Monday like any other."""
SHARE_ON_SHIFT = 0.6

_EMPLOYMENT = ("PNS",) * 62 + ("PPPK",) * 28 + ("PPPK_PW",) * 7 + ("CPNS",) * 3
_POSITIONS = (
    ("Pelaksana", "pelaksana"),
    ("Pelaksana", "pelaksana"),
    ("Pelaksana", "pelaksana"),
    ("Analis Kebijakan Ahli Pertama", "jf_ahli_pertama"),
    ("Perencana Ahli Muda", "jf_ahli_muda"),
    ("Kepala Sub Bagian", "pengawas"),
)


def sample_people() -> list[SampleAsn]:
    """Everybody, the head of each OPD first; serials collide as real ones do (most are below 010)."""
    draw = Random(SEED)  # noqa: S311 — the same people on every machine, no secrets
    taken: set[str] = set()
    people: list[SampleAsn] = []
    for opd in OPD:
        people += [_person(draw, taken, opd, leads=number == 0 and opd.code not in PLT) for number in range(opd.people)]
    return people


def _person(draw: Random, taken: set[str], opd: SampleOpd, *, leads: bool) -> SampleAsn:
    woman = draw.random() < 0.52
    employment = "PNS" if leads else draw.choice(_EMPLOYMENT)
    position, level = _lead_of(opd) if leads else draw.choice(_POSITIONS)
    name = f"{draw.choice(WOMEN if woman else MEN)} {draw.choice(SURNAMES)}"
    nip = _nip(draw, woman, employment)
    while nip in taken:
        nip = _nip(draw, woman, employment)
    taken.add(nip)
    shift = opd.type in (OpdType.RSUD, OpdType.PUSKESMAS, OpdType.SATPOL_PP) and not leads and draw.random() < 0.3
    return SampleAsn(nip, name, employment, opd.code, position, level, "shift" if shift else "5", leads)


def _nip(draw: Random, woman: bool, employment: str) -> str:
    born = date(draw.randint(1968, 1999), draw.randint(1, 12), draw.randint(1, 28))
    since = min(2025, born.year + draw.randint(22, 30))
    month = "21" if employment.startswith("PPPK") else f"{draw.randint(1, 12):02d}"
    serial = draw.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 23))
    return f"{born:%Y%m%d}{since}{month}{2 if woman else 1}{serial:03d}"


def _lead_of(opd: SampleOpd) -> tuple[str, str]:
    match opd.type:
        case OpdType.KECAMATAN:
            return "Camat", "administrator"
        case OpdType.KELURAHAN:
            return "Lurah", "pengawas"
        case OpdType.BAGIAN:
            return "Kepala Bagian", "administrator"
        case OpdType.PUSKESMAS:
            return "Kepala Puskesmas", "jf_ahli_muda"
        case _:
            return "Kepala", "jpt_pratama"


def opd_csv(people: Sequence[SampleAsn]) -> bytes:
    """The OPD file; heads are in it, so the ASN file goes first."""
    heads = {person.opd_code: person.nip for person in people if person.is_head}
    titles = dict.fromkeys(heads, "definitif") | (dict.fromkeys(PLT, "Plt") if heads else {})
    heads |= {code: heads[leader] for code, leader in PLT.items() if leader in heads}
    return _csv(
        ("code", "name", "short_name", "type", "parent_code", "protocol_order", "reports", "contact", "head_nip",
         "head_title", "connectivity", "from_date"),
        (
            (opd.code, opd.name, opd.short, opd.type, opd.parent, order, opd.reports, f"WA {opd.short} (CONTOH)",
             heads.get(opd.code), titles.get(opd.code), opd.connectivity, FROM)
            for order, opd in enumerate(OPD, start=1)
        ),
    )  # fmt: skip


def asn_csv(people: Sequence[SampleAsn]) -> bytes:
    return _csv(
        ("nip", "name", "employment_type", "opd_code", "position", "level", "apel_duty", "work_pattern", "from_date"),
        (
            (p.nip, p.name, p.employment, p.opd_code, p.position, p.level, "yes", p.pattern, FROM)
            for p in people
        ),
    )  # fmt: skip


def absence_csv(people: Sequence[SampleAsn], on: date) -> bytes:
    """Confirmed absences of a day: a few per cent on duty travel, leave, sick or working elsewhere, and the shifts."""
    draw = Random(on.toordinal())  # noqa: S311 — a sample
    away = [(person, code) for person in people if (code := _absence_of(person, draw))]
    return _csv(
        ("nip", "code", "from", "to", "letter_no"),
        (
            (person.nip, code, on, on, f"CONTOH/{number:03d}/{on.year}" if code in LETTERED else "")
            for number, (person, code) in enumerate(away, start=1)
        ),
    )


def _absence_of(person: SampleAsn, draw: Random) -> str | None:
    chance, code = draw.random(), draw.choice(ABSENCES)
    if person.pattern == "shift":
        return "SF" if chance < SHARE_ON_SHIFT else None
    return code if chance < SHARE_ABSENT else None


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
