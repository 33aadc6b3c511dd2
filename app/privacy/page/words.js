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
};

export const say = (code) => WORDS[code] ?? code;

const DAY = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("id-ID", { month: "long", year: "numeric", timeZone: "UTC" });
const RUPIAH = new Intl.NumberFormat("id-ID", { style: "currency", currency: "IDR", maximumFractionDigits: 0 });
const NUMBER = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 2 });

export const day = (text) => DAY.format(new Date(`${text}T00:00:00Z`));
export const month = (text) => MONTH.format(new Date(`${text}-01T00:00:00Z`));
export const rupiah = (amount) => RUPIAH.format(amount);
export const number = (value) => NUMBER.format(value);
