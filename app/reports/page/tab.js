// What one tab is about: whose phone it is, the unit in view, and the view that fits.
import { el } from "/bagian/base.js";
import { button, paintTimes, splash } from "/lapor/parts.js";
import { conflictView, needsNothing, quietView, receiptView, refusedView, sendingView } from "/lapor/receipt.js";
import { reviewView, rosterView } from "/lapor/roster.js";

const page = document.getElementById("page");

// `unit` is what this tab asks about; in another tab it may be another one. `over` says what became of a day that passed.
export const app = {
  account: null, name: null, unit: null, record: null, live: false, sending: false,
  missed: [], notice: null, over: null, only: false, asking: false, leaving: false,
};

// What was begun before another unit was chosen, or before somebody left, must not end as if nothing had happened:
// it asks after each wait whether it still is wanted.
let turn = 0;
export const turnOver = () => { turn += 1; };
export function watch() {
  const mine = turn;
  return () => mine === turn;
}

// ---- what is shown ----

export const put = (view) => page.replaceChildren(view);
export const closeSheet = () => document.querySelector("dialog[open]")?.close();

app.show = () => {
  if (app.asking || !app.record) return;
  shown = shapeOf(app);
  put(viewOf(app.record));
  paintTimes(app);
};

// What a look at the service changed; a list that somebody is searching in stays as it is when nothing did.
let shown = null;
let postponed = false;
function shapeOf({ record, sending, missed, notice }) {
  const { today, outbox, receipt, draft, words_due: due } = record;
  return JSON.stringify([{ ...today, server_time: null }, outbox, receipt, due, draft?.base, sending, missed, notice]);
}
export function showNews() {
  if (!app.record || app.asking) return;
  if (shapeOf(app) === shown) paintTimes(app);
  else showSoon();
}
// Not under a sheet that is open: once it is closed.
export function showSoon() {
  if (document.querySelector("dialog[open]")) postponed = true;
  else app.show();
}
app.closed = () => {
  if (postponed) app.show();
  postponed = false;
};

function viewOf(record) {
  const { today, outbox, draft } = record;
  if (outbox?.state === "conflict") return conflictView(app);
  if (outbox?.state === "refused") return refusedView(app);
  if (outbox) return sendingView(app);
  if (needsNothing(today)) return quietView(app);
  if (today.report && !draft) return receiptView(app);
  return location.hash === "#periksa" ? reviewView(app) : rosterView(app);
}

app.go = (where) => {
  app.notice = null;
  if (where) location.hash = where;
  else history.back();
};
addEventListener("hashchange", () => {
  app.show();
  scrollTo(0, 0);
  document.getElementById("look")?.focus();
});

export function toList() {
  app.notice = null;
  if (location.hash) history.replaceState(null, "", location.pathname);
}

// ---- instead of a view ----

export function tellNothingHere(refusal = null) {
  if (app.asking) return;
  const title = app.over ? "Hari sudah berganti" : refusal ? "Layanan belum dapat menjawab" : "Tidak ada sambungan";
  const words = app.over ?? refusal?.message ?? "Belum ada data hari ini di HP ini. Halaman mencoba lagi sendiri.";
  put(splash(title, words, button("Coba sekarang", () => app.refresh(), "main")));
}

export function tellNoRoom(error) {
  console.warn(error);
  closeSheet();
  put(splash("HP ini tidak dapat menyimpan isian", "Ruang penyimpanannya mungkin penuh, atau peramban ini melarangnya. Kosongkan sedikit ruang, atau pakai HP lain.",
    button("Coba lagi", () => location.reload(), "main")));
}

// In place of everything else, until somebody has signed in.
export function askFor(form, words) {
  app.asking = true;
  closeSheet();
  const place = el("main");
  put(el("div", { className: "view" }, words && el("p", { className: "note look", role: "status" }, words), place));
  return form(place).then(() => {
    app.asking = false;
    put(el("p", { className: "splash", role: "status" }, "Mengambil daftar pegawai…"));
  });
}
