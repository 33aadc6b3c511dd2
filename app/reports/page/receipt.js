// What became of a report: on its way, received, refused, or crossed by somebody else's; and days without anything to do.
import { el } from "/bagian/base.js";
import { besideEachOther, marksOfBody, sentence } from "/lapor/claim.js";
import { button, clockFor, foot, head, joinCard, nameOf, zoneName } from "/lapor/parts.js";

const CHANNELS = { phone: "telepon", wa: "WhatsApp", radio: "radio", paper: "kertas" };
const isClosed = (apel) => ["final", "cancelled"].includes(apel.state);

const whole = (app, ...inner) => el("div", { className: "view" }, head(app), el("main", {}, inner), foot(app));

export function sendingView(app) {
  const { record } = app;
  const { outbox } = record;
  const asleep = !app.sending;
  return whole(app,
    el("section", { className: "state room", role: "status" },
      el("h2", {}, asleep ? "Tersimpan di HP, menunggu sambungan" : "Mengirim…"),
      el("p", { className: "total" }, sentence(outbox.body)),
      el("p", {}, asleep
        ? "Laporan belum diterima. Ia dikirim sendiri begitu ada sambungan; halaman ini boleh ditutup dan dibuka lagi."
        : "Jangan khawatir bila sambungan putus: laporan sudah tersimpan di HP ini."),
      el("p", { className: "quiet" }, `Disimpan ${clockFor(record).seconds(outbox.queued_at)} ${zoneName(record)}${outbox.tries ? ` · percobaan ${outbox.tries}` : ""}`)),
    asleep && el("div", { className: "stack" },
      button("Coba kirim sekarang", () => app.refresh(), "main"),
      button("Ubah dahulu", () => app.takeBack())),
    joinCard(app));
}

export function refusedView(app) {
  const { outbox } = app.record;
  return whole(app,
    el("section", { className: "state look", role: "status" },
      el("h2", {}, "Laporan belum dapat diterima"),
      el("p", {}, outbox.problem.words),
      el("p", {}, "Isian Anda tetap tersimpan. Periksa lagi, atau sampaikan kepada Kominfo.")),
    el("div", { className: "stack" }, button("Periksa isian", () => app.takeBack(), "main")));
}

// Two reports figure by figure; what differs is marked by a sign, not by colour alone.
export function besideTable(before, after, [one, other], caption) {
  const number = (words, name = "td") => el(name, { className: "number", ...(name === "th" ? { scope: "col" } : {}) }, words);
  const row = ([word, old, now]) =>
    el("tr", { className: old === now ? "" : "differs" }, el("th", { scope: "row" }, word), number(String(old)), number(`${now}${old === now ? "" : " ≠"}`));
  return el("table", { className: "figures" },
    el("caption", { className: "unseen" }, caption),
    el("thead", {}, el("tr", {}, el("td", {}), number(one, "th"), number(other, "th"))),
    el("tbody", {}, besideEachOther(before, after).map(row)));
}

export function conflictView(app) {
  const { record } = app;
  const { outbox, today } = record;
  const theirs = today.report;
  if (!theirs || today.etag === outbox.base) {
    return whole(app, el("section", { className: "state look", role: "status" },
      el("h2", {}, "Sudah ada laporan lain"), el("p", {}, "Laporan yang ada sedang diambil untuk diperbandingkan.")),
      el("div", { className: "stack" }, button("Ambil sekarang", () => app.refresh(), "main")));
  }
  return whole(app,
    el("section", { className: "state look", role: "status" },
      el("h2", {}, "Unit ini sudah dilaporkan lebih dahulu"),
      el("p", {}, `Versi ${theirs.version} `, origin(theirs, record), ". Laporan Anda belum terkirim. Mana yang benar?")),
    besideTable(theirs, outbox.body, ["Sudah ada", "Anda"], "Perbandingan kedua laporan"),
    el("div", { className: "stack" },
      button("Kirim milik saya sebagai perubahan", () => app.keepMine(marksOfBody(today, outbox.body)), "main"),
      button("Pakai yang sudah ada", () => app.useTheirs())));
}

