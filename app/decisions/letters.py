"""What the letters of a case say: drafts of its summonses, minutes, report and decision, as plain blocks. Pure.

The service writes no letter that counts: every draft says so, leaves the number blank, names both sanctions of the
tier, and is checked, completed and signed by the competent official. The order of the parts follows the forms of
PerBKN 6/2022 as offices use them; nobody has confirmed them against the regulation's own annex.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.texts.dates import long_date, long_day
from app.policies.rules_of_workdays import Severity

BLANK = "…………………………"
"""What a person fills in by hand."""
STRIKE = "*) Coret yang tidak perlu."

_CALLED = {
    "PNS": "Pegawai Negeri Sipil",
    "CPNS": "Calon Pegawai Negeri Sipil",
    "PPPK": "Pegawai Pemerintah dengan Perjanjian Kerja",
    "PPPK_PW": "Pegawai Pemerintah dengan Perjanjian Kerja Paruh Waktu",
}
_CIVIL_SERVANTS = frozenset({"PNS", "CPNS"})
"""Those whose discipline PP 94/2021 rules; everybody else's letter cites the rule set that judged them."""


class LetterKind(StrEnum):
    PANGGILAN_1 = "panggilan-1"
    PANGGILAN_2 = "panggilan-2"
    BAP = "bap"
    LHP = "lhp"
    SK = "sk"


@dataclass(frozen=True)
class Official:
    """Somebody who signs or is named; what is not known is left blank."""

    title: str
    name: str = BLANK
    nip: str = BLANK


@dataclass(frozen=True)
class Subject:
    employment: str
    """PNS, CPNS, PPPK or PPPK_PW."""
    name: str
    nip: str
    position: str
    unit: str


@dataclass(frozen=True)
class Sanctions:
    """The tier's sanction in both of its names, and which of them the policy says is in force."""

    code: str
    severity: Severity
    tukin: str
    transitional: str | None
    cut_in_force: bool
    article: str
    pay_note: str | None = None

    @property
    def both(self) -> tuple[str, ...]:
        return (self.tukin,) if self.transitional is None else (self.tukin, self.transitional)


@dataclass(frozen=True)
class Basis:
    """By which policy the tier was found, and whether an official has confirmed its source."""

    policy: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Proceedings:
    """What has happened in the case so far."""

    summoned: tuple[date | None, date | None] = (None, None)
    """The dates of the first and the second letter."""
    examine_on: tuple[date | None, date | None] = (None, None)
    examined_on: date | None = None
    absent_on: tuple[date, ...] = ()
    """Days on which the person was summoned and did not come."""
    team: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseFacts:
    """All that a letter is made from, as the case froze it."""

    subject: Subject
    superior: Official
    official: Official
    violation: str
    days: tuple[date, ...]
    """The working days without reason that the case rests on."""
    counted: int
    """Days by which the tier was found: those and, where the policy converts minutes, what these became."""
    sanctions: Sanctions
    basis: Basis
    proceedings: Proceedings
    effective_working_day: int | None
    """The n-th working day after receipt on which a decision takes effect; None: the policy says nothing."""
    instansi: str
    sample: bool


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str
    centred: bool = False


