"""A case as letters see it."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.decisions.letters import Basis, CaseFacts, Official, Proceedings, Sanctions, Subject
from app.policies.rules_of_workdays import Severity

DAYS = tuple(date(2026, 11, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16))

S1 = Sanctions(
    code="S1",
    severity=Severity.SEDANG,
    tukin="pemotongan tunjangan kinerja 25 % selama 6 bulan",
    transitional="penundaan kenaikan gaji berkala 1 tahun",
    cut_in_force=False,
    article="Ps 10 (2) f angka 1",
)
R1 = Sanctions("R1", Severity.RINGAN, "teguran lisan", None, False, "Ps 9 (2) b angka 1")
B3C = Sanctions(
    code="B3c",
    severity=Severity.BERAT,
    tukin="pemberhentian dengan hormat tidak atas permintaan sendiri",
    transitional=None,
    cut_in_force=False,
    article="Ps 11 (2) d angka 4",
    pay_note="Gaji dapat dihentikan mulai bulan berikutnya oleh pejabat yang berwenang (Pasal 15).",
)


def case(**changes: Any) -> CaseFacts:
    """Eleven days without reason: a sedang case, summoned once and examined by the superior."""
    facts = CaseFacts(
        subject=Subject("PNS", "Siti Aminah", "198501012010011001", "Analis Kebijakan", "Dinas Pendidikan"),
        superior=Official("Sekretaris Dinas", "Budi Santoso", "197001011995031002"),
        official=Official("Kepala Dinas Pendidikan", "Rahma Yusuf", "196801011990032003"),
        violation="tidak masuk kerja tanpa alasan yang sah",
        days=DAYS,
        counted=11,
        sanctions=S1,
        basis=Basis("apel-mamuju@1", "PP 94/2021; PerBKN 6/2022", False),
        proceedings=Proceedings(
            summoned=(date(2026, 11, 17), None),
            examine_on=(date(2026, 11, 24), None),
            examined_on=date(2026, 11, 24),
        ),
        effective_working_day=15,
        instansi="Pemerintah Kabupaten Mamuju",
        sample=False,
    )
    return replace(facts, **changes)