const origin = (report, record) =>
  [`(${clockFor(record).time(report.at)} ${zoneName(record)}`, CHANNELS[report.channel] && `, lewat ${CHANNELS[report.channel]}`, ", oleh ", nameOf(report.by), ")"];

export function receiptView(app) {
  const { record } = app;
  const { today, receipt } = record;
  const { report, apel } = today;
  const clock = clockFor(record);
  const returned = report.review?.kind === "returned";
  const closed = isClosed(apel);
  const mine = receipt?.apel_id === apel.id ? receipt : null;
  return whole(app,
    el("section", { className: `state ${returned ? "look" : "good"}`, role: "status" },
      el("h2", {}, returned ? "Laporan dikembalikan" : mine?.version === report.version ? "✓ Laporan diterima" : "✓ Unit ini sudah dilaporkan"),
      returned && el("p", {}, "Alasannya: ", nameOf(report.review.reason ?? "–")),
      el("p", { className: "receipt" }, `Versi ${report.version} · ${clock.seconds(report.at)} ${zoneName(record)} · ${report.late ? "terlambat" : "tepat waktu"}`),
      mine?.version !== report.version && el("p", {}, "Dikirim ", origin(report, record)),
      mine && mine.version < report.version && el("p", {}, `Kiriman Anda diterima sebagai versi ${mine.version}, ${clock.seconds(mine.at)}.`),
      el("p", { className: "total" }, sentence(report)),
      report.late && el("p", {}, "Laporan pertama masuk sesudah tenggat; isinya tetap dihitung."),
      report.verification && el("p", {}, "Sudah diverifikasi."),
      report.missing_parts?.length > 0 && el("p", {}, `Bagian yang belum melapor: ${report.missing_parts.join(", ")}.`)),
    wordsToRead(app),
    joinCard(app),
    closed
      ? el("p", { className: "note" }, "Apel ini sudah ditutup; laporan tidak dapat diubah lagi. Koreksi lewat kepegawaian.")
      : el("div", { className: "stack" }, button(returned ? "Perbaiki laporan" : "Ubah laporan", () => app.amend(), returned ? "main" : "")));
}

export function wordsToRead({ record }) {
  const { text } = record.today;
  if (!text && !record.words_due) return el("p", { className: "note" }, "Unit ini tidak dipanggil tersendiri; induknya yang membacakan.");
  return el("section", { className: "words", aria: { labelledby: "words" } },
    el("h2", { id: "words" }, "Bacakan"),
    el("p", {}, text ? nameOf(text) : "Kalimatnya muncul begitu ada sambungan."));
}

export function quietView(app) {
  const { today } = app.record;
  const [title, words] = quietWords(today);
  return whole(app, el("section", { className: "state wait", role: "status" }, el("h2", {}, title), el("p", {}, words)));
}

export function quietWords(today) {
  if (!today.opd_code) return ["Akun ini tidak melapor untuk unit mana pun", "Halaman ini untuk operator dan kepala OPD. Hubungi kepegawaian bila seharusnya Anda melapor."];
  if (!today.apel) return ["Hari ini tidak ada apel", "Tidak ada yang perlu dilaporkan. Halaman ini siap pada apel berikutnya."];
  if (today.reported_by) return ["Unit ini tidak melapor sendiri", `Pegawainya dilaporkan oleh ${today.reported_by}. Sampaikan kehadiran kepada operatornya.`];
  if (!today.roster) return ["Unit ini tidak dipanggil pada apel ini", "Apel ini diadakan untuk OPD lain."];
  return ["Apel ini sudah ditutup", "Laporan tidak dapat dikirim lagi. Hubungi kepegawaian bila ada yang perlu dicatat."];
}

export const needsNothing = (today) => !today.opd_code || !today.apel || !today.roster || (isClosed(today.apel) && !today.report);

