"""Being somewhere is no output: texts that speak of nothing but presence. Pure.

A false refusal stops somebody who did work, so that only texts are taken for presence that either begin with taking
part in an apel, a ceremony or clocking in, or hold no word that speaks of anything else. What is made about presence
(a recap, a report, an application) is an output like any other.
"""

from app.core.fields import fold

_EVENTS = frozenset({"apel", "upacara", "absen", "absensi", "presensi", "fingerprint", "ceklok", "checklock", "senam"})
"""What people take part in or do in order to be counted as present."""
_BEING = frozenset({"hadir", "kehadiran", "ngantor", "masuk", "pulang", "datang"})
_TAKING_PART = frozenset(
    {"mengikuti", "ikut", "serta", "menghadiri", "hadir", "melaksanakan", "melakukan", "mengisi", "berpartisipasi"}
)
_EVERYBODY = frozenset({"pegawai", "asn", "pns", "pppk", "staf", "karyawan"})
"""Whoever speaks of these without taking part speaks of others' presence, which may be the work."""
_SETTING_TEXT = """
    pagi siang sore malam harian rutin gabungan virtual online daring luring zoom senin selasa rabu kamis jumat sabtu
    minggu hari tanggal tgl bulan jam pukul tepat waktu wib wita wit setiap tiap kali di ke dari dan pada dalam untuk
    yang sebagai peserta kegiatan kantor kerja dinas tempat lapangan halaman bendera hut ri korpri kemerdekaan
    proklamasi pancasila kesaktian lahir sumpah pemuda pahlawan nasional besar peringatan memperingati rangka
    januari februari maret april mei juni juli agustus september oktober november desember jan feb mar apr jun jul agu
    sep okt nov des selesai tertib disiplin penuh lengkap seluruh semua persen elektronik mandiri wfo wfa wfh finger
    print check in out clock kesehatan kesegaran jasmani
"""
_SETTING = frozenset(_SETTING_TEXT.split())
_MADE = ("data", "sop", "teks", "konsep", "materi", "video", "modul", "surat", "berita", "panitia", "naskah")
_MADE_STEMS = (
    *("rekap", "lapor", "dokumen", "sistem", "aplikasi", "notul", "jadwal", "usun", "elola", "analis", "evaluasi"),
    *(
        "pandu",
        "undang",
        "publikasi",
        "rilis",
        "verifik",
        "validasi",
        "elenggara",
        "siap",
        "nyiap",
        "embang",
        "monitor",
    ),
    *("pantau", "mantau"),
)
"""What is produced, or done for others: `usun` stands in penyusunan and menyusun."""


def speaks_of_presence_alone(text: str) -> bool:
    """Whether a text names being present and nothing that came of it."""
    words = fold(text).split()
    if any(word in _MADE or any(stem in word for stem in _MADE_STEMS) for word in words):
        return False
    return _begins_with_taking_part(words) or _holds_nothing_else(words)


def _begins_with_taking_part(words: list[str]) -> bool:
    rest = list(words)
    while rest and (rest[0] in _TAKING_PART or rest[0] in ("di", "pada", "dalam", "kegiatan")):
        rest.pop(0)
    return len(rest) < len(words) and bool(rest) and rest[0] in _EVENTS


def _holds_nothing_else(words: list[str]) -> bool:
    known = _EVENTS | _BEING | _TAKING_PART | _SETTING
    if not _TAKING_PART.isdisjoint(words):
        known |= _EVERYBODY
    named = any(word in _EVENTS or word in ("hadir", "kehadiran", "ngantor") for word in words)
    at_work = not _BEING.isdisjoint(words) and not {"kantor", "kerja"}.isdisjoint(words)
    return (named or at_work) and all(word in known or word.isdigit() for word in words)
