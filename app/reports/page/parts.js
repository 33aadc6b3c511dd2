// What every view of the page has: who and when, the line, the join button, what was just done.
import { ZONE_NAMES, clockOf, el } from "/bagian/base.js";
import { serverNow } from "/lapor/outbox.js";

export const clockFor = (record) => clockOf(record.zone);
export const zoneName = (record) => ZONE_NAMES[record.zone] ?? "";
export const button = (words, run, className = "") => el("button", { type: "button", className, on: { click: run } }, words);
export const say = (words) => { document.getElementById("told").textContent = words; };

// A name comes from files that anybody may have written: isolated, so that its direction stays its own.
export const nameOf = (words) => el("bdi", { className: "name" }, words);

function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} jam ${minutes % 60} mnt`;
  return minutes >= 10 ? `${minutes} menit` : `${minutes}.${String(seconds % 60).padStart(2, "0")} menit`;
}

export function paintTimes({ record, live }) {
  const clock = clockFor(record);
  const { apel, deadline } = record.today;
  const data = `data per ${clock.time(record.at + record.skew)} ${zoneName(record)}`;
  const asOf = live && apel ? `Mulai ${clock.time(apel.starts_at)} · ${data}` : data;
  const stamp = document.getElementById("as-of");
  if (stamp) Object.assign(stamp, { textContent: live ? asOf : `Tanpa sambungan · ${asOf}`, className: live ? "asof quiet" : "asof away" });
  const place = document.getElementById("countdown");
  if (!place || !apel) return;
  const left = Math.floor((new Date(deadline) - serverNow(record)) / 1000);
  place.textContent = `Tenggat ${clock.time(deadline)} · ${left >= 0 ? `${lasting(left)} lagi` : "sudah lewat"}`;
  place.className = left < 0 ? "due look" : left < 600 ? "due soon" : "due";
}

export function head(app) {
  const { record } = app;
  const { today } = record;
  const clock = clockFor(record);
  return el("header", { className: "head" },
    today.units.length > 1 && unitChoice(app),
    el("h1", {}, nameOf(today.opd_name ?? today.opd_code ?? "Lapor")),
    today.apel && el("p", { className: "quiet" }, `${today.apel.title} · ${clock.day(today.apel.starts_at).replace(/ \d{4}$/, "")}${today.apel.rehearsal ? " · LATIHAN" : ""}`),
    today.apel && el("p", { id: "countdown", className: "due", role: "timer" }),
    el("p", { id: "as-of" }),
    app.notice && el("p", { className: "note look", role: "status" }, app.notice),
    app.missed.length > 0 && el("div", { className: "note look", role: "status" },
      app.missed.map((words) => el("p", {}, words)), button("Sudah saya sampaikan", () => app.forgetMissed())));
}

function unitChoice(app) {
  const { units, opd_code: chosen } = app.record.today;
  const one = (unit) => el("button", { type: "button", aria: { pressed: unit === chosen }, on: { click: () => app.choose(unit) } }, unit);
  return el("div", { className: "units", role: "group", aria: { label: "Unit yang dilaporkan" } }, units.map(one));
}

const TURN = { called: "Giliran Anda sekarang.", answered: "Sudah melapor lisan.", no_answer: "Sudah dipanggil, belum terjawab." };
export function turnWords(turn) {
  if (!turn) return null;
  if (turn.state !== "waiting") return TURN[turn.state];
  return turn.ahead === 0 ? "Berikutnya giliran Anda." : `${turn.ahead} OPD lagi sebelum giliran Anda.`;
}

async function copy(words, field) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    field.select(); // without https there is no clipboard
    document.execCommand("copy");
  }
  say(`Disalin: ${words}`);
}

export function joinCard({ record }, says = true) {
  const { zoom_link: link, opd_code: code, turn } = record.today;
  const name = `[${code}] Ruang Rapat`;
  const field = el("input", { readOnly: true, value: name, id: "join-name" });
  const press = button("Salin", async () => {
    await copy(name, field);
    press.textContent = "Disalin ✓";
  });
  return el("section", { className: "join", aria: { label: "Zoom dan giliran" } },
    says && turnWords(turn) && el("p", { className: turn.state === "called" ? "turn now" : "turn" }, turnWords(turn)),
    link && el("a", { className: "button", href: link, target: "_blank", rel: "noopener noreferrer" }, "Gabung Zoom"),
    el("label", { htmlFor: "join-name", className: "quiet" }, "Nama di Zoom untuk ruang"),
    el("div", { className: "pair" }, field, press));
}

// Above a long list the same, folded: the turn is read at a glance, the link is one tap further.
export function joinFold(app) {
  const { turn } = app.record.today;
  return el("details", { className: "more" }, el("summary", {}, ["Zoom", turnWords(turn)].filter(Boolean).join(" · ")), joinCard(app, false));
}

export function foot(app) {
  const leave = button("Keluar", () => app.leave());
  return el("footer", { className: "foot" },
    el("p", { className: "quiet" }, "Masuk sebagai ", nameOf(app.name ?? "–")),
    el("div", { className: "pair" }, button("Perbarui data", () => app.refresh()), leave));
}

export function splash(title, words, ...more) {
  return el("main", { className: "splash" }, el("h1", {}, title), el("p", {}, words), more);
}
