"""The draft of a decision (SK), of each severity. Pure."""

from app.core.texts.dates import long_date
from app.decisions.letters import BLANK, Block, CaseFacts, Fields, Heading, Paragraph, Points, Signatures
from app.decisions.letters_phrases import (
    SHORT_PP94,
    article_of,
    rests_on_pp94,
    sanction_names,
    span_of,
    strike,
    subject_rows,
)

_CALLED = {
    "PNS": "Pegawai Negeri Sipil",
    "CPNS": "Calon Pegawai Negeri Sipil",
    "PPPK": "Pegawai Pemerintah dengan Perjanjian Kerja",
    "PPPK_PW": "Pegawai Pemerintah dengan Perjanjian Kerja Paruh Waktu",
}
PP94 = "Peraturan Pemerintah Nomor 94 Tahun 2021 tentang Disiplin Pegawai Negeri Sipil"
PERBKN = f"Peraturan Badan Kepegawaian Negara Nomor 6 Tahun 2022 tentang Peraturan Pelaksanaan {PP94}"


def decision(facts: CaseFacts) -> list[Block]:
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
                    f"masuk kerja tanpa alasan yang sah selama {facts.counted} hari kerja ({span_of(facts.days)});"
                ),
                (
                    f"bahwa perbuatan tersebut merupakan pelanggaran terhadap {_obligation(facts)} dan menurut "
                    f"{article_of(facts)} diancam hukuman disiplin {sanctions.severity};"
                ),
                "bahwa untuk menegakkan disiplin perlu menetapkan keputusan penjatuhan hukuman disiplin;",
            ),
        ),
        Points("Mengingat", _laws(facts)),
        Heading("MEMUTUSKAN"),
        *_verdict(facts),
        *strike(sanctions),
        Signatures((facts.official,), before=f"Ditetapkan di {BLANK}\npada tanggal {BLANK}"),
        Paragraph(f"Diterima tanggal {BLANK}\n\n{facts.subject.name}\nNIP {facts.subject.nip}"),
    ]


def _obligation(facts: CaseFacts) -> str:
    if rests_on_pp94(facts):
        return f"Pasal 4 huruf f {SHORT_PP94}"
    return f"kewajiban masuk kerja menurut {facts.basis.source}"


def _laws(facts: CaseFacts) -> tuple[str, ...]:
    general = "Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara;"
    return (general, f"{PP94};", f"{PERBKN};") if rests_on_pp94(facts) else (general, f"{facts.basis.source};")


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
            f"KESATU: Menjatuhkan hukuman disiplin {facts.sanctions.severity} berupa {sanction_names(facts.sanctions)} "
            "kepada:"
        ),
        Fields(subject_rows(facts.subject)),
        Paragraph(
            "KEDUA: Apabila tidak ada upaya administratif, keputusan ini "
            f"{effect}. Apabila diajukan upaya administratif, keputusan ini berlaku sesuai dengan putusannya."
        ),
        Paragraph("KETIGA: Asli keputusan ini disampaikan kepada yang bersangkutan untuk dilaksanakan."),
    ]