@dataclass(frozen=True)
class Fields:
    """Labels with what belongs to them."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Points:
    """An enumeration under a word such as Menimbang."""

    label: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Signatures:
    """Blocks beside each other, at the end."""

    officials: tuple[Official, ...]
    before: str = "…………………, ………………… 20……"
    """Place and date."""


Block = Heading | Paragraph | Fields | Points | Grid | Signatures


@dataclass(frozen=True)
class Letter:
    kind: LetterKind
    instansi: str
    unit: str
    marks: tuple[str, ...]
    """What stands at the head of every page."""
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]
    """For whoever checks the draft; removed before it is signed."""


def write_letter(kind: LetterKind, facts: CaseFacts) -> Letter:
    """The draft of one letter of a case."""
    match kind:
        case LetterKind.PANGGILAN_1:
            blocks = _summons(facts, 1)
        case LetterKind.PANGGILAN_2:
            blocks = _summons(facts, 2)
        case LetterKind.BAP:
            blocks = _minutes(facts)
        case LetterKind.LHP:
            blocks = _report(facts)
        case LetterKind.SK:
            blocks = _decision(facts)
    return Letter(kind, facts.instansi, facts.subject.unit, _marks(facts), tuple(blocks), _notes(kind, facts))


def _marks(facts: CaseFacts) -> tuple[str, ...]:
    draft = ("DRAF – belum bernomor dan belum ditandatangani", "RAHASIA")
    return ("CONTOH – data contoh, bukan data pegawai", *draft) if facts.sample else draft


def _notes(kind: LetterKind, facts: CaseFacts) -> tuple[str, ...]:
    basis, sanctions = facts.basis, facts.sanctions
    notes = [
        (
            f"Disusun menurut kebijakan {basis.policy}, tingkat {sanctions.code} ({sanctions.severity}). "
            f"Sumber: {basis.source}."
        ),
        (
            "Susunan surat mengikuti format yang lazim dipakai menurut PerBKN 6/2022 dan perlu disesuaikan dengan tata "
            "naskah dinas setempat."
        ),
    ]
    if kind is LetterKind.SK:
        notes.append("Kata “terbukti” hanya dipakai bila pemeriksaan atau bukti yang ada memang membuktikannya.")
    if not basis.verified:
        notes.insert(1, "Sumber ini belum diverifikasi oleh pejabat terhadap naskah resmi peraturannya.")
    if sanctions.transitional is not None:
        notes.append(_both_names(sanctions))
    if sanctions.pay_note is not None:
        notes.append(f"{sanctions.pay_note} Sistem ini tidak menghentikan pembayaran apa pun.")
    return (*notes, "Tidak mengikuti apel bukan tidak masuk kerja dan tidak dihitung di sini. Hapus catatan ini.")


def _both_names(sanctions: Sanctions) -> str:
    tukin, transitional = sanctions.both
    valid, other = (tukin, transitional) if sanctions.cut_in_force else (transitional, tukin)
    return (
        f"Jenis hukuman ini punya dua nama: “{tukin}” bila pemotongan tunjangan sudah berlaku, “{transitional}” selama "
        f"masa peralihan. Menurut kebijakan yang dipakai, yang berlaku ialah “{valid}”, bukan “{other}”; pejabat yang "
        "berwenang memastikannya."
    )


def _summons(facts: CaseFacts, number: int) -> list[Block]:
    roman = "I" if number == 1 else "II"
    on = facts.proceedings.examine_on[number - 1]
    blocks: list[Block] = [
        Heading(f"SURAT PANGGILAN {roman}"),
        Paragraph(f"NOMOR: {BLANK}", centred=True),
        Paragraph("1. Bersama ini diminta dengan hormat kehadiran Saudara:"),
        Fields(_person(facts.subject)),
        Paragraph("untuk menghadap kepada:"),
        Fields(_named(facts.superior)),
        Paragraph("pada:"),
        Fields(
            (
                ("Hari, tanggal", long_day(on) if on else BLANK),
                ("Jam", BLANK),
                ("Tempat", f"{BLANK} (pemeriksaan tertutup; dapat tatap muka atau virtual)"),
            )
        ),
        Paragraph(f"untuk diperiksa sehubungan dengan dugaan pelanggaran disiplin: {_violation(facts)}"),
    ]
    if number == 2:
        blocks.append(Paragraph(_second_call(facts)))
    return [
        *blocks,
        Paragraph(f"{number + 1}. Demikian untuk dilaksanakan."),
        Signatures((facts.superior,)),
    ]


def _second_call(facts: CaseFacts) -> str:
    first = facts.proceedings.summoned[0]
    when = f" tanggal {long_date(first)}" if first else ""
    return (
        f"2. Surat panggilan ini menyusul Surat Panggilan I{when} yang tidak Saudara penuhi. Apabila Saudara tetap "
        "tidak hadir, hukuman disiplin dapat dijatuhkan berdasarkan bukti yang ada tanpa pemeriksaan."
    )


def _minutes(facts: CaseFacts) -> list[Block]:
    on = facts.proceedings.examined_on
    if facts.proceedings.team:
        examiners = tuple(Official("Anggota Tim Pemeriksa", name) for name in facts.proceedings.team)
    else:
        examiners = (facts.superior,)
    when = long_day(on) if on else f"{BLANK}, tanggal {BLANK}"
    asked = (
        "Apakah Saudara bersedia diperiksa dan memberikan keterangan yang sebenarnya?",
        (
            f"Menurut catatan, Saudara tidak masuk kerja pada {len(facts.days)} hari kerja sebagaimana daftar di atas. "
            "Apakah benar?"
        ),
        "Apa alasan Saudara pada hari-hari itu, dan adakah surat atau bukti yang mendukungnya?",
        "Adakah keterangan lain yang ingin Saudara sampaikan?",
    )
    return [
        Heading("BERITA ACARA PEMERIKSAAN"),
        Paragraph(f"Pada hari ini, {when}, saya/Tim Pemeriksa:"),
        *(Fields(_named(examiner)) for examiner in examiners),
        Paragraph(
            f"berdasarkan wewenang yang ada pada saya/Surat Perintah nomor {BLANK} telah melakukan pemeriksaan "
            "terhadap:"
        ),
        Fields(_person(facts.subject)),
        Paragraph(f"karena yang bersangkutan diduga melakukan pelanggaran disiplin: {_violation(facts)}"),
        _days(facts),
        Grid(
            ("No.", "Pertanyaan", "Jawaban"),
            tuple((f"{place}.", question, BLANK) for place, question in enumerate((*asked, BLANK), 1)),
        ),
        Paragraph(
            "Demikian Berita Acara Pemeriksaan ini dibuat untuk dapat digunakan sebagaimana mestinya. Berita acara "
            "tetap sah apabila yang diperiksa tidak bersedia menandatangani; yang diperiksa dapat meminta salinannya."
        ),
        Signatures((Official("Yang diperiksa", facts.subject.name, facts.subject.nip), *examiners)),
    ]


def _report(facts: CaseFacts) -> list[Block]:
    return [
        Heading("LAPORAN HASIL PEMERIKSAAN"),
        Paragraph(f"Kepada Yth. {facts.official.title} di {BLANK}"),
        Paragraph(f"Dengan ini dilaporkan dengan hormat bahwa {_examination(facts)} terhadap pegawai berikut:"),
        Fields(_person(facts.subject)),
        Grid(
            (
                "Bentuk pelanggaran",
                "Waktu",
                "Tempat",
                "Faktor yang memberatkan",
                "Faktor yang meringankan",
                "Dampak perbuatan",
            ),
            ((facts.violation, _span(facts.days), facts.subject.unit, BLANK, BLANK, BLANK),),
        ),
        _days(facts),
        Points(
            "",
            (
                (
                    "Menurut catatan, yang bersangkutan tidak masuk kerja tanpa alasan yang sah selama "
                    f"{facts.counted} hari kerja, sehingga menurut {facts.sanctions.article} dapat dijatuhi hukuman "
                    f"disiplin {facts.sanctions.severity} berupa {_sanction(facts.sanctions)}. Pendapat pemeriksa: "
                    f"{BLANK}."
                ),
                f"Kewenangan menjatuhkan hukuman disiplin tersebut ada pada {facts.official.title}.",
            ),
        ),
        Paragraph("Berita Acara Pemeriksaan dan bukti kehadiran terlampir. Demikian untuk dipergunakan seperlunya."),
        *_strike(facts.sanctions),
        Signatures((facts.superior,)),
    ]


def _examination(facts: CaseFacts) -> str:
    so_far = facts.proceedings
    if so_far.examined_on is not None:
        return f"pada {long_day(so_far.examined_on)} telah dilakukan pemeriksaan"
    if len(so_far.absent_on) > 1:
        missed = " dan ".join(long_date(day) for day in so_far.absent_on)
        return f"yang bersangkutan telah dipanggil dua kali dan tidak hadir ({missed}), tanpa pemeriksaan,"
    return f"pada {BLANK} telah dilakukan pemeriksaan"


def _decision(facts: CaseFacts) -> list[Block]:
    sanctions, called = facts.sanctions, _CALLED.get(facts.subject.employment, "Pegawai ASN")
    return [
        Heading(f"KEPUTUSAN {facts.official.title.upper()}"),
        Paragraph(f"NOMOR: {BLANK}", centred=True),
        Paragraph(
            f"TENTANG\nPENJATUHAN HUKUMAN DISIPLIN {sanctions.severity.upper()}\nTERHADAP {called.upper()} "
            f"ATAS NAMA {facts.subject.name.upper()}",
            centred=True,
        ),
        Points(
            "Menimbang",
            (
                (
                    f"bahwa {_examination_in_decision(facts)}, Saudara {facts.subject.name} terbukti tidak "
                    f"masuk kerja tanpa alasan yang sah selama {facts.counted} hari kerja ({_span(facts.days)});"
                ),
                (
                    f"bahwa perbuatan tersebut merupakan pelanggaran terhadap {_obligation(facts)} dan menurut "
                    f"{sanctions.article} diancam hukuman disiplin {sanctions.severity};"
                ),
                "bahwa untuk menegakkan disiplin perlu menetapkan keputusan penjatuhan hukuman disiplin;",
            ),
        ),
        Points("Mengingat", _laws(facts)),
        Heading("MEMUTUSKAN"),
        *_verdict(facts),
        *_strike(sanctions),
        Signatures((facts.official,), before=f"Ditetapkan di {BLANK}\npada tanggal {BLANK}"),
        Paragraph(f"Diterima tanggal {BLANK}\n\n{facts.subject.name}\nNIP {facts.subject.nip}"),
    ]


def _obligation(facts: CaseFacts) -> str:
    if facts.subject.employment in _CIVIL_SERVANTS:
        return "Pasal 4 huruf f Peraturan Pemerintah Nomor 94 Tahun 2021"
    return f"kewajiban masuk kerja menurut {facts.basis.source}"


def _laws(facts: CaseFacts) -> tuple[str, ...]:
    general = "Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara;"
    if facts.subject.employment not in _CIVIL_SERVANTS:
        return (general, f"{facts.basis.source};")
    discipline = "Peraturan Pemerintah Nomor 94 Tahun 2021 tentang Disiplin Pegawai Negeri Sipil"
    carried_out = "Peraturan Badan Kepegawaian Negara Nomor 6 Tahun 2022 tentang Peraturan Pelaksanaan"
    return (general, f"{discipline};", f"{carried_out} {discipline};")


def _strike(sanctions: Sanctions) -> list[Block]:
    return [Paragraph(STRIKE)] if len(sanctions.both) > 1 else []


def _examination_in_decision(facts: CaseFacts) -> str:
    if facts.proceedings.examined_on is not None:
        return f"menurut hasil pemeriksaan tanggal {long_date(facts.proceedings.examined_on)}"
    if len(facts.proceedings.absent_on) > 1:
        return "menurut bukti yang ada, setelah yang bersangkutan dua kali dipanggil dan tidak hadir"
    return f"menurut hasil pemeriksaan tanggal {BLANK}"


def _verdict(facts: CaseFacts) -> list[Block]:
    nth = facts.effective_working_day
    effect = (
        f"mulai berlaku pada hari kerja ke-{nth} terhitung sejak tanggal Saudara menerima keputusan ini"
        if nth is not None
        else f"mulai berlaku pada {BLANK}"
    )
    return [
        Paragraph("Menetapkan:"),
        Paragraph(
            f"KESATU: Menjatuhkan hukuman disiplin {facts.sanctions.severity} berupa {_sanction(facts.sanctions)} "
            "kepada:"
        ),
        Fields(_person(facts.subject)),
        Paragraph(
            "KEDUA: Apabila tidak ada upaya administratif, keputusan ini "
            f"{effect}. Apabila diajukan upaya administratif, keputusan ini berlaku sesuai dengan putusannya."
        ),
        Paragraph("KETIGA: Asli keputusan ini disampaikan kepada yang bersangkutan untuk dilaksanakan."),
    ]


def _sanction(sanctions: Sanctions) -> str:
    """Both names, for the competent official to strike one."""
    names = [f"“{name}”" for name in sanctions.both]
    return names[0] if len(names) == 1 else f"{' atau '.join(names)} *)"


def _violation(facts: CaseFacts) -> str:
    return f"{facts.violation} ({facts.counted} hari kerja, {_span(facts.days)})."


def _span(days: Sequence[date]) -> str:
    if not days:
        return BLANK
    first, last = min(days), max(days)
    return long_date(first) if first == last else f"{long_date(first)} s.d. {long_date(last)}"


def _days(facts: CaseFacts) -> Grid:
    rows = tuple((f"{place}.", long_day(day)) for place, day in enumerate(sorted(facts.days), 1))
    return Grid(("No.", "Hari kerja tanpa alasan yang sah"), rows or (("", BLANK),))


def _person(subject: Subject) -> tuple[tuple[str, str], ...]:
    return (
        ("Nama", subject.name),
        ("NIP", subject.nip),
        ("Pangkat/golongan ruang", BLANK),
        ("Jabatan", subject.position),
        ("Unit kerja", subject.unit),
    )


def _named(official: Official) -> tuple[tuple[str, str], ...]:
    return (("Nama", official.name), ("NIP", official.nip), ("Pangkat", BLANK), ("Jabatan", official.title))
