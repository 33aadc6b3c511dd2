"""What the document calls things: the service, its rooms and its operations."""

from typing import Any

from fastapi.routing import APIRoute

INFO: dict[str, Any] = {
    "title": "Apel Virtual",
    "summary": "Apel Senin sebuah kabupaten: laporan, bukti Zoom, kehadiran, nilai, dan papan langsung.",
    "description": """Mulai dari `docs/panduan-frontend.md`. Pokoknya:

- **Masuk**: `POST /v1/auth/token`, lalu `Authorization: Bearer …`. Frontend kantor memakai klien berperan `reader`.
- **Membaca**: kirim `If-None-Match` dengan ETag terakhir; 304 berarti tidak ada yang berubah.
- **Mengubah**: kirim `If-Match` dengan ETag yang dibaca (428 bila tidak ada, 412 bila sudah basi). Untuk yang membuat
  sesuatu, `Idempotency-Key` membuat permintaan aman diulang selama 24 jam.
- **Penolakan**: selalu `application/problem+json`. `code` untuk program dan tidak pernah berubah artinya; `title` dan
  `detail` untuk orang, dalam bahasa `Accept-Language` (`id` bila tidak disebut).
- **Kecocokan**: kolom, kode, dan nilai enum boleh bertambah dalam `/v1`; yang tidak dikenal diabaikan. Aturannya di
  `docs/kebijakan-kompatibilitas.md`.
- Waktu ditulis RFC 3339 dengan selisih zona, hari `YYYY-MM-DD`, NIP sebagai teks 18 angka dan tidak pernah di alamat.
""",
    "contact": {"name": "Kominfosandi Kabupaten Mamuju", "url": "https://mamujukab.go.id"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
SERVERS = [
    {
        "url": "/",
        "description": "Alamat yang memberi dokumen ini (production: di balik TLS; local: `make run`).",
        "x-internal": False,
    }
]

TAGS = {
    "board": "Papan: satu apel dengan angka, ubin OPD, giliran, dan kesehatan buktinya.",
    "Apel": "Jadwal, keadaan, dan giliran apel.",
    "reports": "Laporan kehadiran OPD: pernyataan, perubahan, verifikasi, yang belum melapor.",
    "attendance": "Kehadiran yang disimpulkan dari laporan dan bukti, temuan, keberatan, koreksi.",
    "Kehadiran Zoom": "Siapa yang terlihat di Zoom, dan siapa dia.",
    "spot checks": "Ruangan yang diundi untuk dihitung orangnya.",
    "scores": "Nilai OPD dan orang, baris demi baris sampai buktinya.",
    "rewards": "Usul penghargaan.",
    "policies": "Aturan penilaian: versi, dasar hukum, masa berlaku.",
    "Keputusan": "Rekomendasi, kasus, keputusan, keberatan.",
    "TPP": "Perhitungan TPP bulanan.",
    "Kinerja": "Rencana, capaian, penilaian.",
    "Perilaku BerAKHLAK": "Penilaian perilaku oleh atasan, rekan, dan diri sendiri.",
    "Pengembangan kompetensi": "Pelatihan dan kehadirannya.",
    "Loket": "Janji layanan dan waktu tunggu yang sebenarnya.",
    "Surat Edaran": "Surat edaran dan tanda terimanya.",
    "Titipan Gawai": "Gawai yang dititipkan saat rapat.",
    "Siaran langsung": "Laporan siaran langsung pada jam kerja, izin, dan penjelasannya.",
    "Kerja fleksibel": "Perintah kerja fleksibel dan orangnya.",
    "Hari kerja": "Buku kehadiran harian.",
    "Kalender": "Hari kerja, hari libur, jam kerja.",
    "Sif": "Jadwal sif.",
    "Ketidakhadiran": "Cuti, dinas luar, dan ketidakhadiran lain.",
    "Register": "OPD dan ASN.",
    "Akun": "Siapa yang boleh memanggil layanan ini.",
    "Masuk": "Token dan sesi.",
    "Layar": "Layar TV yang dipasangkan dengan kode.",
    "Zoom": "Peristiwa, laporan, dan undangan Zoom.",
    "Lembar": "Lembar resmi bernomor, dengan hash dan kode yang dapat diperiksa.",
    "notifications": "Pemberitahuan keluar: webhook, pengirimannya, dan teks siap tempel.",
    "Ekspor": "Lembar dan paket berkas.",
    "Jejak audit": "Siapa membaca dan mengubah apa.",
    "Data saya": "Apa yang tersimpan tentang diri sendiri.",
    "operation": "Apakah layanan ini hidup dan siap.",
}


def operation_id(route: APIRoute) -> str:
    """`read_board` is `readBoard`: stable as long as the endpoint's function keeps its name."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
