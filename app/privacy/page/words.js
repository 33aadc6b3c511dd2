// Words for machine codes; a code that is new here is shown as it is.
const WORDS = {
  H: "hadir", TK: "tanpa keterangan", BL: "OPD belum lapor", NR: "tidak diwajibkan", DL: "dinas luar",
  DD: "dinas dalam", DK: "diklat", TB: "tugas belajar", CT: "cuti tahunan", CB: "cuti besar", CS: "cuti sakit",
  CM: "cuti melahirkan", CP: "cuti alasan penting", CLTN: "cuti di luar tanggungan negara", S: "sakit", I: "izin",
  SF: "sif", MPP: "masa persiapan pensiun", DPK: "dipekerjakan", DPB: "diperbantukan", BS: "bebas sementara",
  wfo: "di kantor", wfa: "dari tempat lain", punishment: "hukuman disiplin", guidance: "pembinaan",
  conduct: "pembinaan perilaku",
  reward: "penghargaan", open: "terbuka", taken: "ditindaklanjuti", declined: "tidak ditindaklanjuti",
  withdrawn: "ditarik kembali", waiting: "menunggu", accepted: "diterima", rejected: "ditolak",
  confirmed: "disahkan", closed: "ditutup", draft: "rancangan", published: "diumumkan", signed: "ditandatangani",
  frozen: "dibekukan", opened: "dibuka", summoned: "dipanggil", examined: "diperiksa", decided: "diputus",
  delivered: "diserahkan", summons_1: "panggilan I", summons_2: "panggilan II",
  absent_1: "tidak hadir pada panggilan I", absent_2: "tidak hadir pada panggilan II",
  team_formed: "tim pemeriksa dibentuk", suspended: "pembebasan sementara dari tugas",
  report: "laporan hasil pemeriksaan", sent: "dikirim", objection: "keberatan",
  objection_answered: "keberatan dijawab", appeal: "banding", appeal_answered: "banding dijawab", revoked: "dicabut",
  closed_without: "ditutup tanpa hukuman", "too-few-apels": "belum cukup apel untuk dinilai",
  "no-rule-set": "belum ada aturan yang dimuat", missed: "tidak hadir pada panggilan I",
  summoned_again: "dipanggil kedua kali", missed_again: "tidak hadir pada panggilan II",
  reported: "laporan hasil pemeriksaan ada", objected: "keberatan diajukan", appealed: "banding diajukan",
  remedied: "upaya administratif dijawab", recused: "pejabat digantikan", extended: "hari lain ditambahkan",
  taken_back: "pencatatan sebelumnya ditarik kembali", "not-all-seen": "tidak semua catatan terlihat",
  // Output, behaviour, and how the parts weigh together.
  below: "di bawah ekspektasi", meets: "sesuai ekspektasi", above: "di atas ekspektasi",
  superior: "atasan", peer: "rekan kerja (rata-rata)", self: "diri sendiri",
  "no-superior": "atasan belum menilai", "no-weight": "yang menilai tidak berbobot menurut aturan",
  "no-target": "belum ada target", "nothing-settled": "belum ada target yang selesai dinilai", excused: "tidak wajib pada masa ini",
  attendance: "kehadiran", output: "hasil kerja", behaviour: "perilaku", service: "pelayanan", "composite.conduct": "ketertiban",
  "nothing-known": "belum ada yang diketahui", "too-few": "catatan belum cukup", "not-weighed": "tidak diberi bobot",
  "too-few-parts": "bagian yang diketahui belum cukup untuk digabung",
  // Circulars.
  "circular.published": "berlaku", "circular.superseded": "sudah diganti versi baru", "circular.draft": "rancangan",
  "circular.withdrawn": "sudah dicabut", app: "lewat aplikasi", paper: "di kertas", wa: "lewat WA", meeting: "dalam rapat",
  // Reported broadcasts.
  tiktok: "TikTok", youtube: "YouTube", facebook: "Facebook", instagram: "Instagram", "livestream.other": "lainnya",
  "posted-afterwards": "diunggah sesudah kegiatan, diperbolehkan", "outside-hours": "di luar jam kerja",
  permitted: "diizinkan", "in-hours": "di dalam jam kerja", "unknown-hours": "jam kerja tidak diketahui",
  "no-circular": "tidak ada edaran yang melarang pada hari itu",
  "livestream.reported": "dilaporkan", clarification_asked: "keterangan diminta", clarified: "keterangan Anda",
  coached: "pembinaan oleh atasan", referred: "diteruskan kepada yang berwenang", "livestream.closed": "ditutup",
  "livestream.taken_back": "langkah sebelumnya ditarik kembali", no_violation: "tidak ada pelanggaran",
  "livestream.permitted": "ada izin", not_proven: "tidak terbukti", mistaken_identity: "bukan Anda",
  // Phones, flexible work, absences, posts.
  "deposit.security": "petugas keamanan", "deposit.medical": "alasan kesehatan",
  "deposit.streaming_crew": "petugas siaran", "deposit.on_call": "petugas siaga", "deposit.open": "belum selesai",
  "deposit.found": "sudah ditemukan", "deposit.settled": "sudah diselesaikan",
  "flexwork.location": "bekerja di tempat lain", "flexwork.shift": "jam kerja tetap lain",
  "flexwork.dynamic": "jam kerja dinamis", "flexwork.proposed": "diusulkan", "flexwork.confirmed": "berlaku",
  "flexwork.revoked": "dicabut", "absence.proposed": "diusulkan", "absence.confirmed": "disahkan",
  "absence.rejected": "ditolak", WFA: "bekerja dari tempat lain",
};

export const say = (code, room) => WORDS[`${room}.${code}`] ?? WORDS[code] ?? code;

const DAY = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("id-ID", { month: "long", year: "numeric", timeZone: "UTC" });
const RUPIAH = new Intl.NumberFormat("id-ID", { style: "currency", currency: "IDR", maximumFractionDigits: 0 });
const NUMBER = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 2 });

const INSTANT = new Intl.DateTimeFormat("id-ID", {
  day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

export const day = (text) => DAY.format(new Date(`${text}T00:00:00Z`));
export const month = (text) => MONTH.format(new Date(`${text}-01T00:00:00Z`));
export const rupiah = (amount) => RUPIAH.format(amount);
export const number = (value) => NUMBER.format(value);
export const instant = (text) => INSTANT.format(new Date(text));
export const span = (from, to) => (from === to ? day(from) : to === null ? `sejak ${day(from)}` : `${day(from)} – ${day(to)}`);

// A year, quarter, month or day as people say it; weeks keep their code.
export function period(code) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(code)) return day(code);
  if (/^\d{4}-\d{2}$/.test(code)) return month(code);
  const [year, quarter] = code.split("-Q");
  return quarter ? `triwulan ${quarter} ${year}` : /^\d{4}$/.test(code) ? `tahun ${code}` : code;
}
