"""The drafts of a case: its summonses, minutes and report, and what is said of every draft. Pure."""

from app.core.texts.dates import long_date, long_day
from app.decisions.letters import (
    BLANK,
    Block,
    CaseFacts,
    Fields,
    Grid,
    Heading,
    Letter,
    LetterKind,
    Official,
    Paragraph,
    Points,
    Sanctions,
    Signatures,
)
from app.decisions.letters_of_decision import decision
from app.decisions.letters_phrases import (
    article_of,
    days_grid,
    official_rows,
    sanction_names,
    span_of,
    strike,
    subject_rows,
    violation_of,
)


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
            blocks = decision(facts)
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
    for what, source in facts.sources:
        notes.append(f"{what}: {source.source}{'' if source.verified else ' (belum diverifikasi)'}.")
    notes += facts.doubts
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
        Fields(subject_rows(facts.subject)),
        Paragraph("untuk menghadap kepada:"),
        Fields(official_rows(facts.superior)),
        Paragraph("pada:"),
        Fields(
            (
                ("Hari, tanggal", long_day(on) if on else BLANK),
                ("Jam", BLANK),
                ("Tempat", f"{BLANK} (pemeriksaan tertutup; dapat tatap muka atau virtual)"),
            )
        ),
        Paragraph(f"untuk diperiksa sehubungan dengan dugaan pelanggaran disiplin: {violation_of(facts)}"),
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
        *(Fields(official_rows(examiner)) for examiner in examiners),
        Paragraph(
            f"berdasarkan wewenang yang ada pada saya/Surat Perintah nomor {BLANK} telah melakukan pemeriksaan "
            "terhadap:"
        ),
        Fields(subject_rows(facts.subject)),
        Paragraph(f"karena yang bersangkutan diduga melakukan pelanggaran disiplin: {violation_of(facts)}"),
        days_grid(facts),
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
        Fields(subject_rows(facts.subject)),
        Grid(
            (
                "Bentuk pelanggaran",
                "Waktu",
                "Tempat",
                "Faktor yang memberatkan",
                "Faktor yang meringankan",
                "Dampak perbuatan",
            ),
            ((facts.violation, span_of(facts.days), facts.subject.unit, BLANK, BLANK, BLANK),),
        ),
        days_grid(facts),
        Points(
            "",
            (
                (
                    "Menurut catatan, yang bersangkutan tidak masuk kerja tanpa alasan yang sah selama "
                    f"{facts.counted} hari kerja, sehingga menurut {article_of(facts)} dapat dijatuhi hukuman "
                    f"disiplin {facts.sanctions.severity} berupa {sanction_names(facts.sanctions)}. Pendapat "
                    f"pemeriksa: {BLANK}."
                ),
                f"Kewenangan menjatuhkan hukuman disiplin tersebut ada pada {facts.official.title}.",
            ),
        ),
        Paragraph("Berita Acara Pemeriksaan dan bukti kehadiran terlampir. Demikian untuk dipergunakan seperlunya."),
        *strike(facts.sanctions),
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
