// The page's own words for the service's codes, and names of strangers made harmless.

export const RULES = {
  duty_rate: "Kehadiran",
  timeliness: "Ketepatan waktu lapor",
  accuracy: "Kecocokan dengan bukti",
  "opd.standing": "Peringkat",
  "person.present": "Hadir",
  "person.left_early": "Pulang lebih awal",
  "person.unexplained": "Tanpa keterangan",
  "person.at_rest": "Tidak dinilai",
  "person.average": "Rata-rata",
  "person.streak": "Hadir berturut-turut",
  "person.apel_ledger": "Buku apel yang terlewat",
  "person.ledger": "Buku apel yang terlewat",
  mark_objections: "Keberatan atas catatan",
};
export const KINDS = {
  mark: "Catatan kehadiran",
  report_version: "Versi laporan",
  presence: "Kehadiran ruang di Zoom",
  finding: "Temuan",
  history: "Riwayat apel",
  score: "Nilai satu apel",
  absence: "Ketidakhadiran",
  decision: "Keputusan",
  workday: "Hari kerja",
};
export const GRADES = {
  impossible: ["■", "tidak mungkin", "bad"],
  suspicious: ["▲", "perlu dilihat", "look"],
  explainable: ["△", "dapat dijelaskan", "room"],
  ok: ["✓", "catatan saja", "good"],
};
export const LIGHTS = {
  grey: ["○", "menunggu", "wait"],
  blue: ["◐", "terhubung", "room"],
  green: ["✓", "lapor", "good"],
  yellow: ["▲", "periksa", "look"],
  red: ["■", "masalah", "bad"],
};
export const REPORTS = {
  missing: "belum lapor",
  partial: "lapor sebagian",
  submitted: "lapor",
  late: "lapor terlambat",
  returned: "dikembalikan",
  verified: "diverifikasi",
};
export const CHANNELS = { app: "aplikasi", phone: "telepon", wa: "WA", radio: "radio", paper: "kertas" };
export const TURNS = {
  waiting: ["○", "menunggu"],
  called: ["▶", "dipanggil"],
  answered: ["✓", "menjawab"],
  no_answer: ["✕", "tidak menjawab"],
};
export const STATES = {
  scheduled: "terjadwal",
  open: "berlangsung",
  closed: "ditutup",
  final: "FINAL",
  cancelled: "dibatalkan",
};
export const OUTCOMES = { explained: "Dijelaskan", confirmed: "Terbukti", dismissed: "Dikesampingkan" };
export const FINDINGS = {
  "wfa-without-presence": "WFA, tetapi tidak terlihat di Zoom",
  "left-early": "WFA, hanya sebentar terhubung",
  "excused-but-connected": "berhalangan, tetapi terlihat di Zoom",
  "unexplained-but-connected": "tanpa keterangan, tetapi terlihat di Zoom",
  "present-during-absence": "hadir, padahal tercatat berhalangan",
  "not-on-roster": "tidak ada dalam daftar OPD yang menyebutnya",
  "reported-never-connected": "melapor, tetapi ruangnya tidak terhubung",
  "connected-not-reported": "ruangnya terhubung, laporannya belum ada",
  "spoken-differs": "terucap berbeda dari tertulis",
  "strength-differs": "jumlah berbeda dari daftar pegawai",
  "head-count-differs": "hitungan di ruang berbeda",
  "head-count-agrees": "hitungan di ruang sesuai",
  late: "laporan terlambat",
  "not-reported": "belum lapor",
  "report-differs": "pesan langsung dan laporan Zoom berbeda",
};
export const REASONS = {
  pending: "menunggu",
  corrected: "dikoreksi",
  "no-apel-period": "tidak ada apel",
  decided: "diputuskan",
  "not-required": "tidak wajib",
  reported: "menurut laporan",
  "reported-rest": "menurut laporan, tidak disebut sendiri",
  "reported-excused": "menurut laporan berketerangan",
  "reported-unexplained": "menurut laporan tanpa keterangan",
  "absence-confirmed": "surat disahkan",
  disputed: "diperiksa",
  "own-evidence": "terlihat di Zoom",
  "not-reported": "belum lapor",
};
export const MATCHED = {
  decision: "keputusan operator",
  registrant: "pendaftaran",
  account: "akun Zoom",
  email: "surel",
  alias: "nama yang diingat",
  display_name: "nama di Zoom",
  host: "tuan rumah rapat",
  bot: "nama perekam",
};
export const METHODS = { camera: "lewat kamera", on_site: "di tempat" };
export const ABOUT = { room: "ruang", person: "orang", unit: "seluruh OPD" };
export const STATUSES = {
  H: "hadir",
  TK: "tanpa keterangan",
  BL: "OPD belum lapor",
  NR: "tidak diminta",
  excused: "berketerangan sah",
  DL: "dinas luar",
  DD: "dinas dalam",
  DK: "diklat",
  TB: "tugas belajar",
  CT: "cuti tahunan",
  CB: "cuti besar",
  CS: "cuti sakit",
  CM: "cuti melahirkan",
  CP: "cuti alasan penting",
  CLTN: "cuti di luar tanggungan negara",
  S: "sakit",
  I: "izin",
  SF: "sif",
  MPP: "masa persiapan pensiun",
  DPK: "dipekerjakan",
  DPB: "diperbantukan",
  BS: "bebas sementara",
};
export const TIERS = { utama: "Utama", baik: "Baik", "perlu-pembinaan": "Perlu pembinaan" };
export const ROLES = {
  bupati: "Bupati",
  admin: "Kepegawaian",
  kominfo: "Operator apel",
  opd_head: "Kepala OPD",
  opd_operator: "Operator OPD",
  inspector: "Inspektorat",
  asn: "ASN",
};

const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const PILED = /(\p{M}{2})\p{M}+/gu;
export const LONGEST_NAME = 80;

// A display name as somebody typed it, without what turns lines around, hides, or piles up over the neighbours.
export function tame(name) {
  const plain = name.normalize("NFC").replace(HIDDEN, "").replace(PILED, "$1").trim();
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME)}…` : plain || "(tanpa nama)";
}
export const isTamed = (name) => tame(name) !== name.normalize("NFC").trim();
